"""The app starts on a data file that commit 4af2c0e wrote, and goes on with all that was left in it, by keys alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from app_harness import House, housed
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
"""The answers to the question about the paused job, to which drafts are reviewed, and in the review."""
LEFT_OPEN = (16, 17, 18, 19)
"""The writes that had no end."""


@asynccontextmanager
async def opened(folder: Path, place: Any = None, size: tuple[int, int] = (120, 40)) -> AsyncIterator[House]:
    """The app on the earlier store; time goes on, since orders are followed."""
    write_store(folder / "data", place)
    service = sandbox()
    try:
        async with housed(folder / "data", sandbox=service, size=size, ticking=True) as house:
            yield house
    finally:
        service.close()


def asked(house: House) -> bool:
    """Whether the question about the paused job is open on any screen."""
    bars = [screen.query(QuestionBar) for screen in house.app.screen_stack]
    return any(bar.is_open for found in bars for bar in found)


async def at(house: House, screen: type) -> Session:
    """Wait for this screen in front and for the question about the job, which is answered with later if it is there."""
    await house.until(lambda: isinstance(house.app.screen, screen) and asked(house))
    if "4 of 8" in house.text:
        await house.press(LATER)
    return session_of(house.app)


@pytest.mark.parametrize("size", SIZES)
async def test_the_form_opens_with_the_typed_text_and_the_draft_is_sent(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, size=size) as house:
        earlier = await at(house, EditScreen)
        assert "N-700001" in house.text
        assert "Jan Klaassen junior" in house.text
        assert "Den Bosch" in house.text
        await house.press("enter", "enter")
        assert earlier.changed("700001")["/shipping_address/name"] == "Jan Klaassen junior"
        assert earlier.typed("700001") == {}
        await house.press("w", THIS_ORDER)
        await house.until(lambda: isinstance(house.app.screen, ReviewScreen))
        assert "Jan Klaassen junior" in house.text
        await house.press(SEND)
        await house.until(lambda: "700001" not in earlier.draft_ids())
        assert (await house.order("700001"))["shipping_address"]["name"] == "Jan Klaassen junior"


async def test_the_start_offers_the_paused_job_which_finishes_and_ends_what_was_open(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        await house.until("4 of 8")
        await house.press(RESUME)
        earlier = session_of(house.app)
        await house.until(lambda: not any(job.stage.name in ("PAUSED", "RUNNING") for job in earlier.jobs.recent()))
        for number in range(700021, 700029):
            assert (await house.order(str(number)))["order_details"]["status"]["code"] == "on_hold"
        states = ("CONFIRMED", "VERIFIED")
        await house.until(lambda: all(earlier.write_states()[number][1] in states for number in LEFT_OPEN))
        assert [earlier.status(id) for id in ("700007", "700008", "700015")] == ["VERIFIED"] * 3


@pytest.mark.parametrize("size", SIZES)
async def test_the_composer_opens_at_its_order_with_the_typed_text(tmp_path: Path, size: tuple[int, int]) -> None:
    async with opened(tmp_path, {"screen": "composer"}, size) as house:
        earlier = await at(house, ComposerScreen)
        assert "B-8" in house.lines[0]
        assert "Hans Inkt of Oss" in house.text
        await house.until(lambda: earlier.statuses()["B-7"] == earlier.statuses()["B-2"] == "VERIFIED")
        assert house.app.screen.table.marks == {earlier.staged(number).id for number in ("B-4", "B-6")}  # type: ignore[attr-defined]
        await house.press("enter", "enter")
        assert earlier.value("B-8", "/shipping_address/name") == "Hans Inkt of Oss"
        assert continues_after_refusal(house.app.workspace.account)
        await house.press("escape", "v", "v")
        columns = ["order_number", "shipping_address/city", "order_details/notes"]
        await house.until(
            lambda: [column.key for column in house.app.screen.query_one(OrderGrid).columns][-3:] == columns
        )


async def test_the_list_opens_with_its_filter_mark_and_cursor(tmp_path: Path) -> None:
    async with opened(tmp_path, {"screen": "triage"}) as house:
        await at(house, TriageScreen)
        await house.until("N-700033")
        assert house.line_with("N-70").startswith(" / N-70")
        assert "B-10" not in house.text
        screen: Any = house.app.screen
        assert screen.table.marks == {"700033"}
        await house.until(lambda: screen.table.cursor_key == "700032")


async def test_the_journal_shows_all_writes_and_undoes_one(tmp_path: Path) -> None:
    async with opened(tmp_path, {"screen": "journal"}) as house:
        earlier = await at(house, JournalScreen)
        await house.until("N-700004")
        orders = {"B-1", "B-2", "B-7", *(f"N-7000{n:02}" for n in (4, 5, 6, 7, 8, 15, *range(21, 25), 33, 34, 35))}
        assert {order for order in orders if house.line_with(f" {order} ")} == orders
        await house.press("/")
        await house.type("N-700004")
        await house.press("enter")
        await house.until(lambda: not house.line_with(" B-1 "))
        await house.press("u")
        await house.until(lambda: "700004" in earlier.draft_ids())
        assert earlier.changed("700004")["/shipping_address/city"] == "Oss"


async def test_texts_left_in_the_json_editor_and_the_address_screen_are_there(tmp_path: Path) -> None:
    async with opened(tmp_path, {"screen": "edit", "order": "700003"}) as house:
        earlier = await at(house, EditScreen)
        await house.until("N-700003")
        await house.press("A")
        await house.until(lambda: isinstance(house.app.screen, AddressScreen))
        await house.until("Wim Vos")
        await house.press("escape")
        await house.until(lambda: isinstance(house.app.screen, EditScreen))
        await house.press("E")
        await house.until(lambda: isinstance(house.app.screen, JsonScreen))
        await house.until("Oss-Noord")
        await house.press("w")
        await house.until(lambda: "700003" in earlier.draft_ids())
        assert earlier.changed("700003") == {"/shipping_address/city": "Oss-Noord"}
