"""The codec: numbers stay as they are, nothing hostile gets through, equality is JSON's."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.codec import CodecError, decode, encode, same

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(values)
def test_what_is_written_is_read_back(value: object) -> None:
    assert same(decode(encode(value)), value)
    assert encode(value).isascii()


@pytest.mark.parametrize("text", ["3.10", "1E+400", "-0.0", "12345678901234567890123", "0.1"])
def test_a_number_keeps_its_spelling(text: str) -> None:
    assert encode(decode(text)).decode() == text


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "{",
        "[1,]",
        "NaN",
        "[Infinity]",
        '{"a":',
        b"\xff\xfe",
        "[" * 100_000,
        '"' + "a" * 50,
        "1e99999999999999999999",
    ],
)
def test_what_cannot_be_kept_is_refused_as_such(bad: str | bytes) -> None:
    with pytest.raises(CodecError):
        decode(bad)


def test_the_place_of_a_mistake_is_told() -> None:
    with pytest.raises(CodecError) as caught:
        decode('{\n "a": tru}')
    assert (caught.value.line, caught.value.column) == (2, 7)


def test_size_is_bounded() -> None:
    with pytest.raises(CodecError):
        decode(b"[" + b"1," * 100 + b"1]", limit=50)


def test_half_a_character_pair_and_a_very_long_number_survive() -> None:
    text = '{"a":"\\ud83d","b":' + "9" * 5000 + "}"
    assert encode(decode(text)).decode() == text.replace("9" * 5000, str(Decimal("9" * 5000)))


@pytest.mark.parametrize(
    ("a", "b", "equal"),
    [
        (Decimal("3.5"), Decimal("3.50"), True),
        (1, Decimal("1.0"), True),
        (1, True, False),
        (0, False, False),
        ("1", 1, False),
        ({"a": [1]}, {"a": [Decimal(1)]}, True),
        ({"a": None}, {}, False),
        ([1], [1, 2], False),
        (None, None, True),
    ],
)
def test_equality_is_that_of_json(a: object, b: object, equal: bool) -> None:
    assert same(a, b) is equal
