"""What must hold for any documents: differences lead from one to the other, inverses back, and no merge loses a side."""

from typing import cast

from hypothesis import given
from hypothesis import strategies as st
from strategies import at, changed, documents, leaves

from tui.api.codec import Document, Json, same
from tui.api.models import Operation
from tui.api.pointer import Pointer
from tui.orders.edits.compare import compare
from tui.orders.edits.edit import Edit, same_or_absent
from tui.orders.edits.matching import match_items, name_of
from tui.orders.edits.merge import is_undecided, matches, merge, take_theirs
from tui.orders.edits.request_choice import choose_request
from tui.orders.paths import ITEMS
from tui.sandbox.writing import apply_patch


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Document, Document]:
    first = draw(documents())
    return first, draw(st.one_of(changed(first), documents()))


@st.composite
def triples(draw: st.DrawFn) -> tuple[Document, Document, Document]:
    base = draw(documents())
    return base, draw(changed(base)), draw(changed(base))


def alike(expected: Json, there: Json) -> bool:
    """Whether two documents mean the same: null is absent, an empty object is nothing, times are instants."""
    return not compare(expected, there) and not compare(there, expected)


@given(pairs())
def test_any_document_becomes_any_other_in_one_step_and_back(pair: tuple[Document, Document]) -> None:
    first, second = pair
    edit = Edit.diff(first, second, "step")
    assert same(edit.document, second)
    assert edit.done == (not same(first, second))
    loaded = Edit.load(first, edit.log())
    assert same(loaded.document, second)
    assert [str(one.pointer) for one in loaded.changes()] == [str(one.pointer) for one in edit.changes()]
    if edit.undo():
        assert same(edit.document, first)
        assert edit.redo()
        assert same(edit.document, second)


@given(pairs())
def test_the_patch_of_a_difference_makes_the_second_or_the_road_is_another(pair: tuple[Document, Document]) -> None:
    first, second = pair
    edit = Edit.diff(first, second, "step")
    sending = choose_request(edit)
    if sending.operation is None:
        # Nothing to send, or nothing that any road carries.
        assert sending.blocked or same(first, second)
    elif sending.operation is Operation.PATCH and not sending.blocked:
        assert alike(second, cast(Json, apply_patch(sending.body, first)))
    elif sending.operation is Operation.POST:
        assert sending.not_patchable
        told = {one.pointer for one in (*sending.not_patchable, *sending.blocked)}
        assert told <= {change.pointer for change in edit.changes()}
    assert not sending.body or sending.carried


@given(pairs())
def test_the_inverse_of_a_change_restores(pair: tuple[Document, Document]) -> None:
    before, after = pair
    inverse = merge(Edit.diff(after, before, "undo"), after)
    assert not inverse.conflicts
    assert same(inverse.edit.document, before)


@given(triples())
def test_a_merge_loses_neither_side_without_calling_it_a_clash(three: tuple[Document, Document, Document]) -> None:
    base, mine, theirs = three
    merged = merge(Edit.diff(base, mine, "mine"), theirs)
    result = merged.edit.document
    clashing = [clash.pointer for clash in merged.conflicts]

    def is_told(pointer: Pointer) -> bool:
        return any(pointer.startswith(one) or one.startswith(pointer) for one in clashing)

    was = leaves(base)
    for side in (mine, theirs):
        now = leaves(side)
        for pointer in {*was, *now}:
            if same_or_absent(pointer.get(base), pointer.get(side)) or is_told(pointer):
                continue
            there = pointer.get(result)
            assert matches(pointer, at(side, pointer), there) or matches(
                pointer, at(result, pointer), pointer.get(side)
            )


@given(triples())
def test_a_merge_loses_no_item_of_either_side(three: tuple[Document, Document, Document]) -> None:
    base, mine, theirs = three
    edit = Edit.diff(base, mine, "mine")
    merged = merge(edit, theirs)
    if any(clash.pointer in (ITEMS, ITEMS.parent) for clash in merged.conflicts):
        return
    before, after = (items_of(one) for one in (base, merged.edit.document))
    told = [clash for clash in merged.conflicts if clash.pointer.startswith(ITEMS)]
    for side in (mine, theirs):
        now = items_of(side)
        known = match_items(before, now)
        if known.ambiguous:
            continue  # nobody can tell which of them came
        come = [now[place] for place in range(len(now)) if place not in {*known.found.values()}]
        names = [name_of(one) for one in after]
        for one in come:
            assert name_of(one) in names or told
        gone = [
            before[place] for place in range(len(before)) if place not in known.found and place not in known.ambiguous
        ]
        for one in gone:
            # It is gone, or the other side changed it and that is told, or there are others of the name.
            assert (
                name_of(one) not in names
                or told
                or sum(name_of(other) == name_of(one) for other in before) > 1
                or any(name_of(other) == name_of(one) for other in (*items_of(mine), *items_of(theirs)))
            )


def items_of(document: Json) -> list[Json]:
    found = ITEMS.get(document)
    return found if isinstance(found, list) else []


@given(triples())
def test_every_clash_can_be_decided_for_theirs_and_undone(three: tuple[Document, Document, Document]) -> None:
    base, mine, theirs = three
    merged = merge(Edit.diff(base, mine, "mine"), theirs)
    edit, before = merged.edit, merged.edit.document
    steps = edit.done
    for clash in merged.conflicts:
        assert is_undecided(edit, clash)
        take_theirs(edit, clash, "theirs")
        assert not is_undecided(edit, clash), (clash, edit.document)
    while edit.done > steps:
        edit.undo()
    assert same(edit.document, before)


@given(triples(), st.integers(0, 3))
def test_a_merge_keeps_the_steps_or_makes_one(three: tuple[Document, Document, Document], drawn: int) -> None:
    base, mine, theirs = three
    edit = Edit.diff(base, mine, "first")
    edit.put(Pointer.of("shipping_address", "name"), f"n{drawn}", "second")
    merged = merge(edit, theirs)
    final = merged.edit.document
    while merged.edit.undo():
        pass
    assert same(merged.edit.document, theirs)
    while merged.edit.redo():
        pass
    assert same(merged.edit.document, final)
    assert same(Edit.load(theirs, merged.edit.log()).document, final)


@given(triples())
def test_merging_on_what_is_there_already_changes_nothing(three: tuple[Document, Document, Document]) -> None:
    base, mine, _ = three
    edit = Edit.diff(base, mine, "mine")
    again = merge(edit, cast(Document, base | {"modified_at": "2026-11-23T09:00:00Z"}))
    assert not again.conflicts
    assert not again.remote_changes
    assert same({**again.edit.document, "modified_at": None}, {**mine, "modified_at": None})
    sent = merge(edit, mine, sent=True)
    assert not sent.conflicts
    assert not sent.edit.dirty
