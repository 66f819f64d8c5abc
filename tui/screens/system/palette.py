"""The palette: any command of the place below, by its name."""

from typing import Any

from tui.keymap import Command, commands_in, key_name
from tui.screens.common.routes import Back
from tui.screens.common.screen import BaseScreen
from tui.screens.common.search_picker import SearchPicker
from tui.screens.common.workspace import Workspace
from tui.widgets.table import Column, RenderedRow

_COLUMNS = (Column("title", "command", 24, 1), Column("keys", "keys", 12), Column("more", "what it does", 30, 2))
_NOT_LISTED = frozenset({"palette", "on_marked", "tab_number"})


class PaletteScreen(SearchPicker[None]):
    """Type to narrow, arrows to choose, Enter to do it in the screen below."""

    PROMPT = ": "
    COLUMNS = _COLUMNS
    EMPTY = "No command has these letters."
    TAKES = "do it"

    def __init__(self, workspace: Workspace, below: BaseScreen[Any]) -> None:
        super().__init__(workspace, f"Commands in {below.WHERE}")
        self._below = below
        self._found: list[Command] = []

    def chosen(self, place: int) -> None:
        self.workspace.go(Back())
        if place < len(self._found):
            below, command = self._below, self._found[place]
            below.call_after_refresh(below.run_command, command, command.keys[0])

    def offer(self, text: str) -> list[RenderedRow]:
        words = text.lower().split()
        self._found = [
            command
            for command in commands_in(self._below.WHERE)
            if command.id not in _NOT_LISTED
            and all(word in f"{command.title} {command.help}".lower() for word in words)
        ]
        self._found.sort(key=lambda command: not command.title.lower().startswith(text.lower().strip()))
        return [
            RenderedRow(command.id, (command.title, " ".join(map(key_name, command.keys)), command.help))
            for command in self._found
        ]
