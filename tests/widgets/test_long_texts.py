"""Long and odd texts in an editor: as long as one may paste, moved through and drawn without a halt."""

import pytest

from tui.api.pointer import Pointer
from tui.orders.value_parser import ParsedEntry, ValidValue, parse_entry
from tui.widgets.editing.field_editor import LiveEditor
from tui.widgets.editing.text_model import PASTE_LIMIT, TEXT_LIMIT, TextModel

PLACE = Pointer.of("order_details", "notes")


def read(pointer: Pointer, kind: str, text: str, choices: tuple[tuple[str, str], ...]) -> ParsedEntry:
    return parse_entry(kind, text, choices=choices)


@pytest.mark.parametrize("kind", ["text", "lines"])
def test_the_longest_paste_is_drawn_around_its_caret(kind: str) -> None:
    # Not to be slow here: it took minutes once, as each step of the caret's way was measured anew.
    editor = LiveEditor(PLACE, kind, "", (), read)
    editor.paste("Kerkstraat 12 " * (PASTE_LIMIT // 14))
    for key in ("left", "home", "end", "up", "pageup", "x"):
        editor.key(key, key if len(key) == 1 else None, 80)
        height = editor.height(80, 12)
        drawn = ["".join(text for text, _ in editor.draw_under(row, height, 80)) for row in range(height)]
        box = "".join(text for text, _ in editor.draw_box(60))
        assert len(box) == 60
    assert "x" in (box if kind == "text" else "".join(drawn))


def test_a_text_does_not_grow_without_end() -> None:
    editing = TextModel("")
    for _ in range(4):
        assert editing.paste("x" * PASTE_LIMIT) == ""
    assert "more than 256 KB" in editing.paste("x")
    assert len(editing.text) == TEXT_LIMIT


@pytest.mark.parametrize(
    ("text", "multiline", "kept", "said"),
    [
        ("Jan\x1b[2J\x07", False, "Jan[2J", "2 control characters left out"),
        ("Jan\ud800", False, "Jan", "1 control character left out"),
        ("Jan\tKlaassen", False, "Jan Klaassen", ""),
        ("a\tb\x00", True, "a\tb", "1 control character left out"),
        ("a\x85b\nc\x9b", False, "a\x85b c", "2 lines were joined to one, 1 control character left out"),
        ("أ\u200cب👩\u200d🚀", False, "أ\u200cب👩\u200d🚀", ""),
    ],
)
def test_what_nobody_types_is_left_out_of_a_paste_and_said(text: str, multiline: bool, kept: str, said: str) -> None:
    editing = TextModel("", multiline=multiline)
    assert editing.paste(text) == said
    assert editing.text == kept
    assert editing.fill(text) == said
    assert editing.text == kept


def test_above_the_choices_is_what_was_typed() -> None:
    italy = (("IT-RM", "Roma"), ("IT-MI", "Milano"))
    editor = LiveEditor(PLACE, "state", "IT-MI", italy, read)
    for key in "rm":
        editor.key(key, key, 80)
    assert editor.take() == ValidValue("IT-RM")
    editor.key("up", None, 80)
    assert editor.take() == ValidValue("RM")
    editor.key("down", None, 80)
    assert editor.take() == ValidValue("IT-RM")


def test_what_cannot_be_is_not_called_taken() -> None:
    editor = LiveEditor(PLACE, "bool", True, (), read)
    for key in "maybe":
        editor.key(key, key, 80)
    drawn = ["".join(text for text, _ in editor.draw_under(row, editor.height(80, 12), 80)) for row in range(3)]
    assert "yes or no is needed" in "".join(drawn)
    assert "taken as typed" not in "".join(drawn)
