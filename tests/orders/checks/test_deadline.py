"""When an order is due."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tui.orders.checks.context import ShopSettings
from tui.orders.checks.deadline import cut_off_after, due_at

ZONE = ZoneInfo("Europe/Amsterdam")


def due(created: str, *handovers: str | None, **settings: Any) -> str:
    items = [{"delivery_dates": {"handover_at": handover}} for handover in handovers]
    order: Any = {"order_details": {"order_created_at": created, "order_items": items}}
    when = due_at(order, ShopSettings(zone=ZONE, **settings))
    return "" if when is None else f"{when:%a %d %b %H:%M %z}"


@pytest.mark.parametrize(
    ("created", "settings", "expected"),
    [
        ("2026-11-23T09:00:00Z", {}, "Tue 24 Nov 16:00 +0100"),
        ("2026-11-23T09:00:00Z", {"handling_days": 0}, "Mon 23 Nov 16:00 +0100"),
        ("2026-11-23T15:00:00Z", {"handling_days": 0}, "Mon 23 Nov 16:00 +0100"),  # exactly the cut-off
        ("2026-11-23T15:00:01Z", {"handling_days": 0}, "Tue 24 Nov 16:00 +0100"),
        ("2026-11-20T16:00:00Z", {}, "Tue 24 Nov 16:00 +0100"),  # Friday after the cut-off
        ("2026-11-21T09:00:00Z", {"handling_days": 0, "weekend": frozenset({6})}, "Sat 21 Nov 16:00 +0100"),
        ("2026-12-24T09:00:00Z", {"days_off": frozenset({date(2026, 12, 25)})}, "Mon 28 Dec 16:00 +0100"),
        ("2026-11-23T09:00:00Z", {"cut_off": time(9, 30), "handling_days": 0}, "Tue 24 Nov 09:30 +0100"),
        ("2026-10-23T13:00:00Z", {}, "Mon 26 Oct 16:00 +0100"),  # over the end of summer time
        ("not a date", {}, ""),
    ],
)
def test_due_by_handling_days(created: str, settings: dict[str, Any], expected: str) -> None:
    assert due(created, None, **settings) == expected


def test_the_earliest_handover_decides() -> None:
    asked = due("2026-11-23T09:00:00Z", "2026-11-28T10:00:00Z", None, "2026-11-26T10:00:00+01:00")
    assert asked == "Thu 26 Nov 10:00 +0100"


def test_a_shop_that_is_never_open_has_a_cut_off_all_the_same() -> None:
    shop = ShopSettings(zone=ZONE, weekend=frozenset(range(7)))
    moment = datetime(2026, 11, 23, 9, tzinfo=ZONE)
    assert cut_off_after(moment, shop) == datetime(2026, 11, 23, 16, tzinfo=ZONE)
