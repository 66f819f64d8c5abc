"""A clock that the sandbox, the client and the outbox share."""

import asyncio
from datetime import datetime, timedelta

from sandbox_harness import NOW


class WireClock:
    """A clock that only sleeping advances. It counts from 0, so that even the shortest pause changes it."""

    def __init__(self, start: datetime = NOW) -> None:
        self.start = start
        self.passed = 0.0

    def __call__(self) -> float:
        return self.start.timestamp() + self.passed

    def monotonic(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    async def sleep(self, seconds: float) -> None:
        self.passed += seconds
        await asyncio.sleep(0)
