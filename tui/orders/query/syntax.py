"""The parts of a parsed query, and how they are printed. See `language` for the grammar."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tui.orders.query.conditions import SortKey

OPERATORS: Final = re.compile(r"([A-Za-z_]+)(:?(?:>=|<=|>|<)|:=|:|=)")
"""A name and what follows it in a term. An `=` alone counts after the name of a field only."""
KEYWORDS: Final = ("or", "and", "not")
ABSENT_WORD, PRESENT_WORD = "none", "any"
_NEEDS_QUOTES: Final = re.compile(r'[\s"(),]|\.\.|^[=<>]|^$')


class QueryError(ValueError):
    """A query is invalid. `column`: where, from 1. `suggestion`: the most similar valid word, or ""."""

    def __init__(self, detail: str, column: int, suggestion: str = "") -> None:
        hint = f" Did you mean {suggestion}?" if suggestion else ""
        super().__init__(f"{detail}{hint} (column {column})")
        self.detail = detail
        self.column = column
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class TermValue:
    """One value of a term as typed, or a range if `end` is not None; an empty `text` or `end` leaves it open.

    `is_word`: it is `any` or `none` without quotes. `column`: where it starts, from 1.
    """

    text: str
    end: str | None = None
    is_word: bool = False
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        if self.is_word:
            return self.text
        if self.end is not None:
            return f"{self.text}..{self.end}"
        quoted = _NEEDS_QUOTES.search(self.text) or self.text.lower() in (ABSENT_WORD, PRESENT_WORD)
        return quote(self.text) if quoted else self.text


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase (`name` is empty, one value), or a field, an operator and its values, of which one must match."""

    name: str
    operator: str
    values: tuple[TermValue, ...]
    column: int = field(default=0, compare=False)

    def __str__(self) -> str:
        if self.name:
            return f"{self.name}{self.operator}{','.join(map(str, self.values))}"
        text = self.values[0].text
        is_plain = not re.search(r'[\s"()]|^[-<>:]|^$', text)
        return text if is_plain and text.lower() not in KEYWORDS and not OPERATORS.match(text) else quote(text)


@dataclass(frozen=True, slots=True)
class Negation:
    """The complement of its part."""

    part: "Tree"

    def __str__(self) -> str:
        return f"-({self.part})" if isinstance(self.part, Both | Either) else f"-{self.part}"


@dataclass(frozen=True, slots=True)
class Both:
    """All parts match: none of them is a `Both`. No part matches everything."""

    parts: "tuple[Tree, ...]" = ()

    def __str__(self) -> str:
        return " ".join(f"({part})" if isinstance(part, Either) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Either:
    """One of two or more parts matches: none of them is an `Either`."""

    parts: "tuple[Tree, ...]"

    def __str__(self) -> str:
        return " or ".join(map(str, self.parts))


Tree: TypeAlias = Term | Negation | Both | Either


def both(parts: "Sequence[Tree]") -> "Tree":
    """The parts joined by and, without nesting."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Both) else (part,))]
    return flat[0] if len(flat) == 1 else Both(tuple(flat))


def either(parts: "Sequence[Tree]") -> "Tree":
    """The parts joined by or, without nesting."""
    flat = [inner for part in parts for inner in (part.parts if isinstance(part, Either) else (part,))]
    return flat[0] if len(flat) == 1 else Either(tuple(flat))


def quote(text: str) -> str:
    """A text in quotes; quotes in it are doubled."""
    return '"' + text.replace('"', '""') + '"'


def printed(tree: "Tree", sort: "Sequence[SortKey]") -> str:
    """A query as text. Parsing it gives the same query."""
    keys = ",".join(f"{'-' if key.descending else ''}{key.field}" for key in sort)
    return " ".join(filter(None, (str(tree), f"sort:{keys}" if keys else "")))
