"""`Frame`: the cells that the terminal shows, and the output that turns them into those of the next update."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from tui.widgets.output import pens
from tui.widgets.output.encoder import BLANK, Cell, Encoder
from tui.widgets.output.scrolling import apply_scroll, find_scroll

Line: TypeAlias = list[tuple[str, str]]
"""The texts of a line with their pens: SGR parameters such as `1;31`, "" for the terminal's default."""


class UnsupportedUpdate(Exception):
    """An update cannot be expressed in cells: it has links, or an unexpected shape."""


@dataclass(slots=True)
class OutputCounts:
    """What was sent since the app started. `cells`: those that changed; `drawn`: those that Textual has drawn."""

    frames: int = 0
    size: int = 0
    """In bytes."""
    cells: int = 0
    drawn: int = 0


class Frame:
    """The cells that the terminal shows. `scrolls`: lines that moved are scrolled in the terminal."""

    def __init__(self, *, scrolls: bool = True, erases_cells: bool = True) -> None:
        self.counts = OutputCounts()
        self._encoder = Encoder(erases_cells=erases_cells)
        self._scrolls = scrolls
        self._rows: list[list[Cell]] = []
        self._width = 0

    def assume(self, lines: Sequence[Line], width: int) -> None:
        """The terminal shows these lines already, as `lines` returns them."""
        self._width = width
        self._rows = [[BLANK] * width for _ in lines]
        for row, line in zip(self._rows, lines, strict=True):
            x = 0
            for text, pen in line:
                x = _draw_text(row, x, text, pen)

    def forget(self) -> None:
        """Send everything with the next update, because something else may have written to the terminal."""
        self._rows = []

    def lacks_rest(self, update: CompositorUpdate) -> bool:
        """Whether an update changes a part of the screen, and the rest is not known. Raises UnsupportedUpdate."""
        width, height = _size(update)
        is_new = width != self._width or height != len(self._rows)
        return is_new and not isinstance(update, LayoutUpdate)

    def write(self, update: CompositorUpdate, colors: ColorSystem) -> str:
        """Apply an update and return the output for the terminal. Raises UnsupportedUpdate."""
        width, height = _size(update)
        is_new = width != self._width or height != len(self._rows)
        rows = [[BLANK] * width for _ in range(height)] if is_new else self._rows
        changed: dict[int, list[Cell]] = {}
        drawn = 0
        for y, x, strip in _pieces(update):
            if not 0 <= y < height:
                continue
            row = changed.get(y)
            if row is None:
                row = changed[y] = rows[y].copy()
            _draw_strip(row, x, strip, colors)
            drawn += strip.cell_length
        self._rows, self._width = rows, width
        if is_new:
            self._encoder.lose_cursor()
            self._encoder.erase_screen()
        elif self._scrolls and (scroll := find_scroll(rows, changed)) is not None:
            self._encoder.scroll(*scroll)
            for y, row in enumerate(apply_scroll(rows, scroll), scroll.top):
                changed.setdefault(y, rows[y])
                rows[y] = row
        for y in sorted(changed):
            if rows[y] != changed[y]:
                self.counts.cells += sum(a != b for a, b in zip(rows[y], changed[y], strict=True))
                self._encoder.write_row(y, rows[y], changed[y])
                rows[y] = changed[y]
        out = self._encoder.take()
        self.counts.drawn += drawn
        if out:
            self.counts.frames += 1
            self.counts.size += len(out.encode(errors="replace"))
        return out

    def lines(self) -> list[Line]:
        """What the terminal shows: for each line its texts with their pens, without blank ends."""
        found: list[Line] = []
        for row in self._rows:
            line: Line = []
            for pen, cells in groupby(row, key=itemgetter(1)):
                line.append(("".join(text for text, _ in cells), pen))
            if line and not line[-1][1]:
                line[-1] = (line[-1][0].rstrip(" "), "")
            found.append([(text, pen) for text, pen in line if text])
        return found

    def move_cursor(self, x: int, y: int) -> str:
        """The output that moves the terminal's cursor there."""
        self._encoder.move_to(y, x)
        return self._encoder.take()

    def lose_cursor(self) -> None:
        """Something else has moved the terminal's cursor."""
        self._encoder.lose_cursor()


def _size(update: CompositorUpdate) -> tuple[int, int]:
    """Width and height of the screen of an update."""
    if isinstance(update, LayoutUpdate):
        return update.region.size
    if isinstance(update, ChopsUpdate):
        return max((ends[-1] for ends in update.chop_ends if ends), default=0), len(update.chops)
    raise UnsupportedUpdate(type(update).__name__)


def _pieces(update: CompositorUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Yield the strips of an update with their positions: y, x, strip."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        for y, x1, x2 in update.spans:
            for end, (x, piece) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if piece is not None and x <= x2 and end > x1:
                    yield y, x, piece if end <= x2 else piece.crop(0, x2 - x)


def _draw_strip(row: list[Cell], x: int, strip: Strip, colors: ColorSystem) -> None:
    """Write a strip's characters into the cells of a row."""
    width = len(row)
    if 0 < x < width and not row[x][0]:
        row[x - 1] = (" ", row[x - 1][1])
    for text, style, control in strip:
        if control or (style is not None and style.link):
            raise UnsupportedUpdate("a link or a control")
        x = _draw_text(row, x, text, "" if style is None else pens.normalized(Strip.render_ansi(style, colors)))
    if x < width and not row[x][0]:
        row[x] = (" ", row[x][1])
    if len(row) != width:
        raise UnsupportedUpdate("more cells than the line has")


def _draw_text(row: list[Cell], x: int, text: str, codes: str) -> int:
    """Write a text with a pen into the cells of a row from `x`. Returns where it ends."""
    width = len(row)
    blank = (" ", pens.of_blank(codes))
    if text.isascii():
        row[x : x + len(text)] = [blank if char == " " else (char, codes) for char in text]
        return x + len(text)
    for char in text:
        size = get_character_cell_size(char)
        if size == 0:
            if 0 < x <= width:
                base = x - 1 if row[x - 1][0] or x == 1 else x - 2
                row[base] = (row[base][0] + char, row[base][1])
            continue
        row[x : x + size] = [(char, codes) if char != " " else blank, ("", codes)][:size]
        x += size
    return x
