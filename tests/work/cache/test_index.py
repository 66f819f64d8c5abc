"""The index of orders: neighbours in list order, and the data known of each order."""

from datetime import UTC

import pytest
from fake_service import Service, service_with

from tui.api.query import order_key
from tui.work.cache.index import OrderIndex
from tui.work.cache.order_feed import OrderFeed


class ListCursor:
    """The cursor of a list, as the index receives it."""

    def __init__(self, index: OrderIndex) -> None:
        self.place = 0
        index.cursor, index.move_cursor = lambda: self.place, self.move

    def move(self, place: int) -> None:
        self.place = place


@pytest.fixture
def service() -> Service:
    return service_with(5)


async def read(service: Service) -> OrderIndex:
    feed = OrderFeed(service.client, zone=UTC)
    index = OrderIndex()
    index.begin(feed)
    await feed.more()
    index.show(feed.keyed)
    return index


async def test_an_index_without_a_list_is_empty() -> None:
    index = OrderIndex()
    assert (list(index.keys), index.find("1"), index.is_complete, index.suggestions()) == ([], None, False, {})
    assert index.position_of("1") == (0, 0)
    assert index.neighbour("1", 1) is None
    assert index.problem_beside("1", 1) is None


async def test_cursor_moves_to_the_neighbouring_order(service: Service) -> None:
    index = await read(service)
    cursor = ListCursor(index)
    first, second = index.keys[:2]
    found = index.neighbour(first, 1)
    assert found is not None
    assert order_key(found) == second
    assert cursor.place == 1
    assert index.neighbour(first, -1) is None
    assert index.neighbour(index.keys[-1], 1) is None
    assert index.neighbour("not listed", 1) is None
    assert cursor.place == 1


async def test_hidden_orders_are_not_counted_and_can_still_be_found(service: Service) -> None:
    index = await read(service)
    hidden, *shown = index.keys
    index.show([(key, order) for key in shown if (order := index.find(key)) is not None])
    assert index.position_of(shown[0]) == (1, len(shown))
    assert index.position_of(hidden) == (0, len(shown))
    assert index.find(hidden) is not None
    assert index.is_complete


async def test_the_next_problem_is_sought_from_an_order_or_else_from_the_cursor(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = await read(service)
    cursor = ListCursor(index)
    wrong = index.find(index.keys[3])
    monkeypatch.setattr(OrderIndex, "will_not_ship", lambda _, order: order is wrong)
    assert index.problem_beside(index.keys[0], 1) == index.keys[3]
    assert cursor.place == 3
    assert index.problem_beside(index.keys[3], 1) is None
    cursor.place = 4
    assert index.problem_beside("not listed", -1) == index.keys[3]


async def test_problems_of_a_document_are_found_once_and_of_a_new_one_again(service: Service) -> None:
    index = await read(service)
    order = index.find(index.keys[0])
    assert order is not None
    assert index.problems(order) is index.problems(order)
    assert index.problems({**order}) == index.problems(order)


async def test_another_list_begins_empty(service: Service) -> None:
    index = await read(service)
    index.begin(OrderFeed(service.client, zone=UTC))
    assert (list(index.keys), list(index.orders), index.is_complete) == ([], [], False)
