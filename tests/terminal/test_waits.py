"""Commands on a terminal, and the wizard, name what they wait for within two seconds, and can be stopped then."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_server import bad_service
from pseudo_terminal import PROGRAM, Terminal
from shell import orders
from wizard_keys import fill_in_account


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a service that never answers."""
    with bad_service(None) as service:
        yield service.url


def environment(folder: Path) -> dict[str, str]:
    folders = {"HOME": str(folder), "SENDCLOUD_ORDERS_DATA": str(folder / "d"), "SENDCLOUD_ORDERS_CONFIG": str(folder)}
    return folders | {"SENDCLOUD_PUBLIC_KEY": "demo", "SENDCLOUD_SECRET_KEY": "demo"}


@pytest.mark.parametrize("command", ["list", "check", "submit"])
def test_a_command_names_what_it_waits_for(tmp_path: Path, silent: str, command: str) -> None:
    (tmp_path / "orders.json").write_text(json.dumps(orders(1)))
    file = [] if command == "list" else [str(tmp_path / "orders.json")]
    with Terminal([*PROGRAM, command, "--url", silent, *file], environment=environment(tmp_path)) as terminal:
        terminal.wait("waiting for the service, 2 s, Ctrl+C stops")
        terminal.press("ctrl+c")
        assert terminal.ended() == 130
        assert "waiting for the service" not in terminal.text
        assert "Stopping. No write is in flight." in terminal.text


def test_the_wizard_names_what_it_waits_for(tmp_path: Path, silent: str) -> None:
    variables = {name: value for name, value in environment(tmp_path).items() if "KEY" not in name}
    with Terminal(PROGRAM, environment=variables) as terminal:
        fill_in_account(terminal, silent, "secret-key")
        terminal.wait("Connecting: waiting for the service, 2 s, Esc stops")
        terminal.press("escape")
        terminal.wait("try the sandbox")
        terminal.press("Q")
        assert terminal.ended() == 0
