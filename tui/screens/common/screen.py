"""The base screen: maps keys to commands through the keymap; an open question gets all keys."""

from collections.abc import Awaitable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.worker import Worker

from tui.keymap import Command, Context, key_name
from tui.screens.common.commands import find_handler
from tui.screens.common.general_commands import GeneralCommands, MoveCommands
from tui.screens.common.key_lines import ScreenKeys, brief_keys, key_names, keys_of, line_keys, marked_keys
from tui.screens.common.routes import Page
from tui.screens.common.workspace import Workspace
from tui.widgets.dialogs import QuestionBar
from tui.widgets.input_line import InputLine
from tui.widgets.key_queue import hold_frames
from tui.widgets.lines import LineView, Piece
from tui.widgets.status import KeyLine, StatusLine, TitleLine
from tui.widgets.styles import STYLE_CLASSES, StyleCache, style_css
from tui.work.stored import StoreError

R = TypeVar("R")


class BaseScreen(Screen[R], inherit_bindings=False):
    """A screen of the app. Methods marked with `@handles`, its own or its groups', run the keymap's commands.

    Each has a title, a StatusLine, a QuestionBar and a KeyLine around its own widgets; `framed` composes them.
    `status_items` gives the text of the status line while there is no notice. `R` is the type of the screen's result,
    None for most.
    """

    WHERE: ClassVar[Context]
    GROUPS: ClassVar[tuple[type, ...]] = ()
    """The types of all objects that `command_groups` can return."""
    HOW_TO_RESUME: ClassVar[str] = "{refresh} reads again"
    """What resumes reading, for the notice that reading was stopped, with the ids of commands in place of their keys."""
    KEYS: ClassVar[Sequence[tuple[str, str]]] = ()
    """The commands on the key line with their words; by default those with a label in the keymap."""
    AUTO_FOCUS = None
    COMPONENT_CLASSES: ClassVar[set[str]] = set(STYLE_CLASSES)
    DEFAULT_CSS = f"BaseScreen {{ layout: vertical; overflow: hidden; }}\n{style_css('BaseScreen')}"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self.ask_screen = workspace.ask_screen
        self.style_cache = StyleCache(self)
        self._general_groups = (MoveCommands(self), GeneralCommands(self))
        self.commands = workspace.keymap.commands_in(self.WHERE)
        """The commands of this screen with their keys."""
        self._by_key = {key: command for command in self.commands for key in command.keys}
        self._unbound_keys: set[str] = set()
        self._notice: Piece | None = None
        self._has_news = False
        self.title_line, self.key_line = TitleLine(), KeyLine()
        self.title_line.tone = workspace.colour or "title"
        self.groups: Sequence[object] = ()
        self.on_marked = False
        """Whether the current command acts on all marked orders."""
        self.next_on_marked = False
        """Whether the next command acts on all marked orders."""
        self.key_time = 0.0
        self.is_ready = False
        self.key = ScreenKeys(workspace.keymap, self.WHERE)
        hold_frames(self)

    def framed(self, *body: Widget) -> ComposeResult:
        """Compose the title, these widgets, the status line and the key line."""
        yield self.title_line
        yield from body
        yield StatusLine()
        yield QuestionBar()
        yield self.key_line

    @property
    def command_groups(self) -> Sequence[object]:
        """The objects that handle commands in addition to this screen. The first one with a handler runs it."""
        return self.groups

    @property
    def list_view(self) -> LineView:
        """The view that movement keys act on, by default the first one. It has the focus unless a line is open."""
        return next(view for view in self.query(LineView) if view.can_focus)

    @property
    def is_typing(self) -> bool:
        """Whether keys go to a question, a line or an editor. No review opens then, so that no key confirms it."""
        return self.query_one(QuestionBar).is_open or any(line.is_open for line in self.query(InputLine))

    def status_items(self) -> Sequence[str | Piece]:
        """The items of the status line."""
        return ()

    def reopen(self, page: Page) -> bool:
        """Show a page in this open screen. Returns False if the page needs another screen."""
        return False

    def show_all(self) -> None:
        """Redraw everything. Called when the screen is raised and after changes of the store."""
        self.show_status()

    def store_changed(self) -> None:
        """Handle a write, or an order that was read back. Changes in one turn of the event loop are shown together."""

        def show_news() -> None:
            self._has_news = False
            if self.is_active:
                self.show_all()

        if not self._has_news and self.is_attached:
            self._has_news = True
            self.call_later(show_news)

    def order_changed(self, order_id: str) -> None:
        """Handle a change of an order or of its send state."""

    def on_mount(self) -> None:
        self.is_ready = True
        self.show_keys()
        self.show_status()
        self.give_focus()

    def on_screen_resume(self) -> None:
        self.show_all()
        if not self.query_one(QuestionBar).is_open:
            self.give_focus()

    async def _dispatch_message(self, message: Message) -> None:
        with self.report_store_errors():
            await super()._dispatch_message(message)

    # Keys.

    def on_key(self, event: events.Key) -> None:
        key = (event.character if event.is_printable and event.character not in (None, " ") else event.key) or ""
        command = self._by_key.get(key)
        if command is not None:
            event.stop()
            event.prevent_default()
            self.key_time = event.time
            self.run_command(command, key)
        elif key and not self.is_typing and key not in self._unbound_keys:
            # Keys of a question or an editor never get here. A key that does nothing is reported once.
            self._unbound_keys.add(key)
            self.show_notice(f"{key_name(key)} is not bound here; {key_names(self.commands, 'keys')} lists the keys.")

    def run_command(self, command: Command, key: str = "") -> None:
        """Run a command as if its key was pressed."""
        self.on_marked, self.next_on_marked = self.next_on_marked, False
        if self._notice is not None:
            self.show_notice("")
        if self.on_marked and not command.marked:
            self.show_notice(
                f"{self.key('on_marked')} does not work with {command.title}. It works with "
                f"{marked_keys(self.commands)}."
            )
            return
        handler = find_handler((*self.command_groups, self, *self._general_groups), command.id)
        if handler is None:
            self.show_notice(f"{command.title} does nothing here.")
            return
        with self.report_store_errors():
            work = handler(key)
            if work is not None:
                self.run_dialog(work)
                return
        self.on_marked = False

    def run_dialog(self, work: Coroutine[Any, Any, None]) -> None:
        """Run work that may wait for the user's answers. It is cancelled when this screen closes."""

        self.run_worker(work, name="dialog", group="dialog")

    def run_worker(self, work: Awaitable[Any], *args: Any, **options: Any) -> Worker[Any]:  # type: ignore[override]
        """Run work in the background. Errors of the store become a notice; they never end the app."""

        async def guarded() -> None:
            with self.report_store_errors():
                await work

        return super().run_worker(guarded(), *args, **options)

    @contextmanager
    def report_store_errors(self) -> Iterator[None]:
        """Show errors of the store as a notice."""
        try:
            yield
        except StoreError as error:
            self.show_notice(f"Not saved: {error}", "error")

    def on_paste(self, event: events.Paste) -> None:
        """Handle a paste. On a list it never runs commands."""
        event.stop()
        # Terminals send a carriage return for each line's end.
        self.pasted(event.text.replace("\r\n", "\n").replace("\r", "\n"))

    def pasted(self, text: str) -> None:
        self.show_notice("Pasting does nothing here. Nothing was changed.")

    # Notices and questions.

    def show_notice(self, text: str, tone: str = "info") -> None:
        """Show a sentence on the status line until the next command. An empty one removes the notice."""
        self._notice = (text, tone) if text else None
        self.show_status()

    def show_status(self) -> None:
        # While the app quits, a screen may have no widgets any more.
        for line in self.query(StatusLine):
            line.set([self._notice] if self._notice is not None else self.status_items())

    async def ask(self, text: str, answers: Sequence[tuple[str, str]] = (), *, expected: str = "") -> str | None:
        """Ask with a menu of (key, words) pairs, or for an expected text. Returns the answer, None on Esc."""
        # The question replaces the status line, so that nothing else moves.
        self.query_one(StatusLine).display = False
        return await self.query_one(QuestionBar).answer(text, answers, expected=expected)

    @on(LineView.Activated)
    def _open_clicked(self) -> None:
        """Handle a click like Enter."""
        handler = find_handler((*self.command_groups, self), "open")
        if handler is not None:
            handler("enter")

    @on(QuestionBar.Answered)
    @on(InputLine.Opened)
    @on(InputLine.Submitted)
    @on(InputLine.Cancelled)
    def _input_changed(self, event: Message) -> None:
        """Show the keys of a line that opened; after an input, the keys of the screen again."""
        if isinstance(event, InputLine.Opened):
            self.query_one(KeyLine).set(line_keys(event.control))
        elif not self.query_one(QuestionBar).is_open:
            self.query_one(StatusLine).display = True
            self.show_status()
            self.show_keys()
            self.give_focus()

    def give_focus(self) -> None:
        """Focus the open input line, or the list."""
        line = next((line for line in self.query(InputLine) if line.is_open), None)
        # At once: `focus` would do it later, and the first frame would be drawn without the cursor's colours.
        self.set_focus(line or self.list_view, scroll_visible=False)

    def show_keys(self) -> None:
        """Update the key line."""
        self.query_one(KeyLine).set(keys_of(self.commands, self.KEYS) if self.KEYS else brief_keys(self.commands))

    @property
    def order_here(self) -> str | None:
        """The service's id of the current order, if there is one."""
        return None

    def stop_reading(self) -> bool:
        """Stop all reads from the service, also those of other screens. Returns whether anything was being read.

        While a change is being sent to many orders, only what this screen reads is stopped: each write is preceded by a
        read, and the order would be left out.
        """
        # A review that is already shown waits for its answer in a worker of the screen below.
        running = [
            worker
            for worker in self.workers
            if worker.is_running and (worker.group == "read" or (worker.group == "review" and worker.node is self))
        ]
        for worker in running:
            worker.cancel()
        is_sending = bool(self.workspace.jobs.running)
        return bool((not is_sending and self.workspace.account.client.stop_reads()) or running)

    def notify_style_update(self) -> None:
        self.style_cache.clear()
        super().notify_style_update()
