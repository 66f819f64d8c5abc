"""Tests for numbers that a spreadsheet has turned into dates."""

import pytest

from tui.orders.addresses.months import MONTHS
from tui.orders.checks.number_dates import typed_codes, typed_numbers


@pytest.mark.parametrize(
    ("shown", "typed"),
    [
        ("03. Mai", "3-5"),
        ("3. Mai", "3-5"),
        ("05-Mar", "3-5"),
        ("3-May", "3-5"),
        ("Mar-05", "3-5"),
        ("mai-03", "3-5"),
        ("03. Mrz", "3-3"),
        ("3-mei", "3-5"),
        ("03-mai", "3-5"),
        ("3-mag", "3-5"),
        ("05-mar", "3-5"),
        ("3-maj", "3-5"),
        ("7-paź", "7-10"),
        ("3/May", "3-5"),
        ("12. Jan", "12/1"),
        ("Jan-40", "1/40"),
        ("2026-05-03", "3-5"),
        ("2026-05-03 00:00:00", "3-5"),
        ("03.05.2026", "3-5"),
        ("3/5/2026", "3-5"),
        ("03. Mai 2026", "3-5"),
        ("2003-05-01", "1/5/3"),
        ("46145", "3-5"),
        ("5-May", "5-5"),
    ],
)
def test_date_gives_the_typed_number(shown: str, typed: str) -> None:
    assert typed_numbers(shown, "DE")[0] == typed


@pytest.mark.parametrize("name", [name for name, month in MONTHS.items() if month == 8])
def test_every_name_of_a_month_is_known(name: str) -> None:
    assert typed_numbers(f"05-{name.title()}") == typed_numbers(f"{name}-05") == ("5-8", "8/5", "5/8", "8-5")


def test_both_orders_are_proposed() -> None:
    assert typed_numbers("03. Mai") == ("3-5", "5/3", "3/5", "5-3")
    assert typed_numbers("12. Jan") == ("12/1", "12-1", "1/12", "1-12")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "3",
            "3-5",
            "3/5",
            "12 A",
            "12 bis",
            "1/2/34",
            "5 Haus",
            "3 EG",
            "12 m. 3",
            "30000",
            "99999",
            "4614",
            "461450",
            "",
        ),
        *("5 Maier", "Mai", "1.2.3", "0. Mai", "12 B", "3. OG", "2 de Mayo", "5, 3º B"),
    ],
)
def test_other_house_numbers_are_no_dates(text: str) -> None:
    assert typed_numbers(text, "DE") == ()


@pytest.mark.parametrize(("country", "is_date"), [("DE", True), ("", True), ("US", False), ("CA", False)])
def test_long_house_number_is_a_date_only_where_there_are_none(country: str, is_date: bool) -> None:
    assert bool(typed_numbers("46145", country)) is is_date


@pytest.mark.parametrize(
    ("text", "is_date"),
    [
        ("05-Mar", True),
        ("Mar-05", True),
        ("03. Mai", True),
        ("MAR-05", False),
        ("mar-05", False),
        ("46145", False),
        ("2026-05-03", False),
    ],
)
def test_code_is_a_date_only_in_the_form_of_spreadsheets(text: str, is_date: bool) -> None:
    assert bool(typed_codes(text)) is is_date
