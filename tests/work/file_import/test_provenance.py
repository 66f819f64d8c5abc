"""Tests for the source of a staged order's values: its column and row, how it was derived, and that it was changed."""

from datetime import UTC, datetime

import pytest

from tui.api.pointer import Pointer
from tui.orders.edits.edit import Edit
from tui.work.batches.staging_chunks import to_staged
from tui.work.file_import.provenance import Provenance
from tui.work.file_import.reader import read_source

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def staged() -> tuple[Provenance, Edit]:
    data = b"Order number,Name,Street,Zip,City,Country,Item,Price,Quantity\nA1,Rita,Weg 1,04109,Leipzig,DE,Cup,2.50,3\n"
    parsed = read_source(data, "orders.csv", shop=7, now=NOW)
    new = to_staged(parsed.orders[0], "orders.csv", NOW)
    assert isinstance(new.meta, dict)
    return Provenance.load(new.meta), Edit(new.base)


@pytest.mark.parametrize(
    ("pointer", "text"),
    [
        ("/shipping_address/city", 'From column "City", row 2 of orders.csv.'),
        ("/order_details/order_items/0/quantity", 'From column "Quantity", row 2 of orders.csv.'),
        ("/order_details/order_items/0/total_price/value", "Not in orders.csv: unit price × quantity."),
        ("/order_id", "Not in orders.csv: from the order number."),
        ("/order_details/tags", ""),
    ],
)
def test_source_of_a_value(staged: tuple[Provenance, Edit], pointer: str, text: str) -> None:
    provenance, edit = staged
    assert provenance.describe(Pointer.parse(pointer), edit) == text


def test_an_order_of_no_table_has_no_sources(staged: tuple[Provenance, Edit]) -> None:
    assert Provenance("blank order").describe(Pointer.parse("/order_id"), staged[1]) == ""
