"""What a table lacks and every order needs: set the same for all, or worked out from what there is, each told."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from tui.api.codec import Document, Json
from tui.api.pointer import Pointer
from tui.orders.fields import ANY, ITEMS
from tui.orders.tables.headings import BILL, ITEM, SHIP, FieldPath
from tui.orders.tables.mapping import CURRENCY, PLACED, ColumnMapping

CONSTANT: Final = "the same for all"
_PRICES: Final = ("total_price", "subtotal_price", "estimated_shipping_price", "estimated_tax_price")
_COSTS: Final = ("discount_granted", "insurance_costs", "freight_costs", "other_costs")

DefaultNote = Callable[[FieldPath, Json, str], None]


def work_out(
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
    if sign and _at(document, CURRENCY) is None:
        note(CURRENCY, sign, "from the sign beside the amounts")
    for path, value in mapping.constants:
        _constant(document, entries, path, value, note)
    if mapping.derives:
        _names(document, now, note)
        _addresses(document, note)
        _lines(document, entries, note)
        _total(document, entries, note)
    _currencies(document, entries, note)
    if _at(document, ITEMS.tokens) is None:
        document.setdefault("order_details", {})
        details = document["order_details"]
        if isinstance(details, dict):
            details["order_items"] = []


def total_for(document: Document, pointer: Pointer) -> tuple[str, Pointer, Json] | None:
    """What a missing line total or order total would be: in words, its place, and the value (Q8.7)."""
    items = ITEMS.get(document)
    entries: list[Any] = items if isinstance(items, list) else []
    for position, item in enumerate(entries):
        place = ITEMS / position / "total_price"
        quantity, unit = _at(item, ("quantity",)), _number(item, "unit_price")
        if pointer.startswith(place) and unit is not None and isinstance(quantity, int) and quantity > 0:
            if _number(item, "total_price") is not None:
                return None
            total = _plain(unit * quantity)
            return f"{total}, unit price × quantity", place, _priced(total, item, document)
    place = Pointer(CURRENCY).parent
    lines = [_number(item, "total_price") for item in entries]
    known = [line for line in lines if line is not None]
    wanted = pointer.startswith(place) and _at(document, (*place.tokens, "value")) is None
    if not wanted or not known or len(known) != len(lines):
        return None
    total = _plain(sum(known, Decimal(0)))
    return f"{total}, the lines' totals", place, _priced(total, entries[0], document)


def _priced(amount: Json, item: Any, document: Document) -> Json:
    currency = (
        _at(document, CURRENCY) or _at(item, ("unit_price", "currency")) or _at(item, ("total_price", "currency"))
    )
    return {"value": amount, "currency": currency} if currency is not None else {"value": amount}


@lru_cache(maxsize=4096)
def _pointer(path: FieldPath) -> Pointer:
    return Pointer(path)


def _constant(document: Document, entries: list[Any], path: FieldPath, value: Json, note: DefaultNote) -> None:
    if path[: len(ITEM)] == ITEM:
        rest = path[len(ITEM) :]
        for position, item in enumerate(entries):
            if _at(item, rest) is None and not _lacks_value(item, rest):
                note((*ITEMS.tokens, str(position), *rest), value, CONSTANT)
    elif _at(document, path) is None and not _lacks_value(document, path):
        note(tuple("0" if token == ANY else token for token in path), value, CONSTANT)


def _lacks_value(node: Any, path: FieldPath) -> bool:
    """Whether this is the unit of a measure that is not there; the order's own currency is always wanted."""
    if path[-1] not in ("unit", "currency") or path == CURRENCY:
        return False
    return not isinstance(_at(node, path[:-1]), dict)


def _names(document: Document, now: datetime, note: DefaultNote) -> None:
    number, order_id = document.get("order_number"), document.get("order_id")
    if number is None and order_id is not None:
        note(("order_number",), order_id, "from the order id")
    if order_id is None and number is not None:
        note(("order_id",), number, "from the order number")
    if _at(document, PLACED) is None:
        note(PLACED, now.isoformat(timespec="seconds"), "the time of import")
    name = _at(document, (SHIP, "name")) or _at(document, (BILL, "name"))
    customer = document.get("customer_details")
    if isinstance(customer, dict) and "name" not in customer and name is not None:
        note(("customer_details", "name"), name, "from the address")
    name, address = _at(document, ("customer_details", "name")), document.get(SHIP)
    if isinstance(address, dict) and address.get("name") is None and name is not None:
        note((SHIP, "name"), name, "from the customer")
    properties = _at(document, ("shipping_details", "ship_with", "properties"))
    if isinstance(properties, dict) and _at(document, ("shipping_details", "ship_with", "type")) is None:
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
        quantity, unit, total = item.get("quantity"), _number(item, "unit_price"), _number(item, "total_price")
        if not isinstance(quantity, int) or quantity <= 0:
            continue
        if total is None and unit is not None:
            note((*place, "total_price", "value"), _plain(unit * quantity), "unit price × quantity")
        elif unit is None and total is not None and (share := round(total / quantity, 4)) * quantity == total:
            note((*place, "unit_price", "value"), _plain(share.normalize()), "line total ÷ quantity")


def _total(document: Document, entries: list[Any], note: DefaultNote) -> None:
    place = ("payment_details", "total_price", "value")
    lines = [_number(item, "total_price") for item in entries]
    if _at(document, place) is not None or not lines:
        return
    known = [line for line in lines if line is not None]
    if len(known) != len(lines):
        return
    total, how = sum(known, Decimal(0)), "the lines' totals"
    shipping = _number(document.get("payment_details"), "estimated_shipping_price")
    if shipping is not None:
        total, how = total + shipping, f"{how} and shipping"
    note(place, _plain(total), how)


def _currencies(document: Document, entries: list[Any], note: DefaultNote) -> None:
    currency = _at(document, CURRENCY)
    if currency is None:
        return
    for name in (*_PRICES, *_COSTS):
        price = _at(document, ("payment_details", name))
        if isinstance(price, dict) and price.get("currency") is None and price.get("value") is not None:
            note(("payment_details", name, "currency"), currency, "the order's currency")
    for position, item in enumerate(entries):
        for name in ("unit_price", "total_price"):
            price = item.get(name)
            if isinstance(price, dict) and price.get("currency") is None:
                note((*ITEMS.tokens, str(position), name, "currency"), currency, "the order's currency")


def _at(node: Any, path: FieldPath) -> Any:
    for token in path:
        if isinstance(node, list):
            node = node[0] if node else None
        node = node.get(token) if isinstance(node, dict) else None
    return node


def _number(node: Any, name: str) -> Decimal | None:
    value = _at(node, (name, "value"))
    if not isinstance(value, int | Decimal) or isinstance(value, bool):
        return None
    # Numbers without end come from JSON that nobody wrote; nothing is worked out from them.
    return Decimal(value) if abs(Decimal(value).adjusted()) < 40 else None


def _plain(number: Decimal) -> Json:
    text = f"{number:f}"
    return int(number) if "." not in text else number
