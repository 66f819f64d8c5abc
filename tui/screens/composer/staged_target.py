"""A staged order as a target of the form and the table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from tui.api.codec import Document, Json
from tui.api.errors import Problem
from tui.api.models import Operation
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.orders.checks.fix import Fix
from tui.orders.edits.edit import Edit
from tui.orders.edits.json_merge import check_new, keep_fixed_fields
from tui.orders.fields import Field
from tui.screens.order.form_target import EmptyChoice, problems_to_fix
from tui.widgets.form_layout import FieldRow
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.staging import Staging


@dataclass(frozen=True, slots=True)
class StagedTarget:
    """A `FormTarget` and `JsonTarget`: one order of the batch."""

    OPERATION: ClassVar[Operation] = Operation.POST
    CHANGED: ClassVar[str] = "Changed"
    ORIGINAL: ClassVar[str] = "as it was staged"

    staging: Staging
    order: StagedOrder

    @property
    def id(self) -> str:
        return self.order.id

    @property
    def typed_key(self) -> str:
        return typing_key(self.order.id)

    @property
    def document(self) -> Document:
        return self.order.document

    def put(self, pointer: Pointer, value: Json, name: str, beside: Sequence[tuple[Pointer, Json]] = ()) -> bool:
        return self.staging.editing.put(self.id, pointer, value, name, beside)

    def put_all(self, values: Sequence[tuple[Pointer, Json | Absent]], name: str) -> bool:
        return self.staging.editing.put_all(self.id, values, name)

    def drop(self, pointer: Pointer, name: str) -> bool:
        return self.staging.editing.drop(self.id, pointer, name)

    def revert(self, pointer: Pointer, name: str) -> bool:
        return self.staging.editing.revert(self.id, pointer, name)

    def change(self, work: Callable[[Edit], Pointer | None]) -> Pointer | None:
        return self.staging.editing.change(self.id, work)

    @property
    def json_key(self) -> str:
        return self.typed_key

    def check_json(self, wanted: Document) -> list[Problem]:
        return check_new(self.order.edit.base if self.order.fixed else None, wanted)

    def replace_document(self, began: Document, wanted: Document, name: str) -> bool:
        document = keep_fixed_fields(self.order.edit.base, wanted) if self.order.fixed else wanted
        return self.staging.editing.replace_document(self.id, began, document, name)

    def fix(self, here: Pointer | None) -> Fix | None:
        found = [finding for finding in self.staging.findings(self.order) if not finding.stale]
        fixable = (one for one in problems_to_fix(found, here) if self.staging.proposed_fix(self.order, one))
        finding = next(fixable, None)
        return self.staging.editing.apply_fix(self.id, finding) if finding is not None else None

    def undo(self) -> str | None:
        return self.staging.editing.undo_in(self.id)

    def redo(self) -> str | None:
        return self.staging.editing.redo_in(self.id)

    def source(self, pointer: Pointer) -> str:
        return self.order.source_of(pointer)

    def empty_choices(self, row: FieldRow, known: Field) -> list[EmptyChoice]:
        return empty_choices(known)[row.value is ABSENT :]


def empty_choices(known: Field) -> list[EmptyChoice]:
    """The ways to empty a field of a full order, absent first."""
    choices = [EmptyChoice("a", "absent: left out")]
    if known.post.empty:
        choices.append(EmptyChoice("e", "empty text", ""))
    if known.post.nullable:
        choices.append(EmptyChoice("n", "null", None))
    return choices


def typing_key(id: str) -> str:
    """The key of a staged order's unsaved texts. No order of the service has such an id."""
    return f"staged {id}"
