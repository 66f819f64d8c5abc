"""Weights and sizes: their units, and whether a weight is of a piece, a line or a parcel."""

from decimal import Decimal

import pytest
from order_files import errors, read_case, read_rows_of, value
from table_files import rows, text

from tui.orders.parsed import GuessKind, How
from tui.orders.paths import ITEMS, WEIGHT
from tui.orders.tables.mapping import (
    ITEM_WEIGHT_UNIT_PATH,
    WEIGHT_PATH,
    WEIGHT_UNIT_PATH,
    ColumnMapping,
    suggest_mapping,
)
from tui.orders.tables.steps.units import propose_weight_unit
from tui.orders.tables.values.amounts import unit_named
from tui.work.file_import.reader import read_source

ITEM_WEIGHT = ITEMS / 0 / "measurement" / "weight"
ITEM = {"Item name": "Candle", "Quantity": "2", "Unit price": "10.00"}
ITEM_UNIT_HELD = ("confirm_unit", str(ITEM_WEIGHT / "unit"))
WEIGHT_HELD = ("confirm_weight", str(WEIGHT / "value"))


def test_case_of_grams_without_a_unit() -> None:
    (order,) = read_case("weight-in-grams-unsaid.csv").orders
    assert value(order, str(ITEM_WEIGHT)) == {"value": 200, "unit": "g"}
    assert errors(order) == [ITEM_UNIT_HELD]
    (order,) = read_case("weight-in-grams-unsaid.csv", [GuessKind.UNIT]).orders
    assert errors(order) == []
    assert order.derived[ITEM_WEIGHT / "unit"].how is How.CONFIRMED


def test_case_of_unit_weight_and_package_weight() -> None:
    (order,) = read_case("unit-weight.csv").orders
    assert value(order, str(ITEM_WEIGHT)) == {"value": Decimal("0.2"), "unit": "kg"}
    assert value(order, str(WEIGHT)) == {"value": Decimal("0.5"), "unit": "kg"}
    assert errors(order) == [ITEM_UNIT_HELD, ("confirm_unit", str(WEIGHT / "unit"))]


@pytest.mark.parametrize(
    ("word", "unit"),
    [
        ("Gramm", "g"),
        ("grams", "g"),
        ("Kgs", "kg"),
        ("kilogrammes", "kg"),
        ("pounds", "lbs"),
        ("LBS.", "lbs"),
        ("ounces", "oz"),
        ("onces", "oz"),
        ("gramów", "g"),
        ("stone", ""),
        ("", ""),
    ],
)
def test_names_of_units(word: str, unit: str) -> None:
    assert unit_named(word, "weight") == unit


@pytest.mark.parametrize(
    ("headings", "unit"),
    [
        ({"Item weight": "400 Gramm"}, "g"),
        ({"Item weight": "0.4", "Item weight unit": "Kgs"}, "kg"),
        ({"Item weight": "14", "Item weight unit": "ounces"}, "oz"),
        ({"Item weight (g)": "400"}, "g"),
    ],
)
def test_units_of_the_file_hold_nothing(headings: dict[str, str], unit: str) -> None:
    (order,) = read_rows_of({"Order number": "1", **ITEM, **headings}).orders
    assert value(order, str(ITEM_WEIGHT / "unit")) == unit
    assert errors(order) == []


@pytest.mark.parametrize(
    ("weights", "is_american", "unit"),
    [
        (["200", "350", "90"], False, "g"),
        (["0.2", "1.5"], False, "kg"),
        (["2", "5"], False, "kg"),
        (["12", "40"], True, "oz"),
        (["1.5", "3.2"], True, "lbs"),
        ([], False, "kg"),
    ],
)
def test_proposed_units(weights: list[str], is_american: bool, unit: str) -> None:
    assert propose_weight_unit([Decimal(weight) for weight in weights], is_american=is_american) == unit


def test_a_chosen_unit_is_no_guess() -> None:
    mapping = suggest_mapping(["Order number", "Item name", "Item weight"])
    assert mapping.guessed == {ITEM_WEIGHT_UNIT_PATH}
    assert mapping.with_constant(ITEM_WEIGHT_UNIT_PATH, "kg").guessed == frozenset()
    assert ColumnMapping.from_json(mapping.to_json()) == mapping


def test_a_column_that_the_user_maps_to_a_weight_has_a_guessed_unit() -> None:
    mapping = suggest_mapping(["Order number", "Abc", "Xyz (g)"])
    assert mapping.with_path(1, WEIGHT_PATH).guessed == {WEIGHT_UNIT_PATH}
    assert mapping.with_path(2, WEIGHT_PATH).guessed == frozenset()


def test_the_services_own_format_states_its_unit() -> None:
    file = read_source(text(rows(2)).encode(), "own.csv", shop=7)
    assert [errors(order) for order in file.orders] == [[], []]


@pytest.mark.parametrize("heading", ["Weight (kg)", "Gewicht (kg)", "Poids (kg)"])
def test_a_bare_weight_beside_items_is_a_question(heading: str) -> None:
    several, one = read_rows_of(
        {"Order number": "1", **ITEM, heading: "0.4"},
        {"Order number": "2", **ITEM, "Quantity": "1", heading: "0.4", "Item name": "Bowl"},
    ).orders
    assert errors(several) == [WEIGHT_HELD]
    assert errors(one) == []
    (accepted,) = read_rows_of({"Order number": "1", **ITEM, heading: "0.4"}, accept=[GuessKind.WEIGHT]).orders
    assert errors(accepted) == []


def test_the_same_weight_for_different_quantities_is_of_a_piece() -> None:
    first, second = read_rows_of(
        {"Order number": "1", **ITEM, "Weight (kg)": "0.4"},
        {"Order number": "2", **ITEM, "Quantity": "3", "Weight (kg)": "0.4"},
    ).orders
    assert value(first, str(ITEM_WEIGHT)) == value(second, str(ITEM_WEIGHT)) == {"value": Decimal("0.4"), "unit": "kg"}
    assert errors(first) == []


def test_a_weight_only_in_the_first_rows_is_of_the_parcel() -> None:
    (order,) = read_rows_of(
        {"Order number": "1", **ITEM, "Weight (kg)": "0.4"},
        {"Order number": "1", **ITEM, "Item name": "Bowl", "Weight (kg)": ""},
    ).orders
    assert errors(order) == []
    assert value(order, str(WEIGHT / "value")) == Decimal("0.4")


def test_the_weight_of_a_line_is_divided() -> None:
    (order,) = read_rows_of({"Order number": "1", **ITEM, "Line weight (kg)": "0.4"}).orders
    assert value(order, str(ITEM_WEIGHT / "value")) == Decimal("0.2")
    assert order.derived[ITEM_WEIGHT / "value"].how is How.COMPUTED


@pytest.mark.parametrize(
    ("headings", "pointer"),
    [
        ({"Item weight (kg)": "200"}, ITEM_WEIGHT / "value"),
        ({"Parcel weight (kg)": "1600"}, WEIGHT / "value"),
        ({"Item weight (kg)": "5", "Parcel weight (kg)": "1"}, WEIGHT / "value"),
        ({"Item weight (g)": "200"}, None),
        ({"Item weight (kg)": "30"}, None),
        ({"Item weight (kg)": "0.5", "Parcel weight (kg)": "0.9"}, None),
    ],
)
def test_implausible_weights(headings: dict[str, str], pointer: object) -> None:
    (order,) = read_rows_of({"Order number": "1", **ITEM, **headings}).orders
    assert errors(order) == ([("confirm_weight", str(pointer))] if pointer is not None else [])


@pytest.mark.parametrize("text", ["1 Pfund", "2 livres", "3 pond", "2 Pfd."])
def test_unit_of_500_or_454_grams_holds_the_order(text: str) -> None:
    (order,) = read_rows_of({"Order number": "A-9", "Item name": "Candle", "Quantity": "1", "Gewicht": text}).orders
    (problem,) = [one for one in order.problems if one.code == "unread"]
    assert "500 g" in problem.detail


@pytest.mark.parametrize("heading", ["Weight (pond)", "Gewicht (Pfund)", "Poids (livres)"])
def test_column_with_such_a_unit_is_a_warning(heading: str) -> None:
    (order,) = read_rows_of({"Order number": "A-9", "Item name": "Candle", "Quantity": "1", heading: "3"}).orders
    assert "unused_column" in [one.code for one in order.problems]


@pytest.mark.parametrize(
    ("heading", "text", "is_held"),
    [
        ("Weight (g)", "1.200", True),
        ("Vægt (gram)", "1.200", True),
        ("Weight (g)", "1200", False),
        ("Poids (kg)", "1.200", False),
    ],
)
def test_grams_with_three_decimals_hold_the_order(heading: str, text: str, is_held: bool) -> None:
    (order,) = read_rows_of({"Order number": "A-9", "Item name": "Candle", "Quantity": "1", heading: text}).orders
    assert ("confirm_weight" in [one.code for one in order.problems]) is is_held
