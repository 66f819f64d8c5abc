"""The smallest PATCH of an edit, and what a PATCH cannot carry (QUIRKS 3)."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import cast

from tui.api.codec import Document, Json, as_document, as_list, same
from tui.api.models import Invalid, Operation, validate_order
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer
from tui.orders.edits.edit import Change, Edit
from tui.orders.fields import atomic_parent, field_at
from tui.orders.paths import ITEMS, LISTS


@dataclass(frozen=True, slots=True)
class BlockedChange:
    """A change that cannot be sent, and why."""

    pointer: Pointer
    reason: str


@dataclass(frozen=True, slots=True)
class Patch:
    """A PATCH body, the changes that it carries, those that it cannot carry, and schema errors.

    `body` is empty if there is nothing to send. Pointers are those of the edited document.
    """

    body: Document
    carried: tuple[Change, ...]
    blocked: tuple[BlockedChange, ...]
    invalid: tuple[Invalid, ...]


def smallest_patch(edit: Edit) -> Patch:
    """Build a body with only what changed.

    Prices, costs, measures and lists are complete; items are identified by their old name (Q3.1).
    """
    body: Json = {}
    items: dict[str, Document] = {}
    carried: list[Change] = []
    blocked: list[BlockedChange] = []
    duplicates = duplicate_names(edit.base)
    changes_by_unit: dict[Pointer, list[Change]] = {}
    for change in edit.changes():
        changes_by_unit.setdefault(_unit_of(change.pointer), []).append(change)
    for unit, changes in changes_by_unit.items():
        reasons = [(change, why_not_patch(edit, change, duplicates)) for change in changes]
        first = next((reason for _, reason in reasons if reason is not None), None)
        if first is not None:
            # A value that is sent as a whole is left out completely, or the service would apply half of its changes.
            blocked.extend(BlockedChange(change.pointer, reason or first) for change, reason in reasons)
            continue
        carried.extend(changes)
        value = _unit_value(edit, unit, changes)
        if len(unit) > len(ITEMS) and unit.startswith(ITEMS):
            item_pointer = ITEMS / unit.tokens[len(ITEMS)]
            base_pointer = cast(Pointer, edit.base_pointer(item_pointer))
            item = items.setdefault(item_pointer.name, {"name": cast(Json, (base_pointer / "name").get(edit.base))})
            items[item_pointer.name] = cast(Document, _to_wire(unit).relative_to(item_pointer).put(item, value))
        else:
            body = _to_wire(unit).put(body, value)
    if items:
        ordered: list[Json] = [items[key] for key in sorted(items, key=int)]
        body = ITEMS.put(body, ordered)
    item_indexes = sorted(items, key=int)
    invalid = tuple(
        replace(problem, pointer=_from_wire(problem.pointer, item_indexes))
        for problem in (validate_order(body, Operation.PATCH) if body else [])
    )
    return Patch(cast(Document, body), tuple(carried), tuple(blocked), invalid)


def why_not_patch(edit: Edit, change: Change, duplicates: frozenset[str] | None = None) -> str | None:
    """The reason why a PATCH cannot carry this change, as a text for users, or None if it can."""
    pointer = change.pointer
    if pointer == ROOT:
        return "the whole document cannot be replaced"
    known = field_at(pointer)
    in_item = len(pointer) > len(ITEMS) and pointer.startswith(ITEMS)
    if pointer == ITEMS:
        return "a PATCH cannot reorder items" if change.moved else "a PATCH cannot add or remove items"
    if in_item:
        item_pointer = ITEMS / pointer.tokens[len(ITEMS)]
        if pointer == item_pointer and (change.was is ABSENT or change.now is ABSENT):
            return "a PATCH cannot add or remove items"
        base_pointer = edit.base_pointer(item_pointer)
        if base_pointer is None:
            return "a PATCH cannot add items"
        name = (base_pointer / "name").get(edit.base)
        if pointer.name == "name" and pointer.parent == item_pointer:
            return "a PATCH identifies items by name and cannot rename them"
        if not isinstance(name, str):
            return "a PATCH identifies items by name, and this item has none"
        if name in (duplicates if duplicates is not None else duplicate_names(edit.base)):
            return f"two items are named {name[:30]!r}: a PATCH could change the wrong one"
    if known is None:
        return "the API has no such field"
    if known.read_only or known.immutable:
        return "cannot be changed once the order exists"
    if not known.patch.allowed:
        return "a PATCH does not support this field"
    if change.now is ABSENT or change.now is None:
        return _why_not_cleared(edit, pointer)
    if _removes_member(change.was, change.now):
        # The service merges objects, also those with free keys: a member that is not sent would stay.
        return "a PATCH cannot remove a part of this"
    return None


def _removes_member(was: Json | Absent, now: Json | Absent) -> bool:
    if not isinstance(was, dict) or not isinstance(now, dict):
        return False
    return any(key not in now or _removes_member(value, now[key]) for key, value in was.items())


def _why_not_cleared(edit: Edit, pointer: Pointer) -> str | None:
    unit = _unit_of(pointer)
    if unit != pointer and unit.get(edit.document) not in (ABSENT, None):
        # The value is sent as part of a whole. A list is replaced, but an object keeps members that are not sent.
        known = field_at(pointer)
        if unit in LISTS or (known is not None and (known.patch.required or known.patch.nullable)):
            return None
        return "a PATCH cannot remove this"
    known = field_at(unit)
    if known is not None and known.patch.nullable:
        return None
    if known is not None and known.patch.empty:
        return 'a PATCH cannot remove this; an empty text ("") can be sent instead'
    return "a PATCH cannot remove this"


def _unit_of(pointer: Pointer) -> Pointer:
    """The outermost value that must be sent as a whole if this one changes."""
    for list_pointer in LISTS[1:]:
        if pointer.startswith(list_pointer):
            return list_pointer
    return atomic_parent(pointer)


def _unit_value(edit: Edit, unit: Pointer, changes: list[Change]) -> Json:
    """The value to send for a unit. Removed members are sent as null if that is allowed."""
    value = unit.get(edit.document)
    if value is ABSENT:
        return None
    for change in changes:
        known = field_at(change.pointer)
        if change.now is ABSENT and unit not in LISTS and known is not None and known.patch.nullable:
            value = change.pointer.relative_to(unit).put(value, None)
    return value


def _to_wire(pointer: Pointer) -> Pointer:
    known = field_at(pointer)
    return pointer.parent / known.patch.name if known is not None else pointer


def _from_wire(pointer: Pointer, item_indexes: list[str]) -> Pointer:
    tokens = list(pointer.tokens)
    if len(tokens) > len(ITEMS) and pointer.startswith(ITEMS):
        tokens[len(ITEMS)] = item_indexes[int(tokens[len(ITEMS)])]
    elif tokens == ["customer_details", "phone"]:
        tokens[1] = "phone_number"
    return Pointer(tuple(tokens))


def duplicate_names(document: Document) -> frozenset[str]:
    """The names that more than one item has (Q3.2)."""
    names = (as_document(item).get("name") for item in as_list(ITEMS.get(document)))
    counts = Counter(name for name in names if isinstance(name, str))
    return frozenset(name for name, count in counts.items() if count > 1)


def from_patch(pointer: Pointer, body: Json, document: Document) -> Pointer:
    """Translate a pointer of a PATCH body to the order: items by name, and the phone's other name (Q3.1, Q3.5)."""
    if len(pointer) > len(ITEMS) and pointer.startswith(ITEMS):
        name = (ITEMS / pointer.tokens[len(ITEMS)] / "name").get(body)
        names = [as_document(item).get("name") for item in as_list(ITEMS.get(document))]
        if name in names:
            return ITEMS / names.index(cast(Json, name)) + Pointer(pointer.tokens[len(ITEMS) + 1 :])
    if pointer.tokens[:2] == ("customer_details", "phone"):
        return Pointer.of("customer_details", "phone_number")
    return pointer


def with_get_names(body: Document) -> Document:
    """Rename the fields of a PATCH body as GET names them: the customer's phone differs (Q3.5)."""
    phone = Pointer.of("customer_details", "phone")
    value: Json | Absent = phone.get(body)
    if value is ABSENT:
        return body
    renamed = Pointer.of("customer_details", "phone_number").put(phone.drop(body), value)
    return cast(Document, renamed)


def expected_after_patch(base: Document, sent: Document) -> Document:
    """The order after a PATCH whose fields are named as in GET: objects are merged, items matched by name."""
    document = dict(base)
    for key, value in sent.items():
        was = document.get(key)
        if value is None:
            document.pop(key, None)
        elif key == ITEMS.name and isinstance(value, list) and isinstance(was, list):
            changes = {item["name"]: item for item in value if isinstance(item, dict) and isinstance(item["name"], str)}
            document[key] = [
                expected_after_patch(item, changes[name])
                if isinstance(item, dict) and isinstance(name := item.get("name"), str) and name in changes
                else item
                for item in was
            ]
        elif isinstance(value, dict):
            document[key] = expected_after_patch(as_document(was), value)
        else:
            document[key] = value
    return document


def is_same_order(a: Document, b: Document) -> bool:
    """Whether two documents are equal except for the service's timestamps."""
    stamps = ("modified_at",)
    return same({k: v for k, v in a.items() if k not in stamps}, {k: v for k, v in b.items() if k not in stamps})
