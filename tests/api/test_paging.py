"""Cursors from Link headers, however they are written and wherever they point."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.errors import InvalidRequest
from tui.api.paging import Cursors, Link, read_cursors, read_links
from tui.api.query import encode_query

BASE = "https://panel.sendcloud.sc/api/v3/orders"


@pytest.mark.parametrize(
    ("header", "cursors"),
    [
        (None, Cursors()),
        ("", Cursors()),
        (f'<{BASE}?cursor=abc>; rel="next"', Cursors("abc")),
        (f'<{BASE}?cursor=a>; rel="next", <{BASE}?cursor=b>; rel="prev"', Cursors("a", "b")),
        (f'<{BASE}?cursor=b>; rel="previous"', Cursors(None, "b")),
        (f"<{BASE}?cursor=abc>; rel=next", Cursors("abc")),
        (f'<{BASE}?cursor=abc> ; REL = "NEXT"', Cursors("abc")),
        (f'<{BASE}?cursor=abc>; title="a, <b>; rel=prev"; rel="last next"', Cursors("abc")),
        (f'<{BASE}?cursor=abc>; title="quote \\" , more"; rel="next"', Cursors("abc")),
        (f'<{BASE}?cursor=abc>; rel="first"; rel="next"', Cursors()),
        (f'<{BASE}?cursor=abc>; rel="next"; anchor="#x"', Cursors()),
        (f"<{BASE}?cursor=abc>", Cursors()),
        ("<?cursor=abc>; rel=next", Cursors("abc")),
        ("</v3/orders?page_size=2&cursor=abc#x>; rel=next", Cursors("abc")),
        ("<https://evil.example/steal?cursor=abc>; rel=next", Cursors("abc")),
        (f"<{BASE}?cursor=cj0xJnA9MzAw%3D%3D>; rel=next", Cursors("cj0xJnA9MzAw==")),
        (f"<{BASE}?cursor=a+b/c=>; rel=next", Cursors("a+b/c=")),
        (f"<{BASE}?cursor=2023-03-01T02:02:00+01:00&page_size=25>; rel=next", Cursors("2023-03-01T02:02:00+01:00")),
        (f"<{BASE}?cursor=a%2Bb>; rel=next", Cursors("a+b")),
        (f"<{BASE}?xcursor=a&cursor=b>; rel=next", Cursors("b")),
        (f"<{BASE}?page=2>; rel=next", Cursors(unusable=True)),
        (f"<{BASE}?cursor=>; rel=next", Cursors(unusable=True)),
        ("<https://[broken?cursor=a>; rel=next", Cursors(unusable=True)),
        ("garbage", Cursors()),
        (f"garbage, <{BASE}?cursor=abc>; rel=next", Cursors("abc")),
        (f'<{BASE}?cursor=abc>; ;;; rel="next', Cursors()),
        ("<", Cursors()),
        (";rel=next", Cursors()),
    ],
)
def test_cursors(header: str | None, cursors: Cursors) -> None:
    assert read_cursors(header) == cursors


def test_links() -> None:
    assert read_links('<a>; rel="next prefetch", <b>; rel=prev,<c>') == [
        Link("a", ("next", "prefetch")),
        Link("b", ("prev",)),
    ]


@given(st.text(max_size=60))
def test_any_header_can_be_read(header: str) -> None:
    read_cursors(header)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_a_cursor_is_sent_as_received(cursor: str) -> None:
    sent = encode_query([("cursor", cursor)])
    assert parse_qsl(sent, strict_parsing=True) == [("cursor", cursor)]
    assert read_cursors(f"<{BASE}?{sent}>; rel=next").next == cursor


def test_a_cursor_with_invalid_utf8_survives() -> None:
    cursor = read_cursors("<?cursor=%ff%fe>; rel=next").next
    assert encode_query([("cursor", cursor or "")]) == "cursor=%FF%FE"


@pytest.mark.parametrize(
    "header", ["<" * 100_000, "<a>" + "; x" * 50_000, '<a>; t="' + "\\" * 100_000, "<a>," * 30_000]
)
def test_hostile_headers_are_read_quickly(header: str) -> None:
    assert read_cursors(header) == Cursors()


def test_half_a_character_cannot_be_asked_for() -> None:
    with pytest.raises(InvalidRequest, match=r"cannot be asked for '\\ud800': it has half a character"):
        encode_query([("order_number", "\ud800")])
