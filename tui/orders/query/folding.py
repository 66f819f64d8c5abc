"""Folding of texts for comparison: without case, diacritics, and variants of letters."""

import unicodedata
from typing import Final

_LETTERS: Final = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"}
"""Letters that Unicode does not decompose, in lower case."""


class _FoldedCharacters(dict[int, str]):
    """A table for `str.translate` that folds each character when it is first needed."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


_TABLE: Final = _FoldedCharacters()


def fold(text: str) -> str:
    """Fold a text: `Özdemir` and `OZDEMIR` become `ozdemir`.

    NFKD, case folding, no marks (category M), `ß` as `ss` and the like. NUL and lone surrogates, which SQLite cannot store
    as text, are removed. Each character is folded alone, and folding twice changes nothing.
    """
    if text.isascii():
        return text.lower().replace("\0", "")
    return text.translate(_TABLE)


def fold_value(text: str) -> str:
    """Fold one value of a field, or a text to search in it: consecutive spaces and line breaks become one space."""
    return " ".join(fold(text).split())


def digits(text: str) -> str:
    """The decimal digits of a text, in any script, as 0 to 9."""
    return "".join(str(unicodedata.decimal(char, "")) for char in text)


def _fold_character(char: str) -> str:
    if char == "\0" or unicodedata.category(char) == "Cs":
        return ""
    folded = char
    while (again := _fold_once(folded)) != folded:
        folded = again
    return folded


def _fold_once(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(_LETTERS.get(char, char) for char in decomposed if not unicodedata.category(char).startswith("M"))
