"""Times as the sandbox stores them: whole microseconds since 1970, UTC."""

import re
from datetime import UTC, date, datetime, timedelta

MICRO = 1_000_000
DAY = 24 * 3600 * MICRO

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def to_micros(instant: datetime) -> int:
    """Convert to microseconds. Raises ValueError for a time without a zone."""
    if instant.tzinfo is None:
        raise ValueError("the time has no zone")
    return (instant - _EPOCH) // _TICK


def to_text(micros: int) -> str:
    """Format like the service, with microseconds and `+00:00` (Q8.27)."""
    return (_EPOCH + timedelta(microseconds=micros)).isoformat(timespec="microseconds")


def read_instant(text: object) -> int | None:
    """Parse an RFC 3339 time to microseconds; None for anything else and for dates out of range."""
    match = _RFC3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    seconds = "59" if match[3] == "60" else match[3]
    zone = "+00:00" if match[5] in "Zz" else match[5]
    try:
        moment = datetime.fromisoformat(f"{match[1]}T{match[2]}:{seconds}{(match[4] or '')[:7]}{zone}")
        micros = to_micros(moment)
        to_text(micros)
    except (ValueError, OverflowError):
        return None
    return micros


def day_of(day: date) -> int:
    """The first microsecond of a UTC day."""
    return to_micros(datetime(day.year, day.month, day.day, tzinfo=UTC))
