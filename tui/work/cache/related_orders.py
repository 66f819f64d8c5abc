"""Other open orders to the same recipient and address, and orders that look like the same order."""

from typing import Final

from tui.api.codec import Document
from tui.api.errors import Severity
from tui.api.query import order_key
from tui.orders.checks.context import RelatedOrder
from tui.orders.paths import NUMBER, ORDER_ID, SHIP_TO, SHIPPING_OPTION, SHOP
from tui.orders.query.conditions import All, Condition, Not, OneOf
from tui.orders.query.folding import fold_value
from tui.orders.summary import order_name, text_at
from tui.store.order_cache import OrderCache

_MOST: Final = 20
_OPEN: Final = Not(OneOf("stage", ("finished",)))
_SAME: Final = ("name", "address_line_1", "house_number", "postal_code", "country_code")


def related_orders(cache: OrderCache, document: Document) -> tuple[RelatedOrder, ...]:
    """The other open orders to the same recipient and address, the newest first. Raises StoreError."""
    name, postcode = (fold_value(text_at(document, SHIP_TO / member)) for member in ("name", "postal_code"))
    if not name or not postcode:
        return ()
    address, is_recipient = _address(document), OneOf("name", (name,))
    found = _others(cache, document, All((is_recipient, OneOf("postcode", (postcode,)), _OPEN)))
    with_errors = set(cache.find(All((OneOf("severity", (Severity.ERROR.value,)), is_recipient))))
    return tuple(
        RelatedOrder(
            order_name(order), text_at(order, SHOP), text_at(order, SHIPPING_OPTION), ready=row not in with_errors
        )
        for row, order in found
        if _address(order) == address
    )


def duplicate_orders(cache: OrderCache, document: Document) -> tuple[str, ...]:
    """The names of other orders of the same shop with the same number or the same id of the shop. Raises StoreError."""
    ids = [fold_value(text_at(document, pointer)) for pointer in (NUMBER, ORDER_ID)]
    shop = fold_value(text_at(document, SHOP))
    names: list[str] = []
    for field, id in zip(("number", "id"), ids, strict=True):
        if id and shop:
            condition = All((OneOf(field, (id,)), OneOf("shop", (shop,))))
            names += [order_name(order) for _, order in _others(cache, document, condition)]
    return tuple(dict.fromkeys(names))


def _others(cache: OrderCache, document: Document, condition: Condition) -> list[tuple[int, Document]]:
    found = cache.rows(cache.find(condition, limit=_MOST + 1))
    return [(row, order.document) for row, order in found.items() if order.key != order_key(document)][:_MOST]


def _address(document: Document) -> tuple[str, ...]:
    return tuple(fold_value(text_at(document, SHIP_TO / member)) for member in _SAME)
