"""Changing one staged order in its form: values, what nothing means, entries of lists, proposals."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from textual import on

from tui.api.codec import Json
from tui.api.models import Group, Operation
from tui.api.pointer import ABSENT, Pointer
from tui.orders.edits.edit import Edit
from tui.orders.edits.list_items import add_entry, addable, copy_entry, move_entry, remove_entry
from tui.orders.fields import Field, entry_of, field_at, label_of
from tui.orders.paths import BILL_TO, SHIP_TO
from tui.orders.summary import order_name
from tui.screens.common.callbacks import ask_then, value_then
from tui.screens.common.commands import handles
from tui.screens.common.key_lines import editor_keys
from tui.screens.composer.batch_pane import BatchScreen
from tui.screens.order.address import STEP, AddressScreen, looks_like_address, offer_address
from tui.screens.order.external_editor import edit_text
from tui.store.db import StoreError
from tui.widgets.form_layout import FieldRow
from tui.widgets.sheet import OrderSheet
from tui.widgets.status import KeyLine
from tui.work.batches.staging import BatchLocked

P = ParamSpec("P")
Screen_ = TypeVar("Screen_", bound=BatchScreen)


def keeps(action: Callable[Concatenate[Screen_, P], None]) -> Callable[Concatenate[Screen_, P], None]:
    """For what changes the batch: where that cannot be kept, the sentence says why, and what is on disk is shown."""

    @wraps(action)
    def guarded(self: Screen_, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            action(self, *args, **kwargs)
        except (BatchLocked, StoreError) as error:
            self.show_all()
            self.show_notice(str(error), "warning")

    return cast("Callable[Concatenate[Screen_, P], None]", guarded)


def nothings(known: Field) -> list[tuple[str, str]]:
    """What nothing may mean in a field of an order to be sent whole, as answers of a question; absent is the first."""
    allowed = (("e", "empty text", known.post.empty), ("n", "null", known.post.nullable))
    return [("a", "absent: left out"), *((key, words) for key, words, is_allowed in allowed if is_allowed)]


class StagedFormScreen(BatchScreen):
    """What the keys do in the form of the order chosen."""

    @on(OrderSheet.FieldChanged, "#form")
    def _field_entered(self, event: OrderSheet.FieldChanged) -> None:
        if self._loaded is not None:
            self.put_at(self._loaded, event.pointer, event.value)

    @keeps
    def put_at(self, id: str, pointer: Pointer, value: Json) -> None:
        """Set a value of an order, which stays in sight whatever it is now."""
        self._stays.add(id)
        known = field_at(pointer)
        self._unkept.add((id, pointer))
        is_changed = self.staging.editing.put(id, pointer, value, known.caption if known is not None else pointer.name)
        self._unkept.discard((id, pointer))
        if is_changed:
            self.edited()

    def took(self, id: str, pointer: Pointer) -> None:
        """An editor was left by taking: what was typed is forgotten, unless the value could not be kept."""
        if (id, pointer) in self._unkept:
            self._unkept.discard((id, pointer))
            self.retype(id)
        else:
            self.untype(id, pointer)

    def edited(self) -> None:
        self.show_all()
        self.look()

    @on(OrderSheet.EditorOpened, "#form")
    def _opened(self) -> None:
        self.query_one(KeyLine).set(editor_keys(several_lines=self.sheet.is_multiline))

    @on(OrderSheet.EditorLeft, "#form")
    def _editor_left(self, event: OrderSheet.EditorLeft) -> None:
        if self.sheet.editing is None:
            self.show_keys()
        if self._loaded is None:
            return
        if event.text is None:
            self.took(self._loaded, event.pointer)
        else:
            self.typed_of(self._loaded)[event.pointer] = event.text
            self.show_notice("Left without taking; Enter there goes on with what was typed.")
        self.show_all()

    @on(OrderSheet.EditRefused, "#form")
    def _refused(self, event: OrderSheet.EditRefused) -> None:
        self.show_notice(event.reason[:1].upper() + event.reason[1:] + ".", "warning")

    @on(OrderSheet.ExternalEditor, "#form")
    def _external(self, event: OrderSheet.ExternalEditor) -> None:
        value_then(self, edit_text(self, event.text), self.sheet.fill_editor)

    @keeps
    @handles("revert")
    def do_revert(self, key: str) -> None:
        row, order = self.sheet.cursor_field, self.order
        if not self._in_sheet or row is None or order is None:
            self.show_notice("Backspace works in the form: Enter opens it.")
            return
        typed = self.untype(order.id, row.pointer)
        if self.staging.editing.revert(order.id, row.pointer, f"{row.label} as it was staged"):
            self.edited()
            self.show_notice(f"{row.label}: as it was when it was staged.")
        else:
            self.show_all()
            self.show_notice("What was typed is forgotten." if typed else "It is as it was staged.")

    def clear_field(self, row: FieldRow | None) -> None:
        """What nothing is to mean in a field of the order chosen."""
        order = self.order
        known = field_at(row.pointer) if row is not None else None
        if row is None or order is None or known is None:
            self.show_notice("There is no field of the service's document here.")
            return
        if not row.editable:
            self.show_notice(f"{row.reason[:1].upper()}{row.reason[1:]}.", "warning")
            return
        answers = nothings(known)[row.value is ABSENT :]
        if not answers:
            self.show_notice("It is absent, and may be neither null nor empty.")
            return
        id, pointer, label = order.id, row.pointer, row.label

        def chosen(answer: str) -> None:
            if answer == "a":
                self._leave_out(id, pointer, label)
            else:
                self.put_at(id, pointer, "" if answer == "e" else None)

        ask_then(self, f"{label} becomes", answers, chosen)

    @keeps
    def _leave_out(self, id: str, pointer: Pointer, label: str) -> None:
        if self.staging.editing.drop(id, pointer, f"{label} absent"):
            self.edited()

    @keeps
    def mend_here(self, here: Pointer | None) -> None:
        """Take the proposal for the problem at a field, or the first one of the order that has a proposal."""
        order = self.order
        if order is None:
            return
        found = [one for one in self.staging.findings(order) if not one.stale and order.proposed_fix(one)]
        found.sort(key=lambda finding: finding.problem.pointer != here)
        self._stays.add(order.id)
        mended = self.staging.editing.apply_fix(order.id, found[0]) if found else None
        if mended is None:
            self.show_notice("There is no proposal for this order.")
            return
        self.edited()
        self.show_notice(f"Mended: {mended.text}. u takes it back.")

    @handles("address")
    def do_address(self, key: str) -> None:
        if not self._in_sheet:
            self.show_notice("A works in the form: Enter opens it.")
            return
        self._open_address()

    def pasted(self, text: str) -> None:
        if self._in_sheet and looks_like_address(text):
            value_then(self, offer_address(self, text), lambda reads: self._open_address(text) if reads else None)
        else:
            super().pasted(text)

    def _open_address(self, text: str = "") -> None:
        order = self.order
        if order is None:
            return
        id = order.id
        place = BILL_TO if self.current_group() == Group.BILL_TO else SHIP_TO

        @keeps
        def take(screen: StagedFormScreen, values: list[tuple[Pointer, Json]]) -> None:
            if screen.staging.editing.put_all(id, values, STEP):
                screen.edited()
                screen.show_notice(f"{STEP[:1].upper()}{STEP[1:]}: {len(values)} fields. u takes it back.")

        screen = AddressScreen(
            self.workspace,
            order.document,
            name=order_name(order.document),
            key=id,
            place=place,
            operation=Operation.POST,
            text=text,
        )
        value = self.ask_screen(screen)
        value_then(self, value, lambda values: take(self, values))

    def add_entry(self) -> None:
        order, pointer = self.order, self.sheet.cursor_pointer
        if order is None:
            return
        kinds = list(addable())
        answers = [(kind.key, kind.title) for kind in kinds]
        if pointer is not None and entry_of(pointer) is not None:
            answers.insert(1, ("c", "copy of this"))

        def chosen(answer: str) -> None:
            if answer == "c":
                self._entries(lambda edit: copy_entry(edit, pointer) if pointer is not None else None, "Copied")
            else:
                kind = next(kind for kind in kinds if kind.key == answer)
                self._entries(lambda edit: add_entry(edit, kind), f"{kind.title[:1].upper()}{kind.title[1:]} added")

        if self.current_group() in (Group.ITEMS, Group.DUTY) or len(answers) > len(kinds):
            ask_then(self, "Add", answers, chosen)
        else:
            chosen("i")

    def drop_entry(self) -> None:
        pointer = self.sheet.cursor_pointer
        entry = entry_of(pointer) if pointer is not None else None
        if entry is None:
            self.show_notice("D removes an item or a tax number; a field is cleared by c.")
            return
        self._entries(
            lambda edit: entry if remove_entry(edit, entry) is not None else None, f"{label_of(entry)} removed"
        )

    @handles("move_up")
    def do_move_up(self, key: str) -> None:
        self._move_entry(-1)

    @handles("move_down")
    def do_move_down(self, key: str) -> None:
        self._move_entry(1)

    def _move_entry(self, by: int) -> None:
        pointer = self.sheet.cursor_pointer if self._in_sheet else None
        if pointer is None or entry_of(pointer) is None:
            self.show_notice("< and > move an item or a tax number of the form.")
            return
        self._entries(lambda edit: move_entry(edit, pointer, by), "Moved")

    @keeps
    def _entries(self, change: Callable[[Edit], Pointer | None], words: str) -> None:
        """Change the lists of the order chosen, and go where that leads."""
        order = self.order
        if order is None:
            return
        pointer = self.staging.editing.change(order.id, change)
        if pointer is None:
            self.show_notice(
                "There is no place to move it to." if words == "Moved" else "There is nothing to do that with."
            )
            return
        self.edited()
        self.sheet.go_to(pointer)
        self.show_notice(f"{words}; u takes it back.")
