"""Asking a service again that is away for a while: growing pauses, and an end of patience."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tui.api.errors import ApiError, Forbidden, NotAuthorised, NotFound, NotSent, Redirected
from tui.work.patience import Sleep, growing

T = TypeVar("T")


@dataclass(slots=True)
class Waits:
    """Growing pauses that begin anew after each success, and end when it has gone wrong for `most` seconds."""

    most: float
    clock: Callable[[], float] = time.monotonic
    _since: float | None = None
    _left: deque[float] = field(default_factory=deque)

    def next(self) -> float | None:
        """The next pause in seconds; None when patience is at its end."""
        now = self.clock()
        if self._since is None:
            self._since, self._left = now, deque(growing(self.most))
        return self._left.popleft() if self._left and now - self._since < self.most else None

    def reset(self) -> None:
        self._since = None


def is_final(error: ApiError) -> bool:
    """Whether waiting will not help: the credentials, the rights or the address are wrong."""
    return isinstance(error, NotAuthorised | Forbidden | NotFound | Redirected | NotSent)


async def persist(work: Callable[[], Awaitable[T]], patience: float, sleep: Sleep = asyncio.sleep) -> T:
    """Do `work` until it goes through. Raises its last ApiError when that is final or patience (seconds) has ended."""
    waits = Waits(patience)
    while True:
        try:
            return await work()
        except ApiError as error:
            pause = None if is_final(error) else waits.next()
            if pause is None:
                raise
        await sleep(pause)
