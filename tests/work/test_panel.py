"""The address of an order in Sendcloud's panel, and which machines open it in a browser."""

import time
from pathlib import Path

import pytest

from tui.api.auth import SENDCLOUD
from tui.work.panel import open_in_browser, panel_url


@pytest.mark.parametrize(
    ("order", "search"),
    [
        ({"id": 7, "order_number": "NL-48213"}, "NL-48213"),
        ({"id": 7, "order_number": "#4471 / a&b"}, "4471%20%2F%20a%26b"),
        ({"id": 7}, "7"),
        ({"order_number": "\x1b]52;c;x\x07 \u202e"}, "%1B%5D52%3Bc%3Bx%07%20%E2%80%AE"),
    ],
)
def test_the_panel_lists_the_orders_with_the_number(order: dict[str, object], search: str) -> None:
    assert panel_url(SENDCLOUD, order) == f"https://app.sendcloud.com/v2/shipping/list/orders?search={search}"


@pytest.mark.parametrize("base_url", ["http://localhost:8080/api/v3", "https://panel.sendcloud.sc.example.org/api/v3"])
def test_another_service_has_no_panel(base_url: str) -> None:
    assert panel_url(base_url, {"order_number": "1"}) is None


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the environment of a desktop whose browser writes the URL into a file."""
    monkeypatch.setattr("sys.platform", "linux")
    opener = tmp_path / "xdg-open"
    opener.write_text(f'#!/bin/sh\necho "noise"\necho "$1" > "{tmp_path}/opened.txt"\n')
    opener.chmod(0o755)
    return {"PATH": str(tmp_path), "DISPLAY": ":0"}


def test_a_browser_of_this_machine_opens_the_address(
    desktop: dict[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert open_in_browser("https://example.org/a?b=c", desktop)
    opened, deadline = tmp_path / "opened.txt", time.monotonic() + 10
    while not (opened.exists() and opened.read_text().endswith("\n")) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert opened.read_text() == "https://example.org/a?b=c\n"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "change", [{"SSH_CONNECTION": "10.0.0.1 22"}, {"SSH_TTY": "/dev/pts/1"}, {"DISPLAY": ""}, {"PATH": "/nonexistent"}]
)
def test_no_browser_is_opened_elsewhere(desktop: dict[str, str], change: dict[str, str]) -> None:
    assert not open_in_browser("https://example.org", desktop | change)
