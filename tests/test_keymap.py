"""The one table of commands: no key means two things, and every command is done where the table says that it is."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
import readme_parts

import tui.screens
from tui.keymap import COMMANDS, Command, Context, clashes, commands_in, key_name, lookup
from tui.screens.common.commands import handled_by
from tui.screens.common.general_commands import GeneralCommands, MoveCommands
from tui.screens.common.screen import BaseScreen

NO_KEYS = set("[]{}\\~@|")
"""They need AltGr on some keyboards."""
LEFT_ALONE = {"ctrl+a", "ctrl+b", "ctrl+j", "ctrl+p", "ctrl+q", "ctrl+s", "ctrl+@", "ctrl+space"}
"""tmux, screen, terminals and shells have them."""


def handled_in(kind: type[BaseScreen[Any]]) -> set[str]:
    """The commands that a screen, its groups and the general groups handle."""
    return {id for owner in (kind, *kind.GROUPS, MoveCommands, GeneralCommands) for id in handled_by(owner)}


def below(kind: type[BaseScreen[Any]]) -> Iterator[type[BaseScreen[Any]]]:
    for child in kind.__subclasses__():
        yield child
        yield from below(child)


def screens() -> list[type[BaseScreen[Any]]]:
    """Every screen that can be opened: those of the house that no other is made of."""
    for module in pkgutil.walk_packages(tui.screens.__path__, "tui.screens."):
        importlib.import_module(module.name)
    ours = {kind for kind in below(BaseScreen) if kind.__module__.startswith("tui.")}
    return sorted((kind for kind in ours if not ours & set(kind.__subclasses__())), key=lambda kind: kind.__name__)


def test_no_key_means_two_things_in_one_place() -> None:
    assert clashes() == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_a_command_is_told_whole(command: Command) -> None:
    assert command.keys
    assert command.where
    assert command.id.isidentifier()
    assert command.title == command.title.strip() != ""
    assert command.more[:1] == command.more[:1].upper()
    assert command.more.endswith(".")
    assert len(command.brief) <= 12, "the key line is one line of 80"
    assert not NO_KEYS & set(command.keys)
    assert not LEFT_ALONE & set(command.keys)
    assert not any(key.startswith("alt+") for key in command.keys)


def test_ids_and_titles_are_told_apart() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    for where in Context:
        titles = [command.title for command in commands_in(where)]
        assert len(set(titles)) == len(titles), f"the palette of {where} has two of one name"


def test_the_palette_and_the_help_can_be_reached_everywhere() -> None:
    for where in Context:
        keys = lookup(where)
        assert {"?", ":", "q", "escape", "Q", "ctrl+l", "ctrl+z", "ctrl+c", "j", "k", "down", "up"} <= keys.keys()


def test_every_place_has_its_screens() -> None:
    assert {kind.WHERE for kind in screens()} == set(Context)


@pytest.mark.parametrize("where", Context)
def test_every_command_is_done_where_the_table_says(where: Context) -> None:
    missing = [
        f"{kind.__name__}: {command.id}"
        for kind in screens()
        if kind.WHERE is where
        for command in commands_in(where)
        if command.id not in handled_in(kind)
    ]
    assert missing == []


def test_what_is_done_can_be_asked_for() -> None:
    """No handler without a command, and none of a screen that no key of it leads to."""
    known = {command.id for command in COMMANDS}
    idle = []
    for kind in screens():
        here = {command.id for command in commands_in(kind.WHERE)}
        own = {id for owner in (kind, *kind.GROUPS) for id in handled_by(owner)}
        idle += [f"{kind.__name__}: {id}" for id in sorted(own - here)]
        assert handled_in(kind) <= known
    assert idle == []


@pytest.mark.parametrize(
    ("key", "name"), [("j", "j"), ("ctrl+d", "Ctrl+D"), ("enter", "Enter"), ("pagedown", "PgDn"), ("escape", "Esc")]
)
def test_keys_have_the_names_that_people_use(key: str, name: str) -> None:
    assert key_name(key) == name


def test_every_key_has_a_name_for_people() -> None:
    named = {key: key_name(key) for command in COMMANDS for key in command.keys}
    assert [key for key, name in named.items() if len(key) > 1 and name == key] == []


def test_the_readme_has_the_keys_of_today() -> None:
    assert readme_parts.block("keys") == readme_parts.key_table(), "python tests/readme_parts.py writes it anew"
