"""Checks of the customs data, for destinations that need a declaration. Each is named by its code; the registry says when it fires."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Final

from tui.api.codec import as_list
from tui.api.pointer import Pointer
from tui.api.wording import count_of
from tui.orders.checks.context import CheckContext
from tui.orders.checks.customs_territories import EU, territory_of
from tui.orders.checks.facts import (
    CheckedItem,
    CheckedOrder,
    Found,
    excerpt,
    found,
    item_pointers,
    text_at_pointer,
    text_of,
)
from tui.orders.checks.money import LINE_CURRENCY
from tui.orders.checks.vague_words import is_vague
from tui.orders.countries import country_name
from tui.orders.numbers import computable_text
from tui.orders.paths import ITEMS, TOTAL
from tui.orders.summary import text_at

CUSTOMS: Final = Pointer.of("customs_details")
INVOICE: Final = CUSTOMS / "commercial_invoice_number"
_EXPORT_TYPE: Final = CUSTOMS / "export_type"
_SHIPMENT_TYPE: Final = CUSTOMS / "shipment_type"
_TAX_NUMBERS: Final = CUSTOMS / "tax_numbers"
_HS_CODE: Final = Pointer.of("hs_code")
_NO_EORI_UP_TO: Final = Decimal(1000)
"""Up to this value in euros goods may leave the EU without the exporter's EORI number: Regulation (EU) 2015/2446, article
141 (4), for postal consignments."""
_IOSS_UP_TO: Final = Decimal(150)
"""The most euros of goods that a seller may declare by IOSS: Directive 2006/112/EC, title XII, chapter 6, section 4."""


def _items(order: CheckedOrder, name: str, is_bad: Callable[[CheckedItem], bool]) -> Iterator[Found]:
    """Report the member `name` of all items that are bad, as one problem."""
    if bad := [item.index for item in order.items if is_bad(item)]:
        values = {"items": count_of(len(bad), "item"), "country": country_name(order.country)}
        first = excerpt(text_at(order.document, ITEMS / bad[0] / name))
        yield Found(item_pointers(bad, name), {**values, "value": first})


def no_customs(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.declared and not isinstance(CUSTOMS.get(order.document), dict):
        yield found(_SHIPMENT_TYPE, country=country_name(order.country))


def hs_code(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.declared:
        yield from _items(order, "hs_code", lambda item: not text_at(item.document, _HS_CODE).strip())


def hs_format(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """6 to 15 digits, zeros and dots count as written (Q8.19)."""
    if order.declared:
        yield from _items(order, "hs_code", lambda item: _has_bad_code(text_of(item.document, "hs_code")))


def _has_bad_code(code: str) -> bool:
    return code != "" and _chapter(code) is None


def hs_chapter(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.declared:
        yield from _items(order, "hs_code", lambda item: _chapter(text_of(item.document, "hs_code")) in (98, 99))


@lru_cache(maxsize=1024)
def _chapter(code: str) -> int | None:
    """The chapter of an HS code of 6 to 15 digits (Q8.19); None for anything else, and for 00 and 77, which do not exist."""
    digits = re.sub(r"[.\s]", "", code)
    if not re.fullmatch(r"\d{6,15}", digits, re.ASCII):
        return None
    return int(digits[:2]) if digits[:2] not in ("00", "77") else None


def origin(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.declared:
        yield from _items(
            order, "country_of_origin", lambda item: not country_name(text_of(item.document, "country_of_origin"))
        )


def item_value(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.declared:
        yield from _items(order, "total_price", lambda item: not (item.line or item.unit))


def customs_currency(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """Carriers refuse some currencies for declarations (Q8.2, SQ7.8)."""
    if not order.declared:
        return
    used = {item.currency: item.index for item in reversed(order.items) if item.currency and item.line is not None}
    if len(used) > 1:
        yield found(ITEMS / max(used.values()) + LINE_CURRENCY, currencies=excerpt(", ".join(sorted(used)), 20))


def vague_description(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """The EU refuses them since 2026-02-02 (SQ7.8)."""
    if order.declared:
        yield from _items(order, "name", _is_vague)


def _is_vague(item: CheckedItem) -> bool:
    texts = [text for name in ("description", "name") if (text := text_of(item.document, name))]
    return bool(texts) and all(map(is_vague, texts))


def invoice_number(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    details = CUSTOMS.get(order.document)
    if isinstance(details, dict) and order.declared and not text_of(details, INVOICE.name):
        yield found(INVOICE, country=country_name(order.country))


def _numbers(order: CheckedOrder, side: str, kind: str) -> list[tuple[Pointer, str]]:
    """The tax numbers of a kind (`EORI`, `IOSS`) that the sender or the receiver has."""
    entries = enumerate(as_list((_TAX_NUMBERS / side).get(order.document)))
    return [
        (_TAX_NUMBERS / side / index / "value", text_of(entry, "value").replace(" ", "").upper())
        for index, entry in entries
        if isinstance(entry, dict) and kind in text_of(entry, "name").upper() and text_of(entry, "value")
    ]


def _value_in_euros(order: CheckedOrder) -> Decimal | None:
    """The order's total if it is in euros."""
    in_euros = text_at_pointer(order.document, TOTAL / "currency") == "EUR"
    return computable_text((TOTAL / "value").get(order.document)) if in_euros else None


def eori(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """The sender may have it in the account too, so this is a warning (SQ7.8)."""
    if not order.declared:
        return
    numbers = _numbers(order, "sender", "EORI") + _numbers(order, "receiver", "EORI")
    for pointer, number in numbers:
        if not re.fullmatch(r"[A-Z]{2}[0-9A-Z]{1,15}", number):
            yield found(pointer, title=f"EORI {excerpt(number)}?")
    value = _value_in_euros(order)
    is_business = text_at_pointer(order.document, _EXPORT_TYPE) == "commercial_b2b"
    if not numbers and (is_business or (value is not None and value > _NO_EORI_UP_TO)):
        yield found(_TAX_NUMBERS / "sender", title="no EORI")


def ioss(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if not order.declared:
        return
    numbers = _numbers(order, "sender", "IOSS")
    for pointer, number in numbers:
        if not re.fullmatch(r"IM\d{10}", number):
            yield found(pointer, title=f"IOSS {excerpt(number)}?")
    enters_eu = "EU" in territory_of(order.country, order.postcode).vat and context.shop.sender_country not in EU
    value = _value_in_euros(order)
    is_private = text_at_pointer(order.document, _EXPORT_TYPE) != "commercial_b2b"
    if enters_eu and is_private and not numbers and value is not None and value <= _IOSS_UP_TO:
        yield found(_TAX_NUMBERS / "sender", title="no IOSS")


def dangerous_goods(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """Values are compared without case (Q8.11). Also for goods that need no declaration."""
    for item in order.items:
        goods = item.document.get("dangerous_goods")
        if not isinstance(goods, dict) or not any(goods.values()):
            continue
        if not re.fullmatch(r"(?i)(UN|ID)?\s?\d{4}", text_of(goods, "id_number")):
            yield found(ITEMS / item.index / "dangerous_goods" / "id_number", what="UN number of four digits")
        elif not text_of(goods, "class_division_number"):
            yield found(ITEMS / item.index / "dangerous_goods" / "class_division_number", what="class")
