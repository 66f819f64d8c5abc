"""The smallest PATCH of an edit, and what a PATCH cannot carry (QUIRKS 3)."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import cast

from tui.api.codec import Document, Json, same
from tui.api.models import Invalid, Operation, validate_order
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer
from tui.orders.edits.edit import Change, Edit
from tui.orders.fields import ITEMS, LISTS, field_at


@dataclass(frozen=True, slots=True)
class BlockedChange:
    """A change that this PATCH does not carry, and why."""

    pointer: Pointer
    reason: str


@dataclass(frozen=True, slots=True)
class Patch:
    """The body to send, the changes it carries, those it cannot, and what its schema says of it.

    `body` is empty where nothing is to be sent. Pointers are those of the edited document.
    """

    body: Document
    carried: tuple[Change, ...]
    blocked: tuple[BlockedChange, ...]
    invalid: tuple[Invalid, ...]


def smallest_patch(edit: Edit) -> Patch:
    """Only what changed: prices, costs and measures whole, lists whole, items by their name as read (Q3.1)."""
    body: Json = {}
    items: dict[str, Document] = {}
    carried: list[Change] = []
    blocked: list[BlockedChange] = []
    twins = twin_names(edit.base)
    units: dict[Pointer, list[Change]] = {}
    for change in edit.changes():
        units.setdefault(_unit(change.pointer), []).append(change)
    for unit, changes in units.items():
        reasons = [(change, why_not_patch(edit, change, twins)) for change in changes]
        first = next((reason for _, reason in reasons if reason is not None), None)
        if first is not None:
            # What goes whole goes without any of its changes, or the service would make half of them.
            blocked.extend(BlockedChange(change.pointer, reason or first) for change, reason in reasons)
            continue
        carried.extend(changes)
        wanted = _whole(edit, unit, changes)
        if len(unit) > len(ITEMS) and unit.startswith(ITEMS):
            entry = ITEMS / unit.tokens[len(ITEMS)]
            origin = cast(Pointer, edit.origin(entry))
            item = items.setdefault(entry.name, {"name": cast(Json, (origin / "name").get(edit.base))})
            items[entry.name] = cast(Document, _wire(unit).relative_to(entry).put(item, wanted))
        else:
            body = _wire(unit).put(body, wanted)
    if items:
        ordered: list[Json] = [items[key] for key in sorted(items, key=int)]
        body = ITEMS.put(body, ordered)
    places = sorted(items, key=int)
    invalid = tuple(
        replace(problem, pointer=_from_wire(problem.pointer, places))
        for problem in (validate_order(body, Operation.PATCH) if body else [])
    )
    return Patch(cast(Document, body), tuple(carried), tuple(blocked), invalid)


def why_not_patch(edit: Edit, change: Change, twins: frozenset[str] | None = None) -> str | None:
    """Why a PATCH cannot carry this change, in words for people, or None if it can."""
    pointer = change.pointer
    if pointer == ROOT:
        return "the whole document cannot be replaced"
    known = field_at(pointer)
    in_item = len(pointer) > len(ITEMS) and pointer.startswith(ITEMS)
    if pointer == ITEMS:
        return "a PATCH cannot put items in another order" if change.moved else "a PATCH cannot add or remove items"
    if in_item:
        entry = ITEMS / pointer.tokens[len(ITEMS)]
        if pointer == entry and (change.was is ABSENT or change.now is ABSENT):
            return "a PATCH cannot add or remove items"
        origin = edit.origin(entry)
        if origin is None:
            return "a PATCH cannot add items"
        name = (origin / "name").get(edit.base)
        if pointer.name == "name" and pointer.parent == entry:
            return "a PATCH finds an item by its name and cannot rename it"
        if not isinstance(name, str):
            return "this item has no name, by which a PATCH would find it"
        if name in (twins if twins is not None else twin_names(edit.base)):
            return f"two items are called {name[:30]!r}: a PATCH could change the wrong one"
    if known is None:
        return "the service's document has no such field"
    if known.read_only or known.immutable:
        return "cannot be changed once the order exists"
    if not known.patch.allowed:
        return "a PATCH does not know this field"
    if change.now is ABSENT or change.now is None:
        return _why_not_cleared(edit, pointer)
    if _takes_away(change.was, change.now):
        # The service merges objects, of free keys as well: what is not sent would stay.
        return "a PATCH cannot remove a part of this"
    return None


def _takes_away(was: Json | Absent, now: Json | Absent) -> bool:
    if not isinstance(was, dict) or not isinstance(now, dict):
        return False
    return any(key not in now or _takes_away(value, now[key]) for key, value in was.items())


def _why_not_cleared(edit: Edit, pointer: Pointer) -> str | None:
    unit = _unit(pointer)
    if unit != pointer and unit.get(edit.document) not in (ABSENT, None):
        # It goes as part of something whole: a list is replaced, but of an object what is not sent stays as it was.
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


def _unit(pointer: Pointer) -> Pointer:
    """The outermost thing that has to go whole when this changes."""
    for place in LISTS[1:]:
        if pointer.startswith(place):
            return place
    for length in range(1, len(pointer) + 1):
        part = Pointer(pointer.tokens[:length])
        known = field_at(part)
        if known is not None and known.whole:
            return part
    return pointer


def _whole(edit: Edit, unit: Pointer, changes: list[Change]) -> Json:
    """What to send for a unit. What was taken out of it goes as null, but for what may not be missing at all."""
    value = unit.get(edit.document)
    if value is ABSENT:
        return None
    for change in changes:
        known = field_at(change.pointer)
        if change.now is ABSENT and unit not in LISTS and known is not None and known.patch.nullable:
            value = change.pointer.relative_to(unit).put(value, None)
    return value


def _wire(pointer: Pointer) -> Pointer:
    known = field_at(pointer)
    return pointer.parent / known.patch.name if known is not None else pointer


def _from_wire(pointer: Pointer, places: list[str]) -> Pointer:
    tokens = list(pointer.tokens)
    if len(tokens) > len(ITEMS) and pointer.startswith(ITEMS):
        tokens[len(ITEMS)] = places[int(tokens[len(ITEMS)])]
    elif tokens == ["customer_details", "phone"]:
        tokens[1] = "phone_number"
    return Pointer(tuple(tokens))


def twin_names(document: Document) -> frozenset[str]:
    """The names that more than one item has (Q3.2)."""
    items = ITEMS.get(document)
    if not isinstance(items, list):
        return frozenset()
    names = Counter(item["name"] for item in items if isinstance(item, dict) and isinstance(item.get("name"), str))
    return frozenset(cast(str, name) for name, count in names.items() if count > 1)


def from_patch(pointer: Pointer, body: Json, document: Document) -> Pointer:
    """A place in a PATCH body as the place in the order: items by their name, the phone by its own (Q3.1, Q3.5)."""
    if len(pointer) > len(ITEMS) and pointer.startswith(ITEMS):
        name = (ITEMS / pointer.tokens[len(ITEMS)] / "name").get(body)
        items = ITEMS.get(document)
        names = (
            [item.get("name") if isinstance(item, dict) else None for item in items] if isinstance(items, list) else []
        )
        if name in names:
            return ITEMS / names.index(cast(Json, name)) + Pointer(pointer.tokens[len(ITEMS) + 1 :])
    if pointer.tokens[:2] == ("customer_details", "phone"):
        return Pointer.of("customer_details", "phone_number")
    return pointer


def as_read(body: Document) -> Document:
    """A PATCH body in the words of GET: the customer's phone has another name there (Q3.5)."""
    phone = Pointer.of("customer_details", "phone")
    value: Json | Absent = phone.get(body)
    if value is ABSENT:
        return body
    renamed = Pointer.of("customer_details", "phone_number").put(phone.drop(body), value)
    return cast(Document, renamed)


def seen_in(base: Document, sent: Document) -> Document:
    """The order as it is once a PATCH, in the words of GET, is seen in it: objects merged, items by their names."""
    document = dict(base)
    for key, value in sent.items():
        was = document.get(key)
        if value is None:
            document.pop(key, None)
        elif key == ITEMS.name and isinstance(value, list) and isinstance(was, list):
            changes = {item["name"]: item for item in value if isinstance(item, dict) and isinstance(item["name"], str)}
            document[key] = [
                seen_in(item, changes[name])
                if isinstance(item, dict) and isinstance(name := item.get("name"), str) and name in changes
                else item
                for item in was
            ]
        elif isinstance(value, dict):
            document[key] = seen_in(was if isinstance(was, dict) else {}, value)
        else:
            document[key] = value
    return document


def is_same_order(a: Document, b: Document) -> bool:
    """Whether two documents say the same in everything but what the service stamps on them."""
    stamps = ("modified_at",)
    return same({k: v for k, v in a.items() if k not in stamps}, {k: v for k, v in b.items() if k not in stamps})
