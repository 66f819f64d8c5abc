"""What all screens share: keys become commands by the one table, and questions come before everything."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events, on

from tui.keymap import Command, Context, commands_in, key_name, lookup
from tui.store.db import StoreError
from tui.widgets.dialogs import QuestionBar
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView, Piece
from tui.widgets.status import KeyLine, StatusLine
from tui.widgets.styles import StyledScreen

if TYPE_CHECKING:
    from tui.app import OrdersApp


class BaseScreen(StyledScreen, inherit_bindings=False):
    """A screen of the house. A command `x` of the keymap is done by the method `do_x(key)`, where there is one.

    Each has one StatusLine, one QuestionBar and one KeyLine; `status_items` gives what the status line says while nothing
    was said lately.
    """

    WHERE: ClassVar[Context]
    READ_AGAIN: ClassVar[str] = "r reads again"
    """What is said where reading was stopped."""
    AUTO_FOCUS = None
    DEFAULT_CSS = """
    BaseScreen { layout: vertical; overflow: hidden; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._commands = lookup(self.WHERE)
        self._said: Piece | None = None
        self.on_marked = False
        self.key_time = 0.0
        self.is_ready = False

    @property
    def house(self) -> "OrdersApp":
        return cast("OrdersApp", self.app)

    @property
    def question(self) -> QuestionBar:
        return self.query_one(QuestionBar)

    @property
    def list_view(self) -> LineView:
        """The lines that moving keys move on; it has the focus when nothing else has to."""
        raise NotImplementedError

    @property
    def is_typing(self) -> bool:
        """Whether keys go to a question, a line or an editor, so that no review may come under the fingers."""
        return self.question.is_open or any(line.is_open for line in self.query(InputLine))

    @property
    def is_on_top(self) -> bool:
        """Whether keys come here. Textual's `is_current` is true of the screen right below, too."""
        return self.is_attached and self.app.screen is self

    def status_items(self) -> Sequence[str | Piece]:
        """How things stand, for the status line."""
        return ()

    def store_changed(self) -> None:
        """Something happened below: a write, or an order that was followed."""

    def order_changed(self, order_id: str) -> None:
        """What is known of an order changed."""

    def on_mount(self) -> None:
        self.is_ready = True
        self.show_keys()
        self.show_status()
        self.give_focus()

    def on_screen_resume(self) -> None:
        self.show_status()
        if not self.question.is_open:
            self.give_focus()

    # Keys.

    def on_key(self, event: events.Key) -> None:
        key = event.character if event.is_printable and event.character not in (None, " ") else event.key
        command = self._commands.get(key or "")
        if command is None:
            return
        event.stop()
        event.prevent_default()
        self.key_time = event.time
        self.run_command(command, key or "")

    def run_command(self, command: Command, key: str = "") -> None:
        """Do a command, as from its key."""
        on_marked, self.on_marked = self.on_marked, False
        if self._said is not None:
            self.clear_notice()
        if on_marked and not command.marked:
            self.show_notice(f"; does not go with {command.title}. It goes with {self._marked_keys()}.")
            return
        action = cast("Callable[[str], None] | None", getattr(self, f"do_{command.id}", None))
        if action is None:
            self.show_notice(f"{command.title} does nothing here.")
            return
        self.on_marked = on_marked
        with self.report_store_errors():
            action(key)
        self.on_marked = self.on_marked and command.id == "on_marked"

    @contextmanager
    def report_store_errors(self) -> Iterator[None]:
        """A disk that takes nothing more is told of; it does not end the app."""
        try:
            yield
        except StoreError as error:
            self.show_notice(f"Not kept on disk: {error}", "error")

    def _marked_keys(self) -> str:
        return ", ".join(
            f"{command.keys[0]} {command.title.partition(' ')[0]}"
            for command in commands_in(self.WHERE)
            if command.marked
        )

    def on_paste(self, event: events.Paste) -> None:
        """A paste on a list is never run as commands."""
        event.stop()
        # Terminals send a carriage return for each line's end.
        self.pasted(event.text.replace("\r\n", "\n").replace("\r", "\n"))

    def pasted(self, text: str) -> None:
        self.show_notice("A paste does nothing here. Nothing was changed.")

    # What is said and asked.

    def show_notice(self, text: str, tone: str = "info") -> None:
        """A sentence for the user, on the status line until the next command."""
        self._said = (text, tone)
        self.show_status()

    def clear_notice(self) -> None:
        """What was said last is no longer so."""
        self._said = None
        self.show_status()

    def show_status(self) -> None:
        said = [self._said] if self._said is not None else []
        self.query_one(StatusLine).set([*said, *(() if said else self.status_items())])

    def ask(
        self,
        text: str,
        answers: Sequence[tuple[str, str]],
        done: Callable[[str], None],
        left: Callable[[], None] = lambda: None,
    ) -> None:
        """A one-line menu that waits: (key, words) pairs; `done` is given the key chosen, on Esc `left` is called."""
        self._make_room()
        self.question.ask(text, answers, lambda answer: done(answer) if answer is not None else left())

    def ask_typed(self, text: str, expected: str, done: Callable[[], None]) -> None:
        """A question that only this very text answers."""
        self._make_room()
        self.question.confirm(text, expected, lambda answer: done() if answer is not None else None)

    def _make_room(self) -> None:
        # The question stands where the status stood, so that nothing else has to move.
        self.query_one(StatusLine).display = False

    @on(QuestionBar.Answered)
    def _question_over(self) -> None:
        if not self.question.is_open:
            self.query_one(StatusLine).display = True
            self.show_status()
            self.give_focus()

    @on(InputLine.Submitted)
    @on(InputLine.Cancelled)
    def _line_over(self) -> None:
        self.give_focus()
        self.show_keys()

    @on(InputLine.Opened)
    def _line_opened(self, event: InputLine.Opened) -> None:
        self.show_line_keys(event.line)

    def show_line_keys(self, line: InputLine) -> None:
        """The key line while a line is typed."""
        words = [("Enter", "take it"), *([("Tab", "complete")] if line.complete is not None else []), ("Esc", "not")]
        self.query_one(KeyLine).set(words)

    def give_focus(self) -> None:
        """Back to the list."""
        self.list_view.focus(scroll_visible=False)

    def show_keys(self) -> None:
        """The key line: the commands of this place with a brief word, in the table's order."""
        self.show_commands((command.id, command.brief) for command in commands_in(self.WHERE) if command.brief)

    def show_commands(self, wanted: Iterable[tuple[str, str]]) -> None:
        """The key line of these commands of this place, each with a word for it."""
        keys = {command.id: command.keys[0] for command in commands_in(self.WHERE)}
        self.query_one(KeyLine).set([(key_name(keys[id]), word) for id, word in wanted])

    def show_editor_keys(self, *, several_lines: bool = False) -> None:
        """The key line while an editor is open; in one of several lines Enter begins another."""
        keys = [
            ("Enter", "a line" if several_lines else "take, down"),
            ("Tab", "take, edit next"),
            ("Ctrl+G", "$EDITOR"),
            ("Esc", "leave; it is kept"),
        ]
        self.query_one(KeyLine).set(keys)

    # What is the same everywhere.

    def do_down(self, key: str) -> None:
        self.list_view.move(1)

    def do_up(self, key: str) -> None:
        self.list_view.move(-1)

    def do_first(self, key: str) -> None:
        self.list_view.home()

    def do_last(self, key: str) -> None:
        self.list_view.end()

    def do_page_down(self, key: str) -> None:
        self.list_view.page(1)

    def do_page_up(self, key: str) -> None:
        self.list_view.page(-1)

    def do_half_down(self, key: str) -> None:
        self.list_view.half_page(1)

    def do_half_up(self, key: str) -> None:
        self.list_view.half_page(-1)

    def do_on_marked(self, key: str) -> None:
        """Overridden where there are marks: the next command acts on all of them."""
        self.show_notice("There are no marks here.")

    def do_keys(self, key: str) -> None:
        self.house.show_help(self.WHERE)

    def do_palette(self, key: str) -> None:
        self.house.show_palette(self)

    def do_request_log(self, key: str) -> None:
        self.house.show_request_log()

    @property
    def order_here(self) -> str | None:
        """The service's id of the order that the user is at, if there is one."""
        return None

    def do_journal(self, key: str) -> None:
        self.house.show_journal(self.order_here)

    def do_back_and_forth(self, key: str) -> None:
        self.house.back_and_forth()

    def do_repaint(self, key: str) -> None:
        self.house.repaint_all()

    def do_suspend(self, key: str) -> None:
        self.house.action_suspend_process()

    def do_quit(self, key: str) -> None:
        self.house.leave()

    def do_stop(self, key: str) -> None:
        self.show_notice(
            f"Reading was stopped; {self.READ_AGAIN}." if self.stop_reading() else "Nothing is being read."
        )

    def stop_reading(self) -> bool:
        """Stop what is being read; whether there was anything."""
        return False

    def do_back(self, key: str) -> None:
        self.house.back()
