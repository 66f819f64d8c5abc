"""An app's life, and its sudden end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from worked import Bench


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
