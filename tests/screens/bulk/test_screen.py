"""One change on many orders by keys alone: form, dry run, review, sending, results, and the next start."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from app_harness import NOW, AppHarness, open_app
from sandbox_harness import ORDER

from tui.api.pointer import Pointer
from tui.orders.paths import STATUS, TAGS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.bulk.jobs import JobsScreen
from tui.screens.bulk.screen import BulkScreen
from tui.screens.edit.screen import EditScreen
from tui.screens.review.screen import ReviewScreen
from tui.screens.triage.screen import TriageScreen
from tui.work.bulk.job import JobStage
from tui.work.writes.send_state import SendState

COUNT = 8
SIZES = [(80, 24), (160, 45)]


def planted(count: int = COUNT) -> Sandbox:
    orders = tuple(
        json.dumps({**ORDER, "id": str(700000 + n), "order_id": f"o{n}", "order_number": f"NL-{n}"}).encode()
        for n in range(count)
    )
    return Sandbox(SandboxSettings(orders=0, settle=0.1, now=NOW, plant=orders))


async def opened(harness: AppHarness) -> None:
    await harness.until(lambda: isinstance(harness.app.screen, TriageScreen) and "all read" in harness.text)


async def to_hold(harness: AppHarness) -> None:
    """Go from the marked orders to the dry run of *hold*."""
    await harness.press(";", "c")
    await harness.type("order_details/status/code")
    await harness.press("enter")
    await harness.until(lambda: isinstance(harness.app.screen, BulkScreen) and harness.app.screen.sheet.editing)
    await harness.type("on_hold")
    await harness.press("enter")
    await harness.press("t")
    await harness.type("hold")
    await harness.press("tab", "tab")
    await harness.until(lambda: "+hold" in harness.text and bulk(harness).job.waiting)


def bulk(harness: AppHarness) -> BulkScreen:
    screen = next(screen for screen in harness.app.open_screens if isinstance(screen, BulkScreen))
    assert isinstance(screen, BulkScreen)
    return screen


class HeldWrites:
    """Allow this many reads of single orders and block the others; each order is read three times when it is sent."""

    def __init__(self, harness: AppHarness) -> None:
        self._left = asyncio.Semaphore(0)
        client = harness.app.workspace.account.client
        real = client.get_order

        async def through(id: str) -> Any:
            await self._left.acquire()
            return await real(id)

        client.get_order = through  # type: ignore[method-assign]

    def let(self, count: int) -> None:
        for _ in range(count):
            self._left.release()


def states(harness: AppHarness) -> dict[str, int]:
    return {str(state): count for state, count in bulk(harness).job.counts.items()}


def writes(harness: AppHarness) -> int:
    return len(harness.app.workspace.account.store.writes.all(harness.app.workspace.account.account_id, limit=-1))


async def status(harness: AppHarness, number: int) -> Any:
    order = await harness.order(str(700000 + number))
    return STATUS.get(order), TAGS.get(order)


@pytest.mark.parametrize("size", SIZES)
async def test_from_marks_to_results(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, sandbox=planted(), size=size) as harness:
        await opened(harness)
        await harness.press("*", "a")
        await to_hold(harness)
        assert states(harness) == {"ready": COUNT}
        assert "status fulfilled → on_hold; tags +hold" in harness.text
        assert "PATCH: 8 writes, 24 reads" in harness.text
        await harness.press("tab", "space")
        assert states(harness) == {"ready": COUNT - 1, "held": 1}
        left_out = next(order.id for order in bulk(harness).job.orders.values() if order.state is SendState.HELD)

        await harness.press("v")
        await harness.until('"code": "on_hold"')
        await harness.press("q", "S")
        await harness.type("hold")
        await harness.press("enter")
        await harness.until("Saved as hold")
        assert writes(harness) == 0

        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        await harness.until("7 orders will be written")
        assert "Not sent: 1 held." in harness.text
        await harness.press("enter", "space", "n")
        assert writes(harness) == 0
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        await harness.until("7 orders will be written")
        await harness.press("y")
        await harness.until(lambda: bulk(harness).job.stage is JobStage.DONE)
        assert states(harness) == {"verified": COUNT - 1, "held": 1}
        await harness.until("7 of 7 · 7 verified")
        assert writes(harness) == COUNT - 1
        for number in range(COUNT):
            expected = "fulfilled" if str(700000 + number) == left_out else "on_hold"
            assert (await status(harness, number))[0] == expected

        await harness.press("l", "l")
        table = bulk(harness).table
        assert table.row_count == 1
        assert bulk(harness).job.orders[table.cursor_key or ""].state is SendState.HELD
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen))
        await harness.press("q")
        await harness.press("R")
        await harness.until("1 would change now")
        await harness.press("w")
        await harness.until("1 order will be written")
        await harness.press("y")
        await harness.until(lambda: states(harness) == {"verified": COUNT})
        assert await status(harness, int(left_out) - 700000) == ("on_hold", ["fragile", "gift", "hold"])


async def test_saved_change_is_chosen_by_name_and_the_last_one_repeated(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted()) as harness:
        await opened(harness)
        await harness.press("space", "space")
        await to_hold(harness)
        await harness.press("S")
        await harness.type("hold")
        await harness.press("enter", "q")
        # On the order under the cursor it makes a draft, in one step.
        await harness.press("c")
        await harness.type("hold")
        await harness.press("enter")
        await harness.until("Drafted: hold.")
        (draft,) = harness.app.workspace.account.drafts.all()
        assert {str(change.now) for change in draft.edit.changes()} == {"on_hold", "['fragile', 'gift', 'hold']"}
        await harness.press("u")
        assert harness.app.workspace.account.drafts.all() == []
        await harness.press("j", ".")
        await harness.until("Drafted: hold.")
        await harness.press(".")
        await harness.until("Already set")
        # On several orders it opens the dry run at once.
        await harness.press(";", ".")
        await harness.until(lambda: isinstance(harness.app.screen, BulkScreen))
        await harness.until(lambda: states(harness) == {"ready": 2})
        assert writes(harness) == 0


async def test_field_of_one_order_becomes_a_draft(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted()) as harness:
        await opened(harness)
        await harness.press("c")
        await harness.type("every item hs")
        await harness.press("enter")
        await harness.type("010130")
        await harness.press("enter")
        await harness.until("Drafted: items' HS code 010130.")
        (draft,) = harness.app.workspace.account.drafts.all()
        assert [str(change.pointer)[-16:] for change in draft.edit.changes()] == [
            "er_items/0/hs_code",
            "er_items/1/hs_code",
        ] or len(list(draft.edit.changes())) == 2
        await harness.press("u", "t")
        await harness.type("vip")
        await harness.press("tab")
        await harness.type("gift")
        await harness.press("tab")
        await harness.until("Drafted: tags +vip -gift.")
        (draft,) = harness.app.workspace.account.drafts.all()
        assert TAGS.get(draft.edit.document) == ["fragile", "vip"]
        await harness.press("t", "escape")
        assert isinstance(harness.app.screen, TriageScreen)


async def test_typed_value_of_a_field_is_kept(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted()) as harness:
        await opened(harness)
        order_id = harness.app.screen.table.cursor_key
        await harness.press("c")
        await harness.type("ship to city")
        await harness.press("enter")
        await harness.type("Half a to")
        await harness.press("escape")
        assert (
            harness.app.workspace.account.drafts.typed(order_id)[Pointer.of("shipping_address", "city")]
            == "OssHalf a to"
        )


async def test_without_marks_all_orders_of_the_filter_are_offered(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted()) as harness:
        await opened(harness)
        await harness.press(";")
        await harness.until("None marked. On all 8:")
        await harness.press("t")
        await harness.until(lambda: isinstance(harness.app.screen, BulkScreen) and harness.app.screen.sheet.editing)
        await harness.type("hold")
        await harness.press("tab", "tab")
        await harness.until(lambda: states(harness) == {"ready": COUNT})
        assert "all of this filter" in harness.text


async def test_fields_are_added_removed_and_limited_to_empty(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted()) as harness:
        await opened(harness)
        await harness.press("*", "a", ";", "c")
        await harness.type("order_details/status/code")
        await harness.press("enter")
        await harness.type("on_hold")
        await harness.press("enter", "e")
        await harness.until("only where empty")
        await harness.until(lambda: states(harness) == {"unchanged": COUNT})
        await harness.press("w")
        await harness.until("Nothing would be sent")
        await harness.press("e")
        await harness.until(lambda: states(harness) == {"ready": COUNT})
        await harness.press("g", "D")
        await harness.until(lambda: states(harness) == {"unchanged": COUNT})
        await harness.press("a")
        await harness.type("customer note")
        await harness.press("enter", "escape", "c")
        await harness.until("becomes")
        await harness.press("n")
        await harness.until(lambda: states(harness) == {"ready": COUNT})
        assert "Ring twice → · null ·" in harness.text


async def test_full_orders_are_sent_as_upsert(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted(), size=(160, 45), ticking=True) as harness:
        await opened(harness)
        await harness.press("*", "a")
        await to_hold(harness)
        await harness.press("o")
        await harness.until("upsert: 1 write, 24 reads")
        await harness.press("w")
        await harness.until("8 full orders in one request")
        assert "data that the API does not show may be lost" in harness.text
        await harness.press("v")
        await harness.until("POST /orders")
        await harness.press("y")
        await harness.until(lambda: states(harness).get("verified") == COUNT)
        assert writes(harness) == 1
        assert await status(harness, 0) == ("on_hold", ["fragile", "gift", "hold"])


async def test_job_pauses_resumes_and_is_cancelled_between_orders(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted(24)) as harness:
        await opened(harness)
        await harness.press("*", "a")
        await to_hold(harness)
        held_writes = HeldWrites(harness)
        await harness.press("w")
        await harness.until("24 orders will be written")
        await harness.press("y")
        held_writes.let(10)
        await harness.until(lambda: bulk(harness).job.sent_count > 1)
        await harness.press("z")
        assert bulk(harness).job.stage is JobStage.PAUSED
        held_writes.let(30)
        await harness.until(lambda: not harness.app.workspace.jobs.running)
        paused_at = bulk(harness).job.sent_count
        assert paused_at < 24
        assert writes(harness) == paused_at
        await harness.press("z")
        held_writes.let(3)
        await harness.until(lambda: bulk(harness).job.sent_count > paused_at)
        # The job keeps running when the screen is left, and the order list shows its progress.
        await harness.press("q")
        await harness.until("change: ")
        await harness.press("C", "enter")
        await harness.press("ctrl+c")
        await harness.until("Cancel? ")
        await harness.press("enter")
        assert bulk(harness).job.stage is JobStage.RUNNING
        await harness.press("y")
        await harness.until("Cancelled: ")
        held_writes.let(100)
        await harness.until(lambda: not harness.app.workspace.jobs.running)
        sent = bulk(harness).job.counts[SendState.VERIFIED]
        assert sent < 24
        assert bulk(harness).job.counts[SendState.NOT_SENT] == 24 - sent
        assert writes(harness) == sent


@pytest.mark.parametrize(("answer", "size"), [("y", SIZES[0]), ("l", SIZES[1]), ("d", SIZES[0])])
async def test_next_start_asks_about_resuming(tmp_path: Path, answer: str, size: tuple[int, int]) -> None:
    sandbox = planted(16)
    async with open_app(tmp_path, sandbox=sandbox) as harness:
        await opened(harness)
        await harness.press("*", "a")
        await to_hold(harness)
        held_writes = HeldWrites(harness)
        await harness.press("w")
        await harness.until("16 orders will be written")
        await harness.press("y")
        held_writes.let(11)
        await harness.until(lambda: bulk(harness).job.sent_count > 2)
    async with open_app(tmp_path, sandbox=sandbox, size=size) as harness:
        await harness.until("of 16 sent. Resume")
        (job,) = harness.app.workspace.jobs.unfinished()
        removed = job.sent_count
        assert 0 < removed < 16
        await harness.press("enter", answer)
        if answer == "l":
            await harness.press("C")
            await harness.until(lambda: isinstance(harness.app.screen, JobsScreen))
            await harness.press("enter", "z")
        if answer == "d":
            await harness.press("C", "enter")
            await harness.until(lambda: isinstance(harness.app.screen, BulkScreen))
            assert bulk(harness).job.stage is JobStage.CANCELLED
            assert writes(harness) <= removed
            return
        await harness.until(lambda: states(harness).get("verified") == 16)
        assert writes(harness) == 16


async def test_empty_change_leaves_nothing_behind(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted()) as harness:
        await opened(harness)
        await harness.press("space", ";", "t", "escape", "q")
        assert isinstance(harness.app.screen, TriageScreen)
        assert harness.app.workspace.jobs.recent() == []
        await harness.press("C")
        await harness.until("No bulk changes yet")


async def test_results_are_reopened_and_removed(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted()) as harness:
        await opened(harness)
        await harness.press("space")
        await to_hold(harness)
        await harness.press("q", "C")
        await harness.until("1 ready")
        await harness.press("D", "y")
        await harness.until("No bulk changes yet")


async def test_read_only_account_reviews_and_sends_nothing(tmp_path: Path) -> None:
    async with open_app(tmp_path, sandbox=planted(), read_only=True) as harness:
        await opened(harness)
        await harness.press("space")
        await to_hold(harness)
        await harness.press("w")
        await harness.until("nothing can be sent")
        await harness.press("y")
        assert writes(harness) == 0
