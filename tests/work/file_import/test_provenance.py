"""Tests for the source of a staged order's values: its column and row, how it was derived, and that it was changed."""

from datetime import UTC, datetime

import pytest
from order_files import read_rows_of

from tui.api.pointer import Pointer
from tui.orders.edits.edit import Edit
from tui.orders.parsed import with_hint
from tui.work.batches.staged_order import as_staged
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
        ("/order_details/integration/id", "Not in orders.csv: the same for all orders."),
        ("/order_details/tags", ""),
    ],
)
def test_source_of_a_value(staged: tuple[Provenance, Edit], pointer: str, text: str) -> None:
    provenance, edit = staged
    assert provenance.describe(Pointer.parse(pointer), edit) == text


def test_an_order_of_no_table_has_no_sources(staged: tuple[Provenance, Edit]) -> None:
    assert Provenance("blank order").describe(Pointer.parse("/order_id"), staged[1]) == ""


def test_a_guess_says_how_it_is_confirmed_where_it_is_shown() -> None:
    (order,) = read_rows_of(
        {"Order number": "1", "Item name": "Candle", "Quantity": "1", "Order status": "Blorp"}
    ).orders
    (problem,) = [one for one in order.problems if one.code == "confirm_status"]
    assert "To confirm" not in problem.detail
    assert with_hint(problem, "--accept {kind}").endswith("shipped? To confirm: --accept status.")
    new = to_staged(order, "orders.csv", NOW)
    staged = as_staged("1", new, NOW)
    (shown,) = [one.problem for one in staged.import_problems if one.problem.code == "confirm_status"]
    assert shown.detail.endswith("shipped? To confirm: release the order in the composer.")
