"""`Pointer`: the address of a field, and conversion from and to every dialect of the service (QUIRKS 5.2)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Final, cast

from tui.api.codec import Document, Json


class Absent(Enum):
    """The type of ABSENT: no value at all, as opposed to null or empty (Q4.16)."""

    ABSENT = "absent"

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True, order=True)
class Pointer:
    """A path into a JSON document (RFC 6901). Tokens are text; in a list a numeric token is an index from 0."""

    tokens: tuple[str, ...] = ()

    @classmethod
    def of(cls, *tokens: str | int) -> "Pointer":
        return cls(tuple(str(token) for token in tokens))

    @classmethod
    def parse(cls, text: str) -> "Pointer":
        """Parse an RFC 6901 pointer; the leading slash may be missing."""
        if not text:
            return ROOT
        parts = text.removeprefix("/").split("/")
        return cls(tuple(parts) if "~" not in text else tuple(_unescape(part) for part in parts))

    def __str__(self) -> str:
        return _text(self.tokens)

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
        """The pointer one level up; the parent of the root is the root."""
        return Pointer(self.tokens[:-1])

    @property
    def name(self) -> str:
        """The last token; empty for the root."""
        return self.tokens[-1] if self.tokens else ""

    def startswith(self, other: "Pointer") -> bool:
        return self.tokens[: len(other.tokens)] == other.tokens

    def relative_to(self, other: "Pointer") -> "Pointer":
        """The rest of this pointer after `other`. Raises ValueError if it does not start with it."""
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
        """A copy of the document with `value` at this pointer. Missing objects are created; other values are shared.

        An index one past the end of a list appends. Raises KeyError if a list has no such index, or if a scalar is in the
        way.
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
        """A copy of the document without the value at this pointer; the same document if there is none."""
        if not self.tokens or self.get(document) is ABSENT:
            return document
        container = self.parent.get(document)
        if isinstance(container, list):
            position = int(self.name)
            return self.parent.put(document, container[:position] + container[position + 1 :])
        members = cast(Document, container)
        return self.parent.put(document, {key: value for key, value in members.items() if key != self.name})

    def resolve(self, document: Json) -> "Resolution":
        """The deepest existing node on the path and the part of the path that is missing. Never raises."""
        node: Json = document
        for depth, token in enumerate(self.tokens):
            child = _child(node, token)
            if child is ABSENT:
                return Resolution(Pointer(self.tokens[:depth]), node, Pointer(self.tokens[depth:]))
            node = child
        return Resolution(self, node, ROOT)

    def without_unknown_segments(self, document: Json) -> "Pointer":
        """This pointer without segments that do not exist in the document although the next one does.

        Validation of nested unions may add such segments (QUIRKS 5.2). A segment that leads nowhere at all is kept.
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
    """The result of `resolve`: the part found, the node there, and the missing part."""

    found: Pointer
    node: Json
    missing: Pointer


class Scope(StrEnum):
    """What a pointer of the service refers to."""

    REQUEST = "request"
    BATCH = "batch"
    ORDER = "order"
    """Order n of a batch."""
    THIS = "this"
    """The single order of the request."""


class Dialect(StrEnum):
    """How an endpoint writes its pointers (QUIRKS 5.2)."""

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
    """A parsed pointer of the service: its scope, the order's index in the batch, and the pointer within the order.

    `raw` is the text as received; it is ignored in comparisons.
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
    """Parse a pointer as the service sent it. Never raises; unknown parts stay in the pointer.

    The dialect is that of the endpoint, but every prefix of QUIRKS 5.2 is understood in each of them, since endpoints
    are not guaranteed to keep to their own.
    """
    if dialect is Dialect.RFC6901:
        return Target(Scope.THIS, None, Pointer.parse(raw), raw)
    parts = _parts(raw)
    has_data = _strip(parts, "data")
    attributes = _strip(parts, "attributes") if has_data else False
    if has_data and not attributes and not parts:
        return Target(Scope.REQUEST, None, ROOT, raw)
    # Only one envelope name is removed: what follows may be a field of the same name.
    envelope = parts.pop(0) if parts and parts[0] in _ENVELOPE else ""
    index = _INDEX.fullmatch(parts[0]) if parts else None
    if dialect is Dialect.POST or dialect is Dialect.LABEL:
        if index is not None:
            return Target(Scope.ORDER, int(index[1] or index[2]), _pointer(parts[1:]), raw)
        if envelope:
            return Target(Scope.THIS, None, _pointer(parts), raw)
        return Target(Scope.BATCH if has_data or parts else Scope.REQUEST, None, _pointer(parts), raw)
    # The request is about a single order, so an index before its fields is that of a batch of one.
    if index is not None and (index[1] or envelope not in ("order", "body")):
        del parts[0]
    return Target(Scope.THIS, None, _pointer(parts), raw)


def _parts(raw: str) -> list[str]:
    """The segments of a pointer, separated by slashes or, if there are none, by dots: `orders[1].order_id`."""
    text = raw.lstrip()
    # A URI fragment (RFC 6901, 6), or a JSONPath.
    text = text.removeprefix("#") if text.startswith("#/") else re.sub(r"^\$(?=[.\[])", "", text)
    parts: list[str] = []
    for part in re.split(r"/" if "/" in text else r"\.", text):
        match = _NAME_AND_INDEX.fullmatch(part)
        parts += [match[1], *re.findall(r"\[\d+\]", match[2])] if match is not None else [part]
    return [part for part in parts if part]


def write_pointer(target: Target, dialect: Dialect) -> str:
    """Write a target in the given dialect."""
    if dialect is Dialect.RFC6901:
        return str(target.pointer)
    tokens = [_encode(token) for token in target.pointer.tokens]
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


def present(values: Mapping[str, Json | Absent]) -> Document:
    """The values that are not ABSENT."""
    return {name: value for name, value in values.items() if value is not ABSENT}


def walk(document: Json, base: Pointer = ROOT) -> Iterator[tuple[Pointer, Json]]:
    """All nodes of a document with their pointers, parents before children, in document order."""
    stack: list[tuple[Pointer, Json]] = [(base, document)]
    while stack:
        pointer, node = stack.pop()
        yield pointer, node
        if isinstance(node, dict):
            stack.extend((pointer / key, value) for key, value in reversed(node.items()))
        elif isinstance(node, list):
            stack.extend((pointer / index, node[index]) for index in range(len(node) - 1, -1, -1))


def _pointer(parts: list[str]) -> Pointer:
    return Pointer(tuple(match[1] if (match := _BRACKETED.fullmatch(part)) else _decode(part) for part in parts))


def _encode(token: str) -> str:
    # `read_pointer` drops empty segments and unwraps brackets, so an empty key or one with a bracket needs an escape of
    # its own to survive a round trip; the service sends no such keys.
    if not token:
        return "~2"
    return _escape(token).replace("[", "~3")


def _decode(part: str) -> str:
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
    """The index that a token denotes in a list of length `end`; None if it is not a valid one."""
    if not token.isascii() or not token.isdigit() or len(token) > 9 or (token[0] == "0" and len(token) > 1):
        return None
    position = int(token)
    return position if position < end else None


@lru_cache(maxsize=4096)
def _text(tokens: tuple[str, ...]) -> str:
    """The text of a pointer. Cached, because a large file asks for some of them a hundred thousand times."""
    return "".join("/" + _escape(token) for token in tokens)


def _escape(token: str) -> str:
    return token.replace("~", "~0").replace("/", "~1")


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
