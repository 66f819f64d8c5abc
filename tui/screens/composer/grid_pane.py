"""The batch as a table of chosen fields, edited in place. The columns chosen are kept; else they follow the problems."""

from collections.abc import Sequence
from typing import Any, Protocol, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from tui.api.codec import Json
from tui.api.pointer import ROOT, Pointer
from tui.orders.fields import field_at
from tui.screens.common.key_lines import editor_keys
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.composer.batch_pane import EMPTY
from tui.screens.composer.form_pane import suggestions
from tui.screens.composer.grid_rows import ColumnPath, GridRows, column_fields, columns_of, key_of, usual_columns
from tui.screens.composer.staged_target import place_of
from tui.screens.composer.state import ComposerState
from tui.screens.order.external_editor import edit_field
from tui.screens.order.groups import sentence
from tui.screens.order.pickers import reader_of
from tui.screens.order.typed_texts import TypedTexts
from tui.widgets.grid import GridColumn, OrderGrid
from tui.widgets.status import KeyLine
from tui.work.batches.staged_order import StagedOrder

_COLUMNS = "composer.columns"
"""Under this key the columns are stored."""


class GridOwner(Protocol):
    """What saves the edits of the user in the table."""

    @property
    def marks(self) -> frozenset[str]:
        """The ids of the marked orders."""

    def cell_entered(self, id: str, pointer: Pointer, value: Json) -> None:
        """Save a value that was typed in a cell."""

    def cell_left(self, id: str, pointer: Pointer, text: str | None) -> None:
        """Handle a closed editor; `text` is its text if that was not applied."""


class GridPane(Container):
    """The table and its columns."""

    DEFAULT_CSS = """
    GridPane { height: 1fr; }
    """

    def __init__(self, owner: GridOwner, workspace: Workspace, state: ComposerState, texts: TypedTexts) -> None:
        super().__init__()
        self._owner = owner
        self._workspace = workspace
        self._state = state
        self._texts = texts
        self._columns: list[GridColumn] | None = None
        self._chosen_paths: list[ColumnPath] | None = self._stored_paths()
        self.grid = OrderGrid(reader_of(workspace), self._typing, self._typed, empty=EMPTY, id="grid")

    def compose(self) -> ComposeResult:
        return (self.grid,)

    def show(self) -> None:
        """Load the rows of the orders that are listed."""
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
            lambda: self._owner.marks,
            self._workspace.account.zone,
            lambda order: suggestions(self._workspace, order),
            self._typed,
        )

    # Columns.

    @property
    def paths(self) -> list[ColumnPath]:
        """The fields of the columns shown."""
        return [tuple(column.key.split("/")) for column in self.grid.columns]

    def forget_columns(self) -> None:
        """Choose the columns again when the table is shown next."""
        self._columns = None

    def set_columns(self, paths: Sequence[ColumnPath] | None) -> None:
        """Show and store these columns; None stands for those of fields with problems or differences."""
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
        """Put the cursor on the cell of a field, for which a column is added. Returns whether the table can show it."""
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
        # The cell of several items is that of the first wrong one; the form shows the others.
        return self.grid.cursor_pointer == pointer

    # Editing.

    @property
    def _base(self) -> BaseScreen[Any]:
        return cast(BaseScreen[Any], self.screen)

    def _typing(self, id: str, pointer: Pointer, text: str) -> None:
        with self._base.report_store_errors():
            self._texts.type(place_of(id), pointer, text)

    def _typed(self, id: str, pointer: Pointer) -> str | None:
        return self._texts.of(place_of(id)).get(pointer)

    @on(OrderGrid.EditorOpened)
    def _opened(self) -> None:
        self._base.query_one(KeyLine).set(editor_keys())

    @on(OrderGrid.CellChanged)
    def _entered(self, event: OrderGrid.CellChanged) -> None:
        self._owner.cell_entered(event.key, event.pointer, event.value)

    @on(OrderGrid.EditorLeft)
    def _left(self, event: OrderGrid.EditorLeft) -> None:
        self._owner.cell_left(event.key, event.pointer, event.text)
        self.grid.refresh_row(event.key)

    @on(OrderGrid.EditRefused)
    def _refused(self, event: OrderGrid.EditRefused) -> None:
        self._base.show_notice(sentence(event.reason), "warning")

    @on(OrderGrid.ExternalEditor)
    def _external(self, event: OrderGrid.ExternalEditor) -> None:
        edit_field(self._base, self.grid, event.text)
