"""One cell of a table as the value of a field: by the kind of the field, the decimal sign, loose dates, names of countries."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from tui.api.codec import Json
from tui.api.models import Kind
from tui.orders.addresses.formats import country_named, state_named
from tui.orders.fields import Field
from tui.orders.tables.csv_writer import unescape_formula
from tui.orders.tables.layout import TableLayout
from tui.orders.value_parser import InvalidText, ParsedEntry, ValidValue, parse_entry

MAX_CELL_LENGTH: Final = 100_000
"""Characters of a cell; a longer one is no value of an order."""

CURRENCY_SIGNS: Final = {"€": "EUR", "£": "GBP", "US$": "USD", "$": "USD"}
_CURRENCY: Final = re.compile(
    r"(?P<before>[A-Z]{3}|US\$|[€£$])?\s*(?P<number>[-+]?[\d.,'’\s\xa0\u202f]+)\s*(?P<after>[A-Z]{3}|[€£$])?"
)
_UNIT: Final = re.compile(r"(?P<number>[\d.,]+)\s*(?P<unit>kg|g|gr|lbs?|oz|cm|mm|m|in)", re.IGNORECASE)
_INSTANT: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d(?:\.\d+)?)? ?(?:(Z|UTC)|([+-]\d\d):?(\d\d))", re.IGNORECASE
)
_DAY: Final = re.compile(
    r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?:,?[ T]+(\d{1,2})(:\d{2}(?::\d{2})?)(?:\.\d+)?(?: ?([AP])\.?M\.?)?)?",
    re.IGNORECASE,
)
_SPACED: Final = re.compile(r"[-+]?[0-9]{1,3}(?:[\s'’][0-9]{3})+(?:[.,][0-9]*)?")
_UNITS: Final = {"lb": "lbs", "pound": "lbs", "pounds": "lbs", "gr": "g", "gram": "g", "grams": "g", "kilogram": "kg"}
_YES: Final = frozenset(["ja", "oui", "si", "sí", "x", "wahr", "waar", "vrai"])
_NO: Final = frozenset(["nein", "nee", "non", "falsch", "onwaar", "faux"])


@dataclass(frozen=True, slots=True)
class CellValue:
    """What a cell says: a value, or the text as it is with the reason why it is no value of its field."""

    value: Json
    reason: str = ""
    currency: str = ""
    """What a sign beside an amount said."""
    unit: str = ""
    """What stood behind a measure."""


def cell_text(cell: str) -> str:
    """A cell's text: without the spaces around it, unless an apostrophe guards what stands there."""
    plain = unescape_formula(cell)
    return plain if plain != cell else cell.strip()


def read_cell(field: Field, text: str, layout: TableLayout, now: datetime, country: str = "") -> CellValue:
    """The value of a cell that is not empty; `country` is the code of its address, for states."""
    match field.kind:
        case Kind.TEXT | Kind.WORD | Kind.LINES | Kind.DATE_TEXT:
            return CellValue(text)
        case Kind.NUMBER | Kind.MONEY_TEXT | Kind.INTEGER:
            return _amount(field, text, layout)
        case Kind.COUNTRY:
            code = country_named(text) or country_named(text.upper() if len(text) <= 3 else text)
            return CellValue(code) if code else _by_entry(field, text, now)
        case Kind.STATE:
            return CellValue(state_named(country, text) or text) if country and len(text) > 3 else CellValue(text)
        case Kind.DATETIME:
            return _moment(field, text, layout, now)
        case Kind.TAGS:
            return CellValue([part.strip() for part in re.split(r"[,;|\n]", text) if part.strip()])
        case Kind.CHOICE:
            return _chosen(field, text)
        case Kind.BOOL:
            word = text.casefold()
            return _by_entry(field, "yes" if word in _YES else "no" if word in _NO else text, now)
        case _:
            return _by_entry(field, text, now)


def parse_number(text: str, decimal: str) -> str | None:
    """A number as JSON writes it, from one written with this decimal sign and signs for thousands; None if it is none."""
    text = re.sub(r"^([-+])\s+", r"\1", text.strip())
    if _SPACED.fullmatch(text):
        text = re.sub(r"[\s'’]", "", text)
    elif re.search(r"\s", text):
        return None  # `2 3` of two columns is not 23
    other = "." if decimal == "," else ","
    if decimal in text and other in text:
        # Both stand there: the last is the decimal sign, whatever the rest of the table does.
        last = max(text.rfind("."), text.rfind(","))
        decimal, other = text[last], "." if text[last] == "," else ","
    if other in text:
        if re.fullmatch(rf"[-+]?\d{{1,3}}(?:{re.escape(other)}\d{{3}})+(?:{re.escape(decimal)}\d*)?", text, re.ASCII):
            text = text.replace(other, "")
        elif decimal in text or text.count(other) > 1:
            return None
        else:
            decimal = other
    entry = _plain_number(text.replace(decimal, "."))
    return str(entry.value) if isinstance(entry, ValidValue) else None


def _plain_number(text: str) -> ParsedEntry:
    return parse_entry(Kind.MONEY_TEXT, text, now=_EPOCH)


_EPOCH: Final = datetime(2000, 1, 1)


def _amount(field: Field, text: str, layout: TableLayout) -> CellValue:
    currency = unit = ""
    written = parse_number(text, layout.decimal)
    if written is None and field.kind is not Kind.INTEGER and (match := _CURRENCY.fullmatch(text)):
        sign = match["before"] or match["after"] or ""
        currency, written = CURRENCY_SIGNS.get(sign, sign), parse_number(match["number"], layout.decimal)
    if written is None and field.kind is Kind.NUMBER and (match := _UNIT.fullmatch(text)):
        written = parse_number(match["number"], layout.decimal)
        unit = _UNITS.get(match["unit"].lower(), match["unit"].lower())
    if written is None:
        return CellValue(text, "a whole number is needed" if field.kind is Kind.INTEGER else "a number is needed")
    if field.kind is Kind.MONEY_TEXT:
        return CellValue(written, currency=currency)
    number = Decimal(written)
    if field.kind is Kind.INTEGER:
        if number != number.to_integral_value():
            return CellValue(text, "a whole number is needed")
        return CellValue(int(number))
    return CellValue(number if "." in written else int(written), currency=currency, unit=unit)


def _moment(field: Field, text: str, layout: TableLayout, now: datetime) -> CellValue:
    written = text
    if match := _INSTANT.fullmatch(text):
        zone = "Z" if match[4] else f"{match[5]}:{match[6]}"
        text = f"{match[1]}T{match[2]}{match[3] or ':00'}{zone}"
    elif match := _DAY.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        # With dots nobody begins with the month; with dashes only where the table shows it.
        order = layout.dates or ("" if match[2] == "/" else "dmy") if match[2] != "." else "dmy"
        if not order and (first > 12 or second > 12 or first == second):
            order = "dmy" if first > 12 else "mdy"
        if not order:
            return CellValue(text, "day or month first? Set the layout's dates")
        day, month = (first, second) if order == "dmy" else (second, first)
        year = match[4] if len(match[4]) == 4 else f"20{match[4]}"
        text = f"{year}-{month:02}-{day:02}" + (f" {_hour(match[5], match[7])}{match[6]}" if match[5] else "")
    elif named := _named_day(text):
        text = named
    if not re.match(r"\d{4}[-/.]", text):
        # `now`, `-2d` or `14:30` mean nothing in a file.
        return CellValue(written, "a day is needed, as 2025-11-23 14:30")
    read = _by_entry(field, text, now)
    return CellValue(written, read.reason) if read.reason else read


def _hour(hour: str, half: str | None) -> str:
    """An hour of a clock of twelve hours as one of 24; without a half of the day it is one already."""
    if half is None or not 1 <= int(hour) <= 12:
        return hour if half is None else "99"  # there is no 13 PM
    return str(int(hour) % 12 + (12 if half in "Pp" else 0))


def _named_day(text: str) -> str:
    for pattern in ("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d-%b-%y"):
        try:
            return datetime.strptime(text, pattern).date().isoformat()
        except ValueError:
            continue
    return ""


def _chosen(field: Field, text: str) -> CellValue:
    word = text.casefold()
    if field.path[-1] == "currency":
        return CellValue(CURRENCY_SIGNS.get(text, text.upper() if re.fullmatch("[A-Za-z]{3}", text) else text))
    word = _UNITS.get(word, word) if field.path[-1] == "unit" else word
    shape = re.sub(r"[\s_-]+", "_", word)
    found = next((choice for choice in field.choices if choice.casefold() in (word, shape)), None)
    return CellValue(found) if found is not None else CellValue(text, f"one of {', '.join(field.choices)} is needed")


def _by_entry(field: Field, text: str, now: datetime) -> CellValue:
    match parse_entry(field.kind, text, now=now):
        case ValidValue(value):
            return CellValue(value)
        case InvalidText(reason):
            return CellValue(text, reason)
