"""What is read from a block of text: values with their words, and the words that found no place."""

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tui.orders.addresses.formats import normalize
from tui.orders.addresses.house_number import split_street

FIELDS: Final = (
    "name",
    "company_name",
    "address_line_1",
    "house_number",
    "address_line_2",
    "po_box",
    "postal_code",
    "city",
    "country_code",
    "state_province_code",
    "phone_number",
    "email",
)
"""The fields of an address that a block may have, in the order of the form."""

_WORD: Final = re.compile(r"\w+")


class Confidence(StrEnum):
    """How sure a value is: by a label or a form that nothing else has, by its place, or only because nothing fits better."""

    SURE = "sure"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class FoundValue:
    """One value, and the words of the text that it came from."""

    field: str
    value: str
    sure: Confidence
    words: str


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """What a block says. Every word of it is in `found`, in `passed` or in `unplaced`.

    `passed`: labels and greetings that were understood. `split`: street and number, where the number stands inside
    the street; an offer, never made here. `maybe`: the countries that it may be, where the text decides it not.
    `others`: further addresses in the text, which are in `unplaced`.
    """

    found: tuple[FoundValue, ...]
    split: tuple[str, str] | None
    unplaced: tuple[str, ...]
    passed: tuple[str, ...]
    maybe: tuple[str, ...] = ()
    others: int = 0

    def get(self, field: str) -> FoundValue | None:
        return next((one for one in self.found if one.field == field), None)

    def value(self, field: str) -> str:
        found = self.get(field)
        return found.value if found is not None else ""


class ParsedFields:
    """What has been read so far of one text."""

    def __init__(self) -> None:
        self.found: dict[str, FoundValue] = {}
        self.left: list[str] = []
        self.passed: list[str] = []
        self.maybe: tuple[str, ...] = ()

    def value(self, field: str) -> str:
        return self.found[field].value if field in self.found else ""

    def put(self, field: str, value: str, sure: Confidence, words: str) -> None:
        """Take a value; a second one for the same field is told as not placed."""
        value = value.strip(" ,;")
        if not value:
            self.leave(words)
        elif field not in self.found:
            self.found[field] = FoundValue(field, value, sure, words)
        elif normalize(self.found[field].value) == normalize(value):
            self.passed.append(words)
        else:
            self.leave(words)

    def join(self, field: str, value: str, sure: Confidence, words: str) -> None:
        """Take a value, or put it behind the one that is there."""
        old = self.found.pop(field, None)
        if old is not None:
            value, words = f"{old.value}, {value}", f"{old.words}\n{words}"
        self.put(field, value, sure, words)

    def leave(self, words: str) -> None:
        if words.strip(" ,;.:-<>()"):
            self.left.append(words)

    def reading(self, text: str, others: int) -> ParsedAddress:
        found = tuple(self.found[field] for field in FIELDS if field in self.found)
        street = self.found.get("address_line_1")
        split = split_street(street.value) if street is not None and "house_number" not in self.found else None
        self._account_for(text)
        for told in (self.left, self.passed):
            told.sort(key=lambda words: place if (place := text.find(words.split("\n")[0][:40])) >= 0 else len(text))
        maybe = () if "country_code" in self.found else self.maybe
        return ParsedAddress(found, split, tuple(self.left), tuple(self.passed), maybe, others)

    def _account_for(self, text: str) -> None:
        """Whatever happened: a word that is nowhere yet is told as not placed."""
        told = [found.words for found in self.found.values()] + self.left + self.passed
        known = Counter(word for one in told for word in _WORD.findall(one))
        missing = []
        for word in _WORD.findall(text):
            if known[word]:
                known[word] -= 1
            else:
                missing.append(word)
        if missing:
            self.left.append(" ".join(missing))
