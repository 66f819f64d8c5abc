"""Private marks of orders: toggling, and how they end with time and with a change of the order."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fake_service import Time

from tui.orders.query.conditions import Facts
from tui.store.order_cache import OrderCache
from tui.store.store import Store
from tui.work.cache.local_orders import LocalOrders
from tui.work.cache.private_marks import OrderMarks


class Setup:
    """Two orders in a cache, and the marks; `restart` reads the marks again."""

    def __init__(self, folder: Path) -> None:
        self.time = Time()
        self.store = Store(folder, now=self.time.now)
        self.account_id = self.store.account_id("https://example.test", "1")
        self.orders = LocalOrders(OrderCache(None), lambda _: Facts({}, {}, {}, {}), lambda: "1", self.time.now)
        self.orders.keep([{"id": "7"}, {"id": "8"}])
        self.restart()

    def restart(self) -> None:
        self.marks = OrderMarks(self.store, self.account_id, self.orders, self.time.now)


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    setup = Setup(tmp_path)
    yield setup
    setup.store.close()
    setup.orders.close()


def test_flags_are_toggled_together(setup: Setup) -> None:
    assert setup.marks.toggle_flag(["7"])
    assert setup.marks.toggle_flag(["7", "8"])
    setup.restart()
    assert setup.marks.keys(lambda mark: mark.flagged_at) == {"7", "8"}
    assert not setup.marks.toggle_flag(["7", "8"])
    assert setup.marks.keys(lambda mark: mark.flagged_at) == frozenset()


def test_a_snooze_ends_with_its_time(setup: Setup) -> None:
    until = setup.time.now() + timedelta(hours=2)
    setup.marks.snooze(["7"], until)
    setup.restart()
    assert setup.marks.of("7").snoozed_until == until
    setup.time.now_ = until
    assert setup.marks.of("7").snoozed_until is None


@pytest.mark.parametrize("kind", ["done", "snoozed"])
def test_a_change_of_the_order_ends_done_and_snoozed_but_not_flag_and_note(setup: Setup, kind: str) -> None:
    if kind == "done":
        assert setup.marks.toggle_done(["7"])
    else:
        setup.marks.snooze(["7"], setup.time.now() + timedelta(days=1))
    setup.marks.toggle_flag(["7"])
    setup.marks.set_note("7", "called")
    assert setup.marks.of("7").done_at or setup.marks.of("7").snoozed_until
    setup.orders.keep([{"id": "7", "notes": "changed"}])
    mark = setup.marks.of("7")
    assert (mark.done_at, mark.snoozed_until) == (None, None)
    assert mark.flagged_at is not None
    assert mark.note == "called"


def test_done_can_be_taken_back(setup: Setup) -> None:
    setup.marks.toggle_done(["7"])
    assert setup.marks.of("7").done_at == setup.time.now()
    assert not setup.marks.toggle_done(["7"])
    setup.marks.snooze(["8"], setup.time.now() + timedelta(days=1))
    setup.marks.snooze(["8"], None)
    setup.restart()
    assert setup.marks.keys(lambda mark: not mark.is_empty) == frozenset()


def test_a_look_reads_no_document_unless_the_order_changed(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    setup.marks.toggle_done(["7", "8"])
    setup.restart()
    read: list[str] = []
    find = setup.orders.find
    monkeypatch.setattr(setup.orders, "find", lambda key: read.append(key) or find(key))
    for _ in range(3):
        assert setup.marks.keys(lambda mark: mark.done_at) == {"7", "8"}
        assert setup.marks.of("7").done_at
    assert read == []
    setup.time.now_ += timedelta(seconds=1)
    setup.orders.keep([{"id": "7", "notes": "changed"}])
    for _ in range(3):
        assert setup.marks.keys(lambda mark: mark.done_at) == {"8"}
    assert read == ["7"]


def test_marks_of_unchanged_orders_count_in_a_new_cache(setup: Setup) -> None:
    setup.marks.toggle_done(["7", "8"])
    setup.orders.close()
    setup.time.now_ += timedelta(days=1)
    setup.orders = LocalOrders(OrderCache(None), lambda _: Facts({}, {}, {}, {}), lambda: "1", setup.time.now)
    setup.restart()
    assert setup.marks.keys(lambda mark: mark.done_at) == frozenset()
    setup.orders.keep([{"id": "7"}, {"id": "8", "notes": "changed"}])
    assert setup.marks.keys(lambda mark: mark.done_at) == {"7"}


def test_ended_marks_are_known_until_they_are_cleared(setup: Setup) -> None:
    until = setup.time.now() + timedelta(hours=2)
    setup.marks.snooze(["7"], until)
    setup.marks.toggle_flag(["7"])
    setup.marks.toggle_done(["8"])
    assert setup.marks.ended() == {}
    assert setup.marks.next_end == until
    setup.orders.keep([{"id": "8", "notes": "changed"}])
    setup.time.now_ = until
    assert setup.marks.next_end is None
    assert not setup.marks.of("8").done_at
    for _ in range(2):
        assert setup.marks.ended() == {"7": {"snoozed"}, "8": {"done"}}
        setup.restart()
    setup.marks.clear_ended(["7", "8"])
    assert setup.marks.ended() == {}
    assert setup.marks.of("7").flagged_at


def test_marks_do_not_end_while_their_orders_are_not_in_the_cache(setup: Setup) -> None:
    setup.marks.toggle_done(["7"])
    setup.orders.close()
    setup.orders = LocalOrders(OrderCache(None), lambda _: Facts({}, {}, {}, {}), lambda: "1", setup.time.now)
    setup.restart()
    assert setup.marks.ended() == {}
    setup.time.now_ += timedelta(days=1)
    setup.orders.keep([{"id": "7"}])
    assert setup.marks.ended() == {}
    assert setup.marks.of("7").done_at
