"""Amounts in cents: by their headings, or asked about because of the arithmetic of the file."""

from decimal import Decimal

import pytest
from order_files import errors, read_rows_of, value

from tui.orders.parsed import GuessKind
from tui.orders.paths import ITEMS, TOTAL

ITEM = {"Order number": "1", "Item name": "Candle", "Quantity": "2"}
UNIT, LINE = ITEMS / 0 / "unit_price" / "value", ITEMS / 0 / "total_price" / "value"


@pytest.mark.parametrize(
    "heading",
    [
        "price_cents",
        "price_in_cents",
        "Price (cents)",
        "item_price_cents",
        "unit_price_cents_eur",
        "Preis in Cent",
        "Preis (ct)",
        "Stückpreis Cent",
        "Prix en centimes",
        "Prijs in centen",
        "Precio (céntimos)",
        "Prezzo in centesimi",
        "Pris i øre",
        "Unit price (minor units)",
        "Price in pence",
    ],
)
def test_heading_says_cents(heading: str) -> None:
    (order,) = read_rows_of({**ITEM, heading: "1250"}).orders
    assert value(order, str(UNIT)) == Decimal("12.5")
    assert value(order, str(LINE)) == 25
    assert value(order, str(TOTAL / "value")) == 25
    assert order.derived[UNIT].text.startswith("'1250' cents")
    assert not errors(order)


def test_cents_and_the_total_in_whole_units_agree() -> None:
    (order,) = read_rows_of({**ITEM, "price_cents": "1250", "Line total": "25.00", "shipping_cents": "495"}).orders
    assert value(order, str(LINE)) == Decimal("25.00")
    assert value(order, "/payment_details/estimated_shipping_price/value") in ("4.95", Decimal("4.95"))
    assert not errors(order)


@pytest.mark.parametrize("text", ["12.50", "12.5", "1250.00"])
def test_decimals_in_a_column_of_cents_hold_the_order(text: str) -> None:
    (order,) = read_rows_of({**ITEM, "price_cents": text}).orders
    assert ("unread", str(UNIT)) in errors(order)


def test_percent_is_no_amount_in_cents() -> None:
    (order,) = read_rows_of({**ITEM, "Unit price": "10.00", "Discount per cent": "10"}).orders
    assert not order.document["payment_details"].get("discount_granted")  # type: ignore[union-attr, call-arg]


@pytest.mark.parametrize(
    ("cells", "unit", "line", "total"),
    [
        ({"Unit price": "1250", "Line total": "25.00"}, "12.5", "25.00", "25.00"),
        ({"Unit price": "12.50", "Line total": "2500"}, "12.50", "25", "25"),
        ({"Unit price": "1250", "Order total": "25.00"}, "12.5", "25", "25.00"),
        ({"Unit price": "12.50", "Order total": "2500"}, "12.50", "25.00", "25"),
        ({"Unit price": "1250", "Shipping cost": "495", "Order total": "29.95"}, "12.5", "25", "29.95"),
    ],
)
def test_cents_by_arithmetic_are_asked_about(cells: dict[str, str], unit: str, line: str, total: str) -> None:
    (order,) = read_rows_of({**ITEM, **cells}).orders
    assert [value(order, str(one)) for one in (UNIT, LINE, TOTAL / "value")] == [*map(Decimal, (unit, line, total))]
    assert {code for code, _ in errors(order)} == {"confirm_price"}
    (order,) = read_rows_of({**ITEM, **cells}, accept=[GuessKind.PRICE]).orders
    assert not errors(order)


def test_one_order_that_does_not_fit_keeps_the_amounts_as_they_are() -> None:
    first = {**ITEM, "Unit price": "1250", "Line total": "25.00"}
    second = {**ITEM, "Order number": "2", "Unit price": "10.00", "Line total": "20.00"}
    orders = read_rows_of(first, second).orders
    assert [value(order, str(UNIT)) for order in orders] == [1250, Decimal("10.00")]
    assert "line_total" in [problem.code for problem in orders[0].problems]
