"""Entries of a file in order, and the cells of their problems."""

from typing import Any

import pytest

from tui.api.pointer import Pointer
from tui.orders.parsed import Derivation, How, ParsedFile, ParsedOrder, RefusedEntry
from tui.work.file_import.validate import FileEntry, entries_of, with_kept_date

ITEM = "/order_details/order_items/1"
CELLS = {
    "/order_number": (4, "Nr"),
    "/order_details/order_items/0/name": (4, "Item"),
    f"{ITEM}/name": (5, "Item"),
    f"{ITEM}/quantity": (5, "Qty"),
    "/shipping_address": (4, "Address"),
}


def arrival(place: str = "row 4", row: int | None = 4, **more: Any) -> ParsedOrder:
    cells = {Pointer.parse(key): cell for key, cell in CELLS.items()}
    return ParsedOrder({"order_id": "A"}, place, 0, [] if row is None else [row], cells, **more)


@pytest.mark.parametrize(
    ("pointer", "cell"),
    [
        ("/order_number", (4, "Nr")),
        (f"{ITEM}/quantity", (5, "Qty")),
        (f"{ITEM}/total_price/value", (5, None)),
        ("/shipping_address/city", (4, "Address")),
        ("/order_details/notes", (4, None)),
        ("/nowhere", (4, None)),
        ("", (4, None)),
    ],
)
def test_problem_names_the_cell_or_the_row(pointer: str, cell: tuple[int, str | None]) -> None:
    assert FileEntry(0, "row 4", arrival(), (), 4).cell(Pointer.parse(pointer)) == cell


def test_entries_keep_the_order_of_the_file() -> None:
    parsed_file = ParsedFile(
        (arrival("row 2", 2), arrival("rows 10-11", 10)),
        (RefusedEntry("row 9", "has no order id", 9), RefusedEntry("row 12", "has no order id", 12)),
    )
    entries = entries_of(parsed_file)
    assert [(entry.position, entry.row, entry.parsed is None) for entry in entries] == [
        (0, 2, False),
        (1, 9, True),
        (2, 10, False),
        (3, 12, True),
    ]
    assert entries[1].problems[0].detail == "Row 9 has no order id."


def test_import_time_is_not_a_change() -> None:
    placed = Pointer.of("order_details", "order_created_at")
    new = ParsedOrder(
        {"order_details": {"order_created_at": "now", "notes": "new"}},
        "row 1",
        0,
        derived={placed: Derivation(How.ASSUMED, "…")},
    )
    kept = {"order_details": {"order_created_at": "then", "notes": "old"}}
    assert with_kept_date(new, kept) == {"order_details": {"order_created_at": "then", "notes": "new"}}
    assert with_kept_date(new, {}) == new.document
    order = ParsedOrder(new.document, "row 1", 0)
    assert with_kept_date(order, kept) == new.document
