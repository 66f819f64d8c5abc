"""Asking a service again that is away for a while: growing pauses, and an end of patience."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from tui.api.errors import ApiError, Forbidden, NotAuthorised, NotFound, NotSent, Redirected
from tui.work.patience import Sleep, growing

T = TypeVar("T")


@dataclass(slots=True)
class Waits:
    """Growing pauses that begin anew after each success, together as long as the patience."""

    most: float
    _left: deque[float] = field(default_factory=deque)
    _begun: bool = False

    def next(self) -> float | None:
        """The next pause in seconds; None when patience is at its end."""
        if not self._begun:
            self._begun, self._left = True, deque(growing(self.most))
        return self._left.popleft() if self._left else None

    def reset(self) -> None:
        self._begun = False


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
