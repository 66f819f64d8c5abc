"""`Workspace`, which every screen is given: the account, batches, bulk changes, orders, and navigation."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from textual.screen import Screen

from tui.config.preferences import Preferences
from tui.screens.common.routes import Place, Route
from tui.user_keys import Keymap
from tui.work.account import Account
from tui.work.batches.staging import Staging
from tui.work.bulk.runner import Jobs
from tui.work.cache.index import OrderIndex
from tui.work.cache.labels import LabelReader
from tui.work.cache.private_marks import OrderMarks
from tui.work.cache.sync import OrderSync

R = TypeVar("R")


class ShowNotice(Protocol):
    def __call__(self, text: str, style: str = "info", /) -> None:
        """Show a notice on the top screen."""


class StartWork(Protocol):
    def __call__(self, work: Awaitable[object], *, name: str) -> None:
        """Start work that continues when screens are closed."""


class WaitForScreen(Protocol):
    def __call__(self, screen: Screen[R], /) -> Awaitable[R | None]:
        """Open a screen and wait for its result."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """What every screen gets. `profile`: the title of the profile; `is_demo`: nothing real can be changed; `colour`: of
    titles, "" for the usual one. `orders`: those that the list shows, and all others.

    `keymap`: the commands of each screen with their keys. `preferences`: the settings that can be changed. `sync` reads
    all orders in the background, `labels` asks whether they have labels. `marks`: what the user noted about orders on
    this machine; `mark_tags`: the tags that mirror the marks `done`, `snoozed` and `flagged`, if the settings name any.

    `open` opens a screen of the same family or of a family below it; `ask_screen` also waits for its result.
    `start` runs work that continues when the screen is closed. `show_notice` shows a notice on the top screen.
    `remember` stores the place for the next start. `suspend` suspends the app while another program uses the terminal. `copy` sends a text to the terminal's clipboard.
    """

    profile: str
    is_demo: bool
    colour: str
    keymap: Keymap
    preferences: Preferences
    account: Account
    staging: Staging
    jobs: Jobs
    orders: OrderIndex
    sync: OrderSync
    labels: LabelReader
    marks: OrderMarks
    mark_tags: Mapping[str, str]
    now: Callable[[], datetime]
    go: Callable[[Route], None]
    open: Callable[[Screen[Any]], None]
    ask_screen: WaitForScreen
    start: StartWork
    show_notice: ShowNotice
    order_changed: Callable[[str], None]
    remember: Callable[[Place], None]
    suspend: Callable[[], AbstractContextManager[None]]
    copy: Callable[[str], None]

    @property
    def heading(self) -> str:
        """The profile, and whether it can write: the left half of most titles. In the sandbox nothing real is written."""
        if self.account.client.read_only:
            return f"{self.profile} · read only"
        return self.profile if self.is_demo else f"{self.profile} · WRITES"
