"""Actions that several screen families share: background writes, lookups, staging copies."""

from collections.abc import Awaitable, Iterable
from typing import Any

from tui.api.codec import Document
from tui.screens.common.routes import Place
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.work.batches.staging import BatchLocked
from tui.work.stored import StoreError


def remember_place(screen: BaseScreen[Any], place: Place) -> None:
    """Store a place for the next start, if the screen is still the top one."""
    if screen.is_active:
        with screen.report_store_errors():
            screen.workspace.remember(place)


def start_write(workspace: Workspace, work: Awaitable[object], *, name: str) -> None:
    """Start work that writes. If the result cannot be stored, show a notice."""
    workspace.start(_report_if_not_kept(workspace, work), name=name)


async def _report_if_not_kept(workspace: Workspace, work: Awaitable[object]) -> None:
    try:
        await work
    except StoreError as error:
        workspace.show_notice(f"{error} The result is looked up at the next start.", "error")


async def resolve_writes(workspace: Workspace) -> list[str]:
    """Look up the writes of unknown outcome, and take over those of ended copies of the app.

    Returns a sentence for each that is resolved.
    """
    ends: list[str] = []
    workspace.account.verifier.adopt()
    for outcome in await workspace.account.outbox.recover():
        if statuses := workspace.account.draft_sender.settle_any(outcome):
            ends.extend(status.message for status in statuses)
        else:
            workspace.staging.settle(outcome)
            ends.append("the composer shows the result")
    workspace.account.draft_sender.catch_up()
    return ends


def look_up_again(screen: BaseScreen[Any], order_id: str) -> bool:
    """Look up the write of an order if its outcome is unknown. Returns whether there is one."""
    workspace = screen.workspace
    if not workspace.account.draft_sender.look_up_again([order_id]):
        return False
    start_write(workspace, resolve_writes(workspace), name=f"look up the write of order {order_id}")
    screen.show_notice("Looking up the result …")
    return True


def stage_copies(
    screen: BaseScreen[Any], orders: Iterable[Document], *, as_update: bool, read: Document | None = None
) -> int:
    """Stage copies of orders. Returns how many; if that is not possible, a notice says why."""
    try:
        return len(screen.workspace.staging.editing.add_copies(orders, as_update=as_update, read=read))
    except (BatchLocked, StoreError) as error:
        screen.show_notice(f"{error} Nothing was staged.", "warning")
        return 0
