"""A whole order that was typed as one text: what is wrong with it, and what of it can be taken."""

from collections.abc import Iterator
from functools import cache
from typing import cast

from tui.api.codec import Document, Json, same
from tui.api.errors import Origin, Problem, Severity
from tui.api.models import Invalid, Operation, validate_order
from tui.api.pointer import ABSENT, Pointer
from tui.orders.edits.edit import Edit, same_or_absent
from tui.orders.edits.merge import merge
from tui.orders.edits.patch import BlockedChange
from tui.orders.edits.request_choice import FIXED, sending_of
from tui.orders.fields import all_fields
from tui.orders.paths import ANY
from tui.orders.value_parser import show_value

_LONGEST = 60


def judge_change(base: Document, wanted: Document) -> list[Problem]:
    """What is wrong with an order of the service made into another: its changes only, since the rest was read so."""
    fixed = list(_moved_fixed(base, wanted))
    known = {problem.pointer for problem in fixed}
    sending = sending_of(Edit.between(base, wanted, ""))
    return [
        *fixed,
        *(_problem(one, Severity.ERROR) for one in sending.invalid),
        *(_problem(one, Severity.WARNING) for one in sending.doubtful),
        *(_said(one, "", Severity.ERROR) for one in sending.blocked if one.pointer not in known),
        *(_said(one, "sends the whole order: ", Severity.WARNING) for one in sending.why_whole),
    ]


def judge_new(base: Document | None, wanted: Document) -> list[Problem]:
    """What is wrong with an order that is to be sent whole; `base` is what it was where it exists already (Q1.6)."""
    found = [] if base is None else list(_moved_fixed(base, wanted))
    for one in validate_order(wanted, Operation.POST):
        found.append(_problem(one, Severity.WARNING if one.soft else Severity.ERROR))
    return found


def on_newer(began: Document, wanted: Document, now: Document) -> Document:
    """What was made of `began`, on what became of it meanwhile; where both changed the same, what was typed stands."""
    return wanted if same(began, now) else merge(Edit.between(began, wanted, ""), now).edit.document


def as_allowed(base: Document, wanted: Document) -> Document:
    """The order as typed, with what identifies an order that exists as it was (Q1.6)."""
    document: Json = wanted
    for pointer in fixed_places():
        value = pointer.get(base)
        if same_or_absent(value, pointer.get(document)):
            continue
        document = pointer.drop(document) if value is ABSENT else _put(document, pointer, value)
    return cast(Document, document)


@cache
def fixed_places() -> tuple[Pointer, ...]:
    """The fields that nothing can change once the order exists."""
    return tuple(
        Pointer(field.path) for field in all_fields() if (field.read_only or field.immutable) and ANY not in field.path
    )


def _moved_fixed(base: Document, wanted: Document) -> Iterator[Problem]:
    for pointer in fixed_places():
        was = pointer.get(base)
        if not same_or_absent(was, pointer.get(wanted)):
            shown = "absent" if was is ABSENT else show_value("json", was)[:_LONGEST]
            detail = f"{FIXED}; it stays as it was: {shown}"
            yield Problem(detail, "fixed", pointer=pointer, origin=Origin.HERE)


def _put(document: Json, pointer: Pointer, value: Json) -> Json:
    """The value at its place, whatever was typed where the objects around it should be."""
    for length in range(1, len(pointer)):
        above = Pointer(pointer.tokens[:length])
        if not isinstance(above.get(document), dict):
            document = above.put(document, {})
    return pointer.put(document, value)


def _said(blocked: BlockedChange, before: str, severity: Severity) -> Problem:
    return Problem(before + blocked.reason, "blocked", pointer=blocked.pointer, severity=severity, origin=Origin.HERE)


def _problem(invalid: Invalid, severity: Severity) -> Problem:
    return Problem(invalid.detail, invalid.code, pointer=invalid.pointer, severity=severity, origin=Origin.HERE)
