"""By which road an edit goes to the service, what it carries there, and what keeps it here (QUIRKS 2.5-2.7, 3)."""

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

FIXED = "cannot be changed once the order exists"


@dataclass(frozen=True, slots=True)
class RequestChoice:
    """What an edit comes to when it is sent. Pointers are those of the edited document.

    `operation`: PATCH, or POST for an upsert of the whole order, or None where nothing is to be sent. `body`: the PATCH,
    or the order of the upsert. `why_whole`: what a PATCH cannot carry, and why. `blocked`: what no road carries.
    `invalid` stops it; `doubtful` was read so, or is known to be taken against the document (decision 12).
    """

    operation: Operation | None
    body: Document
    carried: tuple[Change, ...]
    blocked: tuple[BlockedChange, ...] = ()
    why_whole: tuple[BlockedChange, ...] = ()
    invalid: tuple[Invalid, ...] = ()
    doubtful: tuple[Invalid, ...] = ()
    conversions: tuple[Conversion, ...] = ()

    @property
    def goes(self) -> bool:
        """Whether there is something to send, and it may go."""
        return self.operation is not None and not self.invalid


def sending_of(edit: Edit) -> RequestChoice:
    """The smallest PATCH where one can carry the edit, else the whole order."""
    patch = smallest_patch(edit)
    stuck = tuple(
        BlockedChange(one.pointer, reason) for one in patch.blocked if (reason := _why_never(edit, one.pointer))
    )
    whole = tuple(one for one in patch.blocked if not any(one.pointer == other.pointer for other in stuck))
    if whole:
        return _upsert(edit, stuck, whole)
    invalid, doubtful = _sorted_out(patch.invalid, edit, edit.base)
    invalid += (*_zeros(patch.carried), *_half_made(edit, patch.carried))
    operation = Operation.PATCH if patch.body else None
    return RequestChoice(operation, patch.body, patch.carried, stuck, (), invalid, doubtful)


def whole_order(edit: Edit) -> RequestChoice:
    """The edit as an upsert of the whole order, though a PATCH might carry it; of no change there is nothing to send."""
    if not edit.dirty:
        return RequestChoice(None, {}, ())
    stuck = [BlockedChange(change.pointer, reason) for change in edit.changes() if (reason := why_not_upsert(change))]
    return _upsert(edit, tuple(stuck), ())


def why_not_upsert(change: Change) -> str | None:
    """Why no upsert can carry this change, in words for people, or None if one can."""
    if change.pointer == ROOT:
        return "the whole document cannot be replaced"
    if change.pointer.startswith(ITEMS):
        return None
    for path, read_only in _fixed():
        place = Pointer(path)
        if place == change.pointer or (place.startswith(change.pointer) and _loses(change, place)):
            return "the service makes this itself" if read_only else FIXED
    return None


def road_of(edit: Edit, pointer: Pointer, twins: frozenset[str] | None = None) -> tuple[Operation | None, str]:
    """How a change of the field at this pointer would go, and why not by PATCH, or why not at all (None).

    `twins`: the names that several items have, where they are known already.
    """
    probe = Change(pointer, "", "x")
    if reason := why_not_upsert(probe):
        return None, reason
    reason = why_not_patch(edit, probe, twins)
    return (Operation.POST, reason) if reason else (Operation.PATCH, "")


def _upsert(edit: Edit, stuck: tuple[BlockedChange, ...], whole: tuple[BlockedChange, ...]) -> RequestChoice:
    edit = _without(edit, stuck)
    carried = tuple(edit.changes())
    if not carried:
        return RequestChoice(None, {}, (), stuck)
    body, conversions = to_upsert(edit.document, keep_id=True)
    found = validate_order(body, Operation.POST)
    invalid, doubtful = _sorted_out(found, edit, to_upsert(edit.base, keep_id=True)[0])
    if ITEMS.get(body) == [] and ITEMS.get(edit.base) != []:
        invalid += (Invalid(ITEMS, "An order needs an item", "no_items"),)
    return RequestChoice(Operation.POST, body, carried, stuck, whole, invalid, doubtful, conversions)


def _zeros(carried: tuple[Change, ...]) -> Iterator[Invalid]:
    """A PATCH may say that there are 0 of an item, and nobody says what that means (Q3.4)."""
    for change in carried:
        if change.pointer.startswith(ITEMS) and change.pointer.name == "quantity" and change.now == 0:
            yield Invalid(change.pointer, "0 is not sent, as nobody says what it does; D removes the item", "quantity")


def _half_made(edit: Edit, carried: tuple[Change, ...]) -> Iterator[Invalid]:
    """What is missing of an object that the order did not have: a PATCH may say a part of it, the order may not."""
    made = {change.pointer.parent for change in carried if change.was is ABSENT}
    made = {place for place in made if place.tokens and not isinstance(edit.base_value(place), dict)}
    if not made:
        return
    for one in validate_order(to_upsert(edit.document, keep_id=True)[0], Operation.POST):
        if one.code == "missing" and one.pointer.parent in made:
            yield one


def _without(edit: Edit, stuck: tuple[BlockedChange, ...]) -> Edit:
    """The edit without what no road carries."""
    if not stuck:
        return edit
    copy = Edit.load(edit.base, edit.log())
    for one in stuck:
        copy.revert(one.pointer, "stays as it is")
    return copy


def _sorted_out(
    found: Sequence[Invalid], edit: Edit, read: Document
) -> tuple[tuple[Invalid, ...], tuple[Invalid, ...]]:
    """What is wrong by the document: what stops, and what was read just so or is known to be taken (decision 12)."""
    stops: list[Invalid] = []
    doubtful: list[Invalid] = []
    for one in found:
        (doubtful if one.soft or _was_read_so(one.pointer, edit, read) else stops).append(one)
    return tuple(stops), tuple(doubtful)


def _was_read_so(pointer: Pointer, edit: Edit, read: Document) -> bool:
    origin = edit.origin(pointer)
    if origin is None or edit.placed(pointer) is None:
        return False
    here, there = pointer.get(edit.document), origin.get(edit.base)
    if here is ABSENT and there is ABSENT:
        # Missing then and now; but what makes it needed may be new.
        return same_type(pointer.parent.get(edit.document), origin.parent.get(read))
    return same_or_absent(here, there)


def same_type(here: Json | Absent, there: Json | Absent) -> bool:
    """Whether both are objects, or neither is."""
    return isinstance(here, dict) == isinstance(there, dict)


def _why_never(edit: Edit, pointer: Pointer) -> str | None:
    change = next((change for change in edit.changes() if change.pointer == pointer), None)
    return None if change is None else why_not_upsert(change)


def _loses(change: Change, place: Pointer) -> bool:
    """Whether replacing something whole would change what identifies the order."""
    inner = place.relative_to(change.pointer)
    was = ABSENT if change.was is ABSENT else inner.get(change.was)
    now = ABSENT if change.now is ABSENT else inner.get(change.now)
    return not same_or_absent(was, now)


@cache
def _fixed() -> tuple[tuple[tuple[str, ...], bool], ...]:
    """The fields that no write can change, and whether the service makes them."""
    return tuple(
        (field.path, field.read_only)
        for field in all_fields()
        if (field.read_only or field.immutable) and field.path[: len(ITEMS)] != ITEMS.tokens
    )


def as_seen(body: Document, changes: Iterable[Change]) -> Document:
    """What a GET is to show after an upsert: the order sent, with null where something was taken away (Q2.6)."""
    seen: Json = body
    for change in changes:
        if change.now in (ABSENT, None) and not change.moved and not _in_list(change.pointer):
            parent = change.pointer.parent.get(seen)
            if isinstance(parent, dict) or parent is ABSENT:
                seen = change.pointer.put(seen, None)
    return cast(Document, seen)


def _in_list(pointer: Pointer) -> bool:
    return any(token.startswith("~") for token in pointer.tokens)
