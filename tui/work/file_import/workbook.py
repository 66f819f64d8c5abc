"""Reads a spreadsheet file as rows of text: numbers unrounded, or as their format shows codes; dates in ISO format."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Final

from tui.orders.progress import OnProgress, Progress
from tui.orders.tables.layout import TableError
from tui.orders.tables.table import MAX_ROWS, TableRow
from tui.work.file_import.number_formats import NumberFormat, read_styles, sheet_parts

_MOST_UNPACKED: Final = 300 * 1024 * 1024
_MOST_CELLS: Final = 10_000_000
"""The reader allocates every cell up to the last one, empty or not, and aborts if memory runs out."""
_PROGRESS_INTERVAL: Final = 500
_CHUNK: Final = 1 << 20
_SHEET: Final = re.compile(rb"<(?:\w+:)?worksheet\b")
_TAG: Final = re.compile(rb"""<(?:\w+:)?(row|c)((?:\s+[\w:]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*>(?!\s*</)""")
"""A row or a cell with content; the reader skips cells that only have a style."""
_STYLE: Final = re.compile(rb"""\ss\s*=\s*["']([0-9]{1,9})["']""")
_ERROR: Final = re.compile(rb"""\st\s*=\s*["']e["']""")
_ERROR_VALUE: Final = re.compile(rb"<(?:\w+:)?v\s*>(#[^<]{1,40})<")
_HIDDEN: Final = re.compile(rb"""\shidden\s*=\s*["'](?:1|true)["']""")
_PLACE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,9})([0-9]{1,18})""")


@dataclass(slots=True)
class _SheetMarks:
    """What the reader does not report: by row and column from 1, the style of a cell or its error; hidden rows."""

    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Package:
    """What was read from the parts of an .xlsx file: the formats of styles, and the marks of sheets by name."""

    formats: Mapping[int, NumberFormat] = field(default_factory=dict)
    sheets: Mapping[str, _SheetMarks] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The rows of a sheet. `sheets`: the names of all sheets. `hidden`: how many rows with cells are hidden in it."""

    sheet: str
    sheets: list[str]
    rows: list[TableRow]
    hidden: int = 0


def read_workbook(data: bytes, sheet: str = "", progress: OnProgress | None = None) -> SheetRows:
    """Read a sheet, by default the first visible one that is not empty. Raises TableError."""
    from python_calamine import (  # 10 ms, for spreadsheets only
        CalamineError,
        CalamineWorkbook,
        SheetVisibleEnum,
        ZipError,
    )

    package = _read_package(data) if data.startswith(b"PK") else _Package()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(book.sheet_names)
        hidden = {one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible}
        candidates = [sheet] if sheet in names else sorted(names, key=hidden.__contains__)
        for name in candidates:
            found = book.get_sheet_by_name(name)
            if found.height or name == candidates[-1]:
                height = found.total_height
                if height > MAX_ROWS + 1:
                    words = f"It has {height:,} rows; at most {MAX_ROWS:,} are imported at once."
                    raise TableError(f"{words} Split it into parts, each with the header.")
                marks = package.sheets.get(name, _SheetMarks())
                first_column = found.start[1] if found.start is not None else 0
                rows = _rows(found.iter_rows(), height, progress, _Cells(marks, package.formats, first_column))
                names = [one for one in names if one not in hidden or one == name]
                return SheetRows(name, names, rows, sum(row.number in marks.hidden_rows for row in rows))
    except (CalamineError, ZipError, OSError, ValueError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(f"The spreadsheet cannot be read ({_first_line(error)}). Save it as CSV.") from None
    except OverflowError:
        raise TableError("It has a time of too many days to be read. Save it as CSV.") from None
    except BaseException as error:
        # A panic of the reader is not an Exception, and its class cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise TableError("The spreadsheet cannot be read. Save it as CSV.") from None
    raise TableError("The workbook has no sheet.")


def _read_package(data: bytes) -> _Package:
    """Read the parts of the file. Raises TableError if it is too large for the reader, or if its sizes are false."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > _MOST_UNPACKED:
                most = _MOST_UNPACKED // 2**20
                raise TableError(f"It would take {unpacked // 2**20} MB unpacked; at most {most} are read.")
            formats = read_styles(archive)
            parts = {}
            for entry in archive.infolist():
                if entry.filename.lower().endswith(".xml"):
                    with archive.open(entry) as file:
                        parts[entry.filename] = _read_part(file, formats)
            sheets = {name: parts[part] for name, part in sheet_parts(archive).items() if part in parts}
            return _Package(formats, sheets)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError("The spreadsheet cannot be read: the file is damaged or cut off.") from None


def _read_part(file: IO[bytes], formats: Mapping[int, NumberFormat]) -> _SheetMarks:
    """Read a part to its end, which checks its size and checksum, and find the last row and column of a sheet."""
    buffer = file.read(_CHUNK)
    is_sheet = _SHEET.search(buffer) is not None
    marks = _SheetMarks()
    rows = columns = row = column = 0
    while buffer:
        chunk = file.read(_CHUNK)
        # A tag that is cut off is read again with the next chunk.
        cut = buffer.rfind(b"<") if chunk and is_sheet else len(buffer)
        for tag in _TAG.finditer(buffer, 0, cut) if is_sheet else ():
            place = _PLACE.search(tag[2])
            if tag[1] == b"row":
                row, column = row + 1 if place is None else int(place[2]), 0
                if b"hidden" in tag[2] and _HIDDEN.search(tag[2]):
                    marks.hidden_rows.add(row)
                continue
            column = column + 1 if place is None else _number(place[1])
            cell_row = row if place is None else int(place[2])
            rows, columns = max(rows, cell_row), max(columns, column)
            if formats and (style := _STYLE.search(tag[2])) is not None and int(style[1]) in formats:
                marks.styles[cell_row, column] = int(style[1])
            if b"e" in tag[2] and _ERROR.search(tag[2]) and (error := _ERROR_VALUE.search(buffer, tag.end())):
                marks.errors[cell_row, column] = error[1].decode(errors="replace")
        if rows * columns > _MOST_CELLS:
            words = f"A sheet of it reaches to row {rows:,} and column {columns:,}"
            raise TableError(f"{words}, which is too far. Delete the cells far out, or save it as CSV.")
        buffer = buffer[max(cut, 0) :][-_CHUNK:] + chunk if chunk else b""
    return marks


def _number(letters: bytes) -> int:
    """The number of a column, from 1, by its letters."""
    found = 0
    for letter in letters.upper():
        found = found * 26 + letter - 64
    return found


@dataclass(frozen=True, slots=True)
class _Cells:
    """Converts the cells of a sheet to text. `first_column`: the index of the first column that the reader returns."""

    marks: _SheetMarks
    formats: Mapping[int, NumberFormat]
    first_column: int

    def texts(self, row: int, cells: Sequence[object]) -> list[str]:
        styles, errors = self.marks.styles, self.marks.errors
        texts = [_text(cell) for cell in cells]
        if not styles and not errors:
            return texts
        for index, cell in enumerate(cells):
            place = (row, index + self.first_column + 1)
            if isinstance(cell, float) and (style := styles.get(place)) is not None:
                shown = self.formats[style].shown(cell)
                texts[index] = texts[index] if shown is None else shown
            elif cell == "" and place in errors:
                texts[index] = errors[place]
        return texts


def _rows(rows: Iterable[Sequence[object]], height: int, progress: OnProgress | None, cells: _Cells) -> list[TableRow]:
    found = []
    columns: dict[tuple[int, ...], tuple[int, ...]] = {}
    """The columns with decimals. Most rows have the same ones, which are stored once."""
    for number, row in enumerate(rows, 1):
        texts = cells.texts(number, row)
        if any(text.strip() for text in texts):
            decimals = tuple(
                index for index, cell in enumerate(row) if isinstance(cell, float) and not cell.is_integer()
            )
            found.append(TableRow(number, texts, columns.setdefault(decimals, decimals)))
        if progress is not None and number % _PROGRESS_INTERVAL == 0:
            progress(Progress(number, height))
    return found


def _text(cell: object) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case float():
            if cell.is_integer() and abs(cell) < 1e15:
                return str(int(cell))
            # A spreadsheet shows 15 digits: 10.3 is stored as 10.299999999999999.
            return f"{Decimal(f'{cell:.15g}'):f}" if abs(cell) < 1e15 else repr(cell)
        case datetime():
            return cell.isoformat(" ", timespec="seconds")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return "" if cell is None else str(cell)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["unknown reason"])[0][:120]
