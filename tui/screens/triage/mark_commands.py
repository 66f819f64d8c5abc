"""Commands on marks: setting them, and staging marked orders."""

from collections.abc import Sequence

from tui.api.codec import Document
from tui.api.errors import ApiError, NotFound
from tui.api.wording import count_of
from tui.orders.query.conditions import All, Condition
from tui.orders.query.folding import fold_value
from tui.orders.query.language import QueryError
from tui.orders.query.syntax import quote
from tui.orders.summary import order_name
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import marked_keys
from tui.screens.common.workspace_actions import stage_copies
from tui.screens.triage.changes import ChangeCommands
from tui.screens.triage.order_list import OrderCommands, OrderList
from tui.work.cache.local_orders import named, names_of


class MarkCommands(OrderCommands):
    """Commands that mark orders and stage marked ones."""

    def __init__(self, orders: OrderList, changes: ChangeCommands) -> None:
        super().__init__(orders)
        self._changes = changes
        self._range_start = ""

    @handles("mark")
    def mark(self, key: str) -> None:
        self._orders.table.toggle_mark()
        self._orders.table.move(1)

    @handles("marks")
    async def mark_many(self, key: str) -> None:
        index, table = self._workspace.orders, self._orders.table
        answers = [
            ("a", "all"),
            ("n", "none"),
            ("i", "invert"),
            ("p", "to fix"),
            ("s", "same problem"),
            ("q", "by query"),
            ("k", "do not keep for other views" if self._orders.views.keeps_marks else "keep for other views"),
        ]
        match await self._screen.ask("Mark", answers):
            case "a":
                table.set_marks(index.window.keys())
            case "n":
                table.set_marks(())
            case "i":
                table.set_marks(table.marks ^ set(index.window.keys()))
            case "p":
                self._mark_found(index.needs_work)
            case "s":
                self._mark_same_problem()
            case "q":
                await self._mark_by_query()
            case "k":
                self._toggle_keeping()

    def _toggle_keeping(self) -> None:
        views = self._orders.views
        views.keeps_marks = not views.keeps_marks
        self._orders.remember()
        self._screen.show_notice(
            "Marks stay when you open another view."
            if views.keeps_marks
            else "Marks are removed when you open another view."
        )

    def _mark_found(self, condition: Condition) -> None:
        """Mark the listed orders that match a condition, in addition to those that are marked."""
        index, table = self._workspace.orders, self._orders.table
        found = index.local.window(All((index.condition, condition))).keys()
        table.set_marks(table.marks | set(found))
        self._screen.show_notice(f"{count_of(len(found), 'order')} found, {len(table.marks)} marked.")

    def _mark_same_problem(self) -> None:
        order = self._orders.order
        problem = next(iter(self._workspace.orders.problems(order)), None) if order is not None else None
        if problem is None:
            self._screen.show_notice("The order at the cursor has no problem.")
        else:
            self._mark_found(self._orders.reader.parse(f"why:={problem.code}").condition)

    async def _mark_by_query(self) -> None:
        line = await self._orders.prompt.ask("mark the listed orders that match: ")
        if line:
            try:
                self._mark_found(self._orders.reader.parse(line).condition)
            except QueryError as error:
                self._screen.show_notice(f"No mark was changed: {error}", "error")

    def find_numbers(self, numbers: Sequence[str], *, mark: bool) -> None:
        """List or mark the orders with these numbers or ids, and say which were not found."""
        quoted = ",".join(map(quote, numbers))
        line = f"number:={quoted} or id:={quoted}"
        local, table = self._workspace.orders.local, self._orders.table
        window = local.window(named(numbers))
        known = frozenset().union(*(names_of(order.document) for order in window))
        missing = [number for number in numbers if fold_value(number) not in known]
        if mark:
            table.set_marks(table.marks | set(window.keys()))
        else:
            self._orders.set_query(line)
        lost = f" Not found: {', '.join(missing)}." if missing else ""
        self._screen.show_notice(f"{count_of(len(window), 'order')} {'marked' if mark else 'found'}.{lost}")

    @handles("range")
    def mark_range(self, key: str) -> None:
        """Start a range at the cursor, or mark everything from its start to the cursor."""
        table = self._orders.table
        start = self._workspace.orders.window.index_of(self._range_start) if self._range_start else None
        if start is None:
            self._range_start = table.cursor_key or ""
            self._screen.show_notice(f"A range starts here; {self._screen.key('range')} at its other end marks it.")
            return
        first, last = sorted((start, table.cursor))
        table.set_marks(table.marks | set(self._workspace.orders.window.keys(first, last + 1)))
        self._range_start = ""
        self._screen.show_notice(f"{count_of(last - first + 1, 'order')} marked, {len(table.marks)} in all.")

    @handles("on_marked")
    def on_marked(self, key: str) -> None:
        marks = self._orders.table.marks
        if not marks:
            self._screen.run_dialog(self._changes.ask_on_all())
        else:
            hidden = self._workspace.orders.hidden(marks)
            self._screen.next_on_marked = True
            others = f", {hidden} not in this list" if hidden else ""
            self._screen.show_notice(f"On {len(marks)} marked{others}: {marked_keys(self._screen.commands)}")

    @handles("add")
    def stage(self, key: str) -> None:
        unread = [key for key in sorted(self._orders.table.marks) if self._workspace.orders.find(key) is None]
        if self._screen.on_marked and unread:
            self._screen.show_notice(f"Reading {len(unread)} marked orders that are not in this list …")
            self._orders.read("read marked orders", self._read_marked(unread))
        else:
            self._screen.run_dialog(self._ask_stage(self._orders.targets()))

    async def _read_marked(self, unread: list[str]) -> None:
        """Read the marked orders that are not in the list, then stage all marked orders."""
        index = self._workspace.orders
        found: dict[str, Document] = {}
        for order_id in unread:
            try:
                found[order_id] = await self._workspace.account.client.get_order(order_id)
            except NotFound:
                continue
            except ApiError as error:
                self._screen.show_notice(f"Nothing was staged: {error}", "error")
                return
        marked = (index.find(key) or found.get(key) for key in sorted(self._orders.table.marks))
        orders = [order for order in marked if order is not None]
        if self._screen.is_active and not self._screen.is_typing:
            self._screen.run_dialog(self._ask_stage(orders, len(unread) - len(found)))
        else:
            self._screen.show_notice(
                f"The marked orders were read. Press {self._screen.key('on_marked')} {self._screen.key('add')} to "
                "stage them."
            )

    async def _ask_stage(self, orders: list[Document], missing: int = 0) -> None:
        if not orders:
            self._screen.show_notice("There is no order to stage.")
            return
        name = order_name(orders[0]) if len(orders) == 1 else f"{len(orders)} orders"
        gone = f" ({missing} marked orders no longer exist)" if missing else ""
        answers = [("c", "as a new order"), ("u", "as an update (full order)")]
        answer = await self._screen.ask(f"Stage {name}{gone}", answers)
        if answer is not None and stage_copies(self._screen, orders, as_update=answer == "u"):
            self._screen.show_notice(f"{name} staged; {self._screen.key('batches')} opens the composer.")
