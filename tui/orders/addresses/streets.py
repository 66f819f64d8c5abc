"""Finds the street among the lines of an address, and splits names from it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tui.orders.addresses import vocabulary
from tui.orders.addresses.formats import normalize
from tui.orders.addresses.house_number import split_street

NUMBER_ALONE: Final = re.compile(
    r"(?:(?:nr|no|n[°º]?)\.? ?)?\d{1,5}(?: ?[-/+] ?\d{1,5})?(?: ?[-/]? ?[A-Za-z]{1,3}){0,2}(?: (?:bis|ter))?",
    re.IGNORECASE,
)
"""A house number without a street."""


@dataclass(slots=True)
class StreetPart:
    """A line or a part of it. `row`: the index of the line."""

    text: str
    row: int
    gap: bool = False


def is_person(text: str) -> bool:
    """Whether the text may be a person's name."""
    words = text.split()
    return 1 <= len(words) <= 6 and not re.search(r"\d", text) and not vocabulary.is_company(text)


def after_prose(text: str) -> str:
    """The name at the end of `please send it to Jan Jansen`, or a street after the end of a sentence."""
    street = text.rpartition(". ")[2]
    if street != text and street_score(street) > 1:
        return street
    words = text.split()
    index = len(words)
    while index and (
        words[index - 1][:1].isupper() or normalize(words[index - 1]) in ("de", "van", "der", "den", "von", "la", "da")
    ):
        index -= 1
    while index < len(words) and not words[index][:1].isupper():
        index += 1
    return " ".join(words[index:])


def street_score(text: str) -> int:
    """How likely a text is a street.

    4: a parcel locker. 3: a street word and a number. 2: a number at either end, or a PO box. 1: only a street word.
    """
    if vocabulary.is_locker(text):
        return 4
    if vocabulary.is_box(text):
        return 2
    if len(text) > 100 or vocabulary.is_unit(text) or vocabulary.attention(text):
        return 0
    has_word = bool(vocabulary.street_words(text))
    has_number = bool(re.search(r"\d", text)) and bool(re.search(r"[^\W\d]{2}", text))
    if has_word and has_number:
        return 3
    if has_number and not vocabulary.locker_code(text) and split_street(text) is not None:
        return 2
    return 1 if has_word and vocabulary.company_countries(text) is None else 0


def street_index(texts: Sequence[str], *, is_name_known: bool) -> int | None:
    """The index of the street. `is_name_known`: a single remaining line is the street, because it cannot be the name."""
    if not texts:
        return None
    scores = [street_score(text) for text in texts]
    streets = [score for text, score in zip(texts, scores, strict=True) if not vocabulary.is_box(text)]
    if max(streets, default=0) > 1:
        # A PO box next to a street is not the street.
        scores = [0 if vocabulary.is_box(text) else score for text, score in zip(texts, scores, strict=True)]
    best = max(scores)
    if best > 1 or (best == 1 and len(texts) > 1):
        return len(scores) - 1 - scores[::-1].index(best)
    if is_name_known or best == 1:
        return len(texts) - 1
    return len(texts) - 1 if len(texts) > 1 and not vocabulary.is_company(texts[-1]) else None


def split_name_at_comma(part: StreetPart) -> list[StreetPart]:
    """Split `Jan Jansen, Kerkstraat 12` in two."""
    name, comma, street = part.text.partition(", ")
    if comma and is_person(name) and not vocabulary.street_words(name) and street_score(street) > 1:
        return [StreetPart(name, part.row, part.gap), StreetPart(street, part.row)]
    return [part]


def split_name(part: StreetPart) -> list[StreetPart]:
    """Split name and street on one line without a comma: `Jan Jansen Kerkstraat 12`."""
    split = split_street(part.text)
    words = part.text.split()
    if split is None or not words[0][:1].isalpha():
        return [part]
    end = len(split[0].split())
    first = next((n for n in range(1, end) if vocabulary.street_words(f"x {words[n]}")), None)
    if first is None and end > 2:
        first = end - 1
    if first is None or first < 2:
        return [part]
    return [StreetPart(" ".join(words[:first]), part.row), StreetPart(" ".join(words[first:]), part.row)]
