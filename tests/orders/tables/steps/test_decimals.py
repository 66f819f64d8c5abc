"""Numbers such as `1,250`: decided by the file and said, or held."""

import pytest
from order_files import errors, read_rows_of, value

from tui.api.pointer import Pointer
from tui.orders.parsed import GuessKind, How, ParsedOrder
from tui.orders.tables.layout import TableLayout
from tui.orders.tables.steps.decimals import _evidence
from tui.orders.tables.table import Table

ITEM = "/order_details/order_items/0"
PRICE, WEIGHT, QUANTITY = f"{ITEM}/unit_price/value", "/shipping_details/measurement/weight/value", f"{ITEM}/quantity"
FIELDS = {"Order number": "1", "Item name": "Candle", "Quantity": "2", "Unit price": "7"}


def read(*rows: dict[str, str], accept: list[GuessKind] | None = None) -> ParsedOrder:
    numbered = [{**FIELDS, "Order number": str(number), **row} for number, row in enumerate(rows, 1)]
    return read_rows_of(*numbered, accept=accept or []).orders[0]


@pytest.mark.parametrize(
    ("row", "pointer", "kind"),
    [
        ({"Unit price": "1,250"}, PRICE, GuessKind.PRICE),
        ({"Unit price": "1.250"}, PRICE, GuessKind.PRICE),
        ({"Unit price": "€ 1,250"}, PRICE, GuessKind.PRICE),
        ({"Parcel weight (g)": "1,250"}, WEIGHT, GuessKind.WEIGHT),
        ({"Quantity": "2,000"}, QUANTITY, GuessKind.ITEMS),
    ],
)
def test_a_number_that_may_be_a_thousand_times_another_holds(
    row: dict[str, str], pointer: str, kind: GuessKind
) -> None:
    assert (f"confirm_{kind}", pointer) in errors(read(row))
    assert (f"confirm_{kind}", pointer) not in errors(read(row, accept=[kind]))


@pytest.mark.parametrize(
    ("rows", "pointer", "expected"),
    [
        ([{"Unit price": "1,250"}, {"Unit price": "12,50"}], PRICE, "1.250"),
        ([{"Unit price": "1,250"}, {"Unit price": "12.50"}], PRICE, "1250"),
        ([{"Unit price": "1.250"}, {"Unit price": "1.250,50"}], PRICE, "1250"),
        ([{"Unit price": "1,250"}, {"Unit price": "0,750"}], PRICE, "1.250"),
        ([{"Unit price": "1,250", "Line total": "2,5"}], PRICE, "1.250"),
        ([{"Unit price": "1.250", "Line total": "2500"}], PRICE, "1250"),
        ([{"Quantity": "2,000", "Unit price": "12,50", "Line total": "25,00"}], QUANTITY, "2"),
        ([{"Unit price": "1,250", "Tax": "0.20"}], PRICE, "1250"),
        ([{"Parcel weight (kg)": "1,250"}], WEIGHT, "1.250"),
    ],
)
def test_other_numbers_decide_and_that_is_said(rows: list[dict[str, str]], pointer: str, expected: str) -> None:
    order = read(*rows)
    assert str(value(order, pointer)) == expected
    assert order.derived[Pointer.parse(pointer)].how is How.DECIDED
    assert not [code for code, _ in errors(order) if code.startswith("confirm")]


@pytest.mark.parametrize("text", ["1,25", "0,250", "1250", "1.250,00", "1,250.00", "1250,000"])
def test_numbers_that_are_clear_say_nothing(text: str) -> None:
    order = read({"Unit price": text})
    assert Pointer.parse(PRICE) not in order.derived
    assert not [code for code, _ in errors(order) if code.startswith("confirm")]


def test_a_column_that_shows_both_signs_decides_nothing() -> None:
    order = read({"Unit price": "1,250"}, {"Unit price": "12,50"}, {"Unit price": "12.50"})
    assert ("confirm_price", PRICE) in errors(order)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1.25", "2.375"], {".": "as in '1.25'"}),
        (["2.375"], {".": "as in '2.375'"}),
        (["1.250"], {}),
        (["1.250", "2.375"], {}),
    ],
)
def test_cells_of_a_spreadsheet_with_a_zero_after_the_decimals_are_text(
    cells: list[str], expected: dict[str, str]
) -> None:
    layout = TableLayout(sheet="Orders")
    assert dict(reversed([*_evidence(Table(("Price",), (), layout), cells)])) == expected
