"""Tests for the screen of the last run, which is shown before the app is imported."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pseudo_terminal import Terminal, demo_environment

from tui.first_paint import shown_lines, start_of
from tui.store.last_screen import LastScreen, ScreenSnapshot

_NOW = datetime.now(UTC)
SNAPSHOT = ScreenSnapshot(80, _NOW - timedelta(hours=1), _NOW + timedelta(hours=1), "mine", [[("1067", "1;31")]] * 40)

_SHOWS = """
import os, signal, sys, termios
from tui.first_paint import first_paint

with first_paint(sys.argv[2]) as paint:
    heavy = {"textual", "rich", "asyncio", "pydantic", "httpx", "sqlite3", "argparse"} & set(sys.modules)
    print("\x1b[H" + "shown" if paint else "not shown", "heavy:", *heavy, end=" ", flush=True)
    sys.stdin.readline()
    if sys.argv[1] == "hand over":
        paint.hand_over()
        print("echoes", bool(termios.tcgetattr(0)[3] & termios.ECHO), end=" ")
    elif sys.argv[1] == "terminate":
        os.kill(os.getpid(), signal.SIGTERM)
        print("still here", end=" ", flush=True)
"""
"""Shows the screen of a start; then an argument says how it ends."""


def shows(folder: Path, then: str = "", start: str = "mine", **variables: str) -> Terminal:
    LastScreen(folder, ("url", "key")).save(SNAPSHOT)
    environment = demo_environment(str(folder)) | variables
    return Terminal([sys.executable, "-c", _SHOWS, then, start], environment=environment)


def test_the_screen_is_shown_and_left_again(tmp_path: Path) -> None:
    with shows(tmp_path) as terminal:
        terminal.wait("shown heavy:")
        assert terminal.lines[0] == "shown heavy:"
        assert terminal.lines[1] == "1067"
        assert terminal.lines[21] == "1067"
        assert terminal.lines[22] == ""
        assert terminal.lines[23].startswith(" opening … · the screen as of ")
        terminal.type("abc")
        terminal.press("enter")
        assert terminal.ended() == 0
        assert "abc" not in terminal.text
        assert terminal.private_modes() == {1049: False, 25: True}
        assert terminal.modes_now() == terminal.modes_before


def test_ctrl_c_leaves_it_too(tmp_path: Path) -> None:
    with shows(tmp_path) as terminal:
        terminal.wait("shown heavy:")
        terminal.press("ctrl+c")
        assert terminal.ended() != 0
        assert terminal.private_modes() == {1049: False, 25: True}
        assert terminal.modes_now() == terminal.modes_before


def test_an_app_that_took_the_terminal_leaves_it_itself(tmp_path: Path) -> None:
    with shows(tmp_path, "hand over") as terminal:
        terminal.wait("shown heavy:")
        terminal.press("enter")
        assert terminal.ended() == 0
        assert "echoes True" in terminal.text
        assert terminal.private_modes() == {1049: True, 25: False}
        assert terminal.modes_now() == terminal.modes_before


def test_a_signal_to_end_waits_until_the_terminal_is_restored(tmp_path: Path) -> None:
    with shows(tmp_path, "terminate") as terminal:
        terminal.wait("shown heavy:")
        terminal.press("enter")
        assert terminal.ended() == -15
        assert b"still here" in terminal.stream
        assert terminal.private_modes() == {1049: False, 25: True}
        assert terminal.modes_now() == terminal.modes_before


@pytest.mark.parametrize("variables", [{"COLUMNS": "80"}, {"LINES": "24"}, {"SENDCLOUD_ORDERS_DATA": "/nowhere"}])
def test_it_is_not_shown_if_it_may_not_fit(tmp_path: Path, variables: dict[str, str]) -> None:
    with shows(tmp_path, **variables) as terminal:
        terminal.wait("not shown")
        assert terminal.private_modes() == {}


def test_another_start_shows_nothing(tmp_path: Path) -> None:
    with shows(tmp_path, start="other") as terminal:
        terminal.wait("not shown")


def test_a_start_is_identified_by_options_settings_and_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SENDCLOUD_ORDERS_CONFIG", str(tmp_path))
    options, environment = {"profile": None, "url": None}, {"TERM": "xterm", "SENDCLOUD_PUBLIC_KEY": "a"}
    start = start_of(options, environment)
    assert start_of(dict(reversed(options.items())), {**environment, "OTHER": "1"}) == start
    others = [
        start_of({**options, "profile": "x"}, environment),
        start_of(options, {**environment, "TERM": "screen"}),
        start_of(options, {**environment, "SENDCLOUD_PUBLIC_KEY": "b"}),
        start_of(options, {**environment, "SENDCLOUD_SECRET_KEY": "secret"}),
    ]
    (tmp_path / "settings.toml").write_text("default = 'x'")
    others.append(start_of(options, environment))
    assert len({start, *others}) == 6
    # Only whether there is a secret matters; it is in no file, not even as a digest.
    assert start_of(options, {"SENDCLOUD_SECRET_KEY": "a"}) == start_of(options, {"SENDCLOUD_SECRET_KEY": "b"})


@pytest.mark.parametrize("height", [1, 2, 3, 24, 60])
def test_a_line_for_each_line_of_the_terminal(height: int) -> None:
    lines = shown_lines(SNAPSHOT, height)
    assert len(lines) == height
    assert "opening …" in lines[-1][0][0]
