"""Tests for JSON orders of other systems, which are refused with one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest
from sandbox_harness import order

from tui.api.errors import Severity
from tui.orders.parsed import GuessKind, ParsedFile
from tui.work.file_import.json_reader import ImportFileError
from tui.work.file_import.reader import open_source, read_source

FILES = Path(__file__).parents[2] / "fixtures" / "files"

ENTRIES: dict[str, Any] = {
    "Shopify": {"id": 1, "name": "#1", "line_items": [], "financial_status": "paid", "shipping_address": {}},
    "WooCommerce": {"id": 1, "number": "1", "billing": {}, "shipping": {}, "line_items": []},
    "Magento": {"entity_id": 1, "increment_id": "1", "items": [], "billing_address": {}},
    "BigCommerce": {"id": 1, "status_id": 11, "items_total": 2, "billing_address": {}},
    "PrestaShop": {"id": 1, "id_customer": "2", "id_carrier": "3"},
    "Etsy": {"receipt_id": 1, "buyer_user_id": 2, "name": "x", "transactions": []},
    "Billbee": {"BillBeeOrderId": 1, "OrderItems": [], "ShippingAddress": {}},
    "Shopware": {"id": "1", "type": "order", "attributes": {"orderNumber": "1", "deliveries": []}},
    "Amazon": {"AmazonOrderId": "1", "OrderStatus": "Unshipped"},
    "bol.com": {"orderId": "1", "orderPlacedDateTime": "x", "orderItems": []},
}
WRAPPED = {"Magento": "items", "Etsy": "results", "Billbee": "Data", "Shopware": "data", "Amazon": "Orders"}


@pytest.mark.parametrize("system", ENTRIES)
@pytest.mark.parametrize("shape", ["one", "list", "wrapped", "lines"])
def test_foreign_orders_are_refused_once(system: str, shape: str) -> None:
    entry = ENTRIES[system]
    data = {
        "one": json.dumps(entry),
        "list": json.dumps([entry, entry]),
        "wrapped": json.dumps({WRAPPED.get(system, "orders"): [entry]}),
        "lines": f"{json.dumps(entry)}\n{json.dumps(entry)}",
    }[shape]
    sentence = rf"This is not the service's form of an order \(looks like {system}\); export CSV\."
    with pytest.raises(ImportFileError, match=sentence):
        read_source(data.encode(), "orders.json", shop=7)


def test_shopify_file_is_refused() -> None:
    with pytest.raises(ImportFileError, match="looks like Shopify"):
        read_source(FILES / "foreign-json.json", "foreign.json")


def test_foreign_order_among_others_is_refused_alone() -> None:
    data = json.dumps([order(order_id="A"), ENTRIES["Shopify"]]).encode()
    result = read_source(data, "orders.json", shop=7)
    assert len(result.orders) == 1
    assert [(one.place, one.reason) for one in result.refused] == [
        ("entry 2", "is not the service's form of an order (looks like Shopify)")
    ]


@pytest.mark.parametrize(
    "entry", [order(order_id="A"), {"order_id": "A"}, {"order_number": "1", "shipping_address": {}}, {"items": [1]}]
)
def test_other_objects_are_not_called_foreign(entry: dict[str, Any]) -> None:
    assert len(read_source(json.dumps(entry).encode(), "orders.json", shop=7).orders) == 1


def test_damaged_json_holds_the_order_however_it_is_added() -> None:
    damaged = order(order_id="A")
    damaged["shipping_address"]["house_number"] = "05-Mar"
    data = json.dumps(damaged)
    opened = open_source(data, "pasted text")
    assert isinstance(opened, ParsedFile)
    for found in (opened, read_source(data.encode(), "orders.json")):
        assert [(one.code, one.severity) for one in found.orders[0].problems] == [("confirm_address", Severity.ERROR)]
    assert not read_source(data.encode(), "orders.json", accepted=[GuessKind.ADDRESS]).orders[0].problems
