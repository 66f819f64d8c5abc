"""Tests for the text editor: keys work as usual, a key redraws one line, and long text is not slower."""

import random
import time

import pytest
from textual import events
from widget_harness import WidgetApp, record_drawn_lines, screen_lines

from tui.widgets.editing import text_buffer as textbuffer
from tui.widgets.editing.text_buffer import BufferPosition
from tui.widgets.editing.text_editor import RowNote, TextEditor, normalize_lines

LONGEST = 4_000_000


def editor(text: str) -> TextEditor:
    edit = TextEditor(max_length=LONGEST)
    edit.load(text)
    return edit


def press(edit: TextEditor, key: str) -> None:
    character = key if len(key) == 1 else " " if key == "space" else None
    edit.on_key(events.Key(key, character))


class Model:
    """A simple model of a text with a caret."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    @property
    def line(self) -> tuple[int, int]:
        start = self.text.rfind("\n", 0, self.at) + 1
        end = self.text.find("\n", self.at)
        return start, len(self.text) if end < 0 else end

    def insert(self, text: str) -> None:
        self.text = self.text[: self.at] + text + self.text[self.at :]
        self.at += len(text)

    def press(self, key: str) -> None:
        start, end = self.line
        match key:
            case "enter":
                line = self.text[start:end]
                self.insert("\n" + " " * min(len(line) - len(line.lstrip(" ")), self.at - start))
            case "tab":
                self.insert("  ")
            case "backspace":
                if self.at:
                    self.text, self.at = self.text[: self.at - 1] + self.text[self.at :], self.at - 1
            case "delete" | "ctrl+d":
                self.text = self.text[: self.at] + self.text[self.at + 1 :]
            case "left":
                self.at = max(0, self.at - 1)
            case "right":
                self.at = min(len(self.text), self.at + 1)
            case "home":
                self.at = start
            case "end" | "ctrl+e":
                self.at = end
            case "ctrl+u":
                self.text, self.at = self.text[:start] + self.text[self.at :], start
            case "ctrl+k":
                self.text = self.text[: self.at] + self.text[end:]
            case _:
                self.insert(" " if key == "space" else key)


KEYS = ("enter", "tab", "backspace", "backspace", "delete", "left", "left", "right", "home", "end", "ctrl+e", "ctrl+d")
OTHERS = ("ctrl+u", "ctrl+k", "a", "b", "{", '"', "space", "space")


@pytest.mark.parametrize("seed", range(12))
async def test_keys_change_the_text_like_a_simple_model(seed: int) -> None:
    source = random.Random(seed)
    text = "\n".join("  " * source.randrange(3) + "abc" * source.randrange(4) for _ in range(6))
    edit = editor(text)
    async with WidgetApp(edit).run_test(size=(40, 10)):
        edit.start_editing(0)
        model = Model(text)
        for _ in range(150):
            key = source.choice(KEYS + OTHERS)
            press(edit, key)
            model.press(key)
            line, column = edit.buffer.line_and_column(edit.position)
            assert edit.buffer.text == model.text, key
            assert "\n".join(model.text[: model.at].split("\n")) == model.text[: model.at]
            assert (line, column) == (
                model.text.count("\n", 0, model.at) + 1,
                model.at - (model.text.rfind("\n", 0, model.at) + 1) + 1,
            ), key
        while edit.undo():
            pass
        assert edit.buffer.text == text
        while edit.redo():
            pass
        assert edit.buffer.text == model.text


@pytest.mark.parametrize("seed", range(4))
async def test_line_cut_into_rows_is_edited_as_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textbuffer, "ROW_LIMIT", 4)
    source = random.Random(seed)
    text = "abcdefghijklmnopqrstuvw\nx\n" + "y" * 30
    edit = editor(text)
    keys = [key for key in KEYS + OTHERS if key not in ("home", "end", "ctrl+e", "ctrl+u", "ctrl+k", "enter")]
    async with WidgetApp(edit).run_test(size=(40, 10)):
        edit.start_editing(0)
        model = Model(text)
        for _ in range(200):
            key = source.choice(keys)
            press(edit, key)
            model.press(key)
            assert edit.buffer.text == model.text, key
        while edit.undo():
            pass
        assert edit.buffer.text == text


async def test_up_and_down_keep_the_column_and_pages_move_by_the_view() -> None:
    edit = editor("\n".join(["0123456789", "012", ""] * 20))
    async with WidgetApp(edit).run_test(size=(40, 10)):
        edit.start_editing(7)
        press(edit, "down")
        assert edit.position == BufferPosition(1, 3)
        press(edit, "down")
        press(edit, "down")
        assert edit.position == BufferPosition(3, 7)
        press(edit, "pagedown")
        assert edit.position == BufferPosition(12, 7)
        press(edit, "pageup")
        press(edit, "up")
        assert edit.position == BufferPosition(2, 0)
        press(edit, "ctrl+end")
        assert edit.position == BufferPosition(59, 0)
        press(edit, "down")
        press(edit, "ctrl+home")
        press(edit, "up")
        assert edit.position == BufferPosition(0, 0)


async def test_key_redraws_only_its_line() -> None:
    edit = editor("\n".join(f"line {number}" for number in range(10_000)))
    stage = WidgetApp(edit)
    async with stage.run_test(size=(40, 12)) as pilot:
        edit.go(5_000)
        edit.start_editing()
        await pilot.pause()
        drawn = record_drawn_lines(edit)
        await pilot.press("x", "y", "backspace")
        assert set(drawn) == {edit.cursor - edit.top}
        assert "line 5000x" in screen_lines(stage)[edit.cursor - edit.top]


async def test_on_change_runs_before_drawing() -> None:
    texts: list[str] = []
    edit = TextEditor(max_length=LONGEST, on_change=lambda: texts.append(edit.buffer.text))
    edit.load("a\nb")
    async with WidgetApp(edit).run_test(size=(40, 10)) as pilot:
        edit.start_editing(1)
        drawn = record_drawn_lines(edit)
        edit.on_key(events.Key("x", "x"))
        assert texts == ["ax\nb"]
        assert drawn == []
        await pilot.pause()
        assert drawn


async def test_notes_are_below_their_lines_and_move_with_them() -> None:
    edit = editor("\n".join(f"line {number}" for number in range(30)))
    stage = WidgetApp(edit)
    async with stage.run_test(size=(60, 10)) as pilot:
        edit.set_notes({2: [RowNote("!", "not a number", "error", 3)], 20: [RowNote("~", "long " * 40, "warning")]})
        await pilot.pause()
        lines = screen_lines(stage)
        assert lines[2].split() == ["3", "!", "line", "2"]
        assert lines[3].index("^") == lines[2].index("line") + 3
        assert lines[4].strip() == "! not a number"
        edit.move(1)
        edit.move(1)
        edit.move(1)
        assert edit.row == 3
        edit.go_to(BufferPosition(0, 0))
        edit.start_editing(0)
        press(edit, "enter")
        await pilot.pause()
        assert screen_lines(stage)[3].split() == ["4", "!", "line", "2"]
        press(edit, "backspace")
        edit.stop_editing()
        note = edit.step_note(1)
        assert note is not None
        assert (edit.row, note.text) == (2, "not a number")
        assert edit.step_note(1) is not None
        assert edit.row == 20
        assert edit.step_note(1) is None
        assert edit.step_note(-1) is not None
        assert edit.row == 2
        at = edit.cursor - edit.top
        edit.set_notes({0: [RowNote("!", "one", "error")], 1: [RowNote("!", "two", "error")]})
        assert (edit.row, edit.cursor) == (2, 4)
        assert edit.cursor - edit.top in (at, 4)


async def test_long_line_scrolls_with_the_caret() -> None:
    edit = editor("x" * 100 + "end\n" + "y" * 100)
    stage = WidgetApp(edit)
    async with stage.run_test(size=(40, 5)) as pilot:
        assert screen_lines(stage)[0].endswith("…")
        edit.start_editing()
        await pilot.pause()
        assert screen_lines(stage)[0].rstrip().endswith("xend")
        press(edit, "home")
        await pilot.pause()
        assert "end" not in screen_lines(stage)[0]


async def test_hostile_text_is_shown_safely_and_kept() -> None:
    text = '"a\x1b[31m\u202e\x85\u2028\x00": "\udce9 é"'
    edit = editor(text)
    stage = WidgetApp(edit)
    async with stage.run_test(size=(60, 5)) as pilot:
        edit.start_editing()
        await pilot.pause()
        press(edit, "x")
        await pilot.pause()
        assert edit.buffer.text == text[:-1] + 'x"'
        assert all(char.isprintable() for char in "".join(screen_lines(stage)))


async def test_megabyte_is_pasted_edited_and_undone_quickly() -> None:
    text = "\n".join(f'  "name {number}": "something that is not short",' for number in range(20_000))
    assert len(text) > 900_000
    edit = editor("{\n}")
    async with WidgetApp(edit).run_test(size=(80, 24)) as pilot:
        edit.go_to(BufferPosition(0, 0))
        edit.start_editing(1)
        started = time.perf_counter()
        edit.on_paste(events.Paste(text))
        await pilot.pause()
        assert time.perf_counter() - started < 0.5
        started = time.perf_counter()
        for _ in range(100):
            press(edit, "x")
        assert (time.perf_counter() - started) / 100 < 0.005
        press(edit, "enter")
        assert len(edit.buffer.rows) == 20_002
        edit.stop_editing()
        while edit.undo():
            pass
        assert edit.buffer.text == "{\n}"


async def test_megabyte_in_one_line_can_be_edited() -> None:
    text = '{"a": "' + "word " * 200_000 + '"}'
    edit = editor(text)
    async with WidgetApp(edit).run_test(size=(80, 24)):
        edit.go(300)
        started = time.perf_counter()
        edit.start_editing()
        for _ in range(20):
            press(edit, "x")
            press(edit, "left")
        assert time.perf_counter() - started < 1
        assert len(edit.buffer.text) == len(text) + 20


async def test_too_long_paste_is_refused_with_a_message() -> None:
    edit = TextEditor(max_length=100)
    edit.load("{}")
    stage = WidgetApp(edit)
    async with stage.run_test(size=(40, 5)) as pilot:
        edit.start_editing()
        edit.on_paste(events.Paste("x" * 101))
        await pilot.pause()
        (refused,) = stage.take_messages(TextEditor.Refused)
        assert "Nothing was pasted" in refused.message
        assert edit.buffer.text == "{}"


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("\t\t{\n \t 1\t2", "    {\n    1\t2"),
        ("a\tb", "a\tb"),
        ("", ""),
    ],
)
def test_normalize_lines(text: str, normalized: str) -> None:
    assert normalize_lines(text) == normalized
