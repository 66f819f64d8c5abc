"""Builds key lines: commands' keys from the keymap, each with a word."""

from collections.abc import Iterable
from dataclasses import dataclass

from tui.keymap import Command, Context, key_name
from tui.user_keys import Keymap
from tui.widgets.input_line import InputLine

KeyWords = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ScreenKeys:
    """Gives the names of keys for the sentences of a screen: the user's keys, or the usual ones."""

    keymap: Keymap
    where: Context

    def __call__(self, id: str, context: Context | None = None) -> str:
        """The name of the key of a command, on this screen or another. Raises LookupError if it does not work there."""
        return self.keymap.key(id, context or self.where)


def with_keys(commands: Iterable[Command], text: str) -> str:
    """A text with the names of keys in place of `{id}`; empty if one of the commands is missing."""
    try:
        return text.format_map({command.id: key_name(command.keys[0]) for command in commands})
    except KeyError:
        return ""


def brief_keys(commands: Iterable[Command]) -> KeyWords:
    """The keys and labels of a screen's commands, in the keymap's order, without those that have no label."""
    return [(key_name(command.keys[0]), command.label) for command in commands if command.label]


def keys_of(commands: Iterable[Command], words: Iterable[tuple[str, str]]) -> KeyWords:
    """The keys of some of a screen's commands, by id, with words. Of a command with several keys the first is shown."""
    keys = {command.id: command.keys[0] for command in commands}
    return [(key_name(keys[id]), word) for id, word in words]


def key_names(commands: Iterable[Command], *ids: str) -> str:
    """The names of the keys of some commands: all keys of a single command, otherwise the first of each."""
    keys = {command.id: command.keys for command in commands}
    found = keys[ids[0]] if len(ids) == 1 else tuple(keys[id][0] for id in ids)
    return " ".join(map(key_name, found))


def marked_keys(commands: Iterable[Command]) -> str:
    """The commands that act on all marked orders after `;`, for a notice."""
    found = (command for command in commands if command.marked)
    return ", ".join(f"{key_name(command.keys[0])} {command.title}" for command in found)


def line_keys(line: InputLine) -> KeyWords:
    """The key line of an input line."""
    completes = [("Tab", "complete")] if line.complete is not None else []
    return [("Enter", "accept"), *completes, ("Esc", "cancel")]


def editor_keys(*, several_lines: bool = False) -> KeyWords:
    """The key line of a field's editor; in multiline text Enter starts a new line."""
    return [
        ("Enter", "new line" if several_lines else "accept, next line"),
        ("Tab", "accept, edit next"),
        ("Ctrl+G", "$EDITOR"),
        ("Esc", "close, keep text"),
    ]
