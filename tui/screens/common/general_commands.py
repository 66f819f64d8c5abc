"""The commands that every screen has: moving, help, palette, opening other screens, going back."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from tui.keymap import Command, Context
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import with_keys
from tui.screens.common.routes import (
    Back,
    Leave,
    OpenComposer,
    OpenJobs,
    OpenJournal,
    OpenSettings,
    Repaint,
    Route,
    ShowHelp,
    ShowPalette,
    ShowRequestLog,
    Suspend,
    SwitchBack,
    SwitchProfile,
)
from tui.screens.common.workspace import Workspace
from tui.widgets.lines import LineView
from tui.widgets.tab_bar import TabBar


class CommandedScreen(Protocol):
    """What these commands need from a screen."""

    WHERE: ClassVar[Context]
    HOW_TO_RESUME: ClassVar[str]
    workspace: Workspace

    @property
    def commands(self) -> Sequence[Command]:
        """The commands of the screen, with their keys."""

    @property
    def list_view(self) -> LineView:
        """The view that movement keys act on."""

    @property
    def order_here(self) -> str | None:
        """The service's id of the current order."""

    def stop_reading(self) -> bool:
        """Stop reading. Returns whether anything was being read."""

    def show_notice(self, text: str, tone: str = "info") -> None:
        """Show a sentence on the status line."""


class MoveCommands:
    """Movement in the list of a screen."""

    def __init__(self, screen: CommandedScreen) -> None:
        self._screen = screen

    @handles(down=1, up=-1)
    def move(self, by: int) -> None:
        self._screen.list_view.move(by)

    @handles("first")
    def first(self, key: str) -> None:
        self._screen.list_view.home()

    @handles("last")
    def last(self, key: str) -> None:
        self._screen.list_view.end()

    @handles(page_down=1, page_up=-1)
    def page(self, by: int) -> None:
        self._screen.list_view.page(by)

    @handles(half_down=1, half_up=-1)
    def half_page(self, by: int) -> None:
        self._screen.list_view.half_page(by)


class TabCommands:
    """Movement along the tab bar. `missing`: the notice for a number without a tab; `{}` is the number."""

    def __init__(self, screen: CommandedScreen, tab_bar: TabBar, missing: str) -> None:
        self._screen = screen
        self._tab_bar = tab_bar
        self._missing = missing

    @handles(tab_next=1, tab_previous=-1)
    def step(self, by: int) -> None:
        self._tab_bar.step(by)

    @handles("tab_number")
    def go_to_number(self, key: str) -> None:
        if not self._tab_bar.select_number(int(key)):
            self._screen.show_notice(self._missing.format(key))


class GeneralCommands:
    """Help, opening other screens, going back and quitting."""

    def __init__(self, screen: CommandedScreen) -> None:
        self._screen = screen

    @handles(
        palette=ShowPalette(),
        request_log=ShowRequestLog(),
        batches=OpenComposer(),
        changes=OpenJobs(),
        settings=OpenSettings(),
        previous_screen=SwitchBack(),
        repaint=Repaint(),
        suspend=Suspend(),
        profiles=SwitchProfile(),
        quit=Leave(),
        back=Back(),
    )
    def go(self, route: Route) -> None:
        self._screen.workspace.go(route)

    @handles("keys")
    def show_help(self, key: str) -> None:
        self.go(ShowHelp(self._screen.WHERE))

    @handles("journal")
    def open_journal(self, key: str) -> None:
        self.go(OpenJournal(self._screen.order_here))

    @handles("stop")
    def stop(self, key: str) -> None:
        stopped = self._screen.stop_reading()
        is_writing = self._screen.workspace.account.client.writes_in_flight > 0
        if stopped:
            writing = " A write in flight continues." if is_writing else ""
            hint = with_keys(self._screen.commands, self._screen.HOW_TO_RESUME)
            self._screen.show_notice(f"Reading stopped{hint and f'; {hint}'}.{writing}")
        elif is_writing:
            self._screen.show_notice("Writes are not stopped; a lost answer is looked up.")
        else:
            self._screen.show_notice("Nothing is being read.")

    @handles("on_marked")
    def on_marked(self, key: str) -> None:
        self._screen.show_notice("This list has no marks.")
