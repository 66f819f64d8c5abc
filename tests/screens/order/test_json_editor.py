"""The whole order as JSON by keys alone: mistakes under their lines, applied as one step, and no text lost on the way."""

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
from app_harness import NOW, House, housed
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
    """Makes $VISUAL a script of Python lines, one for each time that it is called; `path` and `data` are the file's.

    It notes what it saw: the file's mode, and its environment. Returns the file of notes.
    """
    monkeypatch.setattr(OrdersApp, "suspend", lambda self: nullcontext())

    def make(*turns: str, variable: str = "VISUAL") -> Path:
        notes, script = tmp_path / "notes", tmp_path / "editor.py"
        body = "".join(f"    elif turn == {number}:\n        {line}\n" for number, line in enumerate(turns))
        script.write_text(
            "import json, os, pathlib, signal, sys\n"
            "path = pathlib.Path(sys.argv[-1])\n"
            "data = path.read_bytes()\n"
            f"notes = pathlib.Path({str(notes)!r})\n"
            "told = json.loads(notes.read_text()) if notes.exists() else []\n"
            "turn = len(told)\n"
            "told.append({'mode': path.stat().st_mode, 'place': path.parent.stat().st_mode, 'path': str(path),\n"
            "             'arguments': sys.argv[1:], 'environment': dict(os.environ), 'text': data.decode(errors='replace')})\n"
            "notes.write_text(json.dumps(told))\n"
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


def told(notes: Path) -> list[dict[str, Any]]:
    return list(json.loads(notes.read_text())) if notes.exists() else []


def leftovers(folder: Path) -> list[str]:
    return os.listdir(folder / "scratch")


def screen(house: House) -> JsonScreen:
    assert isinstance(house.app.screen, JsonScreen)
    return house.app.screen


async def judged(house: House) -> None:
    """The text as it is now has been judged."""
    await house.until(
        lambda: (
            (verdict := screen(house)._validation) is not None and verdict.version == screen(house).edit.buffer.version
        )
    )


async def open_json(house: House) -> dict[str, Any]:
    """The first order's form, and its order as JSON."""
    await house.until("100+ read")
    order = house.app.screen.order
    await house.press("enter")
    await house.until(lambda: isinstance(house.app.screen, EditScreen) and house.app.screen.draft is not None)
    await house.press("E")
    await house.until(lambda: isinstance(house.app.screen, JsonScreen))
    await judged(house)
    return dict(order)


def go_to(house: House, pointer: Pointer) -> None:
    """The cursor to the line where this begins."""
    found = parse_json(screen(house).edit.buffer.text)
    assert isinstance(found, ParsedJson)
    screen(house).edit.go_to(screen(house).edit.buffer.position_of(*found.positions[pointer]))


async def change_city(house: House, name: str = "Gentbrugge") -> None:
    go_to(house, CITY)
    await house.press("enter", "ctrl+e", "ctrl+u")
    await house.type(f'    "city": "{name}",')
    await house.press("escape")
    await judged(house)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_json_change_is_applied_as_one_step(tmp_path: Path, size: tuple[int, int]) -> None:
    async with housed(tmp_path, size=size) as house:
        order = await open_json(house)
        assert house.lines[1].startswith(">  1   {")
        assert "valid" in house.lines[-2]
        assert "nothing changed" in house.lines[-2]
        assert "w" in house.lines[-1].split()
        await change_city(house)
        assert "text kept on disk" in house.lines[-2]
        assert house.app.workspace.account.drafts.all() == []
        await house.press("w")
        assert isinstance(house.app.screen, EditScreen)
        assert "Drafted as JSON says" in house.text
        (draft,) = house.app.workspace.account.drafts.all()
        assert [(change.pointer, change.now) for change in draft.edit.changes()] == [(CITY, "Gentbrugge")]
        assert (await house.order(order["id"]))["shipping_address"]["city"] != "Gentbrugge"
        await house.press("u")
        assert "Undone: edited as JSON" in house.text
        assert house.app.workspace.account.drafts.all() == []


async def test_many_changes_are_one_step(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await open_json(house)
        await change_city(house)
        go_to(house, CITY.parent / "postal_code")
        await house.press("i", "ctrl+u", "ctrl+k")
        await house.type('"postal_code": "9050", ')
        await house.press("escape")
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, EditScreen))
        (draft,) = house.app.workspace.account.drafts.all()
        assert {change.pointer.name for change in draft.edit.changes()} == {"city", "postal_code"}
        await house.press("u")
        assert house.app.workspace.account.drafts.all() == []
        await house.press("U")
        assert len(house.app.workspace.account.drafts.all()) == 1


async def test_syntax_error_is_shown_under_its_line_and_never_applied(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await open_json(house)
        go_to(house, CITY)
        row = screen(house).edit.row
        await house.press("enter", "ctrl+e", "backspace", "escape")
        await judged(house)
        lines = house.lines
        at = next(n for n, line in enumerate(lines) if '"city"' in line)
        assert lines[at].split()[:2] == [f">{row + 1}", "!"]
        assert lines[at + 1].strip() == "^"
        assert lines[at + 1].index("^") == len(lines[at])
        assert f"! line {row + 1}, column {lines[at + 1].index('^') - 6}: a comma is missing here" in lines[at + 2]
        await house.press("g", "w")
        assert "Not applied: line" in house.text
        assert screen(house).edit.row == row
        await house.press("i")
        await house.type(",")
        await house.press("escape")
        await judged(house)
        assert "valid" in house.text


async def test_schema_problem_is_shown_at_its_field_and_can_be_overridden(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await open_json(house)
        go_to(house, CITY)
        await house.press("enter", "ctrl+e", "ctrl+u")
        await house.type('    "city": 9,')
        await house.press("escape")
        await judged(house)
        at = next(n for n, line in enumerate(house.lines) if '"city": 9' in line)
        assert "! Ship to, city: Must be text" in house.lines[at + 1]
        assert "1 problem" in house.lines[-2]
        await house.press("g", "n")
        assert '"city": 9' in house.line_with(">")
        await house.press("w")
        assert "Apply despite 1 problem?" in house.text
        await house.press("enter", "space", "escape")
        assert "Not applied" in house.text
        assert house.app.workspace.account.drafts.all() == []
        await house.press("w", "y")
        assert isinstance(house.app.screen, EditScreen)
        (draft,) = house.app.workspace.account.drafts.all()
        assert CITY.get(draft.edit.document) == 9


async def test_immutable_value_is_reported_at_its_line_and_stays(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        order = await open_json(house)
        await change_city(house)
        go_to(house, Pointer.of("order_id"))
        await house.press("enter", "ctrl+e", "ctrl+u")
        await house.type('  "order_id": "another",')
        await house.press("escape")
        await judged(house)
        at = next(n for n, line in enumerate(house.lines) if '"another"' in line)
        assert "Order, order id: cannot be changed once the order exists" in house.lines[at + 1]
        await house.press("w", "y")
        (draft,) = house.app.workspace.account.drafts.all()
        assert draft.edit.document["order_id"] == order["order_id"]
        assert CITY.get(draft.edit.document) == "Gentbrugge"


async def test_unchanged_text_leaves_no_draft(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await open_json(house)
        await house.press("enter", "end", "space", "escape", "w")
        await house.until(lambda: isinstance(house.app.screen, EditScreen))
        assert "Nothing was changed" in house.text
        assert house.app.workspace.account.drafts.all() == []
        await house.press("E")
        await judged(house)
        assert "nothing changed" in house.text


async def test_json_text_is_kept_on_leaving_and_restart(tmp_path: Path) -> None:
    box = Sandbox(SandboxSettings(orders=300, now=NOW))
    async with housed(tmp_path, sandbox=box) as house:
        await open_json(house)
        await change_city(house, "Half a wo")
        await house.press("q")
        assert "The JSON text is kept" in house.text
        await house.press("E")
        assert "goes on" in house.text
        assert "Half a wo" in house.text
        await house.press("enter")
        await house.type("XYZ")
    async with housed(tmp_path, sandbox=box) as house:
        await house.until("that text is kept")
        await house.press("E")
        await judged(house)
        assert 'Half a woXYZ"' in house.text
        await house.press("u")
        assert "Half a wo" not in house.text
        await house.press("U", "w")
        await house.until(lambda: isinstance(house.app.screen, EditScreen))
        (draft,) = house.app.workspace.account.drafts.all()
        assert CITY.get(draft.edit.document) == "Half a woXYZ"
        await house.press("E")
        assert "goes on" not in house.text, "what was applied is not offered again"
    box.close()


async def test_older_text_does_not_revert_newer_changes(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await open_json(house)
        await change_city(house)
        await house.press("q", "1", "enter", "ctrl+e", "ctrl+u")
        await house.type("Other Name")
        await house.press("enter", "E")
        assert "the order changed since" in house.text
        assert "Other Name" not in house.text
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, EditScreen))
        (draft,) = house.app.workspace.account.drafts.all()
        assert CITY.get(draft.edit.document) == "Gentbrugge"
        assert Pointer.of("shipping_address", "name").get(draft.edit.document) == "Other Name"


async def test_placeholder_glyph_is_not_taken_for_text(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await open_json(house)
        await change_city(house, "Gent␉")
        assert "␉ stands for a character that cannot be shown" in house.text
        assert "1 problem" in house.lines[-2]


async def test_paste_runs_no_commands(tmp_path: Path) -> None:
    from textual import events

    async with housed(tmp_path) as house:
        await open_json(house)
        house.app.post_message(events.Paste('{"q": "w"}'))
        await house.press()
        assert "10 characters were pasted" in house.text
        await house.press("y")
        await judged(house)
        assert '{"q": "w"}' in house.text
        await house.press("u")
        assert '"shipping_address"' in screen(house).edit.buffer.text


async def test_json_editor_opens_from_list_and_composer(tmp_path: Path) -> None:
    async with housed(tmp_path) as house:
        await house.until("100+ read")
        await house.press("E")
        await house.until(lambda: isinstance(house.app.screen, JsonScreen))
        await judged(house)
        await change_city(house)
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, TriageScreen))
        (draft,) = house.app.workspace.account.drafts.all()
        assert CITY.get(draft.edit.document) == "Gentbrugge"
        await house.press("a", "c")
        before = (await house.order(draft.order_id))["shipping_address"]["city"]
        await house.press("B")
        await house.until(lambda: isinstance(house.app.screen, ComposerScreen))
        await house.press("E")
        await house.until(lambda: isinstance(house.app.screen, JsonScreen))
        await judged(house)
        await change_city(house, "Brugge")
        await house.press("w")
        await house.until(lambda: isinstance(house.app.screen, ComposerScreen))
        (order,) = house.app.workspace.staging.orders
        assert CITY.get(order.document) == "Brugge"
        await house.press("u")
        assert CITY.get(order.document) == before


# $EDITOR.


async def test_syntax_error_from_the_editor_is_shown_and_the_editor_reopened(
    tmp_path: Path, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENDCLOUD_SECRET_KEY", "hush")
    notes = editor("""put('"city":', '"city"')""", """put('"city"', '"city":')""")
    async with housed(tmp_path / "data") as house:
        await open_json(house)
        go_to(house, CITY)
        line = screen(house).edit.row + 1
        await house.press("E")
        await judged(house)
        assert f"Line {line}, column" in house.text
        assert "a : is missing" in house.text
        assert '"city" ' in screen(house).edit.buffer.text
        (first,) = told(notes)
        assert (stat.S_IMODE(first["mode"]), stat.S_IMODE(first["place"])) == (0o600, 0o700)
        assert Path(first["path"]).is_relative_to(tmp_path / "data")
        assert not any(name.startswith("SENDCLOUD_") for name in first["environment"])
        assert "hush" not in json.dumps(first)
        assert leftovers(tmp_path / "data") == []
        await house.press("e")
        await house.until("Valid; w applies it")
        assert '"city":' not in told(notes)[1]["text"]
        assert leftovers(tmp_path / "data") == []
        assert house.app.workspace.account.drafts.all() == []


async def test_valid_text_from_the_editor_is_applied_by_the_user(tmp_path: Path, editor: Editor) -> None:
    editor("""path.write_text(json.dumps(json.loads(data) | {"order_number": "EDITED"}))""", variable="EDITOR")
    async with housed(tmp_path / "data") as house:
        await open_json(house)
        await house.press("E")
        await house.until("Valid; w applies it")
        await house.press("w")
        (draft,) = house.app.workspace.account.drafts.all()
        assert [(str(one.pointer), one.now) for one in draft.edit.changes()] == [("/order_number", "EDITED")]


async def test_invalid_utf8_is_reported_at_its_position_and_kept(tmp_path: Path, editor: Editor) -> None:
    notes = editor(
        """put('"city": "', b'"city": "Li\\xe8ge ')""", """path.write_bytes(data.replace(b"\\xe8", "è".encode()))"""
    )
    async with housed(tmp_path / "data") as house:
        await open_json(house)
        await house.press("E")
        await judged(house)
        assert "the byte 0xE8 is not UTF-8" in house.text
        assert "Li�ge" in house.text
        await house.press("escape", "w")
        assert "Not applied" in house.text
        await house.press("q", "E")
        await judged(house)
        assert "Li�ge" in house.text
        await house.press("E")
        await house.until("Valid; w applies it")
        assert "Li�ge" in told(notes)[1]["text"]
        assert '"city": "Liège ' in screen(house).edit.buffer.text


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        ("sys.exit(3)", "Editor ended with 3; nothing was changed."),
        ("os.kill(os.getpid(), signal.SIGTERM)", "Editor ended by SIGTERM; nothing was changed."),
        ("path.unlink()", "The editor left no file that can be read"),
        ("pass", "Nothing was changed."),
    ],
)
async def test_failing_editor_changes_nothing(tmp_path: Path, editor: Editor, turn: str, words: str) -> None:
    editor(turn)
    async with housed(tmp_path / "data") as house:
        await open_json(house)
        await change_city(house)
        await house.press("E")
        assert words in house.text
        assert "Gentbrugge" in screen(house).edit.buffer.text
        assert leftovers(tmp_path / "data") == []


@pytest.mark.parametrize("command", ["/no/such/editor", "'unclosed", "/etc/passwd"])
async def test_missing_editor_is_reported(
    tmp_path: Path, editor: Editor, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("VISUAL", command)
    async with housed(tmp_path / "data") as house:
        await open_json(house)
        await house.press("E")
        assert "could not be started" in house.text
        assert leftovers(tmp_path / "data") == []


async def test_editor_failing_after_saving_leaves_the_choice_to_the_user(tmp_path: Path, editor: Editor) -> None:
    editor(
        """put('"city"', '"town"'), sys.exit(1)""", """put('"town"', '"city"'), put('"town"', '"place"'), sys.exit(1)"""
    )
    async with housed(tmp_path / "data") as house:
        await open_json(house)
        await house.press("E")
        assert "Editor ended with 1; the text changed." in house.text
        assert len(leftovers(tmp_path / "data")) == 1
        await house.press("e", "y")
        await judged(house)
        assert '"place"' in screen(house).edit.buffer.text
        assert leftovers(tmp_path / "data") == []


async def test_too_long_text_waits_for_the_user(
    tmp_path: Path, editor: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor("path.write_bytes(b' ' * 20_000_000)", "path.write_bytes(b'{}')")
    async with housed(tmp_path / "data") as house:
        await open_json(house)
        await house.press("E")
        assert "The text has 19531 KB; at most 16384 KB are read." in house.text
        await house.press("e")
        await judged(house)
        assert screen(house).edit.buffer.text == "{}"
        assert leftovers(tmp_path / "data") == []


async def test_megabyte_from_the_editor_is_reported(tmp_path: Path, editor: Editor) -> None:
    editor("""put('"city": "', '"city": "' + 'x' * 1_000_000)""")
    async with housed(tmp_path / "data") as house:
        await open_json(house)
        await house.press("E")
        await house.until(lambda: screen(house).edit.buffer.version)
        await judged(house)
        text = screen(house).edit.buffer.text
        assert len(text) > 1_000_000
        await house.press("enter", "x", "escape", "q", "E")
        assert len(screen(house).edit.buffer.text) == len(text) + 1


async def test_field_opens_in_the_external_editor(tmp_path: Path, editor: Editor) -> None:
    editor(
        "path.write_text('New Name\\n')",
        "path.write_bytes(b'L\\xe9on')",
        "path.write_bytes(data.replace(b'\\xe9', 'é'.encode()))",
        "path.write_bytes(b'x' * 300_000)",
    )
    async with housed(tmp_path / "data") as house:
        await house.until("100+ read")
        await house.press("enter")
        await house.until(lambda: isinstance(house.app.screen, EditScreen) and house.app.screen.sheet.rows)
        await house.press("enter", "ctrl+g")
        assert "[New Name" in house.text
        await house.press("ctrl+g")
        assert "Line 1, column 2: the byte 0xE9 is not UTF-8." in house.text
        assert len(leftovers(tmp_path / "data")) == 1
        await house.press("e")
        assert "[Léon" in house.text
        await house.press("ctrl+g")
        assert "The text has 292 KB; at most 256 KB are read." in house.text
        await house.press("escape")
        assert "It was left; nothing was changed." in house.text
        assert "[Léon" in house.text
        assert leftovers(tmp_path / "data") == []
        await house.press("enter")
        (draft,) = house.app.workspace.account.drafts.all()
        assert Pointer.of("shipping_address", "name").get(draft.edit.document) == "Léon"


# Bad orders.


async def open_document(house: House, document: Document) -> Draft:
    """An order that nobody expected, as if the service had sent it."""
    await house.until("100+ read")
    workspace = house.app.workspace
    draft = workspace.account.drafts.of("90000001", document, NOW)
    workspace.open(JsonScreen(workspace, OpenDraft(workspace.account, workspace.now, draft), lambda: None))
    await house.until(lambda: isinstance(house.app.screen, JsonScreen) and house.app.screen.is_ready)
    await judged(house)
    return draft


async def test_order_with_500_items_is_edited_by_line(tmp_path: Path) -> None:
    item = {**ORDER["order_details"]["order_items"][0], "description": "as long as they are " * 3, "sku": "S-1"}
    item |= {"properties": {f"p{n}": str(n) for n in range(8)}, "unit_price": {"value": 3.5, "currency": "EUR"}}
    details = {**ORDER["order_details"], "order_items": [{**item, "name": f"Item {n}"} for n in range(500)]}
    async with housed(tmp_path) as house:
        draft = await open_document(house, decoded({**ORDER, "id": "90000001", "order_details": details}))
        edit = screen(house).edit
        assert len(edit.buffer.rows) > 10_000
        go_to(house, Pointer.of("order_details", "order_items", 400, "quantity"))
        await house.press("enter", "ctrl+u", "ctrl+k")
        begun = time.perf_counter()
        await house.type('"quantity": "many",')
        assert time.perf_counter() - begun < 1
        await house.press("escape")
        await judged(house)
        assert "! Items 401, quantity: Must be a whole number" in house.text
        assert "1 problem" in house.lines[-2]
        await house.press("w", "y")
        await house.until(lambda: isinstance(house.app.screen, TriageScreen))
        (change,) = draft.edit.changes()
        assert str(change.pointer) == "/order_details/order_items/400/quantity"


@pytest.mark.parametrize("odd", [None, True, -1, "text", [], [[1]], {}, {"x": {"y": [None]}}])
async def test_order_with_unknown_types_is_shown_checked_and_changed(tmp_path: Path, odd: Any) -> None:
    keys = ("id", "order_id", "order_details", "payment_details", "shipping_address", "customs_details", "unknown")
    async with housed(tmp_path) as house:
        draft = await open_document(house, decoded(dict.fromkeys(keys, odd)))
        assert "valid" in house.lines[-2], "what was read so is nobody's mistake"
        go_to(house, Pointer.of("unknown"))
        await house.press("enter", "home")
        await house.type('"new": {"of": [1]}, ')
        await house.press("escape")
        await judged(house)
        await house.press("w")
        if isinstance(house.app.screen, JsonScreen):
            assert "Apply despite" in house.text
            await house.press("y")
        assert draft.edit.document["new"] == {"of": [1]}


def decoded(document: Any) -> Document:
    found = decode(json.dumps(document))
    assert isinstance(found, dict)
    return found
