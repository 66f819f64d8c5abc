"""Compares what was sent with what the service has, by meaning rather than spelling."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from tui.api.codec import Json, encode, same
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer

_COSTS = frozenset({"discount_granted", "insurance_costs", "freight_costs", "other_costs"})


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A value that differs from the expected one. Inside a matched item, the pointer is that of the actual document."""

    pointer: Pointer
    expected: Json
    actual: Json | Absent


def compare(expected: Json, actual: Json | Absent, *, part_of_items: bool = False) -> list[Mismatch]:
    """Find the values of `expected` that `actual` does not have. Additional values in `actual` are ignored.

    Times are compared as instants (Q8.27), numbers as decimals, costs as text or number (Q8.4), ids as text (Q1.1), tags
    in any order, and the enums of dangerous goods without case (Q8.11). A null matches null or a missing key (Q4.16).
    Order items are matched by name if names are unique, else by index. Lists must be of equal length, except the order
    items of a PATCH, which lists only some of them (`part_of_items`). A PATCH body has `phone` where GET has
    `phone_number` (Q3.5): pass it through `tui.orders.edits.patch.with_get_names` first.
    """
    return list(_differences(ROOT, ROOT, expected, actual, part_of_items))


def _differences(
    pointer: Pointer, actual_pointer: Pointer, expected: Json, actual: Json | Absent, part_of_items: bool
) -> Iterator[Mismatch]:
    """`pointer` is that of the expected document, `actual_pointer` that of the actual one."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            yield from _differences(pointer / key, actual_pointer / key, value, actual.get(key, ABSENT), part_of_items)
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _list_differences(pointer, actual_pointer, expected, actual, part_of_items)
    elif not _equal(pointer, expected, actual):
        yield Mismatch(actual_pointer, expected, actual)


def _list_differences(
    pointer: Pointer, actual_pointer: Pointer, expected: list[Json], actual: list[Json], part_of_items: bool
) -> Iterator[Mismatch]:
    if pointer.name == "tags":
        if Counter(encode(tag) for tag in expected) != Counter(encode(tag) for tag in actual):
            yield Mismatch(actual_pointer, expected, actual)
        return
    matched = _match_by_name(expected, actual) if pointer.name == "order_items" else None
    if matched is None:
        if len(expected) != len(actual):
            yield Mismatch(actual_pointer, expected, actual)
            return
        matched = dict(enumerate(range(len(actual))))
    elif not part_of_items and len(expected) != len(actual):
        yield Mismatch(actual_pointer, expected, actual)
        return
    for index, value in enumerate(expected):
        actual_index = matched.get(index)
        if actual_index is None:
            yield Mismatch(actual_pointer / len(actual), value, ABSENT)
        else:
            yield from _differences(
                pointer / index, actual_pointer / actual_index, value, actual[actual_index], part_of_items
            )


def _match_by_name(expected: list[Json], actual: list[Json]) -> dict[int, int] | None:
    """The index in `actual` of each item of `expected`; None if names are missing or not unique (Q3.2)."""
    expected_names, actual_names = _names(expected), _names(actual)
    if expected_names is None or actual_names is None:
        return None
    index_by_name = {name: index for index, name in enumerate(actual_names)}
    return {index: index_by_name[name] for index, name in enumerate(expected_names) if name in index_by_name}


def _names(items: list[Json]) -> list[str] | None:
    names = [item.get("name") for item in items if isinstance(item, dict)]
    texts = [name for name in names if isinstance(name, str)]
    return texts if len(set(texts)) == len(items) else None


def _equal(pointer: Pointer, expected: Json, actual: Json | Absent) -> bool:
    if actual is ABSENT or actual is None:
        return expected is None
    if same(expected, actual):
        return True
    if pointer.name == "value" and pointer.parent.name in _COSTS:
        amount = _amount(expected)
        return amount is not None and amount == _amount(actual)
    if isinstance(expected, str) and isinstance(actual, str):
        if "dangerous_goods" in pointer.tokens and expected.casefold() == actual.casefold():
            return True
        instant = _instant(expected)
        return instant is not None and instant == _instant(actual)
    if _is_id(pointer) and _is_plain(expected) and _is_plain(actual):
        return str(expected) == str(actual)
    return False


def _is_id(pointer: Pointer) -> bool:
    return pointer.name == "id" or pointer.name.endswith("_id")


def _is_plain(value: Json) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _amount(value: Json) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _instant(text: str) -> datetime | None:
    if len(text) < len("2026-01-01T00:00Z") or text[10] not in "Tt ":
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else None
