"""Where an account sends from."""

from typing import Any

import pytest
from official_documents import document as official
from official_documents import needs_document

from tui.orders.checks.context import AccountShops, ShopSettings
from tui.orders.checks.customs_territories import needs_customs
from tui.orders.checks.senders import Sender, read_senders, with_sender

NL, BE, CH = Sender("NL", "4612 PN"), Sender("BE", "2000"), Sender("CH", "8001")
MADRID, CANARIES = Sender("ES", "28001"), Sender("ES", "35001")


@pytest.mark.parametrize(
    ("settings", "senders", "expected"),
    [
        # Nothing is known: the settings, or their default.
        ({}, (), ("NL", "")),
        ({"sender_country": "CH", "sender_postcode": "8001"}, (), ("CH", "8001")),
        # All addresses are in one country.
        ({}, (CH,), ("CH", "8001")),
        ({"sender_country": "NL", "sender_postcode": "1012 LG"}, (CH,), ("CH", "8001")),
        ({}, (NL, Sender("NL", "1012 LG")), ("NL", "1012 LG")),
        # The settings choose among several.
        ({"sender_country": "BE"}, (NL, BE, CH), ("BE", "2000")),
        ({}, (NL, CH), ("NL", "4612 PN")),
        ({"sender_country": "DE", "sender_postcode": "10115"}, (BE, CH), ("DE", "10115")),
        # Addresses of one country in two customs territories.
        ({"sender_country": "ES", "sender_postcode": "35003"}, (MADRID, CANARIES), ("ES", "35003")),
        ({}, (MADRID, CANARIES), ("ES", "")),
        ({"sender_country": "ES", "sender_postcode": "35003"}, (MADRID,), ("ES", "28001")),
    ],
)
def test_addresses_decide_and_settings_choose_among_them(
    settings: dict[str, str], senders: tuple[Sender, ...], expected: tuple[str, str]
) -> None:
    found = with_sender(ShopSettings(**settings, handling_days=3), senders)  # type: ignore[arg-type]
    assert (found.sender_country, found.sender_postcode) == expected
    assert found.handling_days == 3


def test_a_declaration_depends_on_the_address() -> None:
    from_ch = with_sender(ShopSettings(), (CH,))
    assert needs_customs("DE", "10115", from_ch.sender_country, from_ch.sender_postcode)
    assert not needs_customs("LI", "9490", from_ch.sender_country, from_ch.sender_postcode)


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ([], ()),
        ([{"country_code": "nl ", "postal_code": " 4612 PN"}, {"country_code": "NL", "postal_code": "4612 PN"}], (NL,)),
        ([{"country_code": None}, {"postal_code": "1"}, {"country_code": "Netherlands"}, {"country_code": 31}], ()),
        ([{"country_code": "BE", "postal_code": 2000}], (Sender("BE"),)),
    ],
)
def test_addresses_are_read_leniently(addresses: list[Any], expected: tuple[Sender, ...]) -> None:
    assert read_senders(addresses) == expected


@needs_document()
def test_the_documents_example() -> None:
    answer = official("sender-addresses")["paths"]["/addresses/sender-addresses"]["get"]["responses"]["200"]
    example = answer["content"]["application/json"]["examples"]["RetrieveSenderAddresses"]["value"]
    assert read_senders(example["data"]) == (Sender("NL", "5611 EM"), Sender("BE", "XXXX CV"))


def test_shops_without_settings_have_the_default() -> None:
    shops = AccountShops(None, {7: ShopSettings(handling_days=9)}, ShopSettings(handling_days=2))
    assert [shops.of(shop).handling_days for shop in (7, 8, None)] == [9, 2, 2]
