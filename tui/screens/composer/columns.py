"""Choosing the columns of the composer's table: type to find a field, Enter shows or hides it, Esc is done."""

from collections.abc import Callable, Sequence

from tui.screens.common.search_screen import SearchScreen, StayOpen
from tui.screens.common.workspace import Workspace
from tui.screens.composer.grid_rows import NUMBER, ColumnPath, column_fields, column_words
from tui.screens.order.pickers import FIELD_COLUMNS, Choice, narrowed
from tui.widgets.table import RenderedRow

_USUAL = Choice("the usual columns", "the fields that have problems or differ between the orders")


class ColumnChoices:
    """The columns, those that are shown first. `tell` is called at every change; None stands for the usual ones."""

    prompt = "field: "
    columns = FIELD_COLUMNS
    empty = "No field has these letters."
    keys = (("type", "to find"), ("↓ ↑", "choose"), ("Enter", "show or hide"), ("Esc", "done"))

    def __init__(self, shown: Sequence[ColumnPath], tell: Callable[[list[ColumnPath] | None], None]) -> None:
        self._shown = list(shown)
        self._tell = tell
        fields = [Choice(column_words(known.path), "/".join(known.path), field=known) for known in column_fields()]
        # What is shown stands first, so that it is found to be hidden.
        self._choices = [_USUAL, *sorted(fields, key=self._rank)]
        self._found: Sequence[Choice] = ()

    def _rank(self, choice: Choice) -> tuple[int, bool]:
        path = choice.field.path if choice.field is not None else ()
        return (
            self._shown.index(path) if path in self._shown else len(self._shown),
            bool(choice.field and choice.field.rare),
        )

    def offer(self, text: str) -> list[RenderedRow]:
        self._found = narrowed(self._choices, text)
        return [
            RenderedRow(str(index), (choice.title, choice.more), "+" if self._is_shown(choice) else " ")
            for index, choice in enumerate(self._found)
        ]

    def _is_shown(self, choice: Choice) -> bool:
        return choice.field is not None and choice.field.path in self._shown

    def choose(self, index: int) -> StayOpen | None:
        choice = self._found[index]
        if choice.field is None:
            self._tell(None)
            return None
        path = choice.field.path
        if path == NUMBER:
            return StayOpen(f"{len(self._shown)} shown", "The number is always shown.")
        if path in self._shown:
            self._shown.remove(path)
        else:
            self._shown.append(path)
        self._tell(list(self._shown))
        return StayOpen(f"{len(self._shown)} shown")


def column_picker(
    workspace: Workspace, shown: Sequence[ColumnPath], tell: Callable[[list[ColumnPath] | None], None]
) -> SearchScreen[None]:
    """The screen in which columns are shown and hidden."""
    return SearchScreen(workspace, "Columns of the table", ColumnChoices(shown, tell))
