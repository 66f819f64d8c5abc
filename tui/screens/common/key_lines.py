"""Key lines: the keys of commands, from the keymap, each with a word for it."""

from collections.abc import Iterable, Sequence

from tui.keymap import Context, commands_in, key_name
from tui.widgets.input_line import InputLine

KeyWords = list[tuple[str, str]]

_QUESTION_WIDTH = 36
_ANSWER_WIDTH = 10
"""Cells that a question with its own keys needs, and a number with the beginning of its title."""


def brief_keys(where: Context) -> KeyWords:
    """The commands of a place that have a brief word, in the keymap's order."""
    return keys_of(where, ((command.id, command.label) for command in commands_in(where) if command.label))


def keys_of(where: Context, commands: Iterable[tuple[str, str]]) -> KeyWords:
    """These commands of a place, each with a word for it. A command that has several keys is shown with its first."""
    keys = {command.id: command.keys[0] for command in commands_in(where)}
    return [(key_name(keys[id]), word) for id, word in commands]


def key_names(where: Context, *commands: str) -> str:
    """The names of the keys of these commands: of one all, of several the first of each."""
    keys = {command.id: command.keys for command in commands_in(where)}
    found = keys[commands[0]] if len(commands) == 1 else tuple(keys[id][0] for id in commands)
    return " ".join(map(key_name, found))


def marked_keys(where: Context) -> str:
    """The commands of a place that act on all marked orders after `;`."""
    found = (command for command in commands_in(where) if command.marked)
    return ", ".join(f"{command.keys[0]} {command.title.partition(' ')[0]}" for command in found)


def line_keys(line: InputLine) -> KeyWords:
    """The keys of a line while it is typed."""
    completes = [("Tab", "complete")] if line.complete is not None else []
    return [("Enter", "accept"), *completes, ("Esc", "cancel")]


def editor_keys(*, several_lines: bool = False) -> KeyWords:
    """The keys of a field's editor; in one of several lines Enter begins another line."""
    return [
        ("Enter", "new line" if several_lines else "accept, down"),
        ("Tab", "accept, edit next"),
        ("Ctrl+G", "$EDITOR"),
        ("Esc", "close, kept"),
    ]


def numbered_answers(titles: Sequence[str], width: int) -> list[tuple[str, str]]:
    """Answers by number for a question on a line of this width, with as many of the titles as fit."""
    fitting = max(0, width - _QUESTION_WIDTH) // _ANSWER_WIDTH
    return [(str(number), title if number <= fitting else "") for number, title in enumerate(titles, 1)]
