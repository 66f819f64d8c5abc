"""The palette: run any command of the screen below by name."""

from collections.abc import Sequence
from typing import Any

from tui.keymap import Command, key_name
from tui.screens.common.screen import BaseScreen
from tui.screens.common.search_screen import NO_ACTIONS, SearchScreen
from tui.widgets.table import Column, RenderedRow

_NOT_LISTED = frozenset({"palette", "on_marked", "tab_number"})


class CommandChoices:
    """The commands of a screen, first those whose title starts with the typed text."""

    prompt = ": "
    columns = (Column("title", "command", 24, 1), Column("keys", "keys", 12), Column("more", "what it does", 30, 2))
    empty = "No command matches."
    keys = (("↓ ↑", "choose"), ("Enter", "run"), ("Esc", "cancel"))
    actions = NO_ACTIONS

    def __init__(self, commands: Sequence[Command]) -> None:
        self._offered = [command for command in commands if command.id not in _NOT_LISTED]
        self._found: Sequence[Command] = ()

    def offer(self, text: str) -> list[RenderedRow]:
        words = text.lower().split()
        found = [
            command
            for command in self._offered
            if all(word in f"{command.title} {command.help}".lower() for word in words)
        ]
        found.sort(key=lambda command: not command.title.lower().startswith(text.lower().strip()))
        self._found = found
        return [
            RenderedRow(command.id, (command.title, " ".join(map(key_name, command.keys)), command.help))
            for command in found
        ]

    def choose(self, index: int) -> Command:
        return self._found[index]


async def run_chosen_command(screen: BaseScreen[Any]) -> None:
    """Let the user choose a command of a screen, and run it there."""
    choices = CommandChoices(screen.commands)
    command = await screen.ask_screen(SearchScreen(screen.workspace, f"Commands in {screen.WHERE}", choices))
    if command is not None:
        screen.call_after_refresh(screen.run_command, command, command.keys[0])
