"""The orders of a batch by their ids, each of which is restored from disk when it is first asked for."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import overload

from tui.work.batches.duplicates import DuplicateIndex
from tui.work.batches.staged_order import StagedOrder
from tui.work.gc_pause import gc_paused


class LazyOrders(Mapping[str, StagedOrder]):
    """The orders of these ids, in this order. `known`: orders that are restored already.

    `len`, `in` and the iteration over ids restore nothing. Access to an order that is not restored reads it from disk and
    raises StoreError if that fails. `read` returns the orders of ids; `duplicates` has those that are restored.
    """

    def __init__(
        self,
        ids: Iterable[str],
        known: Mapping[str, StagedOrder],
        read: Callable[[Sequence[str]], Iterable[StagedOrder]],
        duplicates: DuplicateIndex,
    ) -> None:
        self._ids = dict.fromkeys(ids)
        self._orders = {id: known[id] for id in self._ids if id in known}
        self._missing = dict.fromkeys(id for id in self._ids if id not in known)
        self._read = read
        self._duplicates = duplicates

    def __getitem__(self, id: str) -> StagedOrder:
        if id in self._missing:
            self.restore([id])
        return self._orders[id]

    def __contains__(self, id: object) -> bool:
        return id in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def restored(self) -> Mapping[str, StagedOrder]:
        """The orders that are restored, in any order."""
        return self._orders

    @property
    def is_complete(self) -> bool:
        """Whether all orders are restored."""
        return not self._missing

    def missing(self, limit: int) -> list[str]:
        """The ids of the first orders that are not restored, at most `limit`."""
        return list(islice(self._missing, limit))

    def restore(self, ids: Collection[str]) -> None:
        """Restore those of these orders that are not restored: all or, if it raises StoreError, none."""
        missing = [id for id in ids if id in self._missing]
        if not missing:
            return
        with gc_paused(len(missing)):
            self._orders |= {order.id: order for order in self._read(missing)}
        for id in missing:
            del self._missing[id]
        self.find_duplicates(missing)

    def all(self) -> list[StagedOrder]:
        """All orders. Those that are not restored are restored; raises StoreError."""
        self.restore([*self._missing])
        return [self._orders[id] for id in self._ids]

    def put(self, order: StagedOrder) -> None:
        """Replace a restored order by another object."""
        self._orders[order.id] = order

    def with_ids(self, ids: Iterable[str], known: Mapping[str, StagedOrder]) -> "LazyOrders":
        """The orders of other ids. `known`: restored orders in addition to those of this object.

        This object keeps its orders, so that a list that has it can still be drawn; it finds no duplicates any more.
        """
        duplicates, self._duplicates = self._duplicates, DuplicateIndex()
        return LazyOrders(ids, {**known, **self._orders}, self._read, duplicates)

    def find_duplicates(self, changed: Iterable[str]) -> None:
        """Find the orders that would overwrite each other, after some were changed or removed. They are known only while
        all orders are restored.
        """
        self._duplicates.update(changed, self, is_complete=self.is_complete)


@dataclass(frozen=True, slots=True)
class ListedOrders(Sequence[StagedOrder]):
    """Some orders of a batch in an order of their own. Each is restored when it is asked for; that may raise StoreError."""

    ids: Sequence[str]
    orders: Mapping[str, StagedOrder]

    def __len__(self) -> int:
        return len(self.ids)

    @overload
    def __getitem__(self, index: int) -> StagedOrder: ...

    @overload
    def __getitem__(self, index: slice) -> list[StagedOrder]: ...

    def __getitem__(self, index: int | slice) -> StagedOrder | list[StagedOrder]:
        if isinstance(index, slice):
            return [self.orders[id] for id in self.ids[index]]
        return self.orders[self.ids[index]]
