"""The filter line: shows the active filter and what it does, and becomes an input on demand."""

from collections.abc import Iterable

from rich.cells import cell_len

from tui.widgets.input_line import InputLine
from tui.widgets.lines import Piece
from tui.widgets.text import fit, safe


class FilterLine(InputLine):
    """A filter line that `hides` is visible only while it is open or a filter is active. After it closes, `set` decides."""

    def __init__(self, *, hides: bool = False, id: str | None = None) -> None:
        super().__init__("/ ", hides=hides, id=id)
        self._filter = ""
        self._summary = ""

    @property
    def filter(self) -> str:
        """The active filter."""
        return self._filter

    def set(self, filter: str, summary: str = "") -> None:
        """Show the active filter, and on the right a summary of what it does."""
        is_changed = (filter, summary) != (self._filter, self._summary)
        self._filter, self._summary = filter, summary
        self.display = self.is_open or bool(filter) or not self._hides
        if is_changed:
            self.repaint_line(0)

    def open(self, text: str | None = None) -> None:
        """Edit the active filter. The first letter typed replaces it, any other key keeps it."""
        super().open(self._filter if text is None else text)
        self.select_all()

    def reopen(self, text: str) -> None:
        """Edit an invalid filter again. Letters typed are added to it."""
        super().open(text)

    def _stays_visible(self) -> bool:
        # The screen will call `set` next. Hiding the line in between would lay out the screen twice.
        return self.display

    def pieces(self, width: int) -> Iterable[Piece]:
        if self.is_open:
            yield from super().pieces(width)
            return
        summary = safe(self._summary)
        available = min(cell_len(summary), width * 2 // 3)
        yield " / ", "title" if self._filter else "dim"
        yield fit(self._filter, max(0, width - available - 5)) + " ", ""
        yield fit(summary, available), "dim"
