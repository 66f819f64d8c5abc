"""Tests for the text model: the result has typed and original characters, never substitutes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.editing.text_model import EDITING_KEYS, PASTE_LIMIT, TextModel
from tui.widgets.text import SUBSTITUTES

HOSTILE = st.text(alphabet="ab \n\r\x1b\x9b\u202e\ufe0f❤👩\u200d🚀日\u0301\ud800\u2028", max_size=30)
KEYS = st.sampled_from([*sorted(EDITING_KEYS), "enter", "up", "down"])


@given(HOSTILE, st.booleans())
def test_unedited_text_is_the_original(text: str, multiline: bool) -> None:
    editing = TextModel(text, multiline=multiline)
    assert editing.text == text
    assert not editing.is_changed
    assert not set(editing.shown.replace("\n", "")) & set("\x1b\x9b\u202e\r\ud800\u2028")


@given(HOSTILE, st.booleans(), st.lists(KEYS | st.sampled_from("xy "), max_size=20))
def test_text_has_only_typed_and_original_characters(text: str, multiline: bool, keys: list[str]) -> None:
    editing = TextModel(text, multiline=multiline)
    for key in keys:
        if key == "up":
            editing.move_row(-1, 10)
        elif key == "down":
            editing.move_row(1, 10)
        else:
            editing.key(key, key if len(key) == 1 else None)
    assert set(editing.text) <= set(text) | set("xy \n")
    assert not editing.unsendable
    visual_lines = editing.visual_lines(10)
    caret = editing.caret_row(visual_lines)
    for row, line in enumerate(visual_lines):
        assert cell_len("".join(editing.draw(line, 10, caret=row == caret))) == 10
    if not multiline:
        line, _ = editing.window(10, 0)
        assert cell_len("".join(editing.draw(line, 10, caret=True))) == 10


def test_substitute_keeps_its_original_through_edits_around_it() -> None:
    editing = TextModel("a\x1bb\r\nc", multiline=True)
    assert editing.shown == "a␛b\nc"
    editing.key("x", "x")
    editing.move_row(-1, 20)
    editing.key("home", None)
    editing.key("y", "y")
    assert editing.text == "ya\x1bb\r\ncx"
    editing.key("right", None)
    editing.key("delete", None)
    assert editing.text == "yab\r\ncx"


def test_typed_substitute_is_unsendable() -> None:
    editing = TextModel("a\x1b�")
    assert not editing.unsendable, "the original text contains a replacement character"
    editing.paste("␛]")
    assert editing.unsendable == "␛"
    assert set(editing.unsendable) <= SUBSTITUTES


def test_pasted_lines_are_joined_in_one_line_with_a_notice() -> None:
    editing = TextModel("")
    assert editing.paste("Kerkstraat 12\r\n9000 Gent\r") == "2 lines were joined to one"
    assert editing.text == "Kerkstraat 12 9000 Gent"


def test_pasted_lines_are_kept_in_multiline_text() -> None:
    editing = TextModel("start ", multiline=True)
    assert editing.paste("a\rb\r\nc") == ""
    assert editing.text == "start a\nb\nc"


def test_huge_paste_is_refused_completely() -> None:
    editing = TextModel("kept")
    assert "at most 64 KB" in editing.paste("x" * (PASTE_LIMIT + 1))
    assert editing.text == "kept"
    assert editing.paste("y" * PASTE_LIMIT) == ""
    assert len(editing.text) == PASTE_LIMIT + 4


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (["ctrl+w"], "Oude "),
        (["home", "delete"], "ude Markt"),
        (["ctrl+left", "ctrl+k"], "Oude "),
        (["ctrl+u"], ""),
        (["left", "backspace"], "Oude Mart"),
        (["enter"], "Oude Markt"),
    ],
)
def test_keys(keys: list[str], text: str) -> None:
    editing = TextModel("Oude Markt")
    for key in keys:
        editing.key(key, None)
    assert editing.text == text


@pytest.mark.parametrize(("key", "text"), [("n", "n"), ("backspace", ""), ("left", "BE")])
def test_selected_text_is_replaced_only_by_typing(key: str, text: str) -> None:
    editing = TextModel("BE")
    editing.select_all()
    editing.key(key, key if len(key) == 1 else None)
    assert editing.text == text


def test_long_lines_wrap_at_spaces() -> None:
    editing = TextModel("graag afgeven bij de buren", multiline=True)
    parts = [editing.draw(part, 13, caret=False)[0].rstrip() for part in editing.visual_lines(13)]
    assert parts == ["graag", "afgeven bij", "de buren"]
