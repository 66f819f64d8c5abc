"""Short texts about an order for lists and panes, read leniently from the raw document.

Imports no models, so that rows from the cache are painted without pydantic.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Final

from tui.api.codec import Document, Json, as_list
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.api.query import id_text, read_instant
from tui.orders.numbers import computable, countable
from tui.orders.paths import (
    CUSTOMER,
    DELIVERY_INDICATOR,
    ITEMS,
    NOTES,
    NUMBER,
    ORDER_ID,
    ORDERED_AT,
    PAYMENT_STATUS,
    SHIP_TO,
    SHIPPING_OPTION,
    STATUS,
    TAGS,
    WEIGHT,
)
from tui.orders.value_parser import show_value

_SIGNS: Final = {"EUR": "€", "GBP": "£", "USD": "$"}
GRAMS: Final = {"kg": Decimal(1000), "g": Decimal(1), "lbs": Decimal("453.59237"), "oz": Decimal("28.349523125")}
"""How many grams each unit of weight has."""


def text_at(order: Json, pointer: Pointer) -> str:
    """The text or number at a pointer as text; "" for anything else."""
    value = pointer.get(order)
    if isinstance(value, str):
        return value
    return id_text(value)


def order_name(order: Document) -> str:
    """The name of the order for users: its number, else the shop's order id, else Sendcloud's id."""
    return text_at(order, NUMBER) or text_at(order, ORDER_ID) or f"#{id_text(order.get('id')) or '?'}"


def money_at(order: Json, pointer: Pointer) -> str:
    """A price or cost as `€ 41.90` or `CHF 55.20`; "" if there is none."""
    price = pointer.get(order)
    if not isinstance(price, dict):
        return ""
    value, currency = price.get("value", ABSENT), price.get("currency")
    if value is ABSENT or value is None:
        return ""
    sign = _SIGNS.get(currency, currency) if isinstance(currency, str) else "?"
    number = computable(value)
    if number is not None and abs(number.adjusted()) < 12:
        # `25.000` would read as thousands.
        exponent = number.normalize().as_tuple().exponent
        shown = f"{number:.2f}" if isinstance(exponent, int) and exponent >= -2 else f"{number:f}"
    else:
        shown = show_value("number", value)
    return f"{sign} {shown}"


def kilograms(order: Document) -> Decimal | None:
    """The parcel's weight, else the sum of the items' weights if all of them have one."""
    measured = grams_of(WEIGHT.get(order))
    if measured is not None:
        return measured / 1000
    items = ITEMS.get(order)
    if not isinstance(items, list) or not items:
        return None
    total = Decimal(0)
    for item in items:
        grams = grams_of(Pointer.of("measurement", "weight").get(item))
        quantity = countable(item.get("quantity")) if isinstance(item, dict) else None
        if grams is None or quantity is None:
            return None
        total += grams * quantity
    return total / 1000


def weight_text(order: Document) -> str:
    weight = kilograms(order)
    return "" if weight is None or abs(weight.adjusted()) > 9 else f"{weight:.2f}"


def ordered_at(order: Document) -> datetime | None:
    """When the customer placed the order."""
    return read_instant(ORDERED_AT.get(order))


def age_text(order: Document, now: datetime) -> str:
    """How long ago the order was placed, in at most three characters: `5m`, `13h`, `2d`, `8w`."""
    placed = ordered_at(order)
    if placed is None:
        return "?"
    seconds = (now - placed) // timedelta(seconds=1)
    for size, unit, limit in (
        (60, "m", 60),
        (3600, "h", 48),
        (86400, "d", 100),
        (604800, "w", 100),
        (31557600, "y", 99),
    ):
        if seconds < size * limit:
            return f"{max(0, seconds // size)}{unit}"
    return "99y"


def ordered_at_text(order: Document, zone: tzinfo | None) -> str:
    """When the order was placed, in the profile's zone: `Mon 23 Nov 08:12`."""
    placed = ordered_at(order)
    return placed.astimezone(zone).strftime("%a %d %b %H:%M") if placed is not None else ""


def item_count(order: Document) -> int | None:
    items = ITEMS.get(order)
    return len(items) if isinstance(items, list) else None


def address_lines(order: Document) -> Iterator[str]:
    """The lines of the shipping address, without empty ones."""
    address = SHIP_TO.get(order)
    if not isinstance(address, dict):
        return

    def part(name: str) -> str:
        return text_at(address, Pointer.of(name)).strip()

    lines = (
        " · ".join(filter(None, (part("name"), part("company_name")))),
        " ".join(filter(None, (part("address_line_1"), part("house_number")))),
        part("address_line_2"),
        f"PO box {part('po_box')}" if part("po_box") else "",
        " ".join(filter(None, (part("postal_code"), part("city"), part("state_province_code"), part("country_code")))),
        " · ".join(filter(None, (part("phone_number"), part("email")))),
    )
    yield from filter(None, lines)


def tags_of(order: Document) -> tuple[str, ...]:
    return tuple(tag for tag in as_list(TAGS.get(order)) if isinstance(tag, str))


def email_of(order: Document) -> str:
    """The e-mail address of the delivery, else the customer's."""
    return text_at(order, SHIP_TO / "email") or text_at(order, CUSTOMER / "email")


def phone_of(order: Document) -> str:
    """The phone number of the delivery, else the customer's."""
    return text_at(order, SHIP_TO / "phone_number") or text_at(order, CUSTOMER / "phone_number")


def searchable_text(order: Document) -> str:
    """The text that filter terms are searched in, in lower case."""
    address = SHIP_TO.get(order)
    parts = [
        text_at(order, pointer)
        for pointer in (NUMBER, ORDER_ID, STATUS, PAYMENT_STATUS, NOTES, DELIVERY_INDICATOR, SHIPPING_OPTION)
    ]
    if isinstance(address, dict):
        parts.extend(value for value in address.values() if isinstance(value, str))
    parts.extend(tags_of(order))
    for item in as_list(ITEMS.get(order)):
        parts.extend(text_at(item, Pointer.of(name)) for name in ("name", "sku"))
    return "\n".join(parts).lower()


def grams_of(weight: Json | Absent) -> Decimal | None:
    """A weight in grams; None without a number or with an unknown unit."""
    if not isinstance(weight, dict):
        return None
    value, unit = weight.get("value"), weight.get("unit")
    number = computable(value)
    factor = GRAMS.get(unit.lower()) if isinstance(unit, str) else None
    return None if number is None or factor is None or abs(number.adjusted()) > 9 else number * factor
