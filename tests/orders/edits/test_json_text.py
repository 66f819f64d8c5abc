"""Tests for JSON text: it is read back equal, every value has a position, and every error is reported at its position."""

import random
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.codec import CodecError, Json, decode, encode, pretty
from tui.api.pointer import ROOT, Pointer, walk
from tui.orders.edits.json_text import MAX_DEPTH, MAX_LENGTH, InvalidJson, ParsedJson, format_json, line_of, parse_json

texts = st.text() | st.text(st.characters(codec=None)).map(lambda text: decode(encode(text)))
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from([Decimal("3.10"), Decimal("1E+400"), Decimal("-0.0"), Decimal("9" * 4500)])
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
documents = st.dictionaries(texts, values, max_size=5)


def with_spelling(value: Any) -> Any:
    """The value with the spelling of its numbers, since 3.1 equals 3.10."""
    if isinstance(value, dict):
        return {key: with_spelling(member) for key, member in value.items()}
    if isinstance(value, list):
        return [with_spelling(entry) for entry in value]
    if isinstance(value, Decimal):
        return value.as_tuple()
    return (type(value), value)


@given(documents)
def test_formatted_document_is_parsed_back_equal(document: Any) -> None:
    text = format_json(document)
    parsed = parse_json(text)
    assert isinstance(parsed, ParsedJson), parsed
    # A Decimal without a point is read as an int, from any text.
    assert with_spelling(parsed.document) == with_spelling(decode(encode(document)))
    assert text.encode("utf-8")
    assert not any((ord(char) < 0x20 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in text)


def test_letters_stay_and_invisible_characters_are_escaped() -> None:
    text = format_json({"name": "Ömer Şahin 李雷 😀", "note": "a\x00b\x7f\x85\u202e\u2028\ud83d\U000e0041\u200d"})
    assert "Ömer Şahin 李雷 😀" in text
    assert r'"a\u0000b\u007f\u0085\u202e\u2028\ud83d\udb40\udc41' in text
    assert len(text.split("\n")) == 4


@given(documents)
def test_every_value_has_its_position(document: Any) -> None:
    text = format_json(document)
    parsed = parse_json(text)
    assert isinstance(parsed, ParsedJson)
    lines = text.split("\n")
    assert set(parsed.positions) == {pointer for pointer, _ in walk(document)}
    for pointer, (line, column) in parsed.positions.items():
        rest = lines[line - 1][column - 1 :]
        above = pointer.parent.get(document)
        if pointer != ROOT and isinstance(above, dict):
            assert rest.startswith('"')
            assert ": " in rest
        else:
            assert lines[line - 1][: column - 1].strip() == ""
            assert rest


def accepts(text: str) -> bool:
    try:
        decode(text)
    except CodecError:
        return False
    return True


PIECES = st.sampled_from(
    [
        *'{}[]:,"\\ \n\t\r-0é\u00a0\ufeff',
        '"a"',
        '"b":',
        "1",
        "01",
        "1.",
        "1.5e3",
        "1e999999999999999999999",
        "true",
        "nul",
    ]
) | st.sampled_from(["NaN", "Infinity", "-Infinity", "'x'", "//", "#", "\\u12", '"\\u00e9"', '"\\x"', "null"])


@given(st.lists(PIECES, max_size=12).map("".join))
def test_scanner_and_codec_agree(text: str) -> None:
    text = '{"k":' + text + "}"
    result = parse_json(text)
    if isinstance(result, ParsedJson):
        assert decode(text) == result.document
    else:
        assert not accepts(text) or "duplicate name" in result.message


@given(documents, st.integers(0, 2**32), st.data())
def test_damaged_text_gets_an_error_position_or_is_still_valid(document: Any, seed: int, data: Any) -> None:
    text = format_json(document)
    source = random.Random(seed)
    at = source.randrange(len(text) + 1)
    piece = data.draw(PIECES | st.just(""))
    text = text[:at] + piece + text[at + source.randrange(3) :]
    result = parse_json(text)
    lines = text.split("\n")
    if isinstance(result, InvalidJson):
        assert 1 <= result.line <= len(lines)
        assert 1 <= result.column <= len(lines[result.line - 1]) + 1
        assert result.message
        assert not accepts(text) or "duplicate name" in result.message or "one object" in result.message
    else:
        assert accepts(text)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "the text is empty"),
        (" \n ", 1, 1, "the text is empty"),
        ("[1]", 1, 1, "an order is one object"),
        ('"text"', 1, 1, "an order is one object"),
        ('{"a": 1,\n "b": 2,\n}', 2, 8, "extra comma"),
        ('{"a": [1, 2,]}', 1, 12, "extra comma"),
        ('{, "a": 1}', 1, 2, "extra comma: nothing comes before it"),
        ('{"a": 1\n "b": 2}', 1, 8, "a comma is missing here"),
        ('{"a": "x" "b": 2}', 1, 10, "a comma is missing here"),
        ('{"a": [1 2]}', 1, 9, "a comma is missing here"),
        ('{"a": {"b": 7}xx", "c": 1}', 1, 15, "expected a comma or }, found xx"),
        ('{"a": "b"c"}', 1, 10, "expected a comma or }, found c"),
        ('{"a": [1)]}', 1, 9, "expected a comma or ], found )"),
        ('{"a" 1}', 1, 5, 'a : is missing after the name "a"'),
        ('{"a"}', 1, 5, "a : is missing"),
        ('{"a"= 1}', 1, 5, "expected :, found ="),
        ('{"a": 1; "b": 2}', 1, 8, "expected a comma or the end, found ;"),
        ("{'a': 1}", 1, 2, "double quotes"),
        ("{“a”: 1}", 1, 2, "“ is not a JSON quote"),
        ("{\"a\": 'x'}", 1, 7, "' is not a JSON quote"),
        ("{a: 1}", 1, 2, 'a name needs double quotes: "a"'),
        ('{"a": Gent}', 1, 7, 'text needs double quotes: "Gent"'),
        ('{"a": "Gent\n}', 1, 7, 'this text is not closed: a " is missing'),
        ('{"a": "Gent', 1, 7, "this text is not closed"),
        ('{"a": "x\ty"}', 1, 9, "a tab inside a text is written \\t"),
        ('{"a": "x\x01y"}', 1, 9, "a control character inside a text is written \\u0001"),
        ('{"a": "\\x"}', 1, 8, "\\x is not a JSON escape"),
        ('{"a": "\\u12"}', 1, 8, "\\u is not a JSON escape"),
        ('{"a": {"b": 1', 1, 7, "this { is never closed"),
        ('{\n"a": [1, 2\n', 2, 6, "this [ is never closed"),
        ('{"a": [1, 2}', 1, 12, "expected ]: the [ in line 1 is still open"),
        ('{"a": {"b": 1]}', 1, 14, "expected }: the { in line 1"),
        ('{"a": 1}}', 1, 9, "unexpected }: the order has already ended"),
        ('{"a": 1} {"b": 2}', 1, 10, "nothing may follow it"),
        ('{"a": 1} // done', 1, 10, "JSON has no comments"),
        ('{\n// who\n"a": 1}', 2, 1, "JSON has no comments"),
        ('{"a": /* x */ 1}', 1, 7, "JSON has no comments"),
        ('{"a": 1, # x\n"b": 2}', 1, 10, "JSON has no comments"),
        ('{"a": 1 # x\n}', 1, 9, "JSON has no comments"),
        ('{"a": NaN}', 1, 7, "NaN is not a JSON number"),
        ('{"a": -Infinity}', 1, 7, "-Infinity is not a JSON number"),
        ('{"a": True}', 1, 7, "True is written true"),
        ('{"a": None}', 1, 7, "None is written null"),
        ('{"a": undefined}', 1, 7, "undefined is written null"),
        ('{"a": 1.}', 1, 7, "a digit is needed after the decimal point"),
        ('{"a": .5}', 1, 7, "a digit is needed before the decimal point"),
        ('{"a": +5}', 1, 7, "cannot start with +"),
        ('{"a": 01234}', 1, 7, "cannot start with 0"),
        ('{"a": 1,5}', 1, 9, "a name needs double quotes"),
        ('{"a": 12B}', 1, 7, "12B is not a number; text needs double quotes"),
        ('{"a": }', 1, 7, "a value is missing here"),
        ('{"a": [1,,2]}', 1, 10, "a value is missing here"),
        ('{"a":\u00a01}', 1, 6, "unusual space (U+00A0)"),
        ('{"a": 1,\n "b": 2,\n "a": 3}', 3, 2, 'duplicate name "a"; first used in line 1'),
        ('{"\\u0061": 1, "a": 3}', 1, 15, "duplicate name"),
        ('{"a": "caf\udce9"}', 1, 11, "the byte 0xE9 is not UTF-8"),
        ('{"a": "\ud83d"}', 1, 8, "half of a character is not UTF-8"),
    ],
)
def test_error_is_reported_at_its_position(text: str, line: int, column: int, message: str) -> None:
    broken = parse_json(text)
    assert isinstance(broken, InvalidJson)
    assert (broken.line, broken.column) == (line, column), broken
    assert message in broken.message


def test_too_deep_nesting_is_reported_at_its_position() -> None:
    def nested(levels: int) -> str:
        return '{"a":' * (levels - 1) + "{}" + "}" * (levels - 1)

    assert isinstance(parse_json(nested(MAX_DEPTH)), ParsedJson)
    assert accepts(nested(MAX_DEPTH))
    assert not accepts(nested(MAX_DEPTH + 1))
    broken = parse_json(nested(MAX_DEPTH + 1))
    assert isinstance(broken, InvalidJson)
    assert (broken.column, "nested" in broken.message) == (5 * MAX_DEPTH + 1, True)
    assert isinstance(parse_json("[" * 1_000_000), InvalidJson)


def test_too_long_text_is_reported_at_the_limit() -> None:
    broken = parse_json('{"a": "' + "x" * MAX_LENGTH + '"}')
    assert isinstance(broken, InvalidJson)
    assert broken.column == MAX_LENGTH + 1


def test_byte_order_mark_is_accepted() -> None:
    parsed = parse_json('\ufeff{"a": 1}')
    assert isinstance(parsed, ParsedJson)
    assert parsed.document == {"a": 1}
    assert parsed.positions[Pointer.of("a")] == (1, 3)


@pytest.mark.parametrize(
    ("pointer", "line"),
    [("", 1), ("/b", 3), ("/b/0", 4), ("/b/0/c", 5), ("/b/0/missing", 4), ("/b/7/c", 3), ("/nothing/here", 1)],
)
def test_missing_value_gets_the_line_of_its_nearest_parent(pointer: str, line: int) -> None:
    parsed = parse_json(format_json({"a": 1, "b": [{"c": [2]}]}))
    assert isinstance(parsed, ParsedJson)
    assert line_of(Pointer.parse(pointer), parsed.positions) == line


def test_parsing_takes_linear_time() -> None:
    def seconds(count: int) -> float:
        entries: list[Json] = [{"name": f"item {n}", "quantity": n, "price": {"value": 1}} for n in range(count)]
        text = format_json({"items": entries})
        started = time.perf_counter()
        assert isinstance(parse_json(text), ParsedJson)
        return time.perf_counter() - started

    seconds(500)
    small = min(seconds(1_000) for _ in range(3))
    assert min(seconds(8_000) for _ in range(3)) < 8 * 5 * small


@pytest.mark.parametrize(
    "text",
    ['{"a": "' + "\\n" * 500_000, '{"a": ' + "9" * 1_000_000, "{" + " " * 1_000_000, '{"a": "' + '\\"' * 500_000],
)
def test_hostile_text_does_not_slow_parsing_down(text: str) -> None:
    started = time.perf_counter()
    assert isinstance(parse_json(text), InvalidJson)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("number", ["1e99999999999999999999", "-1.5E-99999999999999999999", "9" * 5000])
def test_numbers_that_no_decimal_represents_can_be_edited_around(number: str) -> None:
    parsed = parse_json(f'{{"a": {number}, "b": 1}}')
    assert isinstance(parsed, ParsedJson)
    assert str(parsed.document["a"]) == number
    assert number in pretty(parsed.document)
