"""Shows the screen of the last run again, before anything is imported that takes time.

Textual alone needs most of the time until its first frame. This needs the file that the last run kept, and nothing else.
"""

import os
import signal
import sys
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from tui.config.locations import data_folder, settings_file
from tui.store.last_screen import Line, ScreenSnapshot, load_started
from tui.widgets.output import pens

_DECIDING: Final = (
    "SENDCLOUD_PUBLIC_KEY",
    "SENDCLOUD_CLIENT_ID",
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "TEXTUAL_COLOR_SYSTEM",
    "TZ",
)
"""The variables that decide which account is opened and how it is drawn."""
_SECRETS: Final = ("SENDCLOUD_SECRET_KEY", "SENDCLOUD_CLIENT_SECRET")
"""The variables of which it matters only whether they are set."""
_LAID_OUT: Final = ("COLUMNS", "LINES")
"""The variables that make the size differ from that of the terminal."""
_LINES_BELOW: Final = 2
"""The lines at the bottom were about work in flight and keys."""
_HELD: Final = (signal.SIGTERM, signal.SIGTSTP)
"""Signals that wait until the app can restore the terminal."""


def start_of(options: Mapping[str, object], environment: Mapping[str, str]) -> str:
    """What identifies a start: with the same options, settings and variables it opens the same account.

    The settings are not read, only compared. `options`: those of the command line.
    """
    try:
        settings = settings_file().read_bytes()
    except OSError:
        settings = b""
    variables = [(name, environment.get(name, "")) for name in _DECIDING]
    secrets = [bool(environment.get(name)) for name in _SECRETS]
    return sha256(repr((sorted(options.items()), variables, secrets, settings)).encode()).hexdigest()


class FirstPaint:
    """The terminal shows `snapshot` until `hand_over`, after which the app has the terminal.

    `lines`: what each of the `height` lines shows, without blank ends.
    """

    def __init__(self, snapshot: ScreenSnapshot, height: int) -> None:
        self.lines = shown_lines(snapshot, height)
        self.is_shown = False
        self._input, self._output = sys.stdin.fileno(), sys.stderr.fileno()
        self._attributes = termios.tcgetattr(self._input)

    def show(self) -> None:
        """Enter the alternate screen and write the lines. Keys are not echoed; the app reads them later."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
        self.is_shown = True
        silent = termios.tcgetattr(self._input)
        silent[3] &= ~termios.ECHO
        termios.tcsetattr(self._input, termios.TCSANOW, silent)
        self._write("\x1b[?1049h\x1b[?25l\x1b[2J" + "".join(_line(y, line) for y, line in enumerate(self.lines)))

    def hand_over(self) -> None:
        """Leave the terminal to the app, which stays in the alternate screen."""
        if self.is_shown:
            self.is_shown = False
            termios.tcsetattr(self._input, termios.TCSANOW, self._attributes)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _HELD)

    def undo(self) -> None:
        """Restore the terminal, unless the app has it."""
        if self.is_shown:
            # The terminal may be gone.
            with suppress(OSError, termios.error):
                self._write("\x1b[?1049l\x1b[?25h")
                self.hand_over()

    def _write(self, text: str) -> None:
        data = text.encode()
        while data:
            data = data[os.write(self._output, data) :]


@contextmanager
def first_paint(start: str) -> Iterator[FirstPaint | None]:
    """Show what the last run of this start has shown; None if that is not known, or does not fit the terminal."""
    paint = _painted(start)
    try:
        if paint is not None:
            paint.show()
        yield paint
    finally:
        if paint is not None:
            paint.undo()


def _painted(start: str) -> FirstPaint | None:
    if any(os.environ.get(name) for name in _LAID_OUT):
        return None
    try:
        snapshot = load_started(data_folder(), start, datetime.now(UTC))
        size = os.get_terminal_size(sys.stdout.fileno())
        if snapshot is None or snapshot.width != size.columns or not sys.stderr.isatty():
            return None
        return FirstPaint(snapshot, size.lines)
    except (OSError, termios.error):
        return None


def shown_lines(snapshot: ScreenSnapshot, height: int) -> list[Line]:
    """What the opening screen shows of a snapshot: its first lines, and at the bottom what is waited for."""
    lines = list(snapshot.lines[: max(0, height - _LINES_BELOW)])
    lines += [[] for _ in range(height - 1 - len(lines))]
    return [*lines, [(snapshot.waiting_line("opening …"), "")]]


def _line(y: int, line: Line) -> str:
    """Write a line from its start, and end with the default pen. Blanks keep the pen before them if that looks the same."""
    out, pen = "", ""
    for text, wanted in line:
        if text.isspace() and pens.of_blank(pen) == wanted:
            out += text
        else:
            out += pens.change(pen, wanted) + text
            pen = wanted
    return f"\x1b[{y + 1}H{out}{pens.change(pen, '')}" if out else ""
