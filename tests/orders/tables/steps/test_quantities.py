"""Quantities: returned pieces, columns that contradict, and quantities that are assumed."""

from decimal import Decimal

import pytest
from order_files import errors, read_case, read_rows_of, value

from tui.orders.parsed import GuessKind, How
from tui.orders.paths import ITEMS, TOTAL

QUANTITY = ITEMS / 0 / "quantity"
HELD = ("confirm_items", str(QUANTITY))
ITEM = {"Item name": "Candle", "Quantity": "3", "Unit price": "10.00"}


@pytest.mark.parametrize(
    "heading",
    [
        "Qty Refunded",
        "Cancelled quantity",
        "Stornierte Menge",
        "Retourmenge",
        "Aantal geretourneerd",
        "Quantité remboursée",
        "Cantidad devuelta",
        "Ilość zwrócona",
    ],
)
def test_returned_pieces_are_subtracted(heading: str) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: "2", **ITEM}).orders
    assert value(order, str(QUANTITY)) == 1
    assert order.derived[QUANTITY].how is How.COMPUTED
    assert value(order, str(ITEMS / 0 / "total_price" / "value")) == Decimal(10)
    assert value(order, str(TOTAL / "value")) == Decimal(10)
    assert errors(order) == []


def test_nothing_returned_changes_nothing() -> None:
    (order,) = read_rows_of({"Order number": "1", "Qty Refunded": "0", **ITEM}).orders
    assert value(order, str(QUANTITY)) == 3
    assert QUANTITY not in order.derived


def test_an_item_of_which_nothing_is_left_holds_its_order() -> None:
    (order,) = read_rows_of({"Order number": "1", "Menge storniert": "3", **ITEM}).orders
    assert ("nothing_left", str(QUANTITY)) in errors(order)


def test_more_returned_than_ordered_is_a_question() -> None:
    (order,) = read_rows_of({"Order number": "1", "Qty Refunded": "5", **ITEM}).orders
    assert value(order, str(QUANTITY)) == 3
    assert errors(order) == [HELD]


def test_shipped_pieces_are_a_question() -> None:
    (order,) = read_rows_of({"Order number": "1", "Quantity shipped": "1", **ITEM}).orders
    assert errors(order) == [HELD]


def test_returned_pieces_belong_to_the_item_of_their_row() -> None:
    (order,) = read_rows_of(
        {"Order number": "1", "Qty Refunded": "0", **ITEM},
        {"Order number": "1", "Qty Refunded": "1", **ITEM, "Item name": "Holder"},
    ).orders
    assert [value(order, str(ITEMS / index / "quantity")) for index in (0, 1)] == [3, 2]


@pytest.mark.parametrize("heading", ["Xyz", "Wieviel", "Hvor mange", "Combien"])
def test_quantity_assumed_beside_a_column_of_numbers_is_a_question(heading: str) -> None:
    row = {"Order number": "1", "Item name": "Candle", "Unit price": "10.00"}
    six, one = read_rows_of({**row, heading: "6"}, {**row, "Order number": "2", heading: "1"}).orders
    assert HELD in errors(six)
    assert errors(one) == []


@pytest.mark.parametrize(
    ("heading", "text"),
    [("Customer age", "6"), ("Box number", "6"), ("Lagerbestand Menge", "6"), ("Xyz", "A6"), ("Year", "2026")],
)
def test_other_columns_are_no_quantities(heading: str, text: str) -> None:
    (order,) = read_rows_of({"Order number": "1", "Item name": "Candle", "Unit price": "10.00", heading: text}).orders
    assert HELD not in errors(order)
    assert order.derived[QUANTITY].how is How.ASSUMED


def test_total_of_the_pieces_is_no_contradiction() -> None:
    rows = [{"Order number": "1", "Number of items": "6", **ITEM, "Item name": name} for name in ("Candle", "Holder")]
    (order,) = read_rows_of(*rows).orders
    assert HELD not in errors(order)


def test_confirmed_quantity_holds_nothing() -> None:
    row = {"Order number": "1", "Item name": "Candle", "Unit price": "10.00", "Xyz": "6"}
    (order,) = read_rows_of(row, accept=[GuessKind.ITEMS]).orders
    assert errors(order) == []


def test_case_of_an_unknown_name_of_the_quantity() -> None:
    (order,) = read_case("quantity-name-unknown.csv").orders
    assert value(order, str(QUANTITY)) == 6


@pytest.mark.parametrize(
    "heading", ["Reste à livrer", "Nog te leveren", "Noch zu liefern", "Left to ship", "Do wysłania"]
)
def test_number_that_is_left_to_ship_holds_the_order(heading: str) -> None:
    row = {"Order number": "A-9", "Item name": "Candle", "Quantity": "6", "Unit price": "10.00", heading: "2"}
    (order,) = read_rows_of(row).orders
    assert ("confirm_items", "/order_details/order_items/0/quantity") in errors(order)


@pytest.mark.parametrize(("text", "is_held"), [("40066381", True), ("12500", True), ("500", False)])
def test_implausible_quantity_holds_the_order(text: str, is_held: bool) -> None:
    row = {"Order number": "A-9", "Item name": "Candle", "Quantity": text, "Unit price": "10.00"}
    (order,) = read_rows_of(row).orders
    assert (("confirm_items", "/order_details/order_items/0/quantity") in errors(order)) is is_held


@pytest.mark.parametrize(
    "heading",
    [
        "Qty Shipped",
        "Gelieferte Menge",
        "Qté livrée",
        "Aantal uitgeleverd",
        "Uds. servidas",
        "Quantità evasa",
        "Ilość zrealizowana",
        "Levererat antal",
        "Antal leveret",
        "Qtd. expedida",
        "Order Lines/Delivery Quantity",
    ],
)
def test_pieces_that_were_all_shipped_hold_the_order(heading: str) -> None:
    full, none = read_rows_of(
        {"Order number": "1", "Item name": "Candle", "Quantity": "6", "Unit price": "10.00", heading: "6"},
        {"Order number": "2", "Item name": "Candle", "Quantity": "6", "Unit price": "10.00", heading: "0"},
    ).orders
    assert ("confirm_items", "/order_details/order_items/0/quantity") in errors(full)
    assert errors(none) == []


def test_pieces_shipped_before_are_no_question_beside_the_quantity_to_ship() -> None:
    cells = {"Order number": "1", "Item name": "Candle", "quantity-to-ship": "2", "quantity-shipped": "1"}
    (order,) = read_rows_of(cells).orders
    assert value(order, "/order_details/order_items/0/quantity") == 2
    assert "confirm_items" not in [code for code, _ in errors(order)]
