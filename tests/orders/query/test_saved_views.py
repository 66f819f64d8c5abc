"""Saved views: what is stored comes back, and what cannot be a view is left out."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tui.orders.query.saved_views import (
    BUILT_IN,
    EVERY,
    LETTERS,
    WIDEST,
    QueryView,
    ViewColumn,
    from_json,
    sort_of,
    to_json,
    views_of,
    with_sort,
    without_sort,
)

COLUMNS = st.lists(st.builds(ViewColumn, st.text(), st.integers(0, WIDEST)), max_size=4).map(tuple)
VIEWS = st.builds(QueryView, st.sampled_from(LETTERS), st.text(min_size=1), st.text(), COLUMNS)


@given(st.lists(VIEWS))
def test_stored_views_come_back(views: list[QueryView]) -> None:
    assert from_json(to_json(views)) == views


def test_a_view_of_the_user_replaces_the_built_in_one_and_all_orders_come_last() -> None:
    own = QueryView("f", "mine", "country:de")
    every = replace(EVERY, query="sort:-total", columns=(ViewColumn("city", 12),))
    found = {view.letter: view for view in views_of([own, every])}
    assert found["f"] == own
    assert list(found)[-1] == "0"
    assert len(found) == len(BUILT_IN) + 1
    assert from_json(to_json([every])) == [every]


def test_what_is_no_view_is_left_out() -> None:
    view = {"letter": "w", "name": "a", "query": "b"}
    assert from_json([view, {**view, "letter": "W"}, {**view, "query": 1}, "x", None]) == [QueryView("w", "a", "b")]
    assert from_json({}) == []
    # The view of all orders has no other query, whatever the file says.
    assert from_json([{"letter": "0", "name": "x", "query": "is:error"}]) == []
    assert from_json([{**view, "columns": [["city", 3], ["x"], ["y", -1], ["z", 10**9], 7]}])[0].columns == (
        ViewColumn("city", 3),
    )


def test_the_sort_order_of_a_query() -> None:
    line = "is:open sort:total  country:de sort:-age"
    assert without_sort(line) == "is:open country:de"
    assert sort_of(line) == ["total", "-age"]
    assert with_sort(line, "-pk") == "is:open country:de sort:-pk"
    assert with_sort("", "pk") == "sort:pk"
