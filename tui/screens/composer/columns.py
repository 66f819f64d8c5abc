"""Choosing the columns of the composer's table: type to find a field, Enter shows or hides it, Esc is done."""

from collections.abc import Callable, Sequence

from tui.screens.common.routes import Back
from tui.screens.common.workspace import Workspace
from tui.screens.composer.grid_rows import NUMBER, ColumnPath, column_fields, column_words
from tui.screens.order.pickers import Choice, PickerScreen
from tui.widgets.input_line import InputLine
from tui.widgets.status import KeyLine, TitleLine
from tui.widgets.table import OrderTable

_USUAL = Choice("the usual columns", "the fields that have problems or differ between the orders")


class ColumnsScreen(PickerScreen):
    """`done` is told the columns at every change; None stands for the usual ones."""

    def __init__(
        self,
        workspace: Workspace,
        shown: Sequence[ColumnPath],
        done: Callable[[list[ColumnPath] | None], None],
    ) -> None:
        super().__init__(workspace, "Columns of the table", (), lambda choice: None)
        self._shown = list(shown)
        self._tell = done
        fields = [Choice(column_words(one.path), "/".join(one.path), field=one) for one in column_fields()]
        # What is shown stands first, so that it is found to be hidden.
        self._choices = [_USUAL, *sorted(fields, key=self._rank)]

    def _rank(self, choice: Choice) -> tuple[int, bool]:
        path = choice.field.path if choice.field is not None else ()
        return (
            self._shown.index(path) if path in self._shown else len(self._shown),
            bool(choice.field and choice.field.rare),
        )

    def mark_of(self, choice: Choice) -> str:
        return "+" if choice.field is not None and choice.field.path in self._shown else " "

    def show_keys(self) -> None:
        self.query_one(KeyLine).set(
            [("type", "to find"), ("↓ ↑", "choose"), ("Enter", "show or hide"), ("Esc", "done")]
        )

    def choose(self, choice: Choice | None) -> None:
        known = choice.field if choice is not None else None
        if choice is _USUAL:
            self.workspace.go(Back())
            self._tell(None)
            return
        if known is None:
            pass
        elif known.path == NUMBER:
            self.show_notice("The number is always shown.")
        else:
            if known.path in self._shown:
                self._shown.remove(known.path)
            else:
                self._shown.append(known.path)
            self._tell(list(self._shown))
        table, place = self.query_one(OrderTable), self.list_view.cursor
        self.query_one(InputLine).open(self._text)
        self.narrow(self._text)
        table.go(place)
        self.query_one(TitleLine).set("Columns of the table", f"{len(self._shown)} shown")
