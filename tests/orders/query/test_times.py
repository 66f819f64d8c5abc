"""Days and instants of the query language."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tui.orders.query.times import DAY_NAMES, period

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)
"""In Amsterdam it is Thursday 26 November, half past midnight."""


@pytest.mark.parametrize(
    ("text", "start", "hours"),
    [
        ("today", "2026-11-26T00:00+01:00", 24),
        ("Today", "2026-11-26T00:00+01:00", 24),
        ("yesterday", "2026-11-25T00:00+01:00", 24),
        ("tomorrow", "2026-11-27T00:00+01:00", 24),
        ("-3d", "2026-11-23T00:00+01:00", 24),
        ("3d", "2026-11-23T00:00+01:00", 24),
        ("+1d", "2026-11-27T00:00+01:00", 24),
        ("-0d", "2026-11-26T00:00+01:00", 24),
        ("thursday", "2026-11-26T00:00+01:00", 24),
        ("friday", "2026-11-20T00:00+01:00", 24),
        ("MONDAY", "2026-11-23T00:00+01:00", 24),
        ("2026-11-22", "2026-11-22T00:00+01:00", 24),
        ("2026-10-25", "2026-10-25T00:00+02:00", 25),
        ("2026-03-29", "2026-03-29T00:00+01:00", 23),
    ],
)
def test_days_begin_and_end_in_the_zone(text: str, start: str, hours: int) -> None:
    found = period(text, NOW, AMSTERDAM)
    first = datetime.fromisoformat(start)
    assert found.start == first.timestamp()
    assert found.end == (first + timedelta(hours=hours)).timestamp()


@pytest.mark.parametrize(("text", "hours"), [("-6h", -6), ("+2h", 2), ("-48h", -48)])
def test_hours_are_instants(text: str, hours: int) -> None:
    found = period(text, NOW, AMSTERDAM)
    assert (found.start, found.end) == ((NOW + timedelta(hours=hours)).timestamp(), None)


def test_a_weekday_is_one_of_the_last_seven_days() -> None:
    starts = {period(name, NOW, AMSTERDAM).start for name in DAY_NAMES}
    assert starts == {period(f"-{days}d", NOW, AMSTERDAM).start for days in range(7)}


@pytest.mark.parametrize(
    "text", ["", "tody", "2026-02-30", "22-11-2026", "2026-11", "-3", "d", "-3w", "-٣d", "9999-12-31", "-99999d", "6h"]
)
def test_other_texts_are_no_days(text: str) -> None:
    with pytest.raises(ValueError):
        period(text, NOW, AMSTERDAM)
