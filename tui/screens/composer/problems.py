"""Movement between problems, across all orders of the batch."""

from tui.api.errors import Severity
from tui.screens.common.commands import handles
from tui.screens.composer.grid_rows import visible_pointer
from tui.screens.composer.view import ComposerCommands
from tui.work.batches.staged_order import Finding, StagedOrder
from tui.work.writes.send_state import SendState

_WRONG_CELL = ("!", "S")


class ProblemCommands(ComposerCommands):
    """Go to the next problem of the form or row, then to the next order with a problem, wrapping around."""

    @handles(next_problem=1, previous_problem=-1)
    def step(self, by: int) -> None:
        view, state = self._view, self._view.state
        if state.in_form and view.form_pane.sheet.step_problem(by):
            return
        if state.in_table and self._step_cell(by):
            return
        starts_here = not (state.in_form or state.in_table)
        shown, count, here = state.shown, len(state.shown), state.position()
        for step in range(0 if starts_here else 1, count + 1 if count else 0):
            order = shown[(here + by * step) % count]
            if not self._errors(order):
                continue
            self._go_to(order, by)
            if not 0 <= here + by * step < count or (step == count and not starts_here):
                view.screen.show_notice(
                    "Wrapped around to the first one." if by > 0 else "Wrapped around to the last one."
                )
            return
        listed = {order.id for order in shown}
        hidden = sum(bool(self._errors(order)) for order in self._staging.orders if order.id not in listed)
        more = f"; {hidden} hidden orders have problems" if hidden else ""
        view.screen.show_notice(f"No problems left{more}.")

    def _errors(self, order: StagedOrder) -> list[Finding]:
        """The problems that keep an order from being sent or shipped."""
        state = self._staging.send_state(order)
        if order.sent and state not in (SendState.UNKNOWN, SendState.DIFFERS):
            return []
        return [
            finding
            for finding in self._staging.findings(order)
            if finding.problem.severity is Severity.ERROR and not finding.stale
        ]

    def _step_cell(self, by: int) -> bool:
        """Go to the next cell with a problem in this row. Returns whether there is one."""
        grid = self._view.grid
        column = grid.column + by
        while (cell := grid.cell_at(grid.cursor, column)) is not None:
            if cell.row is not None and cell.row.mark in _WRONG_CELL:
                grid.go_to_column(column)
                return True
            column += by
        return False

    def _go_to(self, order: StagedOrder, by: int) -> None:
        view = self._view
        if view.state.in_table and self._go_to_cell(order, by):
            return
        view.choose(order.id)
        if not view.state.in_form:
            view.open_form()
        view.form_pane.show_order(order)
        sheet = view.form_pane.sheet

        def go() -> None:
            # Wrap around in the form to its first or last problem.
            (sheet.end if by < 0 else sheet.home)()
            if not sheet.has_problem_here():
                sheet.step_problem(by)

        view.screen.call_after_refresh(go)

    def _go_to_cell(self, order: StagedOrder, by: int) -> bool:
        """Go to the first or last cell of an order with a problem. Returns whether the table can show one."""
        grid = self._view.grid
        grid.go_to_cell(order.id)
        self._view.state.chosen = order.id
        grid.go_to_column(0 if by > 0 else len(grid.columns) - 1)
        cell = grid.cell
        if (cell is not None and cell.row is not None and cell.row.mark in _WRONG_CELL) or self._step_cell(by):
            return True
        places = (visible_pointer(order, finding) for finding in self._errors(order))
        return any(pointer is not None and self._view.grid_pane.go_to_field(order, pointer) for pointer in places)
