"""The table of orders. Rows have keys; the cursor and marks belong to keys rather than positions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeAlias

from rich.cells import cell_len

from tui.widgets.lines import KeyedRows, LineView, Piece, fit_pieces, follow, matched_pieces
from tui.widgets.messages import WidgetMessage
from tui.widgets.text import Align, fit, safe

_LEFT_MARGIN = 4  # cursor, mark of the user, mark of the row, space
_LEAST_WIDTH = 5
"""The width down to which a column is narrowed in a table that is too wide."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `width`: in cells. Columns with `flex` share the rest of the line, and `width` is their minimum."""

    key: str
    title: str
    width: int = 1
    flex: int = 0
    align: Align = "left"


class StyledCell(NamedTuple):
    """A cell with a style of its own, one of `LINE_STYLES`. `matches`: parts of the text that match a query."""

    text: str
    style: str
    matches: Sequence[tuple[int, int]] = ()


CellText: TypeAlias = str | StyledCell


@dataclass(frozen=True, slots=True)
class RenderedRow:
    """A row. `mark`: its state in ASCII, one of ``! S # ~ * z`` or a space. Texts may be unsafe."""

    key: str
    cells: tuple[CellText, ...]
    mark: str = " "
    mark_style: str = ""
    style: str = ""


class RowSource(KeyedRows, Protocol):
    """Provides rows when they are drawn, for tables that are too long to build in advance."""

    def row_at(self, index: int) -> RenderedRow: ...


class OrderTable(LineView):
    """The table. `load` replaces the rows; cursor, marks and scroll position follow their keys."""

    header_height = 1
    left_margin = _LEFT_MARGIN

    class MarksChanged(WidgetMessage["OrderTable"]):
        pass

    def __init__(
        self,
        columns: Sequence[Column] = (),
        *,
        empty: str = "Nothing here.",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(empty=empty, id=id, classes=classes)
        self._columns = tuple(columns)
        self._source: RowSource = ListedRows(())
        self._marks: set[str] = set()
        self._footer = ""
        self._widths: list[int] = []

    # Rows.

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._columns

    def set_columns(self, columns: Sequence[Column]) -> None:
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self.lay_out(self.size.width)
            self.repaint()

    def load(self, rows: Sequence[RenderedRow] | RowSource, cursor: int | None = None) -> None:
        """Replace the rows. The cursor follows its key, or the next remaining one if its row is gone.

        `cursor`: its new position, if the caller knows it.
        """
        old, old_key = self._source, self.cursor_key
        offset = self.cursor - self.top
        self._source = ListedRows(rows) if isinstance(rows, Sequence) else rows
        if cursor is None:
            cursor = follow(old, self._source, self.cursor) or 0
        moved = cursor != self.cursor
        self.cursor = cursor
        if self.is_attached and self.size.height:
            self.top = self._clamp_top(cursor - offset)
        self.repaint()
        if moved or self.cursor_key != old_key:
            self.post_message(self.CursorMoved(self, self.cursor))

    def refresh_row(self, key: str) -> None:
        """Repaint the line of a key after its source changed."""
        if (index := self._source.index_of(key)) is not None:
            self.repaint_line(index)

    def set_footer(self, text: str) -> None:
        """Set the line below the last row."""
        if text == self._footer:
            return
        self._footer = text
        if self.is_attached and self.size.height and self.row_count and self.cursor == self.row_count - 1:
            self.show_line(self.cursor)
        self.refresh()

    # Cursor and marks.

    @property
    def cursor_key(self) -> str | None:
        return self._source.key_at(self.cursor) if self.cursor < len(self._source) else None

    @property
    def row_count(self) -> int:
        return len(self._source)

    def go_to_key(self, key: str) -> bool:
        index = self._source.index_of(key)
        if index is None:
            return False
        self.go(index)
        return True

    @property
    def marks(self) -> frozenset[str]:
        """The marked keys, including those of rows that are not in the table."""
        return frozenset(self._marks)

    def set_marks(self, keys: Iterable[str]) -> None:
        marks = set(keys)
        if marks != self._marks:
            self._marks = marks
            self.repaint()
            self.post_message(self.MarksChanged(self))

    def toggle_mark(self, key: str | None = None) -> None:
        """Mark or unmark a key, by default the one under the cursor."""
        key = key if key is not None else self.cursor_key
        if key is None:
            return
        self._marks ^= {key}
        self.refresh_row(key)
        self.post_message(self.MarksChanged(self))

    def mark_range(self, first: int, last: int) -> None:
        low, high = sorted((first, last))
        self.set_marks(
            self._marks | {self._source.key_at(index) for index in range(low, min(high + 1, self.row_count))}
        )

    def mark_all(self) -> None:
        self.mark_range(0, self.row_count)

    def invert_marks(self) -> None:
        self.set_marks(self._marks ^ {self._source.key_at(index) for index in range(self.row_count)})

    # Drawing.

    @property
    def line_count(self) -> int:
        return len(self._source)

    @property
    def lines_below(self) -> int:
        return 1 if self._footer and self.body_height > 1 else 0

    def lay_out(self, width: int) -> None:
        fixed = _LEFT_MARGIN + sum(column.width for column in self._columns) + max(0, len(self._columns) - 1)
        spare, flex = max(0, width - fixed), sum(column.flex for column in self._columns)
        self._widths = []
        for column in self._columns:
            share = spare * column.flex // flex if flex else 0
            spare, flex = spare - share, flex - column.flex
            self._widths.append(column.width + share)
        self._shrink(fixed - width)

    def _shrink(self, excess: int) -> None:
        """Take cells from the widest columns, so that the last ones are not cut off."""
        while excess > 0 and (widest := max(self._widths, default=0)) > _LEAST_WIDTH:
            self._widths[self._widths.index(widest)] -= 1
            excess -= 1

    def draw_header(self, row: int, width: int) -> Iterable[Piece]:
        titles = (
            fit(column.title, column_width, column.align)
            for column, column_width in zip(self._columns, self._widths, strict=True)
        )
        return ((" " * _LEFT_MARGIN + " ".join(titles), "header"),)

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        row = self._source.row_at(index)
        yield (">" if is_cursor else " ") + ("+" if row.key in self._marks else " "), "mark"
        yield fit(row.mark, 1), row.mark_style or "mark"
        for cell, column, column_width in zip(row.cells, self._columns, self._widths, strict=False):
            text, style, matches = cell if isinstance(cell, StyledCell) else (cell, "", ())
            if matches:
                pieces = list(fit_pieces(matched_pieces(text, matches, style or row.style), column_width))
                padding = " " * (column_width - sum(cell_len(piece) for piece, _ in pieces)), ""
                yield " ", ""
                yield from (padding, *pieces) if column.align == "right" else (*pieces, padding)
            else:
                yield " " + fit(text, column_width, column.align), style or row.style

    def draw_below(self, row: int, width: int) -> Iterable[Piece]:
        footer_row = len(self._empty.split("\n")) if not self.row_count else 0
        if row == footer_row and self._footer:
            return ((" " * _LEFT_MARGIN + safe(self._footer), "dim"),)
        return super().draw_below(row, width)


class ListedRows:
    """Rows in a list, with an index by key."""

    def __init__(self, rows: Sequence[RenderedRow]) -> None:
        self._rows = list(rows)
        self._index: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def row_at(self, index: int) -> RenderedRow:
        return self._rows[index]

    def key_at(self, index: int) -> str:
        return self._rows[index].key

    def index_of(self, key: str) -> int | None:
        if self._index is None:
            self._index = {row.key: index for index, row in enumerate(self._rows)}
        return self._index.get(key)
