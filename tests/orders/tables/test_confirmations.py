"""What a confirmation of a guess is good for: a later file with the same columns, or this file only."""

import pytest
from order_files import NOW

from tui.orders.parsed import GuessKind, ParsedFile
from tui.orders.tables.mapping import ColumnMapping
from tui.work.file_import.reader import TableSource, open_source, read_source, read_table

HEADER = "Order number;Name;Street;Zip;City;Country;Item;Qty;Line total"
PLACE = "Rita;Lieferweg 3;04109;Leipzig;DE;Candle;2;7.00"


def confirmed_in(header: str, row: str) -> tuple[ColumnMapping, ParsedFile]:
    """The mapping as it is stored after all guesses about a file were confirmed, and the file read with it."""
    source = open_source(f"{header}\n{row}\n", "first.csv")
    assert isinstance(source, TableSource)
    mapping = source.mapping
    for guess in read_table(source, shop=7, now=NOW).guesses:
        mapping = mapping.with_accepted(guess, is_accepted=True)
    read = read_table(TableSource(source.name, source.data, source.table, mapping), shop=7, now=NOW)
    stored = ColumnMapping.from_json(mapping.to_json())
    assert stored is not None
    return stored, read


def held(mapping: ColumnMapping, header: str, row: str) -> list[str]:
    parsed = read_source(f"{header}\n{row}\n".encode(), "next.csv", shop=7, mapping=mapping, now=NOW)
    return [problem.code for order in parsed.orders for problem in order.problems if "confirm_" in problem.code]


@pytest.mark.parametrize(
    ("column", "first", "same", "other"),
    [
        ("Status", "Ready 4 pick", "Ready 4 pick", "Quarantine"),
        ("Payment status", "Invoice 14", "Invoice 14", "Quarantine"),
    ],
)
def test_unknown_word_is_asked_about_once(column: str, first: str, same: str, other: str) -> None:
    header = f"{HEADER};{column}"
    mapping, read = confirmed_in(header, f"1;{PLACE};{first}")
    assert not [problem for problem in read.orders[0].problems if "confirm_" in problem.code]
    assert held(mapping, header, f"2;{PLACE};{same}") == []
    assert held(mapping, header, f"2;{PLACE};{other}") == ["confirm_status"]
    assert held(mapping, header, f"2;{PLACE};cancelled") == ["confirm_cancelled"]


@pytest.mark.parametrize("status", ["cancelled", "Refunded", "Versendet", "On hold", "Pending payment"])
def test_order_that_is_not_to_be_shipped_is_asked_about_in_each_file(status: str) -> None:
    header = f"{HEADER};Status"
    mapping, read = confirmed_in(header, f"1;{PLACE};{status}")
    assert not [problem for problem in read.orders[0].problems if "confirm_" in problem.code]
    assert "confirm_cancelled" in held(mapping, header, f"2;{PLACE};{status}")


@pytest.mark.parametrize(
    ("column", "value"), [("Alternative city", "Bonn"), ("Qty on order", "9"), ("Unit price", "1,250")]
)
def test_what_columns_mean_is_remembered(column: str, value: str) -> None:
    header = f"{HEADER.removesuffix(';Line total')};{column}"
    place = PLACE.removesuffix(";7.00")
    plain = open_source(f"{header}\n1;{place};{value}\n", "first.csv")
    assert isinstance(plain, TableSource)
    assert read_table(plain, shop=7, now=NOW).guesses
    mapping, _ = confirmed_in(header, f"1;{place};{value}")
    assert held(mapping, header, f"2;{place};{value.replace('1', '2')}") == []


def test_other_reading_of_thousands_is_asked_about_again() -> None:
    header = f"{HEADER.removesuffix(';Line total')};Unit price"
    place = PLACE.removesuffix(";7.00")
    mapping, _ = confirmed_in(header, f"1;{place};1,250")
    assert held(mapping, header, f"2;{place};1.250") == ["confirm_price"]


def test_damaged_value_is_asked_about_in_each_file() -> None:
    header = f"{HEADER};House number"
    mapping, _ = confirmed_in(header, f"1;{PLACE};05-Mar")
    assert held(mapping, header, f"2;{PLACE};05-Mar") == ["confirm_address"]


def test_confirmation_is_taken_back() -> None:
    source = open_source(f"{HEADER};Status\n1;{PLACE};Quarantine\n", "first.csv")
    assert isinstance(source, TableSource)
    (guess,) = read_table(source, shop=7, now=NOW).guesses
    assert guess.kind is GuessKind.STATUS
    mapping = source.mapping.with_accepted(guess, is_accepted=True)
    assert mapping.accepts(guess)
    assert not mapping.with_accepted(guess, is_accepted=False).accepts(guess)
