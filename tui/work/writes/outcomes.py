"""How a write ended: one class for each thing a caller may have to do next.

Confirmed      a PATCH, read again as sent
Accepted       taken and not seen yet; it is followed (an upsert always ends so)
Differs        a PATCH was taken, or part of it is there, and the order does not show all that was sent: show it
Deleted        gone, as asked
WriteRefused     nothing was written: show the problems at their fields
WriteDeferred        nothing was written: offer the same again
OrderGone        the order is not there any more: keep the edit, offer it as a new order
WriteNotApplied     the answer was lost, and long looking shows that nothing was written: offer it again
WriteNotSent    it never reached the service, or was turned away unread: offer it again when the error is mended
WriteUnresolved   the answer was lost and looking has not told: it is resolved at the next `recover`
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from tui.api.codec import Document
from tui.api.errors import ApiError, Problem
from tui.orders.edits.compare import Mismatch
from tui.store.journal import Write


@dataclass(frozen=True, slots=True)
class WriteConfirmed:
    write: Write
    document: Document


@dataclass(frozen=True, slots=True)
class WriteAccepted:
    """`remote_ids`: the service's id by staged id, where it told one."""

    write: Write
    remote_ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteDiffers:
    write: Write
    mismatches: tuple[Mismatch, ...]
    document: Document


@dataclass(frozen=True, slots=True)
class OrderDeleted:
    """`already`: somebody else had done it."""

    write: Write
    already: bool


@dataclass(frozen=True, slots=True)
class WriteRefused:
    """`problems` of the order of a PATCH or DELETE, or of the request and the batch as a whole; `by_staged` of an
    upsert's orders. Orders that are not named there were not written either (Q2.3)."""

    write: Write
    problems: tuple[Problem, ...]
    by_staged: dict[str, tuple[Problem, ...]]
    error: ApiError


@dataclass(frozen=True, slots=True)
class WriteDeferred:
    write: Write
    error: ApiError


@dataclass(frozen=True, slots=True)
class OrderGone:
    write: Write


@dataclass(frozen=True, slots=True)
class WriteNotApplied:
    write: Write


@dataclass(frozen=True, slots=True)
class WriteNotSent:
    """`error` is None for a write that was waiting when the app ended."""

    write: Write
    error: ApiError | None


@dataclass(frozen=True, slots=True)
class WriteUnresolved:
    write: Write
    error: ApiError | None


WriteOutcome: TypeAlias = (
    WriteConfirmed
    | WriteAccepted
    | WriteDiffers
    | OrderDeleted
    | WriteRefused
    | WriteDeferred
    | OrderGone
    | WriteNotApplied
    | WriteNotSent
    | WriteUnresolved
)
