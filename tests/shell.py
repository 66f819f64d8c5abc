"""Runs `check` and `submit` in this process as a shell would, against a sandbox over real HTTP."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sandbox_harness import order
from skipped_time import CLOCK
from watched_service import Service

from tui.cli import main

SHOP = 7
WRITES = ("POST", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class CommandResult:
    """The result of a command: its exit code and its output."""

    code: int
    out: str
    error: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output, parsed as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def outcomes(self) -> dict[str, str]:
        return {str(line["order_id"]): line["outcome"] for line in self.lines}


@dataclass(slots=True)
class Shell:
    """A working folder with files of orders, and the commands."""

    folder: Path
    capture: pytest.CaptureFixture[bytes]
    monkeypatch: pytest.MonkeyPatch
    service: Service | None = None

    def write(self, name: str, content: Any) -> str:
        """Write a file: text or bytes unchanged, anything else as JSON."""
        path = self.folder / name
        data = content if isinstance(content, str | bytes) else json.dumps(content)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return str(path)

    def run(self, *arguments: str, keys: str = "demo:demo", url: str | None = None) -> CommandResult:
        """Run a command, with credentials if there is a service."""
        public, _, secret = keys.partition(":")
        folders = {"SENDCLOUD_ORDERS_DATA": str(self.folder / "data"), "SENDCLOUD_ORDERS_CONFIG": str(self.folder)}
        with environment(**folders):
            given = list(arguments)
            if self.service is not None:
                os.environ |= {"SENDCLOUD_PUBLIC_KEY": public, "SENDCLOUD_SECRET_KEY": secret}
                given[1:1] = ["--url", url or self.service.url]
            self.capture.readouterr()
            # The demo's service runs inside the command, with its own clock.
            skipping = CLOCK.patched() if self.service is not None else nullcontext()
            with pytest.raises(SystemExit) as ended, skipping:
                main(given)
        output = self.capture.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        assert b"Traceback" not in output.err
        return CommandResult(code, output.out.decode("ascii" if "--json" in given else "utf-8"), output.err.decode())

    def submit(self, file: str, *options: str, patience: str = "4", **given: Any) -> CommandResult:
        ended = self.run("submit", file, "--patience", patience, *options, **given)
        assert ended.out.isascii()
        return ended

    def writes(self) -> int:
        """Return the number of write requests that the service received."""
        assert self.service is not None
        return len(self.service.writes())

    def remote_ids(self, *names: str) -> list[str]:
        """Return which of these order ids the service has, once for each order with that id."""
        assert self.service is not None
        return remote_order_ids(self.service, names)


def remote_order_ids(service: Service, names: Any) -> list[str]:
    """Return those of these order ids that the service has, once for each order with that id."""
    found: list[str] = []
    query: dict[str, str] = {"page_size": "200"}
    expected = set(names)
    url: str | None = "/orders"
    while url is not None:
        answer = service.client.get(url, params=query if url == "/orders" else None).raise_for_status()
        found += [row["order_id"] for row in answer.json()["data"] if row["order_id"] in expected]
        url = answer.links["next"]["url"] if "next" in answer.links else None
    return sorted(found)


def orders(count: int, prefix: str = "H", **changes: Any) -> list[dict[str, Any]]:
    """Return this many orders of a shop that accepts new orders."""
    usual = {"order_details__integration__id": SHOP}
    return [
        order(**{"order_id": f"{prefix}-{n}", "order_number": f"N-{prefix}-{n}", **usual, **changes})
        for n in range(count)
    ]


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Set these of our variables and remove all others; restore the environment afterwards."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("SENDCLOUD_")]:
        del os.environ[name]
    os.environ |= variables
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before
