"""The words that orders use where a shop may write what it likes, as suggestions for its next order."""

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
"""For the path of a field: words, and how often each was seen."""

_MOST = 12
_LONGEST = 60


def learn_suggestions(orders: Iterable[Document], shop_id: str) -> Suggestions:
    """The words of each such field: those of this shop first, the frequent ones first, then those of other shops.

    `shop_id` as an order names it; "" for the orders of all shops alike.
    """
    own: dict[Pointer, Counter[str]] = {place: Counter() for place in _places()}
    others: dict[Pointer, Counter[str]] = {place: Counter() for place in _places()}
    for order in orders:
        counts = own if shop_id in ("", text_at(order, SHOP)) else others
        for place in _places():
            word = text_at(order, place)
            if word and len(word) <= _LONGEST:
                counts[place][word] += 1
    found: Suggestions = {}
    for place in _places():
        here = [(word, f"{count}×") for word, count in own[place].most_common(_MOST)]
        known = {word for word, _ in here}
        there = [(word, "in other shops") for word, _ in others[place].most_common(_MOST) if word not in known]
        found[place.tokens] = tuple((here + there)[:_MOST])
    return found


@cache
def _places() -> tuple[Pointer, ...]:
    return tuple(Pointer(field.path) for field in all_fields() if field.kind is Kind.WORD and ANY not in field.path)
