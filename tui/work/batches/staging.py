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
from tui.work.batches.remote_refresh import RemoteRefresh
from tui.work.batches.sender import BatchSender, SendNotice, SendPlan
from tui.work.batches.staged_order import Finding, PlannedAction, StagedOrder
from tui.work.journal.batch_history import HistoryRequest, history_of
from tui.work.writes.outcomes import WriteOutcome
from tui.work.writes.send_state import SendState

__all__ = ["BatchLocked", "Staging"]


class Staging:
    """One open batch of an account: its orders, `editing` to change them, `sender` to send them.

    Only one running copy of the app may change a batch: `owner` says who, and operations raise BatchLocked until
    `take_over`. `on_change` is called when something changed that was not asked for: a refresh, the outcome of a write.
    """

    def __init__(self, account: Account, batch: str | None = None) -> None:
        """Open the batch of this name, or the one used last. A batch that does not exist is created at its first change."""
        self._account = account
        self.opened = OpenBatch(
            account,
            batch,
            in_flight=lambda: self.sender.waiting,
            on_switch=lambda: self.sender.cancel(),
            on_read=lambda: self.sender.load(),
        )
        self._remote = RemoteRefresh(account, self.opened)
        self.editing = BatchEditing(account, self.opened)
        self.sender = BatchSender(account, self.opened, self._remote)
        account.listeners.append(self._hear)

    @property
    def on_change(self) -> Callable[[], None]:
        return self.opened.on_change

    @on_change.setter
    def on_change(self, listener: Callable[[], None]) -> None:
        self.opened.on_change = listener

    # The batch

    def batches(self) -> list[BatchInfo]:
        """The batches of the account, the newest first."""
        return self.opened.catalog.all()

    @property
    def batch(self) -> int | None:
        """The id of the batch in the store; None before it is created by its first change."""
        return self.opened.id

    @property
    def name(self) -> str:
        return self.opened.name

    @property
    def owner(self) -> str | None:
        """The other running copy that owns the batch, as text; None if it is ours."""
        return self.opened.owner

    @property
    def saved_at(self) -> datetime | None:
        """When the batch was saved last."""
        return self.opened.saved_at

    @property
    def is_importing(self) -> bool:
        """Whether a file is being added in chunks."""
        return self.opened.is_importing

    def open_batch(self, name: str) -> None:
        """Open another batch of the account, which the next start opens too. Raises BatchLocked."""
        self.opened.open_batch(name)

    def create(self, name: str) -> None:
        """Create a batch and open it. Raises BatchLocked."""
        self.opened.create(name)

    def rename(self, name: str, new: str) -> None:
        """Rename a batch. Raises BatchLocked."""
        self.opened.rename(name, new)

    def remove(self, name: str) -> None:
        """Hide a batch; `put_back` brings it back. What was sent of it stays sent. Raises BatchLocked."""
        self.opened.remove(name)

    def put_back(self) -> str | None:
        """Restore the batch that was removed last. Returns its name, or None if there is none. Raises BatchLocked."""
        return self.opened.catalog.put_back()

    def take_over(self) -> None:
        """Take the batch from the copy that owns it."""
        self.opened.take_over()

    def reopen(self) -> None:
        """Read the batch from disk again, and own it if its owner has ended."""
        self.opened.reopen()

    def reload_if_taken_over(self) -> None:
        """Read the batch again if another copy owns it; called when the batch is shown again."""
        self.opened.reload_if_taken_over()

    # Its orders

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

    async def check_all(self) -> None:
        """Check all orders, a few at a time, so that nobody has to wait for all of them."""
        await self.opened.check_all()

    # Remote orders

    @property
    def is_refreshing(self) -> bool:
        """Whether orders are being read from the service."""
        return self._remote.is_running

    @property
    def refresh_progress(self) -> Progress:
        """How many of the orders being read are known so far."""
        return self._remote.progress

    async def refresh_remote(self, ids: Iterable[str] | None = None, *, again: bool = False) -> ApiError | None:
        """Read which orders the service has. With `again`, also those read long ago and those to be updated.

        Returns the first error. Orders that could not be read stay unknown.
        """
        return await self._remote.refresh(ids, again=again)

    # Sending

    @property
    def notices(self) -> list[SendNotice]:
        """The notices of the last sending, one for each request, with the problems that concern no order."""
        return self.sender.notices

    def history(self) -> list[HistoryRequest]:
        """Every request sent from the batch, newest first, also with orders that were removed since."""
        return history_of(self._account.store, self.batch)

    def plan(self, ids: Iterable[str] | None = None) -> SendPlan:
        """Plan the requests for these orders, or for all that the service does not have yet."""
        if ids is not None:
            return self.sender.plan([self.opened.orders[id] for id in self.opened.known(ids)])
        there = (SendState.SENDING, SendState.ACCEPTED, SendState.VERIFIED, SendState.UNCHANGED)
        return self.sender.plan([order for order in self.orders if self.send_state(order) not in there])

    async def send(self, plan: SendPlan, *, continue_after_refusal: bool = False) -> None:
        """Send a reviewed plan, without the orders that changed since. Must not be cancelled. Raises BatchLocked.

        With `continue_after_refusal`, orders that a refusal does not name are sent again automatically.
        """
        await self.sender.send(plan, continue_after_refusal=continue_after_refusal)

    def settle(self, outcome: WriteOutcome) -> None:
        """Apply the outcome of a write to the orders it had."""
        self.sender.settle(outcome)

    async def ask_again(self, ids: Iterable[str]) -> str:
        """Look again for orders with an unknown outcome and for those not verified. Returns a sentence about it."""
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
        return f"{count_of(count, 'order is', 'orders are')} checked again." if count else ""

    def _hear(self, news: Write | Verification) -> None:
        """Apply a step of a write or of a verification."""
        if isinstance(news, Verification):
            ids = [news.staged] if news.staged is not None else []
        else:
            ids = [item.staged for item in news.new.items]
        for id in ids:
            self.opened.refresh(id)
        if ids:
            self.on_change()
