"""`DraftGroup`: the step that was drafted on several orders at once, which is undone on all of them."""

from collections.abc import Iterable

from tui.api.wording import count_of
from tui.screens.triage.order_list import OrderList
from tui.work.drafts.drafts import Draft


class DraftGroup:
    """The last such step, until another draft is saved or the cursor is moved to undo the step of one order.

    It is not stored: after a restart, the step can be undone in each draft.
    """

    def __init__(self, orders: OrderList) -> None:
        self._orders = orders
        self._drafts = orders.workspace.account.drafts
        self._name = ""
        self._keys: tuple[str, ...] = ()
        self._saves = -1
        """How many drafts had been saved after the step, or after its undo."""
        self._cursor: str | None = None
        self._is_undone = False

    def set(self, name: str, keys: Iterable[str]) -> None:
        """Note that a step was drafted on the orders with these keys."""
        self._name, self._keys, self._is_undone = name, tuple(keys), False
        self._saves, self._cursor = self._drafts.saves, self._orders.table.cursor_key

    def step(self, *, is_undo: bool) -> str:
        """Undo or redo the step on all its orders. Returns a sentence about it; empty if another change is later."""
        is_last = self._saves == self._drafts.saves and self._cursor == self._orders.table.cursor_key
        if not is_last or self._is_undone is is_undo:
            return ""
        found = (order for key in self._keys if (order := self._orders.workspace.orders.find(key)) is not None)
        changed = [draft for draft in map(self._orders.draft_of, found) if self._stepped(draft, is_undo)]
        for draft in changed:
            self._orders.save(draft)
        self._is_undone, self._saves, self._cursor = is_undo, self._drafts.saves, self._orders.table.cursor_key
        return f"{'Undone' if is_undo else 'Redone'} on {count_of(len(changed), 'order')}: {self._name}."

    def _stepped(self, draft: Draft, is_undo: bool) -> bool:
        """Undo or redo the step of a draft, if it is the next one. Another copy of the app may have changed the draft."""
        edit = draft.edit
        steps = edit.steps[: edit.done][-1:] if is_undo else edit.steps[edit.done :][:1]
        if [step.name for step in steps] != [self._name]:
            return False
        return (edit.undo() if is_undo else edit.redo()) is not None
