"""The editor of many lines: keys do what they do elsewhere, a key draws one line, and a long text is no slower."""

import random
import time

import pytest
from textual import events
from widget_harness import Stage, shown, watch_lines

from tui.widgets.editing import text_buffer as textbuffer
from tui.widgets.editing.text_buffer import BufferPosition
from tui.widgets.editing.text_editor import RowNote, TextEditor, plain_lines

LONGEST = 4_000_000


def editor(text: str) -> TextEditor:
    edit = TextEditor(longest=LONGEST)
    edit.load(text)
    return edit


def press(edit: TextEditor, key: str) -> None:
    character = key if len(key) == 1 else " " if key == "space" else None
    edit.on_key(events.Key(key, character))


class Model:
    """A text and a caret, as plainly as can be."""

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
async def test_keys_do_to_the_text_what_they_do_to_a_plain_one(seed: int) -> None:
    source = random.Random(seed)
    text = "\n".join("  " * source.randrange(3) + "abc" * source.randrange(4) for _ in range(6))
    edit = editor(text)
    async with Stage(edit).run_test(size=(40, 10)):
        edit.begin(0)
        model = Model(text)
        for _ in range(150):
            key = source.choice(KEYS + OTHERS)
            press(edit, key)
            model.press(key)
            line, column = edit.buffer.line_and_column(edit.spot)
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
async def test_a_line_that_is_cut_to_rows_is_edited_as_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textbuffer, "ROW_LIMIT", 4)
    source = random.Random(seed)
    text = "abcdefghijklmnopqrstuvw\nx\n" + "y" * 30
    edit = editor(text)
    keys = [key for key in KEYS + OTHERS if key not in ("home", "end", "ctrl+e", "ctrl+u", "ctrl+k", "enter")]
    async with Stage(edit).run_test(size=(40, 10)):
        edit.begin(0)
        model = Model(text)
        for _ in range(200):
            key = source.choice(keys)
            press(edit, key)
            model.press(key)
            assert edit.buffer.text == model.text, key
        while edit.undo():
            pass
        assert edit.buffer.text == text


async def test_up_and_down_keep_the_column_and_pages_move_by_the_window() -> None:
    edit = editor("\n".join(["0123456789", "012", ""] * 20))
    async with Stage(edit).run_test(size=(40, 10)):
        edit.begin(7)
        press(edit, "down")
        assert edit.spot == BufferPosition(1, 3)
        press(edit, "down")
        press(edit, "down")
        assert edit.spot == BufferPosition(3, 7)
        press(edit, "pagedown")
        assert edit.spot == BufferPosition(12, 7)
        press(edit, "pageup")
        press(edit, "up")
        assert edit.spot == BufferPosition(2, 0)
        press(edit, "ctrl+end")
        assert edit.spot == BufferPosition(59, 0)
        press(edit, "down")
        press(edit, "ctrl+home")
        press(edit, "up")
        assert edit.spot == BufferPosition(0, 0)


async def test_a_key_draws_its_line_and_no_other() -> None:
    edit = editor("\n".join(f"line {number}" for number in range(10_000)))
    stage = Stage(edit)
    async with stage.run_test(size=(40, 12)) as pilot:
        edit.go(5_000)
        edit.begin()
        await pilot.pause()
        drawn = watch_lines(edit)
        await pilot.press("x", "y", "backspace")
        assert set(drawn) == {edit.cursor - edit.top}
        assert "line 5000x" in shown(stage)[edit.cursor - edit.top]


async def test_what_is_typed_is_told_before_it_is_drawn() -> None:
    texts: list[str] = []
    edit = TextEditor(longest=LONGEST, on_change=lambda: texts.append(edit.buffer.text))
    edit.load("a\nb")
    async with Stage(edit).run_test(size=(40, 10)) as pilot:
        edit.begin(1)
        drawn = watch_lines(edit)
        edit.on_key(events.Key("x", "x"))
        assert texts == ["ax\nb"]
        assert drawn == []
        await pilot.pause()
        assert drawn


async def test_notes_stand_under_their_lines_and_move_with_them() -> None:
    edit = editor("\n".join(f"line {number}" for number in range(30)))
    stage = Stage(edit)
    async with stage.run_test(size=(60, 10)) as pilot:
        edit.set_notes({2: [RowNote("!", "not a number", "error", 3)], 20: [RowNote("~", "long " * 40, "warning")]})
        await pilot.pause()
        lines = shown(stage)
        assert lines[2].split() == ["3", "!", "line", "2"]
        assert lines[3].index("^") == lines[2].index("line") + 3
        assert lines[4].strip() == "! not a number"
        edit.move(1)
        edit.move(1)
        edit.move(1)
        assert edit.row == 3
        edit.go_to(BufferPosition(0, 0))
        edit.begin(0)
        press(edit, "enter")
        await pilot.pause()
        assert shown(stage)[3].split() == ["4", "!", "line", "2"]
        press(edit, "backspace")
        edit.leave()
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


async def test_a_line_longer_than_the_screen_scrolls_with_the_caret() -> None:
    edit = editor("x" * 100 + "end\n" + "y" * 100)
    stage = Stage(edit)
    async with stage.run_test(size=(40, 5)) as pilot:
        assert shown(stage)[0].endswith("…")
        edit.begin()
        await pilot.pause()
        assert shown(stage)[0].rstrip().endswith("xend")
        press(edit, "home")
        await pilot.pause()
        assert "end" not in shown(stage)[0]


async def test_hostile_texts_are_shown_as_letters_and_kept_as_they_are() -> None:
    text = '"a\x1b[31m\u202e\x85\u2028\x00": "\udce9 é"'
    edit = editor(text)
    stage = Stage(edit)
    async with stage.run_test(size=(60, 5)) as pilot:
        edit.begin()
        await pilot.pause()
        press(edit, "x")
        await pilot.pause()
        assert edit.buffer.text == text[:-1] + 'x"'
        assert all(char.isprintable() for char in "".join(shown(stage)))


async def test_a_megabyte_is_pasted_typed_into_and_taken_back_at_once() -> None:
    text = "\n".join(f'  "name {number}": "something that is not short",' for number in range(20_000))
    assert len(text) > 900_000
    edit = editor("{\n}")
    async with Stage(edit).run_test(size=(80, 24)) as pilot:
        edit.go_to(BufferPosition(0, 0))
        edit.begin(1)
        begun = time.perf_counter()
        edit.on_paste(events.Paste(text))
        await pilot.pause()
        assert time.perf_counter() - begun < 0.5
        begun = time.perf_counter()
        for _ in range(100):
            press(edit, "x")
        assert (time.perf_counter() - begun) / 100 < 0.005
        press(edit, "enter")
        assert len(edit.buffer.rows) == 20_002
        edit.leave()
        while edit.undo():
            pass
        assert edit.buffer.text == "{\n}"


async def test_a_megabyte_in_one_line_is_edited_like_any_other() -> None:
    text = '{"a": "' + "word " * 200_000 + '"}'
    edit = editor(text)
    async with Stage(edit).run_test(size=(80, 24)):
        edit.go(300)
        begun = time.perf_counter()
        edit.begin()
        for _ in range(20):
            press(edit, "x")
            press(edit, "left")
        assert time.perf_counter() - begun < 1
        assert len(edit.buffer.text) == len(text) + 20


async def test_what_does_not_fit_is_refused_with_a_word_and_changes_nothing() -> None:
    edit = TextEditor(longest=100)
    edit.load("{}")
    stage = Stage(edit)
    async with stage.run_test(size=(40, 5)) as pilot:
        edit.begin()
        edit.on_paste(events.Paste("x" * 101))
        await pilot.pause()
        (refused,) = stage.heard(TextEditor.Refused)
        assert "Nothing was pasted" in refused.words
        assert edit.buffer.text == "{}"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n"),
        ("\t\t{\n \t 1\t2", "    {\n    1\t2"),
        ("a\tb", "a\tb"),
        ("", ""),
    ],
)
def test_what_comes_from_outside_has_line_feeds_and_no_tabs_in_front(text: str, plain: str) -> None:
    assert plain_lines(text) == plain
