"""Parses dates and times as shops write them: with month names in several languages, with or without a zone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

from tui.orders.addresses.formats import normalize
from tui.orders.addresses.months import MONTHS, WEEKDAYS
from tui.orders.patterns import late_pattern

UNCLEAR_ORDER: Final = "day or month first? Set the dates in the layout"
NO_DAY: Final = "a day is needed, such as 2025-11-23 14:30"
_NO_SUCH_DAY: Final = "there is no such day"
_NO_SUCH_TIME: Final = "there is no such time of day"
_LONGEST: Final = 80
_LONGEST_AGE: Final = 5
"""The maximum age in years of a date that may begin with a year of two digits."""

_ZONES: Final = {
    "z": 0,
    "utc": 0,
    "gmt": 0,
    "wet": 0,
    "cet": 1,
    "mez": 1,
    "bst": 1,
    "west": 1,
    "cest": 2,
    "mesz": 2,
    "eet": 2,
    "eest": 3,
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
}
"""Names of zones in shops' exports, and their hours from UTC."""

_HALF: Final = r"(?P<half>[ap])(?:\.\s?m\.?|m)(?![^\W\d_])"
_ZONE: Final = (
    rf"(?P<zone>(?:utc|gmt)?(?P<sign>[+-])(?P<zone_hour>\d{{1,2}})(?::?(?P<zone_minute>\d\d))?(?![\d:.])"
    rf"|(?:{'|'.join(_ZONES)})(?![^\W\d_]))(?:\s?\([^()]{{1,40}}\))?"
)
_TIME: Final = late_pattern(
    rf"(?<![\d:])(?P<hour>\d{{1,2}})\s?[:h]\s?(?P<minute>\d\d)(?:[:m.](?P<second>\d\d)(?![\d:])s?)?(?:[.,]\d{{1,9}})?(?!\d|:)"
    rf"(?:\s?{_HALF})?(?:\s?(?:uhr|uur|h)(?![^\W\d_]))?(?:\s?{_ZONE})?"
)
_HOUR: Final = late_pattern(
    rf"(?<![\d:.,/-])(?P<hour>\d{{1,2}})(?P<minute>)(?P<second>)(?:\s?{_HALF}|\s?(?:uhr|uur|h)(?![^\W\d_]))"
    rf"(?:\s?{_ZONE})?"
)
_DOTTED_TIME: Final = late_pattern(
    rf"(?<=[\s,])(?P<hour>\d{{1,2}})\.(?P<minute>\d\d)(?:\.(?P<second>\d\d))?(?:\s?{_HALF})?"
    rf"(?:\s?(?:uhr|uur|h))?(?:\s?{_ZONE})?$"
)
_YEAR_FIRST: Final = late_pattern(r"(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})\.?")
_COMPACT: Final = late_pattern(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_COMPACT_TIME: Final = late_pattern(r"(\d{8}) (\d\d)(\d\d)(\d\d)?(?=z|[+-]|$)")
_NUMERIC: Final = late_pattern(r"(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?('?\d{4}|'?\d{2})\.?")
_ORDER_SIGNS: Final = late_pattern(
    r"\s*(?:[^\W\d_]{1,10}[.,]?\s+)?(\d{1,2})([-/])(\d{1,2})\2(?:\d{4}|\d{2})(?:\D.*)?", re.DOTALL
)
_WORD: Final = late_pattern(r"[^\W\d_]+|\d+")
_FILLERS: Final = frozenset(
    [
        *(
            "um",
            "at",
            "a",
            "à",
            "de",
            "del",
            "of",
            "den",
            "kl",
            "klokken",
            "klockan",
            "uhr",
            "uur",
            "om",
            "o",
            "dnia",
            "r",
        ),
        *(
            "roku",
            "il",
            "las",
            "alle",
            "ore",
            "d",
            "às",
            "as",
            "the",
            "el",
            "le",
            "on",
            "am",
            "du",
            "t",
            "do",
            "ao",
            "em",
        ),
    ]
)
_ORDINALS: Final = frozenset(["st", "nd", "rd", "th", "er", "re", "e", "ª", "º", "o", "a", "te", "ste"])


@dataclass(frozen=True, slots=True)
class Unread:
    """The reason why a text is not a time."""

    reason: str


def parse_time(text: str, order: str, now: datetime) -> str | Unread:
    """Convert a date with or without a time to RFC 3339.

    `order`: `dmy` or `mdy` for numbers such as `01/02/2026`, or "" if it is not known. A time without a zone is in the
    zone of `now`, with the offset of its own date.
    """
    words = " ".join(text.casefold().replace("−", "-").replace("’", "'").split())
    if len(words) > _LONGEST:
        return Unread(NO_DAY)
    words = re.sub(r"(?<=\d)t(?=\d)", " ", words)
    if match := _COMPACT_TIME.match(words):
        words = f"{match[1]} {match[2]}:{match[3]}:{match[4] or '00'}{words[match.end() :]}"
    reason = NO_DAY
    for pattern in (_TIME, _HOUR, _DOTTED_TIME, None):
        found = pattern.search(words) if pattern is not None else None
        if pattern is not None and found is None:
            continue
        rest = f"{words[: found.start()]} {words[found.end() :]}" if found is not None else words
        day = _parse_day(rest, order, now.date())
        if isinstance(day, date):
            return _with_time(day, found, now)
        reason = day.reason if day.reason != NO_DAY else reason
    return Unread(reason)


def date_order(texts: Iterable[str]) -> str:
    """The order of day and month that the cells of one column prove, or "" if they prove none or both."""
    orders = set()
    for text in texts:
        if match := _ORDER_SIGNS.fullmatch(text):
            first, second = int(match[1]), int(match[3])
            if first > 12 or second > 12:
                orders.add("dmy" if first > 12 else "mdy")
                if len(orders) > 1:
                    return ""
    return next(iter(orders), "")


def _parse_day(text: str, order: str, today: date) -> date | Unread:
    words = text.strip(" ,.;-–·|'")
    words = _without_weekday(words)
    if match := _YEAR_FIRST.fullmatch(words):
        return _day(match[1], match[3], match[4])
    if match := _COMPACT.fullmatch(words):
        return _day(*match.groups())
    if match := _NUMERIC.fullmatch(words):
        return _parse_numeric(match, order, today)
    return _parse_named(words, today)


def _without_weekday(text: str) -> str:
    """Remove a weekday and words such as `le` and `am` before a day."""
    words = text.split(" ")
    while len(words) > 1 and not words[0][:1].isdigit():
        word = normalize(words[0].replace("-", " ")).split()
        is_weekday = bool(word) and word[0] in WEEKDAYS
        if not is_weekday and not (word and word[0] in _FILLERS):
            break
        if word[0] in MONTHS and not any(normalize(other) in MONTHS for other in words[1:]):
            break  # `Mar 3, 2026`, but `mar. 3 mars 2026`
        words = words[1:]
    while len(words) > 1 and normalize(words[-1]) in _FILLERS:
        words = words[:-1]
    return " ".join(words).strip(" ,.;")


def _parse_numeric(match: re.Match[str], order: str, today: date) -> date | Unread:
    first, second, year = int(match[1]), int(match[3]), _full_year(match[4], today)
    # With dots the month never comes first.
    order = "dmy" if match[2] == "." else order
    if not order and (first > 12 or second > 12 or first == second):
        order = "dmy" if first > 12 else "mdy"
    if not order:
        return Unread(UNCLEAR_ORDER)
    day, month = (first, second) if order == "dmy" else (second, first)
    found = _day(year, str(month), str(day))
    years_ago = today.year - 2000 - first
    if len(match[4]) == 2 and match[2] != "." and first > 12 >= second and -1 <= years_ago <= _LONGEST_AGE:
        by_year = _day(f"20{first}", str(second), match[4])
        if isinstance(by_year, date) and isinstance(found, date) and found.year < by_year.year - 1:
            return Unread(UNCLEAR_ORDER)  # 26-08-02 may begin with the year
    return found


def _parse_named(text: str, today: date) -> date | Unread:
    """Parse a day whose month is a name: `2. August 2026`, `Aug-02-26`, `2 de agosto de 2026`, `2026 Aug 2`."""
    month, numbers, months_at = 0, [], 0
    for token in _WORD.findall(text):
        word = normalize(token)
        if token.isdigit():
            numbers.append(token)
        elif word in MONTHS and not month:
            month, months_at = MONTHS[word], len(numbers)
        elif word not in _FILLERS and token not in _ORDINALS and word not in WEEKDAYS:
            return Unread(NO_DAY)
    if not month or len(numbers) != 2 or re.search(r"[^\w\s.,/'ªº-]", text):
        return Unread(NO_DAY)
    if len(numbers[0]) == 4:
        return _day(numbers[0], str(month), numbers[1])
    if months_at > 1 or len(numbers[0]) > 2 or len(numbers[1]) not in (2, 4):
        return Unread(NO_DAY)
    return _day(_full_year(numbers[1], today), str(month), numbers[0])


def _full_year(text: str, today: date) -> str:
    """A year of two digits as the latest one that is not after next year."""
    text = text.strip("'")
    if len(text) == 4:
        return text
    year = today.year // 100 * 100 + int(text)
    return str(year if year <= today.year + 1 else year - 100)


def _day(year: str, month: str, day: str) -> date | Unread:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return Unread(_NO_SUCH_DAY)


def _with_time(day: date, found: re.Match[str] | None, now: datetime) -> str | Unread:
    hour = minute = second = 0
    offset: timezone | None = None
    if found is not None:
        parts = found.groupdict()
        hour, minute, second = int(parts["hour"]), int(parts["minute"] or 0), int(parts["second"] or 0)
        if half := parts.get("half"):
            if not 1 <= hour <= 12:
                return Unread(_NO_SUCH_TIME)  # there is no 13 PM
            hour = hour % 12 + (12 if half == "p" else 0)
        if zone := parts.get("zone"):
            offset = _offset(zone, parts)
            if offset is None:
                return Unread(_NO_SUCH_TIME)
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=offset or now.tzinfo)
        text = moment.isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        return Unread(_NO_SUCH_TIME)
    return text if re.search(r"[+-]\d\d:\d\d$", text) else Unread("this is too long ago")


def _offset(zone: str, parts: dict[str, str | None]) -> timezone | None:
    if not parts["sign"]:
        hours = _ZONES[zone.partition("(")[0].strip()]
        return UTC if hours == 0 else timezone(timedelta(hours=hours))
    span = timedelta(hours=int(parts["zone_hour"] or 0), minutes=int(parts["zone_minute"] or 0))
    return timezone(span if parts["sign"] == "+" else -span) if span <= timedelta(hours=14) else None
