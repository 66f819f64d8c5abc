"""The numbers of others: only those that `computable` returns are computed with; all others are shown and kept."""

import re
from decimal import Decimal
from typing import Final, cast

from tui.api.codec import Json
from tui.api.pointer import Absent

_WHOLE_DIGITS: Final = 15
_DECIMALS: Final = 100
_PLAIN: Final = re.compile(r"[+-]?\d{1,20}(\.\d{1,10})?", re.ASCII)


def computable(value: Json | Absent) -> Decimal | None:
    """A number below 10**15 with at most 100 decimals; None for all others and for anything else.

    Arithmetic with `1e1000000` raises decimal.Overflow, writing it out takes a million digits, and sums and products of
    larger numbers are no longer exact.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    if isinstance(value, int):
        return Decimal(value) if abs(value) < 10**_WHOLE_DIGITS else None
    number = value
    exponent = number.as_tuple().exponent
    is_small = isinstance(exponent, int) and exponent >= -_DECIMALS and number.adjusted() < _WHOLE_DIGITS
    return number if is_small else None


def countable(value: object) -> int | None:
    """A whole number of pieces below 10**15, positive or not; None for all others and for anything else."""
    is_count = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**_WHOLE_DIGITS
    return cast(int, value) if is_count else None


def computable_text(value: Json | Absent) -> Decimal | None:
    """The same, also for a text that is a plain number."""
    if isinstance(value, str):
        return Decimal(value) if _PLAIN.fullmatch(value) else None
    return computable(value)
