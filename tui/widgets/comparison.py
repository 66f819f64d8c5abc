"""A list of fields with current and proposed values, each of which can be excluded, and notes below."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.widgets.lines import LineView, Piece
from tui.widgets.text import fit, safe

_MARGIN = 3  # cursor, mark, space
_REMARK_WIDTH = 8


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A field. `mark`: `+` included, `-` left out, a space if nothing can be included. `remark`: a short comment."""

    key: str
    mark: str
    label: str
    now: str
    proposed: str
    remark: str = ""
    style: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonNote:
    """A sentence below the fields."""

    text: str
    style: str = "dim"
    mark: str = ""


class ComparisonList(LineView):
    """Fields and notes. The cursor moves over fields only."""

    header_height = 1
    left_margin = _MARGIN

    def __init__(self, *, empty: str = "", id: str | None = None) -> None:
        super().__init__(empty=empty, id=id)
        self._rows: tuple[ComparisonRow, ...] = ()
        self._notes: tuple[ComparisonNote, ...] = ()

    @property
    def cursor_key(self) -> str:
        return self._rows[self.cursor].key if self.cursor < len(self._rows) else ""

    def load(self, rows: Sequence[ComparisonRow], notes: Sequence[ComparisonNote] = ()) -> None:
        """Replace fields and notes. The cursor stays on its field. `painted_at` is reset until the next drawing."""
        if (tuple(rows), tuple(notes)) == (self._rows, self._notes):
            return
        key = self.cursor_key
        self._rows, self._notes = tuple(rows), tuple(notes)
        self.cursor = next((index for index, row in enumerate(self._rows) if row.key == key), 0)
        self.painted_at = None
        self.repaint()

    @property
    def line_count(self) -> int:
        return len(self._rows) + len(self._notes)

    def is_selectable(self, index: int) -> bool:
        return index < len(self._rows)

    def go(self, index: int) -> None:
        super().go(index)
        if self.cursor == len(self._rows) - 1:
            # The cursor cannot reach the notes, so show them with the last field.
            self.set_top(max(self.top, min(self.cursor, self.line_count - self.body_height)))

    def draw_header(self, row: int, width: int) -> Iterable[Piece]:
        label, now, proposed = self._widths(width)
        yield " " * _MARGIN + fit("field", label) + " " + fit("now", now) + " " + fit("from text", proposed), ""

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        if index >= len(self._rows):
            note = self._notes[index - len(self._rows)]
            yield " " + fit(note.mark, 1) + " ", note.style
            yield fit(note.text, max(1, width - _MARGIN)), note.style
            return
        row = self._rows[index]
        label, now, proposed = self._widths(width)
        is_out = row.mark != "+"
        yield (">" if is_cursor else " ") + fit(row.mark, 1) + " ", "mark"
        yield fit(row.label, label) + " ", ""
        yield fit(row.now, now) + " ", "dim" if row.now.startswith("· ") else ""
        yield fit(row.proposed, proposed), "dim" if is_out else "changed"
        yield " " + fit(row.remark, _REMARK_WIDTH), row.style or "dim"

    def _widths(self, width: int) -> tuple[int, int, int]:
        label = max([5, *(cell_len(safe(row.label)) for row in self._rows)])
        available = max(8, width - _MARGIN - label - _REMARK_WIDTH - 3)
        longest = max([5, *(cell_len(safe(row.now)) for row in self._rows)])
        now = min(longest + 1, available // 2)
        longest_proposed = max([13, *(cell_len(safe(row.proposed)) for row in self._rows)])
        return label, now, min(longest_proposed + 1, available - now)
