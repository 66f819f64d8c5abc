"""The tree of fields, derived from the models: what each is called, holds, allows, and where it stands in the form."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Len, MaxLen, MinLen
from pydantic.fields import FieldInfo

from tui.api.codec import Json
from tui.api.models import NOT_IN_PATCH, FieldMeta, Group, Kind, Node, Operation, Order, field_meta, patch_model
from tui.api.pointer import ABSENT, ROOT, Absent, Pointer, position_of
from tui.orders.paths import ANY, LISTS


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What one operation allows of a field. `name` is its last token on the wire there."""

    allowed: bool
    required: bool
    nullable: bool
    empty: bool
    name: str


@dataclass(frozen=True, slots=True)
class Field:
    """One place of the schema. A field with `members` is an object or a list of objects, the others hold values.

    `trail`: the labels of the objects above it, outermost first, without the group's own. `whole`: on the wire it goes
    complete or not at all, with everything below (prices, costs, measures: Q3.7, Q3.10). `instead_of`: the members
    beside it that go when this one comes. `limits`: what the document says of its values, in words.
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
    members: bool
    listed: bool
    whole: bool
    instead_of: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()

    def rule(self, operation: Operation) -> FieldRule:
        return self.post if operation is Operation.POST else self.patch

    @property
    def caption(self) -> str:
        """What the form calls it: an amount by the name of its price, a unit by the name of its measure."""
        if not self.named_by_parent:
            return self.label
        above = self.trail[-1]
        return above if self.path[-1] == "value" else f"{above} {self.label}"

    @property
    def named_by_parent(self) -> bool:
        return self.whole and self.path[-1] in ("value", "currency", "unit")


@dataclass(frozen=True, slots=True)
class FormSection:
    """Fields that stand together under a heading: a group, one item, one tax number. `pointer` is their object.

    `members` are below it by what their path has behind `depth` tokens.
    """

    group: Group
    title: str
    pointer: Pointer
    members: tuple[Field, ...]
    depth: int = 0

    @property
    def fields(self) -> tuple[tuple[Pointer, Field], ...]:
        """Each field with its place."""
        return tuple((self.place_of(field), field) for field in self.members)

    def place_of(self, field: Field) -> Pointer:
        return Pointer(self.pointer.tokens + field.path[self.depth :])


@cache
def all_fields() -> tuple[Field, ...]:
    """Every field, parents before their members, in the order of the form."""
    found = tuple(_below(Order, patch_model(Order), (), (), Group.ORDER, rare=False, whole=False))
    return tuple(sorted(found, key=lambda field: list(Group).index(field.group)))


@cache
def _by_path() -> dict[tuple[str, ...], Field]:
    return {field.path: field for field in all_fields()}


def path_of(pointer: Pointer) -> tuple[str, ...]:
    """The path of the field at a pointer: positions below the lists of objects become `*`."""
    tokens = pointer.tokens
    for place in LISTS:
        if len(tokens) > len(place.tokens) and pointer.startswith(place):
            return (*place.tokens, ANY, *tokens[len(place.tokens) + 1 :])
    return tokens


def field_at(pointer: Pointer) -> Field | None:
    """The field of the schema at this pointer, or None where the schema has none."""
    return _by_path().get(path_of(pointer))


def exclusive_values(pointer: Pointer, value: Json | Absent) -> list[tuple[Pointer, Json | Absent]]:
    """What is set when this value is: itself, and of an either-or the others taken away (Q8.22)."""
    field = field_at(pointer)
    others = field.instead_of if field is not None and value not in (ABSENT, None) else ()
    return [(pointer, value), *((pointer.parent / name, ABSENT) for name in others)]


def entry_of(pointer: Pointer) -> Pointer | None:
    """The entry of a list of objects that a place lies in, or is."""
    for place in LISTS:
        if len(pointer) > len(place) and pointer.startswith(place):
            return Pointer(pointer.tokens[: len(place) + 1])
    return None


def label_of(pointer: Pointer) -> str:
    """A pointer in the words of the form, as `Items 2, HS code`; its raw text where the schema does not know it."""
    tokens = path_of(pointer)
    for length in range(len(tokens), 0, -1):
        field = _by_path().get(tokens[:length])
        if field is None:
            continue
        number = _number(pointer)
        words = [f"{field.group} {number}" if number else str(field.group)]
        # A group's own object, and a list that the group is named after, need no second mention.
        own = 2 if number or field.group is Group.ITEMS else 1
        inner = field.trail[own:-1] if field.named_by_parent else field.trail[own:]
        words.extend(inner)
        if len(field.path) > own or not field.members:
            words.append(field.caption)
        words.extend(pointer.tokens[length + (1 if field.listed else 0) :])
        return ", ".join(words)
    return str(pointer) or "the order"


def sections(document: Json) -> list[FormSection]:
    """The form of this document: every value field of the schema at its pointer, each object of a list by itself."""
    found: list[FormSection] = []
    for group in Group:
        here = tuple(field for field in _values_of(group) if ANY not in field.path)
        lists: list[FormSection] = []
        for place in LISTS:
            if _by_path()[place.tokens].group is group:
                lists.extend(_list_sections(document, place, group))
        if here:
            found.append(FormSection(group, str(group), ROOT, here))
        found.extend(lists)
    return found


@cache
def _values_of(group: Group) -> tuple[Field, ...]:
    return tuple(field for field in all_fields() if field.group is group and not field.members)


@cache
def _members_of(place: Pointer) -> tuple[Field, ...]:
    depth = len(place.tokens)
    head = (*place.tokens, ANY)
    return tuple(field for field in all_fields() if field.path[: depth + 1] == head and not field.members)


def _list_sections(document: Json, place: Pointer, group: Group) -> Iterator[FormSection]:
    entries = place.get(document)
    if not isinstance(entries, list):
        return
    title = _by_path()[place.tokens].label
    depth = len(place.tokens) + 1
    for position in range(len(entries)):
        yield FormSection(group, f"{title} {position + 1}", place / position, _members_of(place), depth)


def value_pointer(pointer: Pointer, document: Json) -> Pointer | None:
    """The place of a value of the form at a pointer, or the first one inside it; None where the form has none there."""
    entry = entry_of(pointer)
    if entry is not None and entry.get(document) is ABSENT:
        return None
    if entry == pointer:
        return pointer + Pointer(_members_of(pointer.parent)[0].path[len(pointer) :])
    path = path_of(pointer)
    field = _by_path().get(path)
    if field is None:
        return None
    if not field.members:
        return pointer
    if field.listed and len(pointer) == len(path):
        return value_pointer(pointer / 0, document) if pointer in LISTS else None
    inner = next((one for one in all_fields() if not one.members and one.path[: len(path)] == path), None)
    return (
        None if inner is None or ANY in inner.path[len(path) :] else Pointer(pointer.tokens + inner.path[len(path) :])
    )


def required_in(pointer: Pointer, field: Field, document: Json) -> bool:
    """Whether POST wants this value in this document: its object is there, or is itself required."""
    if not field.post.required:
        return False
    parent = pointer.parent
    while parent.tokens:
        if parent.get(document) not in (ABSENT, None):
            return True
        above = field_at(parent)
        if above is not None and not above.post.required:
            return False
        parent = parent.parent
    return True


def _number(pointer: Pointer) -> str:
    for place in LISTS:
        if len(pointer) > len(place) and pointer.startswith(place):
            token = pointer.tokens[len(place)]
            position = position_of(token)
            return token if position is None else str(position + 1)
    return ""


def _below(
    model: type[Node],
    patched: type[Node] | None,
    path: tuple[str, ...],
    trail: tuple[str, ...],
    group: Group,
    *,
    rare: bool,
    whole: bool,
) -> Iterator[Field]:
    for name, info in model.model_fields.items():
        extra = field_meta(info)
        shape = _shape(info)
        patch_name = extra.patch_name or name
        patch_info = patched.model_fields.get(patch_name) if patched and extra.patch is not NOT_IN_PATCH else None
        here = extra.group or group
        goes_whole = whole or (shape.node is not None and _goes_whole(shape.node))
        field = Field(
            path=(*path, name),
            label=info.title or name,
            kind=shape.kind,
            choices=shape.choices,
            help=info.description or "",
            group=here,
            trail=trail,
            post=_rule(info, shape, name, extra),
            patch=_patch_rule(patch_info, patch_name),
            read_only=extra.read_only,
            immutable=extra.immutable,
            rare=rare or extra.rare,
            members=shape.node is not None,
            listed=shape.listed,
            whole=goes_whole,
            instead_of=tuple(other for other in model.ONE_OF if name in model.ONE_OF and other != name),
            limits=tuple(_limits(info)),
        )
        yield field
        if shape.node is None:
            continue
        below_patch = _shape(patch_info).node if patch_info is not None else None
        inner = (*field.path, ANY) if shape.listed else field.path
        words = (*trail, field.label)
        yield from _below(shape.node, below_patch, inner, words, here, rare=field.rare, whole=goes_whole)


def _goes_whole(node: type[Node]) -> bool:
    # A price or cost is an amount and its currency: half of it means nothing.
    return node.ATOMIC or set(node.model_fields) == {"value", "currency"}


@dataclass(frozen=True, slots=True)
class _Shape:
    kind: Kind
    choices: tuple[str, ...]
    nullable: bool
    node: type[Node] | None
    listed: bool
    filled: bool


def _shape(info: FieldInfo) -> _Shape:
    kind: Kind | None = None
    choices: tuple[str, ...] = ()
    nullable = listed = filled = False
    node: type[Node] | None = None
    pending: list[Any] = [info.annotation, *info.metadata]
    while pending:
        part = pending.pop(0)
        origin = get_origin(part)
        if isinstance(part, Kind):
            kind = part
        elif isinstance(part, MinLen) or getattr(part, "min_length", None):
            filled = True
        elif part is NoneType:
            nullable = True
        elif origin is Annotated or origin is Union or origin is UnionType:
            pending.extend(get_args(part) if origin is not Annotated else (part.__origin__, *part.__metadata__))
        elif origin is list:
            pending.extend(get_args(part))
            listed = True
        elif origin is Literal:
            choices = tuple(str(choice) for choice in get_args(part))
        elif isinstance(part, type) and issubclass(part, Node):
            node = part
    if node is None:
        listed = False
    return _Shape(kind or (Kind.JSON if node else Kind.TEXT), choices, nullable, node, listed, filled)


_TEXTUAL: Final = (Kind.TEXT, Kind.LINES, Kind.WORD, Kind.STATE, Kind.COUNTRY, Kind.DATE_TEXT)


def _rule(info: FieldInfo, shape: _Shape, name: str, extra: FieldMeta) -> FieldRule:
    empty = shape.kind in _TEXTUAL and not shape.filled and not (name == "email" and _has_format(info))
    return FieldRule(not extra.read_only, info.is_required(), shape.nullable, empty, name)


def _patch_rule(info: FieldInfo | None, name: str) -> FieldRule:
    if info is None:
        return FieldRule(False, False, False, False, name)
    return _rule(info, _shape(info), name, FieldMeta())


def _limits(info: FieldInfo) -> Iterator[str]:
    """What the document says of a field's values, of any type that it may have."""
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
