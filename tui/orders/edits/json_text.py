"""A document as a text that people edit, and back: where each value stands, and what is wrong in words and at its place.

The value itself is always read by `tui.api.codec.decode`; the scanner here only follows the same grammar to know places.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, cast

from tui.api.codec import CodecError, Document, decode, pretty
from tui.api.pointer import ROOT, Pointer

LONGEST: Final = 4 * 1024 * 1024
"""Characters that a text may have."""

DEEPEST: Final = 199
"""Levels of objects and lists that `decode` takes."""


class JsonPosition(NamedTuple):
    """Line and column, both from 1; columns count characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class ParsedJson:
    """A text that can be read. `places`: where each member (its name), each entry and the document itself begin."""

    document: Document
    places: Mapping[Pointer, JsonPosition]


@dataclass(frozen=True, slots=True)
class InvalidJson:
    """The first mistake of a text, as a sentence for people that may quote the text."""

    line: int
    column: int
    words: str


def write_text(document: Document) -> str:
    """The document as indented JSON that `read_text` reads back equal, decimals as they are written.

    Letters of all scripts stay as they are. What is invisible, acts on a terminal or is half of a character is escaped,
    so that the text is valid UTF-8 and what is there can be seen.
    """
    return _HIDDEN.sub(_escaped, pretty(document))


def read_text(text: str) -> ParsedJson | InvalidJson:
    """Read a text in linear time. Beyond `decode` it refuses twice the same name in an object, and what is no object.

    A lone surrogate in the text itself stands for a byte that was no UTF-8 (`surrogateescape`), and is told as such.
    """
    lines = _Lines(text)
    try:
        _check_whole(text)
        places = _Scanner(text).scan()
        document = decode(text)
    except _Mistake as mistake:
        place = lines.place(mistake.at)
        return InvalidJson(place.line, place.column, mistake.words(lines))
    except CodecError as error:
        return InvalidJson(error.line or 1, error.column or 1, error.detail)
    return ParsedJson(cast(Document, document), {pointer: lines.place(at) for pointer, at in places.items()})


def line_of(pointer: Pointer, places: Mapping[Pointer, JsonPosition]) -> int:
    """The line of what is at the pointer, or of what is nearest above it where nothing is."""
    return place_of(pointer, places).line


def place_of(pointer: Pointer, places: Mapping[Pointer, JsonPosition]) -> JsonPosition:
    """The place of what is at the pointer, or of what is nearest above it where nothing is."""
    while pointer.tokens and pointer not in places:
        pointer = pointer.parent
    return places.get(pointer, JsonPosition(1, 1))


# What may be in the text.

_HIDDEN = re.compile(
    "[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"[ \t\n\r]*+")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"')
_STRING_SO_FAR = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?")
_NUMBERLIKE = re.compile(r"[\w.+\-]*")
_LITERAL = re.compile(r"true|false|null")
_WORD = re.compile(r"[^\s,:\[\]{}\"']{1,40}")
_LONG_NUMBER = 300
_QUOTES = "'`´‘’“”„‚«»"
_WORDS = {
    "true": "true",
    "yes": "true",
    "false": "false",
    "no": "false",
    "null": "null",
    "none": "null",
    "nil": "null",
    "undefined": "null",
}
_QUOTED = 40


class _Mistake(Exception):
    """A mistake at an offset. `{there}` in the words stands for the line of another offset."""

    def __init__(self, at: int, words: str, there: int | None = None) -> None:
        super().__init__(words)
        self.at = at
        self._words = words
        self._there = there

    def words(self, lines: "_Lines") -> str:
        if self._there is None:
            return self._words
        return self._words.replace("{there}", f"line {lines.place(self._there).line}")


class _Lines:
    """Offsets to lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, at: int) -> JsonPosition:
        line = bisect_right(self._starts, at)
        return JsonPosition(line, at - self._starts[line - 1] + 1)


def _check_whole(text: str) -> None:
    if len(text) > LONGEST:
        raise _Mistake(LONGEST, f"the text has {len(text)} characters; at most {LONGEST} are read, and here they end")
    found = _SURROGATE.search(text)
    if found is not None:
        code = ord(found[0])
        what = f"the byte 0x{code - 0xDC00:02X}" if 0xDC80 <= code <= 0xDCFF else "half of a character"
        raise _Mistake(found.start(), f"{what} is not UTF-8: retype what should stand here, or save the text as UTF-8")


class _Open:
    """An object or a list that is not closed yet. `names`: those of an object, with their offsets."""

    __slots__ = ("at", "count", "is_object", "names", "pointer")

    def __init__(self, pointer: Pointer, at: int, *, is_object: bool) -> None:
        self.pointer = pointer
        self.at = at
        self.is_object = is_object
        self.names: dict[str, int] = {}
        self.count = 0


class _Scanner:
    """Follows the grammar of JSON (RFC 8259) once through the text, without recursion. Raises _Mistake at the first one."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = len(text)
        self._places: dict[Pointer, int] = {ROOT: 0}
        self._stack: list[_Open] = []

    def scan(self) -> dict[Pointer, int]:
        """Where each value begins."""
        text = self._text
        at = self._skip(1 if text.startswith("\ufeff") else 0)
        if at == self._end:
            raise _Mistake(0, "there is no text")
        if text[at] != "{":
            self._value(at, ROOT)
            raise _Mistake(at, "an order is one object, in braces: { … }")
        self._places[ROOT] = at
        at = self._value(at, ROOT)
        while self._stack:
            here = self._stack[-1]
            at = self._in_object(here, at) if here.is_object else self._in_list(here, at)
        at = self._skip(at)
        if at < self._end:
            if text[at] in "}]":
                raise _Mistake(at, f"this {text[at]} closes nothing: the order ended before")
            raise _Mistake(at, self._odd(at) or "the order has ended before this; nothing may follow it")
        return self._places

    def _skip(self, at: int) -> int:
        return cast(re.Match[str], _SPACE.match(self._text, at)).end()

    def _value(self, at: int, pointer: Pointer) -> int:
        """Over a value that begins here; an object or a list is only opened."""
        text = self._text
        first = text[at] if at < self._end else ""
        if first == '"':
            return self._string(at)
        if first in ("{", "["):
            if len(self._stack) == DEEPEST:
                raise _Mistake(at, f"this is nested more than {DEEPEST} levels deep")
            self._stack.append(_Open(pointer, at, is_object=first == "{"))
            return at + 1
        number = _NUMBER.match(text, at)
        if number is not None:
            self._check_number(number)
            return number.end()
        literal = _LITERAL.match(text, at)
        if literal is None or _continues(text, literal.end()):
            raise _Mistake(at, self._no_value(at))
        return literal.end()

    def _in_object(self, here: _Open, at: int) -> int:
        """One member, or the end."""
        text = self._text
        at = self._begin(here, at)
        if here is not self._top():
            return at
        if text[at] != '"':
            raise _Mistake(at, self._no_name(at))
        after = self._string(at)
        name = json.loads(text[at:after]) if "\\" in text[at:after] else text[at + 1 : after - 1]
        if name in here.names:
            raise _Mistake(
                at, f"{_cut(text[at:after])} stands here a second time; first in {{there}}", here.names[name]
            )
        here.names[name] = at
        here.count += 1
        pointer = Pointer((*here.pointer.tokens, name))
        self._places[pointer] = at
        colon = self._skip(after)
        if colon == self._end or text[colon] != ":":
            odd = self._odd(colon)
            raise _Mistake(colon if odd else after, odd or f"a : is missing behind the name {_cut(text[at:after])}")
        return self._value(self._skip(colon + 1), pointer)

    def _in_list(self, here: _Open, at: int) -> int:
        """One entry, or the end."""
        at = self._begin(here, at)
        if here is not self._top():
            return at
        pointer = Pointer((*here.pointer.tokens, str(here.count)))
        here.count += 1
        self._places[pointer] = at
        return self._value(at, pointer)

    def _top(self) -> _Open | None:
        return self._stack[-1] if self._stack else None

    def _begin(self, here: _Open, after: int) -> int:
        """To the next member or entry, over its comma; or over the bracket that closes, with what was open taken away."""
        text = self._text
        at = self._skip(after)
        closing = "}" if here.is_object else "]"
        if at < self._end and text[at] == closing:
            self._stack.pop()
            return at + 1
        if here.count:
            if at == self._end or text[at] != ",":
                raise self._no_comma(here, after, at)
            comma, at = at, self._skip(at + 1)
            if at < self._end and text[at] in "}]":
                raise _Mistake(comma, "a comma too many: nothing follows it")
        elif at < self._end and text[at] == ",":
            raise _Mistake(at, "a comma too many: nothing stands before it")
        if at == self._end:
            raise self._unclosed(here)
        if text[at] in "}]":
            raise self._mismatched(here, at)
        return at

    def _no_comma(self, here: _Open, after: int, at: int) -> _Mistake:
        text = self._text
        if at == self._end:
            return self._unclosed(here)
        if text[at] in "}]":
            return self._mismatched(here, at)
        odd = self._odd(at)
        if odd:
            return _Mistake(at, odd)
        if text[at] == ":":
            return _Mistake(at, "a : stands where a comma or the end should")
        if text[at] in '"{[' or _NUMBER.match(text, at) or _LITERAL.match(text, at):
            return _Mistake(after, "a comma is missing here")
        word = _WORD.match(text, at)
        closing = "}" if here.is_object else "]"
        return _Mistake(at, f"{_cut(word[0] if word else text[at])} stands where a comma or a {closing} should")

    def _unclosed(self, here: _Open) -> _Mistake:
        bracket, closing = ("{", "}") if here.is_object else ("[", "]")
        return _Mistake(here.at, f"this {bracket} is never closed: a {closing} is missing")

    def _mismatched(self, here: _Open, at: int) -> _Mistake:
        bracket, closing = ("{", "}") if here.is_object else ("[", "]")
        return _Mistake(at, f"a {closing} should stand here: the {bracket} of {{there}} is still open", here.at)

    def _string(self, at: int) -> int:
        text = self._text
        found = _STRING.match(text, at)
        if found is not None:
            return found.end()
        stop = cast(re.Match[str], _STRING_SO_FAR.match(text, at)).end()
        if stop == self._end or text[stop] in "\n\r":
            raise _Mistake(at, 'this text is not closed: a " is missing (a line break inside a text is written \\n)')
        if text[stop] == "\\":
            raise _Mistake(
                stop, f"{_cut(text[stop : stop + 2])} is no escape that JSON knows; a backslash is written \\\\"
            )
        if text[stop] == "\t":
            raise _Mistake(stop, "a tab inside a text is written \\t")
        raise _Mistake(stop, f"a control character inside a text is written \\u{ord(text[stop]):04x}")

    def _check_number(self, number: re.Match[str]) -> None:
        after = number.end()
        if _continues(self._text, after):
            raise _Mistake(number.start(), _wrong_number(self._text, number.start()))
        if after - number.start() > _LONG_NUMBER or "e" in number[0].lower():
            try:
                decode(number[0])
            except CodecError as error:
                raise _Mistake(number.start(), f"{error.detail[:1].lower()}{error.detail[1:]}") from None

    def _no_value(self, at: int) -> str:
        text = self._text
        if at == self._end or text[at] in ",}]:":
            return "a value is missing here"
        if odd := self._odd(at):
            return odd
        if text[at] in "+-." or text[at].isdigit():
            return _wrong_number(text, at)
        word = _WORD.match(text, at)
        if word is None:
            return f"{_cut(text[at])} begins no value"
        meant = _WORDS.get(word[0].casefold())
        if meant is not None:
            return f"{word[0]} is written {meant} in JSON"
        if word[0].casefold() in ("nan", "inf", "infinity"):
            return f"{word[0]} is no number that JSON knows; null stands for none"
        return f'text needs double quotes: "{_cut(word[0])}"'

    def _no_name(self, at: int) -> str:
        if odd := self._odd(at):
            return odd
        word = _WORD.match(self._text, at)
        return f'a name needs double quotes: "{_cut(word[0])}"' if word else "a name in double quotes should stand here"

    def _odd(self, at: int) -> str:
        """The usual slips that may stand anywhere between the tokens."""
        text = self._text
        if at >= self._end:
            return ""
        char = text[at]
        if char == "#" or text.startswith(("//", "/*", "<!--"), at):
            return "JSON has no comments"
        if char in _QUOTES:
            return f'{char} is no quote of JSON: texts and names stand in "double quotes"'
        if char == ";":
            return "a ; stands where a comma or the end should"
        if char == "=":
            return "an = stands where a : should"
        if char.isspace() or char in "\u200b\ufeff\xad":
            return f"an odd blank (U+{ord(char):04X}) stands here; JSON takes plain spaces only"
        return ""


def _continues(text: str, at: int) -> bool:
    """Whether a number or word goes on, so that it was none."""
    return at < len(text) and (text[at].isalnum() or text[at] in "_.+-")


def _wrong_number(text: str, at: int) -> str:
    word = cast(re.Match[str], _NUMBERLIKE.match(text, at))[0]
    shown = _cut(word)
    if word.startswith("+"):
        return f"{shown}: a number has no + in front"
    if word.lstrip("-").casefold() in ("infinity", "inf", "nan"):
        return f"{shown} is no number that JSON knows; null stands for none"
    if re.match(r"-?\.", word):
        return f"{shown}: a number has a digit before its point"
    if re.match(r"-?0[0-9]", word):
        return f"{shown}: a number does not begin with 0; what keeps its zeros is a text in double quotes"
    if re.fullmatch(r"-?[0-9]+\.", word):
        return f"{shown}: a number has a digit behind its point"
    return f"{shown} is no number; a text needs double quotes"


def _cut(text: str) -> str:
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match[0])[1:-1]
