"""What earlier orders say about articles: weight, HS code and origin by SKU, with the number of orders."""

from collections import Counter
from collections.abc import Collection, Iterable
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


def sku_history(cache: OrderCache, skus: Collection[str]) -> dict[str, SkuHistory]:
    """The values that the newest orders with these SKUs have most often. Raises StoreError."""
    wanted = {sku for sku in skus if sku}
    if not wanted:
        return {}
    rows = cache.find(OneOf("sku", tuple(sorted(map(fold_value, wanted)))), limit=_LOOKED_AT)
    return learn_history((order.document for order in cache.rows(rows).values()), wanted)


def learn_history(documents: Iterable[Document], skus: Collection[str]) -> dict[str, SkuHistory]:
    """Count the values of these SKUs in some orders."""
    counts = {sku: (Counter[str](), Counter[str](), Counter[str]()) for sku in skus}
    for document in documents:
        for item in checked_items(document):
            grams, codes, origins = counts.get(text_of(item.document, "sku"), (None, None, None))
            if grams is None or codes is None or origins is None:
                continue
            if item.grams is not None and item.grams > 0:
                grams[f"{item.grams.normalize():f}"] += 1
            codes.update(filter(None, [text_of(item.document, "hs_code")]))
            origins.update(filter(None, [text_of(item.document, "country_of_origin")]))
    return {sku: SkuHistory(*map(_habit, found)) for sku, found in counts.items()}


def checked_items(document: Document) -> list[CheckedItem]:
    """The items of an order that are objects."""
    items = enumerate(as_list(ITEMS.get(document)))
    return [CheckedItem.of(index, item) for index, item in items if isinstance(item, dict)]


def _habit(counts: Counter[str]) -> Habit | None:
    (value, count), *_ = counts.most_common(1) or [("", 0)]
    return Habit(value, count) if count else None
