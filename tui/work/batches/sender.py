"""Sends a batch: plans the requests, sends them one by one, and reports the result of each."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tui.api.budget import WRITES
from tui.api.codec import Json, encode
from tui.api.errors import ApiError, Problem, RateLimited, ServiceBusy, Unreachable
from tui.api.errors import RequestRefused as RefusedError
from tui.api.pointer import Scope
from tui.api.wording import count_of
from tui.orders.edits.patch import is_same_order
from tui.orders.progress import Progress
from tui.store.batches import StagedState
from tui.store.journal import Write, WriteState
from tui.work.account import Account
from tui.work.batches.catalog import BatchLocked
from tui.work.batches.open_batch import OpenBatch
from tui.work.batches.remote_lookup import RemoteLookup
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
    cut,
)
from tui.work.batches.staged_order import (
    PlannedAction,
    ServiceProblem,
    StagedOrder,
    keys_of_lists,
    told_by,
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

_READ_AGAIN = (0.0, 1.0, 4.0)
"""Seconds before each reading of what would be updated."""

_UNREACHED = 3
"""How often a request that did not reach the service is sent again."""

_TOO_LARGE = 413


@dataclass(frozen=True, slots=True)
class SendPlan:
    """The requests that would go, and which orders stay here, each with the reason."""

    requests: tuple[RequestGroup, ...]
    staying: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        return sum(len(request) for request in self.requests)

    @property
    def does(self) -> Counter[PlannedAction]:
        """How many are new, and how many change an order that exists."""
        return Counter(one.does for request in self.requests for one in request)

    @property
    def seconds(self) -> float:
        """How long the requests take at least by the service's limits (Q6.1), if none is refused."""
        return WRITES.seconds(len(self.requests))


@dataclass(frozen=True, slots=True)
class SendNotice:
    """The result of a request, in a sentence. `problems`: problems that name none of its orders."""

    at: datetime
    words: str
    tone: str
    problems: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _SendRun:
    """One sending, from `y` to its last answer."""

    course: SendQueue
    total: int = 0
    requests: int = 0
    out: frozenset[str] = frozenset()
    until: datetime | None = None
    rounds: int = 0
    open: asyncio.Event = field(default_factory=asyncio.Event)
    """Not set while it is paused."""
    stir: asyncio.Event = field(default_factory=asyncio.Event)
    """Ends a waiting early."""
    done: asyncio.Event = field(default_factory=asyncio.Event)


_LOOK_FIRST = "outcome unknown; r looks it up again, z allows a missing order to be resent"
_STAYS = {
    SendState.REFUSED: "the service refused it and nothing was changed there; z lets it go all the same",
    SendState.INVALID: "it has problems to fix; z lets it go all the same",
    SendState.CONFLICT: "it would change an existing order; z releases it",
    SendState.HELD: "held; z releases it",
    SendState.SENDING: "it is with the service already",
    SendState.ACCEPTED: "it is with the service already",
    SendState.VERIFIED: "the service has it, verified",
    SendState.UNKNOWN: _LOOK_FIRST,
    SendState.DIFFERS: _LOOK_FIRST,
    SendState.UNCHANGED: "already up to date",
}


class BatchSender:
    """Sends orders of the open batch, one request after the other, and keeps the notices of the last sending."""

    def __init__(self, account: Account, batch: OpenBatch, lookup: RemoteLookup) -> None:
        self._account = account
        self._batch = batch
        self._lookup = lookup
        self._run: _SendRun | None = None
        self._waiting = (frozenset[str](),) * 3
        self.said: list[SendNotice] = []
        self.load()

    def load(self) -> None:
        """What was said of the last sending of the batch that is open now."""
        self.said = _load(self._account.store.screen_states.get(self._account.account_id, self._key(self._batch.id)))

    @property
    def waiting(self) -> frozenset[str]:
        """The orders that are out or about to go; of a paused sending only those that are out."""
        run = self._run
        if run is None or not run.open.is_set():
            return frozenset() if run is None else run.out
        out, queued = run.out, run.course.ids
        if self._waiting[0] is not out or self._waiting[1] is not queued:
            # Many thousand orders are asked about after each key.
            self._waiting = (out, queued, out | queued)
        return self._waiting[2]

    def is_waiting(self, id: str) -> bool:
        """Whether an order is among those `waiting`."""
        return id in self.waiting

    @property
    def progress(self) -> Progress | None:
        """How far the sending is; None when there is none."""
        run = self._run
        if run is None:
            return None
        course = run.course
        return Progress(
            run.total - len(course.ids | run.out),
            run.total,
            "sending",
            accepted=len(course.taken),
            requests=run.requests,
            paused=not run.open.is_set(),
            until=run.until,
        )

    def plan(self, orders: Sequence[StagedOrder]) -> SendPlan:
        """What may go of these; orders that others of the same plan would overwrite stay."""
        going: list[PlannedOrder] = []
        staying: list[tuple[str, str]] = []
        keys: set[tuple[str, str]] = set()
        waiting = self.waiting
        for order in orders:
            state = self._batch.send_state(order)
            key = key_of(order.document)
            if state is not SendState.READY:
                staying.append((order.id, _STAYS[state]))
            elif order.id in waiting:
                staying.append((order.id, "it is about to go"))
            elif order.does is PlannedAction.UNKNOWN:
                staying.append((order.id, "it is not known yet whether the service has it"))
            elif all(key) and key in keys:
                staying.append((order.id, "another order of this sending has the same order id and shop"))
            else:
                keys.add(key)
                size = len(encode(order.document))
                going.append(PlannedOrder(order.id, order.version, order.document, order.does, order.remote, size))
        return SendPlan(cut(going), tuple(staying))

    # Sending.

    async def send(self, plan: SendPlan, *, goes_on: bool = False) -> None:
        """Send the requests of a plan, one at a time; returns when each has its end, or was cancelled.

        With `goes_on` the orders without errors are sent again after a refusal. A plan that comes while another
        one is being sent goes after it; one that comes while another is paused takes its place.
        Raises BatchLocked, and sends nothing more, once another copy has the batch.
        """
        if not plan.requests:
            return
        run = self._run
        if run is not None:
            if not run.open.is_set():
                run.total -= run.course.clear()
            run.course.goes_on = goes_on
            run.course.add(plan.requests)
            run.total += plan.count
            self.resume()
            run.stir.set()
            await run.done.wait()
            return
        run = self._run = _SendRun(SendQueue(goes_on, self._account.outbox.schedule.busy), plan.count)
        run.course.add(plan.requests)
        run.open.set()
        self.said = []
        try:
            await self._go(run)
        finally:
            self._run = None
            run.done.set()
            self._batch.on_change()

    def pause(self) -> bool:
        """Start no further request; the request in flight finishes. Returns whether there was anything to pause."""
        if self._run is None or not self._run.open.is_set():
            return False
        self._run.open.clear()
        self._run.stir.set()
        return True

    def resume(self) -> bool:
        """Go on with a paused sending; whether there was one."""
        if self._run is None or self._run.open.is_set():
            return False
        self._run.open.set()
        return True

    def cancel(self) -> int:
        """Begin no further request, and forget the rest; how many orders stay here by it. What was sent stays sent."""
        run = self._run
        if run is None:
            return 0
        left = run.course.clear()
        run.open.set()
        run.stir.set()
        if left:
            self._say(f"Cancelled: {count_of(left, 'order')} did not go; what was sent stays sent.", "warning")
        return left

    async def _go(self, run: _SendRun) -> None:
        while True:
            await run.open.wait()
            step = run.course.next(self._account.now().timestamp())
            if step is None:
                break
            if isinstance(step, SendPause):
                await self._wait(run, step.seconds)
                continue
            run.out = frozenset(one.id for one in step.orders)
            try:
                answer = await self._send(run, step.orders)
            finally:
                run.out = frozenset()
            self._answered(run, step, answer)
            self._batch.on_change()
        if run.requests > 1 and run.course.goes_on:
            self._sum_up(run)

    async def _wait(self, run: _SendRun, seconds: float) -> None:
        """Wait before the next attempt; a pause, a cancel or a new plan ends the wait."""
        run.until = self._account.now() + timedelta(seconds=seconds)
        self._batch.on_change()
        run.stir.clear()
        try:
            await sleep_or_event(seconds, run.stir, self._account.outbox.sleep)
        finally:
            run.until = None

    def _answered(self, run: _SendRun, go: SendAttempt, answer: SendAnswer) -> None:
        course, before = run.course, run.course.given_up
        course.answered(go, answer, self._account.now().timestamp())
        if isinstance(answer, SendRefused):
            run.rounds += 1
        if isinstance(answer, SendLater) and course.given_up > before:
            self._say(
                f"{answer.words} Nothing was written; {count_of(len(go.orders), 'order')} can be sent again: w.",
                "warning",
            )

    async def _send(self, run: _SendRun, request: Sequence[PlannedOrder]) -> SendAnswer:
        self._batch.make_sure()
        unread = await self._read_updates(request)
        self._batch.make_sure()
        going = [one for one in request if one.id not in unread and self._goes(one)]
        if len(going) + len(unread) < len(request):
            count = len(request) - len(going) - len(unread)
            self._say(f"{count_of(count, 'order')} changed since the review and stayed here.", "warning")
        if not going:
            return SendSkipped()
        outgoing = [Outgoing(one.id, one.version, one.document, one.remote) for one in going]
        keys: dict[str, Json] = {}
        for one in going:
            order = self._batch.orders.get(one.id)
            if order is not None:
                keys[one.id] = keys_of_lists(order.edit)
        run.requests += 1
        try:
            outcome = await self._account.outbox.upsert(outgoing, keys)
        except AlreadySent as error:
            run.requests -= 1
            held = set(error.staged)
            words = f"{count_of(len(held), 'order')} of {len(going)} were with the service already and do not go again."
            self._say(words, "info")
            rest = [one for one in going if one.id not in held]
            return await self._send(run, rest) if rest else SendSkipped()
        self.settle(outcome)
        return _answer_of(outcome)

    async def _read_updates(self, request: Sequence[PlannedOrder]) -> frozenset[str]:
        """Read what would be updated just before it goes, as there is no version to send along (Q3.14).

        The orders that could not be read do not go.
        """
        unread = [one.id for one in request if one.does is PlannedAction.UPDATE]

        async def read() -> ApiError | None:
            began = self._account.now()
            error = await self._lookup.look(unread, again=True)
            unread[:] = [id for id in unread if not self._was_read(id, began)]
            return error

        if not unread:
            return frozenset()
        error = await poll(read, _READ_AGAIN, self._account.outbox.sleep, is_done=lambda _: not unread)
        if unread:
            words = f"{count_of(len(unread), 'order')} would be updated and could not be read again; nothing of them was sent."
            self._say(f"{words} {error or ''}".strip(), "warning")
        return frozenset(unread)

    def _was_read(self, id: str, since: datetime) -> bool:
        order = self._batch.orders.get(id)
        return order is None or (order.looked is not None and order.looked.at >= since)

    def _goes(self, one: PlannedOrder) -> bool:
        order = self._batch.orders.get(one.id)
        if order is None or order.version != one.version or self._batch.send_state(order) is not SendState.READY:
            return False
        if order.remote is None or one.remote is None:
            return order.remote is one.remote
        return is_same_order(one.remote, order.remote)

    # What is said of it.

    def settle(self, outcome: WriteOutcome) -> None:
        """What the end of a write means for its orders, kept and told in a sentence."""
        items = outcome.write.new.items
        count = len(items)
        goes_on = self._run is not None and self._run.course.goes_on
        batch = self._batch_of(items[0].staged) if items else None
        match outcome:
            case WriteAccepted():
                self._record(outcome.write, told={})
                again = f"{count_of(count, 'order')} accepted; each is looked for until the service shows it."
                self._say(again, "good", batch=batch)
            case WriteRefused(problems=problems, error=error):
                told = told_by(outcome.write)
                self._record(outcome.write, told=told)
                named = sum(bool(one) for one in told.values())
                found = sum(len(one) for one in told.values())
                rest = [one for one in problems if count > 1 or one.scope not in (Scope.THIS, Scope.BATCH)]
                words = _refusal(count, named, found, len(rest), str(error), goes_on=goes_on)
                self._say(words, "service", rest, batch=batch)
            case WriteNotSent(error=ServiceBusy() as error):
                self._record(outcome.write, told={}, state=StagedState.DRAFT)
                words = f"The service is busy with one of these; nothing was written. {count_of(count, 'order')} wait"
                self._say(f"{words} and go again.", "warning", error.problems, batch=batch)
            case WriteNotSent() if outcome.write.state is WriteState.NOT_APPLIED:
                self._record(outcome.write, told={})
                words = (
                    f"The answer was lost, and long looking shows that nothing was written. {count_of(count, 'order')}"
                )
                self._say(f"{words} can be sent again: w.", "warning", batch=batch)
            case WriteNotSent(error=error):
                self._record(outcome.write)
                why = str(error) if error is not None else "The app ended before it went out."
                problems = error.problems if error is not None else ()
                soon = self._run is not None and isinstance(_answer_of(outcome), SendLater)
                again = "wait and go again." if soon else "can be sent again: w."
                self._say(f"{why} {count_of(count, 'order')} {again}", "warning", problems, batch=batch)
            case WriteUnknown():
                self._record(outcome.write)
                words = f"The answer was lost and {count_of(count, 'order')} could not be found yet"
                self._say(
                    f"{words}: nothing is resent until this is known. Press r to check and resend what is missing.",
                    "conflict",
                    batch=batch,
                )
            case _:
                raise AssertionError(f"an upsert never ends as {type(outcome).__name__}")

    def _record(
        self,
        write: Write,
        *,
        told: Mapping[str, tuple[ServiceProblem, ...]] | None = None,
        state: StagedState | None = None,
    ) -> None:
        """Note the outcome of a write: what the service said of each order, in place of what it said before."""
        batch = self._batch
        for item in write.new.items:
            batch.refresh(item.staged)
            order = batch.orders.get(item.staged)
            if order is None or told is None:
                continue
            order.told = told.get(item.staged, ())
            if order.version == item.version and order.insisted == item.version:
                order.insisted = None
            try:
                batch.save_details(order, state=state if order.version == item.version else None)
            except BatchLocked:
                break  # taken over by another copy, which reads it from the journal
        batch.on_change()

    def _sum_up(self, run: _SendRun) -> None:
        """A summary of the sending: the number of requests and the results of the orders."""
        course = run.course
        left = run.total - len(course.taken) - len(course.refused)
        parts = [f"{len(course.taken)} accepted", f"{len(course.refused)} refused"]
        if left > 0:
            parts.append(f"{left} not sent")
        rounds = f", {run.rounds} of them refused" if run.rounds else ""
        words = f"{run.requests} requests{rounds}: {', '.join(parts)} of {count_of(run.total, 'order')}."
        self._say(words, "service" if course.refused else "warning" if left > 0 else "good")

    def _batch_of(self, staged: str) -> int | None:
        """The batch that a word belongs to: another one may have been opened since."""
        row = self._account.store.batches.get(staged)
        return None if row is None else row.batch

    def _say(self, words: str, tone: str, problems: Iterable[Problem] = (), *, batch: int | None = None) -> None:
        said = SendNotice(self._account.now(), words, tone, tuple(problems))
        state, account_id = self._account.store.screen_states, self._account.account_id
        if batch is not None and batch != self._batch.id:
            key = self._key(batch)
            state.put(account_id, key, _dump([*_load(state.get(account_id, key)), said]), durable=True)
            return
        self.said.append(said)
        state.put(account_id, self._key(self._batch.id), _dump(self.said), durable=True)

    def _key(self, batch: int | None) -> str:
        return f"staging.said.{batch}"


def _answer_of(outcome: WriteOutcome) -> SendAnswer:
    """What the end of a request means for the course of the sending."""
    match outcome:
        case WriteAccepted():
            return SendAccepted()
        case WriteRefused(error=error):
            named = frozenset(staged for staged, told in told_by(outcome.write).items() if told)
            return SendRefused(named, too_much=error.status == _TOO_LARGE)
        case WriteNotSent(error=ServiceBusy()):
            return SendLater("The service is still busy with one of these.")
        case WriteNotSent(error=RateLimited() as error):
            return SendLater(str(error), error.retry_after)
        case WriteNotSent(error=Unreachable() as error):
            return SendLater(str(error), times=_UNREACHED)
        case WriteNotSent(error=RefusedError() as error) if error.status == _TOO_LARGE:
            return SendRefused(frozenset(), too_much=True)
        case WriteNotSent() if outcome.write.state is WriteState.NOT_APPLIED:
            return SendSkipped()
        case _:
            # It did not reach the service, or its outcome is unknown: sending more would not help.
            return SendAborted()


def _refusal(count: int, named: int, found: int, rest: int, error: str, *, goes_on: bool) -> str:
    all_of = "the order" if count == 1 else f"all {count} orders"
    words = f"The service refused {all_of} sent; nothing was written"
    if not named:
        return f"{words}. It names no order: {error}"
    words += (
        f": {count_of(found, 'problem')}"
        if count == 1
        else f". {count_of(found, 'problem')} in {count_of(named, 'order')}"
    )
    words += f", {rest} of the request as a whole" if rest else ""
    again = "are sent again automatically." if goes_on else "can be sent again: w."
    return words + (f"; {count - named} not named {again}" if count > named else ".")


def _dump(said: Iterable[SendNotice]) -> Json:
    return [
        {
            "at": one.at.isoformat(),
            "words": one.words,
            "tone": one.tone,
            "problems": [problem_to_json(problem) for problem in one.problems],
        }
        for one in said
    ]


def _load(kept: Json) -> list[SendNotice]:
    return [
        SendNotice(
            datetime.fromisoformat(str(one["at"])),
            str(one["words"]),
            str(one["tone"]),
            tuple(problems_from_json(one["problems"])),
        )
        for one in (kept if isinstance(kept, list) else [])
        if isinstance(one, dict)
    ]
