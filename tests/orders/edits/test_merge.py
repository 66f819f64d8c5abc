"""Drafts set on a newer document: what was added, changed or removed in its lists goes along, once."""

from typing import Any

from tui.api.codec import Json
from tui.api.pointer import Pointer
from tui.orders.edits.edit import Edit
from tui.orders.edits.merge import merge
from tui.orders.paths import ITEMS, LISTS

SENDER = LISTS[1]


def order(*names: str, **more: Any) -> dict[str, Json]:
    return {"order_details": {"order_items": [{"name": name, "quantity": 1} for name in names]}, **more}


def taxed(*values: str, **more: Any) -> dict[str, Json]:
    return {
        "customs_details": {"tax_numbers": {"sender": [{"name": "VAT", "value": value} for value in values]}},
        **more,
    }


def values_of(document: Any) -> list[Any]:
    return [one["value"] for one in document["customs_details"]["tax_numbers"]["sender"]]


def test_an_added_entry_goes_along_and_comes_back_from_the_disk() -> None:
    edit = Edit(order("a", "b"))
    edit.insert(ITEMS, 2, {"name": "new", "quantity": 3}, "added")
    merged = merge(edit, order("a", "b", "theirs", order_number="7"))
    clashes, moved = merged.conflicts, merged.edit
    assert not clashes
    assert [one["name"] for one in ITEMS.get(moved.document)] == ["a", "b", "theirs", "new"]  # type: ignore[index,union-attr]
    assert [change.pointer.tokens[2] for change in moved.changes()] == ["3", "3"]
    moved.put(ITEMS / 3 / "quantity", 4, "quantity")
    assert Edit.load(moved.base, moved.log()).document == moved.document


def test_an_added_entry_that_was_sent_and_is_there_is_not_added_again() -> None:
    edit = Edit(taxed("1"))
    edit.insert(SENDER, 1, {"name": "VAT", "value": "2"}, "added")
    merged = merge(edit, taxed("1", "2"))
    clashes, moved = merged.conflicts, merged.edit
    assert not clashes
    assert not moved.dirty


def test_a_removed_entry_stays_removed_wherever_it_stands_now() -> None:
    edit = Edit(order("a", "b"))
    edit.remove(ITEMS / 0, "removed")
    edit.put(ITEMS / 0 / "quantity", 9, "quantity")
    merged = merge(edit, order("c", "b", "a"))
    clashes, moved = merged.conflicts, merged.edit
    assert not clashes
    assert ITEMS.get(moved.document) == [{"name": "c", "quantity": 1}, {"name": "b", "quantity": 9}]
    assert merge(edit, order("b")).edit.document == {"order_details": {"order_items": [{"name": "b", "quantity": 9}]}}


def test_a_change_behind_a_removed_entry_finds_its_own() -> None:
    edit = Edit(taxed("1", "2", "3"))
    edit.remove(SENDER / 0, "removed")
    edit.put(SENDER / 1 / "value", "33", "changed")
    merged = merge(edit, taxed("1", "2", "3", order_number="7"))
    clashes, moved = merged.conflicts, merged.edit
    assert not clashes
    assert values_of(moved.document) == ["2", "33"]


def test_removing_what_changed_there_is_told() -> None:
    edit = Edit(order("a", "b"))
    edit.remove(ITEMS / 0, "removed")
    theirs = order("a", "b")
    theirs["order_details"]["order_items"][0]["quantity"] = 5  # type: ignore[index,call-overload]
    merged = merge(edit, theirs)
    (clash,), moved = merged.conflicts, merged.edit
    assert clash.theirs == {"name": "a", "quantity": 5}
    assert len(ITEMS.get(moved.document)) == 1  # type: ignore[arg-type]


def test_what_is_there_in_another_spelling_is_no_change_any_more() -> None:
    when, note = Pointer.of("order_details", "order_created_at"), Pointer.of("order_details", "notes")
    edit = Edit({"order_details": {"order_created_at": "2026-11-22T10:00:00Z", "notes": "ring"}})
    edit.put(when, "2026-11-23T10:00:00Z", "placed")
    edit.put(note, None, "no note")
    merged = merge(edit, {"order_details": {"order_created_at": "2026-11-23T10:00:00.000000+00:00"}})
    clashes, moved = merged.conflicts, merged.edit
    assert not clashes
    assert not moved.dirty
