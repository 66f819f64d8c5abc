"""Orders as a table of text: hostile texts survive the round trip, and every line that cannot be used is reported."""

import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.codec import Document
from tui.api.pointer import ABSENT, Pointer
from tui.orders.edits.table_text import (
    TableChanges,
    UnknownColumn,
    column_paths,
    columns_named,
    escape,
    read_text,
    to_text,
    unescape,
)
from tui.orders.tables.values.weight_entry import parse_weight

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
NAME = Pointer.of("shipping_address", "name")
STREET = Pointer.of("shipping_address", "address_line_1")
WEIGHT = Pointer.of("shipping_details", "measurement", "weight", "value")


def order(number: Any, name: Any = "Jan", **address: Any) -> Document:
    items = [{"name": "Mug", "sku": "M-1", "quantity": 1}, {"name": "Tea", "quantity": 2}]
    return {
        "order_number": number,
        "shipping_address": {"name": name, "address_line_1": "Damrak 1", "country_code": "NL", **address},
        "order_details": {"order_items": items[: 1 if number == "A" else 2]},
    }


ORDERS = {"7": order("A"), "8": order("B", postal_code=None)}


def edited(columns: str, *replacements: tuple[str, str], orders: dict[str, Document] = ORDERS) -> TableChanges:
    """Read the table of two orders after these replacements in its text."""
    chosen = columns_named(columns.split(), list(orders.values()))
    text = to_text(orders, chosen)
    for old, new in replacements:
        assert old in text, text
        text = text.replace(old, new, 1)
    return read_text(text, orders, chosen, NOW, parse_weight)


@given(st.text())
def test_a_cell_is_read_back_as_it_was(text: str) -> None:
    cell = escape(text)
    assert unescape(cell) == text
    assert cell == cell.strip(" ")
    assert not [char for char in cell if unicodedata.category(char)[0] == "C" or char in "\u2028\u2029"]


@given(st.lists(st.one_of(st.text(), st.none(), st.integers(), st.lists(st.text())), min_size=3, max_size=3))
def test_an_unchanged_table_changes_nothing(values: list[Any]) -> None:
    number, name, street = values
    orders = {"7": order(number, name, address_line_1=street), "8": order("B")}
    columns = columns_named(["name", "street", "postcode", "item.sku", "weight"], list(orders.values()))
    text = to_text(orders, columns)
    for changed in (text, text.replace("\n", "\r\n"), "\n".join(line.rstrip() for line in text.split("\n"))):
        assert read_text(changed, orders, columns, NOW, parse_weight) == TableChanges()
    assert not [char for char in text if unicodedata.category(char)[0] == "C" and char not in "\t\n"]


def test_every_column_can_be_shown() -> None:
    columns = columns_named(list(column_paths()), list(ORDERS.values()))
    assert len({column.name for column in columns}) == len(columns) > 150
    assert read_text(to_text(ORDERS, columns), ORDERS, columns, NOW, parse_weight) == TableChanges()


def test_changed_cells_become_values_of_their_kind() -> None:
    changes = edited(
        "name street country weight",
        ("Jan\tDamrak 1\tNL\t", "Jan\tStraße\\n\\x202\tnetherlands\t0,80"),
        ("Jan\tDamrak 1\tNL", "\t\\N\tde"),
    )
    assert changes.values == {
        "7": [(STREET, "Straße\n 2"), (WEIGHT, Decimal("0.80")), (WEIGHT.parent / "unit", "kg")],
        "8": [(NAME, ""), (STREET, None), (NAME.parent / "country_code", "DE")],
    }
    assert changes.problems == changes.notes == []


def test_a_value_is_removed() -> None:
    assert edited("name", ("Jan", "\\-")).values == {"7": [(NAME, ABSENT)]}


def test_a_weight_with_a_unit_keeps_it() -> None:
    orders = {"7": {"order_number": "A", "shipping_details": {"measurement": {"weight": {"value": 3, "unit": "g"}}}}}
    assert edited("weight", ("A\t3", "A\t4"), orders=orders).values == {"7": [(WEIGHT, 4)]}
    assert edited("weight", ("A\t3", "A\t0,4 kg"), orders=orders).values == {"7": [(WEIGHT, 400)]}
    assert edited("weight", ("A\t3", "A\t0.003kg"), orders=orders).values == {}
    unit = edited("weight_unit weight", ("A\tg\t3", "A\tlb\t0.4 kg"), orders=orders)
    assert [problem.text for problem in unit.problems] == ["weight: a number is needed, such as 3.50 or 3,50"]
    changes = edited("weight_unit weight", ("A\tg\t3", "A\tlb\t4"), orders=orders)
    assert dict(changes.values["7"]) == {WEIGHT: 4, WEIGHT.parent / "unit": "lb"}


def test_items_have_a_column_each() -> None:
    changes = edited("item.sku", ("B\tM-1", "B\tM-2\tT-2"))
    assert changes.values == {
        "8": [
            (Pointer.of("order_details", "order_items", 0, "sku"), "M-2"),
            (Pointer.of("order_details", "order_items", 1, "sku"), "T-2"),
        ]
    }
    assert [problem.text for problem in edited("item.sku", ("A\tM-1\t", "A\tM-1\tT-2")).problems] == [
        "item2.sku: the order has no item 2"
    ]


def test_columns_may_be_in_another_order() -> None:
    changes = edited("name city", ("name\tcity", "city\tname"), ("A\tJan\t", "A\tDelft\tJan"), ("B\tJan\t", "B\t\tJan"))
    assert changes.values == {"7": [(NAME.parent / "city", "Delft")]}


@pytest.mark.parametrize(
    ("old", "new", "line", "problem"),
    [
        ("7\tA", "9\tA", 4, "'9' is not the id of an order of this table; the column id must stay as it is"),
        ("7\tA", "8\tA", 4, "the column order must stay as it is: B"),
        ("7\tA", "7\tC", 4, "the column order must stay as it is: A"),
        ("8\tB", "7\tA", 5, "the order has a second line; the first is line 4"),
        ("A\tJan\t", "A\tJan", 4, None),
        ("A\tJan\t", "A", 4, "the value of name is missing; an empty cell needs its tab"),
        ("A\tJan\t", "A\tJan\t1\textra", 4, "the line has 5 cells, and the table 4"),
        ("A\tJan\t", "A\tJan\theavy", 4, "weight: a number is needed, such as 3.50 or 3,50"),
        ("A\tJan", "A\tJ\\qan", 4, "name: \\q has no meaning; write \\\\ for a backslash"),
        ("A\tJan", "A\tJan\\", 4, "name: \\ has no meaning; write \\\\ for a backslash"),
        ("A\tJan", "A\tJ\x1ban", 4, "name: a character that is not shown must be written as \\x1b"),
        ("A\tJan", "A\t\\Uffffffff", 4, "name: \\Uffffffff is not a character"),
        ("id\torder", "order\tid", 3, "the first two columns must be id and order, with a tab between"),
        ("\tname", "\tnames", 3, "'names' is not a column of this table; leave the first line as it was"),
        ("name\tweight", "name\tname", 3, "the column 'name' occurs twice"),
    ],
)
def test_lines_that_cannot_be_used_are_reported(old: str, new: str, line: int, problem: str | None) -> None:
    changes = edited("name weight", (old, new))
    assert [(found.line, found.text) for found in changes.problems] == ([(line, problem)] if problem else [])
    assert not changes.values


def test_a_line_with_a_problem_changes_nothing_of_its_order() -> None:
    changes = edited("name weight", ("Jan\t", "Els\theavy"), ("Jan\t", "Eva\t1"))
    assert set(changes.values) == {"8"}
    assert len(changes.problems) == 1


def test_removed_rows_and_columns_are_reported() -> None:
    assert edited("name", ("7\tA\tJan\n", "")).notes == ["1 order not in the text, not changed: A."]
    assert edited("name city", ("\tcity\n", "\n")).notes == ["1 column not in the text, not changed: city."]
    assert read_text("# nothing\n", ORDERS, [], NOW, parse_weight).notes == ["The text is empty; nothing was changed."]


def test_unknown_columns() -> None:
    with pytest.raises(UnknownColumn, match=r"'stret' is not a column; did you mean 'street'\?"):
        columns_named(["name", "stret"], [])
