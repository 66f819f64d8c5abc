"""Shared by tables: rows found by key, and marking by answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar, cast

from tui.widgets.table import OrderTable


class _Named(Protocol):
    @property
    def id(self) -> str:
        """The key of the row."""


T = TypeVar("T")


@dataclass(slots=True)
class KeyedRows(Generic[T]):
    """Finds rows by their keys, by default the ids of the elements. A subclass makes the rows."""

    elements: Sequence[T]
    _positions: dict[str, int] | None = field(default=None, init=False)

    def __len__(self) -> int:
        return len(self.elements)

    def key_at(self, index: int) -> str:
        return cast(_Named, self.elements[index]).id

    def index_of(self, key: str) -> int | None:
        if self._positions is None:
            self._positions = {self.key_at(index): index for index in range(len(self))}
        return self._positions.get(key)


def mark_by(table: OrderTable, answer: str) -> None:
    """Mark all rows (`a`), none (`n`), or invert the marks (`i`)."""
    match answer:
        case "a":
            table.mark_all()
        case "n":
            table.set_marks(())
        case "i":
            table.invert_marks()
