"""What lists say of an order has to be said in few cells."""

import pytest

from tui.api.errors import Problem
from tui.api.pointer import Pointer
from tui.orders.summary import complaint

_POSITIVE = "Input should be greater than 0"


@pytest.mark.parametrize(
    ("place", "detail", "title", "words"),
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
def test_a_complaint_is_the_fields_own_name_and_what_tells_most(
    place: str, detail: str, title: str, words: str
) -> None:
    assert complaint(Problem(detail, title=title, pointer=Pointer.parse(place))) == words


def test_a_place_that_the_schema_does_not_know_is_told_as_the_service_told_it() -> None:
    assert complaint(Problem("No", raw_pointer="/0/foo", pointer=Pointer.of("foo"))) == "/0/foo: No"
