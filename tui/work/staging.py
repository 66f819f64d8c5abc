"""The batch being composed: every change of it on disk before it is shown, sent in requests, followed to its end."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from tui.api.codec import Document, Json, same
from tui.api.errors import ApiError
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.orders.batch import check_together
from tui.orders.damage import mend
from tui.orders.edit import Edit
from tui.orders.fields import values_with
from tui.orders.glance import order_name
from tui.orders.merge import merge
from tui.orders.preflight import Mend
from tui.orders.upsert import as_new, to_upsert
from tui.orders.whole import on_newer
from tui.store.batches import NewStaged, NotOwner, StagedState
from tui.store.db import StoreError
from tui.store.follows import Follow, FollowState
from tui.store.journal import Write
from tui.work.actions import Action, Actions
from tui.work.batchhistory import SentRequest, history_of
from tui.work.batchlist import BatchInfo, BatchList, CannotChange, owner_words
from tui.work.intake import Arrival, Intake, read_file, read_orders
from tui.work.lookup import Wanted, key_of, look_up
from tui.work.outcomes import Outcome
from tui.work.recall import know_accepted, recalled
from tui.work.shipping import Plan, Said, Shipping
from tui.work.source import Source, cells_to_json
from tui.work.staged import (
    ID,
    Does,
    Finding,
    Looked,
    StagedOrder,
    Standing,
    Told,
    meta_of,
    note_of,
    told_to_json,
)
from tui.work.template import ORDER_ID, ORDER_NUMBER, blank, copied
from tui.work.workbench import Workbench

_LOOKED_AT_ONCE = 25
_FRESH = timedelta(minutes=10)
_DEFAULT_NAME = "staged orders"


__all__ = ["CannotChange", "Staging"]


class Staging:
    """An open batch of an account. All that it does to an order is committed before the call returns.

    Only one running copy of the app may change it: `owner` says who, and operations raise CannotChange until `take_over`.
    `on_change` is told when something changed by itself: a look at the service, the end of a write.
    """

    def __init__(self, bench: Workbench, batch: str | None = None) -> None:
        """Open the batch of this name, which is made at the first change if there is none; without one the last used."""
        self._bench = bench
        self._list = BatchList(bench.store, bench.account)
        self._store = bench.store.batches
        self.on_change: Callable[[], None] = lambda: None
        self.owner: str | None = None
        self.saved_at: datetime | None = None
        self.looking = False
        self._batch: int | None = None
        self.name = " ".join((batch or _DEFAULT_NAME).split())
        self._orders: dict[str, StagedOrder] = {}
        self._dropped: dict[str, StagedOrder] = {}
        self._keys: dict[str, tuple[str, str]] = {}
        self._shop_ids: tuple[object, frozenset[int] | None] = (None, None)
        self._together: list[str] | None = None
        self.shipping = Shipping(bench, self)
        bench.hear.append(self._hear)
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
        """Open another batch of the account, to be found open at the next start, too. Raises CannotChange."""
        found = self._list.find(name)
        if found is None:
            raise CannotChange(f"There is no batch {name!r} any more.")
        self._leave()
        self._enter(found.id)

    def create(self, name: str) -> None:
        """Make a new batch and open it. Raises CannotChange."""
        self._may_leave()
        made = self._list.create(name)
        self._leave()
        self._enter(made.id)

    def rename(self, name: str, new: str) -> None:
        """Give a batch another name. Raises CannotChange."""
        found = self._list.find(name)
        self._list.rename(name, new)
        if found is not None and found.id != self._batch:
            self._store.release(found.id)
        self._open()

    def remove(self, name: str) -> None:
        """Put a batch out of sight; `put_back` brings it back. What was sent of it stays sent. Raises CannotChange."""
        found = self._list.find(name)
        is_open = found is not None and found.id == self._batch
        if is_open:
            self._may_leave()
        removed = self._list.remove(name)
        self._store.release(removed)
        if is_open:
            self._open()

    def put_back(self) -> str | None:
        """Bring back the batch that was removed last; its name, or None if there is none. Raises CannotChange."""
        return self._list.put_back()

    def _may_leave(self) -> None:
        if self.shipping.waiting:
            raise CannotChange("This batch is being sent; another one can be opened when that is done or paused.")

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
        known = self._bench.shops
        if self._shop_ids[0] is not known:
            self._shop_ids = (known, None if known is None else frozenset(shop.id for shop in known))
        return self._shop_ids[1]

    def findings(self, order: StagedOrder) -> list[Finding]:
        return order.findings(self.shops)

    def standing(self, order: StagedOrder) -> Standing:
        return order.standing(self.shops)

    def counts(self) -> Counter[Standing]:
        return Counter(self.standing(order) for order in self._orders.values())

    @property
    def said(self) -> list[Said]:
        """What became of the last sending, request by request; also what the service said of none of the orders."""
        return self.shipping.said

    def history(self) -> list[SentRequest]:
        """Every request that went out of the batch, the newest first, also of orders that were removed since."""
        return history_of(self._bench.store, self._batch)

    # Adding.

    def add_blank(self, shop: int, examples: Sequence[Document] = ()) -> str:
        """An order with what every order needs; status and currency as in the shop's orders given."""
        document = blank(shop, self._bench.now(), examples)
        return self._add([NewStaged(document, meta={"source": "blank order"})])[0]

    def add_copy(self, document: Document, as_update: bool, read: Document | None = None) -> str:
        """A copy to be created as another order, or the order itself to be sent whole: that one waits for release.

        `read`: the order as the service has it, where the document has changes on it.
        """
        name = order_name(document)
        if as_update:
            there = read if read is not None else document
            edit = Edit(to_upsert(there, keep_id=True)[0])
            wanted = to_upsert(document, keep_id=True)[0]
            names = [*wanted, *(key for key in edit.base if key not in wanted)]
            edit.put_all([(Pointer.of(key), wanted.get(key, ABSENT)) for key in names], "your changes")
            origin = Source(f"update of {name}")
            order = StagedOrder("", edit, 1, StagedState.DRAFT, self._bench.now(), origin=origin)
            order.looked = Looked(order.key, self._bench.now(), there)
            return self._add([NewStaged(edit.base, edit.log(), meta_of(order))])[0]
        taken = {order.key[1] for order in self._orders.values()}
        new = copied(as_new(document), self._bench.now(), taken)
        return self._add([NewStaged(new, meta={"source": f"copy of {name}"})])[0]

    def add_again(self, document: Document) -> str:
        """An order that was deleted, to be created again under its own number and order id."""
        return self._add([NewStaged(as_new(document), meta={"source": f"deleted {order_name(document)}"})])[0]

    def add_from_json(self, source: str | Path) -> tuple[list[str], Intake]:
        """Stage what a JSON text or file holds; the intake tells what was refused. Raises IntakeError."""
        intake = read_orders(read_file(source) if isinstance(source, Path) else source)
        return self.add_intake(intake, source.name if isinstance(source, Path) else "pasted text"), intake

    def add_intake(self, intake: Intake, name: str) -> list[str]:
        """Stage what was read from a source of that name."""
        at = self._bench.now()
        return self._add([NewStaged(one.document, meta=_origin(one, name, at)) for one in intake.orders])

    # Changing one order.

    def put(self, id: str, pointer: Pointer, value: Json, name: str) -> bool:
        """Set a value; a new order without an order id gets the number as its id, too."""
        order = self._changing(id)
        values = values_with(pointer, value)
        if pointer == ORDER_NUMBER and not order.fixed and ORDER_ID.get(order.document) is ABSENT:
            values.append((ORDER_ID, value))
            name = f"{name} and order id"
        return self._edited(order, order.edit.put_all(values, name))

    def put_all(self, id: str, values: Sequence[tuple[Pointer, Json | Absent]], name: str) -> bool:
        """Set several values as one step."""
        order = self._changing(id)
        return self._edited(order, order.edit.put_all(values, name))

    def become(self, id: str, began: Document, wanted: Document, name: str) -> bool:
        """Make an order what was made of `began`, as one step; what changed otherwise since then stays."""
        order = self._changing(id)
        return self._edited(order, order.edit.become(on_newer(began, wanted, order.document), name))

    def drop(self, id: str, pointer: Pointer, name: str) -> bool:
        """Leave a value out."""
        order = self._changing(id)
        return self._edited(order, order.edit.drop(pointer, name))

    def revert(self, id: str, pointer: Pointer, name: str) -> bool:
        """Give a value back what it was when the order was staged."""
        order = self._changing(id)
        return self._edited(order, order.edit.revert(pointer, name))

    def change(self, id: str, work: Callable[[Edit], Pointer | None]) -> Pointer | None:
        """Do something with the edit of an order, as one step or none: what `work` returns is None for none."""
        order = self._changing(id)
        pointer = work(order.edit)
        self._edited(order, pointer is not None)
        return pointer

    def proposal(self, order: StagedOrder, finding: Finding) -> Mend | None:
        """What would take the problem away."""
        if finding.problem.code == "gone":
            return Mend("send it as a new order", ((ID, None),))
        return mend(order.document, finding.problem)

    def mend(self, id: str, finding: Finding) -> Mend | None:
        """Take the proposal for a problem, if there is one."""
        order = self._changing(id)
        found = self.proposal(order, finding)
        if found is None:
            return None
        name = f"mend: {finding.problem.title or finding.problem.detail}"
        if finding.problem.code == "gone":
            order.edit.drop(ID, name)
        else:
            order.edit.put_all(found.values, name)
        self._edited(order, True)
        return found

    @contextmanager
    def as_one(self) -> Iterator[None]:
        """What is changed in orders meanwhile is one action: taken back, and done again, at once."""
        self._together = []
        try:
            yield
        finally:
            done, self._together = self._together, None
            if done:
                self._actions.note("edits", done)
                self._check_twins()

    def may_change(self, id: str) -> bool:
        """Whether it is not on its way just now."""
        return id in self._orders and not self._is_on_way(id)

    # Changing which orders there are, and which may go.

    def remove_orders(self, ids: Iterable[str]) -> int:
        """Take orders out of the batch; undo brings them back. What is with the service stays there."""
        found = [id for id in self._known(ids) if not self._is_on_way(id)]
        if not found:
            raise CannotChange("It is on its way; it can be removed when it is known what became of it.")
        self._ours(lambda: self._store.drop(found))
        for id in found:
            self._dropped[id] = self._orders.pop(id)
        self._actions.note("removed", found)
        self._check_twins()
        return len(found)

    def hold(self, ids: Iterable[str]) -> int:
        """Keep orders back from sending."""
        return self._let("held", ids, held=True)

    def release(self, ids: Iterable[str], *, in_spite: bool = False) -> int:
        """Let orders go; `in_spite` of their errors, for as long as they stay as they are."""
        return self._let("released", ids, held=False, in_spite=in_spite)

    # Undo.

    def undo(self) -> tuple[str, list[str]] | None:
        """Take back what was done last in the batch: words, and the orders that it was about."""
        return self._step_back(back=True)

    def redo(self) -> tuple[str, list[str]] | None:
        return self._step_back(back=False)

    def undo_in(self, id: str) -> str | None:
        """Take back the last change of this order."""
        return self._step_in(id, back=True)

    def redo_in(self, id: str) -> str | None:
        return self._step_in(id, back=False)

    # The service.

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
                for start in range(0, len(wanted), _LOOKED_AT_ONCE):
                    some = wanted[start : start + _LOOKED_AT_ONCE]
                    errors = await self._look_at(some)
                    self.on_change()
                    failed = failed or (errors[0] if errors else None)
                    if len(errors) == len(some):
                        break  # the service is not there
                if failed is not None:
                    return failed
                again = False
        except CannotChange:
            return None  # another copy has taken the batch, and looks itself
        finally:
            self.looking = False
            self.on_change()
        return None

    def plan(self, ids: Iterable[str] | None = None) -> Plan:
        """The requests that would be sent now: for all that the service does not have yet, or for those orders."""
        if ids is not None:
            return self.shipping.plan([self._orders[id] for id in self._known(ids)])
        there = (Standing.SENT, Standing.VERIFIED, Standing.SAME)
        return self.shipping.plan([order for order in self._orders.values() if self.standing(order) not in there])

    async def send(self, plan: Plan, *, goes_on: bool = False) -> None:
        """Send what was reviewed; what changed since stays here. Not to be cancelled. Raises CannotChange.

        With `goes_on`, what a refusal does not name goes again by itself.
        """
        await self.shipping.send(plan, goes_on=goes_on)

    def make_sure(self) -> None:
        """Raise CannotChange if another copy took the batch, as before anything is sent."""
        if self._batch is not None and not self._store.claim(self._batch):
            self._open()
        self._ours(lambda: None)

    def settle(self, outcome: Outcome) -> None:
        """What the end of a write means for the orders it had."""
        self.shipping.settle(outcome)

    async def ask_again(self, ids: Iterable[str]) -> str:
        """Look once more for orders whose end is unknown or that were not seen; a sentence about it."""
        follows = self._bench.store.follows
        resumed = 0
        for id in self._known(ids):
            order = self._orders[id]
            last = next((one for one in reversed(follows.of_staged(id)) if one.version == order.version), None)
            if last is not None and last.state in (FollowState.MISSING, FollowState.DIFFERS):
                follows.resume(last.id)
                self._reload(id)
                resumed += 1
        if resumed:
            self._bench.follower.wake()
        unknown = [order for order in self._orders.values() if order.state is StagedState.UNKNOWN]
        if unknown:
            for outcome in await self._bench.outbox.recover():
                if not self._bench.corrections.settle_any(outcome):
                    self.settle(outcome)
        self.on_change()
        count = resumed + len(unknown)
        return f"{count} order{' is' if count == 1 else 's are'} looked for again." if count else ""

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
        self.shipping.load()
        rows = [] if self._batch is None else self._store.staged(self._batch)
        self._orders = {row.id: recalled(row, self._bench.store, self._bench.account) for row in rows}
        self._dropped = {}
        self._actions = Actions(self._bench.store.state, self._bench.account, self._batch)
        self._check_twins()

    def _ours(self, work: Callable[[], None]) -> None:
        """Do `work` on the disk if the batch is ours; claim it if its owner has gone. Raises CannotChange, StoreError."""
        if self._batch is None:
            self._make()
        batch = self._batch or 0
        if self.owner is not None:
            if not self._store.claim(batch):
                raise CannotChange(f"This batch is in the hands of {self.owner}.")
            self._open()
            raise CannotChange("The other copy has gone, and its orders were read again. Now it is yours; do it again.")
        try:
            work()
        except NotOwner as error:
            self._open()
            raise CannotChange(str(error)) from error
        self.saved_at = self._bench.now()

    def _make(self) -> None:
        """The batch itself, at its first change; another copy may have been faster."""
        try:
            self._batch = self._list.create(self.name).id
        except CannotChange:
            self._open()
            if self._batch is None:
                raise
        else:
            self._actions = Actions(self._bench.store.state, self._bench.account, self._batch)

    # How it is done.

    def _add(self, news: list[NewStaged]) -> list[str]:
        ids: list[str] = []
        if not news:
            return ids
        self._ours(lambda: ids.extend(self._store.stage(self._batch or 0, news)))
        self._reread()
        self._actions.note("added", ids)
        self._check_twins()
        return ids

    def _changing(self, id: str) -> StagedOrder:
        """The order, set on what the service took of it if this is the first change since."""
        self._ours(lambda: None)
        order = self._orders[id]
        if self._is_on_way(id):
            raise CannotChange("It is on its way; it can be changed when it is known what became of it.")
        if order.state in (StagedState.ACCEPTED, StagedState.VERIFIED, StagedState.DIFFERS):
            order.rebase(Edit(order.document))
            order.released = False
        return order

    def _edited(self, order: StagedOrder, is_changed: bool) -> bool:
        if is_changed:
            self._save(order)
            if self._together is not None:
                self._together.append(f"{order.id} {order.edit.done}")
                return True
            self._actions.note("edit", [order.id])
            self._check_twins(order)
        elif order.sent:
            self._reload(order.id)
        return is_changed

    def _save(self, order: StagedOrder) -> None:
        """A new version; where it cannot be kept, the order is again as it was."""

        def work() -> None:
            meta = meta_of(order)
            rebased = order.sent
            if rebased:
                order.version = self._store.rebase(order.id, order.edit.base, order.edit.log(), meta=meta)
                self._store.set(order.id, released=order.released, durable=True)
            else:
                order.version = self._store.save_log(order.id, order.edit.log(), meta=meta, durable=True)

        try:
            self._ours(work)
        except (StoreError, CannotChange):
            self._reload(order.id)
            raise
        order.state, order.since = StagedState.DRAFT, self._bench.now()

    def _keep(self, order: StagedOrder, *, state: StagedState | None = None) -> None:
        """Keep what is known of an order beside its content."""
        if state is not None:
            order.state = state
        work = self._store.set
        self._ours(
            lambda: work(order.id, state=order.state, released=order.released, meta=meta_of(order), durable=True)
        )

    def _let(self, words: str, ids: Iterable[str], *, held: bool, in_spite: bool = False) -> int:
        found = [self._orders[id] for id in self._known(ids) if not self._orders[id].sent]
        before = [_flags(order) for order in found]
        for order in found:
            order.held = held
            order.released = not held and order.does is Does.UPDATE
            order.insisted = order.version if in_spite else None
            self._keep(order)
        if found:
            self._actions.note(words, before)
        return len(found)

    def _is_on_way(self, id: str) -> bool:
        return self._orders[id].state in (StagedState.SENT, StagedState.UNKNOWN) or id in self.shipping.waiting

    def _known(self, ids: Iterable[str]) -> list[str]:
        wanted = set(ids)
        return [id for id in self._orders if id in wanted]

    def _reload(self, id: str) -> None:
        row = self._store.get(id)
        if row is not None:
            self._orders[id] = recalled(row, self._bench.store, self._bench.account)

    def _check_twins(self, changed: StagedOrder | None = None) -> None:
        """Which orders would overwrite each other; after a change of one order only where that changed its key."""
        if changed is not None and self._keys.get(changed.id) == key_of(changed.document):
            return
        self._keys = {id: key_of(order.document) for id, order in self._orders.items()}
        twins = check_together({id: order.document for id, order in self._orders.items()})
        for id, order in self._orders.items():
            order.twin = twins.get(id)

    def _to_look_at(self, ids: Iterable[str] | None, again: bool) -> list[StagedOrder]:
        found = self.orders if ids is None else [self._orders[id] for id in self._known(ids)]
        oldest = self._bench.now() - _FRESH

        def is_wanted(order: StagedOrder) -> bool:
            if order.needs_look():
                return True
            old = order.looked is not None and (order.looked.remote is not None or order.looked.at < oldest)
            return again and not order.sent and old

        return [order for order in found if is_wanted(order)]

    async def _look_at(self, orders: Sequence[StagedOrder]) -> list[ApiError]:
        keys = [order.key for order in orders]
        found = await look_up(self._bench.client, [Wanted(key[1], key[2], key[0] or None) for key in keys])
        errors = []
        for order, key, remote in zip(orders, keys, found, strict=True):
            if isinstance(remote, ApiError):
                errors.append(remote)
            elif self._orders.get(order.id) is order and order.key == key and not order.sent:
                self._looked_at(order, Looked(key, self._bench.now(), remote))
        return errors

    def _looked_at(self, order: StagedOrder, looked: Looked) -> None:
        """Note what was found; the update of an order is set on what the service has now, and waits if both changed."""
        known = order.remote
        order.looked = looked
        theirs = None if looked.remote is None else to_upsert(looked.remote, keep_id="id" in order.document)[0]
        if theirs is not None and known is not None and order.fixed and not same(theirs, order.edit.base):
            merged = merge(order.edit, theirs)
            order.rebase(merged.edit)
            if merged.clashes:
                order.released = False
            edit, meta = order.edit, meta_of(order)

            def rebase() -> None:
                order.version = self._store.rebase(order.id, edit.base, edit.log(), meta=meta)

            self._ours(rebase)
            order.state = StagedState.DRAFT
        self._keep(order)

    def written(
        self,
        write: Write,
        *,
        told: Mapping[str, tuple[Told, ...]] | None = None,
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
            except CannotChange:
                break  # taken over by another copy, which reads it from the journal
        self.on_change()

    def _hear(self, news: Write | Follow) -> None:
        """A write or a followed order has come further."""
        if isinstance(news, Follow):
            ids = [news.staged] if news.staged is not None else []
        else:
            ids = [item.staged for item in news.new.items]
        for id in ids:
            self._refresh(id)
        if ids:
            self.on_change()

    def _refresh(self, id: str) -> None:
        """Take over what the outbox or the follower wrote of an order."""
        row = self._store.get(id) if id in self._orders else None
        if row is None:
            return
        order = self._orders[id]
        order.state, order.since, order.remote_id = row.state, row.updated_at, row.remote_id
        if row.state in (StagedState.ACCEPTED, StagedState.VERIFIED):
            order.told = ()
        know_accepted(order, self._bench.store)

    # Back and forth.

    def _step_back(self, *, back: bool) -> tuple[str, list[str]] | None:
        self._ours(lambda: None)
        source, target = self._actions.done, self._actions.undone
        if not back:
            source, target = target, source
        while source:
            action = source.pop()
            said, about = self._reverse(action, back=back)
            if said:
                target.append(Action(action.kind, about))
                self._actions.save()
                self._check_twins()
                return said, [id.partition(" ")[0] for id in about]
        self._actions.save()
        return None

    def _reverse(self, action: Action, *, back: bool) -> tuple[str, tuple[str, ...]]:
        """Take one action back or do it again: what it was, in words, and what the way back needs."""
        count = f"{len(action.about)} order{'' if len(action.about) == 1 else 's'}"
        match action.kind:
            case "edit":
                order = self._orders.get(action.about[0])
                if order is None:
                    return "", ()
                if order.sent:
                    return "nothing, since that was sent meanwhile", action.about
                name = order.edit.undo() if back else order.edit.redo()
                if name is not None:
                    self._save(order)
                return name or "", action.about
            case "edits":
                return self._step_edits(action.about, back=back)
            case "added" | "removed" if (action.kind == "added") is back:
                found = [id for id in self._known(action.about) if not self._is_on_way(id)]
                self._ours(partial(self._store.drop, found))
                self._dropped |= {id: self._orders.pop(id) for id in found}
                return (f"{count} {action.kind}" if found else ""), tuple(found)
            case "added" | "removed":
                self._ours(partial(self._store.restore, action.about))
                self._reread()
                return f"{count} {action.kind}", action.about
            case _:
                return f"{count} {action.kind}", self._swap_flags(action.about)

    def _step_edits(self, about: Iterable[str], *, back: bool) -> tuple[str, tuple[str, ...]]:
        """The same step of several orders, of each where it still is the last one."""
        name, moved = "", []
        for one in about:
            id, _, done = one.partition(" ")
            order = self._orders.get(id)
            if order is None or order.sent or order.edit.done != int(done) - (0 if back else 1):
                continue
            step = order.edit.undo() if back else order.edit.redo()
            if step is not None:
                self._save(order)
                name = step
                moved.append(one)
        return (f"{name}, {len(moved)} order{'' if len(moved) == 1 else 's'}" if moved else ""), tuple(moved)

    def _swap_flags(self, flags: Iterable[str]) -> tuple[str, ...]:
        before = []
        for flag in flags:
            id, held, released, insisted = flag.split(" ")
            order = self._orders.get(id)
            if order is None or order.sent:
                continue
            before.append(_flags(order))
            order.held, order.released, order.insisted = held == "1", released == "1", int(insisted) or None
            self._keep(order)
        return tuple(before)

    def _step_in(self, id: str, *, back: bool) -> str | None:
        order = self._changing(id)
        name = order.edit.undo() if back else order.edit.redo()
        if name is None:
            self._edited(order, False)
            return None
        self._save(order)
        self._actions.moved(Action("edit", (id,)), back=back)
        self._check_twins()
        return name

    def _reread(self) -> None:
        """The orders anew, in the places that they have on the disk."""
        rows = self._store.staged(self._batch or 0)
        known = self._dropped | self._orders
        self._orders = {
            row.id: known[row.id] if row.id in known else recalled(row, self._bench.store, self._bench.account)
            for row in rows
        }


def _origin(arrival: Arrival, name: str, at: datetime) -> Document:
    """What is kept of where an order came from."""
    meta: Document = {"source": f"{arrival.place} of {name}", "file": name}
    if arrival.row is not None:
        meta |= {"row": arrival.row, "cells": cells_to_json(arrival.cells)}
    if arrival.derived:
        meta["derived"] = {str(pointer): words for pointer, words in arrival.derived.items()}
    if arrival.problems:
        meta["noted"] = [told_to_json(note_of(problem, arrival.document, at)) for problem in arrival.problems]
    return meta


def _flags(order: StagedOrder) -> str:
    return f"{order.id} {int(order.held)} {int(order.released)} {order.insisted or 0}"
