"""`OrderIndex`: the orders that the list shows, for the screens that need one of them or its neighbour."""

from collections import OrderedDict
from collections.abc import Callable, Collection

from tui.api.codec import Document
from tui.api.errors import Problem, Severity
from tui.orders.order_state import OrderState
from tui.orders.query.conditions import EVERY_ORDER, All, Condition, Not, OneOf
from tui.orders.suggestions import Suggestions, learn_suggestions
from tui.store.order_cache import CachedOrder
from tui.work.cache.local_orders import LocalOrders, OrderWindow
from tui.work.cache.order_knowledge import OrderKnowledge

NEEDS_WORK = All((OneOf("severity", (Severity.ERROR.value,)), Not(OneOf("stage", (OrderState.FINISHED.value,)))))
"""An order has an error and is not finished."""
_LEARNED_FROM = 1000
_KEPT_PROBLEMS = 500


class OrderIndex:
    """A window on an account's orders, as the list shows it.

    The list updates it with `show`. `cursor` and `move_cursor` access the cursor of the list, which follows when another
    screen moves to the next order.
    """

    def __init__(self, local: LocalOrders, knowledge: OrderKnowledge) -> None:
        self.local = local
        self.knowledge = knowledge
        self.cursor: Callable[[], int] = lambda: 0
        self.move_cursor: Callable[[int], None] = lambda _: None
        self.condition: Condition = EVERY_ORDER
        """The condition that the shown orders match."""
        self.window = OrderWindow.empty(local.cache)
        self._problems: OrderedDict[int, tuple[Document, tuple[Problem, ...]]] = OrderedDict()
        self._with_errors: set[int] | None = None
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

    def neighbour(self, order_id: str, by: int) -> CachedOrder | None:
        """The order that is `by` positions away from another one. The cursor of the list moves to it."""
        index = self.window.index_of(order_id)
        if index is None or not 0 <= index + by < len(self.window):
            return None
        self.move_cursor(index + by)
        return self.window[index + by]

    def problem_beside(self, order_id: str, by: int) -> str | None:
        """The next order that needs work, starting at an order or else at the cursor, which moves to it."""
        if self._with_errors is None:
            self._with_errors = set(self.local.cache.find(All((self.condition, NEEDS_WORK))))
        start = self.window.index_of(order_id)
        index = (self.cursor() if start is None else start) + by
        while 0 <= index < len(self.window):
            if self.window.ids[index] in self._with_errors:
                self.move_cursor(index)
                return self.window[index].key
            index += by
        return None

    def hidden(self, keys: Collection[str]) -> int:
        """How many of these orders are not shown."""
        if not keys:
            return 0
        shown = set(self.window.ids)
        return len(keys) - sum(row in shown for row in self.local.cache.rows_of([*keys]))

    def problems(self, order: Document) -> tuple[Problem, ...]:
        """The problems of an order. The checks run once for each document."""
        kept = self._problems.pop(id(order), None)
        if kept is None or kept[0] is not order:
            kept = (order, self.knowledge.problems(order))
        self._problems[id(order)] = kept
        if len(self._problems) > _KEPT_PROBLEMS:
            self._problems.popitem(last=False)
        return kept[1]

    def problems_among(self, order: Document) -> tuple[Problem, ...]:
        """The problems of an order, with those that compare it with the other orders that were read."""
        return self.knowledge.problems_among(order, self.local.cache)

    def suggestions(self, shop_id: str = "") -> Suggestions:
        """Suggestions that a shop's orders (or all) use in free text fields; kept until more orders are read."""
        known = (shop_id, self.local.revision)
        if self._learned is None or self._learned[0] != known:
            orders = (order.document for order in self.local.window(limit=_LEARNED_FROM))
            self._learned = known, learn_suggestions(orders, shop_id)
        return self._learned[1]
