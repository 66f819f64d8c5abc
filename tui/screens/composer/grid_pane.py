"""The table of chosen fields in the composer: its columns, its cells edited in place, the next problem in it."""

from textual import on

from tui.api.pointer import ROOT, Pointer
from tui.orders.fields import field_at, label_of
from tui.screens.common.callbacks import value_then
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import editor_keys
from tui.screens.composer.adding import AddingScreen
from tui.screens.composer.columns import column_picker
from tui.screens.composer.grid_rows import (
    ColumnPath,
    GridRows,
    column_fields,
    columns_of,
    key_of,
    title_of,
    usual_columns,
)
from tui.screens.composer.view_state import ViewMode
from tui.screens.order.external_editor import edit_text
from tui.widgets.grid import GridColumn, OrderGrid
from tui.widgets.status import KeyLine
from tui.work.batches.staged_order import StagedOrder

_COLUMNS = "composer.columns"


class GridScreen(AddingScreen):
    """What the keys do in the table. The columns chosen are kept for the next time; else they follow the problems."""

    _columns: list[GridColumn] | None = None
    _chosen_paths: list[ColumnPath] | None = None

    def on_mount(self) -> None:
        kept = self.workspace.account.store.screen_states.get(self.workspace.account.account_id, _COLUMNS)
        known = {"/".join(one.path): one.path for one in column_fields()}
        if isinstance(kept, list) and kept:
            self._chosen_paths = [known[key] for key in kept if isinstance(key, str) and key in known]
        super().on_mount()

    def show_grid(self) -> None:
        marks = self.table
        rows = GridRows(
            self._orders,
            self.staging,
            lambda: marks.marks,
            self.workspace.account.zone,
            self._suggestions,
            self._cell_typed,
        )
        if self._columns is None or (len(self._columns) == 1 and self._orders):
            paths = self._chosen_paths or usual_columns(self.staging, self._orders)
            self._columns = columns_of(self._orders, paths, rows)
        self.grid.load(rows, self._columns)
        if self._chosen is not None:
            self.grid.go_to_cell(self._chosen) if self.grid.cursor_key != self._chosen else None
        self._show_cell()

    def other_batch(self) -> None:
        super().other_batch()
        self._columns = None

    def show_view(self, wanted: ViewMode) -> None:
        if wanted is ViewMode.TABLE and self._shown is not ViewMode.TABLE:
            self._columns = None
        super().show_view(wanted)

    def _show_cell(self) -> None:
        """The label and place of the cell under the cursor."""
        if self._in_sheet or self._shown is not ViewMode.TABLE:
            return
        place = self.grid.cursor_pointer
        count, at = len(self.grid.columns), self.grid.column + 1
        self.show_rule(f"{label_of(place) if place is not None else 'nothing here'} · column {at} of {count}")

    def end_preview(self) -> None:
        super().end_preview()
        self._show_cell()

    @on(OrderGrid.CursorMoved, "#grid")
    def _cell_moved(self) -> None:
        if self._in_sheet or self._shown is not ViewMode.TABLE:
            return
        if self._chosen != self.grid.cursor_key:
            self._chosen = self.grid.cursor_key
            self.table.go_to_key(self._chosen or "")
        self._show_side()
        self._show_cell()
        self.remember()

    @on(OrderGrid.Activated, "#grid")
    def _cell_clicked(self) -> None:
        if self.may_edit():
            self.grid.open_editor()

    # Editing.

    @on(OrderGrid.EditorOpened, "#grid")
    def _cell_opened(self) -> None:
        self.query_one(KeyLine).set(editor_keys())

    @on(OrderGrid.EditorLeft, "#grid")
    def _cell_left(self, event: OrderGrid.EditorLeft) -> None:
        if self.grid.editing is None:
            self.show_keys()
        if event.text is None:
            self.took(event.key, event.pointer)
        else:
            self.typed_of(event.key)[event.pointer] = event.text
            self.show_notice("Left without taking; Enter there goes on with what was typed.")
        self.grid.refresh_row(event.key)

    @on(OrderGrid.EditRefused, "#grid")
    def _cell_refused(self, event: OrderGrid.EditRefused) -> None:
        self.show_notice(f"{event.reason[:1].upper()}{event.reason[1:]}.", "warning")

    @on(OrderGrid.ExternalEditor, "#grid")
    def _cell_external(self, event: OrderGrid.ExternalEditor) -> None:
        value_then(self, edit_text(self, event.text), self.grid.fill_editor)

    @on(OrderGrid.CellChanged, "#grid")
    def _cell_entered(self, event: OrderGrid.CellChanged) -> None:
        self._follow_cursor()
        self.put_at(event.key, event.pointer, event.value)

    # Columns.

    @handles("columns")
    def do_columns(self, key: str) -> None:
        if self._shown is not ViewMode.TABLE or self._in_sheet:
            self.show_view(ViewMode.TABLE)
        paths = [tuple(column.key.split("/")) for column in self.grid.columns]
        self.workspace.open(column_picker(self.workspace, paths, self.set_columns))

    def set_columns(self, paths: list[ColumnPath] | None) -> None:
        """Show these, and the next time, too; None: those that have problems or differ."""
        self._chosen_paths = paths
        state, account = self.workspace.account.store.screen_states, self.workspace.account.account_id
        with self.report_store_errors():
            if paths is None:
                state.delete(account, _COLUMNS)
            else:
                state.put(account, _COLUMNS, ["/".join(path) for path in paths])
        self._columns = None
        self.show_all()

    def move_column(self, by: int) -> None:
        """Move the column under the cursor."""
        here, there = self.grid.column, self.grid.column + by
        if here == 0 or not 1 <= there < len(self.grid.columns):
            self.show_notice("There is no place to move it to.")
            return
        paths = [tuple(column.key.split("/")) for column in self.grid.columns]
        paths[here], paths[there] = paths[there], paths[here]
        self.set_columns(paths)
        self.show_notice(f"{title_of(paths[there])} moved.")

    # Problems.

    def to_cell(self, order: StagedOrder, pointer: Pointer) -> bool:
        """Put the cursor on the cell of a place; a field that is no column becomes one. Whether the table can show it."""
        known = field_at(pointer)
        if pointer == ROOT or known is None or known.has_members:
            return False
        key = key_of(pointer)
        if not self.grid.go_to_cell(order.id, key):
            if self._columns is None or known not in column_fields():
                return False
            rows = GridRows(
                self._orders, self.staging, frozenset, self.workspace.account.zone, self._suggestions, self._cell_typed
            )
            self._columns += columns_of(self._orders, [known.path], rows)
            self.show_grid()
            self.grid.go_to_cell(order.id, key)
        # Of several items the cell is the first wrong one; another is shown by the form.
        return self.grid.cursor_pointer == pointer
