"""Maps routes to screens. Only this module knows every screen and which of them are open."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Any, Final, TypeVar

from textual.screen import Screen

from tui.api.codec import Json
from tui.screens.common.routes import (
    Back,
    EditOrder,
    Leave,
    OpenBatches,
    OpenBulk,
    OpenComposer,
    OpenHistory,
    OpenJobs,
    OpenJournal,
    OpenSettings,
    OpenTriage,
    Page,
    Place,
    Repaint,
    Route,
    ShowHelp,
    ShowLines,
    ShowPalette,
    ShowRequestLog,
    ShowText,
    Suspend,
    SwitchBack,
    SwitchProfile,
)
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.output.diff_renderer import DiffRenderer
from tui.widgets.status import StatusLine

R = TypeVar("R")

SESSION: Final = "session"
"""The group of the workers that end with the session."""

_PLACE: Final = "house.place"
"""The store key of the place that the next start opens."""


class Navigator:
    """Opens, raises and closes the app's screens. `workspace` is set before the first screen opens."""

    workspace: Workspace

    def __init__(self, app: DiffRenderer[int], leave: Callable[[], None], choose_profile: Callable[[], None]) -> None:
        self._app = app
        self._leave = leave
        self._choose_profile = choose_profile
        self._place: Screen[Any] | None = None

    @property
    def screens(self) -> list[BaseScreen[Any]]:
        """The open screens that are ready, the top one last."""
        return [screen for screen in self._app.screen_stack if isinstance(screen, BaseScreen) and screen.is_ready]

    def go(self, route: Route) -> None:
        """Go to a route."""
        match route:
            case Back():
                self._back()
            case SwitchBack():
                self._switch_back()
            case Repaint():
                self._repaint()
            case Suspend():
                self._app.action_suspend_process()
            case Leave():
                self._leave()
            case SwitchProfile():
                self._choose_profile()
            case ShowPalette():
                self._show_palette()
            case _:
                self._show(route)

    def _show(self, page: Page) -> None:
        """Raise the open screen that can show a page, or open a new one."""
        for screen in self.screens:
            if screen.reopen(page):
                while self._app.screen is not screen:
                    self._close_front()
                return
        self.open(self._screen_for(page))

    def _screen_for(self, page: Page) -> Screen[Any]:
        workspace = self.workspace
        match page:
            case OpenTriage():
                from tui.screens.triage.screen import TriageScreen

                return TriageScreen(workspace)
            case EditOrder(order_id, as_json):
                from tui.screens.edit.screen import EditScreen

                return EditScreen(workspace, order_id, as_json=as_json)
            case OpenComposer(paste):
                from tui.screens.composer.screen import ComposerScreen

                return ComposerScreen(workspace, paste)
            case OpenBatches():
                from tui.screens.batches.screen import BatchesScreen

                return BatchesScreen(workspace)
            case OpenHistory():
                from tui.screens.batches.history import HistoryScreen

                return HistoryScreen(workspace)
            case OpenJournal(order_id):
                from tui.screens.journal.screen import JournalScreen

                return JournalScreen(workspace, order_id)
            case OpenBulk(job_id, field):
                from tui.screens.bulk.screen import BulkScreen

                return BulkScreen(workspace, job_id, field)
            case OpenJobs():
                from tui.screens.bulk.jobs import JobsScreen

                return JobsScreen(workspace)
            case ShowText(title, text):
                from tui.screens.common.pages import PageScreen

                return PageScreen(workspace, title, text)
            case ShowLines(title, lines):
                from tui.screens.common.pages import PageScreen

                return PageScreen(workspace, title, lines)
            case ShowHelp(where):
                from tui.screens.common.pages import help_page
                from tui.widgets.tab_bar import TabBar

                bars = self.screens[-1].query(TabBar) if self.screens else ()
                return help_page(workspace, where, [tab for bar in bars if bar.display for tab in bar.tabs])
            case OpenSettings():
                from tui.screens.system.preferences import PreferencesScreen

                return PreferencesScreen(workspace)
            case ShowRequestLog():
                from tui.screens.system.request_log import RequestLogScreen

                return RequestLogScreen(workspace)

    def open(self, screen: Screen[Any]) -> None:
        """Open a screen."""
        self._app.push_screen(screen)

    def ask_screen(self, screen: Screen[R]) -> Awaitable[R | None]:
        """Open a screen and wait for its result."""
        return self._app.push_screen_wait(screen)

    def start(self, work: Awaitable[object], *, name: str) -> None:
        """Start work that continues when a screen is closed."""
        self._app.run_worker(work, name=name, group=SESSION)

    def suspend(self) -> AbstractContextManager[None]:
        """Suspend the app while another program uses the terminal."""
        return self._app.suspend()

    def copy(self, text: str) -> None:
        """Send a text to the clipboard of the user's terminal (OSC 52)."""
        self._app.copy_to_clipboard(text)

    def _back(self) -> None:
        """Close the top screen, unless it is the only one."""
        if len(self.screens) > 1:
            self._close_front()

    def _close_front(self) -> None:
        # A caller that waits for its value gets None.
        self._app.screen.dismiss(None)

    def _switch_back(self) -> None:
        if len(self.screens) > 1:
            self._close_front()
        else:
            self.go(OpenComposer())

    def _repaint(self) -> None:
        self._app.forget_frame()
        for screen in self.screens:
            screen.refresh(layout=True, repaint=True)

    def _show_palette(self) -> None:
        from tui.screens.system.palette import run_chosen_command

        front = self.screens[-1]
        front.run_dialog(run_chosen_command(front))

    # Places

    async def open_last_place(self) -> None:
        """Replace the opening screen with the order list, and open the remembered place above it."""
        account = self.workspace.account
        place = _read_place(account.store.screen_states.get(account.account_id, _PLACE))
        if place == OpenTriage():
            await self._app.switch_screen(self._screen_for(place))
            return
        with self._app.batch_update():
            # The list is not drawn for the moment until the other screen covers it.
            await self._app.switch_screen(self._screen_for(OpenTriage()))
            # Wait until it is mounted, because questions at the start are asked on the top screen.
            await self._app.push_screen(self._screen_for(place))
        self._app.screen.refresh()

    @property
    def shows_place(self) -> bool:
        """Whether the top screen is the one that the next start opens."""
        return self._app.screen is self._place

    def remember(self, place: Place) -> None:
        """Open this place, which the top screen shows, at the next start. Raises StoreError."""
        self._place = self._app.screen
        account = self.workspace.account
        account.store.screen_states.put(account.account_id, _PLACE, _place_document(place))

    # Notifications

    def store_changed(self) -> None:
        """Notify all screens that something was written or verified."""
        for screen in self.screens:
            screen.store_changed()

    def order_changed(self, order_id: str) -> None:
        """Notify all screens that an order or its state changed."""
        for screen in self.screens:
            with screen.report_store_errors():
                screen.order_changed(order_id)

    def show_waiting(self, text: str) -> None:
        """Show on every screen what is waited for; empty for nothing."""
        for screen in self.screens:
            for line in screen.query(StatusLine):
                line.set_waiting(text)

    def show_notice(self, text: str, style: str = "info", /) -> None:
        """Show a notice on the top screen; does nothing while no screen is ready."""
        if screens := self.screens:
            screens[-1].show_notice(text, style)


def _place_document(place: Place) -> Json:
    match place:
        case OpenTriage():
            return {"screen": "triage"}
        case EditOrder(order_id):
            return {"screen": "edit", "order": order_id}
        case OpenComposer():
            return {"screen": "composer"}
        case OpenJournal():
            return {"screen": "journal"}


def _read_place(kept: Json) -> Place:
    match kept:
        case {"screen": "composer"}:
            return OpenComposer()
        case {"screen": "edit", "order": str(order_id)}:
            return EditOrder(order_id)
        case {"screen": "journal"}:
            return OpenJournal()
        case _:
            return OpenTriage()


def load_screens() -> None:
    """Import the screens in advance, so that the first order opens without a delay."""
    import tui.screens.edit.screen
    import tui.screens.journal.screen  # noqa: F401
