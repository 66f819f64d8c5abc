"""Submits a file of orders without a screen: stages, sends and verifies them, and reports an outcome for each.

It prints nothing and asks no questions. Like the composer, it leaves a batch, journal entries and accepted orders, from
which another run, or the app, can continue.
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
from tui.api.errors import ApiError, Blocks, Problem, ReportedBy, RequestRefused, Severity
from tui.api.pointer import ABSENT
from tui.api.query import id_text
from tui.api.request_log import LoggedRequest, RequestOutcome
from tui.api.wording import count_of, word_for
from tui.orders.parsed import ParsedFile
from tui.orders.paths import ORDERED_AT
from tui.orders.progress import OnProgress, Progress
from tui.store.batches import StagedState
from tui.store.db import StoreError
from tui.store.journal import Write, WriteState
from tui.store.verifications import Verification
from tui.work.account import Account
from tui.work.batches.staged_order import PlannedAction, StagedOrder
from tui.work.batches.staging import BatchLocked, Staging
from tui.work.file_import.validate import FileEntry, with_kept_date
from tui.work.submit.results import (
    OUTCOMES,
    SubmitOptions,
    SubmitOutcome,
    SubmitResult,
    changes_text,
    error_of,
    note,
    whole_problems,
)
from tui.work.submit.retry import RetryTimer, is_final
from tui.work.writes.send_state import SendState, project

_STOP_GRACE = 10.0
"""Seconds to wait for the answer to a write that is in flight when the run is stopped."""
_TICK = 1.0
_FINAL_STATUSES = frozenset({401, 403, 404, 410})
"""Response statuses of a write that a retry would not change."""


T = TypeVar("T")


class SubmitStopped(Exception):
    """The run was stopped; the results so far stay valid."""


class Submission:
    """One run over the entries of a file. `unreachable`: why the service could not be reached, if so."""

    def __init__(
        self,
        account: Account,
        staging: Staging,
        entries: Sequence[FileEntry],
        name: str,
        options: SubmitOptions,
        on_progress: OnProgress = lambda _: None,
    ) -> None:
        self.entries = list(entries)
        self.unreachable: str | None = None
        self._account = account
        self._staging = staging
        self._name = name
        self._options = options
        self._on_progress = on_progress
        self._stop = asyncio.Event()
        self._changed = asyncio.Event()
        self._retry_timer = RetryTimer(options.retry_seconds)
        self._staged_ids: dict[int, str] = {}
        self._blocked: dict[int, str] = {}
        self._not_written: dict[str, str] = {}
        self._refusals: dict[str, tuple[Problem, ...]] = {}
        self._last_writes: dict[str, Write] = {}
        self.requests = 0
        """How many write requests were sent, retries included."""
        self._is_staged = False
        self._sending = 0
        self._lost_at: float | None = None
        self._unsent_reason = "Not sent: the run ended first."
        account.listeners.append(self._on_store_event)
        account.client.log.listen(self._count_request)

    def stop(self) -> None:
        """Send nothing more, stop reading, and wait briefly for the answer to a write in flight."""
        self._stop.set()
        self._account.client.stop_reads()

    def ended_by(self, error: StoreError) -> None:
        """Record that the run ended because the store failed; orders not sent yet report this as their reason."""
        self._unsent_reason = f"Not sent: {error}"

    async def run(self) -> None:
        """Submit the file. `results` has an outcome for each order afterwards, however the run ends.

        Raises BatchLocked if another running copy owns the batch, and StoreError.
        """
        if self._staging.owner is not None:
            self._find_staged()
            self._unsent_reason = f"Nothing was sent: this batch is locked by {self._staging.owner}."
            raise BatchLocked(f"This batch is locked by {self._staging.owner}; nothing was sent.")
        verifying = asyncio.create_task(self._account.verifier.run(), name="verify accepted orders")
        try:
            with suppress(SubmitStopped):
                await self._work()
            if verifying.done():
                await verifying
        finally:
            verifying.cancel()
            with suppress(asyncio.CancelledError):
                await verifying

    async def _work(self) -> None:
        await self._resume_earlier_runs()
        self._stage()
        self._check_stop()
        error = await self._with_retries(self._read_shops)
        if error is not None:
            self._cannot_reach(str(error))
            return
        # Only orders that may be sent are looked up; the lookup itself may find another error.
        if self._may_send():
            if not await self._look_up_orders():
                return
            self._keep_dates()
            if self._may_send():
                await self._send()
        if (
            any(order.state is StagedState.UNKNOWN for order in self._orders())
            and not self._has_looked_up_long_enough()
        ):
            await self._recover()
        if self._options.verify:
            await self._verify()

    # Earlier runs.

    async def _resume_earlier_runs(self) -> None:
        if self._account.store.writes.open(self._account.account_id):
            self._report("looking up earlier requests", 0, 0)
        await self._recover()
        self._find_staged()
        again = [order.id for order in self._orders() if order.state in (StagedState.MISSING, StagedState.DIFFERS)]
        if again and not any(order.state is StagedState.UNKNOWN for order in self._staging.orders):
            await self._until_stopped(self._staging.check_again(again))

    async def _recover(self) -> None:
        for outcome in await self._until_stopped(self._account.outbox.recover()):
            if not self._account.draft_sender.settle_any(outcome):
                self._staging.settle(outcome)

    # Staging.

    def _has_looked_up_long_enough(self) -> bool:
        """Whether a lost answer of this run was already looked up for as long as the options allow."""
        return self._lost_at is not None and time.monotonic() - self._lost_at > self._options.retry_seconds

    def _find_staged(self) -> None:
        """Find the staged order of each entry by shop and order id; duplicates are matched in order."""
        by_key: dict[tuple[str, str], deque[StagedOrder]] = defaultdict(deque)
        for order in self._staging.orders:
            by_key[order.key[1], order.key[2]].append(order)
        for entry in self.entries:
            if entry.parsed is None:
                continue
            orders = by_key.get(entry.key)
            if not orders:
                continue
            if all(entry.key):
                self._staged_ids[entry.position] = orders.popleft().id
            elif (found := next((order for order in orders if same(order.document, entry.document)), None)) is not None:
                orders.remove(found)
                self._staged_ids[entry.position] = found.id

    def _stage(self) -> None:
        """Stage new orders and update changed ones, each in a transaction of its own."""
        self._is_staged = True
        new = [entry for entry in self.entries if entry.parsed is not None and entry.position not in self._staged_ids]
        self._report("staging", 0, len(new))
        arrivals = tuple(entry.parsed for entry in new if entry.parsed is not None)
        ids = self._staging.editing.add_parsed(ParsedFile(arrivals, ()), self._name)
        fresh = dict(zip((entry.position for entry in new), ids, strict=True))
        for entry in self.entries:
            id = self._staged_ids.get(entry.position)
            order = self._staging.get(id) if id is not None else None
            if order is None or entry.parsed is None:
                continue
            self._staging.editing.renew_import(order.id, entry.parsed, self._name)
            wanted = with_kept_date(entry.parsed, order.document)
            if same(wanted, order.document):
                self._retry_refused(entry, order)
                continue
            try:
                self._staging.editing.replace_document(order.id, order.document, wanted, f"as in {self._name}")
            except BatchLocked:
                self._blocked[entry.position] = (
                    "An older version is being sent; run this again when its outcome is known."
                )
        self._staged_ids |= fresh

    def _retry_refused(self, entry: FileEntry, order: StagedOrder) -> None:
        """Release an order that the service refused in an earlier run and that has no local errors."""
        if order.state is StagedState.REFUSED and not entry.errors and not order.held:
            if order.action is PlannedAction.UPDATE and not self._options.update:
                return
            self._staging.editing.release([order.id], force=True)

    # Lookup.

    async def _read_shops(self) -> ApiError | None:
        self._report("looking up", 0, len(self._staged_ids))
        try:
            await self._account.read_shops()
        except ApiError as error:
            return error
        return None

    def _keep_dates(self) -> None:
        """Keep the date of an existing order if the file has none."""
        for entry in self.entries:
            order = self._order_of(entry)
            if order is None or entry.parsed is None or order.remote is None or order.sent:
                continue
            wanted = with_kept_date(entry.parsed, order.remote)
            placed = ORDERED_AT.get(wanted)
            if placed is not ABSENT and ORDERED_AT in entry.parsed.derived:
                self._staging.editing.put(order.id, ORDERED_AT, placed, "the date that it has")

    async def _look_up_orders(self) -> bool:
        """Look up the orders that may be sent; False if the service cannot be reached."""
        wanted = [order.id for order in self._sendable_orders()]
        error = await self._with_retries(lambda: self._staging.refresh_remote(wanted, again=True))
        if isinstance(error, RequestRefused):
            # The service refuses the lookup of one of them; the others can still be sent.
            for id in wanted:
                error = await self._with_retries(partial(self._staging.refresh_remote, [id]))
                if isinstance(error, RequestRefused):
                    self._refusals[id] = error.problems or (Problem(str(error)),)
                elif error is not None:
                    break
            else:
                return True
        if error is not None:
            self._cannot_reach(str(error))
        return error is None

    async def _with_retries(self, work: Callable[[], Awaitable[ApiError | None]]) -> ApiError | None:
        """Retry until `work` succeeds; returns the error if that is final or the time for retries is over."""
        while True:
            self._retry_timer.begin()
            before = self._last_lookup()
            error = await self._until_stopped(work())
            if error is None:
                self._retry_timer.reset()
                return None
            if self._last_lookup() != before:
                self._retry_timer.reset()
            pause = None if is_final(error) or isinstance(error, RequestRefused) else self._retry_timer.next()
            if pause is None:
                return error
            await self._pause(pause)

    def _last_lookup(self) -> datetime | None:
        """The time of the last successful lookup."""
        return max((order.snapshot.at for order in self._orders() if order.snapshot is not None), default=None)

    def _cannot_reach(self, why: str) -> None:
        self.unreachable = why
        self._unsent_reason = f"Not sent: {why}"

    # Sending.

    def _may_send(self) -> bool:
        bad = sum(self._is_bad(entry) for entry in self.entries)
        if not bad or self._options.only_good:
            return True
        self._unsent_reason = (
            f"Nothing was sent because {count_of(bad, 'order')} of the file {word_for(bad, 'has', 'have')} errors; "
            "--only-good sends the others."
        )
        return False

    def _is_bad(self, entry: FileEntry) -> bool:
        """Whether it has local errors and the user did not release it anyway."""
        order = self._order_of(entry)
        if order is None or order.sent:
            return order is None
        if order.override_version == order.version:
            return False
        read = entry.parsed.problems if entry.parsed is not None else ()
        if any(problem.blocks is Blocks.SEND for problem in read):
            return True
        return self._staging.send_state(order) is SendState.INVALID

    async def _send(self) -> None:
        """Send until nothing is left to send; orders that a refusal does not name are sent again (Q2.3, Q2.4)."""
        while True:
            self._release()
            plan = self._staging.plan([order.id for order in self._sendable_orders()])
            if not plan.count:
                return
            self._last_writes.clear()
            self._sending = plan.count
            self._retry_timer.begin()
            await self._until_stopped(self._staging.send(plan, continue_after_refusal=True))
            await asyncio.sleep(0)  # the outbox reports in the next iteration of the loop
            self._sending = 0
            if not await self._can_send_rest([planned.id for request in plan.requests for planned in request]):
                return

    def _release(self) -> None:
        if self._options.update:
            updates = [
                order.id for order in self._sendable_orders() if self._staging.send_state(order) is SendState.CONFLICT
            ]
            if updates:
                self._staging.editing.release(updates)

    def _sendable_orders(self) -> list[StagedOrder]:
        return [
            order
            for entry in self.entries
            if (order := self._order_of(entry)) is not None
            and order.id not in self._not_written
            and order.id not in self._refusals
            and not self._is_bad(entry)
        ]

    async def _can_send_rest(self, ids: Sequence[str]) -> bool:
        """Note why planned orders were not sent; returns whether any of them can be sent now."""
        ready = [
            id for id in ids if (one := self._staging.get(id)) and self._staging.send_state(one) is SendState.READY
        ]
        if len(ready) < len(ids):
            self._retry_timer.reset()
        retry_reason = ""
        for id in ready:
            write = self._last_writes.get(id)
            match None if write is None else write.state:
                case WriteState.REFUSED if write is not None:
                    self._refusals[id] = whole_problems(write) or (Problem(error_of(write)),)
                case WriteState.BUSY if write is not None:
                    self._not_written[id] = f"It was not written: {error_of(write)}"
                case WriteState.NOT_SENT if write is not None:
                    if write.last.status in _FINAL_STATUSES or (write.last.status or 0) // 100 == 3:
                        self._cannot_reach(error_of(write))
                        return False
                    retry_reason = error_of(write)
                case WriteState.NOT_APPLIED:
                    retry_reason = retry_reason or "The answer was lost, and nothing was written."
                case _:
                    notices = self._staging.notices
                    retry_reason = retry_reason or (
                        notices[-1].text if notices else "It could not be read again before its update."
                    )
        if not retry_reason:
            return bool(ready)
        pause = self._retry_timer.next()
        if pause is None:
            self._cannot_reach(retry_reason)
            return False
        await self._pause(pause)
        return True

    # Verification.

    async def _verify(self) -> None:
        """Wait until each accepted order is verified. Failing reads are retried for a limited time."""
        pauses = self._options.schedule.verify
        since, looks = time.monotonic(), -1
        while waiting := [order for order in self._orders() if order.state is StagedState.ACCEPTED]:
            followed = sum(order.sent for order in self._orders())
            self._report("verifying", followed - len(waiting), followed)
            now = sum(verification.attempts for verification in self._account.verifier.pending) - len(waiting) * 1000
            if now != looks:
                since, looks = time.monotonic(), now
            if time.monotonic() - since > max(pauses, default=0.0) + self._options.retry_seconds:
                self.unreachable = "The accepted orders could not be verified: the service does not answer."
                return
            self._changed.clear()
            with suppress(TimeoutError):
                await self._until_stopped(asyncio.wait_for(self._changed.wait(), _TICK))

    # Results.

    def results(self) -> list[SubmitResult]:
        """The result of every entry, in the order of the file."""
        return [self._result(entry) for entry in self.entries]

    def _result(self, entry: FileEntry) -> SubmitResult:
        order = self._order_of(entry)
        if order is None:
            reported = entry.problems if entry.errors else (*entry.problems, note(self._unsent_reason))
            return SubmitResult(entry, SubmitOutcome.HELD, None, reported)
        found = [finding.problem for finding in self._staging.findings(order) if not finding.stale]
        remote = order.remote.get("id") if order.remote is not None else None
        id = order.remote_id or id_text(remote) or id_text(entry.document.get("id")) or None
        outcome, reason = self._outcome(entry, order)
        problems = [*self._refusals.get(order.id, ()), *found]
        known = {(problem.pointer, problem.detail) for problem in problems}
        problems += [problem for problem in entry.problems if (problem.pointer, problem.detail) not in known]
        if entry.parsed is not None:
            read = {problem.pointer for problem in entry.parsed.problems if problem.severity is Severity.ERROR}
            of_file = set(entry.parsed.problems)
            problems = [
                problem
                for problem in problems
                if problem in of_file or problem.pointer not in read or problem.reported_by is not ReportedBy.LOCAL
            ]
        if reason:
            problems.append(note(reason))
        problems.sort(key=lambda problem: problem.rank)
        return SubmitResult(entry, outcome, id, tuple(problems))

    def _outcome(self, entry: FileEntry, order: StagedOrder) -> tuple[SubmitOutcome, str]:
        """The outcome of an order, and the reason if it was not sent or is not known."""
        if entry.position in self._blocked:
            return SubmitOutcome.UNKNOWN, self._blocked[entry.position]
        if not self._is_staged and entry.parsed is not None:
            wanted = with_kept_date(entry.parsed, order.document)
            if not same(wanted, order.document):
                return SubmitOutcome.HELD, self._unsent_reason  # the staged order has other content
        state = project(order.state) if order.sent else self._staging.send_state(order)
        if order.state is StagedState.MISSING:
            return SubmitOutcome.MISSING, "It was accepted, but the service does not show it."
        if state is SendState.ACCEPTED and self._options.verify:
            reason = "It was accepted, but could not be verified yet; the next run continues."
            return SubmitOutcome.UNKNOWN, reason
        if not order.sent and order.id in self._refusals:
            return SubmitOutcome.REFUSED, ""
        outcome = OUTCOMES[state]
        if outcome is SubmitOutcome.UNKNOWN:
            return outcome, "The answer was lost; the next run looks it up."
        return outcome, self._held_reason(entry, order, state) if outcome is SubmitOutcome.HELD else ""

    def _held_reason(self, entry: FileEntry, order: StagedOrder, state: SendState) -> str:
        """Why an order was not sent; empty if its problems say so."""
        if state is SendState.INVALID or (self._is_bad(entry) and entry.errors):
            return ""
        if state is SendState.HELD:
            return "It is held in the composer."
        if order.id in self._not_written:
            return self._not_written[order.id]
        if state is SendState.CONFLICT and not self._options.update:
            changes = changes_text(order.differences)
            return f"It would change an existing order, and updates are held: {changes}"
        return self._unsent_reason

    # Helpers.

    def _order_of(self, entry: FileEntry) -> StagedOrder | None:
        id = self._staged_ids.get(entry.position)
        return self._staging.get(id) if id is not None else None

    def _orders(self) -> list[StagedOrder]:
        return [order for entry in self.entries if (order := self._order_of(entry)) is not None]

    def _count_request(self, entry: LoggedRequest) -> None:
        if entry.method == "POST" and entry.outcome is not RequestOutcome.UNSENT and not entry.withheld:
            self.requests += 1

    def _on_store_event(self, news: Write | Verification) -> None:
        if isinstance(news, Write):
            self._last_writes |= {item.staged: news for item in news.new.items}
            if news.state is WriteState.UNKNOWN and self._lost_at is None:
                self._lost_at = time.monotonic()
        if self._sending and (progress := self._staging.sender.progress) is not None:
            self._report("sending", progress.accepted, progress.total)
        self._changed.set()

    def _report(self, doing: str, done: int, total: int) -> None:
        self._on_progress(Progress(done, total, doing))

    def _check_stop(self) -> None:
        if self._stop.is_set():
            self._unsent_reason = "Not sent: the run was stopped."
            raise SubmitStopped

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)
        self._check_stop()

    async def _until_stopped(self, work: Awaitable[T]) -> T:
        """Wait for `work`, or until the run is stopped; then wait briefly for the answer to a write in flight."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._stop.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            self._staging.sender.cancel()
            left = _STOP_GRACE
            while not task.done() and self._account.client.writes_in_flight and left > 0:
                await asyncio.wait({task}, timeout=0.05)
                left -= 0.05
            if not task.done():
                task.cancel()
            self._check_stop()
            raise SubmitStopped
        finally:
            stop.cancel()
