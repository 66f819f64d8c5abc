"""The whole text about the row under the cursor, if it does not fit the status line."""

from typing import ClassVar, Final

from tui.widgets.pager import Pager
from tui.widgets.text import fit, safe, wrap

_MOST_LINES: Final = 4


class Detail(Pager, can_focus=False):
    """A wrapped text above the status line. It is hidden if the text fits one line."""

    DEFAULT_CSS: ClassVar[str] = """
    Detail { height: auto; display: none; }
    """

    def show(self, text: str, width: int) -> None:
        """Show a text on a screen of this width, or hide the view. A very long text is cut."""
        width = max(10, width - 2)
        lines = wrap(safe(text), width)
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 1], fit(" ".join(lines[_MOST_LINES - 1 :]), width)]
        self.display = len(lines) > 1
        self.styles.height = len(lines)
        self.set_lines([[(" ", ""), (line, "")] for line in lines])
