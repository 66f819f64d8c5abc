"""Choosing one of many by typing: what the letters leave is a list, arrows choose in it, Enter takes the chosen one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from textual import events, on
from textual.app import ComposeResult

from tui.keymap import Context
from tui.screens.common.routes import Back
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.dialogs import QuestionBar
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView
from tui.widgets.status import KeyLine, StatusLine, TitleLine
from tui.widgets.table import Column, OrderTable, RenderedRow

R = TypeVar("R")
T_co = TypeVar("T_co", covariant=True)

TAKE_KEYS: Final = (("↓ ↑", "choose"), ("Enter", "accept"), ("Esc", "cancel"))

_MOVES = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}


@dataclass(frozen=True, slots=True)
class StayOpen:
    """A choice that does not end the screen: what stands right of the title from now on, and a notice."""

    title_right: str = ""
    notice: str = ""


class SearchChoices(Protocol[T_co]):
    """What can be chosen. `keys` is what the key line says."""

    @property
    def prompt(self) -> str: ...

    @property
    def columns(self) -> Sequence[Column]: ...

    @property
    def empty(self) -> str: ...

    @property
    def keys(self) -> Sequence[tuple[str, str]]: ...

    def offer(self, text: str) -> Sequence[RenderedRow]:
        """The rows for these letters, the best first."""

    def choose(self, place: int) -> T_co | StayOpen:
        """What Enter means on a row of the last offer."""


class SearchLine(InputLine):
    """Leaves the keys that choose in the list below it to the screen."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key not in _MOVES and super().check_consume_key(key, character)


class SearchScreen(BaseScreen[R]):
    """Ends with what was chosen."""

    WHERE = Context.PAGER

    def __init__(self, workspace: Workspace, title: str, choices: SearchChoices[R]) -> None:
        super().__init__(workspace)
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield SearchLine(self._choices.prompt)
        yield OrderTable(self._choices.columns, empty=self._choices.empty)
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def list_view(self) -> LineView:
        return self.query_one(OrderTable)

    def on_mount(self) -> None:
        self.query_one(InputLine).open()
        super().on_mount()
        self.query_one(TitleLine).set(self._title)
        self._narrow("")

    def give_focus(self) -> None:
        self.query_one(InputLine).focus(scroll_visible=False)

    def show_keys(self) -> None:
        self.query_one(KeyLine).set(self._choices.keys)

    @on(InputLine.Opened)
    def _search_opened(self, event: InputLine.Opened) -> None:
        event.prevent_default()
        self.show_keys()

    def _narrow(self, text: str) -> None:
        table = self.query_one(OrderTable)
        table.load(self._choices.offer(text))
        table.home()

    def on_key(self, event: events.Key) -> None:
        # The line is open as long as this screen is; what it leaves are the keys that choose.
        if event.key in _MOVES:
            event.stop()
            event.prevent_default()
            self.list_view.move(_MOVES[event.key])

    @on(InputLine.Changed)
    def _changed(self, event: InputLine.Changed) -> None:
        self._narrow(event.text)

    @on(InputLine.Submitted)
    def _submitted(self, event: InputLine.Submitted) -> None:
        if not self.query_one(OrderTable).row_count:
            # Enter on nothing chooses nothing: what was typed stays, to be typed otherwise.
            event.control.open(event.text)
            self.show_notice(f"{self._choices.empty} Esc leaves.", "warning")
            return
        chosen = self._choices.choose(self.list_view.cursor)
        if isinstance(chosen, StayOpen):
            self._stay(chosen, event)
        else:
            self.dismiss(chosen)

    def _stay(self, stays: StayOpen, event: InputLine.Submitted) -> None:
        cursor = self.list_view.cursor
        event.control.open(event.text)
        self._narrow(event.text)
        self.list_view.go(cursor)
        self.query_one(TitleLine).set(self._title, stays.title_right)
        if stays.notice:
            self.show_notice(stays.notice)

    @on(InputLine.Cancelled)
    def _cancelled(self) -> None:
        self.workspace.go(Back())
