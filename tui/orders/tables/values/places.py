"""Reads countries and states as shops write them: `United Kingdom (UK)`, `Belgique - België`, `CA - California`."""

import re
from functools import lru_cache
from typing import Final

from tui.orders.addresses.formats import country_named, normalize, state_named
from tui.orders.countries import country_name, states
from tui.orders.patterns import late_pattern

_COUNTRY_ALIASES: Final = {
    "AE": "uae|emirates|emirate",
    "BA": "bosnia herzegovina|bosnien herzegowina|bosnie herzegovine|bosnia",
    "BQ": "bonaire saint eustatius and saba|bonaire|caribbean netherlands|caribisch nederland",
    "CD": "congo kinshasa|dr congo|drc",
    "CG": "congo brazzaville",
    "CH": "confoederatio helvetica",
    "CI": "ivory coast|elfenbeinkuste",
    "CN": "中国|pr china|p r china|mainland china",
    "CV": "cape verde",
    "CZ": "czech rep",
    "DE": "brd|federal republic of germany|deutschland festland",
    "ES": "canary islands|islas canarias|kanarische inseln|kanaren|iles canaries|baleares|islas baleares"
    "|espana peninsula|spain peninsula",
    "FK": "falkland islands|islas malvinas",
    "FR": "france metropolitaine|france metropolitan|corse|frankreich festland",
    "GB": "grossbritannien|nordirland|schottland|schotland|ecosse|escocia|scozia|groot brittannie|grande bretagne"
    "|gran bretana|gran bretagna|gra bretanha|storbritannien|storbritannia|angleterre|inglaterra|inghilterra|anglia|gb ni",
    "GR": "el|hellenic republic",
    "HK": "hong kong sar china|hong kong sar|hongkong",
    "IE": "roi|eire ireland|ireland republic of|ireland republic",
    "JP": "日本",
    "KR": "korea south|s korea|korea republic|republic of korea",
    "MK": "macedonia|fyrom",
    "MO": "macao sar china|macau sar|macao sar",
    "NL": "holanda|nl nederland|olanda|holland niederlande",
    "PS": "palestinian territory|palestinian territories",
    "RU": "россия|rossiya",
    "SH": "saint helena|st helena",
    "SX": "saint martin dutch part|sint maarten",
    "TL": "east timor",
    "TR": "turkey|turkiye|turkei",
    "TT": "trinidad tobago",
    "UA": "украина|україна|ukraina",
    "UM": "united states us minor outlying islands",
    "US": "u s|u s a|vereinigte staaten usa|vs amerika|verenigde staten van amerika|ee uu|eeuu",
}
"""Names of countries in exports that the lists of country names lack, in the form of `normalize`."""

_BY_ALIAS: Final = {normalize(name): code for code, names in _COUNTRY_ALIASES.items() for name in names.split("|")}
_PLATES: Final = {"D": "DE", "F": "FR", "I": "IT", "E": "ES", "A": "AT", "B": "BE", "L": "LU", "S": "SE"}
"""Letters of number plates, which German files have in the column of the country."""
_ARTICLES: Final = frozenset(
    [
        "the",
        "die",
        "der",
        "das",
        "la",
        "le",
        "les",
        "el",
        "los",
        "las",
        "lo",
        "il",
        "gli",
        "de",
        "het",
        "den",
        "o",
        "os",
        "a",
    ]
)
_TRANSCRIBED: Final = late_pattern(r"(?<=[aou])e")
"""The e of an umlaut that is written with two letters: Oesterreich."""
_SUBDIVISION: Final = late_pattern(r"[A-Za-z]{2}-[A-Z0-9]{1,3}")
_PARTS: Final = late_pattern(r"\s*[()\[\]/|;:,–—]\s*|\s+-\s*|\s*-\s+|(?<=^[A-Z]{2})-")


@lru_cache(maxsize=4096)
def country_in_cell(text: str) -> str:
    """The code of the country that a cell names, by code or name in any of the supported languages; else "".

    A cell may have several names of the same country. A part that names another country, or none, makes it unknown.
    """
    if _SUBDIVISION.fullmatch(text.strip()):
        return _country_of_subdivision(text.strip())
    if found := _country(text):
        return found
    parts = [part for part in _PARTS.split(text) if part and normalize(part) not in _ARTICLES]
    if len(parts) == 1 and (head := re.fullmatch(r"([A-Z]{2,3}) (.+)|(.+) ([A-Z]{2,3})", parts[0])):
        parts = [part for part in head.groups() if part]
    codes = {_country(part) for part in parts}
    return codes.pop() if len(codes) == 1 and len(parts) <= 4 else ""


def _country_of_subdivision(code: str) -> str:
    """The country of an ISO 3166-2 code such as `DE-BY`, or of a code that is given twice; "" for anything else."""
    first, _, second = code.partition("-")
    if _country(first) == _country(second):
        return _country(first)
    return first if code.upper() in dict(states(first)) else ""


@lru_cache(maxsize=4096)
def state_in_cell(country: str, text: str) -> str:
    """The ISO 3166-2 code of the state that a cell names; the text if it names none, or is a code already."""
    if not country or len(text) <= 3:
        return text
    if found := state_named(country, text):
        return found
    parts = [part for part in _PARTS.split(text) if part and country_in_cell(part) != country]
    codes = {state_named(country, part.upper() if len(part) <= 3 else part) for part in parts}
    return codes.pop() or text if len(codes) == 1 and parts else text


def _country(text: str) -> str:
    code = text.strip().upper()
    if code in _PLATES:
        return _PLATES[code]
    if found := country_named(text) or country_named(code if len(code) <= 3 else text):
        return found if country_name(found) else ""
    name = normalize(text)
    words = name.split()
    for form in (name, " ".join(words[1:]) if words and words[0] in _ARTICLES else "", _TRANSCRIBED.sub("", name)):
        if form and (found := _BY_ALIAS.get(form) or country_named(form)):
            return found
    # The apostrophe of an article is lost in a normalized name.
    return country_named(text.strip()[2:]) if re.match(r"[Ll]['’]", text.strip()) else ""
