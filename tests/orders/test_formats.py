"""Formats of dates and numbers."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tui.api.pointer import Pointer
from tui.orders.formats import (
    DateStyle,
    NumberStyle,
    day_text,
    exact_time_text,
    short_time_text,
    time_text,
    use_formats,
)
from tui.orders.summary import money_at, ordered_at_text, weight_text

WHEN = datetime(2026, 11, 3, 8, 5, 9, tzinfo=UTC)
ORDER = {
    "order_details": {"order_created_at": "2026-11-03T08:05:09Z"},
    "payment_details": {"total_order_price": {"value": Decimal("1234.5"), "currency": "EUR"}},
    "shipping_details": {"measurement": {"weight": {"value": 1250, "unit": "g"}}},
}


@pytest.fixture(autouse=True)
def usual_formats() -> Iterator[None]:
    yield
    use_formats(DateStyle.NAMES, NumberStyle.POINT)


@pytest.mark.parametrize(
    ("format", "day", "time", "short", "exact"),
    [
        (DateStyle.NAMES, "Tue 03 Nov", "Tue 03 Nov 08:05", "03 Nov 08:05", "Tue 03 Nov 2026 08:05:09"),
        (DateStyle.ISO, "2026-11-03", "2026-11-03 08:05", "11-03 08:05", "2026-11-03 08:05:09"),
        (DateStyle.DAY_FIRST, "03-11-2026", "03-11-2026 08:05", "03-11 08:05", "03-11-2026 08:05:09"),
        (DateStyle.MONTH_FIRST, "11/03/2026", "11/03/2026 08:05", "11/03 08:05", "11/03/2026 08:05:09"),
    ],
)
def test_dates(format: DateStyle, day: str, time: str, short: str, exact: str) -> None:
    use_formats(format, NumberStyle.POINT)
    assert (day_text(WHEN), time_text(WHEN), short_time_text(WHEN), exact_time_text(WHEN)) == (day, time, short, exact)
    assert len(time) == 16, "the width of columns"
    assert ordered_at_text(ORDER, UTC) == time


def test_numbers() -> None:
    total = Pointer.of("payment_details", "total_order_price")
    assert (money_at(ORDER, total), weight_text(ORDER)) == ("€ 1234.50", "1.25")
    use_formats(DateStyle.NAMES, NumberStyle.COMMA)
    assert (money_at(ORDER, total), weight_text(ORDER)) == ("€ 1234,50", "1,25")
