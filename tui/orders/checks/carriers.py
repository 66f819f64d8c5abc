"""What is known about carriers: lengths of address fields, and who needs a phone number or a service point.

Looked up on 2026-11-29. Lengths:
- all: SQ7.3 and SQ7.4, limits seen when labels were made.
- Amazon, An Post: Sendcloud, *Address field limits* (sendcloud.dev/docs/addresses/address-field-limits).
- Colissimo: La Poste, schema of an address of the Colissimo web service (AN35 for company, names, each line and city).
- DHL Paket: Deutsche Post, OpenAPI document 2.1.9 of the Parcel DE Shipping API, `ContactAddress`: name1 and name2 50,
  addressStreet 50, addressHouse 10, additionalAddressInformation1 60, postalCode 10, city 40.
- DPD: Seven Senders, *Carrier specific information*, DPD France (name, company, street with number, second line and city
  35); Tryton, module stock_package_shipping_dpd, issue 10200 (name, street and city 35, zipCode 9).
- UPS: UPS, WorldShip help, *Address Book Data Field Descriptions* (company or name 35, each address line 35, city 30,
  postal code 9).

A carrier that is not listed has the strictest limits seen, as a warning. Phone numbers, where the service's list of
shipping options does not say: FedEx, Automattic/woocommerce-services issue 1901; DHL Express, and UPS where customs data
is needed, issue 2276 and pull request 2470 there; InPost, allegro/allegro-api issue 4114. No public list of countries
that require one was found.
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
    "dpd": {"name": 35, "company_name": 35, STREET: 35, "address_line_2": 35, "city": 35, "postal_code": 9},
    "dhl_de": {
        "name": 50,
        "company_name": 50,
        STREET: 60,
        "house_number": 10,
        "address_line_2": 60,
        "city": 40,
        "postal_code": 10,
    },
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
_PHONE_FOR_CUSTOMS: Final = frozenset({"ups"})
"""Carriers that refuse it only where customs data is needed."""


@lru_cache(maxsize=1024)
def carrier_of(option: str, wish: str) -> str:
    """The carrier as its option codes name it, from the shipping option or else the delivery indicator; "" if unknown."""
    if option:
        return option.partition(":")[0].lower()
    return next((carrier for carrier, words in _NAMED.items() if re.search(words, wish, re.IGNORECASE)), "")


@lru_cache(maxsize=1024)
def names_service_point(text: str) -> bool:
    """Whether a shipping option, a delivery indicator or an address line is a service point: `Packstation 145`."""
    return re.search(_POINT, text, re.IGNORECASE) is not None


def needs_phone(carrier: str, *, has_customs: bool) -> bool:
    """Whether a carrier refuses parcels without the recipient's phone number. `has_customs`: customs data is needed."""
    return carrier in _PHONE_CARRIERS or (has_customs and carrier in _PHONE_FOR_CUSTOMS)
