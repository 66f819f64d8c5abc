"""Tests for tables: layouts, column mappings, rows of one order, default values, and that no cell is lost."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from order_files import read_rows_of
from table_files import SERVICE, rows, text

from tui.api.models import Operation, validate_order
from tui.api.pointer import ABSENT, Pointer
from tui.orders.parsed import Derivation, How, ParsedFile
from tui.orders.paths import EVERY_ITEM, ITEMS
from tui.orders.tables.cells import cell_text
from tui.orders.tables.csv_writer import escape_formula, to_csv, unescape_formula, without_controls
from tui.orders.tables.headings import mappable
from tui.orders.tables.layout import DELIMITERS, TableError, TableLayout, decode_text, detect_layout, read_rows
from tui.orders.tables.mapping import (
    CURRENCY_PATH,
    ITEM_WEIGHT_PATH,
    ITEM_WEIGHT_UNIT_PATH,
    ORDERED_AT_PATH,
    SHOP_PATH,
    WEIGHT_UNIT_PATH,
    ColumnMapping,
    refine_by_rows,
    suggest_mapping,
)
from tui.orders.tables.rows import to_orders
from tui.orders.tables.table import MAX_ROWS, Table, TableRow, column_letters, parse_table, with_header
from tui.orders.tables.values.amounts import parse_number
from tui.work.file_import.provenance import cell_near

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHIP = Pointer.of("shipping_address")


def read(table: list[list[str]], shop: int | None = 7, **changes: Any) -> ParsedFile:
    """Read a table with the detected layout and the suggested mapping."""
    data = text(table)
    layout = detect_layout(data)
    found = parse_table(data, layout)
    mapping = suggest_mapping(found.header)
    for path, value in changes.items():
        mapping = mapping.with_constant(tuple(path.split("/")), value)
    return to_orders(found, mapping, now=NOW, shop=shop)


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("decimal", [".", ","])
def test_every_layout_is_detected_and_gives_the_same_orders(delimiter: str, encoding: str, decimal: str) -> None:
    table = rows(6, decimal=decimal, per_order=2)
    table[1][0] = "Jan Kühn – größer"
    data = text(table, delimiter).encode(encoding)
    layout = detect_layout(data)
    assert (layout.delimiter, layout.decimal) == (delimiter, decimal)
    found = parse_table(decode_text(data, layout.encoding), layout)
    result = to_orders(found, suggest_mapping(found.header), now=NOW, shop=7)
    assert len(result.orders) == 3
    assert not result.refused
    document = result.orders[0].document
    assert (SHIP / "name").get(document) == "Jan Kühn – größer"
    assert validate_order(document, Operation.POST) == []
    assert (ITEMS / 0 / "unit_price" / "value").get(document) == Decimal(table[1][12].replace(",", "."))


def test_all_column_names_of_the_service_are_mapped() -> None:
    assert suggest_mapping(SERVICE).unmapped == ()
    assert suggest_mapping(SERVICE).paths[0] == ("shipping_address", "name")


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (["MPN", "GTIN"], ["manufacturer_product_id", "ean"]),
        (["EAN", "GTIN"], ["ean", "manufacturer_product_id_std"]),
        (["UPC", "EAN"], ["manufacturer_product_id_std", "ean"]),
        (["Manufacturer Product ID", "Manufacturer part number"], ["manufacturer_product_id", None]),
        (["Herstellernummer", "ISBN"], ["manufacturer_product_id", "manufacturer_product_id_std"]),
        (
            ["manufacturer_product_id_std", "manufacturer_product_id"],
            ["manufacturer_product_id_std", "manufacturer_product_id"],
        ),
    ],
)
def test_product_codes_are_distinguished(header: list[str], fields: list[str | None]) -> None:
    assert suggest_mapping(header).paths == tuple(None if field is None else (*EVERY_ITEM, field) for field in fields)


SHOPS = {
    "Shopify": (
        ["Name", "Email", "Total", "Currency", "Lineitem quantity", "Lineitem name", "Lineitem price", "Shipping Name"],
        {"Name": "order_number", "Lineitem price": "order_details/order_items/*/unit_price/value"},
    ),
    "WooCommerce": (
        ["Order Number", "First Name (Shipping)", "Last Name (Shipping)", "Postcode (Shipping)", "Item Name"],
        {"First Name (Shipping)": "shipping_address/name", "Last Name (Shipping)": "shipping_address/name"},
    ),
    "Amazon": (
        ["order-id", "quantity-purchased", "item-price", "recipient-name", "ship-address-1", "ship-postal-code"],
        {"order-id": "order_id", "item-price": "order_details/order_items/*/total_price/value"},
    ),
    "bol": (
        ["Bestelnummer", "Referentie", "Titel", "Aantal", "Prijs", "Adres verz straat", "Adres verz huisnummer"],
        {"Referentie": "order_details/order_items/*/sku", "Adres verz straat": "shipping_address/address_line_1"},
    ),
    "Etsy": (
        ["Sale Date", "Item Name", "Quantity", "Price", "Ship Name", "Ship Zipcode", "Order ID"],
        {"Sale Date": "order_details/order_created_at", "Ship Zipcode": "shipping_address/postal_code"},
    ),
    "Magento": (
        ["ID", "Purchase Point", "Purchase Date", "Ship-to Name", "Grand Total (Purchased)"],
        {"ID": "order_number", "Ship-to Name": "shipping_address/name"},
    ),
    "PrestaShop": (
        ["ID", "Reference", "New client", "Delivery", "Customer", "Total", "Status", "Date"],
        {"ID": "order_id", "Reference": "order_number", "Customer": "shipping_address/name"},
    ),
    "German": (
        ["Bestellnummer", "Vorname", "Nachname", "Straße", "PLZ", "Ort", "Menge"],
        {"Straße": "shipping_address/address_line_1", "PLZ": "shipping_address/postal_code"},
    ),
}


@pytest.mark.parametrize("shop", SHOPS)
def test_exports_of_shop_systems_are_mapped(shop: str) -> None:
    header, expected = SHOPS[shop]
    mapping = suggest_mapping(header)
    found = {name: "/".join(path or ()) for name, path in zip(header, mapping.paths, strict=True)}
    assert {name: found[name] for name in expected} == expected


@given(st.sampled_from([known.path for known in mappable()]))
def test_every_field_is_mapped_by_its_path(path: tuple[str, ...]) -> None:
    assert suggest_mapping(["/".join(path)]).paths == (path,)


def test_rows_of_an_order_are_combined_and_conflicts_reported() -> None:
    header = ["Order number", "Name", "City", "SKU", "Qty", "Price"]
    result = read(
        [
            header,
            ["A", "Jan", "Gent", "x", "2", "1.50"],
            ["B", "Els", "Gent", "y", "1", "2"],
            ["A", "Jan", "Brugge", "z", "1", "3"],
        ]
    )
    first = result.orders[0]
    assert [order.rows for order in result.orders] == [[2, 4], [3]]
    assert [item["sku"] for item in ITEMS.get(first.document)] == ["x", "z"]  # type: ignore[union-attr, index, call-overload]
    assert (SHIP / "city").get(first.document) == "Gent"
    [conflict] = first.problems
    assert (conflict.code, conflict.pointer) == ("conflict", SHIP / "city")
    assert "'Brugge'" in conflict.detail
    assert first.cells[ITEMS / 1 / "sku"] == (4, "SKU")
    assert Pointer.of("payment_details", "total_price", "value").get(first.document) == Decimal("6.00")


def test_two_shops_may_have_orders_of_the_same_id() -> None:
    result = read(
        [
            ["Order id", "Shop", "SKU", "Qty"],
            ["A", "5", "x", "1"],
            ["A", "6", "y", "1"],
            ["A", "", "z", "1"],
            ["A", "5", "w", "1"],
            ["B", "5", "v", "1"],
            ["B", "6", "u", "1", "too long"],
        ],
        shop=None,
    )
    assert [order.rows for order in result.orders] == [[2, 5], [3, 4], [6]]
    assert all(order.problems == [] for order in result.orders)
    assert [refused.row for refused in result.refused] == [7]


def test_row_with_only_the_order_number_continues_its_order() -> None:
    result = read([["Order id", "Order number", "SKU"], ["X1", "1", "a"], ["", "1", "b"], ["X2", "1", "c"]])
    assert [order.rows for order in result.orders] == [[2, 3], [4]]


def test_different_currency_beside_an_amount_is_reported() -> None:
    header = ["Order number", "SKU", "Qty", "Price", "Currency"]
    mixed = read([header[:4], ["A", "x", "1", "5.00 USD"], ["A", "y", "1", "6 GBP"]]).orders[0]
    assert [(problem.code, problem.pointer) for problem in mixed.problems] == [
        ("currency", ITEMS / 1 / "unit_price" / "value")
    ]
    assert "'6 GBP' is in GBP, but the currency here is USD." in mixed.problems[0].detail
    columns = read(
        [header, ["A", "x", "1", "5 USD", "EUR"], ["B", "x", "1", "$5", "CAD"], ["C", "x", "1", "€5", "EUR"]]
    )
    assert [[problem.code for problem in order.problems] for order in columns.orders] == [["currency"], [], []]


def test_joined_columns_do_not_make_another_number() -> None:
    table = Table(("Order number", "Qty", "More"), (TableRow(2, ["A", "2", "3"]),), TableLayout())
    quantity = (*ITEMS.tokens, "*", "quantity")
    [order] = to_orders(table, ColumnMapping(table.header, (("order_number",), quantity, quantity)), now=NOW).orders
    assert [problem.code for problem in order.problems] == ["unread"]


def test_constant_inside_a_list_creates_its_item() -> None:
    path = ("customs_details", "tax_numbers", "sender", "*", "value")
    table = Table(("Order number",), (TableRow(2, ["A"]),), TableLayout())
    [order] = to_orders(
        table, ColumnMapping(table.header, (("order_number",),), constants=((path, "GB1"),)), now=NOW
    ).orders
    assert Pointer(path[:3]).get(order.document) == [{"value": "GB1"}]
    assert order.derived[Pointer((*path[:3], "0", "value"))] == Derivation(How.GIVEN, "the same for all orders")


def test_missing_values_are_filled_in_with_a_reason() -> None:
    [order] = read([["Order reference", "Item name", "Qty", "Price"], ["R1", "Mug", "3", "€ 2,50"]]).orders
    reasons = {str(pointer): derivation.text for pointer, derivation in order.derived.items()}
    assert order.document["order_id"] == "R1"
    assert reasons["/order_id"] == "from the order number"
    assert reasons["/order_details/order_items/0/total_price/value"] == "unit price × quantity"
    assert reasons["/payment_details/total_price/value"] == "sum of the line totals"
    assert reasons["/order_details/integration/id"] == "the same for all orders"
    assert reasons["/payment_details/total_price/currency"] == "from the currency sign of the amounts"
    assert Pointer(ORDERED_AT_PATH).get(order.document) == "2026-11-24T12:00:00+00:00"
    assert validate_order(order.document, Operation.POST) == []


def test_filling_in_defaults_can_be_turned_off() -> None:
    table = Table(("Order number", "Qty", "Price"), (TableRow(2, ["A", "2", "3"]),), TableLayout())
    [order] = to_orders(
        table, ColumnMapping(table.header, suggest_mapping(table.header).paths, fills_defaults=False), now=NOW
    ).orders
    assert order.derived == {}
    assert "order_id" not in order.document


@pytest.mark.parametrize(
    ("column", "cell", "pointer", "value"),
    [
        ("Quantity", "2,0", ITEMS / 0 / "quantity", 2),
        ("Price", "1.234,50", ITEMS / 0 / "unit_price" / "value", Decimal("1234.50")),
        ("Price", "1,234.50", ITEMS / 0 / "unit_price" / "value", Decimal("1234.50")),
        ("Price", "CHF 3.50", ITEMS / 0 / "unit_price" / "currency", "CHF"),
        ("Weight", "500 g", Pointer.of("shipping_details", "measurement", "weight", "unit"), "g"),
        ("Weight (g)", "500", Pointer.of("shipping_details", "measurement", "weight", "unit"), "g"),
        ("Country", "Deutschland", SHIP / "country_code", "DE"),
        ("Country", "nld", SHIP / "country_code", "NL"),
        ("Order date", "24-11-2026 14:30", Pointer(ORDERED_AT_PATH), "2026-11-24T14:30:00+00:00"),
        ("Order date", "2026-02-27 10:00:00 +0100", Pointer(ORDERED_AT_PATH), "2026-02-27T10:00:00+01:00"),
        ("Order date", "Nov 24, 2026", Pointer(ORDERED_AT_PATH), "2026-11-24T00:00:00+00:00"),
        ("Order date", "24/11/26", Pointer(ORDERED_AT_PATH), "2026-11-24T00:00:00+00:00"),
        ("Order date", "11/24/2026 2:30 PM", Pointer(ORDERED_AT_PATH), "2026-11-24T14:30:00+00:00"),
        ("Order date", "24.11.2026, 12:05:09 a.m.", Pointer(ORDERED_AT_PATH), "2026-11-24T00:05:09+00:00"),
        ("Order date", "11-24-2026", Pointer(ORDERED_AT_PATH), "2026-11-24T00:00:00+00:00"),
        ("Price", "1’234.50", ITEMS / 0 / "unit_price" / "value", Decimal("1234.50")),
        ("Price", "- 5", ITEMS / 0 / "unit_price" / "value", -5),
        ("Tags", "gift, fragile", Pointer.of("order_details", "tags"), ["gift", "fragile"]),
        ("Currency", "€", Pointer(CURRENCY_PATH), "EUR"),
        ("HS code", "'=x", ITEMS / 0 / "hs_code", "=x"),
    ],
)
def test_cells_are_parsed_by_the_kind_of_their_field(column: str, cell: str, pointer: Pointer, value: Any) -> None:
    [order] = read([["Order number", "Item name", column], ["A", "Mug", cell]]).orders
    assert [problem for problem in order.problems if problem.title != "no article?"] == []
    assert pointer.get(order.document) == value


@pytest.mark.parametrize(
    ("column", "cell", "pointer"),
    [
        ("Quantity", "two", ITEMS / 0 / "quantity"),
        ("Quantity", "1.5", ITEMS / 0 / "quantity"),
        ("Price", "1.2.3", ITEMS / 0 / "unit_price" / "value"),
        ("Country", "Atlantis", SHIP / "country_code"),
        ("Order date", "01/02/2026", Pointer(ORDERED_AT_PATH)),
        ("Order date", "now", Pointer(ORDERED_AT_PATH)),
        ("Order date", "31-02-2026", Pointer(ORDERED_AT_PATH)),
        ("Order date", "14:30", Pointer(ORDERED_AT_PATH)),
        ("Order date", "-12h", Pointer(ORDERED_AT_PATH)),
        ("Order date", "yesterday 10:00", Pointer(ORDERED_AT_PATH)),
        ("Order date", "11/24/2026 13:30 PM", Pointer(ORDERED_AT_PATH)),
        ("Quantity", "2 3", ITEMS / 0 / "quantity"),
        ("Quantity", "5 EUR", ITEMS / 0 / "quantity"),
        ("Price", "12.50 300", ITEMS / 0 / "unit_price" / "value"),
        ("Shipment type", "present", Pointer.of("customs_details", "shipment_type")),
    ],
)
def test_unreadable_cell_keeps_its_text_and_gets_a_problem(column: str, cell: str, pointer: Pointer) -> None:
    [order] = read([["Order number", "Item name", column], ["A", "Mug", cell]]).orders
    assert [problem.pointer for problem in order.problems] == [pointer]
    assert pointer.get(order.document) == cell
    assert order.cells[pointer] == (2, column)


def test_ambiguous_dates_are_read_by_the_order_in_other_rows() -> None:
    header = ["Order number", "Order date"]
    result = read([header, ["A", "01/02/2026"], ["B", "24/02/2026"]])
    assert str(Pointer(ORDERED_AT_PATH).get(result.orders[0].document)).startswith("2026-02-01")


def test_refused_row_refuses_its_whole_order() -> None:
    header = ["Order number", "SKU"]
    result = read([header, ["A", "x"], ["A", "y", "shifted"], ["B", "z"]])
    assert [order.document["order_number"] for order in result.orders] == ["B"]
    assert [(refused.row, refused.reason) for refused in result.refused] == [
        (2, "row 3 of the same order was refused"),
        (3, "has 3 cells, but the header has 2"),
    ]


def test_repeated_headers_duplicate_names_titles_and_unnamed_columns() -> None:
    table = [
        ["Export of today"],
        ["Order number", "SKU", "SKU", ""],
        ["A", "x", "y", "note"],
        ["Order number", "SKU", "SKU"],
        ["B", "z"],
    ]
    layout = TableLayout()
    found = parse_table(text(table), layout)
    assert found.header == ("Order number", "SKU", "SKU (2)", "column D")
    result = to_orders(found, suggest_mapping(found.header), now=NOW)
    assert len(result.orders) == 2
    assert result.refused == ()
    assert [(entry.row, entry.reason) for entry in result.not_data] == [
        (1, "is above the header"),
        (4, "repeats the header"),
    ]
    assert result.ignored == 2


def test_row_with_only_item_cells_belongs_to_the_order_above() -> None:
    result = read([["Order number", "City", "SKU"], ["A", "Gent", "x"], ["", "", "y"]])
    assert [order.rows for order in result.orders] == [[2, 3]]


def test_row_without_a_key_but_with_an_address_is_a_new_order() -> None:
    result = read([["Order number", "City", "SKU"], ["A", "Gent", "x"], ["", "Brugge", "y"]])
    assert [order.rows for order in result.orders] == [[2], [3]]


def test_billing_address_becomes_the_missing_shipping_address() -> None:
    [order] = read([["Order number", "Billing name", "Billing city", "Shipping city"], ["A", "Jan", "Gent", ""]]).orders
    assert order.document["shipping_address"] == {"name": "Jan", "city": "Gent"}
    assert order.derived[SHIP / "city"] == Derivation(How.COPIED, "from the billing address")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("", "empty"),
        ("\n , ,\n", "empty"),
        ("a,b\n", "no rows below"),
        (f"a,b\n{'1,2' + chr(10)}" + "1,2\n" * (MAX_ROWS + 5), "Split it into parts"),
        (",".join(f"c{n}" for n in range(600)) + "\n1", "600 columns"),
    ],
)
def test_invalid_table_raises_an_error(data: str, message: str) -> None:
    with pytest.raises(TableError, match=message):
        parse_table(data, TableLayout())


def test_row_with_a_huge_cell_is_refused() -> None:
    result = read([["Order number", "Notes"], ["A", "x" * 3_000_000], ["B", "fine"]])
    assert len(result.orders) == 1
    assert "3,000,000 characters in Notes" in result.refused[0].reason


@pytest.mark.parametrize("data", [b"\x00\x01\x02\x03", b"%PDF-1.4\n\x01\x02\x03\x04\x05\x06", bytes(range(256))])
def test_binary_data_raises_an_error(data: bytes) -> None:
    with pytest.raises(TableError, match="binary"):
        detect_layout(data)


def test_unclosed_quote_does_not_swallow_the_rest() -> None:
    data = 'Order number,SKU\nA,3" pipe\nB,"open\nC,x\n'
    assert detect_layout(data).quote != '"'
    assert len(list(read_rows(data, detect_layout(data)))) == 4


def test_mapping_is_loaded_and_fits_the_same_columns_in_another_order() -> None:
    mapping = (
        suggest_mapping(["Order number", "Foo", "SKU"]).with_constant(SHOP_PATH, 7).with_path(1, (*EVERY_ITEM, "ean"))
    )
    loaded = ColumnMapping.from_json(mapping.to_json())
    assert loaded == mapping
    reordered = mapping.on(["sku", "ORDER NUMBER", "foo"])
    assert reordered.paths == ((*EVERY_ITEM, "sku"), ("order_number",), (*EVERY_ITEM, "ean"))
    assert not mapping.fits(["Order number", "SKU"])


@pytest.mark.parametrize("value", [None, 1, [], {}, {"version": 99}, {"version": 1, "header": ["a"], "paths": []}])
def test_invalid_stored_mapping_is_none(value: Any) -> None:
    assert ColumnMapping.from_json(value) is None


def test_column_letters() -> None:
    assert [column_letters(column) for column in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.sampled_from(".,"))
def test_numbers_with_thousands_separators_are_parsed(number: Decimal, decimal: str) -> None:
    written = f"{number:,.2f}" if decimal == "." else f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
    assert Decimal(parse_number(written, decimal) or "x") == number


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["=1+1", "+31", "-x", "@a", "\tx", "\rx", "'=x", "''=x", "-3.5", "'", "=", "A", "B", ""]
)


@given(CELLS)
def test_escaped_cell_is_no_formula_and_is_unescaped_unchanged(cell: str) -> None:
    escaped = escape_formula(cell)
    assert unescape_formula(escaped) == cell
    assert escaped[:1] not in ("=", "+", "@", "\t", "\r")


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_exported_texts_are_imported_unchanged(body: list[list[str]]) -> None:
    """Except for characters that act on a terminal, of which the codes are exported."""
    data = to_csv([["Order number", "Item name", "SKU"], *body])
    layout = TableLayout("utf-8-sig")
    found = [cells for _, cells in read_rows(decode_text(data, "utf-8-sig"), layout)]
    written = [list(map(without_controls, row)) for row in body]
    kept = [row for row in written if any(cell and not cell.isspace() for cell in row)]
    for row, cells in zip(kept, found[1:], strict=True):
        for cell, value in zip(row, cells, strict=True):
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
                assert cell_text(value) == cell or (cell.strip() == cell_text(value) and cell[0] == "-")


@settings(max_examples=150)
@given(st.lists(st.lists(CELLS, max_size=6), min_size=2, max_size=8), st.data())
def test_no_cell_is_lost(body: list[list[str]], data: Any) -> None:
    """Every cell is used, repeated, in an unmapped column, or in a refused row."""
    try:
        table = with_header(
            [TableRow(n, row) for n, row in enumerate(body, 1) if any(map(str.strip, row))], TableLayout()
        )
    except TableError:
        return
    paths = [
        None,
        ("order_number",),
        ("order_id",),
        (*EVERY_ITEM, "sku"),
        (*EVERY_ITEM, "quantity"),
        ("shipping_address", "city"),
    ]
    chosen = data.draw(st.tuples(*[st.sampled_from(paths) for _ in table.header]))
    result = to_orders(table, ColumnMapping(table.header, chosen), now=NOW)
    expected = sum(bool(cell_text(cell)) for row in (*table.rows, *table.above) for cell in row.cells)
    counted = sum(order.used + order.repeated + len(order.unused) for order in result.orders)
    in_refused_rows = sum(
        bool(cell_text(cell)) for refused in (*result.refused, *result.not_data) for cell in refused.cells
    )
    assert counted + in_refused_rows == expected
    numbers = sorted(
        [row for order in result.orders for row in order.rows]
        + [refused.row for refused in (*result.refused, *result.not_data)]
    )
    assert numbers == sorted(row.number for row in (*table.rows, *table.above))


@pytest.mark.parametrize(
    ("weights", "is_item_weight"),
    [(("0,3", "0,5"), True), (("0,8", "0,8"), False), (("0,8", ""), False)],
)
def test_weight_that_differs_within_an_order_is_the_item_weight(weights: tuple[str, str], is_item_weight: bool) -> None:
    header = ["Order number", "Product name", "Quantity", "Price", "Weight (kg)"]
    lines = [
        ["1", "Mug", "1", "2,50", weights[0]],
        ["1", "Bowl", "2", "3,50", weights[1]],
        ["2", "Cup", "1", "1,0", "9,0"],
    ]
    mapping = refine_by_rows(suggest_mapping(header), lines)
    assert (mapping.paths[-1] == ITEM_WEIGHT_PATH) is is_item_weight
    assert mapping.constant(ITEM_WEIGHT_UNIT_PATH if is_item_weight else WEIGHT_UNIT_PATH) == "kg"
    data = text([header, *lines])
    table = parse_table(data, detect_layout(data))
    first = to_orders(table, refine_by_rows(suggest_mapping(table.header), lines), now=NOW, shop=7).orders[0]
    assert not [problem for problem in first.problems if problem.code == "conflict"]
    found = [(ITEMS / index / "measurement" / "weight" / "value").get(first.document) for index in range(2)]
    assert found == ([Decimal("0.3"), Decimal("0.5")] if is_item_weight else [ABSENT, ABSENT])


def test_duplicate_row_is_reported() -> None:
    header = ["Order number", "City", "Item name", "Quantity"]
    row, other = ["A", "Gent", "Mug", "1"], ["A", "Gent", "Mug", "2"]
    first, _ = read([header, row, ["B", "Gent", "Mug", "1"], other, row]).orders
    assert len(ITEMS.get(first.document)) == 3  # type: ignore[arg-type]
    problems = [problem for problem in first.problems if problem.code == "same_row"]
    assert [(problem.pointer, problem.title) for problem in problems] == [(ITEMS / 2, "row 5 = row 2")]


def test_missing_value_refers_to_its_empty_cell() -> None:
    header = ["Order number", "Name", "Address", "Postal code", "City", "Country", "Item", "Quantity", "Line total"]
    lines = [
        ["1", "A", "S 1", "", "X", "NL", "Mug", "1", ""],
        ["1", "", "", "", "", "", "", "2", "3,00"],
        ["2", "B", "S 2", "1011 AB", "", "NL", "Cup", "1", "4,00"],
    ]
    first, second = read([header, *lines]).orders
    assert first.cells[SHIP / "postal_code"] == (2, "Postal code")
    assert first.cells[ITEMS / 0 / "total_price" / "value"] == (2, "Line total")
    assert first.cells[ITEMS / 1 / "name"] == (3, "Item")
    assert cell_near(first.cells, ITEMS / 0 / "total_price") == (2, "Line total")
    assert cell_near(first.cells, ITEMS / 0 / "hs_code") == (2, None)
    assert second.cells[SHIP / "city"] == (4, "City")
    assert second.cells[SHIP / "name"] == (4, "Name")
    assert not any(pointer.tokens[0] == "billing_address" for order in (first, second) for pointer in order.cells)


def test_nom_beside_prenom_is_joined_behind_it() -> None:
    order = {"Order number": "1", "Prénom (livraison)": "Luc", "Nom (livraison)": "Moreau", "Adresse 1 (livraison)": "5 rue X",
             "Code postal (livraison)": "44000", "Ville (livraison)": "Nantes", "Pays (livraison)": "FR", "Article": "Savon"}  # fmt: skip
    (parsed,) = read_rows_of(order, address=False).orders
    assert Pointer.parse("/shipping_address/name").get(parsed.document) == "Luc Moreau"


def test_a_column_may_replace_another_where_it_is_filled() -> None:
    data = "Number,Delivery town,Town,Delivery item,Item\nA,,Bonn,,Cup\nB,Jena,Bonn,Mug,Cup\n"
    table = parse_table(data, detect_layout(data))
    item = (*EVERY_ITEM, "name")
    town = ("shipping_address", "city")
    paths = (("order_number",), town, town, item, item)
    mapping = ColumnMapping(table.header, paths).with_overriding(1).with_overriding(3)
    stored = ColumnMapping.from_json(mapping.to_json())
    assert stored == mapping
    orders = to_orders(table, stored, now=NOW).orders
    assert [(SHIP / "city").get(order.document) for order in orders] == ["Bonn", "Jena"]
    assert [(ITEMS / 0 / "name").get(order.document) for order in orders] == ["Cup", "Mug"]
    assert [order.cells[SHIP / "city"][1] for order in orders] == ["Town", "Delivery town"]
    assert mapping.with_path(1, None).overriding == {"Delivery item"}
