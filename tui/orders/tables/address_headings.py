"""Finds out whose address a heading names, and which member of it: `Lieferort` is the city of the recipient."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cache, lru_cache
from typing import Final, TypeAlias

from tui.orders.names import normalized
from tui.orders.tables import heading_words as words
from tui.orders.tables.heading_text import base_name, split_unit

LOCATION: Final = frozenset(
    [
        "address_line_1",
        "address_line_2",
        "house_number",
        "po_box",
        "postal_code",
        "city",
        "country_code",
        "state_province_code",
    ]
)
"""The members of an address that say where it is. They are never mixed from two complete addresses."""
CONNECTORS: Final = frozenset(words.CONNECTORS.split("|"))
_COMPOUND_HEADS: Final = words.COMPOUND_HEADS.split("|")
_ADDRESS_NOUNS: Final = frozenset(words.ADDRESS_NOUNS.split("|"))
_ADDRESS_ENDINGS: Final = ("adresse", "adress", "adres", "address", "anschrift")
_UNCERTAIN_NUMBERS: Final = frozenset(words.UNCERTAIN_NUMBERS.split("|"))
_ANY_NUMBER: Final = frozenset(words.ANY_NUMBERS.split("|"))
_NUMBER_ADDITIONS: Final = frozenset(words.ADDITION_ENDINGS.split("|"))
_NOTE_WORDS: Final = frozenset(words.NOTE_WORDS.split("|"))
_SALUTATIONS: Final = frozenset(words.SALUTATIONS.split("|"))
_TITLES: Final = frozenset(words.TITLES.split("|"))
_POSTCODE_DIGITS: Final = frozenset(words.POSTCODE_DIGITS.split("|"))
_POSTCODE_LETTERS: Final = frozenset(words.POSTCODE_LETTERS.split("|"))


_TO: Final = frozenset(["to", "an", "a", "do", "naar", "aan", "till", "til", "em", "en"])
_DELIVERING: Final = re.compile(
    "entreg|envi|spedi|consegn|dostar|dostaw|wysl|wysyl|lever|deliver|ship|send|liefer|versand|bezorg|livr|exped"
)
_IF_DIFFERENT: Final = re.compile(rf" ({words.IF_DIFFERENT})$")
_ENGLISH_VERBS: Final = frozenset(["ship", "deliver", "delivery", "dispatch", "send", "post", "shipping"])
_NO_NAME: Final = frozenset([*words.NO_ADDRESS.split("|"), *words.NOTE_WORDS.split("|"), *words.TECHNICAL.split("|")])
_NAME_WORDS: Final = frozenset(["name", "nom", "naam", "nome", "nombre", "nazwa", "namn", "navn"])


class Party(Enum):
    """Whose address a heading names. `BARE`: it names nobody, as in `Street`."""

    DELIVERY = auto()
    BARE = auto()
    CUSTOMER = auto()
    BILLING = auto()
    SENDER = auto()


class NamePart(Enum):
    """A part of a name, in the order in which parts are joined."""

    FIRST = auto()
    MIDDLE = auto()
    LAST = auto()


@dataclass(frozen=True, slots=True)
class AddressHeading:
    """A heading that names a member of somebody's address."""

    party: Party
    member: str
    rank: int
    part: NamePart | None = None
    is_addition: bool = False
    is_alone: bool = False
    """It names only the person or the place, as in `Recipient` or `Deliver to`."""


MemberGuess: TypeAlias = tuple[str, int, NamePart | None, bool]
"""A member of an address, its rank, the part of a name, and whether it adds to a value."""

_LINES: Final[dict[str, MemberGuess]] = {
    "1": ("address_line_1", 10, None, False),
    "2": ("address_line_2", 10, None, False),
    "3": ("address_line_2", 19, None, True),
    "4": ("address_line_2", 19, None, True),
}
"""What numbered lines of an address are."""


@lru_cache(maxsize=4096)
def address_heading(name: str) -> AddressHeading | None:
    """The member of an address that a normalized heading names, and whose it is."""
    tokens = split_compound(_IF_DIFFERENT.sub("", name).split(" "))
    if tokens[-1] == "by" and not _ENGLISH_VERBS.isdisjoint(tokens):
        return None  # `Ship by` is a date; `by` is a city only in Danish
    for party, rest in _parties(tokens):
        found = _member(without_connectors(rest)) or _numbered_place(tokens, rest)
        if found is not None:
            member, rank, part, is_addition = found
            if member == "house_number" and party not in (Party.BARE, Party.DELIVERY) and _is_any_number(rest):
                continue  # `Invoice no` and `Customer number`
            return AddressHeading(party, member, rank, part, is_addition)
        if tuple(rest) in _persons() and _party_words()[tuple(rest)] is party:
            return AddressHeading(party, "name", 9, is_alone=True)  # `Other recipient`
        if not rest and tuple(tokens) in _persons() and party is _party_words()[tuple(tokens)]:
            return AddressHeading(party, "name", 9, is_alone=True)
        if not rest and tokens[-2:-1] == ["to"] and tuple(tokens[-1:]) in _persons():
            return AddressHeading(party, "name", 9, is_alone=True)  # `Ship to contact`
        if not rest and _is_place(tokens):
            return AddressHeading(party, "address_line_1", 20, is_alone=True)
    return None


def name_parts(header: Sequence[str]) -> list[NamePart | None]:
    """The parts of a name that the headings name. `Nom` is the last name beside `Prénom`."""
    return [heading.part if heading is not None else None for heading in headings_of(header)]


def is_delivery(heading: str) -> bool:
    """Whether a normalized heading names only that something is delivered, as in `Livraison`."""
    return _party_words().get(tuple(heading.split(" "))) is Party.DELIVERY


def _is_place(tokens: Sequence[str]) -> bool:
    """Whether the words name an address, and not only what is done there: `Delivery address`, but not `Delivery`."""
    return any(token in _ADDRESS_NOUNS or token.endswith(_ADDRESS_ENDINGS) for token in tokens)


def headings_of(header: Sequence[str]) -> list[AddressHeading | None]:
    """The address headings of a header. A heading that occurs twice belongs to the address before it."""
    names = [base_name(name, header) for name in header]
    plain = _without_abbreviations([split_unit(normalized(raw))[0] for raw in names])
    ranges = _ranges(plain)
    found: list[AddressHeading | None] = []
    seen: set[str] = set()
    section: Party | None = None
    second = second_address(tuple(header))
    for column, name in enumerate(plain):
        heading = address_heading(name) if column not in ranges else None
        if heading is not None and column in second:
            heading = replace(heading, party=Party.DELIVERY)
        elif heading is not None and name in seen:
            # A second `Delivery city` behind `Billing name` is a billing city.
            heading = replace(heading, party=section) if section not in (None, heading.party) else None
        elif heading is not None and heading.party is not Party.BARE:
            section = heading.party
        seen.add(name)
        found.append(heading)
    found = _with_postcode_letters(_with_country(found), plain)
    return _with_name_parts(_with_house_numbers(_with_names_alone(found, names), names))


def _ranges(names: Sequence[str]) -> frozenset[int]:
    """The columns with the two ends of a range: `from` and `to` are no parties there."""
    found: set[int] = set()
    for pair in words.RANGES.split("|"):
        first, last = pair.split(":")
        for column, name in enumerate(names):
            base = name.removesuffix(f" {first}")
            if base != name and f"{base} {last}" in names:
                found |= {column, names.index(f"{base} {last}")}
    return frozenset(found)


@lru_cache(maxsize=64)
def second_address(header: tuple[str, ...]) -> frozenset[int]:
    """The columns of a second whole address with the same bare headings as the first, if no heading names a party."""
    names = [split_unit(normalized(base_name(name, header)))[0] for name in header]
    headings = {name: address_heading(name) for name in names}
    found: dict[int, str] = {}
    for column, name in enumerate(names):
        heading = headings[name]
        if heading is None:
            continue
        is_third = names[:column].count(name) > 1
        if is_third or (heading.party is not Party.BARE and heading.member in LOCATION):
            return frozenset()
        if name in names[:column]:
            found[column] = heading.member
    return frozenset(found) if {"address_line_1", "city"} <= set(found.values()) else frozenset()


def _without_abbreviations(names: list[str]) -> list[str]:
    """The headings with the abbreviations of parties written out: `name li` is `name lieferung` beside `name re`."""
    for pair in words.ABBREVIATED_PARTIES.split("|"):
        billing, delivery = pair.split(":")
        for place in (-1, 0):
            ends = [tokens[place] for name in names if len(tokens := name.split(" ")) > 1]
            # Beside bare headings, those of the delivery address are enough.
            if ends.count(delivery) > (1 if ends.count(billing) > 1 else 2):
                full = {billing: "rechnung", delivery: "lieferung"}
                return [_with_token(name.split(" "), place, full) for name in names]
    return names


def _with_token(tokens: list[str], place: int, full: Mapping[str, str]) -> str:
    if len(tokens) > 1:
        tokens[place] = full.get(tokens[place], tokens[place])
    return " ".join(tokens)


def may_name_recipient(name: str) -> bool:
    """Whether a normalized heading that is not understood may be the name of the recipient: `Recipient label`."""
    tokens = split_compound(name.split(" "))
    if not _NO_NAME.isdisjoint([token for token in tokens if (token,) not in _party_words()]):
        return False
    phrases = {tuple(tokens[:2]), tuple(tokens[-2:]), *((token,) for token in tokens)}
    if tokens[-1] in _TO and _DELIVERING.match(tokens[0]):
        return True
    is_person = not phrases.isdisjoint(set(phrases_of(words.DELIVERY_PERSONS)) - {("to",)})
    is_delivery_name = any(_party_words().get(phrase) is Party.DELIVERY for phrase in phrases) and bool(
        _NAME_WORDS.intersection(tokens)
    )
    return is_person or is_delivery_name


def is_salutation(name: str) -> bool:
    """Whether a normalized heading names only how somebody is addressed: `Lieferadresse Anrede`, `Shipping title`."""
    return any(
        (word := " ".join(without_connectors(rest))) in _SALUTATIONS or (party is not Party.BARE and word in _TITLES)
        for party, rest in _parties(split_compound(name.split(" ")))
    )


def _with_house_numbers(headings: list[AddressHeading | None], names: Sequence[str]) -> list[AddressHeading | None]:
    """Leave out a bare `No` that is not beside the street, and a bare `Suffix` that does not follow a house number."""
    result: list[AddressHeading | None] = []
    for column, (heading, name) in enumerate(zip(headings, names, strict=True)):
        is_number = heading is not None and heading.member == "house_number" and normalized(name) in _UNCERTAIN_NUMBERS
        if heading is not None and is_number and (heading.party is Party.BARE or not heading.is_addition):
            before, after = headings[max(column - 1, 0) : column], headings[column + 1 : column + 2]
            if heading.is_addition:
                is_certain = _has_member(before, ("address_line_1", "house_number"))
            else:
                is_certain = _has_member([*before, *after], ("address_line_1",))
            heading = heading if is_certain else None
        result.append(heading)
    return result


def _with_country(headings: list[AddressHeading | None]) -> list[AddressHeading | None]:
    """Treat a bare country after a delivery address without one as part of it."""
    places = [
        column
        for column, heading in enumerate(headings)
        if heading is not None and heading.party is Party.DELIVERY and heading.member in LOCATION
    ]
    countries = [column for column, heading in enumerate(headings) if heading and heading.member == "country_code"]
    if not places or len(countries) != 1 or countries[0] < places[-1]:
        return headings
    (column,) = countries
    heading = headings[column]
    if heading is None or heading.party is not Party.BARE:
        return headings
    return [*headings[:column], replace(heading, party=Party.DELIVERY), *headings[column + 1 :]]


def _with_postcode_letters(headings: list[AddressHeading | None], names: Sequence[str]) -> list[AddressHeading | None]:
    """Treat a bare `Letters` after a postcode as its second part."""
    result = list(headings)
    for column in range(1, len(headings)):
        before = headings[column - 1]
        if names[column] in _POSTCODE_LETTERS and before is not None and before.member == "postal_code":
            result[column] = AddressHeading(before.party, "postal_code", 19, is_addition=True)
    return result


def _has_member(headings: Sequence[AddressHeading | None], members: Collection[str]) -> bool:
    return any(heading is not None and heading.member in members for heading in headings)


def _with_names_alone(headings: list[AddressHeading | None], names: Sequence[str]) -> list[AddressHeading | None]:
    """Treat `Deliver to` beside a street as the name of who is there."""
    ends_with_to = [normalized(name).rpartition(" ")[2] in _TO for name in names]
    streets = {
        heading.party
        for heading, is_to in zip(headings, ends_with_to, strict=True)
        if heading is not None and heading.member == "address_line_1" and not (heading.is_alone and is_to)
    }
    named = {heading.party for heading in headings if heading is not None and heading.member == "name"}
    result: list[AddressHeading | None] = []
    for heading, name, is_to in zip(headings, names, ends_with_to, strict=True):
        if heading is not None and heading.party not in named:
            is_person = is_to and heading.is_alone and not streets.isdisjoint({heading.party, Party.BARE})
            # `Odbiorca nazwa` is a person or a company.
            is_any_name = heading.party is not Party.BARE and "nazwa" in normalized(name).split(" ")
            if is_person or (is_any_name and heading.member == "company_name" and "firmy" not in normalized(name)):
                heading = replace(heading, member="name", rank=9)
        result.append(heading)
    return result


def _with_name_parts(headings: list[AddressHeading | None]) -> list[AddressHeading | None]:
    """Treat `Nom` beside `Prénom`, and `Nombre` beside `Apellidos`, as the other part of the name."""
    parts: dict[Party, set[NamePart]] = {}
    for heading in headings:
        if heading is not None and heading.part is not None:
            parts.setdefault(heading.party, set()).add(heading.part)
    result: list[AddressHeading | None] = []
    for heading in headings:
        if heading is not None and heading.member == "name" and heading.part is None and not heading.is_alone:
            known = parts.get(heading.party, set()) & {NamePart.FIRST, NamePart.LAST}
            if len(known) == 1:
                part = NamePart.LAST if NamePart.FIRST in known else NamePart.FIRST
                heading = replace(heading, part=part)
        result.append(heading)
    return result


def _parties(tokens: list[str]) -> Iterator[tuple[Party, list[str]]]:
    """Yield the parties that a heading may name, with the remaining words; the most specific party first."""
    found: list[tuple[Party, list[str]]] = []
    length, taken = len(tokens), {True: False, False: False}
    for size in range(min(length, 5), 0, -1):
        for start, rest in ((0, tokens[size:]), (length - size, tokens[: length - size])):
            party = _party_words().get(tuple(tokens[start : start + size]))
            # `Bill to name` is not `to name` with something before it.
            if party is not None and not taken[start == 0]:
                taken[start == 0] = size > 1 and "to" in tokens[start : start + size]
                # `Customer shipping city` names two; the customer is the less specific one.
                found += [(inner, more) for inner, more in _parties(rest) if inner is not Party.BARE]
                found.append((party, rest))
    order = (Party.DELIVERY, Party.BILLING, Party.SENDER, Party.CUSTOMER)
    yield from sorted(found, key=lambda pair: (order.index(pair[0]), len(pair[1])))
    yield Party.BARE, tokens


def phrases_of(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the phrases of an entry of `heading_words`, as words."""
    return (tuple(phrase.split(" ")) for phrase in text.split("|"))


@cache
def _party_words() -> dict[tuple[str, ...], Party]:
    found: dict[tuple[str, ...], Party] = {}
    for party, phrases in (
        (Party.SENDER, words.SENDERS),
        (Party.CUSTOMER, f"{words.CUSTOMER_PLACES}|{words.CUSTOMER_PERSONS}"),
        (Party.BILLING, f"{words.BILLING_PLACES}|{words.BILLING_PERSONS}"),
        (Party.DELIVERY, f"{words.DELIVERY_PLACES}|{words.DELIVERY_PERSONS}"),
    ):
        found |= dict.fromkeys(phrases_of(phrases), party)
    return found


@cache
def _persons() -> frozenset[tuple[str, ...]]:
    phrases = "|".join((words.DELIVERY_PERSONS, words.BILLING_PERSONS, words.CUSTOMER_PERSONS, words.SENDERS))
    return frozenset(phrases_of(phrases))


@cache
def _member_words() -> dict[tuple[str, ...], MemberGuess]:
    found: dict[tuple[str, ...], MemberGuess] = {}

    def add(phrases: str, member: str, part: NamePart | None = None, *, is_addition: bool = False) -> None:
        for rank, phrase in enumerate(phrases_of(phrases)):
            # Additions come after the values that they add to.
            found.setdefault(phrase, (member, 19 if is_addition else min(rank, 18), part, is_addition))

    add(words.FIRST_NAMES, "name", NamePart.FIRST)
    add(words.MIDDLE_NAMES, "name", NamePart.MIDDLE)
    add(words.LAST_NAMES, "name", NamePart.LAST)
    add(words.NUMBER_ADDITIONS, "house_number", is_addition=True)
    add(words.THIRD_LINES, "address_line_2", is_addition=True)
    for member, phrases in words.ADDRESS.items():
        add(phrases, member)
    return found


def _member(tokens: Sequence[str]) -> MemberGuess | None:
    found = _member_words().get(tuple(tokens))
    if found is not None or len(tokens) < 2:
        return found
    if tokens[0] in ("address", "adresse", "adres"):
        found = _member_words().get(tuple(tokens[1:]))  # `Delivery address street`
        if (
            len(tokens) == 2
            and found is not None
            and found[0] not in ("city", "postal_code", "country_code", "address_line_1")
        ):
            found = None
    first, last = _member_words().get(tuple(tokens[:-1])), tokens[-1]
    if found is None and first is not None and not first[3]:
        if first[0] == "address_line_1":
            found = _LINES.get(last)  # `Calle 2`
        elif first[0] == "postal_code" and last in _POSTCODE_DIGITS:
            found = ("postal_code", 0, None, False)
        elif first[0] == "postal_code" and (last in _POSTCODE_LETTERS or last == "2"):
            found = ("postal_code", 19, None, True)
        elif first[0] == "house_number" and last in _NUMBER_ADDITIONS:
            found = ("house_number", 19, None, True)  # `Husnr. bogstav`
    if found is None and all(_is_second_line(token) for token in tokens):
        found = ("address_line_2", 18, None, False)  # `Flat / Unit`
    return found


def _numbered_place(tokens: Sequence[str], rest: Sequence[str]) -> MemberGuess | None:
    """The line of `Lieferadresse 2`."""
    is_numbered = len(rest) == 1 and len(tokens) > 1 and _is_place([token for token in tokens if not token.isdigit()])
    return _LINES.get(rest[0]) if is_numbered else None


def _is_second_line(token: str) -> bool:
    found = _member_words().get((token,))
    return token in ("c", "o", "unit", "room", "block", "entrance") or (
        found is not None and found[0] == "address_line_2"
    )


def _is_any_number(tokens: Sequence[str]) -> bool:
    """Whether the words for a number are not specific to house numbers."""
    return all(token in _ANY_NUMBER or token in CONNECTORS for token in tokens)


def without_connectors(tokens: list[str]) -> list[str]:
    """The words without those that only connect others, such as `of` and `der`, at either end."""
    if tuple(tokens) in _member_words():
        return tokens
    start, end = 0, len(tokens)
    while start < end and tokens[start] in CONNECTORS:
        start += 1
    while end > start and tokens[end - 1] in CONNECTORS:
        end -= 1
    return tokens[start:end]


def split_compound(tokens: list[str]) -> list[str]:
    """Split words that are written together: `lieferstrasse` is `liefer strasse`."""
    found: list[str] = []
    for token in tokens:
        if token[-1:].isdigit() and (token[:-1],) in _party_words() and (token,) not in _party_words():
            found += [token[:-1], token[-1]]  # `Leveransadress1`
            continue
        for head in _COMPOUND_HEADS:
            rest = token.removeprefix(head)
            if rest != token and (rest,) in _compound_tails() and (token,) not in _party_words():
                found += [head, rest]
                break
        else:
            found.append(token)
    return found


@cache
def _compound_tails() -> frozenset[tuple[str, ...]]:
    single = {phrase for phrase in _member_words() if len(phrase) == 1 and len(phrase[0]) > 2}
    for table in (words.ITEM_MEMBERS, words.ORDER_MEMBERS):
        for phrases in table.values():
            single |= {(phrase,) for phrase in phrases.split("|") if " " not in phrase and len(phrase) > 1}
    return frozenset(single) | {("by",)} | {(word,) for word in _NOTE_WORDS}
