"""Parts of an address that only their headings explain: `c/o`, a contact person, the number of a flat."""

import pytest
from order_files import read_rows_of, value

from tui.orders.parsed import How
from tui.orders.paths import SHIP_TO

ITEM = {"Order number": "1", "Item name": "Candle", "Quantity": "1", "Unit price": "10.00"}


@pytest.mark.parametrize(
    ("heading", "text", "member", "expected"),
    [
        ("c/o", "Otto", "address_line_2", "c/o Otto"),
        ("c/o", "c/o Otto", "address_line_2", "c/o Otto"),
        ("Attention", "Otto", "address_line_2", "Att. Otto"),
        ("z. Hd.", "z.Hd. Otto", "address_line_2", "z.Hd. Otto"),
        ("T.a.v.", "Otto", "address_line_2", "Att. Otto"),
        ("Interno", "5", "address_line_2", "int. 5"),
        ("Scala", "B", "address_line_2", "scala B"),
        ("Apt", "4", "address_line_2", "apt 4"),
        ("Apt", "Ground floor", "address_line_2", "Ground floor"),
        ("Lägenhet", "1102", "address_line_2", "lgh 1102"),
    ],
)
def test_heading_of_a_part_is_written_before_it(heading: str, text: str, member: str, expected: str) -> None:
    (order,) = read_rows_of({**ITEM, heading: text}).orders
    assert value(order, str(SHIP_TO / member)) == expected
    is_added = expected.removeprefix("3 ") != text
    assert (SHIP_TO / member in order.derived) is is_added
    assert not is_added or order.derived[SHIP_TO / member].how is How.COMPUTED
    assert value(order, str(SHIP_TO / "name")) == "Rita Getter"


@pytest.mark.parametrize(
    ("heading", "member"),
    [("Company", "company_name"), ("Firma", "company_name"), ("Address 2", "address_line_2"), ("PO box", "po_box")],
)
@pytest.mark.parametrize("text", ["0", "00", "-", "NULL"])
def test_zero_and_null_markers_are_empty(heading: str, member: str, text: str) -> None:
    (order,) = read_rows_of({**ITEM, heading: text}).orders
    assert not value(order, str(SHIP_TO / member))
    assert order.derived[SHIP_TO / member].how is How.EMPTIED


def test_zero_beside_a_house_number_is_no_addition() -> None:
    (order,) = read_rows_of({**ITEM, "House number addition": "0"}).orders
    assert value(order, str(SHIP_TO / "house_number")) == "3"
    assert order.derived[SHIP_TO / "house_number"].how is How.EMPTIED


def test_zero_is_the_ground_floor() -> None:
    (order,) = read_rows_of({**ITEM, "Etage": "0"}).orders
    assert value(order, str(SHIP_TO / "address_line_2")) == "0"
