"""Going between the rooms of the house, and remembering which one the user is in."""

from collections.abc import Awaitable, Iterable
from typing import TYPE_CHECKING, Final

from tui.api.codec import Document, Json
from tui.store.db import StoreError
from tui.work.batches.staging import BatchLocked

if TYPE_CHECKING:
    from tui.app import OrdersApp
    from tui.screens.common.screen import BaseScreen
    from tui.screens.composer.screen import ComposerScreen

PLACE: Final = "house.place"
"""Under this key the store keeps the room to open next time."""


def remember_place(room: "BaseScreen", name: str, **more: Json) -> None:
    """Where to open next time, if this room is the one in front: others may hear late that they were."""
    account = room.house.account
    if room.is_on_top:
        with room.report_store_errors():
            account.store.screen_states.put(account.account_id, PLACE, {"screen": name, **more})


async def told_if_not_kept(app: "OrdersApp", work: Awaitable[object]) -> None:
    """Wait for work that keeps what it does; a disk that takes nothing more is told of and does not end the app."""
    try:
        await work
    except StoreError as error:
        app.house_screens()[-1].show_notice(f"{error} What became of it is looked up at the next start.", "error")


async def resolve_writes(app: "OrdersApp") -> list[str]:
    """Look up what became of writes whose end is not known; a sentence for each that has one now."""
    ends: list[str] = []
    for outcome in await app.account.outbox.recover():
        if standings := app.account.corrections.settle_any(outcome):
            ends.extend(standing.words for standing in standings)
        else:
            app.staging.settle(outcome)
            ends.append("the composer tells what became of it")
    return ends


def look_up_again(room: "BaseScreen", order_id: str) -> bool:
    """Look up the write of an order whose outcome is unknown, if there is one; whether there is."""
    if not room.house.account.corrections.look_up_again([order_id]):
        return False
    work = told_if_not_kept(room.house, resolve_writes(room.house))
    room.app.run_worker(work, name=f"look up the write of order {order_id}")
    room.show_notice("Looking up what became of it …")
    return True


def stage_copies(
    room: "BaseScreen", orders: Iterable[Document], *, as_update: bool, read: Document | None = None
) -> int:
    """Put orders into the batch; how many. Where it may not be changed, or not kept, the sentence says why."""
    try:
        return len(room.house.staging.add_copies(orders, as_update=as_update, read=read))
    except (BatchLocked, StoreError) as error:
        room.show_notice(f"{error} Nothing was staged.", "warning")
        return 0


def open_composer(app: "OrdersApp") -> "ComposerScreen":
    """The composer in front: the one that is open below, or a new one."""
    from tui.screens.composer.screen import ComposerScreen

    for screen in app.house_screens():
        if isinstance(screen, ComposerScreen):
            found: ComposerScreen = screen
            while app.screen is not found:
                app.pop_screen()
            return found
    composer = ComposerScreen(app.staging)
    app.push_screen(composer)
    return composer


def open_journal(app: "OrdersApp", order_id: str | None = None) -> None:
    """The journal, at the newest write of an order if one is given."""
    from tui.screens.journal.screen import JournalScreen

    for screen in app.house_screens():
        if isinstance(screen, JournalScreen):
            journal: JournalScreen = screen
            while app.screen is not journal:
                app.pop_screen()
            journal.go_to_order(order_id)
            return
    app.push_screen(JournalScreen(order_id))


def open_order(app: "OrdersApp", order_id: str, *, as_json: bool = False) -> None:
    from tui.screens.edit.screen import EditScreen

    app.push_screen(EditScreen(order_id, as_json=as_json))


def other_place(app: "OrdersApp") -> None:
    """Between this place and the one before it."""
    stack = app.house_screens()
    if len(stack) > 1:
        app.back()
    else:
        open_composer(app)
