"""Changing one staged order in its form: values, what nothing means, entries of lists, proposals."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from textual import on

from tui.api.codec import Json
from tui.api.models import Group
from tui.api.pointer import ABSENT, Pointer
from tui.orders.fields import ITEMS, LISTS, field_at, label_of
from tui.screens.composing import BatchScreen
from tui.screens.external import edit_text
from tui.store.db import StoreError
from tui.widgets.sheet import OrderSheet
from tui.work.staged import StagedOrder
from tui.work.staging import CannotChange
from tui.work.template import currency_of, new_item

_TAX_NUMBERS = LISTS[1:]

P = ParamSpec("P")
Screen_ = TypeVar("Screen_", bound=BatchScreen)


def keeps(action: Callable[Concatenate[Screen_, P], None]) -> Callable[Concatenate[Screen_, P], None]:
    """For what changes the batch: where that cannot be kept, the sentence says why, and what is on disk is shown."""

    @wraps(action)
    def guarded(self: Screen_, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            action(self, *args, **kwargs)
        except (CannotChange, StoreError) as error:
            self.show_all()
            self.say(str(error), "warning")

    return cast("Callable[Concatenate[Screen_, P], None]", guarded)


class StagedFormScreen(BatchScreen):
    """What the keys do in the form of the order chosen."""

    @on(OrderSheet.FieldChanged, "#form")
    def _field_entered(self, event: OrderSheet.FieldChanged) -> None:
        self._put(event.pointer, event.value)

    @keeps
    def _put(self, pointer: Pointer, value: Json) -> None:
        if self._loaded is None:
            return
        known = field_at(pointer)
        name = known.caption if known is not None else pointer.name
        if self.staging.put(self._loaded, pointer, value, name):
            self.edited()

    def edited(self) -> None:
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
        edit_text(self.house, event.text, self.sheet.fill_editor)

    @keeps
    def do_revert(self, key: str) -> None:
        row, order = self.sheet.cursor_field, self.order
        if not self._in_sheet or row is None or order is None:
            self.say("Backspace works in the form: Enter opens it.")
            return
        typed = self.untype(row.pointer)
        if self.staging.revert(order.id, row.pointer, f"{row.label} as it was staged"):
            self.edited()
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

    @keeps
    def _leave_out(self, id: str, pointer: Pointer, label: str) -> None:
        if self.staging.drop(id, pointer, f"{label} absent"):
            self.edited()

    @keeps
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
        self.edited()
        self.say(f"Mended: {mended.words}. u takes it back.")

    def add_entry(self) -> None:
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

    @keeps
    def _insert(self, order: StagedOrder, place: Pointer, entry: Json, name: str, field: str) -> None:
        entries = place.get(order.document)
        count = len(entries) if isinstance(entries, list) else 0
        pointer = self.staging.insert(order.id, place, count, entry, name)
        self.edited()
        self.sheet.go_to(pointer / field)
        self.say(f"{name[:1].upper()}{name[1:]} added; u takes it back.")

    def drop_entry(self) -> None:
        order, pointer = self.order, self.sheet.cursor_pointer
        if order is None or pointer is None:
            return
        for place in LISTS:
            if len(pointer) > len(place) and pointer.startswith(place):
                entry = Pointer(pointer.tokens[: len(place) + 1])
                if self.staging.remove(order.id, entry, label_of(entry)):
                    self.edited()
                    self.say(f"{label_of(entry)} removed; u brings it back.")
                return
        self.say("D removes an item or a tax number; a field is cleared by c.")
