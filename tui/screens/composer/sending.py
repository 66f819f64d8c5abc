"""A sending under way: how far it is, pausing and cancelling it, and what is to become of the rest of a refused request."""

from collections.abc import Callable, Iterator
from datetime import tzinfo
from typing import Any

from tui.api.wording import count_of
from tui.screens.common.callbacks import ask_then
from tui.screens.common.screen import BaseScreen
from tui.widgets.lines import Piece
from tui.work.account import Account
from tui.work.batches.staging import Staging

_GOES_ON = "review.goes_on"


def goes_on_before(account: Account) -> bool:
    """What the user chose in the last review: whether orders that a refusal does not name go again by themselves."""
    return account.store.screen_states.get(account.account_id, _GOES_ON) is True


def keep_goes_on(account: Account, goes_on: bool) -> None:
    account.store.screen_states.put(account.account_id, _GOES_ON, goes_on)


def sending_facts(staging: Staging, zone: tzinfo) -> Iterator[Piece]:
    """How far the sending is, for the status line."""
    progress = staging.sender.progress
    if progress is None:
        return
    if progress.paused:
        yield f"paused, {progress.left} of {progress.total} to go: w", "warning"
    elif progress.until is not None:
        yield f"the service is busy; again at {progress.until.astimezone(zone):%H:%M:%S}: w", "warning"
    else:
        yield f"sending, {progress.done} of {progress.total}", "info"


def ask_sending(screen: BaseScreen[Any], staging: Staging, review: Callable[[], None]) -> bool:
    """Pause, go on or cancel, where something is being sent or is paused; whether it was asked."""
    progress = staging.sender.progress
    if progress is None:
        return False
    shipping = staging.sender

    def chosen(answer: str) -> None:
        match answer:
            case "p" if shipping.pause():
                screen.show_notice("Paused: what is out comes to its end, and nothing more begins.")
            case "g" if shipping.resume():
                screen.show_notice("Going on.")
            case "c":
                left = shipping.cancel()
                screen.show_notice(f"{count_of(left, 'order')} did not go; what was sent stays sent.")
            case "w":
                review()
            case _:
                screen.show_notice("It is over already.")

    answers = [("g", "go on") if progress.paused else ("p", "pause"), ("c", "cancel"), ("w", "others")]
    words = "Paused" if progress.paused else "Sending"
    ask_then(screen, f"{words}: {progress.done} of {progress.total}.", answers, chosen)
    return True
