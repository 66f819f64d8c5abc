"""Secrets of profiles in the real program: they are never on the screen, in the process list, or in another file."""

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from pseudo_terminal import PROGRAM, Terminal
from wizard_keys import fill_in_account

from tui.sandbox.app import SandboxSettings
from tui.sandbox.serve import serving

SECRET = f"s3cret-{os.getpid()}-that-nobody-may-see"
"""Not the one of other tests, which may pass theirs as an argument while these run."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(SandboxSettings(orders=30, credentials=f"me:{SECRET}")) as url:
        yield url


def environment(folder: Path) -> dict[str, str]:
    return {"HOME": str(folder), "SENDCLOUD_ORDERS_DATA": str(folder / "d"), "SENDCLOUD_ORDERS_CONFIG": str(folder)}


def in_file(folder: Path) -> str:
    return f'secret_key = "{SECRET}"'


def in_command(folder: Path) -> str:
    (folder / "store").write_text(SECRET)
    return f'secret_command = ["cat", "{folder / "store"}"]'


def in_environment(folder: Path) -> str:
    return ""


def command_lines() -> Iterator[bytes]:
    """Yield the command lines of all processes, on systems with /proc."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # it ended in the meantime
            yield path.read_bytes()


@pytest.mark.parametrize("kept", [in_file, in_command, in_environment])
def test_a_secret_stays_where_it_is_kept(tmp_path: Path, url: str, kept: object) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(f'[profiles.kaas]\nurl = "{url}"\npublic_key = "me"\n{kept(tmp_path)}\n')  # type: ignore[operator]
    settings.chmod(0o600)
    variables = environment(tmp_path) | ({"SENDCLOUD_SECRET_KEY": SECRET} if kept is in_environment else {})
    with Terminal(PROGRAM, environment=variables) as terminal:
        terminal.wait("all read")
        assert terminal.lines[0].startswith(" LOCAL kaas · WRITES")
        assert not [line for line in command_lines() if SECRET.encode() in line]
        terminal.press("T")
        terminal.wait("/integrations")
        terminal.press("enter")
        terminal.wait("response 200")
        terminal.press("q", "q", "Q")
        assert terminal.ended() == 0
        stream = terminal.stream
    assert SECRET.encode() not in stream
    sources = {settings, tmp_path / "store"}
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path not in sources]
    assert written
    assert [path for path in written if SECRET.encode() in path.read_bytes()] == []


def test_a_command_that_fails_is_named_on_the_screen(tmp_path: Path, url: str) -> None:
    script = f"print('{SECRET}'); import sys; print('no such entry', file=sys.stderr); sys.exit(3)"
    (tmp_path / "store.py").write_text(script)
    command = f'["{sys.executable}", "{tmp_path / "store.py"}"]'
    (tmp_path / "settings.toml").write_text(
        f'[profiles.kaas]\nurl = "{url}"\npublic_key = "me"\nsecret_command = {command}\n'
    )
    (tmp_path / "settings.toml").chmod(0o600)
    with Terminal(PROGRAM, environment=environment(tmp_path)) as terminal:
        terminal.wait(lambda t: "failed with code 3: no such entry" in " ".join(t.text.split()))
        assert "R tries again, P opens another profile" in terminal.text
        terminal.press("Q")
        assert terminal.ended() == 1
    assert SECRET.encode() not in terminal.stream


def test_the_first_start_ends_in_the_sandbox(tmp_path: Path) -> None:
    with Terminal(PROGRAM, environment=environment(tmp_path)) as terminal:
        terminal.wait("try the sandbox")
        terminal.press("enter")
        terminal.wait("all read", timeout=30)
        assert terminal.lines[0].startswith(" DEMO sandbox ")
        terminal.press("Q")
        assert terminal.ended() == 0
    assert not (tmp_path / "settings.toml").exists()
    assert os.listdir(tmp_path) == ["d"]


def test_an_account_is_connected_at_the_first_start(tmp_path: Path, url: str) -> None:
    with Terminal(PROGRAM, environment=environment(tmp_path)) as terminal:
        fill_in_account(terminal, url, "a-wrong-secret")
        terminal.wait("does not accept these credentials")
        terminal.press("k", "enter")
        terminal.wait("Enter accept")
        terminal.paste(SECRET + "\r")
        terminal.wait("*" * len(SECRET))
        terminal.press("enter", "w")
        terminal.wait("y saves the profile")
        terminal.press("y")
        terminal.wait("all read")
        assert terminal.lines[0].startswith(" LOCAL shop · WRITES")
        terminal.press("Q")
        assert terminal.ended() == 0
    assert SECRET.encode() not in terminal.stream
    assert [
        path for path in (tmp_path / "d").rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()
    ] == []
    with Terminal(PROGRAM, environment=environment(tmp_path)) as terminal:
        terminal.wait("all read")
        assert terminal.lines[0].startswith(" LOCAL shop · WRITES")
