"""Whether the service has what was sent: values compared as what they mean, not as they are spelled."""

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
    """A value that is not there as expected. The pointer leads into the actual document where an item was found."""

    pointer: Pointer
    expected: Json
    actual: Json | Absent


def compare(expected: Json, actual: Json | Absent, *, part_of_items: bool = False) -> list[Mismatch]:
    """What of `expected` is not in `actual`; what only `actual` has is never looked at.

    Instants are compared as instants (Q8.27), numbers as decimals, costs whether text or number (Q8.4), ids as text
    (Q1.1), tags without their order, the enums of dangerous goods without case (Q8.11); a null is met by a null or by
    no key (Q4.16). Order items are matched by name where names are unique, else by position. A list must be as long as
    expected, but for the order items of a PATCH, which names only some of them: `part_of_items`.
    The body of a PATCH says `phone` where a GET says `phone_number` (Q3.5): pass it through tui.orders.edits.patch.as_read.
    """
    return list(_differences(ROOT, ROOT, expected, actual, part_of_items))


def _differences(
    place: Pointer, at: Pointer, expected: Json, actual: Json | Absent, part_of_items: bool
) -> Iterator[Mismatch]:
    """`place` is the pointer in the expected document, `at` the one in the actual."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            yield from _differences(place / key, at / key, value, actual.get(key, ABSENT), part_of_items)
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _list_differences(place, at, expected, actual, part_of_items)
    elif not _equal(place, expected, actual):
        yield Mismatch(at, expected, actual)


def _list_differences(
    place: Pointer, at: Pointer, expected: list[Json], actual: list[Json], part_of_items: bool
) -> Iterator[Mismatch]:
    if place.name == "tags":
        if Counter(encode(tag) for tag in expected) != Counter(encode(tag) for tag in actual):
            yield Mismatch(at, expected, actual)
        return
    positions = _by_name(expected, actual) if place.name == "order_items" else None
    if positions is None:
        if len(expected) != len(actual):
            yield Mismatch(at, expected, actual)
            return
        positions = dict(enumerate(range(len(actual))))
    elif not part_of_items and len(expected) != len(actual):
        yield Mismatch(at, expected, actual)
        return
    for index, value in enumerate(expected):
        found = positions.get(index)
        if found is None:
            yield Mismatch(at / len(actual), value, ABSENT)
        else:
            yield from _differences(place / index, at / found, value, actual[found], part_of_items)


def _by_name(expected: list[Json], actual: list[Json]) -> dict[int, int] | None:
    """Where in `actual` each item of `expected` stands; None where names are missing or not unique (Q3.2)."""
    wanted, there = _names(expected), _names(actual)
    if wanted is None or there is None:
        return None
    position = {name: index for index, name in enumerate(there)}
    return {index: position[name] for index, name in enumerate(wanted) if name in position}


def _names(items: list[Json]) -> list[str] | None:
    names = [item.get("name") for item in items if isinstance(item, dict)]
    texts = [name for name in names if isinstance(name, str)]
    return texts if len(set(texts)) == len(items) else None


def _equal(place: Pointer, expected: Json, actual: Json | Absent) -> bool:
    if actual is ABSENT or actual is None:
        return expected is None
    if same(expected, actual):
        return True
    if place.name == "value" and place.parent.name in _COSTS:
        amount = _amount(expected)
        return amount is not None and amount == _amount(actual)
    if isinstance(expected, str) and isinstance(actual, str):
        if "dangerous_goods" in place.tokens and expected.casefold() == actual.casefold():
            return True
        instant = _instant(expected)
        return instant is not None and instant == _instant(actual)
    if _is_id(place) and _is_plain(expected) and _is_plain(actual):
        return str(expected) == str(actual)
    return False


def _is_id(place: Pointer) -> bool:
    return place.name == "id" or place.name.endswith("_id")


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
