"""The connection to the terminal: notices when it is gone, in which case Textual would read without end."""

import select
import threading
from collections.abc import Callable
from typing import Any, Final, Protocol

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver

_HUNG_UP: Final = select.POLLHUP | select.POLLERR


class TerminalUser(Protocol):
    """What the driver tells the app. Both are called on the app's own thread."""

    def terminal_lost(self) -> None:
        """End the app: nothing more can be read or shown."""

    def input_failed(self, error: BaseException) -> None:
        """End the app after a bug in the reading of keys."""


class TerminalDriver(LinuxDriver):
    """Textual's driver for an app that is a TerminalUser."""

    def __init__(self, app: App[Any], **options: Any) -> None:
        super().__init__(app, **options)
        self._is_lost = False
        self._is_watched = False

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if not self._is_watched:
            self._is_watched = True
            threading.Thread(target=self._watch, name="terminal", daemon=True).start()

    def write(self, data: str) -> None:
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
