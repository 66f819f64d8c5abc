"""How a write ended: one class for each thing a caller may have to do next.

Confirmed      a PATCH, read again as sent
Accepted       taken and not seen yet; it is followed (an upsert always ends so)
Differs        a PATCH was taken, or part of it is there, and the order does not show all that was sent: show it
Deleted        gone, as asked
WasRefused     nothing was written: show the problems at their fields
WasBusy        nothing was written: offer the same again
WasGone        the order is not there any more: keep the edit, offer it as a new order
NotApplied     the answer was lost, and long looking shows that nothing was written: offer it again
NothingSent    it never reached the service, or was turned away unread: offer it again when the error is mended
StillUnknown   the answer was lost and looking has not told: it is resolved at the next `recover`
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from tui.api.codec import Document
from tui.api.errors import ApiError, Problem
from tui.orders.edits.compare import Mismatch
from tui.store.journal import Write


@dataclass(frozen=True, slots=True)
class Confirmed:
    write: Write
    document: Document


@dataclass(frozen=True, slots=True)
class Accepted:
    """`remote_ids`: the service's id by staged id, where it told one."""

    write: Write
    remote_ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Differs:
    write: Write
    mismatches: tuple[Mismatch, ...]
    document: Document


@dataclass(frozen=True, slots=True)
class Deleted:
    """`already`: somebody else had done it."""

    write: Write
    already: bool


@dataclass(frozen=True, slots=True)
class WasRefused:
    """`problems` of the order of a PATCH or DELETE, or of the request and the batch as a whole; `by_staged` of an
    upsert's orders. Orders that are not named there were not written either (Q2.3)."""

    write: Write
    problems: tuple[Problem, ...]
    by_staged: dict[str, tuple[Problem, ...]]
    error: ApiError


@dataclass(frozen=True, slots=True)
class WasBusy:
    write: Write
    error: ApiError


@dataclass(frozen=True, slots=True)
class WasGone:
    write: Write


@dataclass(frozen=True, slots=True)
class NotApplied:
    write: Write


@dataclass(frozen=True, slots=True)
class NothingSent:
    """`error` is None for a write that was waiting when the app ended."""

    write: Write
    error: ApiError | None


@dataclass(frozen=True, slots=True)
class StillUnknown:
    write: Write
    error: ApiError | None


Outcome: TypeAlias = (
    Confirmed | Accepted | Differs | Deleted | WasRefused | WasBusy | WasGone | NotApplied | NothingSent | StillUnknown
)
