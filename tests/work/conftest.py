"""A service in memory, a store in a folder of its own, and an outbox between them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.work.service import Service, Time
from tui.store.journal import Write
from tui.store.store import Store
from tui.work.follow import Follower
from tui.work.outbox import Outbox
from tui.work.patience import Patience


class Bench:
    """One app's life on a folder; `restart` is the end of its process and the beginning of another."""

    def __init__(self, folder: Path) -> None:
        self.time = Time()
        self.service = Service(self.time)
        self.patience = Patience()
        self.steps: list[Write] = []
        self._folder = folder
        self._open()

    def _open(self) -> None:
        self.store = Store(self._folder, now=self.time.now)
        self.account = self.store.account("https://example.test", "1")
        shared = {"now": self.time.now, "sleep": self.time.sleep, "patience": self.patience}
        self.follower = Follower(self.service.client, self.store, self.account, **shared)  # type: ignore[arg-type]
        self.outbox = Outbox(
            self.service.client,
            self.store,
            self.account,
            on_change=self.steps.append,
            on_accepted=self.follower.wake,
            **shared,  # type: ignore[arg-type]
        )

    def restart(self) -> None:
        self.store.close()
        self._open()

    def states(self, write: int) -> list[str]:
        return [event.state for event in self.store.writes.events(write)]


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
