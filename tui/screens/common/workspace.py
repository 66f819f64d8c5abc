"""What a screen is given: the account with its batches, changes and orders, and the ways to other screens."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from textual.screen import Screen

from tui.screens.common.routes import Place, Route
from tui.work.account import Account
from tui.work.batches.staging import Staging
from tui.work.bulk.runner import Jobs
from tui.work.cache.index import OrderIndex

R = TypeVar("R")


class ShowNotice(Protocol):
    def __call__(self, text: str, style: str = "info", /) -> None:
        """Show a sentence on the screen in front."""


class StartWork(Protocol):
    def __call__(self, work: Awaitable[object], *, name: str) -> None:
        """Start work that no screen's end stops."""


class WaitForScreen(Protocol):
    def __call__(self, screen: Screen[R], /) -> Awaitable[R | None]:
        """Open a screen and wait for the value that it ends with."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """`profile` is the name of the profile. `orders` holds the orders that were read last.

    `open` puts a screen of the same family, or of a family below it, in front; `ask_screen` waits for its value as well.
    `start` runs work that goes on when the screen is left. `show_notice` is for the screen in front, whichever it is
    then. `remember` keeps the place for the next start. `suspend` gives the terminal to another program.
    """

    profile: str
    account: Account
    staging: Staging
    jobs: Jobs
    orders: OrderIndex
    now: Callable[[], datetime]
    go: Callable[[Route], None]
    open: Callable[[Screen[Any]], None]
    ask_screen: WaitForScreen
    start: StartWork
    show_notice: ShowNotice
    order_changed: Callable[[str], None]
    remember: Callable[[Place], None]
    suspend: Callable[[], AbstractContextManager[None]]

    @property
    def heading(self) -> str:
        """The profile, and whether it can write: the left half of most titles."""
        return f"{self.profile} · {'READ ONLY' if self.account.client.read_only else 'WRITES'}"
