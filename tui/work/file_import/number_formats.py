"""Number formats of a workbook: which cells a spreadsheet shows differently from their number, and how."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final
from zipfile import ZipFile

_MOST_BYTES: Final = 8 * 1024 * 1024
"""The maximum size of the parts with the styles and the sheet names. Larger parts are ignored."""
_BUILT_IN: Final = {9: "0%", 10: "0.00%"}
"""The built-in formats that matter here, by their id."""
_UNITS: Final = frozenset(
    ["kg", "g", "lb", "lbs", "oz", "cm", "mm", "m", "€", "£", "$", "US$", "EUR", "USD", "GBP", "CHF"]
)
"""Texts after a number that are read as its unit or currency."""

_PLAIN_LITERALS: Final = frozenset(" -+()€$£")
"""Characters that need no quotes in a format code."""

_NUMBER_FORMAT: Final = re.compile(rb"<(?:\w+:)?numFmt\b([^>]*)>")
_CELL_FORMATS: Final = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs\s*>", re.DOTALL)
_CELL_FORMAT: Final = re.compile(rb"<(?:\w+:)?xf\b([^>]*)>")
_SHEET: Final = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATIONSHIP: Final = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE: Final = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_TOKEN: Final = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|(General)|(.)', re.DOTALL | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format that shows a number differently. `pattern`: its characters, where `0` and `#` stand for a digit.

    `is_padded`: the digits fill the pattern. `is_percent`: the number is shown times 100. `prefix`, `suffix`: texts
    around the number.
    """

    pattern: str = ""
    is_padded: bool = False
    is_percent: bool = False
    prefix: str = ""
    suffix: str = ""

    def shown(self, number: float) -> str | None:
        """The number as a spreadsheet shows it; None if this needs rounding."""
        if self.is_percent:
            return f"{(Decimal(repr(number)) * 100).normalize():f}%"
        if self.is_padded:
            return self._padded(number)
        if number != int(number) or abs(number) >= 1e15:
            plain = f"{Decimal(repr(number)):f}"
        else:
            plain = str(int(number))
        return f"{self.prefix}{plain}{f' {self.suffix}' if self.suffix else ''}"

    def _padded(self, number: float) -> str | None:
        if number < 0 or number != int(number) or number >= 1e15:
            return None
        digits, shown = list(str(int(number))), ""
        first = min(index for index, sign in enumerate(self.pattern) if sign in "0#")
        for index in range(len(self.pattern) - 1, -1, -1):
            sign = self.pattern[index]
            if sign in "0#":
                shown = (digits.pop() if digits else "0" if sign == "0" else "") + shown
                if index == first:
                    shown = "".join(digits) + shown
            elif digits or "0" in self.pattern[:index] or index < first:
                shown = sign.translate(_ESCAPED) + shown
        return f"{self.prefix}{shown}".strip()


_ESCAPES: Final = {"0": "\ue000", "#": "\ue001"}
_ESCAPED: Final = str.maketrans({escape: sign for sign, escape in _ESCAPES.items()})
"""Literal characters of a pattern that would mean a digit."""


def read_styles(archive: ZipFile) -> dict[int, NumberFormat]:
    """The styles of a workbook whose cells are shown differently from their number, by index."""
    data = _part(archive, "xl/styles.xml")
    codes = dict(_BUILT_IN)
    for tag in _NUMBER_FORMAT.finditer(data):
        found = _attributes(tag[1])
        if (number := found.get("numFmtId", "")).isdecimal():
            codes[int(number)] = found.get("formatCode", "")
    formats = _CELL_FORMATS.search(data)
    styles = {}
    for index, tag in enumerate(_CELL_FORMAT.finditer(formats[0] if formats is not None else b"")):
        number = _attributes(tag[1]).get("numFmtId", "")
        if number.isdecimal() and (known := parse_format(codes.get(int(number), ""))) is not None:
            styles[index] = known
    return styles


def sheet_parts(archive: ZipFile) -> dict[str, str]:
    """The part of each sheet in the archive, by the sheet's name."""
    targets = {}
    for tag in _RELATIONSHIP.finditer(_part(archive, "xl/_rels/workbook.xml.rels")):
        found = _attributes(tag[1])
        target = found.get("Target", "")
        targets[found.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"
    return {
        found["name"]: targets[found["id"]]
        for tag in _SHEET.finditer(_part(archive, "xl/workbook.xml"))
        if (found := _attributes(tag[1])).get("id") in targets and "name" in found
    }


@lru_cache(maxsize=512)
def parse_format(code: str) -> NumberFormat | None:
    """Parse a format code; None if its numbers are read as they are, as with dates, decimals and thousands."""
    before, pattern, after = "", "", ""
    is_percent = False
    for literal, sign in _tokens(code):
        if literal is not None:
            if "0" in pattern or "#" in pattern:
                after += literal
            else:
                before += literal
        elif sign in "0#?":
            pattern += "".join(_ESCAPES.get(one, one) for one in after) + ("#" if sign == "?" else sign)
            after = ""
        elif sign == "%":
            is_percent = True
        elif sign in ".,":
            pattern += sign
        else:
            return None
    if not pattern:
        return None
    if is_percent:
        return NumberFormat(is_percent=True)
    suffix = after.strip() if after.strip() in _UNITS else before.strip() if before.strip() in _UNITS else ""
    if "." in pattern or "," in pattern:
        return NumberFormat(suffix=suffix) if suffix else None
    is_label = any(sign.isalpha() or sign == "#" for sign in before) and " " not in before and not suffix
    prefix = before if is_label else ""
    digits = pattern.count("0") + pattern.count("#")
    if digits > 1 and (pattern.count("0") > 1 or len(pattern) > digits):
        return NumberFormat(pattern, is_padded=True, prefix=before if before.strip() and not suffix else "")
    return NumberFormat(prefix=prefix, suffix=suffix) if prefix or suffix else None


def _tokens(code: str) -> Iterator[tuple[str | None, str]]:
    """The literals and the other characters of the section for positive numbers."""
    for match in _TOKEN.finditer(code):
        quoted, escaped, currency, general, sign = match.groups()
        if sign == ";":
            return
        if general is not None:
            yield None, "@"
        elif sign is not None:
            yield (sign, "") if sign in _PLAIN_LITERALS else (None, sign)
        elif (literal := next((one for one in (quoted, escaped, currency) if one is not None), None)) is not None:
            yield literal, ""


def _part(archive: ZipFile, name: str) -> bytes:
    try:
        info = archive.getinfo(name)
    except KeyError:
        return b""
    return archive.read(info) if info.file_size <= _MOST_BYTES else b""


def _attributes(tag: bytes) -> Mapping[str, str]:
    """The attributes of a tag, by their names without a namespace."""
    return {
        match[1].decode(errors="replace").rpartition(":")[2]: html.unescape(
            (match[2] if match[2] is not None else match[3]).decode(errors="replace")
        )
        for match in _ATTRIBUTE.finditer(tag)
    }
