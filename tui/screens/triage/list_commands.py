"""Commands of the order list: moving, opening, filtering, sorting, reading again."""

from typing import Final

from tui.api.codec import pretty
from tui.api.errors import ApiError, NotFound
from tui.api.query import order_key
from tui.orders.columns import COLUMNS
from tui.orders.query.saved_views import sort_of
from tui.orders.summary import order_name
from tui.screens.common.commands import handles
from tui.screens.common.questions import ask_which
from tui.screens.common.routes import EditOrder, ShowText
from tui.screens.common.workspace_actions import look_up_again
from tui.screens.triage.order_list import OrderCommands
from tui.screens.triage.shops import shops_text

_FIRST_SORTS: Final = ("number", "created", "updated", "shop", "country", "weight", "total", "due")
_SORTS: Final = (
    *(COLUMNS[name] for name in _FIRST_SORTS),
    *(column for column in COLUMNS.values() if column.sort and column.name not in _FIRST_SORTS),
)
"""The columns of the question. The first ones keep their numbers."""
_SORT_NAMES: Final = ["ordered" if column.name == "created" else column.name.replace("_", " ") for column in _SORTS]


class ListCommands(OrderCommands):
    """Commands for moving, opening and reading."""

    @handles("pane")
    def switch_pane(self, key: str) -> None:
        orders = self._orders
        if orders.preview.has_focus:
            orders.table.focus(scroll_visible=False)
        elif orders.preview.size.height:
            orders.preview.focus(scroll_visible=False)
        elif self._workspace.preferences.settings.density == "list":
            self._screen.show_notice(f"The preview is switched off; {self._screen.key('settings')} shows the settings.")
        else:
            self._screen.show_notice("The terminal has no room for the preview.")

    @handles("open")
    def open(self, key: str) -> None:
        order = self._orders.changeable()
        if order is not None:
            self._workspace.go(EditOrder(order_key(order)))

    @handles(next_order=1, previous_order=-1)
    def step_order(self, by: int) -> None:
        self._orders.table.move(by)

    @handles(next_problem=1, previous_problem=-1)
    def step_problem(self, by: int) -> None:
        if self._workspace.orders.problem_beside(self._orders.table.cursor_key or "", by) is None:
            more = "" if self._workspace.sync.state.is_complete else " so far; more are being read"
            self._screen.show_notice(f"No {'further' if by > 0 else 'earlier'} order with an error{more}.")

    @handles("filter")
    def filter(self, key: str) -> None:
        self._orders.filter_line.open()

    @handles("sort")
    async def sort(self, key: str) -> None:
        chosen = await ask_which(self._screen, "Sort by (repeat to reverse)", _SORT_NAMES)
        if chosen is None:
            return
        # Names sort ascending and times descending at first; choosing the same again reverses that.
        first = _SORTS[chosen].sort
        other = first[1:] if first.startswith("-") else f"-{first}"
        line = self._orders.filter_line.filter
        self._orders.set_sort(other if first in sort_of(line) else first)

    @handles("refresh")
    def refresh(self, key: str) -> None:
        order = self._orders.order
        if order is not None and not look_up_again(self._screen, order_key(order)):
            self._orders.read("read an order again", self._read_order(order_key(order)))

    async def _read_order(self, order_id: str) -> None:
        """Read one order again and show a notice."""
        account, local = self._workspace.account, self._workspace.orders.local
        try:
            document = await account.client.get_order(order_id)
        except NotFound as error:
            if error.confirmed_by_service:
                local.mark_gone([order_id])
                self._orders.reader.look_again()
            gone = "The order is no longer in Sendcloud: it was shipped or deleted."
            self._screen.show_notice(gone if error.confirmed_by_service else str(error), "warning")
            return
        except ApiError as error:
            self._screen.show_notice(str(error), "error")
            return
        account.draft_sender.forget(order_id)
        local.keep([document])
        self._orders.reader.look_again()
        self._screen.show_notice("Refreshed.")

    @handles("shops")
    def show_shops(self, key: str) -> None:
        self._orders.read("read why a shop fails", self._show_shops())

    async def _show_shops(self) -> None:
        self._workspace.go(
            ShowText("Shops", await shops_text(self._workspace.account, self._workspace.orders.frequent))
        )

    @handles("long_text")
    def show_order(self, key: str) -> None:
        if (order := self._orders.order) is not None:
            self._workspace.go(ShowText(f"As read from the service: {order_name(order)}", pretty(order)))

    @handles("back")
    def back(self, key: str) -> None:
        if self._orders.preview.has_focus:
            self._orders.table.focus(scroll_visible=False)
        elif key != "escape":
            query = f", {self._screen.key('filter')} changes the query" if self._orders.filter_line.filter else ""
            self._screen.show_notice(f"This is the first screen; {self._screen.key('quit')} quits the app{query}.")
