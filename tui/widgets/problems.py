"""The list of problems of an order or of a batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.api.pointer import Pointer
from tui.widgets.lines import LineView, Piece
from tui.widgets.text import fit, safe, wrap

_MARGIN = 4  # cursor, space, mark, space


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem. `order`: the key of its order. `label`: the field's label. `style`: one of `LINE_STYLES`."""

    order: str
    pointer: Pointer
    label: str
    text: str
    mark: str = "!"
    style: str = "error"
    title: str = ""
    """The name of the order, if the list is of several orders."""


class ProblemList(LineView):
    left_margin = _MARGIN

    def __init__(self, *, empty: str = "No problems.", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(empty=empty, id=id, classes=classes)
        self._rows: tuple[ProblemRow, ...] = ()
        self._lines: list[tuple[int, int, str]] = []
        self._where_width = 0

    def load(self, rows: Sequence[ProblemRow]) -> None:
        """Replace the problems. The cursor stays on the problem of the same pointer, or near it."""
        old = self.cursor_row
        self._rows = tuple(rows)
        self._arrange(self.drawn_width)
        for line, (index, part, _) in enumerate(self._lines):
            row = self._rows[index]
            if old is not None and part == 0 and (row.order, row.pointer) == (old.order, old.pointer):
                self.cursor = line
                break
        self.repaint()
        self.show_line(self.cursor)

    @property
    def rows(self) -> tuple[ProblemRow, ...]:
        return self._rows

    @property
    def cursor_row(self) -> ProblemRow | None:
        return self._rows[self._lines[self.cursor][0]] if self.cursor < len(self._lines) else None

    def go_to(self, order: str, pointer: Pointer) -> bool:
        """Move the cursor to the problem of an order at a pointer. Returns False if there is none."""
        for line, (index, part, _) in enumerate(self._lines):
            row = self._rows[index]
            if part == 0 and row.order == order and row.pointer == pointer:
                self.go(line)
                return True
        return False

    @property
    def line_count(self) -> int:
        return len(self._lines)

    def is_selectable(self, index: int) -> bool:
        return self._lines[index][1] == 0

    def lay_out(self, width: int) -> None:
        row = self._lines[self.cursor][0] if self.cursor < len(self._lines) else 0
        self._arrange(width)
        self.cursor = next((line for line, (index, _, _) in enumerate(self._lines) if index == row), 0)

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        number, part, text = self._lines[index]
        row = self._rows[number]
        if part:
            yield " " * (_MARGIN + self._where_width + 1), ""
        else:
            yield (">" if is_cursor else " ") + " ", "mark"
            yield fit(row.mark, 1), row.style
            yield " " + fit(_full_label(row), self._where_width) + " ", ""
        yield text, row.style

    def _arrange(self, width: int) -> None:
        longest = max((cell_len(safe(_full_label(row))) for row in self._rows), default=0)
        self._where_width = max(4, min(longest, width // 3))
        available = max(10, width - _MARGIN - self._where_width - 2)
        self._lines = [
            (index, part, text)
            for index, row in enumerate(self._rows)
            for part, text in enumerate(wrap(safe(row.text), available))
        ]


def _full_label(row: ProblemRow) -> str:
    return f"{row.title}: {row.label}" if row.title else row.label
