"""The composer: staged orders that are corrected, sent together and verified."""

import asyncio
import importlib
from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container

from tui.keymap import Context, Pane
from tui.screens.common.general_commands import TabCommands
from tui.screens.common.key_lines import keys_of
from tui.screens.common.routes import OpenComposer, Page
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import remember_place
from tui.screens.composer.adding import Adding
from tui.screens.composer.batch_commands import BatchCommands
from tui.screens.composer.bulk_edit import BulkCommands, StagedMarkCommands
from tui.screens.composer.file_adding import FileAdding
from tui.screens.composer.frame import sending_facts, status_summary
from tui.screens.composer.place_commands import StagedFormCommands, StagedListCommands, StagedTableCommands
from tui.screens.composer.problems import ProblemCommands
from tui.screens.composer.sending import StagedSendCommands
from tui.screens.composer.state import SavedView, ViewMode
from tui.screens.composer.view import SAVED_VIEW, ComposerView
from tui.screens.order.form_controller import FormController
from tui.screens.order.groups import FormGroups
from tui.widgets.filter_line import FilterLine
from tui.widgets.grid import OrderGrid
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView, Piece
from tui.widgets.problems import ProblemList
from tui.widgets.sheet import OrderSheet
from tui.widgets.tab_bar import TabBar
from tui.widgets.table import OrderTable
from tui.work.batches.staged_order import StagedOrder

_WIDE = 150
"""Minimum width for list and form side by side. Below it, the last column of the list would be cut."""


class ComposerScreen(BaseScreen[None]):
    """Combines the panes and command groups. `paste`: text to read orders from."""

    WHERE = Context.COMPOSER
    HOW_TO_RESUME = "{review} looks up all orders, {refresh} this order"
    GROUPS = (
        StagedFormCommands,
        FormController,
        FormGroups,
        StagedTableCommands,
        TabCommands,
        StagedListCommands,
        Adding,
        BatchCommands,
        StagedMarkCommands,
        BulkCommands,
        ProblemCommands,
        StagedSendCommands,
    )
    CSS: ClassVar[str] = """
    #response { height: 1; display: none; }
    #response.-shown { display: block; }
    #response.-two { height: 2; }
    #batch { height: 1fr; layout: vertical; }
    #batch #left { height: 1fr; }
    #batch #problems, #batch GridPane { display: none; }
    #batch.-problems #problems, #batch.-table GridPane { display: block; }
    #batch.-problems #orders, #batch.-table BatchPane { display: none; }
    #batch #side { height: 8; layout: vertical; }
    #batch FormPane { display: none; }
    #batch.-sheet #left, #batch.-sheet #preview { display: none; }
    #batch.-sheet #side { height: 1fr; }
    #batch.-sheet FormPane { display: block; }
    #batch.-wide { layout: horizontal; }
    #batch.-wide #left { display: block; width: 1fr; }
    #batch.-wide #side { height: 1fr; width: 1fr; border-left: vkey $border-blurred; }
    #batch.-wide #preview { display: none; }
    #batch.-wide FormPane { display: block; }
    #batch.-asks #preview { display: block; height: 1fr; }
    #batch.-asks FormPane { display: none; }
    """

    def __init__(self, workspace: Workspace, paste: str = "") -> None:
        super().__init__(workspace)
        self.staging = workspace.staging
        account = workspace.account
        self._saved = SavedView.from_json(account.store.screen_states.get(account.account_id, SAVED_VIEW))
        self._paste = paste
        self.state = self._saved.to_state()
        view = self.view = ComposerView(self, self.state)
        self.table, self.problems = view.batch.table, view.batch.problems
        self.sheet, self.grid = view.form_pane.sheet, view.grid
        self._files = FileAdding(view)
        self._sending = StagedSendCommands(view)
        marks = StagedMarkCommands(view)
        bulk = BulkCommands(view, marks)
        self._for_marked = (bulk,)
        self._form_groups = (StagedFormCommands(view, self._files), view.form, view.form.groups)
        self._table_groups = (StagedTableCommands(view),)
        self.groups = (
            TabCommands(self, view.frame.tabs, "There is no tab {}."),
            StagedListCommands(view, self._files),
            Adding(view, self._files),
            BatchCommands(view),
            marks,
            bulk,
            ProblemCommands(view),
            self._sending,
        )

    @property
    def command_groups(self) -> Sequence[object]:
        """Form and table come before the groups for all panes, except for commands on marked orders."""
        groups: tuple[object, ...] = ()
        if self.state.in_form:
            groups = self._form_groups
        elif self.state.in_table:
            groups = self._table_groups
        return (*(self._for_marked if self.on_marked else ()), *groups, *self.groups)

    @property
    def order(self) -> StagedOrder | None:
        """The current order."""
        return self.view.order

    @property
    def list_view(self) -> LineView:
        return self.view.list_view

    @property
    def is_typing(self) -> bool:
        return super().is_typing or self.sheet.editing is not None or self.grid.editing is not None

    def compose(self) -> ComposeResult:
        view, frame = self.view, self.view.frame
        left = Container(view.batch, view.grid_pane, id="left")
        side = Container(frame.rule, frame.preview, view.form_pane, id="side")
        return self.framed(frame.tabs, frame.answer, frame.filter, Container(left, side, id="batch"), frame.line)

    # Opening and closing.

    def on_mount(self) -> None:
        self.staging.on_change = self.store_changed
        view, saved = self.view, self._saved
        self.table.set_marks(saved.marks)
        view.arrange()
        with self.report_store_errors():
            view.show_all()
            if saved.in_form and view.order is not None:
                view.open_form(saved.pointer)
            else:
                self.call_after_refresh(self.table.set_top, saved.top)
        self.call_after_refresh(self._load_import)
        if self._paste:
            self.call_later(self._files.read_pasted, self._paste)

    def _load_import(self) -> None:
        """Import the screen that adds files, so that nobody waits for it later."""
        load = asyncio.to_thread(importlib.import_module, "tui.screens.file_import.screen")
        self.workspace.start(load, name="load the import of files")

    def on_unmount(self) -> None:
        self.staging.on_change = lambda: None

    def on_screen_resume(self) -> None:
        remember_place(self, OpenComposer())
        self.staging.reload_if_taken_over()
        # Later, because restoring the orders of a large batch would delay the first frame.
        self.call_after_refresh(self.view.look_up)

    def on_resize(self, event: events.Resize) -> None:
        is_wide = event.size.width >= _WIDE
        if is_wide != self.state.is_wide:
            self.state.is_wide = is_wide
            self.view.arrange()
            self.view.show_side()

    def reopen(self, page: Page) -> bool:
        if isinstance(page, OpenComposer) and page.paste:
            self.call_later(self._files.read_pasted, page.paste)
        return isinstance(page, OpenComposer)

    def show_all(self) -> None:
        self.view.follow_cursor()
        self._sending.update_notice()
        self.view.show_all()

    def stop_reading(self) -> bool:
        if self._files.is_reading:
            self._files.stop()
            return True
        return super().stop_reading()

    # Implements the base screen.

    def status_items(self) -> Sequence[str | Piece]:
        marks, account = self.view.marks, self.workspace.account
        summary = status_summary(account, self.staging, len(marks), self.state.not_shown(marks))
        return [*sending_facts(self.staging, account.zone), *summary]

    def show_keys(self) -> None:
        """Show the keys of the active pane."""
        pane = Pane.FORM if self.state.in_form else Pane.TABLE if self.state.in_table else Pane.LIST
        labels = ((command.id, command.label_in(pane)) for command in self.commands)
        self.key_line.set(keys_of(self.commands, ((id, label) for id, label in labels if label)))

    def pasted(self, text: str) -> None:
        self.run_dialog(self._offer_paste(text))

    async def _offer_paste(self, text: str) -> None:
        """Offer to read a paste as an address in the form, else as orders."""
        if not await (self.view.form.pasted(text) if self.state.in_form else self._files.pasted(text)):
            super().pasted(text)

    # Cursor movements, and messages that do not belong to one pane.

    @on(OrderTable.CursorMoved, "#orders")
    def _row_moved(self) -> None:
        if not self.state.in_form and self.state.mode is ViewMode.ORDERS:
            self.state.chosen = self.table.cursor_key
            self.view.show_side()
            self.view.remember()

    @on(ProblemList.CursorMoved, "#problems")
    def _problem_moved(self) -> None:
        row = self.view.batch.follow_problem()
        self.state.before_problems = None
        if row is not None:
            self.view.show_side()
            if self.state.is_split:
                self.sheet.go_to(row.pointer)
            self.view.remember()

    @on(OrderTable.MarksChanged)
    def _marks_changed(self) -> None:
        self.view.remember()
        self.show_status()

    @on(OrderGrid.CursorMoved, "#grid")
    def _cell_moved(self) -> None:
        if self.state.in_table:
            if self.state.chosen != self.grid.cursor_key:
                self.state.chosen = self.grid.cursor_key
                self.table.go_to_key(self.state.chosen or "")
            self.view.show_side()
            self.view.remember()

    @on(OrderGrid.CellChanged)
    def _cell_entered(self, event: OrderGrid.CellChanged) -> None:
        self.view.follow_cursor()
        if (target := self.view.target_of(event.key)) is not None:
            self.view.form.put(target, event.pointer, event.entry)

    @on(OrderGrid.EditorLeft)
    def _cell_left(self, event: OrderGrid.EditorLeft) -> None:
        if self.grid.editing is None:
            self.show_keys()
        if (target := self.view.target_of(event.key)) is not None:
            self.view.form.left(target, event.pointer, event.text)
        self.grid.refresh_row(event.key)

    @on(OrderSheet.CursorMoved, "#form")
    def _field_moved(self) -> None:
        if self.state.in_form:
            if self.view.frame.tabs.current != self.view.form.groups.current():
                self.view.frame.show_tabs()
            self.view.remember()

    @on(TabBar.Selected)
    def _tab_selected(self, event: TabBar.Selected) -> None:
        if self.state.in_form:
            self.view.form.groups.go_to(event.key)
        else:
            self.view.show_status(event.key)

    @on(InputLine.Changed)
    def _words_changed(self, event: InputLine.Changed) -> None:
        if isinstance(event.control, FilterLine):
            self._search(event.text.strip())

    @on(InputLine.Submitted)
    def _line_submitted(self, event: InputLine.Submitted) -> None:
        if not isinstance(event.control, FilterLine):
            return
        if self.state.in_form:
            self.view.form.end_narrowing()
        else:
            self._search(event.text.strip())

    @on(InputLine.Cancelled)
    def _line_cancelled(self, event: InputLine.Cancelled) -> None:
        if isinstance(event.control, FilterLine):
            self._search("")

    def _search(self, words: str) -> None:
        if self.state.in_form:
            self.view.form.narrow(words)
        else:
            self.view.search(words)
