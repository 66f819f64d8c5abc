"""Writes of one order, PATCH and DELETE: sent, read again, and looked up when the answer was lost."""

from datetime import timedelta
from typing import cast

from tui.api.codec import Document, Json, decode
from tui.api.errors import ApiError
from tui.orders.edits.compare import Mismatch, compare
from tui.orders.edits.patch import with_get_names
from tui.store.journal import NewVerification, Write, WriteKind, WriteState
from tui.work.writes.lookup import LookupResult, key_of
from tui.work.writes.outcomes import (
    OrderDeleted,
    OrderGone,
    WriteAccepted,
    WriteDiffers,
    WriteNotSent,
    WriteOutcome,
    WriteUnknown,
    WriteVerified,
)
from tui.work.writes.serialization import mismatch_to_json
from tui.work.writes.write_context import LOST, WriteContext


async def send_single(context: WriteContext, write: Write) -> WriteOutcome:
    """Send a PATCH or DELETE that was never sent, and find its outcome."""
    order_id = write.new.order_id or ""
    async with context.send_lock:
        write = context.step(write, WriteState.SENT)
        try:
            if write.new.kind is WriteKind.DELETE:
                was_there = await context.client.delete_order(order_id)
                return OrderDeleted(context.step(write, WriteState.CONFIRMED), already=not was_there)
            await context.client.patch_order(order_id, write.new.body)
            write = context.step(write, WriteState.ANSWERED)
        except LOST as error:
            write = context.step(write, WriteState.UNKNOWN, error=error)
        except ApiError as error:
            return context.record_failure(write, error)
    return await resume_single(context, write)


async def resume_single(context: WriteContext, write: Write) -> WriteOutcome:
    """Find the outcome of a PATCH that was accepted, or of a PATCH or DELETE that may have been sent."""
    if write.new.kind is WriteKind.DELETE:
        return await _resolve_delete(context, write)
    return await (_confirm if write.state is WriteState.ANSWERED else _resolve_patch)(context, write)


async def _resolve_delete(context: WriteContext, write: Write) -> WriteOutcome:
    """Look up whether the order of a DELETE that may have been sent is gone."""
    order = await context.read_until(write.new.order_id, context.schedule.lookups, lambda order: order is None)
    if order is None:
        return OrderDeleted(context.step(write, WriteState.CONFIRMED), already=False)
    if isinstance(order, dict):
        return WriteNotSent(context.step(write, WriteState.NOT_APPLIED), None)
    return WriteUnknown(context.step(write, WriteState.UNKNOWN, error=order), order)


async def _confirm(context: WriteContext, write: Write) -> WriteOutcome:
    """Read back a PATCH that was accepted (Q3.12). If the order shows none of it yet, the verifier continues."""
    sent = _Sent(write)
    order = await context.read_until(write.new.order_id, context.schedule.confirm, sent.shows_effect)
    if order is None:
        return OrderGone(context.step(write, WriteState.GONE))
    if isinstance(order, ApiError) or not sent.shows_effect(order):
        return WriteAccepted(context.step(write, WriteState.ACCEPTED, verifications=[sent.verification(context)]))
    missing = sent.missing(order)
    if not missing:
        return WriteVerified(context.step(write, WriteState.CONFIRMED), order)
    return _differs(context, write, missing, order)


async def _resolve_patch(context: WriteContext, write: Write) -> WriteOutcome:
    """Look up whether a PATCH whose answer was lost was applied."""
    sent = _Sent(write)
    order = await context.read_until(write.new.order_id, context.schedule.lookups, sent.arrived_in)
    if order is None:
        return OrderGone(context.step(write, WriteState.GONE))
    if isinstance(order, ApiError):
        # Only a last read that returned the order can show that nothing was written.
        return WriteUnknown(context.step(write, WriteState.UNKNOWN, error=order), order)
    missing = sent.missing(order)
    if not missing:
        return WriteVerified(context.step(write, WriteState.CONFIRMED), order)
    if sent.is_unchanged(missing):
        return WriteNotSent(context.step(write, WriteState.NOT_APPLIED), None)
    return _differs(context, write, missing, order)


def _differs(context: WriteContext, write: Write, missing: list[Mismatch], order: Document) -> WriteOutcome:
    detail: Json = {"mismatches": [mismatch_to_json(mismatch) for mismatch in missing]}
    return WriteDiffers(context.step(write, WriteState.DIFFERS, detail=detail), tuple(missing), order)


class _Sent:
    """The values that a PATCH sent, and which of them the order did not have before."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._expected = with_get_names(cast(Document, decode(write.new.body)))
        self._before = self.missing(write.new.base)

    def missing(self, order: Json) -> list[Mismatch]:
        return compare(self._expected, order, part_of_items=True)

    def is_unchanged(self, missing: list[Mismatch]) -> bool:
        """Whether the order is as before: nothing was written, or it is not visible yet."""
        return missing == self._before

    def shows_effect(self, order: LookupResult) -> bool:
        """Whether the order changed since the PATCH, or is gone."""
        if isinstance(order, ApiError) or order is None:
            return order is None
        missing = self.missing(order)
        return not missing or not self.is_unchanged(missing)

    def arrived_in(self, order: LookupResult) -> bool:
        """Whether the order shows some of the PATCH, or is gone."""
        if isinstance(order, ApiError) or order is None:
            return order is None
        missing = self.missing(order)
        return not missing or bool(
            {mismatch.pointer for mismatch in self._before} - {mismatch.pointer for mismatch in missing}
        )

    def verification(self, context: WriteContext) -> NewVerification:
        base = self._write.new.base
        order_id, integration = key_of(base) if isinstance(base, dict) else ("", "")
        due = context.now() + timedelta(seconds=context.schedule.verify[0])
        remote_id = self._write.new.order_id
        return NewVerification(order_id, integration, self._expected, due, remote_id=remote_id, part_of_items=True)
