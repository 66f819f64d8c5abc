"""The parts of a shown text that match a query."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from query_cases import CONTEXT, OrderCase, orders, queries

from tui.orders.query.folding import fold_value
from tui.orders.query.highlights import highlights
from tui.orders.query.language import parse


def marked(query: str, text: str, field: str) -> str:
    """The text with its matching parts in brackets."""
    for start, end in reversed(highlights(text, parse(query, CONTEXT).terms, field)):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


@pytest.mark.parametrize(
    ("query", "field", "shown"),
    [
        ("ozd", "name", "Zoë [Özd]emir"),
        ("OE", "name", "Z[oë] Özdemir"),
        ("zoe name:dem", "name", "[Zoë] Öz[dem]ir"),
        ("zo oe", "name", "[Zoë]"),
        ("strasse", "street", "[Straße] 12"),
        ("s", "street", "[S]tra[ß]e"),
        ("zoe", "name", "[zoe\u0308]!"),
        ('"den haag"', "city", "[Den  Haag]"),
        ("city:delft", "name", "Delft"),
        ("-delft", "city", "Delft"),
        ("-(a -delft)", "city", "Delft"),
        ("x or delft", "city", "[Delft]"),
        ("phone:0612345678", "phone", "+31 [6 12-345678]"),
        ("phone:31612", "phone", "[+31 6 12]-345678".replace("[+", "+[")),
        ("0612345678", "number", "NL-612345678"),
        ("tag:=gift", "tag", "[Gift]"),
        ("postcode:1012a", "postcode", "[1012 A]B"),
        ('postcode:"1012 ab"', "postcode", "NL-[1012AB]"),
        ("hs:61091", "hs", "[6109.1]0"),
        ("1012ab", "city", "1012 AB"),
        ("aa", "item", "[aaaa]a"),
        ("delft", "city", ""),
    ],
)
def test_matching_parts(query: str, field: str, shown: str) -> None:
    assert marked(query, shown.replace("[", "").replace("]", ""), field) == shown


@given(st.text(), st.text(min_size=1))
def test_a_text_that_contains_the_term_has_a_matching_part(text: str, term: str) -> None:
    folded = fold_value(term)
    if not folded:
        return
    found = highlights(text, parse(f'note:"{term.replace(chr(34), chr(34) * 2)}"', CONTEXT).terms, "note")
    assert bool(found) == (folded in fold_value(text))
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert found == sorted(found)


@given(orders(), queries())
def test_all_terms_can_be_highlighted(case: OrderCase, query: str) -> None:
    for name, text in case.facts.texts.items():
        assert all(start < end for start, end in highlights(text, parse(query, CONTEXT).terms, name))
