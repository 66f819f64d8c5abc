"""The settings that the app offers: values and their origin, writing one, and the schema behind them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tui.config.preferences import PREFERENCES, Preference, Preferences
from tui.config.schema import SettingsFile
from tui.config.settings import Settings, SettingsError, read_settings
from tui.orders.formats import DateStyle, NumberStyle

Write = Callable[..., Path]
BY_NAME = {preference.name: preference for preference in PREFERENCES}


def values(preferences: Preferences) -> dict[str, tuple[str, str, bool]]:
    return {row.preference.name: (row.value, row.origin, row.needs_restart) for row in preferences.rows()}


@pytest.mark.parametrize("preference", PREFERENCES, ids=lambda preference: preference.name)
def test_the_schema_accepts_every_offered_value_and_has_the_same_default(preference: Preference) -> None:
    table = getattr(SettingsFile(), preference.table)
    assert getattr(table, preference.key) == preference.default
    assert preference.default in [choice.value for choice in preference.choices]
    for choice in preference.choices:
        if choice.value is not None:
            file = SettingsFile.model_validate({preference.table: {preference.key: choice.value}})
            assert getattr(getattr(file, preference.table), preference.key) == choice.value


def test_defaults_without_a_file(file: Path) -> None:
    found = values(Preferences(Settings(), {}))
    assert found["display.theme"] == ("dark", "default", False)
    assert found["watch.every"] == ("off", "default", False)
    assert {origin for _, origin, _ in found.values()} == {"default"}
    assert not file.exists()


def test_where_values_come_from(write: Write) -> None:
    write("[cache]\nkeep_days = 11\n[watch]\nevery = '5m'\n[terminal]\nmouse = false\n")
    found = values(Preferences(read_settings(), {"terminal.mouse": ("on", "option --mouse")}))
    assert found["cache.keep_days"] == ("11", "settings.toml", False), "also a value that is not offered"
    assert found["watch.every"] == ("every 5m", "settings.toml", False)
    assert found["terminal.mouse"] == ("on", "option --mouse", False)
    assert found["journal.keep_days"] == ("ever", "default", False)


async def test_a_change_keeps_comments_and_other_tables(write: Write) -> None:
    file = write("# mine\n[cache]  # how long\nkeep_days = 30  # short\n\n[shops.7]\ncut_off = 12:00:00\n")
    preferences = Preferences(read_settings(), {})
    changes: list[Settings] = []
    preferences.on_change = lambda: changes.append(preferences.settings)
    await preferences.change(BY_NAME["cache.keep_days"], 365)
    await preferences.change(BY_NAME["display.theme"], "light")
    assert file.read_text() == (
        "# mine\n[cache]  # how long\nkeep_days = 365  # short\n\n[shops.7]\ncut_off = 12:00:00\n\n"
        '[display]\ntheme = "light"\n'
    )
    assert file.stat().st_mode & 0o777 == 0o600
    assert values(preferences)["cache.keep_days"] == ("365 days", "settings.toml", True)
    assert values(preferences)["display.theme"] == ("light", "settings.toml", False)
    assert changes[-1].theme == "light"
    assert changes[-1].keep_cache_days == 30, "needs a restart"


async def test_a_new_file_is_written_and_a_key_without_a_value_is_removed(file: Path) -> None:
    preferences = Preferences(Settings(), {})
    await preferences.change(BY_NAME["watch.every"], None)
    await preferences.change(BY_NAME["watch.every"], "1m")
    assert values(preferences)["watch.every"] == ("every 1m", "settings.toml", True)
    await preferences.change(BY_NAME["watch.every"], None)
    assert read_settings().watch_every is None
    assert values(preferences)["watch.every"] == ("off", "default", False)
    await preferences.change(BY_NAME["display.dates"], DateStyle.ISO)
    await preferences.change(BY_NAME["display.numbers"], NumberStyle.COMMA)
    assert (read_settings().dates, read_settings().numbers) == (DateStyle.ISO, NumberStyle.COMMA)


async def test_an_invalid_file_is_left_unchanged(write: Write) -> None:
    file = write("[cache]\nkeep_day = 3\n")
    preferences = Preferences(Settings(), {})
    with pytest.raises(SettingsError, match="did you mean 'keep_days'"):
        await preferences.change(BY_NAME["display.theme"], "light")
    with pytest.raises(SettingsError, match="line 2"):
        preferences.rows()
    assert file.read_text() == "[cache]\nkeep_day = 3\n"


async def test_a_folder_that_cannot_be_written_is_said(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SENDCLOUD_ORDERS_CONFIG", str(tmp_path / "file" / "folder"))
    with pytest.raises(SettingsError, match="cannot be"):
        await Preferences(Settings(), {}).change(BY_NAME["display.theme"], "light")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[display]\ntheme = 'drak'", "theme = 'drak' in [display] must be one of dark, light, ansi, high-contrast"),
        ("[display]\ndates = 'x'", "must be one of names, iso, day-first, month-first"),
        ("[terminal]\nmouse = 1", "mouse = 1 in [terminal] must be true or false"),
        ("[limits]\nreads = 1001", "must be a number of requests a minute, 2 to 1000"),
    ],
)
def test_invalid_values_are_named(write: Write, text: str, message: str) -> None:
    write(text)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert message in str(refused.value)
    assert "line 2" in str(refused.value)
