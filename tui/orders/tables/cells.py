"""Parses a table cell to the value of a field, with decimal signs, loose dates and country names."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from tui.api.codec import Json
from tui.api.models import Kind
from tui.orders.fields import Field
from tui.orders.money import as_json_number
from tui.orders.patterns import late_pattern
from tui.orders.tables.csv_writer import APOSTROPHES, unescape_formula, without_text_guard
from tui.orders.tables.layout import TableLayout
from tui.orders.tables.values.amounts import (
    AMBIGUOUS_UNIT,
    UNITS,
    Amount,
    currency_named,
    parse_count,
    parse_measure,
    parse_money,
    parse_number,
    unit_named,
)
from tui.orders.tables.values.dates import Unread, parse_time
from tui.orders.tables.values.places import country_in_cell, state_in_cell
from tui.orders.value_parser import InvalidText, ValidValue, parse_entry

MAX_CELL_LENGTH: Final = 100_000
"""The maximum number of characters of a cell. Rows with longer cells are refused."""

_FULL_TIME: Final = late_pattern(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)? ?(?:(Z|UTC)|([+-]\d\d):?(\d\d))", re.IGNORECASE
)
_CENTS_EXPONENT: Final = -2
"""Of an amount with two decimals, which is not in cents."""
_YES: Final = frozenset(["ja", "oui", "si", "sí", "x", "wahr", "waar", "vrai"])
_NO: Final = frozenset(["nein", "nee", "non", "falsch", "onwaar", "faux"])


@dataclass(frozen=True, slots=True)
class CellValue:
    """The value of a cell; if it is invalid, its text and the reason."""

    value: Json
    reason: str = ""
    currency: str = ""
    """The currency written beside an amount: a code, or a sign that several currencies share."""
    unit: str = ""
    """The unit written after a measure."""


def cell_text(cell: str) -> str:
    """The text of a cell without surrounding spaces, and without the apostrophe that marks it as text."""
    text = cell.strip()
    if text[:1] not in APOSTROPHES:
        return text
    plain = unescape_formula(cell)
    return plain if plain != cell else without_text_guard(text)


def read_cell(field: Field, text: str, layout: TableLayout, now: datetime, country: str = "") -> CellValue:
    """Parse a non-empty cell. `country`: the country code of its address, needed for states."""
    match field.kind:
        case Kind.TEXT | Kind.WORD | Kind.LINES | Kind.DATE_TEXT:
            return CellValue(text)
        case Kind.NUMBER | Kind.MONEY_TEXT | Kind.INTEGER:
            return _parse_amount(field, text, layout)
        case Kind.COUNTRY:
            code = country_in_cell(text)
            return CellValue(code) if code else CellValue(text, "no country has this code or name")
        case Kind.STATE:
            return CellValue(state_in_cell(country, text))
        case Kind.DATETIME:
            return _parse_time(field, text, layout, now)
        case Kind.TAGS:
            return CellValue([part.strip() for part in re.split(r"[,;|\n]", text) if part.strip()])
        case Kind.CHOICE:
            return _parse_choice(field, text)
        case Kind.BOOL:
            lowered = text.casefold()
            return _parse_as_typed(field, "yes" if lowered in _YES else "no" if lowered in _NO else text, now)
        case _:
            return _parse_as_typed(field, text, now)


def from_cents(read: CellValue, text: str, currency: str = "") -> CellValue:
    """The value of a cell with an amount in cents, in the unit of its currency. `currency`: if the cell has none."""
    if read.reason:
        return read
    cents = Decimal(str(read.value))
    if cents != cents.to_integral_value() or cents.as_tuple().exponent == _CENTS_EXPONENT:
        return CellValue(text, "the heading says cents, which are whole numbers")
    amount = cents / 100
    value = f"{amount:.2f}" if isinstance(read.value, str) else as_json_number(amount)
    return replace(read, value=value, currency=read.currency or currency)


def _parse_amount(field: Field, text: str, layout: TableLayout) -> CellValue:
    if field.kind is Kind.INTEGER:
        found = parse_number(text, layout.decimal) or parse_count(text, layout.decimal)
        if found is None or (number := Decimal(found)) != number.to_integral_value():
            return CellValue(text, "a whole number is needed")
        return CellValue(int(number))
    plain = parse_number(text, layout.decimal)
    measure = next((name for name in field.path if name in UNITS), "")
    if plain is not None:
        amount: Amount | None = Amount(plain)
    elif measure:
        amount = parse_measure(text, layout.decimal, measure)
    else:
        amount = parse_money(text, layout.decimal)
    if amount is None and measure == "weight" and AMBIGUOUS_UNIT.fullmatch(text):
        return CellValue(text, "this unit may be 500 g or 453.6 g, so write kg, g, lbs or oz")
    if amount is None:
        return CellValue(text, "a number is needed")
    if field.kind is Kind.MONEY_TEXT:
        return CellValue(amount.number, currency=amount.currency)
    value = Decimal(amount.number) if "." in amount.number else int(amount.number)
    return CellValue(value, currency=amount.currency, unit=amount.unit)


def _parse_time(field: Field, text: str, layout: TableLayout, now: datetime) -> CellValue:
    if match := _FULL_TIME.fullmatch(text):
        zone = "Z" if match[4] else f"{match[5]}:{match[6]}"
        read = _parse_as_typed(field, f"{match[1]}T{match[2]}{match[3] or ':00'}{zone}", now)
        return CellValue(text, read.reason) if read.reason else read
    found = parse_time(text, layout.dates, now)
    return CellValue(text, found.reason) if isinstance(found, Unread) else CellValue(found)


def _parse_choice(field: Field, text: str) -> CellValue:
    word = text.casefold()
    if field.path[-1] == "currency":
        if code := currency_named(text) or (text.upper() if re.fullmatch("[A-Za-z]{3}", text) else ""):
            return CellValue(code)
        return CellValue(text, "a currency is needed, such as EUR")
    word = unit_named(word, field.path[-2]) or word if field.path[-1] == "unit" else word
    shape = re.sub(r"[\s_-]+", "_", word)
    found = next((choice for choice in field.choices if choice.casefold() in (word, shape)), None)
    return CellValue(found) if found is not None else CellValue(text, f"one of {', '.join(field.choices)} is needed")


def _parse_as_typed(field: Field, text: str, now: datetime) -> CellValue:
    match parse_entry(field.kind, text, now=now):
        case ValidValue(value):
            return CellValue(value)
        case InvalidText(reason):
            return CellValue(text, reason)
