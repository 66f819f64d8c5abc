"""Checks of the shipping address. Each is named by its code; the registry says when it fires."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tui.api.pointer import Pointer
from tui.orders.addresses.formats import country_named, format_of, is_postcode, required_parts, state_named
from tui.orders.addresses.house_number import split_street
from tui.orders.addresses.vocabulary import company_countries
from tui.orders.checks.carriers import (
    LIMITS,
    STREET,
    STRICTEST,
    carrier_of,
    names_service_point,
    needs_phone,
)
from tui.orders.checks.context import CheckContext
from tui.orders.checks.facts import CheckedOrder, Found, excerpt, found, text_at_pointer, text_of
from tui.orders.checks.postal_territories import country_of_postcode
from tui.orders.countries import country_name
from tui.orders.paths import SHIP_TO
from tui.orders.patterns import late_pattern

NAME: Final = SHIP_TO / "name"
STREET_LINE: Final = SHIP_TO / "address_line_1"
SECOND_LINE: Final = SHIP_TO / "address_line_2"
NUMBER: Final = SHIP_TO / "house_number"
POSTCODE: Final = SHIP_TO / "postal_code"
CITY: Final = SHIP_TO / "city"
COUNTRY: Final = SHIP_TO / "country_code"
STATE: Final = SHIP_TO / "state_province_code"
PHONE: Final = SHIP_TO / "phone_number"
EMAILS: Final = (SHIP_TO / "email", Pointer.of("customer_details", "email"))
_CUSTOMER_PHONE: Final = Pointer.of("customer_details", "phone_number")
_SERVICE_POINT: Final = Pointer.of("service_point_details")
_PACKSTATION: Final = late_pattern(r"\bpack ?station\b", re.IGNORECASE)
_POST_NUMBER: Final = late_pattern(r"(?<!\d)\d{6,10}(?!\d)")

EMAIL: Final = r"[^\s@<>()]{1,64}@[^\s@<>()]{1,255}\.[^\s@<>()]{1,63}"
"""An e-mail address within a text; its parts are limited, so that a long text is scanned in linear time."""
_ADDITION: Final = r"(apt|app|appt|bus|flat|unit|etage|building|bât|bat)?\W*\d*\w?"
_CARE_OF: Final = late_pattern(r"(c/o|c\.o\.|care of|z\. ?hd|zhd|t\.?a\.?v|p/a|attn|chez|presso)\b", re.IGNORECASE)
_INSIDE_A_BUILDING: Final = late_pattern(
    r"(\d{1,3}\w{0,3}\W+)?"
    r"(apartment|appartement|suite|room|floor|level|verdieping|étage|etage|stock|obergeschoss|piano|interno|piso|bât|bâtiment)"
    r"\W*\d{0,5}\w?",
    re.IGNORECASE,
)
_NO_NUMBERS: Final = frozenset(
    ["AE", "BH", "CN", "HK", "IN", "JO", "JP", "KR", "KW", "LB", "OM", "QA", "SA", "SG", "TH", "TW", "VN"]
)
"""Countries whose addresses have no house number, or have it as a part of a longer text."""
_NAMED_HOUSES: Final = _NO_NUMBERS | {"GB", "GG", "IE", "IM", "JE"}
"""Countries where a house may have a name instead of a number."""
_SAYS_NO_NUMBER: Final = late_pattern(
    r"\b(?:s/?n|s\.?n\.?c|s\. ?n)\b|\blieu-?dit\b|^(?:hameau|ferme|mas|domaine|ch[âa]teau|finca|cortijo|mas[íi]a|diseminado|"
    r"quinta|casal|monte|herdade|localit[àa]|contrada|cascina|podere)\b",
    re.IGNORECASE,
)
"""The house has no number, and the address says so or names the house: `Calle Mayor, s/n`, `Lieu-dit Le Bourg`."""
_MILITARY_STATES: Final = frozenset({"AA", "AE", "AP"})
"""States of American forces abroad (USPS Publication 28); ISO 3166-2 has none for them."""
_PRINTED: Final = ("name", "company_name", "address_line_1", "address_line_2", "city")
_AFTER_SEPARATOR: Final = late_pattern(r"(?P<city>.*\S) ?(?:[,/(]|(?<= )[-–](?= )) ?(?P<country>[^,/()]+?)\)?")
_IN_CAPITALS: Final = late_pattern(r"(?P<city>.*\w) (?P<country>[A-Z]{2,3})")
_NOT_LATIN: Final = late_pattern("[^\x00-\u024f\u1e00-\u1eff]")
_WITH_STATE: Final = frozenset({"AU", "CA", "IT", "US"})
"""Countries for which Sendcloud requires a state (sendcloud.dev/docs/shipping/international-shipping)."""
_LABELS: Final = {
    "name": "name",
    "company_name": "company",
    STREET: "street",
    "address_line_2": "line 2",
    "house_number": "house number",
    "city": "city",
    "postal_code": "postcode",
}


def no_address(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """The service accepts such an order, but no label can be made (Q8.14, SQ7.9)."""
    if order.address is None and not order.is_collected:
        yield found(SHIP_TO)


def no_name(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.ships and not order.name:
        yield found(NAME)


def no_street(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.ships and not order.street and not order.po_box:
        yield found(STREET_LINE)


def no_city(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.ships and not order.city and "C" in required_parts(order.country):
        yield found(CITY)


def no_postcode(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.ships and not order.postcode and "Z" in required_parts(order.country):
        yield found(POSTCODE)


def no_country(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.ships and not order.country_text:
        yield found(COUNTRY)


def unknown_country(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """The service accepts any text, including a name (Q8.17)."""
    if order.ships and order.country_text and not order.country:
        yield found(COUNTRY, country=excerpt(order.country_text))


def swapped_lines(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if are_lines_swapped(order):
        yield found(STREET_LINE)


def is_addition(text: str) -> bool:
    """Whether a line names only a place inside a building, such as `apt 4` or `2e verdieping`, and no street."""
    return bool(re.fullmatch(_ADDITION, text, re.IGNORECASE) or _INSIDE_A_BUILDING.fullmatch(text))


def are_lines_swapped(order: CheckedOrder) -> bool:
    """Whether the street line holds only an addition, such as `apt 4`, a company or a `c/o`, and line 2 the street."""
    if not order.ships or not order.second_line or not order.street or order.number:
        return False
    if re.fullmatch(_ADDITION, order.street, re.IGNORECASE):
        return re.search(r"[^\W\d]{3}", order.second_line) is not None
    if _CARE_OF.match(order.street) is None and company_countries(order.street) is None:
        return False
    return not re.search(r"\d", order.street) and re.search(r"[^\W\d_]{3}\S*\s+\d", order.second_line) is not None


def street_number(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """Whether it matters depends on the carrier (Q8.15). Excludes `no_house_number`."""
    if (
        order.ships
        and order.street
        and not order.number
        and order.country not in _NO_NUMBERS
        and not are_lines_swapped(order)
        and split_street(order.street, order.country) is not None
    ):
        yield found(NUMBER)


def no_house_number(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if (
        order.ships
        and order.street
        and not order.number
        and not order.po_box
        and order.country not in _NAMED_HOUSES
        and not re.search(r"\d", order.street + order.second_line)
        and not _SAYS_NO_NUMBER.search(f"{order.street} {order.number}")
    ):
        yield found(NUMBER)


def postcode(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.ships and order.postcode and is_postcode(order.country, order.postcode) is False:
        yield found(POSTCODE, postcode=excerpt(order.postcode, 10), country=country_name(order.country))


def state(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """Both `NY` and `US-NY` are valid (Q8.18)."""
    if not order.ships or order.country not in _WITH_STATE:
        return
    if not order.state:
        yield found(STATE, title="no state", country=country_name(order.country))
    elif state_code(order.country, order.state) == "":
        yield found(STATE, title=f"state {excerpt(order.state)}?", country=country_name(order.country))


def state_code(country: str, text: str) -> str:
    """The ISO 3166-2 code of a state that is written as code, letters (both are accepted, Q8.18) or name; else ""."""
    letters = text.upper().removeprefix(f"{country}-")
    if country == "US" and letters in _MILITARY_STATES:
        return f"US-{letters}"
    return state_named(country, letters) or (state_named(country, text) if len(text) > 3 else "")


def city_postcode(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.ships and split_city(order) is not None:
        yield found(CITY, city=excerpt(order.city, 20))


@dataclass(frozen=True, slots=True)
class CityParts:
    """What a city field contains: the city, and the postcode and the state (ISO 3166-2) that do not belong there."""

    city: str
    postcode: str = ""
    state: str = ""


def split_city(order: CheckedOrder) -> CityParts | None:
    """The parts of a city field that also contains a postcode or the country's name or code; else None."""
    text, postcode, state = _without_country(order.city, order.country), "", ""
    format = format_of(order.country) if re.search(r"\d", text) else None
    if format is not None and (match := format.postcode.search(text)):
        postcode = match["zip"]
        text = _without_country(f"{text[: match.start()]} {text[match.end() :]}", order.country)
        head, _, last = text.rpartition(" ")
        if head and order.country in _WITH_STATE and last.isupper() and (state := state_named(order.country, last)):
            text = head
    city = _plain(text)
    return CityParts(city, postcode, state) if city and city != _plain(order.city) else None


def _without_country(city: str, country: str) -> str:
    """The text without the country at its end: after a separator by name or code, after a space in capitals."""
    text = _plain(city)
    for pattern in (_AFTER_SEPARATOR, _IN_CAPITALS):
        match = pattern.fullmatch(text)
        if match is not None and country and country_named(match["country"]) == country:
            return _plain(match["city"])
    return text


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" ,-/")


def territory(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.ships and (code := country_of_postcode(order.country, order.postcode)):
        yield found(COUNTRY, postcode=excerpt(order.postcode, 10), there=country_name(code), code=code)


def too_long(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """Street and number are measured together (SQ7.3, SQ7.4)."""
    carrier = carrier_of(order.option, order.wish)
    if order.ships and carrier in LIMITS:
        yield from _too_long(order, LIMITS[carrier], carrier)


def long(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """The same without a carrier whose limits are known (Q8.16)."""
    if order.ships and carrier_of(order.option, order.wish) not in LIMITS:
        yield from _too_long(order, STRICTEST, "")


def _too_long(order: CheckedOrder, limits: dict[str, int], carrier: str) -> Iterator[Found]:
    address = order.address or {}
    for field, limit in limits.items():
        length = len(text_of(address, field) if field != STREET else f"{order.street} {order.number}".strip())
        if length > limit:
            pointer = STREET_LINE if field == STREET else SHIP_TO / field
            yield found(pointer, label=_LABELS[field], length=length, limit=limit, carrier=carrier)


def email_in_name(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.ships and "@" in order.name and re.search(EMAIL, order.name):
        yield found(NAME)


def email_format(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    for pointer in EMAILS:
        email = text_at_pointer(order.document, pointer)
        if email and not is_email(email):
            yield found(pointer, email=excerpt(email, 24))


def is_email(text: str) -> bool:
    """Whether a text has the form of an e-mail address."""
    return re.fullmatch(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;.]+", text) is not None


def phone_of(order: CheckedOrder) -> str:
    """The recipient's phone number, or else the customer's."""
    return text_of(order.address or {}, "phone_number") or text_at_pointer(order.document, _CUSTOMER_PHONE)


def phone_missing(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """Only where the shipping option requires it (SQ7.5): by the service's list, or by what is known of its carrier."""
    if order.ships and not phone_of(order):
        carrier = carrier_of(order.option, order.wish)
        if needs_phone(carrier, has_customs=order.declared) or order.option in context.phone_options:
            yield found(PHONE, reason="The shipping option")


def phone_format(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    text = text_of(order.address or {}, "phone_number")
    if text and order.ships and not _is_phone(text):
        yield found(PHONE, phone=excerpt(text))


def _is_phone(text: str) -> bool:
    """Whether a text has 6 to 15 digits (E.164), at most one extension, and no other letters."""
    if text.lstrip("+").isdigit():
        return 6 <= len(text.lstrip("+0")) <= 15
    number = re.split(r"(?i)\s*(?:ext|x|durchwahl|toestel|poste)\b\.?", text)[0]
    digits = re.sub(r"\D", "", number.replace("(0)", ""))
    return 6 <= len(digits.removeprefix("00")) <= 15 and not re.search(r"[^\W\d_]", number)


def non_latin(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """Some carriers refuse them (SQ7.8)."""
    texts = f"{order.name}{order.company}{order.street}{order.second_line}{order.city}"
    if not _NOT_LATIN.search(texts) or not order.ships or order.country == context.shop.sender_country:
        return
    address = order.address or {}
    other = [field for field in _PRINTED if any(map(_is_other_letter, text_of(address, field)))]
    if other:
        yield Found(tuple(SHIP_TO / field for field in other), {})


def _is_other_letter(letter: str) -> bool:
    return letter.isalpha() and _NOT_LATIN.match(letter) is not None


def service_point(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """Many such orders arrive without their service point (SQ7.7)."""
    if not order.ships or not names_service_point(order.option or order.wish):
        return
    point = _SERVICE_POINT.get(order.document)
    has_point = isinstance(point, dict) and any(point.get(name) for name in ("id", "carrier_service_point_id"))
    if not has_point and not any(map(names_service_point, (order.street, order.second_line, order.company))):
        yield found(_SERVICE_POINT / "id")


def no_post_number(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """DHL refuses parcels to a Packstation without the customer's number."""
    lines = " ".join((order.name, order.company, order.street, order.second_line, order.number, order.po_box))
    if not order.ships or order.country != "DE" or not _PACKSTATION.search(lines):
        return
    if not _POST_NUMBER.search(lines) and not text_at_pointer(order.document, _SERVICE_POINT / "post_number"):
        yield found(SECOND_LINE)
