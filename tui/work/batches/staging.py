"""The batch being composed: every change of it on disk before it is shown, sent in requests, followed to its end."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from tui.api.codec import same
from tui.api.errors import ApiError
from tui.api.wording import count_of
from tui.orders.edits.merge import merge
from tui.orders.edits.upsert import to_upsert
from tui.store.batches import StagedState
from tui.store.journal import Write
from tui.store.verifications import Verification, VerificationState
from tui.work.account import Account
from tui.work.batches.catalog import BatchLocked
from tui.work.batches.editing import BatchEditing
from tui.work.batches.sender import BatchSender, SendNotice, SendPlan
from tui.work.batches.staged_order import (
    RemoteSnapshot,
    ServiceProblem,
    StagedOrder,
    StagedStatus,
    meta_of,
)
from tui.work.journal.batch_history import HistoryRequest, history_of
from tui.work.writes.lookup import LookupTarget, look_up
from tui.work.writes.outcomes import WriteOutcome

_LOOKED_AT_ONCE = 25
_FRESH = timedelta(minutes=10)

__all__ = ["BatchLocked", "Staging"]


class Staging(BatchEditing):
    """An open batch of an account, and its way to the service.

    Only one running copy of the app may change it: `owner` says who, and operations raise BatchLocked until `take_over`.
    `on_change` is told when something changed by itself: a look at the service, the end of a write.
    """

    def __init__(self, account: Account, batch: str | None = None) -> None:
        """Open the batch of this name, which is made at the first change if there is none; without one the last used."""
        self.looking = False
        self.looked_at = (0, 0)
        """How many orders the look that is going on has found out about, and of how many."""
        super().__init__(account, BatchSender(account, self), batch)
        account.hear.append(self._hear)

    # What was said and sent.

    @property
    def said(self) -> list[SendNotice]:
        """What became of the last sending, request by request; also what the service said of none of the orders."""
        return self.shipping.said

    def history(self) -> list[HistoryRequest]:
        """Every request that went out of the batch, the newest first, also of orders that were removed since."""
        return history_of(self._account.store, self._batch)

    # Looking.

    async def look(self, ids: Iterable[str] | None = None, *, again: bool = False) -> ApiError | None:
        """Find out which orders exist; with `again`, also those looked at long ago or to be updated.

        The first error is returned; what could not be looked for stays unknown.
        """
        if self.owner is not None or (self.looking and not again):
            return None
        self.looking = True
        try:
            while wanted := self._to_look_at(ids, again):
                failed: ApiError | None = None
                self.looked_at = (0, len(wanted))
                for start in range(0, len(wanted), _LOOKED_AT_ONCE):
                    some = wanted[start : start + _LOOKED_AT_ONCE]
                    errors = await self._look_at(some)
                    self.looked_at = (start + len(some), len(wanted))
                    self.on_change()
                    failed = failed or (errors[0] if errors else None)
                    if len(errors) == len(some):
                        break  # the service is not there
                if failed is not None:
                    return failed
                again = False
        except BatchLocked:
            return None  # another copy has taken the batch, and looks itself
        finally:
            self.looking = False
            self.on_change()
        return None

    def _to_look_at(self, ids: Iterable[str] | None, again: bool) -> list[StagedOrder]:
        found = self.orders if ids is None else [self._orders[id] for id in self._known(ids)]
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
            elif self._orders.get(order.id) is order and order.key == key and not order.sent:
                self._looked_at(order, RemoteSnapshot(key, self._account.now(), remote))
                seen.append(order)
        self._keep_all(seen)
        return errors

    def _looked_at(self, order: StagedOrder, looked: RemoteSnapshot) -> None:
        """What was found, to be kept by the caller; the update of an order is set on what the service has now, and waits if both changed."""
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
            edit, meta = order.edit, meta_of(order)

            def rebase() -> None:
                order.version = self._store.rebase(order.id, edit.base, edit.log(), released=order.released, meta=meta)

            self._ours(rebase)
            order.state = StagedState.DRAFT

    # Sending.

    def plan(self, ids: Iterable[str] | None = None) -> SendPlan:
        """The requests that would be sent now: for all that the service does not have yet, or for those orders."""
        if ids is not None:
            return self.shipping.plan([self._orders[id] for id in self._known(ids)])
        there = (StagedStatus.SENT, StagedStatus.VERIFIED, StagedStatus.SAME)
        return self.shipping.plan([order for order in self._orders.values() if self.standing(order) not in there])

    async def send(self, plan: SendPlan, *, goes_on: bool = False) -> None:
        """Send what was reviewed; what changed since stays here. Not to be cancelled. Raises BatchLocked.

        With `goes_on`, what a refusal does not name goes again by itself.
        """
        await self.shipping.send(plan, goes_on=goes_on)

    def settle(self, outcome: WriteOutcome) -> None:
        """What the end of a write means for the orders it had."""
        self.shipping.settle(outcome)

    async def ask_again(self, ids: Iterable[str]) -> str:
        """Look once more for orders whose end is unknown or that were not seen; a sentence about it."""
        follows = self._account.store.verifications
        resumed = 0
        for id in self._known(ids):
            order = self._orders[id]
            last = next((one for one in reversed(follows.of_staged(id)) if one.version == order.version), None)
            if last is not None and last.state in (VerificationState.MISSING, VerificationState.DIFFERS):
                follows.resume(last.id)
                self._reload(id)
                resumed += 1
        if resumed:
            self._account.follower.wake()
        unknown = [order for order in self._orders.values() if order.state is StagedState.UNKNOWN]
        if unknown:
            for outcome in await self._account.outbox.recover():
                if not self._account.corrections.settle_any(outcome):
                    self.settle(outcome)
        self.on_change()
        count = resumed + len(unknown)
        return f"{count_of(count, 'order is', 'orders are')} looked for again." if count else ""

    # News.

    def written(
        self,
        write: Write,
        *,
        told: Mapping[str, tuple[ServiceProblem, ...]] | None = None,
        state: StagedState | None = None,
    ) -> None:
        """Note the end of a write: what was said of each order, in place of what was said before."""
        for item in write.new.items:
            self._refresh(item.staged)
            order = self._orders.get(item.staged)
            if order is None or told is None:
                continue
            order.told = told.get(item.staged, ())
            if order.version == item.version and order.insisted == item.version:
                order.insisted = None
            try:
                self._keep(order, state=state if order.version == item.version else None)
            except BatchLocked:
                break  # taken over by another copy, which reads it from the journal
        self.on_change()

    def _hear(self, news: Write | Verification) -> None:
        """A write or a followed order has come further."""
        if isinstance(news, Verification):
            ids = [news.staged] if news.staged is not None else []
        else:
            ids = [item.staged for item in news.new.items]
        for id in ids:
            self._refresh(id)
        if ids:
            self.on_change()
