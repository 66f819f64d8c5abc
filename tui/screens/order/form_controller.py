"""The commands of the form of one order: a draft or a staged order."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from tui.api.codec import Json, pretty
from tui.api.models import Group
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.api.wording import count_of
from tui.keymap import Context
from tui.orders.edits.edit import Edit
from tui.orders.edits.list_items import add_entry, addable, copy_entry, entry_name, move_entry, remove_entry
from tui.orders.fields import entry_of, field_at, label_of
from tui.orders.paths import BILL_TO, SHIP_TO
from tui.orders.summary import order_name
from tui.orders.value_parser import ValidValue
from tui.screens.common.commands import handles
from tui.screens.common.routes import ShowText
from tui.screens.common.screen import BaseScreen
from tui.screens.order.address import STEP, AddressScreen, looks_like_address, offer_address
from tui.screens.order.form_rows import FormView
from tui.screens.order.form_target import FormTarget
from tui.screens.order.groups import FormGroups, sentence
from tui.screens.order.typed_texts import TypedTexts
from tui.widgets.form_layout import FieldRow
from tui.widgets.sheet import OrderSheet

_LONG = 20
"""Length from which a value may not fit in its row."""


class FormOwner(Protocol):
    """The owner of a form: shows the order elsewhere, and knows whether it may be changed."""

    def may_edit(self) -> bool:
        """Whether the order may be changed. If not, a notice says why."""

    def saving(self) -> AbstractContextManager[None]:
        """Report a change that could not be saved, and show the stored state."""

    def show_order(self) -> None:
        """Redraw the order after it or its unsaved texts changed."""

    def show_form(self) -> None:
        """Rebuild the rows, because other fields are to be shown."""

    def editor_left(self, changed: bool) -> None:
        """Handle a closed editor. `changed`: whether the unsaved texts shown changed."""


class FormController:
    """Carries out the form's commands. `target` returns the order shown, if one is shown."""

    def __init__(
        self,
        screen: BaseScreen[Any],
        owner: FormOwner,
        sheet: OrderSheet,
        texts: TypedTexts,
        target: Callable[[], FormTarget | None],
    ) -> None:
        self._screen = screen
        self._owner = owner
        self._sheet = sheet
        self._target = target
        self.groups = FormGroups(screen, sheet)
        self.texts = texts
        self.view = FormView.USUAL
        self.words = ""
        """Only fields that contain these words are shown."""

    @property
    def target(self) -> FormTarget | None:
        """What the form edits."""
        return self._target()

    @property
    def edit_key(self) -> str:
        """The name of the key that edits the field under the cursor."""
        return self._key("edit_field", "open")

    def _key(self, in_form: str, in_composer: str) -> str:
        """The name of the key of a command that has another name in the composer."""
        return self._screen.key(in_form if self._screen.WHERE is Context.EDIT else in_composer)

    @property
    def typed(self) -> dict[Pointer, str]:
        """The unsaved texts of the order shown."""
        target = self._target()
        return self.texts.of(target.typed_key) if target is not None else {}

    # The editor.

    def open_editor(self) -> None:
        """Edit the field under the cursor, continuing with unsaved text."""
        if not self._owner.may_edit():
            return
        row = self._sheet.cursor_field
        self._sheet.open_editor(None, self.typed.get(row.pointer) if row is not None else None)

    def typing(self, pointer: Pointer, text: str) -> None:
        if (target := self._target()) is not None:
            with self._screen.report_store_errors():
                self.texts.type(target.typed_key, pointer, text)

    def entered(self, pointer: Pointer, entry: ValidValue) -> None:
        if (target := self._target()) is not None:
            self.put(target, pointer, entry)

    def put(self, target: FormTarget, pointer: Pointer, entry: ValidValue) -> None:
        """Save a value typed in a field, and say how it was read if that may surprise."""
        known = field_at(pointer)
        self.texts.saving(target.typed_key, pointer)
        with self._owner.saving():
            name = known.caption if known is not None else pointer.name
            is_changed = target.put(pointer, entry.value, name, entry.beside)
            self.texts.saved(target.typed_key, pointer)
            if is_changed:
                self._owner.show_order()
            if entry.note:
                self._screen.show_notice(f"{name}: {entry.note}.")

    def editor_left(self, pointer: Pointer, text: str | None) -> None:
        if self._sheet.editing is None:
            self._screen.show_keys()
        if (target := self._target()) is not None:
            self._owner.editor_left(self.left(target, pointer, text))

    def left(self, target: FormTarget, pointer: Pointer, text: str | None) -> bool:
        """Handle a closed editor; `text` is its text if that was not accepted.

        Returns whether the unsaved texts shown changed.
        """
        if text is None:
            return self.texts.taken(target.typed_key, pointer)
        self.texts.leave(target.typed_key, pointer, text)
        self._screen.show_notice(f"The text was not applied; {self.edit_key} in that field continues it.")
        return True

    # One field.

    @handles("revert")
    def revert(self, key: str = "") -> None:
        """Revert the field under the cursor to its original value."""
        target, row = self._target(), self._sheet.cursor_field
        if target is None or row is None:
            return
        had_text = self.texts.forget(target.typed_key, row.pointer)
        with self._owner.saving():
            notice = "The unsaved text was discarded." if had_text else f"The field is {target.ORIGINAL}."
            if target.revert(row.pointer, f"{row.label} {target.ORIGINAL}"):
                notice = f"{row.label}: {target.ORIGINAL}."
            self._owner.show_order()
            self._screen.show_notice(notice)

    async def clear(self) -> None:
        """Ask whether the field under the cursor becomes absent, null or empty."""
        if (target := self._target()) is not None:
            await self.clear_field(target, self._sheet.cursor_field)

    async def clear_field(self, target: FormTarget, row: FieldRow | None) -> None:
        known = field_at(row.pointer) if row is not None else None
        if row is None or known is None:
            self._screen.show_notice("There is no API field here.")
            return
        if not row.editable:
            self._screen.show_notice(sentence(row.reason), "warning")
            return
        choices = {choice.key: choice for choice in target.empty_choices(row, known)}
        if not choices:
            state = "absent" if row.value is ABSENT else "required"
            self._screen.show_notice(f"The field is {state}; it can be neither null nor empty.", "warning")
        else:
            answer = await self._screen.ask(
                f"{row.label} becomes", [(choice.key, choice.label) for choice in choices.values()]
            )
            if answer is not None:
                self._make_empty(target, row, choices[answer].value)

    def _make_empty(self, target: FormTarget, row: FieldRow, value: Json | Absent) -> None:
        if not isinstance(value, Absent):
            self.put(target, row.pointer, ValidValue(value))
        else:
            with self._owner.saving():
                if target.drop(row.pointer, f"{row.label} absent"):
                    self._owner.show_order()

    # Several fields.

    def fix_here(self) -> None:
        """Apply the proposed fix of the problem under the cursor, or the order's first if there is no problem."""
        if (target := self._target()) is not None:
            self.fix(target, self._sheet.cursor_pointer)

    def fix(self, target: FormTarget, here: Pointer | None) -> None:
        """Apply the proposed fix of the problem at a field, or the order's first if the field has no problem."""
        with self._owner.saving():
            fix = target.fix(here)
            if fix is None:
                self._screen.show_notice(
                    f"No fix is proposed here; {self._screen.key('next_problem')} goes to the next problem."
                )
                return
            self._owner.show_order()
            self._screen.show_notice(f"{target.CHANGED}: {fix.words}. {self._screen.key('undo')} undoes it.")

    async def pasted(self, text: str) -> bool:
        """Offer to read a paste as an address. Returns False if it does not look like one."""
        if not looks_like_address(text):
            return False
        if await offer_address(self._screen, text):
            await self.read_address(text)
        return True

    @handles(address="")
    async def read_address(self, text: str = "") -> None:
        """Read an address from text into the address under the cursor."""
        target = self._target()
        if target is None:
            return
        screen = AddressScreen(
            self._screen.workspace,
            target.document,
            name=order_name(target.document),
            key=target.id,
            pointer=BILL_TO if self.groups.current() == Group.BILL_TO else SHIP_TO,
            operation=target.OPERATION,
            text=text,
        )
        values = await self._screen.ask_screen(screen)
        if values is None:
            return
        with self._owner.saving():
            if target.put_all(values, STEP):
                self._owner.show_order()
                self._screen.show_notice(
                    f"{target.CHANGED}: {STEP}, {count_of(len(values), 'field')}. {self._screen.key('undo')} undoes it."
                )

    # Items and tax numbers.

    @handles(add=())
    async def add(self, more: Sequence[tuple[str, str]] = ()) -> str | None:
        """Ask what to add to the order, and add it. `more`: further answers; returned if chosen."""
        target, pointer, group = self._target(), self._sheet.cursor_pointer, self.groups.current()
        if target is None:
            return None
        kinds = {kind.key: kind for kind in addable()}
        answers = [("i", kinds["i"].title)]
        if pointer is not None and entry_of(pointer) is not None:
            answers.append(("c", "copy of this"))
        if group == Group.DUTY or (group == Group.ITEMS and not more):
            answers += [(kind.key, kind.title) for kind in kinds.values() if kind.key != "i"]
        answers += more
        answer: str | None = "i"
        if len(answers) > 1:
            answer = await self._screen.ask("Add", answers)
        if answer is None or answer in dict(more):
            return answer
        if answer == "c" and pointer is not None:
            self._change_entries(target, lambda edit: copy_entry(edit, pointer), "Copied")
        else:
            kind = kinds[answer]
            title = f"{kind.title[:1].upper()}{kind.title[1:]}"
            self._change_entries(target, lambda edit: add_entry(edit, kind), f"{title} added")
        return None

    @handles("drop")
    def remove_entry(self, key: str = "") -> None:
        """Remove the item or tax number under the cursor."""
        target, pointer = self._target(), self._sheet.cursor_pointer
        entry = entry_of(pointer) if pointer is not None else None
        if target is None or entry is None:
            self._screen.show_notice(
                f"{self._screen.key('drop')} removes an item or a tax number; {self._key('empty_value', 'set_field')} "
                "clears a field."
            )
        else:
            name = entry_name(target.document, entry)
            self._change_entries(
                target, lambda edit: entry if remove_entry(edit, entry) is not None else None, f"{name} removed"
            )

    @handles(move_up=-1, move_down=1)
    def move_entry(self, by: int) -> None:
        """Move the item or tax number under the cursor up or down."""
        target, pointer = self._target(), self._sheet.cursor_pointer
        if target is None or pointer is None or entry_of(pointer) is None:
            self._screen.show_notice("< and > move an item or a tax number of the form.")
        else:
            self._change_entries(
                target, lambda edit: move_entry(edit, pointer, by), "Moved", "It cannot be moved further."
            )

    def _change_entries(
        self,
        target: FormTarget,
        work: Callable[[Edit], Pointer | None],
        done: str,
        unchanged: str = "There is no item or tax number here.",
    ) -> None:
        """Change a list of the order, and go to the changed entry."""
        with self._owner.saving():
            pointer = target.change(work)
            if pointer is None:
                self._screen.show_notice(unchanged)
                return
            self._owner.show_order()
            self._sheet.go_to(pointer)
            self._screen.show_notice(f"{done}; {self._screen.key('undo')} undoes it.")

    # Undo.

    @handles("undo")
    def undo(self, key: str = "") -> None:
        self._step_back("Undone", "Nothing to undo", lambda target: target.undo())

    @handles("redo")
    def redo(self, key: str = "") -> None:
        self._step_back("Redone", "Nothing to redo", lambda target: target.redo())

    def _step_back(self, done: str, nothing: str, step: Callable[[FormTarget], str | None]) -> None:
        target = self._target()
        if target is None:
            return
        with self._owner.saving():
            name = step(target)
            if name is None:
                self._screen.show_notice(f"{nothing} on this order.")
                return
            self._owner.show_order()
            self._screen.show_notice(f"{done}: {name}.")

    # Which fields are shown.

    @handles("view")
    def next_view(self, key: str = "") -> None:
        views = list(FormView)
        self.view = views[(views.index(self.view) + 1) % len(views)]
        self._owner.show_form()
        self._screen.show_notice(f"View: {self.view} fields.")

    def narrow(self, words: str) -> None:
        """Show only fields that contain these words, and go to the first one."""
        self.words = words
        self._owner.show_form()
        if words:
            self._sheet.home()

    def end_narrowing(self) -> None:
        """Show every field again and stay at the current one."""
        pointer, words = self._sheet.cursor_pointer, self.words
        self.narrow("")
        if pointer is None:
            if words:
                self._screen.show_notice(f"No field matches {words!r}; all fields are shown.")
            return
        if self._sheet.field(pointer) is None and self.view is not FormView.ALL:
            self.view = FormView.ALL
            self._owner.show_form()
            self._screen.show_notice("View: all fields.")
        self._sheet.go_to(pointer)

    # The order as text.

    @handles("long_text")
    def show_long_text(self, key: str = "") -> None:
        """Show the value under the cursor, if it is long or was imported, else the whole order as JSON."""
        target, row = self._target(), self._sheet.cursor_field
        if target is None:
            return
        value = row.value if row is not None else ABSENT
        source = target.source(row.pointer) if row is not None else ""
        is_long = len(value) > _LONG if isinstance(value, str) else isinstance(value, dict | list) and bool(value)
        if row is not None and (is_long or source):
            text = "" if isinstance(value, Absent) else value if isinstance(value, str) else pretty(value)
            page = ShowText(label_of(row.pointer), f"{source}\n\n{text}" if source else text)
        else:
            page = ShowText(f"{order_name(target.document)} as JSON, with your changes", pretty(target.document))
        self._screen.workspace.go(page)
