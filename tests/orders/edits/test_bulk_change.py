"""A recipe on orders: what it changes, what it leaves, which road can carry it, and how it is kept."""

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
    full_label,
    settable,
    short_label,
)
from tui.orders.edits.edit import Edit
from tui.orders.paths import ITEMS, STATUS, TAGS

ORDER_: Any = decode(json.dumps({**ORDER, "id": "700001"}))
HS = (*ITEMS.tokens, "*", "hs_code")
WEIGHT = (*ITEMS.tokens, "*", "measurement", "weight", "value")
UNIT = (*ITEMS.tokens, "*", "measurement", "weight", "unit")
HOLD = BulkChange("hold", (FieldAssignment(STATUS.tokens, "on_hold"),), ("hold",))


def put(document: Any, pointer: Pointer | tuple[str, ...], value: Any) -> Any:
    pointer = pointer if isinstance(pointer, Pointer) else Pointer(pointer)
    return pointer.drop(document) if value is ABSENT else pointer.put(document, value)


def after(recipe: BulkChange, document: Any) -> Any:
    return apply(recipe, document).edit.document


def test_a_recipe_is_one_step_under_its_name_and_the_smallest_patch() -> None:
    applied = apply(HOLD, ORDER_)
    assert [step.name for step in applied.edit.steps] == ["hold"]
    assert applied.sending.body == {
        "order_details": {"status": {"code": "on_hold"}, "tags": ["fragile", "gift", "hold"]}
    }
    assert not applied.already
    assert (applied.cannot, applied.no_patch, applied.no_upsert) == ((), (), ())


@pytest.mark.parametrize(
    ("before", "add", "remove", "wanted"),
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
def test_tags_keep_order_and_others_and_are_compared_exactly(
    before: Any, add: tuple[str, ...], remove: tuple[str, ...], wanted: Any
) -> None:
    document = put(ORDER_, TAGS, before)
    assert TAGS.get(after(BulkChange().with_tags(add, remove), document)) == wanted


def test_tags_that_are_no_list_stop_the_whole_change_of_an_order() -> None:
    applied = apply(HOLD, put(ORDER_, TAGS, "fragile, gift"))
    assert applied.cannot == ("its tags are no list",)
    assert applied.changes == ()


def test_every_item_is_set_and_where_empty_only_those_without() -> None:
    document = put(ORDER_, ITEMS / 0 / "hs_code", "620520")
    everywhere = after(BulkChange(sets=(FieldAssignment(HS, "010130"),)), document)
    empty = after(BulkChange(sets=(FieldAssignment(HS, "010130", only_empty=True),)), document)
    assert [item["hs_code"] for item in ITEMS.get(everywhere)] == ["010130", "010130"]
    assert [item["hs_code"] for item in ITEMS.get(empty)] == ["620520", "010130"]


def test_a_measure_is_empty_when_its_value_is() -> None:
    recipe = BulkChange(
        sets=(FieldAssignment(WEIGHT, 1, only_empty=True), FieldAssignment(UNIT, "kg", only_empty=True))
    )
    document = put(ORDER_, ITEMS / 0 / "measurement", {"weight": {"value": 250, "unit": "g"}})
    document = put(document, ITEMS / 1 / "measurement", {"weight": {"unit": "g"}})
    weights = [item["measurement"]["weight"] for item in ITEMS.get(after(recipe, document))]
    assert weights == [{"value": 250, "unit": "g"}, {"value": 1, "unit": "kg"}]


def test_an_order_without_items_cannot_have_them_set() -> None:
    applied = apply(BulkChange(sets=(FieldAssignment(HS, "010130"),)), put(ORDER_, ITEMS, []))
    assert applied.cannot == ("it has no items",)
    assert not applied.already


@pytest.mark.parametrize(
    ("setting", "patch", "upsert"),
    [
        (FieldAssignment(STATUS.tokens, "on_hold"), False, False),
        # A PATCH has no such field (Q3.6).
        (FieldAssignment(("payment_details", "is_cash_on_delivery"), True), True, False),
        # Half a measure is none (Q3.7), and neither road takes it.
        (FieldAssignment(WEIGHT, 1), True, True),
        (FieldAssignment(("order_details", "notes"), None), False, False),
    ],
)
def test_the_roads_that_can_carry_it(setting: FieldAssignment, patch: bool, upsert: bool) -> None:
    applied = apply(BulkChange(sets=(setting,)), ORDER_)
    assert (bool(applied.no_patch), bool(applied.no_upsert)) == (patch, upsert)
    assert bool(applied.cannot) == (patch and upsert)


def test_twins_by_name_go_whole() -> None:
    twins = put(ORDER_, ITEMS / 1 / "name", "Cylinder candle")
    applied = apply(BulkChange(sets=(FieldAssignment(HS, "010130"),)), twins)
    assert "two items are named" in applied.no_patch[0]
    assert applied.no_upsert == applied.cannot == ()


def test_what_the_schema_does_not_know_is_counted() -> None:
    assert apply(HOLD, put(ORDER_, ("x_ray",), {"a": 1})).unread == 1
    assert apply(HOLD, ORDER_).unread == 0


@pytest.mark.parametrize("there", [ABSENT, None])
def test_nothing_is_met_by_nothing(there: Any) -> None:
    document = put(ORDER_, ("order_details", "notes"), there)
    assert apply(BulkChange(sets=(FieldAssignment(("order_details", "notes"), None),)), document).already


def test_a_setting_without_a_value_changes_nothing() -> None:
    recipe = BulkChange(sets=(FieldAssignment(STATUS.tokens),))
    assert recipe.is_empty
    assert apply(recipe, ORDER_).already


def test_a_warning_is_told_only_where_the_change_makes_it() -> None:
    recipe = BulkChange(sets=(FieldAssignment(("shipping_address", "house_number"), ""),))
    assert apply(recipe, ORDER_).warnings
    assert not apply(HOLD, put(ORDER_, ("shipping_address", "house_number"), "")).warnings


def test_the_units_of_measures_that_are_set_without_them_are_told() -> None:
    weights = [{"weight": {"value": 1, "unit": "kg"}}, {"weight": {"value": 250, "unit": "g"}}]
    document = ORDER_
    for position, weight in enumerate(weights):
        document = put(document, ITEMS / position / "measurement", weight)
    assert "unit stays kg, g" in apply(BulkChange(sets=(FieldAssignment(WEIGHT, 2),)), document).warnings
    # Where nothing changes, or the unit is set too, there is nothing to tell.
    assert (
        "unit stays kg" not in apply(BulkChange(sets=(FieldAssignment(WEIGHT, 1, only_empty=True),)), document).warnings
    )
    both = apply(BulkChange(sets=(FieldAssignment(WEIGHT, 2), FieldAssignment(UNIT, "oz"))), document)
    assert not any("stays" in words for words in both.warnings)


def test_it_goes_on_top_of_a_draft_as_one_step() -> None:
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
def test_what_somebody_changed_since_is_seen(pointer: Pointer, value: Any, changed: bool) -> None:
    planned = apply(HOLD, ORDER_).changes
    now = apply(HOLD, put(ORDER_, pointer, value))
    assert bool(changed_since(planned, now)) == changed


def test_what_was_so_and_is_no_longer_was_changed_by_somebody() -> None:
    planned = apply(HOLD, put(ORDER_, STATUS, "on_hold")).changes
    (found,) = changed_since(planned, apply(HOLD, ORDER_))
    assert (found.pointer, found.was, found.now) == (STATUS, "on_hold", "fulfilled")


def test_fields_that_tell_orders_apart_are_never_offered() -> None:
    paths = {known.path for known in settable()}
    assert STATUS.tokens in paths
    assert HS in paths
    assert not paths & {("order_number",), ("order_id",), ("id",), TAGS.tokens, (*ITEMS.tokens, "*", "name")}


def test_labels() -> None:
    assert full_label(HS) == "Every item, HS code"
    assert short_label(FieldAssignment(HS)) == "items' HS code"
    assert short_label(FieldAssignment(("shipping_address", "city"))) == "Ship to city"
    assert short_label(FieldAssignment(("order_details", "mood"))) == "order_details/mood"
    assert HOLD.words == "status on_hold, tags +hold"
    assert BulkChange(sets=(FieldAssignment(HS, "010130", only_empty=True),), remove_tags=("x",)).words == (
        "items' HS code 010130 where empty, tags -x"
    )


@pytest.mark.parametrize(
    "value",
    [None, [], "hold", {}, {"version": 2, "name": "later"}, {"version": True}],
)
def test_what_is_no_recipe_is_not_read(value: Any) -> None:
    assert BulkChange.from_json(value) is None


def test_a_field_that_is_no_more_is_left_out_and_told() -> None:
    kept = HOLD.to_json()
    kept["sets"] = [*kept["sets"], {"path": ["order_details", "mood"], "value": 1}, "odd"]  # type: ignore[misc]
    read = BulkChange.from_json({**kept, "more": 1})
    assert read == HOLD
    assert read.unread == ("order_details/mood", "?")


VALUES = st.one_of(st.none(), st.text(max_size=6), st.integers(-5, 5), st.booleans())
SETTINGS = st.builds(
    FieldAssignment,
    st.sampled_from([known.path for known in settable()]),
    st.one_of(VALUES, st.just(ABSENT)),
    st.booleans(),
)
WORDS = st.lists(st.text(min_size=1, max_size=3), max_size=4).map(tuple)


@st.composite
def recipes(draw: st.DrawFn) -> BulkChange:
    recipe = BulkChange(draw(st.text(max_size=5)))
    for setting in draw(st.lists(SETTINGS, max_size=4)):
        recipe = recipe.with_setting(setting)
    return recipe.with_tags(draw(WORDS), draw(WORDS))


@given(recipes())
def test_a_recipe_survives_being_kept(recipe: BulkChange) -> None:
    assert BulkChange.from_json(recipe.to_json()) == recipe


@given(recipes())
def test_twice_is_already_so(recipe: BulkChange) -> None:
    first = apply(recipe, ORDER_)
    if not any("no list" in reason for reason in first.cannot):
        assert apply(recipe, first.edit.document).changes == ()


@given(st.lists(st.text(max_size=3)), WORDS, WORDS)
def test_others_tags_are_never_lost(before: list[str], add: tuple[str, ...], remove: tuple[str, ...]) -> None:
    found: Any = TAGS.get(after(BulkChange().with_tags(add, remove), put(ORDER_, TAGS, before)))
    others = [tag for tag in before if tag not in remove or tag in add]
    assert found[: len(others)] == others
    assert set(found) == set(others) | set(add)
    assert len(found) - len(set(found)) <= len(others) - len(set(others))
