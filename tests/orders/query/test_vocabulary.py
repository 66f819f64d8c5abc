"""The words of the language and their help agree with the grammar."""

import re

import pytest
import readme_parts
from query_cases import CONTEXT

from tui.orders.query.conditions import CODES, LISTS, NUMBERS, TEXTS
from tui.orders.query.language import parse
from tui.orders.query.syntax import Both, Term
from tui.orders.query.vocabulary import (
    ALIASES,
    FIELDS,
    IS_WORDS,
    SORT_ALIASES,
    SORT_FIELDS,
    SYNTAX,
    WORD_TEXTS,
    help_lines,
    nearest,
)

SPECIFIED = set(
    re.findall(
        r"\w+",
        "shop number id status payment country state city postcode street name company email phone sku item tag note carrier "
        " currency total weight items quantity created updated due hs origin ean",
    )
)


def test_fields_are_those_of_the_facts() -> None:
    assert set(FIELDS) == SPECIFIED
    assert set(FIELDS) <= {*TEXTS, *CODES, *LISTS, *NUMBERS}
    assert set(ALIASES.values()) <= set(FIELDS)
    assert set(SORT_ALIASES.values()) <= set(SORT_FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_the_example_of_a_field_is_a_query(name: str) -> None:
    term = parse(FIELDS[name].example, CONTEXT).tree
    assert isinstance(term, Term)
    assert term.name == name


@pytest.mark.parametrize("line", help_lines(), ids=lambda line: line[0])
def test_every_line_of_the_help_is_a_query(line: tuple[str, str]) -> None:
    example, text = line
    assert parse(example, CONTEXT).tree != Both() or example.startswith("sort:")
    assert 0 < len(example) <= 30
    assert 0 < len(text) <= 130


def test_the_help_names_the_fields_of_a_word() -> None:
    assert SYNTAX[0][1].partition(": ")[2].split(", ") == list(WORD_TEXTS)


def test_the_help_has_every_field_and_word() -> None:
    text = "\n".join(example for example, _ in help_lines())
    assert [name for name in FIELDS if name not in text] == []
    assert [word for word in IS_WORDS if f"is:{word}" not in text] == []


@pytest.mark.parametrize(
    ("typed", "word"), [("contry", "country"), ("COUNTRY", "country"), ("post", "postcode"), ("zzz", ""), ("", "")]
)
def test_nearest(typed: str, word: str) -> None:
    assert nearest(typed, tuple(FIELDS)) == word


def test_the_readme_has_the_current_table() -> None:
    assert readme_parts.block("query") == readme_parts.query_table(), "run tests/readme_parts.py"
