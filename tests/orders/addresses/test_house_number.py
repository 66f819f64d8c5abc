"""Tests for splitting a street line into street and house number."""

import pytest

from tui.orders.addresses.house_number import split_street


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Kerkstraat 12B", ("Kerkstraat", "12B")),
        ("Kerkstraat  12  bis", ("Kerkstraat", "12 bis")),
        ("Kerkstraat, nr. 12", ("Kerkstraat", "12")),
        ("Hauptstr. 1-3", ("Hauptstr.", "1-3")),
        ("12 rue du Bac", ("rue du Bac", "12")),
        ("12 rue du 8 mai 1945", ("rue du 8 mai 1945", "12")),
        ("4 High Street Flat 2", ("High Street Flat 2", "4")),
        ("1234 5th Avenue", ("5th Avenue", "1234")),
        ("Kerkstraat", None),
        ("12", None),
        ("", None),
        ("x" * 300 + " 12", None),
    ],
)
def test_house_number_is_split_off_at_either_end(line: str, parts: tuple[str, str] | None) -> None:
    assert split_street(line) == parts
