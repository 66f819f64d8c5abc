"""The sender addresses of the sandbox's account, as GET /addresses/sender-addresses returns them."""

from tui.api.codec import Json

ADDRESSES: list[Json] = [
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
