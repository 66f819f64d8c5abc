"""Suggestions for fields with free values, learned from the orders that were read."""

from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import TypeAlias

from tui.api.codec import Document
from tui.api.models import Kind
from tui.api.pointer import Pointer
from tui.orders.fields import all_fields
from tui.orders.paths import ANY, SHOP
from tui.orders.summary import text_at

Suggestions: TypeAlias = dict[tuple[str, ...], tuple[tuple[str, str], ...]]
"""For each field path: suggested values, and how often each was seen."""

_MAX_SUGGESTIONS = 12
_MAX_WORD_LENGTH = 60


def learn_suggestions(orders: Iterable[Document], shop_id: str) -> Suggestions:
    """Collect the values of each such field: those of this shop by frequency, then those of other shops.

    `shop_id`: as in an order; "" treats the orders of all shops alike.
    """
    own: dict[Pointer, Counter[str]] = {pointer: Counter() for pointer in _pointers()}
    others: dict[Pointer, Counter[str]] = {pointer: Counter() for pointer in _pointers()}
    for order in orders:
        counts = own if shop_id in ("", text_at(order, SHOP)) else others
        for pointer in _pointers():
            word = text_at(order, pointer)
            if word and len(word) <= _MAX_WORD_LENGTH:
                counts[pointer][word] += 1
    found: Suggestions = {}
    for pointer in _pointers():
        from_shop = [(word, f"{count}×") for word, count in own[pointer].most_common(_MAX_SUGGESTIONS)]
        known = {word for word, _ in from_shop}
        from_others = [
            (word, "in other shops") for word, _ in others[pointer].most_common(_MAX_SUGGESTIONS) if word not in known
        ]
        found[pointer.tokens] = tuple((from_shop + from_others)[:_MAX_SUGGESTIONS])
    return found


@cache
def _pointers() -> tuple[Pointer, ...]:
    return tuple(Pointer(field.path) for field in all_fields() if field.kind is Kind.WORD and ANY not in field.path)
