"""Amounts in an order: reads them leniently and computes missing totals."""

from decimal import Decimal
from typing import Any

from tui.api.codec import Document, Json
from tui.api.pointer import Pointer
from tui.orders.numbers import computable, countable
from tui.orders.paths import CURRENCY, ITEMS, TOTAL, FieldPath


def missing_total(document: Document, pointer: Pointer) -> tuple[str, Pointer, Json] | None:
    """Compute the line total or order total that is missing at a pointer (Q8.7).
    Returns the total as text, the pointer of the price object, and its value; None if it cannot be computed.
    """
    found = ITEMS.get(document)
    items: list[Any] = found if isinstance(found, list) else []
    for index, item in enumerate(items):
        price_pointer = ITEMS / index / "total_price"
        quantity, unit = countable(value_at(item, ("quantity",))), amount_at(item, "unit_price")
        if pointer.startswith(price_pointer) and unit is not None and quantity is not None and quantity > 0:
            if amount_at(item, "total_price") is not None:
                return None
            total = as_json_number(unit * quantity)
            return f"{total}, unit price × quantity", price_pointer, _price(total, item, document)
    lines = [amount_at(item, "total_price") for item in items]
    known = [line for line in lines if line is not None]
    is_missing = pointer.startswith(TOTAL) and value_at(document, (*TOTAL.tokens, "value")) is None
    if not is_missing or not known or len(known) != len(lines):
        return None
    total = as_json_number(sum(known, Decimal(0)))
    return f"{total}, sum of the line totals", TOTAL, _price(total, items[0], document)


def _price(amount: Json, item: Any, document: Document) -> Json:
    currency = (
        value_at(document, CURRENCY.tokens)
        or value_at(item, ("unit_price", "currency"))
        or value_at(item, ("total_price", "currency"))
    )
    return {"value": amount, "currency": currency} if currency is not None else {"value": amount}


def value_at(node: Any, path: FieldPath) -> Any:
    """The value at a path, or None. In a list on the path, the first item is used."""
    for token in path:
        if isinstance(node, list):
            node = node[0] if node else None
        node = node.get(token) if isinstance(node, dict) else None
    return node


def amount_at(node: Any, name: str) -> Decimal | None:
    """The amount of the price called `name`, or None if it has none."""
    return computable(value_at(node, (name, "value")))


def as_json_number(number: Decimal) -> Json:
    """The number as JSON: an int if it has no decimals, else a Decimal."""
    text = f"{number:f}"
    return int(number) if "." not in text else number
