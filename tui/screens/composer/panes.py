"""The panes of the composer: which there are and which are in sight, and what is typed in their editors."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Container

from tui.api.pointer import Pointer
from tui.keymap import NAMES, Context, commands_in
from tui.orders.value_parser import Choices, ParsedEntry, parse_entry
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.composer.rows import (
    ALL,
    COLUMNS,
)
from tui.screens.composer.view_state import RowSorting, SearchIndex, ViewMode
from tui.screens.order.form_rows import FormView
from tui.widgets.dialogs import QuestionBar
from tui.widgets.filter_line import FilterLine
from tui.widgets.grid import OrderGrid
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView
from tui.widgets.pager import Pager
from tui.widgets.problems import ProblemList
from tui.widgets.sheet import OrderSheet
from tui.widgets.status import KeyLine, RuleLine, StatusLine, TitleLine
from tui.widgets.tab_bar import TabBar
from tui.widgets.table import OrderTable
from tui.work.batches.staged_order import StagedOrder
from tui.work.drafts.drafts import TypedText

EMPTY = """Nothing is staged. Ways in:
a b  a blank order of a shop       a s  keeps one as a template for a t
a f  a file: JSON, CSV, xlsx ...   paste: JSON, cells of a spreadsheet
In the list of orders: a stages a copy of the order, ; a of all marked.
From elsewhere: ssh host sendcloud-orders submit - < file"""

_LIST_KEYS = (
    ("open", "open"),
    ("next_problem", "next !"),
    ("add", "add"),
    ("fix_problem", "fix"),
    ("mark", "mark"),
    ("view", "view"),
    ("review", "review"),
    ("hold", "hold"),
    ("sort", "sort"),
    ("filter", "filter"),
    ("keys", "keys"),
)
_TABLE_KEYS = (
    ("open", "edit"),
    ("next_problem", "next !"),
    ("columns", "columns"),
    ("fix_problem", "fix"),
    ("mark", "mark"),
    ("sort", "sort"),
    ("view", "history"),
    ("pane", "form"),
    ("review", "review"),
    ("keys", "keys"),
)
_SHEET_KEYS = (
    ("open", "edit"),
    ("next_problem", "next !"),
    ("fix_problem", "fix"),
    ("address", "address"),
    ("set_field", "clear"),
    ("add", "item"),
    ("undo", "undo"),
    ("review", "review"),
    ("pane", "list"),
    ("view", "fields"),
    ("keys", "keys"),
)


class PanesScreen(BaseScreen[None]):
    """Two panes: the list (orders, or their problems) and the form. In narrow terminals one of them is in sight."""

    WHERE = Context.COMPOSER
    CSS: ClassVar[str] = """
    #said { height: 1; display: none; }
    #said.-shown { display: block; }
    #said.-two { height: 2; }
    #batch { height: 1fr; layout: vertical; }
    #batch #left { height: 1fr; }
    #batch #problems, #batch #grid { display: none; }
    #batch.-problems #problems, #batch.-table #grid { display: block; }
    #batch.-problems #orders, #batch.-table #orders { display: none; }
    #batch #side { height: 8; layout: vertical; }
    #batch #form, #batch #field, #batch #help { display: none; }
    #batch #help { height: 2; }
    #batch.-sheet #left, #batch.-sheet #preview { display: none; }
    #batch.-sheet #side { height: 1fr; }
    #batch.-sheet #form, #batch.-sheet #field, #batch.-sheet #help { display: block; }
    #batch.-wide { layout: horizontal; }
    #batch.-wide #left { display: block; width: 1fr; }
    #batch.-wide #side { height: 1fr; width: 1fr; border-left: vkey $border-blurred; }
    #batch.-wide #preview { display: none; }
    #batch.-wide #form, #batch.-wide #field, #batch.-wide #help { display: block; }
    #batch.-asks #preview { display: block; height: 1fr; }
    #batch.-asks #form, #batch.-asks #field, #batch.-asks #help { display: none; }
    """

    def __init__(self, workspace: Workspace, paste: str = "") -> None:
        super().__init__(workspace)
        self.staging = workspace.staging
        self.paste = paste
        """A text to read orders from when the screen is open."""
        self._orders: list[StagedOrder] = []
        self._chosen: str | None = None
        self._in_sheet = False
        self._shown = ViewMode.ORDERS
        self._sorting = RowSorting()
        self._texts = SearchIndex()
        self._stays: set[str] = set()
        self._batch: int | None = None
        self._asks = False
        self._kept: dict[str, dict[Pointer, str]] = {}
        self._unkept: set[tuple[str, Pointer]] = set()
        self._standing: str = ALL
        self._words = ""
        self._field_words = ""
        self._view = FormView.USUAL
        self._typed: dict[Pointer, str] = {}
        self._loaded: str | None = None
        self._is_wide = False
        self._is_due = False
        self._said_sending = False
        self._looks_first = False
        self._top = 0
        self.line_done: Callable[[str], None] = lambda _: None
        """What the line at the bottom is asked for."""

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield TabBar()
        yield Pager(id="said")
        yield FilterLine(hides=True)
        with Container(id="batch"):
            with Container(id="left"):
                yield OrderTable(COLUMNS, empty=EMPTY, id="orders")
                yield ProblemList(empty="No problems here; v goes on to the table.", id="problems")
                yield OrderGrid(self._read_entry, self._cell_typing, self._cell_typed, empty=EMPTY, id="grid")
            with Container(id="side"):
                yield RuleLine(id="rule")
                yield Pager(id="preview")
                yield OrderSheet(reader=self._read_entry, typing_hook=self._typing, empty="No order.", id="form")
                yield RuleLine(id="field")
                yield Pager(id="help")
        yield InputLine(hides=True, id="line")
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    @property
    def table(self) -> OrderTable:
        return self.query_one("#orders", OrderTable)

    @property
    def problems(self) -> ProblemList:
        return self.query_one("#problems", ProblemList)

    @property
    def grid(self) -> OrderGrid:
        return self.query_one("#grid", OrderGrid)

    @property
    def sheet(self) -> OrderSheet:
        return self.query_one("#form", OrderSheet)

    @property
    def tab_bar(self) -> TabBar:
        return self.query_one(TabBar)

    @property
    def is_typing(self) -> bool:
        return super().is_typing or self.sheet.editing is not None or self.grid.editing is not None

    @property
    def list_view(self) -> LineView:
        if self._in_sheet:
            return self.sheet
        return {ViewMode.ORDERS: self.table, ViewMode.PROBLEMS: self.problems, ViewMode.TABLE: self.grid}[self._shown]

    @property
    def is_split(self) -> bool:
        """Whether list and form stand side by side; the table has the whole width."""
        return self._is_wide and (self._in_sheet or self._shown is not ViewMode.TABLE)

    @property
    def order(self) -> StagedOrder | None:
        """The order that was chosen."""
        return self.staging.get(self._chosen) if self._chosen is not None else None

    def _arrange(self) -> None:
        batch = self.query_one("#batch")
        batch.set_class(self.is_split, "-wide")
        batch.set_class(self._in_sheet, "-sheet")
        batch.set_class(self._shown is ViewMode.PROBLEMS, "-problems")
        batch.set_class(self._shown is ViewMode.TABLE, "-table")

    def show_keys(self) -> None:
        """Those of the pane that one is in, the way to the service among the first."""
        wanted = _SHEET_KEYS if self._in_sheet else _TABLE_KEYS if self._shown is ViewMode.TABLE else _LIST_KEYS
        keys = {command.id: command.keys[0] for command in commands_in(self.WHERE)}
        self.query_one(KeyLine).set([(NAMES.get(keys[id], keys[id]), word) for id, word in wanted])

    # The editor.

    def _read_entry(self, pointer: Pointer, kind: str, text: str, choices: Choices) -> ParsedEntry:
        now: datetime = self.workspace.now().astimezone(self.workspace.account.zone)
        return parse_entry(kind, text, choices=choices, now=now)

    def _typing(self, pointer: Pointer, text: str) -> None:
        if self._loaded is not None:
            self._cell_typing(self._loaded, pointer, text)

    def _cell_typing(self, id: str, pointer: Pointer, text: str) -> None:
        self.workspace.account.drafts.type(TypedText(_place(id), pointer, text))

    def _cell_typed(self, id: str, pointer: Pointer) -> str | None:
        return self.typed_of(id).get(pointer)

    def typed_of(self, id: str) -> dict[Pointer, str]:
        """What was typed in the fields of an order and not taken."""
        if id not in self._kept:
            self._kept[id] = self.workspace.account.drafts.typed(_place(id))
        return self._kept[id]

    def retype(self, id: str) -> None:
        """What was typed in an order stands as the disk has it."""
        self.typed_of(id).update(self.workspace.account.drafts.typed(_place(id)))

    def untype(self, id: str, pointer: Pointer) -> bool:
        """Forget what was typed in a field and not taken; whether there was anything."""
        self.workspace.account.drafts.untype(_place(id), pointer)
        return self.typed_of(id).pop(pointer, None) is not None


def _place(staged: str) -> str:
    """Under this name what is typed in a staged order is kept; no order of the service is called so."""
    return f"staged {staged}"
