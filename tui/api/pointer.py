"""`Pointer`: the one address of a field, in every dialect that the service speaks (QUIRKS 5.2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, cast

from tui.api.codec import Document, Json


class Absent(Enum):
    """The type of ABSENT: no value at all, which is neither null nor empty (Q4.16)."""

    ABSENT = "absent"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True, order=True)
class Pointer:
    """A path into a JSON document (RFC 6901). Tokens are text; in a list a token of digits is a position from 0."""

    tokens: tuple[str, ...] = ()

    @classmethod
    def of(cls, *tokens: str | int) -> "Pointer":
        return cls(tuple(str(token) for token in tokens))

    @classmethod
    def parse(cls, text: str) -> "Pointer":
        """Read an RFC 6901 pointer; a missing slash in front is forgiven."""
        if not text:
            return ROOT
        parts = text.removeprefix("/").split("/")
        return cls(tuple(parts) if "~" not in text else tuple(_unescape(part) for part in parts))

    def __str__(self) -> str:
        # Written a hundred thousand times for a large file, in which nearly no token has anything to escape.
        text = "/".join(("", *self.tokens))
        if "~" in text or text.count("/") != len(self.tokens):
            return "".join("/" + _escape(token) for token in self.tokens)
        return text

    def __truediv__(self, token: str | int) -> "Pointer":
        return Pointer((*self.tokens, str(token)))

    def __add__(self, other: "Pointer") -> "Pointer":
        return Pointer(self.tokens + other.tokens)

    def __len__(self) -> int:
        return len(self.tokens)

    def __bool__(self) -> bool:
        return True

    @property
    def parent(self) -> "Pointer":
        """The pointer one level up; the root's parent is the root."""
        return Pointer(self.tokens[:-1])

    @property
    def name(self) -> str:
        """The last token; empty for the root."""
        return self.tokens[-1] if self.tokens else ""

    def startswith(self, other: "Pointer") -> bool:
        return self.tokens[: len(other.tokens)] == other.tokens

    def relative_to(self, other: "Pointer") -> "Pointer":
        """What is left after `other`. Raises ValueError if this pointer does not begin with it."""
        if not self.startswith(other):
            raise ValueError(f"{self} is not below {other}")
        return Pointer(self.tokens[len(other.tokens) :])

    def get(self, document: Json | Absent) -> Json | Absent:
        """The value at this pointer, or ABSENT."""
        node = document
        for token in self.tokens:
            node = node.get(token, ABSENT) if isinstance(node, dict) else _child(node, token)
            if node is ABSENT:
                return ABSENT
        return node

    def put(self, document: Json | Absent, value: Json) -> Json:
        """A copy of the document with `value` here; missing objects on the way are made, other values stay shared.

        A position one past the end of a list appends. Raises KeyError where a list has no such position or where
        something that has no members stands in the way.
        """
        if not self.tokens:
            return value
        head, rest = self.tokens[0], Pointer(self.tokens[1:])
        if isinstance(document, list):
            copy = list(document)
            position = position_of(head, len(copy) + 1)
            if position is None:
                raise KeyError(head)
            if position == len(copy):
                copy.append(rest.put(ABSENT, value))
            else:
                copy[position] = rest.put(copy[position], value)
            return copy
        if document is ABSENT or document is None:
            return {head: rest.put(ABSENT, value)}
        if isinstance(document, dict):
            return {**document, head: rest.put(document.get(head, ABSENT), value)}
        raise KeyError(head)

    def drop(self, document: Json) -> Json:
        """A copy of the document without what is here; the same document if there is nothing."""
        if not self.tokens or self.get(document) is ABSENT:
            return document
        container = self.parent.get(document)
        if isinstance(container, list):
            position = int(self.name)
            return self.parent.put(document, container[:position] + container[position + 1 :])
        members = cast(Document, container)
        return self.parent.put(document, {key: value for key, value in members.items() if key != self.name})

    def resolve(self, document: Json) -> "Resolution":
        """The deepest existing node on the way and what is missing below it. Never raises."""
        node: Json = document
        for depth, token in enumerate(self.tokens):
            child = _child(node, token)
            if child is ABSENT:
                return Resolution(Pointer(self.tokens[:depth]), node, Pointer(self.tokens[depth:]))
            node = child
        return Resolution(self, node, ROOT)

    def settle(self, document: Json) -> "Pointer":
        """This pointer without segments that name nothing in the document although the next one does.

        Validation of nested unions may put such segments into a pointer (QUIRKS 5.2). What resolves nowhere stays.
        """
        kept: list[str] = []
        node: Json | Absent = document
        for depth, token in enumerate(self.tokens):
            child = _child(node, token)
            following = self.tokens[depth + 1 : depth + 2]
            if child is ABSENT and node is not ABSENT and following and _child(node, following[0]) is not ABSENT:
                continue
            kept.append(token)
            node = child
        return Pointer(tuple(kept))


ROOT: Final = Pointer(())


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where a pointer leads: the part found, the node there, and the part for which there is nothing."""

    found: Pointer
    node: Json
    missing: Pointer


class Scope(StrEnum):
    """What a pointer of the service speaks of."""

    REQUEST = "request"
    BATCH = "batch"
    ORDER = "order"
    """Order n of a batch."""
    THIS = "this"
    """The one order that the request was about."""


class Dialect(StrEnum):
    """How an endpoint spells its pointers (QUIRKS 5.2)."""

    RFC6901 = "rfc6901"
    POST = "post"
    """`/data/attributes/[1]/order_details/order_items/0/quantity`"""
    PATCH = "patch"
    """`order/order_details/order_items`"""
    LABEL = "label"
    """`/data/attributes/orders/[1]/order_id`"""
    BODY = "body"
    """`body/unknown_field`"""


@dataclass(frozen=True, slots=True)
class Target:
    """A pointer of the service, understood: its scope, the order's place in the batch, the pointer within the order.

    `raw` is the text as it came, kept whatever becomes of the rest; it takes no part in comparisons.
    """

    scope: Scope
    order: int | None
    pointer: Pointer
    raw: str = ""

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Target):
            return NotImplemented
        return (self.scope, self.order, self.pointer) == (other.scope, other.order, other.pointer)

    def __hash__(self) -> int:
        return hash((self.scope, self.order, self.pointer))


_BRACKETED = re.compile(r"\[(\d{1,9})\]")
_INDEX = re.compile(r"\[(\d{1,9})\]|(\d{1,9})")
_NAME_AND_INDEX = re.compile(r"([^\[\]]*)((?:\[\d{1,9}\])+)")
_ENVELOPE = ("order", "orders", "body")
_PREFIX = {
    Dialect.RFC6901: (),
    Dialect.POST: ("data", "attributes"),
    Dialect.LABEL: ("data", "attributes"),
    Dialect.PATCH: ("order",),
    Dialect.BODY: ("body",),
}


def read_pointer(raw: str, dialect: Dialect) -> Target:
    """Understand a pointer as the service sent it. Never raises; what cannot be understood stays in the pointer.

    The dialects are told apart by the endpoint that answered, but every prefix of QUIRKS 5.2 is understood in each of
    them, since nobody promises that an endpoint keeps to its own.
    """
    if dialect is Dialect.RFC6901:
        return Target(Scope.THIS, None, Pointer.parse(raw), raw)
    parts = _parts(raw)
    wrapped = _strip(parts, "data")
    attributes = _strip(parts, "attributes") if wrapped else False
    if wrapped and not attributes and not parts:
        return Target(Scope.REQUEST, None, ROOT, raw)
    # One word for what was sent only: what stands behind it may be a field of that name.
    envelope = parts.pop(0) if parts and parts[0] in _ENVELOPE else ""
    index = _INDEX.fullmatch(parts[0]) if parts else None
    if dialect is Dialect.POST or dialect is Dialect.LABEL:
        if index is not None:
            return Target(Scope.ORDER, int(index[1] or index[2]), _pointer(parts[1:]), raw)
        if envelope:
            return Target(Scope.THIS, None, _pointer(parts), raw)
        return Target(Scope.BATCH if wrapped or parts else Scope.REQUEST, None, _pointer(parts), raw)
    # Here is one order only, and a position before its fields is the one that it has in a batch of itself.
    if index is not None and (index[1] or envelope not in ("order", "body")):
        del parts[0]
    return Target(Scope.THIS, None, _pointer(parts), raw)


def _parts(raw: str) -> list[str]:
    """The segments of a pointer, whether slashes part them or, where there is none, dots: `orders[1].order_id`."""
    text = raw.lstrip()
    # As a fragment of an address (RFC 6901, 6), and as a path of JSONPath.
    text = text.removeprefix("#") if text.startswith("#/") else re.sub(r"^\$(?=[.\[])", "", text)
    parts: list[str] = []
    for part in re.split(r"/" if "/" in text else r"\.", text):
        match = _NAME_AND_INDEX.fullmatch(part)
        parts += [match[1], *re.findall(r"\[\d+\]", match[2])] if match is not None else [part]
    return [part for part in parts if part]


def write_pointer(target: Target, dialect: Dialect) -> str:
    """Spell a target as the given endpoint does."""
    if dialect is Dialect.RFC6901:
        return str(target.pointer)
    tokens = [_spell(token) for token in target.pointer.tokens]
    if dialect is Dialect.PATCH or dialect is Dialect.BODY:
        if target.scope is Scope.REQUEST:
            return "/data"
        return "/".join([*_PREFIX[dialect], *tokens])
    if target.scope is Scope.REQUEST:
        return "/data"
    head = "/data/attributes"
    if target.scope is Scope.ORDER:
        head += f"/orders/[{target.order}]" if dialect is Dialect.LABEL else f"/[{target.order}]"
    elif target.scope is Scope.THIS:
        head += "/order" if dialect is Dialect.LABEL else "/[0]"
    elif not tokens:
        return head + "/"
    return "/".join([head, *tokens])


def walk(document: Json, base: Pointer = ROOT) -> Iterator[tuple[Pointer, Json]]:
    """Every node of a document with its pointer, parents before children, in document order."""
    stack: list[tuple[Pointer, Json]] = [(base, document)]
    while stack:
        pointer, node = stack.pop()
        yield pointer, node
        if isinstance(node, dict):
            stack.extend((pointer / key, value) for key, value in reversed(node.items()))
        elif isinstance(node, list):
            stack.extend((pointer / index, node[index]) for index in range(len(node) - 1, -1, -1))


def _pointer(parts: list[str]) -> Pointer:
    return Pointer(tuple(match[1] if (match := _BRACKETED.fullmatch(part)) else _unspell(part) for part in parts))


def _spell(token: str) -> str:
    # Empty segments are dropped and brackets are unwrapped when the service's dialects are read, so a key that is
    # empty or has a bracket needs an escape of its own to come back; the service sends none such.
    if not token:
        return "~2"
    return _escape(token).replace("[", "~3")


def _unspell(part: str) -> str:
    return _unescape(part.replace("~2", "").replace("~3", "["))


def _strip(parts: list[str], prefix: str) -> bool:
    if parts and parts[0] == prefix:
        del parts[0]
        return True
    return False


def _child(node: Json | Absent, token: str) -> Json | Absent:
    if isinstance(node, dict):
        return node.get(token, ABSENT)
    if isinstance(node, list):
        position = position_of(token, len(node))
        return ABSENT if position is None else node[position]
    return ABSENT


def position_of(token: str, end: int = 10**9) -> int | None:
    """The position in a list of that length that a token names; None where it names none."""
    if not token.isascii() or not token.isdigit() or len(token) > 9 or (token[0] == "0" and len(token) > 1):
        return None
    position = int(token)
    return position if position < end else None


def _escape(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
