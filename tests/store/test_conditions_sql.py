"""Queries in SQL find the same orders, in the same sequence, as in memory: with and without the full-text index."""

import os
from collections.abc import Iterator

import pytest
from query_cases import CONTEXT, random_order, random_query

from tui.orders.query.conditions import Facts, OneOf
from tui.orders.query.evaluation import fulfils, sorted_facts
from tui.orders.query.language import QueryError, parse
from tui.store.order_cache import OrderCache, ReadOrder

_ORDERS = 250
_QUERIES = int(os.environ.get("SENDCLOUD_EXAMPLES", "0")) or 400


@pytest.fixture(params=["index", "plain"], scope="module")
def cache(request: pytest.FixtureRequest) -> Iterator[tuple[OrderCache, list[Facts]]]:
    """A cache of random orders, and their facts, with distinct keys and ids."""
    facts = [random_order(seed).facts for seed in range(_ORDERS)]
    for number, known in enumerate(facts, 1):
        known.codes["key"], known.numbers["pk"] = str(number), float(number)
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "plain":
            patch.setattr("tui.store.order_cache._has_full_text", lambda: False)
        opened = OrderCache(None)
    opened.put([ReadOrder(known.codes["key"], {}, known) for known in facts], 1.0)
    yield opened, facts
    opened.close()


def test_sql_and_memory_agree(cache: tuple[OrderCache, list[Facts]]) -> None:
    stored, facts = cache
    hits = 0
    for seed in range(_QUERIES):
        line = random_query(seed)
        try:
            query = parse(line, CONTEXT)
        except QueryError:
            continue
        expected = sorted_facts((known for known in facts if fulfils(known, query.condition)), query.sort)
        found = stored.keys(stored.find(query.condition, query.sort))
        assert found == [known.codes["key"] for known in expected], line
        assert stored.count(query.condition) == len(found), line
        hits += bool(found)
    assert hits > _QUERIES // 5


def test_facets_count_what_memory_counts(cache: tuple[OrderCache, list[Facts]]) -> None:
    stored, facts = cache
    for seed in range(40):
        try:
            query = parse(random_query(seed), CONTEXT)
        except QueryError:
            continue
        matching = [known for known in facts if fulfils(known, query.condition)]
        counts = stored.facets(query.condition, ["country", "tag"])
        for value, count in counts["country"]:
            assert count == sum(known.codes.get("country") == value for known in matching)
        for value, count in counts["tag"]:
            assert count == sum(value in known.lists.get("tag", ()) for known in matching)
        assert sum(count for _, count in counts["country"]) == sum("country" in known.codes for known in matching)


def test_one_of_many_texts_is_found_with_and_without_the_index(cache: tuple[OrderCache, list[Facts]]) -> None:
    stored, facts = cache
    numbers = sorted({line for known in facts for line in known.texts.get("number", "").split("\n") if line})
    for values in (numbers, [*numbers, *(f"missing {n}" for n in range(600))], [*numbers, "x"], [], ['"', "a*", "(b)"]):
        condition = OneOf("number", tuple(values))
        found = set(stored.keys(stored.find(condition)))
        assert found == {known.codes["key"] for known in facts if fulfils(known, condition)}
