"""A store in a folder of its own, with a clock that stands until told."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from store_clock import Clock

from tui.store.store import Store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_store(tmp_path: Path, clock: Clock) -> Iterator[Callable[[], Store]]:
    """Each call opens the same folder as another process would, with a session of its own."""
    opened: list[Store] = []

    def open_() -> Store:
        opened.append(Store(tmp_path / "data", now=clock))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[[], Store]) -> Store:
    return open_store()


@pytest.fixture
def account(store: Store) -> int:
    return store.account_id("https://example.test/api/v3", "7")
