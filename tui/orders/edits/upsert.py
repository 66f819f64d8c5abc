"""An upsert made from a document that was read: a closed list of conversions, each of them told (decision 12)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TypeAlias, cast

from tui.api.codec import Document, Json
from tui.api.models import Kind
from tui.api.pointer import ROOT, Pointer
from tui.api.query import id_text
from tui.orders.fields import all_fields, field_at
from tui.orders.paths import ANY

STAMPS = ("created_at", "modified_at")


@dataclass(frozen=True, slots=True)
class Conversion:
    """One thing that the sent document says otherwise than the one read."""

    pointer: Pointer
    what: str


def to_upsert(read: Document, *, keep_id: bool) -> tuple[Document, tuple[Conversion, ...]]:
    """The document to POST for an order that was read.

    Nulls that POST refuses and what the service stamps are left out, costs become text, choices take the document's
    letter case. Unknown fields and foreign values stay as read. `keep_id` targets the order by Sendcloud's id, as text.
    """
    told: list[Conversion] = []
    document: Json = {key: value for key, value in read.items() if key not in STAMPS and key != "id"}
    document = _converted(document, ROOT, told)
    result = cast(Document, document)
    if keep_id and (id := read.get("id")) is not None:
        # What cannot be an id is sent as it is, and told of as such.
        is_number = isinstance(id, int | Decimal) and not isinstance(id, bool)
        result = {"id": id_text(id) if is_number else id, **result}
    return result, tuple(told)


def as_new(read: Document) -> Document:
    """A copy to be created as another order: without Sendcloud's id and stamps, converted like an upsert."""
    return to_upsert(read, keep_id=False)[0]


def _converted(node: Json, pointer: Pointer, told: list[Conversion]) -> Json:
    if isinstance(node, dict):
        kept: Document = {}
        for key, value in node.items():
            below = pointer / key
            if value is None and _refuses_null(below):
                told.append(Conversion(below, "null was left out"))
                continue
            kept[key] = _converted(value, below, told)
        return kept
    if isinstance(node, list):
        return [_converted(value, pointer / position, told) for position, value in enumerate(node)]
    known = field_at(pointer)
    if known is None:
        return node
    if known.kind is Kind.MONEY_TEXT and isinstance(node, int | Decimal) and not isinstance(node, bool):
        told.append(Conversion(pointer, "the number was made text"))
        return f"{Decimal(node):f}"
    if known.choices and isinstance(node, str) and node not in known.choices:
        for choice in known.choices:
            if choice.lower() == node.lower():
                told.append(Conversion(pointer, f"{node} was written {choice}"))
                return choice
    return node


def _refuses_null(pointer: Pointer) -> bool:
    known = field_at(pointer)
    return known is not None and not known.post.nullable


def unread_nodes(document: Document) -> list[Pointer]:
    """Everything in a document that the schema has no field for; it is kept, shown, and sent along."""
    return list(_unread(document, _tree(), ROOT))


def _unread(node: Json, tree: "_Tree", pointer: Pointer) -> Iterator[Pointer]:
    if not isinstance(node, dict):
        if pointer.tokens:
            yield from _odd_list(node, tree, pointer)
        return
    for key, value in node.items():
        if key not in tree:
            yield pointer / key
        elif (below := tree[key]) is not None and isinstance(value, dict | list):
            yield from _unread(value, below, pointer / key)


def _odd_list(node: Json, tree: "_Tree", pointer: Pointer) -> Iterator[Pointer]:
    entries = tree.get(ANY)
    if isinstance(node, list) and entries is not None:
        for position, entry in enumerate(node):
            yield from _unread(entry, entries, pointer / position)


@cache
def _tree() -> "_Tree":
    """The names that the schema has: those of an object's members below it, None below a value."""
    root: _Tree = {}
    for field in all_fields():
        node = root
        for token in field.path[:-1]:
            below = node.get(token)
            if below is None:
                below = node[token] = {}
            node = below
        if field.members:
            made = node.setdefault(field.path[-1], {})
            if field.listed and made is not None:
                made.setdefault(ANY, {})
        else:
            node.setdefault(field.path[-1], None)
    return root


_Tree: TypeAlias = dict[str, "_Tree | None"]
