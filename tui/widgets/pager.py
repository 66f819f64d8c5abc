"""A view of long read-only text: help, JSON, a request, a long note."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from rich.cells import cell_len
from textual.message import Message

from tui.widgets.lines import LineView, Piece, fit_pieces
from tui.widgets.text import safe, wrap

TextLine: TypeAlias = str | Sequence[Piece]
"""Untrusted text, or pieces of safe text. Long lines are wrapped; of several pieces, the last one is, in its column."""

MarkLines: TypeAlias = Callable[[list[Sequence[Piece]]], list[Sequence[Piece]]]

MAX_LENGTH = 1_000_000

_MIN_COLUMN_WIDTH = 16


class Pager(LineView):
    has_cursor = False

    class Scrolled(Message):
        """The visible lines or the height changed."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._content: tuple[TextLine, ...] = ()
        self._lines: list[Sequence[Piece]] = []
        self._mark: MarkLines = list

    def set_lines(self, lines: Sequence[TextLine], *, keep_position: bool = False, mark: MarkLines = list) -> None:
        """Replace the lines. `mark` gets the lines after they were wrapped, and returns those to show."""
        if not keep_position:
            self.top = 0
        self._content, self._mark = tuple(lines), mark
        self.lay_out(self.drawn_width)
        self.repaint()

    def set_text(self, text: str) -> None:
        """Show untrusted text with its line breaks; only the beginning if it is very long."""
        shown = [safe(line) for line in text[:MAX_LENGTH].replace("\r\n", "\n").split("\n")]
        if len(text) > MAX_LENGTH:
            shown.append(f"… and {len(text) - MAX_LENGTH} more characters")
        self.set_lines(shown)

    @property
    def line_count(self) -> int:
        return len(self._lines)

    def viewport_changed(self) -> None:
        self.post_message(self.Scrolled())

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        return self._lines[index]

    def lay_out(self, width: int) -> None:
        self._lines = []
        for line in self._content:
            if isinstance(line, str):
                self._lines.extend([(part, "")] for part in wrap(safe(line), max(10, width - 1)))
            elif not line:
                self._lines.append(line)
            elif len(line) == 1:
                self._lines.extend(_hanging(*line[0], max(20, width - 1)))
            else:
                self._lines.extend(_in_columns(line, max(20, width - 1)))
        self._lines = self._mark(self._lines)


def _hanging(text: str, style: str, width: int) -> Iterable[Sequence[Piece]]:
    """Wrap a piece, with a hanging indent."""
    indent = len(text) - len(text.lstrip(" "))
    first, *rest = wrap(text.lstrip(" "), width - indent - 4)
    yield [(" " * indent + first, style)]
    for part in rest:
        yield [(" " * (indent + 4) + part, style)]


def _in_columns(line: Sequence[Piece], width: int) -> Iterable[Sequence[Piece]]:
    """Put pieces side by side and wrap the last one in its column. If that is too narrow, the line is cut."""
    *before, (text, style) = line
    start = sum(cell_len(part) for part, _ in before)
    if width - start >= _MIN_COLUMN_WIDTH and cell_len(text) > width - start:
        first, *rest = wrap(text, width - start)
        yield [*before, (first, style)]
        yield from ([(" " * start, ""), (part, style)] for part in rest)
    else:
        yield list(fit_pieces(line, width))
