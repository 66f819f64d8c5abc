"""Problems, mismatches and changes as JSON, as the journal and staged orders keep them."""

import secrets
from collections.abc import Iterable
from typing import Final

from tui.api.codec import Document, Json, as_list
from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.pointer import ABSENT, Pointer, Scope, present
from tui.orders.edits.compare import Mismatch
from tui.orders.edits.edit import Change

_TEXTS = ("code", "title", "raw_pointer", "parameter", "header")


def problem_to_json(problem: Problem) -> Document:
    """The fields that have a value, under their names; the pointer as RFC 6901."""
    values: Document = {"detail": problem.detail, "scope": problem.scope, "pointer": str(problem.pointer)}
    values |= {name: getattr(problem, name) for name in _TEXTS if getattr(problem, name)}
    optional = {"raw_pointer": problem.raw_pointer, "status": problem.status, "order": problem.order}
    values |= {name: value for name, value in optional.items() if value is not None}
    if problem.sendable:
        values["sendable"] = True
    return values | {"severity": problem.severity, "origin": problem.reported_by}


def problem_from_json(value: Json) -> Problem:
    """Read what `problem_to_json` wrote. Raises ValueError for anything else."""
    if not isinstance(value, dict):
        raise ValueError("a stored problem is not an object")
    texts = {name: text for name in _TEXTS if isinstance(text := value.get(name), str)}
    status, order = value.get("status"), value.get("order")
    return Problem(
        detail=str(value["detail"]),
        code=texts.get("code", ""),
        title=texts.get("title", ""),
        status=status if isinstance(status, int) else None,
        scope=Scope(str(value["scope"])),
        order=order if isinstance(order, int) else None,
        pointer=Pointer.parse(str(value["pointer"])),
        raw_pointer=texts.get("raw_pointer"),
        parameter=texts.get("parameter"),
        header=texts.get("header"),
        severity=Severity(str(value["severity"])),
        reported_by=ReportedBy(str(value["origin"])),
        sendable=value.get("sendable") is True,
    )


def problems_to_json(problems: Iterable[Problem]) -> list[Json]:
    return [problem_to_json(problem) for problem in problems]


def problems_from_json(value: Json) -> list[Problem]:
    """Read stored problems; none for null. Raises ValueError for anything but a list of problems."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError("stored problems are not a list")
    return [problem_from_json(stored) for stored in value]


def mismatch_to_json(mismatch: Mismatch) -> Document:
    """A value that was absent has no key `actual`."""
    return present({"pointer": str(mismatch.pointer), "expected": mismatch.expected, "actual": mismatch.actual})


def mismatch_from_json(value: Json) -> Mismatch:
    """Read what `mismatch_to_json` wrote. Raises ValueError for anything else."""
    if not isinstance(value, dict):
        raise ValueError("a stored mismatch is not an object")
    return Mismatch(Pointer.parse(str(value["pointer"])), value["expected"], value.get("actual", ABSENT))


def changes_to_json(changes: Iterable[Change]) -> list[Json]:
    """A value that was absent has no key `was`, a removed one no key `now`; `moved` is stored only if it is true."""
    return [
        present(
            {
                "pointer": str(change.pointer),
                "was": change.was,
                "now": change.now,
                "moved": True if change.moved else ABSENT,
            }
        )
        for change in changes
    ]


def changes_from_json(value: Json) -> list[Change]:
    """Read what `changes_to_json` wrote; nothing for anything else."""
    return [
        Change(
            Pointer.parse(str(stored["pointer"])),
            stored.get("was", ABSENT),
            stored.get("now", ABSENT),
            stored.get("moved") is True,
        )
        for stored in as_list(value)
        if isinstance(stored, dict) and "pointer" in stored
    ]


_EDIT: Final = "edit:"


def staged_for_edit(order_id: str) -> str:
    """A new unique id under which the edit of an order is sent as an upsert."""
    return f"{_EDIT}{order_id}:{secrets.token_hex(8)}"


def edited_order(staged: str | None) -> str | None:
    """The id of the order whose edit is sent under this staged id; None for a staged order of the composer."""
    if staged is None or not staged.startswith(_EDIT):
        return None
    return staged.removeprefix(_EDIT).rpartition(":")[0]
