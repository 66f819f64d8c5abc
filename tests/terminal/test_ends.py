"""How the program ends when its terminal is gone, on Ctrl+C from outside, and after an internal error."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pseudo_terminal import PROGRAM, ROOT, TIMEOUT, Start, Terminal
from watched_service import Service

from tui.crash_reports import all_reports

SENTENCE = (
    b"sendcloud-orders: A terminal is required: standard error must not be redirected, because Textual draws on it.\n"
)
SECRET = "geheim-4711"


def environment(folder: Path) -> dict[str, str]:
    return {
        "HOME": str(folder),
        "SENDCLOUD_ORDERS_DATA": str(folder / "data"),
        "SENDCLOUD_PUBLIC_KEY": "demo",
        "SENDCLOUD_SECRET_KEY": "demo",
        "SECRET_OF_THE_TEST": SECRET,
    }


def test_a_terminal_that_is_gone_without_a_signal_ends_the_app(service: Service, tmp_path: Path) -> None:
    master, line = os.openpty()
    # The terminal does not control the process, so that nothing but the end of its input says that it is gone.
    process = subprocess.Popen(
        [*PROGRAM, "--url", service.url],
        stdin=line,
        stdout=line,
        stderr=line,
        start_new_session=True,
        cwd=ROOT,
        env=os.environ | environment(tmp_path) | {"TERM": "xterm"},
    )
    os.close(line)
    try:
        output = b""
        # Only changed cells are drawn, so that longer texts may arrive in pieces.
        while not re.search("€ *[0-9]".encode(), output):
            output += os.read(master, 65536)
        os.close(master)
        assert process.wait(TIMEOUT) == 128 + signal.SIGHUP
    finally:
        process.kill()
        process.wait()
    assert all_reports(tmp_path / "data") == []
    assert not (tmp_path / "data" / "orders.sqlite3-wal").exists(), "the store was not closed"


def test_an_interrupt_from_outside_exits_with_130(start: Start) -> None:
    terminal = start()
    terminal.send_signal(signal.SIGINT)
    assert terminal.ended() == 130


@pytest.mark.parametrize("output", ["a file", "a pipe"])
def test_the_screen_is_not_drawn_on_standard_error_that_is_no_terminal(tmp_path: Path, output: str) -> None:
    master, line = os.openpty()
    with (tmp_path / "errors").open("wb") as file:
        process = subprocess.Popen(
            [*PROGRAM, "--demo"],
            stdin=line,
            stdout=line,
            stderr=file if output == "a file" else subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | environment(tmp_path) | {"TERM": "xterm"},
        )
        piped = process.communicate(timeout=TIMEOUT)[1]
    os.close(line)
    os.close(master)
    assert process.returncode == 2
    text = (tmp_path / "errors").read_bytes() if output == "a file" else piped
    assert text == SENTENCE


def test_an_internal_error_shows_one_sentence_and_no_data(service: Service, tmp_path: Path) -> None:
    program = [sys.executable, "tests/crashing_program.py", "--url", service.url]
    with Terminal(program, environment=environment(tmp_path) | {"PYTHONPATH": str(ROOT)}, size=(120, 24)) as terminal:
        terminal.wait("all read")
        terminal.press("?")
        assert terminal.ended() == 1
        terminal.wait("Internal error (KeyError in tests/crashing_program.py, line")
        after = terminal.stream.rpartition(b"\x1b[?1049l")[2].decode()
    report = all_reports(tmp_path / "data")[-1]
    assert report is not None
    assert str(report) in after.replace("\r\n", "")
    text = report.read_text()
    assert "caused by builtins.ValueError" in text
    assert SECRET not in text + after
    assert "Traceback" not in after
