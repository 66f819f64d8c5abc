"""Tests for countries and states as shops write them, and for names that must stay unknown."""

from datetime import UTC, datetime

import pytest
from table_files import text

from tui.orders.countries import countries
from tui.orders.paths import SHIP_TO
from tui.orders.tables.layout import detect_layout
from tui.orders.tables.mapping import suggest_mapping
from tui.orders.tables.rows import to_orders
from tui.orders.tables.table import parse_table
from tui.orders.tables.values.places import country_in_cell, state_in_cell

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "written"),
    [
        (
            "GB",
            "United Kingdom (UK)|UK|U.K.|gb|GBR|Great Britain|England|Scotland, UK|Northern Ireland|Großbritannien|Royaume-Uni",
        ),
        ("GB", "Verenigd Koninkrijk|Reino Unido|Regno Unito|Wielka Brytania|Storbritannien|GB-UK|United Kingdom - GB"),
        ("US", "United States (US)|U.S.A.|USA|us|United States of America|Verenigde Staten|Stany Zjednoczone|EE. UU."),
        (
            "NL",
            "Netherlands (the)|Netherlands, The|The Netherlands|Holland|Holanda|Pays-Bas|Niederlande (NL)|NLD|Países Bajos",
        ),
        ("BE", "Belgique - België|Belgium (Belgique)|Belgien|Belgio|BEL|B"),
        ("CH", "Schweiz/Suisse|Die Schweiz|Suisse|Svizzera|CH - Switzerland|Szwajcaria|Schweiz"),
        (
            "DE",
            "DE - Germany|DE: Germany|DE Germany|Germany (DE)|Deutschland|DEU|D|Allemagne|Duitsland|Niemcy|Tyskland|Alemanha",
        ),
        ("GR", "EL|GR|Greece|Griechenland|Grèce|Hellas"),
        ("AT", "Österreich|Oesterreich|Autriche|Oostenrijk|Österrike|A|Republik Österreich"),
        ("IT", "L'Italie|Italy IT|Italia|Włochy|Itália"),
        ("TR", "Turkey|Türkei|Tuerkei|Türkiye"),
        ("NA", "NA|Namibia"),
        ("CD", "Congo (Kinshasa)"),
        ("CG", "Congo (Brazzaville)"),
        ("VI", "Virgin Islands (US)"),
        ("IE", "Ireland (Republic of)|Republic of Ireland|Irlande|Irland"),
    ],
)
def test_country_is_read_as_shops_write_it(code: str, written: str) -> None:
    assert {name: country_in_cell(name) for name in written.split("|")} == dict.fromkeys(written.split("|"), code)


def test_every_country_is_read_by_code_and_name() -> None:
    assert [pair for pair in countries() if {country_in_cell(part) for part in pair} != {pair[0]}] == []


@pytest.mark.parametrize(
    "written",
    [
        *(
            "Atlantis",
            "Germany/Austria",
            "Germany, Austria",
            "Puerto Rico (US)",
            "Jersey (UK)",
            "Georgia (US)",
            "New Jersey",
        ),
        *("California", "XX", "EN", "AN", "EU", "Europe", "Virgin Islands", "Saint Martin", "-", "()", "?", "the"),
    ],
)
def test_doubtful_name_is_no_country(written: str) -> None:
    assert country_in_cell(written) == ""


@pytest.mark.parametrize(
    ("country", "written", "wanted"),
    [
        ("US", "California", "US-CA"),
        ("US", "CA - California", "US-CA"),
        ("US", "California (CA)", "US-CA"),
        ("US", "Georgia, US", "US-GA"),
        ("CA", "BC - British Columbia", "CA-BC"),
        ("NL", "Noord-Holland", "NL-NH"),
        ("IT", "Milano (MI)", "IT-MI"),
        ("DE", "Bayern", "DE-BY"),
        ("FR", "Île-de-France", "FR-IDF"),
        ("US", "MI", "MI"),
        ("IT", "MI", "MI"),
        ("US", "US-CA", "US-CA"),
        ("US", "Atlantis", "Atlantis"),
        ("US", "California - Texas", "California - Texas"),
        ("", "California", "California"),
    ],
)
def test_state_is_read_by_its_country(country: str, written: str, wanted: str) -> None:
    assert state_in_cell(country, written) == wanted


def test_unknown_country_holds_the_order() -> None:
    data = text(
        [
            ["Order number", "City", "Country"],
            ["A", "Leipzig", "Atlantis"],
            ["B", "Leipzig", "XX"],
            ["C", "Athens", "EL"],
        ]
    )
    table = parse_table(data, detect_layout(data))
    orders = to_orders(table, suggest_mapping(table.header), now=NOW, shop=7).orders
    pointer = SHIP_TO / "country_code"
    assert [[problem.pointer for problem in order.problems] for order in orders] == [[pointer], [pointer], []]
    assert [pointer.get(order.document) for order in orders] == ["Atlantis", "XX", "GR"]


@pytest.mark.parametrize(
    ("written", "code"),
    [("DE-BY", "DE"), ("US-CA", "US"), ("IT-RM", "IT"), ("NL-NL", "NL"), ("de-AT", ""), ("DE-XX", "")],
)
def test_code_of_a_state_names_its_country(written: str, code: str) -> None:
    assert country_in_cell(written) == code
