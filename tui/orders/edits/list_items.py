"""Adds, copies, removes and moves items in the lists of objects."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from tui.api.codec import Document, Json, as_list
from tui.api.pointer import Pointer
from tui.orders.edits.edit import Edit
from tui.orders.fields import entry_of, label_of
from tui.orders.paths import ITEMS, LISTS, TOTAL
from tui.orders.summary import text_at

_NAME = Pointer.of("name")
_NOT_COPIED = ("item_id",)
"""Members that must be unique, so a copy does not get them."""


@dataclass(frozen=True, slots=True)
class Addable:
    """A kind of item that can be added: its key in the question bar, its name, its list, and the field to edit first."""

    key: str
    title: str
    list_pointer: Pointer
    first_field: str


def addable() -> Iterator[Addable]:
    """Yield every kind of item that can be added, order items first."""
    used_keys = {"i", "c"}
    yield Addable("i", "item", ITEMS, "name")
    for list_pointer in LISTS[1:]:
        key = next(letter for letter in list_pointer.name if letter not in used_keys)
        used_keys.add(key)
        yield Addable(key, f"{list_pointer.name.replace('_', ' ')}'s tax number", list_pointer, "value")


def new_entry(list_pointer: Pointer, document: Document) -> Document:
    """The initial members of a new item of this list."""
    if list_pointer != ITEMS:
        return {"name": "VAT"}
    currency = text_at(document, TOTAL / "currency") or "EUR"
    return {"quantity": 1, "total_price": {"currency": currency}}


def add_entry(edit: Edit, kind: Addable) -> Pointer:
    """Append a new item and return the pointer of the field to edit first."""
    pointer = edit.insert(
        kind.list_pointer,
        _count(edit, kind.list_pointer),
        new_entry(kind.list_pointer, edit.document),
        f"{kind.title} added",
    )
    return pointer / kind.first_field


def copy_entry(edit: Edit, pointer: Pointer) -> Pointer | None:
    """Insert a copy with an unused name after the item at a pointer; None if the pointer is in no item."""
    item_pointer = entry_of(pointer)
    value = item_pointer.get(edit.document) if item_pointer is not None else None
    if item_pointer is None or not isinstance(value, dict):
        return None
    copy: Document = {key: member for key, member in value.items() if key not in _NOT_COPIED}
    name = text_at(value, _NAME)
    if item_pointer.parent == ITEMS and name:
        # A PATCH cannot distinguish two items of the same name (Q3.2).
        copy["name"] = _unused_name(edit, item_pointer.parent, name)
    return edit.insert(
        item_pointer.parent, int(item_pointer.name) + 1, copy, f"copy of {name or label_of(item_pointer)}"
    )


def entry_name(document: Document, entry: Pointer) -> str:
    """The name of an entry for a sentence: its own, else its place."""
    return text_at(document, entry / "name") or label_of(entry)


def remove_entry(edit: Edit, pointer: Pointer) -> str | None:
    """Remove the item at a pointer and return its name; None if the pointer is in no item."""
    item_pointer = entry_of(pointer)
    if item_pointer is None:
        return None
    name = entry_name(edit.document, item_pointer)
    return name if edit.remove(item_pointer, f"{name} removed") else None


def move_entry(edit: Edit, pointer: Pointer, by: int) -> Pointer | None:
    """Move the item at a pointer by this many places and return its new pointer; None if it cannot be moved."""
    item_pointer = entry_of(pointer)
    if item_pointer is None:
        return None
    new_index = int(item_pointer.name) + by
    if not 0 <= new_index < _count(edit, item_pointer.parent):
        return None
    moved = edit.move(item_pointer, new_index, f"{entry_name(edit.document, item_pointer)} moved")
    return moved + pointer.relative_to(item_pointer)


def _count(edit: Edit, list_pointer: Pointer) -> int:
    return len(as_list(list_pointer.get(edit.document)))


def _unused_name(edit: Edit, list_pointer: Pointer, name: str) -> str:
    used = {text_at(item_pointer, _NAME) for item_pointer in cast(list[Json], list_pointer.get(edit.document))}
    number, candidate = 2, f"{name} (copy)"
    while candidate in used:
        candidate, number = f"{name} (copy {number})", number + 1
    return candidate
