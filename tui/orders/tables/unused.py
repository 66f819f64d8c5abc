"""Reports the filled columns of a table that were not used although they may be part of an order."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any, Final

from tui.api.codec import Document
from tui.api.pointer import ROOT, Pointer
from tui.orders.addresses.formats import country_named, normalize
from tui.orders.names import normalized
from tui.orders.parsed import GuessKind, ParsedOrder, UnusedCell
from tui.orders.paths import BILL_TO, ITEMS, SHIP_TO
from tui.orders.patterns import late_pattern
from tui.orders.tables import heading_words as words
from tui.orders.tables.address_headings import (
    CONNECTORS,
    LOCATION,
    Party,
    address_heading,
    is_delivery,
    is_salutation,
    may_name_recipient,
)
from tui.orders.tables.context import ImportContext, warning
from tui.orders.tables.heading_text import base_name, known_format
from tui.orders.tables.headings import is_quantity

_NOTHING: Final = frozenset(
    ["0", "00", "000", "n", "no", "nein", "non", "nee", "nej", "nie", "false", "falsch", "faux", "onwaar", "none"]
)
_ADDRESS_WORDS: Final = frozenset(
    token
    for member in ("address_line_1", "postal_code", "city", "country_code", "house_number")
    for phrase in words.ADDRESS[member].split("|")
    for token in phrase.split(" ")
    if len(token) > 2 and token not in CONNECTORS
) - {
    "name",
    "code",
    "number",
    "nummer",
    "numero",
    "numer",
    "kod",
    "line",
    "post",
    "iso",
    "nom",
    "num",
    "nazwa",
    "nombre",
    "nome",
    "cod",
}
_NO_ADDRESS: Final = frozenset(words.NO_ADDRESS.split("|"))
_NEUTRAL: Final = frozenset(words.NEUTRAL.split("|"))
_TECHNICAL: Final = frozenset(words.TECHNICAL.split("|"))
_CUSTOMER_NAME: Final = Pointer.of("customer_details", "name")
_MORE_MEANINGS: Final = frozenset(["kod", "suffix", "via"])
"""Bare words for parts of an address that mean something else where the address has another column for the part."""
_NAME_AFFIXES: Final = frozenset([*words.TITLES.split("|"), "suffix", "name suffix", "prefix"])
"""Bare words for `Dr.` or `Jr.` beside a name."""
_WEIGHT: Final = late_pattern(r"weight|gewicht|\bpoids\b|\bpeso\b|\bwaga\b|vikt|vaegt")
_PICKUP_POINT: Final = late_pattern(rf"\b({words.PICKUP_POINTS})\b")
_ADDRESS: Final = late_pattern(r"\d.*[^\W\d]{3}.*[,\n;-]|[^\W\d]{3}.*[,\n;-].*\d", re.DOTALL)
"""An address in one cell."""
_TOKEN: Final = late_pattern(r"\w+")


class Concern(Enum):
    """What an unused column may be about."""

    NOTHING = auto()
    """It is technical, or the user left it out."""
    ADDRESS = auto()
    QUANTITY = auto()
    OTHER = auto()


@dataclass(slots=True)
class _OrderValues:
    """The values of an order, collected when a cell may be one of them."""

    document: Document
    text: str = ""
    """All of the order as text, in lower case."""
    used: "_Used | None" = None

    def has(self, text: str) -> bool:
        """Whether a text is a value of the order, consists of words of its addresses, or names one of its countries."""
        self.text = self.text or str(self.document).casefold()
        word = _TOKEN.search(text)
        if text.isascii() and word is not None and word[0].casefold() not in self.text and not _country(text):
            return False
        if self.used is None:
            self.used = _used(self.document)
        plain = normalize(text)
        return plain in self.used.values or _words(plain) <= self.used.words or _country(text) in self.used.countries


@dataclass(frozen=True, slots=True)
class _Used:
    """The values of an order. `words`: those of its names and addresses, which other columns often repeat in parts."""

    values: set[str]
    words: frozenset[str]
    countries: frozenset[object]


def check_unused(order: ParsedOrder, context: ImportContext) -> None:
    """Report the unused cells of an order; those that may change its destination or content hold it."""
    if not order.unused:
        return
    values = _OrderValues(order.document)
    reported: set[int] = set()
    header = context.mapping.header
    concerns = _concerns(header)
    for cell in order.unused:
        concern = concerns[cell.column]
        if (cell.row, cell.column) in context.understood:
            continue
        if concern is Concern.NOTHING or cell.column in reported or header[cell.column] in context.mapping.ignored:
            continue
        if _says_nothing(cell.text):
            continue
        if values.has(cell.text) and not (cell.text.isdecimal() and _WEIGHT.search(normalized(header[cell.column]))):
            continue
        reported.add(cell.column)
        if concern is Concern.ADDRESS and cell.text.isdecimal() and _is_person(header[cell.column], header):
            concern = Concern.OTHER  # a customer's number
        if concern is Concern.OTHER and _ADDRESS.search(cell.text) and is_delivery(normalized(header[cell.column])):
            concern = Concern.ADDRESS
        _report(order, context, cell, concern)


def _report(order: ParsedOrder, context: ImportContext, cell: UnusedCell, concern: Concern) -> None:
    column = context.mapping.header[cell.column]
    if concern is Concern.ADDRESS:
        text = f'The column "{column}" looks like part of an address and is not used.'
        context.guess(order, SHIP_TO, GuessKind.ADDRESS, text, subject=column, title="unused address")
    elif concern is Concern.QUANTITY:
        text = f'The column "{column}" looks like a quantity and is not used.'
        context.guess(order, ITEMS, GuessKind.ITEMS, text, subject=column, title="unused quantity")
    else:
        detail = f'The column "{column}" has a value here and is not used.'
        order.problems.append(warning(ROOT, "unused_column", detail, f"unused: {column[:12]}"))


@lru_cache(maxsize=64)
def _concerns(header: tuple[str, ...]) -> tuple[Concern, ...]:
    return tuple(concern_of(name, header) for name in header)


@lru_cache(maxsize=1024)
def concern_of(name: str, header: tuple[str, ...]) -> Concern:
    """What a column without a field may be about, by its heading."""
    raw = base_name(name, header)
    heading = normalized(raw)
    if is_ignored(name, header) or is_salutation(heading):
        return Concern.NOTHING
    if heading in _NAME_AFFIXES and _is_beside_name(name, header):
        return Concern.NOTHING
    if heading in _MORE_MEANINGS:
        return Concern.NOTHING if heading == "via" else Concern.OTHER
    address = address_heading(heading)
    if address is not None:
        if address.party is Party.SENDER:
            return Concern.NOTHING
        decides = (
            address.member in LOCATION - {"address_line_2", "po_box", "state_province_code"} or address.is_addition
        )
        is_recipient = address.member == "name" and not (address.party is Party.CUSTOMER and _names_recipient(header))
        return Concern.ADDRESS if decides or is_recipient else Concern.OTHER
    if may_name_recipient(heading) or _PICKUP_POINT.search(heading):
        return Concern.ADDRESS
    tokens = [token for token in heading.split(" ") if token not in CONNECTORS and not token.isdigit()]
    if not tokens or "ip" in tokens:
        return Concern.NOTHING
    if any(token in _TECHNICAL for token in tokens) and all(token in _TECHNICAL | _NEUTRAL for token in tokens):
        return Concern.NOTHING
    if is_quantity(heading):
        return Concern.QUANTITY
    if any(token in _ADDRESS_WORDS for token in tokens) and _NO_ADDRESS.isdisjoint(tokens):
        return Concern.ADDRESS
    return Concern.OTHER


@lru_cache(maxsize=64)
def _names_recipient(header: tuple[str, ...]) -> bool:
    """Whether a column has the name of the recipient, so that another person's name is not used for it."""
    found = (address_heading(normalized(base_name(name, header))) for name in header)
    return any(one is not None and one.party is Party.DELIVERY and one.member == "name" for one in found)


def _is_person(name: str, header: tuple[str, ...]) -> bool:
    heading = address_heading(normalized(base_name(name, header)))
    return heading is not None and heading.member == "name"


def _is_beside_name(name: str, header: tuple[str, ...]) -> bool:
    column = header.index(name)
    beside = (*header[max(column - 1, 0) : column], *header[column + 1 : column + 2])
    found = (address_heading(normalized(base_name(other, header))) for other in beside)
    return any(heading is not None and heading.member == "name" for heading in found)


@lru_cache(maxsize=1024)
def is_ignored(name: str, header: tuple[str, ...]) -> bool:
    """Whether the format of the file says that a column is no part of an order."""
    known = known_format(header)
    return known is not None and known.fields.get(normalized(base_name(name, header))) == ""


def _says_nothing(text: str) -> bool:
    return normalize(text).replace(" ", "") in _NOTHING or not _TOKEN.search(text)


def _used(document: Document) -> _Used:
    words_of_addresses: set[str] = set()
    for address in (SHIP_TO.get(document), BILL_TO.get(document), {"name": _CUSTOMER_NAME.get(document)}):
        for member, value in address.items() if isinstance(address, dict) else ():
            if isinstance(value, str) and member not in ("email", "phone_number", "company_name"):
                words_of_addresses |= _words(normalize(value))
    codes = (place.get(document) for place in (SHIP_TO / "country_code", BILL_TO / "country_code"))
    countries = frozenset(code for code in codes if isinstance(code, str))
    return _Used(_values_of(document), frozenset(words_of_addresses), countries)


def _values_of(document: Document) -> set[str]:
    """All values of an order in a comparable form."""
    found: set[str] = set()
    nodes: list[Any] = [document]
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            nodes += node.values()
        elif isinstance(node, list):
            nodes += node
        elif node is not None:
            found.add(normalize(node if isinstance(node, str) else str(node)))
    return found


_country = lru_cache(maxsize=20_000)(country_named)


@lru_cache(maxsize=20_000)
def _words(text: str) -> frozenset[str]:
    return frozenset(text.split(" "))
