"""`OrderIndex`: the orders that the list shows, for the screens that need one of them or its neighbour."""

from collections import OrderedDict
from collections.abc import Callable, Collection

from tui.api.codec import Document
from tui.api.errors import Problem, Severity
from tui.orders.checks.context import SkuHistory
from tui.orders.checks.facts import text_of
from tui.orders.checks.fix import Fix
from tui.orders.checks.fixes import FROM_HISTORY
from tui.orders.order_state import OrderState
from tui.orders.paths import SHOP
from tui.orders.query.conditions import EVERY_ORDER, All, Condition, Not, OneOf, Some
from tui.orders.suggestions import Suggestions, learn_suggestions
from tui.orders.summary import text_at
from tui.store.order_cache import CachedOrder
from tui.work.cache.frequent_warnings import FrequentWarning
from tui.work.cache.local_orders import LocalOrders, OrderWindow
from tui.work.cache.order_knowledge import OrderKnowledge
from tui.work.cache.sku_history import checked_items, sku_history

NEEDS_WORK = All((OneOf("severity", (Severity.ERROR.value,)), Not(OneOf("stage", (OrderState.FINISHED.value,)))))
"""An order has an error at any time and is not finished; see `OrderIndex.needs_work`."""
_LEARNED_FROM = 1000
_KEPT_PROBLEMS = 64


class OrderIndex:
    """A window on an account's orders, as the list shows it.

    The list updates it with `show`. `cursor` and `move_cursor` access the cursor of the list, which follows when another
    screen moves to the next order. `settled` returns the keys of the orders that need no attention although the service
    lists an error: those that are done or snoozed, and those whose draft has no error.
    """

    def __init__(self, local: LocalOrders, knowledge: OrderKnowledge) -> None:
        self.local = local
        self.knowledge = knowledge
        self.cursor: Callable[[], int] = lambda: 0
        self.move_cursor: Callable[[int], None] = lambda _: None
        self.settled: Callable[[], Collection[str]] = frozenset
        self.condition: Condition = EVERY_ORDER
        """The condition that the shown orders match."""
        self.window = OrderWindow.empty(local.cache)
        self._problems: OrderedDict[int, tuple[Document, int, tuple[Problem, ...]]] = OrderedDict()
        self._with_errors: set[int] | None = None
        self.frequent: tuple[FrequentWarning, ...] = ()
        """The warnings that many open orders of a shop have, as of the last `find_frequent`."""
        self._frequent_revision = -1
        self._history: tuple[int, dict[str, SkuHistory]] = (-1, {})
        self._learned: tuple[tuple[str, int], Suggestions] | None = None

    def show(self, window: OrderWindow, condition: Condition) -> None:
        """Set the orders that the list shows, and the condition that they match."""
        self.window, self.condition, self._with_errors = window, condition, None

    def find(self, order_id: str) -> Document | None:
        """An order that was read, even if it is not shown or the service no longer has it."""
        kept = self.local.find(order_id)
        return kept.document if kept is not None else None

    def position_of(self, order_id: str) -> tuple[int, int]:
        """The position of an order from 1, or 0 if it is not shown, and how many orders are shown."""
        index = self.window.index_of(order_id)
        return (0 if index is None else index + 1), len(self.window)

    def beside(self, order_id: str, by: int) -> CachedOrder | None:
        """The order that is `by` positions away from another one."""
        index = self._index_beside(order_id, by)
        return None if index is None else self.window[index]

    def neighbour(self, order_id: str, by: int) -> CachedOrder | None:
        """Like `beside`; the cursor of the list moves to it."""
        index = self._index_beside(order_id, by)
        if index is None:
            return None
        self.move_cursor(index)
        return self.window[index]

    def _index_beside(self, order_id: str, by: int) -> int | None:
        index = self.window.index_of(order_id)
        return index + by if index is not None and 0 <= index + by < len(self.window) else None

    @property
    def needs_work(self) -> Condition:
        """The orders that have an error now and are not finished."""
        late = self.knowledge.late_errors
        return Some((NEEDS_WORK, *late)) if late else NEEDS_WORK

    def problem_beside(self, order_id: str, by: int, without: Collection[str] = ()) -> str | None:
        """The next order that needs attention, starting at an order or else at the cursor, which moves to it.

        Settled orders are skipped, and so are those in `without`.
        """
        if self._with_errors is None:
            self._with_errors = set(self.local.cache.find(All((self.condition, self.needs_work))))
        skipped = {*self.settled(), *without}
        start = self.window.index_of(order_id)
        index = (self.cursor() if start is None else start) + by
        while 0 <= index < len(self.window):
            if self.window.ids[index] in self._with_errors and self.window[index].key not in skipped:
                self.move_cursor(index)
                return self.window[index].key
            index += by
        return None

    @property
    def left(self) -> int:
        """How many of the shown orders need attention: those at which `problem_beside` stops."""
        return self.local.cache.count(All((self.condition, self.needs_work, Not(OneOf("key", tuple(self.settled()))))))

    def hidden(self, keys: Collection[str]) -> int:
        """How many of these orders are not shown."""
        if not keys:
            return 0
        shown = set(self.window.ids)
        return len(keys) - sum(row in shown for row in self.local.cache.rows_of([*keys]))

    def problems(self, order: Document) -> tuple[Problem, ...]:
        """The problems of an order. The checks run once for each document, and again a minute later."""
        minute = int(self.local.now().timestamp()) // 60
        kept = self._problems.pop(id(order), None)
        if kept is None or kept[0] is not order or kept[1] != minute:
            kept = (order, minute, self.knowledge.problems(order))
        self._problems[id(order)] = kept
        if len(self._problems) > _KEPT_PROBLEMS:
            self._problems.popitem(last=False)
        return kept[2]

    def forget_problems(self) -> None:
        """Let the checks run again for all orders, because the settings of a shop changed."""
        self._problems.clear()
        self._frequent_revision = -1

    def find_frequent(self) -> None:
        """Find the frequent warnings of the shops, if orders were read since. Raises StoreError."""
        if self._frequent_revision != self.local.revision:
            self._frequent_revision = self.local.revision
            self.frequent = self.knowledge.frequent_warnings(self.local.cache)

    def frequent_of(self, order: Document) -> tuple[FrequentWarning, ...]:
        """The frequent warnings of the order's shop."""
        shop = text_at(order, SHOP) if self.frequent else ""
        return tuple(warning for warning in self.frequent if str(warning.shop) == shop)

    def own_problems(self, order: Document) -> tuple[Problem, ...]:
        """The problems of an order without the warnings that many orders of its shop have."""
        found = self.problems(order)
        codes = {warning.code for warning in self.frequent_of(order)}
        return (
            found
            if not codes
            else tuple(problem for problem in found if problem.severity is Severity.ERROR or problem.code not in codes)
        )

    def problems_among(self, order: Document) -> tuple[Problem, ...]:
        """The problems of an order, with those that compare it with the other orders that were read."""
        return self.knowledge.problems_among(order, self.local.cache)

    def fix(self, document: Document, problem: Problem) -> Fix | None:
        """The fix that is proposed for a problem, including values from earlier orders of the same articles.

        What is known about an article is kept until more orders are read. Raises StoreError.
        """
        known: dict[str, SkuHistory] = {}
        if problem.code in FROM_HISTORY:  # reading earlier orders is slow, and other fixes do not need them
            revision, known = self._history
            if revision != self.local.revision:
                known = {}
                self._history = self.local.revision, known
            skus = {text_of(item.document, "sku") for item in checked_items(document)}
            known |= sku_history(self.local.cache, skus - known.keys())
        return self.knowledge.fix(document, problem, known)

    def suggestions(self, shop_id: str = "") -> Suggestions:
        """Suggestions that a shop's orders (or all) use in free text fields; kept until more orders are read."""
        known = (shop_id, self.local.revision)
        if self._learned is None or self._learned[0] != known:
            orders = (order.document for order in self.local.window(limit=_LEARNED_FROM))
            self._learned = known, learn_suggestions(orders, shop_id)
        return self._learned[1]
