"""A document as text: it comes back equal, every value has its place, and every slip is told in words where it is."""

import random
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.codec import CodecError, Json, decode, encode
from tui.api.pointer import ROOT, Pointer, walk
from tui.orders.edits.json_text import DEEPEST, LONGEST, InvalidJson, ParsedJson, line_of, read_text, write_text

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


def spelled(value: Any) -> Any:
    """A value with the spelling of its numbers, since 3.1 equals 3.10."""
    if isinstance(value, dict):
        return {key: spelled(member) for key, member in value.items()}
    if isinstance(value, list):
        return [spelled(entry) for entry in value]
    if isinstance(value, Decimal):
        return value.as_tuple()
    return (type(value), value)


@given(documents)
def test_what_is_written_is_read_back_as_it_was(document: Any) -> None:
    text = write_text(document)
    parsed = read_text(text)
    assert isinstance(parsed, ParsedJson), parsed
    # A Decimal without a point is read as an int, from any text.
    assert spelled(parsed.document) == spelled(decode(encode(document)))
    assert text.encode("utf-8")
    assert not any((ord(char) < 0x20 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in text)


def test_letters_stay_and_what_cannot_be_seen_is_written_out() -> None:
    text = write_text({"name": "Ömer Şahin 李雷 😀", "note": "a\x00b\x7f\x85\u202e\u2028\ud83d\U000e0041\u200d"})
    assert "Ömer Şahin 李雷 😀" in text
    assert r'"a\u0000b\u007f\u0085\u202e\u2028\ud83d\udb40\udc41' in text
    assert len(text.split("\n")) == 4


@given(documents)
def test_every_value_has_its_place(document: Any) -> None:
    text = write_text(document)
    parsed = read_text(text)
    assert isinstance(parsed, ParsedJson)
    lines = text.split("\n")
    assert set(parsed.places) == {pointer for pointer, _ in walk(document)}
    for pointer, (line, column) in parsed.places.items():
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
def test_the_scanner_and_the_codec_agree(text: str) -> None:
    text = '{"k":' + text + "}"
    result = read_text(text)
    if isinstance(result, ParsedJson):
        assert decode(text) == result.document
    else:
        assert not accepts(text) or "a second time" in result.words


@given(documents, st.integers(0, 2**32), st.data())
def test_a_text_damaged_anywhere_is_told_where_or_still_read_the_same(document: Any, seed: int, data: Any) -> None:
    text = write_text(document)
    source = random.Random(seed)
    at = source.randrange(len(text) + 1)
    piece = data.draw(PIECES | st.just(""))
    text = text[:at] + piece + text[at + source.randrange(3) :]
    result = read_text(text)
    lines = text.split("\n")
    if isinstance(result, InvalidJson):
        assert 1 <= result.line <= len(lines)
        assert 1 <= result.column <= len(lines[result.line - 1]) + 1
        assert result.words
        assert not accepts(text) or "a second time" in result.words or "one object" in result.words
    else:
        assert accepts(text)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "there is no text"),
        (" \n ", 1, 1, "there is no text"),
        ("[1]", 1, 1, "an order is one object"),
        ('"text"', 1, 1, "an order is one object"),
        ('{"a": 1,\n "b": 2,\n}', 2, 8, "a comma too many"),
        ('{"a": [1, 2,]}', 1, 12, "a comma too many"),
        ('{, "a": 1}', 1, 2, "a comma too many: nothing stands before it"),
        ('{"a": 1\n "b": 2}', 1, 8, "a comma is missing here"),
        ('{"a": "x" "b": 2}', 1, 10, "a comma is missing here"),
        ('{"a": [1 2]}', 1, 9, "a comma is missing here"),
        ('{"a": {"b": 7}xx", "c": 1}', 1, 15, "xx stands where a comma or a } should"),
        ('{"a": "b"c"}', 1, 10, "c stands where a comma or a } should"),
        ('{"a": [1)]}', 1, 9, ") stands where a comma or a ] should"),
        ('{"a" 1}', 1, 5, 'a : is missing behind the name "a"'),
        ('{"a"}', 1, 5, "a : is missing"),
        ('{"a"= 1}', 1, 5, "an = stands where a : should"),
        ('{"a": 1; "b": 2}', 1, 8, "a ; stands where a comma"),
        ("{'a': 1}", 1, 2, "double quotes"),
        ("{“a”: 1}", 1, 2, "“ is no quote of JSON"),
        ("{\"a\": 'x'}", 1, 7, "' is no quote of JSON"),
        ("{a: 1}", 1, 2, 'a name needs double quotes: "a"'),
        ('{"a": Gent}', 1, 7, 'text needs double quotes: "Gent"'),
        ('{"a": "Gent\n}', 1, 7, 'this text is not closed: a " is missing'),
        ('{"a": "Gent', 1, 7, "this text is not closed"),
        ('{"a": "x\ty"}', 1, 9, "a tab inside a text is written \\t"),
        ('{"a": "x\x01y"}', 1, 9, "a control character inside a text is written \\u0001"),
        ('{"a": "\\x"}', 1, 8, "\\x is no escape"),
        ('{"a": "\\u12"}', 1, 8, "\\u is no escape"),
        ('{"a": {"b": 1', 1, 7, "this { is never closed"),
        ('{\n"a": [1, 2\n', 2, 6, "this [ is never closed"),
        ('{"a": [1, 2}', 1, 12, "a ] should stand here: the [ of line 1 is still open"),
        ('{"a": {"b": 1]}', 1, 14, "a } should stand here"),
        ('{"a": 1}}', 1, 9, "this } closes nothing"),
        ('{"a": 1} {"b": 2}', 1, 10, "nothing may follow it"),
        ('{"a": 1} // done', 1, 10, "JSON has no comments"),
        ('{\n// who\n"a": 1}', 2, 1, "JSON has no comments"),
        ('{"a": /* x */ 1}', 1, 7, "JSON has no comments"),
        ('{"a": 1, # x\n"b": 2}', 1, 10, "JSON has no comments"),
        ('{"a": 1 # x\n}', 1, 9, "JSON has no comments"),
        ('{"a": NaN}', 1, 7, "NaN is no number"),
        ('{"a": -Infinity}', 1, 7, "-Infinity is no number"),
        ('{"a": True}', 1, 7, "True is written true"),
        ('{"a": None}', 1, 7, "None is written null"),
        ('{"a": undefined}', 1, 7, "undefined is written null"),
        ('{"a": 1.}', 1, 7, "a digit behind its point"),
        ('{"a": .5}', 1, 7, "a digit before its point"),
        ('{"a": +5}', 1, 7, "no + in front"),
        ('{"a": 01234}', 1, 7, "does not begin with 0"),
        ('{"a": 1,5}', 1, 9, "a name needs double quotes"),
        ('{"a": 12B}', 1, 7, "12B is no number; a text needs double quotes"),
        ('{"a": 1e99999999999999999999}', 1, 7, "too large"),
        ('{"a": }', 1, 7, "a value is missing here"),
        ('{"a": [1,,2]}', 1, 10, "a value is missing here"),
        ('{"a":\u00a01}', 1, 6, "an odd blank (U+00A0)"),
        ('{"a": 1,\n "b": 2,\n "a": 3}', 3, 2, '"a" stands here a second time; first in line 1'),
        ('{"\\u0061": 1, "a": 3}', 1, 15, "a second time"),
        ('{"a": "caf\udce9"}', 1, 11, "the byte 0xE9 is not UTF-8"),
        ('{"a": "\ud83d"}', 1, 8, "half of a character is not UTF-8"),
    ],
)
def test_a_slip_is_told_where_it_is(text: str, line: int, column: int, words: str) -> None:
    broken = read_text(text)
    assert isinstance(broken, InvalidJson)
    assert (broken.line, broken.column) == (line, column), broken
    assert words in broken.words


def test_the_depth_is_bounded_and_its_place_told() -> None:
    def nested(levels: int) -> str:
        return '{"a":' * (levels - 1) + "{}" + "}" * (levels - 1)

    assert isinstance(read_text(nested(DEEPEST)), ParsedJson)
    assert accepts(nested(DEEPEST))
    assert not accepts(nested(DEEPEST + 1))
    broken = read_text(nested(DEEPEST + 1))
    assert isinstance(broken, InvalidJson)
    assert (broken.column, "nested" in broken.words) == (5 * DEEPEST + 1, True)
    assert isinstance(read_text("[" * 1_000_000), InvalidJson)


def test_a_very_long_text_is_told_where_it_ends() -> None:
    broken = read_text('{"a": "' + "x" * LONGEST + '"}')
    assert isinstance(broken, InvalidJson)
    assert broken.column == LONGEST + 1


def test_a_byte_order_mark_is_no_mistake() -> None:
    parsed = read_text('\ufeff{"a": 1}')
    assert isinstance(parsed, ParsedJson)
    assert parsed.document == {"a": 1}
    assert parsed.places[Pointer.of("a")] == (1, 3)


@pytest.mark.parametrize(
    ("pointer", "line"),
    [("", 1), ("/b", 3), ("/b/0", 4), ("/b/0/c", 5), ("/b/0/missing", 4), ("/b/7/c", 3), ("/nothing/here", 1)],
)
def test_what_is_missing_is_told_at_what_it_would_stand_in(pointer: str, line: int) -> None:
    parsed = read_text(write_text({"a": 1, "b": [{"c": [2]}]}))
    assert isinstance(parsed, ParsedJson)
    assert line_of(Pointer.parse(pointer), parsed.places) == line


def test_the_time_grows_with_the_length_only() -> None:
    def seconds(count: int) -> float:
        entries: list[Json] = [{"name": f"item {n}", "quantity": n, "price": {"value": 1}} for n in range(count)]
        text = write_text({"items": entries})
        begun = time.perf_counter()
        assert isinstance(read_text(text), ParsedJson)
        return time.perf_counter() - begun

    seconds(500)
    small = min(seconds(1_000) for _ in range(3))
    assert min(seconds(8_000) for _ in range(3)) < 8 * 5 * small


@pytest.mark.parametrize(
    "text",
    ['{"a": "' + "\\n" * 500_000, '{"a": ' + "9" * 1_000_000, "{" + " " * 1_000_000, '{"a": "' + '\\"' * 500_000],
)
def test_a_hostile_text_takes_no_longer_than_a_long_one(text: str) -> None:
    begun = time.perf_counter()
    assert isinstance(read_text(text), InvalidJson)
    assert time.perf_counter() - begun < 2
