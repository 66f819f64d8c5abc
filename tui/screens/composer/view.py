"""Coordinates the panes of the composer, and holds what its command groups share."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tui.api.pointer import Pointer
from tui.keymap import Context
from tui.orders.fields import label_of
from tui.screens.common.screen import BaseScreen
from tui.screens.composer.frame import ComposerFrame
from tui.screens.composer.grid_rows import ColumnPath
from tui.screens.composer.panes import BatchPane, GridPane, StagedFormPane, empty_text
from tui.screens.composer.rows import finding_lines
from tui.screens.composer.staged_target import StagedTarget
from tui.screens.composer.state import ComposerState, SavedView, ViewMode
from tui.screens.order.typed_texts import TypedTexts
from tui.widgets.lines import LineView, Piece
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.staging import BatchLocked
from tui.work.stored import StoreError

SAVED_VIEW = "composer"
"""The store key of the view, for the next start."""


class ComposerView:
    """Combines state and panes. Each command group gets this."""

    def __init__(self, screen: BaseScreen[None], state: ComposerState) -> None:
        self.screen = screen
        self.workspace = screen.workspace
        self.staging = screen.workspace.staging
        self.state = state
        self.texts = TypedTexts(self.workspace.account.drafts)
        self.batch = BatchPane(screen, state)
        self.grid_pane = GridPane(lambda: self.marks, self.workspace, state, self.texts)
        self.form_pane = StagedFormPane(screen, self, self.texts)
        self.form = self.form_pane.controller
        self.grid = self.grid_pane.grid
        self.frame = ComposerFrame(screen, state, self.form_pane)

    @property
    def marks(self) -> frozenset[str]:
        """The ids of the marked orders."""
        return self.batch.table.marks

    @property
    def list_view(self) -> LineView:
        """The view that movement keys act on."""
        if self.state.in_form:
            return self.form_pane.sheet
        modes: dict[ViewMode, LineView] = {
            ViewMode.ORDERS: self.batch.table,
            ViewMode.PROBLEMS: self.batch.problems,
            ViewMode.TABLE: self.grid,
        }
        return modes[self.state.mode]

    # The orders that commands are for.

    @property
    def order(self) -> StagedOrder | None:
        """The current order. One that cannot be read from disk is reported like a row that cannot be read."""
        try:
            return self.staging.get(self.state.chosen) if self.state.chosen is not None else None
        except StoreError as error:
            self.batch.unreadable.report(error)
            return None

    def target_of(self, id: str | None) -> StagedTarget | None:
        order = self.staging.get(id) if id is not None else None
        return StagedTarget(self.staging, order) if order is not None else None

    def targets(self) -> list[StagedOrder]:
        """The marked orders if the command is for them, or the current one."""
        if self.screen.on_marked:
            return [self.staging.by_id[id] for id in self.staging.known(self.marks)]
        return [order] if (order := self.order) is not None else []

    @property
    def pointer_here(self) -> Pointer | None:
        """The field under the cursor, in any view."""
        if self.state.in_form:
            return self.form_pane.sheet.cursor_pointer
        if self.state.mode is ViewMode.TABLE:
            return self.grid.cursor_pointer
        row = self.batch.problems.cursor_row if self.state.mode is ViewMode.PROBLEMS else None
        return row.pointer if row is not None else None

    # Changing orders; this is a `FormOwner`.

    def may_edit(self) -> bool:
        """Whether this app owns the batch, taking it if another app just released it. If not, a notice says so."""
        if self.staging.owner is not None:
            self.staging.reload_if_taken_over()
            self.show_all()
        if self.staging.owner is not None:
            self.screen.show_notice(
                f"{self.staging.owner} has this batch open; {self.screen.key('batches')}, then "
                f"{self.screen.key('take_over', Context.BATCHES)} takes it over.",
                "warning",
            )
        return self.staging.owner is None

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Report a change that could not be saved, and show the stored state."""
        try:
            yield
        except (BatchLocked, StoreError) as error:
            self.show_all()
            self.screen.show_notice(str(error), "warning")

    def show_order(self) -> None:
        """Show changed orders, and look them up again if needed."""
        self.show_all()
        self.look_up()

    def show_form(self) -> None:
        self.show_all()

    def editor_left(self, changed: bool) -> None:
        self.show_all()

    # Which orders exist on the service.

    def look_up(self) -> None:
        """Look up in the background which of the orders exist on the service."""
        if not self.staging.is_refreshing and self.staging.may_need_refresh:
            self.screen.run_worker(self._look_up(), name="look up staged orders", group="read")

    async def _look_up(self) -> None:
        error: Exception | None
        try:
            error = await self.staging.refresh_remote()
        except StoreError as full:
            error = full
        if error is not None and self.screen.is_attached:
            self.screen.show_notice(
                f"Could not look up which orders are new: {error} {self.screen.key('refresh')} tries again.", "warning"
            )

    # Showing.

    def show_all(self) -> None:
        """Redraw everything."""
        state, staging = self.state, self.staging
        if state.begin_batch(staging.batch):
            self.texts.clear_cache()
            self.grid_pane.forget_columns()
        if state.in_form and self.order is None:
            self.close_form()
        state.list_orders(staging)
        self.batch.show(self.workspace.account.zone)
        empty = (
            f"No order matches. 0 shows all tabs, {self.screen.key('filter')} changes the filter."
            if state.is_filtered
            else ""
        )
        for view in (self.batch.table, self.grid):
            view.set_empty(empty if staging.by_id else empty_text(staging.key))
        if state.mode is ViewMode.TABLE:
            self.grid_pane.show()
        # The form comes first: its rows decide the marks of its tabs.
        self.show_side()
        self.frame.show(self.order)
        self.screen.show_status()

    def show_side(self, pointer: Pointer | None = None) -> None:
        """Show the current order in the side pane: its form, or its problems and a preview."""
        if self.state.has_preview:
            return
        order = self.order
        if order is None:
            self.frame.rule.set()
            self.frame.preview.set_lines([])
            self.form_pane.show_nothing()
            return
        self.frame.show_rule(order, order.source)
        if self.state.in_form or self.state.is_split:
            self.form_pane.show_order(order, pointer)
        else:
            width = self.screen.size.width
            lines = finding_lines(self.staging, order, self.workspace.account.zone, width, self.pointer_here)
            self.frame.show_preview(order, lines)
        if self.state.in_table:
            pointer = self.grid.cursor_pointer
            name = label_of(pointer) if pointer is not None else "nothing here"
            self.frame.show_rule(order, f"{name} · column {self.grid.column + 1} of {len(self.grid.columns)}")

    def arrange(self) -> None:
        """Show and hide panes according to the state."""
        panes = self.screen.query_one("#batch")
        panes.set_class(self.state.is_split, "-wide")
        panes.set_class(self.state.in_form and not self.state.has_preview, "-sheet")
        panes.set_class(self.state.mode is ViewMode.PROBLEMS, "-problems")
        panes.set_class(self.state.mode is ViewMode.TABLE, "-table")
        panes.set_class(self.state.has_preview, "-asks")

    async def ask_about(
        self, title: str, lines: Sequence[list[Piece]], question: str, answers: Sequence[tuple[str, str]]
    ) -> str | None:
        """Ask a question and show its subject in the side pane."""
        self.state.has_preview = True
        self.arrange()
        self.frame.rule.set(title)
        self.frame.preview.set_lines(list(lines))
        try:
            return await self.screen.ask(question, answers)
        finally:
            self.state.has_preview = False
            if self.screen.is_attached:
                self.arrange()
                self.show_side()

    # Going to an order, a view or a field.

    def choose(self, id: str, pointer: Pointer | None = None) -> None:
        """Go to an order, and in the form to one of its fields."""
        self.form_pane.sheet.leave_editor()
        self.state.chosen = id
        if self.state.in_form and (order := self.order) is not None:
            self.form_pane.show_order(order, pointer)
        self.show_all()
        self.remember()

    @property
    def why_empty(self) -> str:
        """Why there is no order at the cursor, and which key helps, as a sentence."""
        if self.staging.by_id:
            return f"No order is shown here. 0 shows all tabs, {self.screen.key('filter')} changes the filter."
        return f"There is no order yet. {self.screen.key('add')} adds orders."

    def open_form(self, pointer: Pointer | None = None) -> None:
        """Open the form of the current order, at a field."""
        if self.order is None:
            self.screen.show_notice(self.why_empty)
            return
        self.state.in_form = True
        self.arrange()
        self.show_side(pointer)
        if pointer is not None:
            # The height of the form is known after the layout.
            self.screen.call_after_refresh(self.form_pane.sheet.go_to, pointer)
        self.frame.show(self.order)
        self.screen.show_keys()
        self.screen.give_focus()
        self.remember()
        if typed := self.form.typed:
            self.screen.show_notice(
                f"The text typed in {label_of(next(iter(typed)))} is kept; {self.screen.key('open')} continues it."
            )

    def close_form(self) -> None:
        """Go back to the list."""
        self.form_pane.sheet.leave_editor()
        self.state.in_form = False
        self.form.words = ""
        self.arrange()
        self.screen.show_keys()
        self.show_all()
        self.screen.give_focus()
        self.remember()

    def show_mode(self, mode: ViewMode) -> None:
        """Show orders, problems or table in the first pane."""
        state = self.state
        self.grid.leave_editor()
        if mode is ViewMode.TABLE and state.mode is not ViewMode.TABLE:
            self.grid_pane.forget_columns()
        state.mode = mode
        state.pinned.clear()
        self.form_pane.forget_order()
        # After the list of problems, return to the order that was current before.
        chosen = state.chosen = state.before_problems or state.chosen
        self.batch.table.go_to_key(chosen or "")
        state.before_problems = chosen if mode is ViewMode.PROBLEMS else None
        self.arrange()
        self.screen.show_keys()
        self.show_all()
        if mode is ViewMode.PROBLEMS:
            self.batch.go_to_first_error(chosen)
        self.screen.give_focus()

    def show_status(self, status: str) -> None:
        """List only the orders with this status."""
        self.state.status = status
        self.state.pinned.clear()
        self.show_all()
        if self.state.mode is ViewMode.PROBLEMS and not self.batch.problems.rows:
            self.show_mode(ViewMode.ORDERS)
        self.remember()

    def search(self, words: str) -> None:
        """List only the orders that contain these words."""
        self.state.words = words
        self.state.pinned.clear()
        self.show_all()
        self.remember()

    # The table's columns, and fixes.

    def set_columns(self, paths: Sequence[ColumnPath] | None) -> None:
        """Show and store these columns; None means the usual columns."""
        with self.screen.report_store_errors():
            self.grid_pane.set_columns(paths)
        self.show_all()

    def fix_here(self) -> None:
        """Apply the proposed fix of the problem under the cursor; the order stays in the list."""
        target = self.target_of(self.state.chosen)
        if target is not None:
            self.state.pinned.add(target.id)
            self.form.fix(target, self.pointer_here)

    # Cursor movements in the panes.

    def follow_cursor(self) -> None:
        """Make the order under the cursor the current one, even if the message about its move is pending."""
        if not self.state.in_form and self.state.mode is not ViewMode.PROBLEMS:
            view = self.grid if self.state.mode is ViewMode.TABLE else self.batch.table
            self.state.chosen = view.cursor_key or self.state.chosen

    def remember(self) -> None:
        """Store the user's place for the next start."""
        if not self.screen.is_attached:
            return
        state, account = self.state, self.workspace.account
        saved = SavedView(
            state.chosen,
            state.status,
            state.words,
            state.mode,
            state.sorting.by,
            state.sorting.down,
            state.in_form,
            self.form_pane.sheet.cursor_pointer if state.in_form else None,
            self.batch.table.top,
            tuple(self.marks),
        )
        account.store.screen_states.put(account.account_id, SAVED_VIEW, saved.to_json())


class ComposerCommands:
    """Base of the command groups of the composer."""

    def __init__(self, view: ComposerView) -> None:
        self._view = view
        self._screen = view.screen
        self._staging = view.staging
