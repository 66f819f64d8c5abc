"""A scrolling view of lines: draws the visible ones, moves a cursor, and repaints only what changed.

It binds no keys; screens call its methods. It has no data; a subclass provides the number of lines and draws them.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Protocol, TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.worker import WorkType

from tui.widgets.key_queue import KeyQueue
from tui.widgets.messages import WidgetMessage
from tui.widgets.styles import styles_of
from tui.widgets.text import fit, isolated, safe

Piece: TypeAlias = tuple[str, str]
"""Safe text and its style: one of `LINE_STYLES`, or "" for that of the line."""


def fit_pieces(pieces: Iterable[Piece], width: int) -> Iterable[Piece]:
    """Cut pieces of safe text to at most `width` cells. A piece that does not fit ends with an ellipsis."""
    remaining = width
    for text, style in pieces:
        cells = cell_len(text)
        if cells > remaining:
            if remaining > 0:
                yield fit(text, remaining), style
            return
        remaining -= cells
        yield text, style


def matched_pieces(text: str, matches: Iterable[tuple[int, int]], style: str = "") -> Iterable[Piece]:
    """An unsafe text as pieces of safe text, of which the parts that match a query (start and end) have their style."""
    position = 0
    for start, end in matches:
        yield safe(text[position:start]), style
        yield safe(text[start:end]), "match"
        position = end
    yield safe(text[position:]), style


class KeyedRows(Protocol):
    """Rows with keys, so that a cursor can follow its row when the rows are replaced."""

    def __len__(self) -> int: ...

    def key_at(self, index: int) -> str: ...

    def index_of(self, key: str) -> int | None: ...


def follow(old: KeyedRows, new: KeyedRows, cursor: int) -> int | None:
    """The index in `new` of the row that `cursor` was on in `old`, else of the next one that remains, else of one before."""
    after = range(cursor, min(len(old), cursor + _MAX_FOLLOWED_ROWS))
    before = range(min(cursor, len(old)) - 1, max(-1, cursor - _MAX_FOLLOWED_ROWS), -1)
    found = (new.index_of(old.key_at(index)) for index in chain(after, before))
    return next((index for index in found if index is not None), None)


_WHEEL_LINES = 3
_MAX_FOLLOWED_ROWS = 2000
_MAX_CACHED_STRIPS = 160
_REST = 0.05
"""Seconds without a newly drawn line after which the next page is drawn."""


class _DrawnLines:
    """The lines of a view that were drawn: those on the screen, and others that were or are probably scrolled into it.

    When nothing was drawn for a moment, the next page in the direction of the last scrolling is drawn, line by line, until
    a key is pressed; then it only has to be shown.
    """

    def __init__(self, view: "LineView") -> None:
        self._view = view
        self._strips: dict[tuple[int, bool], Strip] = {}
        self._rest: Timer | None = None
        self._top = 0
        self._direction = 1

    def strip(self, index: int, width: int, is_cursor: bool) -> Strip:
        strip = self._strips.get((index, is_cursor))
        if strip is None:
            strip = self._keep(index, width, is_cursor)
            if self._rest is None:
                self._rest = self._view.set_timer(_REST, self._start)
            else:
                self._rest.reset()
        return strip

    def forget(self, index: int) -> None:
        """Draw a line again when it is shown."""
        self._strips.pop((index, True), None)
        self._strips.pop((index, False), None)

    def clear(self) -> None:
        self._strips.clear()

    def _keep(self, index: int, width: int, is_cursor: bool) -> Strip:
        view = self._view
        pieces = view.draw_line(index, width, is_cursor)
        strip = view._strip(pieces, width, is_cursor=is_cursor and view.highlights_cursor)
        if len(self._strips) > _MAX_CACHED_STRIPS:
            near = range(view.top - view.body_height, view.top + 2 * view.body_height)
            self._strips = {key: kept for key, kept in self._strips.items() if key[0] in near}
        self._strips[index, is_cursor] = strip
        return strip

    def _start(self) -> None:
        self._rest = None
        work: WorkType[None] = self._draw_next_page
        self._view.run_worker(work, name="draw the next page", group="draw ahead", exclusive=True)

    async def _draw_next_page(self) -> None:
        view, top, width = self._view, self._view.top, self._view.size.width
        if top != self._top:
            self._direction, self._top = (1 if top > self._top else -1), top
        start = top + self._direction * view.body_height
        for index in range(start, start + view.body_height)[:: self._direction]:
            await asyncio.sleep(0)
            is_current = (width, top) == (view.size.width, view.top) and 0 <= index < view.line_count
            if not is_current or (isinstance(view.app, KeyQueue) and view.app.keys_waiting):
                return
            if (index, False) not in self._strips:
                self._keep(index, width, False)


class LineView(Widget, can_focus=True):
    """Base class of table, sheet, pager and problem list. Lines are identified by index, from 0."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    LineView { width: 1fr; height: 1fr; overflow: hidden hidden; }
    """

    header_height: int = 0
    left_margin: int = 1
    """The column of the text for an empty view."""
    has_cursor: bool = True
    highlights_cursor: bool = True
    """Whether the cursor line is drawn in the cursor's colours."""

    @dataclass(eq=False)
    class CursorMoved(WidgetMessage["LineView"]):
        """The cursor moved to another line, or its line has other content after a reload."""

        index: int

    @dataclass(eq=False)
    class Activated(WidgetMessage["LineView"]):
        """The cursor line was clicked. Screens treat this like Enter."""

        index: int

    def __init__(self, *, empty: str = "", id: str | None = None, classes: str | None = None) -> None:
        """`empty`: the text of the view while it has no lines."""
        super().__init__(id=id, classes=classes)
        self._empty = empty
        self.cursor = 0
        self.top = 0
        self._drawn = _DrawnLines(self)
        self._style_version = -1
        self._laid_out_width = -1
        self.painted_at: float | None = None
        """When the view was drawn first, on the clock of `Message.time`."""

    # Implemented by subclasses.

    @property
    def line_count(self) -> int:
        raise NotImplementedError

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        """The pieces of a line. They are cut or padded to `width`."""
        raise NotImplementedError

    def draw_header(self, row: int, width: int) -> Iterable[Piece]:
        return ()

    def draw_below(self, row: int, width: int) -> Iterable[Piece]:
        """The pieces of the line that is `row` lines after the last one; in an empty view its text."""
        lines = self._empty.split("\n") if self._empty and not self.line_count else []
        return ((" " * self.left_margin + safe(lines[row]), "dim"),) if row < len(lines) else ()

    def is_selectable(self, index: int) -> bool:
        """Whether the cursor can be on this line."""
        return True

    def clicked(self, index: int) -> None:
        if index == self.cursor:
            self.post_message(self.Activated(self, index))
        elif self.is_selectable(index):
            self.go(index)

    def lay_out(self, width: int) -> None:
        """Called before the first drawing and whenever the width changes."""

    def viewport_changed(self) -> None:
        """Called after the visible lines changed."""

    # Called by screens.

    @property
    def drawn_width(self) -> int:
        """The width of the lines; if the view is hidden, its last width."""
        return self.size.width or (self._laid_out_width if self._laid_out_width > 0 else 80)

    @property
    def body_height(self) -> int:
        return max(1, self.size.height - self.header_height)

    @property
    def lines_below(self) -> int:
        """How many lines below the last one can be scrolled into view. They are shown with the last line."""
        return 0

    def move(self, by: int) -> None:
        """Move the cursor by selectable lines. At the edge of the view it scrolls by half a page."""
        if not self.has_cursor:
            self.scroll_lines(by)
            return
        step = 1 if by > 0 else -1
        target = self.cursor
        for _ in range(abs(by)):
            following = self._next_selectable(target + step, step)
            if following is None:
                break
            target = following
        self.go(target)

    def page(self, by: int) -> None:
        self._jump(by * max(1, self.body_height - 1))

    def half_page(self, by: int) -> None:
        self._jump(by * max(1, self.body_height // 2))

    def home(self) -> None:
        self._jump(-self.line_count)

    def end(self) -> None:
        self._jump(self.line_count)

    def go(self, index: int) -> None:
        """Move the cursor to a line, or to the nearest selectable one, and scroll it into view."""
        index = self._clamp(index)
        if index != self.cursor:
            old, self.cursor = self.cursor, index
            self.repaint_line(old)
            self.repaint_line(index)
            self.post_message(self.CursorMoved(self, index))
        self.show_line(index)

    def show_line(self, index: int) -> None:
        """Scroll a line into view, by half a page or to the middle."""
        height, lowest = self.body_height, self._with_lines_below(index)
        if self.top <= index and lowest < self.top + height:
            return
        half = max(1, height // 2)
        if self.top - half <= index < self.top:
            top = self.top - half
        elif self.top + height <= lowest < self.top + height + half:
            top = self.top + half
        else:
            top = index - half
        self.set_top(top)

    def set_empty(self, text: str) -> None:
        """Set the text for an empty view."""
        if text != self._empty:
            self._empty = text
            if not self.line_count:
                self.refresh()

    def set_top(self, top: int) -> None:
        top = self._clamp_top(top)
        if top != self.top:
            self.top = top
            self.refresh()
            self.viewport_changed()

    def scroll_lines(self, by: int) -> None:
        """Scroll without moving the cursor."""
        self.set_top(self.top + by)

    def repaint_line(self, index: int) -> None:
        self._drawn.forget(index)
        y = index - self.top + self.header_height
        if self.header_height <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def repaint_header(self) -> None:
        if self.header_height:
            self.refresh(Region(0, 0, self.size.width, self.header_height))

    def repaint(self) -> None:
        """Redraw everything, because lines or their number changed."""
        self._drawn.clear()
        self.cursor = self._clamp(self.cursor)
        self.top = self._clamp_top(self.top)
        self.refresh()

    # Drawing.

    def render_line(self, y: int) -> Strip:
        if self.painted_at is None:
            self.painted_at = Message().time
        styles = styles_of(self)
        if styles.version != self._style_version:
            self._style_version = styles.version
            self._drawn.clear()
        width = self.size.width
        self._lay_out_for(width)
        if y < self.header_height:
            return self._strip(self.draw_header(y, width), width, "header")
        index = self.top + y - self.header_height
        if index >= self.line_count:
            return self._strip(self.draw_below(index - self.line_count, width), width)
        is_cursor = self.has_cursor and index == self.cursor
        return self._drawn.strip(index, width, is_cursor)

    def _strip(self, pieces: Iterable[Piece], width: int, base: str = "", is_cursor: bool = False) -> Strip:
        segments: list[Segment] = []
        style_of = styles_of(self).style
        cursor_style = "" if not is_cursor else "cursor" if self.has_focus else "cursor-away"
        text, style = "", base
        for piece, piece_style in pieces:
            if (piece_style or base) == style:
                text += isolated(piece)
                continue
            if text:
                segments.append(Segment(text, style_of(style, cursor_style)))
            text, style = isolated(piece), piece_style or base
        if text:
            segments.append(Segment(text, style_of(style, cursor_style)))
        strip = Strip(segments)
        return strip.adjust_cell_length(width, style_of(base, cursor_style))

    # Events.

    def on_resize(self, event: events.Resize) -> None:
        self._lay_out_for(event.size.width)
        if self.has_cursor and self.line_count:
            self.cursor = self._clamp(self.cursor)
            lowest = self._with_lines_below(self.cursor) - self.body_height + 1
            self.top = max(lowest, min(self.top, self.cursor))
        self.top = self._clamp_top(self.top)
        self.refresh()
        self.viewport_changed()

    def notify_style_update(self) -> None:
        self._drawn.clear()
        super().notify_style_update()

    def on_focus(self) -> None:
        self.repaint_line(self.cursor)

    def on_blur(self) -> None:
        self.repaint_line(self.cursor)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or not self.has_cursor:
            return
        index = self.top + offset.y - self.header_height
        if offset.y < self.header_height or index >= self.line_count:
            return
        event.stop()
        self.clicked(index)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop().prevent_default()
        self.scroll_lines(_WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop().prevent_default()
        self.scroll_lines(-_WHEEL_LINES)

    # Helpers.

    def _lay_out_for(self, width: int) -> None:
        if width != self._laid_out_width:
            self._laid_out_width = width
            self._drawn.clear()
            self.lay_out(width)

    def _jump(self, by: int) -> None:
        """Move the cursor and scroll by the same number of lines, so that the cursor keeps its row on the screen."""
        if not self.has_cursor:
            self.scroll_lines(by)
            return
        old_top = self.top
        self.top = self._clamp_top(self.top + by)
        if self.top != old_top:
            self.refresh()
        self.go(self.cursor + by)
        if self.top != old_top:
            self.viewport_changed()

    def _next_selectable(self, index: int, step: int) -> int | None:
        while 0 <= index < self.line_count:
            if self.is_selectable(index):
                return index
            index += step
        return None

    def _with_lines_below(self, index: int) -> int:
        """The lowest line to show with this one: of the last line, the last of the lines below it."""
        return index + self.lines_below if index == self.line_count - 1 else index

    def _clamp_top(self, top: int) -> int:
        return max(0, min(top, self.line_count + self.lines_below - self.body_height))

    def _clamp(self, index: int) -> int:
        """The nearest selectable line: this one, one below, one above, else 0."""
        index = max(0, min(index, self.line_count - 1))
        below = self._next_selectable(index, 1)
        found = below if below is not None else self._next_selectable(index, -1)
        return found if found is not None else 0
