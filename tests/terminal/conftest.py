"""A watched sandbox, and the program started against it with one data folder."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from pseudo_terminal import PROGRAM, Start, Terminal
from watched_service import Service, serve_sandbox

from tui.sandbox.app import SandboxSettings


@pytest.fixture
def service() -> Iterator[Service]:
    with serve_sandbox(SandboxSettings(orders=300, settle=0.2)) as service:
        yield service


@pytest.fixture
def start(service: Service, tmp_path: Path) -> Iterator[Start]:
    """Start the program; all starts of a test use the same folders."""
    with ExitStack() as stack:

        def start(*, ready: str = "all read", size: tuple[int, int] = (80, 24), **environment: Any) -> Terminal:
            folders = {"HOME": str(tmp_path), "SENDCLOUD_ORDERS_DATA": str(tmp_path / "data")}
            keys = {"SENDCLOUD_PUBLIC_KEY": "demo", "SENDCLOUD_SECRET_KEY": "demo"}
            terminal = Terminal([*PROGRAM, "--url", service.url], environment=folders | keys | environment, size=size)
            stack.callback(terminal.close)
            terminal.wait(ready)
            return terminal

        yield start
