"""`LocalOrders`: the orders of an account that were read so far, and windows on those that match a condition."""

import math
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from typing import TypeAlias

from tui.api.codec import Document
from tui.api.query import order_key
from tui.orders.edits.patch import is_same_order
from tui.orders.label import Label
from tui.orders.labels import with_label
from tui.orders.paths import NUMBER, ORDER_ID, SHOP
from tui.orders.query.conditions import EVERY_ORDER, Condition, Facts, OneOf, Some, SortKey
from tui.orders.query.folding import fold_value
from tui.orders.summary import text_at
from tui.store.order_cache import CachedOrder, OrderCache, ReadOrder
from tui.work.writes.backoff import Now

__all__ = ["CachedOrder", "Describe", "LocalOrders", "OrderWindow", "key_of", "named", "names_of"]

Describe: TypeAlias = Callable[[Document], Facts]

_SEEN = "seen_at"
_MOST_FOLLOWED = 2000
_CHUNK = 16
_KEPT_CHUNKS = 4
_DESCRIBED_AT_ONCE = 50


class LocalOrders:
    """The orders of an account in its cache. Methods are synchronous; those that write may be called in a thread.

    `describe` makes the facts of an order, apart from those of its label, and `version` names what they depend on
    besides the order.
    """

    def __init__(self, cache: OrderCache, describe: Describe, version: Callable[[], str], now: Now) -> None:
        self.cache = cache
        self.revision = 0
        """Grows whenever orders were added, changed or removed."""
        self._describe = describe
        self._version = version
        self.now = now
        self.being_written: Callable[[], Collection[str]] = frozenset
        """The keys of the orders that this app writes and whose result is not known yet."""

    def keep(
        self,
        documents: Sequence[Document],
        sweep: int | None = None,
        at: datetime | None = None,
        *,
        is_own: bool | None = None,
    ) -> int:
        """Keep orders as read now, or at a time. Returns how many are new or changed.

        `is_own`: whether their changes are those of this app; None: those of the orders that are being written.
        """
        version, read_at = self._version(), (at or self.now()).timestamp()
        keyed = [(key_of(document), document) for document in documents]
        same = self.cache.put_unchanged(keyed, version, read_at, sweep)
        labels = self.cache.labels([key for key, _ in keyed if key not in same])
        written = self.being_written() if is_own is None else ()
        read = [
            replace(
                self._described(key, document, labels.get(key), version),
                is_own=bool(is_own) or key in written or self._differs_in_stamps(key, document),
            )
            for key, document in keyed
            if key not in same
        ]
        changed = self.cache.put(read, read_at, sweep) if read else 0
        self.revision += bool(changed)
        return changed

    def _differs_in_stamps(self, key: str, document: Document) -> bool:
        """Whether nothing but the service's timestamps differs, as some time after a write."""
        kept = self.cache.get(key)
        return kept is not None and is_same_order(kept.document, document)

    def mark_gone(self, keys: Sequence[str]) -> None:
        """Note that the service no longer has these orders."""
        self.cache.mark_gone(keys, self.now().timestamp())
        self.revision += 1

    def find(self, key: str) -> CachedOrder | None:
        """The order with this key, as read last, even if the service no longer has it."""
        return self.cache.get(key)

    def document(self, key: str) -> Document | None:
        """The document of the order with this key, unless the service no longer has it."""
        kept = self.cache.get(key)
        return kept.document if kept is not None and kept.gone_at is None else None

    def window(
        self, condition: Condition = EVERY_ORDER, sort: Sequence[SortKey] = (), limit: int | None = None
    ) -> "OrderWindow":
        """The orders that match a condition, in order. Raises StoreError."""
        return OrderWindow(self.cache, self.cache.find(condition, sort, limit=limit))

    def describe_outdated(self) -> bool:
        """Compute the facts of some orders again, if those are of another version. Returns whether there are more."""
        version = self._version()
        orders = self.cache.outdated(version, _DESCRIBED_AT_ONCE)
        self.cache.describe([self._described(order.key, order.document, order.label, version) for order in orders])
        self.revision += bool(orders)
        return len(orders) == _DESCRIBED_AT_ONCE

    def keep_label(self, key: str, label: Label) -> None:
        """Keep what the service answered about the labels of an order."""
        before = self.cache.get(key)
        self.cache.put_label(key, label)
        if before is not None and bool(before.label and before.label.is_made) is not bool(label.is_made):
            self.cache.describe([self._described(key, before.document, label, self._version())])
            self.revision += 1

    def label(self, key: str) -> Label | None:
        """What the service answered last about the labels of an order; None if it was not asked."""
        return self.cache.labels([key]).get(key)

    def _described(self, key: str, document: Document, label: Label | None, version: str) -> ReadOrder:
        return ReadOrder(key, document, with_label(self._describe(document), label), version)

    @property
    def seen_at(self) -> float:
        """When the user last set all orders to seen, in seconds since 1970; infinite if never."""
        stored = self.cache.state(_SEEN)
        return stored / 1000 if isinstance(stored, int) else float("inf")

    def set_seen(self) -> None:
        """Note that the user has seen all orders that were read. Later ones are new."""
        self.cache.put_state(_SEEN, math.ceil(self.now().timestamp() * 1000))
        self.revision += 1

    def purge(self, days: int) -> int:
        """Remove the orders that were last read more than this many days ago. Returns how many."""
        return self.cache.purge(self.now().timestamp() - days * 86400)

    def close(self) -> None:
        """Close the cache."""
        self.cache.close()


def key_of(document: Document) -> str:
    """The key of an order in the cache: its id (tui.api.query.order_key), or else the shop's ids of the order."""
    shop_ids = (text_at(document, pointer) for pointer in (ORDER_ID, NUMBER, SHOP))
    return order_key(document) or f"without id: {', '.join(filter(None, shop_ids))}"


def named(names: Iterable[str]) -> Condition:
    """Orders with one of these numbers, shop's ids or Sendcloud ids; letters are compared without case and diacritics."""
    folded = tuple(filter(None, map(fold_value, names)))
    return Some((OneOf("number", folded), OneOf("id", folded)))


def names_of(document: Document) -> frozenset[str]:
    """The folded names by which `named` finds an order."""
    ids = (text_at(document, NUMBER), text_at(document, ORDER_ID), order_key(document))
    return frozenset(filter(None, map(fold_value, ids)))


@dataclass(slots=True)
class OrderWindow(Sequence[CachedOrder]):
    """Orders by position. Only their rows are in memory; the orders are read in chunks when they are asked for."""

    cache: OrderCache
    ids: "array[int]"
    _chunks: dict[int, dict[int, CachedOrder]] = field(default_factory=dict)

    @classmethod
    def empty(cls, cache: OrderCache) -> "OrderWindow":
        """A window without orders."""
        return cls(cache, array("q"))

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, index: int) -> CachedOrder:  # type: ignore[override]
        """The order at a position; an empty one if it was removed from the cache since. Raises IndexError."""
        id = self.ids[index]
        chunk = self._chunk(range(len(self))[index] // _CHUNK)
        return chunk.get(id) or CachedOrder(id, f"removed {id}", {}, 0.0)

    def __iter__(self) -> Iterator[CachedOrder]:
        return (self[index] for index in range(len(self)))

    def index_of(self, key: str) -> int | None:
        """The position of an order."""
        near = self.near(key)
        row = self.cache.row_of(key) if near is None else near.id
        return self._position(row) if row is not None else None

    def near(self, key: str) -> CachedOrder | None:
        """An order among those that were asked for last."""
        return next((order for chunk in self._chunks.values() for order in chunk.values() if order.key == key), None)

    def _position(self, id: int) -> int | None:
        try:
            return self.ids.index(id)
        except ValueError:
            return None

    def position_after(self, old: "OrderWindow", position: int) -> int:
        """Where the order is that was at a position of another window, else the next one that is here, else one before."""
        if position < len(old) and (index := self._position(old.ids[position])) is not None:
            return index
        here = set(self.ids)
        after = old.ids[position : position + _MOST_FOLLOWED]
        before = reversed(old.ids[max(0, position - _MOST_FOLLOWED) : position])
        followed = next((id for id in chain(after, before) if id in here), None)
        return 0 if followed is None else self.ids.index(followed)

    def keys(self, start: int = 0, stop: int | None = None) -> list[str]:
        """The keys of the orders from one position to another one."""
        return self.cache.keys(self.ids[start:stop])

    def _chunk(self, number: int) -> dict[int, CachedOrder]:
        chunk = self._chunks.pop(number, None)
        if chunk is None:
            chunk = self.cache.rows(self.ids[number * _CHUNK : (number + 1) * _CHUNK])
        self._chunks[number] = chunk
        while len(self._chunks) > _KEPT_CHUNKS:
            del self._chunks[next(iter(self._chunks))]
        return chunk
