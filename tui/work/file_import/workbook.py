"""A spreadsheet file as rows of texts: numbers without a spreadsheet's rounding, dates as people write them."""

import io
import re
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import IO, Final

from tui.orders.progress import OnProgress, Progress
from tui.orders.tables.layout import TableError
from tui.orders.tables.rows import MAX_ROWS, TableRow

_MOST_UNPACKED: Final = 300 * 1024 * 1024
_MOST_CELLS: Final = 10_000_000
"""The reader has room for every cell up to the last one, whether there is anything in it; without room it aborts."""
_TELL_EVERY: Final = 500
_CHUNK: Final = 1 << 20
_SHEET: Final = re.compile(rb"<(?:\w+:)?worksheet\b")
_TAG: Final = re.compile(rb"""<(?:\w+:)?(row|c)((?:\s+[\w:]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*>(?!\s*</)""")
"""A row or a cell with something in it; the reader passes over cells that only have a look."""
_PLACE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,9})([0-9]{1,18})""")


def is_workbook(data: bytes) -> bool:
    """Whether these bytes begin as .xlsx, .ods or .xls files do."""
    return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def read_workbook(
    data: bytes, sheet: str = "", progress: OnProgress | None = None
) -> tuple[str, list[str], list[TableRow]]:
    """The sheet's name, all names, and its rows; without a name the first that holds anything. Raises TableError."""
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
                    words = f"It has {height:,} rows; at most {MAX_ROWS:,} go at once."
                    raise TableError(f"{words} Split it into parts, each with the header.")
                return name, names, _rows(found.iter_rows(), height, progress)
    except (CalamineError, ZipError, OSError, ValueError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(f"It is no spreadsheet that can be read ({_first_line(error)}). Save it as CSV.") from None
    except OverflowError:
        raise TableError("It has a time of too many days to be read. Save it as CSV.") from None
    except BaseException as error:
        # The reader's own faults are no exceptions of Python, and have no name that could be imported.
        if type(error).__name__ != "PanicException":
            raise
        raise TableError("It is no spreadsheet that can be read. Save it as CSV.") from None
    raise TableError("The workbook has no sheet.")


def _check_size(data: bytes) -> None:
    """Raise TableError for what the reader would have no room for, or where the sizes told are not true."""
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
        raise TableError("It is no spreadsheet that can be read: the file is damaged or cut off.") from None


def _check_part(file: IO[bytes]) -> None:
    """Read a part to its end, by which its size and sum are checked; of a sheet look for its last row and column."""
    buffer = file.read(_CHUNK)
    is_sheet = _SHEET.search(buffer) is not None
    rows = columns = row = column = 0
    while buffer:
        chunk = file.read(_CHUNK)
        # A tag that is cut comes again, whole.
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
            raise TableError(f"{words}, which is too far. Delete what stands far out, or save it as CSV.")
        buffer = buffer[max(cut, 0) :][-_CHUNK:] + chunk if chunk else b""


def _number(letters: bytes) -> int:
    """A column's number, from 1, of its letters."""
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
        if progress is not None and number % _TELL_EVERY == 0:
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
