"""`facts_of`: what queries know about an order, read leniently from the raw document."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from tui.api.codec import Document, Json, as_list
from tui.api.pointer import Absent, Pointer
from tui.api.query import id_number, order_key, read_instant
from tui.orders.paths import (
    CURRENCY,
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
    SHOP,
    STATUS,
    TAGS,
    TOTAL,
    UPDATED_AT,
)
from tui.orders.query.conditions import Facts
from tui.orders.query.folding import digits, fold, fold_value
from tui.orders.status_words import is_on_hold, is_unpaid
from tui.orders.summary import kilograms, text_at

_SERVICE_POINT: Final = Pointer.of("service_point_details")
_PICKUP: Final = Pointer.of("shipping_details", "is_local_pickup")
_STATUS_TEXT: Final = STATUS.parent / "message"
_PAYMENT_TEXT: Final = PAYMENT_STATUS.parent / "message"

_ON_DELIVERY: Final = Pointer.of("payment_details", "is_cash_on_delivery")

_SEVERITIES: Final = ("error", "warning", "info")
_LARGEST: Final = 10**15
_NUMBER: Final = re.compile(r"-?\d{1,20}(\.\d{1,10})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class FactsContext:
    """What is known about an order in addition to its document.

    `stage`: open, finished or unknown. `problems`: code and severity (error, warning, info) of what the checks found.
    `due`: by when it must be handed over.
    """

    stage: str = "unknown"
    problems: Sequence[tuple[str, str]] = ()
    is_abroad: bool = False
    needs_customs: bool = False
    due: datetime | None = None


def facts_of(document: Document, context: FactsContext) -> Facts:
    """Read the facts of an order. Any field of the document may be absent, null or of an unexpected type."""
    items = [item for item in as_list(ITEMS.get(document)) if isinstance(item, dict)]
    texts = _texts(document, items)
    codes = _codes(document, context)
    lists = _lists(document, items, context)
    flags = tuple(_flags(document, context, texts))
    return Facts(
        {name: text for name, values in texts.items() if (text := "\n".join(values))},
        {name: code for name, code in codes.items() if code},
        {name: values for name, values in (lists | {"flag": flags}).items() if values},
        {name: number for name, number in _numbers(document, items, context) if number is not None},
    )


def country_code(text: str) -> str:
    """The folded code of a country by its code or its name in any supported language; else the folded text."""
    folded = fold_value(text)
    if re.fullmatch("[a-z]{2}", folded) and folded != "uk":
        return folded
    from tui.orders.addresses.formats import country_named  # loads the names of all countries: 100 ms

    return country_named(text.strip()[:100]).lower() or folded


def compact(text: str) -> str:
    """A folded text without spaces and dots, for postcodes and HS codes."""
    return re.sub(r"[\s.]", "", text)


def _texts(document: Document, items: list[Document]) -> dict[str, tuple[str, ...]]:
    address = SHIP_TO.get(document)
    customer = CUSTOMER.get(document)
    country = country_code(_text(address, "country_code"))
    postcode = fold_value(_text(address, "postal_code"))
    phones = [_text(address, "phone_number"), _text(customer, "phone_number")]
    street = f"{_text(address, 'address_line_1')} {_text(address, 'house_number')}"
    option = text_at(document, SHIPPING_OPTION)
    carrier = [option.partition(":")[0], option] if option.strip() else [text_at(document, DELIVERY_INDICATOR)]
    return {
        "number": _values([text_at(document, NUMBER)]),
        "id": _values([text_at(document, ORDER_ID), order_key(document)]),
        "name": _values([_text(address, "name")]),
        "company": _values([_text(address, "company_name")]),
        "street": _values([street, _text(address, "address_line_2"), _text(address, "po_box")]),
        "postcode": _values([postcode, compact(postcode)]),
        "city": _values([_text(address, "city")]),
        "email": _values([_text(address, "email"), _text(customer, "email")]),
        "phone": _values(phones),
        "phone_digits": _values(number for phone in phones for number in _phone_numbers(phone, country)),
        "sku": _values(_text(item, "sku") for item in items),
        "item": _values(_text(item, "name") for item in items),
        "note": _values([text_at(document, NOTES)]),
        "tag": _values(_tags(document)),
        "carrier": _values(carrier),
        "hs": _values(compact(fold(_text(item, "hs_code"))) for item in items),
        "ean": _values(_text(item, "ean") for item in items),
    }


def _codes(document: Document, context: FactsContext) -> dict[str, str]:
    severities = {severity for _, severity in context.problems}
    address = SHIP_TO.get(document)
    return {
        "key": fold_value(order_key(document)),
        "shop": fold_value(text_at(document, SHOP)),
        "status": fold_value(text_at(document, STATUS)),
        "payment": fold_value(text_at(document, PAYMENT_STATUS)),
        "country": country_code(_text(address, "country_code")),
        "state": fold_value(_text(address, "state_province_code")),
        "currency": fold_value(text_at(document, CURRENCY)),
        "stage": context.stage,
        "severity": next((severity for severity in _SEVERITIES if severity in severities), ""),
    }


def _lists(document: Document, items: list[Document], context: FactsContext) -> dict[str, tuple[str, ...]]:
    return {
        "sku": _values(_text(item, "sku") for item in items),
        "tag": _values(_tags(document)),
        "hs": _values(compact(fold(_text(item, "hs_code"))) for item in items),
        "origin": _values(country_code(_text(item, "country_of_origin")) for item in items),
        "ean": _values(_text(item, "ean") for item in items),
        "problem": _values(code for code, _ in context.problems),
        "status_text": _values([text_at(document, _STATUS_TEXT)]),
        "payment_text": _values([text_at(document, _PAYMENT_TEXT)]),
    }


def _flags(document: Document, context: FactsContext, texts: dict[str, tuple[str, ...]]) -> Iterator[str]:
    codes = {code for code, _ in context.problems}
    point = _SERVICE_POINT.get(document)
    found = {
        "abroad": context.is_abroad,
        "customs": context.needs_customs,
        "pickup": _PICKUP.get(document) is True,
        "servicepoint": any(_text(point, name).strip() for name in ("id", "carrier_service_point_id")),
        "unpaid": "unpaid" in codes
        or (
            _ON_DELIVERY.get(document) is not True
            and is_unpaid(text_at(document, PAYMENT_STATUS), text_at(document, _PAYMENT_TEXT))
        ),
        "hold": "on_hold" in codes or is_on_hold(text_at(document, STATUS), text_at(document, _STATUS_TEXT)),
        "note": bool(texts["note"]),
        "email": bool(texts["email"]),
        "phone": bool(texts["phone"]),
    }
    yield from (name for name, is_set in found.items() if is_set)


def _numbers(document: Document, items: list[Document], context: FactsContext) -> Iterator[tuple[str, float | None]]:
    key = id_number(order_key(document))
    yield "pk", None if key is None else float(key)
    yield "total", _float((TOTAL / "value").get(document))
    yield "weight", _float(kilograms(document))
    yield "items", float(len(as_list(ITEMS.get(document))))
    quantities = (_float(item.get("quantity")) for item in items)
    yield "quantity", sum((quantity for quantity in quantities if quantity is not None), 0.0)
    for name, when in (
        ("created", read_instant(ORDERED_AT.get(document))),
        ("updated", read_instant(UPDATED_AT.get(document))),
        ("due", context.due),
    ):
        yield name, None if when is None else when.timestamp()


def _values(texts: Iterable[str]) -> tuple[str, ...]:
    """The folded texts, each once, without empty ones."""
    return tuple(dict.fromkeys(filter(None, map(fold_value, texts))))


def _text(node: Json | Absent, name: str) -> str:
    return text_at(node, Pointer((name,))) if isinstance(node, dict) else ""


def _tags(document: Document) -> Iterator[str]:
    tags = TAGS.get(document)
    # A single tag may come as a text.
    return (tag for tag in ([tags] if isinstance(tags, str) else as_list(tags)) if isinstance(tag, str))


def _phone_numbers(phone: str, country: str) -> Iterator[str]:
    """The digits of a phone number, and its international form if it is a national number of a known country."""
    number = digits(phone)
    if number.startswith("00"):
        number = number.removeprefix("00")
    elif number.startswith("0"):
        from tui.orders.addresses.formats import dialling_code

        code = dialling_code(country.upper())
        if code:
            # Italian numbers keep their zero.
            yield code + (number if country == "it" else number[1:])
    yield number


def _float(value: Json | Absent) -> float | None:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return float(value) if -_LARGEST <= value <= _LARGEST else None
