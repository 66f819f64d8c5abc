"""The rows of a table: its header, the rows below it, and the rows that are not data."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui.orders.progress import OnProgress, Progress
from tui.orders.tables.cells import cell_text
from tui.orders.tables.layout import TableError, TableLayout, read_rows
from tui.orders.tables.text.mojibake import repaired
from tui.orders.tables.text.report_rows import HEADER_ROWS, header_index

MAX_ROWS: Final = 50_000
"""The maximum number of rows of a table."""
MAX_COLUMNS: Final = 500
SAMPLE_ROWS: Final = 5000
"""The number of rows that are used to determine what a column is."""
_PROGRESS_INTERVAL = 500


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of cell texts. `number`: its row number in a spreadsheet, from 1.

    `numbers`: the indexes of the cells that a spreadsheet stores as numbers with decimals, so that `1.234` is not 1234.
    """

    number: int
    cells: Sequence[str]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a file: unique column names and the rows below the header."""

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    layout: TableLayout
    above: tuple[TableRow, ...] = ()
    """Rows above the header, such as titles."""
    named: tuple[str, ...] = ()
    """The header as written, with duplicate and empty names."""
    encoding_guess: str = ""
    """How the letters were read, as a sentence, if that is a guess."""
    notes: tuple[str, ...] = ()
    """Sentences about how the file was read."""


def parse_table(text: str, layout: TableLayout, progress: OnProgress | None = None) -> Table:
    """Parse a table. Raises TableError if it has no rows, or too many."""
    rows: list[TableRow] = []
    guess = max(text.count("\n"), 1) if progress is not None else 0
    for number, cells in read_rows(text, layout):
        rows.append(TableRow(number, cells))
        if len(rows) > MAX_ROWS + 1:
            raise TableError(_too_many(text.count("\n")))
        if progress is not None and number % _PROGRESS_INTERVAL == 0:
            progress(Progress(number, guess))
    return with_header(rows, layout)


def with_header(rows: Sequence[TableRow], layout: TableLayout) -> Table:
    """Split rows into header and body. Raises TableError if nothing is left."""
    if not rows:
        raise TableError("It is empty.")
    if len(rows) > MAX_ROWS + 1:
        raise TableError(_too_many(len(rows)))
    index = header_index([row.cells for row in rows[:HEADER_ROWS]]) if layout.header else 0
    above, rows = rows[:index], rows[index:]
    width = max(len(trimmed(row.cells)) for row in (rows if not layout.header else rows[:1]))
    if layout.header:
        # A column without a name counts if a row has a cell in it.
        width = max(width, min(len(rows[0].cells), max(len(trimmed(row.cells)) for row in rows)))
    if width > MAX_COLUMNS:
        raise TableError(f"It has {width} columns; at most {MAX_COLUMNS} are read. Is the delimiter right?")
    if not layout.header:
        return Table(tuple(f"column {column_letters(index)}" for index in range(width)), tuple(rows), layout)
    if len(rows) == 1:
        raise TableError("It has a header and no rows below it.")
    blank = _blank_columns(rows, width)
    if blank:
        rows = [_without(row, blank) for row in rows]
    # Damaged letters of a name are repaired, because it only has to be recognised.
    names = [repaired(cell_text(cell)[:200]) for cell in rows[0].cells[: width - len(blank)]]
    return Table(_unique_names(names), tuple(rows[1:]), layout, tuple(above), tuple(names))


def _blank_columns(rows: Sequence[TableRow], width: int) -> list[int]:
    """The columns that have neither a name nor a cell."""
    blank = [index for index, cell in enumerate(rows[0].cells[:width]) if not cell.strip()]
    for row in rows:
        if not blank:
            break
        blank = [index for index in blank if index >= len(row.cells) or not row.cells[index].strip()]
    return blank


def _without(row: TableRow, columns: Sequence[int]) -> TableRow:
    cells = [cell for index, cell in enumerate(row.cells) if index not in columns]
    return TableRow(row.number, cells, tuple(index - bisect(columns, index) for index in row.numbers))


def column_letters(column: int) -> str:
    """The letters of a column index in a spreadsheet: A, B, … Z, AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def _too_many(count: int) -> str:
    return f"It has about {count:,} rows; at most {MAX_ROWS:,} are imported at once. Split it into parts, each with the header."


def trimmed(cells: Sequence[str]) -> Sequence[str]:
    """The cells without empty ones at the end."""
    length = len(cells)
    while length and not cells[length - 1].strip():
        length -= 1
    return cells[:length]


def _unique_names(names: list[str]) -> tuple[str, ...]:
    """Make column names unique: empty ones get their letter, a second `Name` becomes `Name (2)`."""
    found: list[str] = []
    seen: set[str] = set()
    for index, name in enumerate(names):
        base = own = name or f"column {column_letters(index)}"
        times = 1
        while own in seen:
            times += 1
            own = f"{base} ({times})"
        seen.add(own)
        found.append(own)
    return tuple(found)
