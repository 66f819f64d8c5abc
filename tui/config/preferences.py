"""The settings that the user changes in the app: what is offered, where each value comes from, and changing one."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from tui.config.files import change_setting
from tui.config.settings import Settings, read_settings
from tui.orders.formats import DateStyle, NumberStyle

Value: TypeAlias = str | int | bool | None


@dataclass(frozen=True, slots=True)
class OfferedValue:
    """A value of a setting, and what it means. `value` None: without a line in the file."""

    value: Value
    words: str


@dataclass(frozen=True, slots=True)
class Preference:
    """A setting: its table and key in `settings.toml`, its title, and the values that are offered.

    `default`: the value without a line in the file. `at_once`: a change takes effect without a restart.
    """

    table: str
    key: str
    title: str
    choices: Sequence[OfferedValue]
    default: Value
    at_once: bool = False

    @property
    def name(self) -> str:
        """`cache.keep_days`."""
        return f"{self.table}.{self.key}"

    def words_of(self, value: Value) -> str:
        """What a value means; the value itself if it is none of the offered ones."""
        found = [choice.words for choice in self.choices if choice.value == value]
        return found[0] if found else str(value)


@dataclass(frozen=True, slots=True)
class PreferenceRow:
    """A setting with its value in words, where that comes from, and whether it waits for a restart."""

    preference: Preference
    value: str
    origin: str
    needs_restart: bool


def _days(*numbers: int) -> list[OfferedValue]:
    return [OfferedValue(number, f"{number} days") for number in numbers]


def _switch(off: str, on: str) -> list[OfferedValue]:
    return [OfferedValue(False, off), OfferedValue(True, on)]


def _rates(*numbers: int) -> list[OfferedValue]:
    return [OfferedValue(number, f"{number} a minute") for number in numbers]


PREFERENCES: Final = (
    Preference(
        "display",
        "theme",
        "theme",
        (
            OfferedValue("dark", "dark: the terminal's own colours, on a dark background"),
            OfferedValue("light", "light: the terminal's own colours, on a light background"),
            OfferedValue("ansi", "16 ANSI colours, white on black"),
            OfferedValue("high-contrast", "high contrast: bright on black, nothing dimmed"),
        ),
        "dark",
        at_once=True,
    ),
    Preference(
        "display",
        "density",
        "density",
        (
            OfferedValue("normal", "normal"),
            OfferedValue("compact", "compact: a short preview, more orders"),
            OfferedValue("list", "list: no preview, least to send over a slow line"),
        ),
        "normal",
        at_once=True,
    ),
    Preference(
        "display",
        "dates",
        "dates",
        (
            OfferedValue(DateStyle.NAMES, "Mon 23 Nov"),
            OfferedValue(DateStyle.ISO, "2026-11-23"),
            OfferedValue(DateStyle.DAY_FIRST, "23-11-2026"),
            OfferedValue(DateStyle.MONTH_FIRST, "11/23/2026"),
        ),
        DateStyle.NAMES,
        at_once=True,
    ),
    Preference(
        "display",
        "numbers",
        "numbers",
        (OfferedValue(NumberStyle.POINT, "1.50"), OfferedValue(NumberStyle.COMMA, "1,50")),
        NumberStyle.POINT,
        at_once=True,
    ),
    Preference("terminal", "mouse", "mouse", _switch("off: the terminal selects text", "on"), False),
    Preference("terminal", "scroll", "scrolling", _switch("off: moved lines are sent again", "by the terminal"), True),
    Preference(
        "watch",
        "every",
        "watch",
        (OfferedValue(None, "off"), *(OfferedValue(every, f"every {every}") for every in ("1m", "5m", "15m", "1h"))),
        None,
    ),
    Preference("limits", "reads", "reads, at most", _rates(1000, 500, 250, 100), 1000),
    Preference("limits", "writes", "writes, at most", _rates(100, 50, 25, 10), 100),
    Preference("cache", "keep_days", "cache kept for", _days(7, 30, 90, 365), 90),
    Preference("journal", "keep_days", "journal kept for", (*_days(30, 90, 365), OfferedValue(None, "ever")), None),
)


class Preferences:
    """`settings`: those in force. `options`: what this start got elsewhere, by the name of the setting: its value in words
    and where that comes from. `on_change` is called after a change.
    """

    def __init__(self, settings: Settings, options: Mapping[str, tuple[str, str]]) -> None:
        self.settings = settings
        self.on_change: Callable[[], None] = lambda: None
        self._started = settings
        self._options = options

    def rows(self) -> list[PreferenceRow]:
        """All settings as they are in the file now. Raises SettingsError."""
        given = read_settings().given
        rows = []
        for preference in PREFERENCES:
            name = preference.name
            value, before = (_as_value(found.get(name, preference.default)) for found in (given, self._started.given))
            words = preference.words_of(value).partition(":")[0]
            origin = "settings.toml" if name in given else "default"
            words, origin = self._options.get(name, (words, origin))
            rows.append(PreferenceRow(preference, words, origin, value != before and not preference.at_once))
        return rows

    async def change(self, preference: Preference, value: Value) -> None:
        """Write a value to the file, and use it at once if that is possible.

        Raises SettingsError; then nothing is changed.
        """
        chosen = await asyncio.to_thread(_written, preference, value)
        self.settings = replace(
            self.settings, theme=chosen.theme, density=chosen.density, dates=chosen.dates, numbers=chosen.numbers
        )
        self.on_change()


def _written(preference: Preference, value: Value) -> Settings:
    change_setting(preference.table, preference.key, value)
    return read_settings()


def _as_value(value: object) -> Value:
    return value if isinstance(value, str | int | bool) else None
