"""Processing of written orders: validation with the service's texts, PATCH merging, times. Pure functions."""

from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin

from tui.api.codec import Document, Json, same
from tui.api.models import NOT_IN_PATCH, Invalid, Node, Operation, Order, OrderItem, field_meta, validate_order
from tui.api.pointer import ABSENT, Dialect, Pointer, Scope, Target, write_pointer
from tui.sandbox.responses import ITEM_NOT_FOUND, error_object
from tui.sandbox.times import read_instant, to_text

MAX_BATCH_SIZE = 100

_INTEGRATION_ID = Pointer.of("order_details", "integration", "id")
_ITEMS = Pointer.of("order_details", "order_items")
_TIMES = (Pointer.of("order_details", "order_created_at"), Pointer.of("order_details", "order_updated_at"))


def post_error(position: int, pointer: Pointer, detail: str, code: str = "invalid") -> Document:
    """An error of order `position` of a batch; such errors have no title (Q5.1.2)."""
    target = Target(Scope.ORDER, position, pointer)
    return error_object(400, code, detail, pointer=write_pointer(target, Dialect.POST))


def patch_error(pointer: Pointer, detail: str, code: str = "invalid") -> Document:
    target = Target(Scope.THIS, None, pointer)
    return error_object(400, code, detail, title="Invalid", pointer=write_pointer(target, Dialect.PATCH))


def immutable_detail(what: str, value: Json) -> str:
    return f"{what} {value} cannot be changed"


def check_batch(batch: list[Json], odd: bool) -> list[Document]:
    """The first check of a batch: all schema errors of all orders (Q2.4)."""
    return [
        post_error(position, invalid.pointer, invalid.service_detail, _code(invalid, odd))
        for position, order in enumerate(batch)
        for invalid in _problems(order, Operation.POST, odd)
    ]


def check_patch(change: Document, stored: Document, odd: bool) -> list[Document]:
    """The errors of a PATCH that are found before merging."""
    problems = [
        patch_error(invalid.pointer, invalid.service_detail, _code(invalid, odd))
        for invalid in _problems(change, Operation.PATCH, odd)
    ]
    if problems:
        return problems
    if "order_id" in change and not same(change["order_id"], stored.get("order_id")):
        problems.append(patch_error(Pointer.of("order_id"), immutable_detail("Order id", stored.get("order_id"))))
    shop = _INTEGRATION_ID.get(stored)
    if (wanted := _INTEGRATION_ID.get(change)) is not ABSENT and not same(wanted, shop):
        problems.append(patch_error(_INTEGRATION_ID, immutable_detail("Integration id", cast(Json, shop))))
    items = _items(change)
    names = {item.get("name") for item in _items(stored)}
    for position, item in enumerate(items):
        if "name" not in item:
            problems.append(patch_error(_ITEMS / position / "name", "Field required", _missing(odd)))
        elif item["name"] not in names:
            problems.append(patch_error(_ITEMS, ITEM_NOT_FOUND))
    return problems


def apply_patch(change: Document, stored: Document) -> Document:
    """Merge a checked PATCH into the stored order. Fields unknown to PATCH are silently ignored.

    Objects are merged, null removes a key (unless it is required and nullable), lists are replaced; an item is found by
    its name, the first one if there are several (Q3.1, Q3.2, Q3.5, Q3.6, Q3.11, Q8.23).
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
    """Errors of the merged order that the stored one did not have."""
    before = {(invalid.pointer, invalid.code) for invalid in validate_order(stored, Operation.POST)}
    return [
        patch_error(invalid.pointer, invalid.service_detail, _code(invalid, odd))
        for invalid in _problems(merged, Operation.POST, odd)
        if (invalid.pointer, invalid.code) not in before
    ]


def with_times(order: Document) -> Document:
    """The order with its times as the service returns them: microseconds and `+00:00` (Q8.27)."""
    result: Json = order
    pointers = list(_TIMES)
    for position in range(len(_items(order))):
        dates = _ITEMS / position / "delivery_dates"
        pointers += [dates / "handover_at", dates / "deliver_at"]
    for pointer in pointers:
        micros = read_instant(pointer.get(order))
        if micros is not None:
            result = pointer.put(result, to_text(micros))
    return cast(Document, result)


def _problems(order: Json, operation: Operation, odd: bool) -> list[Invalid]:
    """Schema errors. With `odd`, values that the service accepts contrary to its document are not errors (Q8.1)."""
    return [invalid for invalid in validate_order(order, operation) if not (odd and invalid.tolerated)]


def _code(invalid: Invalid, odd: bool) -> str:
    """The error code. The service also uses codes that its document lacks (Q5.1.4)."""
    if not odd:
        return "invalid"
    return {"missing": "missing", "literal_error": "enum"}.get(invalid.code, "invalid")


def _missing(odd: bool) -> str:
    return "missing" if odd else "invalid"


def _items(order: Document) -> list[Document]:
    items = _ITEMS.get(order)
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _known(value: Json, model: type[Node]) -> Json:
    """The part of a value that PATCH knows, with the names of the order's fields."""
    if isinstance(value, list):
        return [_known(member, model) for member in value]
    if not isinstance(value, dict):
        return value
    result: Document = {}
    for name, info in model.model_fields.items():
        meta = field_meta(info)
        wire = meta.patch_name or name
        if meta.patch is NOT_IN_PATCH or wire not in value:
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
        position = next(index for index, item in enumerate(items) if item.get("name") == change["name"])
        items[position] = cast(Document, _merge(items[position], change, OrderItem))
    return cast(list[Json], items)
