"""What a block would change: set, same, cleared or left, at one address or at both, and never by itself."""

from typing import Any

import pytest

from tui.api.models import Operation
from tui.api.pointer import Pointer
from tui.orders.addresses.proposal import FieldEffect, propose, values_for, wants_split
from tui.orders.addresses.reader import read_address
from tui.orders.addresses.result import ParsedAddress
from tui.orders.paths import SHIP_TO

BILL_TO = Pointer.of("billing_address")
OLD = {
    "name": "Jan Jansen",
    "company_name": "Oud BV",
    "address_line_1": "Kerkstraat",
    "house_number": "1",
    "address_line_2": "3 hoog",
    "po_box": None,
    "postal_code": "1012 AB",
    "city": "Amsterdam",
    "country_code": "NL",
    "state_province_code": "NH",
    "phone_number": "0201234567",
}
NEW = read_address("Fatma Demir\nDamrak 5\n1012 AB Amsterdam\nNederland")


def does(
    reading: ParsedAddress, node: Any, *, split: bool = False, operation: Operation = Operation.PATCH
) -> dict[str, FieldEffect]:
    lines = propose(reading, {"shipping_address": node}, SHIP_TO, split=split, operation=operation)
    return {line.field: line.does for line in lines}


def test_each_field_is_set_or_the_same_or_cleared_or_left() -> None:
    assert does(NEW, OLD) == {
        "name": FieldEffect.SET,
        "company_name": FieldEffect.CLEAR,
        "address_line_1": FieldEffect.SET,
        "house_number": FieldEffect.CLEAR,
        "address_line_2": FieldEffect.CLEAR,
        "postal_code": FieldEffect.SAME,
        "city": FieldEffect.SAME,
        "country_code": FieldEffect.SAME,
        "state_province_code": FieldEffect.CLEAR,
        "phone_number": FieldEffect.STAYS,
    }


def test_what_cannot_be_empty_stays_and_is_told() -> None:
    reading = read_address("Damrak 5\n1012 LG Amsterdam")
    assert does(reading, OLD)["name"] is FieldEffect.MIXES
    reading = read_address("Straße: Weg 5\nOrt: Bonn")
    assert {name for name, one in does(reading, OLD).items() if one is FieldEffect.MIXES} == {
        "name",
        "postal_code",
        "country_code",
    }


def test_a_phone_alone_mixes_nothing() -> None:
    found = does(read_address("Tel: 0612345678"), OLD)
    assert {name for name, one in found.items() if one is not FieldEffect.STAYS} == {"phone_number"}


@pytest.mark.parametrize("node", [None, {}, "x", 3, [], {"name": 3, "city": None}])
def test_an_address_of_any_shape_is_proposed_to(node: Any) -> None:
    assert set(does(NEW, node).values()) == {FieldEffect.SET}


def test_a_number_goes_apart_only_where_it_is_apart_already() -> None:
    assert wants_split(NEW, OLD)
    assert not wants_split(NEW, OLD | {"house_number": " "})
    assert not wants_split(NEW, None)
    lines = {line.field: line.value for line in propose(NEW, {"shipping_address": OLD}, SHIP_TO, split=True)}
    assert (lines["address_line_1"], lines["house_number"]) == ("Damrak", "5")


def test_a_company_alone_is_the_name_where_there_is_none() -> None:
    reading = read_address("Muster GmbH\nMusterstraße 5\n10115 Berlin")
    assert "name" in does(reading, {})
    assert does(reading, OLD)["name"] is FieldEffect.MIXES


def test_only_what_is_taken_is_written() -> None:
    document = {"shipping_address": OLD}
    lines = propose(NEW, document, SHIP_TO, split=True)
    values = dict(values_for(lines, document, SHIP_TO, left_out={"name", "address_line_2"}))
    assert values == {
        SHIP_TO / "company_name": "",
        SHIP_TO / "address_line_1": "Damrak",
        SHIP_TO / "house_number": "5",
        SHIP_TO / "state_province_code": "",
    }


def test_the_other_address_becomes_the_same_as_far_as_it_is_taken() -> None:
    document = {
        "shipping_address": OLD,
        "billing_address": {"name": "X", "city": "Gent", "address_line_2": "links", "email": "a@b.nl"},
    }
    lines = propose(NEW, document, SHIP_TO, split=True)
    values = values_for(lines, document, SHIP_TO, BILL_TO, left_out={"name"})
    billing = {pointer.name: value for pointer, value in values if pointer.startswith(BILL_TO)}
    assert billing == {
        "address_line_1": "Damrak",
        "house_number": "5",
        "address_line_2": "",
        "postal_code": "1012 AB",
        "city": "Amsterdam",
        "country_code": "NL",
    }


@pytest.mark.parametrize("there", [{}, {"billing_address": None}])
def test_another_address_that_is_not_there_comes_whole(there: dict[str, Any]) -> None:
    document = {"shipping_address": OLD, **there}
    lines = propose(NEW, document, SHIP_TO, split=True)
    values = values_for(lines, document, SHIP_TO, BILL_TO, left_out={"name"})
    billing = {pointer.name: value for pointer, value in values if pointer.startswith(BILL_TO)}
    assert billing == {
        "name": "Jan Jansen",
        "address_line_1": "Damrak",
        "house_number": "5",
        "postal_code": "1012 AB",
        "city": "Amsterdam",
        "country_code": "NL",
        "phone_number": "0201234567",
    }


def test_nothing_changes_where_all_is_the_same() -> None:
    document = {"shipping_address": {"name": "Fatma Demir", "address_line_1": "Damrak 5", "address_line_2": "3 hoog",
                "postal_code": "1012 AB", "city": "Amsterdam", "country_code": "NL"}}  # fmt: skip
    lines = propose(NEW, document, SHIP_TO, split=False)
    assert {line.does for line in lines} == {FieldEffect.SAME, FieldEffect.STAYS}
    assert values_for(lines, document, SHIP_TO) == []
