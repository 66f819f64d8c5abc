"""The batch being composed, as screens and commands use it."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from tui.api.errors import ApiError
from tui.api.wording import count_of
from tui.orders.progress import Progress
from tui.store.batches import StagedState
from tui.store.journal import Write
from tui.store.verifications import Verification, VerificationState
from tui.work.account import Account
from tui.work.batches.catalog import BatchInfo, BatchLocked
from tui.work.batches.editing import BatchEditing
from tui.work.batches.open_batch import OpenBatch
from tui.work.batches.remote_lookup import RemoteLookup
from tui.work.batches.sender import BatchSender, SendNotice, SendPlan
from tui.work.batches.staged_order import Finding, PlannedAction, StagedOrder
from tui.work.journal.batch_history import HistoryRequest, history_of
from tui.work.writes.outcomes import WriteOutcome
from tui.work.writes.send_state import SendState

__all__ = ["BatchLocked", "Staging"]


class Staging:
    """One open batch of an account: its orders, `editing` to change them, `sender` to send them.

    Only one running copy of the app may change a batch: `owner` says who, and operations raise BatchLocked until
    `take_over`. `on_change` is called when something changed that was not asked for: a lookup, the end of a write.
    """

    def __init__(self, account: Account, batch: str | None = None) -> None:
        """Open the batch of this name, which is made at the first change if there is none; without one the last used."""
        self._account = account
        self.opened = OpenBatch(
            account,
            batch,
            in_flight=lambda: self.sender.waiting,
            on_switch=lambda: self.sender.cancel(),
            on_read=lambda: self.sender.load(),
        )
        self._lookup = RemoteLookup(account, self.opened)
        self.editing = BatchEditing(account, self.opened)
        self.sender = BatchSender(account, self.opened, self._lookup)
        account.listeners.append(self._hear)

    @property
    def on_change(self) -> Callable[[], None]:
        return self.opened.on_change

    @on_change.setter
    def on_change(self, listener: Callable[[], None]) -> None:
        self.opened.on_change = listener

    # Which batch.

    def batches(self) -> list[BatchInfo]:
        """The batches of the account, the newest first."""
        return self.opened.catalog.all()

    @property
    def batch(self) -> int | None:
        """The store's number of the batch; None before it is made by its first change."""
        return self.opened.id

    @property
    def name(self) -> str:
        return self.opened.name

    @property
    def owner(self) -> str | None:
        """The other running copy that has the batch, in words; None where it is ours."""
        return self.opened.owner

    @property
    def saved_at(self) -> datetime | None:
        """When something of the batch was saved last."""
        return self.opened.saved_at

    @property
    def is_taking(self) -> bool:
        """Whether a file is being added in chunks."""
        return self.opened.is_taking

    def open_batch(self, name: str) -> None:
        """Open another batch of the account, which the next start opens too. Raises BatchLocked."""
        self.opened.open_batch(name)

    def create(self, name: str) -> None:
        """Make a new batch and open it. Raises BatchLocked."""
        self.opened.create(name)

    def rename(self, name: str, new: str) -> None:
        """Give a batch another name. Raises BatchLocked."""
        self.opened.rename(name, new)

    def remove(self, name: str) -> None:
        """Hide a batch; `put_back` brings it back. What was sent of it stays sent. Raises BatchLocked."""
        self.opened.remove(name)

    def put_back(self) -> str | None:
        """Bring back the batch that was removed last; its name, or None if there is none. Raises BatchLocked."""
        return self.opened.catalog.put_back()

    def take_over(self) -> None:
        """Take the batch from the copy that has it."""
        self.opened.take_over()

    def reopen(self) -> None:
        """Read the batch again, as another copy may have changed it; it becomes ours if that one has gone."""
        self.opened.reopen()

    def freshen(self) -> None:
        """Read the batch again if another copy has it or took it; for when the batch is shown again."""
        self.opened.freshen()

    # What there is.

    @property
    def orders(self) -> list[StagedOrder]:
        """The staged orders, in their order."""
        return list(self.opened.orders.values())

    def get(self, id: str) -> StagedOrder | None:
        return self.opened.orders.get(id)

    def findings(self, order: StagedOrder) -> list[Finding]:
        return self.opened.findings(order)

    def send_state(self, order: StagedOrder) -> SendState:
        return self.opened.send_state(order)

    def counts(self) -> Counter[SendState]:
        return self.opened.counts()

    def ready(self) -> Counter[PlannedAction]:
        """What sending would do with those that are ready."""
        return self.opened.ready()

    async def judge(self) -> None:
        """Check all orders, a few at a time, so that a caller that needs all of them does not wait."""
        await self.opened.judge()

    # Looking up.

    @property
    def looking(self) -> bool:
        """Whether orders are being looked up."""
        return self._lookup.is_running

    @property
    def looked_at(self) -> Progress:
        """How many orders the lookup has found out about, and of how many."""
        return self._lookup.progress

    async def look(self, ids: Iterable[str] | None = None, *, again: bool = False) -> ApiError | None:
        """Find out which orders exist; with `again`, also those looked at long ago or to be updated.

        The first error is returned; what could not be looked up stays unknown.
        """
        return await self._lookup.look(ids, again=again)

    # Sending.

    @property
    def said(self) -> list[SendNotice]:
        """The results of the last sending, by request, with the problems that name no order."""
        return self.sender.said

    def history(self) -> list[HistoryRequest]:
        """Every request that was sent from the batch, the newest first, also of orders that were removed since."""
        return history_of(self._account.store, self.batch)

    def plan(self, ids: Iterable[str] | None = None) -> SendPlan:
        """The requests that would be sent now: for all that the service does not have yet, or for those orders."""
        if ids is not None:
            return self.sender.plan([self.opened.orders[id] for id in self.opened.known(ids)])
        there = (SendState.SENDING, SendState.ACCEPTED, SendState.VERIFIED, SendState.UNCHANGED)
        return self.sender.plan([order for order in self.orders if self.send_state(order) not in there])

    async def send(self, plan: SendPlan, *, goes_on: bool = False) -> None:
        """Send what was reviewed; what changed since stays here. Not to be cancelled. Raises BatchLocked.

        With `goes_on`, the orders that a refusal does not name are sent again automatically.
        """
        await self.sender.send(plan, goes_on=goes_on)

    def settle(self, outcome: WriteOutcome) -> None:
        """Apply the outcome of a write to the orders it had."""
        self.sender.settle(outcome)

    async def ask_again(self, ids: Iterable[str]) -> str:
        """Look once more for orders whose end is unknown or that were not seen; a sentence about it."""
        follows = self._account.store.verifications
        resumed = 0
        for id in self.opened.known(ids):
            order = self.opened.orders[id]
            last = next((one for one in reversed(follows.of_staged(id)) if one.version == order.version), None)
            if last is not None and last.state in (VerificationState.MISSING, VerificationState.DIFFERS):
                follows.resume(last.id)
                self.opened.reload(id)
                resumed += 1
        if resumed:
            self._account.verifier.wake()
        unknown = [order for order in self.opened.orders.values() if order.state is StagedState.UNKNOWN]
        if unknown:
            for outcome in await self._account.outbox.recover():
                if not self._account.draft_sender.settle_any(outcome):
                    self.sender.settle(outcome)
        self.on_change()
        count = resumed + len(unknown)
        return f"{count_of(count, 'order is', 'orders are')} looked for again." if count else ""

    def _hear(self, news: Write | Verification) -> None:
        """A write or a followed order has come further."""
        if isinstance(news, Verification):
            ids = [news.staged] if news.staged is not None else []
        else:
            ids = [item.staged for item in news.new.items]
        for id in ids:
            self.opened.refresh(id)
        if ids:
            self.on_change()
