"""Opens a workspace with its screens and background work, and closes it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from textual.worker import WorkerError

from tui.api.wording import count_of
from tui.background import BackgroundWork
from tui.closing import Closing
from tui.config.preferences import Preferences
from tui.config.profiles import Profile
from tui.config.settings import Settings
from tui.config.time_zone import local_zone
from tui.navigator import SESSION, Navigator
from tui.screens.common.workspace import Workspace
from tui.service import Service
from tui.store.store import Store
from tui.widgets.output.diff_renderer import DiffRenderer
from tui.work.account import Account, open_known
from tui.work.batches.staging import Staging
from tui.work.bulk.runner import Jobs
from tui.work.cache.index import OrderIndex
from tui.work.cache.labels import LabelReader
from tui.work.cache.opening import open_orders
from tui.work.cache.order_knowledge import OrderKnowledge
from tui.work.cache.own_writes import OwnWrites
from tui.work.cache.private_marks import OrderMarks
from tui.work.cache.sync import OrderSync
from tui.work.editor_texts import recover_texts

_BUSY_SECONDS = 0.25
"""How long a key may wait for another process that writes to the store."""


class Session:
    """An open workspace. Its background work runs in workers of the app, because the opening screen is closed."""

    def __init__(
        self,
        app: DiffRenderer[int],
        profile: Profile,
        account: Account,
        settings: Settings,
        preferences: Preferences,
        choose_profile: Callable[[], None],
        notice: str,
    ) -> None:
        self._app = app
        unreadable = account.store.edits.unreadable
        left_out = f"Damaged and left out: {count_of(unreadable, 'draft')}." if unreadable else ""
        self._notices = [text for text in (account.store.notice, notice, left_out) if text]
        self._recovered = recover_texts(account.store, account.account_id, settings.keymap.key)
        account.shop_settings = settings.shops
        account.key = settings.keymap.key
        knowledge = OrderKnowledge(account)
        self._local = local = open_orders(account, knowledge, in_memory=settings.no_cache)
        sync = OrderSync(account.client, local, now=account.now, every=settings.watch_every, key=settings.keymap.key)
        self.navigator = navigator = Navigator(app, self._leave, choose_profile)
        self.workspace = navigator.workspace = Workspace(
            profile=profile.title,
            is_demo=profile.is_demo,
            colour=profile.colour,
            keymap=settings.keymap,
            preferences=preferences,
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
        self._own_writes = OwnWrites(account, local, self.workspace.marks, navigator.show_notice)
        self.workspace.staging.propose = self.workspace.orders.fix
        self.workspace.jobs.on_change = lambda _: navigator.store_changed()
        self.closing = Closing(self.workspace, navigator)
        self._background = BackgroundWork(self.workspace, local, navigator, settings)

    def start(self, ready: Callable[[], None]) -> None:
        """Open the screens, call `ready`, and start the background work."""
        self.navigator.start(self._open_screens(ready), name="open the screens and look up writes in flight")
        self._background.start()

    async def _open_screens(self, ready: Callable[[], None]) -> None:
        await self.navigator.open_last_place()
        ready()
        self._background.start_later()
        if notice := self.workspace.account.identity_notice:
            self.workspace.show_notice(notice, "warning")
        for notices, tone in ((self._recovered, "warning"), (self._notices, "error")):
            if notices:
                self.workspace.show_notice(" ".join(notices), tone)
        await self._background.finish_writes()

    def _order_changed(self, order_id: str) -> None:
        """Update the cache with what a write found out, and notify the screens."""
        status = self.workspace.account.draft_sender.status(order_id)
        if status is not None and status.deleted:
            self._local.mark_gone([order_id])
        elif status is not None and status.document is not None:
            # Not later than the result, which the row shows until the order is read again.
            self._own_writes.keep(order_id, status.document, status.at)
        self.navigator.order_changed(order_id)

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
    preferences: Preferences,
    choose_profile: Callable[[], None],
) -> Session:
    """Open store and account. Raises ApiError, StoreError."""
    # In a thread: it may have to wait for another copy, or to repair the file.
    store = await asyncio.to_thread(Store, folder, now=now, profile=profile.name, busy_seconds=_BUSY_SECONDS)
    zone = local_zone()
    try:
        account = await open_known(service.client, store, service.name, now=now, zone=zone)
        return Session(app, profile, account, settings, preferences, choose_profile, service.notice)
    except BaseException:
        store.close()
        raise
