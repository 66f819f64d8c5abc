"""Where an account sends from: its sender addresses, or what the settings say."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tui.api.codec import Document
from tui.orders.checks.context import ShopSettings
from tui.orders.checks.customs_territories import territory_of


@dataclass(frozen=True, slots=True)
class Sender:
    """A place that goods are sent from. `country`: ISO 3166 alpha-2, in capitals."""

    country: str
    postcode: str = ""


def read_senders(addresses: Iterable[Document]) -> tuple[Sender, ...]:
    """The places of GET /addresses/sender-addresses, each once. Addresses without a country code are left out."""
    found = []
    for address in addresses:
        country, postcode = (address.get(name) for name in ("country_code", "postal_code"))
        if isinstance(country, str) and re.fullmatch("[A-Za-z]{2}", country.strip(), re.ASCII):
            found.append(Sender(country.strip().upper(), postcode.strip() if isinstance(postcode, str) else ""))
    return tuple(dict.fromkeys(found))


def with_sender(shop: ShopSettings, senders: Iterable[Sender]) -> ShopSettings:
    """The settings of a shop with the place that it sends from according to the account's sender addresses.

    The service does not say which address is the default or which shop uses it. Where the addresses differ in country
    or in customs territory, the settings choose among them; elsewhere the addresses decide.
    """
    known = tuple(senders)
    countries = {sender.country for sender in known}
    if shop.sender_country in countries:
        country = shop.sender_country
    elif len(countries) == 1:
        (country,) = countries
    else:
        return shop
    postcodes = {
        territory_of(country, sender.postcode): sender.postcode for sender in known if sender.country == country
    }
    set_here = shop.sender_postcode if shop.sender_country == country else ""
    postcode = set_here if len(postcodes) > 1 else next(iter(postcodes.values()))
    return replace(shop, sender_country=country, sender_postcode=postcode)
