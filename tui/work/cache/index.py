"""`OrderIndex`: the orders that the list of orders has read, for the screens that need one of them or its neighbour."""

from collections.abc import Callable, Sequence

from tui.api.codec import Document
from tui.api.errors import Problem, Severity
from tui.orders.checks.registry import find_problems
from tui.orders.suggestions import Suggestions, learn_suggestions
from tui.work.cache.order_feed import OrderFeed

_LEARNED_FROM = 2000


class OrderIndex:
    """The orders of one list, as they were read last, in the order in which the list shows them.

    The list updates it: `begin` sets the orders that it reads, `show` those that it shows. `cursor` and `move_cursor`
    access the cursor of the list, which follows when another screen moves to the next order.
    """

    def __init__(self) -> None:
        self.cursor: Callable[[], int] = lambda: 0
        self.move_cursor: Callable[[int], None] = lambda _: None
        self._feed: OrderFeed | None = None
        self.keys: Sequence[str] = []
        """The keys of the orders that are shown."""
        self.orders: Sequence[Document] = []
        """The orders that are shown."""
        self._problems: dict[int, tuple[Document, tuple[Problem, ...]]] = {}
        self._learned: tuple[tuple[str, int, int], Suggestions] | None = None

    def begin(self, feed: OrderFeed) -> None:
        """Start with another list, of which no order is shown yet."""
        self._feed = feed
        self.show(())

    def show(self, rows: Sequence[tuple[str, Document]]) -> None:
        """Set the orders that the list shows, with their keys."""
        self.keys = [key for key, _ in rows]
        self.orders = [order for _, order in rows]

    @property
    def is_complete(self) -> bool:
        """Whether all orders that fit the filter were read."""
        return self._feed is not None and self._feed.complete

    def find(self, order_id: str) -> Document | None:
        """An order that was read, shown or not."""
        return self._feed.get(order_id) if self._feed is not None else None

    def position_of(self, order_id: str) -> tuple[int, int]:
        """The position of an order from 1, or 0 if it is not shown, and how many orders are shown."""
        return (self.keys.index(order_id) + 1 if order_id in self.keys else 0), len(self.keys)

    def neighbour(self, order_id: str, by: int) -> Document | None:
        """The order that is `by` places away from another one. The cursor of the list moves to it."""
        if order_id not in self.keys:
            return None
        index = self.keys.index(order_id) + by
        if not 0 <= index < len(self.keys):
            return None
        self.move_cursor(index)
        return self.orders[index]

    def problem_beside(self, order_id: str, by: int) -> str | None:
        """The next order that will not ship, starting at an order or else at the cursor, which moves to it."""
        index = (self.keys.index(order_id) if order_id in self.keys else self.cursor()) + by
        while 0 <= index < len(self.orders):
            if self.will_not_ship(self.orders[index]):
                self.move_cursor(index)
                return self.keys[index]
            index += by
        return None

    def problems(self, order: Document) -> tuple[Problem, ...]:
        """The problems of an order. The checks run once for each document."""
        kept = self._problems.get(id(order))
        if kept is None or kept[0] is not order:
            kept = self._problems[id(order)] = (order, tuple(find_problems(order)))
        return kept[1]

    def will_not_ship(self, order: Document) -> bool:
        """Whether one of its problems is an error."""
        return any(problem.severity is Severity.ERROR for problem in self.problems(order))

    def suggestions(self, shop_id: str = "") -> Suggestions:
        """Suggestions that a shop's orders (or all) use in free text fields; kept until more orders are read."""
        feed = self._feed
        if feed is None:
            return {}
        known = (shop_id, feed.read, id(feed))
        if self._learned is None or self._learned[0] != known:
            self._learned = known, learn_suggestions(feed.orders[:_LEARNED_FROM], shop_id)
        return self._learned[1]
