"""The connection to the terminal: waits for keys without waking up in between, and notices when the terminal is gone."""

import os
import select
import threading
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import Any, Final, Protocol

from textual import constants
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

_HUNG_UP: Final = select.POLLHUP | select.POLLERR
_ALTERNATE_SCREEN: Final = "\x1b[?1049h"
_POINTER_SHAPE: Final = "\x1b]22;"
"""Sets the shape of the mouse pointer. Textual sends it for every screen, also without a mouse."""
_TICK_MS: Final = 100
"""How often the parser is asked whether an escape sequence is overdue, as Textual does."""
_TICKS: Final = 10 + round(constants.ESCAPE_DELAY * 10)
"""How many ticks follow an input: until no escape sequence waits for its rest any more."""
_READ_SIZE: Final = 4096


class TerminalUser(Protocol):
    """What the driver tells the app, on the app's own thread."""

    def take_terminal(self) -> bool:
        """Called before the driver uses the terminal. Returns whether it is in the alternate screen already."""

    def terminal_lost(self) -> None:
        """End the app: nothing more can be read or shown."""

    def input_failed(self, error: BaseException) -> None:
        """End the app after a bug in the reading of keys."""


class TerminalDriver(LinuxDriver):
    """Textual's driver for an app that is a TerminalUser. While nothing is typed, its threads do not wake up."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._ends = self._end_input = -1
        self._is_lost = False
        self._is_watched = False
        self._is_entered = False
        self.keeps_screen = False
        """Whether the first frame is drawn over what was on the alternate screen before."""

    def start_application_mode(self) -> None:
        self.open_pipe()
        self._is_entered = not self.keeps_screen and self._app.take_terminal()  # type: ignore[attr-defined]
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._is_entered = False
        if not self._is_watched:
            self._is_watched = True
            threading.Thread(target=self._watch, name="terminal", daemon=True).start()

    def write(self, data: str) -> None:
        if self._is_entered and data == _ALTERNATE_SCREEN:
            # Entering it again would clear it.
            self.keeps_screen = True
            return
        if not self._mouse and data.startswith(_POINTER_SHAPE):
            return
        # A dead writer reads nothing from its queue, which blocks when it is full.
        if self._writer_thread is not None and self._writer_thread.is_alive() and not self._is_lost:
            super().write(data)

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except OSError:
            self._lose()
        except BaseException as error:
            failed = error
            self._tell(lambda user: user.input_failed(failed))

    def open_pipe(self) -> None:
        """Open the pipe that ends the thread that reads input; `close` closes it."""
        self._ends, self._end_input = os.pipe()

    def run_input_thread(self) -> None:
        """Process input until `disable_input`. Unlike Textual's, this does not wake up ten times a second."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")().decode
        poll = select.poll()
        for descriptor in (self.fileno, self._ends):
            poll.register(descriptor, select.POLLIN)
        ticks = 0
        while self._ends not in (ready := [descriptor for descriptor, _ in poll.poll(_TICK_MS if ticks else None)]):
            ticks = _TICKS if ready else ticks - 1
            if ready:
                data = os.read(self.fileno, _READ_SIZE)
                if not data:
                    raise OSError("the terminal is closed")
                # Empty if a character has arrived in part; for the parser that would be the end.
                if text := decode(data):
                    for message in parser.feed(text):
                        self.process_message(message)
            for message in parser.tick():
                self.process_message(message)
        os.read(self._ends, 1)

    def disable_input(self) -> None:
        # Textual waits for the thread's end.
        if self._key_thread is not None and self._key_thread.is_alive():
            os.write(self._end_input, b"\n")
        super().disable_input()

    def close(self) -> None:
        super().close()
        if self._ends != -1:
            for descriptor in (self._ends, self._end_input):
                os.close(descriptor)
            self._ends = self._end_input = -1

    def _watch(self) -> None:
        """Wait until the other end of the terminal is closed. Waiting costs nothing."""
        poll = select.poll()
        poll.register(self.fileno, 0)
        for _, event in poll.poll():
            if event & _HUNG_UP:
                self._lose()

    def _lose(self) -> None:
        if not self._is_lost:
            self._is_lost = True
            self._tell(lambda user: user.terminal_lost())

    def _tell(self, call: Callable[[Any], None]) -> None:
        # The loop may have ended in the meantime.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(call, self._app)
