"""`OrderList`, which the command groups of triage share: the panes, the reader, and the order under the cursor."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tui.api.codec import Document, Json
from tui.api.query import order_key
from tui.orders.query.filters import FilterError, parse_filter
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.triage.reading import OrderReader
from tui.widgets.filter_line import FilterLine
from tui.widgets.pager import Pager
from tui.widgets.tab_bar import TabBar
from tui.widgets.table import OrderTable
from tui.work.drafts.drafts import Draft

ALL = "all"
_STATE = "triage"


@dataclass(frozen=True, slots=True)
class OrderList:
    """The panes of triage and the reader of its orders."""

    screen: BaseScreen[Any]
    reader: OrderReader
    tab_bar: TabBar
    filter_line: FilterLine
    table: OrderTable
    preview: Pager

    @property
    def workspace(self) -> Workspace:
        return self.screen.workspace

    @property
    def order(self) -> Document | None:
        """The order under the cursor, as read last."""
        key = self.table.cursor_key
        return self.workspace.orders.find(key) if key is not None else None

    def changeable(self) -> Document | None:
        """The order under the cursor, if it has the id needed to open, change or delete it."""
        order = self.order
        if order is not None and not order_key(order).isdecimal():
            self.screen.show_notice(
                "This order has no id from the service, so it cannot be changed; p shows it.", "warning"
            )
            return None
        return order

    def targets(self) -> list[Document]:
        """The marked orders that were read, after `;`; otherwise the order under the cursor."""
        if self.screen.on_marked:
            found = (self.workspace.orders.find(key) for key in sorted(self.table.marks))
            return [order for order in found if order is not None]
        return [order] if (order := self.order) is not None else []

    def draft_of(self, order: Document) -> Draft:
        """The draft of an order, which may have no changes yet."""
        read_at = self.reader.read_at or self.workspace.now()
        return self.workspace.account.drafts.of(order_key(order), order, read_at)

    def save(self, draft: Draft) -> None:
        """Save a changed draft, and show it everywhere."""
        self.workspace.account.draft_sender.forget(draft.order_id)
        self.workspace.account.drafts.save(draft)
        self.workspace.order_changed(draft.order_id)

    def begin(self) -> None:
        """Read the orders of shop and filter from page one."""
        self.table.set_empty("Reading …")
        self.reader.begin(self.tab_bar.current)

    def set_filter(self, text: str) -> None:
        """Read the orders of a filter. An invalid filter changes nothing."""
        try:
            self.reader.filter = parse_filter(text, self._today())
        except FilterError as error:
            self.filter_line.set(self.filter_line.filter)
            self.filter_line.reopen(text)
            self.screen.show_notice(str(error), "error")
            return
        self.screen.clear_notice()
        self.filter_line.set(text)
        self.reader.wanted_key, self.reader.wanted_depth = self.table.cursor_key, 0
        self.begin()

    def _today(self) -> date:
        return self.workspace.now().astimezone(self.workspace.account.zone).date()

    # Stored for the next start.

    def restore(self) -> str:
        """Restore filter, marks and position. Returns the chosen shop."""
        account = self.workspace.account
        kept = account.store.screen_states.get(account.account_id, _STATE)
        left = kept if isinstance(kept, dict) else {}
        line = left.get("filter")
        if isinstance(line, str):
            try:
                self.reader.filter = parse_filter(line, self._today())
                self.filter_line.set(line)
            except FilterError:
                self.filter_line.set("")
        marks = left.get("marks")
        if isinstance(marks, list):
            self.table.set_marks(str(mark) for mark in marks)
        cursor, depth = left.get("cursor"), left.get("read")
        self.reader.wanted_key = cursor if isinstance(cursor, str) else None
        self.reader.wanted_depth = depth if isinstance(depth, int) else 0
        return str(left.get("shop") or ALL)

    def remember(self) -> None:
        """Store filter, marks and position for the next start."""
        account, table, feed = self.workspace.account, self.table, self.reader.feed
        marks: list[Json] = [*sorted(table.marks)]
        state: Json = {
            "shop": self.tab_bar.current,
            "filter": self.filter_line.filter,
            "cursor": self.reader.wanted_key or table.cursor_key,
            "marks": marks,
            "read": feed.read if feed is not None else 0,
        }
        with self.screen.report_store_errors():
            account.store.screen_states.put(account.account_id, _STATE, state)


class OrderCommands:
    """Base of the command groups of triage."""

    def __init__(self, orders: OrderList) -> None:
        self._orders = orders
        self._screen = orders.screen
        self._workspace = orders.workspace
