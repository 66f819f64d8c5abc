"""What all kinds of write share: the client, the journal, the lock for sending, and how a step is recorded."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tui.api.client import Client
from tui.api.codec import Json
from tui.api.errors import ApiError, InvalidResponse, NotFound, OutcomeUnknown, RequestRefused, ServerFault, ServiceBusy
from tui.store.db import StoreError
from tui.store.journal import NewVerification, StagedUpdate, Write, Writes, WriteState
from tui.work.writes.backoff import Now, RetrySchedule, Sleep, poll
from tui.work.writes.lookup import LookupResult, key_of
from tui.work.writes.outcomes import OrderGone, WriteNotSent, WriteNotStored, WriteOutcome, WriteRefused
from tui.work.writes.serialization import edited_order, problems_to_json

LOST = (OutcomeUnknown, InvalidResponse, ServerFault)
"""Errors after which a write may or may not have been carried out."""


@dataclass(frozen=True, slots=True)
class WriteContext:
    """`send_lock` is held while a request is in flight, so that only one is sent at a time; `on_step` is called after
    every step."""

    client: Client
    writes: Writes
    send_lock: asyncio.Lock
    now: Now
    sleep: Sleep
    schedule: RetrySchedule
    on_step: Callable[[Write], None]

    def step(
        self,
        write: Write,
        state: WriteState,
        *,
        error: ApiError | None = None,
        detail: Json = None,
        staged: Iterable[StagedUpdate] = (),
        verifications: Iterable[NewVerification] = (),
    ) -> Write:
        """Record a step, with the details of an error, and call `on_step`. Raises StoreError, WriteNotStored for SENT."""
        if error is not None and detail is None:
            detail = {"error": str(error)}
        try:
            write = self.writes.step(
                write.id,
                state,
                status=error.status if error else None,
                answer=error.body if error else None,
                problems=problems_to_json(error.problems) if error else (),
                detail=detail,
                staged=staged,
                verifications=verifications,
            )
        except StoreError as failed:
            if state is WriteState.SENT:  # recorded before the request
                raise WriteNotStored(failed) from failed
            raise
        self.on_step(write)
        return write

    async def read_until(
        self, order_id: str | None, pauses: Sequence[float], is_done: Callable[[LookupResult], bool]
    ) -> LookupResult:
        """Read an order after each pause until the result is final. Returns the last result."""
        return await poll(lambda: self._read(order_id or ""), pauses, self.sleep, is_done=is_done)

    async def _read(self, order_id: str) -> LookupResult:
        """The order; None if the service says that it does not exist; the error if it could not be read."""
        try:
            return await self.client.get_order(order_id)
        except NotFound as error:
            # An error page of a proxy is not an answer of the service.
            return None if error.confirmed_by_service else error
        except ApiError as error:
            return error

    def record_failure(self, write: Write, error: ApiError) -> WriteOutcome:
        """Record that a PATCH or DELETE failed and nothing was written."""
        if isinstance(error, NotFound) and error.confirmed_by_service:
            return OrderGone(self.step(write, WriteState.GONE, error=error))
        if isinstance(error, RequestRefused):
            return WriteRefused(self.step(write, WriteState.REFUSED, error=error), error.problems, {}, error)
        state = WriteState.BUSY if isinstance(error, ServiceBusy) else WriteState.NOT_SENT
        return WriteNotSent(self.step(write, state, error=error), error)

    def has_newer_write(self, write: Write) -> bool:
        """Whether a later write may have changed one of the orders, so that this one must not be sent again."""
        keys = keys_of(write)
        later = self.writes.all(write.account_id, after=write.id, limit=-1)
        return any(other.state not in _WITHOUT_EFFECT and keys & keys_of(other) for other in later)


def keys_of(write: Write) -> set[tuple[str, ...]]:
    """The keys by which the service identifies the orders of a write: its own id, the upsert key (Q1.4)."""
    keys: set[tuple[str, ...]] = {(item.order_id, item.integration) for item in write.new.items}
    keys |= {(order_id,) for item in write.new.items if (order_id := edited_order(item.staged))}
    if write.new.order_id is not None:
        keys.add((write.new.order_id,))
        if isinstance(write.new.base, dict):
            keys.add(key_of(write.new.base))
    return keys


_WITHOUT_EFFECT = frozenset(
    {
        WriteState.RECORDED,
        WriteState.NOT_SENT,
        WriteState.REFUSED,
        WriteState.BUSY,
        WriteState.NOT_APPLIED,
        WriteState.GONE,
    }
)
