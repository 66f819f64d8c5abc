"""The options of a submit run and the results of its orders; values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.pointer import Scope
from tui.orders.edits.edit import Change
from tui.orders.fields import label_of
from tui.store.journal import Write
from tui.work.file_import.validate import FileEntry
from tui.work.writes.backoff import RetrySchedule, exponential
from tui.work.writes.send_state import SendState
from tui.work.writes.serialization import problems_from_json

_SHOWN_CHANGES = 4
_FIRST_READ = 0.5
"""Seconds from the acceptance of an order to its first read."""


class SubmitOutcome(StrEnum):
    """The public outcome of an order: `outcome` in the JSON output of `check` and `submit`. Values never change."""

    VERIFIED = "verified"
    DIFFERS = "differs"
    MISSING = "missing"
    REFUSED = "refused"
    HELD = "held"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    WOULD_CREATE = "would-create"
    WOULD_UPDATE = "would-update"
    SAME = "same"


OUTCOMES: Final[Mapping[SendState, SubmitOutcome]] = {
    SendState.READY: SubmitOutcome.HELD,
    SendState.SENDING: SubmitOutcome.UNKNOWN,
    SendState.VERIFIED: SubmitOutcome.VERIFIED,
    SendState.ACCEPTED: SubmitOutcome.ACCEPTED,
    SendState.UNKNOWN: SubmitOutcome.UNKNOWN,
    SendState.DIFFERS: SubmitOutcome.DIFFERS,
    SendState.REFUSED: SubmitOutcome.REFUSED,
    SendState.CONFLICT: SubmitOutcome.HELD,
    SendState.NOT_SENT: SubmitOutcome.HELD,
    SendState.UNCHANGED: SubmitOutcome.VERIFIED,
    SendState.INVALID: SubmitOutcome.HELD,
    SendState.HELD: SubmitOutcome.HELD,
}
"""The outcome of an order in a state when the run ends. `missing` and the outcomes of `check` have no state of their own."""


@dataclass(frozen=True, slots=True)
class SubmitOptions:
    """How to submit a file. `retry_for` in seconds: for lookups, for verification, and for a service that is down."""

    only_good: bool = False
    verify: bool = True
    update: bool = True
    retry_for: float | None = None

    @property
    def schedule(self) -> RetrySchedule:
        """As in the app, but with an earlier first read: the user waits for the command to end."""
        if self.retry_for is None:
            return RetrySchedule(verify=exponential(240.0, first=_FIRST_READ))
        first = min(1.0, self.retry_for / 4)
        return RetrySchedule(
            lookups=(0.0, *exponential(self.retry_for, first=first)),
            verify=exponential(self.retry_for, first=_FIRST_READ),
            busy=exponential(self.retry_for, first=first),
        )

    @property
    def retry_seconds(self) -> float:
        """How long to retry while the service is unavailable."""
        return 60.0 if self.retry_for is None else self.retry_for


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """The outcome of an entry, the service's id if it is known, and the problems and reasons."""

    entry: FileEntry
    outcome: SubmitOutcome
    id: str | None = None
    problems: tuple[Problem, ...] = ()


def note(reason: str) -> Problem:
    """The reason why an order without errors was not sent, as a problem."""
    return Problem(reason, "not_sent", severity=Severity.WARNING, reported_by=ReportedBy.LOCAL)


def changes_text(changes: Sequence[Change]) -> str:
    """The names of the first few changed fields."""
    names = [label_of(change.pointer) for change in changes[:_SHOWN_CHANGES]]
    more = len(changes) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def error_of(write: Write) -> str:
    """The error message of a write's last step."""
    detail = write.last.detail
    error = detail.get("error") if isinstance(detail, dict) else None
    return str(error) if error else "The request did not go through."


def whole_problems(write: Write) -> tuple[Problem, ...]:
    """The problems of a refusal that belong to no single order."""
    return tuple(problem for problem in problems_from_json(write.last.problems) if problem.scope is not Scope.ORDER)
