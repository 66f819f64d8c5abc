"""Opens a workspace with its screens and background work, and closes it."""

import asyncio
import gc
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from textual.worker import WorkerError

from tui.api.errors import ApiError
from tui.closing import Closing
from tui.config.profiles import Profile
from tui.config.settings import Settings
from tui.config.time_zone import local_zone
from tui.navigator import SESSION, Navigator, load_screens
from tui.orders.countries import countries
from tui.orders.fields import all_fields
from tui.screens.bulk.running import ask_left
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import resolve_writes
from tui.service import Service
from tui.store.db import StoreError
from tui.store.store import Store
from tui.widgets.output.diff_renderer import DiffRenderer
from tui.work.account import Account, open_known
from tui.work.batches.staging import Staging
from tui.work.bulk.runner import Jobs
from tui.work.cache.index import OrderIndex
from tui.work.cache.labels import LabelReader
from tui.work.cache.opening import open_orders
from tui.work.cache.order_knowledge import OrderKnowledge
from tui.work.cache.private_marks import OrderMarks
from tui.work.cache.sync import OrderSync
from tui.work.journal.entries import prune_journal
from tui.work.writes.serialization import edited_order

_TRIED_AGAIN = 30.0
_SOON = 1.0


class Session:
    """An open workspace. Its background work runs in workers of the app, because the opening screen is closed."""

    def __init__(
        self,
        app: DiffRenderer[int],
        profile: Profile,
        account: Account,
        settings: Settings,
        choose_profile: Callable[[], None],
    ) -> None:
        self._app = app
        self._settings = settings
        account.shop_settings = settings.shops
        knowledge = OrderKnowledge(account)
        self._local = local = open_orders(account, knowledge, in_memory=settings.no_cache)
        sync = OrderSync(account.client, local, now=account.now, every=settings.watch_every)
        self.navigator = navigator = Navigator(app, self._leave, choose_profile)
        self.workspace = navigator.workspace = Workspace(
            profile=profile.title,
            is_demo=profile.is_demo,
            colour=profile.colour,
            keymap=settings.keymap,
            account=account,
            staging=Staging(account),
            jobs=Jobs(account),
            orders=OrderIndex(local, knowledge),
            sync=sync,
            labels=LabelReader(
                account.client,
                local,
                now=account.now,
                is_busy=lambda: sync.state.is_reading or not sync.state.is_complete,
                is_paused=lambda: sync.state.is_paused,
            ),
            marks=OrderMarks(account.store, account.account_id, local, account.now),
            mark_tags=settings.mark_tags,
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
        self.workspace.staging.propose = self.workspace.orders.fix
        self.workspace.jobs.on_change = lambda _: navigator.store_changed()
        self.closing = Closing(self.workspace, navigator)

    def start(self, ready: Callable[[], None]) -> None:
        """Open the screens, call `ready`, and start the background work."""
        start = self.navigator.start
        start(self._open_screens(ready), name="open the screens and look up writes in flight")
        start(self._verify(), name="follow accepted orders")
        start(self._read_orders(), name="read all orders")
        start(self._ask_for_labels(), name="ask for the labels of orders")
        start(self.workspace.staging.check_all(), name="check the batch")
        start(asyncio.to_thread(_warm_up), name="load other screens")

    async def _open_screens(self, ready: Callable[[], None]) -> None:
        await self.navigator.open_last_place()
        ready()
        if notice := self.workspace.account.identity_notice:
            self.workspace.show_notice(notice, "warning")
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
                await self.workspace.account.first_shops()
        while True:
            try:
                await asyncio.to_thread(self._local.purge, self._settings.keep_cache_days)
                await self.workspace.sync.run()
            except StoreError as error:
                self.workspace.show_notice(f"Orders that are read are not kept: {error}", "error")
                await asyncio.sleep(_TRIED_AGAIN)

    async def _ask_for_labels(self) -> None:
        """Ask for labels while the app runs; after an error of the cache, which `_read_orders` reports, try again."""
        while not self.workspace.labels.is_refused:
            with suppress(StoreError):
                await self.workspace.labels.run()
            await asyncio.sleep(_TRIED_AGAIN)

    def _order_changed(self, order_id: str) -> None:
        """Update the cache with what a write found out, and notify the screens."""
        status = self.workspace.account.draft_sender.status(order_id)
        if status is not None and status.deleted:
            self._local.mark_gone([order_id])
        elif status is not None and status.document is not None:
            mark = self.workspace.marks.of(order_id)
            # Not later than the result, which the row shows until the order is read again.
            self._local.keep([status.document], at=status.at)
            self.workspace.marks.renew(order_id, mark)
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

    def _leave(self) -> None:
        self.closing.leave(lambda: self._app.exit(0))

    async def stop_work(self) -> None:
        """Stop the background work, before the screens are closed. Nothing is in flight."""
        for worker in self._app.workers.cancel_group(self._app, SESSION):
            with suppress(WorkerError):
                await worker.wait()


async def open_session(
    app: DiffRenderer[int],
    service: Service,
    folder: Path,
    *,
    profile: Profile,
    now: Callable[[], datetime],
    settings: Settings,
    choose_profile: Callable[[], None],
) -> Session:
    """Open store and account. Raises ApiError, StoreError."""
    store = Store(folder, now=now, profile=profile.name)
    zone = local_zone()
    try:
        account = await open_known(service.client, store, service.name, now=now, zone=zone)
        return Session(app, profile, account, settings, choose_profile)
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
