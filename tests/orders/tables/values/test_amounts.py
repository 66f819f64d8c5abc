"""Tests for numbers with currencies and units, and for texts that are none."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from table_files import text

from tui.api.pointer import Pointer
from tui.orders.parsed import GuessKind, ParsedFile
from tui.orders.paths import CURRENCY, ITEMS
from tui.orders.tables.layout import detect_layout
from tui.orders.tables.mapping import suggest_mapping
from tui.orders.tables.rows import to_orders
from tui.orders.tables.table import parse_table
from tui.orders.tables.values.amounts import currency_named, parse_count, parse_measure, parse_money, parse_number

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PRICE = ITEMS / 0 / "unit_price"


def read(table: list[list[str]], *accepted: GuessKind) -> ParsedFile:
    data = text(table)
    found = parse_table(data, detect_layout(data))
    mapping = replace(suggest_mapping(found.header), accepted=frozenset(accepted))
    return to_orders(found, mapping, now=NOW, shop=7)


@pytest.mark.parametrize(
    ("written", "number", "currency"),
    [
        ("€10.00", "10.00", "EUR"),
        ("10,00 €", "10.00", "EUR"),
        ("EUR 1.234,56", "1234.56", "EUR"),
        ("1.234,56 eur", "1234.56", "EUR"),
        ("1 234,56 zł", "1234.56", "PLN"),
        ("1\u202f234,56 €", "1234.56", "EUR"),
        ("1\u2009234.50", "1234.50", ""),
        ("CHF 1’234.50", "1234.50", "CHF"),
        ("Fr. 12.-", "12", "CHF"),
        ("12,-", "12", ""),
        ("12,-- €", "12", "EUR"),
        ("12,– €", "12", "EUR"),
        ("100 kr", "100", "kr"),
        ("kr. 100,50", "100.50", "kr"),
        ("R$ 10,50", "10.50", "BRL"),
        ("A$12", "12", "AUD"),
        ("£1,234.56", "1234.56", "GBP"),
        ("¥1000", "1000", "¥"),
        ("$5.00 USD", "5.00", "USD"),
        ("12.5 Kč", "12.5", "CZK"),
        ("10 000 Ft", "10000", "HUF"),
        ("(12,50)", "-12.50", ""),
        ("($12.50)", "-12.50", "$"),
        ("12,50-", "-12.50", ""),
        ("12-", "-12", ""),
        ("-€5", "-5", "EUR"),
        ("€ -5", "-5", "EUR"),
        ("−5,00 €", "-5.00", "EUR"),
        ("0,00-", "0.00", ""),
    ],
)
@pytest.mark.parametrize("decimal", [",", "."])
def test_amount_is_read_in_every_usual_form(written: str, number: str, currency: str, decimal: str) -> None:
    found = parse_money(written, decimal)
    assert found is not None
    assert (found.number, found.currency) == (number, currency)


@pytest.mark.parametrize(
    "written",
    [
        "10 PCS",
        "12 kg",
        "€5 USD",
        "5 %",
        "--5",
        "(-5)",
        "(5",
        "-",
        "€",
        "2 3",
        "1e5",
        "12--",
        "-5-",
        "1.23.4567",
        "abc",
        "",
    ],
)
def test_other_texts_are_no_amount(written: str) -> None:
    assert parse_money(written, ",") is None


def test_grouped_number_is_read_whatever_the_decimal_sign_of_the_table() -> None:
    assert {parse_number("1.234.567", sign) for sign in ".,"} == {"1234567"}
    assert {parse_number("1,234,567.8", sign) for sign in ".,"} == {"1234567.8"}


@pytest.mark.parametrize(
    ("written", "measure", "number", "unit"),
    [
        ("400 g", "weight", "400", "g"),
        ("400gr.", "weight", "400", "g"),
        ("200 Gramm", "weight", "200", "g"),
        ("200 grammes", "weight", "200", "g"),
        ("1,5 Kgs.", "weight", "1.5", "kg"),
        ("1 kilo", "weight", "1", "kg"),
        ("1,5 Kilogramm", "weight", "1.5", "kg"),
        ("2 pounds", "weight", "2", "lbs"),
        ("3 lbs.", "weight", "3", "lbs"),
        ("12oz", "weight", "12", "oz"),
        ("4 ounces", "weight", "4", "oz"),
        ("2 lb 3 oz", "weight", "35", "oz"),
        ("1 lb. 0,5 oz", "weight", "16.5", "oz"),
        ("1 kg 200 g", "weight", "1200", "g"),
        ('5"', "dimension", "5", "in"),
        ("5 inch", "dimension", "5", "in"),
        ("5 Zoll", "dimension", "5", "in"),
        ("30 cm", "dimension", "30", "cm"),
        ("30 centimètres", "dimension", "30", "cm"),
    ],
)
def test_unit_after_a_measure_is_read(written: str, measure: str, number: str, unit: str) -> None:
    found = parse_measure(written, ",", measure)
    assert found is not None
    assert (found.number, found.unit) == (number, unit)


@pytest.mark.parametrize(
    ("written", "measure"),
    [
        ("30 cm", "weight"),
        ("2 kg", "dimension"),
        ("2 lb 3 cm", "weight"),
        ("1 Pfund", "weight"),
        ("2 livres", "weight"),
        ("3 pond", "weight"),
        ("5 x", "weight"),
    ],
)
def test_unit_of_another_measure_is_not_read(written: str, measure: str) -> None:
    assert parse_measure(written, ",", measure) is None


@pytest.mark.parametrize(
    ("written", "number"), [("2x", "2"), ("x 3", "3"), ("4 Stück", "4"), ("5 pcs.", "5"), ("6 szt.", "6")]
)
def test_number_of_pieces_is_read(written: str, number: str) -> None:
    assert parse_count(written, ",") == number


@pytest.mark.parametrize("written", ["two", "2 kg", "2 3", "", "x", "S", "2 Mugs"])
def test_other_texts_are_no_number_of_pieces(written: str) -> None:
    assert parse_count(written, ",") is None


def test_currency_in_a_column_of_its_own() -> None:
    names = ["€", "eur", "zł", "Fr.", "A$", "$", "Euro", "kr", "", "12", "XXQ"]
    assert [currency_named(name) for name in names] == ["EUR", "EUR", "PLN", "CHF", "AUD", "USD", "EUR", "", "", "", ""]


@pytest.mark.parametrize(
    ("column", "cell", "pointer", "value"),
    [
        ("Item weight", "400 Gramm", ITEMS / 0 / "measurement" / "weight", {"value": 400, "unit": "g"}),
        ("Length", '5"', Pointer.of("shipping_details", "measurement", "dimension"), {"length": 5, "unit": "in"}),
        ("Quantity", "2 x", ITEMS / 0 / "quantity", 2),
        ("Price", "1 234,56 zł", PRICE, {"value": Decimal("1234.56"), "currency": "PLN"}),
    ],
)
def test_cell_with_a_unit_gives_number_and_unit(column: str, cell: str, pointer: Pointer, value: Any) -> None:
    [order] = read([["Order number", "Item name", column], ["A", "Mug", cell]]).orders
    assert order.problems == []
    assert pointer.get(order.document) == value


@pytest.mark.parametrize(
    ("country", "cell", "currency", "codes"),
    [
        ("SE", "100 kr", "SEK", ["confirm_price"]),
        ("DK", "kr. 100", "DKK", ["confirm_price"]),
        ("DE", "100 kr", "EUR", ["currency"]),
        ("AU", "$5", "USD", ["confirm_price"]),
        ("US", "$5", "USD", []),
        ("DE", "$5", "USD", []),
        ("AU", "A$5", "AUD", []),
        ("CN", "¥5", "JPY", ["confirm_price"]),
        ("PL", "5 zł", "PLN", []),
    ],
)
def test_sign_of_several_currencies_holds_the_order(country: str, cell: str, currency: str, codes: list[str]) -> None:
    table = [["Order number", "Country", "Item name", "Price"], ["A", country, "Mug", cell]]
    [order] = read(table).orders
    assert CURRENCY.get(order.document) == currency
    assert [problem.code for problem in order.problems] == codes
    assert all(problem.severity == "error" for problem in order.problems)
    [accepted] = read(table, GuessKind.PRICE).orders
    assert [problem.code for problem in accepted.problems] == [code for code in codes if code == "currency"]


def test_currency_column_decides_the_sign() -> None:
    table = [
        ["Order number", "Item name", "Price", "Currency"],
        ["A", "Mug", "100 kr", "NOK"],
        ["B", "Mug", "5 $", "AUD"],
    ]
    assert [order.problems for order in read(table).orders] == [[], []]
