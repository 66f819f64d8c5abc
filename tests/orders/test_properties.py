"""Properties of edits and merges that must hold for any documents."""

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


def is_equivalent(expected: Json, actual: Json) -> bool:
    """Return whether two documents are equivalent: null and an empty object equal absent, and times are compared as instants."""
    return not compare(expected, actual) and not compare(actual, expected)


@given(pairs())
def test_diff_turns_any_document_into_any_other_in_one_step_and_back(pair: tuple[Document, Document]) -> None:
    first, second = pair
    edit = Edit.diff(first, second, "step")
    assert same(edit.document, second)
    assert edit.done == (not same(first, second))
    loaded = Edit.load(first, edit.log())
    assert same(loaded.document, second)
    assert [str(change.pointer) for change in loaded.changes()] == [str(change.pointer) for change in edit.changes()]
    if edit.undo():
        assert same(edit.document, first)
        assert edit.redo()
        assert same(edit.document, second)


@given(pairs())
def test_patch_of_a_diff_gives_the_second_document_unless_it_needs_an_upsert(pair: tuple[Document, Document]) -> None:
    first, second = pair
    edit = Edit.diff(first, second, "step")
    request = choose_request(edit)
    if request.operation is None:
        # Nothing to send, or nothing that can be sent.
        assert request.blocked or same(first, second)
    elif request.operation is Operation.PATCH and not request.blocked:
        assert is_equivalent(second, cast(Json, apply_patch(request.body, first)))
    elif request.operation is Operation.POST:
        assert request.not_patchable
        reported = {blocked.pointer for blocked in (*request.not_patchable, *request.blocked)}
        assert reported <= {change.pointer for change in edit.changes()}
    assert not request.body or request.carried


@given(pairs())
def test_inverse_of_a_change_restores_the_document(pair: tuple[Document, Document]) -> None:
    before, after = pair
    inverse = merge(Edit.diff(after, before, "undo"), after)
    assert not inverse.conflicts
    assert same(inverse.edit.document, before)


@given(triples())
def test_merge_loses_neither_side_without_reporting_a_conflict(triple: tuple[Document, Document, Document]) -> None:
    base, mine, theirs = triple
    merged = merge(Edit.diff(base, mine, "mine"), theirs)
    result = merged.edit.document
    conflict_pointers = [conflict.pointer for conflict in merged.conflicts]

    def is_in_conflict(pointer: Pointer) -> bool:
        return any(
            pointer.startswith(conflict_pointer) or conflict_pointer.startswith(pointer)
            for conflict_pointer in conflict_pointers
        )

    was = leaves(base)
    for side in (mine, theirs):
        now = leaves(side)
        for pointer in {*was, *now}:
            if same_or_absent(pointer.get(base), pointer.get(side)) or is_in_conflict(pointer):
                continue
            actual = pointer.get(result)
            assert matches(pointer, at(side, pointer), actual) or matches(
                pointer, at(result, pointer), pointer.get(side)
            )


@given(triples())
def test_merge_loses_no_item_of_either_side(triple: tuple[Document, Document, Document]) -> None:
    base, mine, theirs = triple
    edit = Edit.diff(base, mine, "mine")
    merged = merge(edit, theirs)
    if any(conflict.pointer in (ITEMS, ITEMS.parent) for conflict in merged.conflicts):
        return
    before, after = (items_of(item) for item in (base, merged.edit.document))
    conflicts = [conflict for conflict in merged.conflicts if conflict.pointer.startswith(ITEMS)]
    for side in (mine, theirs):
        now = items_of(side)
        match = match_items(before, now)
        if match.ambiguous:
            continue  # it is unknown which items were added
        added = [now[index] for index in range(len(now)) if index not in {*match.found.values()}]
        names = [name_of(item) for item in after]
        for item in added:
            assert name_of(item) in names or conflicts
        removed = [
            before[index] for index in range(len(before)) if index not in match.found and index not in match.ambiguous
        ]
        for item in removed:
            # The item was removed, or the other side changed it, which is a conflict, or others have the same name.
            assert (
                name_of(item) not in names
                or conflicts
                or sum(name_of(other) == name_of(item) for other in before) > 1
                or any(name_of(other) == name_of(item) for other in (*items_of(mine), *items_of(theirs)))
            )


def items_of(document: Json) -> list[Json]:
    found = ITEMS.get(document)
    return found if isinstance(found, list) else []


@given(triples())
def test_every_conflict_can_be_resolved_with_theirs_and_undone(triple: tuple[Document, Document, Document]) -> None:
    base, mine, theirs = triple
    merged = merge(Edit.diff(base, mine, "mine"), theirs)
    edit, before = merged.edit, merged.edit.document
    steps = edit.done
    for conflict in merged.conflicts:
        assert is_undecided(edit, conflict)
        take_theirs(edit, conflict, "theirs")
        assert not is_undecided(edit, conflict), (conflict, edit.document)
    while edit.done > steps:
        edit.undo()
    assert same(edit.document, before)


@given(triples(), st.integers(0, 3))
def test_merge_keeps_the_steps_or_combines_them(triple: tuple[Document, Document, Document], drawn: int) -> None:
    base, mine, theirs = triple
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
def test_merging_the_same_document_again_changes_nothing(triple: tuple[Document, Document, Document]) -> None:
    base, mine, _ = triple
    edit = Edit.diff(base, mine, "mine")
    again = merge(edit, cast(Document, base | {"modified_at": "2026-11-23T09:00:00Z"}))
    assert not again.conflicts
    assert not again.remote_changes
    assert same({**again.edit.document, "modified_at": None}, {**mine, "modified_at": None})
    sent = merge(edit, mine, sent=True)
    assert not sent.conflicts
    assert not sent.edit.dirty
