"""The form of one order of the service. Its changes are a draft, which is sent from the review only."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from textual import on
from textual.app import ComposeResult

from tui.api.codec import Document
from tui.api.errors import ApiError, NotFound
from tui.api.models import Operation
from tui.api.pointer import Pointer
from tui.api.query import order_key
from tui.keymap import Context
from tui.orders.fields import label_of
from tui.orders.paths import SHOP
from tui.orders.summary import order_name, text_at
from tui.screens.common.commands import handles
from tui.screens.common.routes import Back, EditOrder, OpenComposer, ShowLines
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import look_up_again, stage_copies
from tui.screens.edit.conflicts import ConflictCommands
from tui.screens.edit.form_pane import DraftFormPane
from tui.screens.edit.open_draft import OpenDraft
from tui.screens.order.form_controller import FormController
from tui.screens.order.groups import group_entries
from tui.screens.order.json_editor import has_text
from tui.screens.order.json_sources import draft_place, open_draft_as_json
from tui.screens.review.drafts import differences, review_drafts
from tui.store.db import StoreError
from tui.widgets.dialogs import QuestionBar
from tui.widgets.filter_line import FilterLine
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView, Piece
from tui.widgets.sheet import OrderSheet
from tui.widgets.status import KeyLine, StatusLine, TitleLine
from tui.widgets.tab_bar import TabBar
from tui.work.drafts.drafts import Draft
from tui.work.drafts.sender import DraftSendState

_MORE_TO_ADD = (("u", "staged as an update"), ("n", "staged as new"))


class EditScreen(BaseScreen[None]):
    """`as_json`: begin with the order as JSON."""

    WHERE = Context.EDIT
    GROUPS: ClassVar[tuple[type, ...]] = (ConflictCommands, FormController)

    def __init__(self, workspace: Workspace, order_id: str, *, as_json: bool = False) -> None:
        super().__init__(workspace)
        self.order_id = order_id
        self._as_json = as_json
        self.pane = DraftFormPane(self, self)
        self._conflicts = ConflictCommands(self, self.pane)
        self._arrived: Document | None = None
        """The order as it was read while a field was edited."""
        self._was_left = False

    @property
    def command_groups(self) -> Sequence[object]:
        return (self, self._conflicts, self.form)

    @property
    def form(self) -> FormController:
        return self.pane.controller

    @property
    def draft(self) -> OpenDraft | None:
        return self.pane.draft

    @property
    def sheet(self) -> OrderSheet:
        return self.pane.sheet

    @property
    def list_view(self) -> LineView:
        return self.sheet

    @property
    def is_typing(self) -> bool:
        return super().is_typing or self.sheet.editing is not None

    @property
    def order_here(self) -> str:
        return self.order_id

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield TabBar(first_number=1)
        yield FilterLine(hides=True, id="field-words")
        yield self.pane
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    def on_mount(self) -> None:
        self._open(self.order_id)
        typed = next(iter(self.form.typed), None)
        if typed is not None:
            self.show_notice(f"The text typed in {label_of(typed)} is kept; Enter in that field continues it.")
        # The base class's handler, which takes the focus, runs after this one.
        self.call_later(self._begin)

    def _begin(self) -> None:
        if self._as_json:
            self.edit_as_json()
        elif has_text(self.workspace.account, draft_place(self.order_id)):
            self.show_notice("The order was being edited as JSON; that text is kept, and E continues it.")

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.remember_place(EditOrder(self.order_id))
        if self.draft is not None and self._was_left:
            self.draft.reload()
            self.show_order()

    def on_screen_suspend(self) -> None:
        self._was_left = True

    # The order.

    def _open(self, order_id: str, pointer: Pointer | None = None) -> None:
        """Show the draft of an order, else the order as the list has it, and read it again."""
        self.order_id, self._arrived = order_id, None
        self.form.texts.clear_cache()
        self.remember_place(EditOrder(order_id))
        found = self.workspace.orders.find(order_id)
        self.pane.show_draft(OpenDraft.of(self.workspace.account, self.workspace.now, order_id, found))
        if self.draft is not None:
            self._load(pointer)
        self.run_worker(self._read(order_id), name="read the order again", group="read", exclusive=True)

    def _load(self, pointer: Pointer | None = None) -> None:
        """Show the draft from its top, or at a field."""
        if self.draft is not None:
            self.draft.check()
        self.pane.load(pointer or next(iter(self.form.typed), None))
        self._show_frame()

    async def _read(self, order_id: str) -> None:
        try:
            document = await self.workspace.account.client.get_order(order_id)
        except NotFound as error:
            gone = (
                "The order is not on the service any more; a stages it as a new one."
                if error.confirmed_by_service
                else str(error)
            )
            self.show_notice(gone, "conflict")
            return
        except ApiError as error:
            self.show_notice(f"Shown as it was read before: {error}", "warning")
            return
        if order_id != self.order_id:
            return
        if self.sheet.editing is not None:
            # Items may have moved: what is being typed must not end up in another one.
            self._arrived = document
            return
        self._rebase(document)

    def _rebase(self, document: Document) -> None:
        """Set the draft on the order as it was just read, and report what the service changed meanwhile."""
        self._arrived = None
        if self.draft is None:
            self.pane.show_draft(OpenDraft.of(self.workspace.account, self.workspace.now, self.order_id, document))
            self._load()
            return
        conflicts, merged = self.draft.rebase(document)
        if conflicts:
            self.show_notice(f"Changed there too, c decides: {conflicts}.", "conflict")
        elif merged:
            self.show_notice(f"Merged what the service changed: {merged}.")
        self.show_order()

    # The form's owner.

    def may_edit(self) -> bool:
        return True

    @contextmanager
    def saving(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            self.show_order()
            self.show_notice(f"Not kept on disk: {error}", "error")

    def show_order(self) -> None:
        if self.draft is not None:
            self.draft.check()
        self.show_form()

    def show_form(self) -> None:
        self.pane.refresh_rows()
        self._show_frame()

    def editor_left(self, changed: bool) -> None:
        if self._arrived is not None and self.sheet.editing is None:
            self._rebase(self._arrived)
        elif changed:
            self.show_order()

    # What stands around the form.

    def _show_frame(self) -> None:
        self._show_title()
        self._show_tabs()
        self.show_status()

    def _show_title(self) -> None:
        draft = self.draft
        if draft is None:
            return
        account = self.workspace.account
        place, count = self.workspace.orders.place_of(self.order_id)
        shop = account.shop(text_at(draft.document, SHOP))
        facts = [order_name(draft.document), shop.name if shop else "", f"{place} of {count}" if place else ""]
        counts = (
            ("*", sum(1 for _ in draft.edit.changes())),
            ("!", self.pane.error_count),
            ("#", len(draft.draft.undecided)),
        )
        facts += [f"{mark} {number}" for mark, number in counts if number]
        mode = "READ ONLY" if account.client.read_only else "WRITES"
        self.query_one(TitleLine).set(f"{self.workspace.profile} · {mode}", " · ".join(filter(None, facts)))

    def _show_tabs(self) -> None:
        self.query_one(TabBar).set_labels(group_entries(self.sheet.rows), self.form.current_group())

    def status_items(self) -> Sequence[str | Piece]:
        draft = self.draft
        if draft is None:
            return ["reading …"]
        status, is_changed = draft.status, draft.edit.dirty
        facts: list[str | Piece] = []
        if status is not None:
            is_confirmed = status.way is DraftSendState.CONFIRMED
            if not (is_confirmed and is_changed):
                facts.append((status.words, "service" if status.problems else "good" if is_confirmed else "info"))
        if undecided := len(draft.draft.undecided):
            facts.append((f"{undecided} to decide: c", "conflict"))
        facts.append("draft on disk" if is_changed else "nothing changed")
        if draft.choice.operation is Operation.POST:
            facts.append(("sent as a full order", "info"))
        facts.append(f"read {draft.draft.read_at.astimezone(self.workspace.account.zone):%H:%M}")
        if is_changed:
            facts.append("printed labels are not updated")
        return facts

    def order_changed(self, order_id: str) -> None:
        draft = self.draft
        if order_id != self.order_id or not self.is_attached:
            return
        status = self.workspace.account.corrections.standing(order_id)
        if status is not None and status.way is not DraftSendState.SENDING:
            self.clear_notice()
        if draft is not None and self.sheet.editing is None:
            draft.reload()
            self.show_order()
            if status is not None and status.way is DraftSendState.CHANGED:
                self._conflicts.go_to_first()

    def store_changed(self) -> None:
        if self.is_attached:
            self.show_status()

    def stop_reading(self) -> bool:
        running = [worker for worker in self.workers if worker.group == "read" and worker.is_running]
        for worker in running:
            worker.cancel()
        return bool(running)

    def pasted(self, text: str) -> None:
        self.run_dialog(self._offer_address(text))

    async def _offer_address(self, text: str) -> None:
        if not await self.form.pasted(text):
            super().pasted(text)

    # Groups and fields.

    @handles("edit_field")
    def edit_field(self, key: str) -> None:
        self.form.open_editor()

    @handles("fix")
    def fix(self, key: str) -> None:
        self.form.fix_here()

    @on(TabBar.Selected)
    def _tab_selected(self, event: TabBar.Selected) -> None:
        self.form.go_to_group(event.key)

    @on(OrderSheet.CursorMoved, "#form")
    def _cursor_moved(self) -> None:
        if self.query_one(TabBar).current != self.form.current_group():
            self._show_tabs()

    @handles("filter")
    def search_fields(self, key: str) -> None:
        self.query_one(FilterLine).open(self.form.words)

    @on(InputLine.Changed)
    def _words_changed(self, event: InputLine.Changed) -> None:
        self.form.narrow(event.text.strip())

    @on(InputLine.Submitted)
    def _words_submitted(self) -> None:
        self.query_one(FilterLine).set("")
        self.form.end_narrowing()

    @on(InputLine.Cancelled)
    def _words_cancelled(self) -> None:
        self.query_one(FilterLine).set("")
        self.form.narrow("")

    # Other orders.

    @handles("next_order")
    def next_order(self, key: str) -> None:
        self._go_to_neighbour(1)

    @handles("previous_order")
    def previous_order(self, key: str) -> None:
        self._go_to_neighbour(-1)

    def _go_to_neighbour(self, by: int) -> None:
        order = self.workspace.orders.neighbour(self.order_id, by)
        if order is None:
            self.show_notice("This is the last order that was read." if by > 0 else "This is the first order.")
            return
        self._open(order_key(order), self.sheet.cursor_pointer)

    @handles("next_problem")
    def next_problem(self, key: str) -> None:
        self._step_problem(1)

    @handles("previous_problem")
    def previous_problem(self, key: str) -> None:
        self._step_problem(-1)

    def _step_problem(self, by: int) -> None:
        """Go to the next problem of this order, else to the next order of the list that has one."""
        if self.sheet.step_problem(by):
            return
        target = self.workspace.orders.problem_beside(self.order_id, by)
        if target is None:
            self.show_notice("No further order with a problem." if by > 0 else "No earlier order with a problem.")
            return
        self._open(target)
        self.sheet.home() if by > 0 else self.sheet.end()
        row = self.sheet.cursor_field
        if row is None or row.mark not in ("!", "S", "#"):
            self.sheet.step_problem(by)

    # What is done with the draft.

    @handles("add")
    async def add(self, key: str) -> None:
        answer = await self.form.add(_MORE_TO_ADD)
        if answer is None or self.draft is None:
            return
        document = self.draft.document
        if stage_copies(self, [document], as_update=answer == "u", read=self.draft.edit.base):
            self.show_notice(f"{order_name(document)} staged with its changes; B opens the composer.")

    @handles("review")
    async def review(self, key: str) -> None:
        drafts = self.workspace.account.drafts.all()
        mine = self.draft.draft if self.draft is not None and self.draft.edit.dirty else None
        if mine is None:
            if drafts:
                review_drafts(self, drafts)
            else:
                self.show_notice("Nothing was changed.")
            return
        others = [draft for draft in drafts if draft.order_id != self.order_id]
        answer: str | None = "t"
        if others:
            answer = await self.ask("Review", [("t", "this order"), ("a", f"all {len(others) + 1} drafts")])
        if answer is not None:
            review_drafts(self, [mine] if answer == "t" else [mine, *others])

    @handles("differences")
    def show_differences(self, key: str) -> None:
        if self.draft is None or not self.draft.edit.dirty:
            self.show_notice("Nothing was changed on this order.")
        else:
            title = f"Changed: {order_name(self.draft.document)}"
            self.workspace.go(ShowLines(title, differences(self.draft.draft)))

    @handles("refresh")
    def refresh_order(self, key: str) -> None:
        if look_up_again(self, self.order_id):
            return
        self.run_worker(self._read(self.order_id), name="read the order again", group="read", exclusive=True)
        self.show_notice("Reading again …")

    @handles("as_json_edit")
    def edit_as_json(self, key: str = "") -> None:
        draft = self.draft
        if draft is not None:
            open_draft_as_json(self, draft.draft, lambda: draft.draft, self._save_json)

    def _save_json(self, draft: Draft) -> None:
        with self.saving():
            if self.draft is not None:
                self.draft.save()
            self.show_order()

    @handles("batches")
    def open_composer(self, key: str) -> None:
        self.workspace.go(OpenComposer())

    @handles("back")
    def back(self, key: str) -> None:
        self.sheet.leave_editor()
        self.workspace.go(Back())
