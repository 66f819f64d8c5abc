"""The panes of the composer: the batch as a list, the batch as a table of fields, and the form of one order."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Any, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from tui.api.codec import Document
from tui.api.models import Operation
from tui.api.pointer import ROOT, Pointer
from tui.keymap import Context, KeyOf
from tui.orders.fields import field_at, label_of
from tui.orders.paths import SHOP
from tui.orders.summary import text_at
from tui.orders.value_parser import Choices
from tui.screens.common.key_lines import editor_keys
from tui.screens.common.screen import BaseScreen
from tui.screens.common.unreadable_rows import UnreadableRows
from tui.screens.common.workspace import Workspace
from tui.screens.composer.grid_rows import ColumnPath, GridRows, column_fields, columns_of, key_of, usual_columns
from tui.screens.composer.rows import COLUMNS, StagedRows, as_composed, notes_of, problem_rows
from tui.screens.composer.staged_target import StagedTarget, typing_key
from tui.screens.composer.state import ComposerState, ViewMode
from tui.screens.order.external_editor import edit_field
from tui.screens.order.form_controller import FormOwner
from tui.screens.order.form_pane import FormPane
from tui.screens.order.form_rows import FormNote, FormSpec, sheet_rows
from tui.screens.order.groups import sentence
from tui.screens.order.pickers import reader_of
from tui.screens.order.typed_texts import TypedTexts
from tui.widgets.form_layout import FieldRow, SheetRow
from tui.widgets.grid import GridColumn, OrderGrid
from tui.widgets.problems import ProblemList, ProblemRow
from tui.widgets.table import OrderTable
from tui.widgets.text import safe
from tui.work.batches.staged_order import StagedOrder


def empty_text(key: KeyOf) -> str:
    """The text of a batch without orders. `key`: the names of the keys of commands."""
    add, stage, marked = key("add", Context.COMPOSER), key("add", Context.TRIAGE), key("on_marked", Context.TRIAGE)
    return f"""Nothing is staged. To add orders:
{add} b  a blank order of a shop
{add} f  a file: JSON, CSV, xlsx ...
paste: JSON, cells of a spreadsheet
{add} t  an order from a template, after {add} s saved one
In the order list: {stage} stages a copy of the order, {marked} {stage} of all marked orders.
From another machine: ssh host sendcloud-orders submit - < file"""


_COLUMNS = "composer.columns"
"""The store key of the columns."""


class BatchPane(Container):
    """The list of orders and the list of problems, one of which is shown. The list of orders holds the marks."""

    DEFAULT_CSS = """
    BatchPane { height: 1fr; }
    """

    def __init__(self, screen: BaseScreen[Any], state: ComposerState) -> None:
        super().__init__()
        self._state = state
        self._staging = staging = screen.workspace.staging
        self.table = OrderTable(COLUMNS, empty=empty_text(staging.key), id="orders")
        self.problems = ProblemList(
            empty=f"No problems. {staging.key('view', Context.COMPOSER)} shows the table.", id="problems"
        )
        self.unreadable = UnreadableRows(screen, self.table)

    def compose(self) -> ComposeResult:
        return (self.table, self.problems)

    def show(self, zone: tzinfo) -> None:
        """Load the rows. Marks of orders no longer in the batch are dropped."""
        if self.table.marks:
            self.table.set_marks(self.table.marks & self._staging.by_id.keys())
        state = self._state
        self.table.load(StagedRows(state.shown, self._staging, zone, self.unreadable.report))
        if state.chosen is not None and state.chosen in self._staging.by_id:
            self.table.go_to_key(state.chosen)
        state.chosen = self.table.cursor_key
        if state.mode is ViewMode.PROBLEMS:
            self.problems.load(problem_rows(self._staging, state.shown, zone))
            self.follow_problem()

    def follow_problem(self) -> ProblemRow | None:
        """Make the order of the problem under the cursor current. Returns the problem if it belongs to an order."""
        row = self.problems.cursor_row
        if self._state.in_form or self._state.mode is not ViewMode.PROBLEMS or row is None or not row.order:
            return None
        self._state.chosen = row.order
        self.table.go_to_key(row.order)
        return row

    def go_to_first_error(self, id: str | None) -> None:
        """Go to the first error of an order in the list of problems, where warnings come last."""
        first = next((row for row in self.problems.rows if row.order == id and row.mark != "~"), None)
        if first is not None:
            self.problems.go_to(first.order, first.pointer)


class GridPane(Container):
    """The table and its columns."""

    DEFAULT_CSS = """
    GridPane { height: 1fr; }
    """

    def __init__(
        self, marks: Callable[[], frozenset[str]], workspace: Workspace, state: ComposerState, texts: TypedTexts
    ) -> None:
        super().__init__()
        self._marks = marks
        self._workspace = workspace
        self._state = state
        self._texts = texts
        self._columns: list[GridColumn] | None = None
        self._chosen_paths: list[ColumnPath] | None = self._stored_paths()
        self.grid = OrderGrid(
            reader_of(workspace, self._edited),
            self._typing,
            self._typed,
            empty=empty_text(workspace.keymap.key),
            id="grid",
        )

    def compose(self) -> ComposeResult:
        return (self.grid,)

    def show(self) -> None:
        """Load the rows of the listed orders."""
        state = self._state
        rows = self._rows()
        if self._columns is None or (len(self._columns) == 1 and state.shown):
            paths = self._chosen_paths or usual_columns(self._workspace.staging, state.shown)
            self._columns = columns_of(state.shown, paths, rows)
        self.grid.load(rows, self._columns)
        if state.chosen is not None and self.grid.cursor_key != state.chosen:
            self.grid.go_to_cell(state.chosen)

    def _rows(self) -> GridRows:
        return GridRows(
            self._state.shown,
            self._workspace.staging,
            self._marks,
            self._workspace.account.zone,
            lambda order: suggestions(self._workspace, order),
            self._typed,
        )

    # Columns.

    @property
    def paths(self) -> list[ColumnPath]:
        """The fields of the shown columns."""
        return [tuple(column.key.split("/")) for column in self.grid.columns]

    def forget_columns(self) -> None:
        """Choose new columns when the table is shown next."""
        self._columns = None

    def set_columns(self, paths: Sequence[ColumnPath] | None) -> None:
        """Show and store these columns; None means fields with problems or differences."""
        self._chosen_paths = list(paths) if paths is not None else None
        self._columns = None
        states, account_id = self._workspace.account.store.screen_states, self._workspace.account.account_id
        if paths is None:
            states.delete(account_id, _COLUMNS)
        else:
            states.put(account_id, _COLUMNS, ["/".join(path) for path in paths])

    def _stored_paths(self) -> list[ColumnPath] | None:
        account = self._workspace.account
        stored = account.store.screen_states.get(account.account_id, _COLUMNS)
        if not isinstance(stored, list) or not stored:
            return None
        known = {"/".join(known.path): known.path for known in column_fields()}
        return [known[key] for key in stored if isinstance(key, str) and key in known]

    def go_to_field(self, order: StagedOrder, pointer: Pointer) -> bool:
        """Move the cursor to a field's cell, adding its column if needed. Returns whether the table can show it."""
        known = field_at(pointer)
        if pointer == ROOT or known is None or known.has_members:
            return False
        key = key_of(pointer)
        if not self.grid.go_to_cell(order.id, key):
            if self._columns is None or known not in column_fields():
                return False
            self._columns += columns_of(self._state.shown, [known.path], self._rows())
            self.show()
            self.grid.go_to_cell(order.id, key)
        # A cell for several items shows the first one with a problem; the form shows the others.
        return self.grid.cursor_pointer == pointer

    # Editing.

    @property
    def _base(self) -> BaseScreen[Any]:
        return cast(BaseScreen[Any], self.screen)

    def _typing(self, id: str, pointer: Pointer, text: str) -> None:
        with self._base.report_store_errors():
            self._texts.type(typing_key(id), pointer, text)

    def _edited(self) -> Document | None:
        """The order under the cursor."""
        order = self._workspace.staging.get(self.grid.cursor_key or "")
        return order.document if order is not None else None

    def _typed(self, id: str, pointer: Pointer) -> str | None:
        return self._texts.of(typing_key(id)).get(pointer)

    @on(OrderGrid.EditorOpened)
    def _opened(self) -> None:
        self._base.key_line.set(editor_keys())

    @on(OrderGrid.EditRefused)
    def _refused(self, event: OrderGrid.EditRefused) -> None:
        self._base.show_notice(sentence(event.reason), "warning")

    @on(OrderGrid.ExternalEditor)
    def _external(self, event: OrderGrid.ExternalEditor) -> None:
        edit_field(self._base, self.grid, event.text, typing_key(self.grid.cursor_key or ""))


class StagedFormPane(FormPane):
    """The form of the order that was loaded last."""

    DEFAULT_CSS = """
    StagedFormPane #help { height: 2; }
    """

    def __init__(self, screen: BaseScreen[Any], owner: FormOwner, texts: TypedTexts) -> None:
        self._workspace = screen.workspace
        self._staging = screen.workspace.staging
        self._loaded: str | None = None
        super().__init__(screen, owner, texts, self.target, empty="No order.")

    def target(self) -> StagedTarget | None:
        """The order shown in the form."""
        order = self._staging.get(self._loaded) if self._loaded is not None else None
        return StagedTarget(self._staging, order) if order is not None else None

    def show_order(self, order: StagedOrder, pointer: Pointer | None = None) -> None:
        """Show an order. `pointer`: the field to go to if the order is not the one shown before."""
        if self._loaded == order.id:
            self.refresh_rows()
        else:
            self._loaded = order.id
            self.load(pointer)

    def forget_order(self) -> None:
        """Start at the top when an order is shown next."""
        self._loaded = None

    def show_nothing(self) -> None:
        self.forget_order()
        self.load()

    def make_rows(self) -> list[SheetRow]:
        target = self.target()
        if target is None:
            return []
        order, zone = target.order, self._workspace.account.zone
        notes = notes_of(self._staging, order, zone)
        notes.extend(FormNote.typed(*typed, self.controller.edit_key) for typed in self.controller.typed.items())
        spec = FormSpec(
            order.edit,
            Operation.POST,
            self.controller.view,
            notes,
            (),
            zone,
            suggestions(self._workspace, order),
            self.controller.words,
            fixed=order.fixed,
            add_key=self._workspace.keymap.key("add", Context.COMPOSER),
        )
        return as_composed(order, sheet_rows(spec))

    def show_help(self) -> None:
        row = self.sheet.cursor_row
        if not isinstance(row, FieldRow):
            self.rule.set()
            self.help_text.set_lines([])
            return
        known = field_at(row.pointer)
        kind = known.kind.replace("_", " ") if known is not None else "unknown to the API"
        required = "required" if known is not None and known.post.required else ""
        self.rule.set(label_of(row.pointer), " · ".join(filter(None, (kind, required))))
        lines = ((sentence(row.reason), "warning"), (row.help, "dim"))
        self.help_text.set_lines([[(f" {safe(text)}", tone)] for text, tone in lines if text])


def suggestions(workspace: Workspace, order: StagedOrder) -> dict[tuple[str, ...], Choices]:
    """Values of free-text fields in other orders of its shop, as suggestions."""
    return workspace.orders.suggestions(text_at(order.document, SHOP))
