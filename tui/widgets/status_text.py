"""A line of text that is redrawn only when its content changes."""

from collections.abc import Iterable

from tui.widgets.lines import LineView, Piece


class StatusText(LineView, can_focus=False):
    DEFAULT_CSS = """
    StatusText { height: 1; }
    """

    has_cursor = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._content: object = None

    def set_content(self, content: object) -> None:
        """Redraw the line if the content changed. `pieces` converts it to text."""
        if content != self._content:
            self._content = content
            self.repaint_line(0)

    @property
    def line_count(self) -> int:
        return 1

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        return self.pieces(width)

    def pieces(self, width: int) -> Iterable[Piece]:
        raise NotImplementedError
