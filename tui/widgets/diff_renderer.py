"""Sends the terminal only the cells that changed. An app with this base writes a twentieth of the bytes per key.

Textual repaints whole lines, with all colours for each piece of text. Here each update is compared with the cells that
the terminal is known to show, and only the difference is written, with only the colour codes that change. This uses
private names of Textual. If they are not as expected, or an update is not supported, Textual's own output is used.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

import textual
from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console, RenderableType
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.screen import Screen
from textual.strip import Strip

FrameCell: TypeAlias = tuple[str, str]
"""The text of a cell and its colour codes. The second half of a wide character has the text ""."""

Result = TypeVar("Result")

KNOWN_VERSIONS: Final = ("8.2.",)
"""Releases of Textual whose private names were checked and tested."""

_UNKNOWN: Final[FrameCell] = ("?", "?")
_MAX_GAP = 5
_RESET = "\x1b[m"


class UnsupportedUpdate(Exception):
    """An update cannot be expressed in cells: it has links, or an unexpected shape."""


class Frame:
    """The cells that the terminal shows."""

    def __init__(self) -> None:
        self._rows: list[list[FrameCell]] = []
        self._width = 0

    def forget(self) -> None:
        """Send everything with the next update, because something else may have written to the terminal."""
        self._rows = []

    def write(self, update: CompositorUpdate, colors: ColorSystem) -> str:
        """Apply an update and return the output for the terminal. Raises UnsupportedUpdate."""
        width, height = _size(update)
        if width != self._width or height != len(self._rows):
            self._width = width
            self._rows = [[_UNKNOWN] * width for _ in range(height)]
        changed: dict[int, list[FrameCell]] = {}
        for y, x, strip in _pieces(update):
            if not 0 <= y < height:
                continue
            row = changed.get(y)
            if row is None:
                row = changed[y] = self._rows[y].copy()
            _draw_strip(row, x, strip, colors)
        out: list[str] = []
        pen = ""
        for y, row in changed.items():
            for start, end in _runs(self._rows[y], row):
                out.append(f"\x1b[{y + 1};{start + 1}H")
                for text, codes in row[start:end]:
                    if codes != pen and not (text == " " and codes == _blank_codes(pen)):
                        out.append(_code_change(pen, codes))
                        pen = codes
                    out.append(text)
            self._rows[y] = row
        if pen:
            out.append(_RESET)
        return "".join(out)


class DiffRenderer(App[Result], Generic[Result]):
    """Base of an app. Call `forget_frame` and refresh the screen to repaint everything, as for Ctrl+L."""

    _frame: Frame | None = None
    _watched_driver: Driver | None = None

    def forget_frame(self) -> None:
        if self._frame is not None:
            self._frame.forget()

    def on_resize(self) -> None:
        self.forget_frame()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        driver = self._driver
        if driver is not None and driver is not self._watched_driver:
            self._watch(driver)
        if self._frame is not None and isinstance(renderable, LayoutUpdate | ChopsUpdate):
            renderable = cast(RenderableType, _DiffUpdate(self._frame, renderable))
        elif renderable is not None:
            self.forget_frame()
        super()._display(screen, renderable)

    def _watch(self, driver: Driver) -> None:
        """Start with an unknown screen, and again whenever another program has used the terminal."""
        self._watched_driver = driver
        known = textual.__version__.startswith(KNOWN_VERSIONS) and hasattr(Strip, "render_ansi")
        self._frame = Frame() if known and not driver.is_inline else None
        start = driver.start_application_mode

        def start_and_forget() -> None:
            self.forget_frame()
            start()

        driver.start_application_mode = start_and_forget  # type: ignore[method-assign]


class _DiffUpdate(CompositorUpdate):
    """An update that is compared with the frame when it is written."""

    def __init__(self, frame: Frame, update: CompositorUpdate) -> None:
        self._frame, self._update = frame, update

    def render_segments(self, console: Console) -> str:
        try:
            return self._frame.write(self._update, console._color_system or ColorSystem.TRUECOLOR)
        except (UnsupportedUpdate, AttributeError, TypeError, LookupError, ValueError):
            self._frame.forget()
            return self._update.render_segments(console)


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


def _draw_strip(row: list[FrameCell], x: int, strip: Strip, colors: ColorSystem) -> None:
    """Write a strip's characters into the cells of a row."""
    width = len(row)
    if 0 < x < width and not row[x][0]:
        row[x - 1] = (" ", row[x - 1][1])
    for text, style, control in strip:
        if control or (style is not None and style.link):
            raise UnsupportedUpdate("a link or a control")
        codes = "" if style is None else Strip.render_ansi(style, colors)
        if text.isascii():
            blank = (" ", _blank_codes(codes))
            row[x : x + len(text)] = [blank if char == " " else (char, codes) for char in text]
            x += len(text)
            continue
        for char in text:
            size = get_character_cell_size(char)
            if size == 0:
                if 0 < x <= width:
                    base = x - 1 if row[x - 1][0] or x == 1 else x - 2
                    row[base] = (row[base][0] + char, row[base][1])
                continue
            row[x : x + size] = [(char, codes if char != " " else _blank_codes(codes)), ("", codes)][:size]
            x += size
    if x < width and not row[x][0]:
        row[x] = (" ", row[x][1])
    if len(row) != width:
        raise UnsupportedUpdate("more cells than the line has")


def _runs(old: list[FrameCell], new: list[FrameCell]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of cells that differ. Ranges a few cells apart are joined; none ends inside a wide character."""
    start = end = -1
    width = len(new)
    for x in [x for x in range(width) if old[x] != new[x]] if old != new else ():
        if start >= 0 and x - end > _MAX_GAP:
            yield _extend_to_whole_characters(new, start, end)
            start = x
        elif start < 0:
            start = x
        end = x + 1
    if start >= 0:
        yield _extend_to_whole_characters(new, start, end)


def _extend_to_whole_characters(row: list[FrameCell], start: int, end: int) -> tuple[int, int]:
    while start and not row[start][0]:
        start -= 1
    while end < len(row) and not row[end][0]:
        end += 1
    return start, end


@lru_cache(maxsize=4096)
def _code_change(old: str, new: str) -> str:
    """The shortest codes that change one pen into another."""
    if not new:
        return _RESET
    if not old:
        return f"\x1b[{new}m"
    old_parts, new_parts = _parts(old), _parts(new)
    codes = sorted({_END_CODES.get(ended, "0") for ended in old_parts[0] - new_parts[0]})
    # 22 ends both bold and dim, so the remaining attributes are set again.
    codes += sorted(new_parts[0] if codes else new_parts[0] - old_parts[0])
    for before, after, default in zip(old_parts[1:], new_parts[1:], ("39", "49"), strict=True):
        if before != after:
            codes.append(after or default)
    whole = f"\x1b[0;{new}m"
    return whole if "0" in codes else min(whole, f"\x1b[{';'.join(codes)}m", key=len)


@lru_cache(maxsize=4096)
def _blank_codes(codes: str) -> str:
    """The visible part of a pen on a blank cell: the background, unless the pen underlines or swaps colours."""
    attributes, _, background = _parts(codes)
    return background if attributes <= _INVISIBLE_ON_BLANKS else codes


@lru_cache(maxsize=4096)
def _parts(codes: str) -> tuple[frozenset[str], str, str]:
    """Attributes, foreground and background of a pen."""
    attributes: set[str] = set()
    foreground = background = ""
    numbers = iter(codes.split(";") if codes else ())
    for number in numbers:
        if number in ("38", "48"):
            kind = next(numbers)
            color = ";".join([number, kind, *_take(numbers, 1 if kind == "5" else 3)])
            foreground, background = (color, background) if number == "38" else (foreground, color)
        elif number in _FOREGROUNDS:
            foreground = number
        elif number in _BACKGROUNDS:
            background = number
        else:
            attributes.add(number)
    return frozenset(attributes), foreground, background


def _take(numbers: Iterable[str], count: int) -> list[str]:
    return [number for _, number in zip(range(count), numbers, strict=False)]


_END_CODES = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "7": "27", "8": "28", "9": "29"}
_INVISIBLE_ON_BLANKS = frozenset({"1", "2", "3", "5"})
_FOREGROUNDS = frozenset(map(str, (*range(30, 38), 39, *range(90, 98))))
_BACKGROUNDS = frozenset(map(str, (*range(40, 48), 49, *range(100, 108))))
