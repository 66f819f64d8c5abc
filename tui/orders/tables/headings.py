"""Finds the fields that the columns of a table may contain, by their headings."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

from tui.orders.fields import Field, all_fields, full_label
from tui.orders.names import normalized
from tui.orders.paths import ANY, BILL_TO, EVERY_ITEM, NUMBER, ORDER_ID, SHIP_TO, FieldPath, is_item_path
from tui.orders.tables import heading_words as words
from tui.orders.tables.address_headings import (
    CONNECTORS,
    LOCATION,
    AddressHeading,
    Party,
    headings_of,
    phrases_of,
    split_compound,
    without_connectors,
)
from tui.orders.tables.heading_text import base_name, known_format, split_currency, split_unit, without_cents

SHIP: Final = SHIP_TO.name
BILL: Final = BILL_TO.name
NUMBER_PATH: Final[FieldPath] = NUMBER.tokens
ORDER_ID_PATH: Final[FieldPath] = ORDER_ID.tokens
_ITEM_NUMBER: Final = re.compile(r"(?<![\d.])[1-9]\d?(?= |$)")
_NUMBERED_OPTION: Final = re.compile(
    r"(option|opcion|opzione|opcja|opcao|attribute|attribut|variation|variant)s? ?[1-9]( value)?"
)
_ITEM_NAMES: Final = frozenset({(*EVERY_ITEM, "name"), (*EVERY_ITEM, "sku")})
_CONTACT: Final = ("email", "phone_number")
_NUMBER_WORDS: Final = frozenset(words.NUMBER_WORDS.split("|"))
_QUANTITY_WORDS: Final = frozenset(words.QUANTITY_WORDS.split("|"))
_QUANTITY_QUALIFIERS: Final = frozenset(words.QUANTITY_QUALIFIERS.split("|"))
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
_WEAK_WORDS: Final = frozenset(phrase for phrases in words.WEAK.values() for phrase in phrases.split("|"))
WEAK_NAMES: Final = frozenset(words.WEAK["item:name"].split("|"))
"""Headings that are the name of an item only if no other column is."""
_ATTENTION: Final = frozenset(words.ATTENTION.split("|"))
_PREFIXES: Final = {phrase: prefix for prefix, phrases in words.PREFIXES.items() for phrase in phrases.split("|")}
_PREFIXED: Final = frozenset({"address_line_2", "house_number"})
DESCRIPTION_WORDS: Final = frozenset(words.DESCRIPTIONS.split("|"))


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
    party: Party = Party.BARE
    """Whose address it is of. Parts of names are joined only within one."""


@cache
def mappable() -> tuple[Field, ...]:
    """The fields that a column can be mapped to."""
    return tuple(known for known in all_fields() if not known.has_members and not known.read_only)


def guess_fields(header: Sequence[str]) -> list[list[HeadingGuess]]:
    """For each column, the fields that it may contain, likeliest first."""
    raw_names = [base_name(name, header) for name in header]
    groups = item_groups(tuple(header))
    names = [groups[column].name if column in groups else normalized(raw) for column, raw in enumerate(raw_names)]
    export = known_format(header)
    meanings = export.fields if export is not None else {}
    addresses = _without_item_names(headings_of(header), names)
    ship = _AddressChoice(addresses)
    is_item = [name not in _WEAK_WORDS and _names_item(name) for name in names]
    has_items = any(is_item)
    has_recipient = any(
        heading is not None and heading.member == "name" and heading.party in (Party.DELIVERY, Party.BARE)
        for heading, name in zip(addresses, names, strict=True)
        if name not in _ATTENTION
    )
    result = []
    for column, (raw, address) in enumerate(zip(raw_names, addresses, strict=True)):
        name, unit = split_unit(names[column])
        amount, currency = split_currency(name, raw)
        guesses = [HeadingGuess(field_path(meanings[name]), -1, unit=unit)] if meanings.get(name) else []
        if exact := _paths_by_name().get(raw.strip().strip("/").replace(".", "/").casefold()):
            guesses.insert(0, HeadingGuess(exact, -2))
        if name not in meanings:
            guesses += [replace(guess, unit=unit) for guess in _order_guesses(name)]
            if name in _TITLES:
                is_person = any(_is_member(addresses, beside, "name") for beside in (column - 1, column + 1))
                guesses = [] if is_person else [replace(guess, rank=45) for guess in guesses]
            if currency and not guesses:
                guesses += [guess for guess in _order_guesses(amount) if is_amount(guess.path)]
            if has_recipient and name in _ATTENTION:
                guesses.append(HeadingGuess((SHIP, "address_line_2"), 19, is_addition=True))
            elif address is not None:
                # `Nazwa` is rather the name of an article.
                guesses += [replace(guess, rank=90) if name == "nazwa" else guess for guess in ship.guesses(address)]
            elif name in _NUMBER_WORDS:
                guesses.append(HeadingGuess(NUMBER_PATH, 40))
            is_beside_item = any(is_item[max(column - 1, 0) : column] + is_item[column + 1 : column + 2])
            guesses += _weak_guesses(name, raw, has_items=has_items, is_beside_item=is_beside_item)
        if "%" in raw:
            guesses = [guess for guess in guesses if not is_amount(guess.path)]
        if groups:
            # In a file with several items per row, `HS code` alone belongs to none of them.
            guesses = [guess for guess in guesses if is_item_path(guess.path) is (column in groups)]
        result.append(sorted(guesses, key=lambda guess: guess.rank))
    return result


@dataclass(frozen=True, slots=True)
class ItemGroup:
    """The item that a column of a file with several items per row belongs to.

    `number`: of the item. `name`: the normalized heading without it. `is_stated`: whether the heading has the number.
    """

    number: int
    name: str
    is_stated: bool


@lru_cache(maxsize=64)
def item_groups(header: tuple[str, ...]) -> dict[int, ItemGroup]:
    """The columns of a file with several items per row, as in `Item 1 Name`, `Item 2 Name`; empty for other files."""
    found: dict[int, ItemGroup] = {}
    fields: dict[int, set[FieldPath]] = {}
    names = [normalized(base_name(name, header)) for name in header]
    for column, name in enumerate(names):
        bare, number = _without_number(name)
        guesses = _order_guesses(split_unit(bare)[0])
        if guesses and is_item_path(guesses[0].path):
            found[column] = ItemGroup(number or names[:column].count(name) + 1, bare, number > 0)
    are_stated = any(group.is_stated for group in found.values())
    for group in found.values():
        if group.is_stated or not are_stated:
            path = _order_guesses(split_unit(group.name)[0])[0].path
            fields.setdefault(group.number, set()).add(path)
    wanted = {number for number, paths in fields.items() if _ITEM_NAMES & paths and len(paths) > 1}
    if not (wanted if are_stated else {1, 2} <= wanted and (*EVERY_ITEM, "quantity") in fields[2]):
        return {}
    first = {group.name for group in found.values() if group.number > 1}
    return {
        column: group for column, group in found.items() if group.is_stated or group.number > 1 or group.name in first
    }


def _without_number(name: str) -> tuple[str, int]:
    """Split `item 2 name` into `item name` and 2, which is 0 without a number."""
    matches = [*_ITEM_NUMBER.finditer(name)]
    if len(matches) != 1:
        return name, 0
    (match,) = matches
    bare = f"{name[: match.start()]} {name[match.end() :]}".split()
    return " ".join(bare), int(match[0])


def _is_member(headings: Sequence[AddressHeading | None], column: int, member: str) -> bool:
    """Whether a column, if there is one, is this member of an address."""
    heading = headings[column] if 0 <= column < len(headings) else None
    return heading is not None and heading.member == member


def _names_item(name: str) -> bool:
    """Whether a normalized heading may name a field of an item."""
    return any(is_item_path(guess.path) for guess in _order_guesses(name))


def _without_item_names(headings: list[AddressHeading | None], names: Sequence[str]) -> list[AddressHeading | None]:
    """Leave out a bare `Name` beside the columns of items, if the recipient has a name and the item has none."""
    is_item = [_names_item(name) for name in names]
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


def prefix_of(heading: str, path: FieldPath) -> str:
    """What a value needs before it, because only its heading says what it is: `c/o` for `Shipping c/o`; or ""."""
    if path[-1] not in _PREFIXED:
        return ""
    name = normalized(heading)
    return next((prefix for phrase, prefix in _PREFIXES.items() if f" {name}".endswith(f" {phrase}")), "")


def is_known(name: str) -> bool:
    """Whether a column of this name can be mapped without its neighbours."""
    return bool(guess_fields([name])[0])


def is_amount(path: FieldPath) -> bool:
    """Whether a field is an amount of money."""
    return path[-1] == "value" and path[-2] not in ("weight", "dimension")


def field_path(text: str) -> FieldPath:
    """A path as it is written in tables: `item:sku`, `shipping_address/city`."""
    base, _, rest = text.rpartition("item:")
    return (*(EVERY_ITEM if base or text.startswith("item:") else ()), *rest.split("/"))


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
        if heading.party is Party.BARE and base == SHIP and self._is_beside_delivery(heading.member):
            return (
                [HeadingGuess(("customer_details", "name"), 50, heading.part is not None)]
                if heading.member == "name"
                else []
            )
        member, rank = heading.member, 10 * preference + heading.rank
        if heading.is_alone and member == "address_line_1" and self._is_complete(Party.BARE):
            # The whole address in one cell is not mixed with another one.
            is_whole = self._members[heading.party].isdisjoint({"postal_code", "city"})
            rank += 30 if is_whole else 0
        return [HeadingGuess((base, member), rank, heading.part is not None, heading.is_addition, party=heading.party)]

    def _is_beside_delivery(self, member: str) -> bool:
        """Whether a bare name or company is the customer's, because the delivery address has a name of its own."""
        delivery = self._members[Party.DELIVERY]
        return (member == "name" and "name" in delivery) or (
            member == "company_name" and {"name", "address_line_1"} <= delivery
        )

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


# Orders and items


def _weak_guesses(name: str, raw: str, *, has_items: bool, is_beside_item: bool) -> Iterator[HeadingGuess]:
    """The fields of a heading that names too many things, after those of all other headings."""
    for rank, (path, phrases) in enumerate(words.WEAK.items()):
        full_path = field_path(path)
        is_item = is_item_path(full_path)
        if name not in phrases.split("|") or (is_item and not has_items):
            continue
        if is_item and name == "reference" and "é" not in raw.casefold():
            continue  # `Référence` is an article's, `Reference` may be anything
        if is_beside_item and full_path == NUMBER_PATH and (name == "ref" or "é" in raw.casefold()):
            continue
        yield HeadingGuess(full_path, 60 + rank)
    if has_items and (name in _OPTIONS or _NUMBERED_OPTION.fullmatch(name)):
        yield HeadingGuess((*EVERY_ITEM, "description"), 59, is_part=True)


@lru_cache(maxsize=4096)
def _order_guesses(name: str) -> tuple[HeadingGuess, ...]:
    """The fields of the order and its items that a normalized heading may name."""
    found = list(_known_guesses(name))
    if not found:
        bare, rank = _without_taxes(name.split(" "))
        guesses = _known_guesses(" ".join(bare)) or _piece_price(bare)
        found = [replace(guess, rank=guess.rank + rank) for guess in guesses if is_amount(guess.path)]
    if not found and (amount := without_cents(name)):
        found = [guess for guess in _order_guesses(amount) if is_amount(guess.path)]
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
    """The unit price, if the heading is a word for a price and one for a piece: `Cena za sztukę`."""
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
    tokens = split_compound(name.split(" "))
    found = [*_aliases().get(name, ())]
    if _is_customer_note(tokens):
        found.insert(0, HeadingGuess(_NOTES, 0))
    for scope, table, base in (
        (_item_scope(), _item_members(), 8),
        (_order_scope(), _order_members(), 12),
    ):
        for rest in _without_scope(tokens, scope):
            inner = without_connectors(rest) or [token for token in rest if token in _NUMBER_WORDS]
            guesses = table.get(tuple(inner), ())
            if not guesses and scope is _item_scope():
                # `Position: Artikelname`
                alone = [*_aliases().get(" ".join(inner), ())]
                for innermost in _without_scope(inner, scope):
                    alone += table.get(tuple(without_connectors(innermost)), ())
                guesses = tuple(guess for guess in alone if is_item_path(guess.path))
            found += (replace(guess, rank=guess.rank + base) for guess in guesses)
    return tuple(found)


def is_quantity(name: str) -> bool:
    """Whether a normalized heading names how many pieces are to be sent: `Item qty`, `Menge bestellt`."""
    tokens = split_compound(name.split(" "))
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
    return frozenset(phrases_of(words.ITEM_WORDS))


@cache
def _order_scope() -> frozenset[tuple[str, ...]]:
    return frozenset(phrases_of(words.ORDER_WORDS))


@cache
def _item_members() -> dict[tuple[str, ...], tuple[HeadingGuess, ...]]:
    return _guesses_by_words(words.ITEM_MEMBERS, EVERY_ITEM)


@cache
def _order_members() -> dict[tuple[str, ...], tuple[HeadingGuess, ...]]:
    return _guesses_by_words(words.ORDER_MEMBERS, ())


def _guesses_by_words(table: dict[str, str], base: FieldPath) -> dict[tuple[str, ...], tuple[HeadingGuess, ...]]:
    found: dict[tuple[str, ...], list[HeadingGuess]] = {}
    for path, phrases in table.items():
        for rank, phrase in enumerate(phrases_of(phrases)):
            found.setdefault(phrase, []).append(HeadingGuess((*base, *path.split("/")), min(rank, 9)))
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
        if is_item_path(known.path):
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
        if is_item_path(known.path):
            found["/".join(known.path[1:]).casefold()] = known.path
    return found
