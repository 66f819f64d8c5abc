"""The app: opens a session after the first frame and closes it on exit."""

import asyncio
import importlib
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType
from textual.driver import Driver
from textual.drivers.linux_driver import LinuxDriver

from tui.crash_reports import describe
from tui.screens.system.opening import OpeningScreen
from tui.service import Service
from tui.settings import Settings
from tui.widgets.diff_renderer import DiffRenderer
from tui.widgets.key_queue import KeyQueue
from tui.widgets.terminal import TerminalDriver

if TYPE_CHECKING:
    from tui.lifecycle import Session
    from tui.screens.common.screen import BaseScreen
    from tui.screens.common.workspace import Workspace


class OrdersApp(KeyQueue[int], DiffRenderer[int], inherit_bindings=False):
    """The app. `connect` connects to the service. It is called after the first frame, because its imports are slow."""

    TITLE = "Sendcloud Orders"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = "Screen { background: $background; }"

    def __init__(
        self,
        profile: str,
        connect: Callable[[], Service],
        folder: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        settings: Settings | None = None,
    ) -> None:
        super().__init__()
        self.last_words: list[str] = []
        self._profile = profile
        self._now = now
        self._settings = settings or Settings()
        self._connect = connect
        self._folder = folder
        self._service: Service | None = None
        self._session: Session | None = None
        self._earlier_interrupt: Any = signal.default_int_handler
        # Keys are held until there are screens that can process them.
        self.hold_keys()

    def on_mount(self) -> None:
        self.theme = "ansi-dark"
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._report_background_error)
        for number in (signal.SIGHUP, signal.SIGTERM):
            loop.add_signal_handler(number, self._die, number)
        # Not the loop's handler: it would also be called for Ctrl+C in an editor, which replaces this one.
        self._earlier_interrupt = signal.signal(
            signal.SIGINT, lambda number, _: loop.call_soon_threadsafe(self._die, number)
        )
        self.push_screen(OpeningScreen(self._profile, self.open, self.exit))

    # Opening and closing

    async def open(self) -> None:
        """Open the store, the account and the last screens. The opening screen shows the errors that this raises."""
        self.hold_keys()
        try:
            # In a thread, so that the first frame is drawn while the modules are imported.
            await asyncio.to_thread(importlib.import_module, "tui.lifecycle")
            from tui.lifecycle import open_session

            if self._service is None:
                self._service = self._connect()
            self._session = await open_session(
                self, self._service, self._folder, profile=self._profile, now=self._now, settings=self._settings
            )
        except BaseException:
            self.release_keys(discard=True)
            raise
        self._session.start(self.release_keys)

    def _die(self, number: int) -> None:
        from tui.work.stored import StoreError

        try:
            if self._session is not None:
                self._session.workspace.account.store.flush()
        except StoreError as error:
            self.last_words.append(f"The last changes may not survive a power failure: {error}")
        finally:
            self.exit(return_code=128 + number)

    # The terminal

    def get_driver_class(self) -> type[Driver]:
        driver = super().get_driver_class()
        return TerminalDriver if driver is LinuxDriver else driver

    def terminal_lost(self) -> None:
        """End as after a hang-up, whose signal does not always arrive."""
        self._die(signal.SIGHUP)

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
            self.last_words = [describe(self._folder, error)]
        self._return_code = 1
        self._close_messages_no_wait()

    def _report_background_error(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Report an error that nobody waited for. The app goes on."""
        error = context.get("exception")
        if isinstance(error, Exception):
            sentences = describe(self._folder, error, ends=False)
            if self._session is not None:
                self._session.navigator.show_notice(sentences, "error")

    async def on_unmount(self) -> None:
        signal.signal(signal.SIGINT, self._earlier_interrupt)
        if self._session is not None:
            self._session.close()
        if self._service is not None:
            await self._service.client.aclose()
            self._service.close()

    @property
    def workspace(self) -> "Workspace":
        """The workspace of the screens. Raises LookupError before the account is open."""
        if self._session is None:
            raise LookupError("no account is open yet")
        return self._session.workspace

    @property
    def open_screens(self) -> "list[BaseScreen[Any]]":
        """The open screens that are ready, the top one last."""
        return self._session.navigator.screens if self._session is not None else []
