"""How a table's text is laid out: encoding, delimiter, quotes, decimal sign, dates; found in the text, and changeable."""

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
"""The encodings that are tried, and what people call them."""

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
QUOTES: Final = {'"': "double quotes", "'": "single quotes", "": "no quotes"}
DECIMALS: Final = {".": "point", ",": "comma"}
DATES: Final = {"": "unclear", "dmy": "day first", "mdy": "month first"}
"""What `01/02/2026` means."""

_SAMPLE = 200
"""Rows that are looked at."""
_SAMPLE_TEXT = 200_000
_MONEY = re.compile(r"[-+]?\d{1,15}([.,])\d{1,2}")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:([.,])\d{3})+([.,])\d{1,4}")
_UNSURE_DAY = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d{2})(?:\D.*)?")


class TableError(ValueError):
    """The text is no table that can be read; the sentence says why."""


@dataclass(frozen=True, slots=True)
class TableLayout:
    """How a table is written. `header`: whether its first row names the columns. `sheet` is one of a workbook."""

    encoding: str = "utf-8"
    delimiter: str = ","
    quote: str = '"'
    decimal: str = "."
    dates: str = ""
    header: bool = True
    sheet: str = ""

    @property
    def words(self) -> str:
        """On one line: `semicolon · UTF-8 with BOM · decimal comma`."""
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
        """Read what `to_json` wrote; None for anything else."""
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
    """The layout that this text most likely has. Raises TableError where it is no text."""
    encoding = "utf-8" if isinstance(data, str) else detect_encoding(data)
    text = data if isinstance(data, str) else decode_text(data, encoding)
    cut = len(text) > _SAMPLE_TEXT
    sample = text[:_SAMPLE_TEXT]
    best, score = TableLayout(encoding=encoding), -1.0
    for quote in ('"', "'", ""):
        for delimiter in DELIMITERS:
            layout = TableLayout(encoding, delimiter, quote)
            fit = _fit(sample, layout, cut)
            if fit > score:
                best, score = layout, fit
        if score > 0 and quote == '"':
            break  # others are looked at only where double quotes do not work out
    rows = [cells for _, cells in _first(read_rows(sample, best))]
    decimal, dates = detect_number_and_date_format(rows)
    return replace(best, decimal=decimal, dates=dates)


def detect_number_and_date_format(rows: Sequence[Sequence[str]]) -> tuple[str, str]:
    """The decimal sign and the order of days and months by what stands in the cells."""
    cells = [cell.strip(" €$£\xa0") for row in rows[:_SAMPLE] for cell in row]
    return _decimal(cells), _dates(cells)


def detect_encoding(data: bytes) -> str:
    """The encoding of these bytes. Raises TableError for what is no text."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-le" if data.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    head = data[:4096]
    if b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if len(data) % 2 == 0 and max(even, odd) > len(head) // 4 and min(even, odd) < len(head) // 16 + 1:
            return "utf-16-le" if odd > even else "utf-16-be"
        raise TableError("It is not a text but binary data.")
    strange = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c" for byte in head)
    if strange > 2 + len(head) // 50:
        raise TableError("It is not a text but binary data.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def decode_text(data: bytes, encoding: str) -> str:
    """The text of these bytes. Raises TableError where they are not in this encoding."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "cp1252":
            raise TableError(f"It is not {ENCODINGS[encoding]}: byte {error.start} cannot be read.") from None
        # Five bytes mean nothing in Windows-1252; as in browsers they stand for the control characters of Latin-1.
        text = data.decode("cp1252", errors="_latin_1")
    return text.removeprefix("\ufeff")


def _as_latin_1(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("_latin_1", _as_latin_1)


def read_rows(text: str, layout: TableLayout) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, each with its number in the table, from 1, as a spreadsheet counts them."""
    # The module's limit is global; a cell too long is refused by those who look at it, with its place.
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


def _fit(text: str, layout: TableLayout, cut: bool) -> float:
    """How well a text is a table of this layout: many columns, the same number in each row. Below 0: not at all."""
    if layout.quote and not cut and _is_open(text, layout):
        return -1.0
    counts = Counter(len(cells) for _, cells in _first(read_rows(text, layout)))
    if not counts:
        return 0.0
    width, times = max(counts.items(), key=lambda pair: (pair[0] > 1, pair[1], pair[0]))
    if width == 1:
        return 0.0
    return times / counts.total() + min(width, 40) / 100


def _is_open(text: str, layout: TableLayout) -> bool:
    """Whether a quote is opened somewhere and never closed, so that a cell would swallow the rest."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=layout.delimiter, quotechar=layout.quote, skipinitialspace=True, strict=True)
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _first(rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    for place, row in enumerate(rows):
        if place == _SAMPLE:
            return
        yield row


def _decimal(cells: Iterable[str]) -> str:
    signs: Counter[str] = Counter()
    for cell in cells:
        if match := _GROUPED.fullmatch(cell):
            if match[1] != match[2]:
                signs[match[2]] += 5
        elif match := _MONEY.fullmatch(cell):
            signs[match[1]] += 1
    return "," if signs[","] > signs["."] else "."


def _dates(cells: Iterable[str]) -> str:
    firsts = [(int(match[1]), int(match[3])) for cell in cells if (match := _UNSURE_DAY.fullmatch(cell))]
    days, months = any(one > 12 for one, _ in firsts), any(other > 12 for _, other in firsts)
    return "" if days == months else "dmy" if days else "mdy"
