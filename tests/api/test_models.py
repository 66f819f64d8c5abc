"""The schema agrees with the official document, on its examples and on thousands of mutations of them."""

import copy
import json
import random
from typing import Any

import official_documents
import pytest

from tui.api.codec import decode
from tui.api.models import Operation, validate_order
from tui.api.pointer import Pointer, walk
from tui.orders.fields import all_fields


def as_read(value: Any) -> Any:
    return decode(json.dumps(value))


def detail(document: Any, operation: Operation, pointer: str) -> str | None:
    found = {str(problem.pointer): problem.detail for problem in validate_order(document, operation)}
    return found.get(pointer)


def smallest() -> dict[str, Any]:
    price = {"value": 3, "currency": "EUR"}
    return {
        "order_id": "1",
        "order_number": "1",
        "order_details": {
            "integration": {"id": 7},
            "status": {"code": "open"},
            "order_created_at": "2026-02-27T10:00:00Z",
            "order_items": [{"name": "Mug", "quantity": 1, "total_price": price}],
        },
        "payment_details": {"total_price": price, "status": {"code": "paid"}},
    }


def test_the_smallest_order_is_valid() -> None:
    assert validate_order(smallest(), Operation.POST) == []
    assert validate_order({}, Operation.PATCH) == []


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        ("/order_details/order_items/0/quantity", 0, "Must be greater than 0"),
        ("/order_details/order_items/0/quantity", "2", "Must be a whole number"),
        ("/order_details/order_items/0/country_of_origin", "N", "Must have at least 2 characters"),
        ("/order_details/order_created_at", "2026-02-30T10:00:00Z", "This date or time does not exist"),
        ("/order_details/order_created_at", "2026-02-27", "time zone"),
        ("/payment_details/total_price/value", "3.5", "Must be a number"),
        ("/payment_details/total_price/value", True, "Must be a number"),
        ("/payment_details/freight_costs", {"value": 3}, "Must be text"),
        ("/shipping_address", None, "Must be an object, not null"),
        ("/shipping_address", {"name": ""}, "Must not be empty"),
        ("/service_point_details", {}, "exactly one of"),
        ("/service_point_details", {"id": "1", "carrier_service_point_id": "2"}, "exactly one of"),
        ("/id", 669, "Must be text"),
    ],
)
def test_errors_in_post_have_a_pointer_and_a_message(pointer: str, value: Any, message: str) -> None:
    document = Pointer.parse(pointer).put(smallest(), value)
    problems = validate_order(document, Operation.POST)
    assert any(message in problem.detail and str(problem.pointer).startswith(pointer) for problem in problems), problems


def test_all_errors_of_an_order_are_reported_at_once() -> None:
    problems = validate_order({"order_details": {"order_items": [{}, {}]}}, Operation.POST)
    assert len({str(problem.pointer) for problem in problems}) == len(problems) >= 11
    assert detail({"order_details": {}}, Operation.POST, "/order_details/integration") == "Required"


def test_handover_may_be_null_in_post_and_not_in_patch() -> None:
    items = {"order_details": {"order_items": [{"name": "Mug", "delivery_dates": {"handover_at": None}}]}}
    pointer = "/order_details/order_items/0/delivery_dates/handover_at"
    assert detail(items, Operation.PATCH, pointer) is not None
    assert detail(items, Operation.POST, pointer) is None


@pytest.mark.parametrize("name", ["manufacturer_product_id", "manufacturer_product_id_std"])
@pytest.mark.parametrize("operation", list(Operation))
def test_a_manufacturer_product_id_has_at_most_70_characters_and_may_be_null(name: str, operation: Operation) -> None:
    pointer = Pointer.parse(f"/order_details/order_items/0/{name}")
    for value in (None, "", "ABC-12345", "é" * 70):
        assert detail(pointer.put(smallest(), value), operation, str(pointer)) is None
    assert detail(pointer.put(smallest(), "é" * 71), operation, str(pointer)) == (
        "Must have at most 70 characters (has 71)"
    )
    assert detail(pointer.put(smallest(), 12345), operation, str(pointer)) == "Must be text"


def test_currencies_that_the_document_does_not_list_are_tolerated() -> None:
    document = Pointer.parse("/payment_details/total_price/currency").put(smallest(), "CHF")
    (problem,) = validate_order(document, Operation.POST)
    assert problem.tolerated
    (problem,) = validate_order(
        Pointer.parse("/payment_details/total_price/currency").put(smallest(), "francs"), Operation.POST
    )
    assert not problem.tolerated


def test_lone_surrogates_and_huge_numbers_are_validated() -> None:
    document = decode('{"order_number": "\\ud800", "order_details": {"integration": {"id": 1e999999}}}')
    assert detail(document, Operation.PATCH, "/order_number") is None


@official_documents.needs_document()
@pytest.mark.parametrize("operation", list(Operation))
def test_every_request_example_is_valid(operation: Operation) -> None:
    path = "/orders" if operation is Operation.POST else "/orders/{id}"
    for name, value in official_documents.examples(operation.lower(), path, "request").items():
        for order in value if isinstance(value, list) else [value]:
            assert validate_order(as_read(order), operation) == [], name


@official_documents.needs_document()
@pytest.mark.parametrize("operation", list(Operation))
def test_mutated_documents_get_the_verdict_of_the_official_schema(operation: Operation) -> None:
    check = (
        official_documents.order_validator() if operation is Operation.POST else official_documents.patch_validator()
    )
    seeds = [order for orders in official_documents.examples("post", "/orders", "request").values() for order in orders]
    seeds += [full_order()]
    rng = random.Random(7)
    strange = [None, "", "x", "EUR", "kg", "12.5", 0, 1, -1, 1.5, 2.0, True, [], ["a"], [None], {}, {"value": 1}]
    for _ in range(1500):
        order = copy.deepcopy(rng.choice(seeds))
        for _ in range(rng.choice((1, 1, 1, 2))):
            pointer, _node = rng.choice(list(walk(order))[1:] or [(Pointer(), order)])
            order = pointer.drop(order) if rng.random() < 0.3 else pointer.put(order, rng.choice(strange))
        theirs = check.is_valid(order)
        problems = validate_order(as_read(order), operation)
        # Beyond the schema, the service requires a quantity above 0 (Q8.8) and valid dates and email addresses.
        ours = all("quantity" in str(problem.pointer) and problem.code == "greater_than" for problem in problems)
        assert ours == theirs, (order, problems, [error.message for error in check.iter_errors(order)])


def full_order() -> dict[str, Any]:
    """An order with every field of the document."""
    price = {"value": 3.5, "currency": "EUR"}
    cost = {"value": "3.99", "currency": "EUR"}
    goods = {
        "regulation_set": "ADR",
        "unit_of_measurement": "KG",
        "weight_type": "Net",
        "id_number": "UN1266",
        "transportation_mode": "Ground",
        "adr_packing_group_letter": "II",
        "commodity_regulated_level_code": "LQ",
    }
    tax = {"name": "VAT", "country_code": "NL", "value": "NL1"}
    order = smallest()
    order["order_details"] |= {
        "notes": "Ring twice",
        "tags": ["gift"],
        "order_updated_at": "2026-02-27T10:00:00.1+01:00",
    }
    order["order_details"]["order_items"][0] |= {
        "item_id": "1",
        "product_id": "2",
        "variant_id": "3",
        "image_url": "https://example.com/i.png",
        "description": "blue",
        "sku": "M",
        "hs_code": "6912.00",
        "country_of_origin": "NL",
        "properties": {"size": 3},
        "unit_price": price,
        "ean": "0799439112766",
        "delivery_dates": {"handover_at": None, "deliver_at": "2026-02-27T10:00:00Z"},
        "mid_code": None,
        "material_content": "clay",
        "intended_use": "tea",
        "manufacturer_product_id": "ABC-12345",
        "manufacturer_product_id_std": None,
        "dangerous_goods": goods,
        "measurement": {
            "weight": {"value": 1.2, "unit": "kg"},
            "dimension": {"length": 1, "width": 2, "height": 3, "unit": "cm"},
            "volume": {"value": 3, "unit": "l"},
        },
    }
    order["payment_details"] |= {
        "subtotal_price": price,
        "estimated_shipping_price": price,
        "estimated_tax_price": price,
        "discount_granted": cost,
        "insurance_costs": cost,
        "freight_costs": cost,
        "other_costs": cost,
        "invoice_date": "2026-02-27",
        "is_cash_on_delivery": False,
    }
    order["customs_details"] = {
        "commercial_invoice_number": "1",
        "shipment_type": "gift",
        "export_type": "private",
        "tax_numbers": {"sender": [tax], "receiver": [], "importer_of_record": [tax]},
    }
    address = {
        "name": "Jane",
        "company_name": "Doe BV",
        "address_line_1": "Kerkstraat",
        "house_number": "12",
        "address_line_2": "bus 3",
        "postal_code": "1013 AB",
        "city": "Gent",
        "po_box": None,
        "state_province_code": "NB",
        "country_code": "NL",
        "email": "jane@example.com",
        "phone_number": "0612345678",
    }
    order["shipping_address"] = dict(address)
    order["billing_address"] = dict(address)
    order["customer_details"] = {"name": "Jane", "phone_number": "06", "phone": "06", "email": "j"}
    order["shipping_details"] = {
        "is_local_pickup": False,
        "delivery_indicator": "home",
        "measurement": {"weight": {"value": 1, "unit": "kg"}},
        "ship_with": {
            "type": "shipping_option_code",
            "properties": {"shipping_option_code": "postnl:standard", "contract_id": 517},
        },
    }
    order["service_point_details"] = {"id": "1", "post_number": "2", "extra_data": {"partner_name": "PostNL"}}
    return order


@official_documents.needs_document()
def test_the_full_order_is_valid_and_has_every_field() -> None:
    order = full_order()
    assert official_documents.order_validator().is_valid(order)
    assert validate_order(as_read(order), Operation.POST) == []


@official_documents.needs_document()
def test_the_models_have_exactly_the_fields_of_the_document() -> None:
    assert {field.path for field in all_fields()} == set(official_documents.order_paths())
