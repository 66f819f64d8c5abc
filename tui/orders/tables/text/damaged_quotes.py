"""Reads delimited text in which quotes are not paired, so that a stray quote does not swallow other cells or rows."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

_MOST_LINES: Final = 30
"""The maximum number of lines of a quoted cell."""
_MOST_TRIES: Final = 20_000
_SAMPLE: Final = 500


def read_damaged_records(text: str, delimiter: str, quote: str) -> Iterator[list[str]]:
    """Yield the cells of each record. A quote that is never closed is part of its cell's text."""
    lines = re.split(r"\r\n|\n|\r", text)
    if lines and not lines[-1]:
        lines.pop()
    sample = filter(None, (_strict(line, delimiter, quote) for line in islice(lines, _SAMPLE)))
    widths = Counter(map(len, sample))
    width = max(widths, key=lambda size: (widths[size], size)) if widths else 0
    tries = place = 0
    while place < len(lines):
        line, count = lines[place], 1
        cells = _strict(line, delimiter, quote)
        if cells is None and quote in line:
            for more in range(2, min(_MOST_LINES, len(lines) - place) + 1):
                tries += 1
                longer = (
                    _strict("\n".join(lines[place : place + more]), delimiter, quote) if tries < _MOST_TRIES else None
                )
                if longer is not None:
                    if len(longer) == width:
                        cells, count = longer, more
                    break
        yield _loose(line, delimiter, quote) if cells is None else cells
        place += count


def _strict(text: str, delimiter: str, quote: str) -> list[str] | None:
    """The cells of one record; None if its quotes are not paired."""
    if quote not in text:
        text_cells = text.split(delimiter)
        return text_cells if delimiter == "\t" else [cell.lstrip(" ") for cell in text_cells]
    try:
        options = {"skipinitialspace": delimiter != "\t", "strict": True}
        records = list(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quotechar=quote, **options)  # type: ignore[arg-type]
        )
    except csv.Error:
        return None
    return records[0] if len(records) == 1 else None


def _loose(line: str, delimiter: str, quote: str) -> list[str]:
    """The cells of a line: quoted where a quote is closed before a delimiter, else everything up to the delimiter."""
    cells = []
    for match in _cell_pattern(delimiter, quote).finditer(line):
        quoted = match["quoted"]
        cells.append(match["plain"].lstrip(" ") if quoted is None else quoted.replace(quote * 2, quote))
    return cells


@lru_cache(maxsize=16)
def _cell_pattern(delimiter: str, quote: str) -> re.Pattern[str]:
    mark, sign = re.escape(delimiter), re.escape(quote)
    quoted = rf"[ ]*{sign}(?P<quoted>(?:[^{sign}]|{sign}{sign})*){sign}[ ]*(?={mark}|$)"
    return re.compile(rf"(?:^|(?<={mark}))(?:{quoted}|(?P<plain>[^{mark}]*))")
