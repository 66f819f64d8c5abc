"""How long to wait between attempts: growing pauses, and the loops that use them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

Now: TypeAlias = Callable[[], datetime]
Sleep: TypeAlias = Callable[[float], Awaitable[object]]

T = TypeVar("T")


def exponential(total: float, *, first: float = 1.0, factor: float = 1.6, longest: float = 30.0) -> tuple[float, ...]:
    """Pauses in seconds that grow from `first` and together make `total`."""
    pauses: list[float] = []
    pause = first
    left = total
    while left > pause:
        pauses.append(pause)
        left -= pause
        pause = min(pause * factor, longest)
    return (*pauses, left) if left > 0 else tuple(pauses)


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """Pauses in seconds, each before one look."""

    settle: tuple[float, ...] = (0.0, 0.5, 1.5)
    """After a PATCH that was taken; then it is followed."""
    lookups: tuple[float, ...] = (0.0, *exponential(60.0))
    """For a write whose answer was lost."""
    rounds: int = 3
    """How often an upsert goes out at most when nothing of it is ever found, the first time included."""
    follow: tuple[float, ...] = exponential(240.0, first=2.0)
    """For an order that was accepted."""

    busy: tuple[float, ...] = exponential(300.0, first=15.0, longest=90.0)
    """Before a batch goes again that the service is busy with, or could not take just now (Q2.10)."""

    @classmethod
    def of(cls, seconds: float) -> "RetrySchedule":
        """Look-ups, following and waiting for a busy service that take about so long."""
        first = min(2.0, max(seconds, 0.1))
        return cls(
            lookups=(0.0, *exponential(seconds)),
            follow=exponential(seconds, first=first),
            busy=exponential(seconds, first=first),
        )


async def poll(
    look: Callable[[], Awaitable[T]],
    pauses: Sequence[float],
    sleep: Sleep,
    *,
    is_done: Callable[[T], bool],
    is_late: Callable[[], bool] = lambda: False,
) -> T:
    """Call `look` after each pause, at least once, until its result is final. Returns the last result.

    No further attempt begins once it `is_late`, because attempts may take long themselves.
    """
    first, *rest = pauses or (0.0,)
    await sleep(first)
    result = await look()
    for pause in rest:
        if is_done(result) or is_late():
            break
        await sleep(pause)
        result = await look()
    return result


async def sleep_or_event(seconds: float, event: asyncio.Event, sleep: Sleep) -> None:
    """Wait until `event` is set, for so many seconds at most."""
    waits = [asyncio.ensure_future(sleep(max(seconds, 0.0))), asyncio.ensure_future(event.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
