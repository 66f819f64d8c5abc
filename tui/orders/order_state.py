"""Whether an order is open or finished, judged by the shop's status: the service has no field for it (Q4.14, Q4.15)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

from tui.api.codec import Document, Json, as_list
from tui.orders.paths import STATUS
from tui.orders.status_words import Meaning, meaning_of
from tui.orders.summary import text_at


class OrderState(StrEnum):
    """Whether an order is still to be shipped. Unknown counts as open, in a view of its own."""

    OPEN = "open"
    FINISHED = "finished"
    UNKNOWN = "unknown"


CLOSING: Final = frozenset({Meaning.CANCELLED, Meaning.REFUNDED, Meaning.RETURNED, Meaning.NO_ORDER})
"""Meanings of statuses of orders that must not be shipped, or not again."""

_FINISHED: Final = CLOSING | {Meaning.COMPLETED, Meaning.SHIPPED}

_BY_TYPE: Final[Mapping[tuple[str, str], OrderState]] = {
    # The document's own examples use it for orders that are about to be shipped (Q8.25).
    ("api", "fulfilled"): OrderState.UNKNOWN,
    ("api", "completed"): OrderState.FINISHED,
    ("shopify", "fulfilled"): OrderState.FINISHED,
    ("shopify", "partial"): OrderState.OPEN,
    ("shopify", "restocked"): OrderState.FINISHED,
    # WooCommerce completes an order when it is shipped, also one without a shipment of its own.
    ("woocommerce", "processing"): OrderState.OPEN,
    # Magento: `complete` is invoiced and shipped, `closed` is refunded.
    ("magento", "closed"): OrderState.FINISHED,
    # Amazon and eBay.
    ("amazon", "invoiceunconfirmed"): OrderState.FINISHED,
    ("ebay", "completed"): OrderState.OPEN,  # the checkout is complete; it says nothing about shipping
    # Shopware 5 stores numbers: 2 completely completed, 7 completely delivered, -1 cancelled, 4 cancelled or refused.
    ("shopware", "2"): OrderState.FINISHED,
    ("shopware", "4"): OrderState.FINISHED,
    ("shopware", "7"): OrderState.FINISHED,
    ("shopware", "0"): OrderState.OPEN,
    ("shopware", "1"): OrderState.OPEN,
    ("shopware", "5"): OrderState.OPEN,
    ("shopware", "6"): OrderState.OPEN,
    # Prestashop's factory settings; a shop may change them, then its own statuses decide (`prestashop_states`).
    ("prestashop", "2"): OrderState.OPEN,
    ("prestashop", "3"): OrderState.OPEN,
    ("prestashop", "4"): OrderState.FINISHED,
    ("prestashop", "5"): OrderState.FINISHED,
    ("prestashop", "6"): OrderState.FINISHED,
    ("prestashop", "7"): OrderState.FINISHED,
    ("prestashop", "9"): OrderState.OPEN,
}
"""Codes whose meaning in one type of shop differs from their words, or that are not words."""

_CATEGORIES: Final = {
    "READY_TO_SEND": OrderState.OPEN,
    "IN_TRANSIT": OrderState.FINISHED,
    "DELIVERED": OrderState.FINISHED,
    "CANCEL": OrderState.FINISHED,
}
"""Sendcloud's categories of a Prestashop's statuses (Q10.4)."""


def order_state(document: Document, shop_type: str | None, learned: Mapping[str, OrderState]) -> OrderState:
    """Judge an order by its status.

    `shop_type`: the integration's type, None if unknown. `learned`: states by status code in lower case that the user
    or the shop itself (`prestashop_states`) gave; they decide first.
    """
    code = text_at(document, STATUS).strip()
    known = learned.get(code.lower())
    if known is not None:
        return known
    return (
        state_of_code(code, shop_type)
        or state_of_code(text_at(document, STATUS.parent / "message"), None)
        or (OrderState.UNKNOWN)
    )


@lru_cache(maxsize=1024)
def state_of_code(code: str, shop_type: str | None) -> OrderState | None:
    """The state that a status means in this type of shop; None if its words are not understood."""
    family = next(
        (
            name
            for name in ("shopify", "prestashop", "shopware", "magento", "woocommerce", "amazon", "ebay")
            if name in (shop_type or "").lower()
        ),
        shop_type or "",
    )
    known = _BY_TYPE.get((family, code.lower()))
    if known is not None:
        return known
    meaning = meaning_of(code) if code and not code.isdecimal() else None
    return None if meaning is None else OrderState.FINISHED if meaning in _FINISHED else OrderState.OPEN


def prestashop_states(statuses: Json, mapping: Json = None) -> dict[str, OrderState]:
    """What a Prestashop's own statuses mean, by their id in lower case, for `order_state`.

    `statuses`: the `data` of GET /shop-order-statuses, each with a text and translations. `mapping`: the `data.mapping`
    of GET /shop-order-statuses/mapping, which decides first. Statuses that are not understood are left out.
    """
    found: dict[str, OrderState] = {}
    for status in as_list(statuses):
        if isinstance(status, dict):
            states = (state_of_code(text, None) for text in _texts(status))
            state = next((state for state in states if state is not None), None)
            if state is not None:
                found[str(status.get("external_id")).lower()] = state
    for entry in as_list(mapping):
        if isinstance(entry, dict) and entry.get("external_id") is not None and entry.get("is_valid") is not False:
            state = _CATEGORIES.get(str(entry.get("status_category")))
            if state is not None:
                found[str(entry["external_id"]).lower()] = state
    return found


def _texts(status: Document) -> Iterable[str]:
    for entry in (status, *as_list(status.get("translations"))):
        if isinstance(entry, dict) and isinstance(text := entry.get("status"), str):
            yield text
