"""The index of orders: neighbours in list order, and the data known of each order."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tui.api.codec import Document
from tui.api.errors import Problem
from tui.api.query import order_key
from tui.orders.query.conditions import EVERY_ORDER, Condition, Facts, Not, OneOf
from tui.store.order_cache import OrderCache
from tui.work.cache.index import OrderIndex
from tui.work.cache.local_orders import LocalOrders
from tui.work.cache.order_knowledge import OrderKnowledge


def describe(document: Document) -> Facts:
    key = order_key(document)
    codes = {"key": key, "stage": str(document.get("stage", "open")), "severity": str(document.get("severity", ""))}
    return Facts({}, codes, {}, {"pk": float(key)})


@dataclass
class Knowledge(OrderKnowledge):
    """Finds the problem that the order names, and counts how often it was asked."""

    asked: list[str] = field(default_factory=list)

    @property
    def late_errors(self) -> tuple[Condition, ...]:
        return ()

    def problems(self, document: Document) -> tuple[Problem, ...]:
        self.asked.append(order_key(document))
        return (Problem(str(document["problem"])),) if "problem" in document else ()


class Setup:
    """An index of five orders, 5 to 1, and the cursor of a list."""

    def __init__(self) -> None:
        self.knowledge = Knowledge()
        self.now = datetime(2026, 11, 23, tzinfo=UTC)
        self.local = LocalOrders(OrderCache(None), describe, lambda: "1", lambda: self.now)
        self.index = OrderIndex(self.local, self.knowledge)
        self.index.cursor, self.index.move_cursor = lambda: self.place, self._move
        self.place = 0

    def _move(self, place: int) -> None:
        self.place = place

    def keep(self, **changes: dict[str, object]) -> None:
        self.local.keep([{"id": key} | changes.get(f"_{key}", {}) for key in "12345"])  # type: ignore[dict-item]
        self.show()

    def show(self, hidden: str = "") -> None:
        condition = Not(OneOf("key", (hidden,))) if hidden else EVERY_ORDER
        self.index.show(self.local.window(condition), condition)


@pytest.fixture
def setup() -> Iterator[Setup]:
    setup = Setup()
    yield setup
    setup.local.close()


def test_an_index_without_orders_is_empty(setup: Setup) -> None:
    index = setup.index
    assert (len(index.window), index.find("1")) == (0, None)
    assert index.position_of("1") == (0, 0)
    assert index.neighbour("1", 1) is None
    assert index.problem_beside("1", 1) is None


def test_cursor_moves_to_the_neighbouring_order(setup: Setup) -> None:
    setup.keep()
    found = setup.index.neighbour("5", 1)
    assert found is not None
    assert found.key == "4"
    assert setup.place == 1
    assert setup.index.neighbour("5", -1) is None
    assert setup.index.neighbour("1", 1) is None
    assert setup.index.neighbour("not listed", 1) is None
    assert setup.place == 1


def test_hidden_orders_are_not_counted_and_can_still_be_found(setup: Setup) -> None:
    setup.keep()
    setup.show(hidden="4")
    index = setup.index
    assert index.position_of("4") == (0, 4)
    assert index.position_of("3") == (2, 4)
    assert index.find("4") == {"id": "4"}
    assert index.hidden({"4", "3", "unknown"}) == 2


def test_the_next_order_that_needs_work(setup: Setup) -> None:
    setup.keep(_4={"severity": "warning"}, _3={"severity": "error", "stage": "finished"}, _2={"severity": "error"})
    assert setup.index.problem_beside("5", 1) == "2"
    assert setup.place == 3
    assert setup.index.problem_beside("2", 1) is None
    assert setup.index.problem_beside("1", -1) == "2"
    setup.place = 0
    assert setup.index.problem_beside("not listed", 1) == "2"


def test_checks_run_once_a_minute_for_each_document(setup: Setup) -> None:
    setup.keep(_3={"problem": "x"})
    order = setup.index.window[2].document
    assert [problem.detail for problem in setup.index.problems(order)] == ["x"]
    setup.index.problems(order)
    assert setup.knowledge.asked == ["3"]
    setup.now += timedelta(minutes=1)  # `due` may have become `late`
    setup.index.problems(order)
    assert setup.knowledge.asked == ["3", "3"]
    setup.keep(_3={"problem": "y"})
    changed = setup.index.window[2].document
    assert [problem.detail for problem in setup.index.problems(changed)] == ["y"]


def test_suggestions_come_from_the_orders_read(setup: Setup) -> None:
    assert not any(setup.index.suggestions().values())
    setup.keep(_3={"order_details": {"integration": {"id": 7}, "status": {"code": "unshipped"}}})
    own = setup.index.suggestions("7")["order_details", "status", "code"]
    other = setup.index.suggestions("8")["order_details", "status", "code"]
    assert (own, other) == ((("unshipped", "1×"),), (("unshipped", "in other shops"),))


def test_the_position_follows_the_order_or_the_next_one(setup: Setup) -> None:
    setup.keep()
    every = setup.index.window
    setup.show(hidden="3")
    fewer = setup.index.window
    assert [order.key for order in every] == ["5", "4", "3", "2", "1"]
    assert [fewer.position_after(every, position) for position in range(5)] == [0, 1, 2, 2, 3]
    assert [every.position_after(fewer, position) for position in range(4)] == [0, 1, 3, 4]
    assert fewer.position_after(type(every).empty(setup.local.cache), 3) == 0


def test_a_row_that_was_purged_is_an_empty_order(setup: Setup) -> None:
    setup.keep()
    setup.local.cache.purge(float("inf"))
    assert setup.index.window[0].document == {}
    assert setup.index.window[-1].document == {}


def test_settled_orders_are_skipped_and_not_counted(setup: Setup) -> None:
    setup.keep(_4={"severity": "error"}, _3={"severity": "error"}, _2={"severity": "error"})
    assert setup.index.left == 3
    setup.index.settled = lambda: {"4"}
    assert setup.index.left == 2
    assert setup.index.problem_beside("5", 1) == "3"
    assert setup.index.problem_beside("5", 1, without={"3"}) == "2"
