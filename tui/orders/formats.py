"""How dates and numbers are shown on screens. Chosen once for the whole program, as a locale is.

Forms, JSON and files show values as the service has them.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple


class DateStyle(StrEnum):
    NAMES = "names"
    ISO = "iso"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


class NumberStyle(StrEnum):
    POINT = "point"
    COMMA = "comma"


class _Patterns(NamedTuple):
    """Patterns of strftime. `short`: without the year; `long`: with it."""

    usual: str
    short: str
    long: str


_PATTERNS: Final = {
    DateStyle.NAMES: _Patterns("%a %d %b", "%d %b", "%a %d %b %Y"),
    DateStyle.ISO: _Patterns("%Y-%m-%d", "%m-%d", "%Y-%m-%d"),
    DateStyle.DAY_FIRST: _Patterns("%d-%m-%Y", "%d-%m", "%d-%m-%Y"),
    DateStyle.MONTH_FIRST: _Patterns("%m/%d/%Y", "%m/%d", "%m/%d/%Y"),
}
_chosen: dict[str, str] = {"dates": DateStyle.NAMES, "numbers": NumberStyle.POINT}


def use_formats(dates: DateStyle, numbers: NumberStyle) -> None:
    """Show dates and numbers in these formats from now on."""
    _chosen.update(dates=dates, numbers=numbers)


def day_text(day: date) -> str:
    """`Mon 23 Nov`."""
    return f"{day:{_patterns().usual}}"


def time_text(moment: datetime) -> str:
    """`Mon 23 Nov 08:12`; 16 characters in every format."""
    return f"{moment:{_patterns().usual} %H:%M}"


def short_time_text(moment: datetime) -> str:
    """`23 Nov 08:12`; at most 12 characters."""
    return f"{moment:{_patterns().short} %H:%M}"


def exact_time_text(moment: datetime) -> str:
    """`Mon 23 Nov 2026 08:12:05`."""
    return f"{moment:{_patterns().long} %H:%M:%S}"


def number_text(number: str) -> str:
    """A number that is written with a decimal point, with the chosen decimal sign."""
    return number.replace(".", ",") if _chosen["numbers"] == NumberStyle.COMMA else number


def _patterns() -> _Patterns:
    return _PATTERNS[DateStyle(_chosen["dates"])]
