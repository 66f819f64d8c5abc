"""Writes CSV for spreadsheets.

Text that a spreadsheet would run as a formula is escaped, and unescaped when read back. Characters that act on a
terminal are written by their codes, such as `\\x1b`; that is not undone.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from tui.api.codec import Json, encode
from tui.api.pointer import Absent
from tui.orders.patterns import late_pattern

_DANGEROUS: Final = late_pattern(r"'*[=+\-@\t\r]")
_GUARDED: Final = late_pattern(r"'+[=+\-@\t\r]")
_TEXT_GUARDED: Final = late_pattern(
    r"['’‘´`]+"
    r"(?:[=+\-@](?=.)|\d(?!\ds\b)|(?![^\W\d_](?:[^\w]|$))(?![a-z][A-Z])[^\W\d_])"
    r"(?!.*(?<=\w)['’‘´`](?:\W|$))",
    re.DOTALL,
)
"""An apostrophe that marks a cell as text, also before digits and words: `'04109`, but not `'s-Hertogenbosch`, `'t Hof`,
`'90s Tee` and `'quoted' text`."""
APOSTROPHES: Final = frozenset("'’‘´`")
_CONTROL: Final = late_pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and line breaks, those that turn the direction of text, and lone surrogates."""
_NUMBER: Final = late_pattern(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)


def escape_formula(text: str) -> str:
    """Put an apostrophe before text that would be a formula, or lose its own apostrophe when it is read back.

    Negative numbers are unchanged.
    """
    is_formula = _DANGEROUS.match(text) is not None and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula or without_text_guard(text) != text else text


def unescape_formula(cell: str) -> str:
    """Undo `escape_formula`. Other cells are unchanged."""
    if not cell.startswith("'"):
        return cell
    return cell[1:] if _GUARDED.match(cell) or without_text_guard(cell[1:]) != cell[1:] else cell


def without_text_guard(text: str) -> str:
    """Remove the apostrophe with which a spreadsheet or a shop marks a cell as text."""
    return text[1:] if text[:1] in APOSTROPHES and _TEXT_GUARDED.match(text) else text


def without_controls(text: str) -> str:
    """Write the characters that act on a terminal, and lone surrogates, by their codes."""
    return _CONTROL.sub(lambda found: _code(ord(found[0])), text)


def _code(code: int) -> str:
    return rf"\x{code:02x}" if code < 0x100 else rf"\u{code:04x}"


def to_cell(value: Json | Absent) -> str:
    """A value as a cell: text escaped, absent and null empty, lists and objects as JSON in ASCII."""
    if value is None or isinstance(value, Absent):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) and abs(value.adjusted()) < 40 else str(value)
    return escape_formula(without_controls(value)) if isinstance(value, str) else encode(value).decode()


def to_csv(rows: Iterable[Sequence[Json | Absent]], delimiter: str = ",") -> bytes:
    """A table in UTF-8 with a byte order mark, as spreadsheets expect it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    for row in rows:
        writer.writerow([to_cell(value) for value in row])
    return text.getvalue().encode("utf-8-sig")
