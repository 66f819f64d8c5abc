"""A document as editable JSON text and back, with the position of each value and readable syntax errors.

Values are always read by `tui.api.codec.decode`. The scanner follows the same grammar only to find positions.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from tui.api.codec import CodecError, Document, decode, pretty
from tui.api.pointer import ROOT, Pointer

MAX_LENGTH: Final = 4 * 1024 * 1024
"""The maximum number of characters of a text."""

MAX_DEPTH: Final = 199
"""The maximum number of nested objects and lists that `decode` accepts."""


class JsonPosition(NamedTuple):
    """Line and column, both from 1; columns count characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class ParsedJson:
    """A text that could be read. `positions`: where each member name, each list item and the document itself begin."""

    document: Document
    positions: Mapping[Pointer, JsonPosition]


@dataclass(frozen=True, slots=True)
class InvalidJson:
    """The first error in a text. The message is for users and may quote the text."""

    line: int
    column: int
    message: str


def format_json(document: Document) -> str:
    """The document as indented JSON that `parse_json` reads back equal, decimals included.

    Non-ASCII letters stay unescaped. Invisible characters, terminal controls and lone surrogates are escaped, so that the
    text is valid UTF-8 and everything in it is visible.
    """
    return _HIDDEN.sub(_escape, pretty(document))


def parse_json(text: str) -> ParsedJson | InvalidJson:
    """Parse a text in linear time. Unlike `decode`, refuses duplicate names and anything but an object.

    A lone surrogate in the text stands for a byte that was not UTF-8 (`surrogateescape`) and is reported as that.
    """
    line_index = _LineIndex(text)
    try:
        _check_text(text)
        positions = _Scanner(text).scan()
        document = decode(text)
    except _SyntaxError as error:
        position = line_index.position_at(error.at)
        return InvalidJson(position.line, position.column, error.message(line_index))
    except CodecError as error:
        return InvalidJson(error.line or 1, error.column or 1, error.detail)
    return ParsedJson(
        cast(Document, document), {pointer: line_index.position_at(at) for pointer, at in positions.items()}
    )


def line_of(pointer: Pointer, positions: Mapping[Pointer, JsonPosition]) -> int:
    """The line of the value at a pointer, or of its nearest existing parent."""
    return nearest_position(pointer, positions).line


def nearest_position(pointer: Pointer, positions: Mapping[Pointer, JsonPosition]) -> JsonPosition:
    """The position of the value at a pointer, or of its nearest existing parent."""
    while pointer.tokens and pointer not in positions:
        pointer = pointer.parent
    return positions.get(pointer, JsonPosition(1, 1))


# The grammar.

_HIDDEN = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[ \t\n\r]*+")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"')
_STRING_START = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?")
_NUMBERLIKE = re.compile(r"[\w.+\-]*")
_LITERAL = re.compile(r"true|false|null")
_WORD = re.compile(r"[^\s,:\[\]{}\"']{1,40}")
_QUOTES = "'`´‘’“”„‚«»"
_CORRECTIONS = {
    "true": "true",
    "yes": "true",
    "false": "false",
    "no": "false",
    "null": "null",
    "none": "null",
    "nil": "null",
    "undefined": "null",
}
_MAX_QUOTE = 40
_NUMBER_MISTAKES = (
    (r"\+", ": a number cannot start with +"),
    (r"(?i)-*(?:infinity|inf|nan)\Z", " is not a JSON number; null means no value"),
    (r"-?\.", ": a digit is needed before the decimal point"),
    (r"-?0[0-9]", ": a number cannot start with 0; write text in double quotes to keep zeros"),
    (r"-?[0-9]+\.\Z", ": a digit is needed after the decimal point"),
)
"""What is wrong with a number, by the pattern that it matches."""


class _SyntaxError(Exception):
    """An error at an offset. `{line}` in the message stands for the line of another offset."""

    def __init__(self, at: int, message: str, other: int | None = None) -> None:
        super().__init__(message)
        self.at = at
        self._message = message
        self._other = other

    def message(self, line_index: "_LineIndex") -> str:
        if self._other is None:
            return self._message
        return self._message.replace("{line}", f"line {line_index.position_at(self._other).line}")


class _LineIndex:
    """Converts offsets to lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def position_at(self, at: int) -> JsonPosition:
        line = bisect_right(self._starts, at)
        return JsonPosition(line, at - self._starts[line - 1] + 1)


def _check_text(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise _SyntaxError(
            MAX_LENGTH, f"the text has {len(text)} characters; at most {MAX_LENGTH} are allowed, up to here"
        )
    found = _SURROGATE.search(text)
    if found is not None:
        code = ord(found[0])
        subject = f"the byte 0x{code - 0xDC00:02X}" if 0xDC80 <= code <= 0xDCFF else "half of a character"
        raise _SyntaxError(found.start(), f"{subject} is not UTF-8: retype the character, or save the text as UTF-8")


class _Open:
    """An object or a list that is not closed yet. `names`: an object's names with their offsets."""

    __slots__ = ("at", "count", "is_object", "names", "pointer")

    def __init__(self, pointer: Pointer, at: int, *, is_object: bool) -> None:
        self.pointer = pointer
        self.at = at
        self.is_object = is_object
        self.names: dict[str, int] = {}
        self.count = 0


class _Scanner:
    """Scans a text once by the grammar of JSON (RFC 8259), without recursion. Raises _SyntaxError at the first error."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = len(text)
        self._offsets: dict[Pointer, int] = {ROOT: 0}
        self._stack: list[_Open] = []

    def scan(self) -> dict[Pointer, int]:
        """Return the offset of each value."""
        text = self._text
        at = self._skip(1 if text.startswith("\ufeff") else 0)
        if at == self._end:
            raise _SyntaxError(0, "the text is empty")
        if text[at] != "{":
            self._value(at, ROOT)
            raise _SyntaxError(at, "an order is one object, in braces: { … }")
        self._offsets[ROOT] = at
        at = self._value(at, ROOT)
        while self._stack:
            container = self._stack[-1]
            at = self._in_object(container, at) if container.is_object else self._in_list(container, at)
        at = self._skip(at)
        if at < self._end:
            if text[at] in "}]":
                raise _SyntaxError(at, f"unexpected {text[at]}: the order has already ended")
            raise _SyntaxError(at, self._common_mistake(at) or "the order has already ended; nothing may follow it")
        return self._offsets

    def _skip(self, at: int) -> int:
        return cast(re.Match[str], _SPACE.match(self._text, at)).end()

    def _value(self, at: int, pointer: Pointer) -> int:
        """Skip a value and return the offset after it; an object or a list is only opened."""
        text = self._text
        first = text[at] if at < self._end else ""
        if first == '"':
            return self._string(at)
        if first in ("{", "["):
            if len(self._stack) == MAX_DEPTH:
                raise _SyntaxError(at, f"this is nested more than {MAX_DEPTH} levels deep")
            self._stack.append(_Open(pointer, at, is_object=first == "{"))
            return at + 1
        number = _NUMBER.match(text, at)
        if number is not None:
            self._check_number(number)
            return number.end()
        literal = _LITERAL.match(text, at)
        if literal is None or _continues(text, literal.end()):
            raise _SyntaxError(at, self._missing_value(at))
        return literal.end()

    def _in_object(self, container: _Open, at: int) -> int:
        """Scan one member, or the end of the object."""
        text = self._text
        at = self._to_next(container, at)
        if container is not self._top():
            return at
        if text[at] != '"':
            raise _SyntaxError(at, self._missing_name(at))
        after = self._string(at)
        name = json.loads(text[at:after]) if "\\" in text[at:after] else text[at + 1 : after - 1]
        if name in container.names:
            raise _SyntaxError(
                at, f"duplicate name {_shorten(text[at:after])}; first used in {{line}}", container.names[name]
            )
        container.names[name] = at
        container.count += 1
        pointer = Pointer((*container.pointer.tokens, name))
        self._offsets[pointer] = at
        colon = self._skip(after)
        if colon == self._end or text[colon] != ":":
            mistake = self._common_mistake(colon)
            raise _SyntaxError(
                colon if mistake else after, mistake or f"a : is missing after the name {_shorten(text[at:after])}"
            )
        return self._value(self._skip(colon + 1), pointer)

    def _in_list(self, container: _Open, at: int) -> int:
        """Scan one item, or the end of the list."""
        at = self._to_next(container, at)
        if container is not self._top():
            return at
        pointer = Pointer((*container.pointer.tokens, str(container.count)))
        container.count += 1
        self._offsets[pointer] = at
        return self._value(at, pointer)

    def _top(self) -> _Open | None:
        return self._stack[-1] if self._stack else None

    def _to_next(self, container: _Open, after: int) -> int:
        """Skip to the next member or item; or past the closing bracket, with the container popped from the stack."""
        text = self._text
        at = self._skip(after)
        closing = "}" if container.is_object else "]"
        if at < self._end and text[at] == closing:
            self._stack.pop()
            return at + 1
        if container.count:
            if at == self._end or text[at] != ",":
                raise self._missing_comma(container, after, at)
            comma, at = at, self._skip(at + 1)
            if at < self._end and text[at] in "}]":
                raise _SyntaxError(comma, "extra comma: nothing follows it")
        elif at < self._end and text[at] == ",":
            raise _SyntaxError(at, "extra comma: nothing comes before it")
        if at == self._end:
            raise self._unclosed(container)
        if text[at] in "}]":
            raise self._mismatched(container, at)
        return at

    def _missing_comma(self, container: _Open, after: int, at: int) -> _SyntaxError:
        text = self._text
        if at == self._end:
            return self._unclosed(container)
        if text[at] in "}]":
            return self._mismatched(container, at)
        mistake = self._common_mistake(at)
        if mistake:
            return _SyntaxError(at, mistake)
        if text[at] == ":":
            return _SyntaxError(at, "expected a comma or the end, found :")
        if text[at] in '"{[' or _NUMBER.match(text, at) or _LITERAL.match(text, at):
            return _SyntaxError(after, "a comma is missing here")
        word = _WORD.match(text, at)
        closing = "}" if container.is_object else "]"
        return _SyntaxError(at, f"expected a comma or {closing}, found {_shorten(word[0] if word else text[at])}")

    def _unclosed(self, container: _Open) -> _SyntaxError:
        bracket, closing = ("{", "}") if container.is_object else ("[", "]")
        return _SyntaxError(container.at, f"this {bracket} is never closed: a {closing} is missing")

    def _mismatched(self, container: _Open, at: int) -> _SyntaxError:
        bracket, closing = ("{", "}") if container.is_object else ("[", "]")
        return _SyntaxError(at, f"expected {closing}: the {bracket} in {{line}} is still open", container.at)

    def _string(self, at: int) -> int:
        text = self._text
        found = _STRING.match(text, at)
        if found is not None:
            return found.end()
        stop = cast(re.Match[str], _STRING_START.match(text, at)).end()
        if stop == self._end or text[stop] in "\n\r":
            raise _SyntaxError(
                at, 'this text is not closed: a " is missing (a line break inside a text is written \\n)'
            )
        if text[stop] == "\\":
            raise _SyntaxError(
                stop, f"{_shorten(text[stop : stop + 2])} is not a JSON escape; a backslash is written \\\\"
            )
        if text[stop] == "\t":
            raise _SyntaxError(stop, "a tab inside a text is written \\t")
        raise _SyntaxError(stop, f"a control character inside a text is written \\u{ord(text[stop]):04x}")

    def _check_number(self, number: re.Match[str]) -> None:
        after = number.end()
        if _continues(self._text, after):
            raise _SyntaxError(number.start(), _wrong_number(self._text, number.start()))

    def _missing_value(self, at: int) -> str:
        text = self._text
        if at == self._end or text[at] in ",}]:":
            return "a value is missing here"
        if mistake := self._common_mistake(at):
            return mistake
        if text[at] in "+-." or text[at].isdigit():
            return _wrong_number(text, at)
        word = _WORD.match(text, at)
        if word is None:
            return f"no value can start with {_shorten(text[at])}"
        correction = _CORRECTIONS.get(word[0].casefold())
        if correction is not None:
            return f"{word[0]} is written {correction} in JSON"
        if word[0].casefold() in ("nan", "inf", "infinity"):
            return f"{word[0]} is not a JSON number; null means no value"
        return f'text needs double quotes: "{_shorten(word[0])}"'

    def _missing_name(self, at: int) -> str:
        if mistake := self._common_mistake(at):
            return mistake
        word = _WORD.match(self._text, at)
        return (
            f'a name needs double quotes: "{_shorten(word[0])}"' if word else "a name in double quotes is expected here"
        )

    def _common_mistake(self, at: int) -> str:
        """The message for a common mistake between two tokens, or ""."""
        text = self._text
        if at >= self._end:
            return ""
        char = text[at]
        if char == "#" or text.startswith(("//", "/*", "<!--"), at):
            return "JSON has no comments"
        if char in _QUOTES:
            return f'{char} is not a JSON quote: use "double quotes"'
        if char == ";":
            return "expected a comma or the end, found ;"
        if char == "=":
            return "expected :, found ="
        if char.isspace() or char in "\u200b\ufeff\xad":
            return f"unusual space (U+{ord(char):04X}); JSON allows plain spaces only"
        return ""


def _continues(text: str, at: int) -> bool:
    """Whether the token continues, so that it is not a valid number or literal."""
    return at < len(text) and (text[at].isalnum() or text[at] in "_.+-")


def _wrong_number(text: str, at: int) -> str:
    word = cast(re.Match[str], _NUMBERLIKE.match(text, at))[0]
    shown = _shorten(word)
    mistake = next((text for pattern, text in _NUMBER_MISTAKES if re.match(pattern, word)), None)
    return shown + (mistake or " is not a number; text needs double quotes")


def _shorten(text: str) -> str:
    return text if len(text) <= _MAX_QUOTE else text[: _MAX_QUOTE - 1] + "…"


def _escape(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]
