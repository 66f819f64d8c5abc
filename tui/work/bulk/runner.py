"""Runs bulk jobs: dry run, sending one order after the other, pausing, and resuming after a crash."""

import asyncio
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Final

from tui.api.codec import Document
from tui.api.errors import ApiError, NotFound
from tui.orders.checks.sending import MAX_ORDERS
from tui.orders.display import display_value
from tui.orders.edits.bulk_change import Applied, BulkChange, apply, changed_since
from tui.orders.fields import label_of
from tui.orders.summary import order_name
from tui.store.journal import Write, WriteKind
from tui.store.verifications import Verification
from tui.work.account import Account
from tui.work.bulk.job import (
    RETRYABLE,
    Job,
    JobOrder,
    JobStage,
    WriteCosts,
    dump_head,
    dump_order,
    head_orders,
    load_head,
    load_order,
    plan,
    write_kind,
)
from tui.work.bulk.outcome_map import NOT_WRITTEN_WITH_OTHERS, orders_of, outcome_of, outcomes_of, writes_of
from tui.work.drafts.drafts import Draft
from tui.work.drafts.sender import DraftSendStatus
from tui.work.writes.send_state import OPEN, SendState

_AT_ONCE: Final = 4
"""The number of concurrent requests, so that one whose answer was lost does not stop the others."""

_READ_AT_ONCE: Final = 8
_MAX_FAILED: Final = 3
"""The job is paused automatically when this many orders in a row could not be sent."""

_KEPT: Final = 20
"""The number of jobs that are kept for each account."""

_HEAD, _ORDER = "bulk.job:", "bulk.order:"


class JobConflict(Exception):
    """Another copy of the app runs the job, or its stage does not allow the action. str() is a sentence for users."""


@dataclass(slots=True)
class _JobRun:
    """The state of a job while it runs: the orders taken from the queue, and how many failed in a row."""

    taken: set[str] = field(default_factory=set)
    failed: int = 0


class Jobs:
    """The jobs of one account. `on_change` is called from the event loop with each job that changed.

    Every step is stored before it is done: an order is stored as in flight before it is sent.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._jobs: dict[str, Job] = {}
        self._runs: dict[str, _JobRun] = {}
        self.on_change: Callable[[Job], None] = lambda _: None
        account.listeners.append(self._on_store_event)

    # Listing

    def recent(self) -> list[Job]:
        """The last jobs, newest first; those that are not open have counts but no orders."""
        kept = self._account.store.screen_states.all(self._account.account_id, _HEAD)
        found = {job.id: job for job in map(load_head, kept.values()) if job is not None}
        jobs = [self._jobs.get(id, job) for id, job in found.items()]
        return sorted(jobs, key=lambda job: (job.created_at, job.id), reverse=True)

    def get(self, id: str) -> Job | None:
        """A job with its orders, as it is on disk unless this process runs it."""
        if id in self._runs:
            return self._jobs[id]
        known = self._jobs.get(id)
        if known is not None and known.stage is JobStage.PLANNED:
            return known
        state, account_id = self._account.store.screen_states, self._account.account_id
        head = state.get(account_id, _HEAD + id)
        job = load_head(head)
        if job is None:
            return None
        orders = state.all(account_id, f"{_ORDER}{id}:")
        for order in head_orders(head):
            load_order(order, orders.get(f"{_ORDER}{id}:{order.id}"))
            job.orders[order.id] = order
        if known is not None:
            # The caller and the runner share one job object.
            for attribute in fields(Job):
                setattr(known, attribute.name, getattr(job, attribute.name))
            job = known
        self._jobs[id] = job
        if not self.is_elsewhere(job):
            self._look_up(job)
        return job

    def is_elsewhere(self, job: Job) -> bool:
        """Whether another running copy of the app runs this job."""
        sessions = self._account.store.sessions
        is_active = job.stage in (JobStage.RUNNING, JobStage.PAUSED)
        return is_active and job.session not in ("", sessions.mine) and sessions.alive(job.session)

    @property
    def running(self) -> list[Job]:
        """The jobs that this process is sending."""
        return [self._jobs[id] for id in self._runs]

    def is_running(self, job: Job) -> bool:
        return job.id in self._runs

    def unfinished(self) -> list[Job]:
        """The unfinished jobs of ended processes, oldest first, updated from the journal."""
        found = [
            job
            for job in reversed(self.recent())
            if job.stage in (JobStage.RUNNING, JobStage.PAUSED)
            and job.session != self._account.store.sessions.mine
            and not self.is_elsewhere(job)
        ]
        return [job for head in found if (job := self.get(head.id)) is not None]

    # Before sending

    def make(self, recipe: BulkChange, orders: Iterable[tuple[str, str]], selection: str = "") -> Job:
        """Create a job for orders, given as (id, name)."""
        entries = {id: JobOrder(id, name) for id, name in orders}
        job = Job(secrets.token_hex(6), recipe, self._account.now(), entries, selection=selection)
        self._jobs[job.id] = job
        self._put(job)
        for old in self.recent()[_KEPT:]:
            if old.stage not in (JobStage.RUNNING, JobStage.PAUSED):
                self.drop(old)
        return job

    def change(self, job: Job, recipe: BulkChange) -> None:
        """Replace the change of a job that has not been sent yet."""
        self._must_be(job, JobStage.PLANNED)
        job.recipe = recipe
        self._put(job)

    async def dry_run(self, job: Job, known: Mapping[str, Document], only: Collection[str] | None = None) -> None:
        """Apply the change to each order, or to those in `only`, without sending.

        Orders that are not in `known` are read.
        """
        self._must_be(job, JobStage.PLANNED)
        recipe = job.recipe
        wanted = [order for order in job.orders.values() if only is None or order.id in only]
        unread = [order for order in wanted if order.id not in known]
        read = dict(known)
        for order, document in zip(unread, await self._read(unread), strict=True):
            if document is not None:
                read[order.id] = document
        for count, order in enumerate(wanted):
            if job.recipe is not recipe:
                return
            if order.id in read:
                self._judge(job, order, read[order.id])
            if count % 20 == 19:
                await asyncio.sleep(0)
                self.on_change(job)
        if not job.chosen:
            job.kind = self.plan(job).proposed
        self._put(job)

    def _judge(self, job: Job, order: JobOrder, document: Document) -> None:
        applied = apply(job.recipe, document)
        order.name = order_name(document)
        was_held = order.state is SendState.HELD
        order.applied, order.changes = applied, applied.changes
        order.message = "; ".join(applied.warnings)
        if applied.blocked_reasons:
            order.state, order.message = SendState.INVALID, "; ".join(applied.blocked_reasons)
        elif applied.is_unchanged:
            order.state = SendState.UNCHANGED
        elif self._account.draft_sender.is_unsettled(order.id):
            order.state, order.message = SendState.INVALID, _UNSETTLED
        else:
            order.state = SendState.HELD if was_held else SendState.READY

    async def _read(self, orders: Sequence[JobOrder]) -> list[Document | None]:
        """Read orders, a few at a time. An order that cannot be read gets the state that says so."""
        slots = asyncio.Semaphore(_READ_AT_ONCE)

        async def read(order: JobOrder) -> Document | None:
            try:
                async with slots:
                    return await self._account.client.get_order(order.id)
            except ApiError as error:
                gone = isinstance(error, NotFound) and error.confirmed_by_service
                order.state = SendState.CONFLICT if gone else SendState.NOT_SENT
                order.message = "the order no longer exists" if gone else f"could not be read: {error}"
                return None

        return list(await asyncio.gather(*map(read, orders)))

    def leave_out(self, job: Job, id: str) -> bool:
        """Exclude an order, or include it again. Returns False if the order is not to be sent anyway."""
        self._must_be(job, JobStage.PLANNED)
        order = job.orders[id]
        if order.state not in (SendState.READY, SendState.HELD):
            return False
        order.state = SendState.HELD if order.state is SendState.READY else SendState.READY
        self._notify(job)
        return True

    def plan(self, job: Job) -> WriteCosts:
        return plan(job.waiting)

    def choose(self, job: Job, kind: WriteKind) -> None:
        """Set the kind of write that the user chose."""
        self._must_be(job, JobStage.PLANNED)
        job.kind, job.chosen = kind, True
        self._put(job)

    def drop(self, job: Job) -> None:
        """Delete a job; what it sent stays in the journal."""
        if self.is_running(job) or self.is_elsewhere(job):
            raise JobConflict("A change that is being sent cannot be forgotten; cancel it first.")
        state, account_id = self._account.store.screen_states, self._account.account_id
        for key in state.all(account_id, f"{_ORDER}{job.id}:"):
            state.delete(account_id, key)
        state.delete(account_id, _HEAD + job.id)
        self._jobs.pop(job.id, None)

    # Sending

    async def run(self, job: Job) -> None:
        """Send the waiting orders until none is left or the job is paused or cancelled. Returns after the last answer.

        Raises JobConflict if another copy of the app runs the job, and StoreError if it cannot be stored.
        """
        if self.is_running(job):
            return
        self._begin(job)
        run = self._runs[job.id] = _JobRun()
        tasks: set[asyncio.Task[None]] = set()
        try:
            while job.stage is JobStage.RUNNING:
                while len(tasks) >= _AT_ONCE:
                    tasks = await _next_done(tasks)
                if job.stage is not JobStage.RUNNING or not (batch := self._take(job, run)):
                    if not tasks:
                        break
                    # An order in flight may return to the queue.
                    tasks = await _next_done(tasks)
                    continue
                send = self._send_upsert if batch[0].kind is WriteKind.UPSERT else self._send_patches
                tasks.add(asyncio.create_task(send(job, run, batch), name=f"change {job.id}"))
            while tasks:
                tasks = await _next_done(tasks)
        except asyncio.CancelledError:
            # The app ends. Requests in flight belong to the outbox, which is not cancelled; all results are on disk.
            for task in tasks:
                task.cancel()
            raise
        else:
            if job.stage is JobStage.RUNNING:
                job.stage = JobStage.PAUSED if job.waiting else JobStage.DONE
        finally:
            del self._runs[job.id]
        self._put(job)

    def pause(self, job: Job, note: str = "") -> None:
        """Start no further order; orders in flight finish."""
        self._must_be(job, JobStage.RUNNING)
        job.stage, job.note = JobStage.PAUSED, note
        self._put(job)

    def cancel(self, job: Job) -> int:
        """Send no further order. Returns how many orders are not sent because of it."""
        self._must_be(job, JobStage.RUNNING, JobStage.PAUSED)
        if self.is_elsewhere(job):
            raise JobConflict(_ELSEWHERE)
        job.stage, job.note = JobStage.CANCELLED, ""
        left = job.waiting
        for order in left:
            self._settle(job, order, SendState.NOT_SENT, "cancelled before it was sent")
        self._put(job)
        return len(left)

    async def retry(self, job: Job, states: Collection[SendState]) -> int:
        """Run the dry run again for the orders in these states. Returns how many can be sent again."""
        self._must_be(job, JobStage.DONE, JobStage.CANCELLED, JobStage.PLANNED)
        chosen = [order.id for order in job.orders.values() if order.state in states and order.state in RETRYABLE]
        for id in chosen:
            order = job.orders[id]
            order.state, order.write, order.after = SendState.READY, None, None
        job.stage, job.note = JobStage.PLANNED, ""
        await self.dry_run(job, {}, chosen)
        for id in chosen:
            self._put_order(job, job.orders[id])
        return sum(job.orders[id].state is SendState.READY for id in chosen)

    def _begin(self, job: Job) -> None:
        """Claim the job for this process and store all its orders, before the first one is sent."""
        if self.is_elsewhere(job):
            raise JobConflict(_ELSEWHERE)
        if self._account.client.read_only:
            raise JobConflict("This account is opened for reading only.")
        self._must_be(job, JobStage.PLANNED, JobStage.PAUSED, JobStage.RUNNING)
        first = job.stage is JobStage.PLANNED
        if first:
            for order in job.orders.values():
                if order.state is SendState.READY and order.applied is not None:
                    order.planned, order.kind = True, write_kind(order.applied, job.kind)
                self._put_order(job, order)
        state, account_id, key = self._account.store.screen_states, self._account.account_id, _HEAD + job.id
        before = state.get(account_id, key)
        job.stage, job.session, job.note = JobStage.RUNNING, self._account.store.sessions.mine, ""
        theirs = load_head(before)
        if theirs is None or self.is_elsewhere(theirs) or not state.swap(account_id, key, before, dump_head(job)):
            raise JobConflict(_ELSEWHERE)
        self.on_change(job)

    def _take(self, job: Job, run: _JobRun) -> list[JobOrder]:
        """The next orders of the queue: one for a PATCH, or as many as one request takes."""
        waiting = [order for order in job.waiting if order.id not in run.taken]
        if not waiting:
            return []
        kind = waiting[0].kind
        batch = [order for order in waiting if order.kind is kind][: MAX_ORDERS if kind is WriteKind.UPSERT else 1]
        run.taken |= {order.id for order in batch}
        return batch

    async def _send_patches(self, job: Job, run: _JobRun, batch: Sequence[JobOrder]) -> None:
        for order, document in zip(batch, await self._read(batch), strict=True):
            applied = self._apply_again(job, run, order, document)
            if applied is None:
                continue
            draft = Draft(order.id, applied.edit, self._account.now())
            self._mark_sending(job, [order])
            status = await self._account.draft_sender.send(draft, applied.request.body, job=job.label)
            self._link([order])
            self._set_result(job, run, order, status)
            # The result may have arrived before the write was linked to this order.
            self._catch_up(job, [order])

    async def _send_upsert(self, job: Job, run: _JobRun, batch: Sequence[JobOrder]) -> None:
        drafts: list[Draft] = []
        for order, document in zip(batch, await self._read(batch), strict=True):
            applied = self._apply_again(job, run, order, document)
            if applied is not None:
                drafts.append(Draft(order.id, applied.edit, self._account.now()))
        if not drafts or job.stage is not JobStage.RUNNING:
            # No order of the batch is in flight yet, so a pause takes effect first.
            run.taken -= {draft.order_id for draft in drafts}
            return
        sent = [job.orders[draft.order_id] for draft in drafts]
        self._mark_sending(job, sent)
        statuses = await self._account.draft_sender.send_as_upsert(drafts, job=job.label)
        self._link(sent)
        named = {id for id, status in statuses.items() if status.state is SendState.REFUSED and status.problems}
        for order in sent:
            status = statuses.get(order.id)
            if status is None:
                self._settle(job, order, SendState.NOT_SENT, "no result was recorded for this order")
            elif named and order.id not in named and status.state in NOT_WRITTEN_WITH_OTHERS:
                # One refused order keeps all from being written (Q2.3): the others are sent again without it.
                self._settle(job, order, SendState.READY, "")
                run.taken.discard(order.id)
            else:
                self._set_result(job, run, order, status)
        self._catch_up(job, sent)

    def _apply_again(self, job: Job, run: _JobRun, order: JobOrder, document: Document | None) -> Applied | None:
        """Apply the change to the order as it is now. Returns None, and sets its state, if it cannot be sent."""
        if document is None:
            self._settle(job, order, order.state, order.message)
            self._count_failure(job, run, order)
            return None
        if self._account.draft_sender.is_unsettled(order.id):
            self._settle(job, order, SendState.NOT_SENT, _UNSETTLED)
            return None
        applied = apply(job.recipe, document)
        changed = changed_since(order.changes, applied)
        if changed:
            message = ", ".join(
                f"{label_of(change.pointer)} was {display_value(change.pointer, change.was)}, is {display_value(change.pointer, change.now)}"
                for change in changed
            )
            self._settle(job, order, SendState.CONFLICT, message)
        elif applied.blocked_reasons:
            self._settle(job, order, SendState.INVALID, "; ".join(applied.blocked_reasons))
        elif applied.is_unchanged:
            self._settle(job, order, SendState.UNCHANGED, "the order already has these values")
        elif write_kind(applied, order.kind) is not order.kind:
            self._settle(
                job, order, SendState.NOT_SENT, f"it can now only be sent as {write_kind(applied, order.kind)}"
            )
        else:
            return applied
        return None

    def _mark_sending(self, job: Job, orders: Sequence[JobOrder]) -> None:
        newest = self._account.store.writes.all(self._account.account_id, limit=1)
        for order in orders:
            order.state, order.message = SendState.SENDING, ""
            order.after, order.write = (newest[0].id if newest else 0), None
            self._put_order(job, order, durable=order is orders[-1])
        self._notify(job)

    def _set_result(self, job: Job, run: _JobRun, order: JobOrder, status: DraftSendStatus) -> None:
        self._settle(job, order, status.state, status.message)
        self._count_failure(job, run, order)

    def _count_failure(self, job: Job, run: _JobRun, order: JobOrder) -> None:
        run.failed = run.failed + 1 if order.state in (SendState.NOT_SENT, SendState.UNKNOWN) else 0
        if run.failed >= _MAX_FAILED and job.stage is JobStage.RUNNING and job.waiting:
            self.pause(job, f"{run.failed} orders in a row could not be sent: {order.message}")

    # Results from the journal

    def _on_store_event(self, news: Write | Verification) -> None:
        """Apply a step of a write, or the end of a verification, to the order that waits for it."""
        id = news.write if isinstance(news, Verification) else news.id
        for job in list(self._jobs.values()):
            for order_id in orders_of(news) & job.orders.keys():
                order = job.orders[order_id]
                if order.write == id and order.state in OPEN and (end := outcome_of(news, order_id)) is not None:
                    self._ended(job, order, *end)

    def _look_up(self, job: Job) -> None:
        """Look up the results of open orders in the journal."""
        unknown = [order for order in job.orders.values() if order.state in OPEN]
        self._link([order for order in unknown if order.write is None])
        self._catch_up(job, unknown)

    def _catch_up(self, job: Job, orders: Iterable[JobOrder]) -> None:
        for id, end in outcomes_of(self._account.store, [order for order in orders if order.state in OPEN]).items():
            self._ended(job, job.orders[id], *end)

    def _ended(self, job: Job, order: JobOrder, state: SendState, message: str) -> None:
        if order.state is SendState.SENDING and job.id in self._runs:
            return  # the caller of `send` applies it first
        if state is SendState.READY:
            is_active = job.stage in (JobStage.RUNNING, JobStage.PAUSED)
            state = state if is_active else SendState.NOT_SENT
            message = "" if is_active else message or "the app ended before it was sent"
        if state is not order.state:
            self._settle(job, order, state, message)

    def _link(self, orders: Sequence[JobOrder]) -> None:
        writes = writes_of(self._account.store, self._account.account_id, orders)
        for order in orders:
            order.write = writes.get(order.id)

    # Storage and notification

    def _must_be(self, job: Job, *stages: JobStage) -> None:
        if job.stage not in stages:
            raise JobConflict(f"This change is already {job.stage}.")

    def _settle(self, job: Job, order: JobOrder, state: SendState, message: str) -> None:
        order.state, order.message = state, message
        self._put_order(job, order, durable=True)
        self._notify(job)

    def _put_order(self, job: Job, order: JobOrder, *, durable: bool = False) -> None:
        key = f"{_ORDER}{job.id}:{order.id}"
        self._account.store.screen_states.put(self._account.account_id, key, dump_order(order), durable=durable)

    def _put(self, job: Job) -> None:
        self._account.store.screen_states.put(self._account.account_id, _HEAD + job.id, dump_head(job), durable=True)
        self.on_change(job)

    def _notify(self, job: Job) -> None:
        if job.id not in self._runs:
            # The head has the counts, so that the list of jobs need not read every order.
            self._put(job)
        else:
            self.on_change(job)


async def _next_done(tasks: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
    """Wait until one of the tasks ends. Raises its error."""
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    return pending


_UNSETTLED = "the result of an earlier write of this order is not known yet"
_ELSEWHERE = "Another running copy of the app is sending this change."
