"""What became of the orders of a submitted file, and how it was to be submitted: values only."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tui.api.errors import Origin, Problem, Severity
from tui.api.pointer import Scope
from tui.orders.edits.edit import Change
from tui.orders.fields import label_of
from tui.store.journal import Write
from tui.work.file_import.validate import FileEntry
from tui.work.writes.backoff import RetrySchedule, exponential
from tui.work.writes.serialization import problems_from_json

_SHOWN_CHANGES = 4
_FIRST_LOOK = 0.5
"""Seconds after an order was accepted."""


class SubmitOutcome(StrEnum):
    """What became of an order."""

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


@dataclass(frozen=True, slots=True)
class SubmitOptions:
    """How a file is to be submitted. `patience` in seconds, for look-ups, for following, and for a service that is down."""

    only_good: bool = False
    verify: bool = True
    update: bool = True
    patience: float | None = None

    @property
    def pauses(self) -> RetrySchedule:
        """As the app's, but with the first look sooner: somebody waits for the end of the command."""
        if self.patience is None:
            return RetrySchedule(follow=exponential(240.0, first=_FIRST_LOOK))
        first = min(1.0, self.patience / 4)
        return RetrySchedule(
            lookups=(0.0, *exponential(self.patience, first=first)),
            follow=exponential(self.patience, first=_FIRST_LOOK),
            busy=exponential(self.patience, first=first),
        )

    @property
    def most(self) -> float:
        """Seconds that the service may be away."""
        return 60.0 if self.patience is None else self.patience


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """What became of an entry: the service's id where it is known, and all that is wrong with it or was in its way."""

    entry: FileEntry
    end: SubmitOutcome
    id: str | None = None
    problems: tuple[Problem, ...] = ()


def note(reason: str) -> Problem:
    """Why an order stays here though nothing is wrong with it."""
    return Problem(reason, "not_sent", severity=Severity.WARNING, origin=Origin.LOCAL)


def changes_text(changes: Sequence[Change]) -> str:
    """The fields of changes, the first few of them named."""
    names = [label_of(change.pointer) for change in changes[:_SHOWN_CHANGES]]
    more = len(changes) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def error_of(write: Write) -> str:
    """What was said at the end of a write, as a sentence."""
    detail = write.last.detail
    said = detail.get("error") if isinstance(detail, dict) else None
    return str(said) if said else "The request did not go through."


def whole_problems(write: Write) -> tuple[Problem, ...]:
    """What a refusal said of none of its orders."""
    return tuple(one for one in problems_from_json(write.last.problems) if one.scope is not Scope.ORDER)
