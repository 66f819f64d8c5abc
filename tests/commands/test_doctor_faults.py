"""`doctor --json` for each fault that a user may have: a problem with its remedy, exit code 1, and no secret in it."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bad_server import ANSWERS, bad_service, redirect
from shell import Shell
from skipped_time import CLOCK
from watched_service import serve_sandbox

from tui.sandbox.app import SandboxSettings
from tui.store.store import FILE, Store

SECRET = "s3cret-that-nobody-may-see"
PUBLIC = "public-key-that-is-not-shown"


@pytest.fixture
def account(shell: Shell) -> Iterator[Shell]:
    """A shell with credentials that the served sandbox accepts."""
    with serve_sandbox(SandboxSettings(orders=3, credentials=f"{PUBLIC}:{SECRET}", clock=CLOCK.time)) as service:
        shell.service = service
        yield shell


def problems(shell: Shell, *arguments: str, keys: str = f"{PUBLIC}:{SECRET}", **given: Any) -> list[dict[str, str]]:
    """Run `doctor --json` and return its problems. Checks what holds for each report."""
    found = shell.run("doctor", "--json", *arguments, keys=keys, **given)
    report = json.loads(found.out)
    wrong = [finding for finding in report["findings"] if finding["problem"]]
    assert found.error == ""
    assert report["problems"] == len(wrong)
    assert found.code == (1 if wrong else 0)
    assert all(finding["remedy"] for finding in wrong)
    assert not any(finding["remedy"] for finding in report["findings"] if not finding["problem"])
    for secret in (SECRET, PUBLIC, str(Path.home())):
        assert secret not in found.out
    return wrong


def test_nothing_is_wrong(account: Shell) -> None:
    assert problems(account) == []


def test_a_wrong_key(account: Shell) -> None:
    (found,) = problems(account, keys=f"{PUBLIC}:{SECRET}x")
    assert found["area"] == "service"
    assert "does not accept these credentials" in found["text"]
    assert "panel" in found["remedy"]


@pytest.mark.parametrize("name", ANSWERS)
def test_a_service_whose_answers_are_lost_or_useless(account: Shell, name: str) -> None:
    with bad_service(ANSWERS[name]) as bad:
        found = problems(account, url=bad.url)
    assert found
    assert {finding["area"] for finding in found} == {"service"}
    heads = b"".join(bad.heads)
    assert heads.count(b"GET ") == len(bad.heads), "doctor only reads"


@pytest.mark.parametrize(
    ("url", "text", "remedy"),
    [
        ("http://127.0.0.1:9/api/v3", "No connection to 127.0.0.1", "Check the network"),
        ("https://nowhere.invalid/api/v3", "No connection to nowhere.invalid", "Check the network"),
    ],
)
def test_a_service_that_is_not_reachable(account: Shell, url: str, text: str, remedy: str) -> None:
    (found,) = problems(account, url=url)
    assert text in found["text"]
    assert remedy in found["remedy"]
    assert problems(account, "--offline", url=url) == []


def test_a_network_that_asks_for_a_login(account: Shell) -> None:
    with bad_service(redirect(302, "https://login.example/")) as bad:
        found = problems(account, url=bad.url)
    assert "login.example" in found[0]["text"]
    assert "Log in to the network" in found[0]["remedy"]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("HTTPS_PROXY", f"http://me:{SECRET}@:port", "HTTPS_PROXY"),
        ("ALL_PROXY", f"socks9://me:{SECRET}@proxy.example", "ALL_PROXY"),
        ("SSL_CERT_FILE", "/nowhere/ca.pem", "SSL_CERT_FILE"),
    ],
)
def test_a_variable_of_the_network(
    account: Shell, monkeypatch: pytest.MonkeyPatch, name: str, value: str, text: str
) -> None:
    monkeypatch.setenv(name, value)
    found = problems(account, url="https://nowhere.invalid/api/v3")
    assert any(text in finding["text"] and text in finding["remedy"] for finding in found), found


def test_a_full_disk(account: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _: SimpleNamespace(f_bavail=0, f_frsize=4096))
    (found,) = problems(account)
    assert found["text"].startswith("0 MB free")
    assert "Make room" in found["remedy"]


@pytest.mark.parametrize(
    ("spoil", "remedy"),
    [
        (lambda data: data.chmod(0o755), "chmod 700"),
        (lambda data: (data / FILE).write_text("neither here nor there " * 1000), "restore FILE"),
        (lambda data: (data / FILE).write_bytes(b""), "Move it away"),
        (lambda data: newer(data / FILE), "Update this one"),
    ],
    ids=["lax rights", "damaged", "empty", "newer"],
)
def test_a_data_folder_that_cannot_be_used(account: Shell, spoil: Callable[[Path], object], remedy: str) -> None:
    data = account.folder / "data"
    Store(data).close()
    spoil(data)
    (found,) = problems(account)
    assert remedy in found["remedy"]


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=999")


def test_a_folder_without_rights(account: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    Store(account.folder / "data").close()
    allowed = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: "data" not in str(path) and allowed(path, mode))
    found = problems(account)
    assert [finding["remedy"] for finding in found] == ["It is not writable for you. Correct its owner and rights."]


@pytest.mark.parametrize(
    ("text", "mode", "expected"),
    [
        ("[profils]\n", 0o600, "did you mean 'profiles'?"),
        ("[profiles.a\n", 0o600, "is not valid TOML"),
        (f'[profiles.a]\npublic_key = "{PUBLIC}"\nsecret_key = "{SECRET}"\n', 0o644, "chmod 600"),
        (f'[profiles.a]\npublic_key = "{PUBLIC}"\nsecret_command = ["echo", "{SECRET}"]\n', 0o622, "chmod 600"),
        (f'[profiles.a]\npublic_key = "{PUBLIC}"\nsecret_key = "{SECRET}"\nkeyring = true\n', 0o600, "both secret_key"),
        (f'[profiles.a]\npublic_key = "{PUBLIC}"\nsecret_command = ["false"]\n', 0o600, "failed with code 1"),
        (f'[profiles.a]\npublic_key = "{PUBLIC}"\n', 0o600, "set SENDCLOUD_SECRET_KEY"),
        ('default = "b"\n', 0o600, "there is no profile 'b'"),
    ],
)
def test_broken_settings(shell: Shell, text: str, mode: int, expected: str) -> None:
    Path(shell.write("settings.toml", text)).chmod(mode)
    (found,) = problems(shell)
    assert expected in found["text"] + found["remedy"]
    assert "sendcloud-orders config edit" in found["remedy"] or "chmod 600" in found["text"]


def test_a_settings_file_that_cannot_be_read(shell: Shell) -> None:
    (shell.folder / "settings.toml").mkdir()
    (found,) = problems(shell)
    assert "cannot be read" in found["text"]
