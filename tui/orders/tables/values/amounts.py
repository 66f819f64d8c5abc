"""Parses numbers as shops write them: with currencies, thousands separators, and units of weight and length."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from tui.api.models import Kind
from tui.orders.countries import iso_entries
from tui.orders.patterns import late_pattern
from tui.orders.value_parser import ValidValue, parse_entry

_SIGNS: Final = {
    "EUR": "€ euro euros",
    "GBP": "£ gb£ gbp£",
    "USD": "us$ u$s usd$ $us",
    "AUD": "a$ au$ aud$",
    "CAD": "c$ ca$ cad$ cdn$",
    "NZD": "nz$ nzd$",
    "HKD": "hk$",
    "SGD": "s$ sg$",
    "MXN": "mx$ mex$",
    "TWD": "nt$",
    "BRL": "r$",
    "CHF": "fr fr. sfr sfr. chf.",
    "PLN": "zł zl pln.",
    "CZK": "kč kc",
    "HUF": "ft",
    "RON": "lei",
    "BGN": "лв лв.",
    "TRY": "₺ tl",
    "RUB": "₽ руб руб.",
    "UAH": "₴",
    "INR": "₹ rs rs.",
    "ILS": "₪",
    "KRW": "₩",
    "CNY": "cn¥ rmb 元",
    "JPY": "jp¥ 円",
    "DKK": "dkr dkr.",
    "SEK": "skr skr.",
    "NOK": "nkr nkr.",
    "ISK": "ikr íkr",
    "$": "$",
    "¥": "¥ ￥",
    "kr": "kr kr.",
}
"""The codes of currencies, or a sign of several currencies, and how they are written beside an amount."""

COMMON_CURRENCIES: Final = frozenset(code for code in _SIGNS if len(code) == 3)
"""The codes that mean a currency in a column with any heading, unlike `AFN`."""

_SIGN_COUNTRIES: Final = {
    "$": "US:USD CA:CAD AU:AUD NZ:NZD HK:HKD SG:SGD MX:MXN TW:TWD",
    "¥": "JP:JPY CN:CNY",
    "kr": "SE:SEK DK:DKK NO:NOK IS:ISK",
}
"""Signs of several currencies: the currencies by country."""
_DEFAULT_CURRENCY: Final = {"$": "USD", "¥": "JPY", "kr": ""}

_CODE_BY_SIGN: Final = {sign: code for code, signs in _SIGNS.items() for sign in signs.split()}
_WRITTEN_SIGNS: Final = sorted((sign for sign in _CODE_BY_SIGN if re.search("[^a-z.]", sign)), key=len, reverse=True)
"""The signs that are no words, longest first."""
_SIGN: Final = "|".join(sorted(map(re.escape, _CODE_BY_SIGN), key=len, reverse=True))
_CURRENCY: Final = late_pattern(
    rf"(?P<open>\()?\s*(?P<minus>-)?\s*(?P<before>{_SIGN}|[a-z]{{3}})?\s*(?P<minus_2>[-+])?\s*"
    rf"(?P<number>[\d.,](?:[\d.,'’`´\s]*[\d.,])?)(?P<whole>-{{1,2}})?\s*(?P<minus_3>-)?\s*(?P<after>{_SIGN}|[a-z]{{3}})?"
    r"\s*(?P<minus_4>-)?\s*(?P<close>\))?",
    re.IGNORECASE,
)
_SIGN_APART: Final = re.compile(r"^([-+])\s+")
_SPACED: Final = late_pattern(r"[-+]?[0-9]{1,3}(?:[\s'’`´][0-9]{3})+(?:[.,][0-9]*)?")
_EPOCH: Final = datetime(2000, 1, 1)

_WEIGHTS: Final = {
    "g": "g gr grs gm gms gram grams gramm gramme grammes grammo grammi gramo gramos grama gramas gramy gramow gramów",
    "kg": "kg kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes kilogrammo kilogrammi kilogramo kilogramos "
    "quilo quilos quilograma quilogramas kilogramy kilogramów chilo chili chilogrammo chilogrammi",
    "lbs": "lb lbs pound pounds # libra libras libbra libbre",
    "oz": "oz ozs ounce ounces unze unzen once onces oncia once onza onzas uncja uncje",
}
_LENGTHS: Final = {
    "cm": "cm cms centimeter centimeters centimetre centimetres zentimeter centimetro centimetri centímetro centímetros "
    "centimètre centimètres centymetr centymetry",
    "mm": "mm millimeter millimeters millimetre millimetres millimètre millimètres milimetro milimetros milímetros",
    "m": "m meter meters metre metres mètre mètres metro metri metros metr",
    "in": "in inch inches \" ” ″ '' ’’ zoll pouce pouces pulgada pulgadas pollice pollici polegada polegadas cal cali tum tommer",
    "ft": "ft foot feet ' ’ ′ fuss fuß",
    "yd": "yd yds yard yards",
}
UNITS: Final = {
    "weight": {name: unit for unit, names in _WEIGHTS.items() for name in names.split()},
    "dimension": {name: unit for unit, names in _LENGTHS.items() for name in names.split()},
}
"""The units of each measure by their names."""
_MEASURE: Final = late_pattern(r"(?P<number>[\d.,](?:[\d.,\s'’]*[\d.,])?)\s*(?P<unit>[^\W\d_]+\.?|[\"”″#′]|''|’’|['’])")
_COMPOUND: Final = late_pattern(
    r"(\d{1,5}) ?(lbs?|pounds?)\.?,? ?(\d{1,5}(?:[.,]\d{1,4})?) ?(oz|ozs|ounces?)\.?|(\d{1,5}) ?(kgs?)\.?,? ?(\d{1,5}) ?(gr?)\.?",
    re.IGNORECASE,
)
"""A weight in two units: `2 lb 3 oz`."""
AMBIGUOUS_UNIT: Final = late_pattern(r"[\d.,\s]*(pfd|pfund|livres?|pond|ponden|pund)\.?", re.IGNORECASE)
"""Units that mean 500 g to some and 453.6 g to others."""
_COUNTED: Final = late_pattern(
    r"(?:x\s?)?(?P<number>\d[\d.,]*)\s*(?:x|×|pcs?|pieces?|units?|st|stk|stück|stuks?|pièces?|pz|pezzi|uds?|unidades|szt|un)?\.?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as JSON text, and the currency or the unit that is written beside it.

    `currency`: a code, or `$`, `¥` or `kr`, which several currencies share.
    """

    number: str
    currency: str = ""
    unit: str = ""


def currency_named(text: str) -> str:
    """The code of a currency that is written alone in a cell, such as `€`, `eur` or `CHF`; else ""."""
    sign = _CODE_BY_SIGN.get(text.strip().casefold(), "")
    if sign in _SIGN_COUNTRIES:
        return _DEFAULT_CURRENCY[sign]
    return sign or (text.strip().upper() if text.strip().upper() in _currency_codes() else "")


@lru_cache(maxsize=1024)
def currency_sign_in(text: str) -> tuple[str, bool]:
    """The code of the currency whose sign is in a text, such as `Price (US$)`, or ""; and whether it is certain."""
    lowered = text.casefold()
    sign = next((sign for sign in _WRITTEN_SIGNS if sign in lowered), "")
    code = _CODE_BY_SIGN.get(sign, "")
    return (_DEFAULT_CURRENCY[code], False) if code in _SIGN_COUNTRIES else (code, bool(code))


def currency_of(sign: str, country: str) -> tuple[str, bool]:
    """The code of the currency beside an amount, or "" if it is not known; and whether it is certain.

    `country`: of the order's address.
    """
    if sign not in _SIGN_COUNTRIES:
        return sign, True
    by_country = dict(pair.split(":") for pair in _SIGN_COUNTRIES[sign].split())
    default = _DEFAULT_CURRENCY[sign]
    if not default:
        return by_country.get(country, ""), False
    return default, by_country.get(country, default) == default


def may_mean(sign: str, currency: str) -> bool:
    """Whether the sign beside an amount may stand for this currency."""
    if sign not in _SIGN_COUNTRIES:
        return sign == currency
    return currency in re.findall(r":(\w+)", _SIGN_COUNTRIES[sign]) or (sign == "$" and currency.endswith("D"))


def parse_number(text: str, decimal: str) -> str | None:
    """Convert a number with this decimal sign and thousands separators to JSON; None if it is not a number."""
    text = _SIGN_APART.sub(r"\1", text.strip().replace("−", "-"))
    if _SPACED.fullmatch(text):
        text = re.sub(r"[\s'’`´]", "", text)
    elif len(text.split()) > 1:
        return None  # `2 3`, joined from two columns, is not 23
    thousands = "." if decimal == "," else ","
    if decimal in text and thousands in text:
        # If both signs occur, the last one is the decimal sign, whatever the rest of the table uses.
        last = max(text.rfind("."), text.rfind(","))
        decimal, thousands = text[last], "." if text[last] == "," else ","
    elif text.count(decimal) > 1:
        decimal, thousands = thousands, decimal
    if thousands in text:
        if re.fullmatch(
            rf"[-+]?[1-9]\d{{0,2}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d*)?", text, re.ASCII
        ):
            text = text.replace(thousands, "")
        elif decimal in text or text.count(thousands) > 1:
            return None
        else:
            decimal = thousands
    entry = parse_entry(Kind.MONEY_TEXT, text.replace(decimal, "."), now=_EPOCH)
    return str(entry.value) if isinstance(entry, ValidValue) else None


def parse_money(text: str, decimal: str) -> Amount | None:
    """Parse an amount with a currency before or after it. Parentheses and a minus at either end make it negative."""
    text = text.strip().replace("−", "-").replace("–", "-").replace("—", "-")
    match = _CURRENCY.fullmatch(text)
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    number = match["number"]
    minus = [match["minus"], match["minus_2"], match["minus_3"], match["minus_4"]]
    if match["whole"]:
        if number[-1] in ".,":
            number = number[:-1]  # `12,-` and `12.--`
        elif match["whole"] == "-":
            minus.append("-")  # `12-`
        else:
            return None
    signs = [sign for sign in minus if sign] + (["-"] if match["open"] else [])
    if len(signs) > 1:
        return None
    written = [sign for sign in (match["before"], match["after"]) if sign]
    codes = [_currency_code(sign) for sign in written]
    found = parse_number(number, decimal)
    if found is None or not all(codes) or (len(codes) == 2 and not may_mean(*codes)):
        return None  # `$5 USD` is an amount, `€5 USD` is none
    currency = codes[-1] if codes else ""
    return Amount(f"-{found}" if signs == ["-"] and found.strip("0.") else found, currency)


def parse_measure(text: str, decimal: str, measure: str) -> Amount | None:
    """Parse a number with a unit after it. `measure`: `weight` or `dimension`."""
    if measure == "weight" and (parts := _COMPOUND.fullmatch(text.strip())) is not None:
        return _compound_weight(*[part for part in parts.groups() if part])
    match = _MEASURE.fullmatch(text.strip())
    if match is None:
        return None
    unit = unit_named(match["unit"], measure)
    number = parse_number(match["number"], decimal)
    return Amount(number, unit=unit) if unit and number is not None else None


def _compound_weight(whole: str, _: str, rest: str, small: str) -> Amount:
    times, unit = (16, "oz") if unit_named(small, "weight") == "oz" else (1000, "g")
    return Amount(f"{(int(whole) * times + Decimal(rest.replace(',', '.'))).normalize():f}", unit=unit)


def parse_count(text: str, decimal: str) -> str | None:
    """Parse a number of pieces: `2 x`, `x2`, `3 pcs`, `4 Stück`."""
    match = _COUNTED.fullmatch(text.strip())
    return parse_number(match["number"], decimal) if match is not None else None


def unit_named(text: str, measure: str) -> str:
    """The unit with this name: `kg` for `Kgs.` and `Kilogramm`; else ""."""
    return UNITS.get(measure, {}).get(text.strip().rstrip(".").casefold(), "")


@lru_cache(maxsize=1024)
def _currency_code(text: str) -> str:
    word = text.casefold()
    return _CODE_BY_SIGN.get(word) or (text.upper() if text.upper() in _currency_codes() else "")


@cache
def _currency_codes() -> frozenset[str]:
    return frozenset(currency["alpha_3"] for currency in iso_entries("4217"))
