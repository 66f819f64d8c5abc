"""The picker of the list's columns: showing, hiding, moving and sizing them."""

from datetime import UTC, datetime

import pytest

from tui.orders.columns import COLUMNS, OrderColumn
from tui.orders.query.language import QueryContext, parse
from tui.orders.query.saved_views import WIDEST, ViewColumn
from tui.screens.common.search_screen import StayOpen
from tui.screens.triage.views.column_choices import NARROW, WIDE, ListColumnChoices, columns_of


class Picker:
    """The picker, with what it reported last."""

    def __init__(self, *names: str) -> None:
        self.shown: tuple[ViewColumn, ...] = tuple(map(ViewColumn, names))
        self.choices = ListColumnChoices(self.shown, self._changed)
        self.changes = 0

    def _changed(self, columns: tuple[ViewColumn, ...]) -> None:
        self.shown, self.changes = columns, self.changes + 1

    def press(self, key: str, name: str) -> str:
        """Press a key on a column, and return the notice."""
        rows = [row.key for row in self.choices.offer("")]
        index = rows.index(name)
        result = self.choices.choose(index) if key == "enter" else self.choices.actions[key](index)
        return result.notice if isinstance(result, StayOpen) else "closed"

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.shown]


def test_columns_are_shown_last_hidden_and_moved() -> None:
    picker = Picker("number", "name", "total")
    assert picker.press("enter", "city") == ""
    assert picker.names == ["number", "name", "total", "city"]
    assert [row.key for row in picker.choices.offer("")][1:5] == picker.names
    picker.press("<", "city")
    picker.press("<", "city")
    assert picker.names == ["number", "city", "name", "total"]
    picker.press(">", "number")
    assert picker.names == ["city", "number", "name", "total"]
    picker.press("enter", "name")
    assert "name" not in picker.names
    assert {row.key for row in picker.choices.offer("")} == {"", *COLUMNS}


def test_nothing_changes_at_the_ends_or_on_hidden_columns() -> None:
    picker = Picker("number", "name")
    assert picker.press("<", "number") == picker.press(">", "name") == "It cannot be moved further."
    assert picker.press("+", "city") == "Enter shows the column first."
    picker.press("enter", "name")
    assert picker.press("enter", "number") == "A list has at least one column."
    assert picker.changes == 1


def test_a_column_is_sized_within_limits() -> None:
    picker = Picker("number", "country")
    picker.press("+", "country")
    assert picker.shown[1] == ViewColumn("country", 3)
    for _ in range(5):
        picker.press("-", "country")
    assert picker.shown[1].width == 1
    for _ in range(100):
        picker.press("+", "country")
    assert picker.shown[1].width == WIDEST
    assert columns_of(picker.shown, NARROW)[1].flex == 0


def test_usual_columns_close_the_picker() -> None:
    picker = Picker("city")
    assert picker.press("enter", "") == "closed"
    assert picker.shown == ()
    assert columns_of((), NARROW) == NARROW
    assert columns_of((), WIDE) == WIDE
    assert columns_of((ViewColumn("of a later version"),), NARROW) == NARROW


@pytest.mark.parametrize(
    "column", [column for column in COLUMNS.values() if column.sort], ids=lambda column: column.name
)
def test_every_sort_order_is_a_query(column: OrderColumn) -> None:
    (key,) = parse(f"sort:{column.sort}", QueryContext(datetime(2026, 11, 23, tzinfo=UTC), UTC)).sort
    assert key.descending == column.sort.startswith("-")
