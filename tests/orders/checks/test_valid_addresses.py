"""No check reports an error in a complete address, however people write it; a split is the one they would make."""

import pytest
from check_orders import shippable
from valid_addresses import VALID

from tui.api.errors import Severity
from tui.orders.checks.fixes import fix_for
from tui.orders.checks.registry import find_problems
from tui.orders.paths import SHIP_TO

FIELDS = ("name", "address_line_1", "house_number", "address_line_2", "postal_code", "city", "state_province_code")
EXPECTED_WARNINGS = {"street_number", "long"}
"""Both are true of these addresses: some carriers need the number apart, and some print 32 characters of the street."""


def order(country: str, *texts: str) -> dict[str, object]:
    address = {field: text for field, text in zip(FIELDS, texts, strict=True) if text}
    return shippable() | {"shipping_address": address | {"country_code": country, "phone_number": "+31 20 123 4567"}}


def test_the_addresses_are_of_many_countries() -> None:
    assert len(VALID) >= 60
    assert len({country for country, *_ in VALID}) >= 20


@pytest.mark.parametrize("address", VALID, ids=[f"{country} {street}" for country, _, street, *_ in VALID])
def test_a_complete_address_has_no_error(address: tuple[str, ...]) -> None:
    document = order(*address)
    problems = find_problems(document)
    assert [problem.title for problem in problems if problem.severity is Severity.ERROR] == []
    assert {problem.code for problem in problems} <= EXPECTED_WARNINGS
    for problem in problems:
        if (fix := fix_for(document, problem)) is not None:
            values = dict(fix.values)
            parts = [str(values[SHIP_TO / field]) for field in ("address_line_1", "house_number")]
            # Nothing of the street is lost or changed; only its order may differ.
            assert sorted("".join(parts).replace(" ", "").replace(",", "")) == sorted(
                address[2].replace(" ", "").replace(",", "")
            )
