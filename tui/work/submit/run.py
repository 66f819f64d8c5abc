"""A file of orders brought to the service without a screen: staged durably, sent, followed, and told of order by order.

Nothing is printed here, and nobody is asked. What this leaves behind is what the composer leaves behind: a batch, the
journal, the orders followed; another run, or the app, goes on from there.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TypeVar

from tui.api.codec import same
from tui.api.errors import ApiError, Origin, Problem, RequestRefused, Severity
from tui.api.pointer import ABSENT
from tui.api.query import id_text
from tui.api.request_log import LoggedRequest, RequestOutcome
from tui.api.wording import count_of, word_for
from tui.orders.paths import ORDERED_AT
from tui.orders.progress import OnProgress, Progress
from tui.store.batches import StagedState
from tui.store.db import StoreError
from tui.store.journal import Write, WriteState
from tui.store.verifications import Verification
from tui.work.account import Account
from tui.work.batches.staged_order import PlannedAction, StagedOrder
from tui.work.batches.staging import BatchLocked, Staging
from tui.work.file_import.json_reader import ParsedFile
from tui.work.file_import.validate import FileEntry, as_placed
from tui.work.submit.results import (
    SubmitOptions,
    SubmitOutcome,
    SubmitResult,
    changes_text,
    error_of,
    note,
    whole_problems,
)
from tui.work.submit.retry import RetryTimer, is_final
from tui.work.writes.send_state import SendState

_LAST_ANSWER = 10.0
"""Seconds that a request which is out is waited for when the run is stopped."""
_TICK = 1.0
_BARRED = frozenset({401, 403, 404, 410})
"""Answers to a write that the same request will get again, however long one waits."""


T = TypeVar("T")


class SubmitStopped(Exception):
    """The run was told to stop; what is known stands."""


class Submission:
    """One run over the entries of a file. `unreachable`: why the service could not be asked to the end, if so."""

    def __init__(
        self,
        account: Account,
        staging: Staging,
        entries: Sequence[FileEntry],
        name: str,
        wishes: SubmitOptions,
        tell: OnProgress = lambda _: None,
    ) -> None:
        self.entries = list(entries)
        self.unreachable: str | None = None
        self._account = account
        self._staging = staging
        self._name = name
        self._wishes = wishes
        self._tell = tell
        self._stop = asyncio.Event()
        self._news = asyncio.Event()
        self._waits = RetryTimer(wishes.most)
        self._ids: dict[int, str] = {}
        self._older: dict[int, str] = {}
        self._why: dict[str, str] = {}
        self._said: dict[str, tuple[Problem, ...]] = {}
        self._last: dict[str, Write] = {}
        self._requests = 0
        self._is_staged = False
        self._sending = 0
        self._lost: float | None = None
        self._reason = "It was not sent: the run ended before."
        account.hear.append(self._hear)
        account.client.log.listen(self._count_request)

    def stop(self) -> None:
        """Send nothing more; the request that is out is waited for a moment."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    @property
    def requests(self) -> int:
        """How many requests to write have gone out, those that went again included."""
        return self._requests

    def ended_by(self, error: StoreError) -> None:
        """The disk took nothing more: what is known of each order stands, and this is why the others stay."""
        self._reason = f"It was not sent: {error}"

    async def run(self) -> None:
        """Do what can be done. What became of each order is in `results` afterwards, however this ends.

        Raises BatchLocked where another running copy has the batch, StoreError for the disk.
        """
        if self._staging.owner is not None:
            self._find_staged()
            self._reason = f"Nothing was sent: this batch is in the hands of {self._staging.owner}."
            raise BatchLocked(f"This batch is in the hands of {self._staging.owner}; nothing was sent.")
        following = asyncio.create_task(self._account.follower.run(), name="follow accepted orders")
        try:
            with suppress(SubmitStopped):
                await self._work()
            if following.done():
                await following
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following

    async def _work(self) -> None:
        await self._find_out_what_was_left()
        self._stage()
        self._check_stop()
        error = await self._patiently(self._read_shops)
        if error is not None:
            self._cannot_reach(str(error))
            return
        # What does not go need not be looked for; to look may show that one is wrong.
        if self._may_send():
            if not await self._look():
                return
            self._keep_dates()
            if self._may_send():
                await self._ship()
        if any(order.state is StagedState.UNKNOWN for order in self._orders()) and not self._has_looked_long():
            await self._recover()
        if self._wishes.verify:
            await self._follow()

    # What earlier runs left.

    async def _find_out_what_was_left(self) -> None:
        if self._account.store.writes.open(self._account.account_id):
            self._report("looking up what was on its way", 0, 0)
        await self._recover()
        self._find_staged()
        again = [order.id for order in self._orders() if order.state in (StagedState.MISSING, StagedState.DIFFERS)]
        if again and not any(order.state is StagedState.UNKNOWN for order in self._staging.orders):
            await self._unless_stopped(self._staging.ask_again(again))

    async def _recover(self) -> None:
        for outcome in await self._unless_stopped(self._account.outbox.recover()):
            if not self._account.corrections.settle_any(outcome):
                self._staging.settle(outcome)

    # Into the batch.

    def _has_looked_long(self) -> bool:
        """Whether what was lost in this run was looked up for as long as was wished."""
        return self._lost is not None and time.monotonic() - self._lost > self._wishes.most

    def _find_staged(self) -> None:
        """Which order of the batch each entry is: the same shop and order id; of twins the first is the first."""
        by_key: dict[tuple[str, str], deque[StagedOrder]] = defaultdict(deque)
        for order in self._staging.orders:
            by_key[order.key[1], order.key[2]].append(order)
        for entry in self.entries:
            if entry.arrival is None:
                continue
            there = by_key.get(entry.key)
            if not there:
                continue
            if all(entry.key):
                self._ids[entry.position] = there.popleft().id
            elif (found := next((one for one in there if same(one.document, entry.document)), None)) is not None:
                there.remove(found)
                self._ids[entry.position] = found.id

    def _stage(self) -> None:
        """Stage what is new, and give what changed its new content; each committed."""
        self._is_staged = True
        new = [one for one in self.entries if one.arrival is not None and one.position not in self._ids]
        self._report("staging", 0, len(new))
        arrivals = tuple(one.arrival for one in new if one.arrival is not None)
        ids = self._staging.editing.add_intake(ParsedFile(arrivals, ()), self._name)
        fresh = dict(zip((one.position for one in new), ids, strict=True))
        for entry in self.entries:
            id = self._ids.get(entry.position)
            order = self._staging.get(id) if id is not None else None
            if order is None or entry.arrival is None:
                continue
            wanted = as_placed(entry.arrival, order.document)
            if same(wanted, order.document):
                self._let_refused_go(entry, order)
                continue
            try:
                self._staging.editing.become(order.id, order.document, wanted, f"as in {self._name}")
            except BatchLocked:
                self._older[entry.position] = "An older version is on its way; this one goes when its end is known."
        self._ids |= fresh

    def _let_refused_go(self, entry: FileEntry, order: StagedOrder) -> None:
        """What the service refused in an earlier run, and nothing here finds wrong, is asked once more."""
        if order.state is StagedState.REFUSED and not entry.errors and not order.held:
            if order.does is PlannedAction.UPDATE and not self._wishes.update:
                return
            self._staging.editing.release([order.id], in_spite=True)

    # Looking.

    async def _read_shops(self) -> ApiError | None:
        self._report("looking up", 0, len(self._ids))
        try:
            await self._account.read_shops()
        except ApiError as error:
            return error
        return None

    def _keep_dates(self) -> None:
        """A file without dates leaves an order that is there already the date that it has."""
        for entry in self.entries:
            order = self._order_of(entry)
            if order is None or entry.arrival is None or order.remote is None or order.sent:
                continue
            wanted = as_placed(entry.arrival, order.remote)
            placed = ORDERED_AT.get(wanted)
            if placed is not ABSENT and ORDERED_AT in entry.arrival.derived:
                self._staging.editing.put(order.id, ORDERED_AT, placed, "the date that it has")

    async def _look(self) -> bool:
        """Look for the orders that may go; False when the service is not to be reached."""
        wanted = [order.id for order in self._going_orders()]
        error = await self._patiently(lambda: self._staging.look(wanted, again=True))
        if isinstance(error, RequestRefused):
            # It will not look for one of them; the others can still go.
            for id in wanted:
                error = await self._patiently(partial(self._staging.look, [id]))
                if isinstance(error, RequestRefused):
                    self._said[id] = error.problems or (Problem(str(error)),)
                elif error is not None:
                    break
            else:
                return True
        if error is not None:
            self._cannot_reach(str(error))
        return error is None

    async def _patiently(self, work: Callable[[], Awaitable[ApiError | None]]) -> ApiError | None:
        """Try until it works; the error when it does not, or when patience is at its end."""
        while True:
            self._waits.begin()
            before = self._looked()
            error = await self._unless_stopped(work())
            if error is None:
                self._waits.reset()
                return None
            if self._looked() != before:
                self._waits.reset()
            pause = None if is_final(error) or isinstance(error, RequestRefused) else self._waits.next()
            if pause is None:
                return error
            await self._pause(pause)

    def _looked(self) -> datetime | None:
        """When one of the orders was last looked for with an answer."""
        return max((one.looked.at for one in self._orders() if one.looked is not None), default=None)

    def _cannot_reach(self, why: str) -> None:
        self.unreachable = why
        self._reason = f"It was not sent: {why}"

    # Sending.

    def _may_send(self) -> bool:
        bad = sum(self._is_bad(entry) for entry in self.entries)
        if not bad or self._wishes.only_good:
            return True
        self._reason = (
            f"Nothing was sent, since {count_of(bad, 'order')} of the file {word_for(bad, 'has', 'have')} errors; "
            "--only-good sends the others."
        )
        return False

    def _is_bad(self, entry: FileEntry) -> bool:
        """Whether something is wrong with it here, and nobody let it go in spite of that."""
        order = self._order_of(entry)
        if order is None or order.sent:
            return order is None
        if order.insisted == order.version:
            return False
        read = entry.arrival.problems if entry.arrival is not None else ()
        if any(one.severity is Severity.ERROR for one in read):
            return True
        return self._staging.send_state(order) is SendState.INVALID

    async def _ship(self) -> None:
        """Send until nothing is left that may go; what a refusal did not name goes again by itself (Q2.3, Q2.4)."""
        while True:
            self._release()
            plan = self._staging.plan(self._to_go())
            if not plan.count:
                return
            self._last.clear()
            self._sending = plan.count
            self._waits.begin()
            await self._unless_stopped(self._staging.send(plan, goes_on=True))
            await asyncio.sleep(0)  # what the outbox tells comes in the next turn
            self._sending = 0
            if not await self._judge_rest([one.id for request in plan.requests for one in request]):
                return

    def _release(self) -> None:
        if self._wishes.update:
            updates = [one.id for one in self._going_orders() if self._staging.send_state(one) is SendState.CONFLICT]
            if updates:
                self._staging.editing.release(updates)

    def _going_orders(self) -> list[StagedOrder]:
        return [
            order
            for entry in self.entries
            if (order := self._order_of(entry)) is not None
            and order.id not in self._why
            and order.id not in self._said
            and not self._is_bad(entry)
        ]

    def _to_go(self) -> list[str]:
        return [order.id for order in self._going_orders()]

    async def _judge_rest(self, ids: Sequence[str]) -> bool:
        """Note why orders that were to go are still here; whether any of them may go again now."""
        ready = [
            id for id in ids if (one := self._staging.get(id)) and self._staging.send_state(one) is SendState.READY
        ]
        if len(ready) < len(ids):
            self._waits.reset()
        again = ""
        for id in ready:
            write = self._last.get(id)
            match None if write is None else write.state:
                case WriteState.REFUSED if write is not None:
                    self._said[id] = whole_problems(write) or (Problem(error_of(write)),)
                case WriteState.BUSY if write is not None:
                    self._why[id] = f"It was not written: {error_of(write)}"
                case WriteState.NOT_SENT if write is not None:
                    if write.last.status in _BARRED or (write.last.status or 0) // 100 == 3:
                        self._cannot_reach(error_of(write))
                        return False
                    again = error_of(write)
                case WriteState.NOT_APPLIED:
                    again = again or "The answer was lost, and nothing was written."
                case _:
                    said = self._staging.said
                    again = again or (said[-1].words if said else "It could not be read again before its update.")
        if not again:
            return bool(ready)
        pause = self._waits.next()
        if pause is None:
            self._cannot_reach(again)
            return False
        await self._pause(pause)
        return True

    # Following.

    async def _follow(self) -> None:
        """Wait until each accepted order was seen, or patience is at its end; reads that fail are not waited for ever."""
        pauses = self._wishes.pauses.follow
        since, looks = time.monotonic(), -1
        while waiting := [one for one in self._orders() if one.state is StagedState.ACCEPTED]:
            followed = sum(one.sent for one in self._orders())
            self._report("verifying", followed - len(waiting), followed)
            now = sum(one.attempts for one in self._account.follower.following) - len(waiting) * 1000
            if now != looks:
                since, looks = time.monotonic(), now
            if time.monotonic() - since > max(pauses, default=0.0) + self._wishes.most:
                self.unreachable = "The accepted orders could not be looked for: the service does not answer."
                return
            self._news.clear()
            with suppress(TimeoutError):
                await self._unless_stopped(asyncio.wait_for(self._news.wait(), _TICK))

    # What became of them.

    def results(self) -> list[SubmitResult]:
        """What became of every entry, in the order of the file."""
        return [self._result(entry) for entry in self.entries]

    def _result(self, entry: FileEntry) -> SubmitResult:
        order = self._order_of(entry)
        if order is None:
            told = entry.problems if entry.errors else (*entry.problems, note(self._reason))
            return SubmitResult(entry, SubmitOutcome.HELD, None, told)
        found = [finding.problem for finding in self._staging.findings(order) if not finding.stale]
        remote = order.remote.get("id") if order.remote is not None else None
        id = order.remote_id or id_text(remote) or id_text(entry.document.get("id")) or None
        end, reason = self._end(entry, order)
        problems = [*self._said.get(order.id, ()), *found]
        known = {(one.pointer, one.detail) for one in problems}
        problems += [one for one in entry.problems if (one.pointer, one.detail) not in known]
        if entry.arrival is not None:
            read = {one.pointer for one in entry.arrival.problems if one.severity is Severity.ERROR}
            said = set(entry.arrival.problems)
            problems = [
                one for one in problems if one in said or one.pointer not in read or one.origin is not Origin.LOCAL
            ]
        if reason:
            problems.append(note(reason))
        problems.sort(key=lambda problem: problem.severity is Severity.WARNING)
        return SubmitResult(entry, end, id, tuple(problems))

    def _end(self, entry: FileEntry, order: StagedOrder) -> tuple[SubmitOutcome, str]:
        if entry.position in self._older:
            return SubmitOutcome.UNKNOWN, self._older[entry.position]
        if not self._is_staged and entry.arrival is not None:
            wanted = as_placed(entry.arrival, order.document)
            if not same(wanted, order.document):
                return SubmitOutcome.HELD, self._reason  # what is known is of another content
        match order.state:
            case StagedState.VERIFIED:
                return SubmitOutcome.VERIFIED, ""
            case StagedState.DIFFERS:
                return SubmitOutcome.DIFFERS, ""
            case StagedState.MISSING:
                return SubmitOutcome.MISSING, "It was accepted, and the service does not show it."
            case StagedState.SENT | StagedState.UNKNOWN:
                return SubmitOutcome.UNKNOWN, "The answer was lost; it is looked up when this runs again."
            case StagedState.ACCEPTED if not self._wishes.verify:
                return SubmitOutcome.ACCEPTED, ""
            case StagedState.ACCEPTED:
                return (
                    SubmitOutcome.UNKNOWN,
                    "It was accepted and not seen yet; following goes on when this runs again.",
                )
        standing = self._staging.send_state(order)
        if order.id in self._said or standing is SendState.REFUSED:
            return SubmitOutcome.REFUSED, ""
        if standing is SendState.UNCHANGED:
            return SubmitOutcome.VERIFIED, ""
        if standing is SendState.INVALID or (self._is_bad(entry) and entry.errors):
            return SubmitOutcome.HELD, ""
        if standing is SendState.HELD:
            return SubmitOutcome.HELD, "It is held in the composer."
        if order.id in self._why:
            return SubmitOutcome.HELD, self._why[order.id]
        if standing is SendState.CONFLICT and not self._wishes.update:
            return (
                SubmitOutcome.HELD,
                f"It would change an existing order, and updates are held: {changes_text(order.differences)}",
            )
        return SubmitOutcome.HELD, self._reason

    # Helpers.

    def _order_of(self, entry: FileEntry) -> StagedOrder | None:
        id = self._ids.get(entry.position)
        return self._staging.get(id) if id is not None else None

    def _orders(self) -> list[StagedOrder]:
        return [order for entry in self.entries if (order := self._order_of(entry)) is not None]

    def _count_request(self, entry: LoggedRequest) -> None:
        if entry.method == "POST" and entry.outcome is not RequestOutcome.UNSENT and not entry.withheld:
            self._requests += 1

    def _hear(self, news: Write | Verification) -> None:
        if isinstance(news, Write):
            self._last |= {item.staged: news for item in news.new.items}
            if news.state is WriteState.UNKNOWN and self._lost is None:
                self._lost = time.monotonic()
        if self._sending and (progress := self._staging.sender.progress) is not None:
            self._report("sending", progress.accepted, progress.total)
        self._news.set()

    def _report(self, doing: str, done: int, total: int) -> None:
        self._tell(Progress(done, total, doing))

    def _check_stop(self) -> None:
        if self.stopped:
            self._reason = "It was not sent: the run was stopped."
            raise SubmitStopped

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
        self._check_stop()

    async def _unless_stopped(self, work: Awaitable[T]) -> T:
        """Wait for something, or for the stop; a request that is out has a moment for its answer."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            self._staging.sender.cancel()
            left = _LAST_ANSWER
            while not task.done() and self._account.client.in_flight and left > 0:
                await asyncio.wait({task}, timeout=0.05)
                left -= 0.05
            if not task.done():
                task.cancel()
            self._check_stop()
            raise SubmitStopped
        finally:
            stop.cancel()
