"""One line of pieces that is drawn again only when it says something else."""

from collections.abc import Iterable

from tui.widgets.lines import LineView, Piece


class StatusText(LineView, can_focus=False):
    DEFAULT_CSS = """
    StatusText { height: 1; }
    """

    has_cursor = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._said: object = None

    def say(self, content: object) -> None:
        """Draw again if this differs from what was said last; `pieces` turns it into text."""
        if content != self._said:
            self._said = content
            self.repaint_line(0)

    @property
    def line_count(self) -> int:
        return 1

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        return self.pieces(width)

    def pieces(self, width: int) -> Iterable[Piece]:
        raise NotImplementedError
