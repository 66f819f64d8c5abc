"""Tests for merging edits of lists into a newer document."""

from typing import Any

from tui.api.codec import Json
from tui.api.pointer import Pointer
from tui.orders.edits.edit import Edit
from tui.orders.edits.merge import merge
from tui.orders.paths import ITEMS, LISTS

SENDER = LISTS[1]


def order(*names: str, **more: Any) -> dict[str, Json]:
    return {"order_details": {"order_items": [{"name": name, "quantity": 1} for name in names]}, **more}


def with_tax_numbers(*values: str, **more: Any) -> dict[str, Json]:
    return {
        "customs_details": {"tax_numbers": {"sender": [{"name": "VAT", "value": value} for value in values]}},
        **more,
    }


def values_of(document: Any) -> list[Any]:
    return [tax_number["value"] for tax_number in document["customs_details"]["tax_numbers"]["sender"]]


def test_added_item_is_kept_and_loaded_from_the_log() -> None:
    edit = Edit(order("a", "b"))
    edit.insert(ITEMS, 2, {"name": "new", "quantity": 3}, "added")
    merged = merge(edit, order("a", "b", "theirs", order_number="7"))
    conflicts, result = merged.conflicts, merged.edit
    assert not conflicts
    assert [item["name"] for item in ITEMS.get(result.document)] == ["a", "b", "theirs", "new"]  # type: ignore[index,union-attr]
    assert [change.pointer.tokens[2] for change in result.changes()] == ["3", "3"]
    result.put(ITEMS / 3 / "quantity", 4, "quantity")
    assert Edit.load(result.base, result.log()).document == result.document


def test_added_item_that_the_service_already_has_is_not_added_again() -> None:
    edit = Edit(with_tax_numbers("1"))
    edit.insert(SENDER, 1, {"name": "VAT", "value": "2"}, "added")
    merged = merge(edit, with_tax_numbers("1", "2"))
    conflicts, result = merged.conflicts, merged.edit
    assert not conflicts
    assert not result.dirty


def test_removed_item_stays_removed_at_any_index() -> None:
    edit = Edit(order("a", "b"))
    edit.remove(ITEMS / 0, "removed")
    edit.put(ITEMS / 0 / "quantity", 9, "quantity")
    merged = merge(edit, order("c", "b", "a"))
    conflicts, result = merged.conflicts, merged.edit
    assert not conflicts
    assert ITEMS.get(result.document) == [{"name": "c", "quantity": 1}, {"name": "b", "quantity": 9}]
    assert merge(edit, order("b")).edit.document == {"order_details": {"order_items": [{"name": "b", "quantity": 9}]}}


def test_change_after_a_removed_item_stays_on_its_item() -> None:
    edit = Edit(with_tax_numbers("1", "2", "3"))
    edit.remove(SENDER / 0, "removed")
    edit.put(SENDER / 1 / "value", "33", "changed")
    merged = merge(edit, with_tax_numbers("1", "2", "3", order_number="7"))
    conflicts, result = merged.conflicts, merged.edit
    assert not conflicts
    assert values_of(result.document) == ["2", "33"]


def test_removing_an_item_that_the_service_changed_is_a_conflict() -> None:
    edit = Edit(order("a", "b"))
    edit.remove(ITEMS / 0, "removed")
    theirs = order("a", "b")
    theirs["order_details"]["order_items"][0]["quantity"] = 5  # type: ignore[index,call-overload]
    merged = merge(edit, theirs)
    (conflict,), result = merged.conflicts, merged.edit
    assert conflict.theirs == {"name": "a", "quantity": 5}
    assert len(ITEMS.get(result.document)) == 1  # type: ignore[arg-type]


def test_value_that_the_service_spells_differently_is_not_a_change() -> None:
    when, note = Pointer.of("order_details", "order_created_at"), Pointer.of("order_details", "notes")
    edit = Edit({"order_details": {"order_created_at": "2026-11-22T10:00:00Z", "notes": "ring"}})
    edit.put(when, "2026-11-23T10:00:00Z", "placed")
    edit.put(note, None, "no note")
    merged = merge(edit, {"order_details": {"order_created_at": "2026-11-23T10:00:00.000000+00:00"}})
    conflicts, result = merged.conflicts, merged.edit
    assert not conflicts
    assert not result.dirty
