"""The saved views with their letters, counts and queries; a letter opens one."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from textual import events
from textual.app import ComposeResult

from tui.keymap import Context
from tui.orders.query.saved_views import QueryView
from tui.screens.common.commands import handles
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.table import Column, OrderTable, RenderedRow

EVERY: Final = QueryView("0", "all orders", "")
_SAVE: Final = "S"
_COLUMNS: Final = (
    Column("letter", "v", 1),
    Column("name", "view", 16, 1),
    Column("count", "orders", 7, 0, "right"),
    Column("query", "query", 30, 3),
)


class ViewScreen(BaseScreen[QueryView]):
    """Returns the chosen view; one without a name is the query of the list, which is to be saved.

    `count` returns how many orders match a query, on any thread; `line` is the query of the list.
    """

    WHERE = Context.VIEWS

    def __init__(
        self, workspace: Workspace, views: Sequence[QueryView], line: str, count: Callable[[str], int]
    ) -> None:
        super().__init__(workspace)
        self.table = OrderTable(_COLUMNS)
        self._views = {view.letter: view for view in (*views, EVERY)}
        self._line = line
        self._count = count
        self._counts: dict[str, int] = {}

    def compose(self) -> ComposeResult:
        return self.framed(self.table)

    def on_mount(self) -> None:
        self.title_line.set(f"{self.workspace.profile} · views", "press a letter")
        self.run_worker(self._count_all(), name="count the orders of the views")

    async def _count_all(self) -> None:
        with self.report_store_errors():
            for letter, view in self._views.items():
                self._counts[letter] = await asyncio.to_thread(self._count, view.query)
                self.show_all()

    def show_all(self) -> None:
        """Show the views."""
        self.table.load(
            [
                RenderedRow(
                    letter, (letter, view.name, str(self._counts.get(letter, "…")), view.query or "every order")
                )
                for letter, view in self._views.items()
            ]
        )
        self.show_status()

    def status_items(self) -> Sequence[str]:
        return [f"{_SAVE} saves the query of the list as a view: {self._line}" if self._line else "/ edits the query"]

    def on_key(self, event: events.Key) -> None:
        view = self._views.get(event.character or "")
        if view is not None:
            event.stop().prevent_default()
            self.dismiss(view)
        else:
            super().on_key(event)

    @handles("open")
    def open(self, key: str) -> None:
        self.dismiss(self._views.get(self.table.cursor_key or ""))

    @handles("save_view")
    def save(self, key: str) -> None:
        if self._line:
            self.dismiss(QueryView("", "", self._line))
        else:
            self.show_notice("The list has no query to save.")
