"""Sources of any kind are recognised by their content; ImportFileError is the only error for unreadable ones."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sandbox_harness import order
from table_files import rows, text, workbook

from tui.api.pointer import Pointer
from tui.orders.parsed import GuessKind
from tui.orders.paths import ITEMS
from tui.orders.progress import Progress
from tui.orders.tables.mapping import SHOP_PATH
from tui.orders.tables.table import MAX_ROWS
from tui.work.file_import.json_reader import MAX_ORDERS_PER_FILE, ImportFileError
from tui.work.file_import.reader import (
    ImportStopped,
    TableSource,
    open_source,
    read_source,
    read_table,
    refused_csv,
    with_layout,
)

TABLE = rows(4, per_order=2)


def test_format_is_detected_from_content_not_name() -> None:
    documents = [order(order_id="A"), order(order_id="B")]
    sources = {
        "json": json.dumps(documents).encode(),
        "lines": "\n".join(json.dumps(document) for document in documents).encode(),
        "csv": text(TABLE).encode(),
        "tsv": text(TABLE, "\t").encode("utf-16"),
        "xlsx": workbook({"Orders": TABLE}),
    }
    for name, data in sources.items():
        assert len(read_source(data, "orders.txt", shop=7).orders) == 2, name


def test_missing_file_and_directory_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_bytes(text(TABLE).encode())
    assert len(read_source(path, path.name, shop=7).orders) == 2
    with pytest.raises(ImportFileError, match="is a directory"):
        read_source(tmp_path, "x")
    with pytest.raises(ImportFileError, match="There is no file"):
        read_source(tmp_path / "gone.csv", "gone.csv")


def test_cover_sheet_is_skipped() -> None:
    title_rows = [["Export", "of today"], ["made by", "the shop"]]
    opened = open_source(workbook({"Cover": title_rows, "Orders": TABLE, "More": TABLE}), "orders.xlsx")
    assert isinstance(opened, TableSource)
    assert opened.table.layout.sheet == "Orders"
    # If no sheet has known columns the first one is used; `t` shows the others.
    opened = open_source(workbook({"Cover": title_rows, "Notes": [["a", "b"], ["c", "d"]]}), "orders.xlsx")
    assert isinstance(opened, TableSource)
    assert opened.table.layout.sheet == "Cover"


def test_workbook_keeps_numbers_and_uses_the_first_sheet_with_data() -> None:
    header = ["Order number", "EAN", "Postal code", "Country", "Quantity", "Price", "Item name"]
    data = workbook({"Empty": [], "Orders": [header, ["A", 8712345678906.0, 1067.0, "DE", 2.0, 12.5, "Mug"]]})
    source = open_source(data, "orders.xlsx")
    assert isinstance(source, TableSource)
    assert (source.table.layout.sheet, source.sheets) == ("Orders", ("Empty", "Orders"))
    [arrival] = read_table(source, shop=7).orders
    [item] = ITEMS.get(arrival.document)  # type: ignore[misc, union-attr]
    assert item["ean"] == "8712345678906"  # type: ignore[index, call-overload]
    assert item["quantity"] == 2  # type: ignore[index, call-overload]
    assert arrival.cells[ITEMS / 0 / "ean"] == (2, "EAN")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"\0\1\2\3", "binary"),
        (b"PK\x03\x04 cut off", "damaged or cut off"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "spreadsheet cannot be read"),
        (b"{", "not JSON"),
        (b"x;y\n1;2\n", "No column"),
        (b"Order number,SKU\n", "no rows"),
        (b"Order number\n" + b"1\n" * 60_000, "Split it into parts"),
    ],
)
def test_unusable_input_is_refused_with_a_sentence(data: bytes, text: str) -> None:
    with pytest.raises(ImportFileError, match=text):
        read_source(data, "orders.csv")


def with_distant_cell(cell: str) -> bytes:
    """Return a workbook with an additional row of this cell; style 1 formats a duration in hours."""
    main, buffer = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", io.BytesIO()
    relation = '<Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"'
    with zipfile.ZipFile(io.BytesIO(workbook({"Orders": TABLE}))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode().replace("</sheetData>", f"{cell}</sheetData>")
            if name.endswith("workbook.xml.rels"):
                part = part.replace("</Relationships>", f'{relation} Target="styles.xml"/></Relationships>')
            new.writestr(name, part)
        new.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="46"/></cellXfs></styleSheet>',
        )
    return buffer.getvalue()


def test_huge_duration_does_not_crash() -> None:
    with pytest.raises(ImportFileError, match="too many days"):
        read_source(with_distant_cell('<row r="9"><c r="A9" s="1"><v>1e300</v></c></row>'), "orders.xlsx")


@pytest.mark.parametrize(
    "cell",
    [
        '<row r="50000"><c r="XFD50000"><v>1</v></c></row>',
        "<row><c s='1' r = 'xfd9999' t='n'><v>1</v></c></row>",
        '<row><c r="ZZZZZZZ99999999999"><v>1</v></c></row>',
        f'<row r="50000">{"<c><v>1</v></c>" * 300}</row>',
        f'{" " * (2**20 - 900)}<row r="50000"><c r="XFD50000">{" " * 2000}<v>1</v></c></row>',
    ],
    ids=["far", "quotes", "no place", "no names", "between"],
)
def test_distant_cell_does_not_exhaust_memory(cell: str) -> None:
    with pytest.raises(ImportFileError, match="too far"):
        read_source(with_distant_cell(cell), "orders.xlsx")


def test_distant_formatted_cells_are_ignored() -> None:
    empty_cells = '<row r="50000"><c r="XFD50000" s="1"/></row><row r="1048576"><c r="XFD1048576" s="1"></c></row>'
    assert len(read_source(with_distant_cell(empty_cells), "orders.xlsx", shop=7).orders) == 2


def test_zip_bomb_is_refused() -> None:
    data = workbook({"Orders": [["Order number"], ["x" * 100_000]]})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = archive.getinfo("xl/worksheets/s1.xml").file_size
    with pytest.raises(ImportFileError, match="damaged"):
        read_source(data.replace(size.to_bytes(4, "little"), (2000).to_bytes(4, "little")), "orders.xlsx")


OVER = [
    *rows(MAX_ORDERS_PER_FILE),
    ["", "", "", "", "", "", "", "", "BO-00000", "Plate"],
    *rows(MAX_ORDERS_PER_FILE + 1200)[MAX_ORDERS_PER_FILE + 1 :],
]
JSON_LINES = b'{"order_id":"A"}\n' * (MAX_ORDERS_PER_FILE + 5)


@pytest.mark.parametrize(
    ("data", "text", "read_count"),
    [
        (
            text(OVER).encode(),
            f"over 10,000 orders; row {MAX_ORDERS_PER_FILE + 3:,} begins the next part. Split it there",
            MAX_ORDERS_PER_FILE,
        ),
        (
            b"[" + b'{"order_id":"A"},' * MAX_ORDERS_PER_FILE + b"{}]",
            "It has 10,001 orders; at most 10,000 are imported at once. Split it",
            None,
        ),
        (JSON_LINES, "It has about 10,006 orders; at most 10,000 are imported at once. Split it", None),
        (
            workbook({"Orders": rows(MAX_ORDERS_PER_FILE + 1)}),
            "over 10,000 orders; row 10,002 begins the next part",
            MAX_ORDERS_PER_FILE,
        ),
    ],
    ids=["csv", "json", "json lines", "xlsx"],
)
def test_too_many_orders_stop_reading(data: bytes, text: str, read_count: int | None) -> None:
    seen: list[tuple[int, int]] = []
    with pytest.raises(ImportFileError, match=text):
        read_source(data, "orders", shop=7, progress=lambda now: seen.append((now.done, now.total)))
    if read_count is not None:
        assert seen[-1][0] == read_count


def test_too_many_rows_stop_reading() -> None:
    data = ("Order number\n" + "1\n" * 700_000).encode()
    seen: list[int] = []
    with pytest.raises(
        ImportFileError, match=r"about 700,001 rows; at most 50,000 are imported at once\. Split it into parts"
    ):
        read_source(data, "orders.csv", progress=lambda now: seen.append(now.done))
    assert max(seen) <= MAX_ROWS + 500


def test_equal_cells_are_read_alike_in_every_format() -> None:
    table = [*rows(3), [*rows(4)[4][:6], "France", *rows(4)[4][7:]]]
    for place in (1, 2):
        table[place][6] = "Deutschland"
    table[3][11], table[4][11] = "two", "two"
    found = read_source(text(table).encode(), "x", shop=7).orders
    countries = [Pointer.of("shipping_address", "country_code").get(order.document) for order in found]
    assert countries == ["DE", "DE", "BE", "FR"]
    assert [bool(order.problems) for order in found] == [False, False, True, True]
    assert [order.problems[0].pointer for order in found[2:]] == [ITEMS / 0 / "quantity"] * 2


def test_default_shop_applies_to_orders_without_one() -> None:
    bare: dict[str, Any] = order(order_id="A")
    del bare["order_details"]["integration"]
    with_shop_name = order(order_id="B")
    found = read_source(json.dumps([bare, with_shop_name]).encode(), "x", shop=4711).orders
    shops = [Pointer(SHOP_PATH).get(order.document) for order in found]
    assert shops == [4711, Pointer(SHOP_PATH).get(with_shop_name)]
    assert shops[0] != shops[1]


def test_refused_rows_are_exported_with_reasons_and_can_be_read_again() -> None:
    table = [*TABLE, [*TABLE[1][:8], "X", *TABLE[1][9:], "=extra"]]
    parsed_file = read_source(text(table).encode(), "orders.csv", shop=7)
    assert [(refusal.row, refusal.place) for refusal in parsed_file.refused] == [(6, "row 6")]
    written = refused_csv(parsed_file)
    assert b"has 17 cells, but the header has 16" in written
    assert b",'=extra," in written
    back = read_source(written, "refused.csv", shop=7)
    assert len(back.orders) == 1
    assert back.unmapped == ("more 1", "row", "reason")


def test_saved_mapping_applies_to_its_columns_only() -> None:
    source = open_source(b"a;b\n1;2\n", "x")
    assert isinstance(source, TableSource)
    mapping = replace(source.mapping.with_path(0, ("order_number",)), name="mine")
    parsed_file = read_source(b"b;a\n2;1\n", "x", known=[mapping], shop=7)
    assert parsed_file.orders[0].document["order_number"] == "1"
    with pytest.raises(ImportFileError, match="mine is for other columns"):
        read_source(b"c;d\n2;1\n", "x", mapping=mapping)


def test_changed_layout_rereads_the_file_and_keeps_the_mapping() -> None:
    source = open_source(b"Order number;Price;Foo\nA;1.234;x\n", "x")
    assert isinstance(source, TableSource)
    source = replace(source, mapping=source.mapping.with_path(2, ("order_id",)))
    comma = with_layout(source, replace(source.table.layout, decimal=","))
    assert comma.mapping.paths[2] == ("order_id",)
    price = ITEMS / 0 / "unit_price" / "value"
    assert price.get(read_table(comma, shop=7).orders[0].document) == 1234


def test_progress_is_reported_and_can_stop_reading() -> None:
    data, seen = text(rows(3000)).encode(), list[tuple[int, int]]()
    read_source(data, "x", shop=7, progress=lambda now: seen.append((now.done, now.total)))
    assert seen[-1] == (3000, 3000)

    def stop(_: Progress) -> None:
        raise ImportStopped("stopped")

    with pytest.raises(ImportStopped):
        read_source(data, "x", shop=7, progress=stop)


@settings(max_examples=200)
@given(
    st.binary(max_size=200)
    | st.text(alphabet="ab,;\t|\"'\n\r=1{}[]", max_size=80).map(str.encode)
    | st.text(max_size=60).map(lambda body: f"Order number,Quantity,Order date\n{body}".encode(errors="replace"))
    | st.binary(max_size=60).map(lambda body: b"PK\x03\x04" + body)
)
def test_any_bytes_are_orders_or_an_import_error(data: bytes) -> None:
    try:
        parsed_file = read_source(data, "any", shop=7)
    except ImportFileError:
        return
    assert len(parsed_file.orders) + len(parsed_file.refused) > 0 or parsed_file.header


MAC = "Order number;Name;City;SKU\nA1;Jürg Größe;Köln;x\nA2;Rita;Bonn;y\n".encode("mac_roman")


def test_guessed_encoding_holds_the_orders_with_such_letters() -> None:
    result = read_source(MAC, "orders.csv", shop=7)
    held = [[problem.code for problem in one.problems if problem.code == "confirm_encoding"] for one in result.orders]
    assert held == [["confirm_encoding"], []]
    assert Pointer.of("shipping_address", "name").get(result.orders[0].document) == "Jürg Größe"
    [guess] = [guess for guess in result.guesses if guess.kind is GuessKind.ENCODING]
    assert guess.text == 'The letters of the file were read as Mac Roman, for example "Jürg", "Größe", "Köln".'
    assert "It was read as Mac Roman." in result.notes


def test_confirmed_or_chosen_encoding_is_no_guess() -> None:
    accepted = read_source(MAC, "orders.csv", shop=7, accepted=[GuessKind.ENCODING])
    named = read_source(MAC, "orders.csv", shop=7, encoding="mac_roman")
    source = open_source(MAC, "orders.csv")
    assert isinstance(source, TableSource)
    dos = read_table(with_layout(source, replace(source.table.layout, encoding="cp850")), shop=7)
    same = read_table(with_layout(source, replace(source.table.layout, decimal=",")), shop=7)
    held = [
        any("letters of the file were read as" in problem.detail for one in found.orders for problem in one.problems)
        for found in (accepted, named, dos, same)
    ]
    assert held == [False, False, False, True]
    assert Pointer.of("shipping_address", "city").get(named.orders[0].document) == "Köln"
    assert "It was read as DOS CP850." in dos.notes
    # The wrong choice is still noticed by the words that it makes.
    assert "damaged letters" in [problem.title for problem in dos.orders[0].problems]


def test_encoding_saved_with_a_mapping_is_used_again() -> None:
    source = open_source(MAC, "orders.csv", encoding="cp850")
    assert isinstance(source, TableSource)
    saved = replace(source.mapping, name="mine")
    again = open_source(MAC, "orders.csv", known=[saved])
    assert isinstance(again, TableSource)
    assert again.table.layout.encoding == "cp850"
    assert again.table.encoding_guess == ""


def test_windows_1252_is_reported_and_is_no_guess() -> None:
    data = "Order number;Name;City;SKU\nA1;Jürg Größe;Köln;x\n".encode("cp1252")
    result = read_source(data, "orders.csv", shop=7)
    assert result.guesses == ()
    assert "It was read as Windows-1252." in result.notes
    assert read_source(data.decode("cp1252").encode(), "orders.csv", shop=7).notes == ()


@pytest.mark.parametrize(
    ("member", "value", "kind"),
    [
        ("house_number", "03. Mai", GuessKind.ADDRESS),
        ("postal_code", "4109", GuessKind.ADDRESS),
        ("phone_number", "4,91761E+11", GuessKind.ADDRESS),
    ],
)
def test_damaged_value_in_json_holds_the_order_until_it_is_confirmed(member: str, value: str, kind: GuessKind) -> None:
    document = order()
    document["shipping_address"] = {**document["shipping_address"], "country_code": "DE", member: value}
    data = json.dumps([document]).encode()
    pointer = Pointer.of("shipping_address", member)
    [held] = read_source(data, "orders.json").orders
    assert [one.pointer for one in held.problems if one.code == f"confirm_{kind}"] == [pointer]
    [accepted] = read_source(data, "orders.json", accepted=[kind]).orders
    assert pointer not in [one.pointer for one in accepted.problems]
    assert pointer in accepted.derived


def test_number_of_a_workbook_has_at_most_15_digits() -> None:
    table = [["Order number", "Item name", "Unit price"], ["A-1", "Mug", 10.1 + 0.2]]
    [found] = read_source(workbook({"Orders": table}), "orders.xlsx").orders
    assert str((ITEMS / 0 / "unit_price" / "value").get(found.document)) == "10.3"
