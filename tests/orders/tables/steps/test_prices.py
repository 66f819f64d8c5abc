"""Prices: of a piece, of a line and of the order, by the heading or by arithmetic."""

from decimal import Decimal

import pytest
from order_files import errors, read_case, read_rows_of, value, warnings

from tui.orders.parsed import GuessKind, How
from tui.orders.paths import ITEMS, TOTAL

UNIT = ITEMS / 0 / "unit_price" / "value"
LINE = ITEMS / 0 / "total_price" / "value"
SHIPPING = "/payment_details/estimated_shipping_price/value"
ITEM = {"Item name": "Candle", "Quantity": "2"}


def amounts(row: dict[str, str]) -> tuple[object, object, object]:
    """The price of a piece, of the line and of the order."""
    (order,) = read_rows_of({"Order number": "1", **ITEM, **row}).orders
    return value(order, str(UNIT)), value(order, str(LINE)), value(order, str(TOTAL / "value"))


def test_case_of_the_total_price_of_an_order() -> None:
    (order,) = read_case("ebay-sku-price-total.csv").orders
    assert value(order, str(UNIT)) == Decimal("10.00")
    assert value(order, str(LINE)) == Decimal("20.00")
    assert value(order, SHIPPING) == Decimal("2.99")
    assert value(order, str(TOTAL / "value")) == Decimal("22.99")
    assert errors(order) == []


@pytest.mark.parametrize(
    ("unit", "total", "shipping"),
    [
        ("Unit price", "Total price", "Shipping"),
        ("Einzelpreis", "Gesamtpreis", "Versandkosten"),
        ("Prix unitaire", "Prix total", "Frais de port"),
        ("Stukprijs", "Totaalprijs", "Verzendkosten"),
    ],
)
def test_a_total_is_of_the_order_or_of_the_line_by_arithmetic(unit: str, total: str, shipping: str) -> None:
    of_order = amounts({unit: "10.00", total: "22.99", shipping: "2.99"})
    assert of_order == (Decimal("10.00"), Decimal("20.00"), Decimal("22.99"))
    of_line = amounts({unit: "10.00", total: "20.00", shipping: "2.99"})
    assert of_line[:2] == (Decimal("10.00"), Decimal("20.00"))


@pytest.mark.parametrize("heading", ["Price", "Preis", "Prix", "Prezzo", "Cena", "Pris", "Prijs"])
def test_a_bare_price_is_of_a_piece_and_is_held_only_for_customs(heading: str) -> None:
    row = {"Order number": "1", **ITEM, heading: "10.00"}
    inside, outside = read_rows_of(row, {**row, "Order number": "2", "Country": "CH", "Postal code": "8001"}).orders
    assert value(inside, str(LINE)) == Decimal("20.00")
    assert errors(inside) == []
    assert inside.derived[UNIT].how is How.ASSUMED
    assert ("confirm_price", str(UNIT)) in errors(outside)
    (accepted,) = read_rows_of({**row, "Country": "CH"}, accept=[GuessKind.PRICE]).orders
    assert errors(accepted) == []


def test_a_bare_price_of_one_piece_needs_no_question() -> None:
    (order,) = read_rows_of({"Order number": "1", **ITEM, "Quantity": "1", "Price": "10.00", "Country": "CH"}).orders
    assert errors(order) == []


def test_a_bare_price_that_makes_the_total_is_proven() -> None:
    row = {"Order number": "1", **ITEM, "Price": "10.00", "Country": "CH"}
    (of_piece,) = read_rows_of({**row, "Order total": "24.50", "Shipping": "4.50"}).orders
    assert (value(of_piece, str(UNIT)), errors(of_piece)) == (Decimal("10.00"), [])
    (of_line,) = read_rows_of({**row, "Order total": "14.50", "Shipping": "4.50"}).orders
    assert (value(of_line, str(LINE)), value(of_line, str(UNIT)), errors(of_line)) == (Decimal("10.00"), 5, [])


def test_an_explicit_price_of_a_piece_is_no_question() -> None:
    (order,) = read_rows_of({"Order number": "1", **ITEM, "Unit price": "10.00", "Country": "CH"}).orders
    assert errors(order) == []
    assert UNIT not in order.derived


def test_a_line_total_that_is_not_the_product_is_a_warning() -> None:
    (order,) = read_rows_of({"Order number": "1", **ITEM, "Unit price": "10.00", "Line total": "15.00"}).orders
    assert ("line_total", str(LINE)) in warnings(order)
    (order,) = read_rows_of({"Order number": "1", **ITEM, "Unit price": "3.33", "Line total": "6.67"}).orders
    assert warnings(order) == []


def test_shipping_of_the_lines_is_added_up() -> None:
    row = {"Order number": "1", **ITEM, "Unit price": "10.00"}
    (order,) = read_rows_of({**row, "Shipping": "2.99"}, {**row, "Item name": "Bowl", "Shipping": "1.50"}).orders
    assert value(order, SHIPPING) == Decimal("4.49")
    assert value(order, str(TOTAL / "value")) == Decimal("44.49")
    assert errors(order) == []


def test_shipping_repeated_in_each_row_is_not_added_up() -> None:
    row = {"Order number": "1", **ITEM, "Unit price": "10.00", "Shipping": "2.99"}
    (order,) = read_rows_of(row, {**row, "Item name": "Bowl"}).orders
    assert value(order, SHIPPING) == Decimal("2.99")
    both = {**row, "Order total": "45.98"}
    (order,) = read_rows_of(both, {**both, "Item name": "Bowl"}).orders
    assert value(order, SHIPPING) == Decimal("5.98")


@pytest.mark.parametrize(("amounts", "total"), [(("0", "0"), "0"), (("1.50", "2.00"), "3.50")])
def test_discounts_of_rows_are_numbers_although_the_service_has_them_as_text(
    amounts: tuple[str, str], total: str
) -> None:
    (order,) = read_rows_of(
        *({"Order number": "1", **ITEM, "SKU": name, "Unit price": "9", "Discount": discount} for name, discount in zip("ab", amounts, strict=True))
    ).orders  # fmt: skip
    assert "conflict" not in [code for code, _ in warnings(order)]
    assert value(order, "/payment_details/discount_granted/value") == total
