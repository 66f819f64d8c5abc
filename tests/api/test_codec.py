"""The codec: exact numbers, limits for hostile input, and JSON equality."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.codec import CodecError, RawNumber, decode, encode, pretty, same
from tui.orders.numbers import computable, computable_text, countable

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
def test_values_survive_a_round_trip(value: object) -> None:
    assert same(decode(encode(value)), value)
    assert encode(value).isascii()


BEYOND_DECIMAL = [
    "1e1000000000000000000",
    "-1.50E+9999999999999999999",
    "0e9999999999999999999",
    "12e-9999999999999999999",
    "-3e-1999999999999999998",
    "1e" + "9" * 5000,
    "9" * 5000 + "e99999999999999999999",
]


@pytest.mark.parametrize("text", ["3.10", "1E+400", "-0.0", "12345678901234567890123", "0.1", *BEYOND_DECIMAL])
def test_numbers_keep_their_digits(text: str) -> None:
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
    ],
)
def test_invalid_json_is_refused(bad: str | bytes) -> None:
    with pytest.raises(CodecError):
        decode(bad)


@pytest.mark.parametrize("text", BEYOND_DECIMAL)
def test_numbers_that_no_decimal_represents_can_be_compared_and_shown(text: str) -> None:
    number = decode(text)
    assert isinstance(number, RawNumber)
    assert str(number) == f"{number}" == f"{number:f}" == pretty(number) == text
    assert same(number, decode(text))
    assert len({number, decode(text)}) == 1
    assert not any(
        same(number, other) for other in (0, Decimal(1), Decimal("Infinity"), text, decode(text + "9"), True)
    )
    assert (number < 10**30) is (text[0] in "-0" or "e-" in text)
    assert computable(number) is computable_text(number) is countable(number) is None


def test_errors_name_line_and_column() -> None:
    with pytest.raises(CodecError) as caught:
        decode('{\n "a": tru}')
    assert (caught.value.line, caught.value.column) == (2, 7)


def test_size_is_bounded() -> None:
    with pytest.raises(CodecError):
        decode(b"[" + b"1," * 100 + b"1]", limit=50)


def test_lone_surrogates_and_very_long_numbers_survive() -> None:
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
def test_json_equality(a: object, b: object, equal: bool) -> None:
    assert same(a, b) is equal
