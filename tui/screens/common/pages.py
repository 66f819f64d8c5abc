"""Read-only pages: the help of a screen, and any long text."""

from collections.abc import Iterator, Sequence

from textual.app import ComposeResult

from tui.keymap import COMMANDS, Command, Context, Purpose, key_name
from tui.orders.query import vocabulary
from tui.screens.common.key_lines import key_names
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.user_keys import Keymap
from tui.widgets.pager import Pager, TextLine
from tui.widgets.text import fit, safe

_MARKS = (
    ("!", "error found locally: the order will not ship, or a value is invalid", "error"),
    ("S", "error reported by the service", "service"),
    ("#", "decision needed: conflict, deleted order, or unknown outcome", "conflict"),
    ("~", "warning; never blocks sending", "warning"),
    ("*", "draft: changed locally, not sent", "changed"),
    ("+", "marked", "mark"),
    ("z", "held", "dim"),
    (">", "the cursor; in the third column: in flight", "mark"),
    ("=", "verified: read back as sent", "good"),
)

_EDITOR = (
    ("Enter", "accept, move down"),
    ("Tab, Shift+Tab", "accept, edit the next or previous field"),
    ("Esc", "close; the text is kept, and editing the field again continues with it"),
    ("↓ ↑", "choose a value; in a text of several lines Enter adds a line, Tab accepts"),
    ("Ctrl+G", "edit the text in $EDITOR"),
)

_TEXT_EDITOR = (
    ("Enter", "add a line; Backspace at its start joins it to the previous line"),
    ("Tab", "insert two spaces"),
    ("Ctrl+U, K, W", "delete to the start, to the end, or the previous word"),
    ("Ctrl+← →", "move by a word"),
    ("Esc", "stop editing, so that keys are commands again"),
)


_KEYS_WIDTH = 14
_TITLE_WIDTH = 23


class PageScreen(BaseScreen[None]):
    """A page with a title on the left and on the right. Text is made safe; lines keep their styles."""

    WHERE = Context.PAGER

    def __init__(
        self, workspace: Workspace, title: str, content: str | Sequence[TextLine], *, title_right: str = ""
    ) -> None:
        super().__init__(workspace)
        self._titles = (title, title_right)
        self._content = content

    def compose(self) -> ComposeResult:
        return self.framed(Pager())

    def on_mount(self) -> None:
        self.title_line.set(*self._titles)
        if isinstance(self._content, str):
            self.query_one(Pager).set_text(self._content)
        else:
            self.query_one(Pager).set_lines(self._content)

    def show_keys(self) -> None:
        self.key_line.set(
            [
                (key_names(self.commands, "down", "up", "page_down", "page_up"), "move"),
                (key_names(self.commands, "back"), "back"),
            ]
        )


def help_page(workspace: Workspace, where: Context, tabs: Sequence[tuple[str, str]] = ()) -> PageScreen:
    """The page with the keys of a screen, and its tabs with their numbers."""
    return PageScreen(
        workspace,
        f"Keys in {where}",
        list(help_lines(where, workspace.keymap, tabs)),
        title_right=f"{key_names(workspace.keymap.commands_in(Context.PAGER), 'back')} back",
    )


def help_lines(where: Context, keymap: Keymap, tabs: Sequence[tuple[str, str]] = ()) -> Iterator[TextLine]:
    """The commands of one screen by purpose, its tabs by number, then the commands of other screens.

    Each line has the keys, the name that `:` finds, and what the command does.
    """
    here = keymap.commands_in(where)
    with_marks = where if any(command.id == "on_marked" for command in here) else Context.TRIAGE
    marked = keymap.key("on_marked", with_marks)
    for purpose in Purpose:
        yield from _section(purpose, [command for command in here if command.purpose is purpose], marked)
    if tabs:
        yield from _list("Tabs", [(number, safe(label)) for number, label in tabs])
    if where in (Context.EDIT, Context.COMPOSER):
        yield from _list("In the editor of a field", _EDITOR)
    if where is Context.JSON:
        yield from _list("While a line is edited", _TEXT_EDITOR)
    if where is Context.TRIAGE:
        yield from _list("In the filter line", vocabulary.help_lines())
    yield [("Marks in front of a row", "title")]
    yield from ([(f"  {fit(mark, _KEYS_WIDTH)} ", style), (text, "")] for mark, text, style in _MARKS)
    yield ""
    elsewhere = [_elsewhere(command, keymap) for command in COMMANDS if where not in command.contexts]
    yield from _section("On other screens", elsewhere, marked, is_elsewhere=True)


def _elsewhere(command: Command, keymap: Keymap) -> Command:
    """The command with its keys on the first screen that has it."""
    first = next(context for context in Context if context in command.contexts)
    return next(found for found in keymap.commands_in(first) if found.id == command.id)


def _section(title: str, commands: Sequence[Command], marked: str, *, is_elsewhere: bool = False) -> Iterator[TextLine]:
    if not commands:
        return
    yield [(title, "title")]
    for command in commands:
        keys = "0-9" if command.id == "tab_number" else " ".join(key_name(key) for key in command.keys)
        text = f"{command.help} Also with {marked}." if command.marked else command.help
        if is_elsewhere:
            text += f" ({', '.join(context for context in Context if context in command.contexts)})"
        yield [(f"  {fit(keys, _KEYS_WIDTH)} ", "info"), (f"{fit(command.title, _TITLE_WIDTH)} ", "dim"), (text, "")]
    yield ""


def _list(title: str, lines: Sequence[tuple[str, str]]) -> Iterator[TextLine]:
    yield [(title, "title")]
    yield from ([(f"  {fit(keys, _KEYS_WIDTH)} ", "info"), (text, "")] for keys, text in lines)
    yield ""
