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
        self._base: Style | None = None

    def render_line(self, y: int) -> Strip:
        base = self._base
        if base is None:
            # Once, because it is looked up in all parents.
            base = self._base = self.rich_style
        if y >= len(self._lines):
            return Strip.blank(self.size.width, base)
        strip = Strip([Segment(text, base + _style(pen)) for text, pen in self._lines[y]])
        return strip.adjust_cell_length(self.size.width, base)

    def notify_style_update(self) -> None:
        self._base = None
        super().notify_style_update()


@lru_cache(maxsize=256)
def _style(pen: str) -> Style:
    spans = AnsiDecoder().decode_line(f"\x1b[{pen}mx").spans
    style = spans[0].style if spans else Style.null()
    return style if isinstance(style, Style) else Style.parse(style)
