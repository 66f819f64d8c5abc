"""Typed weights with a unit: `0,4 kg`, `400 g`, `12 oz`, `1 lb`, `2 lb 3 oz`, in any field that holds a weight.

A single point or comma is the decimal sign, as in all other number fields: `1,250` is 1.25. What was read is shown beside
the value wherever it differs from what was typed, or could be read differently.
"""

import re
from decimal import Decimal
from typing import Final

from tui.api.codec import Json
from tui.api.models import Kind
from tui.api.pointer import Absent, Pointer
from tui.orders.money import as_json_number
from tui.orders.summary import GRAMS
from tui.orders.tables.values.amounts import AMBIGUOUS_UNIT, parse_measure, unit_named
from tui.orders.value_parser import InvalidText, ParsedEntry, ValidValue, parse_entry

_ASSUMED: Final = "kg"
_WITH_UNIT: Final = re.compile(r"(?P<number>[+-]?[\d.,][\d.,'’\s]*)(?P<unit>[^\W\d_][^\d]*|#)")
_THREE_DECIMALS: Final = re.compile(r"\s*\d{1,3}[.,]\d{3}(?!\d)")
_EXACT: Final = Decimal("0.001")


def parse_weight(text: str, pointer: Pointer, document: Json | None) -> ParsedEntry:
    """Parse the number of a weight, with or without a unit.

    A typed unit is converted to the unit of the order, or set too if the order has none; without a unit in either, it is
    kilograms. `document`: the order; None if the value is for several weights, which keep their units unless one is typed.
    """
    amount = _amount(text)
    if isinstance(amount, InvalidText):
        return amount
    number, typed = amount
    kept = _unit_of(document, pointer)
    if not typed:
        if document is None:
            return ValidValue(number, note="in the unit of each weight; write 0.4 kg to set the unit, too")
        if kept:
            return ValidValue(number, note=_reading(text, number, kept))
        note = f"{_text(number)} {_ASSUMED}: a weight without a unit is in {_ASSUMED}"
        return ValidValue(number, ((pointer.parent / "unit", _ASSUMED),), note)
    if not kept:
        return ValidValue(number, ((pointer.parent / "unit", typed),), f"{_text(number)} {typed}")
    if typed == kept:
        return ValidValue(number, note=_reading(text, number, kept))
    converted, is_exact = _convert(number, typed, kept)
    return ValidValue(
        converted, note=f"{_text(number)} {typed} {'is' if is_exact else 'is about'} {_text(converted)} {kept}"
    )


def _amount(text: str) -> tuple[Json, str] | InvalidText:
    """The number and the unit, "" if none was typed."""
    if AMBIGUOUS_UNIT.fullmatch(text.strip()):
        return InvalidText("this unit is 500 g or 453.6 g, depending on the country: write g, kg, lb or oz")
    compound = parse_measure(text, ".", "weight") if re.search(r"\d\s*[^\W\d_]+\W+\d", text) else None
    if compound is not None:
        entry, unit = parse_entry(Kind.NUMBER, compound.number), compound.unit
    elif match := _WITH_UNIT.fullmatch(text.strip()):
        entry, unit = parse_entry(Kind.NUMBER, match["number"]), unit_named(match["unit"], "weight")
        if not unit:
            return InvalidText(f"{match['unit'].strip()[:20]!r} is no unit of weight: write kg, g, lb or oz")
    else:
        entry, unit = parse_entry(Kind.NUMBER, text), ""
    return entry if isinstance(entry, InvalidText) else (entry.value, unit)


def _unit_of(document: Json | None, pointer: Pointer) -> str:
    """The unit of the order, in lower case; "" if it has none that is known."""
    unit: Json | Absent = (pointer.parent / "unit").get(document)
    return unit.lower() if isinstance(unit, str) and unit.lower() in GRAMS else ""


def _convert(number: Json, unit: str, wanted: str) -> tuple[Json, bool]:
    """The number in another unit, to three decimals, and whether that is exact."""
    exact = Decimal(str(number)) * GRAMS[unit] / GRAMS[wanted]
    rounded = exact.quantize(_EXACT) if abs(exact) < 10**9 else exact
    if rounded == 0 != exact:
        rounded = exact
    return as_json_number(rounded.normalize()), rounded == exact


def _reading(text: str, number: Json, unit: str) -> str:
    """How a number was read, if it could also have been read as thousands."""
    return f"{_text(number)} {unit}: a point or comma is the decimal sign" if _THREE_DECIMALS.match(text) else ""


def _text(number: Json) -> str:
    return f"{Decimal(str(number)).normalize():f}"
