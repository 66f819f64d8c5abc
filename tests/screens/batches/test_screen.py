"""Named batches, paused sending, and the history, by keys alone."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from app_harness import AppHarness, open_app
from batch_harness import add_json
from interception import Send, refusal
from sandbox_harness import order

from tui.api.codec import encode
from tui.screens.batches.history import HistoryScreen
from tui.screens.batches.screen import BatchesScreen
from tui.screens.common.pages import PageScreen
from tui.screens.common.routes import OpenHistory
from tui.screens.composer.screen import ComposerScreen
from tui.screens.review.screen import ReviewScreen
from tui.store.batches import StagedState
from tui.store.journal import NewWrite, SentItem, StagedUpdate, WriteKind, WriteState
from tui.work.batches.staging import Staging
from tui.work.writes.lookup import key_of
from tui.work.writes.send_state import SendState


async def enter(harness: AppHarness) -> None:
    await harness.until("all read")
    await harness.press("B")
    await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))


async def batches(harness: AppHarness) -> None:
    await harness.press("B")
    await harness.until(lambda: isinstance(harness.app.screen, BatchesScreen))


async def new_batch(harness: AppHarness, name: str) -> None:
    await batches(harness)
    await harness.press("a")
    await harness.type(name)
    await harness.press("enter")
    await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))


async def stage(harness: AppHarness, count: int, prefix: str = "T") -> None:
    orders = [order(order_id=f"{prefix}{n}", order_number=f"{prefix}{n}") for n in range(count)]
    add_json(harness.app.workspace.staging, json.dumps(orders))
    await harness.app.workspace.staging.refresh_remote()
    harness.app.screen.view.show_all()  # type: ignore[attr-defined]
    await harness.until(f"{count} order{'s' if count > 1 else ''} staged")


async def review(harness: AppHarness) -> None:
    await harness.press("w")
    await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))


async def test_batches_are_created_renamed_removed_restored_and_reopened(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data", ticking=True) as harness:
        await enter(harness)
        await new_batch(harness, "black friday")
        await harness.until("black friday · 0 orders staged")
        await stage(harness, 2)
        await harness.press("asterisk", "a")
        await harness.until("2 marked")
        await new_batch(harness, "monday")
        # Marks belong to the batch they were made in.
        assert " marked │" not in harness.text
        assert not harness.app.screen.table.marks
        await stage(harness, 1)
        await harness.press("space", "u")
        await harness.until("0 orders staged")
        assert not harness.app.screen.table.marks
        await batches(harness)
        assert "2 unsent" in harness.line_with("black friday")
        assert "open here" in harness.line_with("monday")
        await harness.press("e", "ctrl+u")
        await harness.type("tuesday")
        await harness.press("enter")
        assert harness.line_with("tuesday")
        await harness.press("j", "D")
        await harness.until("black friday removed")
        assert "2 unsent" not in harness.text
        await harness.press("u")
        await harness.until("black friday restored.")
        await harness.press("a")
        await harness.type("tuesday")
        await harness.press("enter")
        await harness.until("A batch named 'tuesday' already exists")
        await harness.press("enter")
        await harness.until("black friday · 2 orders staged")
        await harness.press("q")
    async with open_app(tmp_path / "data", ticking=True) as harness:
        await enter(harness)
        await harness.until("black friday · 2 orders staged")


async def test_batch_of_another_process_is_shown_and_taken_over(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data", ticking=True) as harness:
        await enter(harness)
        await stage(harness, 1)
        account = harness.app.workspace.account
        batch = harness.app.workspace.staging.batch
        assert batch is not None
        other = type(account.store)(tmp_path / "data")
        other.batches.claim(batch, take_over=True)
        await new_batch(harness, "mine")
        await batches(harness)
        assert ", process " in harness.line_with("staged orders")
        await harness.press("j", "enter")
        await harness.until("B, then t takes it over")
        await harness.press("D")
        await harness.until("locked by")
        # The column mapping does not open for a batch that cannot be changed.
        path = tmp_path / "orders.csv"
        path.write_text("Nummer;Ding\nX1;Mug\n")
        await harness.press("a", "f")
        await harness.type(str(path))
        await harness.press("enter")
        await harness.until("has this batch open; B, then t takes it over.")
        await harness.press("B", "b")
        await harness.until(lambda: isinstance(harness.app.screen, BatchesScreen))
        await harness.press("t")
        await harness.until("take over; the other copy")
        await harness.press("y")
        await harness.until("1 order staged")
        assert harness.app.workspace.staging.owner is None
        other.close()


async def test_what_a_killed_process_was_sending_is_looked_up_when_its_batch_is_ours(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data", ticking=True) as harness:
        await enter(harness)
        await stage(harness, 1)
        account, staging = harness.app.workspace.account, harness.app.workspace.staging
        (order,) = staging.orders
        other = type(account.store)(tmp_path / "data")
        other.batches.claim(staging.batch or 0, take_over=True)
        await harness.press("D")
        await harness.until("locked by")
        await account.client.upsert_orders(encode([order.document]))
        item = SentItem(order.id, order.version, *key_of(order.document))
        new = NewWrite(WriteKind.UPSERT, "POST", "/orders", encode([order.document]), [None], items=(item,))
        write = other.writes.record(account.account_id, new)
        update = StagedUpdate(order.id, order.version, StagedState.SENT)
        other.writes.step(write.id, WriteState.SENT, staged=[update])
        other.close()
        await harness.press("r")
        await harness.until(lambda: staging.counts().keys() <= {SendState.ACCEPTED, SendState.VERIFIED})


@pytest.mark.parametrize("table", [False, True], ids=["form", "table"])
async def test_typed_text_is_kept_when_another_process_takes_the_batch(tmp_path: Path, table: bool) -> None:
    async with open_app(tmp_path / "data", ticking=True) as harness:
        await enter(harness)
        await stage(harness, 1)
        if table:
            await harness.press("v", "v", "l", "enter")
        else:
            await harness.press("enter", "enter")
        await harness.type("55")
        batch = harness.app.workspace.staging.batch
        assert batch is not None
        other = type(harness.app.workspace.account.store)(tmp_path / "data")
        other.batches.claim(batch, take_over=True)
        await harness.press("enter")
        await harness.until("B, then t takes it over")
        # No editor opens in a batch that cannot be changed.
        await harness.press("k", "enter")
        await harness.until("has this batch open; B, then t takes it over.")
        assert "Esc close" not in harness.text
        other.close()
        # The other process has ended: the batch can be changed again, and the editor keeps the typed text.
        await harness.press("enter")
        await harness.until("Esc close")
        assert "55" in harness.line_with("[")


async def test_review_resends_the_rest_of_a_refused_batch_and_the_history_shows_it(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data", ticking=True) as harness:
        await enter(harness)
        await stage(harness, 4)

        async def handle(request: httpx.Request, send: Send) -> httpx.Response:
            sent = [order["order_id"] for order in json.loads(request.content)]
            if "T1" not in sent:
                return await send(request)
            return refusal((f"/data/attributes/[{sent.index('T1')}]/order_id", "Not T1"))

        harness.interceptor.intercept("POST", handle)
        await review(harness)
        assert "none of its orders are sent" in harness.text
        await harness.press("c")
        assert "the orders without errors are sent again" in harness.text
        await harness.press("y")
        await harness.until("2 requests, 1 of them refused: 3 accepted, 1 refused of 4 orders")
        await harness.until(lambda: harness.app.workspace.staging.counts()[SendState.VERIFIED] == 3)
        harness.app.workspace.go(OpenHistory())
        await harness.until(lambda: isinstance(harness.app.screen, HistoryScreen))
        await harness.until("3 verified")
        assert "3 not sent" in harness.text
        await harness.press("j", "enter")
        await harness.until(lambda: isinstance(harness.app.screen, PageScreen))
        assert "Not T1" in harness.text
        await harness.press("q", "X", "ctrl+u")
        await harness.type(str(tmp_path / "h.jsonl"))
        await harness.press("enter")
        await harness.until("7 sent orders exported, readable only by you")
        outcomes = [json.loads(line)["outcome"] for line in (tmp_path / "h.jsonl").read_text().splitlines()]
        assert outcomes == ["not written", "refused", "not written", "not written", *["verified"] * 3]
        await harness.press("v")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        # The choice in the review is the default of the next review.
        await stage_orders(harness)
        await review(harness)
        assert "the orders without errors are sent again" in harness.text


async def stage_orders(harness: AppHarness) -> None:
    add_json(harness.app.workspace.staging, json.dumps([order(order_id="U1"), order(order_id="U2")]))
    await harness.app.workspace.staging.refresh_remote()


async def test_sending_is_paused_and_cancelled_by_keys(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data", ticking=True) as harness:
        await enter(harness)
        await stage(harness, 150)
        go = asyncio.Event()

        async def handle(request: httpx.Request, send: Send) -> httpx.Response:
            await go.wait()
            return await send(request)

        harness.interceptor.intercept("POST", handle)
        await review(harness)
        await harness.press("y")
        await harness.until("150 orders in flight")
        await harness.press("w")
        await harness.until("Sending: 0 of 150.")
        await harness.press("p")
        go.set()
        await harness.until("paused, 50 of 150 left")
        await harness.press("w")
        await harness.until("Paused: 100 of 150.")
        await harness.press("c")
        await harness.until("50 orders were not sent; sent orders are not undone")
        staging: Staging = harness.app.workspace.staging
        await harness.until(lambda: staging.sender.progress is None)


async def test_lookup_before_a_review_shows_progress_and_can_be_stopped(tmp_path: Path) -> None:
    async with open_app(tmp_path / "data") as harness:
        await enter(harness)
        add_json(
            harness.app.workspace.staging,
            json.dumps([order(order_id=f"T{n}", order_number=f"T{n}") for n in range(60)]),
        )
        harness.app.screen.stop_reading()
        go = asyncio.Event()
        asked = 0

        async def handle(request: httpx.Request, send: Send) -> httpx.Response:
            nonlocal asked
            asked += 1
            if asked > 55:
                await go.wait()
            return await send(request)

        harness.interceptor.handler = handle
        await harness.press("w")
        await harness.until("Before the review looking up orders: 25 of 60; Ctrl+C stops.")
        await harness.press("ctrl+c")
        await harness.until("Reading stopped; w looks up all orders, r this order.")
        go.set()
        await harness.until(lambda: not harness.app.workspace.staging.is_refreshing)
        assert isinstance(harness.app.screen, ComposerScreen)
        await review(harness)
        assert "60 orders will be written" in harness.text
