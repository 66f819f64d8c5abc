"""Pages that are too large are read in smaller ones; an order that is too large is skipped and named."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_transport import streamed
from shared_clock import WireClock

from tui.api.auth import BasicAuth
from tui.api.client import Client
from tui.api.errors import OrderTooLarge, ResponseTooLarge
from tui.api.query import OrderQuery, order_key
from tui.orders.query.conditions import Facts
from tui.store.order_cache import OrderCache, cache_path
from tui.work.cache.filtered_reading import read_filtered
from tui.work.cache.local_orders import LocalOrders
from tui.work.cache.sync import ALL_EVERY, OrderSync
from tui.work.writes.lookup import NotLookedUp, NumberSearch

LIMIT = 1 << 20
URL = "http://127.0.0.1/api/v3"


class LargeService(httpx.AsyncBaseTransport):
    """Lists orders, the newest first, with their texts. `at_least`: the smallest page it sends, whatever is asked for."""

    def __init__(self, sizes: dict[int, int], *, at_least: int = 1, named: bool = True) -> None:
        self.sizes = sizes
        self.at_least = at_least
        self.named = named
        self.page_sizes: list[int] = []

    def order(self, id: int) -> dict[str, Any]:
        order = {"order_number": f"N{id}", "order_details": {"integration": {"id": 7}, "notes": "x" * self.sizes[id]}}
        return {"id": str(id), **order} if self.named else {**order, "id": str(id)}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.rpartition("/")[2].isdigit():
            return streamed(httpx.Response(200, json={"data": self.order(int(request.url.path.rpartition("/")[2]))}))
        parameters = request.url.params
        size, start = int(parameters["page_size"]), int(parameters.get("cursor", "0"))
        self.page_sizes.append(size)
        ids = sorted(self.sizes, reverse=True)
        if number := parameters.get("order_number"):
            ids = [id for id in ids if f"N{id}" == number]
        following = start + max(size, self.at_least)
        links = {"link": f'<{URL}/orders?cursor={following}>; rel="next"'} if following < len(ids) else {}
        page = [self.order(id) for id in ids[start:following]]
        return streamed(httpx.Response(200, content=json.dumps({"data": page}), headers=links))


class Setup:
    def __init__(self, folder: Path) -> None:
        self.clock = WireClock()
        self._cache = OrderCache(cache_path(folder, 1))
        self.orders = LocalOrders(self._cache, describe, lambda: "1", self.clock.now)
        self.clients: list[Client] = []

    def connect(self, service: LargeService) -> Client:
        clock = self.clock
        auth = BasicAuth("demo", "demo")
        client = Client(URL, auth, transport=service, clock=clock, sleep=clock.sleep, limit=LIMIT)
        self.clients.append(client)
        return client

    def sync(self, client: Client) -> OrderSync:
        return OrderSync(client, self.orders, now=self.clock.now, sleep=self.clock.sleep)

    @property
    def kept(self) -> set[int]:
        return {int(order.key) for order in self.orders.window()}


def describe(document: Any) -> Facts:
    key = order_key(document)
    return Facts({}, {"key": key, "stage": "open"}, {}, {"pk": float(key)})


@pytest.fixture
async def setup(tmp_path: Path) -> AsyncIterator[Setup]:
    setup = Setup(tmp_path)
    yield setup
    for client in setup.clients:
        await client.aclose()
    setup.orders.close()


async def test_pages_that_are_too_large_are_halved_and_grow_again(setup: Setup) -> None:
    service = LargeService({id: 30_000 if 500 < id <= 600 else 100 for id in range(1, 1001)})
    sync = setup.sync(setup.connect(service))
    await sync.read_once()
    assert setup.kept == set(service.sizes)
    assert sync.state.is_complete
    assert sync.state.notice == ""
    assert service.page_sizes[:6] == [200, 200, 200, 100, 50, 25]
    assert service.page_sizes[-1] == 200
    assert 1 not in service.page_sizes


@pytest.mark.parametrize(
    "large", [{700}, {1000}, {1}, {1000, 999, 2, 1}], ids=["middle", "newest", "oldest", "several"]
)
async def test_an_order_that_is_too_large_is_skipped_and_named(setup: Setup, large: set[int]) -> None:
    service = LargeService({id: 2 * LIMIT if id in large else 100 for id in range(1, 1001)})
    sync = setup.sync(setup.connect(service))
    await sync.read_once()
    assert setup.kept == set(service.sizes) - large
    assert sync.state.is_complete
    for id in large:
        assert f"order {id} that is larger than 1 MB. It was not read." in sync.state.notice
    assert "whether it changed, is not known" in sync.state.notice


async def test_a_large_order_that_is_known_stays_as_it_was(setup: Setup) -> None:
    service = LargeService(dict.fromkeys(range(1, 11), 100))
    client = setup.connect(service)
    sync = setup.sync(client)
    await sync.read_once()
    service.sizes[5] = 2 * LIMIT
    await setup.clock.sleep(ALL_EVERY)
    await sync.read_once()
    assert setup.kept == set(range(1, 11))
    assert "order 5 that" in sync.state.notice
    found = setup.orders.find("5")
    assert found is not None
    assert found.gone_at is None


async def test_an_order_without_an_id_at_its_begin_is_skipped_too(setup: Setup) -> None:
    service = LargeService({1: 100, 2: 2 * LIMIT, 3: 100}, named=False)
    sync = setup.sync(setup.connect(service))
    await sync.read_once()
    assert setup.kept == {1, 3}
    assert "an order whose id is not known" in sync.state.notice


async def test_a_service_that_ignores_the_page_size_is_not_believed(setup: Setup) -> None:
    client = setup.connect(LargeService(dict.fromkeys(range(1, 11), LIMIT // 2), at_least=10))
    with pytest.raises(ResponseTooLarge) as caught:
        await setup.sync(client).read_once()
    assert not isinstance(caught.value, OrderTooLarge)
    assert setup.kept == set()


async def test_the_orders_of_a_filter_are_read_behind_a_large_one(setup: Setup) -> None:
    service = LargeService({1: 100, 2: 2 * LIMIT, 3: 100})
    answer = await read_filtered(setup.connect(service), setup.orders, OrderQuery())
    assert (answer.count, answer.is_complete) == (2, False)
    assert setup.kept == {1, 3}


async def test_a_number_is_looked_up_on_its_own_if_the_list_has_an_order_that_cannot_be_read(
    setup: Setup, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = LargeService({1: 100, 2: 2 * LIMIT, 3: 100})
    search = NumberSearch(setup.connect(service), of=500)
    orders: Any = [
        {"order_id": "a", "order_number": f"N{id}", "order_details": {"integration": {"id": 7}}} for id in (2, 4)
    ]
    large, none = await search.find(orders)
    assert isinstance(large, OrderTooLarge)
    assert none is None
    assert not isinstance(none, NotLookedUp)
