"""Finds numbers such as `3-5` that a spreadsheet has turned into dates, and proposes what was typed."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from tui.orders.addresses.formats import normalize
from tui.orders.addresses.months import MONTHS

_DAY_AND_MONTH: Final = re.compile(r"(\d{1,2})[.\s/-]{0,3}([^\W\d_]+)\.?(?:[\s/-]{1,2}(\d{4}|\d{2}))?")
_MONTH_AND_NUMBER: Final = re.compile(r"([^\W\d_]+)[.\s/-]{1,3}(\d{1,2}|(?:19|20)\d\d)")
_ISO: Final = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_NUMERIC: Final = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2((?:19|20)\d\d)(?: 00:00(?::00)?)?")
_SERIAL: Final = re.compile(r"(?:[45]\d{4}|60000)", re.ASCII)
_SPREADSHEET_FORM: Final = re.compile(r"\d\d-[A-Z][a-zäéûç]{2}|[A-Z][a-zäéûç]{2}-\d\d|\d\d\. [A-Z][a-zä]{2,8}")
"""How spreadsheets show a day or a month by default."""
_EPOCH: Final = date(1899, 12, 30)
_FIRST_YEAR_OF_ENTRY: Final = 2015
"""From this year on, a year is the one in which the number was typed, and not a part of it."""
_LARGEST_STEP: Final = 8
"""The largest usual difference within a range of house numbers."""
_LONG_NUMBERS: Final = frozenset(["US", "CA", "AU", "NZ", "MX"])
"""Countries with house numbers of five digits."""


@lru_cache(maxsize=1024)
def typed_numbers(text: str, country: str = "") -> tuple[str, ...]:
    """What may have been typed where a spreadsheet shows this date, likeliest first; empty if this is no date."""
    text = text.strip()
    if match := _DAY_AND_MONTH.fullmatch(text):
        month = MONTHS.get(normalize(match[2]))
        return _proposals(int(match[1]), month, match[3]) if month else ()
    if match := _MONTH_AND_NUMBER.fullmatch(text):
        month = MONTHS.get(normalize(match[1]))
        return _proposals(month, int(match[2]) % 100) if month else ()
    if match := _ISO.fullmatch(text):
        return _proposals(int(match[3]), int(match[2]), match[1])
    if match := _NUMERIC.fullmatch(text):
        return _proposals(int(match[1]), int(match[3]), match[4])
    if _SERIAL.fullmatch(text) and country not in _LONG_NUMBERS:
        day = _EPOCH + timedelta(days=int(text))
        return _proposals(day.day, day.month, str(day.year))
    return ()


def typed_codes(text: str) -> tuple[str, ...]:
    """What may have been typed where a code looks exactly as a spreadsheet shows a date."""
    return typed_numbers(text) if _SPREADSHEET_FORM.fullmatch(text) else ()


def _proposals(first: int, second: int, year: str | None = None) -> tuple[str, ...]:
    if not 0 < first < 100 or not 0 < second < 100:
        return ()
    if year is not None and int(year) < _FIRST_YEAR_OF_ENTRY and len(year) == 4:
        return (f"{first}/{second}/{int(year) % 100}", f"{second}/{first}/{int(year) % 100}")
    low, high = sorted((first, second))
    if high - low <= _LARGEST_STEP:
        found = (f"{low}-{high}", f"{high}/{low}", f"{low}/{high}", f"{high}-{low}")
    else:
        found = (f"{first}/{second}", f"{first}-{second}", f"{second}/{first}", f"{second}-{first}")
    return tuple(dict.fromkeys(found))
