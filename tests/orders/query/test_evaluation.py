"""Evaluation in memory: logic, and sorting."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from query_cases import CONTEXT, OrderCase, orders, queries, random_order, random_query

from tui.orders.query.conditions import All, Between, Contains, Facts, Not, OneOf, Present, Some, SortKey
from tui.orders.query.evaluation import fulfils, sorted_facts
from tui.orders.query.language import parse

FACTS = Facts(
    {"city": "den haag", "sku": "mug-1\nmug, 2"}, {"country": "nl"}, {"sku": ("mug-1", "mug, 2")}, {"total": 5.0}
)


@pytest.mark.parametrize(
    ("condition", "is_fulfilled"),
    [
        (Contains(("name", "city"), "haag"), True),
        (Contains(("name",), "haag"), False),
        (Contains((), "haag"), False),
        (OneOf("country", ("de", "nl")), True),
        (OneOf("country", ()), False),
        (OneOf("country", ("n",)), False),
        (OneOf("sku", ("mug, 2",)), True),
        (OneOf("sku", ("mug",)), False),
        (OneOf("city", ("den haag",)), True),
        (OneOf("city", ("haag",)), False),
        (OneOf("name", ("",)), False),
        (Between("total", 5, 5), True),
        (Between("total", 5, excludes_low=True), False),
        (Between("total", high=5, excludes_high=True), False),
        (Between("total", 4, 6, excludes_low=True, excludes_high=True), True),
        (Between("total"), True),
        (Between("weight"), False),
        (Present("total"), True),
        (Present("weight"), False),
        (Present("city"), True),
        (Present("name"), False),
        (Present("country"), True),
        (Present("sku"), True),
        (Present("tag"), False),
        (Not(Present("tag")), True),
        (All(), True),
        (Some(), False),
        (All((Present("city"), Present("tag"))), False),
        (Some((Present("city"), Present("tag"))), True),
    ],
)
def test_conditions(condition: All, is_fulfilled: bool) -> None:
    assert fulfils(FACTS, condition) == is_fulfilled
    assert fulfils(FACTS, Not(condition)) != is_fulfilled


def found(case: OrderCase, query: str) -> bool:
    return fulfils(case.facts, parse(query, CONTEXT).condition)


@given(orders(), queries(), queries())
def test_every_order_fulfils_a_query_or_its_complement(case: OrderCase, first: str, second: str) -> None:
    first, second = (str(replace(parse(query, CONTEXT), sort=())) for query in (first, second))
    is_first, is_second = found(case, first), found(case, second)
    assert found(case, f"-({first})") != is_first
    assert found(case, f"({first}) ({second})") == (is_first and is_second)
    assert found(case, f"{first} or {second}") == (is_first or is_second)
    assert found(case, f"-({first} or {second})") == found(case, f"-({first}) -({second})")
    assert found(case, f"not (({first}) ({second}))") == found(case, f"-({first}) or -({second})")


def test_the_generated_queries_find_some_of_the_generated_orders() -> None:
    facts = [random_order(seed).facts for seed in range(100)]
    counts = [
        sum(fulfils(order, parse(random_query(seed), CONTEXT).condition) for order in facts) for seed in range(100)
    ]
    assert sum(0 < count < len(facts) for count in counts) > 60


def order(pk: float | None, **facts: str | float) -> Facts:
    numbers = {name: value for name, value in facts.items() if isinstance(value, float)}
    texts = {name: value for name, value in facts.items() if isinstance(value, str)}
    return Facts(texts, {}, {}, numbers if pk is None else {**numbers, "pk": pk})


def keys(orders: list[Facts]) -> list[float | None]:
    return [facts.numbers.get("pk") for facts in orders]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("", [4, 3, 2, 1, None]),
        ("sort:pk", [1, 2, 3, 4, None]),
        ("sort:total", [1, None, 4, 2, 3]),
        ("sort:-total", [4, 2, None, 1, 3]),
        ("sort:city", [3, 2, 1, 4, None]),
        ("sort:-city", [1, 3, 2, 4, None]),
        ("sort:total,city", [1, None, 2, 4, 3]),
    ],
)
def test_absent_values_come_last_and_the_newest_first_among_equals(sort: str, expected: list[float | None]) -> None:
    found = [
        order(None, total=2.0),
        order(1, total=1.0, city="b"),
        order(2, total=3.0, city="a"),
        order(3, city="a"),
        order(4, total=3.0),
    ]
    assert keys(sorted_facts(found, parse(sort, CONTEXT).sort)) == expected


@given(st.lists(orders(), max_size=6), st.sampled_from(["status", "number", "total", "severity"]))
def test_codes_texts_and_numbers_can_be_sorted_by(cases: list[OrderCase], name: str) -> None:
    facts = [case.facts for case in cases]
    up = sorted_facts(facts, [SortKey(name)])
    values = [facts.numbers.get(name) or facts.codes.get(name) or facts.texts.get(name) or 0 for facts in up]
    known = [str(value) if isinstance(value, str) else value for value in values if value]
    assert known == sorted(known)  # type: ignore[type-var]
    assert len(up) == len(facts)
