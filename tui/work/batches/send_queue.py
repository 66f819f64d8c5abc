"""The queue of a send run: which request is next, and how an answer affects the rest. It does no I/O."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tui.api.codec import Document
from tui.orders.checks.sending import MAX_BYTES, MAX_ORDERS
from tui.work.batches.staged_order import PlannedAction

_MAX_UNNAMED_REFUSALS: Final = 8
"""The run is aborted after this many refusals in a row that name no order.

They are enough to find one order among a hundred.
"""


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """A staged order as it was reviewed. `size`: its bytes in the request."""

    id: str
    version: int
    document: Document
    action: PlannedAction
    remote: Document | None
    size: int = 0


RequestGroup: TypeAlias = tuple[PlannedOrder, ...]
"""The orders of one request."""


def split_into_requests(
    orders: Iterable[PlannedOrder], limit: int = MAX_ORDERS, max_bytes: int = MAX_BYTES
) -> tuple[RequestGroup, ...]:
    """Split orders into requests of at most `limit` orders and `max_bytes`, in order. A larger order is alone."""
    groups: list[list[PlannedOrder]] = []
    size = 0
    for planned in orders:
        if not groups or len(groups[-1]) == limit or size + planned.size + 1 > max_bytes:
            groups.append([])
            size = 2  # the brackets; each order has a comma
        groups[-1].append(planned)
        size += planned.size + 1
    return tuple(map(tuple, groups))


# The answer to a request


@dataclass(frozen=True, slots=True)
class SendAccepted:
    """The service accepted the orders."""


@dataclass(frozen=True, slots=True)
class SendRefused:
    """Nothing was written. `named`: the orders with problems. `too_large`: the request as a whole was too large."""

    named: frozenset[str]
    too_large: bool = False


@dataclass(frozen=True, slots=True)
class SendLater:
    """Nothing was written, for the reason in `text`; the same request may be accepted later.

    `seconds`: the pause that the service asked for. `times`: the maximum number of retries.
    """

    text: str = ""
    seconds: float | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class SendSkipped:
    """The orders were not sent. The other requests continue."""


@dataclass(frozen=True, slots=True)
class SendAborted:
    """Nothing more is sent, because the service cannot be reached or refuses everything."""


SendAnswer: TypeAlias = SendAccepted | SendRefused | SendLater | SendSkipped | SendAborted


# The next step


@dataclass(slots=True)
class SendAttempt:
    """Send this request now. `tries`: how often it was postponed."""

    orders: RequestGroup
    tries: int = 0
    due: float = 0.0


@dataclass(frozen=True, slots=True)
class SendPause:
    """Wait for this many seconds."""

    seconds: float


@dataclass(slots=True)
class SendQueue:
    """The requests that are still to be sent.

    `continue_after_refusal`: orders that a refusal does not name are sent again automatically, until nothing is refused
    or everything is (Q2.3). `pauses`: increasing pauses in seconds before a postponed request is sent again.
    """

    continue_after_refusal: bool
    pauses: Sequence[float]
    waiting: list[SendAttempt] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    abandoned: int = 0
    """Orders whose request was postponed too often."""
    _unnamed: int = 0
    _ids: frozenset[str] | None = None
    """The cached `ids`, because they are asked for once for each of many thousand orders."""

    def add(self, groups: Iterable[RequestGroup]) -> None:
        self._ids = None
        self.waiting.extend(SendAttempt(group) for group in groups if group)

    @property
    def ids(self) -> frozenset[str]:
        """The orders that are still to be sent."""
        if self._ids is None:
            self._ids = frozenset(planned.id for attempt in self.waiting for planned in attempt.orders)
        return self._ids

    def clear(self) -> int:
        """Remove all requests. Returns the number of orders in them."""
        count = len(self.ids)
        self._ids = None
        self.waiting.clear()
        return count

    def next(self, now: float) -> SendAttempt | SendPause | None:
        """The next step at a time in seconds; None if nothing is left. An attempt that is returned leaves the queue."""
        if not self.waiting:
            return None
        for index, attempt in enumerate(self.waiting):
            if attempt.due <= now:
                self._ids = None
                return self.waiting.pop(index)
        return SendPause(min(attempt.due for attempt in self.waiting) - now)

    def apply_answer(self, attempt: SendAttempt, answer: SendAnswer, now: float) -> None:
        """Apply the answer to a request: which orders are done, and which are sent again."""
        self._ids = None
        match answer:
            case SendAccepted():
                self._unnamed = 0
                self.accepted |= _ids(attempt.orders)
            case SendRefused(named, too_large):
                self.refused |= named
                self._split(attempt, named, too_large)
            case SendLater(_, seconds, times):
                pauses = self.pauses[:times]
                if attempt.tries >= len(pauses) or (seconds or 0.0) > sum(self.pauses):
                    self.abandoned += len(attempt.orders)
                else:
                    pause = max(pauses[attempt.tries], seconds or 0.0)
                    self.waiting.append(SendAttempt(attempt.orders, attempt.tries + 1, now + pause))
            case SendSkipped():
                pass
            case SendAborted():
                self.waiting.clear()

    def _split(self, attempt: SendAttempt, named: Collection[str], too_large: bool) -> None:
        rest = tuple(planned for planned in attempt.orders if planned.id not in named)
        if named:
            self._unnamed = 0
            if rest and self.continue_after_refusal:
                self.waiting.insert(0, SendAttempt(rest))
            return
        self._unnamed += 1
        if not self.continue_after_refusal and not too_large:
            return
        if self._unnamed >= _MAX_UNNAMED_REFUSALS:
            # No single order is the cause.
            self.waiting.clear()
        elif len(rest) > 1:
            half = len(rest) // 2
            self.waiting[:0] = [SendAttempt(rest[:half]), SendAttempt(rest[half:])]


def _ids(orders: Iterable[PlannedOrder]) -> frozenset[str]:
    return frozenset(planned.id for planned in orders)
