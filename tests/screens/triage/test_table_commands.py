"""Marked orders as a table in $EDITOR: changes become drafts and open one review; mistakes can be edited again."""

import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from app_harness import AppHarness, open_app

from tui.app import OrdersApp
from tui.screens.order.json_editor import JsonScreen
from tui.screens.review.screen import ReviewScreen
from tui.widgets.table import OrderTable

UseEditor = Callable[..., Path]


@pytest.fixture
def use_editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> UseEditor:
    """An editor that runs one line of Python on `text` at each call; the texts that it was given are in the file."""

    def make(*actions: str) -> Path:
        calls, script = tmp_path / "calls.json", tmp_path / "editor.py"
        body = "".join(f"if turn == {turn}: {action}\n" for turn, action in enumerate(actions))
        script.write_text(
            "import json, pathlib, sys\n"
            "path = pathlib.Path(sys.argv[-1])\n"
            f"calls = pathlib.Path({str(calls)!r})\n"
            "seen = json.loads(calls.read_text()) if calls.exists() else []\n"
            "text, turn = path.read_text(), len(seen)\n"
            "calls.write_text(json.dumps([*seen, text]))\n"
            "rows = [line.split('\\t') for line in text.splitlines()]\n"
            f"{body}"
            "path.write_text('\\n'.join('\\t'.join(row) for row in rows) + '\\n')\n"
        )
        monkeypatch.setattr(OrdersApp, "suspend", lambda self: nullcontext())
        monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
        return calls

    return make


async def open_table(harness: AppHarness, columns: str) -> None:
    """Mark three orders and edit these columns of them."""
    await harness.until("all read")
    await harness.press("space", "space", "space", ";", "E")
    await harness.until("columns:")
    await harness.press("ctrl+u")
    await harness.type(columns)
    await harness.press("enter")


async def test_changes_become_drafts_and_one_review(tmp_path: Path, use_editor: UseEditor) -> None:
    calls = use_editor("rows[3][2], rows[4][3] = 'Delft', 'Zoë\\\\n2'; rows.pop(5)")
    async with open_app(tmp_path / "data") as harness:
        await open_table(harness, "city name")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert "REVIEW · 2 orders" in harness.text
        assert "Delft" in harness.text
        assert "1 order not in the text, not changed" in harness.text
        rows = [line.split("\t") for line in json.loads(calls.read_text())[0].splitlines() if line[0] != "#"]
        assert rows[0] == ["id", "order", "city", "name"]
        assert len(rows) == 4
        await harness.press("y")
        await harness.until(lambda: not isinstance(harness.app.screen, ReviewScreen))
        workspace = harness.app.workspace
        await harness.until(lambda: not workspace.account.drafts.all())
        assert (await harness.order(rows[1][0]))["shipping_address"]["city"] == "Delft"
        assert (await harness.order(rows[2][0]))["shipping_address"]["name"] == "Zoë\n2"
    use_editor("pass")
    async with open_app(tmp_path / "data") as harness:
        await harness.until("all read")
        await harness.press("space", ";", "E")
        await harness.until("columns: city name")


async def test_a_mistake_is_edited_again_on_its_line(tmp_path: Path, use_editor: UseEditor) -> None:
    calls = use_editor("rows[3][2] = 'heavy'; rows[4][1] = 'X'", "pass", "rows[3][2] = '1,5'; rows[4][1] = old")
    script = tmp_path / "editor.py"
    script.write_text(
        script.read_text().replace(
            "rows = [", "old = seen[0].split('\\n')[4].split('\\t')[1] if seen else ''\nrows = ["
        )
    )
    async with open_app(tmp_path / "data") as harness:
        await open_table(harness, "weight")
        await harness.until("Line 4: weight: a number is")
        assert "p show 2 problem" in harness.text
        await harness.press("p")
        await harness.until("line 5: the column order must stay as it is")
        await harness.press("q")
        await harness.until("Line 4: weight: a number is")
        await harness.press("e")
        # The text was closed unchanged, so its mistakes are still there.
        await harness.until(lambda: len(json.loads(calls.read_text())) == 2)
        await harness.until("Line 4: weight: a number is")
        assert "heavy" in json.loads(calls.read_text())[1]
        await harness.press("e")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert "1.5" in harness.text
        await harness.press("escape")
        (draft,) = harness.app.workspace.account.drafts.all()
        assert next(draft.edit.changes()).pointer.name == "value"


async def test_a_discarded_text_changes_nothing(tmp_path: Path, use_editor: UseEditor) -> None:
    use_editor("rows[3][0] = '1'")
    async with open_app(tmp_path / "data") as harness:
        await open_table(harness, "city")
        await harness.until("Line 4: '1' is not the id")
        await harness.press("d")
        assert "The text was discarded; nothing was changed." in harness.text
        assert not harness.app.workspace.account.drafts.all()
        await harness.press("j")
        assert "an edited table waits" not in harness.text


async def test_a_text_with_a_mistake_is_offered_after_a_restart(tmp_path: Path, use_editor: UseEditor) -> None:
    calls = use_editor("rows[3][2] = 'Delft'; rows[4][0] = '1'")
    async with open_app(tmp_path / "data") as harness:
        await open_table(harness, "city")
        await harness.until("Line 5: '1' is not the id")
    kept = [line.split("\t") for line in json.loads(calls.read_text())[0].splitlines()]
    calls.unlink()
    async with open_app(tmp_path / "data") as harness:
        await harness.until("an edited table wa")
        await harness.press("E")
        await harness.until("A table of 3 orders was edited and not used yet")
        await harness.press("e")
        await harness.until("Line 5: '1' is not the id")
        await harness.press("escape")
        assert "The text is kept; E continues with it." in harness.text
        use_editor(f"rows[4][0] = {kept[4][0]!r}")
        await harness.press("E", "e")
        await harness.until("Line 5")
        await harness.press("e")
        await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
        assert "Delft" in harness.text
        assert "\tDelft\n" in json.loads(calls.read_text())[0]
        await harness.press("escape")
        await harness.until("1 draft")
        assert "an edited table waits" not in harness.text


async def test_columns_are_completed_and_checked(tmp_path: Path, use_editor: UseEditor) -> None:
    calls = use_editor("pass")
    async with open_app(tmp_path / "data") as harness:
        await open_table(harness, "name postcod")
        assert "'postcod' is not a column; did you mean 'postcode'?" in harness.text
        assert "columns: name postcod" in harness.text
        await harness.press("tab")
        assert "columns: name postcode" in harness.text
        await harness.press("enter")
        await harness.until("Nothing was changed.")
        assert "\tname\tpostcode\n" in json.loads(calls.read_text())[0]


async def test_without_marks_the_order_opens_as_json(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        assert harness.app.screen.query_one(OrderTable).cursor_key
        await harness.press("E")
        await harness.until(lambda: isinstance(harness.app.screen, JsonScreen))
