"""What is known about carriers: lengths of address fields, and who needs a phone number or a service point.

As of 2026-11-01. Sources: SQ7.3 and SQ7.4 (limits seen when labels were made); for Amazon and An Post Sendcloud's page
*Address field limits* (sendcloud.dev/docs/addresses/address-field-limits); for the others the carriers' documents:
La Poste, Colissimo web service (AN35 for each line); DPD, Shipment Service (name, street and city 35, zip 9); DHL, Parcel
DE Shipping API v2 (name1 50, addressStreet 50, addressHouse 10, city 40, postalCode 10); UPS, Shipping API (Name 35,
AddressLine 35, City 30, PostalCode 9). A carrier that is not listed has the strictest limits seen, as a warning.
"""

import re
from functools import lru_cache
from typing import Final

STREET: Final = "street"
"""Street and house number together, as carriers measure them (SQ7.3)."""

STRICTEST: Final = {
    "name": 35,
    "company_name": 35,
    STREET: 32,
    "address_line_2": 35,
    "house_number": 20,
    "city": 26,
}
"""The strictest limits seen (Q8.16), for orders whose carrier is not known."""

LIMITS: Final = {
    "amazon": {"name": 50, "company_name": 50, STREET: 60, "address_line_2": 60, "city": 30, "postal_code": 12},
    "anpost": {"name": 50, STREET: 75, "city": 30},
    "colissimo": {"name": 35, "company_name": 35, STREET: 35, "address_line_2": 35, "city": 35},
    "dpd": {"name": 35, STREET: 35, "city": 35, "postal_code": 9},
    "dhl_de": {"name": 50, "company_name": 50, STREET: 60, "house_number": 10, "city": 40, "postal_code": 10},
    "ups": {"name": 35, "company_name": 35, STREET: 35, "address_line_2": 35, "city": 30, "postal_code": 9},
}
"""The maximum number of characters of each field, by carrier."""

_NAMED: Final = {
    "amazon": r"amazon",
    "anpost": r"an ?post\b",
    "colissimo": r"colissimo",
    "dpd": r"\bdpd\b",
    "dhl_de": r"dhl (?:paket|packstation)",
    "ups": r"\bups\b",
    "inpost": r"inpost|paczkomat",
}
"""How a delivery indicator names a carrier."""

_POINT: Final = (
    r"service.?point|pick.?up.?point|point.?relais|\brelais\b|relay|parcel.?shop|paket.?shop|packstation|postfiliale"
    r"|locker|paczkomat|access.?point|pakjesautomaat|afhaalpunt|punto.?pack|punto de recogida|point de retrait|shop2shop"
)
_PHONE_CARRIERS: Final = frozenset({"inpost", "fedex", "fedex_express", "dhl_express"})
"""Carriers that refuse a parcel without the recipient's phone number: lockers send a code, express carriers call."""

PHONE_COUNTRIES: Final = frozenset(
    [
        "AE",
        "BH",
        "BR",
        "CN",
        "EG",
        "ID",
        "IL",
        "IN",
        "JO",
        "KR",
        "KW",
        "LB",
        "MX",
        "OM",
        "QA",
        "RU",
        "SA",
        "TH",
        "TR",
        "UA",
    ]
)
"""Countries where customs or every carrier asks for the recipient's phone number (country pages of DHL Express and UPS)."""


@lru_cache(maxsize=1024)
def carrier_of(option: str, wish: str) -> str:
    """The carrier as its option codes name it, from the shipping option or else the delivery indicator; "" if unknown."""
    if option:
        return option.partition(":")[0].lower()
    return next((carrier for carrier, words in _NAMED.items() if re.search(words, wish, re.IGNORECASE)), "")


@lru_cache(maxsize=4096)
def names_service_point(text: str) -> bool:
    """Whether a shipping option, a delivery indicator or an address line is a service point: `Packstation 145`."""
    return re.search(_POINT, text, re.IGNORECASE) is not None


def needs_phone(carrier: str) -> bool:
    """Whether a carrier refuses parcels without the recipient's phone number."""
    return carrier in _PHONE_CARRIERS
