"""The second room: what can be done with one order in its form."""

from textual import on

from tui.api.codec import Document, Json, pretty
from tui.api.models import Group, Kind
from tui.api.pointer import ABSENT, Pointer
from tui.api.query import order_key
from tui.api.wording import count_of
from tui.orders.checks.spreadsheet_damage import fix_for
from tui.orders.edits.list_items import add_entry, addable, copy_entry, move_entry, remove_entry
from tui.orders.edits.merge import Conflict
from tui.orders.fields import Field, entry_of, field_at, label_of, required_in
from tui.orders.paths import BILL_TO, SHIP_TO
from tui.orders.summary import order_name
from tui.screens.common.callbacks import ask_then, value_then
from tui.screens.common.commands import handles
from tui.screens.common.routes import Back, OpenComposer, ShowLines, ShowText
from tui.screens.common.workspace import Workspace
from tui.screens.common.workspace_actions import look_up_again, stage_copies
from tui.screens.edit.form import FormScreen
from tui.screens.order.address import STEP, AddressScreen, looks_like_address, offer_address
from tui.screens.order.form_rows import FormView
from tui.screens.order.groups import group_of, sentence
from tui.screens.order.json_editor import has_text
from tui.screens.order.json_sources import draft_place, open_draft_as_json
from tui.screens.review.drafts import differences, review_drafts
from tui.widgets.filter_line import FilterLine
from tui.widgets.form_layout import FieldRow, GroupRow
from tui.widgets.input_line import InputLine
from tui.widgets.sheet import OrderSheet
from tui.widgets.tab_bar import TabBar
from tui.work.drafts.drafts import Draft


class EditScreen(FormScreen):
    """Its changes are a draft; nothing goes before the review's `y`. `as_json`: begin with the order as JSON."""

    def __init__(self, workspace: Workspace, order_id: str, *, as_json: bool = False) -> None:
        super().__init__(workspace, order_id)
        self._as_json = as_json

    def on_mount(self) -> None:
        # Textual calls this before the one of the form, and that one without being asked.
        self.call_later(self._begin)

    def _begin(self) -> None:
        if self._as_json:
            self.do_as_json_edit("E")
        elif has_text(self.workspace.account, draft_place(self._order_id)):
            self.show_notice("The order was being edited as JSON, and that text is kept; E goes on with it.")

    @handles("edit_field")
    def do_edit_field(self, key: str) -> None:
        row = self.sheet.cursor_field
        self.sheet.open_editor(None, self._typed.get(row.pointer) if row is not None else None)

    @on(OrderSheet.Activated)
    def _activated(self) -> None:
        self.do_edit_field("enter")

    @handles("tab_next")
    def do_tab_next(self, key: str) -> None:
        self._step_group(1)

    @handles("tab_previous")
    def do_tab_previous(self, key: str) -> None:
        self._step_group(-1)

    def _step_group(self, by: int) -> None:
        groups = [str(group) for group in Group]
        place = (groups.index(self._current_group()) + by) % len(groups)
        self._go_to_group(groups[place])

    @handles("tab_number")
    def do_tab_number(self, key: str) -> None:
        groups = [str(group) for group in Group]
        if 1 <= int(key) <= len(groups):
            self._go_to_group(groups[int(key) - 1])

    def _go_to_group(self, name: str) -> None:
        for index, row in enumerate(self.sheet.rows):
            if isinstance(row, GroupRow) and group_of(row) == name:
                self.sheet.go_to_row(index)
                return
        self.show_notice(f"{name} has no field in this view; v shows others.")

    @on(TabBar.Selected)
    def _strip_chosen(self, event: TabBar.Selected) -> None:
        self._go_to_group(event.key)

    @property
    def order_here(self) -> str:
        return self._order_id

    @handles("next_order")
    def do_next_order(self, key: str) -> None:
        self._go_beside(1)

    @handles("previous_order")
    def do_previous_order(self, key: str) -> None:
        self._go_beside(-1)

    def _go_beside(self, by: int) -> bool:
        order = self.workspace.orders.neighbour(self._order_id, by)
        if order is None:
            self.show_notice("This is the last order that was read." if by > 0 else "This is the first order.")
            return False
        pointer = self.sheet.cursor_pointer
        self._draft = None
        self._open(order_key(order), pointer)
        return True

    @handles("next_problem")
    def do_next_problem(self, key: str) -> None:
        self._step_problem(1)

    @handles("previous_problem")
    def do_previous_problem(self, key: str) -> None:
        self._step_problem(-1)

    def _step_problem(self, by: int) -> None:
        """The next problem here, else on the next order of the list that has one."""
        if self.sheet.step_problem(by):
            return
        target = self.workspace.orders.problem_beside(self._order_id, by)
        if target is None:
            self.show_notice("No further order with a problem." if by > 0 else "No earlier order with a problem.")
            return
        self._draft = None
        self._open(target)
        if by > 0:
            self.sheet.home()
        else:
            self.sheet.end()
        row = self.sheet.cursor_field
        if row is None or row.mark not in ("!", "S", "#"):
            self.sheet.step_problem(by)

    @handles("filter")
    def do_filter(self, key: str) -> None:
        self.query_one(FilterLine).open(self._words)

    @on(InputLine.Changed)
    def _narrowed(self, event: InputLine.Changed) -> None:
        self._words = event.text.strip()
        self.sheet.set_rows(self._rows())
        if self._words:
            # Enter goes to the first that was found.
            self.sheet.home()

    @on(InputLine.Submitted)
    def _narrowed_to(self, event: InputLine.Submitted) -> None:
        pointer = self.sheet.cursor_pointer
        self._show_every_field()
        if pointer is None:
            return
        if self.sheet.field(pointer) is None and self._view is not FormView.ALL:
            # What was found is to be there, too.
            self._view = FormView.ALL
            self.sheet.set_rows(self._rows())
            self.show_notice("View: all fields.")
        self.sheet.go_to(pointer)

    @on(InputLine.Cancelled)
    def _show_every_field(self) -> None:
        self._words = ""
        self.query_one(FilterLine).set("")
        self.sheet.set_rows(self._rows())

    @handles("view")
    def do_view(self, key: str) -> None:
        views = list(FormView)
        self._view = views[(views.index(self._view) + 1) % len(views)]
        self.sheet.set_rows(self._rows())
        self._after()
        self.show_notice(f"View: {self._view} fields.")

    @handles("revert")
    def do_revert(self, key: str) -> None:
        draft, row = self._draft, self.sheet.cursor_field
        if draft is None or row is None:
            return
        if self._typed.pop(row.pointer, None) is not None:
            self.workspace.account.drafts.untype(self._order_id, row.pointer)
        if draft.edit.revert(row.pointer, f"{row.label} as it was read"):
            self._save(draft)
            self.show_notice(f"{row.label}: as it was read.")
        else:
            self._show()
            self.show_notice("It is as it was read.")

    @handles("empty_value")
    def do_empty_value(self, key: str) -> None:
        draft, pointer = self._draft, self.sheet.cursor_pointer
        if draft is None or pointer is None:
            return
        clash = draft.clash_at(pointer) or next((one for one in draft.clashes if one.pointer == pointer), None)
        if clash is not None:
            self._ask_side(draft, clash)
            return
        row = self.sheet.cursor_field
        known = field_at(row.pointer) if row is not None else None
        if row is None or known is None:
            return
        if not row.editable:
            self.show_notice(sentence(row.reason), "warning")
            return
        self._ask_nothing(draft, row, known)

    def _ask_side(self, draft: Draft, clash: Conflict) -> None:
        """Which side of a conflict stands; more than one can be decided at once."""
        count = len(draft.undecided)
        answers = [("m", "keep mine"), ("t", "take theirs")]
        if count > 1:
            answers += [("M", f"mine for all {count}"), ("T", f"theirs for all {count}")]

        def chosen(answer: str) -> None:
            those = [clash] if answer in "mt" else draft.undecided
            for one in those:
                if answer in "mM":
                    draft.keep_mine(one)
                else:
                    draft.take_theirs(one, f"what the service says of {self._place_of(draft, one)}")
            self._save(draft)
            left = len(draft.undecided)
            self.show_notice(f"{left} still to decide; n leads there." if left else "All decided; w reviews.")

        ask_then(self, f"{self._place_of(draft, clash)}:", answers, chosen)

    def _place_of(self, draft: Draft, clash: Conflict) -> str:
        return label_of(draft.edit.to_positions(clash.pointer) or clash.pointer.parent)

    def _ask_nothing(self, draft: Draft, row: FieldRow, known: Field) -> None:
        """Absent, null and empty, where the road that the edit takes allows them (Q3.8-3.10)."""
        by_patch = not row.full_order_reason
        answers = []
        if known.patch.empty or (known.post.empty and not by_patch):
            answers.append(("e", "empty"))
        if known.kind is Kind.TAGS and row.value != []:
            answers.append(("e", "an empty list"))
        if known.patch.nullable and by_patch:
            answers.append(("n", "null, removed"))
        elif known.post.nullable:
            answers.append(("n", "null: sent whole" if by_patch else "null"))
        if row.value is not ABSENT and draft.edit.base_value(row.pointer) is ABSENT:
            answers.append(("a", "absent, as it was"))
        elif row.value is not ABSENT and not required_in(row.pointer, known, draft.edit.document):
            answers.append(("a", "absent: sent whole"))
        if not answers:
            needed = "It is needed, and may be neither null nor empty."
            self.show_notice(
                needed if row.value is not ABSENT else "It is absent, and may be neither null nor empty.", "warning"
            )
            return

        def chosen(answer: str) -> None:
            if answer == "a":
                if draft.edit.drop(row.pointer, f"{row.label} absent"):
                    self._save(draft)
            else:
                nothing: Json = [] if known.kind is Kind.TAGS else ""
                self._put(row.pointer, nothing if answer == "e" else None)

        ask_then(self, f"{row.label} becomes", answers, chosen)

    @handles("fix")
    def do_fix(self, key: str) -> None:
        draft, pointer = self._draft, self.sheet.cursor_pointer
        if draft is None:
            return
        here = [note for note in self._notes if note.fix]
        here.sort(key=lambda note: note.problem.pointer != pointer)
        if not here:
            self.show_notice("There is no proposal for this order.")
            return
        proposal = fix_for(draft.edit.document, here[0].problem)
        name = here[0].problem.title or here[0].problem.detail
        if proposal is not None and draft.edit.put_all(proposal.values, name):
            self._save(draft)
            self.show_notice(f"Drafted: {proposal.text}. u takes it back.")

    @handles("address")
    def do_address(self, key: str) -> None:
        self._open_address()

    def pasted(self, text: str) -> None:
        if looks_like_address(text):
            value_then(self, offer_address(self, text), lambda reads: self._open_address(text) if reads else None)
        else:
            super().pasted(text)

    def _open_address(self, text: str = "") -> None:
        draft = self._draft
        if draft is None:
            return
        place = BILL_TO if self._current_group() == Group.BILL_TO else SHIP_TO
        document, name = draft.edit.document, order_name(draft.edit.base)
        screen = AddressScreen(self.workspace, document, name=name, key=self._order_id, place=place, text=text)
        value = self.ask_screen(screen)
        value_then(self, value, self._take_address)

    def _take_address(self, values: list[tuple[Pointer, Json]]) -> None:
        draft = self._draft
        if draft is not None and draft.edit.put_all(values, STEP):
            self._save(draft)
            self.show_notice(f"Drafted: {STEP}, {count_of(len(values), 'field')}. u takes it back.")

    @handles("undo")
    def do_undo(self, key: str) -> None:
        self._step_back(self._draft.edit.undo() if self._draft is not None else None, "Undone", "Nothing to undo.")

    @handles("redo")
    def do_redo(self, key: str) -> None:
        self._step_back(
            self._draft.edit.redo() if self._draft is not None else None, "Done again", "Nothing to do again."
        )

    def _step_back(self, name: str | None, done: str, nothing: str) -> None:
        if name is None or self._draft is None:
            self.show_notice(nothing)
            return
        self._save(self._draft)
        self.show_notice(f"{done}: {name}.")

    @handles("add")
    def do_add(self, key: str) -> None:
        draft, pointer = self._draft, self.sheet.cursor_pointer
        if draft is None:
            return
        kinds = {kind.key: kind for kind in addable()}
        answers = [("i", kinds["i"].title)]
        if pointer is not None and entry_of(pointer) is not None:
            answers.append(("c", "copy of this"))
        if self._current_group() == Group.DUTY:
            answers += [(kind.key, kind.title) for kind in kinds.values() if kind.key != "i"]
        answers += [("u", "staged as an update"), ("n", "staged as new")]

        def chosen(answer: str) -> None:
            if answer in ("u", "n"):
                self._stage(draft, as_update=answer == "u")
            elif answer == "c":
                self._entries(copy_entry(draft.edit, pointer) if pointer is not None else None, "Copied")
            else:
                title = sentence(kinds[answer].title).rstrip(".")
                self._entries(add_entry(draft.edit, kinds[answer]), f"{title} added")

        ask_then(self, "Add", answers, chosen)

    def _stage(self, draft: Draft, *, as_update: bool) -> None:
        document: Document = draft.edit.document
        if stage_copies(self, [document], as_update=as_update, read=draft.edit.base):
            self.show_notice(f"{order_name(document)} staged with its changes; B opens the composer.")

    @handles("drop")
    def do_drop(self, key: str) -> None:
        draft, pointer = self._draft, self.sheet.cursor_pointer
        if draft is None or pointer is None:
            return
        entry = entry_of(pointer)
        if entry is None:
            self.show_notice(
                "D removes an item or a tax number; a field is cleared by c, an order is deleted from the list."
            )
        elif (name := remove_entry(draft.edit, pointer)) is not None:
            self._entries(entry, f"{name} removed")

    @handles("move_up")
    def do_move_up(self, key: str) -> None:
        self._move_entry(-1)

    @handles("move_down")
    def do_move_down(self, key: str) -> None:
        self._move_entry(1)

    def _move_entry(self, by: int) -> None:
        draft, pointer = self._draft, self.sheet.cursor_pointer
        if draft is None or pointer is None or entry_of(pointer) is None:
            self.show_notice("< and > move an item or a tax number.")
            return
        self._entries(move_entry(draft.edit, pointer, by), "Moved")

    def _entries(self, pointer: Pointer | None, words: str) -> None:
        """The lists of the order were changed: keep it, and go where that leads."""
        draft = self._draft
        if draft is None or pointer is None:
            self.show_notice(
                "There is no place to move it to." if words == "Moved" else "There is nothing to do that with."
            )
            return
        self._save(draft)
        self.sheet.go_to(pointer)
        self.show_notice(f"{words} in the draft; u takes it back.")

    @handles("review")
    def do_review(self, key: str) -> None:
        if self._draft is None or not self._draft.edit.dirty:
            drafts = self.workspace.account.drafts.all()
            if not drafts:
                self.show_notice("Nothing was changed.")
                return
            review_drafts(self, drafts)
            return
        others = [draft for draft in self.workspace.account.drafts.all() if draft.order_id != self._order_id]
        if not others:
            review_drafts(self, [self._draft])
            return
        mine = self._draft

        def chosen(answer: str) -> None:
            review_drafts(self, [mine] if answer == "t" else [mine, *others])

        ask_then(self, "Review", [("t", "this order"), ("a", f"all {len(others) + 1} drafts")], chosen)

    @handles("differences")
    def do_differences(self, key: str) -> None:
        if self._draft is None or not self._draft.edit.dirty:
            self.show_notice("Nothing was changed on this order.")
        else:
            name = order_name(self._draft.edit.document)
            self.workspace.go(ShowLines(f"Changed: {name}", differences(self._draft)))

    @handles("refresh")
    def do_refresh(self, key: str) -> None:
        if look_up_again(self, self._order_id):
            return
        self.run_worker(self._read(self._order_id), name="read the order again", group="read", exclusive=True)
        self.show_notice("Reading again …")

    @handles("long_text")
    def do_long_text(self, key: str) -> None:
        draft, row = self._draft, self.sheet.cursor_field
        if draft is None:
            return
        if row is not None and isinstance(row.value, str) and len(row.value) > 20:
            self.workspace.go(ShowText(label_of(row.pointer), row.value))
        elif row is not None and isinstance(row.value, dict | list) and row.value:
            self.workspace.go(ShowText(label_of(row.pointer), pretty(row.value)))
        else:
            text = pretty(draft.edit.document)
            self.workspace.go(ShowText(f"As JSON, with your changes: {order_name(draft.edit.document)}", text))

    @handles("as_json_edit")
    def do_as_json_edit(self, key: str) -> None:
        draft = self._draft
        if draft is not None:
            open_draft_as_json(self, draft, lambda: self._draft or draft, self._save)

    @handles("batches")
    def do_batches(self, key: str) -> None:
        self.workspace.go(OpenComposer())

    @handles("back")
    def do_back(self, key: str) -> None:
        self.sheet.leave_editor()
        self.workspace.go(Back())
