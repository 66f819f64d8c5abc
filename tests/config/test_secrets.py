"""Where secrets are read from; no message about them contains one."""

import os
import sys
import time
import traceback
from pathlib import Path
from types import ModuleType

import pytest

from tui.config import secrets
from tui.config.profiles import EnvironmentSecret, KeyringSecret, Secret, SecretCommand
from tui.config.secrets import reveal, save_in_keyring, take_from_environment
from tui.config.settings import SettingsError

SECRET = "s3cret-that-nobody-may-see"


def command(script: str) -> SecretCommand:
    return SecretCommand((sys.executable, "-c", script))


def test_the_environment_loses_its_secrets_when_they_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_taken", {})
    source = EnvironmentSecret("SENDCLOUD_SECRET_KEY")
    monkeypatch.delenv("SENDCLOUD_SECRET_KEY", raising=False)
    with pytest.raises(SettingsError, match="set SENDCLOUD_SECRET_KEY"):
        reveal(source)
    monkeypatch.setenv("SENDCLOUD_SECRET_KEY", SECRET)
    take_from_environment()
    assert "SENDCLOUD_SECRET_KEY" not in os.environ
    assert reveal(source) == Secret(SECRET)


def test_the_first_line_of_a_command_is_the_secret() -> None:
    assert reveal(command(f"print('{SECRET}'); print('login: me')")) == Secret(SECRET)
    assert reveal(command(f"print('{SECRET}', end='\\r\\n')")) == Secret(SECRET)


def test_a_command_runs_without_shell_terminal_and_input(tmp_path: Path) -> None:
    assert reveal(SecretCommand(("echo", "$HOME; *"))) == Secret("$HOME; *")
    script = "import os, sys; print(repr(sys.stdin.read()), os.getsid(0) == os.getpid())"
    assert reveal(command(script)) == Secret("'' True")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (f"print('{SECRET}'); raise SystemExit(3)", "failed with code 3"),
        ("import sys; print('not\\n in the store', file=sys.stderr); sys.exit(1)", "code 1: not in the store"),
        ("pass", "printed no secret"),
        ("print()", "printed no secret"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "not text"),
    ],
)
def test_a_failed_command_is_named_but_not_its_output(script: str, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as failed:
        reveal(command(script))
    assert sys.executable in str(failed.value)
    assert SECRET not in "".join(traceback.format_exception(failed.value))


def test_a_missing_command_is_named() -> None:
    with pytest.raises(SettingsError, match="secret_command no-such-program cannot be started: No such file"):
        reveal(SecretCommand(("no-such-program", SECRET)))


def test_a_command_that_does_not_end_is_killed_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets, "_SECONDS", 1.0)
    script = f"sleep 60 & echo $! > {tmp_path / 'pid'}; wait"
    with pytest.raises(SettingsError, match="was stopped"):
        reveal(SecretCommand(("sh", "-c", script)))
    child = int((tmp_path / "pid").read_text())
    deadline = time.monotonic() + 5
    while _runs(child):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _runs(pid: int) -> bool:
    """Whether a process runs; one that ended but was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_command_that_prints_without_end_uses_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_SECONDS", 0.3)
    with pytest.raises(SettingsError, match="was stopped"):
        reveal(SecretCommand(("yes", SECRET)))


class Keyring(ModuleType):
    """A keyring in memory, with the interface that is used of the library."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.errors = ModuleType("keyring.errors")
        self.errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, user: str) -> str | None:
        if self.locked:
            raise self.errors.KeyringError("the collection is locked")
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, secret: str) -> None:
        if self.locked:
            raise self.errors.KeyringError("the collection is locked")
        self.kept[service, user] = secret


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    keyring = Keyring()
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", keyring.errors)
    return keyring


def test_the_keyring_keeps_a_secret_by_the_public_key(keyring: Keyring) -> None:
    with pytest.raises(SettingsError, match="keyring set sendcloud-orders pub"):
        reveal(KeyringSecret("pub"))
    save_in_keyring("pub", Secret(SECRET))
    assert reveal(KeyringSecret("pub")) == Secret(SECRET)
    keyring.locked = True
    with pytest.raises(SettingsError, match="cannot be read: the collection is locked"):
        reveal(KeyringSecret("pub"))
    with pytest.raises(SettingsError, match="does not accept"):
        save_in_keyring("pub", Secret(SECRET))


def test_without_the_library_the_keyring_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring.errors", None)
    with pytest.raises(SettingsError, match="pip install"):
        reveal(KeyringSecret("pub"))
