"""Reads which orders of the open batch the service has, and merges remote changes into their updates."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from tui.api.codec import same
from tui.api.errors import ApiError
from tui.api.query import id_text
from tui.orders.edits.merge import merge
from tui.orders.edits.upsert import to_upsert
from tui.orders.progress import Progress
from tui.store.batches import StagedState
from tui.work.account import Account
from tui.work.batches.catalog import BatchLocked
from tui.work.batches.open_batch import OpenBatch
from tui.work.batches.staged_order import RemoteSnapshot, StagedOrder
from tui.work.writes.lookup import LookupResult, LookupTarget, NotLookedUp, NumberSearch, look_up

_CHUNK_SIZE = 25
_FRESH = timedelta(minutes=10)


class RemoteRefresh:
    """Reads which orders of the open batch the service has. `progress`: how many of them have been looked up so far."""

    def __init__(self, account: Account, batch: OpenBatch) -> None:
        self._account = account
        self._batch = batch
        self.is_running = False
        self.progress = Progress(0, 0)

    async def refresh(self, ids: Iterable[str] | None = None, *, again: bool = False) -> ApiError | None:
        """Read which orders exist. With `again`, also those read some time ago and those to be updated.

        Returns the first error. Orders that could not be read stay unknown. Raises StoreError.
        """
        if ids is None and self._batch.owner is None:
            await self._batch.restore_orders()
        if self._batch.owner is not None or (self.is_running and not again):
            return None
        self.is_running = True
        try:
            while wanted := self._outdated(ids, again):
                failed: ApiError | None = None
                self.progress = Progress(0, len(wanted))
                numbers = NumberSearch(self._account.client, of=len(wanted))
                for start in range(0, len(wanted), _CHUNK_SIZE):
                    chunk = wanted[start : start + _CHUNK_SIZE]
                    errors = await self._read(chunk, numbers)
                    self.progress = Progress(start + len(chunk), len(wanted))
                    self._batch.on_change()
                    failed = failed or (errors[0] if errors else None)
                    if len(errors) == len(chunk):
                        break  # the service cannot be reached
                if failed is not None:
                    return failed
                again = False
        except BatchLocked:
            return None  # another copy took the batch and reads the orders itself
        finally:
            self.is_running = False
            self._batch.on_change()
        return None

    def _outdated(self, ids: Iterable[str] | None, again: bool) -> list[StagedOrder]:
        orders = self._batch.by_id
        found = orders.all() if ids is None else [orders[id] for id in self._batch.known(ids)]
        oldest = self._account.now() - _FRESH

        def is_wanted(order: StagedOrder) -> bool:
            if order.needs_refresh():
                return True
            old = order.snapshot is not None and (order.snapshot.remote is not None or order.snapshot.at < oldest)
            return again and not order.sent and old

        return [order for order in found if is_wanted(order)]

    async def _read(self, orders: Sequence[StagedOrder], numbers: NumberSearch) -> list[ApiError]:
        keys = [order.key for order in orders]
        found = await look_up(self._account.client, [LookupTarget(key[1], key[2], key[0] or None) for key in keys])
        missing = [order.document for order, remote in zip(orders, found, strict=True) if _may_be_double(order, remote)]
        doubles = iter(await numbers.find(missing))
        errors, updated = [], []
        for order, key, remote in zip(orders, keys, found, strict=True):
            double = next(doubles) if _may_be_double(order, remote) else None
            if isinstance(remote, ApiError):
                errors.append(remote)
            elif isinstance(double, ApiError):
                errors.append(double)
            elif self._batch.by_id.get(order.id) is order and order.key == key and not order.sent:
                other = id_text(double.get("order_id")) if isinstance(double, dict) else ""
                snapshot = RemoteSnapshot(key, self._account.now(), remote, other, isinstance(double, NotLookedUp))
                self._apply(order, snapshot)
                updated.append(order)
        self._batch.save_all_details(updated)
        return errors

    def _apply(self, order: StagedOrder, snapshot: RemoteSnapshot) -> None:
        """Set the snapshot of an order, to be saved by the caller, and merge remote changes into its update.

        After a conflict the update has to be released again.
        """
        known = order.remote
        order.snapshot = snapshot
        theirs = None if snapshot.remote is None else to_upsert(snapshot.remote, keep_id="id" in order.document)[0]
        # A file with the service's id holds the wanted order, not the one its author had read: it is not a base to merge.
        has_base = order.remote_id is not None or not order.origin.file
        if theirs is not None and known is not None and order.fixed and has_base and not same(theirs, order.edit.base):
            merged = merge(order.edit, theirs)
            order.rebase(merged.edit)
            if merged.conflicts:
                order.released = False
            self._batch.save_rebased(order)
            order.state = StagedState.DRAFT


def _may_be_double(order: StagedOrder, remote: LookupResult) -> bool:
    """Whether this is a new order; another order of the shop may have the same number."""
    return remote is None and not order.fixed
