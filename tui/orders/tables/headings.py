"""Finds out what a column contains by its heading: field, whose address it is, and unit."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import cache, lru_cache
from typing import Final

from tui.orders.addresses.formats import normalize
from tui.orders.edits.bulk_change import full_label
from tui.orders.fields import Field, all_fields
from tui.orders.paths import ANY, BILL_TO, EVERY_ITEM, NUMBER, ORDER_ID, SHIP_TO, FieldPath
from tui.orders.tables import heading_words as words
from tui.orders.tables.formats import format_of_header

SHIP: Final = SHIP_TO.name
BILL: Final = BILL_TO.name
NUMBER_PATH: Final[FieldPath] = NUMBER.tokens
ORDER_ID_PATH: Final[FieldPath] = ORDER_ID.tokens
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
_CONTACT: Final = ("email", "phone_number")
CONNECTORS: Final = frozenset(words.CONNECTORS.split("|"))
_COMPOUND_HEADS: Final = words.COMPOUND_HEADS.split("|")
_NUMBER_WORDS: Final = frozenset(words.NUMBER_WORDS.split("|"))
_QUANTITY_WORDS: Final = frozenset(words.QUANTITY_WORDS.split("|"))
_QUANTITY_QUALIFIERS: Final = frozenset(words.QUANTITY_QUALIFIERS.split("|"))
_ADDRESS_NOUNS: Final = frozenset(words.ADDRESS_NOUNS.split("|"))
_ADDRESS_ENDINGS: Final = ("adresse", "adress", "adres", "address", "anschrift")
_NOTE_WORDS: Final = frozenset(words.NOTE_WORDS.split("|"))
_NOTE_WRITERS: Final = frozenset(words.NOTE_WRITERS.split("|"))
_NOTES: Final[FieldPath] = ("order_details", "notes")
_PRICE_WORDS: Final = frozenset(words.PRICE_WORDS.split("|"))
_PER_PIECE: Final = frozenset(words.PER_PIECE.split("|"))
_WITH_TAXES: Final = frozenset(words.WITH_TAXES.split("|"))
_WITHOUT_TAXES: Final = frozenset(words.WITHOUT_TAXES.split("|"))
_TAXES: Final = frozenset(words.TAXES.split("|"))
_TITLES: Final = frozenset(words.TITLES.split("|"))
_OPTIONS: Final = frozenset(words.OPTIONS.split("|"))
_UNCERTAIN_NUMBERS: Final = frozenset(
    [
        "number",
        "no",
        "nr",
        "numero",
        "suffix",
        "addition",
        "letra",
        "porta",
        "lokal",
        "bus",
        "toev",
        "toevoeging",
        "boite",
    ]
)
_WEAK_WORDS: Final = frozenset(phrase for phrases in words.WEAK.values() for phrase in phrases.split("|"))
WEAK_NAMES: Final = frozenset(words.WEAK["item:name"].split("|"))
"""Headings that are the name of an item only if no other column is."""
DESCRIPTION_WORDS: Final = frozenset(words.DESCRIPTIONS.split("|"))
_ANY_NUMBER: Final = frozenset(["number", "no", "nr", "numero", "num", "nummer", "numer", "n", "id"])
_NUMBER_ADDITIONS: Final = frozenset(
    [
        "addition",
        "add",
        "ext",
        "extension",
        "suffix",
        "letter",
        "zusatz",
        "toev",
        "toevoeging",
        "toevoegsel",
        "bogstav",
        "bokstav",
        "bis",
        "ter",
        "letra",
        "esp",
        "esponente",
    ]
)


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
class HeadingGuess:
    """A field that a column may contain. Lower ranks are more likely.

    `is_part`: several columns together make the value. `is_addition`: it adds to a value that may also be
    complete without it. `unit`: the unit in the column's name, as in `Weight (g)`.
    """

    path: FieldPath
    rank: int
    is_part: bool = False
    is_addition: bool = False
    unit: str = ""


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


_LIGATURES: Final = str.maketrans({"ß": "ss", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe"})


@lru_cache(maxsize=4096)
def normalized(name: str) -> str:
    """Normalize a column name for comparison: `Ship-to ZIP_code` becomes `ship to zip code`."""
    name = re.sub(r"(?<=[a-z])['’]s\b", "", name)  # `Recipient's city`
    # `shipping.address.city` is a path, `C.P.` is an abbreviation.
    apart = re.sub(
        r"(?<=[^\W\d_]{2})\.(?=[^\W\d_]{2})", " ", re.sub(r"\b([dl])['’]", r"\1 ", name, flags=re.IGNORECASE)
    )
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", apart.replace("MwSt", "Mwst"))
    return normalize(apart.replace("#", " number ").translate(_LIGATURES))


@cache
def mappable() -> tuple[Field, ...]:
    """The fields that a column can be mapped to."""
    return tuple(known for known in all_fields() if not known.has_members and not known.read_only)


def guess_fields(header: Sequence[str]) -> list[list[HeadingGuess]]:
    """For each column, the fields that it may contain, likeliest first."""
    raw_names = [base_name(name, header) for name in header]
    known_format = format_of_header([normalized(name) for name in raw_names])
    meanings = known_format.fields if known_format is not None else {}
    addresses = _without_item_names(_with_sections(raw_names), tuple(map(normalized, raw_names)))
    ship = _AddressChoice(addresses)
    is_item = [
        (name := normalized(raw)) not in _WEAK_WORDS
        and any(guess.path[: len(EVERY_ITEM)] == EVERY_ITEM for guess in _order_guesses(name))
        for raw in raw_names
    ]
    has_items = any(is_item)
    result = []
    for column, (raw, address) in enumerate(zip(raw_names, addresses, strict=True)):
        name, unit = _split_unit(normalized(raw))
        amount, currency = _split_currency(name, raw)
        is_beside_street = _is_street(addresses, column - 1) or _is_street(addresses, column + 1)
        if address is not None and name in _NUMBER_WORDS and not is_beside_street:
            address = None
        guesses = [HeadingGuess(field_path(meanings[name]), -1, unit=unit)] if meanings.get(name) else []
        if exact := _paths_by_name().get(raw.strip().strip("/").replace(".", "/").casefold()):
            guesses.insert(0, HeadingGuess(exact, -2))
        if name not in meanings:
            guesses += [replace(guess, unit=unit) for guess in _order_guesses(name)]
            if name in _TITLES:
                is_person = any(_is_name(addresses, beside) for beside in (column - 1, column + 1))
                guesses = [] if is_person else [replace(guess, rank=45) for guess in guesses]
            if currency and not guesses:
                guesses += [guess for guess in _order_guesses(amount) if is_amount(guess.path)]
            if address is not None:
                # `Nazwa` is rather the name of an article.
                guesses += [replace(guess, rank=90) if name == "nazwa" else guess for guess in ship.guesses(address)]
            elif name in _NUMBER_WORDS:
                guesses.append(HeadingGuess(NUMBER_PATH, 40))
            is_beside_item = any(is_item[max(column - 1, 0) : column] + is_item[column + 1 : column + 2])
            guesses += _weak_guesses(name, raw, has_items=has_items, is_beside_item=is_beside_item)
        result.append(sorted(guesses, key=lambda guess: guess.rank))
    return result


def _is_street(headings: Sequence[AddressHeading | None], column: int) -> bool:
    heading = headings[column] if 0 <= column < len(headings) else None
    return heading is not None and heading.member == "address_line_1"


def _is_name(headings: Sequence[AddressHeading | None], column: int) -> bool:
    heading = headings[column] if 0 <= column < len(headings) else None
    return heading is not None and heading.member == "name"


def _without_item_names(headings: list[AddressHeading | None], names: tuple[str, ...]) -> list[AddressHeading | None]:
    """Leave out a bare `Name` beside the columns of items, if the recipient has a name and the item has none."""
    is_item = [any(guess.path[: len(EVERY_ITEM)] == EVERY_ITEM for guess in _order_guesses(name)) for name in names]
    if any(guess.path == (*EVERY_ITEM, "name") for name in names for guess in _order_guesses(name)):
        return headings
    has_other = any(
        heading is not None and heading.member == "name" and heading.party in (Party.DELIVERY, Party.CUSTOMER)
        for heading in headings
    )
    return [
        None
        if has_other
        and name in WEAK_NAMES
        and (any(is_item[column + 1 : column + 2]) or any(is_item[max(column - 1, 0) : column]))
        else heading
        for column, (heading, name) in enumerate(zip(headings, names, strict=True))
    ]


def base_name(name: str, header: Sequence[str]) -> str:
    """A column name without the number that made it unique, and without the group of a `Group - Name` heading."""
    if (match := re.fullmatch(r"(.+) \(\d+\)", name)) and match[1] in header:
        name = match[1]
    group, dash, rest = name.partition(" - ")
    return rest if dash and normalized(group) in ("date", "amount", "custom", "count") else name


def is_known(name: str) -> bool:
    """Whether a column of this name can be mapped without its neighbours."""
    return bool(guess_fields([name])[0])


def name_parts(header: Sequence[str]) -> list[NamePart | None]:
    """The parts of a name that the headings name. `Nom` is the last name beside `Prénom`."""
    found = _with_sections([base_name(name, header) for name in header])
    return [heading.part if heading is not None else None for heading in found]


def is_delivery(heading: str) -> bool:
    """Whether a normalized heading names only that something is delivered, as in `Livraison`."""
    return _party_words().get(tuple(heading.split(" "))) is Party.DELIVERY


def is_amount(path: FieldPath) -> bool:
    """Whether a field is an amount of money."""
    return path[-1] == "value" and path[-2] not in ("weight", "dimension")


def unit_in(name: str) -> str:
    """The unit in a column name such as `Gewicht (kg)`, or ""."""
    return _split_unit(normalized(name))[1]


def field_path(text: str) -> FieldPath:
    """A path as it is written in tables: `item:sku`, `shipping_address/city`."""
    base, _, rest = text.rpartition("item:")
    return (*(EVERY_ITEM if base or text.startswith("item:") else ()), *rest.split("/"))


# Addresses

_LINES: Final[dict[str, tuple[str, int, NamePart | None, bool]]] = {
    "1": ("address_line_1", 10, None, False),
    "2": ("address_line_2", 10, None, False),
    "3": ("address_line_2", 19, None, True),
    "4": ("address_line_2", 19, None, True),
}
"""What numbered lines of an address are."""


@lru_cache(maxsize=4096)
def address_heading(name: str) -> AddressHeading | None:
    """The member of an address that a normalized heading names, and whose it is."""
    tokens = _split_compound(name.split(" "))
    for party, rest in _parties(tokens):
        found = _member(_without_connectors(rest)) or _numbered_place(tokens, rest)
        if found is not None:
            member, rank, part, is_addition = found
            if member == "house_number" and party not in (Party.BARE, Party.DELIVERY) and _is_any_number(rest):
                continue  # `Invoice no` and `Customer number`
            return AddressHeading(party, member, rank, part, is_addition)
        if not rest and tuple(tokens) in _persons():
            return AddressHeading(party, "name", 9, is_alone=True)
        if not rest and _is_place(tokens):
            return AddressHeading(party, "address_line_1", 20, is_alone=True)
    return None


def _is_place(tokens: Sequence[str]) -> bool:
    """Whether the words name an address, and not only what is done there: `Delivery address`, but not `Delivery`."""
    return any(token in _ADDRESS_NOUNS or token.endswith(_ADDRESS_ENDINGS) for token in tokens)


class _AddressChoice:
    """Decides which address of a file is the shipping one: delivery before bare, bare before the customer's."""

    def __init__(self, headings: Sequence[AddressHeading | None]) -> None:
        self._members: dict[Party, set[str]] = {party: set() for party in Party}
        for heading in headings:
            if heading is not None:
                self._members[heading.party].add(heading.member)
        self._shipping = self._shipping_parties()
        self._billing = self._billing_party()

    def guesses(self, heading: AddressHeading) -> list[HeadingGuess]:
        """The fields of a column with this heading."""
        group = self._group(heading)
        if group is None:
            return []
        base, preference = group
        member, rank = heading.member, 10 * preference + heading.rank
        if heading.is_alone and member == "address_line_1" and self._is_complete(Party.BARE):
            # The whole address in one cell is not mixed with another one.
            is_whole = self._members[heading.party].isdisjoint({"postal_code", "city"})
            rank += 30 if is_whole else 0
        return [HeadingGuess((base, member), rank, heading.part is not None, heading.is_addition)]

    def _group(self, heading: AddressHeading) -> tuple[str, int] | None:
        party, member = heading.party, heading.member
        if party in self._shipping:
            return SHIP, self._shipping.index(party)
        if party is self._billing:
            return BILL, 0
        if party is Party.SENDER or member in LOCATION:
            return None
        is_taken = any(member in self._members[shipping] for shipping in self._shipping)
        if party is Party.BILLING and member not in _CONTACT:
            return ("customer_details", 4) if member == "name" else None
        is_elsewhere = self._billing is not None and self._shipping == (Party.DELIVERY,)
        is_other_name = is_elsewhere or "name" in self._members[Party.BARE]
        if is_taken or (member == "name" and party is Party.CUSTOMER and is_other_name):
            return ("customer_details", 2) if member in ("name", *_CONTACT) else None
        return SHIP, 3

    def _shipping_parties(self) -> tuple[Party, ...]:
        if self._has_location(Party.DELIVERY):
            is_separate = self._is_complete(Party.DELIVERY) and self._is_complete(Party.BARE)
            return (Party.DELIVERY,) if is_separate else (Party.DELIVERY, Party.BARE)
        if self._has_location(Party.BARE):
            return (Party.DELIVERY, Party.BARE)
        if self._has_location(Party.CUSTOMER):
            return (Party.DELIVERY, Party.BARE, Party.CUSTOMER)
        if self._has_location(Party.BILLING):
            return ()
        return (Party.DELIVERY, Party.BARE, Party.CUSTOMER)

    def _billing_party(self) -> Party | None:
        if self._has_location(Party.BILLING):
            return Party.BILLING
        others = (party for party in (Party.BARE, Party.CUSTOMER) if party not in self._shipping)
        return next((party for party in others if self._is_complete(party)), None)

    def _has_location(self, party: Party) -> bool:
        return not self._members[party].isdisjoint({"address_line_1", "postal_code", "city"})

    def _is_complete(self, party: Party) -> bool:
        members = self._members[party]
        return "address_line_1" in members and not members.isdisjoint({"postal_code", "city"})


def _with_sections(names: Sequence[str]) -> list[AddressHeading | None]:
    """The address headings of a header. A heading that comes twice belongs to the address before it."""
    found: list[AddressHeading | None] = []
    seen: set[str] = set()
    section: Party | None = None
    for raw in names:
        name = _split_unit(normalized(raw))[0]
        heading = address_heading(name)
        if heading is not None and name in seen:
            # A second `Delivery city` behind `Billing name` is a billing city.
            heading = replace(heading, party=section) if section not in (None, heading.party) else None
        elif heading is not None and heading.party is not Party.BARE:
            section = heading.party
        seen.add(name)
        found.append(heading)
    return _with_name_parts(_with_names_alone(_with_house_numbers(found, names), names))


def _with_house_numbers(headings: list[AddressHeading | None], names: Sequence[str]) -> list[AddressHeading | None]:
    """Leave out a bare `No` that is not beside the street, and a bare `Suffix` that does not follow a house number."""
    result: list[AddressHeading | None] = []
    for column, (heading, name) in enumerate(zip(headings, names, strict=True)):
        is_uncertain = (
            heading is not None
            and heading.party is Party.BARE
            and heading.member == "house_number"
            and normalized(name) in _UNCERTAIN_NUMBERS
        )
        if heading is not None and is_uncertain:
            beside = (
                *headings[max(column - 1, 0) : column],
                *([] if heading.is_addition else headings[column + 1 : column + 2]),
            )
            if not any(other is not None and other.member in ("address_line_1", "house_number") for other in beside):
                heading = None
        result.append(heading)
    return result


def _with_names_alone(headings: list[AddressHeading | None], names: Sequence[str]) -> list[AddressHeading | None]:
    """Treat `Deliver to` beside a street as the name of who is there."""
    ends_with_to = [normalized(name).rpartition(" ")[2] in ("to", "an", "a", "naar", "till", "til") for name in names]
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


@cache
def _party_words() -> dict[tuple[str, ...], Party]:
    found: dict[tuple[str, ...], Party] = {}
    for party, phrases in (
        (Party.SENDER, words.SENDERS),
        (Party.CUSTOMER, f"{words.CUSTOMER_PLACES}|{words.CUSTOMER_PERSONS}"),
        (Party.BILLING, f"{words.BILLING_PLACES}|{words.BILLING_PERSONS}"),
        (Party.DELIVERY, f"{words.DELIVERY_PLACES}|{words.DELIVERY_PERSONS}"),
    ):
        found |= {tuple(phrase.split(" ")): party for phrase in phrases.split("|")}
    return found


@cache
def _persons() -> frozenset[tuple[str, ...]]:
    phrases = "|".join((words.DELIVERY_PERSONS, words.BILLING_PERSONS, words.CUSTOMER_PERSONS, words.SENDERS))
    return frozenset(tuple(phrase.split(" ")) for phrase in phrases.split("|"))


@cache
def _member_words() -> dict[tuple[str, ...], tuple[str, int, NamePart | None, bool]]:
    found: dict[tuple[str, ...], tuple[str, int, NamePart | None, bool]] = {}

    def add(phrases: str, member: str, part: NamePart | None = None, *, is_addition: bool = False) -> None:
        for rank, phrase in enumerate(phrases.split("|")):
            # Additions come after the values that they add to.
            found.setdefault(
                tuple(phrase.split(" ")), (member, 19 if is_addition else min(rank, 18), part, is_addition)
            )

    add(words.FIRST_NAMES, "name", NamePart.FIRST)
    add(words.MIDDLE_NAMES, "name", NamePart.MIDDLE)
    add(words.LAST_NAMES, "name", NamePart.LAST)
    add(words.NUMBER_ADDITIONS, "house_number", is_addition=True)
    add(words.THIRD_LINES, "address_line_2", is_addition=True)
    for member, phrases in words.ADDRESS.items():
        add(phrases, member)
    return found


def _member(tokens: Sequence[str]) -> tuple[str, int, NamePart | None, bool] | None:
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
        elif first[0] == "house_number" and last in _NUMBER_ADDITIONS:
            found = ("house_number", 19, None, True)  # `Husnr. bogstav`
    if found is None and all(_is_second_line(token) for token in tokens):
        found = ("address_line_2", 18, None, False)  # `Flat / Unit`
    return found


def _numbered_place(tokens: Sequence[str], rest: Sequence[str]) -> tuple[str, int, NamePart | None, bool] | None:
    """The line of `Lieferadresse 2`."""
    is_numbered = len(rest) == 1 and len(tokens) > 1 and _is_place([token for token in tokens if not token.isdigit()])
    return _LINES.get(rest[0]) if is_numbered else None


def _is_second_line(token: str) -> bool:
    found = _member_words().get((token,))
    return token in ("c", "o", "unit", "room", "block", "entrance") or (
        found is not None and found[0] == "address_line_2"
    )


def _is_any_number(tokens: Sequence[str]) -> bool:
    """Whether a number is not only one of a house."""
    return all(token in _ANY_NUMBER or token in CONNECTORS for token in tokens)


def _without_connectors(tokens: list[str]) -> list[str]:
    if tuple(tokens) in _member_words():
        return tokens
    start, end = 0, len(tokens)
    while start < end and tokens[start] in CONNECTORS:
        start += 1
    while end > start and tokens[end - 1] in CONNECTORS:
        end -= 1
    return tokens[start:end]


def _split_compound(tokens: list[str]) -> list[str]:
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


# Orders and items


def _weak_guesses(name: str, raw: str, *, has_items: bool, is_beside_item: bool) -> Iterator[HeadingGuess]:
    """The fields of a heading that names too many things, after those of all other headings."""
    for rank, (path, phrases) in enumerate(words.WEAK.items()):
        full_path = field_path(path)
        is_item = full_path[: len(EVERY_ITEM)] == EVERY_ITEM
        if name not in phrases.split("|") or (is_item and not has_items):
            continue
        if is_item and name == "reference" and "é" not in raw.casefold():
            continue  # `Référence` is an article's, `Reference` may be anything
        if is_beside_item and full_path == NUMBER_PATH and (name == "ref" or "é" in raw.casefold()):
            continue
        yield HeadingGuess(full_path, 60 + rank)
    if has_items and name in _OPTIONS:
        yield HeadingGuess((*EVERY_ITEM, "description"), 59, is_part=True)


@lru_cache(maxsize=4096)
def _order_guesses(name: str) -> tuple[HeadingGuess, ...]:
    """The fields of the order and its items that a normalized heading may name."""
    found = list(_known_guesses(name))
    if not found:
        bare, rank = _without_taxes(name.split(" "))
        guesses = _known_guesses(" ".join(bare)) or _piece_price(bare)
        found = [replace(guess, rank=guess.rank + rank) for guess in guesses if is_amount(guess.path)]
    if not found and is_quantity(name):
        found.append(HeadingGuess((*EVERY_ITEM, "quantity"), 30))
    return tuple(found)


def _without_taxes(tokens: Sequence[str]) -> tuple[list[str], int]:
    """The words of an amount without those about taxes, and its rank: amounts with taxes come first."""
    marks = _WITH_TAXES | _WITHOUT_TAXES
    if "iva" in tokens:
        tokens = [{"s": "sem", "c": "com"}.get(token, token) for token in tokens]
    kept = [token for token in tokens if token not in marks | _TAXES]
    if marks.isdisjoint(tokens) or kept in ([], ["amount"], ["value"]):
        return [*tokens], 5  # `Total tax` and `Net amount`
    return kept, 6 if not _WITHOUT_TAXES.isdisjoint(tokens) else 5


def _piece_price(tokens: Sequence[str]) -> tuple[HeadingGuess, ...]:
    """`Cena za sztukę`: a word for a price with one for a piece."""
    for size in (1, 2):
        price, rest = " ".join(tokens[:size]), " ".join(tokens[size:])
        if price in _PRICE_WORDS and rest in _PER_PIECE:
            return (HeadingGuess((*EVERY_ITEM, "unit_price", "value"), 5),)
        price, rest = " ".join(tokens[-size:]), " ".join(tokens[:-size])
        if price in _PRICE_WORDS and rest in _PER_PIECE:
            return (HeadingGuess((*EVERY_ITEM, "unit_price", "value"), 5),)
    return ()


def _is_customer_note(tokens: Sequence[str]) -> bool:
    """Whether a heading names a note and the customer as its writer: `Opmerking klant`, `Note from buyer`."""
    rest = [token for token in tokens if token not in CONNECTORS and token not in ("from", "von", "af", "fran", "od")]
    return (
        len(rest) == 2 and any(token in _NOTE_WORDS for token in rest) and any(token in _NOTE_WRITERS for token in rest)
    )


@lru_cache(maxsize=4096)
def _known_guesses(name: str) -> tuple[HeadingGuess, ...]:
    tokens = _split_compound(name.split(" "))
    found = [*_aliases().get(name, ())]
    if _is_customer_note(tokens):
        found.insert(0, HeadingGuess(_NOTES, 0))
    for scope, table, base in (
        (_item_scope(), _item_members(), 8),
        (_order_scope(), _order_members(), 12),
    ):
        for rest in _without_scope(tokens, scope):
            inner = _without_connectors(rest)
            guesses = table.get(tuple(inner), ())
            if not guesses and scope is _item_scope():
                # `Position: Artikelname`
                alone = [*_aliases().get(" ".join(inner), ())]
                for innermost in _without_scope(inner, scope):
                    alone += table.get(tuple(_without_connectors(innermost)), ())
                guesses = tuple(guess for guess in alone if guess.path[: len(EVERY_ITEM)] == EVERY_ITEM)
            found += (replace(guess, rank=guess.rank + base) for guess in guesses)
    return tuple(found)


def is_quantity(name: str) -> bool:
    """Whether a normalized heading names how many pieces are to be sent: `Item qty`, `Menge bestellt`."""
    tokens = _split_compound(name.split(" "))
    rest = [token for token in tokens if token not in _QUANTITY_WORDS]
    allowed = _QUANTITY_QUALIFIERS | {token for phrase in _item_scope() for token in phrase}
    return len(rest) < len(tokens) and all(token in allowed or token in CONNECTORS for token in rest)


def _without_scope(tokens: list[str], scope: frozenset[tuple[str, ...]]) -> Iterator[list[str]]:
    """Yield the rest of a heading that begins or ends with a word for an item or an order."""
    for size in range(min(len(tokens) - 1, 4), 0, -1):
        if tuple(tokens[:size]) in scope:
            yield tokens[size:]
        if tuple(tokens[-size:]) in scope:
            yield tokens[:-size]


@cache
def _item_scope() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.split(" ")) for phrase in words.ITEM_WORDS.split("|"))


@cache
def _order_scope() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.split(" ")) for phrase in words.ORDER_WORDS.split("|"))


@cache
def _item_members() -> dict[tuple[str, ...], tuple[HeadingGuess, ...]]:
    return _guesses_by_words(words.ITEM_MEMBERS, EVERY_ITEM)


@cache
def _order_members() -> dict[tuple[str, ...], tuple[HeadingGuess, ...]]:
    return _guesses_by_words(words.ORDER_MEMBERS, ())


def _guesses_by_words(table: dict[str, str], base: FieldPath) -> dict[tuple[str, ...], tuple[HeadingGuess, ...]]:
    found: dict[tuple[str, ...], list[HeadingGuess]] = {}
    for path, phrases in table.items():
        for rank, phrase in enumerate(phrases.split("|")):
            guess = HeadingGuess((*base, *path.split("/")), min(rank, 9))
            found.setdefault(tuple(phrase.split(" ")), []).append(guess)
    return {phrase: tuple(guesses) for phrase, guesses in found.items()}


@cache
def _aliases() -> dict[str, tuple[HeadingGuess, ...]]:
    found: dict[str, list[HeadingGuess]] = {}
    tables = (
        (words.ITEM_ALONE, EVERY_ITEM),
        (words.ORDER_ALONE, ()),
    )
    for table, base in tables:
        for path, phrases in table.items():
            for rank, phrase in enumerate(phrases.split("|")):
                found.setdefault(phrase, []).append(HeadingGuess((*base, *path.split("/")), rank))
    for label_path, label in _labels():
        found.setdefault(label, []).append(HeadingGuess(label_path, 40))
    return {name: tuple(sorted(guesses, key=lambda guess: guess.rank)) for name, guesses in found.items()}


def _labels() -> Iterator[tuple[FieldPath, str]]:
    paths_by_caption: dict[str, list[FieldPath]] = {}
    for known in mappable():
        yield known.path, normalized(full_label(known.path))
        if known.path[: len(EVERY_ITEM)] == EVERY_ITEM:
            yield known.path, normalized(f"items {known.caption}")
            yield known.path, normalized(f"item {known.caption}")
        paths_by_caption.setdefault(normalized(known.caption), []).append(known.path)
    # A single word such as `type` or `method` names too many things.
    yield from (
        (paths[0], caption) for caption, paths in paths_by_caption.items() if len(paths) == 1 and " " in caption
    )


@cache
def _paths_by_name() -> dict[str, FieldPath]:
    """Fields by path, such as `order_details/order_items/*/sku`; for items also without the star or with a 0."""
    found: dict[str, FieldPath] = {}
    for known in mappable():
        full_path = "/".join(known.path)
        for name in (full_path, full_path.replace(f"/{ANY}", ""), full_path.replace(ANY, "0")):
            found[name.casefold()] = known.path
        if known.path[: len(EVERY_ITEM)] == EVERY_ITEM:
            found["/".join(known.path[1:]).casefold()] = known.path
    return found


_UNITS: Final = {
    **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramm", "kilogramme"), "kg"),
    **dict.fromkeys(("g", "gr", "gram", "grams", "gramm", "gramme", "grammes", "grammi", "gramos", "gramow"), "g"),
    **dict.fromkeys(("lb", "lbs", "pound", "pounds"), "lbs"),
    **dict.fromkeys(("oz", "ounce", "ounces"), "oz"),
    "cm": "cm",
    "mm": "mm",
}


_CURRENCIES: Final = frozenset(
    [
        "eur",
        "euro",
        "euros",
        "usd",
        "gbp",
        "chf",
        "pln",
        "sek",
        "dkk",
        "nok",
        "czk",
        "huf",
        "ron",
        "bgn",
        "cad",
        "aud",
        "nzd",
        "jpy",
        "cny",
        "try",
        "brl",
        "mxn",
        "zar",
    ]
)
_CURRENCY_SIGNS: Final = {"US$": "USD", "€": "EUR", "£": "GBP", "$": "USD", "zł": "PLN"}


def _split_currency(name: str, raw: str) -> tuple[str, str]:
    """Split `price in usd` or `Price ($)` into the amount and the currency, which is "" if there is none."""
    tokens = name.split(" ")
    codes = [token for token in tokens if token in _CURRENCIES]
    sign = next((code for sign, code in _CURRENCY_SIGNS.items() if sign in raw), "")
    if len(set(codes)) > 1 or not (codes or sign):
        return name, ""
    kept = [token for token in tokens if token not in _CURRENCIES and not (sign and token in ("us", "zl"))]
    if len(kept) > 1 and kept[-1] in ("in", "en"):
        kept = kept[:-1]
    return " ".join(kept), sign or {"euro": "EUR", "euros": "EUR"}.get(codes[0], codes[0].upper())


def currency_in(name: str) -> str:
    """The currency in a column name such as `Price (USD)`, or ""."""
    return _split_currency(normalized(name), name)[1]


def is_currency_certain(header: Sequence[str]) -> bool:
    """Whether the currency in the headings is not only a dollar sign."""
    return any(sign in name for name in header for sign in ("US$", "€", "£", "zł")) or any(
        token in _CURRENCIES for name in header for token in normalized(name).split(" ")
    )


def _split_unit(name: str) -> tuple[str, str]:
    tokens = name.split(" ")
    if len(tokens) > 1 and tokens[-1] in _UNITS:
        kept = tokens[:-1]
        if len(kept) > 1 and kept[-1] == "in":
            kept = kept[:-1]
        return " ".join(kept), _UNITS[tokens[-1]]
    return name, ""
