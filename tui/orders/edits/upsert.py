"""Converts an order that was read into a document for POST. The list of conversions is closed, and each one is reported."""

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
from tui.orders.numbers import computable
from tui.orders.paths import ANY

STAMPS = ("created_at", "modified_at")


@dataclass(frozen=True, slots=True)
class Conversion:
    """One difference between the document that is sent and the one that was read."""

    pointer: Pointer
    text: str


def to_upsert(read: Document, *, keep_id: bool) -> tuple[Document, tuple[Conversion, ...]]:
    """The document to POST for an order that was read, and the conversions made.

    Leaves out timestamps and nulls that POST refuses, writes costs as text and choices in the letter case of the API.
    Unknown fields and unlisted values stay as read. `keep_id`: identify the order by Sendcloud's id, as text.
    """
    conversions: list[Conversion] = []
    document: Json = {key: value for key, value in read.items() if key not in STAMPS and key != "id"}
    document = _convert(document, ROOT, conversions)
    result = cast(Document, document)
    if keep_id and (id := read.get("id")) is not None:
        # A value that cannot be an id is sent unchanged; validation reports it.
        is_number = isinstance(id, int | Decimal) and not isinstance(id, bool)
        result = {"id": id_text(id) if is_number else id, **result}
    return result, tuple(conversions)


def as_new(read: Document) -> Document:
    """A copy to create as a new order: without Sendcloud's id and timestamps, converted like an upsert."""
    return to_upsert(read, keep_id=False)[0]


def _convert(node: Json, pointer: Pointer, conversions: list[Conversion]) -> Json:
    if isinstance(node, dict):
        members: Document = {}
        for key, value in node.items():
            below = pointer / key
            if value is None and _refuses_null(below):
                conversions.append(Conversion(below, "null was left out"))
                continue
            members[key] = _convert(value, below, conversions)
        return members
    if isinstance(node, list):
        return [_convert(value, pointer / index, conversions) for index, value in enumerate(node)]
    known = field_at(pointer)
    if known is None:
        return node
    if known.kind is Kind.MONEY_TEXT and isinstance(node, int | Decimal) and not isinstance(node, bool):
        conversions.append(Conversion(pointer, "the number is sent as text"))
        number = computable(node)
        return str(node) if number is None else f"{number:f}"
    if known.choices and isinstance(node, str) and node not in known.choices:
        for choice in known.choices:
            if choice.lower() == node.lower():
                conversions.append(Conversion(pointer, f"{node} is sent as {choice}"))
                return choice
    return node


def _refuses_null(pointer: Pointer) -> bool:
    known = field_at(pointer)
    return known is not None and not known.post.nullable


def unknown_pointers(document: Document) -> list[Pointer]:
    """The pointers of everything that has no field in the schema. It is kept, shown, and sent unchanged."""
    return list(_unknown_below(document, _tree(), ROOT))


def _unknown_below(node: Json, tree: "_Tree", pointer: Pointer) -> Iterator[Pointer]:
    if not isinstance(node, dict):
        if pointer.tokens:
            yield from _unknown_in_list(node, tree, pointer)
        return
    for key, value in node.items():
        if key not in tree:
            yield pointer / key
        elif (below := tree[key]) is not None and isinstance(value, dict | list):
            yield from _unknown_below(value, below, pointer / key)


def _unknown_in_list(node: Json, tree: "_Tree", pointer: Pointer) -> Iterator[Pointer]:
    item_tree = tree.get(ANY)
    if isinstance(node, list) and item_tree is not None:
        for index, item in enumerate(node):
            yield from _unknown_below(item, item_tree, pointer / index)


@cache
def _tree() -> "_Tree":
    """The schema's names as a tree: an object has its members below it, a value has None."""
    root: _Tree = {}
    for field in all_fields():
        node = root
        for token in field.path[:-1]:
            below = node.get(token)
            if below is None:
                below = node[token] = {}
            node = below
        if field.has_members:
            child = node.setdefault(field.path[-1], {})
            if field.is_list and child is not None:
                child.setdefault(ANY, {})
        else:
            node.setdefault(field.path[-1], None)
    return root


_Tree: TypeAlias = dict[str, "_Tree | None"]
