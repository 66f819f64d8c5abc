"""A grid of selected fields: one row for each order, a cursor on one cell, and the field's editor in the cell.

The grid holds no orders: it is given rows, posts what was entered, and is given new rows.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rich.cells import cell_len
from textual.geometry import Region

from tui.api.pointer import Pointer
from tui.orders.value_parser import ValidValue
from tui.widgets.editing.editable_lines import EditableLines
from tui.widgets.editing.field_editor import LiveEditor, Reader
from tui.widgets.form_layout import FieldRow
from tui.widgets.lines import KeyedRows, Piece, follow
from tui.widgets.messages import WidgetMessage
from tui.widgets.text import Align, cut, fit, safe

_LEFT_MARGIN = 3  # cursor, mark of the user, mark of the row
_GAP = 2  # space, mark of the cell
_EDITOR_WIDTH = 30


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column. `key`: its field. `width`: in cells."""

    key: str
    title: str
    width: int
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell. `row`: the field that it shows and edits; None if the order has no such field, and `reason` says why.

    `more`: how many other values of the order the cell stands for, such as those of the other items.
    """

    row: FieldRow | None = None
    style: str = ""
    more: int = 0
    reason: str = ""

    @property
    def text(self) -> str:
        shown = self.row.shown if self.row is not None else ""
        return f"{shown} +{self.more}" if self.more else shown


class GridSource(KeyedRows, Protocol):
    """Provides rows when they are drawn. A mark comes with its style."""

    def mark_of(self, index: int) -> tuple[str, str]: ...

    def is_marked(self, key: str) -> bool: ...

    def cell_at(self, index: int, column: str) -> GridCell: ...


@dataclass(slots=True)
class NoRows:
    """An empty source."""

    keys: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return 0

    def key_at(self, index: int) -> str:
        raise IndexError(index)

    def index_of(self, key: str) -> int | None:
        return None

    def mark_of(self, index: int) -> tuple[str, str]:
        return " ", ""

    def is_marked(self, key: str) -> bool:
        return False

    def cell_at(self, index: int, column: str) -> GridCell:
        return GridCell()


class OrderGrid(EditableLines):
    """The grid. Its first column stays visible, the others scroll with the cursor. `reader`: as in `OrderSheet`.

    `typing_hook`: called with the order's key, the field and the text, before the text is drawn.
    """

    header_height = 1
    left_margin = _LEFT_MARGIN + 1
    highlights_cursor = False

    @dataclass(eq=False)
    class GridMessage(WidgetMessage["OrderGrid"]):
        key: str
        pointer: Pointer

    @dataclass(eq=False)
    class CellChanged(GridMessage):
        """A value was entered and accepted."""

        entry: ValidValue

    class EditorOpened(GridMessage):
        pass

    @dataclass(eq=False)
    class EditorLeft(GridMessage):
        """The editor was closed. `text`: its edited text if that was not accepted."""

        text: str | None

    @dataclass(eq=False)
    class ExternalEditor(GridMessage):
        text: str

    @dataclass(eq=False)
    class EditRefused(WidgetMessage["OrderGrid"]):
        """The cell cannot be edited; `reason` says why."""

        reason: str

    def __init__(
        self,
        reader: Reader,
        typing_hook: Callable[[str, Pointer, str], None] = lambda key, pointer, text: None,
        typed: Callable[[str, Pointer], str | None] = lambda key, pointer: None,
        *,
        empty: str = "Nothing here.",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(empty=empty, id=id, classes=classes)
        self.reader = reader
        self.typing_hook = typing_hook
        self.typed = typed
        self._source: GridSource = NoRows()
        self._columns: tuple[GridColumn, ...] = ()
        self._column = 0
        self._first = 1
        self._editor_key = ""

    # Rows and columns.

    def load(self, source: GridSource, columns: Sequence[GridColumn]) -> None:
        """Replace rows and columns. The cursor keeps its order and field; an editor stays open if its cell still exists."""
        old_key, old_column, offset = self.cursor_key, self.column_key, self.cursor - self.top
        old, old_cursor = self._source, self.cursor
        self._source, self._columns = source, tuple(columns)
        names = [column.key for column in self._columns]
        self._column = names.index(old_column) if old_column in names else min(self._column, max(0, len(names) - 1))
        if self._editor is not None and (self.cell is None or source.index_of(self._editor_key) is None):
            self.leave_editor()
        found = follow(old, source, old_cursor)
        self.cursor = found if found is not None else max(0, min(self.cursor, len(source) - 1))
        if self.is_attached and self.size.height:
            self.top = max(0, min(self.cursor - offset, self.line_count - self.body_height))
        self._scroll_to_column()
        self.repaint()
        if self.cursor_key != old_key or self.column_key != old_column:
            self.post_message(self.CursorMoved(self, self.cursor))

    def refresh_row(self, key: str) -> None:
        index = self._source.index_of(key)
        if index is not None:
            self.repaint_row(index)

    @property
    def row_count(self) -> int:
        return len(self._source)

    @property
    def columns(self) -> tuple[GridColumn, ...]:
        return self._columns

    @property
    def cursor_key(self) -> str | None:
        return self._source.key_at(self.cursor) if self.cursor < len(self._source) else None

    @property
    def column(self) -> int:
        return self._column

    @property
    def column_key(self) -> str | None:
        return self._columns[self._column].key if self._column < len(self._columns) else None

    @property
    def cell(self) -> GridCell | None:
        """The cell under the cursor."""
        return self.cell_at(self.cursor, self._column)

    def cell_at(self, index: int, column: int) -> GridCell | None:
        if not (0 <= index < len(self._source) and 0 <= column < len(self._columns)):
            return None
        return self._source.cell_at(index, self._columns[column].key)

    @property
    def cursor_pointer(self) -> Pointer | None:
        cell = self.cell
        return cell.row.pointer if cell is not None and cell.row is not None else None

    def go_to_cell(self, key: str, column: str | None = None) -> bool:
        """Move the cursor to an order, and to one of its fields. Returns False if either does not exist."""
        index = self._source.index_of(key)
        names = [grid_column.key for grid_column in self._columns]
        if index is None or (column is not None and column not in names):
            return False
        self.leave_editor()
        self.go(index)
        if column is not None:
            self.go_to_column(names.index(column))
        return True

    def move_column(self, by: int) -> bool:
        """Move the cursor by columns. Returns False if there is no such column."""
        if not 0 <= self._column + by < len(self._columns):
            return False
        self.go_to_column(self._column + by)
        return True

    def go_to_column(self, column: int) -> None:
        self.leave_editor()
        if column == self._column or not 0 <= column < len(self._columns):
            return
        self._column = column
        if self._scroll_to_column():
            self.repaint()
        else:
            self.repaint_line(self.cursor)
            self.repaint_header()
        self.post_message(self.CursorMoved(self, self.cursor))

    # The editor.

    def open_editor(self) -> bool:
        """Edit the cell under the cursor, continuing with text that was typed there before."""
        self.leave_editor()
        cell, key = self.cell, self.cursor_key
        if cell is None or key is None:
            return False
        row = cell.row
        if row is None or not row.editable:
            self.post_message(self.EditRefused(self, cell.reason if row is None else row.reason))
            return False
        editor = LiveEditor(
            row.pointer,
            row.kind,
            row.value,
            row.choices,
            self.reader,
            multiline=row.multiline,
            in_progress=self.typed(key, row.pointer),
        )
        self._editor_key = key
        self.post_message(self.EditorOpened(self, key, row.pointer))
        self.show_editor(editor)
        return True

    def open_next(self, by: int) -> None:
        column = self._column + by
        while (cell := self.cell_at(self.cursor, column)) is not None:
            if cell.row is not None and cell.row.editable:
                self.go_to_column(column)
                self.open_editor()
                return
            column += by

    def box_of(self, editor: LiveEditor) -> tuple[int, int]:
        start, end = self._box(self.size.width)
        return start, end - start

    def repaint_box(self, editor: LiveEditor) -> None:
        """Redraw only the cell, because its line has many others."""
        start, end = self._box(self.size.width)
        self._drawn.forget(self.cursor)
        y = self.cursor - self.top + self.header_height
        if self.header_height <= y < self.size.height:
            self.refresh(Region(start, y, end - start, 1))

    def text_typed(self, editor: LiveEditor) -> None:
        self.typing_hook(self._editor_key, editor.pointer, editor.text)

    def value_accepted(self, editor: LiveEditor, entry: ValidValue) -> None:
        self.post_message(self.CellChanged(self, self._editor_key, editor.pointer, entry))

    def editor_closed(self, editor: LiveEditor, accepted: bool, text: str | None) -> None:
        self.post_message(self.EditorLeft(self, self._editor_key, editor.pointer, text))

    def external_editor_requested(self, editor: LiveEditor) -> None:
        self.post_message(self.ExternalEditor(self, self._editor_key, editor.pointer, editor.text))

    # Drawing.

    def lay_out(self, width: int) -> None:
        self._scroll_to_column()
        super().lay_out(width)

    def draw_header(self, row: int, width: int) -> Iterable[Piece]:
        yield " " * _LEFT_MARGIN, "header"
        places = self._visible_columns(width)
        for column, start, column_width in places:
            is_here = column == self._column
            before = ">" if is_here else "<" if column == self._first and self._first > 1 else " "
            yield f" {before}", "header"
            yield (
                fit(self._columns[column].title, column_width, self._columns[column].align),
                "title" if is_here else "header",
            )
            if start + column_width >= width:
                return
        if places and places[-1][0] + 1 < len(self._columns):
            end = places[-1][1] + places[-1][2]
            yield " " * (width - end - 1) + ">", "header"

    def draw_row(self, row: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        key = self._source.key_at(row)
        mark, style = self._source.mark_of(row)
        yield (">" if is_cursor else " ") + ("+" if self._source.is_marked(key) else " "), "mark"
        yield fit(mark, 1), style or "mark"
        is_edited = is_cursor and self._editor is not None
        box = self._box(width) if is_edited else (width, width)
        position = _LEFT_MARGIN
        for column, start, column_width in self._visible_columns(width):
            if start + column_width <= box[0] or not is_edited:
                yield from self._draw_cell(row, column, column_width, is_cursor and column == self._column)
            elif start - _GAP < box[0]:
                text = "".join(piece for piece, _ in self._draw_cell(row, column, column_width, False))
                yield cut(text, 0, box[0] - start + _GAP), ""
            elif start - _GAP >= box[1]:
                yield from self._draw_cell(row, column, column_width, False)
            elif start + column_width > box[1]:
                text = "".join(piece for piece, _ in self._draw_cell(row, column, column_width, False))
                yield cut(text, box[1] - start + _GAP, start + column_width - box[1]), "dim"
            if is_edited and position < box[0] <= start + column_width and self._editor is not None:
                yield from self._editor.draw_box(box[1] - box[0])
            position = start + column_width

    def _draw_cell(self, row: int, column: int, column_width: int, is_here: bool) -> Iterable[Piece]:
        cell = self._source.cell_at(row, self._columns[column].key)
        shown, field_row = cell.text, cell.row
        mark = field_row.mark if field_row is not None else ""
        yield " ", ""
        yield fit(mark, 1), cell.style or "mark"
        more = f" +{cell.more}" if cell.more else ""
        if more and field_row is not None and column_width > len(more) + 1:
            # The number of further values is never cut off.
            text = fit(field_row.shown, column_width - len(more), self._columns[column].align) + more
        else:
            text = fit(shown, column_width, self._columns[column].align)
        default_style = "dim" if field_row is None or shown.startswith("· ") or not field_row.editable else ""
        yield text, "current" if is_here else cell.style or default_style

    # Layout.

    def _visible_columns(self, width: int) -> list[tuple[int, int, int]]:
        """The visible columns: index, start of the text, width, in cells. The last one may be cut."""
        found: list[tuple[int, int, int]] = []
        position = _LEFT_MARGIN
        for column in (0, *range(self._first, len(self._columns))):
            if column >= len(self._columns) or position + _GAP >= width:
                break
            column_width = min(self._columns[column].width, width - position - _GAP)
            if found and column_width < min(4, self._columns[column].width):
                break
            found.append((column, position + _GAP, column_width))
            position += _GAP + column_width
        return found

    def _scroll_to_column(self) -> bool:
        """Scroll horizontally so that the cursor's column is fully visible. Returns whether the columns changed."""
        before, width = self._first, self.drawn_width
        self._first = max(1, min(self._first, len(self._columns) - 1))
        if self._column:
            self._first = min(self._first, self._column)
            while self._first < self._column and not self._is_whole(self._column, width):
                self._first += 1
        return self._first != before

    def _is_whole(self, column: int, width: int) -> bool:
        return any(
            visible == column and column_width == self._columns[column].width
            for visible, _, column_width in self._visible_columns(width)
        )

    def _box(self, width: int) -> tuple[int, int]:
        """Start and end of the editor's box, in cells: the cell, widened if it is too narrow to type in."""
        start, column_width = next(
            (
                (start, column_width)
                for column, start, column_width in self._visible_columns(width)
                if column == self._column
            ),
            (_LEFT_MARGIN, 1),
        )
        column_width = min(max(column_width, _EDITOR_WIDTH), width - _LEFT_MARGIN)
        return max(_LEFT_MARGIN, min(start, width - column_width)), min(
            width, max(_LEFT_MARGIN, min(start, width - column_width)) + column_width
        )


def needed_width(texts: Iterable[str], title: str, max_width: int) -> int:
    """The width of a column with these texts: enough for the texts and the start of the title, at most `max_width`."""
    longest = max((cell_len(safe(text[: max_width * 4])) for text in texts), default=0)
    return max(min(cell_len(title), 10), min(longest, max_width), 2)
