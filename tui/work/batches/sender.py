"""Sends a batch: plans the requests, sends them one after the other, and reports the outcome of each."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tui.api.budget import WRITES
from tui.api.codec import Json, as_list, encode
from tui.api.errors import ApiError, Problem, RateLimited, ServiceBusy, Unreachable
from tui.api.errors import RequestRefused as RefusedError
from tui.api.pointer import Scope
from tui.api.wording import count_of, word_for
from tui.keymap import Context
from tui.orders.edits.patch import is_same_order
from tui.orders.progress import Progress
from tui.store.batches import StagedState
from tui.store.journal import Write, WriteState
from tui.work.account import Account
from tui.work.batches.catalog import BatchLocked
from tui.work.batches.open_batch import OpenBatch
from tui.work.batches.remote_refresh import RemoteRefresh
from tui.work.batches.send_queue import (
    PlannedOrder,
    RequestGroup,
    SendAborted,
    SendAccepted,
    SendAnswer,
    SendAttempt,
    SendLater,
    SendPause,
    SendQueue,
    SendRefused,
    SendSkipped,
    split_into_requests,
)
from tui.work.batches.staged_order import (
    PlannedAction,
    ServiceProblem,
    StagedOrder,
    list_keys,
    problems_by_order,
)
from tui.work.writes.backoff import poll, sleep_or_event
from tui.work.writes.lookup import key_of
from tui.work.writes.outbox import AlreadySent, Outgoing
from tui.work.writes.outcomes import (
    WriteAccepted,
    WriteNotSent,
    WriteOutcome,
    WriteRefused,
    WriteUnknown,
)
from tui.work.writes.send_state import SendState
from tui.work.writes.serialization import problem_to_json, problems_from_json

__all__ = ["BatchSender", "PlannedOrder", "SendNotice", "SendPlan"]

_READ_PAUSES = (0.0, 1.0, 4.0)
"""Pauses in seconds before each read of the orders to update."""

_MAX_UNREACHED = 3
"""How often a request that did not reach the service is sent again."""

_TOO_LARGE = 413


@dataclass(frozen=True, slots=True)
class SendPlan:
    """The requests to send, and the skipped orders with the reason for each."""

    requests: tuple[RequestGroup, ...]
    skipped: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        return sum(len(request) for request in self.requests)

    @property
    def seconds(self) -> float:
        """The minimum time that the rate limits of the service require for the requests (Q6.1), if none is refused."""
        return WRITES.seconds(len(self.requests))


@dataclass(frozen=True, slots=True)
class SendNotice:
    """The outcome of a request as a sentence. `problems`: those that belong to none of its orders."""

    at: datetime
    text: str
    style: str
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _SendRun:
    """One send run, from the user's confirmation to the last answer."""

    queue: SendQueue
    total: int = 0
    requests: int = 0
    in_flight: frozenset[str] = frozenset()
    until: datetime | None = None
    refusals: int = 0
    resumed: asyncio.Event = field(default_factory=asyncio.Event)
    """Not set while the run is paused."""
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    """Ends a wait early."""
    done: asyncio.Event = field(default_factory=asyncio.Event)


_CHECK_FIRST = "outcome unknown; {refresh} checks again, {hold} allows a missing order to be sent again"
_SKIP_REASONS = {
    SendState.REFUSED: "the service refused it and changed nothing; {hold} sends it anyway",
    SendState.INVALID: "it has problems to fix; {hold} sends it anyway",
    SendState.CONFLICT: "it would change an existing order; {hold} releases it",
    SendState.HELD: "held; {hold} releases it",
    SendState.SENDING: "the service already has it",
    SendState.ACCEPTED: "the service already has it",
    SendState.VERIFIED: "the service already has it, verified",
    SendState.UNKNOWN: _CHECK_FIRST,
    SendState.DIFFERS: _CHECK_FIRST,
    SendState.UNCHANGED: "already up to date",
}


class BatchSender:
    """Sends orders of the open batch, one request after the other, and stores the notices of the last run."""

    def __init__(self, account: Account, batch: OpenBatch, remote: RemoteRefresh) -> None:
        self._account = account
        self._batch = batch
        self._remote = remote
        self._run: _SendRun | None = None
        self._waiting = (frozenset[str](),) * 3
        self.notices: list[SendNotice] = []
        self.load()

    def load(self) -> None:
        """Load the notices of the last run of the open batch."""
        self.notices = _load(self._account.store.screen_states.get(self._account.account_id, self._key(self._batch.id)))

    @property
    def waiting(self) -> frozenset[str]:
        """The orders that are in flight or queued; only those in flight while the run is paused."""
        run = self._run
        if run is None or not run.resumed.is_set():
            return frozenset() if run is None else run.in_flight
        in_flight, queued = run.in_flight, run.queue.ids
        if self._waiting[0] is not in_flight or self._waiting[1] is not queued:
            # This is asked for each of many thousand orders after each key.
            self._waiting = (in_flight, queued, in_flight | queued)
        return self._waiting[2]

    def is_waiting(self, id: str) -> bool:
        """Whether an order is among those `waiting`."""
        return id in self.waiting

    @property
    def progress(self) -> Progress | None:
        """The progress of the run; None if there is none."""
        run = self._run
        if run is None:
            return None
        queue = run.queue
        return Progress(
            run.total - len(queue.ids | run.in_flight),
            run.total,
            "sending",
            accepted=len(queue.accepted),
            requests=run.requests,
            paused=not run.resumed.is_set(),
            until=run.until,
        )

    def plan(self, orders: Sequence[StagedOrder]) -> SendPlan:
        """Plan the requests for these orders. An order that another order of the plan would overwrite is skipped."""
        planned: list[PlannedOrder] = []
        skipped: list[tuple[str, str]] = []
        keys: set[tuple[str, str]] = set()
        waiting = self.waiting
        names = {id: self._account.key(id, Context.COMPOSER) for id in ("refresh", "hold")}
        for order in orders:
            state = self._batch.send_state(order)
            key = key_of(order.document)
            if state is not SendState.READY:
                skipped.append((order.id, _SKIP_REASONS[state].format_map(names)))
            elif order.id in waiting:
                skipped.append((order.id, "it is about to be sent"))
            elif order.action is PlannedAction.UNKNOWN:
                skipped.append((order.id, "it is not known yet whether the service has it"))
            elif all(key) and key in keys:
                skipped.append((order.id, "another order to be sent has the same order id and shop"))
            else:
                keys.add(key)
                size = len(encode(order.document))
                planned.append(PlannedOrder(order.id, order.version, order.document, order.action, order.remote, size))
        return SendPlan(split_into_requests(planned), tuple(skipped))

    # Sending

    async def send(self, plan: SendPlan, *, continue_after_refusal: bool = False) -> None:
        """Send the requests of a plan, one at a time. Returns when each has an outcome or was cancelled.

        With `continue_after_refusal`, orders that a refusal does not name are sent again automatically. A plan that is
        passed during a run is added to it; while the run is paused, it replaces the rest. Raises BatchLocked, and sends
        nothing more, once another copy owns the batch.
        """
        if not plan.requests:
            return
        run = self._run
        if run is not None:
            if not run.resumed.is_set():
                run.total -= run.queue.clear()
            run.queue.continue_after_refusal = continue_after_refusal
            run.queue.add(plan.requests)
            run.total += plan.count
            self.resume()
            run.woken.set()
            await run.done.wait()
            return
        run = self._run = _SendRun(SendQueue(continue_after_refusal, self._account.outbox.schedule.busy), plan.count)
        run.queue.add(plan.requests)
        run.resumed.set()
        self.notices = []
        try:
            await self._send_queue(run)
        finally:
            self._run = None
            run.done.set()
            self._batch.on_change()

    def pause(self) -> bool:
        """Start no further request; the one in flight is completed. Returns False if there was nothing to pause."""
        if self._run is None or not self._run.resumed.is_set():
            return False
        self._run.resumed.clear()
        self._run.woken.set()
        return True

    def resume(self) -> bool:
        """Continue a paused run. Returns False if there was none."""
        if self._run is None or self._run.resumed.is_set():
            return False
        self._run.resumed.set()
        return True

    def cancel(self) -> int:
        """Start no further request and clear the queue. Returns how many orders are not sent."""
        run = self._run
        if run is None:
            return 0
        left = run.queue.clear()
        run.resumed.set()
        run.woken.set()
        if left:
            self._notify(f"Cancelled: {count_of(left, 'order')} not sent. What was sent stays sent.", "warning")
        return left

    async def _send_queue(self, run: _SendRun) -> None:
        while True:
            await run.resumed.wait()
            step = run.queue.next(self._account.now().timestamp())
            if step is None:
                break
            if isinstance(step, SendPause):
                await self._wait(run, step.seconds)
                continue
            run.in_flight = frozenset(planned.id for planned in step.orders)
            try:
                answer = await self._send_request(run, step.orders)
            finally:
                run.in_flight = frozenset()
            self._apply_answer(run, step, answer)
            self._batch.on_change()
        if run.requests > 1 and run.queue.continue_after_refusal:
            self._sum_up(run)

    async def _wait(self, run: _SendRun, seconds: float) -> None:
        """Wait before the next request; a pause, a cancel or a new plan ends the wait."""
        run.until = self._account.now() + timedelta(seconds=seconds)
        self._batch.on_change()
        run.woken.clear()
        try:
            await sleep_or_event(seconds, run.woken, self._account.outbox.sleep)
        finally:
            run.until = None

    def _apply_answer(self, run: _SendRun, attempt: SendAttempt, answer: SendAnswer) -> None:
        queue, before = run.queue, run.queue.abandoned
        queue.apply_answer(attempt, answer, self._account.now().timestamp())
        if isinstance(answer, SendRefused):
            run.refusals += 1
        if isinstance(answer, SendLater) and queue.abandoned > before:
            self._notify(
                f"{answer.text} Nothing was written. Press {self._account.key('review', Context.COMPOSER)} to send "
                f"{count_of(len(attempt.orders), 'order')} again.",
                "warning",
            )

    async def _send_request(self, run: _SendRun, request: Sequence[PlannedOrder]) -> SendAnswer:
        self._batch.confirm_ownership()
        unread = await self._read_updates(request)
        self._batch.confirm_ownership()
        ready = [planned for planned in request if planned.id not in unread and self._can_send(planned)]
        if len(ready) + len(unread) < len(request):
            count = len(request) - len(ready) - len(unread)
            changed = count_of(count, "order")
            self._notify(
                f"{changed} changed since the review and {word_for(count, 'was', 'were')} not sent.", "warning"
            )
        if not ready:
            return SendSkipped()
        outgoing = [Outgoing(planned.id, planned.version, planned.document, planned.remote) for planned in ready]
        keys: dict[str, Json] = {}
        for planned in ready:
            order = self._batch.by_id.get(planned.id)
            if order is not None:
                keys[planned.id] = list_keys(order.edit)
        run.requests += 1
        try:
            outcome = await self._account.outbox.upsert(outgoing, keys)
        except AlreadySent as error:
            run.requests -= 1
            known = set(error.staged)
            count = len(known)
            text = f"The service already has {count} of {len(ready)} orders; {word_for(count, 'it is', 'they are')} not sent again."
            self._notify(text, "info")
            rest = [planned for planned in ready if planned.id not in known]
            return await self._send_request(run, rest) if rest else SendSkipped()
        self.settle(outcome)
        return _answer_of(outcome)

    async def _read_updates(self, request: Sequence[PlannedOrder]) -> frozenset[str]:
        """Read the orders to update just before they are sent, because the API has no way to send the version that was
        read (Q3.14).

        Returns the orders that could not be read; they are not sent.
        """
        unread = [planned.id for planned in request if planned.action is PlannedAction.UPDATE]

        async def read() -> ApiError | None:
            began = self._account.now()
            error = await self._remote.refresh(unread, again=True)
            unread[:] = [id for id in unread if not self._was_read(id, began)]
            return error

        if not unread:
            return frozenset()
        error = await poll(read, _READ_PAUSES, self._account.outbox.sleep, is_done=lambda _: not unread)
        if unread:
            text = f"{count_of(len(unread), 'order')} to update could not be read again and {word_for(len(unread), 'was', 'were')} not sent."
            self._notify(f"{text} {error or ''}".strip(), "warning")
        return frozenset(unread)

    def _was_read(self, id: str, since: datetime) -> bool:
        order = self._batch.by_id.get(id)
        return order is None or (order.snapshot is not None and order.snapshot.at >= since)

    def _can_send(self, planned: PlannedOrder) -> bool:
        order = self._batch.by_id.get(planned.id)
        if order is None or order.version != planned.version or self._batch.send_state(order) is not SendState.READY:
            return False
        if order.remote is None or planned.remote is None:
            return order.remote is planned.remote
        return is_same_order(planned.remote, order.remote)

    # Outcomes

    def settle(self, outcome: WriteOutcome) -> None:
        """Apply the outcome of a write to its orders, and store a notice about it."""
        items = outcome.write.new.items
        count = len(items)
        continues = self._run is not None and self._run.queue.continue_after_refusal
        batch = self._batch_of(items[0].staged) if items else None
        match outcome:
            case WriteAccepted():
                self._record(outcome.write, problems={})
                text = f"{count_of(count, 'order')} accepted; each is verified when the service shows it."
                self._notify(text, "good", batch=batch)
            case WriteRefused(problems=problems, error=error):
                found = problems_by_order(outcome.write)
                self._record(outcome.write, problems=found)
                named = sum(bool(found_problems) for found_problems in found.values())
                total = sum(len(found_problems) for found_problems in found.values())
                rest = [problem for problem in problems if count > 1 or problem.scope not in (Scope.THIS, Scope.BATCH)]
                sends = self._account.key("review", Context.COMPOSER)
                text = _refusal(count, named, total, len(rest), str(error), sends=sends, continues=continues)
                self._notify(text, "service", rest, batch=batch)
            case WriteNotSent(error=ServiceBusy() as error):
                self._record(outcome.write, problems={}, state=StagedState.DRAFT)
                text = "The service is busy with one of these orders; nothing was written. They are sent again later."
                self._notify(text, "warning", error.problems, batch=batch)
            case WriteNotSent() if outcome.write.state is WriteState.NOT_APPLIED:
                self._record(outcome.write, problems={})
                text = "The answer was lost, and repeated lookups show that nothing was written."
                self._notify(
                    f"{text} Press {self._account.key('review', Context.COMPOSER)} to send {count_of(count, 'order')} "
                    "again.",
                    "warning",
                    batch=batch,
                )
            case WriteNotSent(error=error):
                self._record(outcome.write)
                why = str(error) if error is not None else "The app ended before it was sent."
                problems = error.problems if error is not None else ()
                is_automatic = self._run is not None and isinstance(_answer_of(outcome), SendLater)
                orders = count_of(count, "order")
                again = (
                    f"{orders} will be sent again."
                    if is_automatic
                    else f"Press {self._account.key('review', Context.COMPOSER)} to send {orders} again."
                )
                self._notify(f"{why} {again}", "warning", problems, batch=batch)
            case WriteUnknown():
                self._record(outcome.write)
                text = (
                    f"The answer was lost and {count_of(count, 'order')} could not be found yet; nothing is sent again "
                    f"until this is known. Press {self._account.key('refresh', Context.COMPOSER)} to look them up, "
                    "and to send what is missing."
                )
                self._notify(text, "conflict", batch=batch)
            case _:
                raise AssertionError(f"an upsert never ends as {type(outcome).__name__}")

    def _record(
        self,
        write: Write,
        *,
        problems: Mapping[str, tuple[ServiceProblem, ...]] | None = None,
        state: StagedState | None = None,
    ) -> None:
        """Store the outcome of a write. The problems of each order replace the earlier ones."""
        batch = self._batch
        for item in write.new.items:
            batch.refresh(item.staged)
            order = batch.by_id.get(item.staged)
            if order is None or problems is None:
                continue
            order.service_problems = problems.get(item.staged, ())
            if order.version == item.version and order.override_version == item.version:
                order.override_version = None
            try:
                batch.save_details(order, state=state if order.version == item.version else None)
            except BatchLocked:
                break  # another copy took the batch; it reads the outcome from the journal
        batch.on_change()

    def _sum_up(self, run: _SendRun) -> None:
        """Store a notice about the whole run: the number of requests, and the outcomes of the orders."""
        queue = run.queue
        left = run.total - len(queue.accepted) - len(queue.refused)
        parts = [f"{len(queue.accepted)} accepted", f"{len(queue.refused)} refused"]
        if left > 0:
            parts.append(f"{left} not sent")
        refusals = f", {run.refusals} of them refused" if run.refusals else ""
        text = f"{run.requests} requests{refusals}: {', '.join(parts)} of {count_of(run.total, 'order')}."
        self._notify(text, "service" if queue.refused else "warning" if left > 0 else "good")

    def _batch_of(self, staged: str) -> int | None:
        """The batch of a staged order; another one may be open now."""
        row = self._account.store.batches.get(staged)
        return None if row is None else row.batch

    def _notify(self, text: str, style: str, problems: Iterable[Problem] = (), *, batch: int | None = None) -> None:
        notice = SendNotice(self._account.now(), text, style, tuple(problems))
        state, account_id = self._account.store.screen_states, self._account.account_id
        if batch is not None and batch != self._batch.id:
            key = self._key(batch)
            state.put(account_id, key, _dump([*_load(state.get(account_id, key)), notice]), durable=True)
            return
        self.notices.append(notice)
        state.put(account_id, self._key(self._batch.id), _dump(self.notices), durable=True)

    def _key(self, batch: int | None) -> str:
        return f"staging.said.{batch}"


def _answer_of(outcome: WriteOutcome) -> SendAnswer:
    """Convert the outcome of a write to an answer for the queue."""
    match outcome:
        case WriteAccepted():
            return SendAccepted()
        case WriteRefused(error=error):
            named = frozenset(staged for staged, found in problems_by_order(outcome.write).items() if found)
            return SendRefused(named, too_large=error.status == _TOO_LARGE)
        case WriteNotSent(error=ServiceBusy()):
            return SendLater("The service is still busy with one of these.")
        case WriteNotSent(error=RateLimited() as error):
            return SendLater(str(error), error.retry_after)
        case WriteNotSent(error=Unreachable() as error):
            return SendLater(str(error), times=_MAX_UNREACHED)
        case WriteNotSent(error=RefusedError() as error) if error.status == _TOO_LARGE:
            return SendRefused(frozenset(), too_large=True)
        case WriteNotSent() if outcome.write.state is WriteState.NOT_APPLIED:
            return SendSkipped()
        case _:
            # The service cannot be reached or the outcome is unknown, so more requests would not help.
            return SendAborted()


def _refusal(count: int, named: int, found: int, rest: int, error: str, *, sends: str, continues: bool) -> str:
    text = f"The service refused {'the order' if count == 1 else f'all {count} orders'} sent; nothing was written"
    if not named:
        return f"{text}. It names no order: {error}"
    problems = count_of(found, "problem")
    text += f": {problems}" if count == 1 else f". {problems} in {count_of(named, 'order')}"
    text += f", {rest} of the request as a whole" if rest else ""
    others = count - named
    if not others:
        return f"{text}."
    if continues:
        return f"{text}; {count_of(others, 'other')} will be sent again."
    return f"{text}. Press {sends} to send the {'other order' if others == 1 else f'{others} others'} again."


def _dump(notices: Iterable[SendNotice]) -> Json:
    return [
        {
            "at": notice.at.isoformat(),
            "words": notice.text,
            "tone": notice.style,
            "problems": [problem_to_json(problem) for problem in notice.problems],
        }
        for notice in notices
    ]


def _load(stored: Json) -> list[SendNotice]:
    return [
        SendNotice(
            datetime.fromisoformat(str(notice["at"])),
            str(notice["words"]),
            str(notice["tone"]),
            tuple(problems_from_json(notice["problems"])),
        )
        for notice in as_list(stored)
        if isinstance(notice, dict)
    ]
