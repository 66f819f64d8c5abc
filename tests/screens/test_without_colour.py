"""Nothing is told by colour alone: with NO_COLOR no colour is drawn, and marks, words or attributes carry each state."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from app_harness import AppHarness, open_app
from rich.segment import Segment

from tui.config.schema import THEMES as THEME_NAMES
from tui.config.settings import Settings
from tui.widgets.themes import THEMES
from tui.work.writes.send_state import LABELS

SCREENS = {
    "triage": (),
    "edit": ("enter",),
    "JSON": ("E",),
    "composer": ("a",),
    "composer table": ("a", "v", "t"),
    "journal": ("L",),
    "requests": ("T",),
    "shops": ("I",),
    "facets": ("F",),
    "views": ("v",),
    "bulk changes": ("C",),
    "batches": ("B", "B"),
    "settings": ("O",),
    "keys": ("?",),
    "commands": (":",),
    "question": ("O", "enter"),
}
"""The main screens, with the keys that open them from the list of orders."""

STATES = (
    (("f",), "f", ""),
    (("x",), "x", "done"),
    (("z", "1"), "z", "snoozed until"),
    (("space",), "+", ""),
)
"""Keys, the mark in front of the row, and words in it."""


def segments(harness: AppHarness) -> Iterator[Segment]:
    for strip in harness.app.screen._compositor.render_strips():
        yield from strip


def colours(harness: AppHarness) -> set[str]:
    """The colours on the screen, except for the terminal's own."""
    found = set()
    for _, style, _ in segments(harness):
        for colour in (style.color, style.bgcolor) if style is not None else ():
            if colour is not None and not colour.is_default:
                found.add(colour.name)
    return found


@pytest.fixture
def no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.mark.usefixtures("no_colour")
async def test_no_screen_has_a_colour_and_all_show_where_the_cursor_is(tmp_path: Path) -> None:
    async with open_app(tmp_path, orders=40) as harness:
        await harness.until("all read")
        for name, keys in SCREENS.items():
            await harness.press(*keys)
            assert colours(harness) == set(), name
            attributes = {
                attribute
                for _, style, _ in segments(harness)
                if style is not None
                for attribute in ("bold", "underline", "reverse")
                if getattr(style, attribute)
            }
            assert attributes, f"{name}: titles and keys stay bold or underlined"
            if name in ("triage", "journal", "requests", "shops", "facets", "settings", "commands"):
                (cursor,) = [line for line in harness.lines if line.startswith(">")] or [""]
                assert cursor or "Nothing" in harness.text or "No " in harness.text, name
            while len(harness.app.screen_stack) > 2:
                await harness.press("escape")


@pytest.mark.usefixtures("no_colour")
async def test_the_state_of_an_order_is_told_by_marks_and_words(tmp_path: Path) -> None:
    async with open_app(tmp_path, orders=300) as harness:
        await harness.until("all read")
        rows = harness.lines[5:14]
        assert any(line[2] == "!" and line.rstrip() for line in rows), "an error"
        assert any(line[2] == "~" for line in rows), "a warning"
        for keys, mark, words in STATES:
            place = next(place for place, line in enumerate(harness.lines[4:14]) if line[1:3] == "  ")
            await harness.press("g", *["j"] * place)
            number = harness.lines[4 + place][4:14].strip()
            await harness.press(*keys)
            row = harness.line_with(number)
            assert mark in row[:4], (keys, row)
            assert words in row, (keys, row)


@pytest.mark.usefixtures("no_colour")
async def test_the_current_tab_and_the_account_are_told_without_colour(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        assert harness.lines[0].startswith(" PROD kaas&co · WRITES")
        reversed_texts = [text for text, style, _ in segments(harness) if style is not None and style.reverse]
        assert any(text.startswith(" 0 all") for text in reversed_texts)


def test_every_send_state_has_a_label_of_its_own() -> None:
    labels = [label.label for label in LABELS.values()]
    assert len(set(labels)) == len(labels)
    for state, label in LABELS.items():
        assert label.label, state


@pytest.mark.parametrize("name", THEME_NAMES)
async def test_every_theme_draws_in_its_own_colours(tmp_path: Path, name: str) -> None:
    assert tuple(THEMES) == THEME_NAMES
    async with open_app(tmp_path, orders=40, app_settings=Settings(theme=name)) as harness:
        await harness.until("all read")
        found = colours(harness)
        assert found, "the cursor has a background"
        if THEMES[name].ansi:
            assert all("#" not in colour for colour in found), "only the 16 colours of the terminal"
        dim = [text for text, style, _ in segments(harness) if style is not None and style.dim]
        assert bool(dim) == (name != "high-contrast")
