"""Tests that an order with a damaged value is held until the value is fixed or confirmed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from order_files import errors, read_rows_of, value
from table_files import text

from tui.api.errors import Blocks, Severity
from tui.api.pointer import Pointer
from tui.orders.checks.context import NO_SHOPS
from tui.orders.checks.fixes import fix_for
from tui.orders.checks.sending import check_order
from tui.orders.parsed import GuessKind, How, ParsedFile
from tui.orders.paths import ITEMS, NUMBER, SHIP_TO
from tui.orders.tables.layout import detect_layout
from tui.orders.tables.mapping import suggest_mapping
from tui.orders.tables.rows import to_orders
from tui.orders.tables.table import parse_table

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ITEM = ITEMS / 0


def read(table: list[list[str]], *accepted: GuessKind) -> ParsedFile:
    data = text(table, ";")
    found = parse_table(data, detect_layout(data))
    mapping = replace(suggest_mapping(found.header), accepted=frozenset(accepted))
    return to_orders(found, mapping, now=NOW, shop=7)


DAMAGED = [
    ("House number", "DE", "03. Mai", SHIP_TO / "house_number", "number_as_date", "3-5"),
    ("House number", "FR", "03-mai", SHIP_TO / "house_number", "number_as_date", "3-5"),
    ("House number", "NL", "46145", SHIP_TO / "house_number", "number_as_date", "3-5"),
    ("House number", "PL", "3.0", SHIP_TO / "house_number", "number_as_decimal", "3"),
    ("Address 2", "AT", "03.05.2026", SHIP_TO / "address_line_2", "number_as_date", "3-5"),
    ("Address 2", "IE", "c/o O&#39;Neill", SHIP_TO / "address_line_2", "html_entity", "c/o O'Neill"),
    ("Street", "DE", "Lindenweg 05-Mar", SHIP_TO / "address_line_1", "number_as_date", "Lindenweg 3-5"),
    ("Street", "DE", "Am Markt 03. Mai", SHIP_TO / "address_line_1", "number_as_date", "Am Markt 3-5"),
    (
        "Street",
        "IT",
        "C.so Vittorio Emanuele II 3.0",
        SHIP_TO / "address_line_1",
        "number_as_decimal",
        "C.so Vittorio Emanuele II 3",
    ),
    ("Postal code", "DE", "4109", SHIP_TO / "postal_code", "lost_zeros", "04109"),
    ("Postal code", "DE", "4109.0", SHIP_TO / "postal_code", "number_as_decimal", "04109"),
    ("Postal code", "ES", "8001", SHIP_TO / "postal_code", "lost_zeros", "08001"),
    ("Postal code", "JP", "600001", SHIP_TO / "postal_code", "lost_zeros", "0600001"),
    ("Postal code", "US", "1E+04", SHIP_TO / "postal_code", "scientific", None),
    ("Phone", "DE", "4,93412E+12", SHIP_TO / "phone_number", "scientific", None),
    ("Phone", "NL", "31612345678.0", SHIP_TO / "phone_number", "number_as_decimal", "+31612345678"),
    ("SKU", "DE", "8,71E+12", ITEM / "sku", "scientific", None),
    ("SKU", "DE", "1001.0", ITEM / "sku", "number_as_decimal", "1001"),
    ("SKU", "DE", "05-Mar", ITEM / "sku", "number_as_date", "3-5"),
    ("Order number", "DE", "1,2345678E+11", NUMBER, "scientific", None),
    ("Order number", "DE", "1001.0", NUMBER, "number_as_decimal", "1001"),
]


@pytest.mark.parametrize(("column", "country", "cell", "pointer", "code", "wanted"), DAMAGED)
def test_damaged_value_holds_the_order(
    column: str, country: str, cell: str, pointer: Pointer, code: str, wanted: str | None
) -> None:
    columns = {"Order number": "A", "Country": country, "Item name": "Mug", column: cell}
    table = [list(columns), list(columns.values())]
    kind = GuessKind.ADDRESS if pointer.startswith(SHIP_TO) else GuessKind.ITEMS
    [order] = read(table).orders
    held = [problem for problem in order.problems if problem.code == f"confirm_{kind}"]
    assert [(problem.pointer, problem.severity) for problem in held if problem.pointer == pointer] == [
        (pointer, Severity.ERROR)
    ]
    fix = fix_for(order.document, next(problem for problem in held if problem.pointer == pointer))
    assert (fix.values if fix is not None else None) == (((pointer, wanted),) if wanted is not None else None)
    assert (fix.text if fix is not None else "lost") in next(p for p in held if p.pointer == pointer).detail
    [accepted] = read(table, kind).orders
    assert not [problem for problem in accepted.problems if problem.code.startswith("confirm_")]
    assert accepted.derived[pointer].how is How.CONFIRMED
    assert pointer.get(accepted.document) == cell
    # The form of an order shows damage, which does not hold a confirmed order.
    warned = {problem.pointer: problem for problem in check_order(accepted.document, NO_SHOPS)}
    assert warned[pointer].code == code
    assert warned[pointer].blocks is not Blocks.SEND


def test_damage_of_a_column_is_one_guess() -> None:
    header = ["Order number", "Country", "House number", "Item name"]
    rows = [["A", "DE", "03. Mai", "Mug"], ["B", "DE", "05-Mar", "Mug"], ["C", "DE", "3", "Mug"]]
    result = read([header, *rows])
    assert [(guess.kind, guess.subject) for guess in result.guesses] == [(GuessKind.ADDRESS, "House number")]
    assert [bool(order.problems) for order in result.orders] == [True, True, False]


@pytest.mark.parametrize(
    ("column", "country", "cell"),
    [
        ("House number", "DE", "12 A"),
        ("House number", "AT", "1/2/34"),
        ("House number", "US", "46145"),
        ("Address 2", "DE", "3. OG"),
        ("Address 2", "DE", "46145"),
        ("Postal code", "NL", "1011 AB"),
        ("Postal code", "BE", "4109"),
        ("Phone", "DE", "+49 341 555"),
        ("SKU", "DE", "MAR-05"),
        ("SKU", "DE", "46145"),
        ("SKU", "DE", "12E4"),
        ("Item name", "DE", "3.0"),
        ("HS code", "DE", "'=x"),
    ],
)
def test_undamaged_value_does_not_hold_the_order(column: str, country: str, cell: str) -> None:
    columns = {"Order number": "A", "Country": country, "Item name": "Mug", column: cell}
    [order] = read([list(columns), list(columns.values())]).orders
    assert order.problems == []


def test_value_that_cannot_be_read_is_reported_once() -> None:
    [order] = read([["Order number", "Order date"], ["A", "46145"]]).orders
    assert [problem.code for problem in order.problems] == ["unread"]


@pytest.mark.parametrize(
    ("column", "text", "pointer"),
    [
        ("SKU", "2026-01-02 00:00:00", "/order_details/order_items/0/sku"),
        ("Item name", "2026-03-05", "/order_details/order_items/0/name"),
        ("Address", "2026-03-05 00:00:00", "/shipping_address/address_line_1"),
        ("Company", "2026-03-05 00:00:00", "/shipping_address/company_name"),
    ],
)
def test_dates_in_texts_are_asked_about(column: str, text: str, pointer: str) -> None:
    row = {"Order number": "1", "Item name": "Candle", "Quantity": "1", "Unit price": "7", column: text}
    kind = "items" if "items" in pointer else "address"
    (order,) = read_rows_of(row).orders
    assert errors(order) == [(f"confirm_{kind}", pointer)]


@pytest.mark.parametrize(
    "street",
    [
        "Straße des 17. Juni 135",
        "Platz des 01. Mai",
        "8 rue du 8 Mai 1945",
        "Rue de Mai-68",
        "Haus-12",
        "Weg 3-5",
        "Straße 3. Oktober",
    ],
)
def test_street_with_a_date_in_its_name_is_not_damaged(street: str) -> None:
    (order,) = read_rows_of({"Order number": "1", "Item name": "Candle", "Quantity": "1", "Address": street}).orders
    assert value(order, str(SHIP_TO / "address_line_1")) == street
    assert "confirm_address" not in [code for code, _ in errors(order)]
