"""Postcodes of territories that have a country code of their own, but are often sent with their mother country's.

As of 2026-11-01. Sources: ISO 3166-1; the postal data of libaddressinput for each territory (its postcodes are a part of
the mother country's range); La Poste (971 to 988, 980), Royal Mail (GY, IM, JE), USPS (006 to 009, 969, 967 99), PostNord
(Greenland 39xx, Faroe Islands three digits), Poste Italiane (4789x San Marino, 00120 Vatican City), Swiss Post
(9485 to 9498 Liechtenstein).
"""

from functools import lru_cache
from typing import Final

_TERRITORIES: Final = {
    "FR": {
        "97133": "BL",
        "97150": "MF",
        "971": "GP",
        "972": "MQ",
        "973": "GF",
        "974": "RE",
        "975": "PM",
        "976": "YT",
        "977": "BL",
        "978": "MF",
        "980": "MC",
        "984": "TF",
        "986": "WF",
        "987": "PF",
        "988": "NC",
    },
    "GB": {"GY": "GG", "IM": "IM", "JE": "JE"},
    "US": {"006": "PR", "007": "PR", "009": "PR", "008": "VI", "96910": "GU", "96950": "MP", "96799": "AS"},
    "DK": {"39": "GL"},
    "IT": {"4789": "SM", "00120": "VA"},
    "CH": {str(code): "LI" for code in range(9485, 9499)},
}
"""Country codes by the beginning of a postcode, by mother country; longer beginnings come first.

Finland and Spain are left out: their islands are sent with the country's own code (FI 22xxx is accepted for
Åland, ES 35xxx is the only code of the Canaries).
"""


@lru_cache(maxsize=1024)
def country_of_postcode(country: str, postcode: str) -> str:
    """The code of the territory that this postcode of a country belongs to; "" if it is the country itself."""
    code = postcode.replace(" ", "").upper()
    return next((there for beginning, there in _TERRITORIES.get(country, {}).items() if code.startswith(beginning)), "")
