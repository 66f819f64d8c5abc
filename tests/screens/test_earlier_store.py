"""The app starts on a data file written by commit 4af2c0e and continues all work in it, by keys alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from app_harness import AppHarness, open_app
from earlier_store import Session, sandbox, session_of, write_store

from tui.screens.composer.screen import ComposerScreen
from tui.screens.composer.sending import continues_after_refusal
from tui.screens.edit.screen import EditScreen
from tui.screens.journal.screen import JournalScreen
from tui.screens.order.address import AddressScreen
from tui.screens.order.json_editor import JsonScreen
from tui.screens.review.screen import ReviewScreen
from tui.screens.triage.screen import TriageScreen
from tui.widgets.dialogs import QuestionBar
from tui.widgets.grid import OrderGrid

SIZES = [(80, 24), (120, 40)]
RESUME, LATER, THIS_ORDER, SEND = "y", "l", "t", "y"
"""The keys that answer the questions about the paused job and the drafts to review, and the review itself."""
UNFINISHED_WRITES = (16, 17, 18, 19)
"""The writes without a final state."""


@asynccontextmanager
async def opened(folder: Path, place: Any = None, size: tuple[int, int] = (120, 40)) -> AsyncIterator[AppHarness]:
    """Open the app on the earlier store; the clock runs, since orders are verified."""
    write_store(folder / "data", place)
    service = sandbox()
    try:
        async with open_app(folder / "data", sandbox=service, size=size, ticking=True) as harness:
            yield harness
    finally:
        service.close()


def asked(harness: AppHarness) -> bool:
    """Return whether the question about the paused job is open on any screen."""
    bars = [screen.query(QuestionBar) for screen in harness.app.screen_stack]
    return any(bar.is_open for found in bars for bar in found)


async def at(harness: AppHarness, screen: type) -> Session:
    """Wait for this screen and for the question about the job, which is answered with *later*."""
    await harness.until(lambda: isinstance(harness.app.screen, screen) and asked(harness))
    if "4 of 8" in harness.text:
        await harness.press(LATER)
    return session_of(harness.app)


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_opens_with_the_typed_text_and_the_draft_is_sent(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, size=size) as harness:
        earlier = await at(harness, EditScreen)
        assert "N-700001" in harness.text
        assert "Jan Klaassen junior" in harness.text
        assert "Den Bosch" in harness.text
        await harness.press("enter", "enter")
        assert earlier.changed("700001")["/shipping_address/name"] == "Jan Klaassen junior"
        assert earlier.typed("700001") == {}
        await harness.press("w", THIS_ORDER)
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert "Jan Klaassen junior" in harness.text
        await harness.press(SEND)
        await harness.until(lambda: "700001" not in earlier.draft_ids())
        assert (await harness.order("700001"))["shipping_address"]["name"] == "Jan Klaassen junior"


async def test_start_offers_the_paused_job_which_finishes_all_open_writes(tmp_path: Path) -> None:
    async with opened(tmp_path) as harness:
        await harness.until("4 of 8")
        await harness.press(RESUME)
        earlier = session_of(harness.app)
        await harness.until(lambda: not any(job.stage.name in ("PAUSED", "RUNNING") for job in earlier.jobs.recent()))
        for number in range(700021, 700029):
            assert (await harness.order(str(number)))["order_details"]["status"]["code"] == "on_hold"
        states = ("CONFIRMED", "VERIFIED")
        await harness.until(lambda: all(earlier.write_states()[number][1] in states for number in UNFINISHED_WRITES))
        assert [earlier.status(id) for id in ("700007", "700008", "700015")] == ["VERIFIED"] * 3


@pytest.mark.parametrize("size", SIZES)
async def test_the_composer_opens_at_its_order_with_the_typed_text(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, {"screen": "composer"}, size) as harness:
        earlier = await at(harness, ComposerScreen)
        assert "B-8" in harness.lines[0]
        assert "Hans Inkt of Oss" in harness.text
        await harness.until(lambda: earlier.statuses()["B-7"] == earlier.statuses()["B-2"] == "VERIFIED")
        assert harness.app.screen.table.marks == {earlier.staged(number).id for number in ("B-4", "B-6")}  # type: ignore[attr-defined]
        await harness.press("enter", "enter")
        assert earlier.value("B-8", "/shipping_address/name") == "Hans Inkt of Oss"
        assert continues_after_refusal(harness.app.workspace.account)
        await harness.press("escape", "v", "v")
        columns = ["order_number", "shipping_address/city", "order_details/notes"]
        await harness.until(
            lambda: [column.key for column in harness.app.screen.query_one(OrderGrid).columns][-3:] == columns
        )


async def test_the_list_opens_with_its_filter_mark_and_cursor(tmp_path: Path) -> None:
    async with opened(tmp_path, {"screen": "triage"}) as harness:
        await at(harness, TriageScreen)
        await harness.until("N-700033")
        assert harness.line_with("N-70").startswith(" / N-70")
        assert "B-10" not in harness.text
        screen: Any = harness.app.screen
        assert screen.table.marks == {"700033"}
        await harness.until(lambda: screen.table.cursor_key == "700032")


async def test_the_journal_shows_all_writes_and_undoes_one(tmp_path: Path) -> None:
    async with opened(tmp_path, {"screen": "journal"}) as harness:
        earlier = await at(harness, JournalScreen)
        await harness.until("N-700004")
        orders = {"B-1", "B-2", "B-7", *(f"N-7000{n:02}" for n in (4, 5, 6, 7, 8, 15, *range(21, 25), 33, 34, 35))}
        assert {order for order in orders if harness.line_with(f" {order} ")} == orders
        await harness.press("/")
        await harness.type("N-700004")
        await harness.press("enter")
        await harness.until(lambda: not harness.line_with(" B-1 "))
        await harness.press("u")
        await harness.until(lambda: "700004" in earlier.draft_ids())
        assert earlier.changed("700004")["/shipping_address/city"] == "Oss"


async def test_texts_left_in_the_json_editor_and_the_address_screen_are_restored(tmp_path: Path) -> None:
    async with opened(tmp_path, {"screen": "edit", "order": "700003"}) as harness:
        earlier = await at(harness, EditScreen)
        await harness.until("N-700003")
        await harness.press("A")
        await harness.until(lambda: isinstance(harness.app.screen, AddressScreen))
        await harness.until("Wim Vos")
        await harness.press("escape")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen))
        await harness.press("E")
        await harness.until(lambda: isinstance(harness.app.screen, JsonScreen))
        await harness.until("Oss-Noord")
        await harness.press("w")
        await harness.until(lambda: "700003" in earlier.draft_ids())
        assert earlier.changed("700003") == {"/shipping_address/city": "Oss-Noord"}
