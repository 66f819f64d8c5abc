"""Several items in one cell."""

from decimal import Decimal

import pytest
from order_files import errors, read_rows_of, value

from tui.orders.parsed import How
from tui.orders.paths import ITEMS
from tui.orders.tables.steps.packed_items import unpack

BIGCOMMERCE = (
    "Product ID: 93, Product Qty: 2, Product SKU: O-1, Product Name: Ocean, blue, Product Weight: 1.0, Product Unit Price: 10.00"
    " | Product ID: 94, Product Qty: 1, Product SKU: M-1, Product Name: Mug, Product Unit Price: 3.00"
)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("2x Candle; 1x Holder", [("Candle", "2"), ("Holder", "1")]),
        ("2 × Świeca | 1 × Stojak", [("Świeca", "2"), ("Stojak", "1")]),
        ("Kerze × 2\nHalter × 1", [("Kerze", "2"), ("Halter", "1")]),
        ("2 Stk. Kerze, 1 Stk. Halter", [("Kerze", "2"), ("Halter", "1")]),
        ("1x Bougie, grande; 3x Support", [("Bougie, grande", "1"), ("Support", "3")]),
        ("Candle - Qty: 2; Holder - Qty: 1", [("Candle", "2"), ("Holder", "1")]),
        ("Kaars (x2)", [("Kaars", "2")]),
        ("name:Mug|quantity:2|total:10|sku:M1", [("Mug", "2")]),
        (BIGCOMMERCE, [("Ocean, blue", "2"), ("Mug", "1")]),
        ('[{"name":"Mug","quantity":2}]', [("Mug", "2")]),
    ],
)
def test_items_of_a_cell(text: str, items: list[tuple[str, str]]) -> None:
    assert [(item.values["name"], item.values["quantity"]) for item in unpack(text)] == items


@pytest.mark.parametrize(
    "text",
    [
        "Pack 2x Candle 200 g",
        "Candle, big",
        "Frame 20 x 30",
        "2 x 250 g Kaffee",
        "4x4 Reifen",
        "iPhone 12 x 2",
        "2x Candle, Holder",
        "2x Candle; Holder",
        "Candle",
        "[not json",
        "[" * 100_000,
    ],
)
def test_other_texts_are_not_split(text: str) -> None:
    assert unpack(text) == ()


@pytest.mark.parametrize("number", ["3.10", "1e9999999999999999999", "0.10000000000000000001"])
def test_numbers_in_json_keep_their_digits(number: str) -> None:
    (item,) = unpack(f'[{{"name":"Mug","quantity":{number}}}]')
    assert item.values["quantity"] == number


def test_sku_beside_the_name() -> None:
    (item,) = unpack("Candle (SKU C-1) x 2")
    assert item.values == {"name": "Candle", "quantity": "2", "sku": "C-1"}


@pytest.mark.parametrize("heading", ["Product Details", "Order items", "Artikelen", "Produkty", "line_item_1"])
def test_column_of_items_is_read(heading: str) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: BIGCOMMERCE}).orders
    assert errors(order) == []
    assert [value(order, str(ITEMS / index / "sku")) for index in (0, 1)] == ["O-1", "M-1"]
    assert value(order, str(ITEMS / 0 / "total_price" / "value")) == Decimal(20)
    assert order.derived[ITEMS / 1 / "quantity"].how is How.SPLIT
    assert order.cells[ITEMS / 1 / "name"] == (2, heading)


@pytest.mark.parametrize("heading", ["Item name", "Artikel", "Produit"])
def test_name_with_several_items_is_split(heading: str) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: "2x Candle; 1x Holder", "Total": "23.00"}).orders
    assert [value(order, str(ITEMS / index / "name")) for index in (0, 1)] == ["Candle", "Holder"]
    assert value(order, str(ITEMS / 0 / "quantity")) == 2


def test_name_with_a_quantity_column_is_left_alone() -> None:
    row = {"Order number": "1", "Item name": "Pack 2x Candle 200 g, red", "Quantity": "3", "Unit price": "1.00"}
    (order,) = read_rows_of(row).orders
    assert errors(order) == []
    assert value(order, str(ITEMS / 0 / "name")) == "Pack 2x Candle 200 g, red"
    assert value(order, str(ITEMS / 0 / "quantity")) == 3


def test_list_that_fits_the_quantity_is_split() -> None:
    row = {"Order number": "1", "Item name": "2x Candle; 1x Holder", "Quantity": "3"}
    (order,) = read_rows_of(row).orders
    assert [value(order, str(ITEMS / index / "quantity")) for index in (0, 1)] == [2, 1]
    row["Quantity"] = "1"
    (order,) = read_rows_of(row).orders
    assert ("confirm_items", str(ITEMS / 0 / "name")) in errors(order)


@pytest.mark.parametrize("heading", ["Product Details", "Products", "Bestelde producten", "Positionen"])
def test_list_that_cannot_be_read_holds_the_order_and_names_the_column(heading: str) -> None:
    (order,) = read_rows_of({"Order number": "1", heading: "Ocean and others"}).orders
    assert "packed_items" in [code for code, _ in errors(order)]
    assert any(heading in problem.detail for problem in order.problems if problem.code == "packed_items")


@pytest.mark.parametrize("name", ["Kerze; Halter", "Candle x 2 or so", "2x Candle, Holder"])
def test_possible_list_without_a_quantity_is_a_question(name: str) -> None:
    (order,) = read_rows_of({"Order number": "1", "Item name": name, "Unit price": "1.00"}).orders
    assert ("confirm_items", str(ITEMS / 0 / "name")) in errors(order)


def test_one_price_for_several_items_holds_the_order() -> None:
    (order,) = read_rows_of({"Order number": "1", "Item name": "2x Candle; 1x Holder", "Unit price": "1.00"}).orders
    assert ("packed_items", str(ITEMS / 0 / "name")) in errors(order)


def test_other_items_keep_their_cells() -> None:
    rows = [
        {"Order number": "1", "Item name": "2x Candle; 1x Holder", "Line total": ""},
        {"Order number": "1", "Item name": "Bowl", "Line total": "7.00"},
    ]
    (order,) = read_rows_of(*rows).orders
    assert value(order, str(ITEMS / 2 / "name")) == "Bowl"
    assert order.cells[ITEMS / 2 / "total_price" / "value"] == (3, "Line total")


@pytest.mark.parametrize(("sku", "is_held"), [("A-1,B-2", True), ("A-1; B-2", True), ("A-1", False), ("10,5", False)])
def test_list_of_codes_in_one_cell_is_a_question(sku: str, is_held: bool) -> None:
    (order,) = read_rows_of({"Order number": "1", "SKU": sku, "Quantity": "3", "Unit price": "1.00"}).orders
    assert ("confirm_items" in [code for code, _ in errors(order)]) is is_held


@pytest.mark.parametrize(
    ("name", "quantity", "is_held"),
    [
        ("Candle; Holder", "3", True),
        ("Candle; Holder", "1", False),
        ("Candle; 10", "2", False),
        ("Candle | red", "2", False),
    ],
)
def test_names_of_several_items_in_one_cell_are_asked_about(name: str, quantity: str, is_held: bool) -> None:
    (order,) = read_rows_of({"Order number": "1", "Item name": name, "Quantity": quantity, "Unit price": "7"}).orders
    assert (("confirm_items", "/order_details/order_items/0/name") in errors(order)) is is_held
