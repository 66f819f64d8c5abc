"""Tests for the checks before shipping and before sending."""

from typing import Any

import pytest

from tui.api.errors import Severity
from tui.api.pointer import ABSENT, Pointer
from tui.orders.addresses.house_number import split_street
from tui.orders.checks.sending import check_duplicates, check_order
from tui.orders.checks.shipping import at_every_item, fix_for, preflight

PRICE = {"value": 3, "currency": "EUR"}


def valid_order() -> dict[str, Any]:
    return {
        "order_id": "1",
        "order_number": "1",
        "order_details": {
            "integration": {"id": 7},
            "status": {"code": "open"},
            "order_created_at": "2026-02-27T10:00:00Z",
            "order_items": [
                {
                    "name": "Mug",
                    "quantity": 1,
                    "total_price": PRICE,
                    "measurement": {"weight": {"value": 1, "unit": "kg"}},
                }
            ],
        },
        "payment_details": {"total_price": PRICE, "status": {"code": "paid"}},
        "shipping_address": {
            "name": "Jeroen Maes",
            "address_line_1": "Kerkstraat",
            "house_number": "12",
            "postal_code": "9000",
            "city": "Gent",
            "country_code": "BE",
        },
    }


def test_valid_order_has_no_problems() -> None:
    assert preflight(valid_order()) == []
    assert check_order(valid_order(), {7}) == []


@pytest.mark.parametrize(
    ("path", "value", "code", "problem_path"),
    [
        ("/shipping_address", ABSENT, "no_address", "/shipping_address"),
        ("/shipping_address", None, "no_address", "/shipping_address"),
        ("/shipping_address/city", " ", "no_city", "/shipping_address/city"),
        ("/shipping_address/house_number", None, "no_house_number", "/shipping_address/house_number"),
        ("/shipping_address/country_code", "Belgium", "unknown_country", "/shipping_address/country_code"),
        ("/shipping_address/postal_code", "90", "postcode", "/shipping_address/postal_code"),
        ("/shipping_address/name", "J j@example.be", "email_in_name", "/shipping_address/name"),
        ("/shipping_address/company_name", "x" * 47, "long", "/shipping_address/company_name"),
        (
            "/order_details/order_items/0/measurement",
            ABSENT,
            "no_weight",
            "/shipping_details/measurement/weight/value",
        ),
        ("/order_details/order_items/0/quantity", 0, "quantity", "/order_details/order_items/0/quantity"),
        ("/order_details/order_items", [], "no_items", "/order_details/order_items"),
        ("/payment_details/status/code", "unpaid", "unpaid", "/payment_details/status/code"),
        ("/payment_details/total_price/value", 9, "totals", "/payment_details/total_price/value"),
    ],
)
def test_problem_is_found_at_its_field(path: str, value: Any, code: str, problem_path: str) -> None:
    pointer = Pointer.parse(path)
    order = pointer.drop(valid_order()) if value is ABSENT else pointer.put(valid_order(), value)
    found = {problem.code: str(problem.pointer) for problem in preflight(order)}
    assert found.get(code) == problem_path, found


@pytest.mark.parametrize(
    ("country", "valid", "invalid"),
    [
        ("NL", "1012 AB|1012AB|1012 ab", "0012 AB|1012|1012-AB|1012  AB|1012 SS|1012 A|NL-1012 AB"),
        ("BE", "9000|1000", "0123|900|90000|B-9000"),
        ("DE", "01067|99999", "1067|D-01067|010 67|٠١٢٣٤"),
        ("FR", "75001|01000", "75 001|7500|F-75001|2A004"),
        ("ES", "28001|01001", "2801|28-001"),
        ("IT", "00144|47037", "0144|I-00144"),
        ("AT", "1010", "101|10100|A-1010"),
        ("CH", "8001", "801|CH-8001"),
        ("PL", "00-950|00950", "00 950|0950|00--950|000-50"),
        ("US", "95014|22162-1010", "9501|95014 1010|95014-101|950141010"),
        ("GB", "SW1A 1AA|sw1a1aa|M2 5BQ|BFPO 61", "XX1 1AA|SW1A|12345"),
        ("IE", "D02 X285|A65F4E2", "D02|Dublin 2|12345"),
        ("LV", "LV-1073|1073", "LV-107|LV 1073"),
        ("SE", "114 55|11455", "1145|11-455"),
        ("PT", "1250-096", "1250|125-0096"),
        ("CA", "H3Z 2Y7|H3Z2Y7", "D3Z 2Y7|H3Z"),
        ("JP", "154-0023|1540023", "154-002"),
        ("AE", "|00000|anything", ""),
    ],
)
def test_a_postcode_is_checked_in_every_country_that_has_them(country: str, valid: str, invalid: str) -> None:
    def has_warning(postcode: str) -> bool:
        order = valid_order()
        order["shipping_address"] |= {"country_code": country, "postal_code": postcode}
        return "postcode" in {problem.code for problem in preflight(order)}

    assert [postcode for postcode in valid.split("|") if has_warning(postcode)] == []
    assert [postcode for postcode in filter(None, invalid.split("|")) if not has_warning(postcode)] == []


def test_customs_data_is_required_only_outside_the_customs_area() -> None:
    order = valid_order()
    order["shipping_address"] |= {"country_code": "CH", "postal_code": "8001"}
    assert {problem.code for problem in preflight(order)} == {"no_hs_code", "no_country_of_origin", "no_customs"}
    order["shipping_address"] |= {"country_code": "ES", "postal_code": "35001"}
    assert "no_customs" in {problem.code for problem in preflight(order)}
    order["shipping_address"]["postal_code"] = "28001"
    assert preflight(order) == []


def test_problem_of_several_items_is_expanded_to_each_of_them() -> None:
    order = valid_order()
    order["shipping_address"] |= {"country_code": "CH", "postal_code": "8001"}
    mug = order["order_details"]["order_items"][0]
    order["order_details"]["order_items"] = [mug | {"hs_code": "6912"}, mug | {"hs_code": " "}, mug]
    found = {
        problem.code: [str(expanded.pointer) for expanded in at_every_item(order, problem)]
        for problem in preflight(order)
    }
    assert found["no_hs_code"] == [f"/order_details/order_items/{position}/hs_code" for position in (1, 2)]
    assert len(found["no_country_of_origin"]) == 3
    assert found["no_customs"] == ["/customs_details/shipment_type"]


@pytest.mark.parametrize(
    ("street", "split"),
    [
        ("Kerkstraat 12B", ("Kerkstraat", "12B")),
        ("Große Straße 12 a", ("Große Straße", "12 a")),
        ("12 rue du Bac", ("rue du Bac", "12")),
        ("Calle Mayor, 5", ("Calle Mayor", "5")),
        ("Straße des 17. Juni 135", ("Straße des 17. Juni", "135")),
        ("Kerkstraat", None),
        ("12", None),
        ("", None),
    ],
)
def test_split_street(street: str, split: tuple[str, str] | None) -> None:
    assert split_street(street) == split


def test_house_number_in_the_street_has_a_proposed_fix() -> None:
    order = valid_order()
    order["shipping_address"] |= {"address_line_1": "Kerkstraat 12B", "house_number": ""}
    (problem,) = preflight(order)
    assert (problem.code, problem.severity) == ("street_number", Severity.WARNING)
    proposal = fix_for(order, problem)
    assert proposal is not None
    assert [(pointer.name, value) for pointer, value in proposal.values] == [
        ("address_line_1", "Kerkstraat"),
        ("house_number", "12B"),
    ]


@pytest.mark.parametrize("value", [None, 3, "x", [], [None], {}, {"order_items": 3}, {"order_items": [3, None]}, True])
def test_documents_of_any_shape_can_be_checked(value: Any) -> None:
    for key in valid_order():
        preflight({**valid_order(), key: value})
        check_order({**valid_order(), key: value}, {7})


def test_check_order_distinguishes_errors_and_warnings() -> None:
    order = Pointer.parse("/payment_details/total_price/currency").put(valid_order(), "CHF")
    order = Pointer.parse("/order_details/integration/id").put(order, 9)
    order = Pointer.parse("/shipping_address").drop(order)
    found = {problem.code: problem.severity for problem in check_order(order, {7})}
    assert found["literal_error"] is Severity.WARNING
    assert found["no_address"] is Severity.WARNING
    assert found["unknown_shop"] is Severity.ERROR


def test_duplicate_is_reported_for_the_second_order() -> None:
    assert check_duplicates(
        {"a": valid_order(), "b": {**valid_order(), "order_id": "2"}, "c": valid_order()}
    ).keys() == {"c"}
