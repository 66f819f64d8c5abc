"""Pointers: every dialect of QUIRKS 5.2, and properties that hold for any document."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.api.pointer import ABSENT, ROOT, Dialect, Pointer, Scope, Target, read_pointer, walk, write_pointer

tokens = st.one_of(
    st.text(max_size=8), st.sampled_from(["", "0", "[1]", "data", "order", "~1", "a/b", "~", "attributes"])
)
pointers = st.lists(tokens, max_size=6).map(lambda parts: Pointer(tuple(parts)))
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("raw", "dialect", "scope", "order", "pointer"),
    [
        ("/data/attributes/[1]/order_details/integration", "post", "order", 1, "/order_details/integration"),
        (
            "/data/attributes/[0]/order_details/order_items/0/quantity",
            "post",
            "order",
            0,
            "/order_details/order_items/0/quantity",
        ),
        ("/data/attributes/[0]/order_id", "post", "order", 0, "/order_id"),
        ("/data/attributes/2/order_id", "post", "order", 2, "/order_id"),
        ("/data/attributes/", "post", "batch", None, ""),
        ("/data/attributes", "post", "batch", None, ""),
        ("/data", "post", "request", None, ""),
        ("/data", "patch", "request", None, ""),
        ("order/order_details/order_items", "patch", "this", None, "/order_details/order_items"),
        ("/data/attributes/[0]/notes", "patch", "this", None, "/notes"),
        ("/data/attributes/orders/[1]", "label", "order", 1, ""),
        ("/data/attributes/orders/0/order_id", "label", "order", 0, "/order_id"),
        ("/data/attributes/order/order_id", "label", "this", None, "/order_id"),
        ("/data/attributes/sender_address_id", "label", "batch", None, "/sender_address_id"),
        ("/data/attributes/orders/0/order_id", "post", "order", 0, "/order_id"),
        ("/data/attributes/orders/[1]", "post", "order", 1, ""),
        ("/data/attributes/order/order_id", "post", "this", None, "/order_id"),
        ("/data/attributes/orders/0/order_id", "patch", "this", None, "/order_id"),
        ("orders[1].order_items[0].sku", "post", "order", 1, "/order_items/0/sku"),
        ("$.data.attributes[1].order_id", "post", "order", 1, "/order_id"),
        ("#/1/order_id", "post", "order", 1, "/order_id"),
        ("order.order_id", "patch", "this", None, "/order_id"),
        ("body/unknown_field", "body", "this", None, "/unknown_field"),
        ("", "post", "request", None, ""),
    ],
)
def test_read_pointer(raw: str, dialect: str, scope: str, order: int | None, pointer: str) -> None:
    target = read_pointer(raw, Dialect(dialect))
    assert (target.scope, target.order, str(target.pointer)) == (Scope(scope), order, pointer)
    assert target.raw == raw


@given(pointers)
def test_json_pointer_round_trip(pointer: Pointer) -> None:
    assert Pointer.parse(str(pointer)) == pointer


@given(pointers, st.sampled_from([Dialect.POST, Dialect.LABEL]), st.integers(0, 99))
def test_batch_pointer_round_trip(pointer: Pointer, dialect: Dialect, order: int) -> None:
    target = Target(Scope.ORDER, order, pointer)
    assert read_pointer(write_pointer(target, dialect), dialect) == target


@given(pointers, st.sampled_from([Dialect.PATCH, Dialect.BODY]))
def test_single_order_pointer_round_trip(pointer: Pointer, dialect: Dialect) -> None:
    target = Target(Scope.THIS, None, pointer)
    assert read_pointer(write_pointer(target, dialect), dialect) == target


@given(st.text(max_size=40), st.sampled_from(list(Dialect)))
def test_reading_a_pointer_never_raises_and_keeps_the_text(raw: str, dialect: Dialect) -> None:
    assert read_pointer(raw, dialect).raw == raw


@given(pointers, documents)
def test_resolving_never_raises_and_keeps_all_tokens(pointer: Pointer, document: object) -> None:
    found = pointer.resolve(document)
    assert found.found + found.missing == pointer
    assert found.found.get(document) == found.node
    assert bool(found.missing.tokens) == (pointer.get(document) is ABSENT)
    pointer.without_unknown_segments(document)


@given(documents)
def test_walk_yields_every_node_with_its_pointer(document: object) -> None:
    for pointer, node in walk(document):
        assert pointer.get(document) is node


@given(documents, documents)
def test_put_changes_only_its_target(document: object, value: object) -> None:
    before = repr(document)
    for pointer, _ in list(walk(document)):
        changed = pointer.put(document, value)
        assert pointer.get(changed) == value
        if pointer.tokens and isinstance(pointer.parent.get(document), dict):
            assert pointer.get(pointer.drop(document)) is ABSENT
    assert repr(document) == before


def test_put_creates_missing_objects() -> None:
    assert Pointer.parse("/a/b").put({}, 1) == {"a": {"b": 1}}
    assert Pointer.parse("/a/1").put({"a": [0]}, 1) == {"a": [0, 1]}
    with pytest.raises(KeyError):
        Pointer.parse("/a/3").put({"a": [0]}, 1)


def test_without_unknown_segments_removes_segments_added_by_unions() -> None:
    document = {"shipping_details": {"ship_with": {"type": "x"}}}
    pointer = Pointer.parse("/shipping_details/ShipWithCode/ship_with/type")
    assert str(pointer.without_unknown_segments(document)) == "/shipping_details/ship_with/type"
    missing = Pointer.parse("/order_details/integration")
    assert missing.without_unknown_segments(document) == missing
    assert ROOT.without_unknown_segments(document) == ROOT
