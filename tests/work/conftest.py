"""An app's life, and its sudden end."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from batch_harness import BatchHarness, Make
from fake_service import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path / "data")
    yield made
    made.store.close()


@pytest.fixture
def crash(bench: Bench) -> Callable[[], None]:
    """End the process: its tasks stop where they are, as with SIGKILL, and its session is dead."""

    def crash_() -> None:
        for task in bench.outbox._tasks:
            task.cancel()
        bench.restart()

    return crash_


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    harnesses: list[BatchHarness] = []

    async def make_(**settings: Any) -> BatchHarness:
        harnesses.append(BatchHarness(tmp_path / "data", **settings))
        await harnesses[-1].open()
        return harnesses[-1]

    yield make_
    for harness in harnesses:
        harness.account.store.close()
        await harness.account.client.aclose()
        harness.sandbox.close()
