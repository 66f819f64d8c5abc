"""Reads the text of a column heading: its words in a comparable form, its unit, and its currency."""

import re
from collections.abc import Sequence
from typing import Final

from tui.orders.names import normalized
from tui.orders.patterns import late_pattern
from tui.orders.tables import heading_words as words
from tui.orders.tables.formats import KnownFormat, format_of_header
from tui.orders.tables.values.amounts import UNITS, currency_sign_in

_OTHER_WORDS: Final = frozenset(["m", "in", "once", "cal", "tum", "ft", "foot", "feet", "libra", "cali"])
"""Names of units that mean something else at the end of a heading."""
_UNITS: Final = {
    normalized(name): unit
    for units in UNITS.values()
    for name, unit in units.items()
    if name.isalpha() and normalized(name) not in _OTHER_WORDS
}
_CENTS: Final = frozenset(words.CENTS.split("|"))
_FRACTIONS: Final = {"pence": "GBP", "grosze": "PLN", "groszy": "PLN", "groszach": "PLN"}
"""The currencies of words for a hundredth of only one."""
_CURRENCIES: Final = frozenset(words.CURRENCIES.split("|"))

_ORDER_TIME: Final = late_pattern(
    r"((order|ordered|purchase|sale|created|creation|placed) )?time( (of (the )?(order|purchase|sale)|ordered|placed|created))?"
    r"|ordertime|((bestell|auftrags|kauf|erstell)(uhr)?|uhr)?zeit( (der|des) (bestellung|auftrags|kaufs))?|bestell uhrzeit"
    r"|heure( (de (la )?|d )?(commande|achat|creation))?"
    r"|(bestel|order|aankoop)?tijd(stip)?( (van )?(de )?(bestelling|order|aankoop))?"
    r"|hora( (del? |da |do )?(pedido|compra|encomenda|creacion|criacao))?"
    r"|(ora|orario)( (dell? |di )?(ordine|acquisto|creazione))?"
    r"|(godzina|czas)( (zamowienia|zakupu|zlozenia|utworzenia))?"
    r"|(order|bestallnings|inkops|kops|ordre|bestillings|kobs)?tid(spunkt)?|klockslag|klokkeslaet"
)


def base_name(name: str, header: Sequence[str]) -> str:
    """A column name without the number that made it unique, and without the group of a `Group - Name` heading."""
    if (match := re.fullmatch(r"(.+) \(\d+\)", name)) and match[1] in header:
        name = match[1]
    group, dash, rest = name.partition(" - ")
    return rest if dash and normalized(group) in ("date", "amount", "custom", "count") else name


def unit_in(name: str) -> str:
    """The unit in a column name such as `Gewicht (kg)`, or ""."""
    return split_unit(normalized(name))[1]


def split_unit(name: str) -> tuple[str, str]:
    """Split `gewicht kg` into the measure and the unit, which is "" if there is none."""
    tokens = name.split(" ")
    if len(tokens) > 1 and tokens[-1] in _UNITS:
        kept = tokens[:-1]
        if len(kept) > 1 and kept[-1] == "in":
            kept = kept[:-1]
        return " ".join(kept), _UNITS[tokens[-1]]
    return name, ""


def currency_in(name: str) -> str:
    """The currency in a column name such as `Price (USD)`, or ""."""
    return split_currency(normalized(name), name)[1]


def split_currency(name: str, raw: str) -> tuple[str, str]:
    """Split `price in usd` or `Price ($)` into the amount and the currency, which is "" if there is none."""
    tokens = name.split(" ")
    # `cad` is also Italian for each.
    written = set(re.findall(r"[^\W\d_]+", raw))
    codes = [
        token for token in tokens if token in _CURRENCIES and (token not in ("cad", "try") or token.upper() in written)
    ]
    sign = currency_sign_in(raw)[0]
    if not codes and not sign:
        return name, next((_FRACTIONS[token] for token in tokens if token in _FRACTIONS), "")
    if len(set(codes)) > 1:
        return name, ""
    kept = [token for token in tokens if token not in codes and not (sign and token in ("us", "zl"))]
    if len(kept) > 1 and kept[-1] in ("in", "en"):
        kept = kept[:-1]
    return " ".join(kept), sign or {"euro": "EUR", "euros": "EUR"}.get(codes[0], codes[0].upper())


def without_cents(name: str) -> str:
    """Remove `in cents` from `price in cents`; "" if the heading does not say that its amounts are in cents."""
    tokens = name.split(" ")
    found = next((index for index, token in enumerate(tokens) if token in _CENTS), 0)
    before = tokens[:found]
    if not found or before[-1] in ("per", "pro"):
        return ""
    if len(before) > 1 and before[-1] in ("in", "i", "en", "w", "em"):
        before = before[:-1]
    after = tokens[found + 1 :]
    if tokens[found] == "minor":
        after = [token for token in after if token not in ("currency", "unit", "units")]
    return " ".join([*before, *after])


def is_order_time(name: str) -> bool:
    """Whether a column has the time of day of an order, whose date may have a column of its own."""
    return _ORDER_TIME.fullmatch(normalized(name)) is not None


def is_currency_certain(header: Sequence[str]) -> bool:
    """Whether the currency in the headings is not only a dollar sign."""
    return any(currency_sign_in(name)[1] for name in header) or any(
        token in _CURRENCIES or token in _FRACTIONS for name in header for token in normalized(name).split(" ")
    )


def known_format(header: Sequence[str]) -> KnownFormat | None:
    """The export format that has these column names; None if it is none of the usual ones."""
    return format_of_header([normalized(base_name(name, header)) for name in header])
