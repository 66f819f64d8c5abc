"""After an action: the next order that needs attention, how many are left, and the way to undo the action."""

from collections.abc import Collection
from dataclasses import dataclass

from tui.api.errors import Severity
from tui.api.wording import count_of
from tui.screens.common.workspace import Workspace
from tui.widgets.table import OrderTable
from tui.work.drafts.drafts import Draft


@dataclass(slots=True)
class NextOrder:
    """Moves the cursor after an action. `left`: the order that it left, until the user moves the cursor.

    `wanted`: the order to move the cursor to as soon as it is in the list.
    """

    workspace: Workspace
    table: OrderTable
    left: str | None = None
    wanted: str | None = None
    _reached: str | None = None

    def after(self, keys: Collection[str]) -> str:
        """Leave the order under the cursor, if the action was on it, for the next one that needs attention.

        Returns how many orders need attention, as a sentence.
        """
        here, index = self.table.cursor_key, self.workspace.orders
        self.left = self._reached = None
        if here is not None and here in keys and index.problem_beside(here, 1, without=keys) is not None:
            self.left, self._reached = here, self.table.cursor_key
        return f"{index.left} left to fix."

    def after_draft(self, draft: Draft) -> str:
        """Stay on an order while its draft has errors, else go to the next one. Returns what is left, as a sentence."""
        if errors := self._errors(draft):
            self.left = self._reached = None
            return f"{count_of(errors, 'error')} left here."
        return self.after([draft.order_id])

    def go_to(self, key: str) -> None:
        """Move the cursor to an order, now or as soon as it is in the list."""
        self.wanted = key
        self.rows_changed()

    def rows_changed(self, *, is_complete: bool = False) -> None:
        """Move the cursor to the order that is wanted. It is no longer wanted once the list is complete without it."""
        if self.wanted is not None and (self.table.go_to_key(self.wanted) or is_complete):
            self.wanted = None

    def cursor_moved(self) -> None:
        """Forget the order that was left, once the user moves the cursor."""
        if self.table.cursor_key != self._reached:
            self.left = self._reached = None

    def settled(self) -> set[str]:
        """The orders that need no attention: done and snoozed ones, and those whose draft has no error."""
        marks, drafts = self.workspace.marks, self.workspace.account.drafts.all()
        without_error = {draft.order_id for draft in drafts if not self._errors(draft)}
        return without_error | marks.keys(lambda mark: mark.is_put_off)

    def _errors(self, draft: Draft) -> int:
        problems = self.workspace.orders.problems(draft.edit.document)
        return sum(problem.severity is Severity.ERROR for problem in problems)
