"""Which part of a block is the street, and what stands on one line with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui.orders.addresses import vocabulary as words_of
from tui.orders.addresses.formats import normalize
from tui.orders.addresses.house_number import split_street

NUMBER_ALONE: Final = re.compile(
    r"(?:(?:nr|no|n[°º]?)\.? ?)?\d{1,5}(?: ?[-/+] ?\d{1,5})?(?: ?[-/]? ?[A-Za-z]{1,3}){0,2}(?: (?:bis|ter))?",
    re.IGNORECASE,
)
"""A house number that stands for itself."""


@dataclass(slots=True)
class StreetPart:
    """A line, or what stands between its commas. `row`: which line it is of."""

    text: str
    row: int
    gap: bool = False


def is_person(text: str) -> bool:
    """Whether it may be somebody's name."""
    words = text.split()
    return 1 <= len(words) <= 6 and not re.search(r"\d", text) and not words_of.is_company(text)


def after_prose(text: str) -> str:
    """The name at the end of `please send it to Jan Jansen`, or a street behind the end of a sentence."""
    street = text.rpartition(". ")[2]
    if street != text and street_score(street) > 1:
        return street
    words = text.split()
    place = len(words)
    while place and (
        words[place - 1][:1].isupper() or normalize(words[place - 1]) in ("de", "van", "der", "den", "von", "la", "da")
    ):
        place -= 1
    while place < len(words) and not words[place][:1].isupper():
        place += 1
    return " ".join(words[place:])


def street_score(text: str) -> int:
    """How surely it is a street: 4 a locker, 3 a word for streets and a number, 2 a number at an end, or a box, 1 such a word."""
    if words_of.is_locker(text):
        return 4
    if words_of.is_box(text):
        return 2
    if len(text) > 100 or words_of.is_unit(text) or words_of.attention(text):
        return 0
    has_word = bool(words_of.street_words(text))
    has_number = bool(re.search(r"\d", text)) and bool(re.search(r"[^\W\d]{2}", text))
    if has_word and has_number:
        return 3
    if has_number and not words_of.locker_code(text) and split_street(text) is not None:
        return 2
    return 1 if has_word and words_of.company_countries(text) is None else 0


def street_index(texts: Sequence[str], *, alone: bool) -> int | None:
    """Which piece is the street. `alone`: the name is known, so that one piece left is the street."""
    if not texts:
        return None
    scores = [street_score(text) for text in texts]
    streets = [score for text, score in zip(texts, scores, strict=True) if not words_of.is_box(text)]
    if max(streets, default=0) > 1:
        # A box beside a street is not the street.
        scores = [0 if words_of.is_box(text) else score for text, score in zip(texts, scores, strict=True)]
    best = max(scores)
    if best > 1 or (best == 1 and len(texts) > 1):
        return len(scores) - 1 - scores[::-1].index(best)
    if alone or best == 1:
        return len(texts) - 1
    return len(texts) - 1 if len(texts) > 1 and not words_of.is_company(texts[-1]) else None


def split_name_at_comma(piece: StreetPart) -> list[StreetPart]:
    """`Jan Jansen, Kerkstraat 12` as two."""
    name, comma, street = piece.text.partition(", ")
    if comma and is_person(name) and not words_of.street_words(name) and street_score(street) > 1:
        return [StreetPart(name, piece.row, piece.gap), StreetPart(street, piece.row)]
    return [piece]


def split_name(piece: StreetPart) -> list[StreetPart]:
    """Name and street of a line that has both: `Jan Jansen Kerkstraat 12`."""
    split = split_street(piece.text)
    words = piece.text.split()
    if split is None or not words[0][:1].isalpha():
        return [piece]
    end = len(split[0].split())
    first = next((n for n in range(1, end) if words_of.street_words(f"x {words[n]}")), None)
    if first is None and end > 2:
        first = end - 1
    if first is None or first < 2:
        return [piece]
    return [StreetPart(" ".join(words[:first]), piece.row), StreetPart(" ".join(words[first:]), piece.row)]
