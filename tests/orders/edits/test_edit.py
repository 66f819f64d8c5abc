"""Tests for edits: undo, redo and the log, the identity of items, the smallest PATCH, and conversions for POST."""

import copy
import random
from typing import Any

import pytest

from tui.api.models import Operation, validate_order
from tui.api.pointer import ABSENT, Pointer
from tui.orders.edits.edit import Edit
from tui.orders.edits.patch import smallest_patch
from tui.orders.edits.request_choice import choose_request
from tui.orders.edits.upsert import to_upsert, unknown_pointers
from tui.orders.paths import ITEMS


def at(text: str) -> Pointer:
    return Pointer.parse(text)


def order() -> dict[str, Any]:
    return {
        "id": "12",
        "order_id": "a",
        "order_number": "A-1",
        "order_details": {
            "integration": {"id": 7},
            "status": {"code": "open"},
            "order_items": [
                {"name": "Mug", "quantity": 1, "measurement": {"weight": {"value": 1, "unit": "kg"}}, "sku": None},
                {
                    "name": "Cup",
                    "quantity": 2,
                    "unit_price": {"value": 3, "currency": "EUR"},
                    "colour": "red",
                    "properties": {"b": {"c": 1}},
                },
            ],
            "tags": ["a"],
            "notes": "hi",
        },
        "customs_details": None,
        "customer_details": {"name": "Jane", "phone_number": "06"},
        "shipping_address": {"name": "Jane", "city": "Gent", "house_number": None},
        "future": {"x": 1},
    }


def test_patch_has_only_changes_but_complete_prices() -> None:
    edit = Edit(order())
    edit.put(at("/shipping_address/city"), "Brugge", "city")
    edit.put(at("/order_details/order_items/1/unit_price/value"), 4, "price")
    edit.put(at("/customer_details/phone_number"), "07", "phone")
    patch = smallest_patch(edit)
    assert patch.body == {
        "shipping_address": {"city": "Brugge"},
        "order_details": {"order_items": [{"name": "Cup", "unit_price": {"value": 4, "currency": "EUR"}}]},
        "customer_details": {"phone": "07"},
    }
    assert not patch.blocked
    assert not patch.invalid


def test_patch_without_changes_is_empty() -> None:
    edit = Edit(order())
    edit.put(at("/shipping_address/city"), "Brugge", "city")
    edit.put(at("/shipping_address/city"), "Gent", "city")
    assert smallest_patch(edit).body == {}
    assert not edit.dirty


@pytest.mark.parametrize(
    ("do", "reason"),
    [
        (lambda edit: edit.remove(ITEMS / 0, "x"), "add or remove"),
        (lambda edit: edit.insert(ITEMS, 1, {"name": "New"}, "x"), "add"),
        (lambda edit: edit.put(ITEMS / 0 / "name", "Mag", "x"), "rename"),
        (lambda edit: edit.put(ITEMS / 0 / "ean", "1", "x"), "does not support"),
        (lambda edit: edit.put(at("/order_id"), "b", "x"), "cannot be changed"),
        (lambda edit: edit.drop(at("/shipping_address/city"), "x"), "cannot remove"),
        (lambda edit: edit.put(at("/future/x"), 2, "x"), "no such field"),
        (lambda edit: edit.put(ITEMS / 1 / "properties", {"b": {}}, "x"), "cannot remove a part"),
    ],
)
def test_change_that_a_patch_cannot_carry_has_a_reason(do: Any, reason: str) -> None:
    edit = Edit(order())
    do(edit)
    patch = smallest_patch(edit)
    assert patch.body == {}
    assert reason in patch.blocked[0].reason


def test_items_of_the_same_name_are_never_guessed() -> None:
    document = order()
    document["order_details"]["order_items"][1]["name"] = "Mug"
    edit = Edit(document)
    edit.put(ITEMS / 1 / "quantity", 5, "x")
    assert "two items" in smallest_patch(edit).blocked[0].reason


@pytest.mark.parametrize(
    ("node", "base", "dropped", "sent"),
    [
        # The service merges objects, so an amount that is not sent would stay.
        ("/order_details/order_items/1/unit_price", {"value": 3, "currency": "EUR"}, ["value"], None),
        ("/service_point_details", {"id": "1", "post_number": "2"}, ["post_number"], None),
        (
            "/payment_details/freight_costs",
            {"value": "3", "currency": "EUR"},
            ["value"],
            {"value": None, "currency": "EUR"},
        ),
        ("/payment_details/freight_costs", {"value": "3"}, ["value"], {"value": None}),
    ],
)
def test_value_removed_from_an_atomic_object_is_sent_as_null_or_blocked(
    node: str, base: Any, dropped: list[str], sent: Any
) -> None:
    edit = Edit(at(node).put(order(), base))
    for key in dropped:
        edit.drop(at(node) / key, "x")
    patch = smallest_patch(edit)
    if sent is None:
        assert patch.body == {}
        assert "cannot remove" in patch.blocked[0].reason
    else:
        assert patch.body == at(node).put({}, sent)
    assert not patch.invalid


def test_service_point_never_gets_two_ids() -> None:
    edit = Edit({**order(), "service_point_details": {"id": "1"}})
    edit.put_all(
        [(at("/service_point_details/carrier_service_point_id"), "x"), (at("/service_point_details/id"), ABSENT)], "x"
    )
    patch = smallest_patch(edit)
    assert patch.body == {}
    assert len(patch.blocked) == 2


def test_removed_nullable_values_are_sent_as_null() -> None:
    edit = Edit(order())
    edit.drop(at("/order_details/tags"), "tags")
    edit.drop(at("/order_details/notes"), "notes")
    assert smallest_patch(edit).body == {"order_details": {"tags": None, "notes": None}}


def test_incomplete_measure_is_reported_at_its_pointer() -> None:
    edit = Edit(order())
    edit.put(ITEMS / 1 / "measurement" / "weight" / "value", 2, "weight")
    patch = smallest_patch(edit)
    assert [str(problem.pointer) for problem in patch.invalid] == [
        "/order_details/order_items/1/measurement/weight/unit"
    ]


def test_incomplete_address_cannot_be_sent() -> None:
    edit = Edit({key: value for key, value in order().items() if key != "shipping_address"})
    edit.put(at("/shipping_address/name"), "Jane", "name")
    request = choose_request(edit)
    assert not request.can_send
    missing = {"address_line_1", "postal_code", "city", "country_code"}
    assert {error.pointer.name for error in request.invalid} == missing
    for name in missing:
        edit.put(at("/shipping_address") / name, "NL", name)
    assert choose_request(edit).can_send


def test_key_pointer_follows_its_item() -> None:
    edit = Edit(order())
    mark = edit.to_keys(ITEMS / 1 / "quantity")
    edit.remove(ITEMS / 0, "remove")
    assert edit.to_positions(mark) == ITEMS / 0 / "quantity"
    assert edit.base_value(ITEMS / 0 / "quantity") == 2
    edit.insert(ITEMS, 0, {"name": "New"}, "insert")
    assert edit.to_positions(mark) == ITEMS / 1 / "quantity"
    assert edit.base_value(ITEMS / 0 / "name") is ABSENT
    edit.remove(ITEMS / 1, "remove")
    assert edit.to_positions(mark) is None


def test_random_steps_are_undone_redone_and_loaded_from_the_log() -> None:
    rng = random.Random(3)
    for _ in range(200):
        base = order()
        frozen = copy.deepcopy(base)
        edit = Edit(base)
        for number in range(rng.randint(1, 12)):
            random_step(edit, rng, number)
        states = edit.document
        loaded = Edit.load(base, edit.log())
        assert loaded.document == states
        assert list(loaded.changes()) == list(edit.changes())
        count = edit.done
        while edit.undo():
            pass
        assert edit.document == frozen
        assert not edit.dirty
        while edit.done < count:
            assert edit.redo()
        assert edit.document == states
        assert base == frozen


def random_step(edit: Edit, rng: random.Random, number: int) -> None:
    items = ITEMS.get(edit.document)
    count = len(items) if isinstance(items, list) else 0
    match rng.randrange(7):
        case 0:
            edit.insert(ITEMS, rng.randint(0, count), {"name": f"n{number}", "quantity": 1}, "insert")
        case 1 if count:
            edit.remove(ITEMS / rng.randrange(count), "remove")
        case 2 if count:
            edit.put(ITEMS / rng.randrange(count) / "quantity", number, "quantity")
        case 3:
            edit.put(at("/customs_details/export_type"), "private", "duty")
        case 4:
            edit.drop(at("/shipping_address/city"), "city")
        case 5:
            edit.undo()
        case _:
            edit.put(at("/shipping_address/house_number"), str(number), "number")


def test_upsert_drops_what_post_refuses_and_keeps_unknown_fields() -> None:
    document = order() | {"created_at": "x", "payment_details": {"freight_costs": {"value": 3, "currency": "CHF"}}}
    upsert, conversions = to_upsert(document, keep_id=True)
    assert upsert["id"] == "12"
    assert upsert["future"] == {"x": 1}
    assert "created_at" not in upsert
    assert upsert["payment_details"] == {"freight_costs": {"value": "3", "currency": "CHF"}}
    assert "house_number" not in upsert["shipping_address"]
    assert upsert["customs_details"] is None
    assert {str(conversion.pointer) for conversion in conversions} == {
        "/order_details/order_items/0/sku",
        "/shipping_address/house_number",
        "/payment_details/freight_costs/value",
    }
    assert not [p for p in validate_order(upsert, Operation.POST) if "null" in p.detail]


def test_unknown_pointers_lists_fields_that_the_schema_lacks() -> None:
    assert [str(pointer) for pointer in unknown_pointers(order())] == [
        "/order_details/order_items/1/colour",
        "/future",
    ]
