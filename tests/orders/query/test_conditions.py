"""Which conditions name warnings."""

import pytest
from query_cases import CONTEXT

from tui.orders.query.conditions import asks_for_warnings
from tui.orders.query.language import parse


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("", False),
        ("is:open country:nl", False),
        ("is:error", False),
        ("why:error", False),
        ("is:warning", True),
        ("is:problem city:delft", True),
        ("why:no_weight", True),
        ("delft or -why:any", True),
        ("is:late", False),
    ],
)
def test_which_queries_name_warnings(query: str, asks: bool) -> None:
    assert asks_for_warnings(parse(query, CONTEXT).condition) is asks
