"""A store in a temporary folder, with a clock that only the test advances."""

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
    """Each call opens the same folder with a new session, as another process would."""
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
