"""The screen of the last time is shown before the account is open, and before Textual is imported."""

import sys
from pathlib import Path

from pseudo_terminal import Start, Terminal, demo_environment
from watched_service import Service

from tui.store.last_screen import LastOutput

_REPORTS_STEPS = """
import gc, sys
from tui.app import OrdersApp
from tui.cli import main
from tui.widgets.output.frame import Frame

steps = open(sys.argv.pop(), "a", buffering=1)

def write(self, *arguments, original=Frame.write):
    print("frame", "tui.lifecycle" in sys.modules, file=steps)
    return original(self, *arguments)

async def open_account(self, original=OrdersApp.open):
    print("collects before", gc.isenabled(), file=steps)
    await original(self)
    print("collects after", gc.isenabled(), file=steps)

Frame.write, OrdersApp.open = write, open_account
main()
"""
"""Starts the program. The last argument is a file in which it notes its frames and the state of the collector."""


def visible(terminal: Terminal) -> list[list[tuple[object, ...]]]:
    """The cells with what can be seen of them: a blank has no foreground colour or weight. Without the tabs, which move."""
    lines = [
        [(" ", cell.bg) if cell.data == " " and not cell.underscore else tuple(cell) for cell in row]
        for row in terminal.cells()
    ]
    return [lines[0], *lines[2:]]


def test_the_account_is_opened_after_the_first_frame(service: Service, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    command = [sys.executable, "-c", _REPORTS_STEPS, "--url", service.url, str(notes)]
    with Terminal(command, environment=demo_environment(str(tmp_path))) as terminal:
        terminal.wait("all read")
        terminal.press("Q")
        assert terminal.ended() == 0
    steps = notes.read_text().splitlines()
    assert steps[0] == "frame False"
    assert [step for step in steps if "frame" not in step] == ["collects before True", "collects after True"]


def test_the_list_of_the_last_time_is_shown_first(start: Start, tmp_path: Path) -> None:
    first = start()
    number = first.line_with(">").split()[1]
    first.press("Q")
    assert first.ended() == 0
    output = LastOutput.load(tmp_path / "data")
    assert output is not None
    assert output.keys == 1
    assert 0 < output.cells <= output.drawn
    assert output.size > output.frames > 0
    again = start(ready="opening …")
    assert number in again.text
    again.wait("keys wait until it is open")
    again.wait("Enter open")
    assert number in again.text
    # What was shown before the first frame is what the app takes it for.
    again.wait_until_quiet(1.5)
    shown = visible(again)
    again.press("ctrl+l")
    again.wait_until_quiet(0.5)
    assert visible(again) == shown
    assert again.stream.count(b"\x1b[?1049h") == 1
    again.press("Q")
    assert again.ended() == 0
    assert again.modes_now() == again.modes_before
    # Laid out for another width, it is not shown.
    other = start(ready="opening …", size=(100, 24))
    assert "the screen as of" not in other.text
    assert number not in other.text
    other.wait("Enter open")
    other.press("I")
    other.wait("Shops")
    other.press("Q")
    assert other.ended() == 0
    assert not list((tmp_path / "data").glob("last-screen-*"))


def test_the_composer_is_shown_again(start: Start) -> None:
    first = start()
    first.press("B")
    first.wait("Nothing is staged")
    first.press("Q")
    assert first.ended() == 0
    again = start(ready="opening …")
    assert "Nothing is staged" in again.text
    again.wait("a add")
    # The list below it is not drawn in between.
    assert b"facets" in first.stream
    assert b"facets" not in again.stream
    again.press("Q")
    assert again.ended() == 0


def test_keys_typed_before_the_first_frame_are_not_echoed_and_not_lost(start: Start) -> None:
    first = start()
    first.press("Q")
    assert first.ended() == 0
    again = start(ready="opening …")
    again.press("I")
    again.wait("Shops")
    screen = again.stream.split(b"until it is open")[1]
    assert b"I\x1b[?25l" not in screen[:20]
    again.press("Q")
    assert again.ended() == 0
