"""Lines of text with their pens, as they were on the screen before."""

from collections.abc import Sequence
from functools import lru_cache

from rich.ansi import AnsiDecoder
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget


class SnapshotView(Widget):
    """Draws the lines from the top. Each is a list of texts with pens: SGR parameters such as `1;31`."""

    DEFAULT_CSS = "SnapshotView { height: 1fr; }"

    def __init__(self, lines: Sequence[Sequence[tuple[str, str]]]) -> None:
        super().__init__()
        self._lines = lines

    def render_line(self, y: int) -> Strip:
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self.rich_style)
        strip = Strip([Segment(text, self.rich_style + _style(pen)) for text, pen in self._lines[y]])
        return strip.adjust_cell_length(self.size.width, self.rich_style)


@lru_cache(maxsize=256)
def _style(pen: str) -> Style:
    spans = AnsiDecoder().decode_line(f"\x1b[{pen}mx").spans
    style = spans[0].style if spans else Style.null()
    return style if isinstance(style, Style) else Style.parse(style)
