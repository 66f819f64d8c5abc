"""`RequestLog`: the last requests and answers, for people to look at. Bounded, and without credentials."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

__all__ = ["LoggedRequest", "RequestLog", "RequestOutcome"]


class RequestOutcome(StrEnum):
    """How one sending ended."""

    ANSWERED = "answered"
    UNSENT = "no connection"
    """Nothing was sent."""
    LOST = "answer lost"
    CUT = "answer cut"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One sending. `target` is path and query; bodies are a stranger's bytes, perhaps cut: the sizes are the true ones.

    `withheld`: the bodies are not kept because they hold secrets (tokens; exception logs of shops, Q10.3).
    """

    number: int
    time: datetime
    method: str
    target: str
    status: int | None
    ms: int
    outcome: RequestOutcome = RequestOutcome.ANSWERED
    note: str = ""
    request_body: bytes = b""
    response_body: bytes = b""
    request_size: int = 0
    response_size: int = 0
    withheld: bool = False


Listener = Callable[[LoggedRequest], None]


class RequestLog:
    """A ring of entries. Old bodies go before old entries do. Headers are never given to it."""

    def __init__(self, *, entries: int = 500, body: int = 256 * 1024, bodies: int = 16 * 1024 * 1024) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=entries)
        self._body = body
        self._bodies = bodies
        self._kept = 0
        self._bare = 0
        self._number = 0
        self._listeners: list[Listener] = []

    @property
    def entries(self) -> tuple[LoggedRequest, ...]:
        """Oldest first."""
        return tuple(self._entries)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each new entry, in the event loop of the request; the answer takes it away again."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def clear(self) -> None:
        self._entries.clear()
        self._kept = 0
        self._bare = 0

    def add(self, entry: LoggedRequest) -> None:
        """Keep an entry, numbered anew and with its bodies cut to size."""
        self._number += 1
        kept = replace(
            entry,
            number=self._number,
            request_body=b"" if entry.withheld else entry.request_body[: self._body],
            response_body=b"" if entry.withheld else entry.response_body[: self._body],
        )
        if len(self._entries) == self._entries.maxlen:
            self._kept -= _weight(self._entries[0])
            self._bare = max(0, self._bare - 1)
        self._entries.append(kept)
        self._kept += _weight(kept)
        self._shed()
        for listener in tuple(self._listeners):
            listener(kept)

    def _shed(self) -> None:
        while self._kept > self._bodies and self._bare < len(self._entries) - 1:
            old = self._entries[self._bare]
            self._kept -= _weight(old)
            self._entries[self._bare] = replace(old, request_body=b"", response_body=b"")
            self._bare += 1


def _weight(entry: LoggedRequest) -> int:
    return len(entry.request_body) + len(entry.response_body)
