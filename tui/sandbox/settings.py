"""The settings of a sandbox."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tui.sandbox.faults import Faults

PARTNER = "8f1c2a4e-5b7d-4e9a-9c33-0d6f5b1e7a42"
"""The only Sendcloud-Partner-Id that the sandbox accepts."""

MAX_ORDERS = 10_000_000
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """`data`: a file, or ":memory:". `settle`: seconds until an accepted POST can be read. `now` freezes the date and
    the seed data made from it, while `clock` (seconds since 1970) keeps running for `settle`, tokens and limits.
    `plant`: orders as JSON texts, stored at every start, under their own `id` if they have one.
    `rebuild`: a file that cannot be used is renamed and made again.
    """

    data: Path | str = ":memory:"
    credentials: str = "demo:demo"
    orders: int = 2000
    settle: float = 2.0
    seed: int = 1
    now: datetime | None = None
    odd: bool = False
    limits: bool = False
    reset: bool = False
    rebuild: bool = False
    faults: Faults = field(default_factory=Faults)
    partners: frozenset[str] = frozenset({PARTNER})
    plant: tuple[bytes, ...] = ()
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def __post_init__(self) -> None:
        if self.now is not None and self.now.tzinfo is None:
            raise ValueError("now requires a time zone")
        if not 0 <= self.orders <= MAX_ORDERS:
            raise ValueError(f"orders must be a number from 0 to {MAX_ORDERS}")
        if not 0 <= self.settle <= DAY_SECONDS:
            raise ValueError(f"settle must be from 0 to {DAY_SECONDS} seconds")
        if self.now is not None and not 1980 <= self.now.year < 3000:
            raise ValueError("now must be a year from 1980 to 2999")
