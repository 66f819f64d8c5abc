"""Harnesses for the work layer, and a simulated crash."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_harness import BatchHarness, Make
from fake_service import OutboxHarness


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[OutboxHarness]:
    harness = OutboxHarness(tmp_path / "data")
    yield harness
    harness.store.close()


@pytest.fixture
def crash(harness: OutboxHarness) -> Callable[[], None]:
    """End the process: its tasks stop at once, as with SIGKILL, and its session ends."""

    def crash_() -> None:
        for task in harness.outbox._tasks:
            task.cancel()
        harness.restart()

    return crash_


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    harnesses: list[BatchHarness] = []

    async def build(**settings: Any) -> BatchHarness:
        harnesses.append(BatchHarness(tmp_path / "data", **settings))
        await harnesses[-1].open()
        return harnesses[-1]

    yield build
    for harness in harnesses:
        harness.account.store.close()
        await harness.account.client.aclose()
        harness.sandbox.close()
