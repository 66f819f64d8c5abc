"""What earlier orders say about articles: weight, HS code and origin by SKU, with the number of orders."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from fractions import Fraction
from typing import Final

from tui.api.codec import Document, as_list
from tui.orders.checks.context import Habit, SkuHistory
from tui.orders.checks.facts import CheckedItem, text_of
from tui.orders.paths import ITEMS
from tui.orders.query.conditions import OneOf
from tui.orders.query.folding import fold_value
from tui.store.order_cache import OrderCache

_LOOKED_AT: Final = 300
"""How many orders with one of the SKUs are read, the newest first."""
_AGREED: Final = Fraction(3, 4)
"""The share of the earlier orders with a value that must have the same one. Otherwise nothing is proposed."""


def sku_history(cache: OrderCache, skus: Collection[str]) -> dict[str, SkuHistory]:
    """What the newest orders with these SKUs agree on. Raises StoreError."""
    wanted = {sku for sku in skus if sku}
    if not wanted:
        return {}
    rows = cache.find(OneOf("sku", tuple(sorted(map(fold_value, wanted)))), limit=_LOOKED_AT)
    return learn_history((order.document for order in cache.rows(rows).values()), wanted)


def learn_history(documents: Iterable[Document], skus: Collection[str]) -> dict[str, SkuHistory]:
    """Count the orders that have each value of these SKUs. HS codes are the same with and without dots and spaces."""
    counts = {sku: (Counter[str](), Counter[str](), Counter[str]()) for sku in skus}
    spelling: dict[str, str] = {}
    for document in documents:
        found: set[tuple[str, int, str]] = set()
        for item in checked_items(document):
            sku = text_of(item.document, "sku")
            if item.grams is not None and item.grams > 0:
                found.add((sku, 0, f"{item.grams.normalize():f}"))
            if code := text_of(item.document, "hs_code"):
                found.add((sku, 1, spelling.setdefault(re.sub(r"[.\s]", "", code), code)))
            if origin := text_of(item.document, "country_of_origin"):
                found.add((sku, 2, origin.upper()))
        for sku, place, value in found:
            if sku in counts:
                counts[sku][place][value] += 1
    return {sku: SkuHistory(*map(_habit, of_sku)) for sku, of_sku in counts.items()}


def checked_items(document: Document) -> list[CheckedItem]:
    """The items of an order that are objects."""
    items = enumerate(as_list(ITEMS.get(document)))
    return [CheckedItem.of(index, item) for index, item in items if isinstance(item, dict)]


def _habit(counts: Counter[str]) -> Habit | None:
    """The most frequent value, if enough of the orders with a value have it."""
    if not counts:
        return None
    ((value, count),) = counts.most_common(1)
    return Habit(value, count, counts.total()) if count >= _AGREED * counts.total() else None
