"""Completion at the cursor."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from query_cases import CONTEXT, queries

from tui.orders.query.completion import Candidate, complete
from tui.orders.query.language import parse
from tui.orders.query.vocabulary import FIELDS, IS_WORDS, SORT_FIELDS

SEEN: dict[str, dict[str, int]] = {
    "city": {"delft": 2, "den haag": 9, "köln": 4, "none": 1},
    "country": {"de": 5, "nl": 20, "dk": 7},
    "is": {"late": 3, "labelled": 1},
    "why": {"no_weight": 12, "postcode": 30},
    "shop": {"8": 4},
}


def counts(field: str) -> Mapping[str, int]:
    return SEEN.get(field, {})


def texts(line: str) -> list[str]:
    return [candidate.text for candidate in complete(line, len(line), CONTEXT, counts).candidates]


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("ci", ["city:"]),
        ("-ci", ["city:"]),
        ("a (cou", ["country:"]),
        ("co", ["country:", "company:"]),
        ("city:", ['"den haag"', "köln", "delft", '"none"', "none", "any"]),
        ("city:de", ['"den haag"', "delft"]),
        ("city:DE", ['"den haag"', "delft"]),
        ('city:"den h', ['"den haag"']),
        ("city:delft,kö", ["köln"]),
        ("city:=ko", ["köln"]),
        ("country:d", ["DK", "DE"]),
        ("is:la", ["late"]),
        ("is:late,unp", ["unpaid"]),
        ("why:", ["postcode", "no_weight"]),
        ("why:weight", ["no_weight", "zero_weight"]),
        ("shop:", ["eBay", '"Mijn Winkel"', '"Café Ölstraße"', "none", "any"]),
        ("shop:win", ['"Mijn Winkel"']),
        ("sort:-cre", ["created"]),
        ("sort:total,up", ["updated"]),
        ("created:to", ["today", "tomorrow"]),
        ("date>=mon", ["monday"]),
        ("created:-", ["-3d", "-6h.."]),
        ("created>-", ["-3d", "-6h"]),
        ("total:", ["none", "any"]),
        ("nothing:x", []),
        ("city:xyz", []),
    ],
)
def test_candidates(line: str, first: list[str]) -> None:
    found = texts(line)
    assert found[: len(first)] == first
    assert bool(found) == bool(first)


def test_an_empty_line_offers_every_field() -> None:
    assert texts("") == ["is:", "why:", "sort:", *(f"{name}:" for name in FIELDS)]
    assert set(texts("sort:")) == set(SORT_FIELDS)
    assert set(texts("is:")) == set(IS_WORDS)


def test_counts_and_explanations() -> None:
    found = complete("is:lat", 6, CONTEXT, counts)
    assert found.candidates == (Candidate("late", IS_WORDS["late"], 3),)
    assert complete("is:draft", 8, CONTEXT, counts).candidates[0].count is None
    assert complete("why:zero", 8, CONTEXT, counts).candidates == (Candidate("zero_weight", "weight is zero"),)
    assert complete("shop:ebay", 9, CONTEXT, counts).candidates == (Candidate("eBay", "8", 4),)


def test_only_the_part_before_the_cursor_is_replaced() -> None:
    line = "a -city:delft,ko is:late"
    found = complete(line, 16, CONTEXT, counts)
    assert line[: found.start] + found.candidates[0].text + line[found.end :] == "a -city:delft,köln is:late"


def test_there_is_a_limit() -> None:
    assert len(complete("", 0, CONTEXT, counts, limit=3).candidates) == 3


@pytest.mark.parametrize("name", [*FIELDS, "is", "why", "sort"])
def test_every_candidate_makes_a_valid_query(name: str) -> None:
    line = f"a -{name}:" if name != "sort" else "sort:-"
    found = complete(line, len(line), CONTEXT, counts)
    assert found.candidates
    for candidate in found.candidates:
        parse(line[: found.start] + candidate.text, CONTEXT)


@given(queries() | st.text(), st.integers(0, 40))
def test_any_line_can_be_completed(line: str, cursor: int) -> None:
    cursor = min(cursor, len(line))
    found = complete(line, cursor, CONTEXT, counts)
    assert 0 <= found.start <= found.end == cursor
