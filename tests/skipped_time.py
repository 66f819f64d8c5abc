"""Skips the pauses of a command: its event loop does not wait while no request is in flight.

The command runs in this process, against a service on a real socket in another thread. Both use one clock: the real
one plus all skipped time. A request in flight takes its real time, unless the service will not answer at all and
reports that through `hangs`.
"""

import asyncio
import selectors
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

import tui.store.store
from tui.api.transport import Transport

POLL_INTERVAL = 0.02
"""Seconds between two checks whether the awaited answer will ever come."""

_monotonic = time.monotonic


class SkippedTime:
    """How many seconds were skipped, and whether the next pause may be skipped."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._on_the_way = 0
        self._hanging = 0

    def monotonic(self) -> float:
        return _monotonic() + self.seconds

    def time(self) -> float:
        return time.time() + self.seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def hangs(self) -> None:
        """Record a request that will get no answer: its timeout is skipped like a pause."""
        self._hanging += 1

    def may_skip(self) -> bool:
        return self._on_the_way <= self._hanging

    @contextmanager
    def patched(self) -> Iterator[None]:
        """Use this clock in the main thread and its event loops inside the context."""
        exchange, main = Transport._exchange, threading.get_ident()

        async def counted(transport: Transport, *arguments: Any) -> None:
            self._on_the_way += 1
            try:
                await exchange(transport, *arguments)
            finally:
                self._on_the_way -= 1
                if not self._on_the_way:
                    self._hanging = 0

        def monotonic() -> float:
            return self.monotonic() if threading.get_ident() == main else _monotonic()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Transport, "_exchange", counted)
            patch.setattr(time, "monotonic", monotonic)
            patch.setattr(tui.store.store, "utc_now", self.now)
            patch.setattr(asyncio.events, "new_event_loop", lambda: asyncio.SelectorEventLoop(SkippingSelector(self)))
            yield


class SkippingSelector(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """Ends a timeout at once if time may be skipped and nothing is ready."""

    def __init__(self, clock: SkippedTime) -> None:
        super().__init__()
        self._clock = clock

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: list[tuple[selectors.SelectorKey, int]] = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is not None and self._clock.may_skip():
            self._clock.seconds += timeout
            return []
        # Another thread may report at any moment that its service hangs.
        return super().select(POLL_INTERVAL if timeout is None else min(timeout, POLL_INTERVAL))


CLOCK = SkippedTime()
"""The clock of the commands that tests/shell.py runs, and of their services."""
