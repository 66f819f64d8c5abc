"""Finds orders of one batch that would overwrite each other. The index is updated order by order."""

from collections.abc import Iterable, Mapping

from tui.orders.checks.sending import check_duplicates
from tui.work.batches.staged_order import StagedOrder


class DuplicateIndex:
    """Sets `duplicate_problem` of each order that has the key of an earlier one of the batch.

    Which one is the earlier one is known only when the index has all orders of the batch.
    """

    def __init__(self) -> None:
        self._keys: dict[str, tuple[str, str]] = {}
        self._ids: dict[tuple[str, str], set[str]] = {}
        self._touched: set[tuple[str, str]] = set()
        """The keys whose orders changed since the problems were set."""

    def update(self, changed: Iterable[str], orders: Mapping[str, StagedOrder], *, is_complete: bool = True) -> None:
        """Update the index after orders were added, changed or removed. `orders`: all orders of the batch, in order.

        Unless it `is_complete`, orders that are not in the index yet follow, and no problem is set before that.
        """
        touched = self._touched
        for id in changed:
            order = orders.get(id)
            before, key = self._keys.get(id), None if order is None else order.key[1:]
            if before == key:
                continue
            if before is not None:
                self._ids[before].discard(id)
                touched.add(before)
                del self._keys[id]
            if key is not None:
                self._keys[id] = key
                self._ids.setdefault(key, set()).add(id)
                touched.add(key)
        if not is_complete:
            return
        duplicated = {id for key in touched if len(self._ids[key]) > 1 for id in self._ids[key]}
        unique = {id for key in touched if len(self._ids[key]) == 1 for id in self._ids[key]}
        for id in unique:
            orders[id].duplicate_problem = None
        if duplicated:
            found = check_duplicates({id: orders[id].document for id in orders if id in duplicated})
            for id in duplicated:
                orders[id].duplicate_problem = found.get(id)
        touched.clear()
