"""Parses a table cell to the value of a field, with decimal signs, loose dates and country names."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from tui.api.codec import Json
from tui.api.models import Kind
from tui.orders.fields import Field
from tui.orders.tables.csv_writer import unescape_formula
from tui.orders.tables.dates import Unread, parse_time
from tui.orders.tables.layout import TableLayout
from tui.orders.tables.places import country_in_cell, state_in_cell
from tui.orders.value_parser import InvalidText, ParsedEntry, ValidValue, parse_entry

MAX_CELL_LENGTH: Final = 100_000
"""Characters of a cell. Rows with longer ones are refused."""

CURRENCY_SIGNS: Final = {"€": "EUR", "£": "GBP", "US$": "USD", "$": "USD"}
_CURRENCY: Final = re.compile(
    r"(?P<before>[A-Z]{3}|US\$|[€£$])?\s*(?P<number>[-+]?[\d.,'’\s\xa0\u202f]+)\s*(?P<after>[A-Z]{3}|[€£$])?"
)
_UNIT: Final = re.compile(r"(?P<number>[\d.,]+)\s*(?P<unit>kg|g|gr|lbs?|oz|cm|mm|m|in)", re.IGNORECASE)
_FULL_TIME: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)? ?(?:(Z|UTC)|([+-]\d\d):?(\d\d))", re.IGNORECASE
)
_SPACED: Final = re.compile(r"[-+]?[0-9]{1,3}(?:[\s'’][0-9]{3})+(?:[.,][0-9]*)?")
_UNITS: Final = {"lb": "lbs", "pound": "lbs", "pounds": "lbs", "gr": "g", "gram": "g", "grams": "g", "kilogram": "kg"}
_YES: Final = frozenset(["ja", "oui", "si", "sí", "x", "wahr", "waar", "vrai"])
_NO: Final = frozenset(["nein", "nee", "non", "falsch", "onwaar", "faux"])


@dataclass(frozen=True, slots=True)
class CellValue:
    """The value of a cell; if it is invalid, its text and the reason."""

    value: Json
    reason: str = ""
    currency: str = ""
    """The currency written beside an amount."""
    unit: str = ""
    """The unit written after a measure."""


def cell_text(cell: str) -> str:
    """The text of a cell without surrounding spaces, or without the apostrophe that escapes a formula."""
    plain = unescape_formula(cell)
    return plain if plain != cell else cell.strip()


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


def parse_number(text: str, decimal: str) -> str | None:
    """Convert a number with this decimal sign and thousands separators to JSON; None if it is not a number."""
    text = re.sub(r"^([-+])\s+", r"\1", text.strip())
    if _SPACED.fullmatch(text):
        text = re.sub(r"[\s'’]", "", text)
    elif re.search(r"\s", text):
        return None  # `2 3`, joined from two columns, is not 23
    thousands = "." if decimal == "," else ","
    if decimal in text and thousands in text:
        # If both signs occur, the last one is the decimal sign, whatever the rest of the table uses.
        last = max(text.rfind("."), text.rfind(","))
        decimal, thousands = text[last], "." if text[last] == "," else ","
    if thousands in text:
        if re.fullmatch(
            rf"[-+]?\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d*)?", text, re.ASCII
        ):
            text = text.replace(thousands, "")
        elif decimal in text or text.count(thousands) > 1:
            return None
        else:
            decimal = thousands
    entry = _plain_number(text.replace(decimal, "."))
    return str(entry.value) if isinstance(entry, ValidValue) else None


def _plain_number(text: str) -> ParsedEntry:
    return parse_entry(Kind.MONEY_TEXT, text, now=_EPOCH)


_EPOCH: Final = datetime(2000, 1, 1)


def _parse_amount(field: Field, text: str, layout: TableLayout) -> CellValue:
    currency = unit = ""
    number_text = parse_number(text, layout.decimal)
    if number_text is None and field.kind is not Kind.INTEGER and (match := _CURRENCY.fullmatch(text)):
        sign = match["before"] or match["after"] or ""
        currency, number_text = CURRENCY_SIGNS.get(sign, sign), parse_number(match["number"], layout.decimal)
    if number_text is None and field.kind is Kind.NUMBER and (match := _UNIT.fullmatch(text)):
        number_text = parse_number(match["number"], layout.decimal)
        unit = _UNITS.get(match["unit"].lower(), match["unit"].lower())
    if number_text is None:
        return CellValue(text, "a whole number is needed" if field.kind is Kind.INTEGER else "a number is needed")
    if field.kind is Kind.MONEY_TEXT:
        return CellValue(number_text, currency=currency)
    number = Decimal(number_text)
    if field.kind is Kind.INTEGER:
        if number != number.to_integral_value():
            return CellValue(text, "a whole number is needed")
        return CellValue(int(number))
    return CellValue(number if "." in number_text else int(number_text), currency=currency, unit=unit)


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
        return CellValue(CURRENCY_SIGNS.get(text, text.upper() if re.fullmatch("[A-Za-z]{3}", text) else text))
    word = _UNITS.get(word, word) if field.path[-1] == "unit" else word
    shape = re.sub(r"[\s_-]+", "_", word)
    found = next((choice for choice in field.choices if choice.casefold() in (word, shape)), None)
    return CellValue(found) if found is not None else CellValue(text, f"one of {', '.join(field.choices)} is needed")


def _parse_as_typed(field: Field, text: str, now: datetime) -> CellValue:
    match parse_entry(field.kind, text, now=now):
        case ValidValue(value):
            return CellValue(value)
        case InvalidText(reason):
            return CellValue(text, reason)
