"""What earlier orders say about articles."""

from typing import Any

import pytest

from tui.api.codec import Document
from tui.orders.checks.context import Habit
from tui.orders.query.conditions import Facts
from tui.store.order_cache import OrderCache, ReadOrder
from tui.work.cache.sku_history import learn_history, sku_history


def item(sku: str, *, grams: int | None = None, **values: Any) -> dict[str, Any]:
    weight = {} if grams is None else {"measurement": {"weight": {"value": grams, "unit": "g"}}}
    return {"sku": sku, "name": "x", "quantity": 1, **weight, **values}


def order(*items: dict[str, Any]) -> Document:
    return {"order_details": {"order_items": list(items)}}


def test_the_most_frequent_value_counts() -> None:
    documents = [
        order(item("MUG", grams=380, hs_code="691110"), item("CUP", grams=1)),
        order(item("MUG", grams=380, country_of_origin="PT")),
        order(item("MUG", grams=400, hs_code="691110"), item("MUG", grams=380)),
    ]
    history = learn_history(documents, {"MUG", "NEW"})
    assert history["MUG"].grams == Habit("380", 3, 4)
    assert history["MUG"].hs_code == Habit("691110", 2, 2)
    assert history["MUG"].origin == Habit("PT", 1, 1)
    assert (history["NEW"].grams, history["NEW"].hs_code) == (None, None)


@pytest.mark.parametrize(
    ("weights", "habit"),
    [
        ([380] * 3 + [400], Habit("380", 3, 4)),
        ([380] * 2 + [400], None),
        ([380, 400], None),
        ([380], Habit("380", 1, 1)),
    ],
)
def test_nothing_is_known_where_a_quarter_of_the_orders_disagrees(weights: list[int], habit: Habit | None) -> None:
    assert learn_history([order(item("MUG", grams=grams)) for grams in weights], {"MUG"})["MUG"].grams == habit


def test_an_hs_code_is_the_same_with_and_without_dots_and_counts_once_an_order() -> None:
    items = [item("MUG", hs_code="6911.10", country_of_origin="pt")] * 2
    history = learn_history([order(*items), order(item("MUG", hs_code="691110", country_of_origin="PT"))], {"MUG"})
    assert (history["MUG"].hs_code, history["MUG"].origin) == (Habit("6911.10", 2, 2), Habit("PT", 2, 2))


@pytest.mark.parametrize(
    "document", [{}, {"order_details": None}, order(), {"order_details": {"order_items": [1, None]}}]
)
def test_odd_orders_teach_nothing(document: Document) -> None:
    assert learn_history([document], {"MUG"})["MUG"].grams is None


def test_orders_with_the_sku_are_found_in_the_cache() -> None:
    cache = OrderCache(None)
    facts = [Facts({}, {"key": key}, {"sku": (sku,)}, {"pk": float(key)}) for key, sku in (("1", "mug"), ("2", "cup"))]
    documents = [order(item("MUG", grams=380)), order(item("CUP", grams=99))]
    cache.put([ReadOrder(f.codes["key"], d, f) for f, d in zip(facts, documents, strict=True)], 1.0)
    assert sku_history(cache, ["MUG", ""])["MUG"].grams == Habit("380", 1, 1)
    assert sku_history(cache, [""]) == {}
    cache.close()
