"""Request pacing: the clock, one rate budget for all requests, and when a failed request is retried."""

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
    "rate_of",
    "read_retry_after",
    "retry_delay",
]

Sleep = Callable[[float], Awaitable[None]]


class Clock(Protocol):
    """A monotonic clock in seconds, and the time of day in UTC."""

    def monotonic(self) -> float: ...

    def now(self) -> datetime: ...


class SystemClock:
    """The clocks of this machine."""

    def monotonic(self) -> float:
        return time.monotonic()

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate limit of the service: requests per minute and burst size."""

    per_minute: int
    burst: int

    @property
    def capacity(self) -> int:
        """How many requests may be sent at once: one less than the burst."""
        return max(1, self.burst - 1)

    @property
    def refill(self) -> float:
        """Requests per second once the burst is used up."""
        return max(1, self.per_minute - self.burst) / 60

    def seconds(self, requests: int) -> float:
        """The shortest time in which this many requests can be sent, starting with a full budget."""
        return max(0, requests - self.capacity) / self.refill


def rate_of(per_minute: int) -> Rate:
    """The rate for a limit of the user, which other programs of the account share; READS and WRITES are the highest."""
    return Rate(per_minute, min(15, max(2, per_minute // 6)))


READS = Rate(1000, 15)
WRITES = Rate(100, 15)

LONGEST_WAIT = 120.0
"""The longest pause requested by the service, in seconds, for which requests wait. A longer one raises RateLimited."""

_LONGEST_PAUSE = 900.0


class _Bucket:
    """A token bucket that respects the limit however the service counts.

    It allows one less than the burst at once and refills at (limit - burst) per minute. So no window of 60 seconds
    exceeds the limit, and a bucket of the same size on the service's side never runs dry first. Q6.1 does not say
    which of the two the service uses, nor what "bursts of 15 a second" means.
    """

    def __init__(self, rate: Rate, now: float) -> None:
        self._capacity = float(rate.capacity)
        self._refill = rate.refill
        self._tokens = self._capacity
        self._stamp = now

    def wait(self, now: float) -> float:
        """Seconds until a token is available. Does not take it."""
        if now > self._stamp:
            self._tokens = min(self._capacity, self._tokens + (now - self._stamp) * self._refill)
            self._stamp = now
        missing = 1 - self._tokens
        return missing / self._refill if missing > 1e-9 else 0.0

    def spend(self) -> None:
        self._tokens -= 1

    def drain(self, until: float) -> None:
        """Restart at `until` with one token."""
        self._tokens = 1.0
        self._stamp = until


class Budget:
    """The rate budget shared by all requests of an account. First come, first served; a cancelled wait costs nothing."""

    def __init__(
        self,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
        reads: Rate = READS,
        writes: Rate = WRITES,
        longest: float = LONGEST_WAIT,
    ) -> None:
        """`longest`: the longest pause requested by the service, in seconds, that `take` waits for."""
        self._longest = longest
        self._clock = clock or SystemClock()
        self._sleep = sleep
        now = self._clock.monotonic()
        self._buckets = {False: _Bucket(reads, now), True: _Bucket(writes, now)}
        self._queues = {False: asyncio.Lock(), True: asyncio.Lock()}
        self._resume = now

    @property
    def paused_for(self) -> float:
        """Seconds left of the pause that the service asked for; 0 if there is none."""
        return max(0.0, self._resume - self._clock.monotonic())

    def pause(self, seconds: float) -> None:
        """Hold back all requests, reads and writes alike, for this many seconds."""
        until = self._clock.monotonic() + min(max(seconds, 0.0), _LONGEST_PAUSE)
        if until > self._resume:
            self._resume = until
            for bucket in self._buckets.values():
                bucket.drain(until)

    async def take(self, *, write: bool) -> None:
        """Wait until one request may be sent.

        Raises RateLimited if the service asked for a longer pause than requests wait.
        """
        bucket = self._buckets[write]
        async with self._queues[write]:
            while (paused := self.paused_for) or (wait := bucket.wait(self._clock.monotonic())):
                if paused > self._longest:
                    raise _long_pause(paused)
                await self._sleep(paused or wait)
            bucket.spend()


def _long_pause(seconds: float) -> RateLimited:
    error = RateLimited(
        f"The service asked for a pause of another {round(seconds)} seconds. Nothing was sent. Try again later."
    )
    error.retry_after = seconds
    return error


_TRIES = {RateLimited: 6, ServiceBusy: 6, ServerFault: 3, Unreachable: 3, InvalidResponse: 3}
_FIRST = {RateLimited: 1.0, ServiceBusy: 1.0, ServerFault: 0.5, Unreachable: 0.5, InvalidResponse: 0.5}


def retry_delay(error: ApiError, failures: int, *, write: bool, random: Random) -> float | None:
    """Seconds to wait before retrying a request that failed `failures` times in this way, or None to give up.

    Writes are retried only after a 429 or when the order is busy; reads also after a 5xx, a broken connection or an
    invalid response.
    """
    kind = type(error)
    if kind not in _TRIES or failures >= _TRIES[kind] or (write and kind not in (RateLimited, ServiceBusy)):
        return None
    if isinstance(error, InvalidResponse) and error.final:
        return None
    backoff = _FIRST[kind] * 2.0 ** (failures - 1)
    backoff *= 0.75 + random.random() / 2
    requested = error.retry_after if isinstance(error, RateLimited | ServerFault) else None
    if requested is None:
        return backoff
    if requested > LONGEST_WAIT:
        return None
    # Do not trust a server that keeps asking for 0 seconds.
    return requested + random.random() / 4 if failures == 1 else max(requested, backoff)


def read_retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds from a Retry-After header, which is a number or a date (RFC 9110, 10.2.3). None if it is neither."""
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", text):
        return float(text)
    when = read_http_date(text)
    return None if when is None else max(0.0, (when - now).total_seconds())


def read_http_date(value: str | None) -> datetime | None:
    """Parse the date of an HTTP header; None if it is not one."""
    if not value or len(value) > 64:
        return None
    try:
        when = email.utils.parsedate_to_datetime(value)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
