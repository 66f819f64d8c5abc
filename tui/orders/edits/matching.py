"""Matches the items of two versions of a list: equal items first, then by name, then by order (Q3.1)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.api.codec import Json, as_document, same

_OWN_KEYS = ("item_id", "product_id", "variant_id", "sku", "ean")
"""Members that identify an item even if it was renamed."""


@dataclass(frozen=True, slots=True)
class Match:
    """The index in the other list of each item of the first (`found`), and the items that are `ambiguous`.

    Keys are indexes of the first list. An index that is in neither is missing from the other list.
    """

    found: dict[int, int]
    ambiguous: frozenset[int]


def match_items(old: Sequence[Json], new: Sequence[Json]) -> Match:
    """Match without guessing: of several items with the same name, those that are not equal are ambiguous (Q3.2)."""
    found = _match_equal(old, new)
    unmatched_old, unmatched_new = _unmatched(old, found), _unmatched(new, found.values())
    old_names, new_names = _count_names(old), _count_names(new)
    ambiguous: set[int] = set()
    for index in unmatched_old:
        name = name_of(old[index])
        if name is None or not (old_names[name] > 1 or new_names[name] > 1):
            continue
        if any(name_of(new[other]) == name for other in unmatched_new):
            ambiguous.add(index)
    for index in unmatched_old:
        name = name_of(old[index])
        if name is not None and index not in ambiguous:
            new_index = next((other for other in unmatched_new if name_of(new[other]) == name), None)
            if new_index is not None:
                found[index] = new_index
    _match_by_order(old, new, found, ambiguous)
    return Match(found, frozenset(ambiguous))


def pair_items(old: Sequence[Json], new: Sequence[Json]) -> dict[int, int]:
    """Pair the items of a list with those that replace them: like `match_items`, with equal names paired in order."""
    found = _match_equal(old, new)
    used = set(found.values())
    for index in _unmatched(old, found):
        name = name_of(old[index])
        if name is None:
            continue
        new_index = next(
            (candidate for candidate, other in enumerate(new) if candidate not in used and name_of(other) == name),
            None,
        )
        if new_index is not None:
            found[index] = new_index
            used.add(new_index)
    _match_by_order(old, new, found, ())
    return found


def name_of(item: Json) -> str | None:
    """The name of an item, if it has one."""
    name = as_document(item).get("name")
    return name if isinstance(name, str) else None


def _match_equal(old: Sequence[Json], new: Sequence[Json]) -> dict[int, int]:
    """Match equal items: first those at the same index, then the first equal one."""
    found: dict[int, int] = {}
    used: set[int] = set()
    for index, item in enumerate(old[: len(new)]):
        if item is new[index] or same(item, new[index]):
            found[index] = index
            used.add(index)
    by_name: dict[str | None, list[int]] = {}
    for new_index, other in enumerate(new):
        if new_index not in used:
            by_name.setdefault(name_of(other), []).append(new_index)
    for index, item in enumerate(old):
        if index in found:
            continue
        candidates = by_name.get(name_of(item), [])
        equal = next((new_index for new_index in candidates if same(item, new[new_index])), None)
        if equal is not None:
            found[index] = equal
            candidates.remove(equal)
    return found


def _match_by_order(old: Sequence[Json], new: Sequence[Json], found: dict[int, int], ambiguous: Iterable[int]) -> None:
    """Match renamed and unnamed items by index, if their other identifying members agree."""
    used, skipped = set(found.values()), set(ambiguous)
    names, name_counts = set(map(name_of, new)) - {None}, _count_names(old)
    for index, item in enumerate(old[: len(new)]):
        name = name_of(item)
        if index in found or index in skipped or index in used or name in names:
            continue
        if name is not None and name_counts[name] > 1:
            continue
        if _is_same_item(item, new[index]):
            found[index] = index


def _is_same_item(item: Json, other: Json) -> bool:
    if not isinstance(item, dict) or not isinstance(other, dict):
        return type(item) is type(other)
    if any(key in item and key in other and same(item[key], other[key]) for key in _OWN_KEYS):
        return True
    if name_of(item) is None and name_of(other) is None:
        return True
    members, other_members = ({k: v for k, v in node.items() if k != "name"} for node in (item, other))
    return same(members, other_members)


def _unmatched(items: Sequence[Json], found: Iterable[int]) -> list[int]:
    known = set(found)
    return [index for index in range(len(items)) if index not in known]


def _count_names(items: Sequence[Json]) -> Counter[str | None]:
    return Counter(map(name_of, items))
