"""The palette: any command of the place below, by its name."""

from textual import events, on
from textual.app import ComposeResult

from tui.keymap import Command, Where, commands_in, key_name
from tui.screens.base import HouseScreen
from tui.widgets.ask import AskLine
from tui.widgets.dialogs import QuestionBar
from tui.widgets.lines import LineView
from tui.widgets.status import KeyLine, StatusLine, TitleLine
from tui.widgets.table import Column, OrderTable, Row

_COLUMNS = (Column("title", "command", 24, 1), Column("keys", "keys", 12), Column("more", "what it does", 30, 2))
_NOT_LISTED = frozenset({"palette", "on_marked", "strip_number"})


class PaletteScreen(HouseScreen):
    """Type to narrow, arrows to choose, Enter to do it in the screen below."""

    WHERE = Where.PAGER

    def __init__(self, below: HouseScreen) -> None:
        super().__init__()
        self._below = below
        self._found: list[Command] = []

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield AskLine(": ")
        yield OrderTable(_COLUMNS, empty="No command has these letters.")
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def list_view(self) -> LineView:
        return self.query_one(OrderTable)

    def on_mount(self) -> None:
        self.query_one(AskLine).open()
        super().on_mount()
        self.query_one(TitleLine).set(f"Commands in {self._below.WHERE}")
        self._narrow("")

    def give_focus(self) -> None:
        self.query_one(AskLine).focus(scroll_visible=False)

    def show_keys(self) -> None:
        self.query_one(KeyLine).set([("↓ ↑", "choose"), ("Enter", "do it"), ("Esc", "not")])

    def on_key(self, event: events.Key) -> None:
        # The line is open as long as this screen is; what it leaves are the keys that choose.
        if event.key in ("up", "down", "pageup", "pagedown"):
            event.stop()
            moves = {"up": -1, "down": 1, "pageup": -8, "pagedown": 8}
            self.list_view.move(moves[event.key])

    @on(AskLine.Changed)
    def _changed(self, event: AskLine.Changed) -> None:
        self._narrow(event.text)

    @on(AskLine.Submitted)
    def _chosen(self) -> None:
        place = self.list_view.cursor
        self.house.back()
        if place < len(self._found):
            below, command = self._below, self._found[place]
            below.call_after_refresh(below.run_command, command, command.keys[0])

    @on(AskLine.Cancelled)
    def _not(self) -> None:
        self.house.back()

    def _narrow(self, text: str) -> None:
        words = text.lower().split()
        self._found = [
            command
            for command in commands_in(self._below.WHERE)
            if command.id not in _NOT_LISTED
            and all(word in f"{command.title} {command.more}".lower() for word in words)
        ]
        self._found.sort(key=lambda command: not command.title.lower().startswith(text.lower().strip()))
        rows = [
            Row(command.id, (command.title, " ".join(map(key_name, command.keys)), command.more))
            for command in self._found
        ]
        table = self.query_one(OrderTable)
        table.load(rows)
        table.home()
