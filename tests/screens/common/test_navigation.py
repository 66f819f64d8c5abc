"""Navigation: open screens are raised, unanswered questions are dismissed, and the last screen is stored."""

from pathlib import Path
from typing import Any

import pytest
from app_harness import AppHarness, open_app

from tui.screens.common.routes import EditOrder, OpenComposer, OpenJournal, OpenTriage, Place, ShowText, SwitchBack
from tui.screens.common.screen import BaseScreen
from tui.screens.common.search_screen import SearchScreen
from tui.screens.composer.screen import ComposerScreen
from tui.screens.triage.screen import TriageScreen


def dialogs(screen: BaseScreen[Any]) -> list[str]:
    """Return the dialogs of a screen that wait for an answer."""
    return [worker.name for worker in screen.workers if worker.group == "dialog" and worker.is_running]


async def triage(harness: AppHarness) -> TriageScreen:
    await harness.until("all read")
    screen = harness.app.screen
    assert isinstance(screen, TriageScreen)
    return screen


async def test_an_open_screen_is_raised_and_what_is_above_it_ends_without_a_value(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        screen = await triage(harness)
        await harness.press("c")
        await harness.until(lambda: isinstance(harness.app.screen, SearchScreen))
        assert dialogs(screen)
        harness.app.workspace.go(ShowText("above", "it"))
        harness.app.workspace.go(OpenTriage())
        await harness.until(lambda: harness.app.screen is screen and not dialogs(screen))
        assert harness.app.workspace.account.drafts.all() == []
        await harness.press("j")
        assert screen.table.cursor == 1


async def test_a_screen_is_opened_once(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        screen = await triage(harness)
        harness.app.workspace.go(OpenComposer())
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen) and harness.app.screen.is_ready)
        composer = harness.app.screen
        harness.app.workspace.go(OpenJournal())
        await harness.until("JOURNAL")
        harness.app.workspace.go(OpenComposer())
        await harness.until(lambda: harness.app.screen is composer)
        harness.app.workspace.go(SwitchBack())
        await harness.until(lambda: harness.app.screen is screen)
        harness.app.workspace.go(SwitchBack())
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen) and harness.app.screen.is_ready)


async def test_a_question_that_another_one_replaces_is_answered_with_none(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        screen = await triage(harness)
        answers: list[str | None] = []

        async def ask(text: str) -> None:
            answers.append(await screen.ask(text, [("y", "yes")]))

        screen.run_dialog(ask("first?"))
        await harness.until("first?")
        screen.run_dialog(ask("second?"))
        await harness.until("second?")
        await harness.press("y")
        assert answers == [None, "y"]


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        (OpenTriage(), {"screen": "triage"}),
        (OpenComposer(), {"screen": "composer"}),
        (OpenJournal(), {"screen": "journal"}),
        (EditOrder("700003"), {"screen": "edit", "order": "700003"}),
    ],
)
async def test_last_screen_is_stored_as_in_earlier_versions(tmp_path: Path, place: Place, kept: dict[str, str]) -> None:
    async with open_app(tmp_path) as harness:
        await triage(harness)
        workspace = harness.app.workspace
        workspace.remember(place)
        account = workspace.account
        assert account.store.screen_states.get(account.account_id, "house.place") == kept


@pytest.mark.parametrize(
    "kept", [None, "composer", {"screen": "no such"}, {"screen": "edit"}, {"screen": "edit", "order": 7}]
)
async def test_unknown_stored_screen_opens_the_order_list(tmp_path: Path, kept: Any) -> None:
    async with open_app(tmp_path) as harness:
        await triage(harness)
        account = harness.app.workspace.account
        account.store.screen_states.put(account.account_id, "house.place", kept)
    async with open_app(tmp_path) as harness:
        await triage(harness)
