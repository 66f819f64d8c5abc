"""Conditions on the facts of an order: what a parsed query means, for evaluation in memory and in the database.

A condition is true or false, never unknown: an absent value matches no condition but `Not`.
"""

from dataclasses import dataclass
from typing import TypeAlias

TEXTS = (
    "number",
    "id",
    "name",
    "company",
    "street",
    "postcode",
    "city",
    "email",
    "phone",
    "phone_digits",
    "sku",
    "item",
    "note",
    "tag",
    "carrier",
    "hs",
    "ean",
)
"""The folded texts of an order (`tui.orders.query.folding.fold_value`); several values are joined by a line break.

No value contains a line break. `id`: the shop's id and Sendcloud's. `postcode`, `phone_digits`: see `facts`.
"""

CODES = ("key", "shop", "status", "payment", "country", "state", "currency", "carrier_code", "day", "stage", "severity")
"""The exact values of an order, folded, at most one of each. `status` and `payment` are the codes.

`key`: tui.api.query.order_key. `carrier_code`: the carrier without the method. `day`: when the order was placed, as
2026-11-23. `stage`: open, finished or unknown. `severity`: of the most severe problem.
"""

LISTS = ("sku", "tag", "hs", "origin", "ean", "problem", "status_text", "payment_text", "flag")
"""The exact values of an order, folded; there may be several of each.

`problem`: codes of checks. `status_text`, `payment_text`: the messages of the order's and the payment's status. `flag`:
what is true of the order (`FLAGS`).
"""

NUMBERS = ("total", "weight", "items", "quantity", "created", "updated", "due", "pk")
"""The numbers of an order. Times are seconds since 1970, `weight` is in kg, `pk` is Sendcloud's id."""

FLAGS = ("abroad", "customs", "pickup", "servicepoint", "unpaid", "hold", "note", "email", "phone", "labelled")
"""The values of the list `flag`: properties that are decided when the order is read, `labelled` when its label is."""


@dataclass(frozen=True, slots=True)
class Contains:
    """The folded text, which is not empty, is part of one of these `TEXTS`."""

    fields: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of these folded values is the value of a field of `CODES`, or one of the values of a field of `LISTS`.

    For a field that is in `TEXTS` only: it is one of the lines of the text.
    """

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """A number is within a range. None is an open end; the ends are included unless they are excluded."""

    field: str
    low: float | None = None
    high: float | None = None
    excludes_low: bool = False
    excludes_high: bool = False


@dataclass(frozen=True, slots=True)
class Present:
    """A field of `TEXTS`, `CODES`, `LISTS` or `NUMBERS` has a value that is not empty."""

    field: str


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not match."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class All:
    """All parts match. Without parts, every order matches."""

    parts: "tuple[Condition, ...]" = ()


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part matches. Without parts, no order matches."""

    parts: "tuple[Condition, ...]" = ()


Condition: TypeAlias = Contains | OneOf | Between | Present | Not | All | Some

EVERY_ORDER = All()


def asks_for_warnings(condition: Condition) -> bool:
    """Whether a condition names kinds of problems, or orders with warnings."""
    match condition:
        case OneOf("problem") | Present("problem"):
            return True
        case OneOf("severity", values):
            return "warning" in values
        case Not(part):
            return asks_for_warnings(part)
        case All(parts) | Some(parts):
            return any(map(asks_for_warnings, parts))
        case _:
            return False


@dataclass(frozen=True, slots=True)
class SortKey:
    """Sort by a field of `NUMBERS`, `CODES` or `TEXTS`; orders without a value come last. Texts sort as folded text."""

    field: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What queries know about an order: non-empty folded texts, exact values and numbers, by field."""

    texts: dict[str, str]
    codes: dict[str, str]
    lists: dict[str, tuple[str, ...]]
    numbers: dict[str, float]
