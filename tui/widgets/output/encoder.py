"""Encodes changed cells as output for a terminal, with the shortest cursor movements, colour changes and erasures."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from tui.widgets.output import pens

Cell: TypeAlias = tuple[str, str]
"""The text of a cell and its pen. The second half of a wide character has the text ""."""

BLANK: Final[Cell] = (" ", "")
"""A cell as the terminal leaves it when it erases."""

_LONGEST_GAP = 8
_CODE_LENGTH = 5
"""A typical change of the pen, in bytes."""
_MIN_ERASED = 6
"""Blank cells from which erasing is shorter than writing them: `CSI n X`."""
_MIN_SKIPPED = 12
"""The same where text follows, which needs a cursor movement."""
_MIN_TAIL = 4
_MAX_BACKSPACES = 3


class Encoder:
    """Collects the output of one frame after another. It knows where the cursor is and what the pen is.

    `erases_cells`: the terminal has `CSI n X` (ECH), and erases with the background of the pen; GNU screen does neither.
    """

    def __init__(self, *, erases_cells: bool = True) -> None:
        self._erases_cells = erases_cells
        self._out: list[str] = []
        self._pen = ""
        self._y = self._x = -1
        """The place of the cursor; -1 if it is not known."""

    def take(self) -> str:
        """The output since the last call. It ends with the default pen."""
        self._set_pen("")
        out = "".join(self._out)
        self._out.clear()
        return out

    def lose_cursor(self) -> None:
        """Something else has moved the cursor or changed the pen."""
        self._y = self._x = -1
        if self._pen:
            self._out.append(pens.RESET)
            self._pen = ""

    def erase_screen(self) -> None:
        """Erase all cells."""
        self._pen = ""
        self._out.append(f"{pens.RESET}\x1b[2J")

    def scroll(self, top: int, bottom: int, count: int) -> None:
        """Move the lines from `top` to before `bottom` up by `count`, or down if it is negative; the others are erased.

        By inserting or deleting lines in a scrolling region (DECSTBM, IL, DL), which all terminals since the VT102 have.
        """
        self._set_pen("")
        lines = f"{abs(count)}{'M' if count > 0 else 'L'}"
        self._out.append(f"\x1b[{top + 1};{bottom}r\x1b[{top + 1}H\x1b[{lines}\x1b[r")
        # Not every terminal moves the cursor to the top when the region is reset.
        self._y = self._x = -1

    def move_to(self, y: int, x: int) -> None:
        """Move the cursor there by the shortest sequence."""
        if (y, x) == (self._y, self._x):
            return
        absolute = "\x1b[H" if y == x == 0 else f"\x1b[{y + 1}H" if x == 0 else f"\x1b[{y + 1};{x + 1}H"
        self._out.append(min([absolute, *self._relative(y, x)], key=len))
        self._y, self._x = y, x

    def write_row(self, y: int, old: Sequence[Cell], new: Sequence[Cell]) -> None:
        """Write the cells of a line that differ."""
        tail = width = len(new)
        blank = new[-1] if new and self._can_erase(new[-1]) else BLANK
        while tail and new[tail - 1] == blank:
            tail -= 1
        changed = [x for x in range(width) if old[x] != new[x]]
        in_tail = sum(x >= tail for x in changed)
        if in_tail >= _MIN_TAIL:
            erased = changed[-in_tail]
            changed = changed[:-in_tail]
        else:
            erased = width
        for start, end in _runs(new, changed):
            self._write_cells(y, new, start, end)
        if erased < width:
            self._erase(y, erased, "\x1b[K", blank[1])

    def _can_erase(self, cell: Cell) -> bool:
        """Whether erasing leaves such a cell; all terminals but GNU screen erase with the background of the pen."""
        text, pen = cell
        return text == " " and self._erases_cells and pens.is_background(pen)

    def _write_cells(self, y: int, row: Sequence[Cell], start: int, end: int) -> None:
        self.move_to(y, start)
        x = start
        written: list[str] = []
        while x < end:
            text, codes = row[x]
            if row[x] == BLANK and self._erases_cells:
                blanks = x
                while blanks < end and row[blanks] == BLANK:
                    blanks += 1
                if blanks - x >= (_MIN_ERASED if blanks == end else _MIN_SKIPPED):
                    self._flush(written, x, len(row))
                    self._erase(y, x, f"\x1b[{blanks - x}X")
                    if blanks < end:
                        self.move_to(y, blanks)
                    x = blanks
                    continue
            if codes != self._pen and not (text == " " and codes == pens.of_blank(self._pen)):
                written.append(pens.change(self._pen, codes))
                self._pen = codes
            written.append(text)
            x += 1
        self._flush(written, x, len(row))

    def _flush(self, written: list[str], x: int, width: int) -> None:
        """Add written text; the cursor is then at `x`, if all terminals agree on the width of its characters."""
        if not written:
            return
        text = "".join(written)
        written.clear()
        self._out.append(text)
        if text.isascii():
            # In the last column, terminals differ in where the cursor is until the next character.
            self._x = x if x < width else -1
        elif all(char < "\u0250" or char in _COMMON for char in text):
            self._x = -1
        else:
            self._y = self._x = -1

    def _erase(self, y: int, x: int, sequence: str, blank: str = "") -> None:
        """Erase from a place on, to cells of the pen `blank`."""
        self.move_to(y, x)
        if pens.of_blank(self._pen) != blank:
            self._set_pen(blank)
        self._out.append(sequence)

    def _set_pen(self, codes: str) -> None:
        if codes != self._pen:
            self._out.append(pens.change(self._pen, codes))
            self._pen = codes

    def _relative(self, y: int, x: int) -> Iterator[str]:
        """Movements from the present place. None is a bare line feed, which some terminal lines turn into two characters."""
        if self._y < 0:
            return
        if y == self._y + 1:
            yield f"\r\n{_right(x)}"
        if y == self._y:
            yield f"\r{_right(x)}"
            yield f"\x1b[{x + 1}G"
            if self._x > x and self._x - x <= _MAX_BACKSPACES:
                yield "\b" * (self._x - x)
            if -1 < self._x < x:
                yield _right(x - self._x)
        elif x == self._x:
            yield f"\x1b[{y + 1}d"


_COMMON: Final = frozenset("·…–—€£│─▏▎▍▌▋▊▉█⅓")
"""Characters beyond Latin that have one cell, or two in terminals for Chinese, Japanese or Korean."""


def _right(count: int) -> str:
    return "" if count == 0 else "\x1b[C" if count == 1 else f"\x1b[{count}C"


def _runs(row: Sequence[Cell], changed: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of cells to write. Ranges are joined if the cells between them are shorter than a movement.

    None ends inside a wide character.
    """
    start = end = -1
    for x in changed:
        if (start >= 0 and x - end > _LONGEST_GAP) or (start >= 0 and _gap_length(row, end, x) > _move_length(x - end)):
            yield _extend_to_whole_characters(row, start, end)
            start = x
        elif start < 0:
            start = x
        end = x + 1
    if start >= 0:
        yield _extend_to_whole_characters(row, start, end)


def _move_length(cells: int) -> int:
    return 3 if cells == 1 else 4


def _gap_length(row: Sequence[Cell], start: int, end: int) -> int:
    """About how many bytes the unchanged cells between two changed ones take."""
    length = end - start
    for x in range(start, end):
        text = row[x][0]
        if not text.isascii():
            length += len(text.encode()) - 1
        if row[x][1] != row[x - 1][1]:
            length += _CODE_LENGTH
    return length


def _extend_to_whole_characters(row: Sequence[Cell], start: int, end: int) -> tuple[int, int]:
    while start and not row[start][0]:
        start -= 1
    while end < len(row) and not row[end][0]:
        end += 1
    return start, end
