"""Tests for bulk changes: what they change and keep, which request can carry them, and their JSON form."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox_harness import ORDER

from tui.api.codec import decode
from tui.api.pointer import ABSENT, Pointer
from tui.orders.edits.bulk_change import (
    BulkChange,
    FieldAssignment,
    apply,
    apply_to_edit,
    changed_since,
    settable,
    short_label,
)
from tui.orders.edits.edit import Edit
from tui.orders.fields import full_label
from tui.orders.paths import ITEMS, STATUS, TAGS

ORDER_: Any = decode(json.dumps({**ORDER, "id": "700001"}))
HS = (*ITEMS.tokens, "*", "hs_code")
WEIGHT = (*ITEMS.tokens, "*", "measurement", "weight", "value")
UNIT = (*ITEMS.tokens, "*", "measurement", "weight", "unit")
HOLD = BulkChange("hold", (FieldAssignment(STATUS.tokens, "on_hold"),), ("hold",))


def put(document: Any, pointer: Pointer | tuple[str, ...], value: Any) -> Any:
    pointer = pointer if isinstance(pointer, Pointer) else Pointer(pointer)
    return pointer.drop(document) if value is ABSENT else pointer.put(document, value)


def after(bulk: BulkChange, document: Any) -> Any:
    return apply(bulk, document).edit.document


def test_change_is_one_step_of_its_name_and_the_smallest_patch() -> None:
    applied = apply(HOLD, ORDER_)
    assert [step.name for step in applied.edit.steps] == ["hold"]
    assert applied.request.body == {
        "order_details": {"status": {"code": "on_hold"}, "tags": ["fragile", "gift", "hold"]}
    }
    assert not applied.is_unchanged
    assert (applied.blocked_reasons, applied.no_patch, applied.no_upsert) == ((), (), ())


@pytest.mark.parametrize(
    ("before", "add", "remove", "expected"),
    [
        (["a", "b"], ("c",), (), ["a", "b", "c"]),
        (["a", "b"], ("b",), (), ["a", "b"]),
        (["b", "a", "b"], ("c",), ("a",), ["b", "b", "c"]),
        (["Hold"], ("hold",), ("HOLD",), ["Hold", "hold"]),
        (["a,b"], (), ("a",), ["a,b"]),
        (ABSENT, ("a", "a"), (), ["a"]),
        (None, ("a",), ("a",), ["a"]),
        (ABSENT, (), ("a",), ABSENT),
        (["a"], (), ("a",), []),
        ([{"odd": 1}, "a"], ("b",), (), [{"odd": 1}, "a", "b"]),
    ],
)
def test_other_tags_are_kept_in_order_and_compared_exactly(
    before: Any, add: tuple[str, ...], remove: tuple[str, ...], expected: Any
) -> None:
    document = put(ORDER_, TAGS, before)
    assert TAGS.get(after(BulkChange().with_tags(add, remove), document)) == expected


def test_tags_that_are_not_a_list_block_the_change() -> None:
    applied = apply(HOLD, put(ORDER_, TAGS, "fragile, gift"))
    assert applied.blocked_reasons == ("its tags are not a list",)
    assert applied.changes == ()


def test_every_item_is_set_or_only_items_without_a_value() -> None:
    document = put(ORDER_, ITEMS / 0 / "hs_code", "620520")
    everywhere = after(BulkChange(assignments=(FieldAssignment(HS, "010130"),)), document)
    empty = after(BulkChange(assignments=(FieldAssignment(HS, "010130", only_empty=True),)), document)
    assert [item["hs_code"] for item in ITEMS.get(everywhere)] == ["010130", "010130"]
    assert [item["hs_code"] for item in ITEMS.get(empty)] == ["620520", "010130"]


def test_measure_without_a_value_counts_as_empty() -> None:
    bulk = BulkChange(
        assignments=(FieldAssignment(WEIGHT, 1, only_empty=True), FieldAssignment(UNIT, "kg", only_empty=True))
    )
    document = put(ORDER_, ITEMS / 0 / "measurement", {"weight": {"value": 250, "unit": "g"}})
    document = put(document, ITEMS / 1 / "measurement", {"weight": {"unit": "g"}})
    weights = [item["measurement"]["weight"] for item in ITEMS.get(after(bulk, document))]
    assert weights == [{"value": 250, "unit": "g"}, {"value": 1, "unit": "kg"}]


def test_order_without_items_blocks_a_change_of_items() -> None:
    applied = apply(BulkChange(assignments=(FieldAssignment(HS, "010130"),)), put(ORDER_, ITEMS, []))
    assert applied.blocked_reasons == ("the order has no items",)
    assert not applied.is_unchanged


@pytest.mark.parametrize(
    ("assignment", "patch", "upsert"),
    [
        (FieldAssignment(STATUS.tokens, "on_hold"), False, False),
        # A PATCH has no such field (Q3.6).
        (FieldAssignment(("payment_details", "is_cash_on_delivery"), True), True, False),
        # A measure needs value and unit (Q3.7) in both kinds of request.
        (FieldAssignment(WEIGHT, 1), True, True),
        (FieldAssignment(("order_details", "notes"), None), False, False),
    ],
)
def test_requests_that_can_carry_the_change(assignment: FieldAssignment, patch: bool, upsert: bool) -> None:
    applied = apply(BulkChange(assignments=(assignment,)), ORDER_)
    assert (bool(applied.no_patch), bool(applied.no_upsert)) == (patch, upsert)
    assert bool(applied.blocked_reasons) == (patch and upsert)


def test_items_of_the_same_name_need_an_upsert() -> None:
    duplicates = put(ORDER_, ITEMS / 1 / "name", "Cylinder candle")
    applied = apply(BulkChange(assignments=(FieldAssignment(HS, "010130"),)), duplicates)
    assert "two items are named" in applied.no_patch[0]
    assert applied.no_upsert == applied.blocked_reasons == ()


def test_unknown_parts_of_the_order_are_counted() -> None:
    assert apply(HOLD, put(ORDER_, ("x_ray",), {"a": 1})).unknown_count == 1
    assert apply(HOLD, ORDER_).unknown_count == 0


@pytest.mark.parametrize("value", [ABSENT, None])
def test_removing_a_missing_value_changes_nothing(value: Any) -> None:
    document = put(ORDER_, ("order_details", "notes"), value)
    assert apply(BulkChange(assignments=(FieldAssignment(("order_details", "notes"), None),)), document).is_unchanged


def test_assignment_without_a_value_changes_nothing() -> None:
    bulk = BulkChange(assignments=(FieldAssignment(STATUS.tokens),))
    assert bulk.is_empty
    assert apply(bulk, ORDER_).is_unchanged


def test_only_new_warnings_are_reported() -> None:
    bulk = BulkChange(assignments=(FieldAssignment(("shipping_address", "house_number"), ""),))
    assert apply(bulk, ORDER_).warnings
    assert apply(HOLD, put(ORDER_, ("shipping_address", "house_number"), "")).warnings == ("on hold",)


def test_units_that_stay_are_reported() -> None:
    weights = [{"weight": {"value": 1, "unit": "kg"}}, {"weight": {"value": 250, "unit": "g"}}]
    document = ORDER_
    for position, weight in enumerate(weights):
        document = put(document, ITEMS / position / "measurement", weight)
    assert "unit stays kg, g" in apply(BulkChange(assignments=(FieldAssignment(WEIGHT, 2),)), document).warnings
    # Nothing is reported if nothing changes or the unit is set, too.
    assert (
        "unit stays kg"
        not in apply(BulkChange(assignments=(FieldAssignment(WEIGHT, 1, only_empty=True),)), document).warnings
    )
    both = apply(BulkChange(assignments=(FieldAssignment(WEIGHT, 2), FieldAssignment(UNIT, "oz"))), document)
    assert not any("stays" in warning for warning in both.warnings)


def test_change_is_applied_to_a_draft_in_one_step() -> None:
    edit = Edit(ORDER_)
    edit.put(Pointer.of("shipping_address", "city"), "Breda", "city")
    assert apply_to_edit(HOLD, edit) == []
    assert edit.undo() == "hold"
    assert [change.now for change in edit.changes()] == ["Breda"]


@pytest.mark.parametrize(
    ("pointer", "value", "changed"),
    [
        (STATUS, "shipped", True),
        (STATUS, "on_hold", False),
        (TAGS, ["theirs"], False),
        (Pointer.of("shipping_address", "city"), "Gent", False),
    ],
)
def test_values_changed_since_planning_are_found(pointer: Pointer, value: Any, changed: bool) -> None:
    planned = apply(HOLD, ORDER_).changes
    now = apply(HOLD, put(ORDER_, pointer, value))
    assert bool(changed_since(planned, now)) == changed


def test_value_that_was_right_when_planned_and_is_not_now_was_changed() -> None:
    planned = apply(HOLD, put(ORDER_, STATUS, "on_hold")).changes
    (found,) = changed_since(planned, apply(HOLD, ORDER_))
    assert (found.pointer, found.was, found.now) == (STATUS, "on_hold", "fulfilled")


def test_identifying_fields_are_not_settable() -> None:
    paths = {known.path for known in settable()}
    assert STATUS.tokens in paths
    assert HS in paths
    assert not paths & {("order_number",), ("order_id",), ("id",), TAGS.tokens, (*ITEMS.tokens, "*", "name")}


def test_labels() -> None:
    assert full_label(HS) == "Every item, HS code"
    assert short_label(FieldAssignment(HS)) == "items' HS code"
    assert short_label(FieldAssignment(("shipping_address", "city"))) == "Ship to city"
    assert short_label(FieldAssignment(("order_details", "mood"))) == "order_details/mood"
    assert HOLD.summary == "status on_hold, tags +hold"
    assert BulkChange(assignments=(FieldAssignment(HS, "010130", only_empty=True),), remove_tags=("x",)).summary == (
        "items' HS code 010130 where empty, tags -x"
    )


@pytest.mark.parametrize(
    "value",
    [None, [], "hold", {}, {"version": 2, "name": "later"}, {"version": True}],
)
def test_invalid_json_is_not_read(value: Any) -> None:
    assert BulkChange.from_json(value) is None


def test_unknown_fields_are_left_out_and_reported() -> None:
    kept = HOLD.to_json()
    kept["sets"] = [*kept["sets"], {"path": ["order_details", "mood"], "value": 1}, "odd"]  # type: ignore[misc]
    read = BulkChange.from_json({**kept, "more": 1})
    assert read == HOLD
    assert read.unknown == ("order_details/mood", "?")


VALUES = st.one_of(st.none(), st.text(max_size=6), st.integers(-5, 5), st.booleans())
SETTINGS = st.builds(
    FieldAssignment,
    st.sampled_from([known.path for known in settable()]),
    st.one_of(VALUES, st.just(ABSENT)),
    st.booleans(),
)
WORDS = st.lists(st.text(min_size=1, max_size=3), max_size=4).map(tuple)


@st.composite
def bulk_changes(draw: st.DrawFn) -> BulkChange:
    bulk = BulkChange(draw(st.text(max_size=5)))
    for assignment in draw(st.lists(SETTINGS, max_size=4)):
        bulk = bulk.with_assignment(assignment)
    return bulk.with_tags(draw(WORDS), draw(WORDS))


@given(bulk_changes())
def test_change_is_read_back_equal(bulk: BulkChange) -> None:
    assert BulkChange.from_json(bulk.to_json()) == bulk


@given(bulk_changes())
def test_applying_twice_changes_nothing(bulk: BulkChange) -> None:
    first = apply(bulk, ORDER_)
    if not any("not a list" in reason for reason in first.blocked_reasons):
        assert apply(bulk, first.edit.document).changes == ()


@given(st.lists(st.text(max_size=3)), WORDS, WORDS)
def test_other_tags_are_never_lost(before: list[str], add: tuple[str, ...], remove: tuple[str, ...]) -> None:
    found: Any = TAGS.get(after(BulkChange().with_tags(add, remove), put(ORDER_, TAGS, before)))
    others = [tag for tag in before if tag not in remove or tag in add]
    assert found[: len(others)] == others
    assert set(found) == set(others) | set(add)
    assert len(found) - len(set(found)) <= len(others) - len(set(others))
