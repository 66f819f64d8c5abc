"""The filter line: tells what the service filtered and what was judged here; becomes an input on demand."""

from collections.abc import Iterable

from rich.cells import cell_len

from tui.widgets.input_line import InputLine
from tui.widgets.lines import Piece
from tui.widgets.text import fit, safe


class FilterLine(InputLine):
    """One that `hides` is in sight while it is open or a filter is in force; after it was closed, `set` settles that."""

    def __init__(self, *, hides: bool = False, id: str | None = None) -> None:
        super().__init__("/ ", hides=hides, id=id)
        self._filter = ""
        self._told = ""

    @property
    def filter(self) -> str:
        """The filter in force."""
        return self._filter

    def set(self, filter: str, told: str = "") -> None:
        """The filter in force, and on the right what it does and where."""
        self._filter, self._told = filter, told
        self.display = self.is_open or bool(filter) or not self._hides
        self.say((filter, told))

    def open(self, text: str | None = None) -> None:
        """Begin with the filter in force; the first letter typed replaces it, any other key keeps it."""
        super().open(self._filter if text is None else text)
        self.select_whole()

    def reopen(self, text: str) -> None:
        """Go on with what was typed and cannot be understood: letters are added to it."""
        super().open(text)

    def _is_wanted(self) -> bool:
        # The screen is about to say what the filter is: a line that goes and comes would be laid out twice.
        return self.display

    def pieces(self, width: int) -> Iterable[Piece]:
        if self.is_open:
            yield from super().pieces(width)
            return
        told = safe(self._told)
        room = min(cell_len(told), width * 2 // 3)
        yield " / ", "title" if self._filter else "dim"
        yield fit(self._filter, max(0, width - room - 5)) + " ", ""
        yield fit(told, room), "dim"
