"""Asking a service again that is away for a while: growing pauses, and an end of patience."""

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
    """Growing pauses that begin anew after each success, and end when it has gone wrong for `most` seconds.

    The time of a first attempt that hangs counts where `begin` was called before it.
    """

    most: float
    clock: Callable[[], float] = time.monotonic
    _since: float | None = None
    _left: deque[float] = field(default_factory=deque)

    def begin(self) -> float:
        """An attempt begins, the first since a success or another one; when the first did, by the clock."""
        if self._since is None:
            self._since, self._left = self.clock(), deque(exponential(self.most))
        return self._since

    def next(self) -> float | None:
        """The next pause in seconds; None when patience is at its end."""
        spent = self.clock() - self.begin()
        return self._left.popleft() if self._left and spent < self.most else None

    def reset(self) -> None:
        self._since = None


def is_final(error: ApiError) -> bool:
    """Whether waiting will not help: the credentials, the rights or the address are wrong."""
    return isinstance(error, NotAuthorised | Forbidden | NotFound | Redirected | NotSent)


async def retry(work: Callable[[], Awaitable[T]], patience: float, sleep: Sleep = asyncio.sleep) -> T:
    """Do `work` until it goes through. Raises its last ApiError when that is final or patience (seconds) has ended."""
    waits = RetryTimer(patience)
    waits.begin()
    while True:
        try:
            return await work()
        except ApiError as error:
            pause = None if is_final(error) else waits.next()
            if pause is None:
                raise
        await sleep(pause)
