"""The outbox: records, sends, resolves and settles every write; cancelling the caller does not cancel the write."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from weakref import WeakValueDictionary

from tui.api.client import Client
from tui.api.codec import Document, Json, encode
from tui.store.batches import StagedState
from tui.store.db import StoreError
from tui.store.journal import NewWrite, SentItem, StagedUpdate, Write, WriteKind, WriteState
from tui.store.store import Store
from tui.work.writes.backoff import Now, RetrySchedule, Sleep
from tui.work.writes.lookup import key_of
from tui.work.writes.outcomes import ResultNotStored, WriteNotSent, WriteNotStored, WriteOutcome
from tui.work.writes.patch_delete import resume_single, send_single
from tui.work.writes.upsert import resume_upsert, send_upsert
from tui.work.writes.write_context import WriteContext, keys_of


class AlreadySent(Exception):
    """Versions of staged orders are being sent or were accepted already, so that they must not be sent again."""

    def __init__(self, staged: Sequence[str]) -> None:
        super().__init__(f"{len(staged)} of these orders are in flight or were already accepted.")
        self.staged = tuple(staged)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A staged order to send: its version, the order as it is sent, and the existing order as it was read.

    `base` must be given for an update; without it the order counts as new.
    """

    staged: str
    version: int
    order: Document
    base: Document | None = None


class Outbox:
    """Accepts writes of one account, any number at a time, and sends one request at a time.

    Each call returns an outcome (`tui.work.writes.outcomes`). Cancelling it cancels only the waiting. A write is on disk
    before it is sent and after each step. Writes of different orders are resolved concurrently, writes of the same order
    one after the other. `on_change` is called after every step, `on_accepted` when there is something new to verify;
    both are called from the event loop.
    """

    def __init__(
        self,
        client: Client,
        store: Store,
        account_id: int,
        *,
        now: Now,
        sleep: Sleep = asyncio.sleep,
        schedule: RetrySchedule | None = None,
        on_change: Callable[[Write], None] = lambda _: None,
        on_accepted: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._account_id = account_id
        self._on_change = on_change
        self._on_accepted = on_accepted
        self._tasks: dict[asyncio.Task[WriteOutcome], int] = {}
        self._orders: WeakValueDictionary[tuple[str, ...], asyncio.Lock] = WeakValueDictionary()
        self.sleep = sleep
        """The function that waits, for callers that send several writes."""
        self.schedule = schedule or RetrySchedule()
        self._context = WriteContext(client, store.writes, asyncio.Lock(), now, sleep, self.schedule, self._notify)

    @property
    def unfinished(self) -> tuple[int, ...]:
        """The ids of the writes that are queued, sent or being looked up, oldest first."""
        return tuple(sorted(self._tasks.values()))

    async def patch(
        self, order_id: str, body: bytes, base: Document, changes: Json = None, *, job: str | None = None
    ) -> WriteOutcome:
        """Change one order. `body` is sent byte for byte; `base` is the order as it was read just before.

        `job` is the name of the bulk job that it belongs to, for the journal.
        """
        return await self._record_and_send(
            NewWrite(WriteKind.PATCH, "PATCH", f"/orders/{order_id}", body, base, changes, order_id=order_id, job=job)
        )

    async def delete(self, order_id: str, base: Document) -> WriteOutcome:
        """Delete one order; `base` is kept so that the order can be created again."""
        return await self._record_and_send(
            NewWrite(WriteKind.DELETE, "DELETE", f"/orders/{order_id}", b"", base, order_id=order_id)
        )

    async def upsert(self, orders: Sequence[Outgoing], changes: Json = None, *, job: str | None = None) -> WriteOutcome:
        """Send 1 to 100 staged orders in one request, all or none (Q2.3).

        Raises AlreadySent, and sends nothing, if one of them must not be sent again.
        """
        already_sent = [
            outgoing.staged for outgoing in orders if self._store.writes.already_sent(outgoing.staged, outgoing.version)
        ]
        if already_sent:
            raise AlreadySent(already_sent)
        items = tuple(SentItem(outgoing.staged, outgoing.version, *key_of(outgoing.order)) for outgoing in orders)
        body = encode([outgoing.order for outgoing in orders])
        bases: list[Json] = [outgoing.base for outgoing in orders]
        return await self._record_and_send(
            NewWrite(WriteKind.UPSERT, "POST", "/orders", body, bases, changes, items=items, job=job)
        )

    async def recover(self, *, unknown: bool = True) -> list[WriteOutcome]:
        """Resolve the unsettled writes of ended processes, and our own.

        `unknown` False: except for those that were looked up in vain.
        """
        busy = set(self.unfinished)
        left = [
            write
            for write in self._store.writes.adopt(self._account_id)
            if write.id not in busy and (unknown or write.state is not WriteState.UNKNOWN)
        ]
        return list(await asyncio.gather(*(asyncio.shield(self._start(write, self._resume)) for write in left)))

    async def drain(self) -> None:
        """Wait until every write has an outcome."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def _record_and_send(self, new: NewWrite) -> WriteOutcome:
        try:
            write = self._store.writes.record(self._account_id, new)
        except StoreError as error:
            raise WriteNotStored(error) from error
        self._notify(write)
        return await asyncio.shield(self._start(write, self._send))

    def _start(self, write: Write, work: Callable[[Write], Awaitable[WriteOutcome]]) -> asyncio.Task[WriteOutcome]:
        task = asyncio.create_task(self._with_locks(write, work), name=f"write {write.id}")
        self._tasks[task] = write.id
        task.add_done_callback(lambda done: self._tasks.pop(done, None))
        return task

    async def _with_locks(self, write: Write, work: Callable[[Write], Awaitable[WriteOutcome]]) -> WriteOutcome:
        async with AsyncExitStack() as locks:
            # Sorted, so that no two writes can wait for each other.
            for key in sorted(keys_of(write)):
                await locks.enter_async_context(self._orders.setdefault(key, asyncio.Lock()))
            return await work(write)

    async def _send(self, write: Write) -> WriteOutcome:
        send = send_upsert if write.new.kind is WriteKind.UPSERT else send_single
        try:
            return await send(self._context, write)
        except WriteNotStored:
            raise
        except StoreError as error:
            raise ResultNotStored(error) from error

    async def _resume(self, write: Write) -> WriteOutcome:
        if write.state is WriteState.RECORDED:
            drafts = [StagedUpdate(item.staged, item.version, StagedState.DRAFT) for item in write.new.items]
            return WriteNotSent(self._context.step(write, WriteState.NOT_SENT, staged=drafts), None)
        if write.state is WriteState.SENT:
            write = self._context.step(write, WriteState.UNKNOWN)
        resume = resume_upsert if write.new.kind is WriteKind.UPSERT else resume_single
        return await resume(self._context, write)

    def _notify(self, write: Write) -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(self._on_change, write)
        if write.state is WriteState.ACCEPTED:
            loop.call_soon(self._on_accepted)
