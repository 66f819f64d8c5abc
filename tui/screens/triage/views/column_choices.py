"""The columns of the order list: which there are, how they are drawn, and the picker that chooses, moves and sizes them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from tui.orders.columns import COLUMNS
from tui.orders.query.saved_views import WIDEST, ViewColumn
from tui.screens.common.search_screen import COLUMN_KEYS, StayOpen
from tui.widgets.table import Column, RenderedRow

NARROW: Final = (
    Column("number", "order", 9, 2),
    Column("shop", "s", 1),
    Column("age", "age", 3, 0, "right"),
    Column("country", "cc", 2),
    Column("name", "recipient", 12, 3),
    Column("weight", "kg", 5, 0, "right"),
    Column("total", "total", 9, 0, "right"),
    Column("why", "why it will not ship", 18, 4),
)
"""The usual columns."""
WIDE: Final = (
    Column("number", "order", 12, 1),
    Column("shop", "s", 1),
    Column("age", "age", 3, 0, "right"),
    Column("created", "ordered", 16),
    Column("status", "status", 10, 1),
    Column("country", "cc", 2),
    Column("name", "recipient", 16, 2),
    Column("items", "it", 3, 0, "right"),
    Column("weight", "kg", 6, 0, "right"),
    Column("total", "total", 11, 0, "right"),
    Column("why", "why it will not ship", 20, 3),
)
"""The usual columns in a wide terminal."""

BESIDE_PREVIEW: Final = tuple(column for column in WIDE if column.key != "created")
"""The usual columns beside the preview, which takes their width and shows the time of the order."""

_OTHERS: Final = (
    Column("id", "id", 9),
    Column("updated", "updated", 16),
    Column("due", "due", 9),
    Column("payment", "payment", 8),
    Column("stage", "stage", 8),
    Column("state", "state", 6),
    Column("postcode", "postcode", 8),
    Column("house_number", "number", 6),
    Column("quantity", "qty", 4, 0, "right"),
    Column("currency", "currency", 3),
    Column("warnings", "warnings", 4, 0, "right"),
)
_SHAPES: Final = {column.key: column for column in (*_OTHERS, *WIDE, *NARROW)}
"""The columns whose width is known. All others share the rest of the line."""
_LEAST: Final = 1
_STEP: Final = 1


def columns_of(chosen: Sequence[ViewColumn], usual: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns of a table: those that were chosen and are known, or the usual ones."""
    return tuple(_column(column) for column in chosen if column.name in COLUMNS) or usual


def _column(chosen: ViewColumn) -> Column:
    shape = _SHAPES.get(chosen.name) or Column(chosen.name, COLUMNS[chosen.name].title, 8, 1)
    return replace(shape, width=chosen.width, flex=0) if chosen.width else shape


class ListColumnChoices:
    """The columns of the list, the shown ones first. `changed` is called at every change; none means the usual ones."""

    prompt = "column: "
    columns = (Column("title", "column", 24, 1), Column("width", "width", 5, 0, "right"), Column("name", "name", 14))
    empty = "No column matches."
    keys = (*COLUMN_KEYS[:3], ("+ -", "wider, narrower"), COLUMN_KEYS[3])

    def __init__(self, shown: Sequence[ViewColumn], changed: Callable[[tuple[ViewColumn, ...]], None]) -> None:
        self._shown = [column for column in shown if column.name in COLUMNS]
        self._changed = changed
        names = [column.name for column in self._shown]
        self._order = [*names, *(name for name in COLUMNS if name not in names)]
        self._found: Sequence[str] = ()
        self.actions: dict[str, Callable[[int], StayOpen]] = {
            "<": lambda index: self._move(index, -1),
            ">": lambda index: self._move(index, 1),
            "+": lambda index: self._resize(index, _STEP),
            "-": lambda index: self._resize(index, -_STEP),
        }

    def offer(self, text: str) -> list[RenderedRow]:
        words, shown = text.lower().split(), {column.name: column for column in self._shown}
        titles = {name: f"{COLUMNS[name].title} {name}".lower() for name in self._order}
        self._found = ["", *(name for name in self._order if all(word in titles[name] for word in words))]
        return [
            RenderedRow(
                name,
                (COLUMNS[name].title, str(shown[name].width or "") if name in shown else "", name)
                if name
                else ("usual columns", "", ""),
                "+" if name in shown else " ",
            )
            for name in self._found
        ]

    def choose(self, index: int) -> StayOpen | None:
        name = self._found[index]
        if not name:
            self._changed(())
            return None
        here = self._place(name)
        if here is None:
            self._shown.append(ViewColumn(name))
            # It is drawn as the last column, and listed there.
            self._order.remove(name)
            self._order.insert(len(self._shown) - 1, name)
        elif len(self._shown) == 1:
            return self._stay("A list has at least one column.")
        else:
            self._order.remove(name)
            self._shown.pop(here)
            self._order.insert(len(self._shown), name)
        return self._stay()

    def _move(self, index: int, by: int) -> StayOpen:
        here = self._place(self._found[index])
        if here is None:
            return self._stay("Enter shows the column first.")
        if not 0 <= here + by < len(self._shown):
            return self._stay("It cannot be moved further.")
        self._shown.insert(here + by, self._shown.pop(here))
        self._order.insert(here + by, self._order.pop(here))
        return self._stay()

    def _resize(self, index: int, by: int) -> StayOpen:
        here = self._place(self._found[index])
        if here is None:
            return self._stay("Enter shows the column first.")
        column = self._shown[here]
        width = max(_LEAST, min(WIDEST, (column.width or _column(column).width) + by))
        self._shown[here] = replace(column, width=width)
        return self._stay()

    def _place(self, name: str) -> int | None:
        return next((index for index, column in enumerate(self._shown) if column.name == name), None)

    def _stay(self, notice: str = "") -> StayOpen:
        """Report a change. A notice says why there was none."""
        if not notice:
            self._changed(tuple(self._shown))
        return StayOpen(f"{len(self._shown)} shown", notice)
