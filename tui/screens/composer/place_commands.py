"""Movement and opening commands in each pane of the composer: lists, table and form."""

from collections.abc import Callable, Sequence

from tui.api.codec import pretty
from tui.orders.fields import full_label
from tui.orders.summary import order_name
from tui.screens.common.commands import handles
from tui.screens.common.routes import Back, OpenHistory, ShowText
from tui.screens.common.search_screen import COLUMN_KEYS, SearchScreen, StayOpen
from tui.screens.composer.file_adding import FileAdding
from tui.screens.composer.grid_rows import NUMBER, ColumnPath, column_fields, title_of
from tui.screens.composer.state import ViewMode
from tui.screens.composer.view import ComposerCommands, ComposerView
from tui.screens.order.json_editor import JsonScreen
from tui.screens.order.pickers import FIELD_COLUMNS, Choice, narrowed
from tui.widgets.table import RenderedRow

_USUAL = Choice("the usual columns", "fields with problems, or that differ between orders")


class ColumnChoices:
    """The columns, the shown ones first. `changed` is called at every change; None means the usual columns."""

    prompt = "field: "
    columns = FIELD_COLUMNS
    empty = "No field matches."
    keys = COLUMN_KEYS

    def __init__(self, shown: Sequence[ColumnPath], changed: Callable[[list[ColumnPath] | None], None]) -> None:
        self._shown = list(shown)
        self._changed = changed
        fields = [Choice(full_label(known.path), "/".join(known.path), field=known) for known in column_fields()]
        # The shown columns come first, so that they are easy to hide.
        self._choices = [_USUAL, *sorted(fields, key=self._rank)]
        self._found: Sequence[Choice] = ()
        self.actions = {"<": lambda index: self._move(index, -1), ">": lambda index: self._move(index, 1)}

    def _rank(self, choice: Choice) -> tuple[int, bool]:
        path = choice.field.path if choice.field is not None else ()
        return (
            self._shown.index(path) if path in self._shown else len(self._shown),
            bool(choice.field and choice.field.rare),
        )

    def offer(self, text: str) -> list[RenderedRow]:
        self._found = narrowed(self._choices, text)
        return [
            RenderedRow(choice.more, (choice.title, choice.more), "+" if self._is_shown(choice) else " ")
            for choice in self._found
        ]

    def _is_shown(self, choice: Choice) -> bool:
        return choice.field is not None and choice.field.path in self._shown

    def choose(self, index: int) -> StayOpen | None:
        choice = self._found[index]
        if choice.field is None:
            self._changed(None)
            return None
        path = choice.field.path
        if path == NUMBER:
            return StayOpen(f"{len(self._shown)} shown", "The order number is always shown.")
        if path in self._shown:
            self._shown.remove(path)
        else:
            self._shown.append(path)
        self._changed(list(self._shown))
        return StayOpen(f"{len(self._shown)} shown")

    def _move(self, index: int, by: int) -> StayOpen:
        """Move a shown column left or right. The first one, with the number, stays."""
        choice = self._found[index]
        path = choice.field.path if choice.field is not None else NUMBER
        here = self._shown.index(path) if path in self._shown else 0
        if here == 0 or not 1 <= here + by < len(self._shown):
            return StayOpen(f"{len(self._shown)} shown", "It cannot be moved further.")
        self._shown.insert(here + by, self._shown.pop(here))
        self._choices.sort(key=lambda choice: (choice is not _USUAL, self._rank(choice)))
        self._changed(list(self._shown))
        return StayOpen(f"{len(self._shown)} shown")


class StagedListCommands(ComposerCommands):
    """The commands of the list of orders and of the list of problems. Table and form override some."""

    def __init__(self, view: ComposerView, files: FileAdding) -> None:
        super().__init__(view)
        self._files = files

    @handles("open", "pane")
    def open(self, key: str) -> None:
        view = self._view
        if view.state.mode is not ViewMode.PROBLEMS:
            view.open_form()
            return
        row = view.batch.problems.cursor_row
        if row is None or not row.order:
            view.screen.show_notice("This problem concerns the whole request; it has no field.")
        else:
            view.state.chosen = row.order
            view.open_form(row.pointer)

    @handles("back")
    def back(self, key: str) -> None:
        """Stop reading a file, or go back."""
        if self._files.is_reading:
            self._files.stop()
        else:
            self._view.workspace.go(Back())

    @handles(next_order=1, previous_order=-1)
    def step_order(self, by: int) -> None:
        view, shown = self._view, self._view.state.shown
        position = view.state.position() + by
        if 0 <= position < len(shown):
            view.choose(shown[position].id, view.form_pane.sheet.cursor_pointer)
        else:
            hidden = len(view.staging.by_id) - len(shown)
            more = f" shown; {hidden} hidden by tab or filter" if hidden else ""
            view.screen.show_notice(f"This is the last order{more}." if by > 0 else f"This is the first order{more}.")

    @handles("view")
    def next_mode(self, key: str) -> None:
        """Switch from orders to problems to table; after the table, open the history of the batch."""
        view, modes = self._view, list(ViewMode)
        position = modes.index(view.state.mode) + 1
        if position < len(modes):
            view.show_mode(modes[position])
        else:
            view.show_mode(ViewMode.ORDERS)
            view.workspace.go(OpenHistory())
        view.remember()

    @handles("sort")
    async def sort(self, key: str) -> None:
        view = self._view
        answers = {
            "n": ("number", "number"),
            "s": ("state", "state"),
            "p": ("problem", "problem"),
            "a": ("", "as added"),
        }
        column = view.grid.column_key
        if view.state.mode is ViewMode.TABLE and column is not None:
            answers = {"c": (column, f"this column, {view.grid.columns[view.grid.column].title}"), **answers}
        offered = [(key, label) for key, (_, label) in answers.items()]
        answer = await view.screen.ask("Sort by (repeat to reverse)", offered)
        if answer is None:
            return
        by, label = answers[answer]
        view.state.sorting.choose(by)
        view.show_all()
        view.remember()
        view.screen.show_notice(f"Sorted by {label}{', descending' if view.state.sorting.down else ''}.")

    @handles("filter")
    def search(self, key: str) -> None:
        self._view.frame.filter.open(self._view.state.words)

    @handles("columns")
    def choose_columns(self, key: str) -> None:
        view = self._view
        if not view.state.in_table:
            view.show_mode(ViewMode.TABLE)
        choices = ColumnChoices(view.grid_pane.paths, view.set_columns)
        view.workspace.open(SearchScreen(view.workspace, "Columns of the table", choices))

    @handles(
        move_up="move_up",
        move_down="move_down",
        revert="revert",
        address="address",
    )
    def refer_to_form(self, command: str) -> None:
        key, opens = self._screen.key(command), self._screen.key("open")
        self._screen.show_notice(f"{key} works in the form; {opens} opens it.")

    @handles("long_text")
    def show_as_json(self, key: str) -> None:
        order = self._view.order
        if order is not None:
            title = f"{order_name(order.document)} as it will be sent"
            self._view.workspace.go(ShowText(title, pretty(order.document)))

    @handles("as_json_edit")
    def edit_as_json(self, key: str) -> None:
        view = self._view
        if (target := view.target_of(view.state.chosen)) is not None:
            view.workspace.open(JsonScreen(view.workspace, target, view.show_order))


class StagedTableCommands(ComposerCommands):
    """The commands of the table."""

    @handles("open")
    def edit_cell(self, key: str) -> None:
        if self._view.order is None:
            self._screen.show_notice(self._view.why_empty)
        elif self._view.may_edit():
            self._view.grid.open_editor()

    @handles("pane")
    def open_form(self, key: str) -> None:
        self._view.open_form(self._view.grid.cursor_pointer)

    @handles(tab_next=1, tab_previous=-1)
    def step_column(self, by: int) -> None:
        if not self._view.grid.move_column(by):
            self._screen.show_notice(
                f"This is the last column; {self._screen.key('columns')} adds others."
                if by > 0
                else "This is the first column."
            )

    @handles(move_up=-1, move_down=1)
    def move_column(self, by: int) -> None:
        """Move the column under the cursor. The first one, with the number, stays."""
        here, there = self._view.grid.column, self._view.grid.column + by
        paths = self._view.grid_pane.paths
        if here == 0 or not 1 <= there < len(paths):
            self._screen.show_notice("It cannot be moved further.")
        else:
            paths[here], paths[there] = paths[there], paths[here]
            self._view.set_columns(paths)
            self._screen.show_notice(f"{title_of(paths[there])} moved.")

    @handles("set_field")
    async def clear_cell(self, key: str) -> None:
        cell, target = self._view.grid.cell, self._view.target_of(self._view.state.chosen)
        if target is not None:
            await self._view.form.clear_field(target, cell.row if cell is not None else None)


class StagedFormCommands(ComposerCommands):
    """The additional commands of a staged order's form."""

    def __init__(self, view: ComposerView, files: FileAdding) -> None:
        super().__init__(view)
        self._files = files

    @handles("open")
    def edit_field(self, key: str) -> None:
        self._view.form.open_editor()

    @handles("pane")
    def close(self, key: str) -> None:
        self._view.close_form()

    @handles("back")
    def back(self, key: str) -> None:
        """Stop reading a file, or go back to the list."""
        if self._files.is_reading:
            self._files.stop()
        else:
            self._view.close_form()

    @handles("set_field")
    async def clear_field(self, key: str) -> None:
        await self._view.form.clear()

    @handles("filter")
    def search_fields(self, key: str) -> None:
        self._view.frame.filter.open(self._view.form.words)
