"""The app: wires service, store and screens together, opens screens, ends well. Nothing else."""

import asyncio
import signal
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from tui.screens.system.opening import OpeningScreen
from tui.service import Service
from tui.settings import Settings
from tui.widgets.diff_renderer import DiffRenderer
from tui.widgets.key_queue import KeyQueue

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.keymap import Context
    from tui.screens.common.screen import BaseScreen
    from tui.store.journal import Write
    from tui.store.verifications import Verification
    from tui.widgets.pager import TextLine
    from tui.work.account import Account
    from tui.work.batches.staging import Staging
    from tui.work.bulk.job import Job
    from tui.work.bulk.runner import Jobs


class OrdersApp(KeyQueue[int], DiffRenderer[int], inherit_bindings=False):
    """`connect` makes the service; it is called after the first frame, since it imports what that does not need."""

    TITLE = "Sendcloud Orders"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = []
    CSS = "Screen { background: $background; }"

    account: "Account"
    staging: "Staging"
    jobs: "Jobs"

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
        self.settings = settings or Settings()
        self.account_name = profile
        self.now = now
        self.last_words: list[str] = []
        self._connect = connect
        self._folder = folder
        self._service: Service | None = None
        self._previous: str | None = None
        # Until there are rooms.
        self.hold_keys()

    def on_mount(self) -> None:
        self.theme = "ansi-dark"
        for number in (signal.SIGHUP, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, self._die, number)
        self.push_screen(OpeningScreen(self.account_name, self.open))

    # Opening and ending.

    async def open(self) -> None:
        """Open store and account, and the screens as they were. Raises what the opening screen tells the user."""
        from tui.lifecycle import open_house

        if self._service is None:
            self._service = self._connect()
        await open_house(self, self._service, self._folder)

    def leave(self, code: int = 0) -> None:
        """End; what is kept is on disk already. Writes on their way are asked about first."""
        from tui.lifecycle import leave_house

        leave_house(self, code)

    def _die(self, number: int) -> None:
        if hasattr(self, "account"):
            self.account.store.flush()
        self.exit(return_code=128 + number)

    def _fatal_error(self) -> None:
        """End after an error of our own. Textual would print every variable, which hold customers' data and secrets."""
        from tui.widgets.text import safe

        trace = traceback.format_exc(limit=-12)
        self.last_words.append("The app met an error of its own and ended. What was typed and staged is on disk.")
        self.last_words.extend(safe(line) for line in trace.rstrip().split("\n"))
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        if hasattr(self, "account"):
            self.account.store.close()
        if self._service is not None:
            await self._service.client.aclose()
            self._service.close()

    # News from below, for whoever is on the screen.

    def wrote(self, write: "Write") -> None:
        for screen in self.house_screens():
            screen.store_changed()

    def followed(self, follow: "Verification") -> None:
        for screen in self.house_screens():
            screen.store_changed()

    def order_changed(self, order_id: str) -> None:
        for screen in self.house_screens():
            screen.order_changed(order_id)

    def job_changed(self, job: "Job") -> None:
        for screen in self.house_screens():
            screen.store_changed()

    def house_screens(self) -> "list[BaseScreen]":
        """The screens that are open and there to be told things, the one in front last."""
        from tui.screens.common.screen import BaseScreen

        return [screen for screen in self.screen_stack if isinstance(screen, BaseScreen) and screen.is_ready]

    # Screens.

    def back(self) -> None:
        """To the screen below; the last one stays."""
        if len(self.house_screens()) > 1:
            self.pop_screen()

    def open_screen(self, screen: "Screen[None]") -> None:
        self.push_screen(screen)

    def show_help(self, where: "Context") -> None:
        from tui.screens.common.pages import HelpScreen

        self.push_screen(HelpScreen(where))

    def show_palette(self, screen: "BaseScreen") -> None:
        from tui.screens.system.palette import PaletteScreen

        self.push_screen(PaletteScreen(screen))

    def show_request_log(self) -> None:
        from tui.screens.system.request_log import RequestLogScreen

        self.push_screen(RequestLogScreen(self.account.log))

    def show_journal(self, order_id: str | None) -> None:
        from tui.screens.common.workspace_actions import open_journal

        open_journal(self, order_id)

    def show_text(self, title: str, text: str) -> None:
        from tui.screens.common.pages import TextScreen

        self.push_screen(TextScreen(title, text))

    def show_lines(self, title: str, lines: "Sequence[TextLine]") -> None:
        from tui.screens.common.pages import LinesScreen

        self.push_screen(LinesScreen(title, lines))

    def back_and_forth(self) -> None:
        from tui.screens.common.workspace_actions import other_place

        other_place(self)

    def repaint_all(self) -> None:
        self.forget_frame()
        for screen in self.house_screens():
            screen.refresh(layout=True, repaint=True)
