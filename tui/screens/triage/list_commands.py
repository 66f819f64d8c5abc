"""Commands of the order list: moving, opening, filtering, sorting, reading again."""

from tui.api.codec import pretty
from tui.api.query import SORT_KEYS, order_key
from tui.orders.summary import order_name
from tui.screens.common.commands import handles
from tui.screens.common.routes import EditOrder, ShowText
from tui.screens.common.workspace_actions import look_up_again
from tui.screens.triage.order_list import OrderCommands
from tui.screens.triage.shops import shops_text

_SORT_NAMES = {
    "integration": "shop",
    "order_number": "number",
    "order_created_at": "ordered",
    "order_updated_at": "updated",
    "pk": "received",
}


class ListCommands(OrderCommands):
    """Commands for moving, opening and reading."""

    @handles("pane")
    def switch_pane(self, key: str) -> None:
        orders = self._orders
        (orders.table if orders.preview.has_focus else orders.preview).focus(scroll_visible=False)

    @handles(open=False, as_json_edit=True)
    def open(self, as_json: bool) -> None:
        order = self._orders.changeable()
        if order is not None:
            self._orders.remember()
            self._workspace.go(EditOrder(order_key(order), as_json))

    @handles(next_order=1, previous_order=-1)
    def step_order(self, by: int) -> None:
        self._orders.table.move(by)

    @handles(next_problem=1, previous_problem=-1)
    def step_problem(self, by: int) -> None:
        if self._workspace.orders.problem_beside(self._orders.table.cursor_key or "", by) is None:
            more = " among the orders read; G reads more" if self._orders.reader.has_more else ""
            self._screen.show_notice(f"No {'further' if by > 0 else 'earlier'} order with a problem{more}.")

    @handles("filter")
    def filter(self, key: str) -> None:
        self._orders.filter_line.open()

    @handles("sort")
    async def sort(self, key: str) -> None:
        answers = [(str(number), _SORT_NAMES[sort]) for number, sort in enumerate(SORT_KEYS, 1)]
        answer = await self._screen.ask("Sort by (again reverses)", answers)
        if answer is None:
            return
        sort = SORT_KEYS[int(answer) - 1]
        # Names sort ascending and times descending; choosing the same again reverses that.
        first = sort if sort in ("order_number", "integration") else f"-{sort}"
        other = sort if first != sort else f"-{sort}"
        orders = self._orders
        words = [word for word in orders.filter_line.filter.split() if not word.startswith("sort:")]
        orders.set_filter(" ".join([*words, f"sort:{other if orders.reader.filter.sort == (first,) else first}"]))

    @handles("refresh")
    def refresh(self, key: str) -> None:
        order = self._orders.order
        if order is not None and not look_up_again(self._screen, order_key(order)):
            self._orders.reader.read("read an order again", self._orders.reader.read_order(order_key(order)))

    @handles("shops")
    def show_shops(self, key: str) -> None:
        self._orders.reader.read("read why a shop fails", self._show_shops())

    async def _show_shops(self) -> None:
        self._workspace.go(ShowText("Shops", await shops_text(self._workspace.account)))

    @handles("long_text")
    def show_order(self, key: str) -> None:
        if (order := self._orders.order) is not None:
            self._workspace.go(ShowText(f"As read from the service: {order_name(order)}", pretty(order)))

    @handles("back")
    def back(self, key: str) -> None:
        if self._orders.preview.has_focus:
            self._orders.table.focus(scroll_visible=False)
        elif key == "q":
            self._screen.show_notice("This is the first screen; Q quits the app.")
