"""One of many by typing: what the letters leave is a list, arrows choose in it, Enter takes."""

from collections.abc import Sequence
from typing import ClassVar, TypeVar

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

_MOVES = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}


class PickerLine(InputLine):
    """Leaves the keys that choose in the list below it to the screen."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return key not in _MOVES and super().check_consume_key(key, character)


class SearchPicker(BaseScreen[R]):
    """Base. A subclass says what is offered (`offer`) and what comes of it (`chosen`)."""

    WHERE = Context.PAGER
    PROMPT: ClassVar[str] = ""
    COLUMNS: Sequence[Column] = ()
    EMPTY: str = ""
    TAKES: ClassVar[str] = "take it"

    def __init__(self, workspace: Workspace, title: str) -> None:
        super().__init__(workspace)
        self._title = title

    def offer(self, text: str) -> Sequence[RenderedRow]:
        """The rows for these letters, the best first."""
        raise NotImplementedError

    def chosen(self, place: int) -> None:
        """Enter was pressed on a row of the last offer; its place is beyond them if there was none."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield PickerLine(self.PROMPT)
        yield OrderTable(self.COLUMNS, empty=self.EMPTY)
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
        self.narrow("")

    def give_focus(self) -> None:
        self.query_one(InputLine).focus(scroll_visible=False)

    def show_keys(self) -> None:
        self.query_one(KeyLine).set([("↓ ↑", "choose"), ("Enter", self.TAKES), ("Esc", "not")])

    def show_line_keys(self, line: InputLine) -> None:
        self.show_keys()

    def narrow(self, text: str) -> None:
        table = self.query_one(OrderTable)
        table.load(self.offer(text))
        table.home()

    def on_key(self, event: events.Key) -> None:
        # The line is open as long as this screen is; what it leaves are the keys that choose.
        if event.key in _MOVES:
            event.stop()
            event.prevent_default()
            self.list_view.move(_MOVES[event.key])

    @on(InputLine.Changed)
    def _changed(self, event: InputLine.Changed) -> None:
        self.narrow(event.text)

    @on(InputLine.Submitted)
    def _submitted(self, event: InputLine.Submitted) -> None:
        if self.query_one(OrderTable).row_count:
            self.chosen(self.list_view.cursor)
            return
        # Enter on nothing chooses nothing: what was typed stays, to be typed otherwise.
        event.line.open(event.text)
        self.show_notice(f"{self.EMPTY} Esc leaves.", "warning")

    @on(InputLine.Cancelled)
    def _not(self) -> None:
        self.workspace.go(Back())
