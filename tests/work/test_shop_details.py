"""What is read about shops besides their list: sender addresses, and the statuses of Prestashops."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from interception import Interceptor, Send
from sandbox_client import sandbox_client
from sandbox_harness import order

from tui.api.errors import ApiError
from tui.orders.checks.senders import Sender
from tui.orders.order_state import OrderState
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.seed_data import PRESTASHOP
from tui.store.order_cache import CachedOrder
from tui.store.store import Store
from tui.work.account import Account, open_account
from tui.work.cache.order_knowledge import OrderKnowledge

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DETAILS = ("/addresses/sender-addresses", "/shop-order-statuses", "/shop-order-statuses/mapping")


class Setup:
    """A sandbox whose answers to some paths can be replaced, and the paths that were asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sandbox = Sandbox(SandboxSettings(orders=0, now=NOW))
        self.asked: list[str] = []
        self.answers: dict[str, Callable[[], httpx.Response]] = {}
        self.transport = Interceptor(httpx.ASGITransport(self.sandbox.asgi))
        self.transport.handler = self._handle

    async def _handle(self, request: httpx.Request, send: Send) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v3")
        self.asked.append(path)
        answer: Callable[[], httpx.Response] | None = self.answers.get(path)
        return answer() if answer is not None else await send(request)

    @asynccontextmanager
    async def account(self) -> AsyncIterator[Account]:
        client = sandbox_client(self.transport, retry_for=0.0)
        store = Store(self.folder, now=lambda: NOW)
        try:
            yield await open_account(client, store, "demo", now=lambda: NOW, zone=UTC)
        finally:
            store.close()
            await client.aclose()


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    setup = Setup(tmp_path)
    yield setup
    setup.sandbox.close()


def placed(status: str, shop: int = PRESTASHOP) -> CachedOrder:
    document = order(order_details__integration__id=shop, order_details__status={"code": status, "message": ""})
    return CachedOrder(1, "1", {"id": "1", **document}, 0.0)


async def test_senders_and_statuses_are_read_and_kept(setup: Setup) -> None:
    async with setup.account() as account:
        assert account.known_shops.default.sender_postcode == ""
        before = OrderKnowledge(account).version
        await account.read_shops()
        assert sorted(path for path in setup.asked if path in DETAILS) == sorted(DETAILS)
        assert account.senders == (Sender("NL", "4612 PN"),)
        assert account.known_shops.default.sender_postcode == "4612 PN"
        assert OrderKnowledge(account).version != before
    async with setup.account() as account:
        assert account.senders == (Sender("NL", "4612 PN"),)
        assert account.meanings[PRESTASHOP]["4"] is OrderState.FINISHED


async def test_the_statuses_of_a_prestashop_decide_until_the_user_does(setup: Setup) -> None:
    async with setup.account() as account:
        knowledge = OrderKnowledge(account)
        assert knowledge.state(placed("17-B")) is OrderState.UNKNOWN
        setup.answers["/shop-order-statuses"] = lambda: httpx.Response(
            200,
            json={"data": [{"external_id": "17-B", "status": "Expédié"}, {"external_id": "4", "status": "Nouveau"}]},
        )
        await account.read_shops()
        assert knowledge.state(placed("17-B")) is OrderState.FINISHED
        # The mapping says that 4 is in transit; it decides before the status's words.
        assert knowledge.state(placed("4")) is OrderState.FINISHED
        assert knowledge.state(placed("17-B", shop=7)) is OrderState.UNKNOWN
        knowledge.learn(str(PRESTASHOP), "17-B", OrderState.OPEN)
        assert knowledge.state(placed("17-b")) is OrderState.OPEN
        knowledge.learn(str(PRESTASHOP), "17-B", None)
        assert knowledge.state(placed("17-b")) is OrderState.FINISHED


@pytest.mark.parametrize("status", [403, 404, 400, 500])
async def test_a_service_that_does_not_answer_is_normal(setup: Setup, status: int) -> None:
    for path in (*DETAILS, "/shipping-options"):
        setup.answers[path] = lambda: httpx.Response(status, json={"errors": [{"status": str(status), "detail": "no"}]})
    async with setup.account() as account:
        assert await account.read_shops()
        assert account.senders == ()
        assert account.meanings == {}
        await account.refresh()
        assert account.phone_options == frozenset()
        assert account.known_shops.default.sender_country == "NL"


async def test_statuses_without_a_mapping_are_judged_by_their_words(setup: Setup) -> None:
    setup.answers[DETAILS[2]] = lambda: httpx.Response(404, json={"errors": [{"status": "404", "detail": "no"}]})
    async with setup.account() as account:
        await account.read_shops()
        assert account.meanings[PRESTASHOP]["6"] is OrderState.FINISHED
        assert account.meanings[PRESTASHOP]["3"] is OrderState.OPEN


async def test_what_was_read_before_stays_if_the_service_stops_answering(setup: Setup) -> None:
    async with setup.account() as account:
        await account.read_shops()
        setup.answers[DETAILS[0]] = lambda: httpx.Response(403, json={"errors": [{"status": "403", "detail": "no"}]})
        await account.read_shops()
        assert account.senders == (Sender("NL", "4612 PN"),)


async def test_a_shipping_option_may_require_a_phone_number(setup: Setup) -> None:
    document = order(customer_details={"name": "Jane Doe"})
    document["shipping_details"]["ship_with"] = {"properties": {"shipping_option_code": "mondial_relay:point_relais"}}
    async with setup.account() as account:
        knowledge = OrderKnowledge(account)
        assert "phone_missing" not in {problem.code for problem in knowledge.problems(document)}
        await account.refresh()
        assert "phone_missing" in {problem.code for problem in knowledge.problems(document)}
        document["shipping_details"]["ship_with"]["properties"]["shipping_option_code"] = "postnl:standard"
        assert "phone_missing" not in {problem.code for problem in knowledge.problems(document)}


async def test_shipping_options_are_read_when_the_user_refreshes_and_kept(setup: Setup) -> None:
    async with setup.account() as account:
        await account.read_shops()
        assert "/shipping-options" not in setup.asked
        await account.refresh()
        assert setup.asked.count("/shipping-options") == 1
    async with setup.account() as account:
        assert "mondial_relay:point_relais" in account.phone_options


@pytest.mark.parametrize("data", [None, [], [{"code": 7}], [{"code": "x", "requirements": None}], [None]])
async def test_any_answer_about_shipping_options_is_read(setup: Setup, data: object) -> None:
    setup.answers["/shipping-options"] = lambda: httpx.Response(200, json={"data": data, "message": "none"})
    async with setup.account() as account:
        await account.refresh()
        assert account.phone_options == frozenset()


async def test_several_callers_at_the_start_share_one_request(setup: Setup) -> None:
    async with setup.account() as account:
        setup.asked.clear()
        first, second = await asyncio.gather(account.first_shops(), account.first_shops())
        assert first == second == await account.first_shops()
        assert setup.asked.count("/integrations") == 1
        await account.read_shops()
        assert setup.asked.count("/integrations") == 2


async def test_after_a_failure_the_shops_are_asked_for_again(setup: Setup) -> None:
    async with setup.account() as account:
        setup.answers["/integrations"] = lambda: httpx.Response(500)
        with pytest.raises(ApiError):
            await account.first_shops()
        del setup.answers["/integrations"]
        assert await account.first_shops()
