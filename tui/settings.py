"""Profiles, the settings file, and the folders of the app; no other module knows where files are stored."""

import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from difflib import get_close_matches
from pathlib import Path

from platformdirs import PlatformDirs

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
    an order after it was last read. `no_cache`: orders that are read are kept in memory only.
    """

    keep_days: int | None = None
    keep_cache_days: int = _CACHE_DAYS
    no_cache: bool = False


class SettingsError(ValueError):
    """The settings file is invalid; str() is a sentence for users."""


SETTINGS = "settings.toml"
_MAX_DAYS = 36500
_KEYS = {"": ("cache", "journal"), "cache": ("keep_days",), "journal": ("keep_days",)}
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

    class Journal(BaseModel):
        model_config = ConfigDict(extra="forbid")
        keep_days: int | None = Field(default=None, strict=True, ge=1, le=_MAX_DAYS)

    class Cache(BaseModel):
        model_config = ConfigDict(extra="forbid")
        keep_days: int = Field(default=_CACHE_DAYS, strict=True, ge=1, le=_MAX_DAYS)

    class SettingsFile(BaseModel):
        model_config = ConfigDict(extra="forbid")
        cache: Cache = Cache()
        journal: Journal = Journal()

    try:
        read = SettingsFile.model_validate(tomllib.loads(text))
        return Settings(keep_days=read.journal.keep_days, keep_cache_days=read.cache.keep_days)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML: {error}") from error
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        *tables, key = map(str, problem["loc"])
        table = ".".join(tables)
        raise SettingsError(
            f"{path}{_line_of(key, text)}: {_message(problem['type'], table, key, problem['input'])}"
        ) from error


def _message(code: str, table: str, key: str, value: object) -> str:
    place = f" in [{table}]" if table else ""
    match code:
        case "extra_forbidden":
            valid = _KEYS[table]
            nearest = (get_close_matches(key, valid, 1) or valid)[0]
            return f"{key!r}{place} is not a setting; did you mean {nearest!r}?"
        case "model_type":
            return f"{key} must be a table: [{key}]"
    return f"{key} = {value!r}{place} must be a number of days from 1 to {_MAX_DAYS}"


def _line_of(key: str, text: str) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(rf"\s*\[?\s*[\"']?{re.escape(key)}[\"']?\s*(?:=|\]|\.)", line):
            return f", line {number}"
    return ""


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
