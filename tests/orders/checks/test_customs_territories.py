"""Which ways need a customs declaration."""

import pytest

from tui.orders.checks.customs_territories import needs_customs
from tui.orders.checks.postal_territories import country_of_postcode


@pytest.mark.parametrize(
    ("country", "postcode", "needed"),
    [
        ("NL", "1012 LG", False),
        ("ES", "28001", False),
        ("ES", "07001", False),  # Balearic Islands
        ("ES", "35001", True),  # Canaries
        ("ES", "38001", True),
        ("ES", "51001", True),  # Ceuta
        ("ES", "52001", True),  # Melilla
        ("FI", "00100", False),
        ("FI", "22100", True),  # Åland
        ("AX", "22100", True),
        ("GR", "105 63", False),
        ("GR", "630 86", True),  # Mount Athos
        ("IT", "00153", False),
        ("IT", "22061", True),  # Campione
        ("IT", "23041", True),  # Livigno
        ("IT", "47893", True),  # San Marino
        ("SM", "47893", True),
        ("AD", "AD500", True),
        ("VA", "00120", True),
        ("DE", "78266", True),  # Büsingen
        ("DE", "27498", True),  # Heligoland
        ("DE", "27499", False),
        ("FR", "20000", False),  # Corsica
        ("FR", "98000", False),  # Monaco
        ("MC", "98000", False),
        ("FR", "97400", True),  # Réunion
        *((country, "", True) for country in ("GP", "MQ", "GF", "RE", "YT", "MF")),
        *((country, "", True) for country in ("BL", "PM", "NC", "PF", "WF", "FO", "GL", "GI")),
        ("PT", "9000-001", False),  # Madeira
        ("PT", "9500-001", False),  # Azores
        ("AT", "6691", False),  # Jungholz
        ("GB", "SW1A 1AA", True),
        ("GB", "bt1 5gs", False),  # Northern Ireland
        ("IM", "IM1 1AA", True),
        ("JE", "JE2 3XP", True),
        ("CH", "6900", True),
        ("LI", "9490", True),
        ("NO", "0026", True),
        ("US", "10118", True),
        ("TR", "34000", True),
    ],
)
def test_goods_from_the_eu(country: str, postcode: str, needed: bool) -> None:
    assert needs_customs(country, postcode) is needed
    assert needs_customs(country, postcode, "FR", "75007") is needed


@pytest.mark.parametrize(
    ("sender", "country", "postcode", "needed"),
    [
        (("GB", "EC1A 1BB"), "GB", "SW1A 1AA", False),
        (("GB", "EC1A 1BB"), "IM", "IM1 1AA", False),
        (("GB", "EC1A 1BB"), "GB", "BT1 5GS", False),
        (("GB", "EC1A 1BB"), "JE", "JE2 3XP", True),
        (("GB", "EC1A 1BB"), "FR", "75007", True),
        (("GB", "BT1 5GS"), "FR", "75007", False),
        (("CH", "8001"), "LI", "9490", False),
        (("CH", "8001"), "DE", "78266", False),
        (("CH", "8001"), "DE", "78267", True),
        (("ES", "35001"), "ES", "28001", True),
        (("ES", "35001"), "ES", "38001", False),
        (("RE", "97400"), "FR", "97400", False),
        (("US", "10118"), "PR", "00901", False),
        (("NO", "0026"), "NO", "5003", False),
        (("NO", "0026"), "SE", "111 34", True),
    ],
)
def test_goods_from_elsewhere(sender: tuple[str, str], country: str, postcode: str, needed: bool) -> None:
    assert needs_customs(country, postcode, *sender) is needed


@pytest.mark.parametrize(
    ("country", "postcode", "there"),
    [
        ("FR", "97400", "RE"),
        ("FR", "97 150", "MF"),
        ("FR", "97133", "BL"),
        ("FR", "97100", "GP"),
        ("FR", "98000", "MC"),
        ("FR", "75007", ""),
        ("GB", "gy1 1aa", "GG"),
        ("GB", "BT1 5GS", ""),
        ("US", "00901", "PR"),
        ("US", "01001", ""),
        ("DK", "3900", "GL"),
        ("IT", "47890", "SM"),
        ("CH", "9490", "LI"),
        ("CH", "9500", ""),
        ("ES", "35001", ""),
        ("FI", "22100", ""),
    ],
)
def test_country_of_a_postcode(country: str, postcode: str, there: str) -> None:
    assert country_of_postcode(country, postcode) == there
