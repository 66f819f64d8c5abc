"""Tests for suggestions learned from orders."""

from sandbox_harness import order

from tui.api.codec import Json
from tui.orders.suggestions import learn_suggestions

STATUS = ("order_details", "status", "code")


def in_shop(shop: int, status: Json) -> dict[str, Json]:
    return order(order_details__integration__id=shop, order_details__status__code=status)


def test_the_shops_own_values_come_first_by_frequency() -> None:
    seen = [("open", 7), ("on hold", 7), ("on hold", 7), ("shipped", 8), ("open", 8), ("", 7), ({}, 7), ("x" * 99, 7)]
    found = learn_suggestions([in_shop(shop, status) for status, shop in seen], "7")
    assert found[STATUS] == (("on hold", "2×"), ("open", "1×"), ("shipped", "in other shops"))
    assert found["payment_details", "status", "code"] == (("paid", "6×"),)
    assert found["shipping_details", "delivery_indicator"] == ()


def test_number_of_suggestions_is_limited() -> None:
    found = learn_suggestions([in_shop(7, f"word {number}") for number in range(40)], "7")
    assert len(found[STATUS]) == 12


def test_without_a_shop_all_orders_count_alike() -> None:
    found = learn_suggestions([in_shop(7, "open"), in_shop(8, "on hold"), in_shop(8, "on hold")], "")
    assert found[STATUS] == (("on hold", "2×"), ("open", "1×"))
