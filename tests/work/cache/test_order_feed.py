"""The order feed: pages, duplicates, refresh, lost cursors, cancelled reads, local filtering."""

import asyncio
from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest
from fake_service import Service, order, service_with

from tui.api.codec import Document
from tui.api.errors import InvalidCursor, Unreachable
from tui.api.query import OrderQuery
from tui.orders.query.filters import Days, Filter
from tui.work.cache.order_feed import OrderFeed, fits, to_query


@pytest.fixture
def service() -> Service:
    return service_with(25)


def feed_of(service: Service, filter: Filter | None = None, **more: object) -> OrderFeed:
    return OrderFeed(service.client, filter, zone=UTC, page_size=10, **more)  # type: ignore[arg-type]


def names(feed: OrderFeed) -> list[object]:
    return [order["order_id"] for order in feed.orders]


def cursors(service: Service) -> list[object]:
    return [argument[1] for argument in service.sent("list")]  # type: ignore[index]


async def idle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_pages_are_prefetched_one_ahead(service: Service) -> None:
    feed = feed_of(service)
    assert (feed.orders, feed.complete, feed.loading) == ((), False, False)
    assert await feed.more() == 10
    await idle()
    assert cursors(service) == [None, "10"]
    assert names(feed) == [f"A{n}" for n in range(24, 14, -1)]
    assert await feed.more() == 10
    assert await feed.more() == 5
    assert feed.complete
    assert await feed.more() == 0
    assert cursors(service) == [None, "10", "20"]
    assert (feed.read, feed.pages) == (25, 3)


async def test_duplicate_row_is_listed_once_with_its_latest_values(service: Service) -> None:
    feed = feed_of(service)
    await feed.more()
    feed.stop()
    service.add("new")  # moves one order from page one to page two
    service.orders["16"]["notes"] = "changed meanwhile"
    await feed.more()
    assert names(feed).count("A15") == 1
    assert names(feed)[9] == "A15"
    assert feed.orders[9]["notes"] == "changed meanwhile"


async def test_refresh_reads_as_many_pages_and_swaps_at_once(service: Service) -> None:
    seen: list[int] = []
    feed = feed_of(service, on_change=lambda: seen.append(len(feed.orders)))
    await feed.more()
    await feed.more()
    service.add("new")
    del service.orders["1"]
    await feed.refresh()
    assert names(feed) == ["new", *(f"A{n}" for n in range(24, 5, -1))]
    assert seen == [10, 20, 20]
    assert await feed.more() == 5
    assert feed.complete


async def test_failed_refresh_keeps_the_rows_and_reports(service: Service) -> None:
    feed = feed_of(service)
    await feed.more()
    await feed.more()
    before = feed.orders
    feed.stop()
    service.faults["list"] = [None, Unreachable("no network")]
    await feed.refresh()
    assert feed.orders == before
    assert isinstance(feed.error, Unreachable)
    assert await feed.more() == 5
    assert feed.error is None


async def test_failed_page_is_read_again_on_request(service: Service) -> None:
    service.faults["list"] = [Unreachable("no network")]
    feed = feed_of(service)
    assert await feed.more() == 0
    assert isinstance(feed.error, Unreachable)
    assert await feed.more() == 10
    assert feed.error is None


async def test_invalid_cursor_restarts_and_keeps_old_rows(service: Service) -> None:
    shown: list[list[object]] = []
    feed = feed_of(service, on_change=lambda: shown.append(names(feed)))
    await feed.more()
    await idle()
    feed.stop()
    service.add("new")
    service.faults["list"] = [InvalidCursor("gone", status=404)]
    assert await feed.more() == 10
    assert names(feed) == ["new", *(f"A{n}" for n in range(24, 5, -1))]
    assert len(shown) == 2
    assert feed.error is None
    assert await feed.more() == 6


async def test_cancelled_read_loses_nothing(service: Service) -> None:
    feed = feed_of(service)
    await feed.more()
    feed.stop()
    reading = asyncio.create_task(feed.more())
    await asyncio.sleep(0)
    assert feed.loading
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert not feed.loading
    assert len(feed.orders) == 10
    assert await feed.more() == 10
    assert cursors(service).count("10") <= 2


async def test_stopped_read_does_not_block_the_next(service: Service) -> None:
    feed = feed_of(service)
    reading = asyncio.create_task(feed.more())
    await asyncio.sleep(0)
    feed.stop()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await feed.more() == 10


async def test_concurrent_requests_read_two_pages(service: Service) -> None:
    feed = feed_of(service)
    assert await asyncio.gather(feed.more(), feed.more()) == [10, 10]
    assert len(set(map(str, names(feed)))) == 20


async def test_newer_read_replaces_a_row_and_deletion_removes_it(service: Service) -> None:
    feed = feed_of(service)
    await feed.more()
    feed.put({**service.orders["25"], "notes": "new"})
    feed.put(order("never listed") | {"id": "999"})
    feed.drop("24")
    assert feed.orders[0]["notes"] == "new"
    assert names(feed) == ["A24", *(f"A{n}" for n in range(22, 14, -1))]


async def test_rows_outside_the_filter_are_removed_and_counted(service: Service) -> None:
    service.add("B", shop=6)
    service.orders["25"]["order_details"] = {"integration": {"id": 5}, "status": {"code": "Paid"}}
    service.orders["24"]["order_details"] = {"integration": {"id": 5}, "status": {"code": "on hold"}}
    feed = feed_of(service, Filter(statuses=("paid", "unshipped")), shops=(5,))
    await feed.more()
    assert names(feed) == ["A24"]
    assert feed.read == 10


def test_day_filters_are_widened_and_single_status_is_sent() -> None:
    ordered = Days(date(2026, 11, 22), date(2026, 11, 23))
    filter = Filter(number="N", statuses=("paid",), ordered=ordered, updated=Days(date.min, date.max), sort=("-pk",))
    assert to_query(filter, [5, 6], page_size=50) == OrderQuery(
        integration=(5, 6),
        order_number="N",
        status="paid",
        order_created_at_min=date(2026, 11, 21),
        order_created_at_max=date(2026, 11, 24),
        order_updated_at_min=date.min,
        order_updated_at_max=date.max,
        sort=("-pk",),
        page_size=50,
    )
    assert to_query(Filter(statuses=("a", "b"))).status is None


@pytest.mark.parametrize(
    ("when", "fitting"),
    [
        ("2026-11-21T23:30:00+00:00", True),  # 00:30 of the 22nd in Amsterdam
        ("2026-11-21T22:30:00Z", False),
        ("2026-11-22T22:59:59.999999+00:00", True),
        ("2026-11-22T23:00:00+00:00", False),
        ("2026-11-23T05:00:00+09:00", True),
        ("soon", False),
        (None, False),
    ],
)
def test_days_are_in_the_profile_time_zone(when: str | None, fitting: bool) -> None:
    day = date(2026, 11, 22)
    row: Document = {"order_details": {"order_created_at": when}}
    assert fits(row, Filter(ordered=Days(day, day)), (), ZoneInfo("Europe/Amsterdam")) is fitting


@pytest.mark.parametrize(
    ("filter", "fitting"),
    [
        (Filter(number="nl-1"), True),
        (Filter(number="NL-10"), False),
        (Filter(order_id="7"), True),
        (Filter(statuses=("x", "PAID")), True),
        (Filter(statuses=("unpaid",)), False),
        (Filter(), True),
    ],
)
def test_texts_are_compared_whole_ignoring_case(filter: Filter, fitting: bool) -> None:
    row: Document = {"order_number": "NL-1", "order_id": 7, "order_details": {"status": {"code": "paid"}}}
    assert fits(row, filter, (), UTC) is fitting
