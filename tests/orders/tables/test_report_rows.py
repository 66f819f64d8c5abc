"""Tests for rows that are not data: titles, totals, record counts, repeated headers, second tables, summary rows."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from table_files import workbook

from tui.api.pointer import ABSENT, Pointer
from tui.orders.parsed import ParsedFile
from tui.orders.paths import ITEMS
from tui.orders.tables.text.report_rows import header_index, is_footer, is_header
from tui.work.file_import.reader import TableSource, open_source, read_source

FILES = Path(__file__).parents[2] / "fixtures" / "files"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHIP = Pointer.of("shipping_address")
TOTAL = Pointer.of("payment_details", "total_price", "value")
HEADER = "Order number;Name;Address;Postal code;City;Country;Item;Quantity;Price"
ROW = "A1;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Candle;2;10,00"


def read(*lines: str) -> ParsedFile:
    return read_source("\n".join(lines).encode(), "orders.csv", shop=7, now=NOW)


@pytest.mark.parametrize(
    "row",
    [
        "3;record(s) downloaded",
        "Seller ID : some-seller",
        "Total;;;;;;;3;25,00",
        ";;;;;;Total;3;25,00",
        "Summe;;;;;;;5;€ 12,00",
        ";;;;;;Gesamt;;10,00 EUR",
        "Gesamtergebnis;;;;;;;5",
        "1001 Ergebnis;;;;;;;5",
        "Total général;;;;;;;5;12,00",
        "Totaal:;;;;;;;12",
        "Suma;;;;;;;3;100,00",
        "Totale;;;;;;;3;100,00",
        "Razem;3 zamówienia;;;;;;;100,00 zł",
        "Łącznie;;;;;;;1",
        "Summa;;;;;;;3",
        "I alt;;;;;;;12",
        "Total geral;;;;;;;100",
        "Generated on 2026-08-01",
        "Erstellt am 01.08.2026 um 12:00",
        "Généré le 1/8/2026",
        "Geëxporteerd op 1-8-2026",
        "Generado el 1/8/2026",
        "Wygenerowano: 2026-08-01",
        "Exporterad 2026-08-02",
        "Anzahl Bestellungen: 3",
        "Nombre de commandes : 3",
        "Aantal bestellingen;3",
        "Number of orders;3",
        "Liczba zamówień: 4",
        "2 Datensätze exportiert",
        "End of report",
        "Page 1 of 3",
        "1;Datensätze heruntergeladen",
        "Verkäufername: example",
        "3;enregistrement(s) téléchargé(s)",
        "ID du vendeur : example",
        "Sklep: example.pl",
        "Total de 3 commandes",
        "All prices include value added tax.",
        "Währung: EUR",
    ],
)
def test_footers_are_ignored_with_a_note(row: str) -> None:
    result = read(HEADER, ROW, "", row)
    assert len(result.orders) == 1
    assert len(ITEMS.get(result.orders[0].document)) == 1  # type: ignore[arg-type]
    assert result.refused == ()
    assert [(entry.row, entry.reason) for entry in result.not_data] == [(4, "is a total, a count or a note")]
    assert any("1 row is not an order and was ignored: row 4" in note for note in result.notes)


def test_lines_are_ignored() -> None:
    result = read(HEADER, "-----;-----;-----", ROW, "====;;")
    assert [order.rows for order in result.orders] == [[3]]
    assert [entry.reason for entry in result.not_data] == ["is a line"] * 2


@pytest.mark.parametrize(
    "row",
    [
        "Total;Rita Getter;Lieferweg 3;04109;Leipzig;DE;Mug;1;5,00",
        "1005;;;;;;Total;1;5,00",
        "Summe;Max;Weg 3;53111;Bonn;DE;;;",
        "Generated on;Max;Weg 3;53111;Bonn;DE;Mug;1;5,00",
        "A2;Totaal BV;Weg 3;53111;Bonn;DE;Mug;1;5,00",
        "Total Wine;;;;;;Mug;1;5,00",
    ],
)
def test_a_row_that_may_be_an_order_is_kept(row: str) -> None:
    result = read(HEADER, ROW, row)
    assert len(result.orders) == 2
    assert result.not_data == ()


@pytest.mark.parametrize(
    "texts",
    [
        ["Order 5"],
        ["Samlet Hansen"],
        ["Fine"],
        ["Sum Ting", "Paris"],
        ["Store"],
        ["12", "10,00"],
        ["", "Mug", "2"],
        ["A1"],
    ],
)
def test_other_short_rows_are_no_footers(texts: list[str]) -> None:
    assert not is_footer(texts)


@pytest.mark.parametrize(
    "titles",
    [
        ["Orders of today"],
        ["", "Bestellungen August 2026"],
        ["Export;2026-08-01"],
        ["My shop", "Commandes du 1/8/2026", ""],
        [";;;;;;;;", "Zamówienia;;;;;;;;", "Sklep: example.pl;;;;;;;;"],
    ],
)
def test_titles_above_the_header_are_ignored(titles: list[str]) -> None:
    result = read(*titles, HEADER, ROW)
    [order] = result.orders
    assert order.rows == [len(titles) + 2]
    assert (SHIP / "city").get(order.document) == "Leipzig"
    assert result.refused == ()
    assert {entry.reason for entry in result.not_data} == {"is above the header"}


def test_row_above_the_header_that_looks_like_data_is_refused() -> None:
    result = read(ROW, HEADER, ROW.replace("A1", "A2"))
    assert [entry.row for entry in result.refused] == [1]


def test_titles_above_the_header_of_a_workbook_are_ignored() -> None:
    rows = [["Report"], [], ["made", "today"], HEADER.split(";"), ROW.split(";")]
    result = read_source(workbook({"Orders": rows}), "orders.xlsx", shop=7)
    assert [order.rows for order in result.orders] == [[5]]


def test_blank_rows_and_columns_are_no_part_of_the_table() -> None:
    blank = [f";{line.replace(';Name', ';;Name').replace(';Rita', ';;Rita')}" for line in (HEADER, ROW)]
    source = open_source("\n".join([blank[0], ";;;;", blank[1]]).encode(), "orders.csv")
    assert isinstance(source, TableSource)
    assert source.table.header == tuple(HEADER.split(";"))
    assert [row.number for row in source.table.rows] == [3]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;\r", "sep=;;;;"])
def test_separator_line_names_the_delimiter(line: str) -> None:
    result = read(line, HEADER, ROW)
    assert [order.rows for order in result.orders] == [[3]]
    assert result.refused == result.not_data == ()


def test_separator_line_decides_between_delimiters() -> None:
    source = open_source(b"sep=|\nOrder number,x|SKU,y\nA,1|B,2\n", "orders.csv")
    assert isinstance(source, TableSource)
    assert source.table.header == ("Order number,x", "SKU,y")


def test_repeated_header_is_ignored() -> None:
    result = read(HEADER, ROW, HEADER, ROW.replace("A1", "A2"))
    assert len(result.orders) == 2
    assert [(entry.row, entry.reason) for entry in result.not_data] == [(3, "repeats the header")]


@pytest.mark.parametrize("header", ["Name;City;Country", "Bestellnummer;Straße;PLZ;Ort", "Code postal;Ville;Pays"])
def test_rows_of_a_second_table_are_refused(header: str) -> None:
    result = read(HEADER, ROW, "", header, "Kim;Bonn;DE", "Jo;Köln;DE")
    assert [order.rows for order in result.orders] == [[2]]
    assert [entry.row for entry in result.refused] == [4, 5, 6]
    assert "second table, whose header is row 4" in result.refused[1].reason


def test_header_is_the_row_with_known_names() -> None:
    assert header_index([["Name", "City"], ["Kim", "Bonn"]]) == 0
    assert header_index([["Report"], ["Name", "City"]]) == 1
    assert header_index([["a", "b"], ["c", "d"]]) == 0
    assert is_header(["Name", "City", "Country"])
    assert not is_header(["Name", "Bonn", "Country"])


def test_summary_row_of_an_ebay_report_adds_no_item() -> None:
    result = read_source(FILES / "ebay-report-frame.csv", "ebay.csv", shop=7, now=NOW)
    [order] = result.orders
    items = ITEMS.get(order.document)
    assert [(item["name"], item["quantity"]) for item in items] == [("Brass lamp", 2), ("Shade", 1)]  # type: ignore[union-attr, index, call-overload]
    assert (ITEMS / 0 / "unit_price" / "value").get(order.document) == Decimal("10.00")
    assert TOTAL.get(order.document) == Decimal("27.99")
    assert (SHIP / "city").get(order.document) == "Leipzig"
    assert order.rows == [4, 5, 6]
    assert result.refused == ()


ARTICLES = "Bestellnummer;Name;Straße;PLZ;Ort;Land;Artikel;Menge;Gesamtpreis"


@pytest.mark.parametrize("place", [0, 2])
def test_summary_row_in_other_reports(place: int) -> None:
    lines = ["B7;;;;;;Lampe;2;20,00", "B7;;;;;;Schirm;1;5,00"]
    lines.insert(place, "B7;Rita;Weg 3;04109;Leipzig;DE;;3;27,99")
    [order] = read(ARTICLES, *lines).orders
    assert len(ITEMS.get(order.document)) == 2  # type: ignore[arg-type]
    assert TOTAL.get(order.document) == Decimal("27.99")
    assert (SHIP / "name").get(order.document) == "Rita"


def test_summary_row_without_a_quantity_adds_no_item() -> None:
    lines = ["B7;Rita;Weg 3;04109;Leipzig;DE;;;27,99", "B7;;;;;;Lampe;2;20,00"]
    [order] = read(ARTICLES, *lines).orders
    assert [item["name"] for item in ITEMS.get(order.document)] == ["Lampe"]  # type: ignore[union-attr, index, call-overload]
    assert TOTAL.get(order.document) == Decimal("27.99")


def test_rows_of_two_unnamed_items_are_kept() -> None:
    [order] = read(ARTICLES, "B7;Rita;Weg 3;04109;Leipzig;DE;Lampe;2;20,00", "B7;;;;;;;2;20,00").orders
    assert len(ITEMS.get(order.document)) == 2  # type: ignore[arg-type]


def test_row_without_an_item_name_is_an_item_if_its_quantity_is_no_sum() -> None:
    [order] = read(ARTICLES, "B7;Rita;Weg 3;04109;Leipzig;DE;;5;27,99", "B7;;;;;;Lampe;2;20,00").orders
    assert len(ITEMS.get(order.document)) == 2  # type: ignore[arg-type]
    assert (ITEMS / 0 / "name").get(order.document) is ABSENT


COMMA_HEADER = "Order number,Name,Address,House number,Postal code,City,Country,Item name,Quantity,Unit price\n"
COMMA_ROW = "A-{},Rita Getter,Lieferweg,3,04109,Leipzig,DE,Candle,{},10.00\n"


def test_sum_without_a_word_below_the_rows_is_no_item() -> None:
    data = COMMA_HEADER + COMMA_ROW.format(1, 1) + COMMA_ROW.format(2, 3) + ",,,,,,,,4,40.00\n"
    found = read_source(data.encode(), "orders.csv", shop=7)
    assert [len(order.document["order_details"]["order_items"]) for order in found.orders] == [1, 1]  # type: ignore[index,call-overload,arg-type]
    assert [entry.row for entry in found.not_data] == [4]


def test_item_without_a_name_that_is_no_sum_stays() -> None:
    data = COMMA_HEADER + COMMA_ROW.format(1, 1) + COMMA_ROW.format(2, 3) + ",,,,,,,,2,40.00\n"
    assert read_source(data.encode(), "orders.csv", shop=7).not_data == ()


@pytest.mark.parametrize("groups", ["Order,Recipient,,,,,,Item,,\n", "Bestellung,Empfänger,,,,,,Artikel,,\n"])
def test_names_of_groups_above_the_header_are_no_header(groups: str) -> None:
    found = read_source((groups + COMMA_HEADER + COMMA_ROW.format(1, 1)).encode(), "orders.csv", shop=7)
    assert [order.document["order_number"] for order in found.orders] == ["A-1"]


@pytest.mark.parametrize(
    ("number", "is_example"), [("e.g. 1001", True), ("z.B. 1001", True), ("Ejemplo 1", True), ("EX-1", False)]
)
def test_example_row_of_a_template_is_a_warning(number: str, is_example: bool) -> None:
    found = read_source((COMMA_HEADER + COMMA_ROW.format(1, 1).replace("A-1", number)).encode(), "orders.csv", shop=7)
    assert ("example_row" in [problem.code for problem in found.orders[0].problems]) is is_example
