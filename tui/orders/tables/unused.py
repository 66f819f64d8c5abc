"""Reports the filled columns of a table that were not used although they may be part of an order."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import Any, Final

from tui.api.codec import Document
from tui.api.pointer import ROOT
from tui.orders.addresses.formats import country_named, normalize
from tui.orders.parsed import GuessKind, ParsedOrder, UnusedCell
from tui.orders.paths import BILL_TO, ITEMS, SHIP_TO
from tui.orders.tables import heading_words as words
from tui.orders.tables.context import ImportContext, warning
from tui.orders.tables.formats import format_of_header
from tui.orders.tables.headings import LOCATION, Party, address_heading, base_name, is_quantity, normalized

_NOTHING: Final = frozenset(
    ["0", "no", "nein", "non", "nee", "nej", "nie", "false", "falsch", "faux", "onwaar", "none", "n", "0", "00", "000"]
)
_ADDRESS_WORDS: Final = frozenset(
    token
    for member in ("address_line_1", "postal_code", "city", "country_code", "house_number")
    for phrase in words.ADDRESS[member].split("|")
    for token in phrase.split(" ")
    if len(token) > 2 and token not in words.CONNECTORS
) - {"name", "code", "number", "kod", "line", "post", "numero", "iso", "nom", "num"}
_TOKEN: Final = re.compile(r"\w+")


class Concern(Enum):
    """What an unused column may be about."""

    NOTHING = auto()
    """It is technical, or the user left it out."""
    ADDRESS = auto()
    QUANTITY = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class _Used:
    """The words and numbers of an order that came from used columns."""

    tokens: frozenset[str]
    countries: frozenset[object]


def check_unused(order: ParsedOrder, context: ImportContext) -> None:
    """Report the unused cells of an order: held if they may change where it goes or what is in it, else as warnings."""
    if not order.unused:
        return
    used: _Used | None = None
    reported: set[int] = set()
    header = context.mapping.header
    for cell in order.unused:
        concern = concern_of(header[cell.column], header)
        if concern is Concern.NOTHING or cell.column in reported or header[cell.column] in context.mapping.ignored:
            continue
        if _says_nothing(cell.text):
            continue
        used = used or _used(order.document)
        if _is_used(cell, used):
            continue
        reported.add(cell.column)
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


@lru_cache(maxsize=1024)
def concern_of(name: str, header: tuple[str, ...]) -> Concern:
    """What a column without a field may be about, by its heading."""
    raw = base_name(name, header)
    heading = normalized(raw)
    known = format_of_header([normalized(base_name(other, header)) for other in header])
    if known is not None and known.fields.get(heading) == "":
        return Concern.NOTHING
    address = address_heading(heading)
    if address is not None:
        if address.party is Party.SENDER:
            return Concern.NOTHING
        decides = (
            address.member in LOCATION - {"address_line_2", "po_box", "state_province_code"} or address.is_addition
        )
        return Concern.ADDRESS if decides or address.member == "name" else Concern.OTHER
    tokens = [token for token in heading.split(" ") if token not in words.CONNECTORS and not token.isdigit()]
    if not tokens or "ip" in tokens or all(token in words.TECHNICAL for token in tokens):
        return Concern.NOTHING
    if is_quantity(heading):
        return Concern.QUANTITY
    if any(token in _ADDRESS_WORDS for token in tokens) and not any(token in words.TECHNICAL for token in tokens):
        return Concern.ADDRESS
    return Concern.OTHER


def _says_nothing(text: str) -> bool:
    return normalize(text).replace(" ", "") in _NOTHING or not _TOKEN.search(text)


def _is_used(cell: UnusedCell, used: _Used) -> bool:
    tokens = _tokens(cell.text)
    return tokens <= used.tokens or country_named(cell.text) in used.countries


def _used(document: Document) -> _Used:
    tokens: set[str] = set()
    _collect(document, tokens)
    codes = (place.get(document) for place in (SHIP_TO / "country_code", BILL_TO / "country_code"))
    return _Used(frozenset(tokens), frozenset(code for code in codes if isinstance(code, str)))


def _collect(node: Any, tokens: set[str]) -> None:
    if isinstance(node, dict):
        for value in node.values():
            _collect(value, tokens)
    elif isinstance(node, list):
        for value in node:
            _collect(value, tokens)
    elif node is not None:
        tokens |= _tokens(str(node))


@lru_cache(maxsize=8192)
def _tokens(text: str) -> frozenset[str]:
    return frozenset(normalize(text).split(" "))
