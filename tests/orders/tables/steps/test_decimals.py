"""Numbers such as `1,250`: decided by the file and said, or held."""

import pytest
from order_files import NOW, errors, read_rows_of, value
from table_files import workbook

from tui.api.pointer import Pointer
from tui.orders.parsed import GuessKind, How, ParsedOrder
from tui.work.file_import.reader import read_source

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


HEADER = [
    "Order number",
    "Name",
    "Street",
    "Postal code",
    "City",
    "Country",
    "Item name",
    "Quantity",
    "Unit price",
    "Total",
]


def read_cells(*prices: tuple[float | str, float | str]) -> list[ParsedOrder]:
    """Orders of two candles each, with these unit prices and totals in the cells of a spreadsheet."""
    rows = [
        [str(number), "Rita Getter", "Lieferweg 3", "04109", "Leipzig", "DE", "Candle", 2, *cells]
        for number, cells in enumerate(prices, 1)
    ]
    return [*read_source(workbook({"Orders": [HEADER, *rows]}), "orders.xlsx", shop=7, now=NOW).orders]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([(1.234, "")], "1.234"),
        ([("1.234", "")], "held"),
        ([("1.234", ""), (12.5, "")], "held"),
        ([("1.234", ""), ("12,50", "")], "1234"),
        ([("1.234", ""), ("12.50", "")], "1.234"),
        ([(1.234, ""), ("12,50", "")], "1.234"),
        ([(1.234, ""), ("1.250", "")], "1.234"),
        ([("1.234", 2468)], "1234"),
        ([("1.234", 2.468)], "1.234"),
    ],
)
def test_a_number_of_a_spreadsheet_is_clear_and_says_nothing_about_texts(
    cells: list[tuple[float | str, float | str]], expected: str
) -> None:
    order = read_cells(*cells)[0]
    is_held = ("confirm_price", PRICE) in errors(order)
    assert ("held" if is_held else str(value(order, PRICE))) == expected


def test_numbers_keep_their_columns_if_a_blank_column_is_removed() -> None:
    rows = [
        [*row[:5], None, *row[5:]]
        for row in ([*HEADER], ["1", "Rita", "Weg 3", "04109", "Leipzig", "DE", "Candle", 2, 1.234])
    ]
    (order,) = read_source(workbook({"Orders": rows}), "orders.xlsx", shop=7, now=NOW).orders
    assert str(value(order, PRICE)) == "1.234"
    assert ("confirm_price", PRICE) not in errors(order)
