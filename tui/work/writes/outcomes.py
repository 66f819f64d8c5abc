"""Outcomes of a write: one class for each way in which a caller may have to react.

WriteVerified  a PATCH, read back as sent: done
WriteAccepted  accepted, not read back yet: the verifier continues (every accepted upsert ends so)
WriteDiffers   accepted, but the order shows other values: show them
OrderDeleted   deleted: done
WriteRefused   the service refused it, nothing was written: show the problems at their fields
WriteNotSent   an attempt failed, nothing was written: offer to send the same again
OrderGone      the order no longer exists, nothing was written: keep the edit
WriteUnknown   the answer was lost, and lookups could not tell: the next `recover` continues

The names are those of the send state (`tui.work.writes.send_state`) to which the state of the write is projected.
"""

from dataclasses import dataclass, field
from typing import TypeAlias

from tui.api.codec import Document
from tui.api.errors import ApiError, Problem
from tui.orders.edits.compare import Mismatch
from tui.store.db import StoreError
from tui.store.journal import Write


class WriteNotStored(StoreError):
    """A write could not be stored before it was to be sent, so nothing was sent."""

    def __init__(self, error: StoreError) -> None:
        super().__init__(f"Nothing was sent, because it must be stored first. {error}")


class ResultNotStored(StoreError):
    """A write was sent, and its result could not be stored. The next `recover` looks it up."""

    def __init__(self, error: StoreError) -> None:
        super().__init__(f"The result could not be stored and will be looked up. {error}")


@dataclass(frozen=True, slots=True)
class _Outcome:
    write: Write


@dataclass(frozen=True, slots=True)
class WriteVerified(_Outcome):
    document: Document


@dataclass(frozen=True, slots=True)
class WriteAccepted(_Outcome):
    """`remote_ids`: the service's id by staged id, if the answer had it."""

    remote_ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteDiffers(_Outcome):
    mismatches: tuple[Mismatch, ...]
    document: Document


@dataclass(frozen=True, slots=True)
class OrderDeleted(_Outcome):
    """`already`: the order was gone before this write."""

    already: bool


@dataclass(frozen=True, slots=True)
class WriteRefused(_Outcome):
    """`problems` belong to the order of a PATCH or DELETE, or to the upsert as a whole; `by_staged` to its orders.

    Orders that are not named were not written either (Q2.3).
    """

    problems: tuple[Problem, ...]
    by_staged: dict[str, tuple[Problem, ...]]
    error: ApiError


@dataclass(frozen=True, slots=True)
class WriteNotSent(_Outcome):
    """The state of `write` says why: NOT_SENT (not delivered, or refused unread), BUSY, or NOT_APPLIED (its answer was
    lost, and lookups show that nothing was written). `error` is None for NOT_APPLIED, and for a write that was still in
    the queue when the app ended."""

    error: ApiError | None


@dataclass(frozen=True, slots=True)
class OrderGone(_Outcome):
    """The order does not exist."""


@dataclass(frozen=True, slots=True)
class WriteUnknown(_Outcome):
    error: ApiError | None


WriteOutcome: TypeAlias = (
    WriteVerified | WriteAccepted | WriteDiffers | OrderDeleted | WriteRefused | WriteNotSent | OrderGone | WriteUnknown
)
