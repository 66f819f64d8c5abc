"""Tests for comparing sent and read values."""

from decimal import Decimal

import pytest

from tui.api.codec import Json, decode
from tui.api.pointer import ABSENT, Pointer
from tui.orders.edits.compare import Mismatch, compare


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        ('{"a": 3.5}', '{"a": 3.50}'),
        ('{"a": 1}', '{"a": 1.0}'),
        ('{"a": {"b": "x"}}', '{"a": {"b": "x", "c": 1}, "d": 2}'),
        ('{"t": "2026-08-04T10:20:30.556Z"}', '{"t": "2026-08-04T10:20:30.556000+00:00"}'),
        ('{"t": "2026-08-04T12:20:30+02:00"}', '{"t": "2026-08-04T10:20:30Z"}'),
        ('{"freight_costs": {"value": "3.99"}}', '{"freight_costs": {"value": 3.99}}'),
        ('{"other_costs": {"value": "3.990"}}', '{"other_costs": {"value": "3.99"}}'),
        ('{"id": "123"}', '{"id": 123}'),
        ('{"integration": {"id": 7}}', '{"integration": {"id": "7"}}'),
        ('{"notes": null}', "{}"),
        ('{"notes": null}', '{"notes": null}'),
        ('{"tags": ["a", "b"]}', '{"tags": ["b", "a"]}'),
        ('{"dangerous_goods": {"unit": "KG"}}', '{"dangerous_goods": {"unit": "kg"}}'),
        (
            '{"order_items": [{"name": "b", "quantity": 2}, {"name": "a", "quantity": 1}]}',
            '{"order_items": [{"name": "a", "quantity": 1}, {"name": "b", "quantity": 2}]}',
        ),
        ('{"name": "\\ud800"}', '{"name": "\\ud800"}'),
    ],
)
def test_values_of_the_same_meaning_are_equal(expected: str, actual: str) -> None:
    assert compare(decode(expected), decode(actual)) == []


@pytest.mark.parametrize(
    ("expected", "actual", "pointer", "was", "found"),
    [
        ('{"a": 1}', '{"a": true}', "/a", 1, True),
        ('{"a": true}', '{"a": 1}', "/a", True, 1),
        ('{"a": ""}', "{}", "/a", "", ABSENT),
        ('{"a": ""}', '{"a": null}', "/a", "", None),
        ('{"a": null}', '{"a": ""}', "/a", None, ""),
        ('{"sku": "0012"}', '{"sku": 12}', "/sku", "0012", 12),
        ('{"product_id": "0012"}', '{"product_id": 12}', "/product_id", "0012", 12),
        ('{"a": {"b": 1}}', '{"a": [1]}', "/a", {"b": 1}, [1]),
        ('{"price": {"value": 3.99}}', '{"price": {"value": "3.99"}}', "/price/value", Decimal("3.99"), "3.99"),
        (
            '{"other_costs": {"value": "3.99"}}',
            '{"other_costs": {"value": "abc3"}}',
            "/other_costs/value",
            "3.99",
            "abc3",
        ),
        ('{"t": "2026-08-04T10:20:30Z"}', '{"t": "2026-08-04T10:20:31Z"}', "/t", ..., ...),
        ('{"t": "2026-08-04 10:20"}', '{"t": "2026-08-04T10:20"}', "/t", ..., ...),
        ('{"tags": ["a", "a"]}', '{"tags": ["a", "b"]}', "/tags", ["a", "a"], ["a", "b"]),
        ('{"unit": "KG"}', '{"unit": "kg"}', "/unit", "KG", "kg"),
        ('{"rows": [1, 2]}', '{"rows": [2, 1]}', "/rows/0", 1, 2),
    ],
)
def test_difference_is_reported_at_its_pointer(
    expected: str, actual: str, pointer: str, was: Json, found: Json
) -> None:
    mismatch = compare(decode(expected), decode(actual))[0]
    assert str(mismatch.pointer) == pointer
    if was is not ...:
        assert (mismatch.expected, mismatch.actual) == (was, found)


def test_part_of_items_is_matched_and_reported_with_the_actual_pointer() -> None:
    sent = decode('{"order_items": [{"name": "b", "quantity": 2}]}')
    read = decode('{"order_items": [{"name": "a"}, {"name": "b", "quantity": 1}]}')
    assert compare(sent, read, part_of_items=True) == [Mismatch(Pointer.parse("/order_items/1/quantity"), 2, 1)]
    assert [str(found.pointer) for found in compare(sent, read)] == ["/order_items"]


def test_missing_item_is_a_difference() -> None:
    sent = decode('{"order_items": [{"name": "c"}]}')
    read = decode('{"order_items": [{"name": "a"}]}')
    assert compare(sent, read, part_of_items=True) == [Mismatch(Pointer.parse("/order_items/1"), {"name": "c"}, ABSENT)]


def test_items_of_the_same_name_are_compared_by_index() -> None:
    sent = decode('{"order_items": [{"name": "a", "sku": "1"}, {"name": "a", "sku": "2"}]}')
    assert compare(sent, sent) == []
    swapped = decode('{"order_items": [{"name": "a", "sku": "2"}, {"name": "a", "sku": "1"}]}')
    assert len(compare(sent, swapped)) == 2
