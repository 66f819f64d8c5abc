"""The keys of the commands on each screen: those of the table, and before them those that the user chose."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Final, TypeAlias

from tui.keymap import COMMANDS, NAMES, Command, Context, key_name

ChosenKeys: TypeAlias = Mapping[Context, Mapping[str, tuple[str, ...]]]
"""The user's keys by screen and by the id of the command."""

LineOf: TypeAlias = Callable[[Sequence[str]], int | None]
"""Gives the line of the settings file that has a path of keys, such as `("triage", "done")`."""

EVERYWHERE: Final = "everywhere"
_FIXED: Final = {
    "send": "y confirms, and no other key",
    "tab_number": "digits choose tabs",
}
"""Commands whose keys cannot be chosen, and why."""

_FORBIDDEN: Final = {
    "y": "it only confirms",
    "escape": "it always goes back",
    **dict.fromkeys("0123456789", "digits choose tabs"),
    **dict.fromkeys(
        (f"ctrl+{letter}" for letter in "abjpqs"), "terminals, tmux, screen or shells use it, so it may not arrive"
    ),
    "ctrl+i": "terminals send it as Tab",
    "ctrl+m": "terminals send it as Enter",
    "ctrl+h": "terminals send it as Backspace",
}
_SENT: Final = frozenset({*NAMES, *(f"f{number}" for number in range(1, 13))})
"""Keys with a name that every terminal sends."""

_SPELLINGS: Final = {
    "esc": "escape",
    "pgdn": "pagedown",
    "pgup": "pageup",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
}
_CONTROL: Final = re.compile("ctrl[+][a-z]")


@dataclass(frozen=True, slots=True)
class Keymap:
    """The commands of each screen with their keys. A chosen key is the first of its command.

    The keys of the table stay, except where the user chose them for another command.
    """

    chosen: ChosenKeys = field(default_factory=lambda: MappingProxyType({}))

    def commands_in(self, context: Context) -> tuple[Command, ...]:
        """The commands of a screen."""
        own = self.chosen.get(context, {})
        taken = {key for keys in own.values() for key in keys}
        return tuple(
            replace(command, keys=(*own.get(command.id, ()), *(key for key in command.keys if key not in taken)))
            if own
            else command
            for command in COMMANDS
            if context in command.contexts
        )

    def key(self, id: str, context: Context) -> str:
        """The name of the key of a command on a screen, for sentences. Raises LookupError if it does not work there."""
        for command in self.commands_in(context):
            if command.id == id:
                return key_name(command.keys[0])
        raise LookupError(f"{id} does not work in {context}")

    def commands_by_key(self, context: Context) -> dict[str, Command]:
        """The commands of a screen by key."""
        return {key: command for command in self.commands_in(context) for key in command.keys}


class InvalidKeys(ValueError):
    """The keys in the settings are invalid; str() is a sentence for users. `names`: the path of the wrong setting."""

    def __init__(self, names: Sequence[str], text: str) -> None:
        super().__init__(text)
        self.names = tuple(names)


@dataclass(frozen=True, slots=True)
class _Choice:
    """Keys that the file gives to a command, and the table they are in."""

    table: str
    command: Command
    keys: tuple[str, ...]

    @property
    def names(self) -> tuple[str, str]:
        return self.table, self.command.id


def parse_keys(tables: Mapping[str, object], line_of: LineOf) -> Keymap:
    """The keymap with the user's keys: a table for each screen, and one for all, from commands to keys.

    The keys of a screen replace those that the command has everywhere. Raises InvalidKeys for an unknown screen or
    command, for a key that is not available, for two commands with one key, and for a command left without a key.
    """
    choices = list(_choices(tables))
    chosen: dict[Context, dict[str, tuple[str, ...]]] = {}
    for context in Context:
        here = {choice.command.id: choice for choice in _those_in(context, choices)}
        if here:
            _check_clashes(context, list(here.values()), line_of)
            chosen[context] = {id: choice.keys for id, choice in here.items()}
    keymap = Keymap(chosen)
    for context in chosen:
        _check_reachable(context, keymap, choices)
    return keymap


def table_name(context: Context) -> str:
    """The name of a screen's table in the settings: `bulk_change`."""
    return context.value.lower().replace(" ", "_")


_CONTEXTS: Final = {table_name(context): context for context in Context}


def _choices(tables: Mapping[str, object]) -> Iterator[_Choice]:
    valid = (EVERYWHERE, *_CONTEXTS)
    for table, settings in tables.items():
        if table not in valid:
            text = f"{table!r} is not a screen; did you mean {_nearest(table, valid)!r}?"
            if isinstance(settings, str | list):
                text = f"{table!r} must be in the table of a screen, such as [keys.triage], or in [keys.{EVERYWHERE}]"
            raise InvalidKeys([table], text)
        if not isinstance(settings, Mapping):
            raise InvalidKeys([table], f"{table} must be a table: [keys.{table}]")
        for id, keys in settings.items():
            command = _command(table, id)
            yield _Choice(table, command, tuple(dict.fromkeys(_keys(table, id, keys))))


def _command(table: str, id: str) -> Command:
    context = _CONTEXTS.get(table)
    command = next((command for command in COMMANDS if command.id == id), None)
    if command is None:
        here = [command for command in COMMANDS if context is None or context in command.contexts]
        by_name = {command.title: command.id for command in here} | {command.id: command.id for command in here}
        nearest = by_name[_nearest(id, tuple(by_name))]
        raise InvalidKeys([table, id], f"{id!r} is not a command; did you mean {nearest!r}?")
    if context is not None and context not in command.contexts:
        places = ", ".join(place for place in Context if place in command.contexts)
        raise InvalidKeys([table, id], f"{id!r} does not work in {context}, but in {places}")
    if id in _FIXED:
        raise InvalidKeys([table, id], f"the keys of {id!r} cannot be chosen: {_FIXED[id]}")
    return command


def _keys(table: str, id: str, keys: object) -> Iterator[str]:
    given = keys if isinstance(keys, list) else [keys]
    if not given:
        raise InvalidKeys([table, id], f"{id} = [] has no key; leave the line out to use the usual keys")
    for key in given:
        if not isinstance(key, str):
            raise InvalidKeys([table, id], f'{id} = {key!r} must be a key such as "x", or a list of keys')
        known = key if len(key) == 1 else _spelt(key)
        if known in _FORBIDDEN and (known, id) != ("escape", "back"):
            raise InvalidKeys([table, id], f"{key_name(known)} cannot be chosen: {_FORBIDDEN[known]}")
        if not (len(known) == 1 and known.isprintable() and known != " ") and not (
            known in _SENT or _CONTROL.fullmatch(known)
        ):
            hint = 'a character, "ctrl+x", "f5", or a name such as "space" or "pagedown"'
            raise InvalidKeys([table, id], f"{key!r} is not a key that every terminal sends; use {hint}")
        yield known


def _spelt(key: str) -> str:
    """A key's name as Textual has it: `Ctrl+X` is `ctrl+x`, `PgDn` is `pagedown`."""
    name = key.lower().replace(" ", "")
    return _SPELLINGS.get(name, name)


def _nearest(word: str, valid: Sequence[str]) -> str:
    return (get_close_matches(word, valid, 1) or valid)[0]


def _those_in(context: Context, choices: Sequence[_Choice]) -> Iterator[_Choice]:
    """The choices that apply on a screen; its own table comes last."""
    for table in (EVERYWHERE, table_name(context)):
        yield from (choice for choice in choices if choice.table == table and context in choice.command.contexts)


def _check_clashes(context: Context, choices: Sequence[_Choice], line_of: LineOf) -> None:
    taken: dict[str, _Choice] = {}
    for choice in choices:
        for key in choice.keys:
            other = taken.setdefault(key, choice)
            if other is not choice:
                line = line_of(other.names)
                place = f", line {line}" if line is not None else ""
                raise InvalidKeys(
                    choice.names, f"{key_name(key)} is also the key of {other.command.id!r} in {context}{place}"
                )


def _check_reachable(context: Context, keymap: Keymap, choices: Sequence[_Choice]) -> None:
    for lost in (command for command in keymap.commands_in(context) if not command.keys):
        usual = next(command.keys for command in COMMANDS if command.id == lost.id)
        taken_by = next(choice for choice in _those_in(context, choices) if set(usual) & set(choice.keys))
        raise InvalidKeys(
            taken_by.names,
            f"{lost.title!r} would have no key in {context}; choose a key for {lost.id!r}, too",
        )
