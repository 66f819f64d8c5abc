"""An account on the real sandbox with three orders and a clock that advances on sleep, and helpers that write to it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from sandbox_client import sandbox_client
from sandbox_harness import ORDER
from shared_clock import WireClock

from tui.api.pointer import Pointer
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.store.store import Store
from tui.work.account import Account, open_account
from tui.work.drafts.drafts import Draft
from tui.work.journal.entries import JournalEntry, open_entry
from tui.work.writes.send_state import SendState

CITY = Pointer.of("shipping_address", "city")
NAME = Pointer.of("shipping_address", "name")
NOTES = Pointer.of("order_details", "notes")
TAGS = Pointer.of("order_details", "tags")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
IDS = ("700001", "700002", "700003")


@asynccontextmanager
async def open_sandbox_account(folder: Path) -> AsyncIterator[Account]:
    """Open the account. Its orders are N-700001 to N-700003, of one shop, with addresses in Oss."""
    documents = [{**ORDER, "id": id, "order_id": f"S-{id}", "order_number": f"N-{id}"} for id in IDS]
    planted = tuple(json.dumps(order).encode() for order in documents)
    time = WireClock(NOW)
    sandbox = Sandbox(SandboxSettings(orders=0, settle=0.0, now=NOW, clock=time, sleep=time.sleep, plant=planted))
    transport = httpx.ASGITransport(sandbox.asgi, raise_app_exceptions=False)
    client = sandbox_client(transport, time)
    store = Store(folder, now=time.now, profile="NL")
    try:
        yield await open_account(client, store, "demo", now=time.now, zone=UTC, sleep=time.sleep)
    finally:
        store.close()
        await client.aclose()
        sandbox.close()


async def draft_of(account: Account, id: str, *values: tuple[Pointer, Any]) -> Draft:
    draft = account.drafts.of(id, await account.client.get_order(id), NOW)
    draft.edit.put_all(values, "correction")
    account.drafts.save(draft)
    return draft


async def send(account: Account, draft: Draft, job: str | None = None) -> None:
    status = await account.draft_sender.send(draft, draft.sending.body, job=job)
    if status.state is SendState.ACCEPTED:
        await follow(account)
        status = account.draft_sender.status(draft.order_id) or status
    assert status.state is SendState.VERIFIED, status.message


async def follow(account: Account) -> None:
    task = asyncio.create_task(account.verifier.run())
    async with asyncio.timeout(10):
        while account.store.verifications.open(account.account_id):  # noqa: ASYNC110 - a test polls from outside
            await asyncio.sleep(0.001)
    task.cancel()


async def change(account: Account, id: str, *values: tuple[Pointer, Any], job: str | None = None) -> JournalEntry:
    await send(account, await draft_of(account, id, *values), job)
    return newest(account)


def newest(account: Account) -> JournalEntry:
    entry = open_entry(
        account.store, account.client.base_url, account.store.writes.all(account.account_id, limit=1)[0].id
    )
    assert entry is not None
    return entry
