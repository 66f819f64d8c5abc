"""Splits a street line into street and house number."""

import re
from typing import Final

_MORE: Final = r"(?: ?[-/+] ?\d{1,5}[A-Za-z]{0,3}| ?[-/] ?[A-Za-z]{1,4}| ?[A-Za-z]{1,3}| (?:bis|ter|quater))"
_DOOR: Final = r"(?:,? (?:m|lok|app?t?|bus|top|bte|box|flat|unit|int|interno)\b\.? ?\d{1,5}[A-Za-z]?)"
_NUMBER_LAST: Final = re.compile(
    rf"[ ,]+(?:(?:nr|no|n[°º]?|num|#)[.]? ?)?(?P<number>\d{{1,5}}{_MORE}{{0,2}}{_DOOR}?)\.?$", re.IGNORECASE | re.ASCII
)
_NUMBER_FIRST: Final = re.compile(
    r"(?P<number>\d{1,5}(?:[-/]\d{1,5})?(?: ?(?:bis|ter|quater|[A-Za-z]))?),? +(?P<street>(?:[^\W\d]|\d+(?:st|nd|rd|th)\b).*)",
    re.DOTALL | re.IGNORECASE,
)
_STREET_TYPES_AFTER_NUMBER: Final = frozenset(
    ["rue", "avenue", "av", "bd", "boulevard", "place", "impasse", "allée", "chemin", "quai", "route", "cours", "rua"]
)
"""Street types for which a number in front is the house number, even if another one ends the line: 12 rue du 8 mai 1945."""
_ENDS_IN_UNIT: Final = re.compile(r"\b(?:flat|apt|apartment|unit|suite|ste|floor|room|appt)\.?$", re.IGNORECASE)
_LONGEST_STREET: Final = 300


def split_street(street: str) -> tuple[str, str] | None:
    """Split off a house number at either end of a street line: `Kerkstraat 12B`, `12 rue du Bac`. None if there is none."""
    text = " ".join(street.split())
    if len(text) > _LONGEST_STREET:
        return None
    first = _NUMBER_FIRST.fullmatch(text)
    last = _NUMBER_LAST.search(text)
    if last is not None and not re.search(r"[^\W\d]", text[: last.start()]):
        last = None
    if first is not None and last is not None:
        leads = first["street"].split()[0].casefold().strip(".") in _STREET_TYPES_AFTER_NUMBER
        ends_in_unit = _ENDS_IN_UNIT.search(text[: last.start()]) is not None
        first, last = (first, None) if leads or ends_in_unit else (None, last)
    if last is not None:
        return text[: last.start()].strip(" ,"), last["number"].strip()
    return (first["street"].strip(" ,"), first["number"].strip()) if first is not None else None
