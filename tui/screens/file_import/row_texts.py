"""The full text about a row of the import screen: a guess, a column, or a value for all rows."""

from typing import Protocol

from tui.api.pointer import Pointer
from tui.keymap import KeyOf
from tui.orders.fields import full_label
from tui.orders.parsed import ParsedFile
from tui.orders.paths import ANY, FieldPath
from tui.orders.tables.table import column_letters
from tui.screens.common.commands import handles
from tui.screens.common.routes import ShowText
from tui.screens.common.workspace import Workspace
from tui.screens.file_import.rows import (
    cells_of,
    constant_words,
    guess_help,
    path_of_key,
    problem_of_column,
    target_of,
)
from tui.widgets.table import OrderTable
from tui.work.account import Account
from tui.work.file_import.reader import TableSource


class TextTarget(Protocol):
    """The screen whose rows are shown in full."""

    workspace: Workspace
    source: TableSource
    intake: ParsedFile
    in_orders: bool
    """Whether the pane of orders has the cursor."""

    @property
    def columns(self) -> OrderTable: ...

    def open_order(self) -> None: ...


class TextCommands:
    """Shows all about the row at the cursor."""

    def __init__(self, screen: TextTarget) -> None:
        self._screen = screen

    @handles("long_text")
    def show_long_text(self, key: str) -> None:
        screen = self._screen
        row = None if screen.in_orders else screen.columns.cursor_key
        if row is None:
            screen.open_order()
        else:
            text = row_text(row, screen.source, screen.intake, screen.workspace.account)
            screen.workspace.go(ShowText(screen.source.name, text))


def row_text(row: str, source: TableSource, parsed: ParsedFile, account: Account) -> str:
    """All about the row with this key. `parsed`: the preview."""
    if row.startswith("g"):
        return guess_help(parsed.guesses[int(row[1:])], source.mapping, account.key)
    if row.startswith("c"):
        return _column_text(source, parsed, int(row[1:]), account.key)
    path = path_of_key(row)
    return _constant_text(parsed, path, constant_words(path, source.mapping.constant(path), account.shops or ()))


def _column_text(source: TableSource, parsed: ParsedFile, index: int, key: KeyOf) -> str:
    """The field of a column, what could not be read, and its first values."""
    mapping, name = source.mapping, source.mapping.header[index]
    target = target_of(source, parsed, index)
    goes = f"goes to {target}" if mapping.paths[index] is not None else target
    guesses = [guess_help(guess, mapping, key) for guess in parsed.guesses if guess.subject == name]
    problem = problem_of_column(parsed, name, key)
    lines = [f"Column {column_letters(index)}, {name}: {goes}.", *guesses, *filter(None, [problem]), "", "First rows:"]
    return "\n".join([*lines, *(cells_of(source, index) or ["(empty)"])])


def _constant_text(parsed: ParsedFile, path: FieldPath, value: str) -> str:
    """A value for all rows, and where it came from."""
    pointer = Pointer(tuple("0" if token == ANY else token for token in path))
    sources = [one.derived[pointer] for one in parsed.orders if pointer in one.derived]
    origin = f"{sources[0].how}: {sources[0].text}" if sources else "No order shown takes this value."
    return f"{full_label(path)}, for all rows without a value of their own: {value}\n{origin}"
