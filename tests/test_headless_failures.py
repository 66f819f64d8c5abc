"""`check` and `submit` with failing services and disks: exit codes, a line for each order, and time limits."""

import io
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from bad_server import ANSWERS, bad_service, redirect
from shell import CommandResult, Shell, orders
from skipped_time import CLOCK
from watched_service import serve_sandbox

from tui.api.client import Client
from tui.sandbox.app import SandboxSettings
from tui.store.db import Database, StoreBusy, StoreError

SECRET = "s3cr3t-of-mine"
KEYS = f"public:{SECRET}"
TIME_LIMIT = 12.0
"""The time limit of a command with `--retry-for 1`, in seconds."""


@pytest.fixture
def account(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell with a sandbox; write requests time out after two seconds."""
    defaults: dict[str, Any] = dict(Client.__init__.__kwdefaults__)
    monkeypatch.setattr(Client.__init__, "__kwdefaults__", defaults | {"timeout": 2.0})
    with serve_sandbox(SandboxSettings(orders=20, settle=0.1, clock=CLOCK.time)) as service:
        shell.service = service
        yield shell


class ServiceAt:
    """A service at another URL, for a shell."""

    def __init__(self, url: str) -> None:
        self.url = url


def in_time(run: Any) -> CommandResult:
    started = CLOCK.monotonic()
    ended: CommandResult = run()
    assert CLOCK.monotonic() - started < TIME_LIMIT
    assert SECRET not in ended.out + ended.error
    return ended


COMMANDS: list[list[str]] = [["submit"], ["submit", "--dry-run"], ["check", "--json"]]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("kind", list(ANSWERS))
def test_an_unreachable_service(shell: Shell, kind: str, command: list[str]) -> None:
    path = shell.write("a.json", orders(2))
    with bad_service(ANSWERS[kind]) as bad:
        shell.service = ServiceAt(bad.url)  # type: ignore[assignment]
        ended = in_time(lambda: shell.run(*command, path, "--retry-for", "1", keys=KEYS))
    assert ended.code == 3, ended
    if command[0] == "submit":
        assert ended.outcomes == {"H-0": "held", "H-1": "held"}
    assert bad.heads


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_credentials_are_not_sent_to_a_redirect(shell: Shell, status: int) -> None:
    path = shell.write("a.json", orders(1))
    with bad_service(ANSWERS["401"]) as other, bad_service(redirect(status, f"{other.url}/orders")) as first:
        shell.service = ServiceAt(first.url)  # type: ignore[assignment]
        ended = in_time(lambda: shell.run("submit", path, "--retry-for", "1", keys=KEYS))
    assert (ended.code, ended.outcomes) == (3, {"H-0": "held"})
    assert other.heads == []
    assert b"authorization: basic" in first.heads[0].lower()


class FailingEndpoint:
    """ASGI middleware that, while not `open`, answers requests with this method and path instead of the sandbox."""

    def __init__(self, app: Any, method: str, status: int | None, body: bytes = b"", **headers: str) -> None:
        self._app, self._method, self._status, self._body = app, method, status, body
        self._headers = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        self.path = ""
        self.open = True
        """Whether requests are passed on to the sandbox."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.open or scope["method"] != self._method or not scope["path"].endswith(self.path):
            await self._app(scope, receive, send)
            if self._method == "GET" and scope["method"] == "POST":
                self.open = False
        elif self._status is None:
            CLOCK.hangs()
            while (await receive())["type"] != "http.disconnect":
                pass
        else:
            await send({"type": "http.response.start", "status": self._status, "headers": self._headers})
            await send({"type": "http.response.body", "body": self._body})


def fail_requests(
    account: Shell, method: str, status: int | None, body: bytes = b"", **headers: str
) -> FailingEndpoint:
    assert account.service is not None
    watched = account.service.watched
    watched._app = FailingEndpoint(watched._app, method, status, body, **headers)
    return watched._app


JSON = "application/json"


@pytest.mark.parametrize(
    ("status", "body", "headers", "code", "outcome"),
    [
        (401, b"{}", {}, 3, "held"),
        (403, b"{}", {}, 3, "held"),
        (404, b"{}", {}, 3, "held"),
        (429, b"{}", {"retry_after": "60"}, 3, "held"),
        (429, b"{}", {}, 3, "held"),
        (307, b"", {"location": "https://other.example/"}, 3, "held"),
        (400, b'{"errors": [{"detail": "No", "code": "invalid", "status": "400"}]}', {}, 1, "refused"),
        (500, b"", {}, 4, "unknown"),
        (502, b"<html>", {"content_type": "text/html"}, 4, "unknown"),
        (200, b"<html>", {"content_type": "text/html"}, 4, "unknown"),
        (201, b'{"data": [', {"content_type": JSON}, 4, "unknown"),
        (201, b"[]", {"content_type": JSON}, 1, "missing"),
        (None, b"", {}, 4, "unknown"),
    ],
    ids=lambda value: str(value) if isinstance(value, int | None) else "",
)
def test_a_service_that_accepts_no_writes(
    account: Shell, status: int | None, body: bytes, headers: dict[str, str], code: int, outcome: str
) -> None:
    path = account.write("a.json", orders(1))
    fail_requests(account, "POST", status, body, **headers).open = False
    ended = in_time(lambda: account.submit(path, patience="1"))
    assert (ended.code, ended.outcomes) == (code, {"H-0": outcome}), ended
    assert account.remote_ids("H-0") == []


@pytest.mark.parametrize("status", [500, 401, 429, None])
def test_a_service_that_fails_after_the_write(account: Shell, status: int | None) -> None:
    path = account.write("a.json", orders(1))
    failure = fail_requests(account, "GET", status)
    ended = in_time(lambda: account.submit(path, patience="1"))
    assert (ended.code, ended.outcomes) == (4, {"H-0": "unknown"}), ended
    failure.open = True
    again = account.submit(path)
    assert (again.code, again.outcomes, account.writes()) == (0, {"H-0": "verified"}, 1)


def test_an_unreadable_list_of_shops_is_not_taken_for_an_empty_one(account: Shell) -> None:
    path = account.write("a.json", orders(1))
    failure = fail_requests(account, "GET", 403)
    failure.path, failure.open = "/integrations", False
    assert account.run("check", path).code == 0
    ended = account.submit(path)
    assert (ended.code, ended.outcomes) == (0, {"H-0": "verified"}), ended


# Disk failures


def test_an_unusable_data_folder(account: Shell) -> None:
    path = account.write("a.json", orders(2))
    (account.folder / "data").write_text("no folder")
    ended = account.submit(path)
    assert (ended.code, ended.outcomes) == (3, {"H-0": "held", "H-1": "held"})
    assert "cannot be used" in ended.error
    assert account.run("check", "--mapping", "ours", account.write("a.csv", "Order number\n1\n")).code == 3
    assert account.writes() == 0


@pytest.mark.parametrize(
    "error", [StoreError("orders.sqlite3 cannot be used: database or disk is full"), StoreBusy("x")]
)
@pytest.mark.parametrize("commits", [0, 3, 8, 12, 16])
def test_a_full_disk(account: Shell, error: StoreError, commits: int) -> None:
    path = account.write("a.json", orders(2))
    write, done = Database.write, [0]

    def full(self: Database, work: Any, *, durable: bool = False) -> Any:
        done[0] += 1
        if done[0] > commits:
            raise error
        return write(self, work, durable=durable)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "write", full)
        ended = in_time(lambda: account.submit(path))
    assert ended.code in (3, 4), ended
    assert list(ended.outcomes) == ["H-0", "H-1"]
    assert (ended.code == 4) is ("unknown" in ended.outcomes.values())
    assert str(error) in ended.error
    again = account.submit(path)
    assert again.outcomes == {"H-0": "verified", "H-1": "verified"}, again
    assert account.remote_ids("H-0", "H-1") == ["H-0", "H-1"]


# Signals


@pytest.mark.parametrize("command", ["check", "submit"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_while_reading(account: Shell, command: str, number: signal.Signals, code: int) -> None:
    class BlockingStream(io.BytesIO):
        """An endless standard input."""

        def read(self, _: int | None = None, /) -> bytes:
            signal.raise_signal(number)
            raise AssertionError("it reads on")

    account.monkeypatch.setattr("sys.stdin", io.TextIOWrapper(BlockingStream()))
    ended = account.run(command, "-")
    assert (ended.code, ended.out, account.writes()) == (code, "", 0)
    assert number.name in ended.error
