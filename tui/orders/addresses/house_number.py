"""Splits a street line into street and house number."""

import re
from typing import Final

from tui.orders.addresses.formats import normalize
from tui.orders.addresses.months import MONTHS
from tui.orders.addresses.vocabulary import is_route_type, names_box
from tui.orders.patterns import late_pattern

_NO_ADDITION: Final = r"(?!(?:am|im|an|auf|la|le|de|du|da|di|el|et|en|of|os|the|rue|via|weg|see|tal|hof|st|rd|nd|th|ave?|dr|ln|ct|pl|tr)\b)"
"""Short words after a number that belong to the street: `Haus 5 am See`, `East 5th`."""
_FRACTION: Final = r"(?:(?: \d/[2-9]\b| ?[½⅓¼¾⅔])(?: ?[A-Z]\b)?)"
_MORE: Final = rf"(?: ?[-/+] ?\d{{1,5}}[A-Za-z]{{0,3}}| ?[-/] ?[A-Za-z]{{1,4}}| ?{_NO_ADDITION}[A-Za-z]{{1,3}}\b| (?:bis|ter|quater)\b)"
_UNIT_WORDS: Final = (
    r"(?:m|miesz[a-z]*|lok(?:al)?|app?t?|bus|top|bte|box|flat|unit|int|interno|haus|hs|block|bloque|stiege|t[üu]r|whg|"
    r"wohnung|zimmer|esc|escalera|portal|piso|puerta|pta|planta|scala|piano|b[âa]t|b[âa]timent|porte|lgh|klatka|kl|appt|"
    r"appartement|apartment|suite|ste|room|as|asunto)"
)
_FLOOR: Final = (
    r"(?:,? ?\d{1,2} ?[ºª°]\.? ?(?:[A-Z]{1,4}\b\.?|\d{1,2}[ºª°]?)?"
    r"|,? \d{1,2}\. ?(?:tv|th|mf|sal|og|etage|stock)\b\.?(?:,? ?(?:tv|th|mf)\b\.?)?"
    r"|,? (?:bajo|ático|atico|entlo|pral)\b\.?(?: [A-Z]\b)?)"
)
_DOOR: Final = rf"(?:,? {_UNIT_WORDS}\b\.? ?(?:\d{{1,5}}[A-Za-z]?|[A-Za-z])\b|{_FLOOR})"
_NUMBER_LAST: Final = late_pattern(
    rf"[ ,]+(?P<label>(?:nr|no|n[°º]?|num|#)[.]? ?)?"
    rf"(?P<number>[0-9]{{1,5}}(?:{_FRACTION}|{_MORE}{{0,2}}){_DOOR}{{0,2}})\.?$",
    re.IGNORECASE,
)
_NUMBER_FIRST: Final = late_pattern(
    r"(?P<number>[0-9]{1,5}(?:[-/][0-9]{1,5}| [0-9]/[2-9]| ?[½⅓¼¾⅔])?(?: ?(?:bis|ter|quater|[A-Za-z]))?),? +"
    r"(?P<street>(?:[^\W\d]|[0-9]+(?:st|nd|rd|th)\b).*)",
    re.DOTALL | re.IGNORECASE,
)
_STREET_TYPES_AFTER_NUMBER: Final = frozenset(
    ["rue", "avenue", "av", "bd", "boulevard", "place", "impasse", "allée", "chemin", "quai", "route", "cours", "rua"]
)
"""Street types for which a number in front is the house number, even if another one ends the line: 12 rue du 8 mai 1945."""
_NUMBER_FIRST_COUNTRIES: Final = frozenset(["US", "CA", "GB", "IE", "AU", "NZ", "FR", "LU"])
_SQUARES: Final = frozenset(["plein", "place", "platz", "plaza", "plac", "piazza", "square", "praca", "pl"])
"""Names of squares before a year: `Plein 1944`."""
_PREPOSITIONS: Final = frozenset(
    ["de", "du", "des", "del", "della", "di", "do", "d", "von", "vom", "van", "of", "z", "av", "af"]
)
_YEARS: Final = late_pattern(r"1[89]\d\d ?[-/] ?(?:1[89]|20)\d\d")
_YEAR: Final = late_pattern(r"1[789]\d\d|20[0-3]\d")
_ENDS_IN_UNIT: Final = late_pattern(
    r"(?:\b(?:flat|apt|apartment|unit|suite|ste|floor|room|appt|wohnung|whg|piso|lokal|lok|bus|bte|top|app|apto|ap|sc|bl|bloco"
    r"|lote?|t[üu]r|stiege|int|interno|porte|esc|et|em|emelet)\.?|\d ?[A-Z]|\b\d{1,4}\.)$",
    re.IGNORECASE,
)
_RURAL_OR_MILITARY: Final = late_pattern(r"(?:psc|cmr|bfpo|rr|hc)\b.*\d", re.IGNORECASE)
"""Routes and boxes of the US, Canada and British Forces: `PSC 3 Box 1234`."""
_NUMBER_OF_VILLAGE: Final = late_pattern(r"[čc]\. ?(?:p|ev)\.", re.IGNORECASE)
"""The label of a number in a Czech village without streets: `č.p. 45`."""
_LONGEST_STREET: Final = 300
_LONGEST_NUMBER: Final = 20


def split_street(street: str, country: str = "") -> tuple[str, str] | None:
    """Split off a house number at either end of a street line: `Kerkstraat 12B`, `12 rue du Bac`.

    None if there is no number, or if it may be part of something else: a PO box, the name of the street, a
    route. `country`: decides between two numbers.
    """
    text = " ".join(street.split())
    if len(text) > _LONGEST_STREET or names_box(text) or _RURAL_OR_MILITARY.match(text):
        return None
    first = _NUMBER_FIRST.fullmatch(text)
    if first is not None and _is_month(first["street"]):
        first = None
    last = _NUMBER_LAST.search(text)
    if last is not None and not _is_house_number(text[: last.start()].rstrip(" ,"), last):
        last = None
    if first is not None and last is not None:
        type_first = first["street"].split()[0].casefold().strip(".") in _STREET_TYPES_AFTER_NUMBER
        is_unit = _ENDS_IN_UNIT.search(text[: last.start()]) is not None or "#" in (last["label"] or "")
        number_first = type_first or is_unit or country.upper() in _NUMBER_FIRST_COUNTRIES
        first, last = (first, None) if number_first else (None, last)
    if last is not None:
        if _ENDS_IN_UNIT.search(text[: last.start()]):
            return None
        found = text[: last.start()].strip(" ,"), last["number"].strip()
    elif first is not None:
        found = _with_direction(first["street"].strip(" ,"), first["number"].strip())
    else:
        return None
    return found if len(found[1]) <= _LONGEST_NUMBER else None


def _with_direction(street: str, number: str) -> tuple[str, str]:
    """Move a direction from the number to the street: `123 E Main St`."""
    digits, _, letter = number.rpartition(" ")
    if letter.upper() in ("N", "S", "E", "W") and street.split()[0].casefold() not in _STREET_TYPES_AFTER_NUMBER:
        return f"{letter} {street}", digits
    return street, number


def _is_house_number(street: str, number: re.Match[str]) -> bool:
    """Whether the number that ends a line is a house number, and not the end of the street's name."""
    words = normalize(street).split()
    if not re.search(r"[^\W\d]", street) or is_route_type(street) or _NUMBER_OF_VILLAGE.fullmatch(street):
        return False
    if words[-1] in _PREPOSITIONS or _YEARS.fullmatch(number["number"]):
        return False
    return not (_YEAR.fullmatch(number["number"]) and (_ends_in_day(words) or " ".join(words) in _SQUARES))


def _is_month(street: str) -> bool:
    """Whether the text after a number is the rest of a day: `de Mayo`, `Septembre`, `Mai 1945`."""
    words = [word for word in normalize(street).split() if word not in _PREPOSITIONS]
    return bool(words) and words[0] in MONTHS and (len(words) == 1 or (len(words) == 2 and words[1].isdecimal()))


def _ends_in_day(words: list[str]) -> bool:
    """Whether a street ends in a day and month: `Rue du 8 Mai`, `Avenida 9 de Julio de`."""
    kept = [word for word in words if word not in _PREPOSITIONS]
    return len(kept) > 1 and kept[-1] in MONTHS and re.match(r"\d", kept[-2]) is not None
