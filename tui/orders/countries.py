"""Countries and their subdivisions, by code and name, as choices of the form and for parsing."""

import json
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from tui.orders.value_parser import Choices

_SHORT_NAMES = {"GB": "United Kingdom", "US": "United States", "TW": "Taiwan", "KR": "South Korea", "RU": "Russia"}


@cache
def countries() -> Choices:
    """All countries of ISO 3166-1 and Kosovo, whose code the list lacks, sorted by name."""
    named = {
        country["alpha_2"]: _SHORT_NAMES.get(country["alpha_2"]) or country.get("common_name", country["name"])
        for country in iso_entries("3166-1")
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
    parts = ((part["code"], part["name"]) for part in subdivisions(country_code))
    return tuple(sorted(parts, key=lambda pair: pair[1]))


def subdivisions(country_code: str) -> list[dict[str, str]]:
    """The subdivisions of a country in ISO 3166-2. All of them would take 2 MB, so only its part of the file is parsed."""
    whole, start = _iso_list("3166-2"), f"{country_code.upper()}-"
    quoted = f'"{start}'.encode()
    first, last = whole.find(quoted), whole.rfind(quoted)
    if first < 0:
        return []
    part = whole[whole.rindex(b"{", 0, first) : whole.index(b"}", last) + 1]
    return [entry for entry in json.loads(b"[%b]" % part) if entry["code"].startswith(start)]


def iso_entries(standard: str) -> list[dict[str, str]]:
    """The entries of an ISO standard, such as 3166-1, from pycountry's files. Its own objects take more memory."""
    entries: list[dict[str, str]] = json.loads(_iso_list(standard))[standard]
    return entries


def _iso_list(standard: str) -> bytes:
    return (pycountry_folder() / "databases" / f"iso{standard}.json").read_bytes()


def pycountry_folder() -> Path:
    """The folder of the package, which is not imported: that takes 10 ms."""
    package = find_spec("pycountry")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("pycountry is not installed")
    return Path(package.origin).parent
