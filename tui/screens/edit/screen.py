"""The form of one existing order. Changes become a draft; only the review sends it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from textual import on
from textual.app import ComposeResult
from textual.timer import Timer

from tui.api.codec import Document, encode
from tui.api.errors import ApiError, NotFound
from tui.api.models import Operation
from tui.api.pointer import Pointer
from tui.keymap import Context
from tui.orders.edits.edit import Edit
from tui.orders.fields import label_of
from tui.orders.paths import SHOP
from tui.orders.summary import order_name, text_at
from tui.screens.common.commands import handles
from tui.screens.common.routes import Back, EditOrder
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import look_up_again, remember_place
from tui.screens.edit.commands import EditCommands
from tui.screens.edit.form_pane import DraftFormPane
from tui.screens.edit.open_draft import OpenDraft
from tui.screens.order.form_controller import FormController
from tui.screens.order.groups import FormGroups, group_entries
from tui.screens.order.json_editor import has_text
from tui.widgets.filter_line import FilterLine
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView, Piece
from tui.widgets.sheet import OrderSheet
from tui.widgets.tab_bar import TabBar
from tui.work.drafts.presence import Presence
from tui.work.stored import StoreError
from tui.work.writes.send_state import SendState

_REST = 0.1
"""Seconds after an order was shown until the next one is prepared."""
_LOOK_EVERY = 2.0
"""Seconds between two looks for changes of other copies of the app."""


class EditScreen(BaseScreen[None]):
    """`as_json`: start with the order as JSON."""

    WHERE = Context.EDIT
    GROUPS = (EditCommands, FormController, FormGroups)

    def __init__(self, workspace: Workspace, order_id: str, *, as_json: bool = False) -> None:
        super().__init__(workspace)
        self.order_id = order_id
        self._as_json = as_json
        self.pane = DraftFormPane(self, self)
        self.form, self.sheet = self.pane.controller, self.pane.sheet
        self._edit_commands = EditCommands(self, self, self.pane)
        self.groups = (self._edit_commands, self.form, self.form.groups)
        self._tab_bar = TabBar(first_number=1)
        self._filter_line = FilterLine(hides=True, id="field-words")
        self._arrived: Document | None = None
        """The order as read while a field was being edited; merged when the editor closes."""
        self._was_left = False
        account = workspace.account
        self._presence = Presence(account.store, account.account_id)
        self._others = 0
        """How many other copies of the app have the order open."""
        self._seen_changes = -1
        self._rest: Timer | None = None

    @property
    def draft(self) -> OpenDraft | None:
        return self.pane.draft

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
        return self.framed(self._tab_bar, self._filter_line, self.pane)

    def on_mount(self) -> None:
        self.open_order(self.order_id)
        self.set_interval(_LOOK_EVERY, self._look_for_others)
        typed = next(iter(self.form.typed), None)
        if typed is not None:
            self.show_notice(f"The text typed in {label_of(typed)} is kept; {self.key('edit_field')} continues it.")
        # The base class's handler, which takes the focus, runs after this one.
        self.call_later(self._begin)

    def _begin(self) -> None:
        if self._as_json:
            remember_place(self, EditOrder(self.order_id))  # before the editor is in front
            self._edit_commands.edit_as_json()
        elif self.draft is not None and has_text(self.workspace.account, self.draft.json_key):
            self.show_notice(f"JSON text of this order was kept; {self.key('as_json_edit')} continues it.")

    def on_screen_resume(self) -> None:
        if not self._was_left:
            return
        remember_place(self, EditOrder(self.order_id))
        if self.draft is not None:
            self.draft.reload()
            self.show_order()
        if self._as_json:
            # Triage opened this form only for its JSON editor, so leaving that returns to triage.
            self.call_later(self.workspace.go, Back())

    def on_unmount(self) -> None:
        # While the app quits, the store may be closed.
        with suppress(StoreError):
            self._presence.enter(None)

    def _look_for_others(self) -> None:
        """Show whether another copy of the app has the order open, and take over what it changed."""
        store, draft = self.workspace.account.store, self.draft
        # An error of the store is shown by the next change, and this is done again.
        with suppress(StoreError):
            seen = store.changes_of_others()
            if draft is None or seen == self._seen_changes or self.sheet.editing is not None or not self.is_active:
                return
            others, self._others = self._others, self._presence.others(self.order_id)
            if self.workspace.account.drafts.join_others(draft.draft):
                self.show_order()
            elif others != self._others:
                self.show_status()
            self._seen_changes = seen

    def on_screen_suspend(self) -> None:
        self._was_left = True

    # The order.

    def open_order(self, order_id: str, pointer: Pointer | None = None, *, by: int = 1) -> None:
        """Show the draft of an order, or the order from the list, and read it again.

        `by`: the direction in which the next order will probably be.
        """
        self.order_id, self._arrived = order_id, None
        self._seen_changes = -1
        self.form.texts.clear_cache()
        found = self.workspace.orders.find(order_id)
        self.pane.show_draft(
            OpenDraft.of(self.workspace.account, self.workspace.now, order_id, found, self.workspace.orders.fix)
        )
        if self.draft is not None:
            self._load(pointer)
        self.call_after_refresh(self._shown, order_id)
        if self._rest is not None:
            self._rest.stop()
        self._rest = self.set_timer(_REST, partial(self._prepare_next, by))

    def _shown(self, order_id: str) -> None:
        """Do what need not delay the first frame of an order: tell other copies that it is open, and read it again."""
        if order_id == self.order_id:
            with self.report_store_errors():
                self._presence.enter(order_id)
            remember_place(self, EditOrder(order_id))
            self.read_again()

    def _prepare_next(self, by: int) -> None:
        """Make the rows of the next order in advance, which take most of the time until it is shown."""
        with self.report_store_errors():
            found = self.workspace.orders.beside(self.order_id, by)
            if found is not None and self.sheet.editing is None:
                draft = self.workspace.account.drafts.get(found.key)
                self.pane.prepare(Edit(found.document) if draft is None else draft.edit)

    def _load(self, pointer: Pointer | None = None) -> None:
        """Show the draft from its top, or at a field."""
        if self.draft is not None:
            self.draft.check()
        self.pane.load(pointer or next(iter(self.form.typed), None))
        self._show_frame()

    def read_again(self) -> None:
        """Read the order from the service."""
        self.run_worker(self._read(self.order_id), name="read the order again", group="read", exclusive=True)

    async def _read(self, order_id: str) -> None:
        try:
            document = await self.workspace.account.client.get_order(order_id)
        except NotFound as error:
            gone = f"The order no longer exists on the service; {self.key('add')} stages it as a new one."
            self.show_notice(gone if error.confirmed_by_service else str(error), "conflict")
            return
        except ApiError as error:
            self.show_notice(f"Not refreshed; showing the order as read before: {error}", "warning")
            return
        if order_id == self.order_id and self.sheet.editing is not None:
            # Items may have moved. The typed text must not end up in another item.
            self._arrived = document
        elif order_id == self.order_id:
            self._rebase(document)

    def _rebase(self, document: Document) -> None:
        """Rebase the draft on the order as just read, and report what the service changed."""
        self._arrived = None
        if self.draft is None:
            self.pane.show_draft(OpenDraft.of(self.workspace.account, self.workspace.now, self.order_id, document))
            self._load()
            return
        draft, is_same = self.draft.draft, encode(document) == encode(self.draft.edit.base)
        conflicts, merged = self.draft.rebase(document)
        if conflicts:
            self.show_notice(
                f"Also changed on the service, {self.key('empty_value')} decides: {conflicts}.", "conflict"
            )
        elif merged:
            self.show_notice(f"Merged changes from the service: {merged}.")
        if is_same and self.draft.draft is draft and not draft.joined:
            self._show_frame()
        else:
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
            self.show_notice(f"Not saved: {error}", "error")

    def show_order(self) -> None:
        joined = ""
        if self.draft is not None:
            joined = self.draft.joined()
            self.draft.check()
        self.show_form()
        if joined:
            decides = (
                f"; {self.key('empty_value')} decides what both changed"
                if self.draft is not None and self.draft.draft.undecided
                else ""
            )
            self.show_notice(f"Another copy of the app changed {joined}{decides}.", "conflict")

    def show_form(self) -> None:
        self.pane.refresh_rows()
        self._show_frame()

    def editor_left(self, changed: bool) -> None:
        if self._arrived is not None and self.sheet.editing is None:
            self._rebase(self._arrived)
        elif changed:
            self.show_order()

    # Title, tabs and status.

    def _show_frame(self) -> None:
        self._show_tabs()
        self.show_status()
        draft = self.draft
        if draft is None:
            return
        account = self.workspace.account
        position, count = self.workspace.orders.position_of(self.order_id)
        shop = account.shop(text_at(draft.document, SHOP))
        facts = [order_name(draft.document), shop.name if shop else "", f"{position} of {count}" if position else ""]
        counts = (
            ("*", sum(1 for _ in draft.edit.changes())),
            ("!", self.pane.error_count),
            ("#", len(draft.draft.undecided)),
        )
        facts += [f"{mark} {number}" for mark, number in counts if number]
        self.title_line.set(self.workspace.heading, " · ".join(filter(None, facts)))

    def _show_tabs(self) -> None:
        self._tab_bar.set_labels(group_entries(self.sheet.rows), self.form.groups.current())

    def status_items(self) -> Sequence[str | Piece]:
        draft = self.draft
        if draft is None:
            return ["reading …"]
        status, is_changed = draft.status, draft.edit.dirty
        facts: list[str | Piece] = []
        if status is not None:
            is_confirmed = status.state is SendState.VERIFIED
            if not (is_confirmed and is_changed):
                facts.append((status.message, "service" if status.problems else "good" if is_confirmed else "info"))
        if undecided := len(draft.draft.undecided):
            facts.append((f"{undecided} to decide: {self.key('empty_value')}", "conflict"))
        if self._others:
            facts.append(("also open in another copy", "warning"))
        if not self.workspace.account.drafts.is_stored(draft.id):
            facts.append(("draft not saved yet", "warning"))
        else:
            facts.append("draft saved" if is_changed else "nothing changed")
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
        status = self.workspace.account.draft_sender.status(order_id)
        if status is not None and status.state is not SendState.SENDING:
            self.show_notice("")
        if draft is not None and self.sheet.editing is None:
            draft.reload()
            self.show_order()
            if status is not None and status.state is SendState.CONFLICT:
                self._edit_commands.go_to_first_conflict()

    def store_changed(self) -> None:
        if self.is_attached:
            self.show_status()

    def pasted(self, text: str) -> None:
        self.run_dialog(self._offer_address(text))

    async def _offer_address(self, text: str) -> None:
        if not await self.form.pasted(text):
            super().pasted(text)

    # Groups and fields.

    @on(TabBar.Selected)
    def _tab_selected(self, event: TabBar.Selected) -> None:
        self.form.groups.go_to(event.key)

    @on(OrderSheet.CursorMoved, "#form")
    def _cursor_moved(self) -> None:
        if self._tab_bar.current != self.form.groups.current():
            self._show_tabs()

    @handles("filter")
    def search_fields(self, key: str) -> None:
        self._filter_line.open(self.form.words)

    @on(InputLine.Changed)
    def _words_changed(self, event: InputLine.Changed) -> None:
        self.form.narrow(event.text.strip())

    @on(InputLine.Submitted)
    def _words_submitted(self) -> None:
        self._filter_line.set("")
        self.form.end_narrowing()

    @on(InputLine.Cancelled)
    def _words_cancelled(self) -> None:
        self._filter_line.set("")
        self.form.narrow("")

    @handles("refresh")
    def refresh_order(self, key: str) -> None:
        if not look_up_again(self, self.order_id):
            self.read_again()
            self.show_notice("Refreshing …")

    @handles("back")
    def back(self, key: str) -> None:
        self.sheet.leave_editor()
        self.workspace.go(Back())
