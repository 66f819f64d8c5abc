"""The whole order as JSON by keys alone: errors below their lines, applied as one step; no text is lost."""

import json
import os
import stat
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from app_harness import NOW, AppHarness, open_app
from sandbox_harness import ORDER

from tui.api.codec import Document, decode
from tui.api.pointer import Pointer
from tui.app import OrdersApp
from tui.orders.edits.json_text import ParsedJson, parse_json
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.screens.composer.screen import ComposerScreen
from tui.screens.edit.open_draft import OpenDraft
from tui.screens.edit.screen import EditScreen
from tui.screens.order.json_editor import JsonScreen
from tui.screens.triage.screen import TriageScreen
from tui.work.drafts.drafts import Draft

CITY = Pointer.of("shipping_address", "city")
Editor: TypeAlias = Callable[..., Path]


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    """Set $VISUAL to a script that runs one Python line per call; `path` and `data` are those of the file.

    The script records the file's mode, its arguments and its environment. Returns the file of these records.
    """
    monkeypatch.setattr(OrdersApp, "suspend", lambda self: nullcontext())

    def make(*actions: str, variable: str = "VISUAL") -> Path:
        notes, script = tmp_path / "notes", tmp_path / "editor.py"
        body = "".join(f"    elif turn == {number}:\n        {line}\n" for number, line in enumerate(actions))
        script.write_text(
            "import json, os, pathlib, signal, sys\n"
            "path = pathlib.Path(sys.argv[-1])\n"
            "data = path.read_bytes()\n"
            f"notes = pathlib.Path({str(notes)!r})\n"
            "calls = json.loads(notes.read_text()) if notes.exists() else []\n"
            "turn = len(calls)\n"
            "calls.append({'mode': path.stat().st_mode, 'place': path.parent.stat().st_mode, 'path': str(path),\n"
            "             'arguments': sys.argv[1:], 'environment': dict(os.environ), 'text': data.decode(errors='replace')})\n"
            "notes.write_text(json.dumps(calls))\n"
            "def put(old, new):\n"
            "    assert old.encode() in data, data\n"
            "    path.write_bytes(data.replace(old.encode(), new if isinstance(new, bytes) else new.encode(), 1))\n"
            f"if True:\n    if turn < 0:\n        pass\n{body}    else:\n        sys.exit('called too often')\n"
        )
        monkeypatch.setenv(variable, f"{sys.executable} {script}")
        if variable == "EDITOR":
            monkeypatch.delenv("VISUAL", raising=False)
        return notes

    return make


def recorded_calls(notes: Path) -> list[dict[str, Any]]:
    return list(json.loads(notes.read_text())) if notes.exists() else []


def leftovers(folder: Path) -> list[str]:
    return os.listdir(folder / "scratch")


def screen(harness: AppHarness) -> JsonScreen:
    assert isinstance(harness.app.screen, JsonScreen)
    return harness.app.screen


async def wait_for_check(harness: AppHarness) -> None:
    """Wait until the current text was checked."""
    await harness.until(
        lambda: (
            (verdict := screen(harness)._validation) is not None
            and verdict.version == screen(harness).edit.buffer.version
        )
    )


async def open_json(harness: AppHarness) -> dict[str, Any]:
    """Open the form of the first order, and the order as JSON."""
    await harness.until("all read")
    order = harness.app.screen.order
    await harness.press("enter")
    await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.draft is not None)
    await harness.press("E")
    await harness.until(lambda: isinstance(harness.app.screen, JsonScreen))
    await wait_for_check(harness)
    return dict(order)


def go_to(harness: AppHarness, pointer: Pointer) -> None:
    """Move the cursor to the line that begins with this text."""
    found = parse_json(screen(harness).edit.buffer.text)
    assert isinstance(found, ParsedJson)
    screen(harness).edit.go_to(screen(harness).edit.buffer.position_of(*found.positions[pointer]))


async def change_city(harness: AppHarness, name: str = "Gentbrugge") -> None:
    go_to(harness, CITY)
    await harness.press("enter", "ctrl+e", "ctrl+u")
    await harness.type(f'    "city": "{name}",')
    await harness.press("escape")
    await wait_for_check(harness)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_json_change_is_applied_as_one_step(tmp_path: Path, size: tuple[int, int]) -> None:
    async with open_app(tmp_path, size=size) as harness:
        order = await open_json(harness)
        assert harness.lines[1].startswith(">  1   {")
        assert "valid" in harness.lines[-2]
        assert "nothing changed" in harness.lines[-2]
        assert "w" in harness.lines[-1].split()
        await change_city(harness)
        assert "text saved" in harness.lines[-2]
        assert harness.app.workspace.account.drafts.all() == []
        await harness.press("w")
        assert isinstance(harness.app.screen, EditScreen)
        assert "Drafted from JSON" in harness.text
        (draft,) = harness.app.workspace.account.drafts.all()
        assert [(change.pointer, change.now) for change in draft.edit.changes()] == [(CITY, "Gentbrugge")]
        assert (await harness.order(order["id"]))["shipping_address"]["city"] != "Gentbrugge"
        await harness.press("u")
        assert "Undone: edited as JSON" in harness.text
        assert harness.app.workspace.account.drafts.all() == []


async def test_many_changes_are_one_step(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await open_json(harness)
        await change_city(harness)
        go_to(harness, CITY.parent / "postal_code")
        await harness.press("i", "ctrl+u", "ctrl+k")
        await harness.type('"postal_code": "9050", ')
        await harness.press("escape")
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen))
        (draft,) = harness.app.workspace.account.drafts.all()
        assert {change.pointer.name for change in draft.edit.changes()} == {"city", "postal_code"}
        await harness.press("u")
        assert harness.app.workspace.account.drafts.all() == []
        await harness.press("U")
        assert len(harness.app.workspace.account.drafts.all()) == 1


async def test_syntax_error_is_shown_under_its_line_and_never_applied(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await open_json(harness)
        go_to(harness, CITY)
        row = screen(harness).edit.row
        await harness.press("enter", "ctrl+e", "backspace", "escape")
        await wait_for_check(harness)
        lines = harness.lines
        at = next(n for n, line in enumerate(lines) if '"city"' in line)
        assert lines[at].split()[:2] == [f">{row + 1}", "!"]
        assert lines[at + 1].strip() == "^"
        assert lines[at + 1].index("^") == len(lines[at])
        assert f"! line {row + 1}, column {lines[at + 1].index('^') - 6}: a comma is missing here" in lines[at + 2]
        await harness.press("g", "w")
        assert "Not applied: line" in harness.text
        assert screen(harness).edit.row == row
        await harness.press("i")
        await harness.type(",")
        await harness.press("escape")
        await wait_for_check(harness)
        assert "valid" in harness.text


async def test_schema_problem_is_shown_at_its_field_and_can_be_overridden(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await open_json(harness)
        go_to(harness, CITY)
        await harness.press("enter", "ctrl+e", "ctrl+u")
        await harness.type('    "city": 9,')
        await harness.press("escape")
        await wait_for_check(harness)
        at = next(n for n, line in enumerate(harness.lines) if '"city": 9' in line)
        assert "! Ship to, city: Must be text" in harness.lines[at + 1]
        assert "1 problem" in harness.lines[-2]
        await harness.press("g", "n")
        assert '"city": 9' in harness.line_with(">")
        await harness.press("w")
        assert "Apply despite 1 problem?" in harness.text
        await harness.press("enter", "space", "escape")
        assert "Not applied" in harness.text
        assert harness.app.workspace.account.drafts.all() == []
        await harness.press("w", "y")
        assert isinstance(harness.app.screen, EditScreen)
        (draft,) = harness.app.workspace.account.drafts.all()
        assert CITY.get(draft.edit.document) == 9


async def test_immutable_value_is_reported_at_its_line_and_stays(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        order = await open_json(harness)
        await change_city(harness)
        go_to(harness, Pointer.of("order_id"))
        await harness.press("enter", "ctrl+e", "ctrl+u")
        await harness.type('  "order_id": "another",')
        await harness.press("escape")
        await wait_for_check(harness)
        at = next(n for n, line in enumerate(harness.lines) if '"another"' in line)
        assert "Order, order id: cannot be changed once the order exists" in harness.lines[at + 1]
        await harness.press("w", "y")
        (draft,) = harness.app.workspace.account.drafts.all()
        assert draft.edit.document["order_id"] == order["order_id"]
        assert CITY.get(draft.edit.document) == "Gentbrugge"


async def test_unchanged_text_leaves_no_draft(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await open_json(harness)
        await harness.press("enter", "end", "space", "escape", "w")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen))
        assert "Nothing was changed" in harness.text
        assert harness.app.workspace.account.drafts.all() == []
        await harness.press("E")
        await wait_for_check(harness)
        assert "nothing changed" in harness.text


async def test_json_text_is_kept_on_leaving_and_restart(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with open_app(tmp_path, sandbox=box) as harness:
        await open_json(harness)
        await change_city(harness, "Half a wo")
        await harness.press("q")
        assert "The JSON text is kept" in harness.text
        await harness.press("E")
        assert "text was restored" in harness.text
        assert "Half a wo" in harness.text
        await harness.press("enter")
        await harness.type("XYZ")
    async with open_app(tmp_path, sandbox=box) as harness:
        await harness.until("of this order was kept")
        await harness.press("E")
        await wait_for_check(harness)
        assert 'Half a woXYZ"' in harness.text
        await harness.press("u")
        assert "Half a wo" not in harness.text
        await harness.press("U", "w")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen))
        (draft,) = harness.app.workspace.account.drafts.all()
        assert CITY.get(draft.edit.document) == "Half a woXYZ"
        await harness.press("E")
        assert "text was restored" not in harness.text, "an applied text is not offered again"
    box.close()


async def test_older_text_does_not_revert_newer_changes(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await open_json(harness)
        await change_city(harness)
        await harness.press("q", "1", "enter", "ctrl+e", "ctrl+u")
        await harness.type("Other Name")
        await harness.press("enter", "E")
        assert "newer order changes are kept" in harness.text
        assert "Other Name" not in harness.text
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen))
        (draft,) = harness.app.workspace.account.drafts.all()
        assert CITY.get(draft.edit.document) == "Gentbrugge"
        assert Pointer.of("shipping_address", "name").get(draft.edit.document) == "Other Name"


async def test_placeholder_glyph_is_not_taken_for_text(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await open_json(harness)
        await change_city(harness, "Gent␉")
        assert "␉ stands for a character that cannot be shown" in harness.text
        assert "1 problem" in harness.lines[-2]


async def test_paste_runs_no_commands(tmp_path: Path) -> None:
    from textual import events

    async with open_app(tmp_path) as harness:
        await open_json(harness)
        harness.app.post_message(events.Paste('{"q": "w"}'))
        await harness.press()
        assert "10 characters were pasted" in harness.text
        await harness.press("y")
        await wait_for_check(harness)
        assert '{"q": "w"}' in harness.text
        await harness.press("u")
        assert '"shipping_address"' in screen(harness).edit.buffer.text


async def test_json_editor_opens_from_list_and_composer(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("E")
        await harness.until(lambda: isinstance(harness.app.screen, JsonScreen))
        await wait_for_check(harness)
        await change_city(harness)
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, TriageScreen))
        (draft,) = harness.app.workspace.account.drafts.all()
        assert CITY.get(draft.edit.document) == "Gentbrugge"
        await harness.press("a", "c")
        before = (await harness.order(draft.order_id))["shipping_address"]["city"]
        await harness.press("B")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        await harness.press("E")
        await harness.until(lambda: isinstance(harness.app.screen, JsonScreen))
        await wait_for_check(harness)
        await change_city(harness, "Brugge")
        await harness.press("w")
        await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
        (order,) = harness.app.workspace.staging.orders
        assert CITY.get(order.document) == "Brugge"
        await harness.press("u")
        assert CITY.get(order.document) == before


# $EDITOR.


async def test_syntax_error_from_the_editor_is_shown_and_the_editor_reopened(
    tmp_path: Path, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENDCLOUD_SECRET_KEY", "hush")
    notes = editor("""put('"city":', '"city"')""", """put('"city"', '"city":')""")
    async with open_app(tmp_path / "data") as harness:
        await open_json(harness)
        go_to(harness, CITY)
        line = screen(harness).edit.row + 1
        await harness.press("E")
        await wait_for_check(harness)
        assert f"Line {line}, column" in harness.text
        assert "a : is missing" in harness.text
        assert '"city" ' in screen(harness).edit.buffer.text
        (first,) = recorded_calls(notes)
        assert (stat.S_IMODE(first["mode"]), stat.S_IMODE(first["place"])) == (0o600, 0o700)
        assert Path(first["path"]).is_relative_to(tmp_path / "data")
        assert not any(name.startswith("SENDCLOUD_") for name in first["environment"])
        assert "hush" not in json.dumps(first)
        assert leftovers(tmp_path / "data") == []
        await harness.press("e")
        await harness.until("Valid; w applies it")
        assert '"city":' not in recorded_calls(notes)[1]["text"]
        assert leftovers(tmp_path / "data") == []
        assert harness.app.workspace.account.drafts.all() == []


async def test_valid_text_from_the_editor_is_applied_by_the_user(tmp_path: Path, editor: Editor) -> None:
    editor("""path.write_text(json.dumps(json.loads(data) | {"order_number": "EDITED"}))""", variable="EDITOR")
    async with open_app(tmp_path / "data") as harness:
        await open_json(harness)
        await harness.press("E")
        await harness.until("Valid; w applies it")
        await harness.press("w")
        (draft,) = harness.app.workspace.account.drafts.all()
        assert [(str(change.pointer), change.now) for change in draft.edit.changes()] == [("/order_number", "EDITED")]


async def test_invalid_utf8_is_reported_at_its_position_and_kept(tmp_path: Path, editor: Editor) -> None:
    notes = editor(
        """put('"city": "', b'"city": "Li\\xe8ge ')""", """path.write_bytes(data.replace(b"\\xe8", "è".encode()))"""
    )
    async with open_app(tmp_path / "data") as harness:
        await open_json(harness)
        await harness.press("E")
        await wait_for_check(harness)
        assert "the byte 0xE8 is not UTF-8" in harness.text
        assert "Li�ge" in harness.text
        await harness.press("escape", "w")
        assert "Not applied" in harness.text
        await harness.press("q", "E")
        await wait_for_check(harness)
        assert "Li�ge" in harness.text
        await harness.press("E")
        await harness.until("Valid; w applies it")
        assert "Li�ge" in recorded_calls(notes)[1]["text"]
        assert '"city": "Liège ' in screen(harness).edit.buffer.text


@pytest.mark.parametrize(
    ("action", "text"),
    [
        ("sys.exit(3)", "Editor ended with 3; nothing was changed."),
        ("os.kill(os.getpid(), signal.SIGTERM)", "Editor ended by SIGTERM; nothing was changed."),
        ("path.unlink()", "The file from the editor cannot be read"),
        ("pass", "Nothing was changed."),
    ],
)
async def test_failing_editor_changes_nothing(tmp_path: Path, editor: Editor, action: str, text: str) -> None:
    editor(action)
    async with open_app(tmp_path / "data") as harness:
        await open_json(harness)
        await change_city(harness)
        await harness.press("E")
        assert text in harness.text
        assert "Gentbrugge" in screen(harness).edit.buffer.text
        assert leftovers(tmp_path / "data") == []


@pytest.mark.parametrize("command", ["/no/such/editor", "'unclosed", "/etc/passwd"])
async def test_missing_editor_is_reported(
    tmp_path: Path, editor: Editor, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("VISUAL", command)
    async with open_app(tmp_path / "data") as harness:
        await open_json(harness)
        await harness.press("E")
        assert "could not be started" in harness.text
        assert leftovers(tmp_path / "data") == []


async def test_editor_failing_after_saving_leaves_the_choice_to_the_user(tmp_path: Path, editor: Editor) -> None:
    editor(
        """put('"city"', '"town"'), sys.exit(1)""", """put('"town"', '"city"'), put('"town"', '"place"'), sys.exit(1)"""
    )
    async with open_app(tmp_path / "data") as harness:
        await open_json(harness)
        await harness.press("E")
        assert "Editor ended with 1; the text changed." in harness.text
        assert len(leftovers(tmp_path / "data")) == 1
        await harness.press("e", "y")
        await wait_for_check(harness)
        assert '"place"' in screen(harness).edit.buffer.text
        assert leftovers(tmp_path / "data") == []


async def test_too_long_text_waits_for_the_user(
    tmp_path: Path, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor("path.write_bytes(b' ' * 20_000_000)", "path.write_bytes(b'{}')")
    async with open_app(tmp_path / "data") as harness:
        await open_json(harness)
        await harness.press("E")
        assert "The text has 19531 KB; at most 16384 KB are read." in harness.text
        await harness.press("e")
        await wait_for_check(harness)
        assert screen(harness).edit.buffer.text == "{}"
        assert leftovers(tmp_path / "data") == []


async def test_megabyte_from_the_editor_is_reported(tmp_path: Path, editor: Editor) -> None:
    editor("""put('"city": "', '"city": "' + 'x' * 1_000_000)""")
    async with open_app(tmp_path / "data") as harness:
        await open_json(harness)
        await harness.press("E")
        await harness.until(lambda: screen(harness).edit.buffer.version)
        await wait_for_check(harness)
        text = screen(harness).edit.buffer.text
        assert len(text) > 1_000_000
        await harness.press("enter", "x", "escape", "q", "E")
        assert len(screen(harness).edit.buffer.text) == len(text) + 1


async def test_field_opens_in_the_external_editor(tmp_path: Path, editor: Editor) -> None:
    editor(
        "path.write_text('New Name\\n')",
        "path.write_bytes(b'L\\xe9on')",
        "path.write_bytes(data.replace(b'\\xe9', 'é'.encode()))",
        "path.write_bytes(b'x' * 300_000)",
    )
    async with open_app(tmp_path / "data") as harness:
        await harness.until("all read")
        await harness.press("enter")
        await harness.until(lambda: isinstance(harness.app.screen, EditScreen) and harness.app.screen.sheet.rows)
        await harness.press("enter", "ctrl+g")
        assert "[New Name" in harness.text
        await harness.press("ctrl+g")
        assert "Line 1, column 2: the byte 0xE9 is not UTF-8." in harness.text
        assert len(leftovers(tmp_path / "data")) == 1
        await harness.press("e")
        assert "[Léon" in harness.text
        await harness.press("ctrl+g")
        assert "The text has 292 KB; at most 256 KB are read." in harness.text
        await harness.press("escape")
        assert "Discarded; nothing was changed." in harness.text
        assert "[Léon" in harness.text
        assert leftovers(tmp_path / "data") == []
        await harness.press("enter")
        (draft,) = harness.app.workspace.account.drafts.all()
        assert Pointer.of("shipping_address", "name").get(draft.edit.document) == "Léon"


# Invalid orders.


async def open_document(harness: AppHarness, document: Document) -> Draft:
    """Let the service return an unexpected order."""
    await harness.until("all read")
    workspace = harness.app.workspace
    draft = workspace.account.drafts.of("90000001", document, NOW)
    workspace.open(JsonScreen(workspace, OpenDraft(workspace.account, workspace.now, draft), lambda: None))
    await harness.until(lambda: isinstance(harness.app.screen, JsonScreen) and harness.app.screen.is_ready)
    await wait_for_check(harness)
    return draft


async def test_order_with_500_items_is_edited_by_line(tmp_path: Path) -> None:
    item = {**ORDER["order_details"]["order_items"][0], "description": "as long as they are " * 3, "sku": "S-1"}
    item |= {"properties": {f"p{n}": str(n) for n in range(8)}, "unit_price": {"value": 3.5, "currency": "EUR"}}
    details = {**ORDER["order_details"], "order_items": [{**item, "name": f"Item {n}"} for n in range(500)]}
    async with open_app(tmp_path) as harness:
        draft = await open_document(harness, decoded({**ORDER, "id": "90000001", "order_details": details}))
        edit = screen(harness).edit
        assert len(edit.buffer.rows) > 10_000
        go_to(harness, Pointer.of("order_details", "order_items", 400, "quantity"))
        await harness.press("enter", "ctrl+u", "ctrl+k")
        started = time.perf_counter()
        await harness.type('"quantity": "many",')
        assert time.perf_counter() - started < 1
        await harness.press("escape")
        await wait_for_check(harness)
        assert "! Items 401, quantity: Must be a whole number" in harness.text
        assert "1 problem" in harness.lines[-2]
        await harness.press("w", "y")
        await harness.until(lambda: isinstance(harness.app.screen, TriageScreen))
        (change,) = draft.edit.changes()
        assert str(change.pointer) == "/order_details/order_items/400/quantity"


@pytest.mark.parametrize("odd", [None, True, -1, "text", [], [[1]], {}, {"x": {"y": [None]}}])
async def test_order_with_unknown_types_is_shown_checked_and_changed(tmp_path: Path, odd: Any) -> None:
    keys = ("id", "order_id", "order_details", "payment_details", "shipping_address", "customs_details", "unknown")
    async with open_app(tmp_path) as harness:
        draft = await open_document(harness, decoded(dict.fromkeys(keys, odd)))
        assert "valid" in harness.lines[-2], "a value that was read like this is no error"
        go_to(harness, Pointer.of("unknown"))
        await harness.press("enter", "home")
        await harness.type('"new": {"of": [1]}, ')
        await harness.press("escape")
        await wait_for_check(harness)
        await harness.press("w")
        if isinstance(harness.app.screen, JsonScreen):
            assert "Apply despite" in harness.text
            await harness.press("y")
        assert draft.edit.document["new"] == {"of": [1]}


def decoded(document: Any) -> Document:
    found = decode(json.dumps(document))
    assert isinstance(found, dict)
    return found
