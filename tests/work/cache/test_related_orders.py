"""Orders to the same address, and orders with the same number."""

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox_harness import order

from tui.orders.checks.context import RelatedOrder
from tui.orders.query.facts import FactsContext, facts_of
from tui.store.order_cache import OrderCache, ReadOrder
from tui.work.cache.related_orders import duplicate_orders, related_orders

OPEN = FactsContext("open")


@pytest.fixture
def cache() -> Iterator[OrderCache]:
    opened = OrderCache(None)
    yield opened
    opened.close()


def keep(cache: OrderCache, key: str, context: FactsContext = OPEN, **values: Any) -> dict[str, Any]:
    document = order(order_number=f"N-{key}", order_id=f"o{key}", **values) | {"id": key}
    cache.put([ReadOrder(key, document, facts_of(document, context))], 1.0)
    return document


def test_open_orders_to_the_same_address(cache: OrderCache) -> None:
    this = keep(cache, "1")
    keep(cache, "2")
    keep(cache, "3", FactsContext("open", (("no_weight", "error"),)))
    keep(cache, "4", FactsContext("finished"))
    keep(cache, "5", shipping_address__house_number="999")
    keep(cache, "6", shipping_address__name="Somebody Else")
    found = {other.name: other for other in related_orders(cache, this)}
    assert found.keys() == {"N-2", "N-3"}
    assert isinstance(found["N-2"], RelatedOrder)
    assert (found["N-2"].ready, found["N-3"].ready) == (True, False)


def test_case_and_diacritics_make_no_other_recipient(cache: OrderCache) -> None:
    this = keep(cache, "1", shipping_address__name="Zoë Özdemir")
    keep(cache, "2", shipping_address__name="ZOE OZDEMIR")
    assert [other.name for other in related_orders(cache, this)] == ["N-2"]


@pytest.mark.parametrize("address", [None, {}, {"name": "", "postal_code": ""}, "x"])
def test_an_order_without_an_address_is_related_to_none(cache: OrderCache, address: object) -> None:
    this = keep(cache, "1", shipping_address=address)
    keep(cache, "2", shipping_address=address)
    assert related_orders(cache, this) == ()


def test_orders_with_the_same_number_in_the_same_shop(cache: OrderCache) -> None:
    this = keep(cache, "1")
    cache.put([ReadOrder("2", this | {"id": "2"}, facts_of(this | {"id": "2"}, FactsContext()))], 1.0)
    keep(cache, "3")
    assert duplicate_orders(cache, this) == ("N-1",)
    assert duplicate_orders(cache, {"id": "9"}) == ()
