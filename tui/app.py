"""The app: opens a session after the first frame and closes it on exit."""

import asyncio
import importlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from tui.ending import EndingApp
from tui.screens.system.opening import OpeningScreen
from tui.service import Service
from tui.settings import Settings
from tui.widgets.diff_renderer import DiffRenderer
from tui.widgets.key_queue import KeyQueue

if TYPE_CHECKING:
    from tui.lifecycle import Session
    from tui.screens.common.screen import BaseScreen
    from tui.screens.common.workspace import Workspace


class OrdersApp(KeyQueue[int], DiffRenderer[int], EndingApp[int], inherit_bindings=False):
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
        self.report_folder = folder
        self._profile = profile
        self._now = now
        self._settings = settings or Settings()
        self._connect = connect
        self._folder = folder
        self._service: Service | None = None
        self._session: Session | None = None
        # Keys are held until there are screens that can process them.
        self.hold_keys()

    def on_mount(self) -> None:
        self.theme = "ansi-dark"
        self.handle_signals()
        self.push_screen(OpeningScreen(self._profile, self.open, self.exit, self._waiting))

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

    def _waiting(self) -> str:
        """What the first request waits for."""
        if self._service is None:
            return ""
        from tui.work.waiting import waiting_text

        return waiting_text(self._service.client, "Ctrl+C quits")

    def prepare_end(self) -> None:
        from tui.work.stored import StoreError

        try:
            if self._session is not None:
                self._session.workspace.account.store.flush()
        except StoreError as error:
            self.last_words.append(f"The last changes may not survive a power failure: {error}")

    def report_error(self, sentences: str) -> None:
        if self._session is not None:
            self._session.navigator.show_notice(sentences, "error")

    async def on_unmount(self) -> None:
        self.release_signals()
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
