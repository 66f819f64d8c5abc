"""The composer: orders staged to be sent together, mended until the service takes them, and followed."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, cast

from textual import on

from tui.api.codec import Document, Json, encode
from tui.api.errors import ApiError
from tui.api.models import Group
from tui.api.pointer import ABSENT, Pointer
from tui.api.query import OrderQuery
from tui.orders.fields import ITEMS, LISTS, field_at, label_of
from tui.orders.glance import order_name
from tui.screens.composing import BatchScreen
from tui.screens.external import edit_text
from tui.screens.review import ReviewScreen
from tui.screens.rows import View
from tui.screens.stagedrows import ALL, review_plan
from tui.store.batches import StagedState
from tui.store.db import StoreError
from tui.widgets.ask import AskLine
from tui.widgets.filter import FilterLine
from tui.widgets.problems import ProblemList
from tui.widgets.sheet import OrderSheet
from tui.widgets.strip import Entry as StripEntry
from tui.widgets.table import OrderTable
from tui.work.intake import Intake, IntakeError, read_file, read_orders
from tui.work.staged import StagedOrder, Standing
from tui.work.staging import CannotChange
from tui.work.template import currency_of, new_item
from tui.work.workbench import Shop

_TAX_NUMBERS = LISTS[1:]
_LEARNED_FROM = 20
_SHOPS_AT_ONCE = 9

P = ParamSpec("P")


def _changes(
    action: "Callable[Concatenate[ComposerScreen, P], None]",
) -> "Callable[Concatenate[ComposerScreen, P], None]":
    """What changes the batch: where that cannot be kept, the sentence says why, and what is on disk is shown."""

    @wraps(action)
    def guarded(self: "ComposerScreen", *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            action(self, *args, **kwargs)
        except (CannotChange, StoreError) as error:
            self.show_all()
            self.say(str(error), "warning")

    return cast("Callable[Concatenate[ComposerScreen, P], None]", guarded)


class ComposerScreen(BatchScreen):
    """Nothing goes before the review's `y`, and what exists already not before `z` released it."""

    # Moving.

    def do_strip_next(self, key: str) -> None:
        self.strip.step(1)

    def do_strip_previous(self, key: str) -> None:
        self.strip.step(-1)

    def do_strip_number(self, key: str) -> None:
        if not self.strip.select_number(int(key)):
            self.say(f"There is no {key} on the strip.")
        elif self._in_sheet and self.strip.current is not None:
            self.go_to_group(self.strip.current)

    def do_pane(self, key: str) -> None:
        if self._in_sheet:
            self.close_sheet()
        else:
            self.do_open(key)

    def do_open(self, key: str) -> None:
        if self._in_sheet:
            row = self.sheet.cursor_field
            self.sheet.open_editor(None, self._typed.get(row.pointer) if row is not None else None)
            return
        if self._shows_problems:
            row_here = self.problems.cursor_row
            if row_here is None or not row_here.order:
                self.say("That was said of the request as a whole; it has no field.")
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

    def do_back(self, key: str) -> None:
        if self._in_sheet:
            self.close_sheet()
        else:
            super().do_back(key)

    def do_next_order(self, key: str) -> None:
        self._go_beside(1)

    def do_previous_order(self, key: str) -> None:
        self._go_beside(-1)

    def _go_beside(self, by: int) -> None:
        place = next((n for n, order in enumerate(self._orders) if order.id == self._chosen), 0) + by
        if not 0 <= place < len(self._orders):
            self.say("This is the last order." if by > 0 else "This is the first order.")
            return
        self._choose(self._orders[place].id, self.sheet.cursor_pointer)

    def _choose(self, id: str, pointer: Pointer | None = None) -> None:
        self.sheet.leave_editor()
        self._chosen = id
        if self._in_sheet and (order := self.order) is not None:
            self._show_form(order, pointer)
        self.show_all()
        self.remember()

    def do_next_problem(self, key: str) -> None:
        self._step_problem(1)

    def do_previous_problem(self, key: str) -> None:
        self._step_problem(-1)

    def _step_problem(self, by: int) -> None:
        """The next problem of the form, else of the next order that has one; from the list, into the form."""
        if self._in_sheet and self.sheet.step_problem(by):
            return
        place = next((n for n, order in enumerate(self._orders) if order.id == self._chosen), 0)
        place += by if self._in_sheet else 0
        while 0 <= place < len(self._orders):
            order = self._orders[place]
            stops = [finding for finding in self.staging.findings(order) if finding.stops]
            if stops and not (order.sent and order.state is not StagedState.DIFFERS):
                self._to_problem(order, by)
                return
            place += by
        self.say("No further problem." if by > 0 else "No earlier problem.")

    def _to_problem(self, order: StagedOrder, by: int) -> None:
        self._choose(order.id)
        if not self._in_sheet:
            self.open_sheet()
        self._show_form(order)

        def go() -> None:
            # To the end of the form, and from there on to its first problem, or its last.
            (self.sheet.end if by < 0 else self.sheet.home)()
            row = self.sheet.cursor_field
            if row is None or row.mark not in ("!", "S", "#"):
                self.sheet.step_problem(by)

        self.call_after_refresh(go)

    def do_view(self, key: str) -> None:
        if self._in_sheet:
            views = list(View)
            self._view = views[(views.index(self._view) + 1) % len(views)]
            self.show_all()
            self.say(f"View: {self._view} fields.")
            return
        self._shows_problems = not self._shows_problems
        self._arrange()
        self.show_all()
        self.give_focus()
        self.remember()

    def do_filter(self, key: str) -> None:
        line = self.query_one(FilterLine)
        line.add_class("-open")
        line.open(self._field_words if self._in_sheet else self._words)

    @on(AskLine.Changed)
    def _narrowed(self, event: AskLine.Changed) -> None:
        if isinstance(event.line, FilterLine):
            self._narrow(event.text.strip())

    @on(AskLine.Submitted)
    def _line_taken(self, event: AskLine.Submitted) -> None:
        if isinstance(event.line, FilterLine):
            pointer = self.sheet.cursor_pointer
            self._narrow("" if self._in_sheet else event.text.strip())
            if self._in_sheet and pointer is not None:
                self.sheet.go_to(pointer)
            event.line.set_class(bool(self._words) and not self._in_sheet, "-open")
            self.query_one(FilterLine).set(self._words, "found here, in what is staged")
        else:
            event.line.remove_class("-open")
            self.line_done(event.text.strip())

    @on(AskLine.Cancelled)
    def _line_left(self, event: AskLine.Cancelled) -> None:
        event.line.remove_class("-open")
        if isinstance(event.line, FilterLine):
            self._narrow("")
            self.query_one(FilterLine).set("")

    def _narrow(self, words: str) -> None:
        if self._in_sheet:
            self._field_words = words
        else:
            self._words = words
        self.show_all()
        self.remember()

    # Marks.

    def do_mark(self, key: str) -> None:
        if self._in_sheet or self._shows_problems:
            self.say("Orders are marked in their list.")
            return
        self.table.toggle_mark()
        self.table.move(1)

    def do_marks(self, key: str) -> None:
        answers = [("a", "all here"), ("n", "none"), ("i", "invert"), ("p", "with problems"), ("s", "same problem")]

        def chosen(answer: str) -> None:
            match answer:
                case "a":
                    self.table.mark_all()
                case "n":
                    self.table.set_marks(())
                case "i":
                    self.table.invert_marks()
                case "p":
                    wrong = (Standing.REFUSED, Standing.TO_FIX)
                    self.table.set_marks(one.id for one in self._orders if self.staging.standing(one) in wrong)
                case _:
                    self._mark_same()

        self.ask("Mark", answers, chosen)

    def _mark_same(self) -> None:
        """All orders with the first problem of the chosen one."""
        order = self.order
        found = self.staging.findings(order) if order is not None else []
        if not found:
            self.say("This order has no problem.")
            return
        key = (_kind_of(found[0].problem.pointer), found[0].problem.detail)
        same = [
            one.id
            for one in self._orders
            if any((_kind_of(f.problem.pointer), f.problem.detail) == key for f in self.staging.findings(one))
        ]
        self.table.set_marks(same)
        self.say(f"{len(same)} marked with: {label_of(found[0].problem.pointer)}: {found[0].problem.detail}")

    def do_on_marked(self, key: str) -> None:
        marks = self.table.marks
        if not marks:
            self.say("Nothing is marked; Space marks.")
            return
        hidden = len(marks - {order.id for order in self._orders})
        self.on_marked = True
        self.say(
            f"On {len(marks)} marked{f', {hidden} of them not in this list' if hidden else ''}: {self._marked_keys()}"
        )

    def targets(self) -> list[StagedOrder]:
        """The marked orders if `;` came first, else the chosen one."""
        if self.on_marked:
            return [order for order in self.staging.orders if order.id in self.table.marks]
        return [order] if (order := self.order) is not None else []

    # Adding.

    def do_add(self, key: str) -> None:
        if self._in_sheet:
            self._add_entry()
            return
        targets = self.targets()
        answers = [("b", "blank order"), ("f", "JSON file")]
        if targets:
            name = order_name(targets[0].document) if len(targets) == 1 else f"{len(targets)} orders"
            answers.insert(1, ("c", f"copy of {name}"))

        def chosen(answer: str) -> None:
            match answer:
                case "b":
                    self._blank()
                case "c":
                    self._copy(targets)
                case _:
                    self._ask_line("file: ", self._add_file)

        self.ask("Add", answers, chosen)

    @_changes
    def _copy(self, orders: Sequence[StagedOrder]) -> None:
        id = ""
        for order in orders:
            id = self.staging.add_copy(order.document, as_update=False)
        self._added([id], f"{_count(len(orders))} copied; number and id end in -copy.")

    def _blank(self) -> None:
        shops = self.house.bench.shops
        if shops is None:
            self.say("Reading the shops …")
            self.run_worker(self._read_shops(), name="read the shops", group="read")
        elif len(shops) == 1:
            self._learn(shops[0].id)
        elif shops:
            own = self.house.bench.own_shop
            self._ask_shop(sorted(shops, key=lambda shop: shop.id != own))
        else:
            self._ask_line("shop number: ", self._typed_shop)

    async def _read_shops(self) -> None:
        try:
            await self.house.bench.read_shops()
        except ApiError as error:
            self.say(f"The shops could not be read: {error} Their numbers can be typed.", "warning")
            self._ask_line("shop number: ", self._typed_shop)
            return
        self._blank()

    def _typed_shop(self, text: str) -> None:
        if text.isascii() and text.isdigit() and len(text) < 19:
            self._learn(int(text))
        elif text:
            self.say("A shop's number has digits only. Nothing was added.", "warning")

    def _ask_shop(self, shops: Sequence[Shop], first: int = 0) -> None:
        """The shops stand on the strip with their numbers, until one is chosen or not."""
        here = shops[first : first + _SHOPS_AT_ONCE]
        self.strip.first_number = 1
        self.strip.set_entries([StripEntry(f"shop {shop.id}", shop.name) for shop in here])
        answers = [(str(number), "") for number in range(1, len(here) + 1)]
        more = first + _SHOPS_AT_ONCE < len(shops)
        if more:
            answers.append(("m", "more"))

        def chosen(answer: str | None) -> None:
            if answer == "m":
                self.call_later(self._ask_shop, shops, first + _SHOPS_AT_ONCE)
                return
            self._show_strip()
            if answer is not None:
                self._learn(here[int(answer) - 1].id)

        self._make_room()
        self.question.ask("Blank order for the shop with the number above:", answers, chosen)

    def _learn(self, shop: int) -> None:
        self.say("Looking at the shop's last orders for status and currency …")
        self.run_worker(self._add_blank(shop), name="learn from the shop's orders", group="read")

    async def _add_blank(self, shop: int) -> None:
        examples: tuple[Document, ...] = ()
        words = "Blank order added; what is needed is marked. Enter edits, v shows only what is required."
        try:
            page = await self.house.bench.client.list_orders(OrderQuery(integration=(shop,), page_size=_LEARNED_FROM))
            examples = page.orders
        except ApiError as error:
            words = f"Blank order added with EUR and unfulfilled, since the shop's orders could not be read: {error}"
        self._stage_blank(shop, examples, words)

    @_changes
    def _stage_blank(self, shop: int, examples: Sequence[Document], words: str) -> None:
        id = self.staging.add_blank(shop, examples)
        self._added([id], words)
        self.open_sheet(Pointer.of("order_number"))

    def _ask_line(self, prompt: str, done: Callable[[str], None]) -> None:
        line = self.query_one("#line", AskLine)
        line.prompt = prompt
        line.add_class("-open")
        line.open()
        self.line_done = done

    def _add_file(self, text: str) -> None:
        if text:
            path = Path(text)
            self.say(f"Reading {path} …")
            self.run_worker(self._read_source(path.name, partial(_read_path, path)), name="read a file")

    def pasted(self, text: str) -> None:
        if self._in_sheet or text.lstrip()[:1] not in ("[", "{"):
            super().pasted(text)
            return

        def chosen(_: str) -> None:
            self.run_worker(self._read_source("pasted text", partial(read_orders, text)), name="read what was pasted")

        self.ask(f"Pasted {len(text)} characters of JSON:", [("o", "read as orders")], chosen)

    async def _read_source(self, name: str, read: Callable[[], Intake]) -> None:
        try:
            intake = await asyncio.to_thread(read)
        except IntakeError as error:
            self.say(str(error), "warning")
            return
        self._take_in(intake, name)

    @_changes
    def _take_in(self, intake: Intake, name: str) -> None:
        ids = self.staging.add_intake(intake, name)
        converted = sum(bool(one.converted) for one in intake.orders)
        words = f"{_count(len(ids))} added from {name}"
        if converted:
            words += f", {converted} with values put into the service's form"
        if intake.refused:
            words += f"; {len(intake.refused)} refused"
        self._added(ids, f"{words}.")
        if intake.refused:
            lines = [f"{one.place} {one.reason}" for one in intake.refused]
            self.house.show_text(f"Not taken from {name}", "\n".join(lines))

    def _added(self, ids: Sequence[str], words: str) -> None:
        if ids:
            self._chosen = ids[-1] if len(ids) == 1 else ids[0]
            if self._standing != ALL or self._words:
                self._standing, self._words = ALL, ""
        self.show_all()
        self.table.go_to_key(self._chosen or "")
        self.remember()
        self.say(f"{words} u takes it back.")
        self.look()

    # Changing the order chosen.

    @on(OrderSheet.FieldChanged, "#form")
    def _field_entered(self, event: OrderSheet.FieldChanged) -> None:
        self._put(event.pointer, event.value)

    @_changes
    def _put(self, pointer: Pointer, value: Json) -> None:
        if self._loaded is None:
            return
        known = field_at(pointer)
        name = known.caption if known is not None else pointer.name
        if self.staging.put(self._loaded, pointer, value, name):
            self._edited()

    def _edited(self) -> None:
        self.show_all()
        self.look()

    @on(OrderSheet.EditorOpened, "#form")
    def _opened(self) -> None:
        self.show_editor_keys()

    @on(OrderSheet.EditorLeft, "#form")
    def _editor_left(self, event: OrderSheet.EditorLeft) -> None:
        if self.sheet.editing is None:
            self.show_keys()
        if event.text is None:
            self.untype(event.pointer)
        else:
            self._typed[event.pointer] = event.text
            self.say("Left without taking; Enter there goes on with what was typed.")
        self.show_all()

    @on(OrderSheet.EditRefused, "#form")
    def _refused(self, event: OrderSheet.EditRefused) -> None:
        self.say(event.reason[:1].upper() + event.reason[1:] + ".", "warning")

    @on(OrderSheet.ExternalEditor, "#form")
    def _external(self, event: OrderSheet.ExternalEditor) -> None:
        text = edit_text(self.house, event.text)
        if text is not None:
            self.sheet.fill_editor(text)

    @_changes
    def do_revert(self, key: str) -> None:
        row, order = self.sheet.cursor_field, self.order
        if not self._in_sheet or row is None or order is None:
            self.say("Backspace works in the form: Enter opens it.")
            return
        typed = self.untype(row.pointer)
        if self.staging.revert(order.id, row.pointer, f"{row.label} as it was staged"):
            self._edited()
            self.say(f"{row.label}: as it was when it was staged.")
        else:
            self.show_all()
            self.say("What was typed is forgotten." if typed else "It is as it was staged.")

    def do_absent(self, key: str) -> None:
        row, order = self.sheet.cursor_field, self.order
        known = field_at(row.pointer) if row is not None else None
        if not self._in_sheet or row is None or order is None or known is None:
            self.say("c works on a field of the form: Enter opens it.")
            return
        if not row.editable:
            self.say(f"{row.reason[:1].upper()}{row.reason[1:]}.", "warning")
            return
        answers = [("a", "absent: left out")] if row.value is not ABSENT else []
        if known.post.empty:
            answers.append(("e", "empty text"))
        if known.post.nullable:
            answers.append(("n", "null"))
        if not answers:
            self.say("It is absent, and may be neither null nor empty.")
            return
        pointer, label = row.pointer, row.label

        def chosen(answer: str) -> None:
            if answer == "a":
                self._leave_out(order.id, pointer, label)
            else:
                self._put(pointer, "" if answer == "e" else None)

        self.ask(f"{label} becomes", answers, chosen)

    @_changes
    def _leave_out(self, id: str, pointer: Pointer, label: str) -> None:
        if self.staging.drop(id, pointer, f"{label} absent"):
            self._edited()

    @_changes
    def do_mend(self, key: str) -> None:
        order = self.order
        if order is None:
            return
        row = self.problems.cursor_row if self._shows_problems and not self._in_sheet else None
        here = self.sheet.cursor_pointer if self._in_sheet else row.pointer if row is not None else None
        found = [one for one in self.staging.findings(order) if not one.stale and self.staging.proposal(order, one)]
        found.sort(key=lambda finding: finding.problem.pointer != here)
        mended = self.staging.mend(order.id, found[0]) if found else None
        if mended is None:
            self.say("There is no proposal for this order.")
            return
        self._edited()
        self.say(f"Mended: {mended.words}. u takes it back.")

    def _add_entry(self) -> None:
        order = self.order
        if order is None:
            return
        if self.current_group() != Group.DUTY:
            self._insert(order, ITEMS, new_item(currency_of(order.document)), "item", "name")
            return
        answers = [(place.name[0], f"{place.name.replace('_', ' ')}'s tax number") for place in _TAX_NUMBERS]

        def chosen(answer: str) -> None:
            place = next(place for place in _TAX_NUMBERS if place.name.startswith(answer))
            self._insert(order, place, {"name": "VAT"}, f"{place.name} tax number", "value")

        self.ask("Add", answers, chosen)

    @_changes
    def _insert(self, order: StagedOrder, place: Pointer, entry: Json, name: str, field: str) -> None:
        entries = place.get(order.document)
        count = len(entries) if isinstance(entries, list) else 0
        pointer = self.staging.insert(order.id, place, count, entry, name)
        self._edited()
        self.sheet.go_to(pointer / field)
        self.say(f"A {name} was added; u takes it back.")

    @_changes
    def do_drop(self, key: str) -> None:
        if self._in_sheet:
            self._drop_entry()
            return
        targets = self.targets()
        if not targets:
            return
        count = self.staging.remove_orders(order.id for order in targets)
        self.table.set_marks(self.table.marks - {order.id for order in targets})
        self._chosen = self.table.cursor_key if self.on_marked else self._next_to(targets[0].id)
        self.show_all()
        sent = any(order.sent for order in targets)
        kept = " The service keeps what it has." if sent else ""
        self.say(f"{_count(count)} removed from here.{kept} u brings back.")

    def _next_to(self, id: str) -> str | None:
        ids = [order.id for order in self._orders]
        place = ids.index(id) if id in ids else 0
        rest = ids[place + 1 : place + 2] or ids[max(0, place - 1) : place]
        return rest[0] if rest else None

    def _drop_entry(self) -> None:
        order, pointer = self.order, self.sheet.cursor_pointer
        if order is None or pointer is None:
            return
        for place in LISTS:
            if len(pointer) > len(place) and pointer.startswith(place):
                entry = Pointer(pointer.tokens[: len(place) + 1])
                if self.staging.remove(order.id, entry, label_of(entry)):
                    self._edited()
                    self.say(f"{label_of(entry)} removed; u brings it back.")
                return
        self.say("D removes an item or a tax number; a field is cleared by c.")

    # Undo.

    @_changes
    def do_undo(self, key: str) -> None:
        self._step_back("Undone", "Nothing to undo", back=True)

    @_changes
    def do_redo(self, key: str) -> None:
        self._step_back("Done again", "Nothing to do again", back=False)

    def _step_back(self, done: str, nothing: str, *, back: bool) -> None:
        if self._in_sheet and (order := self.order) is not None:
            name = (self.staging.undo_in if back else self.staging.redo_in)(order.id)
            self._edited()
            self.say(f"{done}: {name}." if name else f"{nothing} on this order.")
            return
        found = self.staging.undo() if back else self.staging.redo()
        if found is None:
            self.say(f"{nothing}.")
            return
        words, ids = found
        about = next((one for id in ids if (one := self.staging.get(id)) is not None), None)
        if about is not None:
            self._chosen = about.id
            if not self._fits(about):
                self._standing, self._words = ALL, ""
        self._edited()
        name = f", {order_name(about.document)}" if about is not None and len(ids) == 1 else ""
        self.say(f"{done}: {words}{name}.")

    # What may go, and going.

    def do_hold(self, key: str) -> None:
        targets = [order for order in self.targets() if not order.sent]
        if not targets:
            self.say("There is nothing that could be held or released.")
            return
        ids = [order.id for order in targets]
        standings = {self.staging.standing(order) for order in targets}
        if standings <= {Standing.HELD, Standing.UPDATE}:
            self._release(ids)
        elif standings <= {Standing.READY, Standing.SAME}:
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
                        wrong = (Standing.REFUSED, Standing.TO_FIX)
                        self._release([one.id for one in targets if self.staging.standing(one) not in wrong])
                    case _:
                        self._release(ids, in_spite=True)

            name = order_name(targets[0].document) if not several else _count(len(ids))
            self.ask(f"{name}:", answers, chosen)

    @_changes
    def _hold(self, ids: Iterable[str]) -> None:
        count = self.staging.hold(ids)
        self.show_all()
        self.say(f"{_count(count)} held: not sent before z releases.")

    @_changes
    def _release(self, ids: Iterable[str], *, in_spite: bool = False) -> None:
        count = self.staging.release(ids, in_spite=in_spite)
        self.show_all()
        self.say(f"{_count(count)} released{' in spite of problems' if in_spite else ''}; w reviews what is ready.")

    def do_review(self, key: str) -> None:
        if self.staging.owner is not None:
            self.say(f"{self.staging.owner} has this batch; B takes it over.", "warning")
            return
        ids = [order.id for order in self.targets()] if self.on_marked else None
        if not self.staging.orders:
            self.say("There is nothing to review; a adds orders.")
            return
        self.say("Looking once more at what exists …")
        self.run_worker(self._review(ids), name="look before the review", group="review", exclusive=True)

    async def _review(self, ids: list[str] | None) -> None:
        error = await self.staging.look(ids, again=True)
        if not self.is_attached or not self.is_current:
            return
        plan = self.staging.plan(ids)
        self.unsay()
        notes = [f"What exists could not be looked up: {error}"] if error is not None else []
        if not plan.count and ids is None:
            notes.append("Nothing is ready to go; what stays here says why.")
        reviewed = review_plan(self.staging, plan, read_only=self.house.bench.client.read_only, notes=notes)

        def send() -> None:
            self.app.run_worker(self.staging.send(plan), name="send staged orders")
            self.say(f"{_count(plan.count)} on the way; the list shows each.")

        self.house.open_screen(ReviewScreen(reviewed, send))

    def do_refresh(self, key: str) -> None:
        if self.staging.owner is not None:
            self.staging.reopen()
            self.show_all()
            return
        order = self.order
        if order is None:
            return
        self.say("Looking again …")
        self.run_worker(self._look_again(order), name="look at an order again", group="look again")

    async def _look_again(self, order: StagedOrder) -> None:
        if self.staging.standing(order) is Standing.DOUBT:
            words = await self.staging.ask_again([order.id])
        else:
            error = await self.staging.look([order.id], again=True)
            words = str(error) if error is not None else f"It is {order.does}, by a look just now."
        if self.is_attached:
            self.show_all()
            self.say(words or "There is nothing to look for.")

    def do_batches(self, key: str) -> None:
        if self.staging.owner is None:
            self.say("This is the composer; q leads back.")
            return

        def chosen(_: str) -> None:
            self.staging.take_over()
            self.show_all()
            self.say("The batch is yours now.")

        self.ask(f"{self.staging.owner} works on this batch.", [("t", "take it over")], chosen)

    def do_long_text(self, key: str) -> None:
        order = self.order
        if order is None:
            return
        row = self.sheet.cursor_field if self._in_sheet else None
        if row is not None and isinstance(row.value, str) and len(row.value) > 20:
            self.house.show_text(label_of(row.pointer), row.value)
        else:
            self.house.show_text(f"{order_name(order.document)} as it goes", encode(order.document, indent=2).decode())


def _read_path(path: Path) -> Intake:
    return read_orders(read_file(path))


def _kind_of(pointer: Pointer) -> tuple[str, ...]:
    """The pointer without positions."""
    return tuple("*" if token.isdigit() else token for token in pointer.tokens)


def _count(number: int) -> str:
    return f"{number} order{'' if number == 1 else 's'}"
