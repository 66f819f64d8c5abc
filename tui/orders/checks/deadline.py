"""When an order must be handed over to the carrier."""

from datetime import datetime, timedelta
from typing import Final

from tui.api.codec import Document, as_list
from tui.api.pointer import Pointer
from tui.api.query import read_instant
from tui.orders.checks.context import ShopSettings
from tui.orders.paths import ITEMS
from tui.orders.summary import ordered_at

_HANDOVER: Final = Pointer.of("delivery_dates", "handover_at")
_DAY: Final = timedelta(days=1)
_LONGEST_CLOSURE: Final = 366


def due_at(order: Document, shop: ShopSettings) -> datetime | None:
    """When the order is due, in the shop's zone: the earliest handover that an item asks for, else the cut-off time of
    the working day that is `handling_days` after the order. None without any date.
    """
    asked = [when for item in as_list(ITEMS.get(order)) if (when := read_instant(_HANDOVER.get(item))) is not None]
    if asked:
        return min(asked).astimezone(shop.zone)
    placed = ordered_at(order)
    if placed is None or not 1 < placed.year < 9000:
        return None
    when = cut_off_after(placed, shop)
    for _ in range(shop.handling_days):
        when = cut_off_after(when + timedelta(seconds=1), shop)
    return when


def cut_off_after(moment: datetime, shop: ShopSettings) -> datetime:
    """The next cut-off of a working day, at or after an aware time, in the shop's zone.

    If the shop is closed for a year, the cut-off of the day is returned.
    """
    local = moment.astimezone(shop.zone)
    day = local.date() if local.time() <= shop.cut_off else local.date() + _DAY
    for distance in range(_LONGEST_CLOSURE):
        candidate = day + distance * _DAY
        if candidate.weekday() not in shop.weekend and candidate not in shop.days_off:
            day = candidate
            break
    return datetime.combine(day, shop.cut_off, shop.zone)
