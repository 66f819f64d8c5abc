"""The opening screen: shown while modules are imported and the account is opened; shows the error if that fails."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Protocol

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from tui.widgets.output.snapshot_view import SnapshotView


class ShownBefore(Protocol):
    """The screen as it was last shown: its texts and pens, on a terminal of `width` columns."""

    @property
    def lines(self) -> Sequence[Sequence[tuple[str, str]]]: ...
    @property
    def width(self) -> int: ...
    def waiting_line(self, words: str) -> str: ...


_ASKED_EVERY = 1.0


class OpeningScreen(Screen[None], inherit_bindings=False):
    """Calls `open` after the first frame; if that fails, the reason is shown, and `R` tries again.

    `leave` ends the app with an exit code. `choose` lets the user choose another profile. `last_screen`: drawn until the
    account is open, if the terminal has the same width. `waiting` says what is waited for, asked once a second.
    """

    BINDINGS: ClassVar[list[BindingType]] = []
    AUTO_FOCUS = None

    def __init__(
        self,
        name: str,
        open: Callable[[], Awaitable[None]],
        leave: Callable[[int], None],
        choose: Callable[[], None],
        waiting: Callable[[], str] = lambda: "",
        *,
        last_screen: ShownBefore | None = None,
    ) -> None:
        super().__init__()
        self._waiting = waiting
        self._name = name
        self._open = open
        self._leave = leave
        self._choose = choose
        self._last_screen = last_screen
        self._failed = False

    def compose(self) -> ComposeResult:
        width, height = self.app.size
        if self._last_screen is not None and width != self._last_screen.width:
            self._last_screen = None
        if self._last_screen is not None:
            # The two lines at the bottom were about work in flight and keys.
            yield SnapshotView(self._last_screen.lines[: height - 2])
        yield Static(self._line("opening …"), markup=False)

    def _line(self, words: str) -> str:
        """What the screen says while it waits."""
        if self._last_screen is None:
            return f" {self._name} · {words}"
        return f"\n{self._last_screen.waiting_line(words)}"

    def on_mount(self) -> None:
        # By way of the app: while it starts, nothing is drawn, and callbacks do not wait for a frame.
        self.app.call_later(self.call_after_refresh, self._start)
        self.set_interval(_ASKED_EVERY, self._show_waiting)

    def _show_waiting(self) -> None:
        if not self._failed and (waiting := self._waiting()):
            self.query_one(Static).update(self._line(waiting))

    def _start(self) -> None:
        self._failed = False
        self.run_worker(self._try(), name="open the account", exclusive=True)

    async def _try(self) -> None:
        from tui.api.errors import ApiError, ConfigError
        from tui.config.settings import SettingsError
        from tui.widgets.text import safe
        from tui.work.stored import StoreError

        try:
            await self._open()
        except (ApiError, ConfigError, SettingsError, StoreError) as error:
            self._failed = True
            self._last_screen = None
            await self.query(SnapshotView).remove()
            text = f" {self._name}\n\n {safe(error)}\n\n R tries again, P opens another profile, Q quits."
            self.query_one(Static).update(text)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        if event.character == "Q" or event.key == "ctrl+c":
            self._leave(1 if self._failed else 0)
        elif event.character == "R" and self._failed:
            self.query_one(Static).update(self._line("opening …"))
            self._start()
        elif event.character == "P" and self._failed:
            self._choose()
