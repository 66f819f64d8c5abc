"""Reading all orders into the cache: interruptions, lost cursors, deleted orders, and answers that cannot be trusted."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from fake_service import Service, service_with

from tui.api.codec import Document
from tui.api.errors import Forbidden, InvalidCursor, ReadStopped, Unreachable
from tui.api.query import order_key
from tui.orders.query.conditions import Facts
from tui.store.order_cache import OrderCache, cache_path
from tui.work.cache.local_orders import LocalOrders
from tui.work.cache.sync import ALL_EVERY, OPEN_EVERY, OrderSync


def describe(document: Document) -> Facts:
    """Facts of an order that is open unless its key `done` is set."""
    key = order_key(document)
    return Facts({}, {"key": key, "stage": "finished" if document.get("done") else "open"}, {}, {"pk": float(key)})


class Setup:
    """A service, a cache, and the reading; `restart` continues with the same file, as after a crash."""

    def __init__(self, service: Service, folder: Path) -> None:
        self.service = service
        self._folder = folder
        self.restart()

    def restart(self) -> None:
        cache = OrderCache(cache_path(self._folder, 1))
        self.orders = LocalOrders(cache, describe, lambda: "1", self.service.time.now)
        self.sync = self.new_sync()

    def new_sync(self, every: float | None = None) -> OrderSync:
        time = self.service.time
        return OrderSync(self.service.client, self.orders, now=time.now, sleep=time.sleep, every=every)

    @property
    def kept(self) -> set[str]:
        return set(self.orders.window().keys())

    @property
    def pages(self) -> list[str | None]:
        """The cursors of the pages that were asked for since the last call."""
        cursors = [argument[1] for argument in self.service.sent("list")]  # type: ignore[index]
        self.service.calls.clear()
        return cursors

    async def wait(self, seconds: float) -> None:
        await self.service.time.sleep(seconds)


@pytest.fixture
async def setup(tmp_path: Path) -> AsyncIterator[Setup]:
    setup = Setup(service_with(1000), tmp_path)
    yield setup
    setup.orders.close()


async def test_all_orders_are_read_once(setup: Setup) -> None:
    await setup.sync.read_once()
    assert setup.kept == set(setup.service.orders)
    assert setup.sync.state.is_complete
    assert setup.sync.state.read == 1000
    assert setup.pages == [None, "200", "400", "600", "800"]
    await setup.sync.read_once()
    assert setup.pages == [None]


async def test_at_most_300_requests_a_minute_after_the_first_20(tmp_path: Path) -> None:
    setup = Setup(service_with(8000), tmp_path)
    begun = setup.service.time.now()
    await setup.sync.read_once()
    assert (setup.service.time.now() - begun).total_seconds() == pytest.approx(19 * 60 / 300)
    setup.orders.close()


async def test_an_interrupted_reading_continues_where_it_stopped_and_leaves_no_gap(setup: Setup) -> None:
    setup.service.faults["list"] = [None, None, Unreachable("The line dropped.")]
    with pytest.raises(Unreachable):
        await setup.sync.read_once()
    assert len(setup.kept) == 400
    assert str(setup.sync.state.error) == "The line dropped."
    assert not setup.sync.state.is_complete
    for n in range(30):
        setup.service.add(f"new{n}")
    setup.pages.clear()
    setup.orders.close()
    setup.restart()
    assert not setup.sync.state.is_complete
    await setup.sync.read_once()
    assert setup.kept == set(setup.service.orders)
    assert setup.pages == [None, "400", "600", "800", "1000"]
    assert setup.sync.state.error is None


async def test_a_lost_cursor_restarts_from_the_newest_order(setup: Setup) -> None:
    setup.service.faults["list"] = [None, None, InvalidCursor("Invalid cursor", status=404)]
    await setup.sync.read_once()
    assert setup.kept == set(setup.service.orders)
    assert setup.pages == [None, "200", "400", None, "200", "400", "600", "800"]


async def test_a_service_that_accepts_no_cursor_is_not_asked_forever(setup: Setup) -> None:
    setup.service.faults["list"] = [None, InvalidCursor("Invalid cursor", status=404)] * 20
    with pytest.raises(InvalidCursor):
        await setup.sync.read_once()
    assert setup.pages == [None, "200", None, "200"]


async def test_new_orders_are_read_down_to_what_is_known(setup: Setup) -> None:
    await setup.sync.read_once()
    for n in range(250):
        setup.service.add(f"new{n}")
    setup.pages.clear()
    await setup.sync.read_once()
    assert setup.pages[-2:] == [None, "200"]
    assert setup.kept == set(setup.service.orders)


async def test_open_orders_are_read_again_after_a_while(setup: Setup) -> None:
    for number in range(1, 700):
        setup.service.orders[str(number)]["done"] = True
    await setup.sync.read_once()
    setup.service.orders["900"]["notes"] = "changed"
    setup.service.orders["100"]["notes"] = "changed, too"
    setup.pages.clear()
    await setup.wait(OPEN_EVERY)
    await setup.sync.read_once()
    assert notes(setup, "900") == "changed"
    assert notes(setup, "100") is None
    assert setup.pages == [None, None, "200"]
    await setup.wait(ALL_EVERY)
    await setup.sync.read_once()
    assert notes(setup, "100") == "changed, too"


def notes(setup: Setup, key: str) -> object:
    order = setup.orders.find(key)
    assert order is not None
    return order.document.get("notes")


async def test_watched_orders_are_read_again_at_the_interval_and_only_changes_count(setup: Setup) -> None:
    assert not setup.sync.is_watching
    sync = setup.new_sync(every=60)
    assert sync.is_watching
    await sync.read_once()
    revision = setup.orders.revision
    assert setup.pages
    await setup.wait(30)
    await sync.read_once()
    assert setup.pages == [None], "only new orders are looked for before the interval is over"
    await setup.wait(30)
    await sync.read_once()
    assert len(setup.pages) > 1
    assert setup.orders.revision == revision, "nothing changed, so the list is not looked up again"


async def test_orders_that_are_gone_are_confirmed_one_by_one(setup: Setup) -> None:
    await setup.sync.read_once()
    del setup.service.orders["500"], setup.service.orders["501"]
    await setup.wait(ALL_EVERY)
    await setup.sync.read_once()
    assert sorted(setup.service.sent("get")) == ["500", "501"]  # type: ignore[type-var]
    assert setup.kept == set(setup.service.orders)
    gone = setup.orders.find("500")
    assert gone is not None
    assert gone.gone_at is not None
    assert "2 orders no longer in Sendcloud" in setup.sync.state.notice


async def test_an_order_that_the_list_left_out_but_exists_stays(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    await setup.sync.read_once()
    hidden = setup.service.orders.pop("500")

    async def get_order(id: str) -> Document:
        assert id == "500"
        return hidden

    monkeypatch.setattr(setup.service, "get_order", get_order)
    await setup.wait(ALL_EVERY)
    await setup.sync.read_once()
    assert "500" in setup.kept


@pytest.mark.parametrize("left", [range(1, 970), range(1, 1)], ids=["3 % are missing", "all are missing"])
async def test_a_list_that_lacks_much_removes_nothing(setup: Setup, left: range) -> None:
    await setup.sync.read_once()
    before = setup.kept
    setup.service.orders = {
        key: order for key, order in setup.service.orders.items() if int(key) % 1000 % 33 or not left
    }
    if not left:
        setup.service.orders = {}
    await setup.wait(ALL_EVERY)
    await setup.sync.read_once()
    assert setup.kept == before
    assert "removed from this list" in setup.sync.state.notice
    assert setup.service.sent("get") == []


async def test_pausing_stops_after_the_page_in_flight(setup: Setup) -> None:
    def pause_after_two_pages() -> None:
        if setup.sync.state.read == 400:
            setup.sync.on_change = lambda: None
            setup.sync.pause()

    setup.sync.on_change = pause_after_two_pages
    await setup.sync.read_once()
    assert len(setup.kept) == 400
    assert setup.sync.state.is_paused
    setup.sync.refresh()
    await setup.sync.read_once()
    assert setup.kept == set(setup.service.orders)


async def test_a_page_that_was_stopped_pauses(setup: Setup) -> None:
    setup.service.faults["list"] = [None, ReadStopped("Reading was stopped.")]
    await setup.sync.read_once()
    assert len(setup.kept) == 200
    assert setup.sync.state.is_paused
    assert setup.sync.state.error is None
    setup.sync.refresh()
    await setup.sync.read_once()
    assert setup.kept == set(setup.service.orders)


async def test_it_runs_in_the_background_and_retries(setup: Setup) -> None:
    setup.service.faults["list"] = [Unreachable("down"), Unreachable("down"), None]
    await run_until(setup, lambda: setup.sync.state.is_complete)
    assert setup.sync.state.error is None


async def test_a_refused_key_is_not_tried_again_until_asked(setup: Setup) -> None:
    setup.service.faults["list"] = [Forbidden("This key may not.", status=403)]
    setup.sync = OrderSync(
        setup.service.client, setup.orders, now=setup.service.time.now, sleep=lambda _: asyncio.sleep(3600)
    )
    await run_until(setup, lambda: setup.sync.state.error is not None and not setup.sync.state.is_reading)
    assert len(setup.pages) == 1


async def run_until(setup: Setup, is_done: Callable[[], bool]) -> None:
    """Run the reading in the background until a condition is met, and then until nothing more happens."""
    done = asyncio.Event()
    setup.sync.on_change = lambda: done.set() if is_done() else None
    task = asyncio.create_task(setup.sync.run())
    await asyncio.wait_for(done.wait(), 20)
    for _ in range(50):
        await asyncio.sleep(0)
    task.cancel()


async def test_only_new_and_changed_orders_are_described(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    await setup.sync.read_once()
    described: list[str] = []
    monkeypatch.setattr(setup.orders, "_describe", lambda order: described.append(order_key(order)) or describe(order))
    setup.service.orders["900"]["notes"] = "changed"
    await setup.wait(ALL_EVERY)
    await setup.sync.read_once()
    assert described == ["900"]
    assert notes(setup, "900") == "changed"
