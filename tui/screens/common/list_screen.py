"""What lists of things share: rows found by the thing's id, and a screen that is one list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Protocol, TypeVar

from textual import on
from textual.app import ComposeResult

from tui.screens.common.commands import handles
from tui.screens.common.screen import BaseScreen
from tui.widgets.dialogs import QuestionBar
from tui.widgets.input_line import InputLine
from tui.widgets.lines import LineView
from tui.widgets.status import KeyLine, StatusLine, TitleLine
from tui.widgets.table import Column, OrderTable


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


class ListScreen(BaseScreen[None]):
    """A table from edge to edge, made anew whenever it comes in sight or something happened below."""

    COLUMNS: ClassVar[tuple[Column, ...]]
    EMPTY: ClassVar[str]
    PROMPT: ClassVar[str] = ""

    def compose(self) -> ComposeResult:
        yield TitleLine()
        yield OrderTable(self.COLUMNS, empty=self.EMPTY)
        yield InputLine(self.PROMPT, hides=True)
        yield StatusLine()
        yield QuestionBar()
        yield KeyLine()

    def show_all(self) -> None:
        """Load the table with what there is now."""
        raise NotImplementedError

    @handles("open")
    def do_open(self, key: str) -> None:
        raise NotImplementedError

    @property
    def table(self) -> OrderTable:
        return self.query_one(OrderTable)

    @property
    def line(self) -> InputLine:
        return self.query_one(InputLine)

    @property
    def list_view(self) -> LineView:
        return self.table

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.show_all()

    def store_changed(self) -> None:
        if self.is_on_top:
            self.show_all()

    def give_focus(self) -> None:
        (self.line if self.line.is_open else self.table).focus(scroll_visible=False)

    @on(OrderTable.Activated)
    def _activated(self) -> None:
        self.do_open("enter")

    @handles("refresh")
    def do_refresh(self, key: str) -> None:
        self.show_all()
