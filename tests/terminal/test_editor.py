"""The external editor on a real terminal: it gets the terminal, its file is private, and is removed after a kill."""

import os
import signal
import stat
from pathlib import Path

import pytest
from pseudo_terminal import Start, Terminal

EDITOR = """#!/bin/sh
echo $$ > {folder}/pid
stat -c %a "$1" > {folder}/mode 2>/dev/null || stat -f %Lp "$1" > {folder}/mode
printf 'editor has the terminal> '
read line
printf '%s' "$line" > "$1"
"""


@pytest.fixture
def editor(tmp_path: Path) -> str:
    path = tmp_path / "editor"
    path.write_text(EDITOR.format(folder=tmp_path))
    path.chmod(0o700)
    return str(path)


def to_editor(terminal: Terminal) -> None:
    terminal.press("E")
    terminal.wait("valid")
    terminal.press("E")
    terminal.wait("editor has the terminal>")


def files(folder: Path) -> list[Path]:
    found = (folder / "data" / "scratch").rglob("*")
    return [path for path in found if path.is_file() and path.name not in (".about.json", ".lock")]


def test_external_editor_returns_the_text_and_removes_the_file(start: Start, tmp_path: Path, editor: str) -> None:
    terminal = start(VISUAL=editor, EDITOR="/bin/false")
    to_editor(terminal)
    (path,) = files(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (tmp_path / "mode").read_text().strip() == "600"
    terminal.type('{"order_id": 1,}\n')
    terminal.wait("Line 1, column 15: extra comma")
    assert files(tmp_path) == []
    terminal.press("e")
    terminal.wait(lambda t: t.text.count("editor has the terminal>") == 1 and "Line 1" not in t.text)
    terminal.type('{"order_id": 1}\n')
    terminal.wait('{"order_id": 1}')
    terminal.wait("problem")
    terminal.press("Q")
    assert terminal.ended() == 0


def test_ctrl_c_ends_the_editor_but_not_the_app(start: Start, tmp_path: Path, editor: str) -> None:
    terminal = start(VISUAL=editor)
    to_editor(terminal)
    terminal.press("ctrl+c")
    terminal.wait("Editor ended by SIGINT; nothing was changed.")
    terminal.press("ctrl+c")
    # A question about a label may be in flight.
    terminal.wait(lambda t: "Nothing is being read" in t.text or "Reading stopped" in t.text)
    assert files(tmp_path) == []


def test_kill_with_the_editor_open_leaves_no_file_after_restart(start: Start, tmp_path: Path, editor: str) -> None:
    terminal = start(VISUAL=editor)
    to_editor(terminal)
    other = start(ready="1 Ship to")
    (path,) = files(tmp_path)
    assert path.exists(), "another copy of the app leaves it alone"
    path.with_name(".order.json.swp").write_text("what an editor keeps beside")
    terminal.send_signal(signal.SIGKILL)
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    terminal.ended()
    assert len(files(tmp_path)) == 2
    start(ready="1 Ship to")
    assert files(tmp_path) == []
    assert other.process.poll() is None


def test_what_the_editor_saved_survives_a_kill(start: Start, tmp_path: Path, editor: str) -> None:
    terminal = start(VISUAL=editor)
    to_editor(terminal)
    (path,) = files(tmp_path)
    path.write_text(path.read_text().replace("{", '{"saved_before": "the kill",', 1))
    terminal.send_signal(signal.SIGKILL)
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    terminal.ended()
    terminal = start(ready="was open in $EDITOR")
    assert files(tmp_path) == []
    terminal.press("E")
    terminal.wait('"saved_before": "the kill"')


def test_typed_text_survives_a_kill(start: Start) -> None:
    terminal = start()
    terminal.press("E")
    terminal.wait("valid")
    terminal.press("j", "enter")
    terminal.wait("stop editing")
    terminal.type("typed ")
    terminal.wait('typed "')
    terminal.kill()
    terminal = start(ready="of this order was kept")
    terminal.press("E")
    terminal.wait('typed "')
    terminal.wait("cannot be changed")
