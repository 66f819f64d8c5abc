"""Which parts of an order match a query, and where its preview shows them."""

from datetime import UTC, datetime

import pytest
from sandbox_harness import order

from tui.orders.query.language import QueryContext, parse
from tui.screens.order.preview import preview_lines
from tui.screens.triage.matches import marked_lines, matches_in

ORDER = order(
    order_number="NL-1",
    order_id="shop-77",
    shipping_address__name="Zoë Özdemir",
    shipping_address__address_line_1="Kerkstraat",
    shipping_address__house_number="12",
    shipping_address__city="Gent",
    shipping_address__country_code="BE",
    order_details__order_items__0__sku="MUG-BLUE",
    order_details__order_items__0__name="Mug",
    order_notes="x" * 60 + " left at the neighbours",
)


def marked(line: str, *in_row: str) -> list[str]:
    """Return the lines of the preview with a match, in which it is in brackets."""
    terms = parse(line, QueryContext(datetime(2026, 11, 23, tzinfo=UTC), UTC)).terms
    lines = marked_lines(preview_lines(ORDER, ()), matches_in(ORDER, terms), in_row)
    shown = ("".join(f"[{text}]" if style == "match" else text for text, style in line) for line in lines)
    return [line.strip() for line in shown if "[" in line]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ozdemir", ["Zoë [Özdemir]"]),
        ('street:"kerkstraat 12"', ["[Kerkstraat 12]"]),
        ("city:gent country:be", ["[Gent] [BE]"]),
        ("sku:blue", ["sku: MUG-[BLUE]"]),
        ("id:shop-77", ["id: [shop-77]"]),
        ("-ozdemir", []),
        ("is:open total>1", []),
    ],
)
def test_matches_are_where_the_preview_shows_them_or_before_it(line: str, found: list[str]) -> None:
    assert [text.replace("5341XT ", "") for text in marked(line)] == found


def test_a_match_that_the_row_shows_needs_no_line() -> None:
    assert marked("number:nl-1") == ["number: [NL-1]"]
    assert marked("number:nl-1", "number") == []
