"""The countdown to the next handover, and how rarely its text changes."""

from datetime import UTC, datetime, timedelta

import pytest

from tui.screens.triage.countdown import countdown

DUE = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (timedelta(days=3), "hand over Mon 16:00"),
        (timedelta(hours=6, minutes=30), "hand over 16:00, in 6 h"),
        (timedelta(hours=2), "hand over 16:00, in 2 h"),
        (timedelta(hours=1, minutes=59, seconds=30), "hand over 16:00, in 2 h 0 min"),
        (timedelta(hours=1, minutes=30), "hand over 16:00, in 1 h 30 min"),
        (timedelta(minutes=60), "hand over 16:00, in 60 min"),
        (timedelta(minutes=1, seconds=1), "hand over 16:00, in 2 min"),
        (timedelta(seconds=1), "hand over 16:00, in 1 min"),
    ],
)
def test_text(before: timedelta, text: str) -> None:
    assert countdown(DUE, DUE - before)[0] == text


def test_the_text_changes_when_it_says_and_at_most_once_a_minute_or_hour() -> None:
    now, texts = DUE - timedelta(days=1, hours=3), []
    while now < DUE:
        text, seconds = countdown(DUE, now)
        assert seconds >= 1
        if seconds > 2:
            assert countdown(DUE, min(DUE, now + timedelta(seconds=seconds - 1.5)))[0] == text
        texts.append(text)
        now += timedelta(seconds=seconds)
    assert len(texts) == len(set(texts))
    assert sum(text.endswith(" h") for text in texts) == 15
    assert sum(text.endswith("min") for text in texts) <= 121
