"""Cells that stand for no value."""

import pytest
from order_files import errors, read_rows_of, value

from tui.api.pointer import ABSENT

ITEM = {"Order number": "A-9", "Item name": "Candle", "Quantity": "1", "Unit price": "10.00"}


@pytest.mark.parametrize(
    "text",
    [
        "#N/A",
        "NULL",
        "?",
        "???",
        ".",
        "(blank)",
        "(leer)",
        "n.d.",
        "unbekannt",
        "Inconnu",
        "geen",
        "brak",
        "[object Object]",
    ],
)
def test_null_markers_are_empty(text: str) -> None:
    (order,) = read_rows_of({**ITEM, "Address 2": text, "City": text}).orders
    assert value(order, "/shipping_address/address_line_2") is ABSENT
    assert value(order, "/shipping_address/city") is ABSENT


@pytest.mark.parametrize("text", ["Null", "Nan", "Brake", "Geene", "Tom", "Ingen-Housz", "X"])
def test_names_are_no_null_markers(text: str) -> None:
    (order,) = read_rows_of({**ITEM, "Name": text, "City": text}).orders
    assert value(order, "/shipping_address/name") == text
    assert errors(order) == []
