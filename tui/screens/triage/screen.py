"""Triage: the orders of each shop, which of them will not ship and why, and the way into each."""

from collections.abc import Callable

from textual import on

from tui.api.codec import Document, Json, pretty
from tui.api.errors import ApiError, NotFound
from tui.api.pointer import Pointer
from tui.api.query import SORT_KEYS, order_key
from tui.orders.checks.spreadsheet_damage import fix_for
from tui.orders.summary import order_name
from tui.screens.common.commands import handles
from tui.screens.common.list_screen import mark_by
from tui.screens.common.routes import EditOrder, OpenComposer, OpenJobs, ShowLines, ShowText
from tui.screens.common.workspace_actions import look_up_again, stage_copies, start_write
from tui.screens.order.address import AddressScreen, offer_address
from tui.screens.review.drafts import differences, review_drafts
from tui.screens.triage.changes import ask_on_all, repeat, set_field, set_tags
from tui.screens.triage.order_list import OrdersScreen
from tui.screens.triage.shops import shops_text
from tui.widgets.filter_line import FilterLine
from tui.widgets.table import OrderTable
from tui.widgets.text import has_substitutes
from tui.work.drafts.drafts import Draft
from tui.work.file_import.json_reader import orders_pasted


class TriageScreen(OrdersScreen):
    """The first room: what can be done with the orders of the list."""

    @handles("tab_next")
    def do_tab_next(self, key: str) -> None:
        self.tab_bar.step(1)

    @handles("tab_previous")
    def do_tab_previous(self, key: str) -> None:
        self.tab_bar.step(-1)

    @handles("tab_number")
    def do_tab_number(self, key: str) -> None:
        if not self.tab_bar.select_number(int(key)):
            self.show_notice(f"There is no shop {key}.")

    @handles("pane")
    def do_pane(self, key: str) -> None:
        (self.table if self.preview.has_focus else self.preview).focus(scroll_visible=False)

    def changeable(self) -> Document | None:
        """The order under the cursor, if it has what is needed to open, change or delete it."""
        order = self.order
        if order is not None and not order_key(order).isdecimal():
            self.show_notice(
                "The service gave this order no id, so nothing can be done with it; p shows it.", "warning"
            )
            return None
        return order

    @handles("open")
    def do_open(self, key: str) -> None:
        order = self.changeable()
        if order is None:
            return
        self._remember()
        self.workspace.go(EditOrder(order_key(order)))

    @on(OrderTable.Activated)
    def _activated(self) -> None:
        self.do_open("enter")

    @handles("next_order")
    def do_next_order(self, key: str) -> None:
        self.table.move(1)

    @handles("previous_order")
    def do_previous_order(self, key: str) -> None:
        self.table.move(-1)

    @handles("next_problem")
    def do_next_problem(self, key: str) -> None:
        self._step_problem(1)

    @handles("previous_problem")
    def do_previous_problem(self, key: str) -> None:
        self._step_problem(-1)

    def _step_problem(self, by: int) -> None:
        if self.workspace.orders.problem_beside(self.table.cursor_key or "", by) is None:
            feed = self._feed
            more = "" if feed is None or feed.complete else " in what was read; G reads on"
            self.show_notice(f"No {'further' if by > 0 else 'earlier'} order with a problem{more}.")

    @handles("mark")
    def do_mark(self, key: str) -> None:
        self.table.toggle_mark()
        self.table.move(1)

    @handles("marks")
    def do_marks(self, key: str) -> None:
        answers = [("a", "all read"), ("n", "none"), ("i", "invert"), ("p", "with problems")]

        def chosen(answer: str) -> None:
            if not mark_by(self.table, answer):
                index = self.workspace.orders
                shown = zip(index.keys, index.orders, strict=True)
                self.table.set_marks(key for key, order in shown if index.will_not_ship(order))

        self.ask_then("Mark", answers, chosen)

    @handles("on_marked")
    def do_on_marked(self, key: str) -> None:
        marks = self.table.marks
        if not marks:
            ask_on_all(self)
            return
        hidden = len(marks - set(self.shown_keys))
        self.next_on_marked = True
        self.show_notice(
            f"On {len(marks)} marked{f', {hidden} of them not in this list' if hidden else ''}: {self._marked_keys()}"
        )

    def targets(self) -> list[Document]:
        """The marked orders if `;` came first, else the one under the cursor."""
        if self.on_marked:
            found = (self.find(key) for key in sorted(self.table.marks))
            return [order for order in found if order is not None]
        return [order] if (order := self.order) is not None else []

    @property
    def order_here(self) -> str | None:
        order = self.order
        return order_key(order) if order is not None else None

    def draft_of(self, order: Document) -> Draft:
        read_at = self._read_at or self.workspace.now()
        return self.workspace.account.drafts.of(order_key(order), order, read_at)

    @handles("as_json_edit")
    def do_as_json_edit(self, key: str) -> None:
        order = self.changeable()
        if order is not None:
            self._remember()
            self.workspace.go(EditOrder(order_key(order), as_json=True))

    @handles("fix")
    def do_fix(self, key: str) -> None:
        order = self.changeable()
        if order is None:
            return
        draft = self.draft_of(order)
        for problem in self.workspace.orders.problems(draft.edit.document):
            proposal = fix_for(draft.edit.document, problem)
            if proposal is not None:
                draft.edit.put_all(proposal.values, problem.title or problem.detail)
                self.drafted(draft)
                self.show_notice(f"Drafted: {proposal.text}. u takes it back, w reviews.")
                return
        self.show_notice("There is no proposal for this order.")

    @handles("address")
    def do_address(self, key: str) -> None:
        self._open_address()

    def _open_address(self, text: str = "") -> None:
        order = self.changeable()
        if order is None:
            return
        document = self.draft_of(order).edit.document

        def take(values: list[tuple[Pointer, Json]], name: str) -> None:
            draft = self.draft_of(order)
            if draft.edit.put_all(values, name):
                self.drafted(draft)
                self.show_notice(f"Drafted: {name}, for {order_name(order)}. u takes it back, w reviews.")

        name = order_name(order)
        self.workspace.open(AddressScreen(self.workspace, document, take, name=name, key=order_key(order), text=text))

    @handles("undo")
    def do_undo(self, key: str) -> None:
        self._undo(lambda draft: draft.edit.undo(), "Nothing to undo on this order.", "Undone")

    @handles("redo")
    def do_redo(self, key: str) -> None:
        self._undo(lambda draft: draft.edit.redo(), "Nothing to do again on this order.", "Done again")

    def _undo(self, action: Callable[[Draft], str | None], nothing: str, done: str) -> None:
        order = self.changeable()
        if order is None:
            return
        draft = self.draft_of(order)
        name = action(draft)
        if name is None:
            self.show_notice(nothing)
            return
        self.drafted(draft)
        self.show_notice(f"{done}: {name}.")

    def drafted(self, draft: Draft) -> None:
        self.workspace.account.corrections.forget(draft.order_id)
        self.workspace.account.drafts.save(draft)
        self.order_changed(draft.order_id)

    @handles("set_field")
    def do_set_field(self, key: str) -> None:
        set_field(self)

    @handles("tags")
    def do_tags(self, key: str) -> None:
        set_tags(self)

    @handles("repeat")
    def do_repeat(self, key: str) -> None:
        repeat(self)

    @handles("changes")
    def do_changes(self, key: str) -> None:
        self.workspace.go(OpenJobs())

    @handles("review")
    def do_review(self, key: str) -> None:
        drafts = self.workspace.account.drafts.all()
        if self.on_marked:
            drafts = [draft for draft in drafts if draft.order_id in self.table.marks]
        review_drafts(self, drafts)

    @handles("add")
    def do_add(self, key: str) -> None:
        if self.on_marked and (unread := [key for key in sorted(self.table.marks) if self.find(key) is None]):
            self.show_notice(f"Reading {len(unread)} marked that are not in what was read …")
            self._read("read marked orders", self._read_marked(unread))
            return
        self._ask_stage(self.targets())

    async def _read_marked(self, unread: list[str]) -> None:
        """Read the marked orders that the list has not, then stage all of them."""
        found: dict[str, Document] = {}
        for order_id in unread:
            try:
                found[order_id] = await self.workspace.account.client.get_order(order_id)
            except NotFound:
                continue
            except ApiError as error:
                self.show_notice(f"Nothing was staged: {error}", "error")
                return
        marked = (self.find(key) or found.get(key) for key in sorted(self.table.marks))
        orders = [order for order in marked if order is not None]
        if self.is_on_top and not self.is_typing:
            self._ask_stage(orders, len(unread) - len(found))
        else:
            self.show_notice("The marked orders are read; ; a stages them.")

    def _ask_stage(self, orders: list[Document], missing: int = 0) -> None:
        if not orders:
            self.show_notice("There is no order to stage.")
            return
        answers = [("c", "as a new order"), ("u", "as an update, sent whole")]
        name = order_name(orders[0]) if len(orders) == 1 else f"{len(orders)} orders"

        def chosen(answer: str) -> None:
            if stage_copies(self, orders, as_update=answer == "u"):
                self.show_notice(f"{name} staged; B opens the composer.")

        gone = f" ({missing} marked are not there any more)" if missing else ""
        self.ask_then(f"Stage {name}{gone}", answers, chosen)

    @handles("drop")
    def do_drop(self, key: str) -> None:
        if self.on_marked:
            self.show_notice("Orders are deleted one at a time.")
            return
        order = self.changeable()
        if order is None:
            return
        if self.workspace.account.client.read_only:
            self.show_notice("This account is opened for reading only.")
            return
        name = order_name(order)
        # What cannot be shown as it is cannot be typed either; then Sendcloud's own number is asked for.
        expected, what = (order_key(order), "Sendcloud id") if has_substitutes(name) else (name, "number")
        text = f"Delete {name} from Sendcloud? Type its {what}{f' {expected}' if expected != name else ''}:"
        self.ask_typed_then(text, expected, lambda: self._delete(order))

    def _delete(self, order: Document) -> None:
        work = self.workspace.account.corrections.delete(order_key(order), order)
        start_write(self.workspace, work, name="delete an order")
        self.show_notice(f"{order_name(order)} is being deleted.")

    @handles("refresh")
    def do_refresh(self, key: str) -> None:
        order = self.order
        if order is not None and not look_up_again(self, order_key(order)):
            self._read("read an order again", self._read_one(order_key(order)))

    async def _read_one(self, order_id: str) -> None:
        account = self.workspace.account
        try:
            document = await account.client.get_order(order_id)
        except NotFound as error:
            self.show_notice(
                "The order is not there any more." if error.confirmed_by_service else str(error), "warning"
            )
            return
        except ApiError as error:
            self.show_notice(str(error), "error")
            return
        account.corrections.forget(order_id)
        self._read_at = self.workspace.now()
        if self._feed is not None:
            self._feed.put(document)
        self.show_notice("Read again.")

    @handles("refresh_all")
    def do_refresh_all(self, key: str) -> None:
        feed = self._feed
        if feed is None:
            return
        self._read("read all again", self._then_tell(feed.refresh() if feed.pages else feed.more()))
        self.run_worker(self._read_shops(), name="read the shops")
        self.show_status()

    @handles("sort")
    def do_sort(self, key: str) -> None:
        names = {
            "integration": "shop",
            "order_number": "number",
            "order_created_at": "ordered",
            "order_updated_at": "updated",
            "pk": "came in",
        }
        answers = [(str(place), names[sort]) for place, sort in enumerate(SORT_KEYS, 1)]

        def chosen(answer: str) -> None:
            sort = SORT_KEYS[int(answer) - 1]
            # Names rise and times fall, unless the same is asked again.
            first = sort if sort in ("order_number", "integration") else f"-{sort}"
            other = sort if first != sort else f"-{sort}"
            line = self.query_one(FilterLine)
            words = [word for word in line.filter.split() if not word.startswith("sort:")]
            self._set_filter(" ".join([*words, f"sort:{other if self._filter.sort == (first,) else first}"]))

        self.ask_then("Sort by (again: the other way)", answers, chosen)

    @handles("batches")
    def do_batches(self, key: str) -> None:
        self.workspace.go(OpenComposer())

    @handles("shops")
    def do_shops(self, key: str) -> None:
        self.run_worker(self._show_shops(), name="read why a shop fails", group="read", exclusive=True)

    async def _show_shops(self) -> None:
        self.workspace.go(ShowText("Shops", await shops_text(self.workspace.account)))

    @handles("long_text")
    def do_long_text(self, key: str) -> None:
        if (order := self.order) is not None:
            self.workspace.go(ShowText(f"As it was read: {order_name(order)}", pretty(order)))

    @handles("differences")
    def do_differences(self, key: str) -> None:
        order = self.order
        draft = self.workspace.account.drafts.get(order_key(order)) if order is not None else None
        if draft is None:
            self.show_notice("Nothing was changed on this order.")
        else:
            self.workspace.go(ShowLines(f"Changed: {order_name(draft.edit.document)}", differences(draft)))

    @handles("back")
    def do_back(self, key: str) -> None:
        if self.preview.has_focus:
            self.table.focus(scroll_visible=False)
        elif key == "q":
            self.show_notice("Q leaves the app.")

    def pasted(self, text: str) -> None:
        number = text.strip()
        if words := orders_pasted(text):
            answers = [("o", "read as orders, in the composer")]
            self.ask_then(f"Pasted {words}:", answers, lambda _: self.workspace.go(OpenComposer(paste=text)))
            return
        if offer_address(self, text, self._open_address):
            return
        if not number or len(number) > 64 or "\n" in number:
            super().pasted(text)
            return

        def chosen(_: str) -> None:
            self._set_filter(f'number:"{number}"')

        self.ask_then(f"Pasted: {number}.", [("g", "go to this order")], chosen)
