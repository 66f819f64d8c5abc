"""A service point without its id: the Postnummer of a Packstation is written into the address, the rest is reported."""

import pytest
from order_files import errors, read_rows_of, value, warnings

from tui.api.models import Operation, validate_order
from tui.orders.parsed import How
from tui.orders.paths import SHIP_TO

ITEM = {"Order number": "1", "Item name": "Candle", "Quantity": "1", "Unit price": "10.00"}
SECOND = SHIP_TO / "address_line_2"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"Address": "Packstation", "House number": "145"}, "12345678"),
        ({"Address": "Packstation 145", "House number": ""}, "12345678"),
        ({"Address": "DHL Postfiliale", "Address 2": "Hinterhaus"}, "Hinterhaus, 12345678"),
        ({"Address": "Packstation", "Address 2": "12345678"}, "12345678"),
    ],
)
def test_post_number_of_a_packstation_is_the_second_line(cells: dict[str, str], expected: str) -> None:
    (order,) = read_rows_of({**ITEM, **cells, "Postnummer": "12345678"}).orders
    assert value(order, str(SECOND)) == expected
    assert "service_point_details" not in order.document
    assert not errors(order)
    assert not validate_order(order.document, Operation.POST)
    if expected != cells.get("Address 2"):
        assert order.derived[SECOND].how is How.COMPUTED


def test_post_number_of_another_address_is_reported_and_not_sent() -> None:
    (order,) = read_rows_of({**ITEM, "Postnummer": "12345678"}).orders
    assert "service_point_details" not in order.document
    assert ("no_service_point", "service_point_details/id") in [(c, p.removeprefix("/")) for c, p in warnings(order)]
    (problem,) = (one for one in order.problems if one.code == "no_service_point")
    assert "12345678" in problem.detail
    assert "Enter the id" in problem.detail


def test_service_point_with_an_id_keeps_the_post_number() -> None:
    (order,) = read_rows_of({**ITEM, "Service point id": "77", "Postnummer": "12345678"}).orders
    assert order.document["service_point_details"] == {"id": "77", "post_number": "12345678"}
