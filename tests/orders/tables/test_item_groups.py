"""Files with the items of an order beside each other: `Item 1 Name`, `Item 2 Name`."""

import pytest
from order_files import ADDRESS, errors, value, warnings

from tui.orders.parsed import ParsedOrder
from tui.orders.tables.headings import item_groups
from tui.work.file_import.reader import read_source

ITEMS = "/order_details/order_items"


def read(header: str, *rows: str) -> list[ParsedOrder]:
    names, place = ";".join(ADDRESS), ";".join(ADDRESS.values())
    lines = [f"Order number;{names};{header}", *(f"{row};{place};{cells}" for row, cells in enumerate(rows, 1))]
    return list(read_source("\n".join(lines).encode(), "orders.csv", shop=7).orders)


@pytest.mark.parametrize(
    "header",
    [
        "Line 1 Product;Line 1 Qty;Line 1 Price each;Line 2 Product;Line 2 Qty;Line 2 Price each",
        "Item 1 Name;Item 1 Quantity;Item 1 Unit price;Item 2 Name;Item 2 Quantity;Item 2 Unit price",
        "Artikel1;Menge1;Einzelpreis1;Artikel2;Menge2;Einzelpreis2",
        "Produit 1;Quantité 1;Prix unitaire 1;Produit 2;Quantité 2;Prix unitaire 2",
        "Product 1 naam;Product 1 aantal;Product 1 stuksprijs;Product 2 naam;Product 2 aantal;Product 2 stuksprijs",
        "Product;Qty;Unit price;Product 2;Qty 2;Unit price 2",
    ],
)
def test_items_beside_each_other(header: str) -> None:
    both, one = read(header, "Candle;2;3.50;Holder;1;8.00", "Candle;4;3.50;;0;0.00")
    assert [value(both, f"{ITEMS}/{index}/name") for index in (0, 1)] == ["Candle", "Holder"]
    assert [value(both, f"{ITEMS}/{index}/quantity") for index in (0, 1)] == [2, 1]
    assert [str(value(both, f"{ITEMS}/{index}/total_price/value")) for index in (0, 1)] == ["7.00", "8.00"]
    assert [item["quantity"] for item in one.document["order_details"]["order_items"]] == [4]  # type: ignore[index,call-overload]
    assert errors(both) == errors(one) == []


def test_same_headings_twice_are_asked_about() -> None:
    (order,) = read("Product;Qty;Unit price;Product;Qty;Unit price", "Candle;2;3.50;Holder;1;8.00")
    assert value(order, f"{ITEMS}/1/name") == "Holder"
    assert ("confirm_items", f"{ITEMS}/1/name") in errors(order)


def test_value_for_all_items_is_not_lost() -> None:
    (order,) = read("SKU 1;Qty 1;SKU 2;Qty 2;HS code", "C-1;2;H-1;1;34060000")
    assert ("unused_column", "") in warnings(order)


@pytest.mark.parametrize(
    "header",
    [
        ("Product name", "Option 1", "Option 2", "Quantity"),
        ("Item", "Quantity", "Address 1", "Address 2"),
        ("SKU", "Price", "SKU (2)", "Price (2)"),
        ("Item name", "Qty", "Tax 1 name", "Tax 2 name"),
        ("Name 1", "Name 2", "Item", "Qty"),
    ],
)
def test_other_numbers_are_no_items(header: tuple[str, ...]) -> None:
    assert item_groups(header) == {}


def test_numbered_options_describe_the_item() -> None:
    (order,) = read("Product name;Option 1;Option 2;Quantity;Unit price", "Shirt;Red;M;2;3.50")
    assert value(order, f"{ITEMS}/0/description") == "Red M"
