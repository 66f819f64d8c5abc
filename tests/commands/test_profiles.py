"""The headless commands with profiles: their credentials are used for their own URL, and mistakes are usage errors."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from shell import Shell, orders
from skipped_time import CLOCK
from watched_service import Service, serve_sandbox

from tui.sandbox.app import SandboxSettings

SECRET = "s3cret-that-nobody-may-see"


@pytest.fixture
def service(shell: Shell) -> Iterator[Service]:
    """A service, and a default profile for it."""
    with serve_sandbox(SandboxSettings(orders=20, credentials=f"me:{SECRET}", clock=CLOCK.time)) as service:
        settings(
            shell,
            f'default = "kaas"\n[profiles.kaas]\nurl = "{service.url}"\npublic_key = "me"\nsecret_key = "{SECRET}"\n'
            f'[profiles.look]\nurl = "{service.url}"\npublic_key = "me"\nsecret_key = "{SECRET}"\nread_only = true\n'
            f'[profiles.broken]\nurl = "{service.url}"\npublic_key = "me"\nsecret_command = ["false"]\n',
        )
        yield service


def settings(shell: Shell, text: str) -> None:
    Path(shell.write("settings.toml", text)).chmod(0o600)


def test_the_default_profile_is_used(shell: Shell, service: Service) -> None:
    counted = shell.run("count")
    assert (counted.code, counted.out.split()) == (0, ["20", "orders"])
    assert SECRET not in counted.out + counted.error


def test_a_named_profile_is_used(shell: Shell, service: Service) -> None:
    file = shell.write("a.json", orders(1))
    assert shell.run("check", file, "--profile", "kaas").code == 0
    assert service.watched.requests
    sent = shell.run("submit", file, "--profile", "kaas", "--patience", "4")
    assert (sent.code, sent.outcomes) == (0, {"H-0": "verified"})


def test_a_file_is_checked_without_the_default_profile(shell: Shell, service: Service) -> None:
    assert shell.run("check", shell.write("a.json", orders(1))).code == 0
    assert service.watched.requests == []


def test_a_read_only_profile_sends_nothing(shell: Shell, service: Service) -> None:
    file = shell.write("a.json", orders(1))
    refused = shell.run("submit", file, "--profile", "look")
    assert refused.code == 2
    assert "read only" in refused.error
    assert service.writes() == []
    assert shell.run("submit", file, "--profile", "look", "--dry-run").outcomes == {"H-0": "would-create"}


@pytest.mark.parametrize("command", [["list"], ["count"], ["show", "1"]])
def test_a_secret_that_is_not_available_is_named(shell: Shell, service: Service, command: list[str]) -> None:
    refused = shell.run(*command, "--profile", "broken")
    assert (refused.code, refused.out) == (2, "")
    assert "secret_command false failed with code 1" in refused.error
    assert service.watched.requests == []
