"""How the app ends: on signals, without its terminal, and after an internal error, of which no data is printed."""

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any, Generic, TypeVar

from textual.app import App
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from tui.crash_reports import describe
from tui.first_paint import FirstPaint
from tui.widgets.terminal import TerminalDriver

R = TypeVar("R")


class EndingApp(App[R], Generic[R]):
    """Base of an app. Subclasses save what is unsaved in `prepare_end`, and show what `report_error` says.

    `last_words`: sentences to print when the terminal is restored. `report_folder`: the user's data folder.
    """

    report_folder: Path
    first_paint: FirstPaint | None = None
    """What the terminal shows before the first frame."""

    def __init__(self) -> None:
        super().__init__()
        self.last_words: list[str] = []
        self._earlier_interrupt: Any = signal.default_int_handler

    def prepare_end(self) -> None:
        """Save what is unsaved before the app ends."""

    def report_error(self, sentences: str) -> None:
        """Tell the user about an internal error after which the app continues."""

    def handle_signals(self) -> None:
        """End the app on SIGHUP, SIGTERM and SIGINT; report errors that nobody waits for."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._report_background_error)
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self._end_by_signal, number)
        # Not the loop's handler: it would also be called for Ctrl+C in an editor, which replaces this one.
        self._earlier_interrupt = signal.signal(
            signal.SIGINT, lambda number, _: loop.call_soon_threadsafe(self._end_by_signal, number)
        )

    def release_signals(self) -> None:
        """Undo what `handle_signals` did to SIGINT; the others end with the loop."""
        signal.signal(signal.SIGINT, self._earlier_interrupt)

    def _end_by_signal(self, number: int) -> None:
        try:
            self.prepare_end()
        finally:
            self.exit(return_code=128 + number)

    # The terminal

    def get_driver_class(self) -> type[Driver]:
        driver = super().get_driver_class()
        return TerminalDriver if driver is LinuxDriver else driver

    def take_terminal(self) -> bool:
        paint = self.first_paint
        if paint is not None:
            paint.hand_over()
        return paint is not None

    def terminal_lost(self) -> None:
        """End as after a hang-up, whose signal does not always arrive."""
        self._end_by_signal(signal.SIGHUP)

    def input_failed(self, error: BaseException) -> None:
        self._end_after(error)

    # Internal errors. Textual would print variables and the texts of exceptions, which contain customers' data and secrets.

    def _fatal_error(self) -> None:
        error = self._exception or sys.exc_info()[1]
        self._end_after(error if error is not None else RuntimeError())

    def panic(self, *renderables: object) -> None:
        self._fatal_error()

    def _end_after(self, error: BaseException) -> None:
        if not self.last_words:
            self.last_words = [describe(self.report_folder, error)]
        self._return_code = 1
        self._close_messages_no_wait()

    def _report_background_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, Exception):
            self.report_error(describe(self.report_folder, error, ends=False))
