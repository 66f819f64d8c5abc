"""Whose credentials these are: work from before that is known joins the account, and nothing of it is lost."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_transport import streamed

from tui.api.auth import BasicAuth
from tui.api.client import Client
from tui.api.errors import NotAuthorised, Redirected
from tui.api.pointer import Pointer
from tui.store.batches import NewStaged
from tui.store.order_cache import OrderCache, cache_path
from tui.store.private_marks import PrivateMark
from tui.store.store import Store
from tui.work.account import Account, open_known

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
KNOWN = httpx.Response(200, json={"data": {"user_id": 7, "integration_id": 5}})
UNKNOWN = {
    "403": httpx.Response(403, json={"error": {"code": 403, "message": "no permission"}}),
    "404": httpx.Response(404, json={"error": {"code": 404, "message": "Not found"}}),
    "204": httpx.Response(204),
    "portal": httpx.Response(200, html="<html>Welcome to Hotel WiFi</html>"),
    "empty": httpx.Response(200, json={"data": {}}),
}
URL = "http://127.0.0.1/v3"
Open = Callable[..., Awaitable[Account]]


async def at_once(_: float) -> None:
    """Skip a pause."""


class Service:
    """Answers every request with `answer`; counts them."""

    def __init__(self) -> None:
        self.answer = KNOWN
        self.requests = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        return streamed(
            httpx.Response(self.answer.status_code, headers=self.answer.headers, content=self.answer.content)
        )


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
async def opened(service: Service, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens the account of a key pair in a new process; `close` ends it."""
    accounts: list[Account] = []

    async def open_(key: str = "k") -> Account:
        client = Client(URL, BasicAuth(key, "s" * 9), transport=httpx.MockTransport(service), sleep=at_once)
        store = Store(tmp_path, now=lambda: NOW)
        accounts.append(await open_known(client, store, key, now=lambda: NOW, zone=UTC))
        return accounts[-1]

    yield open_
    for account in accounts:
        await close(account)


async def close(account: Account) -> None:
    account.store.close()
    await account.client.aclose()


def work(account: Account, order_id: str = "1") -> None:
    """Make a draft, a mark, a batch with an order, a saved view, and a place."""
    document = {"id": order_id, "order_id": "A", "order_details": {"notes": "x"}}
    draft = account.drafts.of(order_id, document, NOW)
    draft.edit.put(Pointer.of("order_details", "notes"), "mine", "note")
    account.drafts.save(draft)
    store, id = account.store, account.account_id
    store.private_marks.put(id, [(order_id, PrivateMark(note=f"note of {order_id}"))])
    store.batches.stage(store.batches.create(id, f"batch {order_id}").id, [NewStaged({"order_id": order_id})])
    store.screen_states.put(id, "views", [{"letter": order_id, "query": "is:open"}])
    store.screen_states.put(id, "place", {"screen": "triage"} if order_id == "1" else {"screen": "journal"})


def contents(account: Account) -> dict[str, Any]:
    store, id = account.store, account.account_id
    return {
        "drafts": sorted(draft.order_id for draft in account.drafts.all()),
        "marks": sorted(store.private_marks.all(id)),
        "batches": sorted(batch.name for batch in store.batches.all(id)),
        "views": [view["letter"] for view in store.screen_states.get(id, "views") or []],  # type: ignore[union-attr,index,call-overload]
    }


ALL = {"drafts": ["1"], "marks": ["1"], "batches": ["batch 1"], "views": ["1"]}


@pytest.mark.parametrize("answer", UNKNOWN)
async def test_work_joins_the_account_once_it_is_known(opened: Open, service: Service, answer: str) -> None:
    service.answer = UNKNOWN[answer]
    before = await opened()
    work(before)
    cache = cache_path(before.store.path.parent, before.account_id)
    OrderCache(cache).close()
    await close(before)
    again = await opened()
    assert contents(again) == ALL
    await close(again)
    service.answer = KNOWN
    after = await opened()
    assert contents(after) == ALL
    assert after.account_id != before.account_id
    assert after.own_shop == 5
    assert after.identity_notice == ""
    assert not cache.exists(), "customers' data of an account that is not used again"
    await close(after)
    requests = service.requests
    assert contents(await opened()) == ALL
    assert service.requests == requests, "a known account opens without a request"


async def test_a_captive_portal_is_named(opened: Open, service: Service) -> None:
    service.answer = UNKNOWN["portal"]
    account = await opened()
    assert "captive portal" in account.identity_notice
    assert "Hotel" not in account.identity_notice
    service.answer = httpx.Response(302, headers={"location": "https://login.hotel.example/x"})
    with pytest.raises(Redirected, match=r"login\.hotel\.example.*captive portal"):
        await opened("another")


async def test_a_wrong_key_opens_nothing(opened: Open, service: Service) -> None:
    service.answer = httpx.Response(401, json={"error": {"code": 401, "message": "Invalid"}})
    with pytest.raises(NotAuthorised):
        await opened()


async def test_two_key_pairs_of_one_account_share_their_work(opened: Open, service: Service) -> None:
    first = await opened("first")
    work(first, "1")
    await close(first)
    service.answer = UNKNOWN["404"]
    second = await opened("second")
    assert contents(second)["drafts"] == []
    work(second, "2")
    await close(second)
    service.answer = KNOWN
    both = await opened("second")
    assert contents(both) == {
        "drafts": ["1", "2"],
        "marks": ["1", "2"],
        "batches": ["batch 1", "batch 2"],
        "views": ["1", "2"],
    }
    assert both.store.screen_states.get(both.account_id, "place") == {"screen": "triage"}


async def test_two_drafts_of_one_order_both_stay(opened: Open, service: Service) -> None:
    first = await opened("first")
    work(first, "1")
    await close(first)
    service.answer = UNKNOWN["404"]
    second = await opened("second")
    work(second, "1")
    await close(second)
    service.answer = KNOWN
    joined = await opened("second")
    assert "2 drafts or marks" in joined.identity_notice
    assert contents(joined)["batches"] == ["batch 1", "batch 1"]
    joined.drafts.drop(joined.drafts.all()[0])
    joined.store.private_marks.put(joined.account_id, [("1", PrivateMark())])
    await close(joined)
    later = await opened("second")
    assert later.identity_notice == ""
    assert contents(later)["drafts"] == ["1"]


async def test_nothing_is_moved_while_another_copy_runs(opened: Open, service: Service) -> None:
    service.answer = UNKNOWN["404"]
    other = await opened()
    work(other)
    service.answer = KNOWN
    account = await opened()
    assert account.account_id == other.account_id, "its work is shown"
    assert "no other copy" in account.identity_notice
    await close(other)
    await close(account)
    alone = await opened()
    assert contents(alone) == ALL
    assert alone.account_id != other.account_id
