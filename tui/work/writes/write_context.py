"""What the roads of a write share: the client, the journal, the turn to send, and how a step is recorded and told."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tui.api.client import Client
from tui.api.codec import Json
from tui.api.errors import ApiError, InvalidResponse, NotFound, OutcomeUnknown, RequestRefused, ServerFault
from tui.store.journal import NewVerification, StagedUpdate, Write, Writes, WriteState
from tui.work.writes.backoff import Now, RetrySchedule, Sleep, poll
from tui.work.writes.lookup import LookupResult, key_of
from tui.work.writes.outcomes import OrderGone, WriteNotSent, WriteOutcome, WriteRefused
from tui.work.writes.serialization import edited_order, problems_to_json

LOST = (OutcomeUnknown, InvalidResponse, ServerFault)
"""What leaves open whether a write was done."""


@dataclass(frozen=True, slots=True)
class WriteContext:
    """`turn` is held while a request is out, so that writes go one after another; `changed` hears of every step."""

    client: Client
    writes: Writes
    turn: asyncio.Lock
    now: Now
    sleep: Sleep
    patience: RetrySchedule
    changed: Callable[[Write], None]

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
        """Record a step, with what the service said if that was an error, and tell of it."""
        if error is not None and detail is None:
            detail = {"error": str(error)}
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
        self.changed(write)
        return write

    async def read_until(
        self, order_id: str | None, pauses: Sequence[float], is_done: Callable[[LookupResult], bool]
    ) -> LookupResult:
        """Read an order after each pause until what was found is final; what was found last."""
        return await poll(lambda: self._read(order_id or ""), pauses, self.sleep, is_done=is_done)

    async def _read(self, order_id: str) -> LookupResult:
        """The order; None: the service says that there is none; an error: it could not be read."""
        try:
            return await self.client.get_order(order_id)
        except NotFound as error:
            # A page of somebody in between is no word of the service.
            return None if error.confirmed_by_service else error
        except ApiError as error:
            return error

    def turned_away(self, write: Write, error: ApiError) -> WriteOutcome:
        """Record that nothing was written of a PATCH or DELETE."""
        if isinstance(error, NotFound) and error.confirmed_by_service:
            return OrderGone(self.step(write, WriteState.GONE, error=error))
        if isinstance(error, RequestRefused):
            return WriteRefused(self.step(write, WriteState.REFUSED, error=error), error.problems, {}, error)
        return WriteNotSent(self.step(write, WriteState.NOT_SENT, error=error), error)

    def overtaken(self, write: Write) -> bool:
        """Whether a later write may have changed one of the orders, so that this one must not go out again."""
        keys = keys_of(write)
        later = self.writes.all(write.account_id, after=write.id, limit=-1)
        return any(one.state not in _WITHOUT_EFFECT and keys & keys_of(one) for one in later)


def keys_of(write: Write) -> set[tuple[str, ...]]:
    """Every name by which the service knows the orders of a write: its own id, the upsert key (Q1.4)."""
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
