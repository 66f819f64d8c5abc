"""The user's settings and profiles, read from `settings.toml`.

Without a file nothing but the defaults is loaded, so that `--help` and a start without settings stay quick.
"""

import shlex
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.config.locations import settings_file
from tui.config.profiles import (
    Basic,
    ClientCredentials,
    EnvironmentSecret,
    KeyringSecret,
    Profile,
    Secret,
    SecretCommand,
    SecretSource,
    token_url_of,
)
from tui.config.time_zone import local_zone
from tui.orders.formats import DateStyle, NumberStyle

if TYPE_CHECKING:
    from tui.config.schema import ProfileTable, SettingsFile, ShopTable
    from tui.orders.checks.context import ShopSettings
    from tui.user_keys import ChosenKeys, Keymap

SECRET_KEY, CLIENT_SECRET = "SENDCLOUD_SECRET_KEY", "SENDCLOUD_CLIENT_SECRET"
_PRIVATE, _NOT_WRITABLE = 0o077, 0o022


@dataclass(frozen=True, slots=True)
class Settings:
    """The user's choices in `settings.toml` and on the command line.

    `keep_days`: how long the journal keeps completed writes; None: forever. `keep_cache_days`: how long the cache keeps
    an order after it was last read. `no_cache`: orders that are read are kept in memory only. `shops`: what the checks
    of orders have to know about a shop, by the number of the integration; shops that are not named have the defaults.
    `watch_every`: seconds after which all open orders are read again while they are watched; None: they are not.
    `keys`: those that the user chose, by screen and command. `mark_tags`: the tags that mirror the private marks `done`,
    `snoozed` and `flagged`; marks without one stay on this machine.
    `theme`: the name of a theme; `density`: "normal", "compact" or "list"; `dates`, `numbers`: how screens show them. `scrolls`:
    lines that moved are scrolled by the terminal. `reads`, `writes`: at most so many requests a minute are sent.
    `given`: the values that the file has, by table and key, such as `cache.keep_days`; without profiles, shops and keys.
    `profiles`: by their names; `default`: the name of the one to use without `--profile`.
    """

    keep_days: int | None = None
    keep_cache_days: int = 90
    no_cache: bool = False
    shops: "Mapping[int, ShopSettings]" = field(default_factory=dict)
    watch_every: float | None = None
    keys: "ChosenKeys" = field(default_factory=dict)
    mark_tags: Mapping[str, str] = field(default_factory=dict)
    theme: str = "dark"
    density: str = "normal"
    dates: DateStyle = DateStyle.NAMES
    numbers: NumberStyle = NumberStyle.POINT
    mouse: bool = False
    scrolls: bool = True
    reads: int = 1000
    writes: int = 100
    given: Mapping[str, object] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    default: str | None = None

    @property
    def keymap(self) -> "Keymap":
        """The commands with the keys that the user chose."""
        # Imported late, because the table of all commands is large.
        from tui.user_keys import Keymap

        return Keymap(self.keys)

    def profile(self, name: str | None = None) -> Profile | None:
        """The profile of this name; without a name the default, or the only one. None if there is no default.

        Raises SettingsError for an unknown name.
        """
        if name is None:
            name = self.default or (next(iter(self.profiles)) if len(self.profiles) == 1 else None)
        if name is None:
            return None
        if name not in self.profiles:
            raise SettingsError(_unknown_profile(name, self.profiles))
        return self.profiles[name]


class SettingsError(ValueError):
    """The settings file is invalid, or the secret of a profile is not available; str() is a sentence for users."""


def read_settings() -> Settings:
    """The user's settings; the defaults if there is no file. Raises SettingsError for anything invalid or unknown."""
    path = settings_file()
    text, mode = read_file(path)
    return parse_settings(text, path, mode) if text else Settings()


def read_file(path: Path) -> tuple[str, int]:
    """The text of the settings file and its rights; empty and private if there is none. Raises SettingsError."""
    try:
        data, mode = path.read_bytes(), path.stat().st_mode
    except FileNotFoundError:
        return "", 0o600
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    try:
        return data.decode("utf-8-sig"), stat.S_IMODE(mode)
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8 text") from None


def parse_settings(text: str, path: Path, mode: int = 0o600) -> Settings:
    """The settings in a text. `path` is named in messages; `mode`: its rights. Raises SettingsError."""
    # Imported only if there is a file.
    import tomllib

    from pydantic import ValidationError

    from tui.config.messages import line_number, line_of, sentence_of
    from tui.config.schema import SettingsFile
    from tui.user_keys import InvalidKeys, parse_keys

    # The original errors contain values of the file, which may be secrets.
    try:
        tables = tomllib.loads(text)
        file = SettingsFile.model_validate(tables)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from None
    except ValidationError as error:
        raise SettingsError(f"{path}{sentence_of(error.errors(include_url=False)[0], text)}") from None
    if file.default is not None and file.default not in file.profiles:
        raise SettingsError(f"{path}{line_of(['default'], text)}: {_unknown_profile(file.default, file.profiles)}")
    _check_rights(file, path, mode)
    try:
        keys = parse_keys(file.keys, lambda names: line_number(("keys", *names), text)).chosen
    except InvalidKeys as error:
        raise SettingsError(f"{path}{line_of(('keys', *error.names), text)}: {error}") from None
    zone = local_zone()
    return Settings(
        file.journal.keep_days,
        file.cache.keep_days,
        shops={number: _shop_settings(shop, zone) for number, shop in file.shops.items()},
        watch_every=file.watch.seconds,
        keys=keys,
        mark_tags={str(mark): tag for mark, tag in file.marks.tags.items()},
        theme=file.display.theme,
        density=file.display.density,
        dates=file.display.dates,
        numbers=file.display.numbers,
        mouse=file.terminal.mouse,
        scrolls=file.terminal.scroll,
        reads=file.limits.reads,
        writes=file.limits.writes,
        given={
            f"{name}.{key}": value
            for name, table in tables.items()
            if name not in ("profiles", "shops", "keys") and isinstance(table, dict)
            for key, value in table.items()
        },
        profiles={name: _profile(name, table) for name, table in file.profiles.items()},
        default=file.default,
    )


def _check_rights(file: "SettingsFile", path: Path, mode: int) -> None:
    tables = file.profiles.values()
    correct = f"correct it with: chmod 600 {shlex.quote(str(path))}"
    if mode & _PRIVATE and any(table.secret_key or table.client_secret for table in tables):
        raise SettingsError(f"{path} has a secret, and other users may read the file (mode {mode:03o}); {correct}")
    if mode & _NOT_WRITABLE and any(table.secret_command for table in tables):
        raise SettingsError(f"{path} has a command, and other users may change the file (mode {mode:03o}); {correct}")


def _profile(name: str, table: "ProfileTable") -> Profile:
    credentials: Basic | ClientCredentials
    if table.public_key is not None:
        credentials = Basic(table.public_key, _source(table, table.public_key, SECRET_KEY))
    else:
        client_id = table.client_id or ""
        token_url = table.token_url or token_url_of(table.url) or ""
        credentials = ClientCredentials(client_id, _source(table, client_id, CLIENT_SECRET), token_url)
    return Profile(
        name, table.url, credentials, table.read_only, table.partner_id, table.label or "", table.colour or ""
    )


def _source(table: "ProfileTable", public: str, variable: str) -> SecretSource:
    in_file = table.secret_key or table.client_secret
    if in_file is not None:
        return Secret(in_file.get_secret_value())
    if table.secret_command is not None:
        return SecretCommand(tuple(table.secret_command))
    return KeyringSecret(public) if table.keyring else EnvironmentSecret(variable)


def _shop_settings(shop: "ShopTable", zone: tzinfo) -> "ShopSettings":
    """The settings of a shop. Weekdays among the days off replace the usual weekend."""
    from tui.config.schema import WEEKDAYS
    from tui.orders.checks.context import ShopSettings

    values: dict[str, Any] = shop.model_dump(exclude_none=True)
    days = values.pop("days_off")
    weekend = frozenset(WEEKDAYS.index(day) for day in days if isinstance(day, str))
    if weekend:
        values["weekend"] = weekend
    return ShopSettings(**values, zone=zone, days_off=frozenset(day for day in days if not isinstance(day, str)))


def _unknown_profile(name: str, profiles: Mapping[str, object]) -> str:
    if not profiles:
        return f"there is no profile {name!r}; {settings_file()} has none"
    nearest = (get_close_matches(name, profiles, 1) or list(profiles))[0]
    return f"there is no profile {name!r}; did you mean {nearest!r}?"
