"""Going from the form of one order to that of another one, or to its problems."""

from typing import Protocol

from tui.api.pointer import Pointer
from tui.api.query import order_key
from tui.screens.common.commands import handles
from tui.screens.common.workspace import Workspace
from tui.screens.edit.form_pane import DraftFormPane


class StepScreen(Protocol):
    """What the commands need of the screen."""

    workspace: Workspace
    order_id: str

    def open_order(self, order_id: str, pointer: Pointer | None = None) -> None: ...
    def show_notice(self, text: str, tone: str = "info") -> None: ...


class OrderSteps:
    """The orders are those of the list, in its order."""

    def __init__(self, screen: StepScreen, pane: DraftFormPane) -> None:
        self._screen = screen
        self._sheet = pane.sheet

    @handles("next_order")
    def next_order(self, key: str) -> None:
        self._go_to_neighbour(1)

    @handles("previous_order")
    def previous_order(self, key: str) -> None:
        self._go_to_neighbour(-1)

    def _go_to_neighbour(self, by: int) -> None:
        order = self._screen.workspace.orders.neighbour(self._screen.order_id, by)
        if order is None:
            self._screen.show_notice("This is the last order that was read." if by > 0 else "This is the first order.")
            return
        self._screen.open_order(order_key(order), self._sheet.cursor_pointer)

    @handles("next_problem")
    def next_problem(self, key: str) -> None:
        self._step_problem(1)

    @handles("previous_problem")
    def previous_problem(self, key: str) -> None:
        self._step_problem(-1)

    def _step_problem(self, by: int) -> None:
        """Go to the next problem of this order, else to the next order of the list that has one."""
        if self._sheet.step_problem(by):
            return
        target = self._screen.workspace.orders.problem_beside(self._screen.order_id, by)
        if target is None:
            self._screen.show_notice(
                "No further order with a problem." if by > 0 else "No earlier order with a problem."
            )
            return
        self._screen.open_order(target)
        self._sheet.home() if by > 0 else self._sheet.end()
        row = self._sheet.cursor_field
        if row is None or row.mark not in ("!", "S", "#"):
            self._sheet.step_problem(by)
