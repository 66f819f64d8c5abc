"""Tests for spreadsheet damage: each kind is found at its pointer and repaired by its fix."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.errors import Problem, Severity
from tui.api.pointer import Pointer
from tui.orders.checks.context import NO_SHOPS
from tui.orders.checks.fixes import fix_for
from tui.orders.checks.registry import find_damage
from tui.orders.checks.sending import check_order
from tui.orders.paths import ITEMS

SHIP = Pointer.of("shipping_address")
ITEM = ITEMS / 0
ORDERED_AT = Pointer.of("order_details", "order_created_at")


def order_with(pointer: Pointer, value: Any, country: str = "DE") -> Any:
    document: Any = {"shipping_address": {"country_code": country}, "order_details": {"order_items": [{"name": "Mug"}]}}
    return pointer.put(document, value)


@pytest.mark.parametrize(
    ("pointer", "country", "text", "code", "expected"),
    [
        (SHIP / "postal_code", "DE", "1067", "lost_zeros", "01067"),
        (SHIP / "postal_code", "US", "501", "lost_zeros", "00501"),
        (SHIP / "postal_code", "FR", "1000", "lost_zeros", "01000"),
        (ITEM / "hs_code", "DE", "10130", "lost_zeros", "010130"),
        (ITEM / "hs_code", "DE", "101.21", "lost_zeros", "0101.21"),
        (SHIP / "phone_number", "NL", "612345678", "lost_zeros", "0612345678"),
        (SHIP / "phone_number", "NL", "31612345678", "lost_plus", "+31612345678"),
        (SHIP / "phone_number", "DE", "1761234567", "lost_zeros", "01761234567"),
        (SHIP / "phone_number", "SE", "701234567", "lost_zeros", "0701234567"),
        (SHIP / "house_number", "DE", "12,00", "number_as_decimal", "12"),
        (SHIP / "postal_code", "DE", "4109.00", "number_as_decimal", "04109"),
        (ITEM / "ean", "DE", "8,7123456789012E+12", "scientific", "8712345678901"),
        (SHIP / "name", "IE", "Fatima O&#39;Neill", "html_entity", "Fatima O'Neill"),
        (ITEM / "name", "IE", "Cup &amp; Saucer", "html_entity", "Cup & Saucer"),
        (ITEM / "hs_code", "DE", "6205,20", "decimal_comma", "6205.20"),
        (ITEM / "sku", "DE", '="00123"', "formula", "00123"),
        (ITEM / "quantity", "DE", "=1+1", "formula", 2),
        (ITEM / "unit_price" / "value", "DE", "=3*1.5", "formula", Decimal("4.5")),
        (ITEM / "name", "DE", '=HYPERLINK("http://x","Mug")', "formula", "Mug"),
        (Pointer.of("payment_details", "invoice_date"), "DE", "45983", "serial_date", "2025-11-22"),
        (SHIP / "house_number", "DE", "03. Mai", "number_as_date", "3-5"),
        (SHIP / "house_number", "NL", "3-mei", "number_as_date", "3-5"),
        (SHIP / "house_number", "SE", "3-maj", "number_as_date", "3-5"),
        (SHIP / "house_number", "DE", "46145", "number_as_date", "3-5"),
        (SHIP / "house_number", "DE", "3.0", "number_as_decimal", "3"),
        (SHIP / "postal_code", "DE", "4109.0", "number_as_decimal", "04109"),
        (SHIP / "postal_code", "EE", "1234", "lost_zeros", "01234"),
        (ITEM / "sku", "DE", "1001,0", "number_as_decimal", "1001"),
        (ITEM / "sku", "DE", "05-Mar", "number_as_date", "3-5"),
    ],
)
def test_damage_is_found_and_repaired_by_its_fix(
    pointer: Pointer, country: str, text: str, code: str, expected: Any
) -> None:
    order = order_with(pointer, text, country)
    [problem] = find_damage(order)
    assert (problem.pointer, problem.code) == (pointer, code)
    fix = fix_for(order, problem)
    assert fix is not None
    assert fix.values == ((pointer, expected),)
    assert find_damage(pointer.put(order, expected)) == []  # type: ignore[arg-type]


def test_nothing_is_proposed_where_digits_are_lost() -> None:
    for pointer, text in ((ITEM / "ean", "8.71E+12"), (SHIP / "phone_number", "6,12346E+08")):
        order = order_with(pointer, text)
        (problem,) = [problem for problem in find_damage(order) if problem.pointer == pointer]
        assert problem.code == "scientific"
        assert "lost" in problem.detail
        assert fix_for(order, problem) is None


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
        (SHIP / "house_number", "AT", "1/2/34"),
        (SHIP / "house_number", "US", "46145"),
        (SHIP / "address_line_2", "DE", "46145"),
        (ITEM / "sku", "DE", "MAR-05"),
        (ITEM / "name", "DE", "05-Mar"),
        (ITEM / "name", "DE", "3.0"),
    ],
)
def test_undamaged_values_are_not_reported(pointer: Pointer, country: str, text: str) -> None:
    assert find_damage(order_with(pointer, text, country)) == []


def test_serial_date_is_reported_once_as_an_error() -> None:
    order = order_with(ORDERED_AT, "45983.5")
    problems = [problem for problem in check_order(order, NO_SHOPS) if problem.pointer == ORDERED_AT]
    assert [(problem.code, problem.severity) for problem in problems] == [("serial_date", Severity.ERROR)]
    fix = fix_for(order, problems[0])
    assert fix is not None
    assert str(fix.values[0][1]).startswith("2025-11-22T12:00:00")


def test_formula_that_cannot_be_computed_has_no_fix() -> None:
    order = order_with(ITEM / "sku", "=A1&B2")
    [problem] = find_damage(order)
    assert fix_for(order, problem) is None


@given(st.text(alphabet="=+-0123456789.,eE\"'*/ AB\n", max_size=24), st.sampled_from(["", "DE", "NL", "XX", "us"]))
def test_any_text_can_be_checked(text: str, country: str) -> None:
    for pointer in (SHIP / "postal_code", SHIP / "phone_number", ITEM / "hs_code", ITEM / "quantity", ORDERED_AT):
        order = order_with(pointer, text, country)
        for problem in find_damage(order):
            if (fix := fix_for(order, problem)) is not None:
                assert fix.values[0][1] != text


@pytest.mark.parametrize("code", ["unread", "int_type", "invalid"])
def test_damage_has_a_fix_for_any_problem_at_its_pointer(code: str) -> None:
    order = order_with(ITEM / "quantity", "=1+1")
    fix = fix_for(order, Problem("no whole number", code, pointer=ITEM / "quantity"))
    assert fix is not None
    assert fix.values == ((ITEM / "quantity", 2),)
    assert fix_for(order, Problem("required", code, pointer=ITEM / "sku")) is None


def test_missing_totals_have_a_fix() -> None:
    price = {"value": Decimal("2.50"), "currency": "EUR"}
    order = order_with(ITEM / "unit_price", price)
    order = (ITEM / "quantity").put(order, 3)
    line = fix_for(order, Problem("Required", "missing", pointer=ITEM / "total_price"))
    assert line is not None
    assert line.values == ((ITEM / "total_price", {"value": Decimal("7.50"), "currency": "EUR"}),)
    order = line.values[0][0].put(order, line.values[0][1])
    total = Pointer.of("payment_details", "total_price")
    fix = fix_for(order, Problem("Required", "missing", pointer=total / "value"))
    assert fix is not None
    assert fix.values == ((total, {"value": Decimal("7.50"), "currency": "EUR"}),)
    order = total.put(order, fix.values[0][1])
    assert fix_for(order, Problem("odd", "missing", pointer=total / "value")) is None
