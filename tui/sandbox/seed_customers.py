"""Seed data: customers, with correct and incorrect addresses (QUIRKS 8.14-8.20, 13)."""

import re
from dataclasses import dataclass
from random import Random

from tui.api.codec import Json, encode
from tui.sandbox.seed_data import COUNTRIES, HOSTILE_TEXTS, SeedCountry

_WEIGHTS = [country.weight for country in COUNTRIES]
_PLAIN = str.maketrans(
    "äöüßéèêáàâíìóòôúùñçøåæłżźćśąęńőűČčŠšŽžŘřěůýđ", "aousseeaaaiiooouuncoaalzzcsaenouCcSsZzRreuyd"[:44]
)
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_BRITISH = str.maketrans("CKMV", "DLNW")
_BRITISH_AREAS = re.findall(
    "..", "ABBABBBDBHBNBSBTCBCFCHCRCTCVDADEDHDLDTDYEHEXGLGUHAHDHGHPHUIPKTKYLALELNLSLUMEMKNENGNNNPNROXPE"
)
_CANADIAN = str.maketrans("DFUWZ", "CEVXY")


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer. `nodes` are the top-level members of an order, as JSON text, that describe the customer."""

    country: str
    in_eu: bool
    currency: str
    latin: bool
    nodes: tuple[str, ...]


def draw_customer(rng: Random) -> Customer:
    """Draw a customer."""
    country = rng.choices(COUNTRIES, weights=_WEIGHTS)[0]
    given, family = rng.choice(country.given), rng.choice(country.family)
    latin = given.isascii() or ord(given[0]) < 0x250
    name = f"{given} {family}" if latin or not _is_east_asian(given) else f"{family}{given}"
    email = _email(rng, name)
    phone = f"{country.phone}{rng.randrange(10**6, 10**7)}"
    address = _address(rng, country, name, email, phone)
    _damage(rng, address, country, email)
    nodes = []
    draw = rng.random()
    if draw < 0.988:
        nodes.append('"shipping_address":' + _dumps(address))
    if rng.random() < 0.45:
        nodes.append('"billing_address":' + _dumps(_billing(rng, country, name, address)))
    draw = rng.random()
    if draw < 0.6:
        details: dict[str, Json] = {"name": name}
        if draw < 0.5:
            details |= {"phone_number": phone, "email": email if draw > 0.02 else ""}
        nodes.append('"customer_details":' + _dumps(details))
    currency = {"GB": "GBP", "US": "USD"}.get(country.code, "EUR")
    return Customer(country.code, country.in_eu, currency, latin, tuple(nodes))


def _address(rng: Random, country: SeedCountry, name: str, email: str, phone: str) -> dict[str, Json]:
    city, state = rng.choice(country.cities)
    house = str(rng.randrange(1, 220)) + rng.choice(("", "", "", "", "a", "-3", " bis", "B hs", "/2"))
    address: dict[str, Json] = {"name": name}
    if rng.random() < 0.2:
        company = rng.choice(("", "Bakkerij 't Stoepje", "Kaufhaus Groß & Söhne GmbH", "O'Reilly Ltd.", "有限会社 灯"))
        address["company_name"] = company
    address |= {
        "address_line_1": rng.choice(country.streets),
        "house_number": house,
        "postal_code": _with_valid_letters(country.code, _postal(rng, country.postal)),
        "city": city,
        "country_code": country.code,
    }
    if state:
        address["state_province_code"] = state
    draw = rng.random()
    if draw < 0.12:
        address["address_line_2"] = rng.choice(("Apartment 17B", "2e verdieping", "c/o Meyer", "Hinterhaus, 3. OG", ""))
    if 0.1 < draw < 0.7:
        address["phone_number"] = phone
    if 0.3 < draw < 0.8:
        address["email"] = email
    if draw > 0.95:
        address["po_box"] = rng.choice((None, "Postbus 1138", ""))
    return address


def _damage(rng: Random, address: dict[str, Json], country: SeedCountry, email: str) -> None:
    """Damage the address of one customer in three, so that there is something to correct."""
    street, house = str(address["address_line_1"]), str(address["house_number"])
    draw = rng.random()
    if draw < 0.10:  # the number inside the street, house_number empty or absent (Q8.15)
        address["address_line_1"] = f"{street} {house}"
        address["house_number"] = ""
        if draw < 0.05:
            del address["house_number"]
    elif draw < 0.125:  # the number at both ends
        address["address_line_1"] = f"{house} {street} {house}"
    elif draw < 0.16:  # the lines are swapped
        address["address_line_2"] = f"{street} {house}"
        address["address_line_1"] = rng.choice(("Apartment 17B", "Gebouw C", "3. OG links", "Bât. A, esc. 2"))
        address["house_number"] = " "
    elif draw < 0.18:  # the building is part of the street
        address["address_line_1"] = f"Winkelcentrum De Barones, unit 14 (achterzijde), {street}"
    elif draw < 0.20:
        address["name"] = f"{address['name']} <{email}>"
    elif draw < 0.215:
        address["city"] = f"{address['postal_code']} {address['city']} {country.code}"
    elif draw < 0.23:
        address["country_code"] = {"NL": "Nederland", "DE": "Deutschland", "GB": "UK"}.get(country.code, country.code)
    elif draw < 0.245:  # present but empty
        address["address_line_1"] = ""
    elif draw < 0.27:  # too long for a carrier (Q8.16)
        address["name"] = f"{address['name']} p/a Stichting tot Behoud van het Ambachtelijk Kaarsenmaken"
    elif draw < 0.28:
        address["postal_code"] = rng.choice(("00000", "?", "n/a", "1234"))
    elif draw < 0.30:
        key = rng.choice(("name", "company_name", "address_line_1", "address_line_2", "city", "phone_number"))
        address[key] = rng.choice(HOSTILE_TEXTS)
    elif draw < 0.32:
        address["name"] = str(address["name"]).upper()
        address["city"] = str(address["city"]).lower()


def _billing(rng: Random, country: SeedCountry, name: str, shipping: dict[str, Json]) -> dict[str, Json]:
    if rng.random() < 0.6:
        return shipping
    other = f"{rng.choice(country.given)} {rng.choice(country.family)}"
    return _address(rng, country, other, _email(rng, other), f"{country.phone}{rng.randrange(10**6, 10**7)}")


def _email(rng: Random, name: str) -> str:
    plain = "".join(letter for letter in name.translate(_PLAIN).lower() if letter.isascii() and letter.isalpha())
    local = plain[:18] or f"klant{rng.randrange(10**5)}"
    return f"{local}{rng.randrange(100)}@{rng.choice(('example.com', 'mail.example', 'bedrijf.example'))}"


def _postal(rng: Random, pattern: str) -> str:
    digit = True
    letters = []
    for sign in pattern:
        if sign == "#":
            letters.append(str(rng.randrange(1 if digit else 0, 10)))
            digit = False
        else:
            letters.append(rng.choice(_LETTERS) if sign == "@" else sign)
    return "".join(letters)


def _with_valid_letters(country: str, postcode: str) -> str:
    """The postcode with valid letters of the country, so that only damaged addresses look wrong."""
    match country:
        case "CA":
            return postcode.translate(_CANADIAN)
        case "GB":
            area = _BRITISH_AREAS[(ord(postcode[0]) * 26 + ord(postcode[1])) % len(_BRITISH_AREAS)]
            return f"{area}{postcode[2:].translate(_BRITISH)}"
        case "NL" if postcode.endswith(("SA", "SD", "SS")):
            return f"{postcode[:-1]}B"
    return postcode


def _is_east_asian(name: str) -> bool:
    return ord(name[0]) >= 0x3000


def _dumps(value: Json) -> str:
    return encode(value).decode("ascii")
