"""The form of a draft: its rows, and the help of the field under the cursor."""

from collections.abc import Iterable, Sequence
from typing import Any

from tui.api.errors import Severity
from tui.api.models import Operation
from tui.keymap import Context
from tui.orders.edits.edit import Edit
from tui.orders.fields import field_at, label_of, required_in
from tui.orders.paths import NOTES, SHOP
from tui.orders.summary import text_at
from tui.screens.common.screen import BaseScreen
from tui.screens.edit.open_draft import OpenDraft
from tui.screens.order.form_controller import FormOwner
from tui.screens.order.form_pane import FormPane
from tui.screens.order.form_rows import ConflictNote, FormNote, FormSpec, RowCache, sheet_rows
from tui.screens.order.groups import sentence
from tui.screens.order.typed_texts import TypedTexts
from tui.widgets.form_layout import FieldRow, SheetRow
from tui.widgets.lines import Piece
from tui.widgets.text import fit, safe, wrap

_HELP_LINES = 3


class DraftFormPane(FormPane):
    """The form of the draft in `draft`, if there is one."""

    DEFAULT_CSS = f"""
    DraftFormPane #help {{ height: {_HELP_LINES}; }}
    """

    def __init__(self, screen: BaseScreen[Any], owner: FormOwner) -> None:
        self.draft: OpenDraft | None = None
        self._workspace = screen.workspace
        self._cache, self._prepared = RowCache(), RowCache()
        texts = TypedTexts(self._workspace.account.drafts)
        super().__init__(screen, owner, texts, lambda: self.draft, empty="Reading …")

    def show_draft(self, draft: OpenDraft | None) -> None:
        """Set the draft of another order."""
        self.draft = draft
        self._cache, self._prepared = self._prepared, RowCache()

    def prepare(self, edit: Edit) -> None:
        """Make the rows of an order that is probably shown next."""
        self._prepared = RowCache()
        sheet_rows(self._spec(edit), self._prepared)

    @property
    def error_count(self) -> int:
        return sum(note.problem.severity is Severity.ERROR for note in self.draft.notes) if self.draft else 0

    def make_rows(self) -> list[SheetRow]:
        draft = self.draft
        if draft is None:
            return []
        typed = (FormNote.typed(*typed, self.controller.edit_key) for typed in self.controller.typed.items())
        return sheet_rows(self._spec(draft.edit, [*draft.notes, *typed], draft.conflicts()), self._cache)

    def _spec(self, edit: Edit, notes: Sequence[FormNote] = (), conflicts: Sequence[ConflictNote] = ()) -> FormSpec:
        return FormSpec(
            edit,
            Operation.PATCH,
            self.controller.view,
            notes,
            conflicts,
            self._workspace.account.zone,
            self._workspace.orders.suggestions(text_at(edit.document, SHOP)),
            self.controller.words,
            fixed=True,
            add_key=self._workspace.keymap.key("add", Context.EDIT),
        )

    def show_help(self) -> None:
        row = self.sheet.cursor_row
        lines: list[Piece] = []
        if isinstance(row, FieldRow):
            self.rule.set(label_of(row.pointer), self._facts(row))
            known = field_at(row.pointer)
            limits = sentence(", ".join(known.limits)) if known is not None else ""
            if row.reason:
                lines.append((sentence(row.reason), "warning"))
            elif row.full_order_reason:
                lines.append((f"Sent as a full order: {row.full_order_reason}.", "info"))
            lines += [(" ".join(filter(None, (row.help, limits))), ""), (str(row.pointer), "dim")]
        else:
            self.rule.set()
        # The customer's note is always shown.
        note = text_at(self.draft.document, NOTES) if self.draft is not None else ""
        note = f'customer note: "{note}"' if note else ""
        self.help_text.set_lines(_help_lines(lines, note, self.help_text.drawn_width - 2))

    def _facts(self, row: FieldRow) -> str:
        """The kind of the field and the empty values it may have (Q3.8-3.10)."""
        known = field_at(row.pointer)
        if known is None:
            return "unknown to the API · read only"
        kind = known.kind.replace("_", " ")
        if not row.editable:
            return f"{kind} · read only"
        ways = [word for word, allowed in (("null", known.patch.nullable), ("empty", known.patch.empty)) if allowed]
        if ways and not row.full_order_reason:
            return f"{kind} · may be {' or '.join(ways)}"
        is_required = self.draft is not None and required_in(row.pointer, known, self.draft.document)
        return f"{kind} · {'required' if is_required else 'removed only by a full order'}"


def _help_lines(pieces: Iterable[Piece], note: str, width: int) -> list[list[Piece]]:
    """The lines of the help pane, the most important first. A note takes the last line."""
    room = _HELP_LINES - bool(note)
    lines: list[list[Piece]] = []
    for text, tone in pieces:
        if not text:
            continue
        parts = wrap(safe(text), width)
        left = room - len(lines)
        if len(parts) > left > 0:
            parts = [*parts[: left - 1], fit(" ".join(parts[left - 1 :]), width)]
        lines.extend([(f" {part}", tone), ("", "")] for part in parts[:left])
    return [*lines, [(f" {fit(safe(note), width)}", "info"), ("", "")]] if note else lines
