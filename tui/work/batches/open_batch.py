"""The open batch: which one it is, who owns it, and its orders as they are on disk."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from tui.orders.checks.context import AccountShops
from tui.orders.checks.fix import Fix, Propose
from tui.orders.checks.fixes import fix_for
from tui.store.batches import NotOwner, StagedState
from tui.store.db import StoreError
from tui.work.account import Account
from tui.work.batches.catalog import BatchCatalog, BatchLocked, owner_text
from tui.work.batches.duplicates import DuplicateIndex
from tui.work.batches.lazy_orders import LazyOrders
from tui.work.batches.restore import apply_accepted, read_orders, restore_order
from tui.work.batches.staged_order import (
    Finding,
    PlannedAction,
    StagedOrder,
    meta_of,
)
from tui.work.batches.undo_log import UndoLog
from tui.work.gc_pause import gc_paused
from tui.work.writes.send_state import SendState

_DEFAULT_NAME = "staged orders"
_AT_A_TIME = 50
"""The number of orders that are restored, or checked, before the event loop continues: about 5 ms of work."""
CHECKED_AT_ONCE = 250
"""The most unchecked orders that are restored and checked when orders are counted: about 60 ms of work."""
_SHOWN_EVERY = 1.0
"""Seconds between two updates of the counts while orders are being checked."""


class OpenBatch:
    """A batch of an account that this process has open, to change it or only to show it.

    Only one running copy of the app may change it: `owner` says who, and operations raise BatchLocked until
    `take_over`. `in_flight` returns the orders that are being sent or are about to be. `on_switch` is called before
    this batch is closed or removed, `on_read` after the batch was read from disk again. `on_change` is called after a
    change that the user did not make, such as a refresh or the outcome of a write.

    Opening reads only the ids of the orders, so that the app starts with many of them as fast as with few. `by_id` restores
    an order when it is asked for, and `check_orders` restores them all, a few at a time. Duplicates are known from then
    on; whatever plans to send orders restores them all first.
    """

    def __init__(
        self,
        account: Account,
        batch: str | None,
        *,
        in_flight: Callable[[], frozenset[str]],
        on_switch: Callable[[], object],
        on_read: Callable[[], object],
    ) -> None:
        self._account = account
        self._in_flight = in_flight
        self._on_switch = on_switch
        self._on_read = on_read
        self.catalog = BatchCatalog(account.store, account.account_id)
        self.store = account.store.batches
        self.on_change: Callable[[], None] = lambda: None
        self.on_owned: Callable[[], None] = lambda: None
        """Called after the batch of another copy became ours; what that copy left unfinished has to be resolved."""
        self.propose: Propose = fix_for
        """Proposes a fix for a problem of an order; the app sets one that knows earlier orders."""
        self.owner: str | None = None
        """The other running copy that owns the batch, as text; None if it is ours."""
        self.saved_at: datetime | None = None
        """When the batch was saved last."""
        self.name = " ".join((batch or _DEFAULT_NAME).split())
        self.by_id: LazyOrders
        """The staged orders by their ids, in their order. It is replaced when orders are added or removed."""
        self.unchecked = 0
        """How many orders were left out when the orders were counted last."""
        self._check_wanted = asyncio.Event()
        self._dropped: dict[str, StagedOrder] = {}
        self.is_importing = False
        """Whether a file is being added in chunks."""
        found = self.catalog.last_used() if batch is None else self.catalog.find(self.name)
        self.id: int | None = None if found is None else found.id
        """The id of the batch in the store; None before it is created by its first change."""
        self.undo_log: UndoLog
        self._read()

    # Switching

    def open_batch(self, name: str) -> None:
        """Open another batch of the account, which the next start opens too. Raises BatchLocked."""
        found = self.catalog.find(name)
        if found is None:
            raise BatchLocked(f"The batch {name!r} no longer exists.")
        self._close()
        self._switch_to(found.id)

    def create(self, name: str) -> None:
        """Create a batch and open it. Raises BatchLocked."""
        self._check_can_close()
        made = self.catalog.create(name)
        self._close()
        self._switch_to(made.id)

    def rename(self, name: str, new: str) -> None:
        """Rename a batch. Raises BatchLocked."""
        found = self.catalog.find(name)
        self.catalog.rename(name, new)
        if found is not None and found.id != self.id:
            self.store.release(found.id)
        self.reopen()

    def remove(self, name: str) -> None:
        """Hide a batch; the catalog's `put_back` restores it.

        Orders that were sent are not affected. Raises BatchLocked.
        """
        found = self.catalog.find(name)
        is_open = found is not None and found.id == self.id
        if is_open:
            self._check_can_close()
        removed = self.catalog.remove(name)
        if is_open:
            self._on_switch()
        self.store.release(removed)
        if is_open:
            self.reopen()

    def _check_can_close(self) -> None:
        if self.is_importing:
            raise BatchLocked("A file is being added to this batch; open another one when that is done.")
        if self._in_flight():
            raise BatchLocked("This batch is being sent; open another one when that is done or paused.")

    def _close(self) -> None:
        """Release the open batch."""
        self._check_can_close()
        self._on_switch()
        if self.id is not None and self.owner is None:
            self.store.release(self.id)

    def _switch_to(self, batch: int) -> None:
        self.catalog.mark_used(batch)
        self.id = batch
        self.reopen()
        self.on_change()

    # Orders

    @property
    def shops(self) -> AccountShops:
        """What is known about the account's shops; the same object until something changes."""
        return self._account.known_shops

    @property
    def orders(self) -> list[StagedOrder]:
        """The staged orders, in their order. Raises StoreError if one cannot be restored."""
        return self.by_id.all()

    def get(self, id: str) -> StagedOrder | None:
        """The order of an id, if the batch has it. Raises StoreError if it cannot be restored."""
        return self.by_id.get(id)

    def findings(self, order: StagedOrder) -> list[Finding]:
        return order.findings(self.shops)

    def proposed_fix(self, order: StagedOrder, finding: Finding) -> Fix | None:
        """A fix for a problem of an order, if there is one. Raises StoreError."""
        return order.proposed_fix(finding, self.propose)

    def send_state(self, order: StagedOrder) -> SendState:
        return order.send_state(self.shops)

    async def restore_orders(self) -> None:
        """Restore all orders, a few at a time. Raises StoreError."""
        with gc_paused(len(self.by_id) - len(self.by_id.restored)):
            while missing := self.by_id.missing(_AT_A_TIME):
                self.by_id.restore(missing)
                await asyncio.sleep(0)

    async def check_orders(self) -> None:
        """Restore and check the orders that are not checked, a few at a time, whenever there are some, until this is
        cancelled. Raises StoreError.
        """
        clock = asyncio.get_running_loop().time
        while True:
            await self._check_wanted.wait()
            await self.restore_orders()
            self._check_wanted.clear()
            shown = clock()
            for count, order in enumerate(self.orders, 1):
                order.send_state(self.shops)
                if count % _AT_A_TIME == 0:
                    await asyncio.sleep(0)
                if self.unchecked and clock() - shown >= _SHOWN_EVERY:
                    self.on_change()
                    shown = clock()
            if self.unchecked:
                self.on_change()

    def counts(self) -> Counter[SendState]:
        """Count the states of the orders. Of a large batch, those that `check_orders` has not reached are left out."""
        return Counter(state for _, state in self._states())

    def ready(self) -> Counter[PlannedAction]:
        """Count the planned actions of the orders that are ready, as `counts` does."""
        return Counter(order.action for order, state in self._states() if state is SendState.READY)

    def _states(self) -> list[tuple[StagedOrder, SendState]]:
        shops, restored = self.shops, self.by_id.restored.values()
        known = [(order, state) for order in restored if (state := order.known_state(shops)) is not None]
        self.unchecked = len(self.by_id) - len(known)
        if 0 < self.unchecked <= CHECKED_AT_ONCE:
            self.unchecked = 0
            known = [(order, order.send_state(shops)) for order in self.orders]
        elif self.unchecked:
            self._check_wanted.set()
        return known

    # Ownership

    def take_over(self) -> None:
        """Take the batch from the copy that owns it."""
        if self.id is not None:
            self.store.claim(self.id, take_over=True)
        self.reopen()
        self.on_owned()

    def reopen(self) -> None:
        """Read the batch from disk again, and own it if the process of its owner has ended. Raises StoreError."""
        is_left = self._read()
        self.by_id.all()
        self._on_read()
        if is_left:
            self.on_owned()

    def reload_if_taken_over(self) -> None:
        """Read the batch again if another copy owns it; called when the batch is shown again."""
        if self.id is None or self.owner is not None or not self.store.claim(self.id):
            self.reopen()

    def confirm_ownership(self) -> None:
        """Ask the store whether the batch is still ours. Raises BatchLocked; called before anything is sent."""
        if self.id is not None and not self.store.claim(self.id):
            self.reopen()
        self.check_owner()

    def check_owner(self) -> None:
        """Raise BatchLocked if another copy owns the batch; called before anything is changed."""
        self.as_owner(lambda: None)

    def _read(self) -> bool:
        """Read the batch and own it if nobody else does; if it was removed, read the batch used last instead.

        Returns whether a copy that has ended owned it.
        """
        found = self.catalog.get(self.id)
        if found is None:
            # A batch that was asked for by name is never replaced by another one.
            found = self.catalog.last_used() if self.id is not None else self.catalog.find(self.name)
        before, self.id = self.id, None if found is None else found.id
        self.name = found.name if found is not None else _DEFAULT_NAME if before is not None else self.name
        self.owner = None
        if self.id is not None and not self.store.claim(self.id):
            now = self.catalog.get(self.id)
            self.owner = owner_text(now.owner if now is not None else None)
        elif self.id is not None and not self.is_importing:
            with suppress(NotOwner):
                self.store.delete_unfinished_imports(self.id)
        ids = [] if self.id is None else self.store.ids(self.id)
        read = partial(read_orders, self._account.store, self._account.account_id)
        self.by_id = LazyOrders(ids, {}, read, DuplicateIndex())
        self._dropped = {}
        self.undo_log = UndoLog(self._account.store.screen_states, self._account.account_id, self.id)
        self._check_wanted.set()
        before_us = None if found is None else found.owner
        return before_us is not None and not before_us.mine and self.owner is None

    def as_owner(self, work: Callable[[], None]) -> None:
        """Run a store operation if the batch is ours. Raises BatchLocked, StoreError.

        If the process of its owner has ended, the batch becomes ours and is reloaded, but the operation is not run; the
        caller must repeat it.
        """
        if self.id is None:
            self._create()
        batch = self.id or 0
        if self.owner is not None:
            if not self.store.claim(batch):
                raise BatchLocked(f"This batch is locked by {self.owner}.")
            self.reopen()
            raise BatchLocked("The other copy has closed. The batch is yours now; repeat the action.")
        try:
            work()
        except NotOwner as error:
            self.reopen()
            raise BatchLocked(str(error)) from error
        self.saved_at = self._account.now()

    def _create(self) -> None:
        """Create the batch at its first change. Another copy may have created it already."""
        try:
            self.id = self.catalog.create(self.name).id
        except BatchLocked:
            self.reopen()
            if self.id is None:
                raise
        else:
            self.undo_log = UndoLog(self._account.store.screen_states, self._account.account_id, self.id)

    # Saving

    def save(self, order: StagedOrder) -> None:
        """Save a new version of an order. If that fails, the order is reloaded as it was."""

        def work() -> None:
            log, meta = order.edit.log(), order.unsaved_meta
            order.version = self.store.save_log(order.id, log, meta=meta, durable=True)
            order.meta_was_saved()

        try:
            if order.sent:
                self.save_rebased(order)
            else:
                self.as_owner(work)
        except (StoreError, BatchLocked):
            self.reload(order.id)
            raise
        order.state, order.since = StagedState.DRAFT, self._account.now()
        self.by_id.find_duplicates([order.id])

    def save_all(self, orders: Sequence[StagedOrder]) -> None:
        """Like `save` for several orders in one transaction; those already sent have one each."""
        rest = [order for order in orders if not order.sent]
        versions: dict[str, int] = {}
        try:
            for order in orders:
                if order.sent:
                    self.save(order)
            rows = [(order.id, order.edit.log(), order.unsaved_meta) for order in rest]
            if rows:
                self.as_owner(lambda: versions.update(self.store.save_logs(self.id or 0, rows)))
        except (StoreError, BatchLocked):
            for order in orders:
                self.reload(order.id)
            raise
        for order in rest:
            order.version, order.state, order.since = versions[order.id], StagedState.DRAFT, self._account.now()
            order.meta_was_saved()
        self.by_id.find_duplicates([order.id for order in rest])

    def save_rebased(self, order: StagedOrder) -> None:
        """Save a new version of an order with another base."""

        def work() -> None:
            edit, meta = order.edit, meta_of(order)
            order.version = self.store.rebase(order.id, edit.base, edit.log(), released=order.released, meta=meta)
            order.meta_was_saved()

        self.as_owner(work)

    def save_details(self, order: StagedOrder, *, state: StagedState | None = None) -> None:
        """Save the state and the metadata of an order, not its content."""
        if state is not None:
            order.state = state
        self.save_all_details([order])

    def save_all_details(self, orders: Sequence[StagedOrder]) -> None:
        """Like `save_details` for several orders in one transaction."""
        rows = [(order.id, order.state, order.released, meta_of(order)) for order in orders]
        if rows:
            self.as_owner(lambda: self.store.set_all(self.id or 0, rows))
        for order in orders:
            order.meta_was_saved()

    # Adding and removing

    def insert(self, ids: Sequence[str], orders: Iterable[StagedOrder] = (), *, restores: bool = True) -> None:
        """Add orders that were stored to those in memory. Those that are not passed in are restored, now or, unless
        `restores`, a few at a time.
        """
        self._reread({order.id: order for order in orders})
        if restores:
            self.by_id.restore(ids)
            self.by_id.find_duplicates(ids)
        else:
            self._check_wanted.set()

    def drop(self, ids: Sequence[str]) -> None:
        """Remove orders from the batch."""
        self.as_owner(lambda: self.store.drop(ids))
        dropped, before = set(ids), self.by_id
        self._dropped |= {id: before.restored[id] for id in ids if id in before.restored}
        self.by_id = before.with_ids((id for id in before if id not in dropped), {})
        self.by_id.find_duplicates(ids)

    def restore(self, ids: Sequence[str]) -> None:
        """Restore removed orders at their old positions."""
        self.as_owner(lambda: self.store.restore(ids))
        self._reread(self._dropped)
        self.by_id.restore(ids)
        self.by_id.find_duplicates(ids)

    def reload(self, id: str) -> None:
        """Read an order from disk again."""
        row = self.store.get(id)
        if row is not None and id in self.by_id:
            order = restore_order(row, self._account.store, self._account.account_id)
            order.duplicate_problem = self.by_id[id].duplicate_problem
            self.by_id.put(order)

    def _reread(self, known: Mapping[str, StagedOrder]) -> None:
        """Put the orders in the order they have on disk. `known`: added orders that are in memory."""
        self.by_id = self.by_id.with_ids(self.store.ids(self.id or 0), known)

    def refresh(self, id: str) -> None:
        """Apply what the outbox or the verifier stored for an order."""
        row = self.store.get(id) if id in self.by_id else None
        if row is None:
            return
        order = self.by_id[id]
        order.state, order.since, order.remote_id = row.state, row.updated_at, row.remote_id
        if row.state in (StagedState.ACCEPTED, StagedState.VERIFIED):
            order.service_problems = ()
        apply_accepted(order, self._account.store)

    def is_in_flight(self, id: str) -> bool:
        """Whether an order is being sent or about to be, or its outcome is unknown."""
        return self.by_id[id].state in (StagedState.SENT, StagedState.UNKNOWN) or id in self._in_flight()

    def known(self, ids: Iterable[str]) -> list[str]:
        """The ids that are in the batch, in its order."""
        wanted = set(ids)
        return [id for id in self.by_id if id in wanted]
