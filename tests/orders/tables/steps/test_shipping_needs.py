"""Items that are not shipped, and order dates in the future."""

import pytest
from order_files import errors, read_rows_of, warnings

from tui.orders.paths import ORDERED_AT, STATUS

ITEM = {"Item name": "Candle", "Quantity": "1", "Unit price": "10.00"}
HELD = ("confirm_cancelled", str(STATUS))


@pytest.mark.parametrize(
    ("column", "digital", "tangible"),
    [
        ("Lineitem requires shipping", "false", "true"),
        ("Requires Shipping?", "no", "yes"),
        ("Versandpflichtig", "nein", "ja"),
        ("Virtual", "1", "0"),
        ("Is digital", "yes", "no"),
        ("Product type", "virtual", "simple"),
        ("Listings Type", "download", "listing"),
        ("Produktart", "Gutschein", "Kerzen"),
        ("Type de produit", "Numérique", "Bougie"),
        ("Item type", "Gift card", "Physical"),
    ],
)
def test_order_without_an_item_to_ship_is_held(column: str, digital: str, tangible: str) -> None:
    rows = [
        {"Order number": number, column: text, **ITEM}
        for number, text in (("1", digital), ("2", tangible), ("3", tangible), ("3", digital), ("4", ""))
    ]
    one, two, three, four = read_rows_of(*rows).orders
    assert HELD in errors(one)
    assert [HELD in errors(order) for order in (two, three, four)] == [False] * 3
    found = [pointer for code, pointer in warnings(three) if code == "not_shipped"]
    assert found == ["/order_details/order_items/1/name"]


@pytest.mark.parametrize(
    ("date", "is_warned"), [("2026-11-28", False), ("2026-11-30", False), ("2026-12-01", True), ("11.12.2026", True)]
)
def test_order_date_in_the_future(date: str, is_warned: bool) -> None:
    (order,) = read_rows_of({"Order number": "1", "Order date": date, **ITEM}).orders
    assert (("future_date", str(ORDERED_AT)) in warnings(order)) is is_warned
