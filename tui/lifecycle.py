"""Opens a workspace with its screens and background work, and closes it."""

import asyncio
import gc
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path

from tui.api.errors import ApiError
from tui.api.wording import count_of
from tui.navigator import Navigator, load_screens
from tui.orders.countries import countries
from tui.orders.fields import all_fields
from tui.screens.bulk.running import ask_left
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import resolve_writes
from tui.service import Service
from tui.settings import Settings, local_zone
from tui.store.db import StoreError
from tui.store.store import Store
from tui.widgets.diff_renderer import DiffRenderer
from tui.work.account import Account, open_known
from tui.work.batches.staging import Staging
from tui.work.bulk.runner import Jobs
from tui.work.cache.index import OrderIndex
from tui.work.cache.opening import open_orders
from tui.work.cache.order_knowledge import OrderKnowledge
from tui.work.cache.private_marks import OrderMarks
from tui.work.cache.sync import OrderSync
from tui.work.journal.entries import prune_journal
from tui.work.unsaved import store_later
from tui.work.waiting import name_waits
from tui.work.writes.serialization import edited_order

_TRIED_AGAIN = 30.0
_BUSY_SECONDS = 0.25
"""How long a key may wait for another process that writes to the store."""
_MOMENT = 0.05
_SOON = 1.0


class Session:
    """An open workspace. Its background work runs in workers of the app, because the opening screen is closed."""

    def __init__(self, app: DiffRenderer[int], profile: str, account: Account, settings: Settings, notice: str) -> None:
        self._app = app
        self._settings = settings
        unreadable = account.store.edits.unreadable
        left_out = f"Damaged and left out: {count_of(unreadable, 'draft')}." if unreadable else ""
        self._notices = [text for text in (account.store.notice, notice, left_out) if text]
        account.shop_settings = settings.shops
        knowledge = OrderKnowledge(account)
        self._local = local = open_orders(account, knowledge, in_memory=settings.no_cache)
        self.navigator = navigator = Navigator(app, self.leave)
        self.workspace = navigator.workspace = Workspace(
            profile=profile,
            account=account,
            staging=Staging(account),
            jobs=Jobs(account),
            orders=OrderIndex(local, knowledge),
            sync=OrderSync(account.client, local, now=account.now),
            marks=OrderMarks(account.store, account.account_id, local, account.now),
            now=account.now,
            go=navigator.go,
            open=navigator.open,
            ask_screen=navigator.ask_screen,
            start=navigator.start,
            show_notice=navigator.show_notice,
            order_changed=navigator.order_changed,
            remember=navigator.remember,
            suspend=navigator.suspend,
            copy=navigator.copy,
        )
        account.listeners.append(lambda _: navigator.store_changed())
        account.draft_sender.on_change = self._order_changed
        self.workspace.jobs.on_change = lambda _: navigator.store_changed()

    def start(self, ready: Callable[[], None]) -> None:
        """Open the screens, call `ready`, and start the background work."""
        start = self.navigator.start
        start(self._open_screens(ready), name="open the screens and look up writes in flight")
        start(self._verify(), name="follow accepted orders")
        start(self._read_orders(), name="read all orders")
        account = self.workspace.account
        resolve = partial(resolve_writes, self.workspace)
        start(store_later(account.unsaved, self.workspace.show_notice, resolve), name="store what could not be stored")
        start(name_waits(account.client, self.navigator.show_waiting), name="say what is waited for")
        start(self.workspace.staging.check_all(), name="check the batch")
        start(asyncio.to_thread(_warm_up), name="load other screens")

    async def _open_screens(self, ready: Callable[[], None]) -> None:
        await self.navigator.open_last_place()
        ready()
        if self._notices:
            self.workspace.show_notice(" ".join(self._notices), "error")
        recovering = asyncio.create_task(self._recover())
        # Writes in flight are resolved first. Those that take longer are not sent again in the meantime.
        await asyncio.wait({recovering}, timeout=_SOON)
        try:
            asking = ask_left(self.navigator.screens[-1], self.workspace.jobs.unfinished())
            self.navigator.start(asking, name="ask about unfinished jobs")
            await recovering
        except StoreError as error:
            self.workspace.show_notice(f"Writes in flight are looked up at the next start: {error}", "error")
        self.navigator.start(self._prune(), name="remove old writes from the journal")

    async def _verify(self) -> None:
        """Verify accepted orders while the app runs; after an error of the store, try again."""
        while True:
            try:
                await self.workspace.account.verifier.run()
            except StoreError as error:
                self.workspace.show_notice(f"Accepted orders are not being verified: {error}", "error")
                await asyncio.sleep(_TRIED_AGAIN)

    async def _read_orders(self) -> None:
        """Keep the cache up to date while the app runs; after an error of its file, try again."""
        if not self.workspace.account.earlier_shops:
            # What an order's status means depends on the type of its shop. The order list reports errors.
            with suppress(ApiError):
                await self.workspace.account.read_shops()
        while True:
            try:
                await asyncio.to_thread(self._local.purge, self._settings.keep_cache_days)
                await self.workspace.sync.run()
            except StoreError as error:
                self.workspace.show_notice(f"Orders that are read are not kept: {error}", "error")
                await asyncio.sleep(_TRIED_AGAIN)

    def _order_changed(self, order_id: str) -> None:
        """Update the cache with what a write found out, and notify the screens."""
        status = self.workspace.account.draft_sender.status(order_id)
        if status is not None and status.deleted:
            self._local.mark_gone([order_id])
        elif status is not None and status.document is not None:
            # Not later than the result, which the row shows until the order is read again.
            self._local.keep([status.document], at=status.at)
        self.navigator.order_changed(order_id)

    async def _recover(self) -> None:
        account = self.workspace.account
        for write in account.store.writes.adopt(account.account_id):
            orders = [edited_order(item.staged) for item in write.new.items]
            for order_id in filter(None, [write.new.order_id, *orders]):
                account.draft_sender.looking_up(order_id)
        ends = await resolve_writes(self.workspace)
        if ends:
            results = ends[0] if len(ends) == 1 else f"{len(ends)} orders; each order shows its result"
            self.workspace.show_notice(f"Sent when the app ended: {results}")

    async def _prune(self) -> None:
        days = self._settings.keep_days
        if days is None:
            return
        try:
            if await prune_journal(self.workspace.account.store, self.workspace.now(), days):
                self.navigator.store_changed()
        except StoreError as error:
            self.workspace.show_notice(f"Old writes stay in the journal until the next start: {error}", "warning")

    # Leaving

    def close(self) -> None:
        """Close the store and the cache."""
        self.workspace.account.store.close()
        self._local.close()

    def leave(self) -> None:
        """Quit the app. Ask first if writes are in flight."""
        if self.workspace.staging.is_importing or self._under_way:
            self.navigator.start(self._ask_and_leave(), name="leave")
        else:
            self._app.exit(0)

    async def _ask_and_leave(self) -> None:
        screen = self.navigator.screens[-1]
        if self.workspace.staging.is_importing:
            if await screen.ask("A file is being added.", [("y", "quit; none of its orders are added")]):
                self._app.exit(0)
            return
        count = self._under_way
        text = f"{count} write{'s are' if count > 1 else ' is'} in flight."
        answer = await screen.ask(text, [("w", "quit when done"), ("l", "quit now; look up later")])
        if answer == "w":
            while self._under_way:
                await self.workspace.account.outbox.drain()
                # Between two requests of a send run nothing is in flight for a moment.
                await asyncio.sleep(_MOMENT)
        if answer is not None:
            self._app.exit(0)

    @property
    def _under_way(self) -> int:
        """How many writes are in flight, waiting to be sent, or being looked up."""
        workspace = self.workspace
        waiting = workspace.account.draft_sender.in_flight + bool(workspace.staging.sender.waiting)
        waiting += sum(len(job.waiting) for job in workspace.jobs.running)
        return max(len(workspace.account.outbox.unfinished), waiting)


async def open_session(
    app: DiffRenderer[int],
    service: Service,
    folder: Path,
    *,
    profile: str,
    now: Callable[[], datetime],
    settings: Settings,
) -> Session:
    """Open store and account. Raises ApiError, StoreError."""
    # In a thread: it may have to wait for another copy, or to repair the file.
    store = await asyncio.to_thread(Store, folder, now=now, profile=profile, busy_seconds=_BUSY_SECONDS)
    zone = local_zone()
    try:
        account = await open_known(service.client, store, service.name, now=now, zone=zone)
        return Session(app, profile, account, settings, service.notice)
    except BaseException:
        store.close()
        raise


def _warm_up() -> None:
    """Load what the first opened order needs, so that it opens without a delay."""
    load_screens()
    countries()
    all_fields()
    # These objects stay until the end; collecting garbage among them would delay keys now and then.
    gc.freeze()
