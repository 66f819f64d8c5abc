"""The composer: orders staged to be sent together, mended until the service takes them, and followed."""

from collections.abc import Iterable

from textual import on

from tui.api.codec import encode
from tui.api.wording import count_of
from tui.orders.fields import label_of
from tui.orders.summary import order_name
from tui.screens.common.callbacks import ask_then
from tui.screens.common.commands import handles
from tui.screens.common.routes import OpenBatches, OpenHistory, ShowText
from tui.screens.composer.bulk_edit import FixingScreen
from tui.screens.composer.form_pane import keeps
from tui.screens.composer.rows import ALL, review_plan
from tui.screens.composer.sending import ask_sending, goes_on_before, keep_goes_on
from tui.screens.composer.view_state import ViewMode
from tui.screens.order.form_rows import FormView
from tui.screens.order.json_sources import open_staged_as_json
from tui.screens.review.screen import ReviewScreen
from tui.store.db import StoreError
from tui.widgets.filter_line import FilterLine
from tui.widgets.input_line import InputLine
from tui.widgets.problems import ProblemList
from tui.widgets.sheet import OrderSheet
from tui.widgets.table import OrderTable
from tui.work.batches.sender import SendPlan
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.staging import BatchLocked
from tui.work.writes.send_state import SendState


class ComposerScreen(FixingScreen):
    """Nothing goes before the review's `y`, and what exists already not before `z` released it."""

    # Moving.

    @handles("tab_next")
    def do_tab_next(self, key: str) -> None:
        self._step_strip(1)

    @handles("tab_previous")
    def do_tab_previous(self, key: str) -> None:
        self._step_strip(-1)

    def _step_strip(self, by: int) -> None:
        """The strip; in the table the columns."""
        if self._shown is not ViewMode.TABLE or self._in_sheet:
            self.tab_bar.step(by)
        elif not self.grid.move_column(by):
            self.show_notice("This is the last column; C adds others." if by > 0 else "This is the first column.")

    @handles("tab_number")
    def do_tab_number(self, key: str) -> None:
        if not self.tab_bar.select_number(int(key)):
            self.show_notice(f"There is no {key} on the strip.")
        elif self._in_sheet and self.tab_bar.current is not None:
            self.go_to_group(self.tab_bar.current)

    @handles("pane")
    def do_pane(self, key: str) -> None:
        if self._in_sheet:
            self.close_sheet()
        elif self._shown is ViewMode.TABLE and self.order is not None:
            self.open_sheet(self.grid.cursor_pointer)
        else:
            self.do_open(key)

    @handles("open")
    def do_open(self, key: str) -> None:
        if (self._in_sheet or self._shown is ViewMode.TABLE) and not self.may_edit():
            return
        if self._in_sheet:
            row = self.sheet.cursor_field
            self.sheet.open_editor(None, self._typed.get(row.pointer) if row is not None else None)
            return
        if self._shown is ViewMode.TABLE:
            self.grid.open_editor()
            return
        if self._shown is ViewMode.PROBLEMS:
            row_here = self.problems.cursor_row
            if row_here is None or not row_here.order:
                self.show_notice("That was said of the request as a whole; it has no field.")
                return
            self._chosen = row_here.order
            self.open_sheet(row_here.pointer)
        elif self.order is not None:
            self.open_sheet()

    @on(OrderTable.Activated, "#orders")
    @on(ProblemList.Activated, "#problems")
    @on(OrderSheet.Activated, "#form")
    def _activated(self) -> None:
        self.do_open("enter")

    @handles("back")
    def do_back(self, key: str) -> None:
        if self._in_sheet and self._counting is None:
            self.close_sheet()
        else:
            super().do_back(key)

    @handles("next_order")
    def do_next_order(self, key: str) -> None:
        self._go_beside(1)

    @handles("previous_order")
    def do_previous_order(self, key: str) -> None:
        self._go_beside(-1)

    def _go_beside(self, by: int) -> None:
        place = next((n for n, order in enumerate(self._orders) if order.id == self._chosen), 0) + by
        if not 0 <= place < len(self._orders):
            hidden = len(self.staging.orders) - len(self._orders)
            more = f" shown; {hidden} more by 0 and without /" if hidden else ""
            self.show_notice(f"This is the last order{more}." if by > 0 else f"This is the first order{more}.")
            return
        self._choose(self._orders[place].id, self.sheet.cursor_pointer)

    @handles("view")
    def do_view(self, key: str) -> None:
        if self._in_sheet:
            views = list(FormView)
            self._view = views[(views.index(self._view) + 1) % len(views)]
            self.show_all()
            self.show_notice(f"View: {self._view} fields.")
            return
        shown = list(ViewMode)
        place = shown.index(self._shown) + 1
        if place < len(shown):
            self.show_view(shown[place])
        else:
            self.show_view(ViewMode.ORDERS)
            self.workspace.go(OpenHistory())
        self.remember()

    @handles("sort")
    def do_sort(self, key: str) -> None:
        answers = [("n", "number"), ("s", "state"), ("p", "problem"), ("a", "as added")]
        if self._shown is ViewMode.TABLE and (column := self.grid.column_key) is not None:
            answers.insert(0, ("c", f"this column, {self.grid.columns[self.grid.column].title}"))

        def chosen(answer: str) -> None:
            by = {"n": "number", "s": "state", "p": "problem", "a": "", "c": column}[answer]
            self._sorting.choose(by or "")
            self.show_all()
            self.remember()
            names = dict(answers)
            self.show_notice(f"Sorted by {names[answer]}{', the other way round' if self._sorting.down else ''}.")

        column = self.grid.column_key
        ask_then(self, "Sort by (again: the other way)", answers, chosen)

    @handles("filter")
    def do_filter(self, key: str) -> None:
        self.query_one(FilterLine).open(self._field_words if self._in_sheet else self._words)

    @on(InputLine.Changed)
    def _narrowed(self, event: InputLine.Changed) -> None:
        if isinstance(event.line, FilterLine):
            self._narrow(event.text.strip())

    @on(InputLine.Submitted)
    def _line_taken(self, event: InputLine.Submitted) -> None:
        if isinstance(event.line, FilterLine):
            pointer = self.sheet.cursor_pointer
            self._narrow("" if self._in_sheet else event.text.strip())
            if self._in_sheet and pointer is not None:
                self.sheet.go_to(pointer)
        else:
            self.line_done(event.text.strip())

    @on(InputLine.Cancelled)
    def _line_left(self, event: InputLine.Cancelled) -> None:
        if isinstance(event.line, FilterLine):
            self._narrow("")

    def _narrow(self, words: str) -> None:
        if self._in_sheet:
            self._field_words = words
        else:
            self._words = words
            self._stays.clear()
        self.show_all()
        self.remember()

    @handles("move_up")
    def do_move_up(self, key: str) -> None:
        if self._shown is ViewMode.TABLE and not self._in_sheet:
            self.move_column(-1)
        else:
            super().do_move_up(key)

    @handles("move_down")
    def do_move_down(self, key: str) -> None:
        if self._shown is ViewMode.TABLE and not self._in_sheet:
            self.move_column(1)
        else:
            super().do_move_down(key)

    # Removing and undo.

    @keeps
    @handles("drop")
    def do_drop(self, key: str) -> None:
        if self._in_sheet:
            self.drop_entry()
            return
        targets = self.targets()
        if not targets:
            return
        count = self.staging.editing.remove_orders(order.id for order in targets)
        self.table.set_marks(self.table.marks - {order.id for order in targets})
        self._chosen = self.table.cursor_key if self.on_marked else self._next_to(targets[0].id)
        self.show_all()
        sent = any(order.sent for order in targets)
        kept = " The service keeps what it has." if sent else ""
        self.show_notice(f"{count_of(count, 'order')} removed from here.{kept} u brings back.")

    def _next_to(self, id: str) -> str | None:
        ids = [order.id for order in self._orders]
        place = ids.index(id) if id in ids else 0
        rest = ids[place + 1 : place + 2] or ids[max(0, place - 1) : place]
        return rest[0] if rest else None

    @keeps
    @handles("undo")
    def do_undo(self, key: str) -> None:
        self._step_back("Undone", "Nothing to undo", back=True)

    @keeps
    @handles("redo")
    def do_redo(self, key: str) -> None:
        self._step_back("Done again", "Nothing to do again", back=False)

    def _step_back(self, done: str, nothing: str, *, back: bool) -> None:
        if self._in_sheet and (order := self.order) is not None:
            name = (self.staging.editing.undo_in if back else self.staging.editing.redo_in)(order.id)
            self.edited()
            self.show_notice(f"{done}: {name}." if name else f"{nothing} on this order.")
            return
        found = self.staging.editing.undo() if back else self.staging.editing.redo()
        if found is None:
            self.show_notice(f"{nothing}.")
            return
        words, ids = found
        about = next((one for id in ids if (one := self.staging.get(id)) is not None), None)
        if about is not None:
            self._chosen = about.id
            if not self._fits(about):
                self._standing, self._words = ALL, ""
        self.edited()
        name = f", {order_name(about.document)}" if about is not None and len(ids) == 1 else ""
        self.show_notice(f"{done}: {words}{name}.")

    # What may go, and going.

    @handles("hold")
    def do_hold(self, key: str) -> None:
        unsent = [order for order in self.targets() if not order.sent]
        targets = [order for order in unsent if self.staging.send_state(order) is not SendState.UNCHANGED]
        if not targets:
            same = "What the service has just so is not sent anyhow."
            self.show_notice(same if unsent else "There is nothing that could be held or released.")
            return
        ids = [order.id for order in targets]
        standings = {self.staging.send_state(order) for order in targets}
        if standings <= {SendState.HELD, SendState.CONFLICT}:
            self._release(ids)
        elif standings <= {SendState.READY}:
            self._hold(ids)
        else:
            several = len(ids) > 1
            spite = "send all the same" if not several else "release, in spite of problems"
            answers = [("h", "hold"), ("a", spite), *([("r", "release the good")] if several else [])]

            def chosen(answer: str) -> None:
                match answer:
                    case "h":
                        self._hold(ids)
                    case "r":
                        wrong = (SendState.REFUSED, SendState.INVALID)
                        self._release([one.id for one in targets if self.staging.send_state(one) not in wrong])
                    case _:
                        self._release(ids, force=True)

            name = order_name(targets[0].document) if not several else count_of(len(ids), "order")
            ask_then(self, f"{name}:", answers, chosen)

    @keeps
    def _hold(self, ids: Iterable[str]) -> None:
        count = self.staging.editing.hold(ids)
        self.show_all()
        self.show_notice(f"{count_of(count, 'order')} held: not sent before z releases.")

    @keeps
    def _release(self, ids: Iterable[str], *, force: bool = False) -> None:
        count = self.staging.editing.release(ids, force=force)
        self.show_all()
        self.show_notice(
            f"{count_of(count, 'order')} released{' in spite of problems' if force else ''}; w reviews what is ready."
        )

    @handles("review")
    def do_review(self, key: str) -> None:
        if ask_sending(self, self.staging, self._begin_review):
            self.on_marked = False
            return
        self._begin_review()

    def _begin_review(self) -> None:
        if self.staging.owner is not None:
            self.show_notice(f"{self.staging.owner} has this batch; B takes it over.", "warning")
            return
        ids = [order.id for order in self.targets()] if self.on_marked else None
        if not self.staging.orders:
            self.show_notice("There is nothing to review; a adds orders.")
            return
        self.show_notice("Looking once more at what exists …")
        self._looks_first = True
        self.run_worker(self._review(ids), name="look before the review", group="review", exclusive=True)

    async def _review(self, ids: list[str] | None) -> None:
        error: Exception | None
        try:
            error = await self.staging.refresh_remote(ids, again=True)
        except StoreError as full:
            error = full
        finally:
            self._looks_first = False
        if not self.is_attached:
            return
        if self.is_typing or not self.is_active:
            self.show_notice("The review is ready; w shows it.")
            return
        plan = self.staging.plan(ids)
        self.clear_notice()
        notes = [f"What exists could not be looked up: {error}"] if error is not None else []
        if not plan.count and ids is None:
            notes.append("Nothing is ready to go; what stays here says why.")
        goes_on = goes_on_before(self.workspace.account)
        read_only = self.workspace.account.client.read_only
        reviewed = review_plan(self.staging, plan, read_only=read_only, notes=notes, goes_on=goes_on)

        confirmed = await self.ask_screen(ReviewScreen(self.workspace, reviewed))
        if confirmed is not None:
            keep_goes_on(self.workspace.account, confirmed.goes_on)
            self.workspace.start(self._go(plan, goes_on=confirmed.goes_on), name="send staged orders")
            self.say_sending(f"{count_of(plan.count, 'order')} on the way; the list shows each.")

    async def _go(self, plan: SendPlan, *, goes_on: bool) -> None:
        """Runs to its end, whatever becomes of the screen."""
        try:
            await self.staging.send(plan, continue_after_refusal=goes_on)
        except (BatchLocked, StoreError) as error:
            self.workspace.show_notice(str(error), "error")

    @handles("refresh")
    def do_refresh(self, key: str) -> None:
        if self.staging.owner is not None:
            self.staging.reopen()
            self.show_all()
            return
        order = self.order
        if order is None:
            return
        self.show_notice("Looking again …")
        self.run_worker(self._look_again(order), name="look at an order again", group="look again")

    async def _look_again(self, order: StagedOrder) -> None:
        try:
            words = await self._looked_again(order)
        except (BatchLocked, StoreError) as error:
            words = str(error)
        if self.is_attached:
            self.show_all()
            self.show_notice(words or "There is nothing to look for.")

    async def _looked_again(self, order: StagedOrder) -> str:
        if self.staging.send_state(order) in (SendState.UNKNOWN, SendState.DIFFERS):
            return await self.staging.ask_again([order.id])
        error = await self.staging.refresh_remote([order.id], again=True)
        return str(error) if error is not None else f"It is {order.action}, by a look just now."

    @handles("batches")
    def do_batches(self, key: str) -> None:
        if self.staging.owner is None:
            self.workspace.go(OpenBatches())
            return

        def chosen(answer: str) -> None:
            if answer == "b":
                self.workspace.go(OpenBatches())
                return
            self.staging.take_over()
            self.show_all()
            self.show_notice("The batch is yours now.")

        answers = [("t", "take it over"), ("b", "other batches")]
        ask_then(self, "Another copy has this batch.", answers, chosen)

    @handles("as_json_edit")
    def do_as_json_edit(self, key: str) -> None:
        order = self.order
        if order is not None:
            open_staged_as_json(self, order, self.edited)

    @handles("long_text")
    def do_long_text(self, key: str) -> None:
        order = self.order
        if order is None:
            return
        row = self.sheet.cursor_field if self._in_sheet else None
        if row is not None and isinstance(row.value, str) and len(row.value) > 20:
            self.workspace.go(ShowText(label_of(row.pointer), row.value))
        else:
            self.workspace.go(
                ShowText(f"{order_name(order.document)} as it goes", encode(order.document, indent=2).decode())
            )
