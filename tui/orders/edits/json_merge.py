"""An order that was edited as JSON text: its problems, and how it is merged with the order as it is now."""

from collections.abc import Iterator
from functools import cache
from typing import cast

from tui.api.codec import Document, Json, same
from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.models import Invalid, Operation, validate_order
from tui.api.pointer import ABSENT, Pointer
from tui.orders.edits.edit import Edit, same_or_absent
from tui.orders.edits.merge import merge
from tui.orders.edits.patch import BlockedChange
from tui.orders.edits.request_choice import IMMUTABLE, choose_request
from tui.orders.fields import all_fields
from tui.orders.paths import ANY
from tui.orders.value_parser import show_value

_LONGEST = 60


def check_change(base: Document, wanted: Document) -> list[Problem]:
    """The problems of changing an existing order to the wanted one. Unchanged values are not checked."""
    fixed = list(_check_fixed_fields(base, wanted))
    reported = {problem.pointer for problem in fixed}
    request = choose_request(Edit.diff(base, wanted, ""))
    return [
        *fixed,
        *(_problem(invalid, Severity.ERROR) for invalid in request.invalid),
        *(_problem(invalid, Severity.WARNING) for invalid in request.tolerated),
        *(_blocked_problem(change, "", Severity.ERROR) for change in request.blocked if change.pointer not in reported),
        *(_blocked_problem(change, "sent as a full order: ", Severity.WARNING) for change in request.not_patchable),
    ]


def check_new(base: Document | None, wanted: Document) -> list[Problem]:
    """The problems of an order that is sent as a whole. `base`: the order as read, if it already exists (Q1.6)."""
    found = [] if base is None else list(_check_fixed_fields(base, wanted))
    for invalid in validate_order(wanted, Operation.POST):
        found.append(_problem(invalid, Severity.WARNING if invalid.tolerated else Severity.ERROR))
    return found


def rebase(original: Document, wanted: Document, now: Document) -> Document:
    """Apply the changes from `original` to `wanted` to the document as it is now. In conflicts, `wanted` wins."""
    return wanted if same(original, now) else merge(Edit.diff(original, wanted, ""), now).edit.document


def keep_fixed_fields(base: Document, wanted: Document) -> Document:
    """The wanted order with the immutable fields of the existing order (Q1.6)."""
    document: Json = wanted
    for pointer in fixed_pointers():
        value = pointer.get(base)
        if same_or_absent(value, pointer.get(document)):
            continue
        document = pointer.drop(document) if value is ABSENT else _put(document, pointer, value)
    return cast(Document, document)


@cache
def fixed_pointers() -> tuple[Pointer, ...]:
    """The fields that cannot change once the order exists."""
    return tuple(
        Pointer(field.path) for field in all_fields() if (field.read_only or field.immutable) and ANY not in field.path
    )


def _check_fixed_fields(base: Document, wanted: Document) -> Iterator[Problem]:
    for pointer in fixed_pointers():
        was = pointer.get(base)
        if not same_or_absent(was, pointer.get(wanted)):
            shown = "absent" if was is ABSENT else show_value("json", was)[:_LONGEST]
            detail = f"{IMMUTABLE}; it stays {shown}"
            yield Problem(detail, "fixed", pointer=pointer, reported_by=ReportedBy.LOCAL)


def _put(document: Json, pointer: Pointer, value: Json) -> Json:
    """Set a value, replacing anything on its path that is not an object."""
    for length in range(1, len(pointer)):
        parent = Pointer(pointer.tokens[:length])
        if not isinstance(parent.get(document), dict):
            document = parent.put(document, {})
    return pointer.put(document, value)


def _blocked_problem(blocked: BlockedChange, prefix: str, severity: Severity) -> Problem:
    return Problem(
        prefix + blocked.reason, "blocked", pointer=blocked.pointer, severity=severity, reported_by=ReportedBy.LOCAL
    )


def _problem(invalid: Invalid, severity: Severity) -> Problem:
    return Problem(
        invalid.detail, invalid.code, pointer=invalid.pointer, severity=severity, reported_by=ReportedBy.LOCAL
    )
