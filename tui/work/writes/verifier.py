"""Following: an accepted order is read again, with growing pauses, until it is seen as it was sent (Q2.9)."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from tui.api.client import Client
from tui.api.errors import ApiError
from tui.api.query import id_text
from tui.orders.edits.compare import compare
from tui.store.store import Store
from tui.store.verifications import Verification, VerificationState
from tui.work.writes.backoff import Now, RetrySchedule, Sleep, sleep_or_event
from tui.work.writes.lookup import LookupResult, LookupTarget, look_up
from tui.work.writes.serialization import mismatch_to_json

_FRESH_LOOKS = 3
"""So many looks at a new order that shows something else settle it: there is no older content to wait out."""


class Verifier:
    """Follows the accepted orders of one account; what it knows is in the store, so that a restart goes on with it.

    `run` for as long as the app lives, `until_done` for a command. `on_change` is told of each order that ended.
    """

    def __init__(
        self,
        client: Client,
        store: Store,
        account_id: int,
        *,
        now: Now,
        sleep: Sleep = asyncio.sleep,
        patience: RetrySchedule | None = None,
        on_change: Callable[[Verification], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._store = store
        self._account_id = account_id
        self._now = now
        self._sleep = sleep
        self._pauses = (patience or RetrySchedule()).follow
        self._on_change = on_change
        self._woken = asyncio.Event()
        store.verifications.adopt(account_id)

    @property
    def following(self) -> list[Verification]:
        """The orders being followed."""
        return self._store.verifications.open(self._account_id)

    def wake(self) -> None:
        """There is something new to follow."""
        self._woken.set()

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            await self.look()
            await self._wait()

    async def until_done(self) -> None:
        """Follow until nothing is left to follow."""
        while True:
            await self.look()
            if not self.following:
                return
            await self._wait()

    async def look(self) -> list[Verification]:
        """Look for every order whose time has come; those that ended by it."""
        due = [follow for follow in self.following if follow.due <= self._now()]
        found = await look_up(self._client, [LookupTarget(one.order_id, one.integration, one.remote_id) for one in due])
        ended = []
        for follow, order in zip(due, found, strict=True):
            end = self._judge(follow, order)
            if end is not None:
                ended.append(end)
                self._on_change(end)
        return ended

    def _judge(self, follow: Verification, order: LookupResult) -> Verification | None:
        if isinstance(order, ApiError):
            # A look that failed says nothing of the order and does not count.
            self._again(follow, follow.attempts, None)
            return None
        remote_id = id_text(order.get("id")) or None if order is not None else None
        mismatches = [] if order is None else compare(follow.expected, order, part_of_items=follow.part_of_items)
        looks = follow.attempts + 1
        if order is not None and not mismatches:
            state = VerificationState.VERIFIED
        elif looks < (
            min(_FRESH_LOOKS, len(self._pauses)) if order is not None and follow.created else len(self._pauses)
        ):
            self._again(follow, looks, remote_id)
            return None
        else:
            state = VerificationState.MISSING if order is None else VerificationState.DIFFERS
        told = [mismatch_to_json(mismatch) for mismatch in mismatches]
        return self._store.verifications.settle(follow.id, state, mismatches=told, remote_id=remote_id)

    def _again(self, follow: Verification, tries: int, remote_id: str | None) -> None:
        pause = self._pauses[min(tries, len(self._pauses) - 1)]
        due = self._now() + timedelta(seconds=pause)
        self._store.verifications.record_attempt(follow.id, attempts=tries, due=due, remote_id=remote_id)

    async def _wait(self) -> None:
        """Until the next order is due, or something new is to be followed."""
        self._woken.clear()
        following = self.following
        if not following:
            await self._woken.wait()
            return
        seconds = (min(follow.due for follow in following) - self._now()).total_seconds()
        await sleep_or_event(seconds, self._woken, self._sleep)
