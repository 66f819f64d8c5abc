"""How long to wait between attempts: increasing pauses, and the loops that use them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

Now: TypeAlias = Callable[[], datetime]
Sleep: TypeAlias = Callable[[float], Awaitable[object]]

T = TypeVar("T")


def exponential(total: float, *, first: float = 1.0, factor: float = 1.6, longest: float = 30.0) -> tuple[float, ...]:
    """Return pauses in seconds that increase from `first` and add up to `total`."""
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
    """Pauses in seconds, each before one read."""

    confirm: tuple[float, ...] = (0.0, 0.5, 1.5)
    """After a PATCH that was accepted; then the verifier continues."""
    lookups: tuple[float, ...] = (0.0, *exponential(60.0))
    """For a write whose answer was lost."""
    attempts: int = 3
    """The maximum number of times that an upsert is sent if lookups find none of its orders."""
    verify: tuple[float, ...] = exponential(240.0, first=2.0)
    """For an order that was accepted."""
    busy: tuple[float, ...] = exponential(300.0, first=15.0, longest=90.0)
    """Before a batch is sent again because the service was busy or could not be reached (Q2.10)."""

    @classmethod
    def of(cls, seconds: float) -> "RetrySchedule":
        """A schedule whose lookups, verification and waits for a busy service take about this long."""
        first = min(2.0, max(seconds, 0.1))
        return cls(
            lookups=(0.0, *exponential(seconds)),
            verify=exponential(seconds, first=first),
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
    """Wait until `event` is set, but at most this many seconds."""
    waits = [asyncio.ensure_future(sleep(max(seconds, 0.0))), asyncio.ensure_future(event.wait())]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
