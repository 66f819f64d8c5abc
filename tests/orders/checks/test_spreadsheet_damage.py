"""What spreadsheets do to data: each kind found at its place, and mended by what is proposed for it."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.errors import Problem, Severity
from tui.api.pointer import Pointer
from tui.orders.checks.sending import check_order
from tui.orders.checks.spreadsheet_damage import find_damage, fix_for
from tui.orders.paths import ITEMS

SHIP = Pointer.of("shipping_address")
ITEM = ITEMS / 0
PLACED = Pointer.of("order_details", "order_created_at")


def order_with(pointer: Pointer, value: Any, country: str = "DE") -> Any:
    document: Any = {"shipping_address": {"country_code": country}, "order_details": {"order_items": [{"name": "Mug"}]}}
    return pointer.put(document, value)


@pytest.mark.parametrize(
    ("pointer", "country", "text", "code", "wanted"),
    [
        (SHIP / "postal_code", "DE", "1067", "lost_zeros", "01067"),
        (SHIP / "postal_code", "US", "501", "lost_zeros", "00501"),
        (SHIP / "postal_code", "FR", "1000", "lost_zeros", "01000"),
        (ITEM / "hs_code", "DE", "10130", "lost_zeros", "010130"),
        (ITEM / "hs_code", "DE", "101.21", "lost_zeros", "0101.21"),
        (SHIP / "phone_number", "NL", "612345678", "lost_zeros", "0612345678"),
        (SHIP / "phone_number", "NL", "31612345678", "lost_plus", "+31612345678"),
        (ITEM / "ean", "DE", "8.71E+12", "scientific", "8710000000000"),
        (ITEM / "ean", "DE", "8,7123456789012E+12", "scientific", "8712345678901"),
        (ITEM / "hs_code", "DE", "6205,20", "decimal_comma", "6205.20"),
        (ITEM / "sku", "DE", '="00123"', "formula", "00123"),
        (ITEM / "quantity", "DE", "=1+1", "formula", 2),
        (ITEM / "unit_price" / "value", "DE", "=3*1.5", "formula", Decimal("4.5")),
        (ITEM / "name", "DE", '=HYPERLINK("http://x","Mug")', "formula", "Mug"),
        (Pointer.of("payment_details", "invoice_date"), "DE", "45983", "serial_date", "2025-11-22"),
    ],
)
def test_damage_is_found_and_its_proposal_takes_it_away(
    pointer: Pointer, country: str, text: str, code: str, wanted: Any
) -> None:
    order = order_with(pointer, text, country)
    [problem] = find_damage(order)
    assert (problem.pointer, problem.code) == (pointer, code)
    found = fix_for(order, problem)
    assert found is not None
    assert found.values == ((pointer, wanted),)
    assert find_damage(pointer.put(order, wanted)) == []  # type: ignore[arg-type]


def test_a_number_that_lost_digits_says_so_in_the_proposal() -> None:
    order = order_with(ITEM / "ean", "8.71E+12")
    found = fix_for(order, find_damage(order)[0])
    assert found is not None
    assert "lost" in found.text


@pytest.mark.parametrize(
    ("pointer", "country", "text"),
    [
        (SHIP / "postal_code", "DE", "01067"),
        (SHIP / "postal_code", "NL", "1067"),
        (SHIP / "postal_code", "BE", "1000"),
        (SHIP / "phone_number", "NL", "0612345678"),
        (SHIP / "phone_number", "ES", "612345678"),
        (ITEM / "hs_code", "DE", "620520"),
        (ITEM / "hs_code", "DE", "6205.20"),
        (ITEM / "sku", "DE", "12E4"),
        (ITEM / "sku", "DE", "45983"),
        (ITEM / "name", "DE", "="),
        (SHIP / "house_number", "DE", "7,9"),
    ],
)
def test_what_only_looks_odd_is_left_alone(pointer: Pointer, country: str, text: str) -> None:
    assert find_damage(order_with(pointer, text, country)) == []


def test_a_serial_date_is_an_error_since_the_service_refuses_it_and_is_told_once() -> None:
    order = order_with(PLACED, "45983.5")
    here = [problem for problem in check_order(order, None) if problem.pointer == PLACED]
    assert [(one.code, one.severity) for one in here] == [("serial_date", Severity.ERROR)]
    found = fix_for(order, here[0])
    assert found is not None
    assert str(found.values[0][1]).startswith("2025-11-22T12:00:00")


def test_a_formula_that_nobody_can_work_out_is_told_without_a_proposal() -> None:
    order = order_with(ITEM / "sku", "=A1&B2")
    [problem] = find_damage(order)
    assert fix_for(order, problem) is None


@given(st.text(alphabet="=+-0123456789.,eE\"'*/ AB\n", max_size=24), st.sampled_from(["", "DE", "NL", "XX", "us"]))
def test_any_text_anywhere_is_looked_at_without_harm(text: str, country: str) -> None:
    for pointer in (SHIP / "postal_code", SHIP / "phone_number", ITEM / "hs_code", ITEM / "quantity", PLACED):
        order = order_with(pointer, text, country)
        for problem in find_damage(order):
            if (found := fix_for(order, problem)) is not None:
                assert found.values[0][1] != text


@pytest.mark.parametrize("code", ["unread", "int_type", "invalid"])
def test_damage_is_mended_whoever_complained_of_its_place(code: str) -> None:
    order = order_with(ITEM / "quantity", "=1+1")
    found = fix_for(order, Problem("no whole number", code, pointer=ITEM / "quantity"))
    assert found is not None
    assert found.values == ((ITEM / "quantity", 2),)
    assert fix_for(order, Problem("required", code, pointer=ITEM / "sku")) is None


def test_missing_totals_are_proposed_from_the_lines() -> None:
    price = {"value": Decimal("2.50"), "currency": "EUR"}
    order = order_with(ITEM / "unit_price", price)
    order = (ITEM / "quantity").put(order, 3)
    line = fix_for(order, Problem("Required", "missing", pointer=ITEM / "total_price"))
    assert line is not None
    assert line.values == ((ITEM / "total_price", {"value": Decimal("7.50"), "currency": "EUR"}),)
    order = line.values[0][0].put(order, line.values[0][1])
    place = Pointer.of("payment_details", "total_price")
    whole = fix_for(order, Problem("Required", "missing", pointer=place / "value"))
    assert whole is not None
    assert whole.values == ((place, {"value": Decimal("7.50"), "currency": "EUR"}),)
    order = place.put(order, whole.values[0][1])
    assert fix_for(order, Problem("odd", "missing", pointer=place / "value")) is None
