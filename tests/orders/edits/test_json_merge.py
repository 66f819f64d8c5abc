"""Tests for orders edited as JSON: problems have a pointer with a line in the text, whatever values were typed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox_harness import ORDER

from tui.api.codec import Document, Json, decode, encode
from tui.api.errors import Severity
from tui.api.pointer import ABSENT, ROOT, Pointer, walk
from tui.orders.edits.json_merge import check_change, check_new, fixed_pointers, keep_fixed_fields, rebase
from tui.orders.edits.json_text import ParsedJson, format_json, line_of, parse_json
from tui.orders.fields import all_fields

ODD = (None, True, -1, 0, Decimal("1.50"), "", "text", [], [1], [{}], [[None]], {}, {"x": [None]}, "\ud83d\x00")

READ = cast(Document, decode(encode({**ORDER, "id": "12", "created_at": "2026-11-22T10:00:00Z"})))


def pointers() -> Iterator[Pointer]:
    """Yield the pointer of every value of the order and of every field of the schema."""
    yield from (pointer for pointer, _ in walk(READ) if pointer != ROOT)
    yield from (Pointer(tuple("0" if token == "*" else token for token in field.path)) for field in all_fields())


POINTERS = sorted(set(pointers()))


def with_odd(document: Document, pointer: Pointer, value: Json) -> Document | None:
    try:
        return cast(Document, pointer.put(document, value))
    except KeyError:
        return None


@pytest.mark.parametrize("pointer", POINTERS, ids=str)
def test_any_value_at_any_pointer_gets_problems_with_a_line(pointer: Pointer) -> None:
    for value in ODD:
        expected = with_odd(READ, pointer, value)
        if expected is None:
            continue
        parsed = parse_json(format_json(expected))
        assert isinstance(parsed, ParsedJson)
        for problem in (*check_change(READ, parsed.document), *check_new(READ, parsed.document)):
            assert problem.detail
            assert line_of(problem.pointer, parsed.positions) >= 1
        # The order was read with the odd value, and another value is changed.
        check_change(parsed.document, {**parsed.document, "new": value})
        check_new(parsed.document, {**parsed.document, "new": value})
        kept = keep_fixed_fields(READ, parsed.document)
        assert all(fixed.get(kept) == fixed.get(READ) for fixed in fixed_pointers())
        keep_fixed_fields(parsed.document, READ)


def test_unchanged_order_has_no_problems() -> None:
    assert check_change(READ, READ) == []
    odd = cast(Document, {**READ, "payment_details": [1], "customer_details": "text"})
    assert check_change(odd, odd) == []


@pytest.mark.parametrize(
    ("path", "value", "severity", "text"),
    [
        ("/shipping_address/city", 9, Severity.ERROR, "Must be text"),
        ("/order_details/order_items/1/quantity", "many", Severity.ERROR, "Must be a whole number"),
        ("/order_id", "other", Severity.ERROR, "cannot be changed once the order exists; it stays 555413"),
        ("/order_details/integration/id", 8, Severity.ERROR, "it stays 7"),
        ("/id", "13", Severity.ERROR, "it stays 12"),
        ("/created_at", None, Severity.ERROR, "it stays 2026-11-22"),
        ("/order_details/order_items/1/name", "Other", Severity.WARNING, "sent as a full order"),
    ],
)
def test_change_gets_a_problem_at_its_pointer(path: str, value: Json, severity: Severity, text: str) -> None:
    pointer = Pointer.parse(path)
    found = check_change(READ, cast(Document, pointer.put(READ, value)))
    assert [(problem.pointer, problem.severity) for problem in found if text in problem.detail] == [(pointer, severity)]


def test_new_order_is_checked_completely_and_has_no_fixed_fields() -> None:
    expected = cast(Document, Pointer.of("shipping_address", "city").drop({**READ, "order_id": "new"}))
    (problem,) = check_new(None, expected)
    assert (str(problem.pointer), problem.detail) == ("/shipping_address/city", "Required")
    assert len(check_new(READ, expected)) == 2


@given(st.sampled_from(POINTERS), st.sampled_from(POINTERS), st.sampled_from(ODD), st.sampled_from(ODD))
def test_rebase_keeps_the_typed_and_the_remote_change(a: Pointer, b: Pointer, x: Any, y: Any) -> None:
    expected, now = with_odd(READ, a, x), with_odd(READ, b, y)
    if expected is None or now is None or a.startswith(b) or b.startswith(a):
        return
    merged = rebase(READ, expected, now)
    assert a.get(merged) == a.get(expected) or x in (None, ABSENT)
    assert rebase(READ, expected, READ) == expected
    assert rebase(READ, READ, now) == now
