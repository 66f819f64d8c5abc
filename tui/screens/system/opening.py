"""The opening screen: shown while modules are imported and the account is opened; shows the error if that fails."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

_ASKED_EVERY = 1.0


class OpeningScreen(Screen[None], inherit_bindings=False):
    """Calls `open` after the first frame; if that fails, the reason is shown, and `R` tries again.

    `leave` ends the app with an exit code. `waiting` says what is waited for, asked once a second.
    """

    BINDINGS: ClassVar[list[BindingType]] = []
    AUTO_FOCUS = None

    def __init__(
        self,
        name: str,
        open: Callable[[], Awaitable[None]],
        leave: Callable[[int], None],
        waiting: Callable[[], str] = lambda: "",
    ) -> None:
        super().__init__()
        self._waiting = waiting
        self._name = name
        self._open = open
        self._leave = leave
        self._failed = False

    def compose(self) -> ComposeResult:
        yield Static(f" {self._name} · opening …", markup=False)

    def on_mount(self) -> None:
        self.call_after_refresh(self._start)
        self.set_interval(_ASKED_EVERY, self._show_waiting)

    def _show_waiting(self) -> None:
        if not self._failed and (waiting := self._waiting()):
            self.query_one(Static).update(f" {self._name} · {waiting}")

    def _start(self) -> None:
        self._failed = False
        self.run_worker(self._try(), name="open the account", exclusive=True)

    async def _try(self) -> None:
        from tui.api.errors import ApiError, ConfigError
        from tui.widgets.text import safe
        from tui.work.stored import StoreError

        try:
            await self._open()
        except (ApiError, ConfigError, StoreError) as error:
            self._failed = True
            text = f" {self._name}\n\n {safe(error)}\n\n R tries again, Q quits."
            self.query_one(Static).update(text)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        if event.character == "Q" or event.key == "ctrl+c":
            self._leave(1 if self._failed else 0)
        elif event.character == "R" and self._failed:
            self.query_one(Static).update(f" {self._name} · opening …")
            self._start()
