"""Tables of orders as spreadsheets, shops and scripts export them."""

import csv
import io
import random
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

SERVICE = (
    "Customer name",
    "Company name",
    "Street name",
    "House number",
    "Postal code",
    "City",
    "Country code",
    "Email",
    "Order reference",
    "Item name",
    "SKU",
    "Quantity",
    "Item value",
    "Weight",
    "HS code",
    "Country of origin",
)
"""The column names of the service's own CSV import."""

_PEOPLE = ("Jan Kühn", "Fatma Demir", "Els Peeters", "Noé Girard", "Zofia Nowak", "Ömer Şahin")
_PLACES = (
    ("Hauptstr.", "01067", "Dresden", "DE"),
    ("Damrak", "1012 LG", "Amsterdam", "NL"),
    ("Kerkstraat", "9000", "Gent", "BE"),
    ("Rue du Bac", "75007", "Paris", "FR"),
)


def rows(count: int, *, decimal: str = ".", per_order: int = 1, seed: int = 1) -> list[list[str]]:
    """A header and `count` rows of orders, `per_order` for each order."""
    rng = random.Random(seed)
    table = [list(SERVICE)]
    for number in range(count):
        order = number // per_order
        street, postcode, city, country = _PLACES[order % len(_PLACES)]
        table.append(
            [
                _PEOPLE[order % len(_PEOPLE)],
                "",
                street,
                str(order % 90 + 1),
                postcode,
                city,
                country,
                f"kunde{order}@example.com",
                f"BO-{order:05}",
                f"Mug {number % 7}",
                f"MUG-{number % 7}",
                str(rng.randint(1, 4)),
                f"{rng.randint(100, 9999) / 100:.2f}".replace(".", decimal),
                "0.5".replace(".", decimal),
                "6912.00",
                "NL",
            ]
        )
    return table


def text(table: Sequence[Sequence[str]], delimiter: str = ",", end: str = "\r\n") -> str:
    """A table as delimited text, quoted where needed."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(table)
    return out.getvalue()


def workbook(sheets: dict[str, Sequence[Sequence[str | float | bool | None]]]) -> bytes:
    """A minimal .xlsx file: inline texts, numbers, and no cell for None."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    packages = "http://schemas.openxmlformats.org/package/2006"
    numbers = range(1, len(sheets) + 1)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{packages}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        + "".join(f'<Override PartName="/xl/worksheets/s{n}.xml" ContentType="{kind}.worksheet+xml"/>' for n in numbers)
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{packages}/relationships">'
        f'<Relationship Id="r" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>'
        + "".join(
            f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in zip(numbers, sheets, strict=True)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{packages}/relationships">'
        + "".join(
            f'<Relationship Id="r{n}" Type="{relations}/worksheet" Target="worksheets/s{n}.xml"/>' for n in numbers
        )
        + "</Relationships>",
    }
    for n, sheet in zip(numbers, sheets.values(), strict=True):
        lines = (f"<row>{''.join(_cell(value) for value in row)}</row>" for row in sheet)
        parts[f"xl/worksheets/s{n}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _cell(value: str | float | bool | None) -> str:
    match value:
        case None:
            return "<c/>"
        case bool():
            return f'<c t="b"><v>{int(value)}</v></c>'
        case str():
            return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        case _:
            return f"<c><v>{value!r}</v></c>"
