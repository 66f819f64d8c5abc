"""The form of an order: groups, fields and notes as lines, with one live editor in the field that is being edited.

The sheet holds no order: it is given rows, posts what was entered, and is given new rows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.api.pointer import Pointer
from tui.orders.value_parser import ParsedEntry, ValidValue, parse_entry
from tui.widgets.editing.editable_lines import EditableLines
from tui.widgets.editing.field_editor import LiveEditor, Reader
from tui.widgets.form_layout import NOTE_INDENT, FieldRow, FormLayout, GroupRow, NoteRow, SheetRow
from tui.widgets.lines import Piece
from tui.widgets.messages import WidgetMessage
from tui.widgets.text import fit, safe

_MARGIN = 3  # cursor, mark, space


class OrderSheet(EditableLines):
    """The order form. `reader`: parses entries, for instance with the profile's time zone.

    `typing_hook`: called at every change of the text in an editor, before it is drawn, so that it can be stored first.
    """

    left_margin = _MARGIN

    @dataclass(eq=False)
    class SheetMessage(WidgetMessage["OrderSheet"]):
        pointer: Pointer

    @dataclass(eq=False)
    class FieldChanged(SheetMessage):
        """A value was entered and accepted."""

        entry: ValidValue

    @dataclass(eq=False)
    class Typing(SheetMessage):
        """The text in the editor changed. `open_editor(pointer, text)` restores it."""

        text: str

    class EditorOpened(SheetMessage):
        pass

    @dataclass(eq=False)
    class EditorLeft(SheetMessage):
        """The editor was closed. `accepted`: by Enter or Tab. `text`: its edited text if that was not accepted."""

        accepted: bool
        text: str | None

    @dataclass(eq=False)
    class EditRefused(SheetMessage):
        """The field cannot be edited; `reason` says why."""

        reason: str

    @dataclass(eq=False)
    class ExternalEditor(SheetMessage):
        """The user wants to edit the text in $EDITOR. Pass the result to `fill_editor`."""

        kind: str
        text: str

    def __init__(
        self,
        *,
        reader: Reader | None = None,
        typing_hook: Callable[[Pointer, str], None] | None = None,
        empty: str = "No order.",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(empty=empty, id=id, classes=classes)
        self.reader: Reader = reader or _read_entry
        self.typing_hook = typing_hook
        self._form = FormLayout()

    # Rows.

    @property
    def rows(self) -> tuple[SheetRow, ...]:
        return self._form.rows

    def load(self, rows: Sequence[SheetRow], pointer: Pointer | None = None) -> None:
        """Show another order, from the top or at a field. Closes an open editor."""
        self.leave_editor()
        self._form = FormLayout(rows, self.drawn_width)
        self.top = 0
        self.cursor = self._clamp(0)
        self.repaint()
        if pointer is not None and (row := self._form.nearest(pointer)) is not None:
            self.cursor = self._clamp(self._form.line_of_row[row])
            self.show_line(self.cursor)
        self.post_message(self.CursorMoved(self, self.cursor))

    def set_rows(self, rows: Sequence[SheetRow]) -> None:
        """Update the rows of the same order. The cursor keeps its field, an editor stays open, only changes are drawn."""
        old, pointer, offset = self._form, self.cursor_pointer, self.cursor - self.top
        self._form = FormLayout(rows, self.drawn_width)
        if self._editor is not None and self._form.row_of(self._editor.pointer) is None:
            self.leave_editor()
        if self._form.has_same_layout(old):
            for line, (row, _) in enumerate(self._form.lines):
                if old.rows[row] != self._form.rows[row]:
                    self.repaint_row(line)
        else:
            row_now = None if pointer is None else self._form.row_of(pointer)
            self.cursor = self._clamp(self.cursor if row_now is None else self._form.line_of_row[row_now])
            self.top = max(0, self.cursor - offset)
            self.repaint()
        if self.cursor_pointer != pointer:
            self.post_message(self.CursorMoved(self, self.cursor))

    @property
    def cursor_row(self) -> SheetRow | None:
        """The row under the cursor."""
        return self._form.row_at_line(self.cursor)

    @property
    def cursor_field(self) -> FieldRow | None:
        row = self.cursor_row
        return row if isinstance(row, FieldRow) else None

    @property
    def cursor_pointer(self) -> Pointer | None:
        row = self.cursor_row
        return None if row is None else row.pointer

    def field(self, pointer: Pointer) -> FieldRow | None:
        index = self._form.row_of(pointer)
        row = None if index is None else self._form.rows[index]
        return row if isinstance(row, FieldRow) else None

    def go(self, index: int) -> None:
        super().go(index)
        if self._editor is None:
            # Show the notes of a field with it, if there is room.
            self.show_line(self._form.last_note_line(self.cursor))
            self.show_line(self.cursor)

    def go_to(self, pointer: Pointer) -> bool:
        """Move the cursor to a field, or to the first one inside the pointer, or to its nearest parent."""
        row = self._form.nearest(pointer)
        return row is not None and self.go_to_row(row)

    def go_to_row(self, row: int) -> bool:
        """Move the cursor to a row by index, or to the next selectable one. A heading is scrolled into view, too."""
        self.leave_editor()
        if not 0 <= row < len(self.rows):
            return False
        line = self._form.line_of_row[row]
        self.go(line)
        if isinstance(self.rows[row], GroupRow):
            self.show_line(line)
        return True

    def step_problem(self, by: int) -> bool:
        """Move to the next or previous field with a problem. Returns False if there is none."""
        self.leave_editor()
        step = 1 if by > 0 else -1
        line = self._next_selectable(self.cursor + step, step)
        while line is not None:
            if self._form.has_problem(line):
                self.go(line)
                return True
            line = self._next_selectable(line + step, step)
        return False

    def has_problem_here(self) -> bool:
        """Whether the row under the cursor has a problem."""
        return self.cursor < len(self._form.lines) and self._form.has_problem(self.cursor)

    # The editor.

    def open_editor(self, pointer: Pointer | None = None, text: str | None = None) -> bool:
        """Edit a field, by default the one under the cursor. `text`: a text in progress to continue with."""
        self.leave_editor()
        if pointer is not None and self.field(pointer) is None:
            return False
        if pointer is not None:
            self.go_to(pointer)
        field = self.cursor_field
        if field is None:
            return False
        if not field.editable:
            self.post_message(self.EditRefused(self, field.pointer, field.reason))
            return False
        editor = LiveEditor(
            field.pointer,
            field.kind,
            field.value,
            field.choices,
            self.reader,
            multiline=field.multiline,
            in_progress=text,
        )
        self.highlights_cursor = False
        self.post_message(self.EditorOpened(self, field.pointer))
        self.show_editor(editor)
        return True

    def open_next(self, by: int) -> None:
        step = 1 if by > 0 else -1
        line = self._next_selectable(self.cursor + step, step)
        while line is not None:
            row = self._form.row_at_line(line)
            if isinstance(row, FieldRow) and row.editable:
                self.go(line)
                self.open_editor()
                return
            line = self._next_selectable(line + step, step)

    def box_of(self, editor: LiveEditor) -> tuple[int, int]:
        field = self.cursor_field
        was = f"was {field.was}" if field is not None and field.was is not None else ""
        return _MARGIN + self._form.label_width + 1, self._widths(safe(was), self.size.width)[0]

    def text_typed(self, editor: LiveEditor) -> None:
        if self.typing_hook is not None:
            self.typing_hook(editor.pointer, editor.text)
        self.post_message(self.Typing(self, editor.pointer, editor.text))

    def value_accepted(self, editor: LiveEditor, entry: ValidValue) -> None:
        self.post_message(self.FieldChanged(self, editor.pointer, entry))

    def editor_closed(self, editor: LiveEditor, accepted: bool, text: str | None) -> None:
        self.post_message(self.EditorLeft(self, editor.pointer, accepted, text))

    def external_editor_requested(self, editor: LiveEditor) -> None:
        self.post_message(self.ExternalEditor(self, editor.pointer, editor.kind, editor.text))

    def close_editor(self) -> None:
        self.highlights_cursor = True
        super().close_editor()

    # Drawing.

    @property
    def row_count(self) -> int:
        return len(self._form.lines)

    def is_selectable(self, index: int) -> bool:
        line = self.row_at(index)
        return line is not None and self._form.is_selectable(line)

    def lay_out(self, width: int) -> None:
        row = self._form.lines[self.cursor][0] if self.cursor < len(self._form.lines) else None
        self._form.lay_out(width)
        if row is not None:
            self.cursor = self._form.line_of_row[row]
        super().lay_out(width)

    def draw_row(self, row: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        number, part = self._form.lines[row]
        match self.rows[number]:
            case FieldRow() as field:
                return self._draw_field(field, width, is_cursor)
            case GroupRow() as group:
                return self._draw_group(group, width, is_cursor)
            case NoteRow() as note:
                return self._draw_note(note, self._form.note_line(number, part), part, is_cursor)

    def _draw_field(self, row: FieldRow, width: int, is_cursor: bool) -> Iterable[Piece]:
        yield ">" if is_cursor else " ", "mark"
        yield fit(row.mark, 1) + " ", _MARK_STYLES.get(row.mark, "mark")
        label = " " * (2 * row.indent) + row.label
        yield fit(label, self._form.label_width) + " ", "" if row.editable else "dim"
        was = "" if row.was is None else safe(f"was {row.was}")
        value_width, was_width = self._widths(was, width)
        if self._editor is not None and self._editor.pointer == row.pointer:
            yield from self._editor.draw_box(value_width)
        else:
            style = (
                "dim" if row.shown.startswith("· ") or not row.editable else "changed" if row.was is not None else ""
            )
            yield fit(row.shown, value_width), style
        if was:
            yield " " + fit(was, was_width), "dim"

    def _draw_group(self, row: GroupRow, width: int, is_cursor: bool) -> Iterable[Piece]:
        counts = [f"*{row.changes}"] if row.changes else []
        counts += [f"!{row.problems}"] if row.problems else []
        counts += [f"#{row.conflicts}"] if row.conflicts else []
        counts += [safe(row.hint)] if row.hint else []
        end = f" {' '.join(counts)} ──" if counts else ""
        room = max(1, width - cell_len(end) - 4)
        title = fit(row.title, min(cell_len(safe(row.title)), room))
        yield f"{'>─' if is_cursor else '──'} {title} ", "title"
        yield "─" * (width - cell_len(title) - cell_len(end) - 4), "dim"
        yield end, "title"

    def _draw_note(self, row: NoteRow, text: str, part: int, is_cursor: bool) -> Iterable[Piece]:
        mark = fit(row.mark, 1) if part == 0 else " "
        yield (">" if is_cursor else " ") + " " * (NOTE_INDENT - 3) + mark + " " + text, row.style

    # Helpers.

    def _widths(self, was: str, width: int) -> tuple[int, int]:
        """The widths of a field's value and of its previous value, in cells."""
        available = max(4, width - _MARGIN - self._form.label_width - 2)
        was_width = min(cell_len(was), available // 2)
        return available - was_width - (1 if was else 0), was_width


_MARK_STYLES = {"!": "error", "S": "service", "#": "conflict", "~": "warning", "*": "changed"}


def _read_entry(pointer: Pointer, kind: str, text: str, choices: tuple[tuple[str, str], ...]) -> ParsedEntry:
    return parse_entry(kind, text, choices=choices)
