"""Makes untrusted text safe to show, and measures it in terminal cells."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, TypeAlias

from rich.cells import cell_len, get_character_cell_size

Align: TypeAlias = Literal["left", "right"]

UNSHOWABLE = "�"
LINE_BREAK = " ⏎ "
ELLIPSIS = "…"

# Characters that are shown in place of others. They are never sent.
SUBSTITUTES = frozenset({UNSHOWABLE, "⏎", "␡", *map(chr, range(0x2400, 0x2420))})

_PLAIN_CHAR = r"[ -~\xa1-\xac\xae-\u02ff\u0370-\u0377\u0384-\u0482\u2010-\u2015\u2018-\u201e\u2022\u2026\u20ac]"
_PLAIN = re.compile(f"{_PLAIN_CHAR}*")
_PLAIN_RUN = re.compile(f"{_PLAIN_CHAR}{{2,}}")
_PIECE = re.compile(r"\r\n|.", re.DOTALL)
_BREAKS = frozenset("\n\x85\u2028\u2029")
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_KEYCAPS = frozenset("0123456789#*")
_MARKS_ON_A_LETTER = 4
# The most characters that make one cell: base, marks, selector, skin tone, joiner.
_CHARS_A_CELL = 8
_CACHED_LENGTH = 256

_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_RTL_RUN = re.compile(rf"[{_RTL}](?:(?:(?! {{2}})[\W\d_])*[{_RTL}])*")
_RTL_CELL = re.compile(rf"(?=[\W\d_]*[{_RTL}])(?:(?! {{2}})(?:[\W\d_]|[{_RTL}]))*")
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def safe(text: object, *, newline: str = LINE_BREAK) -> str:
    """Replace everything that acts on a terminal, is invisible, or has a width that terminals disagree about."""
    text = text if isinstance(text, str) else str(text)
    if _PLAIN.fullmatch(text):
        return text
    if len(text) <= _CACHED_LENGTH:
        return _cached_safe(text, newline)
    return "".join(_safe_parts(text, newline))


def _safe_parts(text: str, newline: str) -> Iterator[str]:
    # A plain character never joins the one before it, so long plain runs are taken as they are, up to their last one.
    at = 0
    for run in _PLAIN_RUN.finditer(text):
        yield from (shown for shown, _ in spans(text[at : run.start()], newline=newline))
        at = run.end() - 1
        yield text[run.start() : at]
    yield from (shown for shown, _ in spans(text[at:], newline=newline))


def spans(text: str, *, newline: str = LINE_BREAK) -> Iterator[tuple[str, str]]:
    """Yield shown pieces with the characters that they stand for. The original characters joined are the text.

    Characters that are not shown (a joiner in an emoji) belong to the piece before them.
    """
    shown = original = before = ""
    marks = 0
    for match in _PIECE.finditer(text):
        piece = match[0]
        if original and _is_dropped(piece, before, shown):
            original += piece
            before = piece
            continue
        if original:
            yield shown, original
        is_mark = unicodedata.category(piece[0]) in ("Mn", "Me") and not _is_selector(piece)
        marks = marks + 1 if is_mark and shown else 0
        if is_mark and (marks > _MARKS_ON_A_LETTER or not marks or shown == newline or shown in SUBSTITUTES):
            shown, marks = UNSHOWABLE, 0
        else:
            shown = _shown(piece, newline, is_mark)
        original = before = piece
    if original:
        yield shown, original


def has_substitutes(text: str, *, multiline: bool = False) -> bool:
    """Whether the shown text differs from the original. With `multiline`, line feeds do not count."""
    return safe(text, newline="\n" if multiline else LINE_BREAK) != text


def width_of(text: str) -> int:
    """The width of a text in cells."""
    return cell_len(text)


def fit(text: object, width: int, align: Align = "left") -> str:
    """Make a text safe and exactly `width` cells wide: padded, or cut with an ellipsis."""
    text = text if isinstance(text, str) else str(text)
    if width <= 0:
        return ""
    longest = width * _CHARS_A_CELL + _CHARS_A_CELL
    if len(text) > longest:
        text = text[:longest] + "+"
    return _fit(text, width, align)


def isolated(piece: str) -> str:
    """Isolate right-to-left words in a piece of safe text, so that they cannot move their neighbours.

    A terminal that reorders runs the Unicode bidirectional algorithm over the whole line: a Hebrew name and the weight
    in the next column would change places. Each right-to-left run becomes an isolate (U+2068 … U+2069, no cells wide);
    a piece without left-to-right letters becomes one, so that its digits stay with its words.
    """
    if piece.isascii() or not _RTL_RUN.search(piece):
        return piece
    content = piece.strip(" ")
    if _RTL_CELL.fullmatch(content):
        return piece.replace(content, f"{_ISOLATE}{content}{_END_OF_ISOLATE}")
    return _RTL_RUN.sub(lambda run: f"{_ISOLATE}{run[0]}{_END_OF_ISOLATE}", piece)


def cut(text: str, start: int, width: int) -> str:
    """Cut `width` cells from safe text, beginning at cell `start`. Halves of wide characters become spaces."""
    out: list[str] = []
    at = 0
    for char in text:
        size = get_character_cell_size(char)
        if at >= start + width and size:
            break
        if at < start < at + size or at < start + width < at + size:
            out.append(" " * (min(at + size, start + width) - max(at, start)))
        elif at >= start:
            out.append(char)
        at += size
    return "".join(out) + " " * (width - cell_len("".join(out)))


def wrap(text: str, width: int) -> list[str]:
    """Wrap safe text into lines of at most `width` cells, at spaces if possible. There is always at least one line."""
    if width <= 1:
        return [fit(paragraph, max(1, width)) for paragraph in text.split("\n")]
    return [line for paragraph in text.split("\n") for line in _wrapped(paragraph, width)]


def _wrapped(paragraph: str, width: int) -> Iterator[str]:
    # Only the characters of one line are measured at a time: the paragraph may be a megabyte.
    start = 0
    while (end := _end_of(paragraph, start, width)) < len(paragraph):
        space = paragraph.rfind(" ", start, end)
        if space > start and paragraph[end] != " ":
            end = space
        yield paragraph[start:end].rstrip()
        start = end
        while paragraph.startswith(" ", start):
            start += 1
    yield paragraph[start:]


@lru_cache(maxsize=2048)
def _cached_safe(text: str, newline: str) -> str:
    return "".join(shown for shown, _ in spans(text, newline=newline))


@lru_cache(maxsize=2048)
def _fit(text: str, width: int, align: Align) -> str:
    shown = safe(text)
    length = cell_len(shown)
    if length > width:
        shown = _take(shown, width - 1).rstrip() + ELLIPSIS
        length = cell_len(shown)
    padding = " " * (width - length)
    return padding + shown if align == "right" else shown + padding


def _take(text: str, width: int) -> str:
    """The longest prefix that fits in `width` cells, with its combining marks."""
    return text[: _end_of(text, 0, width)]


def _end_of(text: str, start: int, width: int) -> int:
    """The end of the longest piece from `start` that fits in `width` cells."""
    at = 0
    for index in range(start, len(text)):
        at += get_character_cell_size(text[index])
        if at > width:
            return index
    return len(text)


def _shown(piece: str, newline: str, is_mark: bool) -> str:
    if piece == "\r\n" or piece in _BREAKS:
        return newline
    code = ord(piece)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if 0x1F1E6 <= code <= 0x1F1FF:  # regional indicators: terminals disagree about the width of a flag
        return chr(ord("A") + code - 0x1F1E6)
    hidden = unicodedata.category(piece)[0] == "C" or piece in _BLANK_LETTERS
    return UNSHOWABLE if hidden or not (is_mark or get_character_cell_size(piece)) else piece


def _is_dropped(piece: str, before: str, shown: str) -> bool:
    """Whether a character is not drawn: a selector after a visible character, or a joiner inside an emoji."""
    if _is_selector(piece):
        return before == shown
    if unicodedata.category(shown[-1]) not in ("So", "Sk") and shown not in _KEYCAPS:
        return False
    if piece == "\u20e3":
        return shown in _KEYCAPS
    if shown in SUBSTITUTES or shown in _KEYCAPS:
        return False
    is_joiner, is_tone = piece == "\u200d", 0x1F3FB <= ord(piece[0]) <= 0x1F3FF
    return (is_joiner and before != "\u200d") or (is_tone and before in (shown, "\ufe0f"))


def _is_selector(piece: str) -> bool:
    return "\ufe00" <= piece[0] <= "\ufe0f" or "\U000e0100" <= piece[0] <= "\U000e01ef"
