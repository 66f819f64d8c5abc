"""How fast and how often: the clock, one rate budget for all requests, and when a failed request is tried again."""

import asyncio
import email.utils
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Protocol

from tui.api.errors import ApiError, InvalidResponse, RateLimited, ServerFault, ServiceBusy, Unreachable

__all__ = [
    "LONGEST_WAIT",
    "READS",
    "WRITES",
    "Budget",
    "Clock",
    "Rate",
    "Sleep",
    "SystemClock",
    "read_retry_after",
    "retry_delay",
]

Sleep = Callable[[float], Awaitable[None]]


class Clock(Protocol):
    """Two clocks: seconds that only go forward, and the time of day in UTC."""

    def monotonic(self) -> float: ...

    def now(self) -> datetime: ...


class SystemClock:
    """This machine's clocks."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rate:
    """A limit of the service: so many a minute, so many at once."""

    per_minute: int
    burst: int

    @property
    def capacity(self) -> int:
        """How many requests go at once: one less than the burst."""
        return max(1, self.burst - 1)

    @property
    def refill(self) -> float:
        """How many more go in a second."""
        return max(1, self.per_minute - self.burst) / 60

    def seconds(self, requests: int) -> float:
        """How long so many requests take at least, from a rested budget on."""
        return max(0, requests - self.capacity) / self.refill


READS = Rate(1000, 15)
WRITES = Rate(100, 15)

LONGEST_WAIT = 120.0
"""Seconds that a request waits for a pause the service asked for; a longer one is told instead of waited for."""

_LONGEST_PAUSE = 900.0


class _Bucket:
    """A token bucket that stays below its limit however the service counts.

    One less than the burst at once, and a refill of (limit - burst) a minute: so neither any 60 seconds hold more than
    the limit, nor does a bucket of the service with the same burst ever run dry before this one (Q6.1 says neither
    which of the two it is, nor what "bursts of 15 a second" means).
    """

    def __init__(self, rate: Rate, now: float) -> None:
        self._capacity = float(rate.capacity)
        self._refill = rate.refill
        self._tokens = self._capacity
        self._stamp = now

    def wait(self, now: float) -> float:
        """Seconds until a token is there; 0 takes nothing."""
        if now > self._stamp:
            self._tokens = min(self._capacity, self._tokens + (now - self._stamp) * self._refill)
            self._stamp = now
        missing = 1 - self._tokens
        return missing / self._refill if missing > 1e-9 else 0.0

    def spend(self) -> None:
        self._tokens -= 1

    def drain(self, until: float) -> None:
        """Begin again at `until` with one token."""
        self._tokens = 1.0
        self._stamp = until


class Budget:
    """The one budget that all requests of an account share. First come, first served; who is cancelled spends nothing."""

    def __init__(
        self,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
        reads: Rate = READS,
        writes: Rate = WRITES,
        longest: float = LONGEST_WAIT,
    ) -> None:
        """`longest`: seconds of a pause that the service asked for which are still waited for."""
        self._longest = longest
        self._clock = clock or SystemClock()
        self._sleep = sleep
        now = self._clock.monotonic()
        self._buckets = {False: _Bucket(reads, now), True: _Bucket(writes, now)}
        self._queues = {False: asyncio.Lock(), True: asyncio.Lock()}
        self._resume = now

    @property
    def paused_for(self) -> float:
        """Seconds for which the service asked to be left alone; 0 when it did not."""
        return max(0.0, self._resume - self._clock.monotonic())

    def pause(self, seconds: float) -> None:
        """Nobody sends for so long, reads and writes alike."""
        until = self._clock.monotonic() + min(max(seconds, 0.0), _LONGEST_PAUSE)
        if until > self._resume:
            self._resume = until
            for bucket in self._buckets.values():
                bucket.drain(until)

    async def take(self, *, write: bool) -> None:
        """Wait for leave to send one request. Raises RateLimited when the pause is longer than anybody waits."""
        bucket = self._buckets[write]
        async with self._queues[write]:
            while (paused := self.paused_for) or (wait := bucket.wait(self._clock.monotonic())):
                if paused > self._longest:
                    raise _long_pause(paused)
                await self._sleep(paused or wait)
            bucket.spend()


def _long_pause(seconds: float) -> RateLimited:
    error = RateLimited(
        f"The service asked to be left alone for {round(seconds)} seconds more. Nothing was sent. Try again later."
    )
    error.retry_after = seconds
    return error


_TRIES = {RateLimited: 6, ServiceBusy: 6, ServerFault: 3, Unreachable: 3, InvalidResponse: 3}
_FIRST = {RateLimited: 1.0, ServiceBusy: 1.0, ServerFault: 0.5, Unreachable: 0.5, InvalidResponse: 0.5}


def retry_delay(error: ApiError, tried: int, *, write: bool, random: Random) -> float | None:
    """Seconds to wait before the same request goes again after `tried` such failures (from 1), or None: hand it back.

    Only a 429 and a busy order are tried again for writes; reads also after 5xx, broken connections and answers that
    are not what they must be.
    """
    kind = type(error)
    if kind not in _TRIES or tried >= _TRIES[kind] or (write and kind not in (RateLimited, ServiceBusy)):
        return None
    if isinstance(error, InvalidResponse) and error.final:
        return None
    backoff = _FIRST[kind] * 2.0 ** (tried - 1)
    backoff *= 0.75 + random.random() / 2
    asked = error.retry_after if isinstance(error, RateLimited | ServerFault) else None
    if asked is None:
        return backoff
    if asked > LONGEST_WAIT:
        return None
    # A server that says 0 again and again is not believed.
    return asked + random.random() / 4 if tried == 1 else max(asked, backoff)


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header, which is a number or a date (RFC 9110, 10.2.3). None if there is no sense in it."""
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", text):
        return float(text)
    when = read_http_date(text)
    return None if when is None else max(0.0, (when - now).total_seconds())


def read_http_date(value: str | None) -> datetime | None:
    """A date of an HTTP header as an instant."""
    if not value or len(value) > 64:
        return None
    try:
        when = email.utils.parsedate_to_datetime(value)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
