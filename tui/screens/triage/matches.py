"""Which parts of an order match a query, marked in the lines of its preview."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tui.api.codec import Document, as_list
from tui.api.pointer import Pointer
from tui.api.query import order_key
from tui.orders.paths import (
    DELIVERY_INDICATOR,
    ITEMS,
    NOTES,
    NUMBER,
    ORDER_ID,
    PAYMENT_STATUS,
    SHIP_TO,
    SHIPPING_OPTION,
    STATUS,
)
from tui.orders.query.conditions import Contains, OneOf
from tui.orders.query.highlights import highlights
from tui.orders.summary import email_of, phone_of, tags_of, text_at
from tui.widgets.lines import Piece, matched_pieces
from tui.widgets.text import safe

_BEFORE = 20
_ADDRESS = {
    "name": ("name",),
    "company": ("company_name",),
    "street": ("address_line_2", "po_box"),
    "postcode": ("postal_code",),
    "city": ("city",),
    "state": ("state_province_code",),
    "country": ("country_code",),
}
_ITEM = {
    "sku": ("sku",),
    "item": ("name",),
    "hs": ("hs_code",),
    "origin": ("country_of_origin",),
    "ean": ("ean",),
}


@dataclass(frozen=True, slots=True)
class QueryMatch:
    """A value of an order with the parts of it (start and end) that match a query, and the name of its field."""

    field: str
    value: str
    parts: Sequence[tuple[int, int]]


def matches_in(order: Document, terms: Sequence[Contains | OneOf]) -> list[QueryMatch]:
    """The values of an order that match the terms of a query, each once."""
    if not terms:
        return []
    found = (
        QueryMatch(field, value, tuple(parts))
        for field, value in dict.fromkeys(_values(order))
        if value and (parts := highlights(value, terms, field))
    )
    return list(found)


def marked_lines(
    lines: Iterable[Sequence[Piece]], matches: Sequence[QueryMatch], in_row: Container[str] = ()
) -> list[Sequence[Piece]]:
    """Lines of safe text in which the matches are marked; those that no line shows come first, with their fields.

    `in_row`: the fields that the row of the order shows.
    """
    shown = [list(line) for line in lines]
    hidden = [match for match in matches if not _mark(shown, match) and match.field not in in_row]
    before = [[(f" {match.field}: ", "dim"), *matched_pieces(*_excerpt(match))] for match in hidden]
    return [*before, *shown]


def _mark(lines: list[list[Piece]], match: QueryMatch) -> bool:
    """Mark a value where a line shows it first. Returns whether one does."""
    value = re.compile(rf"(?<!\w){re.escape(safe(match.value))}(?!\w)")
    for line in lines:
        for index, (text, style) in enumerate(line):
            if style != "match" and (found := value.search(text)):
                marked = matched_pieces(match.value, match.parts, style)
                line[index : index + 1] = [(text[: found.start()], style), *marked, (text[found.end() :], style)]
                return True
    return False


def _excerpt(match: QueryMatch) -> tuple[str, Sequence[tuple[int, int]]]:
    """The value from a little before its first match."""
    start = max(0, match.parts[0][0] - _BEFORE)
    mark = "…" if start else ""
    return mark + match.value[start:], [
        (low - start + len(mark), high - start + len(mark)) for low, high in match.parts
    ]


def _values(order: Document) -> Iterator[tuple[str, str]]:
    """The values of an order that queries search, with the names of their fields."""
    yield "number", text_at(order, NUMBER)
    yield "id", text_at(order, ORDER_ID)
    yield "id", order_key(order)
    yield "street", " ".join(text_at(order, SHIP_TO / member) for member in ("address_line_1", "house_number")).strip()
    for field, members in _ADDRESS.items():
        yield from ((field, text_at(order, SHIP_TO / member)) for member in members)
    yield "email", email_of(order)
    yield "phone", phone_of(order)
    for item in as_list(ITEMS.get(order)):
        for field, members in _ITEM.items():
            yield from ((field, text_at(item, Pointer.of(member))) for member in members)
    yield "note", text_at(order, NOTES)
    yield from (("tag", tag) for tag in tags_of(order))
    yield "status", text_at(order, STATUS)
    yield "payment", text_at(order, PAYMENT_STATUS)
    yield "carrier", text_at(order, SHIPPING_OPTION) or text_at(order, DELIVERY_INDICATOR)
