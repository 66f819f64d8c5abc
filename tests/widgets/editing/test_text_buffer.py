"""Tests for the text buffer: rows always make up the text, and every step can be undone and redone."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.widgets.editing import text_buffer as textbuffer
from tui.widgets.editing.text_buffer import BufferPosition, TextBuffer

letters = st.text(st.sampled_from("ab\n \n"), max_size=12)
long_texts = st.lists(letters, max_size=8).map("".join)


@pytest.fixture(autouse=True)
def short_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Split long lines into rows after a few letters."""
    monkeypatch.setattr(textbuffer, "ROW_LIMIT", 3)


def offset(buffer: TextBuffer, position: BufferPosition) -> int:
    return sum(map(len, buffer.rows[: position.row])) + position.column


def check(buffer: TextBuffer, text: str) -> None:
    assert buffer.text == text
    assert buffer.rows
    assert all("\n" not in row[:-1] for row in buffer.rows)
    assert all(len(row) <= 2 * 3 for row in buffer.rows)
    lines = text.split("\n")
    begins = [row for row in range(len(buffer.rows)) if buffer.line_number(row) is not None]
    assert [buffer.line_number(row) for row in begins] == list(range(1, len(lines) + 1))
    assert [buffer.line_text(row) for row in begins] == lines


@given(st.data(), long_texts)
def test_rows_are_the_text_and_every_step_can_be_undone(data: Any, text: str) -> None:
    buffer = TextBuffer(text)
    check(buffer, text)
    history = [text]
    for _ in range(data.draw(st.integers(0, 8))):
        rows = st.integers(0, len(buffer.rows) - 1)
        if data.draw(st.booleans()):
            start, end = sorted(
                BufferPosition(row, data.draw(st.integers(0, len(buffer.row_text(row)))))
                for row in (data.draw(rows), data.draw(rows))
            )
            new = data.draw(letters)
            first, last = offset(buffer, start), offset(buffer, end)
            text = text[:first] + new + text[last:]
            buffer.replace(start, end, new)
            assert offset(buffer, buffer.caret) == first + len(new)
        else:
            row = data.draw(rows)
            new = data.draw(st.text(st.sampled_from("ab "), max_size=9))
            first = offset(buffer, BufferPosition(row, 0))
            text = text[:first] + new + text[first + len(buffer.row_text(row)) :]
            column = data.draw(st.integers(0, len(new)))
            buffer.set_row(row, new, column, "", BufferPosition(row, 0))
            assert offset(buffer, buffer.caret) == first + column
        check(buffer, text)
        history.append(text)
    for before in reversed(history[:-1]):
        assert buffer.undo() is not None
        check(buffer, before)
    assert buffer.undo() is None
    for after in history[1:]:
        assert buffer.redo() is not None
        check(buffer, after)
    assert buffer.redo() is None


@given(long_texts, st.integers(0, 100), st.integers(0, 20))
def test_lines_and_columns_convert_both_ways(text: str, row: int, column: int) -> None:
    buffer = TextBuffer(text)
    row %= len(buffer.rows)
    position = BufferPosition(row, column % (len(buffer.row_text(row)) + 1))
    line, at = buffer.line_and_column(position)
    assert text.split("\n")[line - 1][: at - 1].endswith(buffer.rows[row][: position.column])
    assert offset(buffer, buffer.position_of(line, at)) == offset(buffer, position)


def test_continued_typing_is_one_step() -> None:
    buffer = TextBuffer("x\n")
    for count, letter in enumerate("abcd", 1):
        if letter == "c":
            buffer.end_step()
        buffer.set_row(0, "x" + "abcd"[:count], 1 + count, "type", BufferPosition(0, count))
    assert buffer.text == "xabcd\n"
    assert buffer.undo() is not None
    assert buffer.text == "xab\n"
    assert buffer.undo() is not None
    assert buffer.text == "x\n"
    assert buffer.undo() is None


@settings(max_examples=20)
@given(st.text(max_size=30))
def test_replacing_the_text_is_one_step(text: str) -> None:
    buffer = TextBuffer("before\nit")
    buffer.set_text(text, BufferPosition(1, 0))
    assert buffer.text == text
    undone = buffer.undo()
    assert undone is not None
    assert undone[1] == BufferPosition(1, 0)
    assert buffer.text == "before\nit"
