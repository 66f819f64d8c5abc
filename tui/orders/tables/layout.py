"""The layout of a table: detects encoding, delimiter, quotes, decimal sign and date order, and reads rows by it."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tui.api.codec import Json

ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with BOM",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252",
}
"""The supported encodings and their names."""

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
QUOTES: Final = {'"': "double quotes", "'": "single quotes", "": "no quotes"}
DECIMALS: Final = {".": "point", ",": "comma"}
DATES: Final = {"": "unclear", "dmy": "day first", "mdy": "month first"}
"""The meanings of `01/02/2026`."""

_SAMPLE = 200
"""Rows that are used for detection."""
_SAMPLE_TEXT = 200_000
_AMOUNT = re.compile(r"[-+]?\d{1,15}([.,])\d{1,2}")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:([.,])\d{3})+([.,])\d{1,4}")
_AMBIGUOUS_DAY = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d{2})(?:\D.*)?")


class TableError(ValueError):
    """The text cannot be read as a table. The message says why."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """The layout of a table. `header`: whether its first row has column names. `sheet`: the sheet of a workbook."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    decimal: str = "."
    dates: str = ""
    header: bool = True
    sheet: str = ""

    @property
    def summary(self) -> str:
        """The layout on one line: `semicolon · UTF-8 with BOM · decimal comma`."""
        parts = [f"sheet {self.sheet}"] if self.sheet else [DELIMITERS[self.delimiter], ENCODINGS[self.encoding]]
        if self.quote != '"' and not self.sheet:
            parts.append(QUOTES[self.quote])
        parts.append(f"decimal {DECIMALS[self.decimal]}")
        if self.dates:
            parts.append(DATES[self.dates])
        if not self.header:
            parts.append("no header")
        return " · ".join(parts)

    def to_json(self) -> Json:
        return {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "quote": self.quote,
            "decimal": self.decimal,
            "dates": self.dates,
            "header": self.header,
            "sheet": self.sheet,
        }

    @classmethod
    def from_json(cls, value: Json) -> "TableLayout | None":
        """Read the result of `to_json`; None if it is something else."""
        if not isinstance(value, dict):
            return None
        encoding, delimiter, quote, decimal, dates = (
            str(value.get(name, "")) for name in ("encoding", "delimiter", "quote", "decimal", "dates")
        )
        sheet, header = str(value.get("sheet") or ""), value.get("header") is not False
        found = cls(encoding, delimiter, quote, decimal, dates, header, sheet)
        known = found.encoding in ENCODINGS and found.delimiter in DELIMITERS and found.quote in QUOTES
        return found if known and found.decimal in DECIMALS and found.dates in DATES else None


def detect_layout(data: bytes | str) -> TableLayout:
    """Detect the most likely layout. Raises TableError if the data is not text."""
    encoding = "utf-8" if isinstance(data, str) else detect_encoding(data)
    text = data if isinstance(data, str) else decode_text(data, encoding)
    is_cut = len(text) > _SAMPLE_TEXT
    sample = text[:_SAMPLE_TEXT]
    best, score = TableLayout(encoding=encoding), -1.0
    for quote in ('"', "'", ""):
        for delimiter in DELIMITERS:
            layout = TableLayout(encoding, delimiter, quote)
            fit_score = _fit_score(sample, layout, is_cut)
            if fit_score > score:
                best, score = layout, fit_score
        if score > 0 and quote == '"':
            break  # other quotes are tried only if double quotes do not fit
    rows = [cells for _, cells in _first_rows(read_rows(sample, best))]
    decimal, dates = detect_number_and_date_format(rows)
    return replace(best, decimal=decimal, dates=dates)


def detect_number_and_date_format(rows: Sequence[Sequence[str]]) -> tuple[str, str]:
    """Detect the decimal sign and the order of day and month from cells."""
    cells = [cell.strip(" €$£\xa0") for row in rows[:_SAMPLE] for cell in row]
    return _detect_decimal_sign(cells), _detect_date_order(cells)


def detect_encoding(data: bytes) -> str:
    """Detect the encoding. Raises TableError if the data is not text."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    head = data[:4096]
    if b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if len(data) % 2 == 0 and max(even, odd) > len(head) // 4 and min(even, odd) < len(head) // 16 + 1:
            return "utf-16-le" if odd > even else "utf-16-be"
        raise TableError("It is binary data, not text.")
    control_characters = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c" for byte in head)
    if control_characters > 2 + len(head) // 50:
        raise TableError("It is binary data, not text.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def decode_text(data: bytes, encoding: str) -> str:
    """Decode the data. Raises TableError if it is not in this encoding."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "cp1252":
            raise TableError(f"It is not {ENCODINGS[encoding]}: byte {error.start} cannot be decoded.") from None
        # Five bytes are undefined in Windows-1252. As in browsers, they become the control characters of Latin-1.
        text = data.decode("cp1252", errors="_latin_1")
    return text.removeprefix("\ufeff")


def _as_latin_1(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("_latin_1", _as_latin_1)


def read_rows(text: str, layout: TableLayout) -> Iterator[tuple[int, list[str]]]:
    """Yield the non-empty rows with their row numbers in a spreadsheet, from 1."""
    # The csv module's limit is global. Callers refuse cells that are too long, and can say where they are.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    options = {"delimiter": layout.delimiter, "skipinitialspace": layout.delimiter != "\t", "strict": False}
    quoting = csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, quotechar=layout.quote or None, quoting=quoting, **options)  # type: ignore[arg-type]
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(f"Row {number} cannot be read: {error}.") from None
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells


def _fit_score(text: str, layout: TableLayout, is_cut: bool) -> float:
    """How well a layout fits: many columns, the same number in each row. Negative if it does not fit."""
    if layout.quote and not is_cut and _has_open_quote(text, layout):
        return -1.0
    counts = Counter(len(cells) for _, cells in _first_rows(read_rows(text, layout)))
    if not counts:
        return 0.0
    width, count = max(counts.items(), key=lambda pair: (pair[0] > 1, pair[1], pair[0]))
    if width == 1:
        return 0.0
    return count / counts.total() + min(width, 40) / 100


def _has_open_quote(text: str, layout: TableLayout) -> bool:
    """Whether a quote is never closed, so that one cell would contain the rest of the text."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=layout.delimiter, quotechar=layout.quote, skipinitialspace=True, strict=True)
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _first_rows(rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for index, row in enumerate(rows):
        if index == _SAMPLE:
            return
        yield row


def _detect_decimal_sign(cells: Iterable[str]) -> str:
    signs: Counter[str] = Counter()
    for cell in cells:
        if match := _GROUPED.fullmatch(cell):
            if match[1] != match[2]:
                signs[match[2]] += 5
        elif match := _AMOUNT.fullmatch(cell):
            signs[match[1]] += 1
    return "," if signs[","] > signs["."] else "."


def _detect_date_order(cells: Iterable[str]) -> str:
    pairs = [(int(match[1]), int(match[3])) for cell in cells if (match := _AMBIGUOUS_DAY.fullmatch(cell))]
    day_first, month_first = any(first > 12 for first, _ in pairs), any(second > 12 for _, second in pairs)
    return "" if day_first == month_first else "dmy" if day_first else "mdy"
