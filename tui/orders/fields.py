"""The fields of an order, derived from the models: their labels, kinds, rules, and order in the form."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Len, MaxLen, MinLen
from pydantic.fields import FieldInfo

from tui.api.codec import Json
from tui.api.models import Group, Kind, Node, Operation, Order, field_meta, patch_field
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer, position_of
from tui.orders.paths import ANY, KEY, LISTS

_KEPT_POINTERS: Final = 1024
"""How many pointers have their label and list item kept. The orders of a file share most of theirs."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one operation allows for a field. `name`: the last token of its path in that operation's body."""

    allowed: bool
    required: bool
    nullable: bool
    empty: bool
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the schema. With `has_members` it is an object or a list of objects, else it holds a value.

    `trail`: the labels of its parents, outermost first, without the group's. `atomic`: it is sent as a whole or not at
    all, with everything below it (prices, costs, measures: Q3.7, Q3.10). `excludes`: siblings that are removed when this
    field is set. `limits`: the limits of the API documentation, as texts.
    """

    path: tuple[str, ...]
    label: str
    kind: Kind
    choices: tuple[str, ...]
    help: str
    group: Group
    trail: tuple[str, ...]
    post: FieldRule
    patch: FieldRule
    read_only: bool
    immutable: bool
    rare: bool
    has_members: bool
    is_list: bool
    atomic: bool
    excludes: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()

    def rule(self, operation: Operation) -> FieldRule:
        return self.post if operation is Operation.POST else self.patch

    @property
    def caption(self) -> str:
        """The label in the form. An amount is labelled by its price, a unit by its measure."""
        if not self.named_by_parent:
            return self.label
        parent_label = self.trail[-1]
        return parent_label if self.path[-1] == "value" else f"{parent_label} {self.label}"

    @property
    def named_by_parent(self) -> bool:
        return self.atomic and self.path[-1] in ("value", "currency", "unit")


@dataclass(frozen=True, slots=True)
class FormSection:
    """Fields under one heading of the form: a group, one item, one tax number.

    `pointer`: the object that has them. `depth`: how many tokens of a member's path are replaced by `pointer`.
    """

    group: Group
    title: str
    pointer: Pointer
    members: tuple[Field, ...]
    depth: int = 0

    @property
    def fields(self) -> tuple[tuple[Pointer, Field], ...]:
        """Each field with its pointer."""
        return tuple((self.pointer_of(field), field) for field in self.members)

    def pointer_of(self, field: Field) -> Pointer:
        return Pointer(self.pointer.tokens + field.path[self.depth :])


@cache
def all_fields() -> tuple[Field, ...]:
    """All fields in the order of the form, parents before their members."""
    found = tuple(_fields_below(Order, Order, (), (), Group.ORDER, rare=False, atomic=False))
    return tuple(sorted(found, key=lambda field: list(Group).index(field.group)))


@cache
def _by_path() -> dict[tuple[str, ...], Field]:
    return {field.path: field for field in all_fields()}


def path_of(pointer: Pointer) -> tuple[str, ...]:
    """The field path of a pointer: indexes of the lists of objects become `*`."""
    item_pointer = entry_of(pointer)
    if item_pointer is None:
        return pointer.tokens
    return (*item_pointer.tokens[:-1], ANY, *pointer.tokens[len(item_pointer) :])


def field_at(pointer: Pointer) -> Field | None:
    """The schema's field at a pointer, or None if it has none."""
    return _by_path().get(path_of(pointer))


def atomic_parent(pointer: Pointer) -> Pointer:
    """The outermost value around a pointer that is sent as a whole, or the pointer itself."""
    for length in range(1, len(pointer) + 1):
        field = field_at(Pointer(pointer.tokens[:length]))
        if field is not None and field.atomic:
            return Pointer(pointer.tokens[:length])
    return pointer


def exclusive_values(pointer: Pointer, value: Json | Absent) -> list[tuple[Pointer, Json | Absent]]:
    """The value to set, and removals of the fields that exclude it (Q8.22)."""
    field = field_at(pointer)
    others = field.excludes if field is not None and value not in (ABSENT, None) else ()
    return [(pointer, value), *((pointer.parent / name, ABSENT) for name in others)]


@lru_cache(maxsize=_KEPT_POINTERS)
def entry_of(pointer: Pointer) -> Pointer | None:
    """The list item that a pointer lies in or points to."""
    for list_pointer in LISTS:
        if len(pointer) > len(list_pointer) and pointer.startswith(list_pointer):
            return Pointer(pointer.tokens[: len(list_pointer) + 1])
    return None


@lru_cache(maxsize=_KEPT_POINTERS)
def label_of(pointer: Pointer) -> str:
    """The form's label for a pointer, such as `Items 2, HS code`; the raw pointer if the schema does not have it.

    An item that an edit removed has the number that it had as read.
    """
    tokens = path_of(pointer)
    for length in range(len(tokens), 0, -1):
        field = _by_path().get(tokens[:length])
        if field is None:
            continue
        item_number = _item_number(pointer)
        parts = [f"{field.group} {item_number}" if item_number else str(field.group)]
        # A group's own object, and the list that the group is named after, are not repeated.
        own_length = 2 if item_number or field.group is Group.ITEMS else 1
        parents = field.trail[own_length:-1] if field.named_by_parent else field.trail[own_length:]
        parts.extend(parents)
        if len(field.path) > own_length or not field.has_members:
            parts.append(field.caption)
        parts.extend(pointer.tokens[length + (1 if field.is_list else 0) :])
        return ", ".join(parts)
    return str(pointer) or "the order"


def full_label(path: tuple[str, ...]) -> str:
    """The form's label for a field: `Every item, HS code`."""
    label = label_of(Pointer(path))
    group, _, rest = label.partition(f" {ANY}, ")
    return f"Every item, {rest}" if rest else group


def sections(document: Json) -> list[FormSection]:
    """The sections of the form for a document: all value fields of the schema, and one section for each list item."""
    result: list[FormSection] = []
    for group in Group:
        own_fields = tuple(field for field in _values_of(group) if ANY not in field.path)
        lists: list[FormSection] = []
        for list_pointer in LISTS:
            if _by_path()[list_pointer.tokens].group is group:
                lists.extend(_list_sections(document, list_pointer, group))
        if own_fields:
            result.append(FormSection(group, str(group), ROOT, own_fields))
        result.extend(lists)
    return result


@cache
def _values_of(group: Group) -> tuple[Field, ...]:
    return tuple(field for field in all_fields() if field.group is group and not field.has_members)


@cache
def _members_of(list_pointer: Pointer) -> tuple[Field, ...]:
    depth = len(list_pointer.tokens)
    head = (*list_pointer.tokens, ANY)
    return tuple(field for field in all_fields() if field.path[: depth + 1] == head and not field.has_members)


def _list_sections(document: Json, list_pointer: Pointer, group: Group) -> Iterator[FormSection]:
    items = list_pointer.get(document)
    if not isinstance(items, list):
        return
    title = _by_path()[list_pointer.tokens].label
    depth = len(list_pointer.tokens) + 1
    for index in range(len(items)):
        yield FormSection(group, f"{title} {index + 1}", list_pointer / index, _members_of(list_pointer), depth)


def known_pointer(pointer: Pointer, document: Json) -> Pointer:
    """A pointer of the schema as it is; any other one without the segments that lead nowhere in the document (Q5.2)."""
    return pointer if field_at(pointer) is not None else pointer.without_unknown_segments(document)


def value_pointer(pointer: Pointer, document: Json) -> Pointer | None:
    """The form's value field at a pointer, or the first one inside it; None if the form has none there."""
    item_pointer = entry_of(pointer)
    if item_pointer is not None and item_pointer.get(document) is ABSENT:
        return None
    if item_pointer == pointer:
        return pointer + Pointer(_members_of(pointer.parent)[0].path[len(pointer) :])
    path = path_of(pointer)
    field = _by_path().get(path)
    if field is None:
        return None
    if not field.has_members:
        return pointer
    if field.is_list and len(pointer) == len(path):
        return value_pointer(pointer / 0, document) if pointer in LISTS else None
    first = next((field for field in all_fields() if not field.has_members and field.path[: len(path)] == path), None)
    return (
        None if first is None or ANY in first.path[len(path) :] else Pointer(pointer.tokens + first.path[len(path) :])
    )


def required_in(pointer: Pointer, field: Field, document: Json) -> bool:
    """Whether POST requires this value in this document: its object is present, or required itself."""
    if not field.post.required:
        return False
    parent = pointer.parent
    while parent.tokens:
        if parent.get(document) not in (ABSENT, None):
            return True
        parent_field = field_at(parent)
        if parent_field is not None and not parent_field.post.required:
            return False
        parent = parent.parent
    return True


def _item_number(pointer: Pointer) -> str:
    item_pointer = entry_of(pointer)
    if item_pointer is None:
        return ""
    index = position_of(item_pointer.name.removeprefix(KEY))
    return item_pointer.name if index is None else str(index + 1)


def _fields_below(
    model: type[Node],
    patch_parent: type[Node] | None,
    path: tuple[str, ...],
    trail: tuple[str, ...],
    group: Group,
    *,
    rare: bool,
    atomic: bool,
) -> Iterator[Field]:
    for name, info in model.model_fields.items():
        extra = field_meta(info)
        shape = _shape(info)
        patch_name = extra.patch_name or name
        in_patch = patch_field(patch_parent, name) if patch_parent is not None else None
        field_group = extra.group or group
        is_atomic = atomic or (shape.node is not None and _is_atomic(shape.node))
        field = Field(
            path=(*path, name),
            label=info.title or name,
            kind=shape.kind,
            choices=shape.choices,
            help=info.description or "",
            group=field_group,
            trail=trail,
            post=_rule(info, shape, name, allowed=not extra.read_only, required=info.is_required()),
            patch=_patch_rule(in_patch, patch_name),
            read_only=extra.read_only,
            immutable=extra.immutable,
            rare=rare or extra.rare,
            has_members=shape.node is not None,
            is_list=shape.is_list,
            atomic=is_atomic,
            excludes=tuple(other for other in model.ONE_OF if name in model.ONE_OF and other != name),
            limits=tuple(_limits(info)),
        )
        yield field
        if shape.node is None:
            continue
        below_patch = _shape(in_patch[0]).node if in_patch is not None else None
        inner_path = (*field.path, ANY) if shape.is_list else field.path
        labels = (*trail, field.label)
        yield from _fields_below(
            shape.node, below_patch, inner_path, labels, field_group, rare=field.rare, atomic=is_atomic
        )


def _is_atomic(node: type[Node]) -> bool:
    # A price or cost needs both amount and currency.
    return node.ATOMIC or set(node.model_fields) == {"value", "currency"}


@dataclass(frozen=True, slots=True)
class _Shape:
    kind: Kind
    choices: tuple[str, ...]
    nullable: bool
    node: type[Node] | None
    is_list: bool
    non_empty: bool


def _shape(info: FieldInfo) -> _Shape:
    kind: Kind | None = None
    choices: tuple[str, ...] = ()
    nullable = is_list = non_empty = False
    node: type[Node] | None = None
    pending: list[Any] = [info.annotation, *info.metadata]
    while pending:
        part = pending.pop(0)
        origin = get_origin(part)
        if isinstance(part, Kind):
            kind = part
        elif isinstance(part, MinLen) or getattr(part, "min_length", None):
            non_empty = True
        elif part is NoneType:
            nullable = True
        elif origin is Annotated or origin is Union or origin is UnionType:
            pending.extend(get_args(part) if origin is not Annotated else (part.__origin__, *part.__metadata__))
        elif origin is list:
            pending.extend(get_args(part))
            is_list = True
        elif origin is Literal:
            choices = tuple(str(choice) for choice in get_args(part))
        elif isinstance(part, type) and issubclass(part, Node):
            node = part
    if node is None:
        is_list = False
    return _Shape(kind or (Kind.JSON if node else Kind.TEXT), choices, nullable, node, is_list, non_empty)


_TEXTUAL: Final = (Kind.TEXT, Kind.LINES, Kind.WORD, Kind.STATE, Kind.COUNTRY, Kind.DATE_TEXT)


def _rule(info: FieldInfo, shape: _Shape, name: str, *, allowed: bool, required: bool) -> FieldRule:
    empty = shape.kind in _TEXTUAL and not shape.non_empty and not (name == "email" and _has_format(info))
    return FieldRule(allowed, required, shape.nullable, empty, name)


def _patch_rule(in_patch: tuple[FieldInfo, bool] | None, name: str) -> FieldRule:
    if in_patch is None:
        return FieldRule(False, False, False, False, name)
    info, required = in_patch
    return _rule(info, _shape(info), name, allowed=True, required=required)


def _limits(info: FieldInfo) -> Iterator[str]:
    """Yield the documented limits of a field's values, for any type that it may have."""
    pending: list[Any] = [info.annotation, *info.metadata]
    while pending:
        part = pending.pop(0)
        origin = get_origin(part)
        if origin is Annotated:
            pending[:0] = [part.__origin__, *part.__metadata__]
        elif origin is Union or origin is UnionType or origin is list:
            pending[:0] = get_args(part)
        elif isinstance(part, Len) and part.max_length == part.min_length:
            yield f"exactly {part.min_length} characters"
        elif isinstance(part, MinLen):
            yield "not empty" if part.min_length == 1 else f"at least {part.min_length} characters"
        elif isinstance(part, MaxLen):
            yield f"at most {part.max_length} characters"
        elif isinstance(part, Gt):
            yield f"more than {part.gt}"
        elif isinstance(part, Ge):
            yield f"at least {part.ge}"


def _has_format(info: FieldInfo) -> bool:
    return any(hasattr(part, "func") for part in info.metadata)
