"""Upserts: a batch goes out whole, and a lost answer is looked up order by order before anything goes again."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from tui.api.client import Identifiers
from tui.api.codec import Json, decode
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
    WriteDeferred,
    WriteNotApplied,
    WriteNotSent,
    WriteOutcome,
    WriteRefused,
    WriteUnresolved,
)
from tui.work.writes.serialization import changes_from_json, edited_order
from tui.work.writes.write_context import LOST, WriteContext

_LOOKS_AGAIN = 2
"""How often what could not be read is asked for again within one look."""


async def send_upsert(desk: WriteContext, write: Write) -> WriteOutcome:
    """Send a batch that certainly was not sent."""
    sent = await _attempt(desk, write)
    return await _resolve(desk, write, sent) if isinstance(sent, ApiError) else sent


async def resume_upsert(desk: WriteContext, write: Write) -> WriteOutcome:
    """See what became of a batch that may have been sent."""
    return await _resolve(desk, write, None)


async def _resolve(desk: WriteContext, write: Write, error: ApiError | None) -> WriteOutcome:
    """Look patiently for what was sent; while nothing of it is found the same bytes go again, a few times."""
    for sendings in range(1, desk.patience.rounds + 1):
        write = desk.step(write, WriteState.UNKNOWN, error=error, staged=_all(write, StagedState.UNKNOWN))
        found = await _look_patiently(desk, write)
        if _is_there(write, found):
            return _taken(desk, write, {})
        failures = [one for one in found if isinstance(one, ApiError)]
        if len(failures) == len(found):
            return _unknown(desk, write, failures[0] if failures else error)
        if desk.overtaken(write):
            # Going again would write the older content over the newer.
            return WriteNotApplied(desk.step(write, WriteState.NOT_APPLIED, staged=_all(write, StagedState.DRAFT)))
        if sendings < desk.patience.rounds:
            sent = await _attempt(desk, write, again=True)
            if not isinstance(sent, ApiError):
                return sent
            error = sent
    return _unknown(desk, write, error)


async def _attempt(desk: WriteContext, write: Write, *, again: bool = False) -> WriteOutcome | ApiError:
    """Send the recorded bytes once. An error is returned where it may have been done, now or an earlier time."""
    async with desk.turn:
        write = desk.step(write, WriteState.SENT, staged=_all(write, StagedState.SENT))
        try:
            told = await desk.client.upsert_orders(write.new.body)
        except LOST as error:
            return error
        except RequestRefused as error:
            return _refused(desk, write, error)
        except ApiError as error:
            if again:  # nothing was written this time, but nobody knows about the time before
                return error
            return _turned_away(desk, write, error)
    return _taken(desk, write, _remote_ids(write.new.items, told))


def _turned_away(desk: WriteContext, write: Write, error: ApiError) -> WriteOutcome:
    if isinstance(error, ServiceBusy):
        staged = _all(write, StagedState.REFUSED)
        return WriteDeferred(desk.step(write, WriteState.BUSY, error=error, staged=staged), error)
    staged = _all(write, StagedState.DRAFT)
    return WriteNotSent(desk.step(write, WriteState.NOT_SENT, error=error, staged=staged), error)


def _refused(desk: WriteContext, write: Write, error: RequestRefused) -> WriteOutcome:
    """Give each problem to the order that it names (decision 13); those not named are drafts again."""
    items = write.new.items
    by_staged: dict[str, list[Problem]] = {}
    rest: list[Problem] = []
    for problem in error.problems:
        if problem.scope is Scope.ORDER and problem.order is not None and problem.order < len(items):
            by_staged.setdefault(items[problem.order].staged, []).append(problem)
        else:
            rest.append(problem)
    news = []
    for item in items:
        state = StagedState.REFUSED if item.staged in by_staged else StagedState.DRAFT
        news.append(StagedUpdate(item.staged, item.version, state))
    write = desk.step(write, WriteState.REFUSED, error=error, staged=news)
    return WriteRefused(write, tuple(rest), {staged: tuple(told) for staged, told in by_staged.items()}, error)


def _taken(desk: WriteContext, write: Write, remote_ids: dict[str, str]) -> WriteOutcome:
    """The batch was accepted: its orders are followed from here on."""
    due = desk.now() + timedelta(seconds=desk.patience.follow[0])
    news, follows = [], []
    for item, expected, base in zip(write.new.items, _expected(write), _bases(write), strict=True):
        remote_id = remote_ids.get(item.staged) or edited_order(item.staged)
        news.append(StagedUpdate(item.staged, item.version, StagedState.ACCEPTED, remote_id))
        follows.append(
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
    return WriteAccepted(desk.step(write, WriteState.ACCEPTED, staged=news, verifications=follows), remote_ids)


def _unknown(desk: WriteContext, write: Write, error: ApiError | None) -> WriteOutcome:
    staged = _all(write, StagedState.UNKNOWN)
    return WriteUnresolved(desk.step(write, WriteState.UNKNOWN, error=error, staged=staged), error)


async def _look_patiently(desk: WriteContext, write: Write) -> list[LookupResult]:
    """Look for the orders after each pause until they prove that the batch was taken; what was found last."""
    # A lookup takes long itself where the service does not answer, so the clock limits them, too.
    until = desk.now() + timedelta(seconds=sum(desk.patience.lookups))
    return await poll(
        partial(_look, desk, write),
        desk.patience.lookups,
        desk.sleep,
        is_done=partial(_is_there, write),
        is_late=lambda: desk.now() > until,
    )


async def _look(desk: WriteContext, write: Write) -> list[LookupResult]:
    wanted = [LookupTarget(item.order_id, item.integration, edited_order(item.staged)) for item in write.new.items]
    found = await look_up(desk.client, wanted)
    for _ in range(_LOOKS_AGAIN):
        failed = [place for place, one in enumerate(found) if isinstance(one, ApiError)]
        if not failed or len(failed) == len(found):
            break
        for place, one in zip(failed, await look_up(desk.client, [wanted[place] for place in failed]), strict=True):
            found[place] = one
    return found


def _is_there(write: Write, found: Sequence[LookupResult]) -> bool:
    """Whether what is found proves that the batch was taken.

    All orders as sent are proof enough. One of them is, too, since all are written or none (Q2.3), but only if it was
    not just so before.
    """
    proofs: list[bool] = []
    for order, expected, base in zip(found, _expected(write), _bases(write), strict=True):
        as_sent = isinstance(order, dict) and not compare(expected, order)
        if as_sent and (base is None or compare(expected, base)):
            return True
        proofs.append(as_sent)
    return all(proofs)


def _orders(write: Write) -> list[Json]:
    orders = decode(write.new.body)
    return orders if isinstance(orders, list) else []


def _expected(write: Write) -> list[Json]:
    """The orders as they are to be read; what an edit took away must not be there any more (Q2.6)."""
    changes = write.new.changes if isinstance(write.new.changes, dict) else {}
    return [
        expected_after_upsert(order, changes_from_json(changes.get(item.staged)))
        if edited_order(item.staged) and isinstance(order, dict)
        else order
        for item, order in zip(write.new.items, _orders(write), strict=True)
    ]


def _bases(write: Write) -> list[Json]:
    bases = write.new.base
    return bases if isinstance(bases, list) else [None] * len(write.new.items)


def _all(write: Write, state: StagedState) -> list[StagedUpdate]:
    return [StagedUpdate(item.staged, item.version, state) for item in write.new.items]


def _remote_ids(items: Sequence[SentItem], told: Sequence[Identifiers]) -> dict[str, str]:
    """The service's ids by staged id: by position where the order id agrees, else by an order id told once (Q2.8)."""
    by_order_id: dict[str, list[str]] = {}
    for one in told:
        by_order_id.setdefault(one.order_id, []).append(one.id)
    ids: dict[str, str] = {}
    for position, item in enumerate(items):
        same_place = told[position] if position < len(told) else None
        if same_place is not None and same_place.order_id == item.order_id:
            ids[item.staged] = same_place.id
        elif len(others := by_order_id.get(item.order_id, [])) == 1:
            ids[item.staged] = others[0]
    return {staged: remote_id for staged, remote_id in ids.items() if remote_id}
