"""The facts of an order: which fields of the document they come from."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from odd_values import ODD, odd_orders
from query_cases import OrderCase, orders
from strategies import documents

from tui.api.codec import Document, Json
from tui.orders.query.conditions import CODES, FLAGS, LISTS, NUMBERS, TEXTS, Facts
from tui.orders.query.facts import FactsContext, country_code, facts_of

ORDER: Document = {
    "id": 669,
    "order_id": "1896E94B",
    "order_number": "NL-48213",
    "shipping_address": {
        "name": "Zoë  Özdemir",
        "company_name": "Straßer GmbH",
        "address_line_1": "Kerkstraat",
        "house_number": "12",
        "address_line_2": "3rd floor",
        "po_box": "PO 7",
        "postal_code": "1012 AB",
        "city": "Den Haag",
        "country_code": "Nederland",
        "state_province_code": "NL-NH",
        "phone_number": "06-1234 5678",
        "email": "Zoe@Example.org",
    },
    "billing_address": {"name": "Billing", "country_code": "FR", "email": "bill@example.org"},
    "customer_details": {"name": "Customer", "email": "shop@example.org", "phone_number": "+49 221 99"},
    "order_details": {
        "integration": {"id": 7},
        "status": {"code": "On-Hold", "message": "Waiting for stock"},
        "order_created_at": "2026-11-22T10:00:00Z",
        "order_updated_at": "2026-11-22T10:00:01.5+00:00",
        "notes": "Ring\ntwice",
        "tags": ["Gift", "b, c"],
        "order_items": [
            {
                "name": "Mug",
                "sku": "M-1",
                "quantity": 2,
                "hs_code": "6912.00",
                "country_of_origin": "China",
                "ean": "871",
            },
            {"name": "Cup", "sku": "m-1", "quantity": 1, "measurement": {"weight": {"value": 1, "unit": "kg"}}},
        ],
    },
    "payment_details": {
        "status": {"code": "awaiting_payment", "message": "Not yet"},
        "total_price": {"value": Decimal("41.90"), "currency": "EUR"},
    },
    "shipping_details": {
        "is_local_pickup": True,
        "delivery_indicator": "evening",
        "measurement": {"weight": {"value": 1250, "unit": "g"}},
        "ship_with": {"properties": {"shipping_option_code": "postnl:standard/x"}},
    },
    "service_point_details": {"id": "10"},
}
DUE = datetime(2026, 11, 25, 16, 0, tzinfo=UTC)
CONTEXT = FactsContext("open", [("postcode", "warning"), ("no_weight", "error")], True, True, DUE)


def test_all_facts_of_an_order() -> None:
    facts = facts_of(ORDER, CONTEXT)
    assert facts.texts == {
        "number": "nl-48213",
        "id": "1896e94b\n669",
        "name": "zoe ozdemir",
        "company": "strasser gmbh",
        "street": "kerkstraat 12\n3rd floor\npo 7",
        "postcode": "1012 ab\n1012ab",
        "city": "den haag",
        "email": "zoe@example.org\nshop@example.org",
        "phone": "06-1234 5678\n+49 221 99",
        "phone_digits": "31612345678\n0612345678\n4922199",
        "sku": "m-1",
        "item": "mug\ncup",
        "note": "ring twice",
        "tag": "gift\nb, c",
        "carrier": "postnl\npostnl:standard/x",
        "hs": "691200",
        "ean": "871",
    }
    assert facts.codes == {
        "key": "669",
        "shop": "7",
        "status": "on-hold",
        "payment": "awaiting_payment",
        "country": "nl",
        "state": "nl-nh",
        "currency": "eur",
        "stage": "open",
        "severity": "error",
    }
    assert facts.lists == {
        "sku": ("m-1",),
        "tag": ("gift", "b, c"),
        "hs": ("691200",),
        "origin": ("cn",),
        "ean": ("871",),
        "problem": ("postcode", "no_weight"),
        "status_text": ("waiting for stock",),
        "payment_text": ("not yet",),
        "flag": ("abroad", "customs", "pickup", "servicepoint", "unpaid", "hold", "note", "email", "phone"),
    }
    assert facts.numbers == {
        "pk": 669.0,
        "total": 41.9,
        "weight": 1.25,
        "items": 2.0,
        "quantity": 3.0,
        "created": datetime(2026, 11, 22, 10, tzinfo=UTC).timestamp(),
        "updated": datetime(2026, 11, 22, 10, 0, 1, 500000, tzinfo=UTC).timestamp(),
        "due": DUE.timestamp(),
    }


def test_an_empty_order_has_no_facts_but_zero_items() -> None:
    assert facts_of({}, FactsContext()) == Facts({}, {"stage": "unknown"}, {}, {"items": 0.0, "quantity": 0.0})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NL", "nl"),
        (" nl ", "nl"),
        ("Nederland", "nl"),
        ("ÖSTERREICH", "at"),
        ("UK", "gb"),
        ("DEU", "de"),
        ("Narnia", "narnia"),
        ("", ""),
    ],
)
def test_a_country_is_its_code(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("phone", "country", "found"),
    [
        ("06 1234", "NL", "3161234\n061234"),
        ("0031 6 1234", "NL", "3161234"),
        ("+31 6 1234", "DE", "3161234"),
        ("06 1234", "IT", "39061234\n061234"),
        ("06 1234", "ZZ", "061234"),
        ("none", "NL", None),
    ],
)
def test_national_phone_numbers_are_found_in_international_form_too(
    phone: str, country: str, found: str | None
) -> None:
    order: Document = {"shipping_address": {"phone_number": phone, "country_code": country}}
    assert facts_of(order, FactsContext()).texts.get("phone_digits") == found


@pytest.mark.parametrize(
    ("part", "flag", "is_set"),
    [
        ({"payment_details": {"status": {"code": "Pending"}}}, "unpaid", True),
        ({"payment_details": {"status": {"code": "x", "message": "Niet betaald"}}}, "unpaid", True),
        ({"payment_details": {"status": {"code": "paid", "message": "was pending"}}}, "unpaid", False),
        ({"payment_details": {"status": {"code": "pending"}, "is_cash_on_delivery": True}}, "unpaid", False),
        ({"payment_details": {"status": {"code": "partially_paid"}}}, "unpaid", True),
        ({"order_details": {"status": {"code": "on_hold"}}}, "hold", True),
        ({"order_details": {"status": {"code": "withholding"}}}, "hold", False),
        ({"service_point_details": {"carrier_service_point_id": "x"}}, "servicepoint", True),
        ({"service_point_details": {"id": " "}}, "servicepoint", False),
        ({"shipping_details": {"is_local_pickup": True}}, "pickup", True),
        ({"shipping_details": {"is_local_pickup": "yes"}}, "pickup", False),
        ({"customer_details": {"email": "a@b"}}, "email", True),
        ({"billing_address": {"email": "a@b"}}, "email", False),
    ],
)
def test_flags(part: Document, flag: str, is_set: bool) -> None:
    assert (flag in facts_of(part, FactsContext()).lists.get("flag", ())) == is_set


def test_problems_of_the_checks_set_flags_too() -> None:
    facts = facts_of({}, FactsContext("open", [("unpaid", "warning"), ("on_hold", "info")]))
    assert facts.lists["flag"] == ("unpaid", "hold")
    assert facts.codes["severity"] == "warning"


@pytest.mark.parametrize(
    ("shipping", "carrier"),
    [
        ({"delivery_indicator": "PostNL evening"}, "postnl evening"),
        ({"delivery_indicator": "x", "ship_with": {"properties": {"shipping_option_code": "dhl:b"}}}, "dhl\ndhl:b"),
        ({"ship_with": {"properties": {"shipping_option_code": "dhl"}}}, "dhl"),
        ({"ship_with": {"properties": {"shipping_option_code": None}}}, None),
    ],
)
def test_the_carrier_is_the_shipping_option_or_else_the_delivery_wish(shipping: Json, carrier: str | None) -> None:
    assert facts_of({"shipping_details": shipping}, FactsContext()).texts.get("carrier") == carrier


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_odd_values_anywhere_are_read(value: Json) -> None:
    for _, order in odd_orders(value, one_in=3):
        check(facts_of(order, CONTEXT))


@given(documents())
def test_documents_of_any_shape_are_read(document: Document) -> None:
    check(facts_of(document, CONTEXT))


@given(orders())
def test_orders_are_read(case: OrderCase) -> None:
    check(case.facts)


def check(facts: Facts) -> None:
    """Every fact belongs to a known field, is not empty, and can be stored."""
    assert set(facts.texts) <= set(TEXTS)
    assert set(facts.codes) <= set(CODES)
    assert set(facts.lists) <= set(LISTS)
    assert set(facts.numbers) <= set(NUMBERS)
    assert set(facts.lists.get("flag", ())) <= set(FLAGS)
    texts = [*facts.codes.values(), *(line for text in facts.texts.values() for line in text.split("\n"))]
    texts += [value for values in facts.lists.values() for value in values]
    assert all(texts)
    assert all("\n" not in text and "\0" not in text and text.encode() for text in texts)
    assert all(isinstance(number, float) and abs(number) < float("inf") for number in facts.numbers.values())
