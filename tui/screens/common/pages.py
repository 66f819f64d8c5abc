"""Pages to read: the keys that work here and everywhere, and any long text."""

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult

from tui.keymap import COMMANDS, Command, Context, commands_in, key_name
from tui.orders.query.filters import HELP as FILTER_HELP
from tui.screens.common.key_lines import key_names
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
    """A page of lines with a title, and something right of it. A text is made safe; lines are shown in their styles."""

    WHERE = Context.PAGER

    def __init__(
        self, workspace: Workspace, title: str, content: str | Sequence[TextLine], *, title_right: str = ""
    ) -> None:
        super().__init__(workspace)
        self._titles = (title, title_right)
        self._content = content

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield Pager()
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def list_view(self) -> LineView:
        return self.query_one(Pager)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(TitleLine).set(*self._titles)
        if isinstance(self._content, str):
            self.query_one(Pager).set_text(self._content)
        else:
            self.query_one(Pager).set_lines(self._content)

    def show_keys(self) -> None:
        self.query_one(KeyLine).set(
            [
                (key_names(self.WHERE, "down", "up", "page_down", "page_up"), "move"),
                (key_names(self.WHERE, "back"), "back"),
            ]
        )


def help_page(workspace: Workspace, where: Context) -> PageScreen:
    """The page with the keys of a place."""
    return PageScreen(
        workspace, f"Keys in {where}", list(help_lines(where)), title_right="Q leaves the app, q goes back"
    )


def help_lines(where: Context) -> Iterator[TextLine]:
    """The keys that work in one place, then all others."""
    here = commands_in(where)
    yield from _table([command for command in here if command.id not in _MOVES])
    yield ""
    yield [("Moving", "title")]
    yield from _table([command for command in here if command.id in _MOVES])
    if where in (Context.EDIT, Context.COMPOSER):
        yield ""
        yield [("In a field's editor", "title")]
        yield from ([(f"  {fit(keys, 18)} ", "info"), (words, "")] for keys, words in _EDITOR)
    if where is Context.JSON:
        yield ""
        yield [("While a line is edited", "title")]
        yield from ([(f"  {fit(keys, 18)} ", "info"), (words, "")] for keys, words in _TEXT_EDITOR)
    if where is Context.TRIAGE:
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
