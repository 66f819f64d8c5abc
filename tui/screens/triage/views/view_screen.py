"""The saved views with their letters, counts and queries; a letter opens one."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from textual import events
from textual.app import ComposeResult

from tui.keymap import Context
from tui.orders.query.saved_views import QueryView, ViewColumn
from tui.screens.common.commands import handles
from tui.screens.common.screen import BaseScreen
from tui.screens.common.search_screen import SearchScreen
from tui.screens.common.workspace import Workspace
from tui.screens.triage.views.column_choices import NARROW, ListColumnChoices
from tui.screens.triage.views.list_views import ListViews
from tui.widgets.table import Column, OrderTable, RenderedRow

_COLUMNS: Final = (
    Column("letter", "v", 1),
    Column("name", "view", 16, 1),
    Column("count", "orders", 7, 0, "right"),
    Column("columns", "columns", 7, 0, "right"),
    Column("query", "query", 30, 3),
)


class ViewScreen(BaseScreen[QueryView]):
    """Returns the chosen view; one without a name is the query of the list, which is to be saved.

    `count` counts the orders of all views by their letters, on any thread; `line` is the query of the list.
    """

    WHERE = Context.VIEWS

    def __init__(self, workspace: Workspace, views: ListViews, line: str, count: Callable[[], dict[str, int]]) -> None:
        super().__init__(workspace)
        self.table = OrderTable(_COLUMNS)
        self._views = views
        self._line = line
        self._count = count

    def compose(self) -> ComposeResult:
        return self.framed(self.table)

    def on_mount(self) -> None:
        self.title_line.set(f"{self.workspace.profile} · views", "press a letter")
        self.show_all()
        self.table.go_to_key(self._views.letter)
        self.run_worker(self._count_all(), name="count the orders of the views")

    async def _count_all(self) -> None:
        with self.report_store_errors():
            self._views.counts = await asyncio.to_thread(self._count)
            self.show_all()

    def show_all(self) -> None:
        """Show the views."""
        counts = self._views.counts
        self.table.load(
            [
                RenderedRow(
                    view.letter,
                    (
                        view.letter,
                        view.name,
                        str(counts.get(view.letter, "…")),
                        str(len(view.columns) or "usual"),
                        view.query or "every order",
                    ),
                )
                for view in self._views.all
            ]
        )
        self.show_status()

    def status_items(self) -> Sequence[str]:
        save = f"; {self.key('save_view')} saves the query of the list as a view: {self._line}" if self._line else ""
        return [f"{self.key('columns')} chooses the columns of the view at the cursor{save}"]

    def on_key(self, event: events.Key) -> None:
        letter = event.character or ""
        if any(view.letter == letter for view in self._views.all):
            event.stop().prevent_default()
            self.dismiss(self._views.find(letter))

    @handles("open")
    def open(self, key: str) -> None:
        self.dismiss(self._views.find(self.table.cursor_key or ""))

    @handles("columns")
    def choose_columns(self, key: str) -> None:
        view = self._views.find(self.table.cursor_key or "")
        shown = view.columns or tuple(ViewColumn(column.key) for column in NARROW)
        choices = ListColumnChoices(shown, lambda columns: self._set_columns(view.letter, columns))
        self.workspace.open(SearchScreen(self.workspace, f"Columns of {view.name}", choices))

    def _set_columns(self, letter: str, columns: tuple[ViewColumn, ...]) -> None:
        with self.report_store_errors():
            self._views.set_columns(letter, columns)

    @handles("drop")
    def remove_view(self, key: str) -> None:
        view = self._views.find(self.table.cursor_key or "")
        if self._views.remove(view.letter):
            self.show_all()
            is_built_in = self._views.find(view.letter).letter == view.letter
            self.show_notice("The view is as built in again." if is_built_in else f"Removed: {view.name}.")
        else:
            self.show_notice("This view is built in, so it cannot be removed.")

    @handles("save_view")
    def save(self, key: str) -> None:
        if self._line:
            self.dismiss(QueryView("", "", self._line))
        else:
            self.show_notice("The list has no query to save.")
