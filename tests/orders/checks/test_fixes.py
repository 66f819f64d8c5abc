"""Proposed fixes: what they set, that they solve their problem, and that there is none without knowledge."""

from typing import Any

import pytest
from check_orders import FIRST, ITEM, PARCEL, SECOND, SHIP_TO, changed, shippable

from tui.api.errors import Problem
from tui.api.pointer import ABSENT, Pointer
from tui.orders.checks.context import CheckContext, Habit, SkuHistory
from tui.orders.checks.fixes import FROM_HISTORY, fix_for
from tui.orders.checks.registry import find_problems

KNOWN = CheckContext(
    history={"MUG-1": SkuHistory(Habit("380", 12, 15), Habit("6912.00", 14, 14), Habit("PT", 1, 1)), "B": SkuHistory()}
)


def fixed(country: str, changes: dict[str, Any], code: str, context: CheckContext) -> tuple[str, dict[str, Any], Any]:
    """Return the text of the fix of a problem, what it sets, and the order with these values."""
    order = changed(shippable(country), changes)
    (problem,) = [problem for problem in find_problems(order, context) if problem.code == code]
    fix = fix_for(order, problem, context)
    assert fix is not None
    values = {str(pointer): value for pointer, value in fix.values}
    return fix.text, values, changed(order, values)


@pytest.mark.parametrize(
    ("code", "country", "changes", "text", "values"),
    [
        (
            "street_number",
            "BE",
            {f"{SHIP_TO}/address_line_1": "Kerkstraat 12B", f"{SHIP_TO}/house_number": ""},
            "Kerkstraat │ 12B",
            {"address_line_1": "Kerkstraat", "house_number": "12B"},
        ),
        (
            "swapped_lines",
            "NL",
            {
                f"{SHIP_TO}/address_line_1": "apt 4",
                f"{SHIP_TO}/house_number": "",
                f"{SHIP_TO}/address_line_2": "Damrak 1",
            },
            "street Damrak 1, line 2 apt 4",
            {"address_line_1": "Damrak 1", "address_line_2": "apt 4"},
        ),
        (
            "no_street",
            "NL",
            {f"{SHIP_TO}/address_line_1": "", f"{SHIP_TO}/address_line_2": "Damrak"},
            "street Damrak",
            {"address_line_1": "Damrak", "address_line_2": ""},
        ),
        ("postcode", "NL", {f"{SHIP_TO}/postal_code": "NL-1012 lg"}, "1012LG", {"postal_code": "1012LG"}),
        ("postcode", "BE", {f"{SHIP_TO}/postal_code": "B-9000"}, "9000", {"postal_code": "9000"}),
        ("postcode", "PT", {f"{SHIP_TO}/postal_code": "1100 053"}, "1100-053", {"postal_code": "1100-053"}),
        ("postcode", "CA", {f"{SHIP_TO}/postal_code": "H3G-1S8"}, "H3G1S8", {"postal_code": "H3G1S8"}),
        ("lost_zeros", "DE", {f"{SHIP_TO}/postal_code": "1067"}, "01067", {"postal_code": "01067"}),
        ("unknown_country", "DE", {f"{SHIP_TO}/country_code": "Deutschland"}, "DE, Germany", {"country_code": "DE"}),
        ("unknown_country", "GB", {f"{SHIP_TO}/country_code": "UK"}, "GB, United Kingdom", {"country_code": "GB"}),
        ("unknown_country", "FR", {f"{SHIP_TO}/country_code": "FRA"}, "FR, France", {"country_code": "FR"}),
        ("territory", "RE", {f"{SHIP_TO}/country_code": "FR"}, "RE, Réunion", {"country_code": "RE"}),
        (
            "state",
            "US",
            {f"{SHIP_TO}/state_province_code": ""},
            "US-NY, by the postcode",
            {"state_province_code": "US-NY"},
        ),
        (
            "state",
            "AU",
            {f"{SHIP_TO}/state_province_code": "??"},
            "AU-NSW, by the postcode",
            {"state_province_code": "AU-NSW"},
        ),
        (
            "state",
            "IT",
            {f"{SHIP_TO}/state_province_code": ABSENT},
            "IT-RM, by the postcode",
            {"state_province_code": "IT-RM"},
        ),
        (
            "state",
            "CA",
            {f"{SHIP_TO}/state_province_code": ""},
            "CA-QC, by the postcode",
            {"state_province_code": "CA-QC"},
        ),
        (
            "city_postcode",
            "NL",
            {f"{SHIP_TO}/city": "1012 LG Amsterdam, Nederland"},
            "Amsterdam",
            {"city": "Amsterdam"},
        ),
        (
            "city_postcode",
            "NL",
            {f"{SHIP_TO}/city": "1012 LG Amsterdam NL", f"{SHIP_TO}/postal_code": "1012lg"},
            "Amsterdam",
            {"city": "Amsterdam"},
        ),
        (
            "city_postcode",
            "NL",
            {f"{SHIP_TO}/city": "1013 AB Amsterdam"},
            "Amsterdam; the postcode stays 1012 LG, not 1013 AB",
            {"city": "Amsterdam"},
        ),
        ("city_postcode", "NL", {f"{SHIP_TO}/city": "Amsterdam, Netherlands"}, "Amsterdam", {"city": "Amsterdam"}),
        (
            "city_postcode",
            "DE",
            {f"{SHIP_TO}/city": "D-10115 Berlin DE", f"{SHIP_TO}/postal_code": ""},
            "Berlin, postcode 10115",
            {"city": "Berlin", "postal_code": "10115"},
        ),
        ("city_postcode", "BE", {f"{SHIP_TO}/city": "9000 Gent / België"}, "Gent", {"city": "Gent"}),
        ("city_postcode", "GB", {f"{SHIP_TO}/city": "London SW1A 1AA (UK)"}, "London", {"city": "London"}),
        (
            "city_postcode",
            "US",
            {f"{SHIP_TO}/city": "New York, NY 10118-0110 USA", f"{SHIP_TO}/state_province_code": ""},
            "New York, state US-NY",
            {"city": "New York", "state_province_code": "US-NY"},
        ),
        (
            "email_in_name",
            "DE",
            {f"{SHIP_TO}/name": "Jürgen Müller <jm@example.de>"},
            "Jürgen Müller, e-mail jm@example.de",
            {"name": "Jürgen Müller", "email": "jm@example.de"},
        ),
        (
            "email_format",
            "NL",
            {f"{SHIP_TO}/email": "fatima@example,nl"},
            "fatima@example.nl",
            {"email": "fatima@example.nl"},
        ),
    ],
)
def test_fix_of_an_address(code: str, country: str, changes: dict[str, Any], text: str, values: dict[str, Any]) -> None:
    shown, set_values, order = fixed(country, changes, code, CheckContext())
    assert shown == text
    assert set_values == {f"{SHIP_TO}/{field}": value for field, value in values.items()}
    assert code not in {problem.code for problem in find_problems(order)}


@pytest.mark.parametrize(
    ("country", "city"),
    [
        ("LU", "Luxembourg"),
        ("MX", "Ciudad de México"),
        ("SG", "Singapore"),
        ("CH", "Wil SG"),
        ("IT", "Roma (RM)"),
        ("DE", "Halle (Saale)"),
        ("DE", "Berlin-DE"),
        ("FR", "Lyon CEDEX 03"),
        ("CZ", "Praha 1"),
        ("IE", "Dublin 2"),
        ("NL", "Bergen NH"),
        ("US", "Albuquerque, New Mexico"),
        ("BR", "São Paulo - SP"),
    ],
)
def test_cities_that_only_look_as_if_they_had_a_postcode_or_country(country: str, city: str) -> None:
    order = changed(shippable(), {f"{SHIP_TO}/country_code": country, f"{SHIP_TO}/city": city})
    assert "city_postcode" not in {problem.code for problem in find_problems(order)}


@pytest.mark.parametrize(
    ("code", "changes", "text", "values"),
    [
        ("hs_code", {f"{FIRST}/hs_code": ""}, "6912.00, as in 14 earlier orders", {f"{FIRST}/hs_code": "6912.00"}),
        (
            "origin",
            {f"{FIRST}/country_of_origin": ABSENT},
            "PT, as in 1 earlier order",
            {f"{FIRST}/country_of_origin": "PT"},
        ),
        ("origin", {f"{FIRST}/country_of_origin": "China"}, "CN", {f"{FIRST}/country_of_origin": "CN"}),
        (
            "no_weight",
            {f"{FIRST}/measurement": ABSENT},
            "380 g, as in 12 of 15 earlier orders",
            {f"{FIRST}/measurement/weight": {"value": 380, "unit": "g"}},
        ),
        (
            "no_weight",
            {f"{FIRST}/measurement/weight": {"value": 2}},
            "2 kg",
            {f"{FIRST}/measurement/weight/unit": "kg"},
        ),
        (
            "hs_code",
            {f"{FIRST}/hs_code": "", SECOND: {**ITEM, "hs_code": ""}},
            "6912.00 (2 items), as in 14 earlier orders",
            {f"{FIRST}/hs_code": "6912.00", f"{SECOND}/hs_code": "6912.00"},
        ),
    ],
)
def test_fix_from_earlier_orders(code: str, changes: dict[str, Any], text: str, values: dict[str, Any]) -> None:
    assert code in FROM_HISTORY
    shown, set_values, order = fixed("CH", changes, code, KNOWN)
    assert (shown, set_values) == (text, values)
    assert code not in {problem.code for problem in find_problems(order)}


def test_values_that_are_there_are_not_overwritten() -> None:
    other = {**ITEM, "hs_code": "0101.30", "sku": "MUG-1", "name": "Other"}
    _, values, _ = fixed("CH", {f"{FIRST}/hs_code": "", SECOND: other}, "hs_code", KNOWN)
    assert values == {f"{FIRST}/hs_code": "6912.00"}


def test_a_missing_unit_is_kilograms_also_where_the_schema_reports_it() -> None:
    order = changed(shippable(), {PARCEL: {"value": 3}})
    fix = fix_for(order, Problem("required", "missing", pointer=Pointer.parse(f"{PARCEL}/unit")))
    assert fix is not None
    assert fix.values == ((Pointer.parse(f"{PARCEL}/unit"), "kg"),)


@pytest.mark.parametrize(
    ("code", "country", "changes"),
    [
        ("hs_code", "CH", {f"{FIRST}/hs_code": "", f"{FIRST}/sku": "B"}),
        ("hs_code", "CH", {f"{FIRST}/hs_code": "", f"{FIRST}/sku": ""}),
        ("no_weight", "NL", {f"{FIRST}/measurement": ABSENT, f"{FIRST}/sku": "B"}),
        ("postcode", "NL", {f"{SHIP_TO}/postal_code": "99"}),
        ("unknown_country", "NL", {f"{SHIP_TO}/country_code": "Utopia"}),
        ("state", "US", {f"{SHIP_TO}/state_province_code": "", f"{SHIP_TO}/postal_code": "X"}),
        ("no_house_number", "BE", {f"{SHIP_TO}/house_number": "", f"{SHIP_TO}/address_line_2": ""}),
        ("no_street", "NL", {f"{SHIP_TO}/address_line_1": "", f"{SHIP_TO}/address_line_2": ""}),
        ("no_street", "BE", {f"{SHIP_TO}/address_line_1": "", f"{SHIP_TO}/address_line_2": "Apartment 17B"}),
        ("no_street", "NL", {f"{SHIP_TO}/address_line_1": "", f"{SHIP_TO}/address_line_2": "2e verdieping"}),
        ("no_street", "DE", {f"{SHIP_TO}/address_line_1": "", f"{SHIP_TO}/address_line_2": "apt 4"}),
        ("email_in_name", "NL", {f"{SHIP_TO}/name": "s@example.nl"}),
        ("unpaid", "NL", {"/payment_details/status/code": "unpaid"}),
    ],
)
def test_nothing_is_proposed_without_knowledge(code: str, country: str, changes: dict[str, Any]) -> None:
    order = changed(shippable(country), changes)
    (problem,) = [problem for problem in find_problems(order) if problem.code == code]
    assert fix_for(order, problem, KNOWN) is None
