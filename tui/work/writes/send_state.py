"""The send state: what happened to an order that is to be written, in one vocabulary for every screen and command.

The store keeps the facts (`WriteState`, `VerificationState`, `StagedState`); `project` turns them into a `SendState`,
and `LABELS` says how each state is shown. The one addition is the label of a superseded
version (`HistoryOrder.shown`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from tui.store.batches import StagedState
from tui.store.journal import WriteState
from tui.store.verifications import VerificationState


class SendState(StrEnum):
    """The state of one order, in the order in which screens list the states.

    Each member says whether the order was written and what has to happen next.
    """

    READY = "ready"
    """Not sent yet; nothing keeps it from being sent."""
    SENDING = "sending"
    """Being sent, or waiting for its answer."""
    VERIFIED = "verified"
    """Read back as sent. A verified deletion: the order is gone."""
    ACCEPTED = "accepted"
    """The service accepted it; it has not been read back yet."""
    UNKNOWN = "unknown"
    """The answer was lost, so it may have been written; it must be looked up before it is sent again."""
    DIFFERS = "differs"
    """The service accepted it, but shows other values, or no such order."""
    REFUSED = "refused"
    """The service refused it; nothing was written."""
    CONFLICT = "conflict"
    """Not sent: the service has something else than expected (a changed or deleted order, an order that would be
    overwritten). The user decides."""
    NOT_SENT = "not sent"
    """An attempt failed and nothing was written; it can be sent again unchanged."""
    UNCHANGED = "unchanged"
    """Not sent: the service already has these values."""
    INVALID = "invalid"
    """Not sent: it has errors, or the change cannot be applied to it."""
    HELD = "held"
    """Not sent: the user keeps it back."""

    @property
    def mark(self) -> str:
        """The mark in front of a row: one ASCII character, or a space."""
        return LABELS[self].mark

    @property
    def label(self) -> str:
        return LABELS[self].label

    @property
    def style(self) -> str:
        """The name of the style of mark and label (`tui.widgets.styles`)."""
        return LABELS[self].style

    @property
    def is_open(self) -> bool:
        """Whether the result is not known yet, so that nothing else may be sent for the order."""
        return self in OPEN


class StateLabel(NamedTuple):
    """How a state is shown."""

    mark: str
    label: str
    style: str


LABELS: Final[Mapping[SendState, StateLabel]] = {
    SendState.READY: StateLabel(" ", "ready", ""),
    SendState.SENDING: StateLabel(">", "sending", "info"),
    SendState.VERIFIED: StateLabel("=", "verified", "good"),
    SendState.ACCEPTED: StateLabel(">", "accepted", "info"),
    SendState.UNKNOWN: StateLabel("#", "unknown", "conflict"),
    SendState.DIFFERS: StateLabel("S", "differs", "service"),
    SendState.REFUSED: StateLabel("S", "refused", "service"),
    SendState.CONFLICT: StateLabel("#", "conflict", "conflict"),
    SendState.NOT_SENT: StateLabel("~", "not sent", "warning"),
    SendState.UNCHANGED: StateLabel("=", "unchanged", "dim"),
    SendState.INVALID: StateLabel("!", "invalid", "error"),
    SendState.HELD: StateLabel("z", "held", "dim"),
}

OPEN: Final = frozenset({SendState.SENDING, SendState.ACCEPTED, SendState.UNKNOWN})
"""States whose result is not known yet."""

NOT_WRITTEN: Final = frozenset({SendState.REFUSED, SendState.NOT_SENT, SendState.CONFLICT})
"""States of an attempt that changed nothing on the service."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """What decides the state of an order that the service does not have."""

    refused: bool = False
    """The service refused this content."""
    invalid: bool = False
    """A local check found an error."""
    unchanged: bool = False
    """The service already has these values."""
    held: bool = False
    overwrites: bool = False
    """It would change an existing order, and the user has not released it."""

    @property
    def state(self) -> SendState:
        if self.refused:
            return SendState.REFUSED
        if self.invalid:
            return SendState.INVALID
        if self.unchanged:
            return SendState.UNCHANGED
        if self.held:
            return SendState.HELD
        return SendState.CONFLICT if self.overwrites else SendState.READY


def project(stored: WriteState | VerificationState | StagedState, unsent: Unsent | None = None) -> SendState:
    """The send state of a stored state. `unsent` is given for a staged order that the service does not have."""
    return _STORED[stored] if unsent is None else unsent.state


def from_stored(text: str) -> SendState:
    """Read a state from the text under which the data folder keeps it, whatever kind of record it is in.

    Raises KeyError for an unknown text.
    """
    return _STORED[text]


_STORED: Final[Mapping[str, SendState]] = {
    # Members of different enums with the same text mean the same, so that one entry serves all of them.
    WriteState.RECORDED: SendState.SENDING,
    WriteState.SENT: SendState.SENDING,
    WriteState.UNKNOWN: SendState.UNKNOWN,
    WriteState.ANSWERED: SendState.ACCEPTED,
    WriteState.NOT_SENT: SendState.NOT_SENT,
    WriteState.REFUSED: SendState.REFUSED,
    WriteState.BUSY: SendState.NOT_SENT,
    WriteState.GONE: SendState.CONFLICT,
    WriteState.NOT_APPLIED: SendState.NOT_SENT,
    WriteState.ACCEPTED: SendState.ACCEPTED,
    WriteState.CONFIRMED: SendState.VERIFIED,
    WriteState.VERIFIED: SendState.VERIFIED,
    WriteState.DIFFERS: SendState.DIFFERS,
    WriteState.MISSING: SendState.DIFFERS,
    VerificationState.SUPERSEDED: SendState.ACCEPTED,
    StagedState.DRAFT: SendState.READY,
    # Kept for drafts (`standing:…`).
    "changed there since": SendState.CONFLICT,
    "accepted, not seen yet": SendState.ACCEPTED,
    "outcome unknown": SendState.UNKNOWN,
    # Kept for the orders of bulk jobs.
    "would change": SendState.READY,
    "on its way": SendState.SENDING,
    "changed since": SendState.CONFLICT,
    "already so": SendState.UNCHANGED,
    "cannot be": SendState.INVALID,
    "left out": SendState.HELD,
}

DRAFT_TEXTS: Final[Mapping[SendState, str]] = {
    SendState.CONFLICT: "changed there since",
    SendState.NOT_SENT: "not sent",
    SendState.ACCEPTED: "accepted, not seen yet",
    SendState.UNKNOWN: "outcome unknown",
    SendState.REFUSED: "refused",
    SendState.DIFFERS: "differs",
}
"""The texts under which the states of drafts are stored. Other states of drafts are not stored."""

JOB_TEXTS: Final[Mapping[SendState, str]] = {
    SendState.READY: "would change",
    SendState.SENDING: "on its way",
    SendState.VERIFIED: "confirmed",
    SendState.ACCEPTED: "accepted",
    SendState.UNKNOWN: "unknown",
    SendState.DIFFERS: "differs",
    SendState.REFUSED: "refused",
    SendState.CONFLICT: "changed since",
    SendState.NOT_SENT: "not sent",
    SendState.UNCHANGED: "already so",
    SendState.INVALID: "cannot be",
    SendState.HELD: "left out",
}
"""The texts under which the states of a job's orders are stored."""
