"""The app: opens a session after the first frame and closes it on exit."""

import asyncio
import gc
import importlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import BindingType

from tui.accounts import Accounts
from tui.appearance import follow_preferences
from tui.config.preferences import Preferences
from tui.config.profiles import Profile
from tui.config.settings import Settings
from tui.ending import EndingApp
from tui.last_screens import LastScreens
from tui.profile_switch import ProfileSwitch
from tui.service import Service
from tui.widgets.key_queue import KeyQueue
from tui.widgets.output.diff_renderer import DiffRenderer
from tui.widgets.output.stop_signals import resume_only_after_stop
from tui.work.gc_pause import gc_paused

if TYPE_CHECKING:
    from tui.lifecycle import Session
    from tui.screens.common.screen import BaseScreen
    from tui.screens.common.workspace import Workspace


class OrdersApp(KeyQueue[int], DiffRenderer[int], EndingApp[int], inherit_bindings=False):
    """The app. It opens the account of a profile after the first frame; without a profile the user chooses one.

    `options`: as `Preferences` has them. `start`: what identifies the command, for the first frame of the next start.
    """

    TITLE = "Sendcloud Orders"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = "Screen { background: $background; }"

    def __init__(
        self,
        profile: Profile | None,
        accounts: Accounts,
        folder: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        settings: Settings | None = None,
        options: Mapping[str, tuple[str, str]] | None = None,
        start: str = "",
    ) -> None:
        super().__init__()
        # Before the start, so that the styles are computed once.
        self.theme = "ansi-dark"
        self.report_folder = folder
        self.profile = profile
        self.session: Session | None = None
        self._last_screens = LastScreens(folder, settings or Settings(), now, profile, start)
        self.profile_switch = ProfileSwitch(self, self, accounts, self._last_screens)
        self._accounts = accounts
        self._now = now
        self._settings = settings or Settings()
        self.scrolls = self._settings.scrolls
        self._preferences = Preferences(self._settings, options or {})
        self._service: Service | None = None
        # Keys are held until there are screens that can process them.
        self.hold_keys()

    def on_mount(self) -> None:
        follow_preferences(self, self._preferences)
        self.handle_signals()
        resume_only_after_stop()
        # Paused since the command line was read: what was imported stays until the end.
        gc.freeze()
        gc.enable()
        self.profile_switch.start()

    # Opening and closing

    async def open(self) -> None:
        """Open the store, the account and the last screens. The opening screen shows the errors that this raises."""
        if self.profile is None:
            raise LookupError("no profile was chosen")
        self.hold_keys()
        try:
            with gc_paused():
                self.session = await self._open_session(self.profile)
        except BaseException:
            self.release_keys(discard=True)
            raise
        self.session.start(self.release_keys)

    async def _open_session(self, profile: Profile) -> "Session":
        # In a thread, so that the first frame is drawn while the modules are imported.
        await asyncio.to_thread(importlib.import_module, "tui.lifecycle")
        from tui.lifecycle import open_session

        if self._service is None:
            self._service = await self._accounts.connect(profile)
        return await open_session(
            self,
            self._service,
            self.report_folder,
            profile=profile,
            now=self._now,
            settings=self._settings,
            preferences=self._preferences,
            choose_profile=self.profile_switch.choose,
        )

    def exit(self, result: int | None = None, return_code: int = 0, message: Any | None = None) -> None:
        if self.session is not None and self.profile is not None:
            lines = self.shown_lines if self.session.navigator.shows_place else []
            try:
                self._last_screens.keep(self.profile, self.size.width, lines)
                if (sent := self.output_counts).frames:
                    self._last_screens.keep_counts(self.keys_read, sent.frames, sent.size, sent.cells, sent.drawn)
            except OSError as error:
                self.last_words.append(f"What was shown is not kept for the next start: {error.strerror}.")
        super().exit(result, return_code, message)

    def waiting_for(self) -> str:
        """What the first request waits for."""
        if self._service is None:
            return ""
        from tui.work.waiting import waiting_text

        return waiting_text(self._service.client, "Ctrl+C quits")

    def prepare_end(self) -> None:
        from tui.work.stored import StoreError

        try:
            if self.session is not None:
                account = self.session.workspace.account
                account.unsaved.retry()
                account.store.flush()
        except StoreError as error:
            self.last_words.append(f"The last changes are not saved, or may not survive a power failure: {error}")

    def report_error(self, sentences: str) -> None:
        if self.session is not None:
            self.session.navigator.show_notice(sentences, "error")

    async def close_account(self) -> None:
        """Close the account and the connection to its service, if they are open."""
        session, self.session = self.session, None
        service, self._service = self._service, None
        if session is not None:
            session.close()
        if service is not None:
            await service.client.aclose()
            service.close()

    async def on_unmount(self) -> None:
        self.release_signals()
        await self.close_account()

    @property
    def workspace(self) -> "Workspace":
        """The workspace of the screens. Raises LookupError before the account is open."""
        if self.session is None:
            raise LookupError("no account is open yet")
        return self.session.workspace

    @property
    def open_screens(self) -> "list[BaseScreen[Any]]":
        """The open screens that are ready, the top one last."""
        return self.session.navigator.screens if self.session is not None else []
