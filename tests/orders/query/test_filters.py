"""Tests for parsing the filter line."""

from datetime import date

import pytest

from tui.orders.query.filters import Days, FilterError, parse_filter

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("date:today", Days(TODAY, TODAY)),
        ("date:yesterday", Days(date(2026, 11, 22), date(2026, 11, 22))),
        ("date:-3d", Days(date(2026, 11, 20), date(2026, 11, 20))),
        ("date:-7d..", Days(date(2026, 11, 16), None)),
        ("date:..2026-11-01", Days(None, date(2026, 11, 1))),
        ("date:2026-11-01..2026-11-03", Days(date(2026, 11, 1), date(2026, 11, 3))),
    ],
)
def test_ranges_of_days_are_parsed(line: str, days: Days) -> None:
    assert parse_filter(line, TODAY).ordered == days


def test_filters_and_terms_are_parsed_together() -> None:
    found = parse_filter('status:"on hold",paid number:NL-1 sort:-order_created_at Gent Maes', TODAY)
    assert found.statuses == ("on hold", "paid")
    assert found.number == "NL-1"
    assert found.sort == ("-order_created_at",)
    assert found.terms == ("gent", "maes")
    assert found.narrows_query
    assert not parse_filter("gent", TODAY).narrows_query


@pytest.mark.parametrize("why", ["any", "stop", "none", "weight"])
def test_why_is_a_local_filter(why: str) -> None:
    found = parse_filter(f"why:{why.upper()} gent", TODAY)
    assert (found.why, found.terms, found.narrows_query) == (why, ("gent",), False)


@pytest.mark.parametrize("line", ["why:", "city:Gent", "date:someday", "date:..", "sort:name", "number:", "status:"])
def test_invalid_term_is_named_in_the_error(line: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(line, TODAY)
    assert len(str(caught.value)) > 20
