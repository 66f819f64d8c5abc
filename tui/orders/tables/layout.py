"""The layout of a table: detects encoding, delimiter, quotes, decimal sign and date order, and reads rows by it."""

import codecs
import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tui.api.codec import Json
from tui.orders.tables.text.damaged_quotes import read_damaged_records
from tui.orders.tables.text.encodings import ENCODINGS, EncodingChoice, choose_encoding, decode_bytes
from tui.orders.tables.text.report_rows import known_share

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
QUOTES: Final = {'"': "double quotes", "'": "single quotes", "": "no quotes"}
DECIMALS: Final = {".": "point", ",": "comma"}
DATES: Final = {"": "unclear", "dmy": "day first", "mdy": "month first"}
"""The meanings of `01/02/2026`."""

_SAMPLE = 200
"""The number of rows that are used for detection."""
_SAMPLE_TEXT = 200_000
_AMOUNT = re.compile(r"[-+]?\d{1,15}([.,])\d{1,2}")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:([.,])\d{3})+([.,])\d{1,4}")
_NAMES_WEIGHT = 0.3
"""The weight of known column names relative to the regularity of the rows."""
_MAX_NULS = 0.02
"""The maximum share of NUL bytes in a text that is otherwise intact."""
_SEPARATOR_LINE = re.compile(r'\A\ufeff?[ \t]*"?sep=(.)"?[ \t,;|]*(?:\r\n|\n|\r|\Z)', re.IGNORECASE)
"""The line `sep=;`, which names the delimiter for Excel."""
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
    encoding = "utf-8" if isinstance(data, str) else detect_encoding(data).encoding
    text = data if isinstance(data, str) else decode_text(data, encoding)
    is_cut = len(text) > _SAMPLE_TEXT
    sample = text[:_SAMPLE_TEXT]
    named = _SEPARATOR_LINE.match(sample)
    delimiters = [named[1]] if named is not None and named[1] in DELIMITERS else [*DELIMITERS]
    best, score = TableLayout(encoding=encoding, delimiter=delimiters[0]), -1.0
    for quote in ('"', "'", ""):
        is_intact = True
        for delimiter in delimiters:
            layout = TableLayout(encoding, delimiter, quote)
            fit_score, is_closed = _fit_score(sample, layout, is_cut)
            if fit_score > score:
                best, score, is_intact = layout, fit_score, is_closed
        if score > 0 and quote == '"' and is_intact:
            break  # other quotes are tried only if double quotes do not fit
    rows = [cells for _, cells in _first_rows(read_rows(sample, best))]
    decimal, dates = detect_number_and_date_format(rows)
    return replace(best, decimal=decimal, dates=dates)


def detect_number_and_date_format(rows: Sequence[Sequence[str]]) -> tuple[str, str]:
    """Detect the decimal sign and the order of day and month from cells."""
    cells = [cell.strip(" €$£\xa0") for row in rows[:_SAMPLE] for cell in row]
    return _detect_decimal_sign(cells), _detect_date_order(cells)


def detect_encoding(data: bytes) -> EncodingChoice:
    """Detect the encoding. Raises TableError if the data is not text."""
    if data.startswith(codecs.BOM_UTF8):
        return EncodingChoice("utf-8-sig")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return EncodingChoice("utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be")
    head = data[:4096]
    if b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if len(data) % 2 == 0 and max(even, odd) > len(head) // 4 and min(even, odd) < len(head) // 16 + 1:
            return EncodingChoice("utf-16-le" if odd > even else "utf-16-be")
        if data.count(0) > 2 + _MAX_NULS * len(data):
            raise TableError("It is binary data, not text.")
        data = data.replace(b"\0", b"")
        head = data[:4096]
    control_characters = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c" for byte in head)
    if control_characters > 2 + len(head) // 50:
        raise TableError("It is binary data, not text.")
    return EncodingChoice("utf-8") if _is_utf_8(data) else choose_encoding(data)


def _is_utf_8(data: bytes) -> bool:
    """Whether the data is UTF-8, apart from a few damaged letters."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        intact = len(_UTF_8.findall(data))
        return intact > 5 * data.decode("utf-8", errors="replace").count("\ufffd")
    return True


_UTF_8 = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def decode_text(data: bytes, encoding: str) -> str:
    """Decode the data, without NUL characters. Raises TableError if it is not in this encoding."""
    if encoding.startswith("utf"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding.startswith("utf-16") or not _is_utf_8(data):
                raise TableError(f"It is not {ENCODINGS[encoding]}: byte {error.start} cannot be decoded.") from None
            # Orders with these letters are held.
            text = data.decode(encoding, errors="replace")
    else:
        text = decode_bytes(data, encoding)
    return (text.replace("\0", "") if "\0" in text else text).removeprefix("\ufeff")


def read_rows(text: str, layout: TableLayout) -> Iterator[tuple[int, list[str]]]:
    """Yield the non-empty rows with their row numbers in a spreadsheet, from 1. The line `sep=;` is skipped.

    Equal cells are the same object: most columns of a large table repeat their values.
    """
    shared: dict[str, str] = {}
    separator_line = _SEPARATOR_LINE.match(text)
    number = 0 if separator_line is None else 1
    if separator_line is not None:
        text = text[separator_line.end() :]
    for cells in _records(text, layout):
        number += 1
        if any(cell and not cell.isspace() for cell in cells):
            yield number, [shared.setdefault(cell, cell) for cell in cells]


def _records(text: str, layout: TableLayout) -> Iterator[list[str]]:
    # The csv module's limit is global. Callers refuse cells that are too long, and can say where they are.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    if layout.quote and layout.quote in text and _quote_error(text, layout):
        yield from read_damaged_records(text, layout.delimiter, layout.quote)
        return
    options = {"delimiter": layout.delimiter, "skipinitialspace": layout.delimiter != "\t", "strict": False}
    quoting = csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, quotechar=layout.quote or None, quoting=quoting, **options)  # type: ignore[arg-type]
    number = 0
    while True:
        number += 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise TableError(f"Row {number} cannot be read: {error}.") from None


def _fit_score(text: str, layout: TableLayout, is_cut: bool) -> tuple[float, bool]:
    """How well a layout fits: many columns, the same number in each row, known names. Also whether its quotes are intact."""
    rows = [cells for _, cells in _first_rows(read_rows(text, layout))]
    counts = Counter(map(len, rows))
    if not counts:
        return 0.0, True
    width, count = max(counts.items(), key=lambda pair: (pair[0] > 1, pair[1], pair[0]))
    if width == 1:
        return 0.0, True
    score = count / counts.total() + min(width, 40) / 100 + _NAMES_WEIGHT * known_share(rows)
    if layout.quote:
        is_intact = is_cut or "unexpected end" not in _quote_error(text, layout)
        return (score if is_intact else score - 0.05), is_intact
    # Cells with quotes around them mean that the quotes belong to the layout.
    has_quotes = any(len(cell) > 1 and cell[0] == cell[-1] and cell[0] in "\"'" for cells in rows for cell in cells)
    return (score - 0.3 if has_quotes else score), True


def _quote_error(text: str, layout: TableLayout) -> str:
    """What is wrong with the quotes of a text; empty if they are all paired."""
    if layout.quote not in text:
        return ""
    lines = io.StringIO(text, newline="")
    options = {"skipinitialspace": layout.delimiter != "\t", "strict": True}
    reader = csv.reader(lines, delimiter=layout.delimiter, quotechar=layout.quote, **options)  # type: ignore[arg-type]
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    try:
        deque(reader, maxlen=0)
    except csv.Error as error:
        return str(error)
    return ""


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
