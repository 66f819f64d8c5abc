"""The help of each screen: its commands by purpose with their names, its tabs by number, then all other commands."""

from pathlib import Path

import pytest
from app_harness import open_app

from tui.keymap import COMMANDS, Context, Purpose
from tui.screens.common.pages import help_lines
from tui.user_keys import Keymap

KEYMAP = Keymap({Context.TRIAGE: {"facets": ("f5",)}})


def lines(where: Context, tabs: list[tuple[str, str]] | None = None) -> list[str]:
    found = help_lines(where, KEYMAP, tabs or [])
    return [line if isinstance(line, str) else "".join(text for text, _ in line) for line in found]


@pytest.mark.parametrize("where", Context)
def test_every_command_is_listed_with_its_name(where: Context) -> None:
    text = lines(where)
    elsewhere = text.index("On other screens")
    for command in COMMANDS:
        place = next(index for index, line in enumerate(text) if f" {command.title} " in line and command.help in line)
        assert (place < elsewhere) == (where in command.contexts)
    headings = [line for line in text if line in set(Purpose)]
    assert headings == [p for p in Purpose if any(c.purpose is p and where in c.contexts for c in COMMANDS)]


def test_chosen_keys_come_first() -> None:
    assert any(line.startswith("  F5 F ") for line in lines(Context.TRIAGE))
    here, _, elsewhere = "\n".join(lines(Context.EDIT)).partition("On other screens")
    assert "\n  F5 " not in here
    assert "\n  F5 F " in elsewhere


def test_tabs_are_named_by_number() -> None:
    text = lines(Context.COMPOSER, [("7", "verified 3"), ("", "Shop\x1b[2J")])
    assert "  7              verified 3" in text
    assert "                 Shop␛[2J" in text


async def test_the_tabs_of_the_screen_are_in_its_help(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        await harness.press("B", "?")
        while ["7", "verified"] not in [line.split() for line in harness.lines]:
            await harness.press("ctrl+d")
            assert "On other screens" not in harness.text
