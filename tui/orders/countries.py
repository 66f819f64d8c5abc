"""Countries and their subdivisions, by code and name, as choices of the form and for parsing."""

from functools import cache
from typing import Any

from tui.orders.value_parser import Choices

_SHORT_NAMES = {"GB": "United Kingdom", "US": "United States", "TW": "Taiwan", "KR": "South Korea", "RU": "Russia"}


@cache
def countries() -> Choices:
    """All countries of ISO 3166-1 and Kosovo, whose code the list lacks, sorted by name."""
    import pycountry  # 40 ms, and only forms need it

    named = {
        country.alpha_2: _SHORT_NAMES.get(country.alpha_2) or getattr(country, "common_name", country.name)
        for country in pycountry.countries
    }
    named.setdefault("XK", "Kosovo")
    return tuple(sorted(named.items(), key=lambda pair: pair[1]))


@cache
def country_name(code: str) -> str:
    """The name of a country, or "" if no country has this code."""
    return dict(countries()).get(code.upper(), "")


@cache
def states(country_code: str) -> Choices:
    """The subdivisions of a country by ISO 3166-2 (`IT-RM`), sorted by name; empty if the list has none (Q8.18)."""
    import pycountry

    subdivisions: Any = pycountry.subdivisions
    parts = subdivisions.get(country_code=country_code.upper()) or ()
    return tuple(sorted(((part.code, part.name) for part in parts), key=lambda pair: pair[1]))
