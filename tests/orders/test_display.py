"""Tests for the short texts about problems."""

import pytest

from tui.api.errors import Problem
from tui.api.pointer import Pointer
from tui.orders.display import display_value, short_problem

_POSITIVE = "Input should be greater than 0"


@pytest.mark.parametrize(
    ("pointer", "detail", "title", "text"),
    [
        ("/shipping_address/postal_code", "Required", "", "no postcode"),
        ("/billing_address/postal_code", "Field required", "", "no billing postcode"),
        ("/order_details/order_items/1/total_price/value", "Field required", "", "no item 2 line total"),
        ("/order_details/order_items/0/quantity", _POSITIVE, "", "item 1 quantity: must be greater than 0"),
        ("/order_details/order_items", "Field required", "", "no items"),
        ("/order_id", "Order 'A' is here twice.", "", "order id: Order 'A' is here twice."),
        ("/shipping_address/postal_code", "A spreadsheet took the zeros.", "zeros lost: 1067", "zeros lost: 1067"),
        ("/nothing/known", "Extra inputs", "", "/nothing/known: Extra inputs"),
        ("", "It is no order", "", "It is no order"),
    ],
)
def test_short_problem_names_the_field_and_the_main_part_of_the_detail(
    pointer: str, detail: str, title: str, text: str
) -> None:
    assert short_problem(Problem(detail, title=title, pointer=Pointer.parse(pointer))) == text


def test_short_problem_keeps_the_services_pointer_for_an_unknown_field() -> None:
    assert short_problem(Problem("No", raw_pointer="/0/foo", pointer=Pointer.of("foo"))) == "/0/foo: No"


def test_a_weight_with_its_unit_is_one_text() -> None:
    pointer = Pointer.of("order_details", "order_items", "0", "measurement", "weight")
    assert display_value(pointer, {"value": 640, "unit": "g"}) == "640 g"
    assert display_value(pointer, {"value": {}, "unit": "g"}) == '{"value":{},"unit":"g"}'
    assert display_value(pointer, {"value": 640}) == '{"value":640}'
