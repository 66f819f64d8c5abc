"""Decides whether `1,250` is 1250 or 1.25: by the other numbers of its column or file, or by arithmetic."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from tui.orders.tables.values.amounts import parse_number

_NUMBER: Final = re.compile(r"\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class DecimalReading:
    """How the ambiguous numbers of a column are read. `reason`: what decides it; empty if that is a guess."""

    sign: str
    reason: str = ""


def is_ambiguous(text: str) -> bool:
    """Whether the only sign of a number may separate thousands or decimals, as in `1,250`."""
    return sign_in(text)[1]


@lru_cache(maxsize=8192)
def sign_in(text: str) -> tuple[str, bool]:
    """The decimal sign that a number shows, or ""; and whether its only sign is ambiguous: then that sign."""
    found = _NUMBER.search(text)
    number = found[0].rstrip(".,") if found is not None else ""
    signs = [sign for sign in number if sign in ".,"]
    if not signs:
        return "", False
    if len(set(signs)) == 2:
        return signs[-1], False
    sign, other = signs[0], "," if signs[0] == "." else "."
    if len(signs) > 1:
        return other, False
    whole, _, rest = number.partition(sign)
    return sign, len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0")


def possible_values(text: str, decimal: str = "") -> list[tuple[str, Decimal]]:
    """The values that a number may have, each with the decimal sign that is decisive for it, or "".

    `decimal`: its decimal sign, if that is known.
    """
    match = _NUMBER.search(text)
    if match is None:
        return []
    sign, is_unclear = (decimal, False) if decimal else sign_in(text)
    signs = (".", ",") if is_unclear else (sign or ".",)
    values = ((one if is_unclear else "", parse_number(match[0], one)) for one in signs)
    return [(one, Decimal(value)) for one, value in values if value is not None]


def describe(reading: DecimalReading, text: str) -> tuple[str, str]:
    """The sign of an ambiguous number and how it is read: `comma`, `a thousands separator`."""
    sign = sign_in(text)[0]
    return "comma" if sign == "," else "point", "the decimal sign" if sign == reading.sign else "a thousands separator"
