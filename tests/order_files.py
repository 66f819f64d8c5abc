"""Reads tables of orders as a file is read, for tests of what their orders mean."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tui.api.errors import Severity
from tui.api.pointer import Pointer
from tui.orders.parsed import GuessKind, ParsedFile, ParsedOrder
from tui.work.file_import.reader import read_source

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
FILES = Path(__file__).parent / "fixtures" / "files"

ADDRESS = {
    "Name": "Rita Getter",
    "Address": "Lieferweg",
    "House number": "3",
    "Postal code": "04109",
    "City": "Leipzig",
    "Country": "DE",
}


def read_rows_of(*rows: dict[str, str], accept: Sequence[GuessKind] = (), address: bool = True) -> ParsedFile:
    """Read rows, each with an address unless it says otherwise. The header has the names of all of them."""
    whole = [{**(ADDRESS if address else {}), **row} for row in rows]
    header = list(dict.fromkeys(name for row in whole for name in row))
    lines = [header, *([row.get(name, "") for name in header] for row in whole)]
    text = "\n".join("\t".join(cells) for cells in lines)
    return read_source(text.encode(), "orders.tsv", shop=7, accepted=accept, now=NOW)


def read_case(name: str, accept: Sequence[GuessKind] = ()) -> ParsedFile:
    return read_source(FILES / name, name, shop=7, accepted=accept, now=NOW)


def errors(order: ParsedOrder) -> list[tuple[str, str]]:
    """The code and pointer of the problems that hold an order."""
    return [(one.code, str(one.pointer)) for one in order.problems if one.severity is Severity.ERROR]


def warnings(order: ParsedOrder) -> list[tuple[str, str]]:
    return [(one.code, str(one.pointer)) for one in order.problems if one.severity is Severity.WARNING]


def value(order: ParsedOrder, path: str) -> object:
    return Pointer.parse(path).get(order.document)
