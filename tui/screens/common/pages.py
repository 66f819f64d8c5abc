"""Pages to read: the keys that work here and everywhere, and any long text."""

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult

from tui.keymap import COMMANDS, Command, Context, commands_in, key_name
from tui.orders.query.filters import HELP as FILTER_HELP
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.widgets.dialogs import QuestionBar
from tui.widgets.lines import LineView
from tui.widgets.pager import Pager, TextLine
from tui.widgets.status import KeyLine, StatusLine, TitleLine
from tui.widgets.text import fit

_MARKS = (
    ("!", "found here: it will not ship, or the schema refuses it", "error"),
    ("S", "the service said so", "service"),
    ("#", "needs a decision: changed on both sides, gone, or outcome unknown", "conflict"),
    ("~", "doubtful; never stops anything", "warning"),
    ("*", "draft: changed here and not sent", "changed"),
    ("+", "marked", "mark"),
    ("z", "held", "dim"),
    (">", "the cursor; in the third column: on its way", "mark"),
    ("=", "verified: read back as sent", "good"),
)

_EDITOR = (
    ("Enter", "take, and down"),
    ("Tab, Shift+Tab", "take, and edit the next or previous field"),
    ("Esc", "leave; what was typed is offered again when the field is opened"),
    ("↓ ↑", "choices; several lines: Enter makes a line, Tab takes"),
    ("Ctrl+G", "the text in $EDITOR"),
)

_TEXT_EDITOR = (
    ("Enter", "a new line; Backspace in front of a line joins it to the one before"),
    ("Tab", "two blanks"),
    ("Ctrl+U, K, W", "delete to the begin, to the end, the word before"),
    ("Ctrl+← →", "a word back or on"),
    ("Esc", "end editing: then u undoes, E opens $EDITOR, w applies"),
)

_MOVES = frozenset(
    ["down", "up", "first", "last", "page_down", "page_up", "half_down", "half_up", "tab_next", "tab_previous"]
)


class PageScreen(BaseScreen[None]):
    """A page of lines with a title."""

    WHERE = Context.PAGER

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield Pager()
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def list_view(self) -> LineView:
        return self.query_one(Pager)

    def show_keys(self) -> None:
        self.query_one(KeyLine).set([("j k PgDn PgUp", "move"), ("q Esc", "back")])


class TextScreen(PageScreen):
    """A stranger's text, whole."""

    def __init__(self, workspace: Workspace, title: str, text: str) -> None:
        super().__init__(workspace)
        self._title = title
        self._text = text

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(TitleLine).set(self._title)
        self.query_one(Pager).set_text(self._text)


class LinesScreen(PageScreen):
    """Lines of safe pieces, as a review has them."""

    def __init__(self, workspace: Workspace, title: str, lines: Sequence[TextLine]) -> None:
        super().__init__(workspace)
        self._title = title
        self._lines = lines

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(TitleLine).set(self._title)
        self.query_one(Pager).set_lines(self._lines)


class HelpScreen(PageScreen):
    """The keys that work in one place, then all others; made from the one table."""

    def __init__(self, workspace: Workspace, where: Context) -> None:
        super().__init__(workspace)
        self._where = where

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(TitleLine).set(f"Keys in {self._where}", "Q leaves the app, q goes back")
        self.query_one(Pager).set_lines(list(self._lines()))

    def _lines(self) -> Iterator[TextLine]:
        here = commands_in(self._where)
        yield from _table([command for command in here if command.id not in _MOVES])
        yield ""
        yield [("Moving", "title")]
        yield from _table([command for command in here if command.id in _MOVES])
        if self._where in (Context.EDIT, Context.COMPOSER):
            yield ""
            yield [("In a field's editor", "title")]
            yield from ([(f"  {fit(keys, 18)} ", "info"), (words, "")] for keys, words in _EDITOR)
        if self._where is Context.JSON:
            yield ""
            yield [("While a line is edited", "title")]
            yield from ([(f"  {fit(keys, 18)} ", "info"), (words, "")] for keys, words in _TEXT_EDITOR)
        if self._where is Context.TRIAGE:
            yield ""
            yield [("The filter line", "title")]
            width = max(len(word) for word, _ in FILTER_HELP)
            yield from ([(f"  {fit(word, width)} ", "info"), (words, "")] for word, words in FILTER_HELP)
        yield ""
        yield [("Marks in front of a row", "title")]
        yield from ([(f"  {fit(mark, 18)} ", tone), (words, "")] for mark, words, tone in _MARKS)
        others = [command for command in COMMANDS if command not in here]
        if others:
            yield ""
            yield [("Elsewhere", "title")]
            yield from _table(others, places=True)


def _table(commands: Sequence[Command], *, places: bool = False) -> Iterator[TextLine]:
    for command in commands:
        keys = " ".join(key_name(key) for key in command.keys)
        if command.id == "tab_number":
            keys = "0-9"
        where = f" ({', '.join(place for place in Context if place in command.contexts)})" if places else ""
        marked = "  ; first: on the marked" if command.marked else ""
        yield [(f"  {fit(keys, 18)} ", "info"), (f"{command.help}{marked}{where}", "")]
