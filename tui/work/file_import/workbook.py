"""Reads a spreadsheet file as rows of text: numbers unrounded, dates in ISO format."""

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Final

from tui.orders.progress import OnProgress, Progress
from tui.orders.tables.layout import TableError
from tui.orders.tables.table import MAX_ROWS, TableRow

_MOST_UNPACKED: Final = 300 * 1024 * 1024
_MOST_CELLS: Final = 10_000_000
"""The reader allocates every cell up to the last one, empty or not, and aborts if memory runs out."""
_PROGRESS_INTERVAL: Final = 500
_CHUNK: Final = 1 << 20
_SHEET: Final = re.compile(rb"<(?:\w+:)?worksheet\b")
_TAG: Final = re.compile(rb"""<(?:\w+:)?(row|c)((?:\s+[\w:]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*>(?!\s*</)""")
"""A row or a cell with content; the reader skips cells that only have a style."""
_PLACE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,9})([0-9]{1,18})""")


def is_workbook(data: bytes) -> bool:
    """Whether these bytes begin as .xlsx, .ods or .xls files do."""
    return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def read_workbook(
    data: bytes, sheet: str = "", progress: OnProgress | None = None
) -> tuple[str, list[str], list[TableRow]]:
    """Read a sheet, by default the first that is not empty. Returns its name, all names, and its rows.

    Raises TableError.
    """
    from python_calamine import CalamineError, CalamineWorkbook, ZipError  # 10 ms, for spreadsheets only

    if data.startswith(b"PK"):
        _check_size(data)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(book.sheet_names)
        for name in [sheet] if sheet in names else names:
            found = book.get_sheet_by_name(name)
            if found.height or name == names[-1]:
                height = found.total_height
                if height > MAX_ROWS + 1:
                    words = f"It has {height:,} rows; at most {MAX_ROWS:,} are imported at once."
                    raise TableError(f"{words} Split it into parts, each with the header.")
                return name, names, _rows(found.iter_rows(), height, progress)
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


def _check_size(data: bytes) -> None:
    """Raise TableError for a file that is too large for the reader, or whose sizes are false."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
            if unpacked > _MOST_UNPACKED:
                most = _MOST_UNPACKED // 2**20
                raise TableError(f"It would take {unpacked // 2**20} MB unpacked; at most {most} are read.")
            for entry in archive.infolist():
                if entry.filename.lower().endswith(".xml"):
                    with archive.open(entry) as file:
                        _check_part(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError("The spreadsheet cannot be read: the file is damaged or cut off.") from None


def _check_part(file: IO[bytes]) -> None:
    """Read a part to its end, which checks its size and checksum, and find the last row and column of a sheet."""
    buffer = file.read(_CHUNK)
    is_sheet = _SHEET.search(buffer) is not None
    rows = columns = row = column = 0
    while buffer:
        chunk = file.read(_CHUNK)
        # A tag that is cut off is read again with the next chunk.
        cut = buffer.rfind(b"<") if chunk and is_sheet else len(buffer)
        for tag in _TAG.finditer(buffer, 0, cut) if is_sheet else ():
            place = _PLACE.search(tag[2])
            if tag[1] == b"row":
                row, column = row + 1 if place is None else int(place[2]), 0
                continue
            column = column + 1 if place is None else _number(place[1])
            rows, columns = max(rows, row if place is None else int(place[2])), max(columns, column)
        if rows * columns > _MOST_CELLS:
            words = f"A sheet of it reaches to row {rows:,} and column {columns:,}"
            raise TableError(f"{words}, which is too far. Delete the cells far out, or save it as CSV.")
        buffer = buffer[max(cut, 0) :][-_CHUNK:] + chunk if chunk else b""


def _number(letters: bytes) -> int:
    """The number of a column, from 1, by its letters."""
    found = 0
    for letter in letters.upper():
        found = found * 26 + letter - 64
    return found


def _rows(rows: object, height: int, progress: OnProgress | None) -> list[TableRow]:
    found = []
    for number, cells in enumerate(rows, 1):  # type: ignore[var-annotated, arg-type]
        texts = [_text(cell) for cell in cells]
        if any(text.strip() for text in texts):
            found.append(TableRow(number, texts))
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
            return f"{Decimal(repr(cell)):f}" if abs(cell) < 1e15 else repr(cell)
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
