"""What the keys do with the draft as a whole: reviewing, staging and comparing it, editing it as JSON."""

from tui.orders.summary import order_name
from tui.screens.common.commands import handles
from tui.screens.common.routes import OpenComposer, ShowLines
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace_actions import stage_copies
from tui.screens.edit.form_pane import DraftFormPane
from tui.screens.order.form_controller import FormOwner
from tui.screens.order.json_sources import open_draft_as_json
from tui.screens.review.drafts import differences, review_drafts
from tui.work.drafts.drafts import Draft

_MORE_TO_ADD = (("u", "staged as an update"), ("n", "staged as new"))


class OpenDraftCommands:
    """Nothing is sent before `y` in the review."""

    def __init__(self, screen: BaseScreen[None], owner: FormOwner, pane: DraftFormPane) -> None:
        self._screen = screen
        self._owner = owner
        self._pane = pane

    @handles("add")
    async def add(self, key: str) -> None:
        answer = await self._pane.controller.add(_MORE_TO_ADD)
        if answer is None or self._pane.draft is None:
            return
        document = self._pane.draft.document
        if stage_copies(self._screen, [document], as_update=answer == "u", read=self._pane.draft.edit.base):
            self._screen.show_notice(f"{order_name(document)} staged with its changes; B opens the composer.")

    @handles("review")
    async def review(self, key: str) -> None:
        drafts = self._screen.workspace.account.drafts.all()
        mine = self._pane.draft.draft if self._pane.draft is not None and self._pane.draft.edit.dirty else None
        if mine is None:
            if drafts:
                review_drafts(self._screen, drafts)
            else:
                self._screen.show_notice("Nothing was changed.")
            return
        others = [draft for draft in drafts if draft.order_id != mine.order_id]
        answer: str | None = "t"
        if others:
            answer = await self._screen.ask("Review", [("t", "this order"), ("a", f"all {len(others) + 1} drafts")])
        if answer is not None:
            review_drafts(self._screen, [mine] if answer == "t" else [mine, *others])

    @handles("differences")
    def show_differences(self, key: str) -> None:
        if self._pane.draft is None or not self._pane.draft.edit.dirty:
            self._screen.show_notice("Nothing was changed on this order.")
        else:
            title = f"Changed: {order_name(self._pane.draft.document)}"
            self._screen.workspace.go(ShowLines(title, differences(self._pane.draft.draft)))

    @handles("as_json_edit")
    def edit_as_json(self, key: str = "") -> None:
        draft = self._pane.draft
        if draft is not None:
            open_draft_as_json(self._screen, draft.draft, lambda: draft.draft, self._save_json)

    def _save_json(self, draft: Draft) -> None:
        with self._owner.saving():
            if self._pane.draft is not None:
                self._pane.draft.save()
            self._owner.show_order()

    @handles("batches")
    def open_composer(self, key: str) -> None:
        self._screen.workspace.go(OpenComposer())
