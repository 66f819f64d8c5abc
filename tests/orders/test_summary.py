"""Short texts about an order for lists and panes, read leniently from the document."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from odd_values import ODD, odd_orders

from tui.api.codec import Document, Json
from tui.orders import summary
from tui.orders.paths import TOTAL

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("order", "name"),
    [
        ({"order_number": "NL-1", "order_id": "s1", "id": "7"}, "NL-1"),
        ({"order_number": "", "order_id": "s1", "id": "7"}, "s1"),
        ({"order_number": None, "id": 7}, "#7"),
        ({"order_number": ["NL-1"]}, "#?"),
    ],
)
def test_name_is_the_number_or_an_id(order: Document, name: str) -> None:
    assert summary.order_name(order) == name


@pytest.mark.parametrize(
    ("price", "text"),
    [
        ({"value": Decimal("41.9"), "currency": "EUR"}, "€ 41.90"),
        ({"value": 5, "currency": "CHF"}, "CHF 5.00"),
        ({"value": Decimal("1.005"), "currency": "GBP"}, "£ 1.005"),
        ({"value": 3}, "? 3.00"),
        ({"value": None, "currency": "EUR"}, ""),
        ({"currency": "EUR"}, ""),
        ("5", ""),
    ],
)
def test_money(price: Json, text: str) -> None:
    assert summary.money_at({"payment_details": {"total_price": price}}, TOTAL) == text


def weighed(*items: Any, parcel: Any = None) -> Document:
    document: Document = {"order_details": {"order_items": list(items)}}
    return document | {"shipping_details": {"measurement": {"weight": parcel}}}


def item(value: Any, unit: Any = "kg", quantity: Any = 1) -> dict[str, Any]:
    return {"quantity": quantity, "measurement": {"weight": {"value": value, "unit": unit}}}


@pytest.mark.parametrize(
    ("order", "text"),
    [
        (weighed(item(1), parcel={"value": 500, "unit": "g"}), "0.50"),
        (weighed(item(1), item(Decimal("0.25"), quantity=2)), "1.50"),
        (weighed(item(1, "LBS")), "0.45"),
        (weighed(item(Decimal("189.36"))), "189.4"),
        (weighed(item(Decimal("1234.5"))), "1234"),
        (weighed(item(1), item(1, "stone")), ""),
        (weighed(item(1), {"quantity": 1}), ""),
        (weighed(item(1, quantity=True)), ""),
        (weighed(item("1")), ""),
        (weighed(), ""),
        ({}, ""),
    ],
)
def test_weight_is_that_of_the_parcel_or_the_sum_of_all_items(order: Document, text: str) -> None:
    assert summary.weight_text(order) == text


@pytest.mark.parametrize(
    ("placed", "text"),
    [
        ("2026-11-23T09:25:00Z", "5m"),
        ("2026-11-23T09:45:00Z", "0m"),
        ("2026-11-22T20:30:00Z", "13h"),
        ("2026-11-21T09:30:00Z", "2d"),
        ("2026-08-03T09:30:00Z", "16w"),
        ("2016-11-20T09:30:00Z", "10y"),
        ("1026-11-23T09:30:00Z", "99y"),
        ("yesterday", "?"),
        (None, "?"),
    ],
)
def test_age_has_at_most_three_characters(placed: Json, text: str) -> None:
    assert summary.age_text({"order_details": {"order_created_at": placed}}, NOW) == text


def test_time_is_shown_in_the_zone() -> None:
    order: Document = {"order_details": {"order_created_at": "2026-11-23T07:12:00Z"}}
    assert summary.ordered_at_text(order, ZoneInfo("Europe/Amsterdam")) == "Mon 23 Nov 08:12"
    assert summary.ordered_at_text({}, UTC) == ""


def test_address_has_no_empty_lines() -> None:
    order: Document = {
        "shipping_address": {
            "name": "Jane Doe",
            "company_name": "",
            "address_line_1": "Kerkstraat",
            "house_number": "1",
            "po_box": "12",
            "postal_code": "5341 XT",
            "city": "Oss",
            "country_code": "NL",
            "email": "jane@example.com",
        }
    }
    assert list(summary.address_lines(order)) == [
        "Jane Doe",
        "Kerkstraat 1",
        "PO box 12",
        "5341 XT Oss NL",
        "jane@example.com",
    ]
    assert list(summary.address_lines({"shipping_address": "none"})) == []


def test_searchable_text_has_address_tags_and_items_in_lower_case() -> None:
    order: Document = {
        "order_number": "NL-1",
        "shipping_address": {"city": "Oss", "house_number": 12},
        "order_details": {"tags": ["Gift", 5], "order_items": [{"name": "Mug", "sku": "M-1"}, None]},
    }
    assert summary.searchable_text(order).split() == ["nl-1", "oss", "gift", "mug", "m-1"]
    assert summary.tags_of(order) == ("Gift",)
    assert (summary.item_count(order), summary.item_count({})) == (2, None)


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_any_value_can_be_summarized(value: Json) -> None:
    for pointer, order in odd_orders(value, 3):
        texts = [
            summary.order_name(order),
            summary.money_at(order, TOTAL),
            summary.weight_text(order),
            summary.age_text(order, NOW),
            summary.ordered_at_text(order, UTC),
            *summary.address_lines(order),
            *summary.tags_of(order),
            summary.searchable_text(order),
        ]
        assert all(isinstance(text, str) for text in texts), pointer
