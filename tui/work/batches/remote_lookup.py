"""Looks up which orders of the open batch exist at the service, and merges what changed there into their updates."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from tui.api.codec import same
from tui.api.errors import ApiError
from tui.orders.edits.merge import merge
from tui.orders.edits.upsert import to_upsert
from tui.orders.progress import Progress
from tui.store.batches import StagedState
from tui.work.account import Account
from tui.work.batches.catalog import BatchLocked
from tui.work.batches.open_batch import OpenBatch
from tui.work.batches.staged_order import RemoteSnapshot, StagedOrder
from tui.work.writes.lookup import LookupTarget, look_up

_CHUNK_SIZE = 25
_FRESH = timedelta(minutes=10)


class RemoteLookup:
    """Finds out which orders of the open batch the service has. `progress`: how many of those asked for are known so far."""

    def __init__(self, account: Account, batch: OpenBatch) -> None:
        self._account = account
        self._batch = batch
        self.is_running = False
        self.progress = Progress(0, 0)

    async def look(self, ids: Iterable[str] | None = None, *, again: bool = False) -> ApiError | None:
        """Find out which orders exist; with `again`, also those looked at long ago or to be updated.

        The first error is returned; what could not be looked for stays unknown.
        """
        if self._batch.owner is not None or (self.is_running and not again):
            return None
        self.is_running = True
        try:
            while wanted := self._to_look_at(ids, again):
                failed: ApiError | None = None
                self.progress = Progress(0, len(wanted))
                for start in range(0, len(wanted), _CHUNK_SIZE):
                    some = wanted[start : start + _CHUNK_SIZE]
                    errors = await self._look_at(some)
                    self.progress = Progress(start + len(some), len(wanted))
                    self._batch.on_change()
                    failed = failed or (errors[0] if errors else None)
                    if len(errors) == len(some):
                        break  # the service is not there
                if failed is not None:
                    return failed
                again = False
        except BatchLocked:
            return None  # another copy has taken the batch, and looks itself
        finally:
            self.is_running = False
            self._batch.on_change()
        return None

    def _to_look_at(self, ids: Iterable[str] | None, again: bool) -> list[StagedOrder]:
        orders = self._batch.orders
        found = list(orders.values()) if ids is None else [orders[id] for id in self._batch.known(ids)]
        oldest = self._account.now() - _FRESH

        def is_wanted(order: StagedOrder) -> bool:
            if order.needs_look():
                return True
            old = order.looked is not None and (order.looked.remote is not None or order.looked.at < oldest)
            return again and not order.sent and old

        return [order for order in found if is_wanted(order)]

    async def _look_at(self, orders: Sequence[StagedOrder]) -> list[ApiError]:
        keys = [order.key for order in orders]
        found = await look_up(self._account.client, [LookupTarget(key[1], key[2], key[0] or None) for key in keys])
        errors, seen = [], []
        for order, key, remote in zip(orders, keys, found, strict=True):
            if isinstance(remote, ApiError):
                errors.append(remote)
            elif self._batch.orders.get(order.id) is order and order.key == key and not order.sent:
                self._looked_at(order, RemoteSnapshot(key, self._account.now(), remote))
                seen.append(order)
        self._batch.save_all_details(seen)
        return errors

    def _looked_at(self, order: StagedOrder, looked: RemoteSnapshot) -> None:
        """Take what was found, to be saved by the caller; an update is merged with what changed at the service.

        It waits for release again where both sides changed the same.
        """
        known = order.remote
        order.looked = looked
        theirs = None if looked.remote is None else to_upsert(looked.remote, keep_id="id" in order.document)[0]
        # A file that names the service's id says what is wanted, not what its writer had read: nothing to merge with.
        has_read = order.remote_id is not None or not order.origin.file
        if theirs is not None and known is not None and order.fixed and has_read and not same(theirs, order.edit.base):
            merged = merge(order.edit, theirs)
            order.rebase(merged.edit)
            if merged.conflicts:
                order.released = False
            self._batch.save_rebased(order)
            order.state = StagedState.DRAFT
