"""Tests for workbooks: number formats, dates, errors, hidden sheets and rows."""

import io
import zipfile
from pathlib import Path

import pytest
from table_files import workbook

from tui.api.pointer import Pointer
from tui.orders.paths import ITEMS
from tui.orders.tables.layout import TableError
from tui.work.file_import.number_formats import parse_format
from tui.work.file_import.reader import TableSource, open_source, read_source
from tui.work.file_import.workbook import read_workbook

FILES = Path(__file__).parents[2] / "fixtures" / "files"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STYLES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"


def styled(cells: str, *codes: str, **changes: str) -> bytes:
    """A workbook with these rows, whose styles 1, 2, … have these number formats. `changes`: replaced in its parts."""
    formats = "".join(
        f'<numFmt numFmtId="{200 + place}" formatCode="{code.replace(chr(34), "&quot;")}"/>'
        for place, code in enumerate(codes)
    )
    styles = "".join(f'<xf numFmtId="{200 + place}"/>' for place in range(len(codes)))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook({"Orders": []}))) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode().replace("<sheetData></sheetData>", f"<sheetData>{cells}</sheetData>")
            if name.endswith("workbook.xml.rels"):
                end = "</Relationships>"
                part = part.replace(end, f'<Relationship Id="s" Type="{STYLES}" Target="styles.xml"/>{end}')
            for before, after in changes.items():
                part = part.replace(f"<{before}", after)
            new.writestr(name, part)
        new.writestr(
            "xl/styles.xml",
            f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellXfs><xf numFmtId="0"/>{styles}</cellXfs>'
            "</styleSheet>",
        )
    return made.getvalue()


def texts(data: bytes) -> list[list[str]]:
    return [list(row.cells) for row in read_workbook(data).rows]


@pytest.mark.parametrize(
    ("code", "number", "shown"),
    [
        ("00000", 4109, "04109"),
        ("00000;-00000", 4109, "04109"),
        ("00000\\-0000", 123456789, "12345-6789"),
        ("000 00", 4109, "041 09"),
        ('"D-"00000', 4109, "D-04109"),
        ("0# ## ## ## ##", 612345678, "06 12 34 56 78"),
        ("(###) ###-####", 2125551234, "(212) 555-1234"),
        ('"ORD-"0', 15, "ORD-15"),
        ("000", 4109, "4109"),
        ("0%", 0.19, "19%"),
        ("0.00%", 0.195, "19.5%"),
        ('0.0 "kg"', 0.5, "0.5 kg"),
        ('0" g"', 400, "400 g"),
        ("#,##0.00\\ [$€-407]", 10.5, "10.5 €"),
        ("[$€-2] #,##0.00", 1234.5, "1234.5 €"),
        ('#,##0.00 "€";[Red]-#,##0.00 "€"', 10, "10 €"),
    ],
)
def test_number_is_shown_by_its_format(code: str, number: float, shown: str) -> None:
    found = parse_format(code)
    assert found is not None
    assert found.shown(float(number)) == shown
    assert texts(styled(f'<row r="1"><c r="A1" s="1"><v>{number}</v></c></row>', code)) == [[shown]]


@pytest.mark.parametrize(
    "code",
    [
        "General",
        "0",
        "0.00",
        "#,##0",
        "#,##0.00",
        "@",
        "0.00E+00",
        "# ?/?",
        'd"." mmmm',
        "yyyy-mm-dd",
        "[h]:mm",
        '0 "Stück"',
        "",
    ],
)
def test_other_formats_leave_the_number(code: str) -> None:
    assert parse_format(code) is None


def test_number_that_needs_rounding_is_not_padded() -> None:
    assert texts(styled('<row r="1"><c r="A1" s="1"><v>4109.5</v></c></row>', "00000")) == [["4109.5"]]


def test_codes_of_a_workbook_keep_their_zeros() -> None:
    result = read_source(FILES / "xlsx-formats.xlsx", "orders.xlsx", shop=7)
    first, second = result.orders
    assert Pointer.of("shipping_address", "postal_code").get(first.document) == "04109"
    assert Pointer.of("shipping_address", "postal_code").get(second.document) == "04109"
    assert (ITEMS / 0 / "quantity").get(first.document) == 2


def test_columns_are_found_where_the_first_are_empty() -> None:
    cells = '<row r="3"><c r="B3"><v>1</v></c><c r="C3" s="1"><v>4109</v></c></row>'
    assert texts(styled(cells, "00000")) == [["1", "04109"]]


def test_errors_booleans_and_rich_texts() -> None:
    cells = (
        '<row r="1"><c r="A1" t="e"><v>#N/A</v></c><c r="B1" t="b"><v>1</v></c>'
        '<c r="C1" t="inlineStr"><is><r><t>Lief</t></r><r><t>erweg</t></r></is></c><c r="D1" t="e"><f>1/0</f>'
        "<v>#DIV/0!</v></c></row>"
    )
    assert texts(styled(cells)) == [["#N/A", "true", "Lieferweg", "#DIV/0!"]]


@pytest.mark.parametrize(("properties", "day"), [("", "2026-05-03"), ('<workbookPr date1904="1"/>', "2030-05-04")])
def test_dates_use_the_epoch_of_the_workbook(properties: str, day: str) -> None:
    data = styled('<row r="1"><c r="A1" s="1"><v>46145</v></c></row>', "dd/mm/yyyy", sheets=f"{properties}<sheets")
    assert texts(data) == [[day]]


def test_merged_cells_have_their_text_once() -> None:
    cells = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2"><c r="B2"><v>3</v></c></row>'
    data = styled(cells, **{"/sheetData>": '</sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells>'})
    assert texts(data) == [["1", "2"], ["", "3"]]


def test_hidden_sheets_are_not_read() -> None:
    table = [["Order number", "City", "SKU"], ["A1", "Bonn", "x"]]
    data = workbook({"Old": table, "Orders": [table[0], ["B1", "Bonn", "x"]]})
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'name="Old"', b'name="Old" state="hidden"'))
    source = open_source(made.getvalue(), "orders.xlsx")
    assert isinstance(source, TableSource)
    assert (source.table.layout.sheet, source.sheets) == ("Orders", ("Orders",))


def test_hidden_rows_are_read_with_a_note() -> None:
    table = workbook({"Orders": [["Order number", "City", "SKU"], ["A1", "Bonn", "x"], ["A2", "Bonn", "x"]]})
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(table)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            head, row, last = old.read(name).rpartition(b"<row>")
            new.writestr(name, head + (b'<row hidden="1">' if row else b"") + last)
    result = read_source(made.getvalue(), "orders.xlsx", shop=7)
    assert len(result.orders) == 2
    assert "1 row is hidden in the sheet, and is read too." in result.notes


@pytest.mark.parametrize("styles", [b"<styleSheet", b"\xff\xfe", b"<styleSheet><cellXfs><xf numFmtId='x'/></cellXfs>"])
def test_broken_styles_are_refused_with_a_sentence(styles: bytes) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(styled('<row r="1"><c r="A1"><v>1</v></c></row>'))) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(made, "w") as new:
        for name, part in (parts | {"xl/styles.xml": styles}).items():
            new.writestr(name, part)
    with pytest.raises(TableError, match="cannot be read"):
        read_workbook(made.getvalue())
