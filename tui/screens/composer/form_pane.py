"""The form of a staged order: its rows, and what can be said of the field under the cursor."""

from typing import Any

from tui.api.models import Operation
from tui.api.pointer import Pointer
from tui.orders.fields import field_at, label_of
from tui.orders.paths import SHOP
from tui.orders.summary import text_at
from tui.orders.value_parser import Choices
from tui.screens.common.screen import BaseScreen
from tui.screens.common.workspace import Workspace
from tui.screens.composer.rows import as_composed, notes_of
from tui.screens.composer.staged_target import StagedTarget
from tui.screens.order.form_controller import FormOwner
from tui.screens.order.form_pane import FormPane
from tui.screens.order.form_rows import FormNote, FormSpec, sheet_rows
from tui.screens.order.groups import sentence
from tui.screens.order.typed_texts import TypedTexts
from tui.widgets.form_layout import FieldRow, SheetRow
from tui.widgets.text import safe
from tui.work.batches.staged_order import StagedOrder


class StagedFormPane(FormPane):
    """The form of the order that was loaded last."""

    DEFAULT_CSS = """
    StagedFormPane #help { height: 2; }
    """

    def __init__(self, screen: BaseScreen[Any], owner: FormOwner, texts: TypedTexts) -> None:
        self._workspace = screen.workspace
        self._staging = screen.workspace.staging
        self._loaded: str | None = None
        super().__init__(screen, owner, texts, self.target, empty="No order.")

    def target(self) -> StagedTarget | None:
        """The order that the form shows."""
        order = self._staging.get(self._loaded) if self._loaded is not None else None
        return StagedTarget(self._staging, order) if order is not None else None

    def show_order(self, order: StagedOrder, pointer: Pointer | None = None) -> None:
        """Show an order; `pointer` is the field to go to if it is another one than before."""
        if self._loaded == order.id:
            self.refresh_rows()
        else:
            self._loaded = order.id
            self.load(pointer)

    def forget_order(self) -> None:
        """Begin from the top when an order is shown next."""
        self._loaded = None

    def show_nothing(self) -> None:
        self.forget_order()
        self.load()

    def make_rows(self) -> list[SheetRow]:
        target = self.target()
        if target is None:
            return []
        order, zone = target.order, self._workspace.account.zone
        notes = notes_of(self._staging, order, zone)
        notes.extend(FormNote.typed(*typed) for typed in self.controller.typed.items())
        spec = FormSpec(
            order.edit,
            Operation.POST,
            self.controller.view,
            notes,
            (),
            zone,
            suggestions(self._workspace, order),
            self.controller.words,
            fixed=order.fixed,
        )
        return as_composed(order, sheet_rows(spec))

    def show_help(self) -> None:
        row = self.sheet.cursor_row
        if not isinstance(row, FieldRow):
            self.rule.set()
            self.help_text.set_lines([])
            return
        known = field_at(row.pointer)
        kind = known.kind.replace("_", " ") if known is not None else "unknown to the API"
        required = "required" if known is not None and known.post.required else ""
        self.rule.set(label_of(row.pointer), " · ".join(filter(None, (kind, required))))
        lines = ((sentence(row.reason), "warning"), (row.help, "dim"))
        self.help_text.set_lines([[(f" {safe(text)}", tone)] for text, tone in lines if text])


def suggestions(workspace: Workspace, order: StagedOrder) -> dict[tuple[str, ...], Choices]:
    """Values that other orders of its shop have in fields of free text."""
    return workspace.orders.suggestions(text_at(order.document, SHOP))
