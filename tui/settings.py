"""Profiles, the settings file, and the folders of the app; no other module knows where files are stored."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from platformdirs import PlatformDirs

if TYPE_CHECKING:
    from tui.orders.checks.context import ShopSettings

_DIRS = PlatformDirs("sendcloud-orders", appauthor=False)


def local_zone() -> tzinfo:
    """The time zone of this machine; if it has no usable name (`TZ=CET-1CEST`), its current offset."""
    from tzlocal import get_localzone

    try:
        return get_localzone()
    except (KeyError, ValueError):
        return datetime.now().astimezone().tzinfo or UTC


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that is never shown, neither in a repr nor in a traceback."""

    value: str = field(repr=False)

    def __str__(self) -> str:
        return "…"


@dataclass(frozen=True, slots=True)
class Basic:
    """HTTP Basic: the key pair of an integration."""

    public: str
    secret: Secret


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """OAuth2 client credentials; the secret is sent to the token URL only."""

    client_id: str
    secret: Secret
    token_url: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Address and credentials of one account. `credentials` is None for the embedded sandbox."""

    name: str
    base_url: str
    credentials: Basic | ClientCredentials | None
    read_only: bool = False
    partner_id: str | None = None


_CACHE_DAYS = 90


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's choices in `settings.toml` and on the command line.

    `keep_days`: how long the journal keeps completed writes; None: forever. `keep_cache_days`: how long the cache keeps
    an order after it was last read. `no_cache`: orders that are read are kept in memory only. `watch_every`: seconds
    after which all open orders are read again while they are watched; None: they are not. `shops`: what the checks of
    orders have to know about a shop, by the number of the integration; shops that are not named have the defaults.
    """

    keep_days: int | None = None
    keep_cache_days: int = _CACHE_DAYS
    no_cache: bool = False
    watch_every: float | None = None
    shops: "Mapping[int, ShopSettings]" = field(default_factory=dict)


class SettingsError(ValueError):
    """The settings file is invalid; str() is a sentence for users."""


SETTINGS = "settings.toml"
_MAX_DAYS = 36500
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HINTS = {
    "keep_days": f"a number of days from 1 to {_MAX_DAYS}",
    "sender_country": "the two letters of a country, such as NL",
    "sender_postcode": "a text",
    "handling_days": "a number of days from 0 to 60",
    "cut_off": 'a time of day, such as "16:00"',
    "days_off": 'a list of dates such as 2026-12-25 and of weekdays such as "sunday"',
    "heaviest_order": "a weight in kilograms",
    "heaviest_item": "a weight in kilograms",
    "every": 'a time from "1m" to "24h", such as "5m"',
}
"""What the value of a setting must be, by its key."""
_LEVELS_HINT = '"off", "error" or "warning"'
_KEYS = {
    "": ("cache", "journal", "shops", "watch"),
    "watch": ("every",),
    "cache": ("keep_days",),
    "journal": ("keep_days",),
    "shops": (*tuple(_HINTS)[1:-1], "checks"),
}
"""The valid keys of each table; the root is ""."""


def read_settings() -> Settings:
    """The user's settings; the defaults if there is no file. Raises SettingsError for anything invalid or unknown."""
    path = config_folder() / SETTINGS
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text") from error
    return _parse(path, text)


def _parse(path: Path, text: str) -> Settings:
    # Imported only if there is a file: `--help` and a start without settings stay quick.
    import tomllib

    from pydantic import BaseModel, ConfigDict, Field, ValidationError

    from tui.orders.checks.context import Level
    from tui.orders.checks.registry import CODES

    class Journal(BaseModel):
        model_config = ConfigDict(extra="forbid")
        keep_days: int | None = Field(default=None, strict=True, ge=1, le=_MAX_DAYS)

    class Cache(BaseModel):
        model_config = ConfigDict(extra="forbid")
        keep_days: int = Field(default=_CACHE_DAYS, strict=True, ge=1, le=_MAX_DAYS)

    class Watch(BaseModel):
        model_config = ConfigDict(extra="forbid")
        every: str | None = Field(default=None, pattern="^(?:[1-9][0-9]{0,2}m|(?:[1-9]|1[0-9]|2[0-4])h)$")

    class Shop(BaseModel):
        model_config = ConfigDict(extra="forbid")
        sender_country: str | None = Field(default=None, pattern="^[A-Z]{2}$")
        sender_postcode: str | None = None
        handling_days: int | None = Field(default=None, strict=True, ge=0, le=60)
        cut_off: time | None = None
        days_off: list[Literal[_WEEKDAYS] | date] = []  # type: ignore[valid-type]
        heaviest_order: Decimal | None = Field(default=None, gt=0)
        heaviest_item: Decimal | None = Field(default=None, gt=0)
        checks: dict[str, Level] = {}

    class SettingsFile(BaseModel):
        model_config = ConfigDict(extra="forbid")
        cache: Cache = Cache()
        journal: Journal = Journal()
        shops: dict[int, Shop] = {}
        watch: Watch = Watch()

    try:
        file = SettingsFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        names = _as_written([str(name) for name in problem["loc"]])
        raise SettingsError(
            f"{path}{_line_of(names, text)}: {_message(problem['type'], names, problem['input'])}"
        ) from error
    for number, shop in file.shops.items():
        if unknown := [code for code in shop.checks if code not in CODES]:
            names = ["shops", str(number), "checks", unknown[0]]
            raise SettingsError(
                f"{path}{_line_of(names, text)}: {_unknown(unknown[0], _table(names[:-1]), tuple(CODES))}"
            )
    zone = local_zone()
    shops = {number: _shop_settings(shop.model_dump(exclude_none=True), zone) for number, shop in file.shops.items()}
    every = file.watch.every
    watch_every = int(every[:-1]) * (60.0 if every.endswith("m") else 3600.0) if every is not None else None
    return Settings(file.journal.keep_days, file.cache.keep_days, watch_every=watch_every, shops=shops)


def _shop_settings(values: dict[str, Any], zone: tzinfo) -> "ShopSettings":
    """The settings of a shop. Weekdays among the days off replace the usual weekend."""
    from tui.orders.checks.context import ShopSettings

    days = values.pop("days_off")
    weekend = frozenset(_WEEKDAYS.index(day) for day in days if isinstance(day, str))
    if weekend:
        values["weekend"] = weekend
    return ShopSettings(**values, zone=zone, days_off=frozenset(day for day in days if not isinstance(day, str)))


def _table(names: Sequence[str]) -> str:
    """The name of a table as the file has it: `[shops."7".checks]`; empty for the root."""
    shown = [f'"{name}"' if name.isdecimal() else name for name in names]
    return f" in [{'.'.join(shown)}]" if shown else ""


def _unknown(key: str, place: str, valid: Sequence[str]) -> str:
    nearest = (get_close_matches(key, valid, 1) or valid)[0]
    return f"{key!r}{place} is not a setting; did you mean {nearest!r}?"


def _as_written(names: list[str]) -> list[str]:
    """A path of keys without the parts below a setting that has one value: positions in a list, types."""
    end = next((place for place, name in enumerate(names) if name in _HINTS), len(names))
    return names[: end + 1]


def _message(code: str, names: Sequence[str], value: object) -> str:
    """What is wrong with the setting at a path of keys."""
    *tables, key = names
    if code == "extra_forbidden":
        return _unknown(key, _table(tables), _KEYS[tables[0] if tables else ""])
    if names[0] == "shops" and len(names) == 3 and key == "[key]":
        return f"{names[1]!r} is not the number of a shop"
    if code in ("model_type", "dict_type"):
        return f"{key} must be a table: {_table(names).removeprefix(' in ')}"
    if "checks" in tables:
        return f"{key} = {value!r}{_table(tables)} must be {_LEVELS_HINT}"
    return f"{key} = {value!r}{_table(tables)} must be {_HINTS[key]}"


def _line_of(names: Sequence[str], text: str) -> str:
    """The number of the line that has the last of these keys, each of which is looked for after the one before."""
    lines, found = text.splitlines(), 0
    for name in names:
        pattern = re.compile(rf"(?:^|[\s.\[\"']){re.escape(name)}[\"']?\s*(?:=|\]|\.)")
        found = next((number for number in range(found, len(lines)) if pattern.search(lines[number])), found)
    return f", line {found + 1}" if names and pattern.search(lines[found]) else ""


def config_folder() -> Path:
    """The folder of the user's settings; it may not exist."""
    return Path(os.environ.get("SENDCLOUD_ORDERS_CONFIG") or _DIRS.user_config_dir)


def data_folder() -> Path:
    """The user's data folder. It is created, private to the user, when something is first stored."""
    return Path(os.environ.get("SENDCLOUD_ORDERS_DATA") or _DIRS.user_data_dir)


def sandbox_file() -> Path:
    """The file of the demo's orders; creates its folder. Raises OSError."""
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / "sandbox.sqlite"
