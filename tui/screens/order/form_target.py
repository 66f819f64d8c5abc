"""What a form changes: the draft of an order, or a staged order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

from tui.api.codec import Document, Json
from tui.api.errors import Problem
from tui.api.models import Operation
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.orders.checks.fix import Fix
from tui.orders.edits.edit import Edit
from tui.orders.fields import Field
from tui.widgets.form_layout import FieldRow


@dataclass(frozen=True, slots=True)
class EmptyChoice:
    """One way to empty a field: absent, null or an empty value. `label` describes it in a question."""

    key: str
    label: str
    value: Json | Absent = ABSENT


class HasProblem(Protocol):
    @property
    def problem(self) -> Problem: ...


P = TypeVar("P", bound=HasProblem)


def problems_to_fix(found: Sequence[P], here: Pointer | None) -> Sequence[P]:
    """The problems at a field, or all if it has none: a key that fixes must not fix another problem than the one shown."""
    return [one for one in found if one.problem.pointer == here] or found


class FormTarget(Protocol):
    """One order and the operations of a form on it. Every method that changes the order also saves it.

    Methods raise `StoreError` or `BatchLocked` if the change could not be saved.
    """

    OPERATION: ClassVar[Operation]
    CHANGED: ClassVar[str]
    """First word of the notice after a fix or an address was applied."""
    ORIGINAL: ClassVar[str]
    """Describes a field after it was reverted."""

    @property
    def id(self) -> str:
        """The key of the text of the address screen."""

    @property
    def typed_key(self) -> str:
        """The key of the unsaved texts of the order's fields."""

    @property
    def document(self) -> Document:
        """The order with its changes."""

    def put(self, pointer: Pointer, value: Json, name: str, beside: Sequence[tuple[Pointer, Json]] = ()) -> bool:
        """Set the value of a field, and values `beside` it. Returns whether anything changed, as the other methods do."""

    def put_all(self, values: Sequence[tuple[Pointer, Json | Absent]], name: str) -> bool:
        """Set several values as one step."""

    def drop(self, pointer: Pointer, name: str) -> bool:
        """Make a value absent."""

    def revert(self, pointer: Pointer, name: str) -> bool:
        """Give a field its original value."""

    def change(self, work: Callable[[Edit], Pointer | None]) -> Pointer | None:
        """Change the edit as one step. `work` returns the field to go to, or None if it changed nothing."""

    def fix(self, here: Pointer | None) -> Fix | None:
        """Apply a proposed fix: of a problem at this field, or of the order's first if this field has no problem.

        Returns the fix, or None if there was none.
        """

    def undo(self) -> str | None:
        """Undo the last step. Returns its name, or None if there was none."""

    def redo(self) -> str | None:
        """Redo the step that was undone last. Returns its name, or None if there was none."""

    def source(self, pointer: Pointer) -> str:
        """Where the value at a pointer came from, as sentences; empty if it was not imported from a table."""

    def empty_choices(self, row: FieldRow, known: Field) -> list[EmptyChoice]:
        """The ways to empty this field, without the present one."""
