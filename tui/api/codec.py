"""The JSON codec: exact numbers in both directions, limits for hostile input, and equality as JSON defines it."""

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias, cast

import simplejson

Json: TypeAlias = bool | int | Decimal | str | list["Json"] | dict[str, "Json"] | None
"""A JSON value. Never a float: `3.10` stays `Decimal("3.10")`. See also `RawNumber`."""

Document: TypeAlias = dict[str, Json]
"""One order or integration, complete and as received."""

LIMIT = 64 * 1024 * 1024
"""The default limit of `decode`, in bytes."""


class RawNumber(Decimal):
    """A JSON number that no Decimal can represent, such as `1e9999999999999999999`. Its text is shown, kept and sent.

    In comparisons it counts as infinite, or as the smallest Decimal of its sign if it is close to zero.
    """

    __slots__ = ("_text",)
    _text: str

    def __new__(cls, text: str) -> "RawNumber":
        digits, _, exponent = text.lower().partition("e")
        is_small = exponent.startswith("-") or not digits.strip("-0.")
        sign = "-" if text.startswith("-") else ""
        number = super().__new__(cls, f"{sign}1e-1999999999999999997" if is_small else f"{sign}Infinity")
        number._text = text
        return number

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"RawNumber({self._text!r})"

    def __format__(self, specification: str, /, *_: Any) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RawNumber) and self._text == other._text

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self._text)


_DEEPEST = 200
_LONGEST_INT = 4_000


class CodecError(ValueError):
    """The text is not acceptable JSON. `line` and `column` count from 1 where they are known."""

    def __init__(self, detail: str, line: int | None = None, column: int | None = None) -> None:
        position = f" (line {line}, column {column})" if line is not None else ""
        super().__init__(f"{detail}{position}")
        self.detail = detail
        self.line = line
        self.column = column


def decode(data: bytes | str, *, limit: int = LIMIT, deepest: int = _DEEPEST, unique: bool = False) -> Json:
    """Read one JSON text. Bytes are UTF-8, with or without a byte order mark.

    With `unique` a duplicate name in an object is an error; otherwise the last one wins, as is usual.

    Raises CodecError, and nothing else, for whatever cannot be read: wrong syntax, wrong encoding, NaN, more than
    `limit` bytes, or more than `deepest` levels.
    """
    if len(data) > limit:
        raise CodecError(f"The text has {len(data)} bytes, more than the limit of {limit}")
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data.removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise CodecError(f"The text is not UTF-8: byte {error.start} cannot be read") from None
    try:
        hook = _unique if unique else None
        value = json.loads(text, parse_float=_decimal, parse_int=_int, parse_constant=_constant, object_pairs_hook=hook)
    except json.JSONDecodeError as error:
        raise CodecError(error.msg, error.lineno, error.colno) from None
    except RecursionError:
        raise CodecError(f"The text is nested more than {deepest} levels deep") from None
    if text.count("{") + text.count("[") >= deepest:
        _check_depth(value, deepest)
    return cast(Json, value)


def encode(value: Json, *, indent: int | None = None) -> bytes:
    """Encode a value as ASCII JSON: decimals keep their digits, lone surrogates are escaped."""
    if indent is None:
        return str(_ENCODER.encode(value)).encode("ascii")
    text = simplejson.dumps(value, use_decimal=True, ensure_ascii=True, indent=indent, separators=(",", ": "))
    return text.encode("ascii")


_ENCODER: Final = simplejson.JSONEncoder(use_decimal=True, ensure_ascii=True, separators=(",", ":"))
"""One for all values, because making it takes a third of the time of encoding a small one."""


def pretty(value: Json) -> str:
    """Encode a value as indented JSON for display: non-ASCII text unescaped, control characters escaped."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, indent=2, separators=(",", ": "))


def as_list(value: object) -> list[Json]:
    """The value if it is a list, else an empty list."""
    return value if isinstance(value, list) else []


def as_document(value: object) -> Document:
    """The value if it is an object, else an empty object."""
    return value if isinstance(value, dict) else {}


def same(a: object, b: object) -> bool:
    """Whether two values are equal as JSON: 3.5 equals 3.50 and 1 equals 1.0, but true does not equal 1."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | Decimal) and isinstance(b, int | Decimal):
        return a == b
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same(value, b[key]) for key, value in a.items())
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return type(a) is type(b) and a == b


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return RawNumber(text)


def _int(text: str) -> int | Decimal:
    # Python refuses to convert very long digit strings to int; a Decimal keeps all digits.
    return int(text) if len(text) <= _LONGEST_INT else _decimal(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise CodecError(f"The name {twice[:40]!r} appears twice in one object")
    return found


def _constant(text: str) -> Any:
    raise CodecError(f"{text} is not a JSON number")


def _check_depth(value: Any, deepest: int) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(deepest):
        if not level:
            return
        below: list[Any] = []
        for node in level:
            children = node.values() if isinstance(node, dict) else node
            below.extend(child for child in children if isinstance(child, dict | list))
        level = below
    raise CodecError(f"The text is nested more than {deepest} levels deep")
