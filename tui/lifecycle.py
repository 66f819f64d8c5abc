"""Opening the house as it was left, and leaving it."""

import asyncio
import gc
import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from tui.orders.countries import countries
from tui.orders.fields import all_fields
from tui.screens.common.workspace_actions import PLACE, open_composer, open_journal, open_order, resolve_writes
from tui.screens.triage.changes import ask_left
from tui.screens.triage.screen import TriageScreen
from tui.settings import local_zone
from tui.store.db import StoreError
from tui.store.store import Store
from tui.work.account import Account, open_account, open_remembered
from tui.work.batches.staging import Staging
from tui.work.bulk.runner import Jobs
from tui.work.journal.entries import prune_journal
from tui.work.writes.serialization import edited_order

if TYPE_CHECKING:
    from tui.app import OrdersApp
    from tui.service import Service

_TRIED_AGAIN = 30.0
_MOMENT = 0.05
_SOON = 1.0


async def open_house(app: "OrdersApp", service: "Service", folder: Path) -> None:
    """Open the account and show the place where the user was. Raises ApiError, StoreError."""
    store = Store(folder, now=app.now, profile=app.account_name)
    zone = local_zone()
    try:
        account = open_remembered(service.client, store, service.name, now=app.now, zone=zone)
        if account is None:
            account = await open_account(service.client, store, service.name, now=app.now, zone=zone)
    except BaseException:
        store.close()
        raise
    _settle_in(app, account)


def _settle_in(app: "OrdersApp", account: Account) -> None:
    account.on_write = app.wrote
    account.on_follow = app.followed
    account.corrections.on_change = app.order_changed
    app.account = account
    app.staging = Staging(account)
    app.jobs = Jobs(account)
    app.jobs.on_change = app.job_changed
    # By the app, since the screen that opens all this goes away with it.
    app.run_worker(_move_in(app), name="open the rooms, and resolve what was on its way")
    app.run_worker(_follow(app), name="follow accepted orders")
    app.run_worker(app.staging.judge(), name="judge the batch")
    app.run_worker(asyncio.to_thread(_warm_up), name="load the other rooms")


async def _follow(app: "OrdersApp") -> None:
    """Follow as long as the app lives; a disk that takes nothing is tried again, since nothing is known as done by it."""
    while True:
        try:
            await app.account.follower.run()
        except StoreError as error:
            if screens := app.house_screens():
                screens[-1].show_notice(f"Accepted orders are not followed now: {error}", "error")
            await asyncio.sleep(_TRIED_AGAIN)


async def _move_in(app: "OrdersApp") -> None:
    account = app.account
    kept = account.store.screen_states.get(account.account_id, PLACE)
    place = kept if isinstance(kept, dict) else {}
    await app.switch_screen(TriageScreen())
    if place.get("screen") == "composer":
        open_composer(app)
    elif place.get("screen") == "edit" and isinstance(place.get("order"), str):
        open_order(app, str(place["order"]))
    elif place.get("screen") == "journal":
        open_journal(app)
    app.release_keys()
    recovering = asyncio.create_task(_recover(app))
    # What was in flight is resolved first; what takes long to find out is not sent again meanwhile.
    await asyncio.wait({recovering}, timeout=_SOON)
    try:
        ask_left(app)
        await recovering
    except StoreError as error:
        app.house_screens()[-1].show_notice(f"What was on its way is looked up at the next start: {error}", "error")
    app.run_worker(_prune(app), name="remove old writes from the journal")


async def _prune(app: "OrdersApp") -> None:
    days = app.settings.keep_days
    if days is None:
        return
    try:
        if await prune_journal(app.account.store, app.now(), days):
            for screen in app.house_screens():
                screen.store_changed()
    except StoreError as error:
        app.house_screens()[-1].show_notice(f"Old writes stay in the journal until the next start: {error}", "warning")


def _warm_up() -> None:
    """What the first order to be opened would otherwise wait for."""
    importlib.import_module("tui.screens.edit.screen")
    importlib.import_module("tui.screens.journal.screen")
    countries()
    all_fields()
    # What is loaded now stays to the end; looking through it for garbage would stop the keys for a moment now and then.
    gc.freeze()


async def _recover(app: "OrdersApp") -> None:
    account = app.account
    for write in account.store.writes.adopt(account.account_id):
        orders = [edited_order(item.staged) for item in write.new.items]
        for order_id in filter(None, [write.new.order_id, *orders]):
            account.corrections.looking_up(order_id)
    ends = await resolve_writes(app)
    screens = app.house_screens()
    if ends and screens:
        told = ends[0] if len(ends) == 1 else f"{len(ends)} of them; what became of each is at its order"
        screens[-1].show_notice(f"Sent when the app ended: {told}")


def leave_house(app: "OrdersApp", code: int) -> None:
    if hasattr(app, "staging") and app.staging.is_taking:
        answers = [("l", "leave; none of its orders is added")]
        app.house_screens()[-1].ask("A file is being added.", answers, lambda _: app.exit(code))
        return
    under_way = _under_way(app)
    if not under_way:
        app.exit(code)
        return

    def chosen(key: str) -> None:
        if key == "l":
            app.exit(code)
        else:
            app.run_worker(_leave_when_done(app, code), name="leave when all is written")

    text = f"{under_way} write{'s are' if under_way > 1 else ' is'} on the way."
    app.house_screens()[-1].ask(text, [("w", "leave when done"), ("l", "leave; looked up later")], chosen)


async def _leave_when_done(app: "OrdersApp", code: int) -> None:
    while _under_way(app):
        await app.account.outbox.drain()
        # Between the parts of a sending nothing is out for a moment.
        await asyncio.sleep(_MOMENT)
    app.exit(code)


def _under_way(app: "OrdersApp") -> int:
    """How many writes are out, are about to go, or are being looked up."""
    if not hasattr(app, "account"):
        return 0
    waiting = app.account.corrections.going + bool(app.staging.shipping.waiting)
    waiting += sum(len(job.waiting) for job in app.jobs.running)
    return max(len(app.account.outbox.under_way), waiting)
