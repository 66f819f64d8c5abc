"""Checks of the order as a whole and of its items. Each is named by its code; the registry says when it fires."""

import re
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Final

from tui.api.codec import as_list
from tui.api.query import order_key
from tui.orders.checks.context import CheckContext, RelatedOrder
from tui.orders.checks.deadline import due_at
from tui.orders.checks.facts import CheckedOrder, Found, excerpt, found, text_of
from tui.orders.formats import short_time_text
from tui.orders.order_state import CLOSING, OrderState, order_state
from tui.orders.paths import (
    ITEMS,
    NUMBER,
    ORDER_ID,
    ORDERED_AT,
    PAYMENT_STATUS,
    SHIP_TO,
    SHOP,
    STATUS,
    TAGS,
)
from tui.orders.patterns import late_pattern
from tui.orders.status_words import is_on_hold, meaning_of
from tui.orders.summary import text_at

_MAX_ID_LENGTH: Final = 64
_HOLD: Final = late_pattern(r"(on[ _-]?)?hold|do not ship|nicht versenden|wachten", re.IGNORECASE)


def no_items(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """The schema allows it (Q8.9)."""
    if not order.items:
        yield found(ITEMS)


def no_item_name(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    for item in order.items:
        if not text_of(item.document, "name"):
            yield found(ITEMS / item.index / "name")


def quantity(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """The schema allows 0 and negative values, the service does not (Q8.8)."""
    for item in order.items:
        number = item.document.get("quantity")
        if isinstance(number, int | Decimal) and not isinstance(number, bool) and number <= 0:
            yield found(ITEMS / item.index / "quantity", quantity=number)


def same_items(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """A PATCH cannot tell them apart (Q3.2)."""
    if len(order.items) < 2:
        return
    first: dict[tuple[str, str], int] = {}
    for item in order.items:
        key = text_of(item.document, "name"), text_of(item.document, "sku")
        if key[0] and first.setdefault(key, item.index) != item.index:
            yield found(ITEMS / item.index / "name", first=first[key] + 1)


def unknown_shop(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """The service refuses the whole batch (Q2.12)."""
    shop = SHOP.get(order.document)
    if context.shops is not None and isinstance(shop, int) and shop not in context.shops:
        yield found(SHOP, shop=shop)


def long_id(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """Such ids were refused, and cannot be used to request a label (Q1.8, SQ2.4)."""
    order_id = ORDER_ID.get(order.document)
    if isinstance(order_id, str) and len(order_id) > _MAX_ID_LENGTH:
        yield found(ORDER_ID, limit=_MAX_ID_LENGTH, length=len(order_id))


def _is_finished(order: CheckedOrder, context: CheckContext) -> bool:
    return order_state(order.document, context.shop_type, context.learned) is OrderState.FINISHED


def on_hold(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if is_on_hold(text_at(order.document, STATUS), text_at(order.document, STATUS.parent / "message")):
        yield found(STATUS, reason="status")
        return
    for index, tag in enumerate(as_list(TAGS.get(order.document))):
        if isinstance(tag, str) and _HOLD.fullmatch(tag.strip()):
            yield found(TAGS / index, reason="tag")
            return


def cancelled(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    payment = text_at(order.document, PAYMENT_STATUS)
    if payment and meaning_of(payment) in CLOSING and not _is_finished(order, context):
        yield found(PAYMENT_STATUS, payment=excerpt(payment.lower(), 20))


def duplicate(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if names := context.duplicates.get(order_key(order.document)):
        yield found(NUMBER, others=excerpt(", ".join(names), 40))


def combine(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if related := context.related.get(order_key(order.document)):
        names = excerpt(", ".join(other.name for other in related), 40)
        reasons = "; ".join(f"{excerpt(other.name, 20)} {_together(order, other)}" for other in related[:5])
        yield found(SHIP_TO, others=names, reasons=reasons)


def _together(order: CheckedOrder, other: RelatedOrder) -> str:
    """Why another order to the same address can or cannot be shipped together with this one."""
    if other.shop != text_at(order.document, SHOP):
        return "is of another shop and ships separately"
    if other.option != order.option:
        return "has another shipping option"
    return "can ship together" if other.ready else "has errors and cannot ship yet"


def due(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    when = _due_at(order, context)
    if when is not None and context.now is not None:
        now = context.now.astimezone(context.shop.zone)
        if now <= when and now.date() == when.date():
            yield found(ORDERED_AT, time=f"{when:%H:%M}")


def late(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    when = _due_at(order, context)
    if when is not None and context.now is not None and context.now > when:
        yield found(ORDERED_AT, since=short_time_text(when))


def _due_at(order: CheckedOrder, context: CheckContext) -> datetime | None:
    """When an order is due that is not finished; None without a clock."""
    if context.now is None or _is_finished(order, context):
        return None
    return due_at(order.document, context.shop)
