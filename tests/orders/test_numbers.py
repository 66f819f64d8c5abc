"""Numbers of others: which ones are computed with. The others are shown and kept (test_odd_documents.py)."""

from decimal import Decimal

import pytest

from tui.api.codec import Json
from tui.orders.numbers import computable, computable_text, countable
from tui.work.file_import.reader import read_source
from tui.work.file_import.validate import entries_of

HEADINGS = "Order number;Order date;Name;Street;Postcode;City;Country;Item;Quantity;Price;Line total;Total;Weight"
ROW = "1001;2026-11-20;Jan;Lansdown Glade 15;5341XT;Oss;NL;Candle;2;3.50;7.00;9.00;0.4"
EXTREME = ("1e1000000", "1e999999999999999999999", "9" * 5000, "9" * 39, "0." + "1" * 5000, "1E+15", "NaN", "Infinity")


@pytest.mark.parametrize("value", [0, -3, Decimal("3.50"), Decimal("0.1000000000000000055"), Decimal("1E+3")])
def test_plain_numbers_are_computed_with(value: int | Decimal) -> None:
    assert computable(value) == computable_text(value) == value


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        "x",
        [],
        {},
        Decimal("1e15"),
        10**15,
        Decimal("1e1000000"),
        Decimal("-1e-1000000"),
        Decimal("9" * 4999),
    ],
)
def test_others_are_not(value: Json) -> None:
    assert computable(value) is computable_text(value) is None


def test_only_plain_texts_are_numbers() -> None:
    assert computable_text("-12.50") == Decimal("-12.50")
    assert [computable_text(text) for text in ("1e5", "1,5", "٣", "9" * 21, " 1")] == [None] * 5
    assert computable("12") is None


def test_pieces() -> None:
    assert [countable(value) for value in (3, -1, 10**14)] == [3, -1, 10**14]
    assert [countable(value) for value in (True, Decimal(3), "3", None, 10**15)] == [None] * 5


@pytest.mark.parametrize("text", EXTREME)
def test_extreme_cells_are_kept_as_they_are(text: str) -> None:
    for column in range(len(ROW.split(";"))):
        cells = ROW.split(";")
        cells[column] = text
        table = "\n".join([HEADINGS, ";".join(cells), ROW.replace("1001", "1002")])
        entries = entries_of(read_source(table.encode(), "orders.csv", shop=7))
        assert len(entries) == 2, HEADINGS.split(";")[column]
