"""A pane of long text to read: help, JSON, a request, a long note."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from rich.cells import cell_len
from textual.message import Message

from tui.api.codec import Json, encode
from tui.widgets.lines import LineView, Piece, within
from tui.widgets.text import safe, wrap

TextLine: TypeAlias = str | Sequence[Piece]
"""A stranger's text, or pieces of safe text. What is too long is wrapped: of several pieces the last, in its column."""

LONGEST = 1_000_000

_NARROWEST = 16


class Pager(LineView):
    has_cursor = False

    class Scrolled(Message):
        """Other lines are in sight, or there is other room for them."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._content: tuple[TextLine, ...] = ()
        self._lines: list[Sequence[Piece]] = []

    def set_lines(self, lines: Sequence[TextLine], *, keep_place: bool = False) -> None:
        if not keep_place:
            self.top = 0
        self._content = tuple(lines)
        self._arrange(self.drawn_width)
        self.repaint()

    def set_text(self, text: str) -> None:
        """Show a stranger's text with its line breaks; of a very long one the beginning."""
        shown = [safe(line) for line in text[:LONGEST].replace("\r\n", "\n").split("\n")]
        if len(text) > LONGEST:
            shown.append(f"… and {len(text) - LONGEST} characters more")
        self.set_lines(shown)

    def set_json(self, value: Json) -> None:
        """Show a value as indented JSON; everything that is not ASCII is written as JSON escapes it."""
        self.set_text(encode(value, indent=2).decode())

    @property
    def line_count(self) -> int:
        return len(self._lines)

    def in_sight(self) -> None:
        self.post_message(self.Scrolled())

    def lay_out(self, width: int) -> None:
        self._arrange(width)

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        return self._lines[index]

    def _arrange(self, width: int) -> None:
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


def _hanging(text: str, tone: str, width: int) -> Iterable[Sequence[Piece]]:
    """A piece broken into lines, those after the first further in."""
    indent = len(text) - len(text.lstrip(" "))
    first, *rest = wrap(text.lstrip(" "), width - indent - 4)
    yield [(" " * indent + first, tone)]
    for part in rest:
        yield [(" " * (indent + 4) + part, tone)]


def _in_columns(line: Sequence[Piece], width: int) -> Iterable[Sequence[Piece]]:
    """Pieces side by side, the last one broken into lines of its own column; where that is too narrow they are cut."""
    *before, (text, tone) = line
    start = sum(cell_len(part) for part, _ in before)
    if width - start >= _NARROWEST and cell_len(text) > width - start:
        first, *rest = wrap(text, width - start)
        yield [*before, (first, tone)]
        yield from ([(" " * start, ""), (part, tone)] for part in rest)
    else:
        yield list(within(line, width))
