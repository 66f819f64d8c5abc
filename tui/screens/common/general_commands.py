"""The commands that every screen has: moving in its list, help, palette, other screens, leaving."""

from typing import ClassVar, Protocol

from tui.keymap import Context
from tui.screens.common.commands import handles
from tui.screens.common.routes import (
    Back,
    Leave,
    OpenJournal,
    Repaint,
    ShowHelp,
    ShowPalette,
    ShowRequestLog,
    Suspend,
    SwitchBack,
)
from tui.screens.common.workspace import Workspace
from tui.widgets.lines import LineView
from tui.widgets.tab_bar import TabBar


class CommandedScreen(Protocol):
    """What the commands need of a screen."""

    WHERE: ClassVar[Context]
    READ_AGAIN: ClassVar[str]
    workspace: Workspace

    @property
    def list_view(self) -> LineView: ...

    @property
    def order_here(self) -> str | None: ...

    def stop_reading(self) -> bool: ...

    def show_notice(self, text: str, tone: str = "info") -> None: ...


class MoveCommands:
    """Moving in the list of a screen."""

    def __init__(self, screen: CommandedScreen) -> None:
        self._screen = screen

    @handles("down")
    def down(self, key: str) -> None:
        self._screen.list_view.move(1)

    @handles("up")
    def up(self, key: str) -> None:
        self._screen.list_view.move(-1)

    @handles("first")
    def first(self, key: str) -> None:
        self._screen.list_view.home()

    @handles("last")
    def last(self, key: str) -> None:
        self._screen.list_view.end()

    @handles("page_down")
    def page_down(self, key: str) -> None:
        self._screen.list_view.page(1)

    @handles("page_up")
    def page_up(self, key: str) -> None:
        self._screen.list_view.page(-1)

    @handles("half_down")
    def half_down(self, key: str) -> None:
        self._screen.list_view.half_page(1)

    @handles("half_up")
    def half_up(self, key: str) -> None:
        self._screen.list_view.half_page(-1)


class TabCommands:
    """Going along the tab bar of a screen. `missing` says that there is no tab of a number."""

    def __init__(self, screen: CommandedScreen, tab_bar: TabBar, missing: str) -> None:
        self._screen = screen
        self._tab_bar = tab_bar
        self._missing = missing

    @handles("tab_next")
    def next_tab(self, key: str) -> None:
        self._tab_bar.step(1)

    @handles("tab_previous")
    def previous_tab(self, key: str) -> None:
        self._tab_bar.step(-1)

    @handles("tab_number")
    def tab_number(self, key: str) -> None:
        if not self._tab_bar.select_number(int(key)):
            self._screen.show_notice(self._missing.format(key))


class GeneralCommands:
    """Help, other screens, leaving."""

    def __init__(self, screen: CommandedScreen) -> None:
        self._screen = screen

    @handles("keys")
    def show_help(self, key: str) -> None:
        self._screen.workspace.go(ShowHelp(self._screen.WHERE))

    @handles("palette")
    def show_palette(self, key: str) -> None:
        self._screen.workspace.go(ShowPalette())

    @handles("request_log")
    def show_request_log(self, key: str) -> None:
        self._screen.workspace.go(ShowRequestLog())

    @handles("journal")
    def open_journal(self, key: str) -> None:
        self._screen.workspace.go(OpenJournal(self._screen.order_here))

    @handles("previous_screen")
    def switch_back(self, key: str) -> None:
        self._screen.workspace.go(SwitchBack())

    @handles("repaint")
    def repaint(self, key: str) -> None:
        self._screen.workspace.go(Repaint())

    @handles("suspend")
    def suspend(self, key: str) -> None:
        self._screen.workspace.go(Suspend())

    @handles("quit")
    def leave(self, key: str) -> None:
        self._screen.workspace.go(Leave())

    @handles("stop")
    def stop(self, key: str) -> None:
        stopped = self._screen.stop_reading()
        self._screen.show_notice(
            f"Reading was stopped; {self._screen.READ_AGAIN}." if stopped else "Nothing is being read."
        )

    @handles("back")
    def back(self, key: str) -> None:
        self._screen.workspace.go(Back())

    @handles("on_marked")
    def on_marked(self, key: str) -> None:
        self._screen.show_notice("There are no marks here.")
