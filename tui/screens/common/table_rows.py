"""What tables share: rows found by an id, marks by an answer, and the widgets of a screen that is one table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from textual.app import ComposeResult

from tui.widgets.dialogs import QuestionBar
from tui.widgets.input_line import InputLine
from tui.widgets.status import KeyLine, StatusLine, TitleLine
from tui.widgets.table import OrderTable


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Thing = TypeVar("Thing", bound=_Named)


@dataclass(slots=True)
class KeyedRows(Generic[Thing]):
    """The half of a row source that finds things; what a row shows is the subclass's."""

    orders: Sequence[Thing]
    _places: dict[str, int] | None = field(default=None, init=False)

    def __len__(self) -> int:
        return len(self.orders)

    def key_at(self, index: int) -> str:
        return self.orders[index].id

    def index_of(self, key: str) -> int | None:
        if self._places is None:
            self._places = {order.id: place for place, order in enumerate(self.orders)}
        return self._places.get(key)


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


def table_widgets(table: OrderTable, line: InputLine) -> ComposeResult:
    """The widgets of a screen with a table from edge to edge, and a line below it that is hidden until it is opened."""
    yield TitleLine()
    yield table
    yield line
    yield StatusLine()
    yield QuestionBar()
    yield KeyLine()
