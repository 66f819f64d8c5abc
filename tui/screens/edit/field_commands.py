"""What the keys do with one field of a draft, also with one that both sides changed."""

from typing import Protocol

from tui.orders.edits.merge import Conflict
from tui.screens.common.commands import handles
from tui.screens.edit.form_pane import DraftFormPane
from tui.screens.edit.open_draft import OpenDraft
from tui.screens.order.form_controller import FormOwner, FormScreen


class FieldScreen(FormScreen, FormOwner, Protocol):
    """What the commands need of the screen."""


class FieldCommands:
    """The commands whose ids are those of the edit form only."""

    def __init__(self, screen: FieldScreen, pane: DraftFormPane) -> None:
        self._screen = screen
        self._pane = pane

    @handles("edit_field")
    def edit_field(self, key: str) -> None:
        self._pane.controller.open_editor()

    @handles("fix")
    def fix(self, key: str) -> None:
        self._pane.controller.fix_here()

    @handles("empty_value")
    async def resolve_or_clear(self, key: str) -> None:
        """Resolve the conflict under the cursor; where there is none, ask what the field should become."""
        draft, pointer = self._pane.draft, self._pane.sheet.cursor_pointer
        if draft is None or pointer is None:
            return
        conflicts = draft.draft.conflicts
        found = draft.draft.conflict_at(pointer) or next((one for one in conflicts if one.pointer == pointer), None)
        if found is not None:
            await self._resolve(draft, found)
        else:
            await self._pane.controller.clear()

    async def _resolve(self, draft: OpenDraft, conflict: Conflict) -> None:
        """Ask which side is kept. Several conflicts can be resolved at once."""
        count = len(draft.draft.undecided)
        answers = [("m", "keep mine"), ("t", "take theirs")]
        if count > 1:
            answers += [("M", f"mine for all {count}"), ("T", f"theirs for all {count}")]
        answer = await self._screen.ask(f"{draft.name_of(conflict)}:", answers)
        if answer is None:
            return
        with self._screen.saving():
            draft.resolve([conflict] if answer in "mt" else draft.draft.undecided, mine=answer in "mM")
            self._screen.show_order()
            left = len(draft.draft.undecided)
            self._screen.show_notice(f"{left} still to decide; n goes there." if left else "All decided; w reviews.")

    def go_to_first_conflict(self) -> None:
        """Go to the first conflict, unless the cursor is on one. `n` would pass over one above the cursor."""
        draft, row = self._pane.draft, self._pane.sheet.cursor_field
        if draft is None or (row is not None and row.mark == "#"):
            return
        for conflict in draft.draft.undecided:
            place = draft.edit.to_positions(conflict.pointer)
            if place is not None and self._pane.sheet.go_to(place):
                return
