"""A spreadsheet file as rows of texts: numbers without a spreadsheet's rounding, dates as people write them."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from tui.orders.sniff import TableError
from tui.orders.tables import MOST_ROWS, Progress, Row

_MOST_UNPACKED: Final = 300 * 1024 * 1024
_TELL_EVERY: Final = 500


def is_workbook(data: bytes) -> bool:
    """Whether these bytes begin as .xlsx, .ods or .xls files do."""
    return data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))


def read_workbook(data: bytes, sheet: str = "", progress: Progress | None = None) -> tuple[str, list[str], list[Row]]:
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
                if height > MOST_ROWS + 1:
                    words = f"It has {height:,} rows; at most {MOST_ROWS:,} go at once."
                    raise TableError(f"{words} Split it into parts, each with the header.")
                return name, names, _rows(found.iter_rows(), height, progress)
    except (CalamineError, ZipError, OSError, ValueError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(f"It is no spreadsheet that can be read ({_first_line(error)}). Save it as CSV.") from None
    raise TableError("The workbook has no sheet.")


def _check_size(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OverflowError):
        raise TableError("It is no spreadsheet that can be read: the file is damaged or cut off.") from None
    if unpacked > _MOST_UNPACKED:
        raise TableError(f"It would take {unpacked // 2**20} MB unpacked; at most {_MOST_UNPACKED // 2**20} are read.")


def _rows(rows: object, height: int, progress: Progress | None) -> list[Row]:
    found = []
    for number, cells in enumerate(rows, 1):  # type: ignore[var-annotated, arg-type]
        texts = [_text(cell) for cell in cells]
        if any(text.strip() for text in texts):
            found.append(Row(number, texts))
        if progress is not None and number % _TELL_EVERY == 0:
            progress(number, height)
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
