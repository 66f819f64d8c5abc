"""Reading what the service finds by its own filters, before all orders are read."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fake_service import Service, service_with

from tui.api.client import Page
from tui.api.codec import Document
from tui.api.errors import InvalidCursor, Unreachable
from tui.api.query import OrderQuery, order_key
from tui.orders.query.conditions import Facts
from tui.orders.query.service_terms import ServiceAnswer
from tui.store.order_cache import OrderCache
from tui.work.cache.filtered_reading import MOST_PAGES, read_filtered
from tui.work.cache.local_orders import LocalOrders
from tui.work.cache.sync import OrderSync

SHOP = OrderQuery(integration=(8,))


def describe(document: Document) -> Facts:
    key = order_key(document)
    return Facts({}, {"key": key, "stage": "open"}, {}, {"pk": float(key)})


class Setup:
    """A service with 700 orders of shop 5 and some of shop 8, which are the oldest, and an empty cache."""

    def __init__(self, count: int) -> None:
        self.service: Service = service_with(0)
        for n in range(count):
            self.service.add(f"B{n}", shop=8)
        for n in range(700):
            self.service.add(f"A{n}")
        self.orders = LocalOrders(OrderCache(None), describe, lambda: "1", self.service.time.now)
        self.pages = 0

    async def read(self) -> ServiceAnswer:
        def count() -> None:
            self.pages += 1

        return await read_filtered(self.service.client, self.orders, SHOP, count)


@pytest.fixture
def setup(request: pytest.FixtureRequest) -> Iterator[Setup]:
    setup = Setup(getattr(request, "param", 250))
    yield setup
    setup.orders.close()


async def test_the_orders_of_the_filter_are_kept(setup: Setup) -> None:
    assert await setup.read() == ServiceAnswer(250, is_complete=True)
    assert setup.pages == 2
    assert len(setup.orders.window()) == 250
    asked = [query for query, _ in setup.service.sent("list")]  # type: ignore[misc]
    assert asked == [replace(SHOP, sort=("-pk",), page_size=200)] * 2


@pytest.mark.parametrize("setup", [200 * MOST_PAGES + 1], indirect=True)
async def test_a_large_answer_is_read_in_part(setup: Setup) -> None:
    assert await setup.read() == ServiceAnswer(200 * MOST_PAGES, is_complete=False)
    assert len(setup.orders.window()) == 200 * MOST_PAGES


async def test_it_proves_no_deletion_and_the_sync_reads_everything_later(setup: Setup) -> None:
    sync = OrderSync(setup.service.client, setup.orders, now=setup.service.time.now, sleep=setup.service.time.sleep)
    await setup.read()
    await sync.read_once()
    assert len(setup.orders.window()) == 950
    for key in ("1", "2"):
        del setup.service.orders[key]
    await setup.read()
    assert len(setup.orders.window()) == 950


async def test_an_ignored_filter_is_noticed(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unfiltered(query: OrderQuery, *, cursor: str | None = None) -> Page:
        return Page(({"id": "9000", "order_id": "x"}, {"id": "8999", "order_id": "y"}), "next", mismatches=(1,))

    monkeypatch.setattr(setup.service, "list_orders", unfiltered)
    assert await setup.read() == ServiceAnswer(1, is_complete=False)
    assert setup.pages == 1


async def test_a_lost_position_ends_it_and_other_errors_are_raised(setup: Setup) -> None:
    setup.service.faults["list"] = [None, InvalidCursor("gone")]
    assert await setup.read() == ServiceAnswer(200, is_complete=False)
    setup.service.faults["list"] = [Unreachable("no connection")]
    with pytest.raises(Unreachable):
        await setup.read()
