"""A sandbox and repeated runs of the app on one folder, for batches that are staged, sent and verified."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from interception import Interceptor
from sandbox_client import sandbox_client
from sandbox_harness import NOW
from shared_clock import WireClock

from tui.api.codec import encode
from tui.api.pointer import Pointer
from tui.api.query import OrderQuery
from tui.orders.parsed import ParsedFile
from tui.orders.paths import ITEMS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.faults import Faults
from tui.store.store import Store
from tui.work.account import Account, Shop, open_account
from tui.work.batches.staging import Staging
from tui.work.file_import.json_reader import read_file, read_orders
from tui.work.writes.send_state import SendState

SHOP = 7
NOTES = Pointer.of("order_details", "notes")
QUANTITY = ITEMS / 0 / "quantity"


class BatchHarness:
    """A sandbox and repeated runs of the app on one folder; both use one clock."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.clock = WireClock()
        self.folder = folder
        self.sandbox = Sandbox(
            SandboxSettings(orders=0, now=NOW, clock=self.clock, sleep=self.clock.sleep, **{"settle": 4.0, **settings})
        )
        self.account: Account
        self.staging: Staging
        self.interceptor: Interceptor
        self.wire: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport] = lambda transport: transport

    async def open(self) -> Staging:
        """Open the folder as a new process would."""
        self.interceptor = Interceptor(self.wire(httpx.ASGITransport(self.sandbox.asgi)))
        client = sandbox_client(self.interceptor, self.clock, random=Random(3))
        store = Store(self.folder, now=self.clock.now)
        self.account = await open_account(
            client, store, "demo", now=self.clock.now, zone=ZoneInfo("Europe/Amsterdam"), sleep=self.clock.sleep
        )
        self.account.shops = [Shop(SHOP, "Own", "api", "", {})]
        self.staging = Staging(self.account)
        return self.staging

    async def crash(self) -> Staging:
        for task in list(self.account.outbox._tasks):
            task.cancel()
        self.account.store.close()
        return await self.open()

    async def remote_orders(self) -> dict[str, Any]:
        self.sandbox.fault_injector.faults = Faults()
        self.clock.passed += 100
        page = await self.account.client.list_orders(OrderQuery(page_size=200))
        return {str(order["order_id"]): order for order in page.orders}

    async def send(self, *ids: str) -> None:
        assert await self.staging.refresh_remote() is None
        await self.staging.send(self.staging.plan(ids or None))
        await asyncio.sleep(0)

    def states(self) -> dict[str, SendState]:
        return {str(order.document.get("order_id")): self.staging.send_state(order) for order in self.staging.orders}


Make = Callable[..., Awaitable[BatchHarness]]


def add_json(staging: Staging, source: str | Path) -> tuple[list[str], ParsedFile]:
    """Stage the orders of a JSON text or file."""
    parsed_file = read_orders(read_file(source) if isinstance(source, Path) else source)
    return staging.editing.add_parsed(
        parsed_file, source.name if isinstance(source, Path) else "pasted text"
    ), parsed_file


def stage(staging: Staging, *orders: Any) -> list[str]:
    ids, parsed_file = add_json(staging, encode(list(orders)).decode())
    assert not parsed_file.refused
    return ids


def pointers(staging: Staging, id: str, *, stale: bool = False) -> list[str]:
    found = staging.get(id)
    assert found is not None
    return [
        str(finding.problem.pointer)
        for finding in staging.findings(found)
        if finding.at is not None and finding.stale is stale
    ]


def move_to_front(harness: "BatchHarness", *ids: str, rank: int) -> None:
    """Move staged orders to the front of their batch; the first one gets this negative rank."""
    ranks = list(enumerate(ids, rank))
    harness.account.store.batches._database.write(
        lambda connection: connection.executemany("UPDATE staged SET rank = ? WHERE id = ?", ranks)
    )
