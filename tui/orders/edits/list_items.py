"""Entries of the lists of objects as one edits them: which there can be, what a new one and a copy begin with."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from tui.api.codec import Document, Json
from tui.api.pointer import Pointer
from tui.orders.edits.edit import Edit
from tui.orders.fields import entry_of, label_of
from tui.orders.paths import ITEMS, LISTS, TOTAL
from tui.orders.summary import text_at

_NAME = Pointer.of("name")
_UNIQUE = ("item_id",)
"""What another entry must not have, too."""


@dataclass(frozen=True, slots=True)
class Addable:
    """A kind of entry that can be added: the key to choose it by, its name, its list, and the field to begin at."""

    key: str
    title: str
    place: Pointer
    begin: str


def addable() -> Iterator[Addable]:
    """Every list of objects, items first."""
    taken = {"i", "c"}
    yield Addable("i", "item", ITEMS, "name")
    for place in LISTS[1:]:
        key = next(letter for letter in place.name if letter not in taken)
        taken.add(key)
        yield Addable(key, f"{place.name.replace('_', ' ')}'s tax number", place, "value")


def new_entry(place: Pointer, document: Document) -> Document:
    """What a new entry of this list begins with; what is still to be typed is absent."""
    if place != ITEMS:
        return {"name": "VAT"}
    currency = text_at(document, TOTAL / "currency") or "EUR"
    return {"quantity": 1, "total_price": {"currency": currency}}


def add_entry(edit: Edit, kind: Addable) -> Pointer:
    """Add a new entry behind the others and return the place of the field to begin at."""
    pointer = edit.insert(
        kind.place, _count(edit, kind.place), new_entry(kind.place, edit.document), f"{kind.title} added"
    )
    return pointer / kind.begin


def copy_entry(edit: Edit, pointer: Pointer) -> Pointer | None:
    """Put a copy behind the entry that a place lies in, with a name of its own; None where there is no entry."""
    entry = entry_of(pointer)
    value = entry.get(edit.document) if entry is not None else None
    if entry is None or not isinstance(value, dict):
        return None
    copy: Document = {key: member for key, member in value.items() if key not in _UNIQUE}
    name = text_at(value, _NAME)
    if entry.parent == ITEMS and name:
        # Two items of one name could not be told apart by a PATCH (Q3.2).
        copy["name"] = _free_name(edit, entry.parent, name)
    return edit.insert(entry.parent, int(entry.name) + 1, copy, f"copy of {name or label_of(entry)}")


def remove_entry(edit: Edit, pointer: Pointer) -> str | None:
    """Take out the entry that a place lies in; what it is called, or None where there is no entry."""
    entry = entry_of(pointer)
    if entry is None:
        return None
    name = text_at(edit.document, entry / "name") or label_of(entry)
    return name if edit.remove(entry, f"{name} removed") else None


def move_entry(edit: Edit, pointer: Pointer, by: int) -> Pointer | None:
    """Move the entry that a place lies in by so many places; the place as it is then, None where it cannot be moved."""
    entry = entry_of(pointer)
    if entry is None:
        return None
    wanted = int(entry.name) + by
    if not 0 <= wanted < _count(edit, entry.parent):
        return None
    moved = edit.move(entry, wanted, f"{text_at(edit.document, entry / 'name') or label_of(entry)} moved")
    return moved + pointer.relative_to(entry)


def _count(edit: Edit, place: Pointer) -> int:
    entries = place.get(edit.document)
    return len(entries) if isinstance(entries, list) else 0


def _free_name(edit: Edit, place: Pointer, name: str) -> str:
    taken = {text_at(entry, _NAME) for entry in cast(list[Json], place.get(edit.document))}
    number, wanted = 2, f"{name} (copy)"
    while wanted in taken:
        wanted, number = f"{name} (copy {number})", number + 1
    return wanted
