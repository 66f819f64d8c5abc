"""Changes from the order list: of the current order as a draft, of many orders as a bulk change."""

from dataclasses import replace
from typing import cast

from tui.api.codec import Document
from tui.api.pointer import ABSENT, Pointer
from tui.api.query import order_key
from tui.orders.edits.bulk_change import BulkChange, FieldAssignment, apply_to_edit
from tui.orders.fields import full_label
from tui.orders.paths import ANY
from tui.orders.summary import order_name
from tui.orders.value_parser import show_value
from tui.screens.common.commands import handles
from tui.screens.common.routes import OpenBulk
from tui.screens.order.pickers import ADD_TAGS, REMOVE_TAGS, ValueScreen, field_picker, recipe_rows, value_in
from tui.screens.triage.order_list import OrderCommands
from tui.widgets.form_layout import FieldRow
from tui.work.bulk.saved_changes import SavedChanges


class ChangeCommands(OrderCommands):
    """Changes of the order under the cursor, or of all marked orders."""

    async def ask_on_all(self) -> None:
        """Ask for a change of all orders of this filter that were read."""
        index = self._workspace.orders
        count = len(index.window)
        if not count:
            self._screen.show_notice("No orders are listed, so none can be marked.")
            return
        last = SavedChanges(self._workspace.account).last
        answers = [("c", "set a field"), ("t", "tags"), *([(".", "repeat")] if last is not None else [])]
        more = "" if self._workspace.sync.state.is_complete else " read so far"
        answer = await self._screen.ask(f"None marked. On all {count}{more}:", answers)
        if answer is None:
            return
        table = self._orders.table
        table.set_marks(index.window.keys())
        self._screen.on_marked = True
        try:
            await {"c": self.set_field, "t": self.set_tags, ".": self.repeat}[answer](answer)
        finally:
            # They were marked for this change only; the next key after `;` must not act on all of them.
            table.set_marks(())

    @handles("set_field")
    async def set_field(self, key: str) -> None:
        """Choose a field or a saved change, then its value: a draft for one order, a bulk change for many."""
        order = None if self._screen.on_marked else self._orders.changeable()
        if order is None and not self._screen.on_marked:
            return
        name = f"{len(self._orders.table.marks)} marked orders" if order is None else order_name(order)
        recipes = SavedChanges(self._workspace.account).all()
        choice = await self._screen.ask_screen(field_picker(self._workspace, f"Set a field of {name}", recipes))
        if choice is None:
            return
        if choice.recipe is not None:
            self._begin(choice.recipe, order)
        elif choice.field is not None and order is not None:
            await self._ask_value(order, FieldAssignment(choice.field.path))
        elif choice.field is not None:
            path = choice.field.path
            self._open_many(BulkChange(assignments=(FieldAssignment(path),)), edit=Pointer(path))

    @handles("tags")
    async def set_tags(self, key: str) -> None:
        """Ask for tags to add and to remove, for one order or for many."""
        if self._screen.on_marked:
            self._open_many(BulkChange(), edit=ADD_TAGS)
            return
        order = self._orders.changeable()
        if order is None:
            return
        rows = recipe_rows(BulkChange(), {})
        values = await self._screen.ask_screen(ValueScreen(self._workspace, f"Tags of {order_name(order)}", rows))
        if values is not None:
            add, remove = (tuple(cast("list[str]", values.get(pointer) or [])) for pointer in (ADD_TAGS, REMOVE_TAGS))
            self._draft(BulkChange().with_tags(add, remove), order)

    @handles("repeat")
    async def repeat(self, key: str) -> None:
        last = SavedChanges(self._workspace.account).last
        if last is None or last.is_empty:
            self._screen.show_notice(
                f"There is no change to repeat yet; {self._screen.key('set_field')} sets a field, "
                f"{self._screen.key('tags')} tags."
            )
        else:
            order = None if self._screen.on_marked else self._orders.changeable()
            if order is not None or self._screen.on_marked:
                self._begin(last, order)

    def _begin(self, recipe: BulkChange, order: Document | None) -> None:
        if order is None:
            self._open_many(recipe)
        else:
            self._draft(recipe, order)

    async def _ask_value(self, order: Document, setting: FieldAssignment) -> None:
        """Ask for the value of one field of one order."""
        now = value_in(self._orders.draft_of(order).edit.document, setting.path)
        change = BulkChange(assignments=(replace(setting, value=now),))
        (row, *_) = recipe_rows(change, self._workspace.orders.suggestions())
        if isinstance(row, FieldRow) and now is ABSENT:
            row = replace(row, shown=show_value(row.kind, ABSENT))
        title = f"{full_label(setting.path)} of {order_name(order)}"
        # If the connection is lost now, the order's form offers the typed text.
        typed_key = order_key(order) if ANY not in setting.path else ""
        # Items may have different units, so that a typed one is set in all.
        document = self._orders.draft_of(order).edit.document if ANY not in setting.path else None
        screen = ValueScreen(self._workspace, title, [row], typed_key=typed_key, document=document)
        values = await self._screen.ask_screen(screen)
        if values is None:
            return
        if setting.pointer not in values:
            self._screen.show_notice("Nothing was changed.")
        else:
            assignments = tuple(replace(setting, path=pointer.tokens, value=value) for pointer, value in values.items())
            self._draft(BulkChange(assignments=assignments), order)

    def _draft(self, recipe: BulkChange, order: Document) -> None:
        """Apply a recipe to the order's draft as one step."""
        if recipe.is_empty:
            self._screen.show_notice("Nothing was changed.")
            return
        SavedChanges(self._workspace.account).used(recipe)
        draft = self._orders.draft_of(order)
        steps = draft.edit.done
        if reasons := apply_to_edit(recipe, draft.edit):
            self._screen.show_notice(f"Not changed: {'; '.join(reasons)}.", "warning")
        elif draft.edit.done == steps:
            self._screen.show_notice(f"Already set: {recipe.summary}.")
        else:
            self._orders.save(draft)
            next_order = self._orders.next_order
            left = next_order.after_draft(draft) if recipe.assignments else next_order.after([draft.order_id])
            self._screen.show_notice(
                f"Drafted: {recipe.name or recipe.summary}. {left} {self._screen.key('undo')} undoes it, "
                f"{self._screen.key('repeat')} repeats it, {self._screen.key('review')} reviews."
            )

    def _open_many(self, recipe: BulkChange, edit: Pointer | None = None) -> None:
        """Open a bulk change of the marked orders, including those not listed."""
        index, marks = self._workspace.orders, self._orders.table.marks
        shown = index.window.keys()
        listed = [key for key in shown if key in marks]
        wanted = [*listed, *sorted(marks - set(listed))]
        orders = [(key, order_name(found) if (found := index.find(key)) is not None else f"#{key}") for key in wanted]
        scope = ""
        if len(listed) == len(shown) == len(wanted):
            scope = "all of this filter" if self._workspace.sync.state.is_complete else "all read so far"
        self._workspace.go(OpenBulk(self._workspace.jobs.make(recipe, orders, scope).id, edit))
