"""`RequestLog`: the latest requests and responses, for display. Bounded in size and free of credentials."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

__all__ = ["LoggedRequest", "RequestLog", "RequestOutcome"]


class RequestOutcome(StrEnum):
    """How one attempt to send a request ended."""

    ANSWERED = "answered"
    UNSENT = "no connection"
    """Nothing was sent."""
    LOST = "answer lost"
    CUT = "answer cut"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One attempt. `target` is path and query; bodies are untrusted and may be truncated: the sizes are the full ones.

    `withheld`: the bodies are not stored because they contain secrets (tokens; exception logs of shops, Q10.3).
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
    """A ring buffer of entries. Old bodies are dropped before old entries. Headers are never passed to it.

    A page of the list of orders has half a megabyte, and hundreds are read; of each body only the start is kept.
    """

    def __init__(self, *, entries: int = 500, body: int = 64 * 1024, bodies: int = 1024 * 1024) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=entries)
        self._max_body = body
        self._max_total = bodies
        self._total_size = 0
        self._without_bodies = 0
        self._number = 0
        self._listeners: list[Listener] = []

    @property
    def entries(self) -> tuple[LoggedRequest, ...]:
        """All entries, oldest first."""
        return tuple(self._entries)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each new entry, in the event loop of the request. Returns a function that stops it."""
        self._listeners.append(listener)

        def stop() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return stop

    def clear(self) -> None:
        self._entries.clear()
        self._total_size = 0
        self._without_bodies = 0

    def add(self, entry: LoggedRequest) -> None:
        """Store an entry with a new number and truncated bodies."""
        self._number += 1
        kept = replace(
            entry,
            number=self._number,
            request_body=b"" if entry.withheld else entry.request_body[: self._max_body],
            response_body=b"" if entry.withheld else entry.response_body[: self._max_body],
        )
        if len(self._entries) == self._entries.maxlen:
            self._total_size -= _size(self._entries[0])
            self._without_bodies = max(0, self._without_bodies - 1)
        self._entries.append(kept)
        self._total_size += _size(kept)
        self._drop_old_bodies()
        for listener in tuple(self._listeners):
            listener(kept)

    def _drop_old_bodies(self) -> None:
        while self._total_size > self._max_total and self._without_bodies < len(self._entries) - 1:
            old = self._entries[self._without_bodies]
            self._total_size -= _size(old)
            self._entries[self._without_bodies] = replace(old, request_body=b"", response_body=b"")
            self._without_bodies += 1


def _size(entry: LoggedRequest) -> int:
    return len(entry.request_body) + len(entry.response_body)
