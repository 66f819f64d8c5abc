"""The open batch with all operations on it, for screens and commands."""

from collections.abc import Iterable

from tui.api.errors import ApiError
from tui.api.wording import count_of
from tui.keymap import KeyOf
from tui.orders.progress import Progress
from tui.store.journal import Write
from tui.store.verifications import Verification, VerificationState
from tui.work.account import Account
from tui.work.batches.catalog import BatchInfo, BatchLocked
from tui.work.batches.editing import BatchEditing
from tui.work.batches.open_batch import OpenBatch
from tui.work.batches.remote_refresh import RemoteRefresh
from tui.work.batches.sender import BatchSender, SendNotice, SendPlan
from tui.work.journal.batch_history import HistoryRequest, history_of
from tui.work.writes.outcomes import WriteOutcome
from tui.work.writes.send_state import SendState

__all__ = ["BatchLocked", "Staging"]


class Staging(OpenBatch):
    """The open batch with everything that works on it: `editing` changes its orders, `sender` sends them.

    Only one running copy of the app may change a batch: `owner` says who, and operations raise BatchLocked until
    `take_over`. `on_change` is called after a change that the user did not make, such as a refresh or the outcome of a
    write.
    """

    @property
    def key(self) -> KeyOf:
        """The names of the keys of commands, for sentences."""
        return self._account.key

    def __init__(self, account: Account, batch: str | None = None) -> None:
        """Open the batch of this name, or the one used last. A batch that does not exist is created at its first change."""
        super().__init__(
            account,
            batch,
            in_flight=lambda: self.sender.waiting,
            on_switch=lambda: self.sender.cancel(),
            on_read=lambda: self.sender.load(),
        )
        self._remote = RemoteRefresh(account, self)
        self.editing = BatchEditing(account, self)
        self.sender = BatchSender(account, self, self._remote)
        account.listeners.append(self._on_store_event)

    @property
    def batch(self) -> int | None:
        """The id of the batch in the store; None before it is created by its first change."""
        return self.id

    def batches(self) -> list[BatchInfo]:
        """The batches of the account, the newest first."""
        return self.catalog.all()

    def put_back(self) -> str | None:
        """Restore the batch that was removed last. Returns its name, or None if there is none. Raises BatchLocked."""
        return self.catalog.put_back()

    # Remote orders

    @property
    def is_refreshing(self) -> bool:
        """Whether orders are being read from the service."""
        return self._remote.is_running

    @property
    def refresh_progress(self) -> Progress:
        """How many of the orders being read have been looked up so far."""
        return self._remote.progress

    @property
    def may_need_refresh(self) -> bool:
        """Whether an order needs to be read from the service, or one that is not restored may need it."""
        by_id = self.by_id
        return not by_id.is_complete or any(order.needs_refresh() for order in by_id.restored.values())

    async def refresh_remote(self, ids: Iterable[str] | None = None, *, again: bool = False) -> ApiError | None:
        """Read which orders the service has. With `again`, also those read long ago and those to be updated.

        Returns the first error. Orders that could not be read stay unknown.
        """
        return await self._remote.refresh(ids, again=again)

    # Sending

    @property
    def notices(self) -> list[SendNotice]:
        """The notices of the last run, one for each request, with the problems that belong to no order."""
        return self.sender.notices

    def history(self) -> list[HistoryRequest]:
        """Every request sent from the batch, newest first, including those with orders that were removed later."""
        return history_of(self._account.store, self.id)

    def plan(self, ids: Iterable[str] | None = None) -> SendPlan:
        """Plan the requests for these orders, or for all that the service does not have yet. Raises StoreError."""
        # An order may be the duplicate of one that is not restored yet.
        orders = self.orders
        if ids is not None:
            return self.sender.plan([self.by_id[id] for id in self.known(ids)])
        there = (SendState.SENDING, SendState.ACCEPTED, SendState.VERIFIED, SendState.UNCHANGED)
        return self.sender.plan([order for order in orders if self.send_state(order) not in there])

    async def send(self, plan: SendPlan, *, continue_after_refusal: bool = False) -> None:
        """Send a reviewed plan, without the orders that changed since. Must not be cancelled. Raises BatchLocked.

        What an ended copy of the app left unfinished is resolved first. With `continue_after_refusal`, orders that a
        refusal does not name are sent again automatically.
        """
        await self._resolve(unknown=False)
        await self.sender.send(plan, continue_after_refusal=continue_after_refusal)

    def settle(self, outcome: WriteOutcome) -> None:
        """Apply the outcome of a write to its orders."""
        self.sender.settle(outcome)

    async def check_again(self, ids: Iterable[str]) -> str:
        """Look up the writes of unknown outcome again, also those of ended copies of the app, and verify again the orders
        that were missing or different.

        Returns a message for the user.
        """
        follows = self._account.store.verifications
        resumed = 0
        for id in self.known(ids):
            order = self.by_id[id]
            last = next(
                (
                    verification
                    for verification in reversed(follows.of_staged(id))
                    if verification.version == order.version
                ),
                None,
            )
            if last is not None and last.state in (VerificationState.MISSING, VerificationState.DIFFERS):
                follows.resume(last.id)
                self.reload(id)
                resumed += 1
        if resumed:
            self._account.verifier.wake()
        count = resumed + await self._resolve()
        self.on_change()
        return f"{count_of(count, 'order is', 'orders are')} checked again." if count else ""

    async def _resolve(self, *, unknown: bool = True) -> int:
        """Resolve writes as `Outbox.recover` does, and verify what ended copies sent. Returns the number of orders."""
        self._account.verifier.adopt()
        outcomes = await self._account.outbox.recover(unknown=unknown)
        for outcome in outcomes:
            if not self._account.draft_sender.settle_any(outcome):
                self.sender.settle(outcome)
        return sum(len(outcome.write.new.items) for outcome in outcomes)

    def _on_store_event(self, news: Write | Verification) -> None:
        """Apply a step of a write or of a verification."""
        if isinstance(news, Verification):
            ids = [news.staged] if news.staged is not None else []
        else:
            ids = [item.staged for item in news.new.items]
        for id in ids:
            self.refresh(id)
        if ids:
            self.on_change()
