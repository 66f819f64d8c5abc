"""An editor for long text with line numbers and notes below lines. One row is edited at a time.

The cost of a key does not depend on the length of the text: it changes one row and redraws one line.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events
from textual.geometry import Offset
from textual.message import Message

from tui.widgets.editing.text_buffer import BufferPosition, TextBuffer, TextChange
from tui.widgets.editing.text_model import EDITING_KEYS, TextModel
from tui.widgets.lines import LineView, Piece
from tui.widgets.text import fit, safe, wrap

_KEYS = EDITING_KEYS | {
    "enter",
    "escape",
    "tab",
    "shift+tab",
    "up",
    "down",
    "pageup",
    "pagedown",
    "ctrl+home",
    "ctrl+end",
}
_INDENT = "  "
_NOTE_LINES = 4


@dataclass(frozen=True, slots=True)
class RowNote:
    """A note below a row. `column`: where a ^ points to, in characters from 0."""

    mark: str
    text: str
    style: str
    column: int | None = None


class TextEditor(LineView):
    """The editor. `on_change`: called after each change and before it is drawn, so that the text can be stored first."""

    class EditingEnded(Message):
        """Editing was ended with Esc."""

    @dataclass(eq=False)
    class Refused(Message):
        """A paste was refused. `message` says why."""

        message: str

    def __init__(self, *, max_length: int, on_change: Callable[[], None] = lambda: None, id: str | None = None) -> None:
        super().__init__(id=id)
        self.buffer = TextBuffer()
        self._max_length = max_length
        self._on_change = on_change
        self._editing: TextModel | None = None
        self._scroll = 0
        self._preferred_column: int | None = None
        self._notes: dict[int, tuple[RowNote, ...]] = {}
        self._rows_with_notes: list[int] = []
        self._lines_of_rows_with_notes: list[int] = []
        self._note_lines: list[list[list[Piece]]] = []

    # Called by screens.

    @property
    def is_editing(self) -> bool:
        """Whether a row is being edited."""
        return self._editing is not None

    @property
    def row(self) -> int:
        """The row under the cursor."""
        return self._row_at(self.cursor)[0]

    @property
    def position(self) -> BufferPosition:
        """The position of the caret, or the start of the row under the cursor."""
        return BufferPosition(self.row, self._editing.offset if self._editing is not None else 0)

    def load(self, text: str) -> None:
        """Show a text, with an empty undo history."""
        self.buffer = TextBuffer(text)
        self._editing = None
        self.cursor = self.top = 0
        self.set_notes({})

    def set_text(self, text: str) -> None:
        """Replace the text in one undoable step. The cursor keeps its row."""
        row = self.row
        self.stop_editing()
        self.buffer.set_text(text, BufferPosition(row, 0))
        self._on_change()
        self._notes = {}
        self._lay_notes(self.drawn_width)
        self.repaint()
        self.go(self._line_of(min(row, len(self.buffer.rows) - 1)))

    def set_notes(self, notes: Mapping[int, Sequence[RowNote]]) -> None:
        """Set the notes of rows. The cursor's row keeps its place on the screen."""
        row, before = self.row, self.cursor
        self._notes = {number: tuple(found) for number, found in notes.items() if found}
        self._lay_notes(self.drawn_width)
        self.cursor = self._line_of(row)
        self.top += self.cursor - before
        self.repaint()

    def start_editing(self, column: int | None = None) -> None:
        """Edit the row under the cursor, with the caret at a column or after the value."""
        text = self.buffer.row_text(self.row)
        self._open(len(text.rstrip().removesuffix(",").removesuffix('"')) if column is None else column)
        self.highlights_cursor = False
        self._draw_edited_row()

    def stop_editing(self) -> None:
        """Stop editing."""
        if self._editing is not None:
            self._editing = None
            self.highlights_cursor = True
            self.buffer.end_step()
            self.repaint_line(self.cursor)

    def go_to(self, position: BufferPosition) -> None:
        """Move the cursor to a row, and the caret, too, if a row is being edited."""
        if self._editing is not None:
            self._move_to(position.row, position.column)
        else:
            self.go(self._line_of(position.row))

    def step_note(self, by: int) -> RowNote | None:
        """Move to the next or previous row with a note, and return its first note; None if there is none."""
        here = self.row
        note_index = (
            bisect_right(self._rows_with_notes, here) if by > 0 else bisect_left(self._rows_with_notes, here) - 1
        )
        if not 0 <= note_index < len(self._rows_with_notes):
            return None
        self.go_to(BufferPosition(self._rows_with_notes[note_index], 0))
        return self._notes[self._rows_with_notes[note_index]][0]

    @property
    def notes(self) -> Mapping[int, Sequence[RowNote]]:
        return self._notes

    def undo(self) -> bool:
        """Undo the last step. Returns False if there is none."""
        return self._after_undo(self.buffer.undo())

    def redo(self) -> bool:
        return self._after_undo(self.buffer.redo())

    # Keys.

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return self.is_editing and (key in _KEYS or (character is not None and character.isprintable()))

    def on_key(self, event: events.Key) -> None:
        if self._editing is None or not self.check_consume_key(event.key, event.character):
            return
        event.stop().prevent_default()
        self._do(self._editing, event.key, event.character)

    def on_paste(self, event: events.Paste) -> None:
        if self._editing is None:
            return
        event.stop().prevent_default()
        text = normalize_lines(event.text)
        length = sum(map(len, self.buffer.rows)) + len(text)
        if length > self._max_length:
            self.post_message(
                self.Refused(
                    f"Nothing was pasted: the text would have {length} characters, and {self._max_length} fit."
                )
            )
            return
        self._replace(self.position, self.position, text)

    def _do(self, editing: TextModel, key: str, character: str | None) -> None:
        row, column = self.position
        if key not in ("up", "down", "pageup", "pagedown"):
            self._preferred_column = None
        match key:
            case "escape":
                self.stop_editing()
                self.post_message(self.EditingEnded())
            case "enter":
                text = self.buffer.row_text(row)
                blank = len(text) - len(text.lstrip(" "))
                self._replace(self.position, self.position, "\n" + " " * min(blank, column))
            case "tab":
                self._replace(self.position, self.position, _INDENT)
            case "shift+tab":
                pass
            case "up" | "down" | "pageup" | "pagedown":
                by = {"up": -1, "down": 1, "pageup": 1 - self.body_height, "pagedown": self.body_height - 1}[key]
                self._preferred_column = column if self._preferred_column is None else self._preferred_column
                self._move_to(max(0, min(row + by, len(self.buffer.rows) - 1)), self._preferred_column)
            case "ctrl+home":
                self._move_to(0, 0)
            case "ctrl+end":
                self._move_to(len(self.buffer.rows) - 1, len(self.buffer.rows[-1]))
            case "left" | "ctrl+left" if column == 0 and row:
                self._to_end_of(row - 1)
                if self.buffer.continues(row - 1):
                    self._edit(self._editing, key, None)
            case "right" | "ctrl+right" if editing.is_at_end and row + 1 < len(self.buffer.rows):
                self._move_to(row + 1, 0)
            case "backspace" | "ctrl+w" if column == 0:
                self._delete_before(row)
            case "delete" | "ctrl+d" if editing.is_at_end:
                self._delete_after(row)
            case _:
                self._edit(editing, key, character)

    def _edit(self, editing: TextModel | None, key: str, character: str | None) -> None:
        """Handle a key that changes only the current row."""
        row, before = self.position
        if editing is None or not editing.key(key, character):
            return
        text = editing.text
        if text == self.buffer.row_text(row):
            self._move_to(row, editing.offset)
            return
        if character == " ":
            self.buffer.end_step()
        is_typed = character is not None and character.isprintable()
        change = self.buffer.set_row(
            row, text, editing.offset, "type" if is_typed else "delete", BufferPosition(row, before)
        )
        self._changed(change, in_row=change.new == 1)

    def _delete_before(self, row: int) -> None:
        if row == 0:
            return
        if self.buffer.rows[row - 1].endswith("\n"):
            self._replace(BufferPosition(row - 1, len(self.buffer.row_text(row - 1))), BufferPosition(row, 0), "")
        else:
            self._to_end_of(row - 1)
            self._edit(self._editing, "backspace", None)

    def _delete_after(self, row: int) -> None:
        if row + 1 == len(self.buffer.rows):
            return
        if self.buffer.rows[row].endswith("\n"):
            self._replace(BufferPosition(row, len(self.buffer.row_text(row))), BufferPosition(row + 1, 0), "")
        else:
            self._move_to(row + 1, 0)
            self._edit(self._editing, "delete", None)

    def _replace(self, start: BufferPosition, end: BufferPosition, text: str) -> None:
        caret = self.position
        self._changed(self.buffer.replace(start, end, text, before=caret))

    def _changed(self, change: TextChange, *, in_row: bool = False) -> None:
        self._on_change()
        if in_row and not (self.buffer.continues(change.row) and self._editing is not None and self._editing.is_at_end):
            self._draw_edited_row()
            return
        self._shift_notes(change)
        caret = self.buffer.caret
        self._open_at(caret)
        self.repaint()
        self.show_line(self.cursor)
        self._draw_edited_row()

    def _after_undo(self, step: tuple[TextChange, BufferPosition] | None) -> bool:
        if step is None:
            return False
        self.stop_editing()
        change, position = step
        self._on_change()
        self._shift_notes(change)
        row = min(position.row, len(self.buffer.rows) - 1)
        self.repaint()
        self.go(self._line_of(row))
        return True

    def _to_end_of(self, row: int) -> None:
        """Move the caret after the last character of a row, even if the line continues in the next row."""
        self._move_to(row, 0)
        if self._editing is not None:
            self._editing.set_offset(len(self.buffer.rows[row]))
            self._draw_edited_row()

    def _move_to(self, row: int, column: int) -> None:
        """Move the caret."""
        self.buffer.end_step()
        old = self.cursor
        self._open_at(BufferPosition(row, column))
        self.repaint_line(old)
        self.show_line(self.cursor)
        self._draw_edited_row()
        if self.cursor != old:
            self.post_message(self.CursorMoved(self, self.cursor))

    def _open_at(self, position: BufferPosition) -> None:
        # The end of a row that continues is the start of the next one.
        if self.buffer.continues(position.row) and position.column >= len(self.buffer.rows[position.row]):
            position = BufferPosition(position.row + 1, position.column - len(self.buffer.rows[position.row]))
        self.cursor = self._line_of(position.row)
        self._open(position.column)

    def _open(self, column: int) -> None:
        text = self.buffer.row_text(self.row)
        if self._editing is None or self._editing.text != text:
            self._editing = TextModel(text)
            self._scroll = 0
        self._editing.set_offset(column)

    def _draw_edited_row(self) -> None:
        self.repaint_line(self.cursor)
        if self._editing is not None and self.is_attached:
            available = max(4, self.drawn_width - self._gutter)
            visual_line, self._scroll = self._editing.window(available, self._scroll)
            before = self._editing.draw(visual_line, available, caret=True)[0]
            column = self._gutter + cell_len(before)
            self.app.cursor_position = self.content_region.offset + Offset(column, self.cursor - self.top)

    # Drawing.

    @property
    def line_count(self) -> int:
        return len(self.buffer.rows) + sum(map(len, self._note_lines))

    def is_selectable(self, index: int) -> bool:
        return 0 <= index < self.line_count and self._row_at(index)[1] is None

    def clicked(self, index: int) -> None:
        row, note = self._row_at(index)
        if self._editing is None:
            super().clicked(index)
        elif note is None:
            self._move_to(row, len(self.buffer.row_text(row)))

    def lay_out(self, width: int) -> None:
        row = self.row
        self._lay_notes(width)
        self.cursor = self._line_of(row)

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        row, note = self._row_at(index)
        if note is not None:
            yield from note
            return
        number = self.buffer.line_number(row)
        notes = self._notes.get(row, ())
        yield ">" if is_cursor else " ", "mark"
        yield f"{'' if number is None else number:>{self._gutter - 4}} ", "dim"
        yield notes[0].mark if notes else " ", notes[0].style if notes else ""
        yield " ", ""
        available = max(4, width - self._gutter)
        if is_cursor and self._editing is not None:
            visual_line, self._scroll = self._editing.window(available, self._scroll)
            yield from self._editing.pieces(visual_line, available)
        else:
            yield fit(self.buffer.row_text(row), available), ""

    @property
    def _gutter(self) -> int:
        """The width of the line numbers and the marks beside them."""
        return max(3, len(str(len(self.buffer.rows)))) + 4

    def _lay_notes(self, width: int) -> None:
        self._rows_with_notes = sorted(self._notes)
        self._note_lines = [self._drawn_notes(row, width) for row in self._rows_with_notes]
        self._lines_of_rows_with_notes = []
        before = 0
        for row, lines in zip(self._rows_with_notes, self._note_lines, strict=True):
            self._lines_of_rows_with_notes.append(row + before)
            before += len(lines)

    def _drawn_notes(self, row: int, width: int) -> list[list[Piece]]:
        drawn: list[list[Piece]] = []
        available = max(20, width - self._gutter - 1)
        for note in self._notes[row]:
            if note.column is not None:
                at = cell_len(safe(self.buffer.row_text(row)[: note.column]))
                if at < available:
                    drawn.append([(" " * (self._gutter + at) + "^", note.style)])
            lines = wrap(safe(note.text), available)
            if len(lines) > _NOTE_LINES:
                lines = [*lines[: _NOTE_LINES - 1], fit(" ".join(lines[_NOTE_LINES - 1 :]), available)]
            for part, line in enumerate(lines):
                mark = note.mark if part == 0 else " "
                drawn.append([(" " * (self._gutter - 2) + f"{mark} {line}", note.style)])
        return drawn

    def _shift_notes(self, change: TextChange) -> None:
        """Keep notes at their rows after rows above them were added or removed."""
        if not self._notes:
            return
        moved: dict[int, tuple[RowNote, ...]] = {}
        for row, notes in self._notes.items():
            if row >= change.row + change.old:
                row += change.new - change.old
            elif row > change.row:
                row = max(change.row, min(row, change.row + change.new - 1))
            moved[row] = (*moved.get(row, ()), *notes)
        self._notes = {row: notes for row, notes in moved.items() if row < len(self.buffer.rows)}
        self._lay_notes(self.drawn_width)

    def _line_of(self, row: int) -> int:
        """The line of the view that shows a row."""
        note_index = bisect_left(self._rows_with_notes, row)
        if note_index == 0:
            return row
        last = note_index - 1
        return self._lines_of_rows_with_notes[last] + len(self._note_lines[last]) + row - self._rows_with_notes[last]

    def _row_at(self, index: int) -> tuple[int, list[Piece] | None]:
        """The row at a line of the view, and the pieces of the note if the line belongs to one."""
        note_index = bisect_right(self._lines_of_rows_with_notes, index) - 1
        if note_index < 0:
            return index, None
        below, lines = index - self._lines_of_rows_with_notes[note_index], self._note_lines[note_index]
        if below == 0:
            return self._rows_with_notes[note_index], None
        if below <= len(lines):
            return self._rows_with_notes[note_index], lines[below - 1]
        return self._rows_with_notes[note_index] + below - len(lines), None


def normalize_lines(text: str) -> str:
    """Normalize an external text: line breaks become line feeds, and tabs at the start of a line become spaces."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\t" not in text:
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        body = line.lstrip(" \t")
        if "\t" in line[: len(line) - len(body)]:
            lines[number] = line[: len(line) - len(body)].replace("\t", _INDENT) + body
    return "\n".join(lines)
