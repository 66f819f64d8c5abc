"""Tests for cells: guard apostrophes and cells that stand for no value."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_files import text

from tui.api.pointer import ABSENT, Pointer
from tui.orders.fields import field_at
from tui.orders.parsed import How, ParsedFile
from tui.orders.paths import CURRENCY, ITEMS, NUMBER, PAYMENT_STATUS, SHIP_TO
from tui.orders.tables.cells import cell_text
from tui.orders.tables.csv_writer import escape_formula
from tui.orders.tables.layout import detect_layout
from tui.orders.tables.mapping import suggest_mapping
from tui.orders.tables.rows import to_orders
from tui.orders.tables.table import parse_table
from tui.orders.tables.values.null_markers import NULL_MARKERS, is_null_marker

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def read(table: list[list[str]]) -> ParsedFile:
    data = text(table)
    found = parse_table(data, detect_layout(data))
    return to_orders(found, suggest_mapping(found.header), now=NOW, shop=7)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("'4132", "4132"),
        ("'04109", "04109"),
        (" '04109 ", "04109"),
        ("’04109", "04109"),
        ("‘04109", "04109"),
        ("´04109", "04109"),
        ("'+49 341 1", "+49 341 1"),
        ("'SKU-1", "SKU-1"),
        ("'12 High Street", "12 High Street"),
        ("'Rita Getter", "Rita Getter"),
        ("'-x", "-x"),
        ("''04109", "'04109"),
    ],
)
def test_guard_apostrophe_is_removed(cell: str, wanted: str) -> None:
    assert cell_text(cell) == wanted


@pytest.mark.parametrize(
    "cell",
    [
        *("'s-Hertogenbosch", "’s-Hertogenbosch", "'s Gravenhage", "'sGravenhage", "'t Hof", "‘t Hof", "'T Hart", "'t"),
        *("'n Beetje", "'O Sole Mio", "'90s Tee", "'quoted' text", "'7'", "O'Neil", "D’Angelo", "12'", "'", "''"),
    ],
)
def test_apostrophe_of_a_word_stays(cell: str) -> None:
    assert cell_text(cell) == cell


@given(st.text(alphabet="'’‘´` =+-@0129sTabc", max_size=10))
def test_own_export_keeps_apostrophes(value: str) -> None:
    assert cell_text(escape_formula(value)).strip() == value.strip()


@pytest.mark.parametrize("marker", sorted(NULL_MARKERS))
def test_null_marker_is_no_value(marker: str) -> None:
    header = ["Order number", "Name", "Address", "Address 2", "City", "Item name", "SKU"]
    [order] = read([header, ["A", marker, "Lieferweg 3", marker, "Leipzig", "Mug", marker]]).orders
    for pointer in (SHIP_TO / "name", SHIP_TO / "address_line_2", ITEMS / 0 / "sku"):
        assert pointer.get(order.document) is ABSENT
        assert order.derived[pointer].how is How.EMPTIED
        assert order.derived[pointer].text == f"{marker!r} in the file stands for no value"


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("Name", "Null Smith"),
        ("Name", "Null"),
        ("Name", "Nan"),
        ("Name", "NA"),
        ("Address", "A - B"),
        ("Address", "None Street"),
        ("City", "Na"),
        ("Address 2", "-1"),
        ("SKU", "N/A-1"),
        ("SKU", "#1"),
        ("Notes", "None of them"),
    ],
)
def test_similar_text_is_a_value(column: str, cell: str) -> None:
    [order] = read([["Order number", "Item name", column], ["A", "Mug", cell]]).orders
    assert cell in str(order.document)
    assert not [derivation for derivation in order.derived.values() if derivation.how is How.EMPTIED]


def test_namibia_and_naples_are_values() -> None:
    header = ["Order number", "Country", "State", "SKU"]
    [order] = read([header, ["A", "NA", "NA", "NA"]]).orders
    assert (SHIP_TO / "country_code").get(order.document) == "NA"
    assert (SHIP_TO / "state_province_code").get(order.document) == "NA"
    assert (ITEMS / 0 / "sku").get(order.document) is ABSENT


def test_rows_without_a_number_are_not_one_order() -> None:
    header = ["Order number", "Name", "Item name"]
    orders = read([header, ["#N/A", "Ana", "Mug"], ["#N/A", "Rita", "Cup"], ["NULL", "Jan", "Bowl"]]).orders
    assert [(SHIP_TO / "name").get(order.document) for order in orders] == ["Ana", "Rita", "Jan"]
    assert [NUMBER.get(order.document) for order in orders] == [ABSENT] * 3


@pytest.mark.parametrize(("column", "pointer"), [("Quantity", ITEMS / 0 / "quantity"), ("Currency", CURRENCY)])
@pytest.mark.parametrize("marker", ["#REF!", "NULL", "-"])
def test_unknown_quantity_and_currency_are_not_taken_as_missing(column: str, pointer: Pointer, marker: str) -> None:
    [order] = read([["Order number", "Item name", column], ["A", "Mug", marker]]).orders
    assert [problem.pointer for problem in order.problems] == [pointer]


@pytest.mark.parametrize("marker", ["#N/A", "NULL", "-"])
def test_unknown_payment_status_is_not_taken_as_paid(marker: str) -> None:
    [order] = read([["Order number", "Item name", "Payment status"], ["A", "Mug", marker]]).orders
    assert PAYMENT_STATUS.get(order.document) == marker


def test_marker_in_one_row_does_not_hide_the_value_of_another() -> None:
    header = ["Order number", "Name", "Item name"]
    [order] = read([header, ["A", "Rita", "Mug"], ["A", "NULL", "Cup"]]).orders
    assert (SHIP_TO / "name").get(order.document) == "Rita"
    assert order.problems == []
    assert SHIP_TO / "name" not in order.derived


def test_marker_that_is_a_choice_of_its_field_is_a_value() -> None:
    field = field_at(Pointer.of("shipping_address", "country_code"))
    assert field is not None
    assert not is_null_marker("NA", field)
