"""A window on lines: draws the ones in sight, moves a cursor over them, repaints only what changed.

It binds no keys: a screen calls its methods. It knows no data: a subclass says how many lines there are and draws one.
"""

from collections.abc import Iterable
from typing import TypeAlias

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.styles import styles_of
from tui.widgets.text import fit, isolated

Piece: TypeAlias = tuple[str, str]
"""Safe text and its tone: one of `TONES`, or "" for the line's own."""


def within(pieces: Iterable[Piece], width: int) -> Iterable[Piece]:
    """Pieces of safe text in at most `width` cells; the one that does not fit ends with an ellipsis."""
    left = width
    for text, tone in pieces:
        size = cell_len(text)
        if size > left:
            if left > 0:
                yield fit(text, left), tone
            return
        left -= size
        yield text, tone


_WHEEL_LINES = 3
_STRIPS_KEPT = 512


class LineView(Widget, can_focus=True):
    """Base of table, sheet, pager and problem list. Positions are indices of lines, from 0."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    LineView { width: 1fr; height: 1fr; overflow: hidden hidden; }
    """

    header_height: int = 0
    has_cursor: bool = True
    shows_bar: bool = True
    """Whether the cursor's line is drawn in the cursor's colours."""

    class CursorMoved(Message):
        """The cursor stands on another line, or on another thing after a reload."""

        def __init__(self, view: "LineView", index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

        @property
        def control(self) -> "LineView":
            return self.view

    class Activated(Message):
        """The line was chosen with the mouse; a screen treats it as Enter."""

        def __init__(self, view: "LineView", index: int) -> None:
            super().__init__()
            self.view = view
            self.index = index

        @property
        def control(self) -> "LineView":
            return self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor = 0
        self.top = 0
        self._strips: dict[tuple[int, bool], Strip] = {}
        self._styles_version = -1
        self._width_laid_out = -1
        self.painted_at: float | None = None
        """When it was drawn first, for the frame that goes out then, on the clock of `Message.time`."""

    # What a subclass gives.

    @property
    def line_count(self) -> int:
        raise NotImplementedError

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        """The pieces of a line; they are cut or padded to `width`."""
        raise NotImplementedError

    def draw_header(self, row: int, width: int) -> Iterable[Piece]:
        return ()

    def draw_below(self, row: int, width: int) -> Iterable[Piece]:
        """The `row`-th line after the last one."""
        return ()

    def is_stop(self, index: int) -> bool:
        """Whether the cursor may stand on the line."""
        return True

    def clicked(self, index: int) -> None:
        if index == self.cursor:
            self.post_message(self.Activated(self, index))
        elif self.is_stop(index):
            self.go(index)

    def lay_out(self, width: int) -> None:
        """Called before the first drawing and whenever the width changed."""

    def in_sight(self) -> None:
        """Called after what is in sight changed."""

    # What a screen calls.

    @property
    def drawn_width(self) -> int:
        """The width of the lines, or what it was before the view was hidden."""
        return self.size.width or (self._width_laid_out if self._width_laid_out > 0 else 80)

    @property
    def body_height(self) -> int:
        return max(1, self.size.height - self.header_height)

    def move(self, by: int) -> None:
        """Move by lines the cursor may stand on; at the edge of the window it scrolls half a page."""
        if not self.has_cursor:
            self.scroll_lines(by)
            return
        step = 1 if by > 0 else -1
        target = self.cursor
        for _ in range(abs(by)):
            following = self._next_stop(target + step, step)
            if following is None:
                break
            target = following
        self.go(target)

    def page(self, by: int) -> None:
        self._leap(by * max(1, self.body_height - 1))

    def half_page(self, by: int) -> None:
        self._leap(by * max(1, self.body_height // 2))

    def home(self) -> None:
        self._leap(-self.line_count)

    def end(self) -> None:
        self._leap(self.line_count)

    def go(self, index: int) -> None:
        """Put the cursor on a line, or on the nearest one it may stand on, and bring it in sight."""
        index = self._seat(index)
        if index != self.cursor:
            old, self.cursor = self.cursor, index
            self.repaint_line(old)
            self.repaint_line(index)
            self.post_message(self.CursorMoved(self, index))
        self.show_line(index)

    def show_line(self, index: int) -> None:
        """Scroll, by half a page or to the middle, until the line is in sight."""
        height = self.body_height
        if self.top <= index < self.top + height:
            return
        half = max(1, height // 2)
        if self.top - half <= index < self.top:
            top = self.top - half
        elif self.top + height <= index < self.top + height + half:
            top = self.top + half
        else:
            top = index - half
        self.set_top(top)

    def set_top(self, top: int) -> None:
        top = max(0, min(top, self.line_count - self.body_height))
        if top != self.top:
            self.top = top
            self.refresh()
            self.in_sight()

    def scroll_lines(self, by: int) -> None:
        """Move the window and leave the cursor."""
        self.set_top(self.top + by)

    def repaint_line(self, index: int) -> None:
        self._strips.pop((index, True), None)
        self._strips.pop((index, False), None)
        y = index - self.top + self.header_height
        if self.header_height <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def repaint_header(self) -> None:
        if self.header_height:
            self.refresh(Region(0, 0, self.size.width, self.header_height))

    def repaint(self) -> None:
        """Draw everything in sight again: the lines changed, or their number did."""
        self._strips.clear()
        self.cursor = self._seat(self.cursor)
        self.top = max(0, min(self.top, self.line_count - self.body_height))
        self.refresh()

    # How it is drawn.

    def render_line(self, y: int) -> Strip:
        if self.painted_at is None:
            self.painted_at = Message().time
        styles = styles_of(self)
        if styles.version != self._styles_version:
            self._styles_version = styles.version
            self._strips.clear()
        width = self.size.width
        if width != self._width_laid_out:
            self._width_laid_out = width
            self._strips.clear()
            self.lay_out(width)
        if y < self.header_height:
            return self._strip(self.draw_header(y, width), width, "header")
        index = self.top + y - self.header_height
        if index >= self.line_count:
            return self._strip(self.draw_below(index - self.line_count, width), width)
        is_cursor = self.has_cursor and index == self.cursor
        strip = self._strips.get((index, is_cursor))
        if strip is None:
            strip = self._strip(self.draw_line(index, width, is_cursor), width, is_cursor=is_cursor and self.shows_bar)
            if len(self._strips) > _STRIPS_KEPT:
                self._strips.clear()
            self._strips[index, is_cursor] = strip
        return strip

    def _strip(self, pieces: Iterable[Piece], width: int, base: str = "", is_cursor: bool = False) -> Strip:
        segments: list[Segment] = []
        style_of = styles_of(self).style
        bar = "" if not is_cursor else "cursor" if self.has_focus else "cursor-away"
        text, tone = "", base
        for piece, piece_tone in pieces:
            if (piece_tone or base) == tone:
                text += isolated(piece)
                continue
            if text:
                segments.append(Segment(text, style_of(tone, bar)))
            text, tone = isolated(piece), piece_tone or base
        if text:
            segments.append(Segment(text, style_of(tone, bar)))
        strip = Strip(segments)
        return strip.adjust_cell_length(width, style_of(base, bar))

    # Events.

    def on_resize(self, event: events.Resize) -> None:
        if event.size.width != self._width_laid_out:
            self._width_laid_out = event.size.width
            self._strips.clear()
            self.lay_out(event.size.width)
        if self.has_cursor and self.line_count:
            self.cursor = self._seat(self.cursor)
            lowest = self.cursor - self.body_height + 1
            self.top = max(lowest, min(self.top, self.cursor))
        self.top = max(0, min(self.top, self.line_count - self.body_height))
        self.refresh()
        self.in_sight()

    def notify_style_update(self) -> None:
        self._strips.clear()
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
        event.stop()
        event.prevent_default()
        self.scroll_lines(_WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        event.prevent_default()
        self.scroll_lines(-_WHEEL_LINES)

    # Helpers.

    def _leap(self, by: int) -> None:
        """Move cursor and window together, so that it keeps its place on the screen."""
        if not self.has_cursor:
            self.scroll_lines(by)
            return
        old_top = self.top
        self.top = max(0, min(self.top + by, self.line_count - self.body_height))
        if self.top != old_top:
            self.refresh()
        self.go(self.cursor + by)
        if self.top != old_top:
            self.in_sight()

    def _next_stop(self, index: int, step: int) -> int | None:
        while 0 <= index < self.line_count:
            if self.is_stop(index):
                return index
            index += step
        return None

    def _seat(self, index: int) -> int:
        """The nearest line the cursor may stand on: this one, one below, one above, else 0."""
        index = max(0, min(index, self.line_count - 1))
        below = self._next_stop(index, 1)
        found = below if below is not None else self._next_stop(index, -1)
        return found if found is not None else 0
