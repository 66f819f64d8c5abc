"""Changes of a batch by the user: adding, changing, fixing, holding and removing orders, and undo."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from tui.api.codec import Document, Json
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.api.wording import count_of
from tui.orders.checks.fix import Fix
from tui.orders.edits.edit import Edit
from tui.orders.edits.json_merge import rebase
from tui.orders.edits.upsert import as_new, to_upsert
from tui.orders.fields import exclusive_values
from tui.orders.parsed import ParsedFile, ParsedOrder
from tui.orders.paths import NUMBER, ORDER_ID
from tui.orders.progress import OnProgress, Progress
from tui.orders.summary import order_name, text_at
from tui.store.batches import NewStaged, NotOwner, StagedState
from tui.store.db import StoreError
from tui.work.account import Account
from tui.work.batches.catalog import BatchLocked
from tui.work.batches.open_batch import OpenBatch
from tui.work.batches.staged_order import (
    ID,
    Finding,
    PlannedAction,
    RemoteSnapshot,
    StagedOrder,
    as_staged,
    meta_of,
)
from tui.work.batches.staging_chunks import CHUNK_SIZE, ChunkedStaging, to_staged
from tui.work.batches.templates import blank_order, copy_of
from tui.work.batches.undo_log import Action
from tui.work.file_import.provenance import Provenance

ALREADY_SENT = "already sent"
"""Returned by `undo` and `redo` in place of a step's name: the order has been sent, so nothing was changed."""


class BatchEditing:
    """Changes the orders of the open batch. Each change is committed before the call returns.

    Methods raise BatchLocked if the batch or the order cannot be changed now, and StoreError.
    """

    def __init__(self, account: Account, batch: OpenBatch) -> None:
        self._account = account
        self._batch = batch

    # Adding

    def add_blank(self, shop: int, examples: Sequence[Document] = ()) -> str:
        """Add an order with the required fields; status and currency are the most common ones of `examples`."""
        document = blank_order(shop, self._account.now(), examples)
        return self.add([NewStaged(document, meta={"source": "blank order"})])[0]

    def add_copies(
        self, documents: Iterable[Document], *, as_update: bool = False, read: Document | None = None
    ) -> list[str]:
        """Add copies as new orders or, with `as_update`, updates of the orders themselves; those have to be released.

        They are added as one action. `read`: the order as the service has it, if the single document has changes.
        """
        if as_update:
            return self.add([self._update(document, read) for document in documents])
        used_ids = {order.key[1] for order in self._batch.orders}
        news = []
        for document in documents:
            new = copy_of(as_new(document), self._account.now(), used_ids)
            used_ids.add(text_at(new, ORDER_ID))
            news.append(NewStaged(new, meta={"source": f"copy of {order_name(document)}"}))
        return self.add(news)

    def _update(self, document: Document, read: Document | None) -> NewStaged:
        remote = read if read is not None else document
        edit = Edit(to_upsert(remote, keep_id=True)[0])
        wanted = to_upsert(document, keep_id=True)[0]
        names = [*wanted, *(key for key in edit.base if key not in wanted)]
        edit.put_all([(Pointer.of(key), wanted.get(key, ABSENT)) for key in names], "your changes")
        origin = Provenance(f"update of {order_name(document)}")
        order = StagedOrder("", edit, 1, StagedState.DRAFT, self._account.now(), origin=origin)
        order.snapshot = RemoteSnapshot(order.key, self._account.now(), remote)
        return NewStaged(edit.base, edit.log(), meta_of(order))

    def add_again(self, document: Document) -> str:
        """Add an order that was deleted, to be created again with its number and order id."""
        return self.add([NewStaged(as_new(document), meta={"source": f"deleted {order_name(document)}"})])[0]

    def add_parsed(self, parsed: ParsedFile, name: str) -> list[str]:
        """Stage the orders read from a source of that name."""
        at = self._account.now()
        return self.add([to_staged(order, name, at) for order in parsed.orders], as_stored=True)

    def renew_import(self, id: str, parsed: ParsedOrder, name: str) -> None:
        """Replace what an earlier import of the same order found: the problems, and the sources of its values.

        It differs if the user confirmed a guess, or mapped the columns differently.
        """
        order = self._batch.by_id[id]
        at = self._account.now()
        new = as_staged(id, to_staged(parsed, name, at), at)
        if _findings_of(order) == _findings_of(new) or order.sent:
            return
        order.origin, order.import_problems = new.origin, new.import_problems
        self._batch.save_all_details([order])

    async def add_in_chunks(self, parsed: ParsedFile, name: str, progress: OnProgress) -> list[str]:
        """Stage many orders while the app stays responsive: all of them or, if `progress` raises, none.

        Raises BatchLocked if another copy takes over the batch in the meantime, and StoreError; no order is staged
        then.
        """
        batch = self._batch
        batch.check_owner()
        if batch.is_importing:
            raise BatchLocked("Another file is being added. This one can be added when that is done.")
        staging = ChunkedStaging.of(batch.store, batch.id or 0, name, self._account.now())
        total, ids = len(parsed.orders), list[str]()
        batch.is_importing = True
        try:
            for start in range(0, total, CHUNK_SIZE):
                progress(Progress(start, total))
                ids += await asyncio.to_thread(staging.stage, parsed.orders[start : start + CHUNK_SIZE])
            await asyncio.to_thread(batch.store.publish_import, staging.batch, staging.import_id, total)
        except NotOwner as error:
            batch.reopen()
            raise BatchLocked(str(error)) from error
        except BaseException:
            with suppress(StoreError):
                batch.store.delete_unfinished_imports(staging.batch)
            raise
        finally:
            batch.is_importing = False
        batch.saved_at = self._account.now()
        batch.insert(ids, restores=False)
        batch.undo_log.add("added", ids, saves=False)
        await asyncio.to_thread(batch.undo_log.save)  # behind the commit of the orders, which may take 0.1 s
        return ids

    def add(self, news: list[NewStaged], *, as_stored: bool = False) -> list[str]:
        """Stage orders.

        `as_stored`: the documents are in the form that the store returns, like everything that the codec has read.
        """
        ids: list[str] = []
        if not news:
            return ids
        batch = self._batch
        batch.as_owner(lambda: ids.extend(batch.store.stage(batch.id or 0, news)))
        at = self._account.now()
        return self._added(
            ids, [as_staged(id, new, at) for id, new in zip(ids, news, strict=True)] if as_stored else ()
        )

    def _added(self, ids: list[str], orders: Iterable[StagedOrder]) -> list[str]:
        self._batch.insert(ids, orders)
        self._batch.undo_log.add("added", ids)
        return ids

    # Changing orders

    def put(
        self, id: str, pointer: Pointer, value: Json, name: str, beside: Sequence[tuple[Pointer, Json]] = ()
    ) -> bool:
        """Set a value, and values `beside` it. A new order without an order id gets its number as order id, too."""
        order = self._changing(id)
        values = [*exclusive_values(pointer, value), *beside]
        if pointer == NUMBER and not order.fixed and ORDER_ID.get(order.document) is ABSENT:
            values.append((ORDER_ID, value))
            name = f"{name} and order id"
        return self._edited(order, order.edit.put_all(values, name))

    def put_all(self, id: str, values: Sequence[tuple[Pointer, Json | Absent]], name: str) -> bool:
        """Set several values in one step."""
        order = self._changing(id)
        return self._edited(order, order.edit.put_all(values, name))

    def replace_document(self, id: str, base: Document, wanted: Document, name: str) -> bool:
        """Apply the difference between `base` and `wanted` in one step; other changes since `base` stay."""
        order = self._changing(id)
        return self._edited(order, order.edit.replace_document(rebase(base, wanted, order.document), name))

    def drop(self, id: str, pointer: Pointer, name: str) -> bool:
        """Remove a value."""
        order = self._changing(id)
        return self._edited(order, order.edit.drop(pointer, name))

    def revert(self, id: str, pointer: Pointer, name: str) -> bool:
        """Restore the value from when the order was staged."""
        order = self._changing(id)
        return self._edited(order, order.edit.revert(pointer, name))

    def change(self, id: str, work: Callable[[Edit], Pointer | None]) -> Pointer | None:
        """Change an order in one step. `work` returns the changed pointer, or None if it changed nothing."""
        order = self._changing(id)
        pointer = work(order.edit)
        self._edited(order, pointer is not None)
        return pointer

    def apply_fix(self, id: str, finding: Finding) -> Fix | None:
        """Apply the fix for a problem. Returns None if there is none."""
        order = self._changing(id)
        found = self._batch.proposed_fix(order, finding)
        if found is None:
            return None
        name = f"fix: {finding.problem.title or finding.problem.detail}"
        if finding.problem.code == "gone":
            order.edit.drop(ID, name)
        else:
            order.edit.put_all(found.values, name)
        self._edited(order, True)
        return found

    def put_each(self, values: Mapping[str, Sequence[tuple[Pointer, Json | Absent]]], name: str) -> int:
        """Set values of several orders as one action. Returns how many orders changed."""
        orders = [(self._changing(id), some) for id, some in values.items()]
        changed = []
        for order, some in orders:
            if order.edit.put_all(some, name):
                changed.append(order)
            elif order.sent:
                self._batch.reload(order.id)
        self._batch.save_all(changed)
        if changed:
            self._batch.undo_log.add("edits", [f"{order.id} {order.edit.done}" for order in changed])
        return len(changed)

    def may_change(self, id: str) -> bool:
        """Whether the order is in the batch and is not being sent."""
        return id in self._batch.by_id and not self._batch.is_in_flight(id)

    def _changing(self, id: str) -> StagedOrder:
        """The order to change. The first change of an accepted order is based on the accepted version."""
        self._batch.check_owner()
        order = self._batch.by_id[id]
        if self._batch.is_in_flight(id):
            raise BatchLocked("The order is in flight. It can be changed when the result is known.")
        if order.state in (StagedState.ACCEPTED, StagedState.VERIFIED, StagedState.DIFFERS):
            order.rebase(Edit(order.document))
            order.released = False
        return order

    def _edited(self, order: StagedOrder, is_changed: bool) -> bool:
        if is_changed:
            self._batch.save(order)
            self._batch.undo_log.add("edit", [order.id])
        elif order.sent:
            self._batch.reload(order.id)
        return is_changed

    # Removing and holding orders

    def remove_orders(self, ids: Iterable[str]) -> int:
        """Remove orders from the batch; undo restores them. Nothing changes on the service."""
        found = self._not_in_flight(ids)
        if not found:
            raise BatchLocked("The order is in flight. It can be removed when the result is known.")
        self._batch.check_owner()
        # The undo log is written first; if the removal is then lost in a crash, undo restores nothing.
        self._batch.undo_log.add("removed", found)
        try:
            self._batch.drop(found)
        except StoreError:
            self._batch.undo_log.remove_last()
            raise
        return len(found)

    def _not_in_flight(self, ids: Iterable[str]) -> list[str]:
        """Those of these orders that are in the batch and can be removed from it."""
        known = self._batch.known(ids)
        self._batch.by_id.restore(known)
        return [id for id in known if not self._batch.is_in_flight(id)]

    def hold(self, ids: Iterable[str]) -> int:
        """Hold orders back from sending."""
        return self._set_hold("held", ids, held=True)

    def release(self, ids: Iterable[str], *, force: bool = False) -> int:
        """Release orders for sending; with `force`, despite their errors, as long as they are not changed."""
        return self._set_hold("released", ids, held=False, force=force)

    def _set_hold(self, kind: str, ids: Iterable[str], *, held: bool, force: bool = False) -> int:
        known = self._batch.known(ids)
        self._batch.by_id.restore(known)
        found = [order for id in known if not (order := self._batch.by_id[id]).sent]
        before = [_flags(order) for order in found]
        for order in found:
            order.held = held
            order.released = not held and order.action is PlannedAction.UPDATE
            order.override_version = order.version if force else None
        self._save_flags(found, before)
        if found:
            self._batch.undo_log.add(kind, before)
        return len(found)

    def _save_flags(self, orders: Sequence[StagedOrder], before: Iterable[str]) -> None:
        """Save the flags of all orders or of none. If that fails, the flags are restored."""
        try:
            self._batch.save_all_details(orders)
        except StoreError:
            for order, flags in zip(orders, before, strict=True):
                _set_flags(order, flags)
            raise

    # Undo

    def undo(self) -> tuple[str, list[str]] | None:
        """Undo the last action on the batch. Returns its text and its orders."""
        return self._step_back(back=True)

    def redo(self) -> tuple[str, list[str]] | None:
        return self._step_back(back=False)

    def undo_in(self, id: str) -> str | None:
        """Undo the last change of this order."""
        return self._step_in(id, back=True)

    def redo_in(self, id: str) -> str | None:
        return self._step_in(id, back=False)

    def _step_back(self, *, back: bool) -> tuple[str, list[str]] | None:
        self._batch.check_owner()
        source, target = self._batch.undo_log.done, self._batch.undo_log.undone
        if not back:
            source, target = target, source
        while source:
            action = source.pop()
            text, about = self._reverse(action, back=back)
            if text:
                target.append(Action(action.kind, about))
                self._batch.undo_log.save()
                return text, [id.partition(" ")[0] for id in about]
        self._batch.undo_log.save()
        return None

    def _reverse(self, action: Action, *, back: bool) -> tuple[str, tuple[str, ...]]:
        """Undo or redo one action. Returns its text, and what the opposite step needs."""
        count = count_of(len(action.about), "order")
        match action.kind:
            case "edit":
                order = self._batch.by_id.get(action.about[0])
                if order is None:
                    return "", ()
                if order.sent:
                    return ALREADY_SENT, action.about
                name = order.edit.undo() if back else order.edit.redo()
                if name is not None:
                    self._batch.save(order)
                return name or "", action.about
            case "edits":
                return self._step_edits(action.about, back=back)
            case "added" | "removed" if (action.kind == "added") is back:
                found = self._not_in_flight(action.about)
                self._batch.drop(found)
                count = count_of(len(found), "order")
                return (f"{count} {action.kind}" if found else ""), tuple(found)
            case "added" | "removed":
                self._batch.restore(action.about)
                return f"{count} {action.kind}", action.about
            case _:
                return f"{count} {action.kind}", self._swap_flags(action.about)

    def _step_edits(self, about: Iterable[str], *, back: bool) -> tuple[str, tuple[str, ...]]:
        """Undo or redo the same step of several orders, if it is still the last one of each."""
        name, moved, orders = "", [], []
        for entry in about:
            id, _, done = entry.partition(" ")
            order = self._batch.by_id.get(id)
            if order is None or order.sent or order.edit.done != int(done) - (0 if back else 1):
                continue
            step = order.edit.undo() if back else order.edit.redo()
            if step is not None:
                orders.append(order)
                name = step
                moved.append(entry)
        self._batch.save_all(orders)
        return (f"{name}, {count_of(len(moved), 'order')}" if moved else ""), tuple(moved)

    def _swap_flags(self, flags: Iterable[str]) -> tuple[str, ...]:
        found, before = [], []
        for flag in flags:
            order = self._batch.by_id.get(flag.partition(" ")[0])
            if order is None or order.sent:
                continue
            found.append(order)
            before.append(_flags(order))
            _set_flags(order, flag)
        self._save_flags(found, before)
        return tuple(before)

    def _step_in(self, id: str, *, back: bool) -> str | None:
        order = self._changing(id)
        name = order.edit.undo() if back else order.edit.redo()
        if name is None:
            self._edited(order, False)
            return None
        self._batch.save(order)
        self._batch.undo_log.move(Action("edit", (id,)), back=back)
        return name


def _set_flags(order: StagedOrder, flags: str) -> None:
    held, released, override = flags.split(" ")[1:]
    order.held, order.released, order.override_version = held == "1", released == "1", int(override) or None


def _flags(order: StagedOrder) -> str:
    return f"{order.id} {int(order.held)} {int(order.released)} {order.override_version or 0}"


def _findings_of(order: StagedOrder) -> set[tuple[Pointer, str, str]]:
    """The problems from the file, in a form that can be compared."""
    problems = (found.problem for found in order.import_problems)
    return {(problem.pointer, problem.code, problem.detail) for problem in problems}
