"""The course of a sending: what goes next, and what an answer means for the rest; decisions only, nothing is done here."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tui.api.codec import Document
from tui.orders.checks.sending import MAX_BYTES, MAX_ORDERS
from tui.work.batches.staged_order import PlannedAction

_IN_THE_DARK: Final = 8
"""So many refusals in a row that name no order, and it is given up: enough to find one order among a hundred."""


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """A staged order as it was reviewed; `size` is its bytes on the wire."""

    id: str
    version: int
    document: Document
    does: PlannedAction
    remote: Document | None
    size: int = 0


RequestGroup: TypeAlias = tuple[PlannedOrder, ...]
"""The orders of one request."""


def cut(orders: Iterable[PlannedOrder], limit: int = MAX_ORDERS, most: int = MAX_BYTES) -> tuple[RequestGroup, ...]:
    """Requests of at most so many orders and bytes, in the order given; an order that is larger goes alone."""
    groups: list[list[PlannedOrder]] = []
    size = 0
    for one in orders:
        if not groups or len(groups[-1]) == limit or size + one.size + 1 > most:
            groups.append([])
            size = 2  # the brackets; each order has a comma
        groups[-1].append(one)
        size += one.size + 1
    return tuple(map(tuple, groups))


# The results of a request.


@dataclass(frozen=True, slots=True)
class SendAccepted:
    """The service has its orders."""


@dataclass(frozen=True, slots=True)
class SendRefused:
    """Nothing was written; `named` are the orders with problems. `too_much`: it was too large as a whole."""

    named: frozenset[str]
    too_much: bool = False


@dataclass(frozen=True, slots=True)
class SendLater:
    """Nothing was written, for the reason in `words`; the same may be taken later, after `seconds` if the service said
    so, `times` at most."""

    words: str = ""
    seconds: float | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class SendSkipped:
    """Its orders stay here for now; the others are not concerned."""


@dataclass(frozen=True, slots=True)
class SendAborted:
    """Nothing more should go: the service is not reached, or turns everything away."""


SendAnswer: TypeAlias = SendAccepted | SendRefused | SendLater | SendSkipped | SendAborted


# What to do next.


@dataclass(slots=True)
class SendAttempt:
    """Send this group now. `tries`: how often it was put off before."""

    orders: RequestGroup
    tries: int = 0
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class SendPause:
    """There is nothing to do for so many seconds."""

    seconds: float


@dataclass(slots=True)
class SendQueue:
    """The groups that are still to go.

    `goes_on`: orders without errors are sent again after a refusal, until no order or every order is refused (Q2.3).
    `pauses`: growing delays in seconds before a deferred group is sent again.
    """

    goes_on: bool
    pauses: Sequence[float]
    waiting: list[SendAttempt] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    given_up: int = 0
    """Orders that were put off as often as anybody waits."""
    _unnamed: int = 0
    _kept: frozenset[str] | None = None
    """What `ids` gave, until `waiting` changes: it is asked of each of many thousand orders."""

    def add(self, groups: Iterable[RequestGroup]) -> None:
        self._kept = None
        self.waiting.extend(SendAttempt(group) for group in groups if group)

    @property
    def ids(self) -> frozenset[str]:
        """The orders that are still to go."""
        if self._kept is None:
            self._kept = frozenset(one.id for go in self.waiting for one in go.orders)
        return self._kept

    def clear(self) -> int:
        """Let nothing more go; how many orders stay by it."""
        count = len(self.ids)
        self._kept = None
        self.waiting.clear()
        return count

    def next(self, now: float) -> SendAttempt | SendPause | None:
        """What to do at a time, in seconds; None: nothing is left. What is returned to go is no longer waiting."""
        if not self.waiting:
            return None
        for place, go in enumerate(self.waiting):
            if go.due <= now:
                self._kept = None
                return self.waiting.pop(place)
        return SendPause(min(go.due for go in self.waiting) - now)

    def answered(self, go: SendAttempt, answer: SendAnswer, now: float) -> None:
        """What the answer to a group means for it and for the rest."""
        self._kept = None
        match answer:
            case SendAccepted():
                self._unnamed = 0
                self.taken |= _ids(go.orders)
            case SendRefused(named, too_much):
                self.refused |= named
                self._cut(go, named, too_much)
            case SendLater(_, seconds, times):
                pauses = self.pauses[:times]
                if go.tries >= len(pauses) or (seconds or 0.0) > sum(self.pauses):
                    self.given_up += len(go.orders)
                else:
                    pause = max(pauses[go.tries], seconds or 0.0)
                    self.waiting.append(SendAttempt(go.orders, go.tries + 1, now + pause))
            case SendSkipped():
                pass
            case SendAborted():
                self.waiting.clear()

    def _cut(self, go: SendAttempt, named: Collection[str], too_much: bool) -> None:
        rest = tuple(one for one in go.orders if one.id not in named)
        if named:
            self._unnamed = 0
            if rest and self.goes_on:
                self.waiting.insert(0, SendAttempt(rest))
            return
        self._unnamed += 1
        if not self.goes_on and not too_much:
            return
        if self._unnamed >= _IN_THE_DARK:
            # What is wrong is no single order.
            self.waiting.clear()
        elif len(rest) > 1:
            half = len(rest) // 2
            self.waiting[:0] = [SendAttempt(rest[:half]), SendAttempt(rest[half:])]


def _ids(orders: Iterable[PlannedOrder]) -> frozenset[str]:
    return frozenset(one.id for one in orders)
