"""The form of one order: its rows, and the help of the field under the cursor."""

from collections.abc import Callable
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from tui.api.pointer import Pointer
from tui.screens.common.key_lines import editor_keys
from tui.screens.common.screen import BaseScreen
from tui.screens.order.external_editor import edit_field
from tui.screens.order.form_controller import FormController, FormOwner
from tui.screens.order.form_target import FormTarget
from tui.screens.order.groups import sentence
from tui.screens.order.pickers import reader_of
from tui.screens.order.typed_texts import TypedTexts
from tui.widgets.form_layout import SheetRow
from tui.widgets.pager import Pager
from tui.widgets.sheet import OrderSheet
from tui.widgets.status import RuleLine


class FormPane(Container):
    """Passes events of the form to `controller`. A subclass makes the rows and the help."""

    DEFAULT_CSS = """
    FormPane { layout: vertical; height: 1fr; }
    """

    def __init__(
        self,
        screen: BaseScreen[Any],
        owner: FormOwner,
        texts: TypedTexts,
        target: Callable[[], FormTarget | None],
        *,
        empty: str,
    ) -> None:
        super().__init__()
        self._base = screen
        reader = reader_of(screen.workspace, lambda: shown.document if (shown := target()) is not None else None)
        self.sheet = OrderSheet(reader=reader, typing_hook=self._typing, empty=empty, id="form")
        self.rule = RuleLine(id="field")
        self.help_text = Pager(id="help")
        self.controller = FormController(screen, owner, self.sheet, texts, target)

    def compose(self) -> ComposeResult:
        return (self.sheet, self.rule, self.help_text)

    def make_rows(self) -> list[SheetRow]:
        """The rows of the current order."""
        raise NotImplementedError

    def show_help(self) -> None:
        """Describe the field under the cursor."""
        raise NotImplementedError

    def load(self, pointer: Pointer | None = None) -> None:
        """Show another order, from its top or at a field."""
        self.sheet.load(self.make_rows(), pointer)
        self.show_help()

    def refresh_rows(self) -> None:
        """Update the rows of the same order."""
        self.sheet.set_rows(self.make_rows())
        self.show_help()

    def _typing(self, pointer: Pointer, text: str) -> None:
        self.controller.typing(pointer, text)

    @on(OrderSheet.CursorMoved, "#form")
    def _cursor_moved(self) -> None:
        self.show_help()

    @on(OrderSheet.Activated, "#form")
    def _activated(self, event: OrderSheet.Activated) -> None:
        event.stop()
        self.controller.open_editor()

    @on(OrderSheet.FieldChanged)
    def _entered(self, event: OrderSheet.FieldChanged) -> None:
        self.controller.entered(event.pointer, event.entry)

    @on(OrderSheet.EditorOpened)
    def _opened(self) -> None:
        self._base.key_line.set(editor_keys(several_lines=self.sheet.is_multiline))

    @on(OrderSheet.EditorLeft)
    def _left(self, event: OrderSheet.EditorLeft) -> None:
        self.controller.editor_left(event.pointer, event.text)

    @on(OrderSheet.EditRefused)
    def _refused(self, event: OrderSheet.EditRefused) -> None:
        self._base.show_notice(sentence(event.reason), "warning")

    @on(OrderSheet.ExternalEditor)
    def _external(self, event: OrderSheet.ExternalEditor) -> None:
        if (target := self.controller.target) is not None:
            edit_field(self._base, self.sheet, event.text, target.typed_key)
