"""The table of commands: no key has two meanings, and every command is handled in its contexts."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
import readme_parts

import tui.screens
from tui.keymap import COMMANDS, Command, Context, Purpose, key_name
from tui.screens.common.commands import handled_by
from tui.screens.common.general_commands import GeneralCommands, MoveCommands
from tui.screens.common.screen import BaseScreen
from tui.user_keys import Keymap

KEYMAP = Keymap()

HARD_TO_TYPE = set("[]{}\\~@|")
"""These need AltGr on some keyboards."""
RESERVED = {"ctrl+a", "ctrl+b", "ctrl+j", "ctrl+p", "ctrl+q", "ctrl+s", "ctrl+@", "ctrl+space"}
"""These are used by tmux, screen, terminals and shells."""


def handled_in(kind: type[BaseScreen[Any]]) -> set[str]:
    """Return the commands that a screen, its groups and the general groups handle."""
    return {id for owner in (kind, *kind.GROUPS, MoveCommands, GeneralCommands) for id in handled_by(owner)}


def subclasses(kind: type[BaseScreen[Any]]) -> Iterator[type[BaseScreen[Any]]]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


def screens() -> list[type[BaseScreen[Any]]]:
    """Return all screens that can be opened: our screen classes without subclasses."""
    for module in pkgutil.walk_packages(tui.screens.__path__, "tui.screens."):
        importlib.import_module(module.name)
    ours = {kind for kind in subclasses(BaseScreen) if kind.__module__.startswith("tui.")}
    return sorted((kind for kind in ours if not ours & set(kind.__subclasses__())), key=lambda kind: kind.__name__)


def test_no_key_has_two_meanings_in_one_context() -> None:
    for where in Context:
        keys = [key for command in KEYMAP.commands_in(where) for key in command.keys]
        assert len(set(keys)) == len(keys), f"{where} has two commands with one key"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_command_is_complete(command: Command) -> None:
    assert command.keys
    assert command.contexts
    assert command.id.isidentifier()
    assert command.title == command.title.strip() != ""
    assert command.help[:1] == command.help[:1].upper()
    assert command.help.endswith(".")
    assert len(command.label) <= 12, "the key line must fit into 80 columns"
    assert not HARD_TO_TYPE & set(command.keys)
    assert not RESERVED & set(command.keys)
    assert not any(key.startswith("alt+") for key in command.keys)


def test_ids_and_titles_are_unique() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    for where in Context:
        titles = [command.title for command in KEYMAP.commands_in(where)]
        assert len(set(titles)) == len(titles), f"the palette of {where} has two commands with the same title"


def test_every_purpose_has_commands() -> None:
    assert {command.purpose for command in COMMANDS} == set(Purpose)


def test_palette_and_help_work_everywhere() -> None:
    for where in Context:
        keys = KEYMAP.commands_by_key(where)
        assert {"?", ":", "q", "escape", "Q", "ctrl+l", "ctrl+z", "ctrl+c", "j", "k", "down", "up"} <= keys.keys()


def test_every_context_has_a_screen() -> None:
    assert {kind.WHERE for kind in screens()} == set(Context)


@pytest.mark.parametrize("where", Context)
def test_every_command_is_handled_in_its_contexts(where: Context) -> None:
    missing = [
        f"{kind.__name__}: {command.id}"
        for kind in screens()
        if kind.WHERE is where
        for command in KEYMAP.commands_in(where)
        if command.id not in handled_in(kind)
    ]
    assert missing == []


def test_every_handler_has_a_command() -> None:
    """Every handler has a command, and its screen has a key for it."""
    known = {command.id for command in COMMANDS}
    unreachable = []
    for kind in screens():
        reachable = {command.id for command in KEYMAP.commands_in(kind.WHERE)}
        own = {id for owner in (kind, *kind.GROUPS) for id in handled_by(owner)}
        unreachable += [f"{kind.__name__}: {id}" for id in sorted(own - reachable)]
        assert handled_in(kind) <= known
    assert unreachable == []


@pytest.mark.parametrize(
    ("key", "name"), [("j", "j"), ("ctrl+d", "Ctrl+D"), ("enter", "Enter"), ("pagedown", "PgDn"), ("escape", "Esc")]
)
def test_key_names(key: str, name: str) -> None:
    assert key_name(key) == name


def test_every_key_has_a_readable_name() -> None:
    named = {key: key_name(key) for command in COMMANDS for key in command.keys}
    assert [key for key, name in named.items() if len(key) > 1 and name == key] == []


def test_the_readmes_key_table_is_up_to_date() -> None:
    assert readme_parts.block("keys") == readme_parts.key_table(), "run python tests/readme_parts.py"
