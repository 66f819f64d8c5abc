"""The verifier: reads accepted orders, with increasing pauses, until they read back as sent (Q2.9)."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from tui.api.client import Client
from tui.api.codec import Document
from tui.api.errors import ApiError
from tui.api.query import id_text
from tui.orders.edits.compare import compare
from tui.store.store import Store
from tui.store.verifications import Verification, VerificationState
from tui.work.writes.backoff import Now, RetrySchedule, Sleep, sleep_or_event
from tui.work.writes.lookup import LookupResult, LookupTarget, look_up
from tui.work.writes.serialization import mismatch_to_json

_READS_OF_NEW_ORDER = 3
"""The number of reads after which a new order with other values counts as different: it has no older content that could
still be shown."""


class Verifier:
    """Verifies the accepted orders of one account. Its state is in the store, so that a restart continues.

    The app uses `run`, a command `until_done`. `on_change` is called with each verification that ended, and the order as
    it was read for it; None if it was not found.
    """

    def __init__(
        self,
        client: Client,
        store: Store,
        account_id: int,
        *,
        now: Now,
        sleep: Sleep = asyncio.sleep,
        schedule: RetrySchedule | None = None,
        on_change: Callable[[Verification, Document | None], None] = lambda *_: None,
    ) -> None:
        self._client = client
        self._store = store
        self._account_id = account_id
        self._now = now
        self._sleep = sleep
        self._pauses = (schedule or RetrySchedule()).verify
        self._on_change = on_change
        self._woken = asyncio.Event()
        self.adopt()

    @property
    def pending(self) -> list[Verification]:
        """The verifications that have not ended."""
        return self._store.verifications.open(self._account_id)

    def adopt(self) -> None:
        """Verify what ended processes left, too."""
        if self._store.verifications.adopt(self._account_id):
            self.wake()

    def wake(self) -> None:
        """Wake `run`, because there is something new to verify."""
        self._woken.set()

    async def run(self) -> None:
        """Verify until cancelled."""
        while True:
            await self.check_due()
            await self._wait()

    async def until_done(self) -> None:
        """Verify until nothing is pending."""
        await self.check_due()
        while self.pending:
            await self._wait()
            await self.check_due()

    async def check_due(self) -> list[Verification]:
        """Read every order that is due. Returns the verifications that ended."""
        due = [verification for verification in self.pending if verification.due <= self._now()]
        found = await look_up(
            self._client,
            [
                LookupTarget(verification.order_id, verification.integration, verification.remote_id)
                for verification in due
            ],
        )
        ended = []
        for verification, order in zip(due, found, strict=True):
            settled = self._settle(verification, order)
            if settled is not None:
                ended.append(settled)
                self._on_change(settled, None if isinstance(order, ApiError) else order)
        return ended

    def _settle(self, verification: Verification, order: LookupResult) -> Verification | None:
        if isinstance(order, ApiError):
            # A read that failed says nothing about the order and does not count.
            self._schedule(verification, verification.attempts, None)
            return None
        remote_id = id_text(order.get("id")) or None if order is not None else None
        mismatches = (
            [] if order is None else compare(verification.expected, order, part_of_items=verification.part_of_items)
        )
        attempts = verification.attempts + 1
        if order is not None and not mismatches:
            state = VerificationState.VERIFIED
        elif attempts < (
            min(_READS_OF_NEW_ORDER, len(self._pauses))
            if order is not None and verification.created
            else len(self._pauses)
        ):
            self._schedule(verification, attempts, remote_id)
            return None
        else:
            state = VerificationState.MISSING if order is None else VerificationState.DIFFERS
        stored = [mismatch_to_json(mismatch) for mismatch in mismatches]
        return self._store.verifications.settle(verification.id, state, mismatches=stored, remote_id=remote_id)

    def _schedule(self, verification: Verification, attempts: int, remote_id: str | None) -> None:
        pause = self._pauses[min(attempts, len(self._pauses) - 1)]
        due = self._now() + timedelta(seconds=pause)
        self._store.verifications.record_attempt(verification.id, attempts=attempts, due=due, remote_id=remote_id)

    async def _wait(self) -> None:
        """Wait until the next order is due, or something new is to be verified."""
        self._woken.clear()
        pending = self.pending
        if not pending:
            await self._woken.wait()
            return
        seconds = (min(verification.due for verification in pending) - self._now()).total_seconds()
        await sleep_or_event(seconds, self._woken, self._sleep)
