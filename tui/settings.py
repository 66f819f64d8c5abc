"""Where the app keeps its files, and what it was told at its start; the only place that knows a folder."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("sendcloud-orders", appauthor=False)


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


def data_folder() -> Path:
    """The user's data folder of this app, made if it is not there, closed to others."""
    folder = Path(os.environ.get("SENDCLOUD_ORDERS_DATA") or _DIRS.user_data_dir)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def store_file() -> Path:
    return data_folder() / "orders.sqlite"


def sandbox_file() -> Path:
    return data_folder() / "sandbox.sqlite"
