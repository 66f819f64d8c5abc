"""The work that continues while an account is open: verifying, reading orders and labels, finishing what was in flight."""

import asyncio
import gc
from contextlib import suppress
from functools import partial
from typing import Final

from tui.api.errors import ApiError
from tui.api.models import Operation, validate_order
from tui.config.settings import Settings
from tui.keymap import Context
from tui.navigator import Navigator, load_screens
from tui.orders.countries import countries
from tui.orders.fields import all_fields
from tui.screens.bulk.running import ask_left
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import resolve_writes, start_write
from tui.store.db import StoreError
from tui.work.cache.local_orders import LocalOrders
from tui.work.journal.entries import prune_journal
from tui.work.unsaved import store_later
from tui.work.waiting import name_waits
from tui.work.writes.serialization import edited_order

_TRIED_AGAIN: Final = 30.0
_SOON: Final = 1.0


class BackgroundWork:
    """The background work of one workspace. Each part runs in a worker of the app until it is cancelled."""

    def __init__(self, workspace: Workspace, local: LocalOrders, navigator: Navigator, settings: Settings) -> None:
        self._workspace = workspace
        self._local = local
        self._navigator = navigator
        self._settings = settings

    def start(self) -> None:
        """Start what need not wait for the screens."""
        start, workspace = self._navigator.start, self._workspace
        start(self._verify(), name="follow accepted orders")
        start(self._read_orders(), name="read all orders")
        start(self._ask_for_labels(), name="ask for the labels of orders")
        resolve = partial(resolve_writes, workspace)
        name = "look up what another copy left"
        workspace.staging.on_owned = lambda: start_write(workspace, resolve_writes(workspace), name=name)
        unsaved = workspace.account.unsaved
        start(store_later(unsaved, workspace.show_notice, resolve), name="store what could not be stored")
        stop = f"{workspace.keymap.key('stop', Context.TRIAGE)} stops"
        start(name_waits(workspace.account.client, stop, self._navigator.show_waiting), name="say what is waited for")

    def start_later(self) -> None:
        """Start what would delay the first frame of the screens."""
        self._navigator.start(self._check_batch(), name="check the batch")
        self._navigator.start(asyncio.to_thread(warm_up), name="load other screens")

    async def finish_writes(self) -> None:
        """Look up what was in flight when the app ended, and ask about unfinished jobs. The screens must be open."""
        recovering = asyncio.create_task(self._recover())
        # Writes in flight are resolved first. Those that take longer are not sent again in the meantime.
        await asyncio.wait({recovering}, timeout=_SOON)
        try:
            asking = ask_left(self._navigator.screens[-1], self._workspace.jobs.unfinished())
            self._navigator.start(asking, name="ask about unfinished jobs")
            await recovering
        except StoreError as error:
            self._workspace.show_notice(f"Writes in flight are looked up at the next start: {error}", "error")
        self._navigator.start(self._prune(), name="remove old writes from the journal")

    async def _verify(self) -> None:
        """Verify accepted orders while the app runs; after an error of the store, try again."""
        while True:
            try:
                await self._workspace.account.verifier.run()
            except StoreError as error:
                self._workspace.show_notice(f"Accepted orders are not being verified: {error}", "error")
                await asyncio.sleep(_TRIED_AGAIN)

    async def _check_batch(self) -> None:
        """Check the orders of the batch while the app runs; after an error of the store, try again."""
        while True:
            try:
                await self._workspace.staging.check_orders()
            except StoreError as error:
                self._workspace.show_notice(f"Orders of the batch are not being checked: {error}", "error")
                await asyncio.sleep(_TRIED_AGAIN)

    async def _read_orders(self) -> None:
        """Keep the cache up to date while the app runs; after an error of its file, try again."""
        if not self._workspace.account.earlier_shops:
            # What an order's status means depends on the type of its shop. The order list reports errors.
            with suppress(ApiError):
                await self._workspace.account.first_shops()
        while True:
            try:
                await asyncio.to_thread(self._local.purge, self._settings.keep_cache_days)
                await self._workspace.sync.run()
            except StoreError as error:
                self._workspace.show_notice(f"Orders that are read are not kept: {error}", "error")
                await asyncio.sleep(_TRIED_AGAIN)

    async def _ask_for_labels(self) -> None:
        """Ask for labels while the app runs; after an error of the cache, which `_read_orders` reports, try again."""
        while not self._workspace.labels.is_refused:
            with suppress(StoreError):
                await self._workspace.labels.run()
            await asyncio.sleep(_TRIED_AGAIN)

    async def _recover(self) -> None:
        account = self._workspace.account
        for write in account.store.writes.adopt(account.account_id):
            orders = [edited_order(item.staged) for item in write.new.items]
            for order_id in filter(None, [write.new.order_id, *orders]):
                account.draft_sender.looking_up(order_id)
        ends = await resolve_writes(self._workspace)
        if ends:
            results = ends[0] if len(ends) == 1 else f"{len(ends)} orders; each order shows its result"
            self._workspace.show_notice(f"Sent when the app ended: {results}")

    async def _prune(self) -> None:
        days = self._settings.keep_days
        if days is None:
            return
        try:
            if await prune_journal(self._workspace.account.store, self._workspace.now(), days):
                self._navigator.store_changed()
        except StoreError as error:
            self._workspace.show_notice(f"Old writes stay in the journal until the next start: {error}", "warning")


def warm_up() -> None:
    """Load what the first opened order needs, so that it opens without a delay."""
    load_screens()
    countries()
    all_fields()
    for operation in Operation:
        validate_order({}, operation)
    # These objects stay until the end; collecting garbage among them would delay keys now and then.
    gc.freeze()
