"""A text of many lines, numbered, with notes under its lines; one line of it is live at a time.

What a key costs does not depend on the length of the text: it changes one row and draws one line.
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
    """What is said under a row; `column` is where a ^ points to, in characters from 0."""

    mark: str
    text: str
    tone: str
    column: int | None = None


class TextEditor(LineView):
    """`on_change` is called after each change and before it is drawn, so that what was typed is kept first."""

    class Left(Message):
        """Esc has ended the editing."""

    class Refused(Message):
        """A paste was not taken; `words` say why."""

        def __init__(self, words: str) -> None:
            super().__init__()
            self.words = words

    def __init__(self, *, longest: int, on_change: Callable[[], None] = lambda: None, id: str | None = None) -> None:
        super().__init__(id=id)
        self.buffer = TextBuffer()
        self._longest = longest
        self._on_change = on_change
        self._editing: TextModel | None = None
        self._scroll = 0
        self._wanted: int | None = None
        self._notes: dict[int, tuple[RowNote, ...]] = {}
        self._noted: list[int] = []
        self._noted_lines: list[int] = []
        self._note_lines: list[list[list[Piece]]] = []

    # What a screen calls.

    @property
    def is_live(self) -> bool:
        """Whether keys edit the text."""
        return self._editing is not None

    @property
    def row(self) -> int:
        """The row under the cursor."""
        return self._at(self.cursor)[0]

    @property
    def spot(self) -> BufferPosition:
        """Where the caret stands, or the beginning of the row under the cursor."""
        return BufferPosition(self.row, self._editing.offset if self._editing is not None else 0)

    def load(self, text: str) -> None:
        """Show a text, with nothing to be undone."""
        self.buffer = TextBuffer(text)
        self._editing = None
        self.cursor = self.top = 0
        self.set_notes({})

    def set_text(self, text: str) -> None:
        """Another text in place of all, as one step that can be undone; the cursor keeps its line."""
        row = self.row
        self.leave()
        self.buffer.set_text(text, BufferPosition(row, 0))
        self._on_change()
        self._notes = {}
        self._lay_notes(self.drawn_width)
        self.repaint()
        self.go(self._line_of(min(row, len(self.buffer.rows) - 1)))

    def set_notes(self, notes: Mapping[int, Sequence[RowNote]]) -> None:
        """What is said under which row. The cursor's row keeps its place on the screen."""
        row, before = self.row, self.cursor
        self._notes = {number: tuple(found) for number, found in notes.items() if found}
        self._lay_notes(self.drawn_width)
        self.cursor = self._line_of(row)
        self.top += self.cursor - before
        self.repaint()

    def begin(self, column: int | None = None) -> None:
        """Make the row under the cursor live, the caret behind so many characters, or behind the value."""
        text = self.buffer.row_text(self.row)
        self._open(len(text.rstrip().removesuffix(",").removesuffix('"')) if column is None else column)
        self.shows_bar = False
        self._draw_live()

    def leave(self) -> None:
        """No row is live any more."""
        if self._editing is not None:
            self._editing = None
            self.shows_bar = True
            self.buffer.end_step()
            self.repaint_line(self.cursor)

    def go_to(self, spot: BufferPosition) -> None:
        """Put the cursor on a row, and the caret if it is live."""
        if self._editing is not None:
            self._move_to(spot.row, spot.column)
        else:
            self.go(self._line_of(spot.row))

    def step_note(self, by: int) -> RowNote | None:
        """To the next or previous row with a note; the first of its notes, or None where there is none."""
        here = self.row
        place = bisect_right(self._noted, here) if by > 0 else bisect_left(self._noted, here) - 1
        if not 0 <= place < len(self._noted):
            return None
        self.go_to(BufferPosition(self._noted[place], 0))
        return self._notes[self._noted[place]][0]

    @property
    def notes(self) -> Mapping[int, Sequence[RowNote]]:
        return self._notes

    def undo(self) -> bool:
        """Take back the last step; False if there is none."""
        return self._went(self.buffer.undo())

    def redo(self) -> bool:
        return self._went(self.buffer.redo())

    # Keys.

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return self.is_live and (key in _KEYS or (character is not None and character.isprintable()))

    def on_key(self, event: events.Key) -> None:
        if self._editing is None or not self.check_consume_key(event.key, event.character):
            return
        event.stop()
        event.prevent_default()
        self._do(self._editing, event.key, event.character)

    def on_paste(self, event: events.Paste) -> None:
        if self._editing is None:
            return
        event.stop()
        event.prevent_default()
        text = plain_lines(event.text)
        length = sum(map(len, self.buffer.rows)) + len(text)
        if length > self._longest:
            self.post_message(
                self.Refused(f"Nothing was pasted: the text would have {length} characters, and {self._longest} fit.")
            )
            return
        self._replace(self.spot, self.spot, text)

    def _do(self, editing: TextModel, key: str, character: str | None) -> None:
        row, column = self.spot
        if key not in ("up", "down", "pageup", "pagedown"):
            self._wanted = None
        match key:
            case "escape":
                self.leave()
                self.post_message(self.Left())
            case "enter":
                text = self.buffer.row_text(row)
                blank = len(text) - len(text.lstrip(" "))
                self._replace(self.spot, self.spot, "\n" + " " * min(blank, column))
            case "tab":
                self._replace(self.spot, self.spot, _INDENT)
            case "shift+tab":
                pass
            case "up" | "down" | "pageup" | "pagedown":
                self._vertical(key)
            case "ctrl+home":
                self._move_to(0, 0)
            case "ctrl+end":
                self._move_to(len(self.buffer.rows) - 1, len(self.buffer.rows[-1]))
            case "left" | "ctrl+left" if column == 0 and row:
                self._to_end_of(row - 1)
                if self.buffer.goes_on(row - 1):
                    self._edit(self._editing, key, None)
            case "right" | "ctrl+right" if editing.is_at_end and row + 1 < len(self.buffer.rows):
                self._move_to(row + 1, 0)
            case "backspace" | "ctrl+w" if column == 0:
                self._delete_before(row)
            case "delete" | "ctrl+d" if editing.is_at_end:
                self._delete_behind(row)
            case _:
                self._edit(editing, key, character)

    def _edit(self, editing: TextModel | None, key: str, character: str | None) -> None:
        """A key that stays within the row."""
        row, before = self.spot
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

    def _delete_behind(self, row: int) -> None:
        if row + 1 == len(self.buffer.rows):
            return
        if self.buffer.rows[row].endswith("\n"):
            self._replace(BufferPosition(row, len(self.buffer.row_text(row))), BufferPosition(row + 1, 0), "")
        else:
            self._move_to(row + 1, 0)
            self._edit(self._editing, "delete", None)

    def _vertical(self, key: str) -> None:
        by = {"up": -1, "down": 1, "pageup": 1 - self.body_height, "pagedown": self.body_height - 1}[key]
        row, column = self.spot
        target = max(0, min(row + by, len(self.buffer.rows) - 1))
        self._wanted = column if self._wanted is None else self._wanted
        self._move_to(target, self._wanted)

    def _replace(self, start: BufferPosition, end: BufferPosition, text: str) -> None:
        caret = self.spot
        self._changed(self.buffer.replace(start, end, text, before=caret))

    def _changed(self, change: TextChange, *, in_row: bool = False) -> None:
        self._on_change()
        if in_row and not (self.buffer.goes_on(change.row) and self._editing is not None and self._editing.is_at_end):
            self._draw_live()
            return
        self._shift_notes(change)
        caret = self.buffer.caret
        self._open_at(caret)
        self.repaint()
        self.show_line(self.cursor)
        self._draw_live()

    def _went(self, step: tuple[TextChange, BufferPosition] | None) -> bool:
        if step is None:
            return False
        self.leave()
        change, spot = step
        self._on_change()
        self._shift_notes(change)
        row = min(spot.row, len(self.buffer.rows) - 1)
        self.repaint()
        self.go(self._line_of(row))
        return True

    def _to_end_of(self, row: int) -> None:
        """The caret behind the last character of a row, also where that is in front of the next row's first."""
        self._move_to(row, 0)
        if self._editing is not None:
            self._editing.seek(len(self.buffer.rows[row]))
            self._draw_live()

    def _move_to(self, row: int, column: int) -> None:
        """The caret to another place."""
        self.buffer.end_step()
        old = self.cursor
        self._open_at(BufferPosition(row, column))
        self.repaint_line(old)
        self.show_line(self.cursor)
        self._draw_live()
        if self.cursor != old:
            self.post_message(self.CursorMoved(self, self.cursor))

    def _open_at(self, spot: BufferPosition) -> None:
        # Behind the last character of a row that goes on stands the first one of the next.
        if self.buffer.goes_on(spot.row) and spot.column >= len(self.buffer.rows[spot.row]):
            spot = BufferPosition(spot.row + 1, spot.column - len(self.buffer.rows[spot.row]))
        self.cursor = self._line_of(spot.row)
        self._open(spot.column)

    def _open(self, column: int) -> None:
        text = self.buffer.row_text(self.row)
        if self._editing is None or self._editing.text != text:
            self._editing = TextModel(text)
            self._scroll = 0
        self._editing.seek(column)

    def _draw_live(self) -> None:
        self.repaint_line(self.cursor)
        if self._editing is not None and self.is_attached:
            room = max(4, self.drawn_width - self._gutter)
            stretch, self._scroll = self._editing.window(room, self._scroll)
            before = self._editing.draw(stretch, room, caret=True)[0]
            column = self._gutter + cell_len(before)
            self.app.cursor_position = self.content_region.offset + Offset(column, self.cursor - self.top)

    # Drawing.

    @property
    def line_count(self) -> int:
        return len(self.buffer.rows) + sum(map(len, self._note_lines))

    def is_stop(self, index: int) -> bool:
        return 0 <= index < self.line_count and self._at(index)[1] is None

    def clicked(self, index: int) -> None:
        row, note = self._at(index)
        if self._editing is None:
            super().clicked(index)
        elif note is None:
            self._move_to(row, len(self.buffer.row_text(row)))

    def lay_out(self, width: int) -> None:
        row = self.row
        self._lay_notes(width)
        self.cursor = self._line_of(row)

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        row, note = self._at(index)
        if note is not None:
            yield from note
            return
        number = self.buffer.line_number(row)
        notes = self._notes.get(row, ())
        yield ">" if is_cursor else " ", "mark"
        yield f"{'' if number is None else number:>{self._digits}} ", "dim"
        yield notes[0].mark if notes else " ", notes[0].tone if notes else ""
        yield " ", ""
        room = max(4, width - self._gutter)
        if is_cursor and self._editing is not None:
            stretch, self._scroll = self._editing.window(room, self._scroll)
            before, caret, after = self._editing.draw(stretch, room, caret=True)
            yield before, "edit"
            yield caret, "caret"
            yield after, "edit"
        else:
            yield fit(self.buffer.row_text(row), room), ""

    @property
    def _digits(self) -> int:
        return max(3, len(str(len(self.buffer.rows))))

    @property
    def _gutter(self) -> int:
        return self._digits + 4

    def _lay_notes(self, width: int) -> None:
        self._noted = sorted(self._notes)
        self._note_lines = [self._drawn_notes(row, width) for row in self._noted]
        self._noted_lines = []
        before = 0
        for row, lines in zip(self._noted, self._note_lines, strict=True):
            self._noted_lines.append(row + before)
            before += len(lines)

    def _drawn_notes(self, row: int, width: int) -> list[list[Piece]]:
        drawn: list[list[Piece]] = []
        room = max(20, width - self._gutter - 1)
        for note in self._notes[row]:
            if note.column is not None:
                at = cell_len(safe(self.buffer.row_text(row)[: note.column]))
                if at < room:
                    drawn.append([(" " * (self._gutter + at) + "^", note.tone)])
            lines = wrap(safe(note.text), room)
            if len(lines) > _NOTE_LINES:
                lines = [*lines[: _NOTE_LINES - 1], fit(" ".join(lines[_NOTE_LINES - 1 :]), room)]
            for part, line in enumerate(lines):
                mark = note.mark if part == 0 else " "
                drawn.append([(" " * (self._gutter - 2) + f"{mark} {line}", note.tone)])
        return drawn

    def _shift_notes(self, change: TextChange) -> None:
        """Notes stay with their rows where rows above them came or went."""
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
        """The line of the view that a row is drawn on."""
        place = bisect_left(self._noted, row)
        if place == 0:
            return row
        last = place - 1
        return self._noted_lines[last] + len(self._note_lines[last]) + row - self._noted[last]

    def _at(self, index: int) -> tuple[int, list[Piece] | None]:
        """The row at a line of the view, and what is drawn where it is a note under it."""
        place = bisect_right(self._noted_lines, index) - 1
        if place < 0:
            return index, None
        below, lines = index - self._noted_lines[place], self._note_lines[place]
        if below == 0:
            return self._noted[place], None
        if below <= len(lines):
            return self._noted[place], lines[below - 1]
        return self._noted[place] + below - len(lines), None


def plain_lines(text: str) -> str:
    """A text that came from outside: its line breaks as line feeds, tabs in front of a line as blanks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\t" not in text:
        return text
    lines = text.split("\n")
    for number, line in enumerate(lines):
        body = line.lstrip(" \t")
        if "\t" in line[: len(line) - len(body)]:
            lines[number] = line[: len(line) - len(body)].replace("\t", _INDENT) + body
    return "\n".join(lines)
