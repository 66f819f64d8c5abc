"""Where the app keeps its files, and what it was told at its start; the only place that knows a folder."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import cast

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("sendcloud-orders", appauthor=False)


def local_zone() -> tzinfo:
    """The time zone of this machine; where its name says nothing (`TZ=CET-1CEST`), the offset that holds now."""
    from tzlocal import get_localzone

    try:
        return get_localzone()
    except (KeyError, ValueError):
        return datetime.now().astimezone().tzinfo or UTC


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that is never shown: not in a repr, not in a traceback."""

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
    """OAuth2 client credentials; the secret goes to the token URL only."""

    client_id: str
    secret: Secret
    token_url: str


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to reach one account. `credentials` is None for the sandbox inside the process."""

    name: str
    base_url: str
    credentials: Basic | ClientCredentials | None
    read_only: bool = False
    partner_id: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose in `settings.toml`. `keep_days`: how long the journal keeps what has ended; None is for ever."""

    keep_days: int | None = None


class SettingsError(ValueError):
    """The settings file cannot be used; str() is a sentence for people."""


SETTINGS = "settings.toml"
_MOST_DAYS = 36500


def read_settings() -> Settings:
    """The user's settings; the defaults where there is no file. Raises SettingsError for anything that it does not know."""
    path = config_folder() / SETTINGS
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is no UTF-8 text") from error
    return _settings(path, text)


def _settings(path: Path, text: str) -> Settings:
    import tomllib  # only where there is a file

    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is no TOML: {error}") from error
    journal = found.pop("journal", {})
    if found:
        raise SettingsError(f"{path} has {next(iter(found))!r}, which is no setting; there is [journal] keep_days")
    if not isinstance(journal, dict):
        raise SettingsError(f"{path} must have [journal] as a table")
    values = cast(dict[str, object], dict(journal))
    days = values.pop("keep_days", None)
    if values:
        raise SettingsError(f"{path} has {next(iter(values))!r} in [journal], where only keep_days can be set")
    if days is not None and (not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= _MOST_DAYS):
        raise SettingsError(
            f"{path} has keep_days = {days!r} in [journal]; it must be a number of days from 1 to {_MOST_DAYS}"
        )
    return Settings(keep_days=days)


def config_folder() -> Path:
    """Where the user's settings of this app are; it need not be there."""
    return Path(os.environ.get("SENDCLOUD_ORDERS_CONFIG") or _DIRS.user_config_dir)


def data_folder() -> Path:
    """The user's data folder of this app; who keeps something in it makes it, closed to others."""
    return Path(os.environ.get("SENDCLOUD_ORDERS_DATA") or _DIRS.user_data_dir)


def sandbox_file() -> Path:
    """The file of the demo's orders, its folder made if it is not there. Raises OSError."""
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / "sandbox.sqlite"
