"""What the screens share that work without an open account: a title, a list, a text, an input, and their keys."""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static

from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView
from tui.widgets.status import KeyLine, StatusLine, TitleLine
from tui.widgets.styles import STYLE_CLASSES, StyleCache, style_css
from tui.widgets.table import Column, OrderTable, RenderedRow
from tui.widgets.text import safe

R = TypeVar("R")

_LEAVE = ("Q", "ctrl+c")


class SetupScreen(Screen[R], inherit_bindings=False):
    """Subclasses give the rows and handle `chosen` and other keys. `leave` ends the app with an exit code."""

    BINDINGS: ClassVar[list[BindingType]] = []
    AUTO_FOCUS = None
    COMPONENT_CLASSES: ClassVar[set[str]] = set(STYLE_CLASSES)
    DEFAULT_CSS = f"""
    SetupScreen {{ layout: vertical; overflow: hidden; }}
    SetupScreen Static {{ height: auto; max-height: 12; padding: 0 1; }}
    {style_css("SetupScreen")}
    """
    COLUMNS: ClassVar[tuple[Column, ...]] = (Column("name", "", 18), Column("value", "", 40, 1))

    def __init__(self, leave: Callable[[int], None]) -> None:
        super().__init__()
        self.style_cache = StyleCache(self)
        self.leave = leave
        self.title_line, self.key_line = TitleLine(), KeyLine()
        self.table = OrderTable(self.COLUMNS)
        self.notes, self.line, self.status = Static(markup=False), InputLine(hides=True), StatusLine()

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield self.table
        yield self.notes
        yield self.line
        yield self.status
        yield self.key_line

    def on_mount(self) -> None:
        self.table.focus(scroll_visible=False)
        self.show_all()

    def show_all(self) -> None:
        """Show title, rows, text and keys."""
        raise NotImplementedError

    def chosen(self, key: str) -> None:
        """Handle Enter on a row."""
        raise NotImplementedError

    def pressed(self, key: str) -> None:
        """Handle another key."""

    def back(self) -> None:
        """Handle Esc and q."""
        self.dismiss()

    def show_rows(self, *rows: tuple[str, str, str]) -> None:
        """Show rows of a key, a name and a value; the cursor follows its key."""
        self.table.load([RenderedRow(key, (name, value)) for key, name, value in rows])

    def show_text(self, *paragraphs: str) -> None:
        """Show a text, which may be of others, above the input line."""
        self.notes.update("\n".join(safe(paragraph) for paragraph in paragraphs))

    def show_notice(self, text: str, tone: str = "info") -> None:
        """Show a sentence on the status line until the next key."""
        self.status.set([(text, tone)])

    def on_key(self, event: events.Key) -> None:
        event.stop()
        key = (event.character if event.is_printable else event.key) or ""
        self.status.set([])
        if key in _LEAVE:
            self.leave(0)
        elif key in ("j", "down"):
            self.table.move(1)
        elif key in ("k", "up"):
            self.table.move(-1)
        elif key in ("g", "home"):
            self.table.home()
        elif key in ("G", "end"):
            self.table.end()
        elif key in ("q", "escape"):
            self.back()
        elif key in ("enter", " ") and self.table.cursor_key is not None:
            self.chosen(self.table.cursor_key)
        else:
            self.pressed(key)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.show_notice("Press Enter on a line first, then paste.")

    @on(LineView.Activated)
    def _clicked(self) -> None:
        if self.table.cursor_key is not None:
            self.chosen(self.table.cursor_key)

    @on(InputLine.Opened)
    def _input_opened(self) -> None:
        self.key_line.set([("Enter", "accept"), ("Ctrl+U", "clear"), ("Esc", "cancel")])

    @on(InputLine.Submitted)
    @on(InputLine.Cancelled)
    def _input_over(self) -> None:
        self.table.focus(scroll_visible=False)
        self.show_all()

    def notify_style_update(self) -> None:
        self.style_cache.clear()
        super().notify_style_update()
