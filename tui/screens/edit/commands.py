"""Commands of the edit form in addition to those of every form: fields, the draft, and other orders."""

from typing import Protocol

from tui.api.pointer import Pointer
from tui.orders.edits.merge import Conflict
from tui.orders.summary import order_name
from tui.screens.common.commands import handles
from tui.screens.common.routes import ShowLines
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace_actions import stage_copies
from tui.screens.edit.form_pane import DraftFormPane
from tui.screens.edit.open_draft import OpenDraft
from tui.screens.order.form_controller import FormOwner
from tui.screens.order.json_editor import JsonScreen
from tui.screens.review.drafts import differences, review_drafts

_MORE_TO_ADD = (("u", "staged as an update"), ("n", "staged as new"))


class OrderOwner(FormOwner, Protocol):
    """A screen whose form can show another order."""

    order_id: str

    def open_order(self, order_id: str, pointer: Pointer | None = None, *, by: int = 1) -> None:
        """Show another order, from the top or at a field."""


class EditCommands:
    """The commands of the edit form. Only `y` in the review sends."""

    def __init__(self, screen: BaseScreen[None], owner: OrderOwner, pane: DraftFormPane) -> None:
        self._screen = screen
        self._owner = owner
        self._pane = pane

    # One field.

    @handles("edit_field")
    def edit_field(self, key: str) -> None:
        self._pane.controller.open_editor()

    @handles("fix")
    def fix(self, key: str) -> None:
        self._pane.controller.fix_here()

    @handles("empty_value")
    async def resolve_or_clear(self, key: str) -> None:
        """Resolve the conflict under the cursor. If there is none, ask how to empty the field."""
        draft, pointer = self._pane.draft, self._pane.sheet.cursor_pointer
        if draft is None or pointer is None:
            return
        conflicts = draft.draft.conflicts
        found = draft.draft.conflict_at(pointer) or next(
            (conflict for conflict in conflicts if conflict.pointer == pointer), None
        )
        if found is not None:
            await self._resolve(draft, found)
        else:
            await self._pane.controller.clear()

    async def _resolve(self, draft: OpenDraft, conflict: Conflict) -> None:
        """Ask which side to keep. Several conflicts can be resolved at once."""
        count = len(draft.draft.undecided)
        answers = [("m", "keep mine"), ("t", "take theirs")]
        if count > 1:
            answers += [("M", f"mine for all {count}"), ("T", f"theirs for all {count}")]
        answer = await self._screen.ask(f"{draft.name_of(conflict)}:", answers)
        if answer is None:
            return
        with self._owner.saving():
            draft.resolve([conflict] if answer in "mt" else draft.draft.undecided, mine=answer in "mM")
            self._owner.show_order()
            left = len(draft.draft.undecided)
            self._screen.show_notice(
                f"{left} conflicts left to decide; {self._screen.key('next_problem')} goes to the next."
                if left
                else f"All conflicts decided; {self._screen.key('review')} reviews."
            )

    def go_to_first_conflict(self) -> None:
        """Go to the first conflict, unless the cursor is on one. `n` would miss one above the cursor."""
        draft, row = self._pane.draft, self._pane.sheet.cursor_field
        if draft is None or (row is not None and row.mark == "#"):
            return
        for conflict in draft.draft.undecided:
            pointer = draft.edit.to_positions(conflict.pointer)
            if pointer is not None and self._pane.sheet.go_to(pointer):
                return

    # The draft.

    @handles("add")
    async def add(self, key: str) -> None:
        answer = await self._pane.controller.add(_MORE_TO_ADD)
        if answer is None or self._pane.draft is None:
            return
        document = self._pane.draft.document
        if stage_copies(self._screen, [document], as_update=answer == "u", read=self._pane.draft.edit.base):
            self._screen.show_notice(
                f"{order_name(document)} staged with its changes; {self._screen.key('batches')} opens the composer."
            )

    @handles("review")
    async def review(self, key: str) -> None:
        drafts = self._screen.workspace.account.drafts.all()
        mine = self._pane.draft.draft if self._pane.draft is not None and self._pane.draft.edit.dirty else None
        if mine is not None:
            others = [draft for draft in drafts if draft.order_id != mine.order_id]
            answers = [("t", "this order"), ("a", f"all {len(others) + 1} drafts")]
            answer = await self._screen.ask("Review", answers) if others else "t"
            if answer is not None:
                review_drafts(self._screen, [mine] if answer == "t" else [mine, *others])
        elif drafts:
            review_drafts(self._screen, drafts)
        else:
            self._screen.show_notice("Nothing was changed.")

    @handles("differences")
    def show_differences(self, key: str) -> None:
        if self._pane.draft is None or not self._pane.draft.edit.dirty:
            self._screen.show_notice("Nothing was changed on this order.")
        else:
            title = f"Changed: {order_name(self._pane.draft.document)}"
            self._screen.workspace.go(ShowLines(title, differences(self._pane.draft.draft)))

    @handles("as_json_edit")
    def edit_as_json(self, key: str = "") -> None:
        if self._pane.draft is not None:
            workspace = self._screen.workspace
            workspace.open(JsonScreen(workspace, self._pane.draft, self._owner.show_order))

    # Other orders and problems. The orders are those of the list.

    @handles(next_order=1, previous_order=-1)
    def step_order(self, by: int) -> None:
        order = self._screen.workspace.orders.neighbour(self._owner.order_id, by)
        if order is not None:
            self._owner.open_order(order.key, self._pane.sheet.cursor_pointer, by=by)
        else:
            self._screen.show_notice("This is the last order of the list." if by > 0 else "This is the first order.")

    @handles(next_problem=1, previous_problem=-1)
    def step_problem(self, by: int) -> None:
        """Go to the next problem of this order, or to the next order of the list with one."""
        sheet = self._pane.sheet
        if sheet.step_problem(by):
            return
        order_id = self._screen.workspace.orders.problem_beside(self._owner.order_id, by)
        if order_id is None:
            direction = "further" if by > 0 else "earlier"
            self._screen.show_notice(f"No {direction} order with a problem.")
        else:
            self._owner.open_order(order_id, by=by)
            sheet.home() if by > 0 else sheet.end()
            if not sheet.has_problem_here():
                sheet.step_problem(by)
