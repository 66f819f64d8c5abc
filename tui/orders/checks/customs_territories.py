"""Customs and VAT territories: whether goods between two addresses need a customs declaration.

As of 2026-11-01. Sources:
- Regulation (EU) 952/2013 (Union Customs Code), article 4: the customs territory of the Union; since 1 January 2020 with
  Campione d'Italia (Regulation (EU) 2019/474).
- Directive 2006/112/EC, articles 5 to 7: the VAT territory, and the territories outside of it; Monaco counts as France,
  the Isle of Man as the United Kingdom.
- European Commission, *Territorial status of EU countries and certain territories*, taxation-customs.ec.europa.eu.
- Agreements on the customs unions with San Marino (2002) and Andorra (1990); VAT is separate, so documents are needed.
- Protocol on Ireland/Northern Ireland and Windsor Framework (2023): for goods Northern Ireland follows the customs and
  VAT rules of the EU, and is in the customs territory of the United Kingdom.
- Customs treaty with Switzerland (1923: Liechtenstein; 1964: Büsingen).
- Taxation (Cross-border Trade) Act 2018, customs unions of the United Kingdom with Guernsey and Jersey; both have no
  British VAT.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

EU: Final = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MC",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
"""The member states, with Monaco, which belongs to France for customs and VAT."""


@dataclass(frozen=True, slots=True)
class Territory:
    """The customs areas and the VAT areas that a place belongs to, by name."""

    customs: frozenset[str]
    vat: frozenset[str]


def _territory(customs: str, vat: str) -> Territory:
    return Territory(frozenset(customs.split()), frozenset(vat.split()))


_COUNTRIES: Final = {
    **{country: _territory("EU", "EU") for country in EU},
    # Customs territory of the Union, but not its VAT territory.
    **{country: _territory("EU", country) for country in ("AX", "GP", "MQ", "GF", "RE", "YT", "MF")},
    # Customs unions with the Union; documents are needed.
    **{country: _territory("EU", country) for country in ("SM", "AD")},
    "GB": _territory("GB", "GB"),
    "IM": _territory("GB", "GB"),
    "JE": _territory("GB", "JE"),
    "GG": _territory("GB", "GG"),
    "CH": _territory("CH", "CH"),
    "LI": _territory("CH", "CH"),
    "PR": _territory("US", "US"),
}
"""Countries that share an area with others. Any other country is an area of its own."""

_POSTCODES: Final[dict[str, dict[tuple[str, ...], Territory]]] = {
    "ES": {
        ("35", "38"): _territory("EU", "Canaries"),
        ("51",): _territory("Ceuta", "Ceuta"),
        ("52",): _territory("Melilla", "Melilla"),
    },
    "FI": {("22",): _territory("EU", "AX")},
    "GR": {("63086", "63087"): _territory("EU", "Athos")},
    "IT": {
        ("22061",): _territory("EU", "Campione"),
        ("23041",): _territory("Livigno", "Livigno"),
        ("4789",): _territory("EU", "SM"),
        ("00120",): _territory("VA", "VA"),
    },
    "DE": {("78266",): _territory("CH", "CH"), ("27498",): _territory("Heligoland", "Heligoland")},
    "FR": {
        ("97133", "97700"): _territory("BL", "BL"),
        ("97150",): _territory("EU", "MF"),
        ("971",): _territory("EU", "GP"),
        ("972",): _territory("EU", "MQ"),
        ("973",): _territory("EU", "GF"),
        ("974",): _territory("EU", "RE"),
        ("975",): _territory("PM", "PM"),
        ("976",): _territory("EU", "YT"),
        ("977",): _territory("BL", "BL"),
        ("978",): _territory("EU", "MF"),
        ("984",): _territory("TF", "TF"),
        ("986",): _territory("WF", "WF"),
        ("987",): _territory("PF", "PF"),
        ("988",): _territory("NC", "NC"),
    },
    "GB": {
        ("BT",): _territory("EU GB", "EU GB"),
        ("IM",): _territory("GB", "GB"),
        ("JE",): _territory("GB", "JE"),
        ("GY",): _territory("GB", "GG"),
    },
    "US": {("008",): _territory("VI", "VI"), ("969",): _territory("GU", "GU"), ("96799",): _territory("AS", "AS")},
}
"""Parts of countries with a status of their own, by the beginning of the postcode; the first match counts."""


@lru_cache(maxsize=1024)
def territory_of(country: str, postcode: str) -> Territory:
    """The territory of a place. `country`: ISO 3166 alpha-2, in capitals; `postcode`: as written."""
    code = postcode.replace(" ", "").replace("-", "").upper()
    for beginnings, territory in _POSTCODES.get(country, {}).items():
        if code.startswith(beginnings):
            return territory
    return _COUNTRIES.get(country) or _territory(country, country)


def needs_customs(country: str, postcode: str, sender_country: str = "NL", sender_postcode: str = "") -> bool:
    """Whether goods to this address need a customs declaration: customs or VAT territory differ from the sender's.

    The default sender stands for any place in the EU without a special status.
    """
    there, here = territory_of(country, postcode), territory_of(sender_country, sender_postcode)
    return not (there.customs & here.customs and there.vat & here.vat)
