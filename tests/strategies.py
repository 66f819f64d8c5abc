"""Hypothesis strategies for documents of the schema, drawn field by field, and for changed documents."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tui.api.codec import Document, Json
from tui.api.models import Kind
from tui.api.pointer import ABSENT, Pointer
from tui.orders.fields import Field, all_fields
from tui.orders.paths import ANY, ITEMS, LISTS

Draw = Callable[[st.SearchStrategy[Any]], Any]

NAMES = ("Mug", "Cup", "Bowl", "Mug, blue")
TEXTS = st.sampled_from(["", "a", "Kerkstraat 12", "Ümläut", "007", "x" * 40])
TIMES = st.sampled_from(["2026-11-22T10:00:00.556Z", "2026-11-22T10:00:00.556000+00:00", "2026-11-23T09:00:00+01:00"])
LEAVES = tuple(field for field in all_fields() if not field.has_members and not field.read_only)
ITEM_LEAVES = tuple(field for field in LEAVES if field.path[: len(ITEMS)] == ITEMS.tokens and field.path[-1] != "name")
PLAIN_LEAVES = tuple(
    field for field in LEAVES if ANY not in field.path and not field.immutable and field.path[0] != "id"
)


def value_of(draw: Draw, field: Field) -> Json:
    """A value of the field's kind; sometimes null or of another type, as services send them."""
    odd = draw(st.integers(0, 30))
    if odd == 0:
        return None
    if odd == 1:
        return draw(st.sampled_from([0, "", [], {}, True, Decimal("3.10")]))
    match field.kind:
        case Kind.INTEGER:
            return int(draw(st.integers(1, 5)))
        case Kind.NUMBER:
            return Decimal(draw(st.integers(1, 999))) / 100
        case Kind.MONEY_TEXT:
            return str(draw(st.sampled_from(["3.99", "0", "12"])))
        case Kind.BOOL:
            return bool(draw(st.booleans()))
        case Kind.CHOICE:
            return str(draw(st.sampled_from(field.choices)))
        case Kind.COUNTRY:
            return str(draw(st.sampled_from(["NL", "DE", "CH"])))
        case Kind.DATETIME:
            return str(draw(TIMES))
        case Kind.TAGS:
            return list(draw(st.lists(st.sampled_from(["gift", "a", "b"]), max_size=2)))
        case Kind.JSON:
            return dict(draw(st.dictionaries(st.sampled_from(["k", "l"]), st.integers(0, 2), max_size=2)))
        case _:
            return str(draw(TEXTS))


def item(draw: Draw) -> Document:
    document: Json = {"name": draw(st.sampled_from(NAMES)), "quantity": int(draw(st.integers(1, 3)))}
    for field in draw(st.lists(st.sampled_from(ITEM_LEAVES), max_size=4)):
        document = _put_if_possible(document, Pointer(field.path[len(ITEMS) + 1 :]), value_of(draw, field))
    return document  # type: ignore[return-value]


def _put_if_possible(document: Json, pointer: Pointer, value: Json) -> Json:
    try:
        return pointer.put(document, value)
    except KeyError:  # an earlier draw put a value of another type above it
        return document


@st.composite
def documents(draw: Draw) -> Document:
    """An order with some fields, some items, some tax numbers, and sometimes a key that the schema lacks."""
    document: Json = {"id": "12", "order_id": "a", "order_number": "A-1"}
    document = ITEMS.put(document, [item(draw) for _ in range(draw(st.integers(0, 3)))])
    document = Pointer.of("order_details", "integration").put(document, {"id": 7})
    for field in draw(st.lists(st.sampled_from(PLAIN_LEAVES), max_size=10)):
        document = _put_if_possible(document, Pointer(field.path), value_of(draw, field))
    if draw(st.booleans()):
        numbers: Json = [{"name": "VAT", "value": str(n)} for n in range(draw(st.integers(1, 3)))]
        document = _put_if_possible(document, LISTS[1], numbers)
    return document | {"future": {"x": 1}} if draw(st.booleans()) else document  # type: ignore[return-value,operator]


@st.composite
def changed(draw: Draw, start: Document) -> Document:
    """The document after some random changes."""
    document: Json = start
    for _ in range(draw(st.integers(0, 4))):
        document = _change(draw, document)
    return document  # type: ignore[return-value]


def _change(draw: Draw, document: Json) -> Json:
    found_items = ITEMS.get(document)
    items = list(found_items) if isinstance(found_items, list) else []
    match draw(st.integers(0, 8)):
        case 0 | 1 | 2:
            field = draw(st.sampled_from(PLAIN_LEAVES))
            return _put_if_possible(document, Pointer(field.path), value_of(draw, field))
        case 3:
            field = draw(st.sampled_from(PLAIN_LEAVES))
            pointer = Pointer(field.path[: draw(st.integers(1, len(field.path)))])
            return document if pointer.tokens == ("order_details",) else pointer.drop(document)
        case 4 if items:
            field = draw(st.sampled_from(ITEM_LEAVES))
            item_pointer = ITEMS / draw(st.integers(0, len(items) - 1))
            return _put_if_possible(
                document, item_pointer + Pointer(field.path[len(ITEMS) + 1 :]), value_of(draw, field)
            )
        case 5:
            items.insert(draw(st.integers(0, len(items))), item(draw))
        case 6 if items:
            del items[draw(st.integers(0, len(items) - 1))]
        case 7 if items:
            items = list(draw(st.permutations(items)))
        case 8 if items:
            renamed = items[draw(st.integers(0, len(items) - 1))]
            if isinstance(renamed, dict):
                items[items.index(renamed)] = {**renamed, "name": draw(st.sampled_from(NAMES))}
    return ITEMS.put(document, items) if isinstance(ITEMS.parent.get(document), dict) else document


def leaves(document: Json) -> dict[Pointer, Json]:
    """Every value outside the lists of objects, by pointer."""
    found: dict[Pointer, Json] = {}

    def walk(node: Json, pointer: Pointer) -> None:
        if isinstance(node, dict) and pointer not in LISTS:
            for key, value in node.items():
                walk(value, pointer / key)
        elif pointer not in LISTS:
            found[pointer] = node

    walk(document, Pointer())
    return found


def at(document: Json, pointer: Pointer) -> Json:
    """The value at a pointer; null if absent."""
    value = pointer.get(document)
    return None if value is ABSENT else value


def full_order(items: int = 2) -> Document:
    """An order with a value in every field of the schema, and some keys that the schema lacks."""
    document: Json = {"future": {"x": [1, {"y": None}]}}
    for field in (field for field in all_fields() if not field.has_members):
        for index in range(items if ANY in field.path else 1):
            tokens = [str(index) if token == ANY else token for token in field.path]
            document = _put_if_possible(
                _with_list(document, tokens), Pointer(tuple(tokens)), _plain_value(field, index)
            )
    return document  # type: ignore[return-value]


def _with_list(document: Json, tokens: list[str]) -> Json:
    for list_pointer in LISTS:
        if tuple(tokens[: len(list_pointer)]) == list_pointer.tokens and list_pointer.get(document) is ABSENT:
            return list_pointer.put(document, [])
    return document


def _plain_value(field: Field, index: int) -> Json:
    match field.kind:
        case Kind.INTEGER:
            return 1 + index
        case Kind.NUMBER:
            return Decimal("3.50")
        case Kind.MONEY_TEXT:
            return "3.99"
        case Kind.BOOL:
            return False
        case Kind.CHOICE:
            return field.choices[0]
        case Kind.COUNTRY:
            return "NL"
        case Kind.STATE:
            return "NL-NH"
        case Kind.DATETIME:
            return "2026-11-22T10:00:00.556000+00:00"
        case Kind.TAGS:
            return ["gift", "a, b"]
        case Kind.JSON:
            return {"free": {"key": 1}}
        case _:
            return f"{field.label} {index}" if field.path[-1] != "email" else "jan@example.org"
