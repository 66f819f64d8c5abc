"""Writes of one order, PATCH and DELETE: sent, read again, and looked up when the answer was lost (decision 19)."""

from datetime import timedelta
from typing import cast

from tui.api.codec import Document, Json, decode
from tui.api.errors import ApiError, ServiceBusy
from tui.orders.edits.compare import Mismatch, compare
from tui.orders.edits.patch import with_get_names
from tui.store.journal import NewVerification, Write, WriteState
from tui.work.writes.lookup import LookupResult, key_of
from tui.work.writes.outcomes import (
    OrderDeleted,
    OrderGone,
    WriteAccepted,
    WriteConfirmed,
    WriteDeferred,
    WriteDiffers,
    WriteNotApplied,
    WriteOutcome,
    WriteUnresolved,
)
from tui.work.writes.serialization import mismatch_to_json
from tui.work.writes.write_context import LOST, WriteContext


async def send_patch(desk: WriteContext, write: Write) -> WriteOutcome:
    """Send a PATCH that certainly was not sent, and see what becomes of it."""
    async with desk.turn:
        write = desk.step(write, WriteState.SENT)
        try:
            await desk.client.patch_order(write.new.order_id or "", write.new.body)
        except LOST as error:
            write = desk.step(write, WriteState.UNKNOWN, error=error)
        except ServiceBusy as error:
            return WriteDeferred(desk.step(write, WriteState.BUSY, error=error), error)
        except ApiError as error:
            return desk.turned_away(write, error)
        else:
            write = desk.step(write, WriteState.ANSWERED)
    return await resume_patch(desk, write)


async def resume_patch(desk: WriteContext, write: Write) -> WriteOutcome:
    """See what became of a PATCH that was taken, or may have been sent."""
    return await (_confirm if write.state is WriteState.ANSWERED else _resolve)(desk, write)


async def send_delete(desk: WriteContext, write: Write) -> WriteOutcome:
    """Send a DELETE that certainly was not sent."""
    async with desk.turn:
        write = desk.step(write, WriteState.SENT)
        try:
            done = await desk.client.delete_order(write.new.order_id or "")
        except LOST as error:
            write = desk.step(write, WriteState.UNKNOWN, error=error)
        except ServiceBusy as error:
            return WriteDeferred(desk.step(write, WriteState.BUSY, error=error), error)
        except ApiError as error:
            return desk.turned_away(write, error)
        else:
            return OrderDeleted(desk.step(write, WriteState.CONFIRMED), already=not done)
    return await resume_delete(desk, write)


async def resume_delete(desk: WriteContext, write: Write) -> WriteOutcome:
    """Look patiently whether an order is gone whose DELETE may have been sent."""
    order = await desk.read_until(write.new.order_id, desk.patience.lookups, lambda order: order is None)
    if order is None:
        return OrderDeleted(desk.step(write, WriteState.CONFIRMED), already=False)
    if isinstance(order, dict):
        return WriteNotApplied(desk.step(write, WriteState.NOT_APPLIED))
    return WriteUnresolved(desk.step(write, WriteState.UNKNOWN, error=order), order)


async def _confirm(desk: WriteContext, write: Write) -> WriteOutcome:
    """Read what was taken (Q3.12). Where nothing of it shows yet it is followed, like an order that was accepted."""
    sent = _Sent(write)

    order = await desk.read_until(write.new.order_id, desk.patience.settle, sent.shows_in)
    if order is None:
        return OrderGone(desk.step(write, WriteState.GONE))
    if isinstance(order, ApiError) or not sent.shows_in(order):
        return WriteAccepted(desk.step(write, WriteState.ACCEPTED, verifications=[sent.follow(desk)]))
    missing = sent.missing(order)
    if not missing:
        return WriteConfirmed(desk.step(write, WriteState.CONFIRMED), order)
    return _differs(desk, write, missing, order)


async def _resolve(desk: WriteContext, write: Write) -> WriteOutcome:
    """Look patiently whether a PATCH whose answer was lost has been done."""
    sent = _Sent(write)
    order = await desk.read_until(write.new.order_id, desk.patience.lookups, sent.arrived_in)
    if order is None:
        return OrderGone(desk.step(write, WriteState.GONE))
    if isinstance(order, ApiError):
        # Only a last look that saw the order can say that nothing was done.
        return WriteUnresolved(desk.step(write, WriteState.UNKNOWN, error=order), order)
    missing = sent.missing(order)
    if not missing:
        return WriteConfirmed(desk.step(write, WriteState.CONFIRMED), order)
    if sent.untouched(missing):
        return WriteNotApplied(desk.step(write, WriteState.NOT_APPLIED))
    return _differs(desk, write, missing, order)


def _differs(desk: WriteContext, write: Write, missing: list[Mismatch], order: Document) -> WriteOutcome:
    detail: Json = {"mismatches": [mismatch_to_json(mismatch) for mismatch in missing]}
    return WriteDiffers(desk.step(write, WriteState.DIFFERS, detail=detail), tuple(missing), order)


class _Sent:
    """The values that a PATCH sent, and which of them were not there before."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._expected = with_get_names(cast(Document, decode(write.new.body)))
        self._before = self.missing(write.new.base)

    def missing(self, order: Json) -> list[Mismatch]:
        return compare(self._expected, order, part_of_items=True)

    def untouched(self, missing: list[Mismatch]) -> bool:
        """Whether what was sent is missing just as it was before: nothing of it was done, or nothing shows yet."""
        return missing == self._before

    def shows_in(self, order: LookupResult) -> bool:
        """Whether what was read says that something became of the PATCH, or that the order is gone."""
        if isinstance(order, ApiError) or order is None:
            return order is None
        missing = self.missing(order)
        return not missing or not self.untouched(missing)

    def arrived_in(self, order: LookupResult) -> bool:
        """Whether what was read has some of the PATCH, or says that the order is gone."""
        if isinstance(order, ApiError) or order is None:
            return order is None
        missing = self.missing(order)
        return not missing or bool({one.pointer for one in self._before} - {one.pointer for one in missing})

    def follow(self, desk: WriteContext) -> NewVerification:
        base = self._write.new.base
        order_id, integration = key_of(base) if isinstance(base, dict) else ("", "")
        due = desk.now() + timedelta(seconds=desk.patience.follow[0])
        remote_id = self._write.new.order_id
        return NewVerification(order_id, integration, self._expected, due, remote_id=remote_id, part_of_items=True)
