"""Two values of each field beside one another, each of which can be left out, and notes under them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.widgets.lines import LineView, Piece
from tui.widgets.text import fit, safe

_MARGIN = 3  # cursor, mark, space
_WORD = 8


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """A field. `mark`: `+` taken, `-` left out, a blank where there is nothing to take. `word`: what is said of it."""

    key: str
    mark: str
    label: str
    now: str
    wanted: str
    word: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonNote:
    """A sentence under the fields."""

    text: str
    tone: str = "dim"
    mark: str = ""


class ComparisonList(LineView):
    """Fields and notes; the cursor stands on fields only."""

    header_height = 1

    def __init__(self, *, empty: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: tuple[ComparisonRow, ...] = ()
        self._notes: tuple[ComparisonNote, ...] = ()
        self._empty = empty

    @property
    def cursor_key(self) -> str:
        return self._rows[self.cursor].key if self.cursor < len(self._rows) else ""

    def load(self, rows: Sequence[ComparisonRow], notes: Sequence[ComparisonNote] = ()) -> None:
        """Show these; the cursor stays on its field. What is painted from here on counts as seen (`painted_at`)."""
        if (tuple(rows), tuple(notes)) == (self._rows, self._notes):
            return
        key = self.cursor_key
        self._rows, self._notes = tuple(rows), tuple(notes)
        self.cursor = next((place for place, row in enumerate(self._rows) if row.key == key), 0)
        self.painted_at = None
        self.repaint()

    @property
    def line_count(self) -> int:
        return len(self._rows) + len(self._notes)

    def is_stop(self, index: int) -> bool:
        return index < len(self._rows)

    def go(self, index: int) -> None:
        super().go(index)
        if self.cursor == len(self._rows) - 1:
            # The notes follow the last field, which no cursor reaches.
            self.set_top(max(self.top, min(self.cursor, self.line_count - self.body_height)))

    def draw_header(self, row: int, width: int) -> Iterable[Piece]:
        label, now, wanted = self._widths(width)
        yield " " * _MARGIN + fit("field", label) + " " + fit("now", now) + " " + fit("from the text", wanted), ""

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        if index >= len(self._rows):
            note = self._notes[index - len(self._rows)]
            yield " " + fit(note.mark, 1) + " ", note.tone
            yield fit(note.text, max(1, width - _MARGIN)), note.tone
            return
        row = self._rows[index]
        label, now, wanted = self._widths(width)
        is_out = row.mark != "+"
        yield (">" if is_cursor else " ") + fit(row.mark, 1) + " ", "mark"
        yield fit(row.label, label) + " ", ""
        yield fit(row.now, now) + " ", "dim" if row.now.startswith("· ") else ""
        yield fit(row.wanted, wanted), "dim" if is_out else "changed"
        yield " " + fit(row.word, _WORD), row.tone or "dim"

    def draw_below(self, row: int, width: int) -> Iterable[Piece]:
        return ((" " * _MARGIN + self._empty, "dim"),) if row == 0 and not self.line_count else ()

    def _widths(self, width: int) -> tuple[int, int, int]:
        label = max([5, *(cell_len(safe(row.label)) for row in self._rows)])
        room = max(8, width - _MARGIN - label - _WORD - 3)
        longest = max([5, *(cell_len(safe(row.now)) for row in self._rows)])
        now = min(longest + 1, room // 2)
        most = max([13, *(cell_len(safe(row.wanted)) for row in self._rows)])
        return label, now, min(most + 1, room - now)
