"""Countries and their subdivisions, by code and name, as choices of the form and for parsing."""

import json
from functools import cache, lru_cache
from pathlib import Path

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


@lru_cache(maxsize=1024)
def country_name(code: str) -> str:
    """The name of a country, or "" if no country has this code."""
    return _names().get(code.upper(), "")


@cache
def _names() -> dict[str, str]:
    return dict(countries())


@cache
def states(country_code: str) -> Choices:
    """The subdivisions of a country by ISO 3166-2 (`IT-RM`), sorted by name; empty if the list has none (Q8.18)."""
    start = f"{country_code.upper()}-"
    parts = ((code, name) for code, name in subdivisions().items() if code.startswith(start))
    return tuple(sorted(parts, key=lambda pair: pair[1]))


@cache
def subdivisions() -> dict[str, str]:
    """The names of all subdivisions of ISO 3166-2 by code. pycountry's own objects take 5 MB."""
    import pycountry

    listed = json.loads((Path(pycountry.DATABASE_DIR) / "iso3166-2.json").read_bytes())
    return {part["code"]: part["name"] for part in listed["3166-2"]}
