"""Tests for long and unusual texts in an editor."""

import pytest

from tui.api.pointer import Pointer
from tui.orders.value_parser import ParsedEntry, ValidValue, parse_entry
from tui.widgets.editing.field_editor import LiveEditor
from tui.widgets.editing.text_model import PASTE_LIMIT, TEXT_LIMIT, TextModel

POINTER = Pointer.of("order_details", "notes")


def read(pointer: Pointer, kind: str, text: str, choices: tuple[tuple[str, str], ...]) -> ParsedEntry:
    return parse_entry(kind, text, choices=choices)


@pytest.mark.parametrize("kind", ["text", "lines"])
def test_longest_paste_is_drawn_around_its_caret(kind: str) -> None:
    # This once took minutes, because the text was measured again at each step of the caret.
    editor = LiveEditor(POINTER, kind, "", (), read)
    editor.paste("Kerkstraat 12 " * (PASTE_LIMIT // 14))
    for key in ("left", "home", "end", "up", "pageup", "x"):
        editor.key(key, key if len(key) == 1 else None, 80)
        height = editor.height(80, 12)
        drawn = ["".join(text for text, _ in editor.draw_under(row, height, 80)) for row in range(height)]
        box = "".join(text for text, _ in editor.draw_box(60))
        assert len(box) == 60
    assert "x" in (box if kind == "text" else "".join(drawn))


def test_text_length_is_limited() -> None:
    editing = TextModel("")
    for _ in range(4):
        assert editing.paste("x" * PASTE_LIMIT) == ""
    assert "more than 256 KB" in editing.paste("x")
    assert len(editing.text) == TEXT_LIMIT


@pytest.mark.parametrize(
    ("text", "multiline", "kept", "notice"),
    [
        ("Jan\x1b[2J\x07", False, "Jan[2J", "2 control characters left out"),
        ("Jan\ud800", False, "Jan", "1 control character left out"),
        ("Jan\tKlaassen", False, "Jan Klaassen", ""),
        ("a\tb\x00", True, "a\tb", "1 control character left out"),
        ("a\x85b\nc\x9b", False, "a\x85b c", "2 lines were joined to one, 1 control character left out"),
        ("أ\u200cب👩\u200d🚀", False, "أ\u200cب👩\u200d🚀", ""),
    ],
)
def test_control_characters_are_removed_from_a_paste_with_a_notice(
    text: str, multiline: bool, kept: str, notice: str
) -> None:
    editing = TextModel("", multiline=multiline)
    assert editing.paste(text) == notice
    assert editing.text == kept
    assert editing.fill(text) == notice
    assert editing.text == kept


def test_typed_text_can_be_selected_above_the_choices() -> None:
    italy = (("IT-RM", "Roma"), ("IT-MI", "Milano"))
    editor = LiveEditor(POINTER, "state", "IT-MI", italy, read)
    for key in "rm":
        editor.key(key, key, 80)
    assert editor.accept() == ValidValue("IT-RM")
    editor.key("up", None, 80)
    assert editor.accept() == ValidValue("RM")
    editor.key("down", None, 80)
    assert editor.accept() == ValidValue("IT-RM")


def test_invalid_text_is_not_announced_as_used() -> None:
    editor = LiveEditor(POINTER, "bool", True, (), read)
    for key in "maybe":
        editor.key(key, key, 80)
    drawn = ["".join(text for text, _ in editor.draw_under(row, editor.height(80, 12), 80)) for row in range(3)]
    assert "yes or no is needed" in "".join(drawn)
    assert "used as typed" not in "".join(drawn)
