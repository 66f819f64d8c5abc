"""A revoked OAuth2 access as the commands and `doctor` report it: one sentence, a remedy, and no secret."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from shell import Shell, orders
from skipped_time import CLOCK
from watched_service import Service, serve_sandbox

from tui.sandbox.access import AccessControl, CredentialCheck
from tui.sandbox.app import Sandbox, SandboxSettings

SECRET = "client-secret-that-nobody-may-see"
CLIENT = "client-1"


class RevokedTokens(AccessControl):
    """Issues tokens and accepts none."""

    def check(self, authorization: str | None) -> CredentialCheck:
        return CredentialCheck.WRONG


@pytest.fixture(params=["no token is issued", "no token is accepted"])
def revoked(request: pytest.FixtureRequest) -> Iterator[Service]:
    def revoke(sandbox: Sandbox) -> None:
        if request.param == "no token is issued":
            sandbox.access = AccessControl("other:secret", CLOCK.time)
        else:
            sandbox.access = RevokedTokens(f"{CLIENT}:{SECRET}", CLOCK.time)

    with serve_sandbox(
        SandboxSettings(orders=3, credentials=f"{CLIENT}:{SECRET}", clock=CLOCK.time), revoke
    ) as service:
        yield service


@pytest.fixture
def configured(shell: Shell, revoked: Service) -> Shell:
    profile = f"""
[profiles.oauth]
url = "{revoked.url}"
token_url = "{revoked.url.replace("/api/v3", "/oauth2/token/")}"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
"""
    Path(shell.write("settings.toml", profile)).chmod(0o600)
    return shell


def test_doctor_tells_it_with_a_remedy(configured: Shell) -> None:
    found = configured.run("doctor", "--json")
    assert found.code == 1
    (problem,) = [finding for finding in json.loads(found.out)["findings"] if finding["problem"]]
    assert "client id" in problem["text"]
    assert "integration with this client id exists and has access" in problem["remedy"]
    assert "config edit" in problem["remedy"]
    assert SECRET not in found.out + found.error


@pytest.mark.parametrize("command", ["list", "count", "submit"])
def test_commands_tell_it(configured: Shell, revoked: Service, command: str) -> None:
    arguments = [configured.write("orders.json", orders(1))] if command == "submit" else []
    found = configured.run(command, *arguments)
    assert found.code == 3
    assert "client id" in found.error
    assert "panel" in found.error or "Check both in the settings" in found.error
    assert "Nothing was read" in found.error or "No request was sent" in found.error
    assert SECRET not in found.out + found.error
    assert revoked.writes() == [("POST", "/oauth2/token/")] * len(revoked.writes())
