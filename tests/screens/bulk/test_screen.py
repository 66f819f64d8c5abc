"""The same change over many orders by keys alone: recipe, dry run, review, sending, results, and the next start."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from app_harness import NOW, House, housed
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


async def opened(house: House) -> None:
    await house.until(lambda: isinstance(house.app.screen, TriageScreen) and house.app.workspace.orders.keys)


async def to_hold(house: House) -> None:
    """From the marks to the dry run of *hold*."""
    await house.press(";", "c")
    await house.type("order_details/status/code")
    await house.press("enter")
    await house.until(lambda: isinstance(house.app.screen, BulkScreen) and house.app.screen.sheet.editing)
    await house.type("on_hold")
    await house.press("enter")
    await house.press("t")
    await house.type("hold")
    await house.press("tab", "tab")
    await house.until(lambda: "+hold" in house.text and bulk(house).job.waiting)


def bulk(house: House) -> BulkScreen:
    screen = next(screen for screen in house.app.open_screens if isinstance(screen, BulkScreen))
    assert isinstance(screen, BulkScreen)
    return screen


class Gate:
    """Lets so many readings of an order through, and no more; each order is read three times on its way."""

    def __init__(self, house: House) -> None:
        self._left = asyncio.Semaphore(0)
        client = house.app.workspace.account.client
        real = client.get_order

        async def through(id: str) -> Any:
            await self._left.acquire()
            return await real(id)

        client.get_order = through  # type: ignore[method-assign]

    def let(self, count: int) -> None:
        for _ in range(count):
            self._left.release()


def states(house: House) -> dict[str, int]:
    return {str(state): count for state, count in bulk(house).job.counts.items()}


def writes(house: House) -> int:
    return len(house.app.workspace.account.store.writes.all(house.app.workspace.account.account_id, limit=-1))


async def status(house: House, number: int) -> Any:
    order = await house.order(str(700000 + number))
    return STATUS.get(order), TAGS.get(order)


@pytest.mark.parametrize("size", SIZES)
async def test_from_marks_to_results(tmp_path: Path, size: tuple[int, int]) -> None:
    async with housed(tmp_path, sandbox=planted(), size=size) as house:
        await opened(house)
        await house.press("*", "a")
        await to_hold(house)
        assert states(house) == {"ready": COUNT}
        assert "status fulfilled → on_hold; tags +hold" in house.text
        assert "PATCH: 8 writes, 24 reads" in house.text
        await house.press("tab", "space")
        assert states(house) == {"ready": COUNT - 1, "held": 1}
        left_out = next(one.id for one in bulk(house).job.orders.values() if one.state is SendState.HELD)

        await house.press("v")
        await house.until('"code": "on_hold"')
        await house.press("q", "S")
        await house.type("hold")
        await house.press("enter")
        await house.until("Saved as hold")
        assert writes(house) == 0

        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        await house.until("7 orders will be written")
        assert "Not sent: 1 held." in house.text
        await house.press("enter", "space", "n")
        assert writes(house) == 0
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        await house.until("7 orders will be written")
        await house.press("y")
        await house.until(lambda: bulk(house).job.stage is JobStage.DONE)
        assert states(house) == {"verified": COUNT - 1, "held": 1}
        await house.until("7 of 7 · 7 verified")
        assert writes(house) == COUNT - 1
        for number in range(COUNT):
            wanted = "fulfilled" if str(700000 + number) == left_out else "on_hold"
            assert (await status(house, number))[0] == wanted

        await house.press("l", "l")
        table = bulk(house).table
        assert table.row_count == 1
        assert bulk(house).job.orders[table.cursor_key or ""].state is SendState.HELD
        await house.press("enter")
        await house.until(lambda: isinstance(house.app.screen, EditScreen))
        await house.press("q")
        await house.press("R")
        await house.until("1 would change now")
        await house.press("w")
        await house.until("1 order will be written")
        await house.press("y")
        await house.until(lambda: states(house) == {"verified": COUNT})
        assert await status(house, int(left_out) - 700000) == ("on_hold", ["fragile", "gift", "hold"])


async def test_saved_change_is_chosen_by_name_and_the_last_one_repeated(tmp_path: Path) -> None:
    async with housed(tmp_path, sandbox=planted()) as house:
        await opened(house)
        await house.press("space", "space")
        await to_hold(house)
        await house.press("S")
        await house.type("hold")
        await house.press("enter", "q")
        # On the order under the cursor it is a draft, in one step.
        await house.press("c")
        await house.type("hold")
        await house.press("enter")
        await house.until("Drafted: hold.")
        (draft,) = house.app.workspace.account.drafts.all()
        assert {str(change.now) for change in draft.edit.changes()} == {"on_hold", "['fragile', 'gift', 'hold']"}
        await house.press("u")
        assert house.app.workspace.account.drafts.all() == []
        await house.press("j", ".")
        await house.until("Drafted: hold.")
        await house.press(".")
        await house.until("Already set")
        # On many it is the dry run at once.
        await house.press(";", ".")
        await house.until(lambda: isinstance(house.app.screen, BulkScreen))
        await house.until(lambda: states(house) == {"ready": 2})
        assert writes(house) == 0


async def test_field_of_one_order_becomes_a_draft(tmp_path: Path) -> None:
    async with housed(tmp_path, sandbox=planted()) as house:
        await opened(house)
        await house.press("c")
        await house.type("every item hs")
        await house.press("enter")
        await house.type("010130")
        await house.press("enter")
        await house.until("Drafted: items' HS code 010130.")
        (draft,) = house.app.workspace.account.drafts.all()
        assert [str(change.pointer)[-16:] for change in draft.edit.changes()] == [
            "er_items/0/hs_code",
            "er_items/1/hs_code",
        ] or len(list(draft.edit.changes())) == 2
        await house.press("u", "t")
        await house.type("vip")
        await house.press("tab")
        await house.type("gift")
        await house.press("tab")
        await house.until("Drafted: tags +vip -gift.")
        (draft,) = house.app.workspace.account.drafts.all()
        assert TAGS.get(draft.edit.document) == ["fragile", "vip"]
        await house.press("t", "escape")
        assert isinstance(house.app.screen, TriageScreen)


async def test_typed_value_of_a_field_is_kept(tmp_path: Path) -> None:
    async with housed(tmp_path, sandbox=planted()) as house:
        await opened(house)
        order_id = house.app.screen.table.cursor_key
        await house.press("c")
        await house.type("ship to city")
        await house.press("enter")
        await house.type("Half a to")
        await house.press("escape")
        assert (
            house.app.workspace.account.drafts.typed(order_id)[Pointer.of("shipping_address", "city")] == "OssHalf a to"
        )


async def test_without_marks_all_orders_of_the_filter_are_offered(tmp_path: Path) -> None:
    async with housed(tmp_path, sandbox=planted()) as house:
        await opened(house)
        await house.press(";")
        await house.until("None marked. On all 8:")
        await house.press("t")
        await house.until(lambda: isinstance(house.app.screen, BulkScreen) and house.app.screen.sheet.editing)
        await house.type("hold")
        await house.press("tab", "tab")
        await house.until(lambda: states(house) == {"ready": COUNT})
        assert "all of this filter" in house.text


async def test_fields_are_added_removed_and_limited_to_empty(tmp_path: Path) -> None:
    async with housed(tmp_path, sandbox=planted()) as house:
        await opened(house)
        await house.press("*", "a", ";", "c")
        await house.type("order_details/status/code")
        await house.press("enter")
        await house.type("on_hold")
        await house.press("enter", "e")
        await house.until("only where empty")
        await house.until(lambda: states(house) == {"unchanged": COUNT})
        await house.press("w")
        await house.until("Nothing would be sent")
        await house.press("e")
        await house.until(lambda: states(house) == {"ready": COUNT})
        await house.press("g", "D")
        await house.until(lambda: states(house) == {"unchanged": COUNT})
        await house.press("a")
        await house.type("customer note")
        await house.press("enter", "escape", "c")
        await house.until("becomes")
        await house.press("n")
        await house.until(lambda: states(house) == {"ready": COUNT})
        assert "Ring twice → · null ·" in house.text


async def test_full_orders_are_sent_as_upsert(tmp_path: Path) -> None:
    async with housed(tmp_path, sandbox=planted(), size=(160, 45), ticking=True) as house:
        await opened(house)
        await house.press("*", "a")
        await to_hold(house)
        await house.press("o")
        await house.until("whole: 1 write, 24 reads")
        await house.press("w")
        await house.until("8 whole orders in one request")
        assert "what the service keeps beside what it shows may be lost" in house.text
        await house.press("v")
        await house.until("POST /orders")
        await house.press("y")
        await house.until(lambda: states(house).get("verified") == COUNT)
        assert writes(house) == 1
        assert await status(house, 0) == ("on_hold", ["fragile", "gift", "hold"])


async def test_job_pauses_resumes_and_is_cancelled_between_orders(tmp_path: Path) -> None:
    async with housed(tmp_path, sandbox=planted(24)) as house:
        await opened(house)
        await house.press("*", "a")
        await to_hold(house)
        gate = Gate(house)
        await house.press("w")
        await house.until("24 orders will be written")
        await house.press("y")
        gate.let(10)
        await house.until(lambda: bulk(house).job.gone > 1)
        await house.press("z")
        assert bulk(house).job.stage is JobStage.PAUSED
        gate.let(30)
        await house.until(lambda: not house.app.workspace.jobs.running)
        paused_at = bulk(house).job.gone
        assert paused_at < 24
        assert writes(house) == paused_at
        await house.press("z")
        gate.let(3)
        await house.until(lambda: bulk(house).job.gone > paused_at)
        # Leaving the screen leaves it running, and the list of orders counts.
        await house.press("q")
        await house.until("change: ")
        await house.press("C", "enter")
        await house.press("ctrl+c")
        await house.until("Cancel? ")
        await house.press("enter")
        assert bulk(house).job.stage is JobStage.RUNNING
        await house.press("y")
        await house.until("Cancelled: ")
        gate.let(100)
        await house.until(lambda: not house.app.workspace.jobs.running)
        sent = bulk(house).job.counts[SendState.VERIFIED]
        assert sent < 24
        assert bulk(house).job.counts[SendState.NOT_SENT] == 24 - sent
        assert writes(house) == sent


@pytest.mark.parametrize(("answer", "size"), [("y", SIZES[0]), ("l", SIZES[1]), ("d", SIZES[0])])
async def test_next_start_asks_about_resuming(tmp_path: Path, answer: str, size: tuple[int, int]) -> None:
    sandbox = planted(16)
    async with housed(tmp_path, sandbox=sandbox) as house:
        await opened(house)
        await house.press("*", "a")
        await to_hold(house)
        gate = Gate(house)
        await house.press("w")
        await house.until("16 orders will be written")
        await house.press("y")
        gate.let(11)
        await house.until(lambda: bulk(house).job.gone > 2)
    async with housed(tmp_path, sandbox=sandbox, size=size) as house:
        await house.until("of 16 sent. Resume")
        (job,) = house.app.workspace.jobs.left()
        gone = job.gone
        assert 0 < gone < 16
        await house.press("enter", answer)
        if answer == "l":
            await house.press("C")
            await house.until(lambda: isinstance(house.app.screen, JobsScreen))
            await house.press("enter", "z")
        if answer == "d":
            await house.press("C", "enter")
            await house.until(lambda: isinstance(house.app.screen, BulkScreen))
            assert bulk(house).job.stage is JobStage.CANCELLED
            assert writes(house) <= gone
            return
        await house.until(lambda: states(house).get("verified") == 16)
        assert writes(house) == 16


async def test_empty_change_leaves_nothing_behind(tmp_path: Path) -> None:
    async with housed(tmp_path, sandbox=planted()) as house:
        await opened(house)
        await house.press("space", ";", "t", "escape", "q")
        assert isinstance(house.app.screen, TriageScreen)
        assert house.app.workspace.jobs.recent() == []
        await house.press("C")
        await house.until("No change over many orders yet")


async def test_results_are_reopened_and_removed(tmp_path: Path) -> None:
    async with housed(tmp_path, sandbox=planted()) as house:
        await opened(house)
        await house.press("space")
        await to_hold(house)
        await house.press("q", "C")
        await house.until("1 ready")
        await house.press("D", "y")
        await house.until("No change over many orders yet")


async def test_read_only_account_reviews_and_sends_nothing(tmp_path: Path) -> None:
    async with housed(tmp_path, sandbox=planted(), read_only=True) as house:
        await opened(house)
        await house.press("space")
        await to_hold(house)
        await house.press("w")
        await house.until("nothing can be sent")
        await house.press("y")
        assert writes(house) == 0
