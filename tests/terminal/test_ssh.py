"""The program over a real line: OpenSSH on this machine, inside tmux, and with the connection cut."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pseudo_terminal import Terminal
from sandbox_harness import order
from ssh_server import SshServer, ssh_server
from watched_service import Service, serve_sandbox

from tui.sandbox.app import SandboxSettings

FIRST = "90000001"
STREET = "Lansdown Glade"


@pytest.fixture
def service() -> Iterator[Service]:
    now = datetime.now(UTC).isoformat()
    first = order(id=FIRST, order_id="own-1", order_number="T-1", order_details__order_created_at=now)
    with serve_sandbox(SandboxSettings(orders=20, settle=0.2, plant=(json.dumps(first).encode(),))) as service:
        yield service


@pytest.fixture
def server(service: Service, tmp_path: Path) -> Iterator[SshServer]:
    environment = {
        "SENDCLOUD_ORDERS_DATA": str(tmp_path / "data"),
        "SENDCLOUD_PUBLIC_KEY": "demo",
        "SENDCLOUD_SECRET_KEY": "demo",
        "LANG": "C.UTF-8",
    }
    with ssh_server(tmp_path / "ssh", environment, "--url", service.url) as server:
        yield server


def change_street(terminal: Terminal, text: str) -> None:
    terminal.wait("all read", 60)
    terminal.wait(lambda t: t.line_with("T-1").startswith(">"))
    terminal.press("enter")
    terminal.wait("1 Ship to")
    terminal.press("j", "j", "enter")
    terminal.wait(f"[{STREET}")
    terminal.type(text)
    terminal.wait(f"[{STREET}{text}")


def street(service: Service) -> str:
    return str(service.order(FIRST)["shipping_address"]["address_line_1"])


def cut(terminal: Terminal) -> None:
    """End the connection as a dead line does: the client says nothing more."""
    terminal.kill()


def test_whole_job_through_ssh(server: SshServer, service: Service) -> None:
    with server.connect(str(server.program)) as terminal:
        change_street(terminal, " 9")
        terminal.press("enter", "w")
        terminal.wait("1 order will be written")
        terminal.press("y")
        terminal.wait("verified", 30)
        terminal.press("Q")
        assert terminal.ended() == 0
    assert street(service) == f"{STREET} 9"
    assert len(service.writes()) == 1


def test_connection_cut_while_typing_and_while_sending(server: SshServer, service: Service) -> None:
    with server.connect(str(server.program)) as terminal:
        change_street(terminal, " 9")
        cut(terminal)
    with server.connect(str(server.program)) as terminal:
        terminal.wait("The text typed in", 60)
        terminal.press("enter")
        terminal.wait(f"[{STREET} 9")
        terminal.press("enter", "w")
        terminal.wait("1 order will be written")
        service.watched.held_method = "PATCH"
        terminal.press("y")
        service.until(lambda: street(service) == f"{STREET} 9")
        cut(terminal)
    with server.connect(str(server.program)) as terminal:
        terminal.wait("1 Ship to", 60)
        service.watched.held_method = None
        terminal.wait("verified", 30)
        terminal.press("Q")
        assert terminal.ended() == 0
    assert service.writes() == [("PATCH", f"/orders/{FIRST}")]


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")
def test_detached_and_attached_in_tmux(server: SshServer, service: Service) -> None:
    sockets = Path(tempfile.mkdtemp(prefix="tmux"))  # the path of a socket has 107 characters at most
    tmux = f"tmux -S {sockets}/s -f /dev/null"
    try:
        with server.connect(f"{tmux} new-session {server.program}") as terminal:
            change_street(terminal, " 9")
            terminal.press("ctrl+b", "d")
            assert terminal.ended() == 0
        with server.connect(f"{tmux} attach") as terminal:
            terminal.wait(f"[{STREET} 9")
            cut(terminal)
        with server.connect(f"{tmux} attach") as terminal:
            terminal.wait(f"[{STREET} 9")
            terminal.press("enter", "w")
            terminal.wait("1 order will be written")
            terminal.press("y")
            terminal.wait("verified", 30)
            terminal.press("Q")
            assert terminal.ended() == 0
        assert street(service) == f"{STREET} 9"
    finally:
        subprocess.run([*tmux.split(), "kill-server"], capture_output=True, check=False)
        shutil.rmtree(sockets)
