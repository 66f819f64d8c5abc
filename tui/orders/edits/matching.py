"""Entries of a list of objects found again in another list: the same one first, then by name, then by order (Q3.1)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tui.api.codec import Json, same

_OWN_KEYS = ("item_id", "product_id", "variant_id", "sku", "ean")
"""What an entry keeps when it is renamed."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where each entry of a list stands in another one (`found`), and which cannot be told (`unsure`).

    Positions are those of the first list; one that is neither found nor unsure is not in the other list.
    """

    found: dict[int, int]
    unsure: frozenset[int]


def match(here: Sequence[Json], there: Sequence[Json]) -> Match:
    """Find entries again without guessing: of several with one name those that differ are unsure (Q3.2)."""
    found = _equal(here, there)
    left, right = _left(here, found), _left(there, found.values())
    named_here, named_there = _named(here), _named(there)
    unsure: set[int] = set()
    for position in left:
        name = name_of(here[position])
        if name is None or not (named_here[name] > 1 or named_there[name] > 1):
            continue
        if any(name_of(there[other]) == name for other in right):
            unsure.add(position)
    for position in left:
        name = name_of(here[position])
        if name is not None and position not in unsure:
            place = next((other for other in right if name_of(there[other]) == name), None)
            if place is not None:
                found[position] = place
    _by_order(here, there, found, unsure)
    return Match(found, frozenset(unsure))


def pair(here: Sequence[Json], there: Sequence[Json]) -> dict[int, int]:
    """Which entry becomes which when a list is to become another: as `match`, and those of one name by their order."""
    found = _equal(here, there)
    taken = set(found.values())
    for position in _left(here, found):
        name = name_of(here[position])
        if name is None:
            continue
        place = next((p for p, other in enumerate(there) if p not in taken and name_of(other) == name), None)
        if place is not None:
            found[position] = place
            taken.add(place)
    _by_order(here, there, found, ())
    return found


def name_of(entry: Json) -> str | None:
    """The name of an entry, if it has one."""
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else None


def _equal(here: Sequence[Json], there: Sequence[Json]) -> dict[int, int]:
    """Entries that are just so in the other list: first those in the same place, then the first one."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    for position, entry in enumerate(here[: len(there)]):
        if entry is there[position] or same(entry, there[position]):
            found[position] = position
            taken.add(position)
    by_name: dict[str | None, list[int]] = {}
    for place, other in enumerate(there):
        if place not in taken:
            by_name.setdefault(name_of(other), []).append(place)
    for position, entry in enumerate(here):
        if position in found:
            continue
        places = by_name.get(name_of(entry), [])
        equal = next((place for place in places if same(entry, there[place])), None)
        if equal is not None:
            found[position] = equal
            places.remove(equal)
    return found


def _by_order(here: Sequence[Json], there: Sequence[Json], found: dict[int, int], unsure: Iterable[int]) -> None:
    """What was renamed, or has no name, is the one in the same place, if it is alike in what such an entry keeps."""
    taken, doubtful = set(found.values()), set(unsure)
    names, twins = set(map(name_of, there)) - {None}, _named(here)
    for position, entry in enumerate(here[: len(there)]):
        name = name_of(entry)
        if position in found or position in doubtful or position in taken or name in names:
            continue
        if name is not None and twins[name] > 1:
            continue
        if _alike(entry, there[position]):
            found[position] = position


def _alike(entry: Json, other: Json) -> bool:
    if not isinstance(entry, dict) or not isinstance(other, dict):
        return type(entry) is type(other)
    if any(key in entry and key in other and same(entry[key], other[key]) for key in _OWN_KEYS):
        return True
    if name_of(entry) is None and name_of(other) is None:
        return True
    rest, others = ({k: v for k, v in one.items() if k != "name"} for one in (entry, other))
    return same(rest, others)


def _left(entries: Sequence[Json], found: Iterable[int]) -> list[int]:
    known = set(found)
    return [position for position in range(len(entries)) if position not in known]


def _named(entries: Sequence[Json]) -> Counter[str | None]:
    return Counter(map(name_of, entries))
