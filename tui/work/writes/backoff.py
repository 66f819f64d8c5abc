"""How long to wait and how often to look: growing pauses, in one place, so that callers and tests can choose others."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

Now: TypeAlias = Callable[[], datetime]
Sleep: TypeAlias = Callable[[float], Awaitable[object]]


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
