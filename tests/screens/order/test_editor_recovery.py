"""What was saved in $EDITOR when the app ended is offered again at the next start: tables, JSON, and single fields."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from app_harness import AppHarness, open_app

from tui.app import OrdersApp
from tui.screens.order.external_editor import EditorSession
from tui.screens.order.json_editor import JsonScreen
from tui.screens.review.screen import ReviewScreen

UseEditor = Callable[[str], None]


@pytest.fixture
def use_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UseEditor:
    """An editor that replaces `text` by the value of an expression, and during which the app ends."""

    def make(expression: str) -> None:
        script = tmp_path / "editor.py"
        script.write_text(
            "import pathlib, sys\n"
            "path = pathlib.Path(sys.argv[-1])\n"
            "text = path.read_text()\n"
            f"path.write_text({expression})\n"
        )
        monkeypatch.setattr(OrdersApp, "suspend", lambda self: nullcontext())
        monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")

        async def edit(session: EditorSession, line: int | None = None) -> str:
            session._run(line)
            raise asyncio.CancelledError

        monkeypatch.setattr(EditorSession, "edit", edit)

    return make


def left_files(folder: Path) -> list[Path]:
    return [path for path in (folder / "scratch").rglob("*") if path.is_file()]


async def edit_table(harness: AppHarness) -> None:
    await harness.press("space", "space", ";", "E")
    await harness.until("columns:")
    await harness.press("ctrl+u")
    await harness.type("city")
    await harness.press("enter")


async def test_a_table_is_offered_again(tmp_path: Path, use_editor: UseEditor) -> None:
    folder = tmp_path / "data"
    use_editor(
        "'\\n'.join(line[:line.rfind('\\t') + 1] + 'Delft' if i > 2 else line for i, line in enumerate(text.splitlines()))"
    )
    async with open_app(folder) as harness:
        await harness.until("all read")
        await edit_table(harness)
        await harness.until(lambda: left_files(folder))
    assert left_files(folder)
    async with open_app(folder) as harness:
        await harness.until("The app ended while the table of 2 orders was open in $EDITOR.")
        assert "E in the order list" in harness.text
        assert left_files(folder) == []
        await harness.press("E")
        await harness.until("A table of 2 orders was edited and not used yet")
        await harness.press("e")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert len(harness.app.workspace.account.drafts.all()) == 2


async def test_json_is_offered_again_with_what_it_began_from(tmp_path: Path, use_editor: UseEditor) -> None:
    folder = tmp_path / "data"
    async with open_app(folder) as harness:
        await harness.until("all read")
        key = harness.app.screen.order_here
        await harness.press("E")
        await harness.until(lambda: isinstance(harness.app.screen, JsonScreen))
        use_editor(
            'text.replace(\'"shipping_address": {\', \'"shipping_address": {\\n    "company_name": "Kept",\', 1)'
        )
        await harness.press("E")
        await harness.until(lambda: left_files(folder))
    async with open_app(folder) as harness:
        await harness.until("The app ended while the JSON text of")
        account = harness.app.workspace.account
        states = account.store.screen_states.all(account.account_id, "json:")
        assert {name.split(":")[1] for name in states} == {"text", "began"}
        assert left_files(folder) == []
        assert any(str(key) in name for name in states)


async def test_a_field_is_offered_again(tmp_path: Path, use_editor: UseEditor) -> None:
    folder = tmp_path / "data"
    use_editor("'Kept'")
    async with open_app(folder) as harness:
        await harness.until("all read")
        await harness.press("enter")
        await harness.until("1 Ship to")
        await harness.press("enter", "ctrl+g")
        await harness.until(lambda: left_files(folder))
    async with open_app(folder) as harness:
        await harness.until("was open in $EDITOR")
        assert left_files(folder) == []
        await harness.until("Kept")


async def test_a_text_that_cannot_be_read_stays_in_its_file(tmp_path: Path, use_editor: UseEditor) -> None:
    folder = tmp_path / "data"
    use_editor("text) and path.write_bytes(b'\\xff'")
    async with open_app(folder) as harness:
        await harness.until("all read")
        await edit_table(harness)
        await harness.until(lambda: left_files(folder))
    for _ in range(2):
        async with open_app(folder, size=(200, 40)) as harness:
            await harness.until("cannot be read; it stays in")
    assert any(path.read_bytes() == b"\xff" for path in left_files(folder))
