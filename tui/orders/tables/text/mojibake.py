"""Finds text whose letters were damaged before the file was written, and repairs what can be repaired.

Most damage is UTF-8 that was read in a one-byte encoding and saved again, once or several times: `Größe` becomes
`GrÃ¶ÃŸe`. It is recognised by sequences that are UTF-8 in that encoding and that no language has.
"""

import re
from collections.abc import Mapping
from functools import cache, lru_cache, partial
from typing import Final

from tui.orders.parsed import Derivation, Guess, GuessKind, How, ParsedOrder, code_of
from tui.orders.tables.context import ImportContext, error, warning
from tui.orders.tables.text.encodings import decode_bytes, likeliness

_MISREAD_AS: Final = ("cp1252", "mac_roman", "cp850", "cp437", "cp1250", "cp1254")
"""The encodings in which UTF-8 is usually misread, the most usual first."""

_CONFUSIONS: Final = (
    ("cp1252", "mac_roman"),
    ("cp1252", "cp850"),
    ("cp1252", "cp1250"),
    ("cp850", "cp1252"),
    ("cp437", "cp1252"),
    ("mac_roman", "cp1252"),
)
"""Pairs of the encoding that a text was read in by mistake, and its own."""
_UNLIKELY: Final = -0.7
_LIKELY: Final = 0.9
"""The bounds for how likely the letters of a wrong and of a right decoding are."""
_INSIDE_WORDS: Final = frozenset("§£¤¢¥†‡ˆ‰¶¸¨´¡¿÷’")
"""Symbols that damaged words have instead of letters."""
_WORD: Final = re.compile(r"[^\s\d.,;:!?/()-]+")

_TIMES: Final = 3
_LOST: Final = "\N{REPLACEMENT CHARACTER}"
_ALLOWED: Final = frozenset("‘’“”„‚‹›–—…•€™°ºª§®©«»·¿¡²³½¼¾´±µ×£¥\xa0") | frozenset(
    chr(code) for code in (*range(0xC0, 0x180), *range(0x218, 0x21C)) if chr(code).isalpha()
)
"""What a repaired sequence may stand for."""
_AFTER_A: Final = frozenset("śŚťŤšźŹłŁąĄşŞľĽ")
"""Letters of Windows-1250 that may be after a real `Ä`."""
_GRAVE_A: Final = re.compile(r"(?<=[a-zà-ÿ])Ã(?= |\xa0|$)")
"""`à`, whose second byte is a non-breaking space and was changed to a space or removed."""
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]{2}")
_LOST_LETTER: Final = re.compile(r"(?<=[^\W\d_])\?(?=[^\W\d_])")
_NAME_FIELDS: Final = frozenset(
    ["name", "company_name", "address_line_1", "address_line_2", "city", "state_province_code"]
)


@lru_cache(maxsize=8192)
def repaired(text: str) -> str:
    """The text with its damaged letters repaired; unchanged if it has none."""
    for _ in range(_TIMES):
        better = _repaired_once(text)
        if better == text:
            break
        text = better
    return text if text.isascii() else _WORD.sub(lambda match: _reread(match[0]), text)


def confirm_encoding(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order with letters outside ASCII if the encoding of its file is a guess."""
    if not context.encoding_guess:
        return
    for pointer in order.cells:
        value = pointer.get(order.document)
        if isinstance(value, str) and not value.isascii():
            context.guess(order, pointer, GuessKind.ENCODING, context.encoding_guess, title="encoding?")
            return


def check_letters(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order with damaged letters, and propose their repair."""
    for pointer, (_, column) in list(order.cells.items()):
        value = pointer.get(order.document)
        if not isinstance(value, str):
            continue
        if value.isascii():
            if "?" in value and pointer.name in _NAME_FIELDS and _LOST_LETTER.search(value):
                detail = "The question mark inside a word may be a letter that was lost before the file was written."
                order.problems.append(warning(pointer, "lost_letter", detail, "letter lost?"))
        elif _LOST in value:
            detail = (
                f"Letters were lost before the file was written ({_LOST}). Correct them, or export the file as UTF-8."
            )
            order.problems.append(error(pointer, "lost_letters", detail, "letters lost"))
        elif (better := repaired(value)) != value:
            text = f"The letters are damaged: {_quoted(value)} seems to be {_quoted(better)}."
            _add_guess(context, column, text)
            order.problems.append(error(pointer, code_of(GuessKind.ENCODING), text, "damaged letters"))


def record_repairs(order: ParsedOrder, damaged: Mapping[tuple[int, str], str], context: ImportContext) -> None:
    """Record the repaired values. `damaged`: by row and column, the texts before their repair."""
    if not damaged:
        return
    for pointer, (row, column) in order.cells.items():
        if (before := damaged.get((row, column))) is None:
            continue
        order.derived[pointer] = Derivation(How.REPAIRED, f"repaired from {_quoted(before)}")
        text = f"The letters are damaged: {_quoted(before)} seems to be {_quoted(repaired(before))}."
        _add_guess(context, column, text)


def _add_guess(context: ImportContext, column: str, text: str) -> None:
    """List the first damaged text of each column."""
    if not any(guess.kind is GuessKind.ENCODING and guess.subject == column for guess in context.guesses):
        context.guesses[Guess.of(GuessKind.ENCODING, column, text)] = None


def _repaired_once(text: str) -> str:
    if text.isascii():
        return text
    found = text
    # Each sequence has at least two such characters; a single accented letter is the usual case.
    for encoding in _MISREAD_AS if _NOT_ASCII.search(text) else ():
        pattern, bytes_of = _sequences(encoding)
        found = pattern.sub(partial(_decoded, bytes_of=bytes_of), text)
        if found != text:
            break
    return _GRAVE_A.sub("à", found)


def _reread(word: str) -> str:
    """A word that was read in a wrong one-byte encoding before it was saved, such as `JŸrg`, in the right one."""
    usual = (sign.isalpha() or sign.isascii() or "\x80" <= sign < "\xa0" or sign in _INSIDE_WORDS for sign in word)
    if word.isascii() or likeliness(word) > _UNLIKELY or not all(usual):
        return word
    best, lead = word, _LIKELY
    for read_as, meant in _CONFUSIONS:
        bytes_of = _sequences(read_as)[1]
        if not all(sign.isascii() or sign in bytes_of for sign in word):
            continue
        found = decode_bytes(bytes(bytes_of.get(sign, ord(sign) & 0x7F) for sign in word), meant)
        if (score := likeliness(found)) > lead:
            best, lead = found, score
    return best


def _decoded(match: re.Match[str], bytes_of: dict[str, int]) -> str:
    whole = match[0]
    try:
        sign = bytes(bytes_of[one] for one in whole).decode("utf-8")
    except UnicodeDecodeError:
        return whole
    if sign not in _ALLOWED and sign not in bytes_of:
        return whole
    if whole[0] == "Ä" and whole[1] in _AFTER_A:
        return whole
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    if sign.islower() and sign != "ß" and before.isupper() and after.isupper() and before.isascii() and after.isascii():
        return whole  # in capitals, as in the Romanian TĂŞNAD
    return sign


@cache
def _sequences(encoding: str) -> tuple[re.Pattern[str], dict[str, int]]:
    """A pattern of the UTF-8 sequences as they look in an encoding, and the byte of each of its characters."""
    signs = {byte: decode_bytes(bytes((byte,)), encoding) for byte in range(0x80, 0x100)}
    bytes_of = {sign: byte for byte, sign in signs.items()}
    bytes_of.update({chr(byte): byte for byte in range(0x80, 0xA0)})
    # The bytes that an encoding leaves undefined are control characters in some readings.
    follow = "".join(re.escape(sign) for sign, byte in bytes_of.items() if 0x80 <= byte < 0xC0)
    two = "".join(re.escape(signs[byte]) for byte in range(0xC2, 0xE0))
    three = "".join(re.escape(signs[byte]) for byte in range(0xE0, 0xF0))
    return re.compile(f"[{two}][{follow}]|[{three}][{follow}]{{2}}"), bytes_of


def _quoted(text: str) -> str:
    return f'"{text if len(text) <= 40 else f"{text[:39]}…"}"'
