"""Upserts: sends a batch in one request, and looks up every order of a lost answer before it sends anything again."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from tui.api.client import Identifiers
from tui.api.codec import Json, as_document, as_list, decode
from tui.api.errors import ApiError, Problem, RequestRefused, ServiceBusy
from tui.api.pointer import Scope
from tui.orders.edits.compare import compare
from tui.orders.edits.request_choice import expected_after_upsert
from tui.store.batches import StagedState
from tui.store.journal import NewVerification, SentItem, StagedUpdate, Write, WriteState
from tui.work.writes.backoff import poll
from tui.work.writes.lookup import LookupResult, LookupTarget, look_up
from tui.work.writes.outcomes import (
    WriteAccepted,
    WriteNotSent,
    WriteOutcome,
    WriteRefused,
    WriteUnknown,
)
from tui.work.writes.serialization import changes_from_json, edited_order
from tui.work.writes.write_context import LOST, WriteContext

_READ_RETRIES = 2
"""How often a read that failed is retried within one lookup."""


async def send_upsert(context: WriteContext, write: Write) -> WriteOutcome:
    """Send a batch that was never sent."""
    sent = await _attempt(context, write)
    return await _resolve(context, write, sent) if isinstance(sent, ApiError) else sent


async def resume_upsert(context: WriteContext, write: Write) -> WriteOutcome:
    """Find the outcome of a batch that may have been sent."""
    return await _resolve(context, write, None)


async def _resolve(context: WriteContext, write: Write, error: ApiError | None) -> WriteOutcome:
    """Look up what was sent.

    If none of its orders is found, the same bytes are sent again, a limited number of times.
    """
    for attempt in range(1, context.schedule.attempts + 1):
        write = context.step(write, WriteState.UNKNOWN, error=error, staged=_updates(write, StagedState.UNKNOWN))
        found = await _look_up_repeatedly(context, write)
        if _was_written(write, found):
            return _accepted(context, write, {})
        failures = [result for result in found if isinstance(result, ApiError)]
        if len(failures) == len(found):
            return _unknown(context, write, failures[0] if failures else error)
        if context.has_newer_write(write):
            # Sending it again would overwrite newer content.
            return WriteNotSent(
                context.step(write, WriteState.NOT_APPLIED, staged=_updates(write, StagedState.DRAFT)), None
            )
        if attempt < context.schedule.attempts:
            sent = await _attempt(context, write, is_retry=True)
            if not isinstance(sent, ApiError):
                return sent
            error = sent
    return _unknown(context, write, error)


async def _attempt(context: WriteContext, write: Write, *, is_retry: bool = False) -> WriteOutcome | ApiError:
    """Send the recorded bytes once. Returns an error if they may have been written, now or by an earlier attempt."""
    async with context.send_lock:
        write = context.step(write, WriteState.SENT, staged=_updates(write, StagedState.SENT))
        try:
            identifiers = await context.client.upsert_orders(write.new.body)
        except LOST as error:
            return error
        except RequestRefused as error:
            return _refused(context, write, error)
        except ApiError as error:
            if is_retry:  # nothing was written now, but an earlier attempt may have been
                return error
            return _not_sent(context, write, error)
    return _accepted(context, write, _remote_ids(write.new.items, identifiers))


def _not_sent(context: WriteContext, write: Write, error: ApiError) -> WriteOutcome:
    is_busy = isinstance(error, ServiceBusy)
    state, staged = (WriteState.BUSY, StagedState.REFUSED) if is_busy else (WriteState.NOT_SENT, StagedState.DRAFT)
    return WriteNotSent(context.step(write, state, error=error, staged=_updates(write, staged)), error)


def _refused(context: WriteContext, write: Write, error: RequestRefused) -> WriteOutcome:
    """Assign each problem to the order that it names; the other orders become drafts again."""
    items = write.new.items
    by_staged: dict[str, list[Problem]] = {}
    rest: list[Problem] = []
    for problem in error.problems:
        if problem.scope is Scope.ORDER and problem.order is not None and problem.order < len(items):
            by_staged.setdefault(items[problem.order].staged, []).append(problem)
        else:
            rest.append(problem)
    updates = []
    for item in items:
        state = StagedState.REFUSED if item.staged in by_staged else StagedState.DRAFT
        updates.append(StagedUpdate(item.staged, item.version, state))
    write = context.step(write, WriteState.REFUSED, error=error, staged=updates)
    return WriteRefused(write, tuple(rest), {staged: tuple(problems) for staged, problems in by_staged.items()}, error)


def _accepted(context: WriteContext, write: Write, remote_ids: dict[str, str]) -> WriteOutcome:
    """Record that the batch was accepted; the verifier reads its orders back."""
    due = context.now() + timedelta(seconds=context.schedule.verify[0])
    updates, verifications = [], []
    for item, expected, base in zip(write.new.items, _expected(write), _bases(write), strict=True):
        remote_id = remote_ids.get(item.staged) or edited_order(item.staged)
        updates.append(StagedUpdate(item.staged, item.version, StagedState.ACCEPTED, remote_id))
        verifications.append(
            NewVerification(
                item.order_id,
                item.integration,
                expected,
                due,
                remote_id=remote_id,
                created=base is None,
                staged=item.staged,
                version=item.version,
            )
        )
    return WriteAccepted(
        context.step(write, WriteState.ACCEPTED, staged=updates, verifications=verifications), remote_ids
    )


def _unknown(context: WriteContext, write: Write, error: ApiError | None) -> WriteOutcome:
    staged = _updates(write, StagedState.UNKNOWN)
    return WriteUnknown(context.step(write, WriteState.UNKNOWN, error=error, staged=staged), error)


async def _look_up_repeatedly(context: WriteContext, write: Write) -> list[LookupResult]:
    """Look up the orders after each pause until they prove that the batch was written. Returns the last result."""
    # A lookup takes long itself where the service does not answer, so the clock limits them, too.
    until = context.now() + timedelta(seconds=sum(context.schedule.lookups))
    return await poll(
        partial(_look_up, context, write),
        context.schedule.lookups,
        context.sleep,
        is_done=partial(_was_written, write),
        is_late=lambda: context.now() > until,
    )


async def _look_up(context: WriteContext, write: Write) -> list[LookupResult]:
    wanted = [LookupTarget(item.order_id, item.integration, edited_order(item.staged)) for item in write.new.items]
    found = await look_up(context.client, wanted)
    for _ in range(_READ_RETRIES):
        failed = [index for index, result in enumerate(found) if isinstance(result, ApiError)]
        if not failed or len(failed) == len(found):
            break
        for index, result in zip(
            failed, await look_up(context.client, [wanted[index] for index in failed]), strict=True
        ):
            found[index] = result
    return found


def _was_written(write: Write, found: Sequence[LookupResult]) -> bool:
    """Whether the orders found prove that the batch was written.

    They do if all are as sent. One order that was not like this before is enough, as all are written or none (Q2.3).
    """
    proofs: list[bool] = []
    for order, expected, base in zip(found, _expected(write), _bases(write), strict=True):
        as_sent = isinstance(order, dict) and not compare(expected, order)
        if as_sent and (base is None or compare(expected, base)):
            return True
        proofs.append(as_sent)
    return all(proofs)


def _expected(write: Write) -> list[Json]:
    """The orders as a GET must show them; fields that an edit removed must be absent (Q2.6)."""
    changes = as_document(write.new.changes)
    return [
        expected_after_upsert(order, changes_from_json(changes.get(item.staged)))
        if edited_order(item.staged) and isinstance(order, dict)
        else order
        for item, order in zip(write.new.items, as_list(decode(write.new.body)), strict=True)
    ]


def _bases(write: Write) -> list[Json]:
    bases = write.new.base
    return bases if isinstance(bases, list) else [None] * len(write.new.items)


def _updates(write: Write, state: StagedState) -> list[StagedUpdate]:
    return [StagedUpdate(item.staged, item.version, state) for item in write.new.items]


def _remote_ids(items: Sequence[SentItem], identifiers: Sequence[Identifiers]) -> dict[str, str]:
    """The service's ids by staged id: by position if the order id agrees, else by an order id that occurs once (Q2.8)."""
    by_order_id: dict[str, list[str]] = {}
    for accepted in identifiers:
        by_order_id.setdefault(accepted.order_id, []).append(accepted.id)
    ids: dict[str, str] = {}
    for position, item in enumerate(items):
        same_place = identifiers[position] if position < len(identifiers) else None
        if same_place is not None and same_place.order_id == item.order_id:
            ids[item.staged] = same_place.id
        elif len(others := by_order_id.get(item.order_id, [])) == 1:
            ids[item.staged] = others[0]
    return {staged: remote_id for staged, remote_id in ids.items() if remote_id}
