"""The grammar: what is parsed how, what is printed, and where errors are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from query_cases import CONTEXT, queries

from tui.orders.query.conditions import SortKey
from tui.orders.query.language import Query, QueryError, parse
from tui.orders.query.vocabulary import SORT_ALIASES, SORT_FIELDS


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("", ""),
        ("  a   b ", "a b"),
        ("a and b", "a b"),
        ("a OR b", "a or b"),
        ("a or b c or d", "a or b c or d"),
        ("(a or b) c", "(a or b) c"),
        ("(a b) or c", "a b or c"),
        ("((a)) (b (c d))", "a b c d"),
        ("a or (b or c)", "a or b or c"),
        ("not a", "-a"),
        ("-not a", "--a"),
        ("-(a or b)", "-(a or b)"),
        ("not (a b)", "-(a b)"),
        ("-(a)", "-a"),
        ("a(b)c", "a b c"),
        ('a"b c"d', 'a "b c" d'),
        ('"a"', "a"),
        ('"or" "-a" "a:b" "a b" "(" "" "5"""', None),
        ('"or" "-a" "a:b" "a b" "(" "5"""', '"or" "-a" "a:b" "a b" "(" "5"""'),
        ("orange and notes", "orange notes"),
        ("12:30 NL-1:2 a=b", '12:30 NL-1:2 "a=b"'),
        ("a,b", "a,b"),
        ('">5" "a>5" <b@example.org> :-x', '">5" "a>5" "<b@example.org>" ":-x"'),
        ("CITY:Delft", "city:Delft"),
        ("city:Delft,,'s-Gravenhage,", "city:Delft,'s-Gravenhage"),
        ('city:"Den Haag","a,b"', 'city:"Den Haag","a,b"'),
        ("city:=Delft", "city:=Delft"),
        ("city=Delft", "city:=Delft"),
        ('city:"=x" note:">y"', 'city:"=x" note:">y"'),
        ("note:NONE note:any", "note:none note:any"),
        ('note:"none"', 'note:"none"'),
        ("note:a..b", 'note:"a..b"'),
        ("total>50 total>=5 total<1 total<=2.5", "total>50 total>=5 total<1 total<=2.5"),
        ("total:>50 total=5", "total>50 total:=5"),
        ("total:1..2 total:1.. total:..2,7", "total:1..2 total:1.. total:..2,7"),
        ("created:-3d created:-3d..today", "created:-3d created:-3d..today"),
        ("date:today order_number:1 integration:7", "created:today number:1 shop:7"),
        ("sort:-total a", "a sort:-total"),
        ("a or b sort:total sort:-created,number", "a or b sort:total,-created,number"),
        ("sort:-order_created_at", "sort:-created"),
        ("(sort:pk)", "sort:pk"),
        ("is:late,due -why:weight,postcode", "is:late,due -why:weight,postcode"),
    ],
)
def test_parsing_and_printing(line: str, text: str | None) -> None:
    if text is None:
        with pytest.raises(QueryError):
            parse(line, CONTEXT)
        return
    query = parse(line, CONTEXT)
    assert str(query) == text
    assert parse(text, CONTEXT) == query


@given(queries())
def test_parsing_what_was_printed_gives_the_same_query(line: str) -> None:
    query = parse(line, CONTEXT)
    assert parse(str(query), CONTEXT) == query
    assert str(parse(str(query), CONTEXT)) == str(query)


PIECES = st.sampled_from(
    [
        *'():,"-= \n\0\ud800aé5',
        *("or", "and", "not", ":=", ">", "<=", "..", "city", "total", "created", "is", "late", "why", "sort", "none"),
        *("any", "today", "-3d", "shop", "7", "phone", "status"),
    ]
)


@given(st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text()))
def test_any_line_is_a_query_or_has_an_error_inside_it(line: str) -> None:
    result = parsed(line)
    if isinstance(result, QueryError):
        assert 1 <= result.column <= len(line) + 1
        assert result.detail
    else:
        assert parse(str(result), CONTEXT) == result


def parsed(line: str) -> Query | QueryError:
    try:
        return parse(line, CONTEXT)
    except QueryError as error:
        return error


@pytest.mark.parametrize(
    ("line", "column", "suggestion"),
    [
        ("contry:DE", 1, "country"),
        ("a (contry:DE)", 4, "country"),
        ("-contry:DE", 2, "country"),
        ("citi>5", 1, "city"),
        ("https://x", 1, ""),
        ("city:", 6, ""),
        ("city: Delft", 6, ""),
        ("city:,", 7, ""),
        ("(city:)", 7, ""),
        ("city>5", 1, ""),
        ("total:x", 7, ""),
        ("total:5,x", 9, ""),
        ("total:5kg", 7, ""),
        ("total:..", 7, ""),
        ("total:5..x", 7, ""),
        ("total>", 7, ""),
        ("total>5..6", 7, ""),
        ("total>41,90", 10, ""),
        ("total>any", 7, ""),
        ("created:tody", 9, "today"),
        ("created:today..mondy", 9, "monday"),
        ("created:2026-02-30", 9, ""),
        ("due>yesterdy", 5, "yesterday"),
        ("created:-6h", 9, "created>=-6h"),
        ("created:today,+2h", 15, "created>=+2h"),
        ("total > 50", 7, ""),
        ("total >50", 7, ""),
        ("city : delft", 6, ""),
        (">=", 1, ""),
        ("is:lat", 4, "late"),
        ("is:late,opn", 9, "open"),
        ("is:none", 4, ""),
        ("is:", 4, ""),
        ("why:weigt", 5, "no_weight"),
        ("why:=weight", 6, "no_weight"),
        ("shop:winkel", 6, "Mijn Winkel"),
        ("shop:ebai", 6, "eBay"),
        ("sort:totl", 6, "total"),
        ("sort:-creatd", 6, "created"),
        ("sort:=total", 1, ""),
        ("sort:origin", 6, ""),
        ("-sort:total", 1, ""),
        ("-(sort:total)", 1, ""),
        ("a (b", 3, ""),
        ("a (b or (c)", 3, ""),
        ("a) b", 2, ""),
        ("()", 2, ""),
        ("a ()", 4, ""),
        ("or a", 1, ""),
        ("a or", 5, ""),
        ("a or or b", 6, ""),
        ("a and", 6, ""),
        ("and", 1, ""),
        ("(or)", 2, ""),
        ("a not", 6, ""),
        ("-", 1, ""),
        ("a - b", 3, ""),
        ("(-)", 2, ""),
        ('a "b', 3, ""),
        ('city:"b', 6, ""),
        ('""', 1, ""),
        ('city:" "', 6, ""),
        ("\u0301", 1, ""),
        ("(" * 41 + "a" + ")" * 41, 42, ""),
        ("-" * 41 + "a", 1, ""),
        ("a " * 500 + "b", 1001, ""),
        ("city:" + "a," * 501, 6, ""),
    ],
)
def test_errors_name_the_column_and_the_nearest_right_word(line: str, column: int, suggestion: str) -> None:
    with pytest.raises(QueryError) as raised:
        parse(line, CONTEXT)
    error = raised.value
    assert (error.column, error.suggestion) == (column, suggestion), str(error)
    assert f"column {column}" in str(error)
    assert f"Did you mean {suggestion}?" in str(error) if suggestion else "Did you mean" not in str(error)


def test_a_decimal_comma_is_explained() -> None:
    with pytest.raises(QueryError, match=r"the decimal sign is a point: 41\.90"):
        parse("total>41,90", CONTEXT)
    with pytest.raises(QueryError, match=r"total> takes one value\. \("):
        parse("total>41,90,1", CONTEXT)


def test_a_deep_or_long_query_within_the_limits_is_parsed() -> None:
    assert str(parse("(" * 40 + "a" + ")" * 40, CONTEXT)) == "a"
    assert len(str(parse("a " * 500, CONTEXT)).split()) == 500


@pytest.mark.parametrize("name", SORT_FIELDS)
def test_sort_keys(name: str) -> None:
    assert parse(f"sort:-{name.upper()}", CONTEXT).sort == (SortKey(name, descending=True),)


@pytest.mark.parametrize(("alias", "name"), SORT_ALIASES.items())
def test_sort_keys_of_earlier_versions(alias: str, name: str) -> None:
    assert parse(f"sort:{alias}", CONTEXT).sort == (SortKey(name),)


def test_only_parts_that_are_not_negated_are_terms_to_highlight() -> None:
    query = parse("city:a -(city:b or -city:c) or sku:=d total>5", CONTEXT)
    assert [getattr(term, "text", "") or term.values for term in query.terms] == ["a", ("d",)]  # type: ignore[union-attr]


def test_queries_are_values() -> None:
    assert {parse("a  b", CONTEXT), parse("(a b)", CONTEXT)} == {parse("a b", CONTEXT)}
    assert isinstance(parse("", CONTEXT), Query)
