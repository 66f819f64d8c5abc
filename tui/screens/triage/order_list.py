"""`OrderList`, which the command groups of triage share: the panes, the reader, and the order under the cursor."""

from collections.abc import Coroutine
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from tui.api.codec import Document, Json, as_list
from tui.api.query import order_key
from tui.api.wording import count_of
from tui.orders.query.language import QueryError
from tui.orders.query.saved_views import EVERY, QueryView, with_sort, without_sort
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.triage.next_order import NextOrder
from tui.screens.triage.reading import OrderReader
from tui.screens.triage.views.list_views import ListViews
from tui.widgets.filter_line import FilterLine
from tui.widgets.input_line import InputLine
from tui.widgets.pager import Pager
from tui.widgets.tab_bar import TabBar
from tui.widgets.table import OrderTable
from tui.work.cache.local_orders import CachedOrder
from tui.work.drafts.drafts import Draft

ALL = "all"
_STATE = "triage"
_HISTORY = "queries"
_LONGEST_HISTORY = 50


@dataclass(frozen=True, slots=True)
class OrderList:
    """The panes of triage and the reader of its orders."""

    screen: BaseScreen[Any]
    reader: OrderReader
    tab_bar: TabBar
    filter_line: FilterLine
    prompt: InputLine
    """Asks for a text, such as the name of a view."""
    table: OrderTable
    preview: Pager
    views: ListViews
    next_order: NextOrder

    @property
    def workspace(self) -> Workspace:
        return self.screen.workspace

    @property
    def order(self) -> Document | None:
        """The order under the cursor, as read last."""
        return cached.document if (cached := self.cached) is not None else None

    @property
    def cached(self) -> CachedOrder | None:
        """The order under the cursor with the time when it was read."""
        window = self.workspace.orders.window
        return window[self.table.cursor] if self.table.cursor < len(window) else None

    def changeable(self) -> Document | None:
        """The order under the cursor, if it has the id needed to open, change or delete it."""
        order = self.order
        if order is None:
            self.screen.show_notice("There is no order here.")
        elif not order_key(order).isdecimal():
            self.screen.show_notice(
                f"This order has no id from the service, so it cannot be changed; {self.screen.key('long_text')} "
                "shows it.",
                "warning",
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
        cached = self.workspace.orders.local.find(order_key(order))
        read_at = datetime.fromtimestamp(cached.read_at, UTC) if cached is not None else self.workspace.now()
        return self.workspace.account.drafts.of(order_key(order), order, read_at)

    def save(self, draft: Draft) -> None:
        """Save a changed draft, and show it everywhere."""
        self.workspace.account.draft_sender.forget(draft.order_id)
        self.workspace.account.drafts.save(draft)
        self.workspace.order_changed(draft.order_id)

    def read(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run work that reads from the service, replacing any such work in progress."""
        self.screen.run_worker(work, name=name, group="read", exclusive=True)

    def begin(self) -> None:
        """Show the orders of shop and query."""
        shop = self.tab_bar.current
        self.reader.shop = shop if shop != ALL else None
        self.reader.begin()

    def set_query(self, text: str) -> None:
        """Show the orders of a query. An invalid query changes nothing."""
        try:
            self.reader.set_line(text)
        except QueryError as error:
            self.filter_line.reopen(text)
            self.screen.show_notice(str(error), "error")
            return
        self.screen.show_notice("")
        self.filter_line.set(text)
        self._add_to_history(text)
        self.begin()

    def show_view(self, view: QueryView) -> None:
        """Show the orders of a view. The marks of the view that was open before are removed, unless the user keeps them."""
        marks = len(self.table.marks)
        leaves = view.letter != self.views.letter and bool(marks) and not self.views.keeps_marks
        if leaves:
            self.table.set_marks(())
        self.views.letter = view.letter
        self.tab_bar.select(ALL)
        self.set_query(view.query)
        if leaves:
            self.screen.show_notice(
                f"{count_of(marks, 'mark')} of the other view removed; {self.screen.key('marks')} k keeps marks."
            )

    @property
    def open_view(self) -> QueryView | None:
        """The view whose query the list has, apart from the sort order."""
        view = self.views.current
        return view if without_sort(view.query) == without_sort(self.filter_line.filter) else None

    def set_sort(self, sort: str) -> None:
        """Sort the list. The sort order is stored with the view that is open."""
        view, line = self.open_view, with_sort(self.filter_line.filter, sort)
        self.set_query(line)
        if view is not None:
            self.views.put(replace(view, query=line))

    def history(self) -> list[str]:
        """The queries that were entered last, the newest last."""
        account = self.workspace.account
        kept = as_list(account.store.screen_states.get(account.account_id, _HISTORY))
        return [line for line in kept if isinstance(line, str)]

    def _add_to_history(self, line: str) -> None:
        if not line:
            return
        lines = [*(known for known in self.filter_line.history if known != line), line][-_LONGEST_HISTORY:]
        self.filter_line.history = lines
        account = self.workspace.account
        with self.screen.report_store_errors():
            account.store.screen_states.put(account.account_id, _HISTORY, [*lines])

    # Stored for the next start.

    def restore(self) -> tuple[str, str | None]:
        """Restore query and marks. Returns the chosen shop and the key of the order under the cursor."""
        account = self.workspace.account
        kept = account.store.screen_states.get(account.account_id, _STATE)
        left = kept if isinstance(kept, dict) else {}
        line = left.get("filter")
        if isinstance(line, str):
            try:
                self.reader.set_line(line)
                self.filter_line.set(line)
            except QueryError:
                self.filter_line.set("")
        marks = left.get("marks")
        if isinstance(marks, list):
            self.table.set_marks(str(mark) for mark in marks)
        self.views.letter = str(left.get("view") or EVERY.letter)
        self.views.keeps_marks = left.get("keeps_marks") is True
        cursor = left.get("cursor")
        return str(left.get("shop") or ALL), cursor if isinstance(cursor, str) else None

    def remember(self) -> None:
        """Store query, marks and position for the next start."""
        account, table = self.workspace.account, self.table
        marks: list[Json] = [*sorted(table.marks)]
        state: Json = {
            "shop": self.tab_bar.current,
            "filter": self.filter_line.filter,
            "cursor": table.cursor_key,
            "marks": marks,
            "keeps_marks": self.views.keeps_marks,
            "view": self.views.letter,
        }
        with self.screen.report_store_errors():
            account.store.screen_states.put(account.account_id, _STATE, state)


class OrderCommands:
    """Base of the command groups of triage."""

    def __init__(self, orders: OrderList) -> None:
        self._orders = orders
        self._screen = orders.screen
        self._workspace = orders.workspace
