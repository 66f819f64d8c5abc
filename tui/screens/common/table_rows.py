"""What tables share: rows found by an id, and marks by an answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from tui.widgets.table import OrderTable


class _Named(Protocol):
    @property
    def id(self) -> str:
        """The key of the row."""


Thing = TypeVar("Thing", bound=_Named)


@dataclass(slots=True)
class KeyedRows(Generic[Thing]):
    """Finds rows by their keys. A subclass makes the rows."""

    orders: Sequence[Thing]
    _positions: dict[str, int] | None = field(default=None, init=False)

    def __len__(self) -> int:
        return len(self.orders)

    def key_at(self, index: int) -> str:
        return self.orders[index].id

    def index_of(self, key: str) -> int | None:
        if self._positions is None:
            self._positions = {order.id: index for index, order in enumerate(self.orders)}
        return self._positions.get(key)


def mark_by(table: OrderTable, answer: str) -> bool:
    """Mark all rows (`a`), none (`n`), or those that are not marked instead (`i`); False for any other answer."""
    match answer:
        case "a":
            table.mark_all()
        case "n":
            table.set_marks(())
        case "i":
            table.invert_marks()
        case _:
            return False
    return True
