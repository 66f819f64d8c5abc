"""What addresses in a country need, and the state of a postcode."""

import pytest

from tui.orders.addresses.formats import required_parts, state_of_postcode


@pytest.mark.parametrize(
    ("country", "parts"),
    [("NL", "ACZ"), ("US", "ACSZ"), ("AE", "AS"), ("SG", "AZ"), ("IE", "AC"), ("MC", "AC"), ("", "ACZ"), ("QQ", "AC")],
)
def test_required_parts(country: str, parts: str) -> None:
    assert required_parts(country) == frozenset(parts)


@pytest.mark.parametrize(
    ("country", "postcode", "state"),
    [
        ("US", "10118-0110", "US-NY"),
        ("US", "19804", "US-DE"),
        ("CA", "H3G 1S8", "CA-QC"),
        ("AU", "2000", "AU-NSW"),
        ("IT", "00153", "IT-RM"),
        ("NL", "1012 LG", ""),
        ("US", "", ""),
        ("XX", "1", ""),
    ],
)
def test_state_of_a_postcode(country: str, postcode: str, state: str) -> None:
    assert state_of_postcode(country, postcode) == state
