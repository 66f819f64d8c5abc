"""Where the app keeps things on this machine: its folders and files; no other module knows."""

import os
from pathlib import Path

from platformdirs import PlatformDirs

_DIRS = PlatformDirs("sendcloud-orders", appauthor=False)


def config_folder() -> Path:
    """The folder of the user's settings; it may not exist."""
    return Path(os.environ.get("SENDCLOUD_ORDERS_CONFIG") or _DIRS.user_config_dir)


def settings_file() -> Path:
    """The file of the user's settings and profiles; it may not exist."""
    return config_folder() / "settings.toml"


def data_folder() -> Path:
    """The user's data folder. It is created, private to the user, when something is first stored."""
    return Path(os.environ.get("SENDCLOUD_ORDERS_DATA") or _DIRS.user_data_dir)


def sandbox_file() -> Path:
    """The file of the demo's orders; creates its folder. Raises OSError."""
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / "sandbox.sqlite"
