"""What all screens share: keys become commands by the one table, and questions come before everything."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.screen import Screen

from tui.keymap import Command, Where, commands_in, lookup
from tui.widgets.dialogs import Question
from tui.widgets.lines import LineView
from tui.widgets.status import KeyLine, StatusLine

if TYPE_CHECKING:
    from tui.app import OrdersApp


class Tail(Enum):
    """How far a torn escape sequence has come."""

    NONE = 0
    POSSIBLE = 1
    OPEN = 2


class HouseScreen(Screen[None], inherit_bindings=False):
    """A screen of the house. A command `x` of the keymap is done by the method `do_x(key)`, where there is one."""

    WHERE: ClassVar[Where]
    AUTO_FOCUS = None
    BINDINGS: ClassVar = []

    def __init__(self) -> None:
        super().__init__()
        self._commands = lookup(self.WHERE)
        self._tail = Tail.NONE
        self.on_marked = False

    @property
    def house(self) -> "OrdersApp":
        return cast("OrdersApp", self.app)

    @property
    def status(self) -> StatusLine:
        return self.query_one(StatusLine)

    @property
    def question(self) -> Question:
        return self.query_one(Question)

    @property
    def list_view(self) -> LineView:
        """The lines that moving keys move on."""
        raise NotImplementedError

    # Keys.

    def on_key(self, event: events.Key) -> None:
        key = event.character if event.is_printable and event.character not in (None, " ") else event.key
        if self._is_orphaned_tail(event):
            event.stop()
            return
        if self.question.is_open:
            event.stop()
            self.question.key(event)
            return
        command = self._commands.get(key or "")
        if command is None:
            return
        event.stop()
        event.prevent_default()
        self.run_command(command, key or "")

    def run_command(self, command: Command, key: str = "") -> None:
        """Do a command, as from its key."""
        on_marked, self.on_marked = self.on_marked, False
        if on_marked and not command.marked:
            self.say(f"; does not go with {command.title}; it goes with " + self._marked_keys())
            return
        action = cast("Callable[[str], None] | None", getattr(self, f"do_{command.id}", None))
        if action is None:
            self.say(f"{command.title} does nothing here.")
            return
        self.on_marked = on_marked
        action(key)
        if command.id != "on_marked":
            self.on_marked = False
        self.show_keys()

    def _marked_keys(self) -> str:
        return ", ".join(f"{command.keys[0]} {command.title}" for command in commands_in(self.WHERE) if command.marked)

    def _is_orphaned_tail(self, event: events.Key) -> bool:
        """A slow line may tear `Esc [ A` apart; what comes behind the Esc must not run commands."""
        character = event.character or ""
        if event.key == "escape":
            self._tail = Tail.POSSIBLE
            return False
        if self._tail is Tail.POSSIBLE:
            self._tail = Tail.OPEN if character in ("[", "O") else Tail.NONE
            return self._tail is Tail.OPEN
        if self._tail is Tail.OPEN and not (character.isdigit() or character == ";"):
            self._tail = Tail.NONE
            return character.isalpha() or character == "~"
        return self._tail is Tail.OPEN

    def on_paste(self, event: events.Paste) -> None:
        """A paste on a list is never run as commands."""
        event.stop()
        if not self.question.is_open:
            self.pasted(event.text)

    def pasted(self, text: str) -> None:
        self.say("A paste does nothing here; nothing was changed.")

    # What is the same everywhere.

    def say(self, text: str) -> None:
        """A sentence for the user, on the status line."""
        self.status.say(text)

    def ask(self, text: str, answers: Sequence[tuple[str, str]], done: Callable[[str], None]) -> None:
        """A one-line menu that waits: (key, words) pairs; `done` is given the key chosen, and nothing on Esc."""
        self.question.ask(text, answers, done)

    def ask_typed(self, text: str, expected: str, done: Callable[[], None]) -> None:
        """A question that only this very text answers."""
        self.question.ask_typed(text, expected, done)

    def show_keys(self) -> None:
        """The key line: the commands of this place with a brief word, in the table's order."""
        pairs = [(command.keys[0], command.brief) for command in commands_in(self.WHERE) if command.brief]
        self.query_one(KeyLine).show(pairs)

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

    def do_keys(self, key: str) -> None:
        self.house.show_keys(self.WHERE)

    def do_palette(self, key: str) -> None:
        self.house.show_palette(self)

    def do_traffic(self, key: str) -> None:
        self.house.show_traffic()

    def do_back_and_forth(self, key: str) -> None:
        self.house.back_and_forth()

    def do_repaint(self, key: str) -> None:
        self.house.repaint()

    def do_suspend(self, key: str) -> None:
        self.house.action_suspend_process()

    def do_quit(self, key: str) -> None:
        self.house.leave()

    def do_stop(self, key: str) -> None:
        self.say("Nothing is being read." if not self.stop_reading() else "Reading was stopped. R reads again.")

    def stop_reading(self) -> bool:
        """Stop what is being read; whether there was anything."""
        return False

    def do_back(self, key: str) -> None:
        self.house.pop_screen()
