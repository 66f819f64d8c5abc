"""Which terms of a query the service is asked for: its answer must contain ours."""

from datetime import date

import pytest
from hypothesis import given
from query_cases import CONTEXT, OrderCase, orders, queries

from tui.api.query import OrderQuery, mismatches
from tui.orders.query.evaluation import fulfils
from tui.orders.query.language import parse
from tui.orders.query.service_terms import ServiceAnswer, ServiceTerms, service_terms, who_answered, within_shop


def asked(query: str) -> ServiceTerms | None:
    return service_terms(parse(query, CONTEXT), CONTEXT)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('shop:7,"ebay"', OrderQuery(integration=(7, 8))),
        ("status:=On-Hold", OrderQuery(status="On-Hold")),
        ("id:1896E94B", OrderQuery(order_id="1896E94B")),
        (
            "created:2026-11-22",
            OrderQuery(order_created_at_min=date(2026, 11, 20), order_created_at_max=date(2026, 11, 23)),
        ),
        ("created>=2026-11-22", OrderQuery(order_created_at_min=date(2026, 11, 20))),
        ("created<2026-11-22", OrderQuery(order_created_at_max=date(2026, 11, 22))),
        ("updated>-6h", OrderQuery(order_updated_at_min=date(2026, 11, 24))),
        (
            "created>=2026-11-01 created>=2026-11-10 created<=2026-11-22 created<today",
            OrderQuery(order_created_at_min=date(2026, 11, 8), order_created_at_max=date(2026, 11, 23)),
        ),
        ("city:delft shop:7 (a or b)", OrderQuery(integration=(7,))),
        ("created>=0001-01-01", OrderQuery()),
    ],
)
def test_terms_that_the_service_can_answer(query: str, expected: OrderQuery) -> None:
    terms = asked(query)
    assert terms is not None
    assert terms.query == expected
    terms.query.parameters()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "a",
        "number:48213",
        "number:=NL-48213",
        "status:unshipped",
        "status:=a,b",
        "status:=Expédié",
        "status:=none",
        "id:12",
        "id:a,b",
        "id:any",
        "shop:none",
        "shop:0",
        "shop:7,10",
        "-shop:7",
        "shop:7 or a",
        "-(shop:7)",
        "created:none",
        "created:today,2026-11-22",
        "due:today",
        "is:open",
        "payment:=paid",
    ],
)
def test_terms_that_it_cannot_answer(query: str) -> None:
    assert asked(query) is None


def test_one_filter_takes_one_term() -> None:
    terms = asked("shop:7 shop:8 status:=a status:=b id:x id:y")
    assert terms == ServiceTerms(
        OrderQuery(integration=(7,), status="a", order_id="x"), ("shop:7", "status:=a", "id:x")
    )


@given(orders(), queries())
def test_the_answer_of_the_service_contains_ours(case: OrderCase, query: str) -> None:
    terms = asked(query)
    if terms is not None and fulfils(case.facts, parse(query, CONTEXT).condition):
        assert mismatches(terms.query, [case.document]) == {}


def test_terms_within_the_shop_that_is_shown() -> None:
    terms = within_shop(asked("status:=paid a"), "7")
    assert terms == ServiceTerms(OrderQuery(integration=(7,), status="paid"), ("shop:7", "status:=paid"))
    assert within_shop(None, "7") == ServiceTerms(OrderQuery(integration=(7,)), ("shop:7",))
    assert within_shop(asked("shop:8"), "7") == asked("shop:8")
    assert within_shop(None, "all") is None


def test_a_sentence_says_who_answered_and_over_how_many_orders() -> None:
    terms = asked("shop:7 a")
    assert terms is not None
    assert who_answered(terms, ServiceAnswer(1, is_complete=True)) == (
        "The service was asked for shop:7: 1 order. The rest of the query was answered from these."
    )
    assert who_answered(terms, ServiceAnswer(1000, is_complete=False)) == (
        "The service was asked for shop:7: the first 1000 orders. The others follow when all orders are read."
    )
