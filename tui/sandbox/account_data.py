"""Seed data of the account: its sender addresses and shipping options, as the service returns them."""

from tui.api.codec import Json
from tui.sandbox.seed_data import SHIPPING_OPTIONS

SENDER_ADDRESSES: list[Json] = [
    {
        "id": 1,
        "name": "Anouk de Vries",
        "company_name": "Wick & Wax",
        "address_line_1": "Vierlinghweg",
        "house_number": "12",
        "address_line_2": "",
        "postal_code": "4612 PN",
        "city": "Bergen op Zoom",
        "state_province_code": "null",  # as text (SQ8.5)
        "country_code": "NL",
        "email": "shop@wickandwax.example",
        "phone_number": "+31164000000",
        "po_box": None,
        "tax_numbers": [{"name": "VAT", "country_code": "NL", "value": "NL123456789B01"}],
        "signature": {"full_name": "Anouk de Vries", "initials": "AV"},
    }
]

_WITH_PHONE = ("mondial_relay",)
"""Carriers whose options require the recipient's phone number in this account."""


def shipping_options() -> list[Json]:
    """The options of all carriers. What the checks do not read is left out."""
    return [
        {
            "code": code,
            "name": code.replace(":", " "),
            "carrier": {"code": code.partition(":")[0], "name": code.partition(":")[0].upper()},
            "requirements": {
                "fields": ["to_telephone"] if code.startswith(_WITH_PHONE) else [],
                "export_documents": False,
                "is_service_point_required": False,
            },
            "quotes": None,
        }
        for code in SHIPPING_OPTIONS
    ]
