"""Seed data: reproducible, recent, and valid by the document unless odd."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import official_documents
import pytest

from tui.orders.addresses.formats import is_postcode
from tui.sandbox.data import FIRST_ID
from tui.sandbox.seed_data import FAILING_SHOP, SHOPS
from tui.sandbox.seed_orders import SeedRow, Span, failing_since, generate_orders, missed_order_count
from tui.sandbox.shops import exception_logs, integrations
from tui.sandbox.times import DAY, to_micros

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
SPAN = Span(NOW - timedelta(days=30), NOW)
BUSY = {shop.id for shop in SHOPS if shop.share and shop.id != FAILING_SHOP}


@cache
def rows(count: int = 1500, *, odd: bool = False, seed: int = 1, span: Span = SPAN) -> list[SeedRow]:
    return list(generate_orders(seed, span, count, odd=odd, first_id=FIRST_ID, numbers={}))


@cache
def documents(count: int = 3000, *, odd: bool = False) -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in rows(count, odd=odd)]


@pytest.fixture(autouse=True, scope="module")
def forget() -> Iterator[None]:
    """Free the generated documents after the last test of this module."""
    yield
    rows.cache_clear()
    documents.cache_clear()


def test_same_seed_and_date_give_the_same_bytes() -> None:
    assert rows() == rows.__wrapped__()
    assert [row.body for row in rows()] != [row.body for row in rows(seed=2)]


@official_documents.needs_document()
def test_orders_are_valid_by_the_document() -> None:
    check = official_documents.order_validator()
    for document in documents(1500):
        problems = [f"{problem.json_path}: {problem.message}" for problem in check.iter_errors(document)]
        assert not problems, document


def test_some_items_have_a_manufacturer_product_id_and_a_valid_gtin() -> None:
    items = [item for document in documents(300) for item in document["order_details"]["order_items"]]
    codes = {item["manufacturer_product_id_std"] for item in items if "manufacturer_product_id" in item}
    assert len(codes) > 5
    for code in codes:
        assert len(code) == 14
        assert sum(int(digit) * (3, 1)[index % 2] for index, digit in enumerate(code)) % 10 == 0


def test_postcodes_are_valid_unless_the_address_is_damaged() -> None:
    addresses = [document.get("shipping_address") or {} for document in documents(3000)]
    wrong = {
        address["postal_code"]
        for address in addresses
        if is_postcode(address.get("country_code", ""), address.get("postal_code", "")) is False
    }
    assert wrong <= {"00000", "?", "n/a", "1234"}


@official_documents.needs_document()
def test_few_orders_are_odd_and_invalid() -> None:
    check = official_documents.order_validator()
    share = sum(not check.is_valid(document) for document in documents(1500, odd=True)) / 1500
    assert 0.01 < share < 0.15


@official_documents.needs_document()
@pytest.mark.parametrize(
    ("pointer", "document"), [("integration-response-model", integrations), ("integration-log", None)]
)
def test_integrations_and_logs_are_valid_by_the_document(pointer: str, document: Any) -> None:
    check = official_documents.validator(f"/components/schemas/{pointer}", "integrations")
    nodes = list(document(NOW)) if document else [log for _, _, log in exception_logs(NOW)]
    assert len(nodes) >= 6
    for node in nodes:
        assert not list(check.iter_errors(node)), node


@pytest.mark.parametrize("hour", [0, 1, 9, 23])
@pytest.mark.parametrize("count", [300, 2000])
def test_several_shops_have_orders_of_yesterday_and_this_morning(hour: int, count: int) -> None:
    now = NOW.replace(hour=hour, minute=0)
    midnight = to_micros(now) - to_micros(now) % DAY
    placed = rows(count, span=Span(now - timedelta(days=30), now))
    assert len(placed) == count
    assert {row.integration for row in placed if row.created >= midnight} >= BUSY
    assert {row.integration for row in placed if midnight - DAY <= row.created < midnight} >= BUSY
    assert all(row.created <= to_micros(now) for row in placed)


def test_the_failing_shop_has_no_orders_since_last_night_and_one_shop_has_none() -> None:
    since = to_micros(failing_since(NOW))
    failing = [row for row in rows() if row.integration == FAILING_SHOP]
    assert failing
    assert all(row.created <= since for row in failing)
    assert {shop.id for shop in SHOPS} - {row.integration for row in rows()} == {801177}


def test_ids_ascend_with_time_and_columns_equal_the_json() -> None:
    placed = rows(400)
    assert [row.id for row in placed] == list(range(FIRST_ID, FIRST_ID + 400))
    assert [row.created for row in placed] == sorted(row.created for row in placed)
    for row in placed:
        document = json.loads(row.body)
        details = document["order_details"]
        assert document["id"] == str(row.id)
        assert (document["order_id"], document["order_number"]) == (row.order_id, row.order_number)
        assert (details["integration"]["id"], details["status"]["code"]) == (row.integration, row.status)
        assert to_micros(datetime.fromisoformat(details["order_created_at"])) == row.created
        assert ("order_updated_at" in details) == (row.updated is not None)


def test_order_ids_of_a_shop_are_unique() -> None:
    keys = Counter((row.integration, row.order_id) for row in rows(5000))
    assert keys.most_common(1)[0][1] == 1


def _address(order: dict[str, Any]) -> dict[str, Any]:
    return dict(order.get("shipping_address") or {})


def _sum(order: dict[str, Any]) -> int:
    return round(sum(item["total_price"]["value"] for item in order["order_details"]["order_items"]) * 100)


TROUBLE = {
    "number inside the street": lambda o: not _address(o).get("house_number") and _address(o).get("address_line_1"),
    "swapped lines": lambda o: _address(o).get("house_number") == " ",
    "e-mail in the name": lambda o: "@" in _address(o).get("name", ""),
    "no address": lambda o: "shipping_address" not in o,
    "no weight": lambda o: all("measurement" not in item for item in o["order_details"]["order_items"]),
    "no customs data": lambda o: (
        _address(o).get("country_code") in ("US", "GB", "CH")
        and any("hs_code" not in item for item in o["order_details"]["order_items"])
    ),
    "totals that do not add up": lambda o: (
        round(o["payment_details"]["total_price"]["value"] * 100) - _sum(o) not in (0, 495, 595, 695, 1250)
    ),
    "twin item names": lambda o: (
        len({item["name"] for item in o["order_details"]["order_items"]}) < len(o["order_details"]["order_items"])
    ),
    "escape sequences": lambda o: "\x1b" in json.dumps(o, ensure_ascii=False) or "\\u001b" in json.dumps(o),
    "C1": lambda o: "\\u009b" in json.dumps(o),
    "bidi": lambda o: "\\u202e" in json.dumps(o),
    "markup": lambda o: "[@click=" in json.dumps(o),
    "formula": lambda o: '"=' in json.dumps(o),
    "cash on delivery": lambda o: o["payment_details"].get("is_cash_on_delivery"),
    "a customer note": lambda o: o["order_details"].get("notes"),
    "no updated time": lambda o: "order_updated_at" not in o["order_details"],
    "a service point": lambda o: "service_point_details" in o,
}


@pytest.mark.parametrize("kind", TROUBLE)
def test_problems_occur_with_realistic_frequency(kind: str) -> None:
    share = sum(bool(TROUBLE[kind](document)) for document in documents()) / 3000
    assert 0.001 <= share <= 0.45, share


def test_orders_come_from_many_countries_and_have_one_to_sixty_items() -> None:
    orders = documents(6000)
    countries = Counter(_address(order).get("country_code") for order in orders)
    assert len(countries) > 20
    sizes = Counter(len(order["order_details"]["order_items"]) for order in orders)
    assert min(sizes) == 1
    assert 40 < max(sizes) <= 60
    assert 0.4 < sizes[1] / 6000 < 0.7


def test_customers_return_and_some_numbers_are_shared() -> None:
    placed = rows(3000)
    streets = Counter(json.dumps(_address(json.loads(row.body))) for row in placed)
    assert streets.most_common(1)[0][1] >= 3
    numbers = Counter((row.integration, row.order_number) for row in placed)
    assert any(count > 1 for count in numbers.values())


ODD = {
    "a foreign currency": lambda text: '"currency":"CHF"' in text,
    "costs as numbers": lambda text: 'freight_costs":{"value":5.95' in text or 'freight_costs":{"value":0,' in text,
    "a null node": lambda text: '"shipping_details":null' in text or '"delivery_dates":null' in text,
    "an unknown field": lambda text: '"source_name"' in text or '"cpsc"' in text,
    "half a character": lambda text: "\\ud83d pair" in text,
}


@pytest.mark.parametrize("kind", ODD)
def test_only_odd_orders_violate_the_document(kind: str) -> None:
    assert any(ODD[kind](row.body.decode()) for row in rows(4000, odd=True))
    assert not any(ODD[kind](row.body.decode()) for row in rows(4000))


def test_no_text_contains_nul() -> None:
    assert not any(b"\\u0000" in row.body for row in rows(4000, odd=True))


def test_missed_orders_are_proportional_to_the_time() -> None:
    week = Span(NOW - timedelta(days=7), NOW)
    assert missed_order_count(66, week) == 462
    assert missed_order_count(66, Span(NOW - timedelta(hours=1), NOW)) == 15
    assert missed_order_count(2, Span(NOW - timedelta(hours=1), NOW)) == 1
