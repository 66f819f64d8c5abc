"""Named batches, a sending that is paused, and the history, by keys alone."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from app_harness import House, housed
from batch_harness import add_json
from interception import Send, refusal
from sandbox_harness import order

from tui.screens.batches.history import HistoryScreen
from tui.screens.batches.screen import BatchesScreen
from tui.screens.common.pages import PageScreen
from tui.screens.common.routes import OpenHistory
from tui.screens.composer.screen import ComposerScreen
from tui.screens.review.screen import ReviewScreen
from tui.work.batches.staging import Staging
from tui.work.writes.send_state import SendState


async def enter(house: House) -> None:
    await house.until("100+ read")
    await house.press("B")
    await house.until(lambda: isinstance(house.app.screen, ComposerScreen))


async def batches(house: House) -> None:
    await house.press("B")
    await house.until(lambda: isinstance(house.app.screen, BatchesScreen))


async def new_batch(house: House, name: str) -> None:
    await batches(house)
    await house.press("a")
    await house.type(name)
    await house.press("enter")
    await house.until(lambda: isinstance(house.app.screen, ComposerScreen))


async def stage(house: House, count: int, prefix: str = "T") -> None:
    orders = [order(order_id=f"{prefix}{n}", order_number=f"{prefix}{n}") for n in range(count)]
    add_json(house.app.workspace.staging, json.dumps(orders))
    await house.app.workspace.staging.look()
    house.app.screen.view.show_all()  # type: ignore[attr-defined]
    await house.until(f"{count} order{'s' if count > 1 else ''} staged")


async def review(house: House) -> None:
    await house.press("w")
    await house.until(lambda: isinstance(house.app.screen, ReviewScreen))


async def test_batches_are_created_renamed_removed_restored_and_reopened(tmp_path: Path) -> None:
    async with housed(tmp_path / "data", ticking=True) as house:
        await enter(house)
        await new_batch(house, "black friday")
        await house.until("black friday · 0 orders staged")
        await stage(house, 2)
        await house.press("asterisk", "a")
        await house.until("2 marked")
        await new_batch(house, "monday")
        # Marks are of the batch they were made in.
        assert " marked │" not in house.text
        assert not house.app.screen.table.marks
        await stage(house, 1)
        await house.press("space", "u")
        await house.until("0 orders staged")
        assert not house.app.screen.table.marks
        await batches(house)
        assert "2 unsent" in house.line_with("black friday")
        assert "open here" in house.line_with("monday")
        await house.press("e", "ctrl+u")
        await house.type("tuesday")
        await house.press("enter")
        assert house.line_with("tuesday")
        await house.press("j", "D")
        await house.until("black friday removed")
        assert "2 unsent" not in house.text
        await house.press("u")
        await house.until("black friday is back")
        await house.press("a")
        await house.type("tuesday")
        await house.press("enter")
        await house.until("A batch named 'tuesday' already exists")
        await house.press("enter")
        await house.until("black friday · 2 orders staged")
        await house.press("q")
    async with housed(tmp_path / "data", ticking=True) as house:
        await enter(house)
        await house.until("black friday · 2 orders staged")


async def test_batch_of_another_process_is_shown_and_taken_over(tmp_path: Path) -> None:
    async with housed(tmp_path / "data", ticking=True) as house:
        await enter(house)
        await stage(house, 1)
        bench = house.app.workspace.account
        batch = house.app.workspace.staging.batch
        assert batch is not None
        other = type(bench.store)(tmp_path / "data")
        other.batches.claim(batch, take_over=True)
        await new_batch(house, "mine")
        await batches(house)
        assert ", process " in house.line_with("staged orders")
        await house.press("j", "enter")
        await house.until("B takes it over")
        await house.press("D")
        await house.until("locked by")
        # Nobody maps columns in vain either.
        path = tmp_path / "orders.csv"
        path.write_text("Nummer;Ding\nX1;Mug\n")
        await house.press("a", "f")
        await house.type(str(path))
        await house.press("enter")
        await house.until("has this batch; B takes it over.")
        await house.press("B", "b")
        await house.until(lambda: isinstance(house.app.screen, BatchesScreen))
        await house.press("t")
        await house.until("take over; the other copy")
        await house.press("y")
        await house.until("1 order staged")
        assert house.app.workspace.staging.owner is None
        other.close()


@pytest.mark.parametrize("table", [False, True], ids=["form", "table"])
async def test_typed_text_is_kept_when_another_process_takes_the_batch(tmp_path: Path, table: bool) -> None:
    async with housed(tmp_path / "data", ticking=True) as house:
        await enter(house)
        await stage(house, 1)
        if table:
            await house.press("v", "v", "l", "enter")
        else:
            await house.press("enter", "enter")
        await house.type("55")
        batch = house.app.workspace.staging.batch
        assert batch is not None
        other = type(house.app.workspace.account.store)(tmp_path / "data")
        other.batches.claim(batch, take_over=True)
        await house.press("enter")
        await house.until("B takes it over")
        # Nobody types in vain in a batch that cannot be changed.
        await house.press("k", "enter")
        await house.until("has this batch; B takes it over.")
        assert "Esc close" not in house.text
        other.close()
        # The other has gone: the batch is ours again, and the editor goes on with what was typed.
        await house.press("enter")
        await house.until("Esc close")
        assert "55" in house.line_with("[")


async def test_review_resends_the_rest_of_a_refused_batch_and_the_history_shows_it(tmp_path: Path) -> None:
    async with housed(tmp_path / "data", ticking=True) as house:
        await enter(house)
        await stage(house, 4)

        async def handle(request: httpx.Request, send: Send) -> httpx.Response:
            sent = [one["order_id"] for one in json.loads(request.content)]
            if "T1" not in sent:
                return await send(request)
            return refusal((f"/data/attributes/[{sent.index('T1')}]/order_id", "Not T1"))

        house.interceptor.intercept("POST", handle)
        await review(house)
        assert "none of its orders are sent" in house.text
        await house.press("c")
        assert "the orders without errors are sent again" in house.text
        await house.press("y")
        await house.until("2 requests, 1 of them refused: 3 accepted, 1 refused of 4 orders")
        await house.until(lambda: house.app.workspace.staging.counts()[SendState.VERIFIED] == 3)
        house.app.workspace.go(OpenHistory())
        await house.until(lambda: isinstance(house.app.screen, HistoryScreen))
        await house.until("3 verified")
        assert "3 not sent" in house.text
        await house.press("j", "enter")
        await house.until(lambda: isinstance(house.app.screen, PageScreen))
        assert "Not T1" in house.text
        await house.press("q", "X", "ctrl+u")
        await house.type(str(tmp_path / "h.jsonl"))
        await house.press("enter")
        await house.until("7 orders of requests, for your eyes only")
        outcomes = [json.loads(line)["outcome"] for line in (tmp_path / "h.jsonl").read_text().splitlines()]
        assert outcomes == ["not written", "refused", "not written", "not written", *["verified"] * 3]
        await house.press("v")
        await house.until(lambda: isinstance(house.app.screen, ComposerScreen))
        # What was chosen in the review is chosen there the next time.
        await stage_more(house)
        await review(house)
        assert "the orders without errors are sent again" in house.text


async def stage_more(house: House) -> None:
    add_json(house.app.workspace.staging, json.dumps([order(order_id="U1"), order(order_id="U2")]))
    await house.app.workspace.staging.look()


async def test_sending_is_paused_and_cancelled_by_keys(tmp_path: Path) -> None:
    async with housed(tmp_path / "data", ticking=True) as house:
        await enter(house)
        await stage(house, 150)
        go = asyncio.Event()

        async def handle(request: httpx.Request, send: Send) -> httpx.Response:
            await go.wait()
            return await send(request)

        house.interceptor.intercept("POST", handle)
        await review(house)
        await house.press("y")
        await house.until("150 orders in flight")
        await house.press("w")
        await house.until("Sending: 0 of 150.")
        await house.press("p")
        go.set()
        await house.until("paused, 50 of 150 to go")
        await house.press("w")
        await house.until("Paused: 100 of 150.")
        await house.press("c")
        await house.until("50 orders were not sent; what was sent stays sent")
        staging: Staging = house.app.workspace.staging
        await house.until(lambda: staging.sender.progress is None)


async def test_lookup_before_a_review_shows_progress_and_can_be_stopped(tmp_path: Path) -> None:
    async with housed(tmp_path / "data") as house:
        await enter(house)
        add_json(
            house.app.workspace.staging, json.dumps([order(order_id=f"T{n}", order_number=f"T{n}") for n in range(60)])
        )
        house.app.screen.stop_reading()
        go = asyncio.Event()
        asked = 0

        async def handle(request: httpx.Request, send: Send) -> httpx.Response:
            nonlocal asked
            asked += 1
            if asked > 30:
                await go.wait()
            return await send(request)

        house.interceptor.handler = handle
        await house.press("w")
        await house.until("Before the review looking up what exists: 25 of 60; Ctrl+C stops.")
        await house.press("ctrl+c")
        await house.until("Reading was stopped; w looks at all, r at this order.")
        go.set()
        await house.until(lambda: not house.app.workspace.staging.looking)
        assert isinstance(house.app.screen, ComposerScreen)
        await review(house)
        assert "60 orders will be written" in house.text
