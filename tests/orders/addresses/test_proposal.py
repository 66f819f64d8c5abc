"""Tests for proposed changes of addresses."""

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


def effects_of(
    parsed: ParsedAddress, node: Any, *, split: bool = False, operation: Operation = Operation.PATCH
) -> dict[str, FieldEffect]:
    lines = propose(parsed, {"shipping_address": node}, SHIP_TO, split=split, operation=operation)
    return {line.field: line.effect for line in lines}


def test_effect_of_each_field() -> None:
    assert effects_of(NEW, OLD) == {
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


def test_missing_field_that_cannot_be_empty_stays_and_is_reported() -> None:
    parsed = read_address("Damrak 5\n1012 LG Amsterdam")
    assert effects_of(parsed, OLD)["name"] is FieldEffect.MIXES
    parsed = read_address("Straße: Weg 5\nOrt: Bonn")
    assert {name for name, effect in effects_of(parsed, OLD).items() if effect is FieldEffect.MIXES} == {
        "name",
        "postal_code",
        "country_code",
    }


def test_phone_number_alone_keeps_the_other_fields() -> None:
    found = effects_of(read_address("Tel: 0612345678"), OLD)
    assert {name for name, effect in found.items() if effect is not FieldEffect.STAYS} == {"phone_number"}


@pytest.mark.parametrize("node", [None, {}, "x", 3, [], {"name": 3, "city": None}])
def test_addresses_of_any_shape_get_a_proposal(node: Any) -> None:
    assert set(effects_of(NEW, node).values()) == {FieldEffect.SET}


def test_house_number_is_split_only_if_the_order_has_it_split() -> None:
    assert wants_split(NEW, OLD)
    assert not wants_split(NEW, OLD | {"house_number": " "})
    assert not wants_split(NEW, None)
    lines = {line.field: line.value for line in propose(NEW, {"shipping_address": OLD}, SHIP_TO, split=True)}
    assert (lines["address_line_1"], lines["house_number"]) == ("Damrak", "5")


def test_company_becomes_the_missing_name() -> None:
    parsed = read_address("Muster GmbH\nMusterstraße 5\n10115 Berlin")
    assert "name" in effects_of(parsed, {})
    assert effects_of(parsed, OLD)["name"] is FieldEffect.MIXES


def test_excluded_fields_are_not_written() -> None:
    document = {"shipping_address": OLD}
    lines = propose(NEW, document, SHIP_TO, split=True)
    values = dict(values_for(lines, document, SHIP_TO, excluded={"name", "address_line_2"}))
    assert values == {
        SHIP_TO / "company_name": "",
        SHIP_TO / "address_line_1": "Damrak",
        SHIP_TO / "house_number": "5",
        SHIP_TO / "state_province_code": "",
    }


def test_other_address_gets_the_written_fields() -> None:
    document = {
        "shipping_address": OLD,
        "billing_address": {"name": "X", "city": "Gent", "address_line_2": "links", "email": "a@b.nl"},
    }
    lines = propose(NEW, document, SHIP_TO, split=True)
    values = values_for(lines, document, SHIP_TO, BILL_TO, excluded={"name"})
    billing = {pointer.name: value for pointer, value in values if pointer.startswith(BILL_TO)}
    assert billing == {
        "address_line_1": "Damrak",
        "house_number": "5",
        "address_line_2": "",
        "postal_code": "1012 AB",
        "city": "Amsterdam",
        "country_code": "NL",
    }


@pytest.mark.parametrize("other", [{}, {"billing_address": None}])
def test_missing_other_address_gets_a_complete_copy(other: dict[str, Any]) -> None:
    document = {"shipping_address": OLD, **other}
    lines = propose(NEW, document, SHIP_TO, split=True)
    values = values_for(lines, document, SHIP_TO, BILL_TO, excluded={"name"})
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


def test_equal_address_changes_nothing() -> None:
    document = {"shipping_address": {"name": "Fatma Demir", "address_line_1": "Damrak 5", "address_line_2": "3 hoog",
                "postal_code": "1012 AB", "city": "Amsterdam", "country_code": "NL"}}  # fmt: skip
    lines = propose(NEW, document, SHIP_TO, split=False)
    assert {line.effect for line in lines} == {FieldEffect.SAME, FieldEffect.STAYS}
    assert values_for(lines, document, SHIP_TO) == []
