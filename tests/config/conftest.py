"""A configuration folder of its own, and an environment without credentials."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.config.locations import settings_file


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The path of the settings file, which does not exist."""
    for name in [name for name in os.environ if name.startswith("SENDCLOUD_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SENDCLOUD_ORDERS_CONFIG", str(tmp_path))
    return settings_file()


@pytest.fixture
def write(file: Path) -> Callable[..., Path]:
    """Writes the settings file, private to the user."""

    def write(text: str, mode: int = 0o600) -> Path:
        file.write_text(text)
        file.chmod(mode)
        return file

    return write
