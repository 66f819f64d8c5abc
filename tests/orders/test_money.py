"""Amounts in an order: lenient reading, and missing totals."""

from decimal import Decimal
from typing import Any

import pytest

from tui.api.codec import Document
from tui.api.pointer import Pointer
from tui.orders.money import amount_at, as_json_number, missing_total, value_at
from tui.orders.paths import ITEMS, TOTAL

LINE_TOTAL = ITEMS / 0 / "total_price"


def price(value: Any, currency: str | None = "EUR") -> dict[str, Any]:
    return {"value": value} if currency is None else {"value": value, "currency": currency}


def order(*items: dict[str, Any], total: Any = None) -> Document:
    document: Document = {"order_details": {"order_items": list(items)}}
    return document | {"payment_details": {"total_price": total}} if total is not None else document


@pytest.mark.parametrize(
    ("document", "pointer", "text", "value"),
    [
        (order({"quantity": 3, "unit_price": price(Decimal("4.50"))}), LINE_TOTAL, "13.50", Decimal("13.50")),
        (order({"quantity": 2, "unit_price": price(5)}), LINE_TOTAL / "value", "10", 10),
        (order({"total_price": price(3)}, {"total_price": price(Decimal("0.5"))}), TOTAL, "3.5", Decimal("3.5")),
        (order({"total_price": price(3)}, total={"currency": "EUR"}), TOTAL / "value", "3", 3),
    ],
)
def test_missing_total_is_computed(document: Document, pointer: Pointer, text: str, value: Any) -> None:
    found = missing_total(document, pointer)
    assert found is not None
    assert found[0].partition(",")[0] == text
    assert found[1:] == (LINE_TOTAL if pointer.startswith(LINE_TOTAL) else TOTAL, price(value))


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (order({"quantity": 3, "unit_price": price(4), "total_price": price(11)}), LINE_TOTAL),
        (order({"quantity": 0, "unit_price": price(4)}), LINE_TOTAL),
        (order({"quantity": Decimal("1.5"), "unit_price": price(4)}), LINE_TOTAL),
        (order({"quantity": 3, "unit_price": price("4")}), LINE_TOTAL),
        (order({"quantity": 3, "unit_price": price(4)}), ITEMS / 0 / "name"),
        (order({"total_price": price(3)}, {}), TOTAL),
        (order({"total_price": price(3)}, total=price(3)), TOTAL),
        (order(), TOTAL),
        ({}, TOTAL),
        ({"order_details": {"order_items": "none"}}, TOTAL),
    ],
)
def test_total_is_not_computed_from_incomplete_or_odd_values(document: Document, pointer: Pointer) -> None:
    assert missing_total(document, pointer) is None


def test_currency_is_taken_from_the_order_then_from_the_item() -> None:
    item = {"quantity": 2, "unit_price": price(1, "GBP")}
    assert missing_total(order(item, total={"currency": "CHF"}), LINE_TOTAL) == (
        "2, unit price × quantity",
        LINE_TOTAL,
        price(2, "CHF"),
    )
    assert missing_total(order(item), LINE_TOTAL) == ("2, unit price × quantity", LINE_TOTAL, price(2, "GBP"))
    without = {"quantity": 2, "unit_price": price(1, None)}
    assert missing_total(order(without), LINE_TOTAL) == ("2, unit price × quantity", LINE_TOTAL, {"value": 2})


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        (3, Decimal(3)),
        (Decimal("1.20"), Decimal("1.20")),
        (True, None),
        ("3", None),
        (None, None),
        (Decimal("1e400"), None),
        (Decimal("1e-400"), None),
    ],
)
def test_amount_is_a_number_of_reasonable_size(value: Any, amount: Decimal | None) -> None:
    assert amount_at({"unit_price": price(value)}, "unit_price") == amount


def test_values_are_read_leniently() -> None:
    assert value_at({"a": [{"b": 1}, {"b": 2}]}, ("a", "b")) == 1
    assert value_at({"a": []}, ("a", "b")) is None
    assert value_at("text", ("a",)) is None
    assert (as_json_number(Decimal("12")), as_json_number(Decimal("1.20"))) == (12, Decimal("1.20"))
    assert type(as_json_number(Decimal("1E+2"))) is int
