"""A picker: typing narrows the list, arrow keys move in it, Enter accepts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from textual import events, on
from textual.app import ComposeResult

from tui.keymap import Context
from tui.screens.common.routes import Back
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView
from tui.widgets.table import Column, OrderTable, RenderedRow

R = TypeVar("R")
T_co = TypeVar("T_co", covariant=True)

TAKE_KEYS: Final = (("↓ ↑", "choose"), ("Enter", "accept"), ("Esc", "cancel"))
COLUMN_KEYS: Final = (("type", "to find"), ("Enter", "show or hide"), ("< >", "move"), ("Esc", "done"))

NO_ACTIONS: Final[Mapping[str, Callable[[int], "StayOpen"]]] = {}
_MOVES = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}


@dataclass(frozen=True, slots=True)
class StayOpen:
    """A choice that keeps the screen open: the new text on the right of the title, and a notice."""

    title_right: str = ""
    notice: str = ""


class SearchChoices(Protocol[T_co]):
    """The choices of a picker."""

    @property
    def prompt(self) -> str:
        """The prompt of the input line."""

    @property
    def columns(self) -> Sequence[Column]:
        """The columns of the list."""

    @property
    def empty(self) -> str:
        """The text of an empty list."""

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """The content of the key line."""

    @property
    def actions(self) -> Mapping[str, Callable[[int], StayOpen]]:
        """What other keys, which cannot be typed then, do to a row of the last offer."""

    def offer(self, text: str) -> Sequence[RenderedRow]:
        """The rows that match the text, the best first."""

    def choose(self, index: int) -> T_co | StayOpen:
        """The result of Enter on a row of the last offer."""


class SearchLine(InputLine):
    """An input that leaves the keys that move in the list, and those of the choices, to the screen."""

    def __init__(self, prompt: str, actions: Collection[str]) -> None:
        super().__init__(prompt)
        self._actions = actions

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key not in _MOVES and character not in self._actions and super().check_consume_key(key, character)


class SearchScreen(BaseScreen[R]):
    """Returns the choice."""

    WHERE = Context.PAGER

    def __init__(self, workspace: Workspace, title: str, choices: SearchChoices[R]) -> None:
        super().__init__(workspace)
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        choices = self._choices
        return self.framed(
            SearchLine(choices.prompt, choices.actions), OrderTable(choices.columns, empty=choices.empty)
        )

    @property
    def list_view(self) -> LineView:
        return self.query_one(OrderTable)

    def on_mount(self) -> None:
        self.query_one(InputLine).open()
        self.title_line.set(self._title)
        self._narrow("")

    def give_focus(self) -> None:
        self.query_one(InputLine).focus(scroll_visible=False)

    def show_keys(self) -> None:
        self.key_line.set(self._choices.keys)

    @on(InputLine.Opened)
    def _search_opened(self, event: InputLine.Opened) -> None:
        event.prevent_default()
        self.show_keys()

    def _narrow(self, text: str) -> None:
        table = self.query_one(OrderTable)
        table.load(self._choices.offer(text))
        table.home()

    def on_key(self, event: events.Key) -> None:
        # The input is always open here and ignores the keys that move in the list, and those of the choices.
        action = self._choices.actions.get(event.character or "")
        if event.key in _MOVES:
            event.stop()
            event.prevent_default()
            self.list_view.move(_MOVES[event.key])
        elif action is not None and self.query_one(OrderTable).row_count:
            event.stop()
            event.prevent_default()
            self._stay(action(self.list_view.cursor))

    def _stay(self, chosen: StayOpen) -> None:
        """Show the rows after a change of one of them, which keeps the cursor."""
        self.query_one(OrderTable).load(self._choices.offer(self.query_one(InputLine).text))
        self.title_line.set(self._title, chosen.title_right)
        if chosen.notice:
            self.show_notice(chosen.notice)
        else:
            self.show_notice("")

    @on(InputLine.Changed)
    def _changed(self, event: InputLine.Changed) -> None:
        self._narrow(event.text)

    @on(InputLine.Submitted)
    def _submitted(self, event: InputLine.Submitted) -> None:
        if not self.query_one(OrderTable).row_count:
            # Enter without a match does nothing. The typed text can be changed.
            event.control.open(event.text)
            self.show_notice(f"{self._choices.empty} Esc cancels.", "warning")
            return
        chosen = self._choices.choose(self.list_view.cursor)
        if not isinstance(chosen, StayOpen):
            self.dismiss(chosen)
            return
        event.control.open(event.text)
        self._stay(chosen)

    @on(InputLine.Cancelled)
    def _cancelled(self) -> None:
        self.workspace.go(Back())
