"""What a table lacks and every order needs: set the same for all, or worked out from what there is, each told."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from tui.api.codec import Document, Json
from tui.api.pointer import Pointer
from tui.orders.money import amount_at, as_json_number, value_at
from tui.orders.paths import ANY, EVERY_ITEM, ITEMS, FieldPath
from tui.orders.tables.headings import BILL, SHIP
from tui.orders.tables.mapping import CURRENCY_PATH, ORDERED_AT_PATH, ColumnMapping

CONSTANT: Final = "the same for all"
_PRICES: Final = ("total_price", "subtotal_price", "estimated_shipping_price", "estimated_tax_price")
_COSTS: Final = ("discount_granted", "insurance_costs", "freight_costs", "other_costs")

DefaultNote = Callable[[FieldPath, Json, str], None]


def fill_defaults(
    document: Document, derived: dict[Pointer, str], mapping: ColumnMapping, now: datetime, sign: str = ""
) -> None:
    """Fill the document in place and tell in `derived` what was set and how. `sign`: a currency that amounts carried."""

    def note(path: FieldPath, value: Json, how: str) -> None:
        node: Any = document
        for token, following in pairwise(path):
            fresh: Json = [{}] if following == "0" else {}
            node = node[int(token)] if isinstance(node, list) else node.setdefault(token, fresh)
        node[path[-1]] = value
        derived[_pointer(path)] = how

    items = ITEMS.get(document)
    entries: list[Any] = items if isinstance(items, list) else []
    if sign and value_at(document, CURRENCY_PATH) is None:
        note(CURRENCY_PATH, sign, "from the sign beside the amounts")
    for path, value in mapping.constants:
        _constant(document, entries, path, value, note)
    if mapping.derives:
        _names(document, now, note)
        _addresses(document, note)
        _lines(document, entries, note)
        _total(document, entries, note)
    _currencies(document, entries, note)
    if value_at(document, ITEMS.tokens) is None:
        document.setdefault("order_details", {})
        details = document["order_details"]
        if isinstance(details, dict):
            details["order_items"] = []


@lru_cache(maxsize=4096)
def _pointer(path: FieldPath) -> Pointer:
    return Pointer(path)


def _constant(document: Document, entries: list[Any], path: FieldPath, value: Json, note: DefaultNote) -> None:
    if path[: len(EVERY_ITEM)] == EVERY_ITEM:
        rest = path[len(EVERY_ITEM) :]
        for position, item in enumerate(entries):
            if value_at(item, rest) is None and not _lacks_value(item, rest):
                note((*ITEMS.tokens, str(position), *rest), value, CONSTANT)
    elif value_at(document, path) is None and not _lacks_value(document, path):
        note(tuple("0" if token == ANY else token for token in path), value, CONSTANT)


def _lacks_value(node: Any, path: FieldPath) -> bool:
    """Whether this is the unit of a measure that is not there; the order's own currency is always wanted."""
    if path[-1] not in ("unit", "currency") or path == CURRENCY_PATH:
        return False
    return not isinstance(value_at(node, path[:-1]), dict)


def _names(document: Document, now: datetime, note: DefaultNote) -> None:
    number, order_id = document.get("order_number"), document.get("order_id")
    if number is None and order_id is not None:
        note(("order_number",), order_id, "from the order id")
    if order_id is None and number is not None:
        note(("order_id",), number, "from the order number")
    if value_at(document, ORDERED_AT_PATH) is None:
        note(ORDERED_AT_PATH, now.isoformat(timespec="seconds"), "the time of import")
    name = value_at(document, (SHIP, "name")) or value_at(document, (BILL, "name"))
    customer = document.get("customer_details")
    if isinstance(customer, dict) and "name" not in customer and name is not None:
        note(("customer_details", "name"), name, "from the address")
    name, address = value_at(document, ("customer_details", "name")), document.get(SHIP)
    if isinstance(address, dict) and address.get("name") is None and name is not None:
        note((SHIP, "name"), name, "from the customer")
    properties = value_at(document, ("shipping_details", "ship_with", "properties"))
    if isinstance(properties, dict) and value_at(document, ("shipping_details", "ship_with", "type")) is None:
        note(("shipping_details", "ship_with", "type"), "shipping_option_code", "as there is only this one")


def _addresses(document: Document, note: DefaultNote) -> None:
    billing = document.get(BILL)
    if document.get(SHIP) is None and isinstance(billing, dict):
        for name, value in list(billing.items()):
            note((SHIP, name), value, "from the billing address")


def _lines(document: Document, entries: list[Any], note: DefaultNote) -> None:
    for position, item in enumerate(entries):
        place = (*ITEMS.tokens, str(position))
        if item.get("quantity") is None:
            note((*place, "quantity"), 1, "one, as nothing is said")
        if item.get("name") is None and isinstance(item.get("sku"), str):
            note((*place, "name"), item["sku"], "from the SKU")
        quantity, unit, total = item.get("quantity"), amount_at(item, "unit_price"), amount_at(item, "total_price")
        if not isinstance(quantity, int) or quantity <= 0:
            continue
        if total is None and unit is not None:
            note((*place, "total_price", "value"), as_json_number(unit * quantity), "unit price × quantity")
        elif unit is None and total is not None and (share := round(total / quantity, 4)) * quantity == total:
            note((*place, "unit_price", "value"), as_json_number(share.normalize()), "line total ÷ quantity")


def _total(document: Document, entries: list[Any], note: DefaultNote) -> None:
    place = ("payment_details", "total_price", "value")
    lines = [amount_at(item, "total_price") for item in entries]
    if value_at(document, place) is not None or not lines:
        return
    known = [line for line in lines if line is not None]
    if len(known) != len(lines):
        return
    total, how = sum(known, Decimal(0)), "the lines' totals"
    shipping = amount_at(document.get("payment_details"), "estimated_shipping_price")
    if shipping is not None:
        total, how = total + shipping, f"{how} and shipping"
    note(place, as_json_number(total), how)


def _currencies(document: Document, entries: list[Any], note: DefaultNote) -> None:
    currency = value_at(document, CURRENCY_PATH)
    if currency is None:
        return
    for name in (*_PRICES, *_COSTS):
        price = value_at(document, ("payment_details", name))
        if isinstance(price, dict) and price.get("currency") is None and price.get("value") is not None:
            note(("payment_details", name, "currency"), currency, "the order's currency")
    for position, item in enumerate(entries):
        for name in ("unit_price", "total_price"):
            price = item.get(name)
            if isinstance(price, dict) and price.get("currency") is None:
                note((*ITEMS.tokens, str(position), name, "currency"), currency, "the order's currency")
