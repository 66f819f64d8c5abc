"""Fills in values that an order needs and a table lacks: constants, or values derived from others. Each is reported."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from tui.api.codec import Document, Json, as_document
from tui.api.pointer import Pointer
from tui.orders.money import amount_at, as_json_number, value_at
from tui.orders.numbers import countable
from tui.orders.parsed import Derivation, How
from tui.orders.paths import ANY, EVERY_ITEM, ITEMS, FieldPath, is_item_path
from tui.orders.tables.headings import BILL, SHIP
from tui.orders.tables.mapping import CURRENCY_PATH, ORDERED_AT_PATH, USUAL_CONSTANTS, ColumnMapping

CONSTANT: Final = "the same for all orders"
_PRICES: Final = ("total_price", "subtotal_price", "estimated_shipping_price", "estimated_tax_price")
_DECISIVE: Final = ("name", "company_name", "address_line_1", "house_number", "po_box", "postal_code", "city")
"""The members of an address without which it says nothing about who gets an order."""
_COSTS: Final = ("discount_granted", "insurance_costs", "freight_costs", "other_costs")

_NOT_SAID: Final = Derivation(How.ASSUMED, "the file does not say it")
_THE_SAME: Final = Derivation(How.GIVEN, CONSTANT)

DefaultNote = Callable[[FieldPath, Json, How, str], None]


def fill_defaults(
    document: Document,
    derived: dict[Pointer, Derivation],
    mapping: ColumnMapping,
    now: datetime,
    currency_sign: str = "",
) -> None:
    """Fill in the document in place, and record in `derived` where each value came from.

    `currency_sign`: the currency that was written beside amounts.
    """

    def note(path: FieldPath, value: Json, how: How, text: str) -> None:
        node: Any = document
        for token, following in pairwise(path):
            if isinstance(node, list):
                node = node[int(token)]
            elif token in node:
                node = node[token]
            else:
                node[token] = node = [{}] if following == "0" else {}
        node[path[-1]] = value
        derived[_pointer(path)] = _derivation(how, text)

    found = ITEMS.get(document)
    items: list[Any] = found if isinstance(found, list) else []
    if currency_sign and value_at(document, CURRENCY_PATH) is None:
        note(CURRENCY_PATH, currency_sign, How.COMPUTED, "from the currency sign of the amounts")
    for path, value in mapping.constants:
        is_assumed = USUAL_CONSTANTS.get(path) == value or path in mapping.guessed
        source = _NOT_SAID if is_assumed else _THE_SAME
        _apply_constant(document, items, path, value, note, source)
    if mapping.fills_defaults:
        _fill_names(document, now, note)
        _fill_shipping_address(document, note)
        _fill_single_line(document, items, note)
        _fill_lines(document, items, note)
        _fill_total(document, items, note)
    _fill_currencies(document, items, note)
    if value_at(document, ITEMS.tokens) is None:
        document.setdefault("order_details", {})
        details = document["order_details"]
        if isinstance(details, dict):
            details["order_items"] = []


@lru_cache(maxsize=4096)
def _pointer(path: FieldPath) -> Pointer:
    return Pointer(path)


@lru_cache(maxsize=1024)
def _derivation(how: How, text: str) -> Derivation:
    """One object for all orders of a file in which a value has the same origin."""
    return Derivation(how, text)


def _apply_constant(
    document: Document, items: list[Any], path: FieldPath, value: Json, note: DefaultNote, source: Derivation
) -> None:
    if is_item_path(path):
        rest = path[len(EVERY_ITEM) :]
        for index, item in enumerate(items):
            if value_at(item, rest) is None and not _lacks_value(item, rest):
                note((*ITEMS.tokens, str(index), *rest), value, source.how, source.text)
    elif value_at(document, path) is None and not _lacks_value(document, path):
        note(tuple("0" if token == ANY else token for token in path), value, source.how, source.text)


def _lacks_value(node: Any, path: FieldPath) -> bool:
    """Whether this is the unit of a missing measure or price. The order's currency is always set."""
    if path[-1] not in ("unit", "currency") or path == CURRENCY_PATH:
        return False
    return not isinstance(value_at(node, path[:-1]), dict)


def _fill_names(document: Document, now: datetime, note: DefaultNote) -> None:
    number, order_id = document.get("order_number"), document.get("order_id")
    if number is None and order_id is not None:
        note(("order_number",), order_id, How.COPIED, "from the order id")
    if order_id is None and number is not None:
        note(("order_id",), number, How.COPIED, "from the order number")
    if value_at(document, ORDERED_AT_PATH) is None:
        note(ORDERED_AT_PATH, now.isoformat(timespec="seconds"), How.ASSUMED, "the time of import")
    name = value_at(document, (SHIP, "name")) or value_at(document, (BILL, "name"))
    customer = document.get("customer_details")
    if isinstance(customer, dict) and "name" not in customer and name is not None:
        note(("customer_details", "name"), name, How.COPIED, "from the address")
    name, address = value_at(document, ("customer_details", "name")), document.get(SHIP)
    if isinstance(address, dict) and address.get("name") is None:
        company = address.get("company_name")
        if company is not None and (name is None or _is_elsewhere(address, document.get(BILL))):
            note((SHIP, "name"), company, How.COPIED, "from the company")
        elif name is not None:
            note((SHIP, "name"), name, How.COPIED, "from the customer")
    properties = value_at(document, ("shipping_details", "ship_with", "properties"))
    if isinstance(properties, dict) and value_at(document, ("shipping_details", "ship_with", "type")) is None:
        note(("shipping_details", "ship_with", "type"), "shipping_option_code", How.ASSUMED, "the only type there is")


def _is_elsewhere(address: Document, billing: Json) -> bool:
    """Whether the billing address is a different place, so that its name may not be the recipient's."""
    return isinstance(billing, dict) and any(
        billing.get(name) is not None and billing.get(name) != address.get(name)
        for name in ("address_line_1", "postal_code", "city")
    )


def _fill_shipping_address(document: Document, note: DefaultNote) -> None:
    billing, shipping = document.get(BILL), document.get(SHIP) or {}
    if not isinstance(billing, dict) or not isinstance(shipping, dict) or any(map(shipping.get, _DECISIVE)):
        return
    country = shipping.get("country_code")
    if country in (None, billing.get("country_code")) or billing.get("country_code") is None:
        for name, value in list(billing.items()):
            if name not in shipping:
                note((SHIP, name), value, How.COPIED, "from the billing address")
        name, company = value_at(document, ("customer_details", "name")), billing.get("company_name")
        if not billing.get("name") and shipping.get("name") is None:
            if company:
                note((SHIP, "name"), company, How.COPIED, "from the company")
            elif name is not None:
                note((SHIP, "name"), name, How.COPIED, "from the customer")


def _fill_single_line(document: Document, items: list[Any], note: DefaultNote) -> None:
    """Compute the line total of the only item from the order total, if the item has no price."""
    if (
        len(items) != 1
        or amount_at(items[0], "unit_price") is not None
        or amount_at(items[0], "total_price") is not None
    ):
        return
    payment = document.get("payment_details")
    total, shipping = amount_at(payment, "total_price"), amount_at(payment, "estimated_shipping_price")
    if total is None or total < (shipping or 0):
        return
    text = "order total" if shipping is None else "order total without shipping"
    note((*ITEMS.tokens, "0", "total_price", "value"), as_json_number(total - (shipping or 0)), How.COMPUTED, text)


def _fill_lines(document: Document, items: list[Any], note: DefaultNote) -> None:
    for index, item in enumerate(items):
        path = (*ITEMS.tokens, str(index))
        if item.get("quantity") is None:
            note((*path, "quantity"), 1, How.ASSUMED, "1, because none is given")
        if item.get("name") is None and isinstance(item.get("sku"), str):
            note((*path, "name"), item["sku"], How.COPIED, "from the SKU")
        quantity, unit, total = (
            countable(item.get("quantity")),
            amount_at(item, "unit_price"),
            amount_at(item, "total_price"),
        )
        if quantity is None or quantity <= 0:
            continue
        if total is None and unit is not None:
            note(
                (*path, "total_price", "value"), as_json_number(unit * quantity), How.COMPUTED, "unit price × quantity"
            )
        elif unit is None and total is not None and (share := round(total / quantity, 4)) * quantity == total:
            note(
                (*path, "unit_price", "value"), as_json_number(share.normalize()), How.COMPUTED, "line total ÷ quantity"
            )


def _fill_total(document: Document, items: list[Any], note: DefaultNote) -> None:
    path = ("payment_details", "total_price", "value")
    lines = [amount_at(item, "total_price") for item in items]
    if value_at(document, path) is not None or not lines:
        return
    known = [line for line in lines if line is not None]
    if len(known) != len(lines):
        return
    total, reason = sum(known, Decimal(0)), "sum of the line totals"
    shipping = amount_at(document.get("payment_details"), "estimated_shipping_price")
    if shipping is not None:
        total, reason = total + shipping, f"{reason} and shipping"
    note(path, as_json_number(total), How.COMPUTED, reason)


def _fill_currencies(document: Document, items: list[Any], note: DefaultNote) -> None:
    currency = value_at(document, CURRENCY_PATH)
    if currency is None:
        return
    payment = as_document(document.get("payment_details"))
    for name in (*_PRICES, *_COSTS):
        price = payment.get(name)
        if isinstance(price, dict) and price.get("currency") is None and price.get("value") is not None:
            note(("payment_details", name, "currency"), currency, How.COPIED, "the order's currency")
    for index, item in enumerate(items):
        for name in ("unit_price", "total_price"):
            price = item.get(name)
            if isinstance(price, dict) and price.get("currency") is None:
                note((*ITEMS.tokens, str(index), name, "currency"), currency, How.COPIED, "the order's currency")
