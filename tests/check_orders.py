"""Orders that can be shipped, in the real address formats of many countries, and changes that give them a problem."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from tui.api.pointer import ABSENT, Pointer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

ADDRESSES: dict[str, tuple[str, ...]] = {
    # name, street, house number, line 2, postcode, city, state
    "NL": ("Sanne de Vries", "Damrak", "1-h", "", "1012 LG", "Amsterdam", ""),
    "BE": ("Jeroen Maes", "Kerkstraat", "12", "bus 3", "9000", "Gent", ""),
    "DE": ("Jürgen Müller", "Große Bergstraße", "135 a", "", "01067", "Dresden", ""),
    "AT": ("Anna Gruber", "Mariahilfer Straße", "12/2/7", "", "1060", "Wien", ""),
    "CH": ("Urs Bernasconi", "Via Nassa", "5", "", "6900", "Lugano", ""),
    "FR": ("Anaïs Garnier", "rue du Bac", "12 bis", "Bât. C", "75007", "Paris 07", ""),
    "ES": ("Núria García", "Carrer de Balmes", "21, 3º 2ª", "", "08007", "Barcelona", ""),
    "IT": ("Andrea De Luca", "Via Garibaldi", "7", "Scala B", "00153", "Roma", "RM"),
    "PT": ("Inês Gonçalves", "Rua Augusta", "24", "2.º Dto", "1100-053", "Lisboa", ""),
    "GB": ("Harriet Okonkwo", "The Old Rectory, Mill Lane", "", "", "SW1A 1AA", "London", ""),
    "IE": ("Aoife Byrne", "Rose Cottage", "", "Ballymore", "D02 X285", "Dublin 2", ""),
    "PL": ("Łukasz Żak", "ul. Marszałkowska", "10/12", "m. 5", "00-950", "Warszawa", ""),
    "CZ": ("Jana Nováková", "Dlouhá", "733/29", "", "110 00", "Praha 1", ""),
    "SE": ("Björn Lind", "Sveavägen", "44", "lgh 1102", "111 34", "Stockholm", ""),
    "NO": ("Kari Hansen", "Karl Johans gate", "22", "", "0026", "Oslo", ""),
    "DK": ("Søren Holm", "Vesterbrogade", "3", "2. tv", "1620", "København V", ""),
    "FI": ("Aino Virtanen", "Mannerheimintie", "5 B 12", "", "00100", "Helsinki", ""),
    "GR": ("Maria Pappas", "Ermou", "18", "", "105 63", "Athina", ""),
    "US": ("Ashley Johnson", "W 34th St", "350", "Apt 5", "10118-0110", "New York", "NY"),
    "CA": ("Liam Tremblay", "rue Sainte-Catherine O", "1500", "", "H3G 1S8", "Montréal", "CA-QC"),
    "AU": ("Olivia Smith", "George Street", "1/483", "", "2000", "Sydney", "NSW"),
    "JP": ("Misaki Sato", "Marunouchi 1-9-1", "", "Chiyoda-ku", "100-0005", "Tokyo", ""),
    "AE": ("Fatima Hashimi", "Sheikh Zayed Road", "", "Burj Tower", "", "Dubai", ""),
    "RE": ("Lucas Hoarau", "rue de Paris", "45", "", "97400", "Saint-Denis", ""),
    "LU": ("Tom Weber", "Avenue de la Liberté", "3", "", "1930", "Luxembourg", ""),
}
_FIELDS = ("name", "address_line_1", "house_number", "address_line_2", "postal_code", "city", "state_province_code")

PRICE = {"value": 12, "currency": "EUR"}
ITEM = {
    "name": "Stoneware mug",
    "description": "Mug with ear, glazed stoneware",
    "sku": "MUG-1",
    "quantity": 2,
    "unit_price": {"value": 6, "currency": "EUR"},
    "total_price": PRICE,
    "hs_code": "6912.00",
    "country_of_origin": "PT",
    "measurement": {"weight": {"value": 400, "unit": "g"}},
}

SHIP_TO = "/shipping_address"
FIRST = "/order_details/order_items/0"
SECOND = "/order_details/order_items/1"
TAXES = "/customs_details/tax_numbers/sender"
PARCEL = "/shipping_details/measurement/weight"


def shippable(country: str = "BE") -> dict[str, Any]:
    """Return an order without problems, with everything that customs ask for."""
    address = {
        **{field: text for field, text in zip(_FIELDS, ADDRESSES[country], strict=True) if text},
        "country_code": country,
        "phone_number": "+31 20 123 4567",
    }
    return deepcopy(
        {
            "id": "1",
            "order_id": "1",
            "order_number": "1001",
            "order_details": {
                "integration": {"id": 7},
                "status": {"code": "unfulfilled"},
                "order_created_at": "2026-11-22T10:00:00Z",
                "order_items": [ITEM],
            },
            "payment_details": {"total_price": PRICE, "status": {"code": "paid"}},
            "customs_details": {"shipment_type": "commercial_goods", "commercial_invoice_number": "2026-17"},
            "shipping_address": address,
        }
    )


def changed(order: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of an order with other values at some pointers; ABSENT removes one."""
    document: Any = order
    for path, value in changes.items():
        pointer = Pointer.parse(path)
        document = pointer.drop(document) if value is ABSENT else pointer.put(document, value)
    return dict(document)
