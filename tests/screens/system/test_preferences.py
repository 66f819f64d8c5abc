"""The settings screen by keys: values and their origin, a change at once, one for the next start, a file that is wrong."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from app_harness import open_app

from tui.config.locations import settings_file
from tui.config.settings import Settings
from tui.orders.formats import DateStyle, NumberStyle, use_formats


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SENDCLOUD_ORDERS_CONFIG", str(tmp_path / "config"))
    yield
    use_formats(DateStyle.NAMES, NumberStyle.POINT)


async def test_settings_are_listed_and_changed_by_keys(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.until("all read")
        preview = harness.line_with("──")
        assert harness.lines.index(preview) == 14
        await harness.press("O")
        await harness.until("· settings")
        assert harness.line_with(" theme ").split()[1:] == ["theme", "dark", "default"]
        await harness.press("enter")
        assert "3 16 ANSI colours" in harness.text
        await harness.press("4")
        await harness.until("theme: high contrast. Saved in settings.toml.")
        assert harness.line_with(" theme ").split()[1:] == ["theme", "high", "contrast", "settings.toml"]
        assert harness.app.theme == "high-contrast"
        for key, text in (("2", "density: compact"), ("3", "dates: 23-11-2026"), ("2", "numbers: 1,50")):
            await harness.press("j", "enter", key)
            await harness.until(text)
        assert settings_file().read_text() == (
            '[display]\ntheme = "high-contrast"\ndensity = "compact"\ndates = "day-first"\nnumbers = "comma"\n'
        )
        await harness.press("q")
        await harness.until("why it will not ship")
        assert harness.lines.index(harness.line_with("──")) == 18, "a shorter preview"
        assert re.search(r"\d,\d\d ", harness.text)
        assert not re.search(r"\d\.\d\d ", harness.text)


async def test_a_change_for_the_next_start_says_so(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.press("O")
        await harness.until("cache kept for")
        while not harness.line_with("cache kept for").startswith(">"):
            await harness.press("j")
        await harness.press("enter", "1")
        await harness.until("Saved in settings.toml. Used from the next start.")
        row = harness.line_with("cache kept for")
        assert row.startswith("> * cache kept for")
        assert row.split()[-5:] == ["days", "settings.toml", "at", "the", "start"]
        # The former value needs no restart.
        await harness.press("enter", "3")
        await harness.until(lambda: "90 days" in harness.line_with("cache kept for"))
        assert "at the start" not in harness.text


async def test_escape_changes_nothing(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.press("O")
        await harness.until("· settings")
        await harness.press("enter", "escape")
        assert not settings_file().exists()
        await harness.press("q")
        await harness.until("why it will not ship")


async def test_an_invalid_file_is_named_and_left_unchanged(tmp_path: Path) -> None:
    async with open_app(tmp_path) as harness:
        await harness.press("O")
        await harness.until("· settings")
        settings_file().parent.mkdir()
        settings_file().write_text("[display]\nthema = 'light'\n")
        await harness.press("enter", "2")
        await harness.until("Nothing was changed")
        assert settings_file().read_text() == "[display]\nthema = 'light'\n"
        await harness.press("q", "O")
        await harness.until("Nothing here.")
        assert "settings.toml, line 2" in harness.text.replace("\n", " ") or "line 2" in harness.text
        await harness.press("enter")


async def test_settings_of_the_file_are_used_at_the_start(tmp_path: Path) -> None:
    settings = Settings(theme="light", density="compact", dates=DateStyle.ISO, scrolls=False)
    async with open_app(tmp_path, app_settings=settings) as harness:
        await harness.until("all read")
        assert (harness.app.theme, harness.app.scrolls) == ("ansi-light", False)
        assert harness.lines.index(harness.line_with("──")) == 18
