"""Queries from the arguments of a command."""

import shlex

import pytest
from query_cases import CONTEXT

from tui.orders.query.arguments import from_arguments
from tui.orders.query.language import parse


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("", ""),
        ("-country:DE is:late", "-country:DE is:late"),
        ("-- -country:DE", "-country:DE"),
        ('-country:DE city:"Den Haag"', '-country:DE city:"Den Haag"'),
        ('"city:Den Haag"', 'city:"Den Haag"'),
        ('city:"Den Haag",Delft', 'city:"Den Haag",Delft'),
        ('-city:="Den Haag, \'s-Gravenhage"', '-city:="Den Haag, \'s-Gravenhage"'),
        ('"Jan Jansen"', '"Jan Jansen"'),
        ('-"Jan Jansen"', '-"Jan Jansen"'),
        ("'country:DE is:late'", "country:DE is:late"),
        ("'a or b'", "a or b"),
        ("'not city:Delft'", "not city:Delft"),
        ("'-(a or b)'", "-(a or b)"),
        ("'city:\"Den Haag\" x'", 'city:"Den Haag" x'),
        ("a or b", "a or b"),
        ("'total>50 weight<2'", "total>50 weight<2"),
        ("'' x '  '", "x"),
    ],
)
def test_arguments_become_a_query(typed: str, query: str) -> None:
    found = from_arguments(shlex.split(typed))
    assert found == query
    parse(found, CONTEXT)
