"""Retries while the service is unavailable: increasing pauses, for a limited time."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tui.api.errors import ApiError, Forbidden, NotAuthorised, NotFound, NotSent, Redirected
from tui.work.writes.backoff import Sleep, exponential

T = TypeVar("T")


@dataclass(slots=True)
class RetryTimer:
    """Increasing pauses between retries. They start over after a success, and end `limit` seconds after the first
    failure.

    Call `begin` before an attempt, so that the duration of an attempt that hangs counts.
    """

    limit: float
    clock: Callable[[], float] = time.monotonic
    _started_at: float | None = None
    _pauses: deque[float] = field(default_factory=deque)

    def begin(self) -> float:
        """Note the start of an attempt; returns when the first attempt since the last success started."""
        if self._started_at is None:
            self._started_at, self._pauses = self.clock(), deque(exponential(self.limit))
        return self._started_at

    def next(self) -> float | None:
        """The next pause in seconds; None when the time for retries is over."""
        elapsed = self.clock() - self.begin()
        return self._pauses.popleft() if self._pauses and elapsed < self.limit else None

    def reset(self) -> None:
        self._started_at = None


def is_final(error: ApiError) -> bool:
    """Whether a retry cannot help: the credentials, the permissions or the address are wrong."""
    return isinstance(error, NotAuthorised | Forbidden | NotFound | Redirected | NotSent)


async def retry(work: Callable[[], Awaitable[T]], retry_for: float, sleep: Sleep = asyncio.sleep) -> T:
    """Call `work` until it succeeds. Raises its ApiError if that is final, or after `retry_for` seconds."""
    timer = RetryTimer(retry_for)
    timer.begin()
    while True:
        try:
            return await work()
        except ApiError as error:
            pause = None if is_final(error) else timer.next()
            if pause is None:
                raise
        await sleep(pause)
