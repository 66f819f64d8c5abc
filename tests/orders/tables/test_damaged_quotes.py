"""Tests for delimited text whose quotes, line ends or characters are damaged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.orders.tables.layout import TableLayout, detect_layout, read_rows
from tui.orders.tables.text.damaged_quotes import read_damaged_records
from tui.work.file_import.reader import TableSource, open_source, read_source


def cells(text: str) -> list[list[str]]:
    return [row for _, row in read_rows(text, detect_layout(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a;b;c\n1;"x;y";3\n2;"open;4\n3;"q""q";5\n', [["1", "x;y", "3"], ["2", '"open', "4"], ["3", 'q"q', "5"]]),
        (
            'a,b,c\n1,"x,y",3\n2,3" pipe,4\n3,"3" pipe",5\n4,"two\nlines",6\n',
            [["1", "x,y", "3"], ["2", '3" pipe', "4"], ["3", '"3" pipe"', "5"], ["4", "two\nlines", "6"]],
        ),
        (
            'a;b;c\n1;"open;2\n3;"open too;4\n5;"x;y";6\n',
            [["1", '"open', "2"], ["3", '"open too', "4"], ["5", "x;y", "6"]],
        ),
        ("a;b;c\r1;Weg 3, links;3,00\r2;x, y, z;4,50\r", [["1", "Weg 3, links", "3,00"], ["2", "x, y, z", "4,50"]]),
        (
            "a;b;c\n1;Weg 3, links, oben;3,00\n2;x, y, z;4,50\n",
            [["1", "Weg 3, links, oben", "3,00"], ["2", "x, y, z", "4,50"]],
        ),
        ("a\tb, c\td\n1\tx, y\t2\n", [["1", "x, y", "2"]]),
        ('a,b\n1,"say ""hi"", twice"\n', [["1", 'say "hi", twice']]),
    ],
    ids=["open quote", "stray quotes", "two open quotes", "CR", "commas in addresses", "tabs", "doubled quotes"],
)
def test_damage_in_a_cell_does_not_reach_others(text: str, expected: list[list[str]]) -> None:
    assert cells(text)[1:] == expected


def test_intact_cells_with_line_breaks_are_kept() -> None:
    text = 'a,b\n"1\n2",x\n3,"y"z"\n'
    assert list(read_damaged_records(text, ",", '"')) == [["a", "b"], ["1\n2", "x"], ["3", '"y"z"']]


def test_nul_bytes_are_ignored_with_a_note() -> None:
    data = "Order number;City;SKU\nA1;Bo\0nn;x\nA2;Köln;y\n".encode() + b"\0"
    result = read_source(data * 1, "orders.csv", shop=7)
    assert [order.document["shipping_address"]["city"] for order in result.orders] == ["Bonn", "Köln"]  # type: ignore[index, call-overload]
    assert "2 NUL characters in it are ignored." in result.notes


def test_tabs_in_a_file_named_csv_are_delimiters() -> None:
    source = open_source(b"Order number\tSKU, own\nA\tx, y\n", "orders.csv")
    assert isinstance(source, TableSource)
    assert source.table.layout.delimiter == "\t"


@given(st.text(alphabet='ab,;"\n\r \t', max_size=60))
def test_every_character_but_quotes_and_delimiters_is_kept(text: str) -> None:
    records = [cells for _, cells in read_rows(text, TableLayout())]
    assert "".join(cell for cells in records for cell in cells).count("a") == text.count("a")


@given(st.lists(st.text(alphabet='ab "', max_size=8), min_size=2, max_size=4))
def test_a_stray_quote_never_joins_rows(row: list[str]) -> None:
    lines = [",".join("xyz"[: len(row)] + "w" * 0 for _ in row), ",".join(row), ",".join("c" for _ in row)]
    last = list(read_damaged_records("\n".join(lines), ",", '"'))[-1]
    assert last[-1].strip('" ').endswith("c")
