"""The settings file is parsed once at a start, whatever the start needs of it."""

import asyncio
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest
from shell import Shell, orders

import tui.app
import tui.config.settings
import tui.start
from tui.arguments import chosen_profile

Write = Callable[..., Path]
SETTINGS = """
[limits]
reads = 60
[profiles.a]
url = "http://127.0.0.1:9/api/v3"
public_key = "public"
secret_key = "secret"
[shops."7"]
handling_days = 1
"""


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that the file was parsed."""
    found: list[str] = []
    original = tui.config.settings.parse_settings

    def parse(text: str, path: Path, mode: int = 0o600) -> tui.config.settings.Settings:
        found.append(text)
        return original(text, path, mode)

    monkeypatch.setattr(tui.config.settings, "parse_settings", parse)
    return found


def test_start_of_the_app(write: Write, parsed: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    write(SETTINGS)
    rates = []

    def run(app: tui.app.OrdersApp, mouse: bool) -> int:
        assert app.profile is not None
        service = asyncio.run(app._accounts.connect(app.profile))
        rates.append(service.client._transport.budget._buckets[False]._capacity)
        return 0

    monkeypatch.setattr(tui.app.OrdersApp, "run", run)
    monkeypatch.setattr(sys.__stderr__, "isatty", lambda: True, raising=False)
    choice = chosen_profile(Namespace(profile=None, url=None, demo=False, read_only=False))
    assert tui.start.run(*choice) == 0
    assert len(parsed) == 1
    assert rates == [9]


@pytest.mark.parametrize("command", ["list", "count", "check", "submit"])
def test_commands(shell: Shell, parsed: list[str], command: str) -> None:
    Path(shell.write("settings.toml", SETTINGS)).chmod(0o600)
    file = [shell.write("orders.json", orders(1))] if command in ("check", "submit") else []
    shell.run(command, "--demo", *file)
    assert len(parsed) == 1
