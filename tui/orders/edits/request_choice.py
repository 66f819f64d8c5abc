"""Chooses PATCH or upsert for an edit: what the request carries, and what prevents it (QUIRKS 2.5-2.7, 3)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from tui.api.codec import Document, Json
from tui.api.models import Invalid, Operation, validate_order
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer
from tui.orders.edits.edit import Change, Edit, same_or_absent
from tui.orders.edits.patch import BlockedChange, smallest_patch, why_not_patch
from tui.orders.edits.upsert import Conversion, to_upsert
from tui.orders.fields import all_fields
from tui.orders.paths import ITEMS

IMMUTABLE = "cannot be changed once the order exists"


@dataclass(frozen=True, slots=True)
class RequestChoice:
    """The request that sends an edit. Pointers are those of the edited document.

    `operation`: PATCH, POST for an upsert of the whole order, or None if there is nothing to send. `body`: the body of
    the PATCH, or the upserted order. `not_patchable`: why a PATCH is not possible. `blocked`: changes that no request can
    carry. `invalid` prevents sending; `tolerated` does not, because the order was read that way, or because the service
    is known to accept it against its documentation.
    """

    operation: Operation | None
    body: Document
    carried: tuple[Change, ...]
    blocked: tuple[BlockedChange, ...] = ()
    not_patchable: tuple[BlockedChange, ...] = ()
    invalid: tuple[Invalid, ...] = ()
    tolerated: tuple[Invalid, ...] = ()
    conversions: tuple[Conversion, ...] = ()

    @property
    def can_send(self) -> bool:
        """Whether there is something to send and nothing prevents it."""
        return self.operation is not None and not self.invalid


def choose_request(edit: Edit) -> RequestChoice:
    """Choose the smallest PATCH if it can carry the edit, else an upsert of the whole order."""
    patch = smallest_patch(edit)
    changes: dict[Pointer, Change] = {}
    for change in edit.changes() if patch.blocked else ():
        changes.setdefault(change.pointer, change)
    blocked = tuple(
        BlockedChange(change.pointer, reason)
        for change in patch.blocked
        if change.pointer in changes and (reason := why_not_upsert(changes[change.pointer]))
    )
    never_sent = {change.pointer for change in blocked}
    not_patchable = tuple(change for change in patch.blocked if change.pointer not in never_sent)
    if not_patchable:
        return _upsert(edit, blocked, not_patchable)
    invalid, tolerated = _split_by_severity(patch.invalid, edit, edit.base)
    invalid += (*_check_zero_quantities(patch.carried), *_check_new_objects(edit, patch.carried))
    operation = Operation.PATCH if patch.body else None
    return RequestChoice(operation, patch.body, patch.carried, blocked, (), invalid, tolerated)


def choose_upsert(edit: Edit) -> RequestChoice:
    """Choose an upsert of the whole order even if a PATCH would do. Without changes there is nothing to send."""
    if not edit.dirty:
        return RequestChoice(None, {}, ())
    blocked = [BlockedChange(change.pointer, reason) for change in edit.changes() if (reason := why_not_upsert(change))]
    return _upsert(edit, tuple(blocked), ())


def why_not_upsert(change: Change) -> str | None:
    """The reason why an upsert cannot carry this change, as a text for users, or None if it can."""
    if change.pointer == ROOT:
        return "the whole document cannot be replaced"
    if change.pointer.startswith(ITEMS):
        return None
    for path, read_only in _immutable_paths():
        pointer = Pointer(path)
        if pointer == change.pointer or (pointer.startswith(change.pointer) and _changes_inside(change, pointer)):
            return "the service sets this field" if read_only else IMMUTABLE
    return None


def write_kind_of(
    edit: Edit, pointer: Pointer, duplicates: frozenset[str] | None = None
) -> tuple[Operation | None, str]:
    """How a change of this field would be sent, and why not by PATCH; None and a reason if it cannot be sent.

    `duplicates`: the names that several items have, if already known.
    """
    change = Change(pointer, "", "x")
    if reason := why_not_upsert(change):
        return None, reason
    reason = why_not_patch(edit, change, duplicates)
    return (Operation.POST, reason) if reason else (Operation.PATCH, "")


def _upsert(edit: Edit, blocked: tuple[BlockedChange, ...], not_patchable: tuple[BlockedChange, ...]) -> RequestChoice:
    edit = _without_blocked(edit, blocked)
    carried = tuple(edit.changes())
    if not carried:
        return RequestChoice(None, {}, (), blocked)
    body, conversions = to_upsert(edit.document, keep_id=True)
    found = validate_order(body, Operation.POST)
    invalid, tolerated = _split_by_severity(found, edit, to_upsert(edit.base, keep_id=True)[0])
    if ITEMS.get(body) == [] and ITEMS.get(edit.base) != []:
        invalid += (Invalid(ITEMS, "An order needs an item", "no_items"),)
    return RequestChoice(Operation.POST, body, carried, blocked, not_patchable, invalid, tolerated, conversions)


def _check_zero_quantities(carried: tuple[Change, ...]) -> Iterator[Invalid]:
    """Report quantities of 0: a PATCH accepts them, but their effect is undocumented (Q3.4)."""
    for change in carried:
        if change.pointer.startswith(ITEMS) and change.pointer.name == "quantity" and change.now == 0:
            yield Invalid(
                change.pointer, "0 is not sent because its effect is undocumented; remove the item instead", "quantity"
            )


def _check_new_objects(edit: Edit, carried: tuple[Change, ...]) -> Iterator[Invalid]:
    """Report members that a newly added object lacks: a PATCH accepts a partial object, an order does not."""
    new_objects = {change.pointer.parent for change in carried if change.was is ABSENT}
    new_objects = {
        pointer for pointer in new_objects if pointer.tokens and not isinstance(edit.base_value(pointer), dict)
    }
    if not new_objects:
        return
    for invalid in validate_order(to_upsert(edit.document, keep_id=True)[0], Operation.POST):
        if invalid.code == "missing" and invalid.pointer.parent in new_objects:
            yield invalid


def _without_blocked(edit: Edit, blocked: tuple[BlockedChange, ...]) -> Edit:
    """A copy of the edit without the changes that cannot be sent."""
    if not blocked:
        return edit
    copy = Edit.load(edit.base, edit.log())
    for change in blocked:
        copy.revert(change.pointer, "left out")
    return copy


def _split_by_severity(
    problems: Sequence[Invalid], edit: Edit, read: Document
) -> tuple[tuple[Invalid, ...], tuple[Invalid, ...]]:
    """Split schema errors into those that prevent sending and those that are tolerated."""
    errors: list[Invalid] = []
    tolerated: list[Invalid] = []
    for invalid in problems:
        (tolerated if invalid.tolerated or _is_unchanged(invalid.pointer, edit, read) else errors).append(invalid)
    return tuple(errors), tuple(tolerated)


def _is_unchanged(pointer: Pointer, edit: Edit, read: Document) -> bool:
    base_pointer = edit.base_pointer(pointer)
    if base_pointer is None or edit.to_positions(pointer) is None:
        return False
    current, before = pointer.get(edit.document), base_pointer.get(edit.base)
    if current is ABSENT and before is ABSENT:
        # The value was missing before and is missing now, but the object that requires it may be new.
        return same_type(pointer.parent.get(edit.document), base_pointer.parent.get(read))
    return same_or_absent(current, before)


def same_type(a: Json | Absent, b: Json | Absent) -> bool:
    """Whether both are objects, or neither is."""
    return isinstance(a, dict) == isinstance(b, dict)


def _changes_inside(change: Change, pointer: Pointer) -> bool:
    """Whether replacing a value as a whole changes the value at a pointer inside it."""
    inner = pointer.relative_to(change.pointer)
    was = ABSENT if change.was is ABSENT else inner.get(change.was)
    now = ABSENT if change.now is ABSENT else inner.get(change.now)
    return not same_or_absent(was, now)


@cache
def _immutable_paths() -> tuple[tuple[tuple[str, ...], bool], ...]:
    """The fields that no write can change, and whether the service sets them."""
    return tuple(
        (field.path, field.read_only)
        for field in all_fields()
        if (field.read_only or field.immutable) and field.path[: len(ITEMS)] != ITEMS.tokens
    )


def expected_after_upsert(body: Document, changes: Iterable[Change]) -> Document:
    """What a GET should show after an upsert: the order sent, with null where a value was removed (Q2.6)."""
    seen: Json = body
    for change in changes:
        if change.now in (ABSENT, None) and not change.moved and not _is_in_list(change.pointer):
            parent = change.pointer.parent.get(seen)
            if isinstance(parent, dict) or parent is ABSENT:
                seen = change.pointer.put(seen, None)
    return cast(Document, seen)


def _is_in_list(pointer: Pointer) -> bool:
    return any(token.startswith("~") for token in pointer.tokens)
