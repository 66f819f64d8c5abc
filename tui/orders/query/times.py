"""Days and instants of the query language: `today`, `monday`, `-3d`, `2026-11-22`, `-6h`."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

DAY_NAMES: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEAR_DAYS: Final = {"today": 0, "yesterday": -1, "tomorrow": 1}
DATE_WORDS: Final = (*NEAR_DAYS, *DAY_NAMES)


@dataclass(frozen=True, slots=True)
class Period:
    """A day, from its start up to but not including the start of the next one, or an instant (`end` is None).

    In seconds since 1970.
    """

    start: float
    end: float | None


def period(text: str, now: datetime, zone: tzinfo) -> Period:
    """The day or instant that a text names, in the zone. Raises ValueError if it names none.

    `-3d` is the day three days ago, a weekday is the latest one, today included, and `-6h` is an instant.
    """
    word = text.strip().lower()
    if hours := re.fullmatch(r"([+-])(\d{1,4})h", word, re.ASCII):
        return Period((now + timedelta(hours=int(hours[1] + hours[2]))).timestamp(), None)
    day = _day(word, now.astimezone(zone).date())
    try:
        return Period(_start(day, zone), _start(day + timedelta(days=1), zone))
    except OverflowError:
        raise ValueError(f"{text[:20]!r} is too far away") from None


def _day(word: str, today: date) -> date:
    if word in NEAR_DAYS:
        return today + timedelta(days=NEAR_DAYS[word])
    if word in DAY_NAMES:
        return today - timedelta(days=(today.weekday() - DAY_NAMES.index(word)) % 7)
    if days := re.fullmatch(r"([+-]?)(\d{1,4})d", word, re.ASCII):
        # Earlier versions accepted 3d for -3d.
        return today + timedelta(days=int(f"{days[1] or '-'}{days[2]}"))
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", word, re.ASCII):
        raise ValueError(f"{word[:20]!r} is not a day; use today, monday, -3d or {today.isoformat()}")
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise ValueError(f"There is no day {word}") from None


def _start(day: date, zone: tzinfo) -> float:
    return datetime.combine(day, time.min, zone).timestamp()
