"""The batch that is open: which one, who owns it, and its orders as they are on the disk."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime

from tui.store.batches import NotOwner, StagedState
from tui.store.db import StoreError
from tui.work.account import Account
from tui.work.batches.catalog import BatchCatalog, BatchInfo, BatchLocked, owner_words
from tui.work.batches.duplicates import DuplicateIndex
from tui.work.batches.restore import know_accepted, recalled
from tui.work.batches.sender import BatchSender
from tui.work.batches.staged_order import (
    Finding,
    PlannedAction,
    StagedOrder,
    StagedStatus,
    meta_of,
)
from tui.work.batches.undo_log import Actions
from tui.work.gc_pause import gc_paused

_DEFAULT_NAME = "staged orders"
_AT_A_TIME = 50
"""Orders that are judged before a key may be answered: some 5 ms."""


class OpenBatch:
    """A batch of an account, opened by this process, to change or only to look at.

    Only one running copy of the app may change it: `owner` says who, and operations raise BatchLocked until `take_over`.
    """

    def __init__(self, account: Account, shipping: BatchSender, batch: str | None) -> None:
        self._account = account
        self._list = BatchCatalog(account.store, account.account_id)
        self._store = account.store.batches
        self.on_change: Callable[[], None] = lambda: None
        self.owner: str | None = None
        self.saved_at: datetime | None = None
        self._batch: int | None = None
        self.name = " ".join((batch or _DEFAULT_NAME).split())
        self._orders: dict[str, StagedOrder] = {}
        self._dropped: dict[str, StagedOrder] = {}
        self.is_taking = False
        """Whether a file is being added, portion by portion."""
        self._twins = DuplicateIndex()
        self._shop_ids: tuple[object, frozenset[int] | None] = (None, None)
        self.shipping = shipping
        found = self._list.last_used() if batch is None else self._list.find(self.name)
        self._batch = None if found is None else found.id
        self._open()

    # Which batch.

    def batches(self) -> list[BatchInfo]:
        """The batches of the account, the newest first."""
        return self._list.all()

    @property
    def batch(self) -> int | None:
        """The store's number of the batch; None before it is made by its first change."""
        return self._batch

    def open_batch(self, name: str) -> None:
        """Open another batch of the account, to be found open at the next start, too. Raises BatchLocked."""
        found = self._list.find(name)
        if found is None:
            raise BatchLocked(f"There is no batch {name!r} any more.")
        self._leave()
        self._enter(found.id)

    def create(self, name: str) -> None:
        """Make a new batch and open it. Raises BatchLocked."""
        self._may_leave()
        made = self._list.create(name)
        self._leave()
        self._enter(made.id)

    def rename(self, name: str, new: str) -> None:
        """Give a batch another name. Raises BatchLocked."""
        found = self._list.find(name)
        self._list.rename(name, new)
        if found is not None and found.id != self._batch:
            self._store.release(found.id)
        self._open()

    def remove(self, name: str) -> None:
        """Put a batch out of sight; `put_back` brings it back. What was sent of it stays sent. Raises BatchLocked."""
        found = self._list.find(name)
        is_open = found is not None and found.id == self._batch
        if is_open:
            self._may_leave()
        removed = self._list.remove(name)
        if is_open:
            self.shipping.cancel()
        self._store.release(removed)
        if is_open:
            self._open()

    def put_back(self) -> str | None:
        """Bring back the batch that was removed last; its name, or None if there is none. Raises BatchLocked."""
        return self._list.put_back()

    def _may_leave(self) -> None:
        if self.is_taking:
            raise BatchLocked("A file is being added to this batch; another one can be opened when that is done.")
        if self.shipping.waiting:
            raise BatchLocked("This batch is being sent; another one can be opened when that is done or paused.")

    def _leave(self) -> None:
        """Let others have the batch that is open."""
        self._may_leave()
        self.shipping.cancel()
        if self._batch is not None and self.owner is None:
            self._store.release(self._batch)

    def _enter(self, batch: int) -> None:
        self._list.used(batch)
        self._batch = batch
        self._open()
        self.on_change()

    # What there is.

    @property
    def orders(self) -> list[StagedOrder]:
        """The staged orders, in their order."""
        return list(self._orders.values())

    def get(self, id: str) -> StagedOrder | None:
        return self._orders.get(id)

    @property
    def shops(self) -> frozenset[int] | None:
        """The ids of the account's shops; None while they are not known."""
        known = self._account.shops
        if self._shop_ids[0] is not known:
            self._shop_ids = (known, self._account.shop_ids)
        return self._shop_ids[1]

    def findings(self, order: StagedOrder) -> list[Finding]:
        return order.findings(self.shops)

    def standing(self, order: StagedOrder) -> StagedStatus:
        return order.standing(self.shops)

    async def judge(self) -> None:
        """Judge all orders, a few at a time, so that whoever asks for all of them need not wait."""
        for count, order in enumerate(self.orders, 1):
            order.standing(self.shops)
            if count % _AT_A_TIME == 0:
                await asyncio.sleep(0)

    def counts(self) -> Counter[StagedStatus]:
        shops = self.shops
        return Counter([order.standing(shops) for order in self._orders.values()])

    def ready(self) -> Counter[PlannedAction]:
        """What sending would do of those that are ready."""
        shops = self.shops
        return Counter([one.does for one in self._orders.values() if one.standing(shops) is StagedStatus.READY])

    # Ownership.

    def take_over(self) -> None:
        """Take the batch from the copy that has it."""
        if self._batch is not None:
            self._store.claim(self._batch, take_over=True)
        self._open()

    def reopen(self) -> None:
        """Read the batch anew, as another copy may have changed it; it becomes ours if that one has gone."""
        self._open()

    def freshen(self) -> None:
        """Read the batch anew if another copy has it, or took it; for when the batch comes to front."""
        if self._batch is None or self.owner is not None or not self._store.claim(self._batch):
            self._open()

    def make_sure(self) -> None:
        """Raise BatchLocked if another copy took the batch, as before anything is sent."""
        if self._batch is not None and not self._store.claim(self._batch):
            self._open()
        self._ours(lambda: None)

    def _open(self) -> None:
        """Read the batch, and own it if nobody else does; where it was removed meanwhile, the one used last."""
        found = self._list.get(self._batch)
        if found is None:
            # Whoever asked for a name goes on with that name only.
            found = self._list.last_used() if self._batch is not None else self._list.find(self.name)
        before, self._batch = self._batch, None if found is None else found.id
        self.name = found.name if found is not None else _DEFAULT_NAME if before is not None else self.name
        self.owner = None
        if self._batch is not None and not self._store.claim(self._batch):
            now = self._list.get(self._batch)
            self.owner = owner_words(now.owner if now is not None else None)
        elif self._batch is not None and not self.is_taking:
            with suppress(NotOwner):
                self._store.delete_unfinished_imports(self._batch)
        self.shipping.load()
        count = 0 if self._batch is None else len(self._store.ids(self._batch))
        with gc_paused(count):
            rows = [] if self._batch is None else self._store.staged(self._batch)
            self._orders = {row.id: recalled(row, self._account.store, self._account.account_id) for row in rows}
        self._dropped = {}
        self._actions = Actions(self._account.store.screen_states, self._account.account_id, self._batch)
        self._twins = DuplicateIndex()
        self._twins.update(self._orders, self._orders)

    def _ours(self, work: Callable[[], None]) -> None:
        """Do `work` on the disk if the batch is ours; claim it if its owner has gone. Raises BatchLocked, StoreError."""
        if self._batch is None:
            self._make()
        batch = self._batch or 0
        if self.owner is not None:
            if not self._store.claim(batch):
                raise BatchLocked(f"This batch is in the hands of {self.owner}.")
            self._open()
            raise BatchLocked("The other copy has gone, and its orders were read again. Now it is yours; do it again.")
        try:
            work()
        except NotOwner as error:
            self._open()
            raise BatchLocked(str(error)) from error
        self.saved_at = self._account.now()

    def _make(self) -> None:
        """The batch itself, at its first change; another copy may have been faster."""
        try:
            self._batch = self._list.create(self.name).id
        except BatchLocked:
            self._open()
            if self._batch is None:
                raise
        else:
            self._actions = Actions(self._account.store.screen_states, self._account.account_id, self._batch)

    # How it is kept.

    def _save(self, order: StagedOrder) -> None:
        """A new version; where it cannot be kept, the order is again as it was."""

        def work() -> None:
            meta = meta_of(order)
            if order.sent:
                order.version = self._store.rebase(
                    order.id, order.edit.base, order.edit.log(), released=order.released, meta=meta
                )
            else:
                order.version = self._store.save_log(order.id, order.edit.log(), meta=meta, durable=True)

        try:
            self._ours(work)
        except (StoreError, BatchLocked):
            self._reload(order.id)
            raise
        order.state, order.since = StagedState.DRAFT, self._account.now()

    def _save_all(self, orders: Sequence[StagedOrder]) -> None:
        """As `_save`, of several in one transaction; what the service has already goes by itself."""
        sent = [order for order in orders if order.sent]
        rest = [order for order in orders if not order.sent]
        versions: dict[str, int] = {}
        try:
            for order in sent:
                self._save(order)
            rows = [(order.id, order.edit.log(), meta_of(order)) for order in rest]
            if rows:
                self._ours(lambda: versions.update(self._store.save_logs(self._batch or 0, rows)))
        except (StoreError, BatchLocked):
            for order in orders:
                self._reload(order.id)
            raise
        for order in rest:
            order.version, order.state, order.since = versions[order.id], StagedState.DRAFT, self._account.now()

    def _keep(self, order: StagedOrder, *, state: StagedState | None = None) -> None:
        """Keep what is known of an order beside its content."""
        if state is not None:
            order.state = state
        self._keep_all([order])

    def _keep_all(self, orders: Sequence[StagedOrder]) -> None:
        """As `_keep`, of several at once."""
        rows = [(order.id, order.state, order.released, meta_of(order)) for order in orders]
        if rows:
            self._ours(lambda: self._store.set_all(self._batch or 0, rows))

    def _reload(self, id: str) -> None:
        row = self._store.get(id)
        if row is not None:
            twin = self._orders[id].twin if id in self._orders else None
            self._orders[id] = recalled(row, self._account.store, self._account.account_id)
            self._orders[id].twin = twin

    def _reread(self) -> None:
        """The orders anew, in the places that they have on the disk."""
        known = self._dropped | self._orders
        found = {}
        for id in self._store.ids(self._batch or 0):
            order = known.get(id)
            if order is None and (row := self._store.get(id)) is not None:
                order = recalled(row, self._account.store, self._account.account_id)
            if order is not None:
                found[id] = order
        self._orders = found

    def _refresh(self, id: str) -> None:
        """Take over what the outbox or the follower wrote of an order."""
        row = self._store.get(id) if id in self._orders else None
        if row is None:
            return
        order = self._orders[id]
        order.state, order.since, order.remote_id = row.state, row.updated_at, row.remote_id
        if row.state in (StagedState.ACCEPTED, StagedState.VERIFIED):
            order.told = ()
        know_accepted(order, self._account.store)

    def _is_on_way(self, id: str) -> bool:
        return self._orders[id].state in (StagedState.SENT, StagedState.UNKNOWN) or self.shipping.is_waiting(id)

    def _known(self, ids: Iterable[str]) -> list[str]:
        wanted = set(ids)
        return [id for id in self._orders if id in wanted]
