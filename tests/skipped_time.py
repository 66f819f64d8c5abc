"""Pauses of a command that take no real time: its event loop skips them while no request is on its way.

The command runs in this process, against a service on a real socket in another thread. Both see one clock, which is the
real one plus all that was skipped. A request that is on its way takes its real time; the exception is a service that
will not answer at all and says so by `hangs`.
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
"""Seconds after which a loop that waits for an answer looks whether one will come."""

_monotonic = time.monotonic


class SkippedTime:
    """How many seconds were skipped, and whether the next pause may be."""

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
        """A request has come that will get no answer: its timeout is a pause like others."""
        self._hanging += 1

    def may_skip(self) -> bool:
        return self._on_the_way <= self._hanging

    @contextmanager
    def patched(self) -> Iterator[None]:
        """The main thread's clock and loops are these, as long as this lasts."""
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
    """Lets a timeout be over at once, where time may be skipped and nothing is ready."""

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
        # Another thread may say at any moment that its service hangs.
        return super().select(POLL_INTERVAL if timeout is None else min(timeout, POLL_INTERVAL))


CLOCK = SkippedTime()
"""The clock of the commands that tests/shell.py runs, and of the services that they speak to."""
