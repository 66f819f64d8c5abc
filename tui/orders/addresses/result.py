"""The result of parsing an address: values with their source text, and words that have no field."""

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
"""The fields of an address that can be parsed, in the order of the form."""

_WORD: Final = re.compile(r"\w+")


class Confidence(StrEnum):
    """How sure a value is: by a label or an unambiguous format, by its position, or only because nothing fits better."""

    SURE = "sure"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class FoundValue:
    """One value, and the source text that it came from."""

    field: str
    value: str
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class ParsedAddress:
    """A parsed address. Every word of the text is in `found`, `ignored` or `unplaced`.

    `ignored`: labels and greetings. `split`: street and house number, if the number is part of the street; only a
    proposal. `possible_countries`: the candidates if the text does not decide the country. `other_addresses`: how many
    more addresses the text has; their words are in `unplaced`.
    """

    found: tuple[FoundValue, ...]
    split: tuple[str, str] | None
    unplaced: tuple[str, ...]
    ignored: tuple[str, ...]
    possible_countries: tuple[str, ...] = ()
    other_addresses: int = 0

    def get(self, field: str) -> FoundValue | None:
        return next((found for found in self.found if found.field == field), None)

    def value(self, field: str) -> str:
        found = self.get(field)
        return found.value if found is not None else ""


class ParsedFields:
    """Collects what was parsed from one text so far."""

    def __init__(self) -> None:
        self.found: dict[str, FoundValue] = {}
        self.unplaced: list[str] = []
        self.ignored: list[str] = []
        self.possible_countries: tuple[str, ...] = ()

    def value(self, field: str) -> str:
        return self.found[field].value if field in self.found else ""

    def put(self, field: str, value: str, confidence: Confidence, source: str) -> None:
        """Set a field. A second, different value for the same field becomes unplaced."""
        value = value.strip(" ,;")
        if not value:
            self.add_unplaced(source)
        elif field not in self.found:
            self.found[field] = FoundValue(field, value, confidence, source)
        elif normalize(self.found[field].value) == normalize(value):
            self.ignored.append(source)
        else:
            self.add_unplaced(source)

    def join(self, field: str, value: str, confidence: Confidence, source: str) -> None:
        """Set a field, or append to its value."""
        old = self.found.pop(field, None)
        if old is not None:
            value, source = f"{old.value}, {value}", f"{old.source}\n{source}"
        self.put(field, value, confidence, source)

    def add_unplaced(self, source: str) -> None:
        if source.strip(" ,;.:-<>()"):
            self.unplaced.append(source)

    def result(self, text: str, other_addresses: int) -> ParsedAddress:
        found = tuple(self.found[field] for field in FIELDS if field in self.found)
        street = self.found.get("address_line_1")
        split = split_street(street.value) if street is not None and "house_number" not in self.found else None
        self._add_missing_words(text)
        for sources in (self.unplaced, self.ignored):
            sources.sort(
                key=lambda source: position if (position := text.find(source.split("\n")[0][:40])) >= 0 else len(text)
            )
        possible_countries = () if "country_code" in self.found else self.possible_countries
        return ParsedAddress(
            found, split, tuple(self.unplaced), tuple(self.ignored), possible_countries, other_addresses
        )

    def _add_missing_words(self, text: str) -> None:
        """Add words of the text that are not accounted for yet to `unplaced`."""
        sources = [found.source for found in self.found.values()] + self.unplaced + self.ignored
        known = Counter(word for found in sources for word in _WORD.findall(found))
        missing = []
        for word in _WORD.findall(text):
            if known[word]:
                known[word] -= 1
            else:
                missing.append(word)
        if missing:
            self.unplaced.append(" ".join(missing))
