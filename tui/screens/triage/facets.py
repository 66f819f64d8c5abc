"""Facets of the current list: how many orders have each reason, shop, country and so on, and narrowing to one of them."""

import asyncio
from collections.abc import Sequence
from typing import Final

from textual import on
from textual.app import ComposeResult

from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.checks.registry import title_of
from tui.orders.query.conditions import Condition
from tui.screens.common.commands import handles
from tui.screens.common.general_commands import TabCommands
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.tab_bar import TabBar, TabLabel
from tui.widgets.table import Column, OrderTable, RenderedRow
from tui.work.cache.facets import FacetValue, count_by

_TABS: Final = ("why", "shop", "country", "status", "payment", "carrier", "sku", "tag", "day")
_TITLES: Final = {"why": "reason", "sku": "SKU"}
_BAR: Final = 30
_COLUMNS: Final = (
    Column("value", "value", 24, 1),
    Column("count", "orders", 7, 0, "right"),
    Column("bar", "", _BAR),
)


class FacetScreen(BaseScreen[str]):
    """Returns the term that the user chose, such as `country:nl` or `-why:no_weight`; None if none was chosen."""

    WHERE = Context.FACETS
    GROUPS = (TabCommands,)

    def __init__(self, workspace: Workspace, condition: Condition, count: int) -> None:
        super().__init__(workspace)
        self.table = OrderTable(_COLUMNS, empty="Counting …")
        self._tab_bar = TabBar(first_number=1)
        self.groups = (TabCommands(self, self._tab_bar, "There is no tab {}."),)
        self._condition = condition
        self._count = count
        self._facets: dict[str, list[FacetValue]] = {}

    def compose(self) -> ComposeResult:
        return self.framed(self._tab_bar, self.table)

    def on_mount(self) -> None:
        self.title_line.set(f"{self.workspace.profile} · facets of {count_of(self._count, 'order')}")
        self._tab_bar.set_labels([TabLabel(name, _TITLES.get(name, name)) for name in _TABS])
        self.run_worker(self._count_values(), name="count the values")

    async def _count_values(self) -> None:
        account, local = self.workspace.account, self.workspace.orders.local
        with self.report_store_errors():
            self._facets = await asyncio.to_thread(count_by, account, local, self._condition, _TABS)
        self.show_all()

    @on(TabBar.Selected)
    def show_all(self) -> None:
        """Show the values of the current facet."""
        values = self._facets.get(self._tab_bar.current or "", [])
        is_reason = self._tab_bar.current == "why"
        largest = max((value.count for value in values), default=1)
        rows = [
            RenderedRow(
                value.term,
                (
                    title_of(value.name) if is_reason else value.name,
                    str(value.count),
                    "█" * max(1, value.count * _BAR // largest),
                ),
            )
            for value in values
        ]
        self.table.load(rows)
        self.table.set_empty("No order has a value here." if self._facets else "Counting …")
        self.show_status()

    def status_items(self) -> Sequence[str]:
        return [
            f"{self.key('open')} shows only the orders with this value, {self.key('exclude_value')} only those "
            "without it"
        ]

    @handles("open")
    def open(self, key: str) -> None:
        self.dismiss(self.table.cursor_key)

    @handles("exclude_value")
    def exclude(self, key: str) -> None:
        term = self.table.cursor_key
        self.dismiss(f"-{term}" if term is not None else None)
