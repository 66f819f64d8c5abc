"""Orders of one batch that would overwrite each other, found by an index that is kept up order by order."""

from collections.abc import Iterable, Mapping

from tui.orders.checks.sending import check_duplicates
from tui.work.batches.staged_order import StagedOrder


class DuplicateIndex:
    """Sets `twin` of the orders. The first of several equal orders in the batch is not a duplicate."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[str, str]] = {}
        self._ids: dict[tuple[str, str], set[str]] = {}

    def update(self, changed: Iterable[str], orders: Mapping[str, StagedOrder]) -> None:
        """After these were added, changed, or removed; `orders` are all of the batch in their order."""
        touched = set()
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
        together = {id for key in touched if len(self._ids[key]) > 1 for id in self._ids[key]}
        alone = {id for key in touched if len(self._ids[key]) == 1 for id in self._ids[key]}
        for id in alone:
            orders[id].twin = None
        if together:
            found = check_duplicates({id: order.document for id, order in orders.items() if id in together})
            for id in together:
                orders[id].twin = found.get(id)
