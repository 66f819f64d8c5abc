"""Typed weights: units, conversion to the unit of the order, and what is shown about the reading."""

from decimal import Decimal
from typing import Any

import pytest

from tui.api.pointer import Pointer
from tui.orders.paths import ITEMS, WEIGHT, is_weight
from tui.orders.tables.values.weight_entry import parse_weight
from tui.orders.value_parser import InvalidText, ValidValue

VALUE = WEIGHT / "value"
UNIT = WEIGHT / "unit"


def order(unit: object) -> Any:
    return WEIGHT.put({}, {"unit": unit})


@pytest.mark.parametrize(
    ("text", "unit", "value", "note"),
    [
        ("0,4 kg", "g", 400, "0.4 kg is 400 g"),
        ("0.4kg", "G", 400, "0.4 kg is 400 g"),
        ("400 g", "kg", Decimal("0.4"), "400 g is 0.4 kg"),
        ("400 gram", "g", 400, ""),
        ("12 oz", "oz", 12, ""),
        ("12 oz", "g", Decimal("340.194"), "12 oz is about 340.194 g"),
        ("1 lb", "kg", Decimal("0.454"), "1 lbs is about 0.454 kg"),
        ("1 lb", "lbs", 1, ""),
        ("1 lb", "oz", 16, "1 lbs is 16 oz"),
        ("2 lb 3 oz", "oz", 35, ""),
        ("1 kg 250 g", "kg", Decimal("1.25"), "1250 g is 1.25 kg"),
        ("0.01 g", "kg", Decimal("0.00001"), "0.01 g is 0.00001 kg"),
        ("0.4", "kg", Decimal("0.4"), ""),
        ("2", "lbs", 2, ""),
        ("1,250", "kg", Decimal("1.250"), "1.25 kg: a point or comma is the decimal sign"),
        ("1.250 g", "g", Decimal("1.250"), "1.25 g: a point or comma is the decimal sign"),
        ("1,250 kg", "g", 1250, "1.25 kg is 1250 g"),
        ("-1", "kg", -1, ""),
    ],
)
def test_a_weight_is_converted_to_the_unit_of_the_order(text: str, unit: str, value: Any, note: str) -> None:
    assert parse_weight(text, VALUE, order(unit)) == ValidValue(value, (), note)


@pytest.mark.parametrize("document", [{}, order(None), order("stone")])
def test_without_a_known_unit_the_typed_one_is_set_too_else_kilograms(document: Any) -> None:
    assert parse_weight("12,5 oz", VALUE, document) == ValidValue(Decimal("12.5"), ((UNIT, "oz"),), "12.5 oz")
    assumed = parse_weight("0,4", VALUE, document)
    assert assumed == ValidValue(Decimal("0.4"), ((UNIT, "kg"),), "0.4 kg: a weight without a unit is in kg")


def test_for_several_weights_a_typed_unit_is_set_and_others_are_kept() -> None:
    every = Pointer.of(*ITEMS.tokens, "*", "measurement", "weight", "value")
    assert parse_weight("400 g", every, None) == ValidValue(400, ((every.parent / "unit", "g"),), "400 g")
    kept = parse_weight("400", every, None)
    assert isinstance(kept, ValidValue)
    assert (kept.value, kept.beside) == (400, ())
    assert kept.note


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "a value is needed"),
        ("heavy", "a number is needed"),
        ("2 stone", "no unit of weight"),
        ("1 kg x", "no unit of weight"),
        ("1 Pfund", "500 g or 453.6 g"),
        ("2 livres", "500 g or 453.6 g"),
        ("1.250.000", "without thousands separators"),
        ("1.250,5 kg", "without thousands separators"),
        ("1,250.5", "without thousands separators"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(text: str, reason: str) -> None:
    refused = parse_weight(text, VALUE, order("kg"))
    assert isinstance(refused, InvalidText)
    assert reason in refused.reason


def test_which_fields_are_weights() -> None:
    assert is_weight(VALUE)
    assert is_weight(ITEMS / 0 / "measurement" / "weight" / "value")
    assert not is_weight(UNIT)
    assert not is_weight(ITEMS / 0 / "total_price" / "value")
