"""Signals while a command has an event loop: they end it with a message and an exit code."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from tui.commands.output import Interrupted, say, write_error

R = TypeVar("R")


class Signals:
    """Signal handling while a loop runs: the first signal stops reads and awaits a write, the second one ends at once."""

    def __init__(self) -> None:
        self.code = 0
        self.stop: Callable[[], object] | None = None
        self.writes_in_flight: Callable[[], int] = lambda: 0
        self._loop = asyncio.get_running_loop()
        self._main = asyncio.current_task()
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.add_signal_handler(number, self._on_signal, number)

    async def during(self, work: Coroutine[Any, Any, R]) -> R:
        """Await work that may be cancelled at any time. Raises Interrupted on a signal."""
        task = asyncio.ensure_future(work)
        self.stop = task.cancel
        try:
            return await task
        except asyncio.CancelledError:
            if not self.code:
                raise
            raise Interrupted(self.code - 128) from None
        finally:
            self.stop = None

    def close(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._loop.remove_signal_handler(number)

    def _on_signal(self, number: int) -> None:
        again, self.code = self.code, 128 + number
        if again or self.stop is None:
            if self._main is not None:
                self._main.cancel()
            return
        if sys.stderr.isatty():
            write_error("\r\x1b[K")  # what is waited for
        if self.writes_in_flight():
            say(
                "Stopping. A write is in flight: its answer is awaited briefly; without it the outcome is unknown, "
                "and the next run looks the orders up. The same signal again ends at once."
            )
        else:
            say("Stopping. No write is in flight.")
        self.stop()


def run_until_signal(work: Coroutine[Any, Any, R]) -> R:
    """Run a command that only reads. Raises Interrupted on a signal.

    A handler that raises would not do: inside the event loop its exception ends up in the log of some callback.
    """

    async def run() -> R:
        signals = Signals()
        try:
            return await signals.during(work)
        finally:
            signals.close()

    return asyncio.run(run())
