"""What the service makes of a written order: checks in its words, merging by PATCH, times as it writes them. Pure."""

from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from tui.api.codec import Document, Json, same
from tui.api.models import NOT_IN_PATCH, Invalid, Node, Operation, Order, OrderItem, field_meta, validate_order
from tui.api.pointer import ABSENT, Dialect, Pointer, Scope, Target, write_pointer
from tui.sandbox.responses import ITEM_NOT_FOUND, error
from tui.sandbox.times import read_instant, to_text

MOST = 100

_INTEGRATION_ID = Pointer.of("order_details", "integration", "id")
_ITEMS = Pointer.of("order_details", "order_items")
_TIMES = (Pointer.of("order_details", "order_created_at"), Pointer.of("order_details", "order_updated_at"))


def post_error(position: int, pointer: Pointer, detail: str, code: str = "invalid") -> Document:
    """An error of order `position` of a batch; these have no title (Q5.1.2)."""
    target = Target(Scope.ORDER, position, pointer)
    return error(400, code, detail, pointer=write_pointer(target, Dialect.POST))


def patch_error(pointer: Pointer, detail: str, code: str = "invalid") -> Document:
    target = Target(Scope.THIS, None, pointer)
    return error(400, code, detail, title="Invalid", pointer=write_pointer(target, Dialect.PATCH))


def immutable(what: str, value: Json) -> str:
    return f"{what} {value} cannot be changed"


def check_batch(batch: list[Json], odd: bool) -> list[Document]:
    """The first pass over a batch: every problem of every order's shape (Q2.4)."""
    return [
        post_error(position, invalid.pointer, invalid.service_detail, _code(invalid, odd))
        for position, order in enumerate(batch)
        for invalid in _problems(order, Operation.POST, odd)
    ]


def check_patch(change: Document, stored: Document, odd: bool) -> list[Document]:
    """What a PATCH is refused for before anything is merged."""
    problems = [
        patch_error(invalid.pointer, invalid.service_detail, _code(invalid, odd))
        for invalid in _problems(change, Operation.PATCH, odd)
    ]
    if problems:
        return problems
    if "order_id" in change and not same(change["order_id"], stored.get("order_id")):
        problems.append(patch_error(Pointer.of("order_id"), immutable("Order id", stored.get("order_id"))))
    shop = _INTEGRATION_ID.get(stored)
    if (wanted := _INTEGRATION_ID.get(change)) is not ABSENT and not same(wanted, shop):
        problems.append(patch_error(_INTEGRATION_ID, immutable("Integration id", cast(Json, shop))))
    items = _items(change)
    names = {item.get("name") for item in _items(stored)}
    for position, item in enumerate(items):
        if "name" not in item:
            problems.append(patch_error(_ITEMS / position / "name", "Field required", _missing(odd)))
        elif item["name"] not in names:
            problems.append(patch_error(_ITEMS, ITEM_NOT_FOUND))
    return problems


def apply_patch(change: Document, stored: Document) -> Document:
    """The stored order with a checked PATCH merged in. Fields that PATCH does not know are left out in silence.

    Objects merge, null takes a key away (but for one that must be there and may be null), lists are replaced whole; an
    item is found by its name, the first of twins (Q3.1, Q3.2, Q3.5, Q3.6, Q3.11, Q8.23).
    """
    known = cast(Document, _known(change, Order))
    for key in ("id", "created_at", "modified_at"):
        known.pop(key, None)
    details = known.get("order_details")
    details = dict(details) if isinstance(details, dict) else {}
    items = details.pop("order_items", None)
    if "order_details" in known:
        known["order_details"] = details
    merged = cast(Document, _merge(stored, known, Order))
    if isinstance(items, list):
        merged = cast(Document, _ITEMS.put(merged, _merge_items(_items(stored), cast(list[Document], items))))
    return with_times(merged)


def check_merged(merged: Document, stored: Document, odd: bool) -> list[Document]:
    """What a PATCH broke: problems of the whole order that it did not have before."""
    before = {(invalid.pointer, invalid.code) for invalid in validate_order(stored, Operation.POST)}
    return [
        patch_error(invalid.pointer, invalid.service_detail, _code(invalid, odd))
        for invalid in _problems(merged, Operation.POST, odd)
        if (invalid.pointer, invalid.code) not in before
    ]


def with_times(order: Document) -> Document:
    """The order with its times as the service gives them back: microseconds and `+00:00` (Q8.27)."""
    result: Json = order
    places = list(_TIMES)
    for position in range(len(_items(order))):
        dates = _ITEMS / position / "delivery_dates"
        places += [dates / "handover_at", dates / "deliver_at"]
    for place in places:
        micros = read_instant(place.get(order))
        if micros is not None:
            result = place.put(result, to_text(micros))
    return cast(Document, result)


def _problems(order: Json, operation: Operation, odd: bool) -> list[Invalid]:
    """With `odd` also what the document refuses and the service takes is taken (Q8.1)."""
    return [invalid for invalid in validate_order(order, operation) if not (odd and invalid.tolerated)]


def _code(invalid: Invalid, odd: bool) -> str:
    """The service also answers codes that its document lacks (Q5.1.4)."""
    if not odd:
        return "invalid"
    return {"missing": "missing", "literal_error": "enum"}.get(invalid.code, "invalid")


def _missing(odd: bool) -> str:
    return "missing" if odd else "invalid"


def _items(order: Document) -> list[Document]:
    items = _ITEMS.get(order)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _known(value: Json, model: type[Node]) -> Json:
    """What PATCH knows of a value, under the names that the order has."""
    if isinstance(value, list):
        return [_known(member, model) for member in value]
    if not isinstance(value, dict):
        return value
    result: Document = {}
    for name, info in model.model_fields.items():
        extra = field_meta(info)
        wire = extra.patch_name or name
        if extra.patch is NOT_IN_PATCH or wire not in value:
            continue
        child = _model_of(info.annotation)
        result[name] = value[wire] if child is None else _known(value[wire], child)
    return result


def _model_of(annotation: Any) -> type[Node] | None:
    if isinstance(annotation, type) and issubclass(annotation, Node):
        return annotation
    if get_origin(annotation) in (Annotated, list, Union, UnionType):
        return next((found for part in get_args(annotation) if (found := _model_of(part)) is not None), None)
    return None


def _merge(stored: Json, change: Json, model: type[Node] | None) -> Json:
    if not isinstance(change, dict):
        return change
    result = dict(stored) if isinstance(stored, dict) else {}
    for key, value in change.items():
        info = model.model_fields.get(key) if model is not None else None
        if value is None and not (info is not None and info.is_required()):
            result.pop(key, None)
        else:
            result[key] = _merge(result.get(key), value, _model_of(info.annotation) if info is not None else None)
    return result


def _merge_items(stored: list[Document], changes: list[Document]) -> list[Json]:
    items = list(stored)
    for change in changes:
        position = next(place for place, item in enumerate(items) if item.get("name") == change["name"])
        items[position] = cast(Document, _merge(items[position], change, OrderItem))
    return cast(list[Json], items)
