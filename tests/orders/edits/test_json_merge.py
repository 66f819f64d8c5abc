"""A whole order that was typed: what is wrong with it is told at its place, whatever stands where."""

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
from tui.orders.edits.json_merge import as_allowed, fixed_places, judge_change, judge_new, on_newer
from tui.orders.edits.json_text import ParsedJson, line_of, read_text, write_text
from tui.orders.fields import all_fields

ODD = (None, True, -1, 0, Decimal("1.50"), "", "text", [], [1], [{}], [[None]], {}, {"x": [None]}, "\ud83d\x00")

READ = cast(Document, decode(encode({**ORDER, "id": "12", "created_at": "2026-11-22T10:00:00Z"})))


def places() -> Iterator[Pointer]:
    """Every place of an order, also of those that it has not."""
    yield from (pointer for pointer, _ in walk(READ) if pointer != ROOT)
    yield from (Pointer(tuple("0" if token == "*" else token for token in field.path)) for field in all_fields())


PLACES = sorted(set(places()))


def with_odd(document: Document, pointer: Pointer, value: Json) -> Document | None:
    try:
        return cast(Document, pointer.put(document, value))
    except KeyError:
        return None


@pytest.mark.parametrize("pointer", PLACES, ids=str)
def test_any_value_at_any_place_is_judged_at_a_line_of_the_text(pointer: Pointer) -> None:
    for value in ODD:
        wanted = with_odd(READ, pointer, value)
        if wanted is None:
            continue
        parsed = read_text(write_text(wanted))
        assert isinstance(parsed, ParsedJson)
        for problem in (*judge_change(READ, parsed.document), *judge_new(READ, parsed.document)):
            assert problem.detail
            assert line_of(problem.pointer, parsed.places) >= 1
        # An order that was read so, and is changed elsewhere.
        judge_change(parsed.document, {**parsed.document, "new": value})
        judge_new(parsed.document, {**parsed.document, "new": value})
        kept = as_allowed(READ, parsed.document)
        assert all(place.get(kept) == place.get(READ) for place in fixed_places())
        as_allowed(parsed.document, READ)


def test_what_was_read_is_nobodys_mistake() -> None:
    assert judge_change(READ, READ) == []
    odd = cast(Document, {**READ, "payment_details": [1], "customer_details": "text"})
    assert judge_change(odd, odd) == []


@pytest.mark.parametrize(
    ("pointer", "value", "severity", "words"),
    [
        ("/shipping_address/city", 9, Severity.ERROR, "Must be text"),
        ("/order_details/order_items/1/quantity", "many", Severity.ERROR, "Must be a whole number"),
        ("/order_id", "other", Severity.ERROR, "cannot be changed once the order exists; it stays as it was: 555413"),
        ("/order_details/integration/id", 8, Severity.ERROR, "it stays as it was: 7"),
        ("/id", "13", Severity.ERROR, "it stays as it was: 12"),
        ("/created_at", None, Severity.ERROR, "it stays as it was: 2026-11-22"),
        ("/order_details/order_items/1/name", "Other", Severity.WARNING, "sends the whole order"),
    ],
)
def test_a_change_is_judged_at_its_place(pointer: str, value: Json, severity: Severity, words: str) -> None:
    place = Pointer.parse(pointer)
    found = judge_change(READ, cast(Document, place.put(READ, value)))
    assert [(one.pointer, one.severity) for one in found if words in one.detail] == [(place, severity)]


def test_a_new_order_is_judged_whole_and_has_nothing_fixed() -> None:
    wanted = cast(Document, Pointer.of("shipping_address", "city").drop({**READ, "order_id": "new"}))
    (problem,) = judge_new(None, wanted)
    assert (str(problem.pointer), problem.detail) == ("/shipping_address/city", "Required")
    assert len(judge_new(READ, wanted)) == 2


@given(st.sampled_from(PLACES), st.sampled_from(PLACES), st.sampled_from(ODD), st.sampled_from(ODD))
def test_what_was_typed_and_what_changed_meanwhile_are_both_there(a: Pointer, b: Pointer, x: Any, y: Any) -> None:
    wanted, now = with_odd(READ, a, x), with_odd(READ, b, y)
    if wanted is None or now is None or a.startswith(b) or b.startswith(a):
        return
    merged = on_newer(READ, wanted, now)
    assert a.get(merged) == a.get(wanted) or x in (None, ABSENT)
    assert on_newer(READ, wanted, READ) == wanted
    assert on_newer(READ, READ, now) == now
