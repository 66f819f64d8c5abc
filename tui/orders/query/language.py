"""The query language of the filter line, saved views and commands: `parse` makes a `Query` of a line.

    query      = [ either ]
    either     = both { "or" both }
    both       = { [ "and" ] negation }              a space means and, and binds tighter than or
    negation   = { "-" | "not" } primary
    primary    = "(" either ")" | term | sort
    term       = text                                a word or phrase in any of the fields WORD_TEXTS
               | field ( ":" | ":=" ) value { "," value }
               | field ( ">" | ">=" | "<" | "<=" ) text
    sort       = "sort:" [ "-" ] column { "," [ "-" ] column }
    value      = "any" | "none" | text | [ text ] ".." [ text ]     ranges of numbers and dates only
    text       = a quoted text, in which a quote is doubled, or characters other than spaces, quotes and parentheses,
                 and other than commas after a field
    field      = a name of FIELDS or ALIASES, or "is" or "why"

Case does not matter. `field:>value` is `field>value`, and `field=value` is `field:=value`. A text that begins with a
dash, that looks like a field with a colon, or that is a word of the grammar, is quoted.
"""

import re
from dataclasses import dataclass
from typing import Final

from tui.orders.query.conditions import All, Condition, Contains, OneOf, Some, SortKey
from tui.orders.query.meaning import QueryContext, meaning
from tui.orders.query.syntax import (
    ABSENT_WORD,
    KEYWORDS,
    OPERATORS,
    PRESENT_WORD,
    Both,
    Negation,
    QueryError,
    Term,
    TermValue,
    Tree,
    both,
    either,
    printed,
)
from tui.orders.query.vocabulary import ALIASES, FIELDS, SORT_ALIASES, SORT_FIELDS, FieldKind, nearest

__all__ = ["Query", "QueryContext", "QueryError", "parse"]

_BLANKS: Final = re.compile(r"\s*")
_WORD: Final = re.compile(r'[^\s"()]+')
_VALUE: Final = re.compile(r'[^\s"(),]+')
_PHRASE: Final = re.compile(r'"((?:[^"]|"")*)"')
_COMPARISON: Final = re.compile(r"(?::=?|[<>]=?)[\d.-]*(?=[\s()]|$)")
_KEYWORD: Final = re.compile(rf"({'|'.join(KEYWORDS)})(?=[\s()\"]|$)", re.IGNORECASE)

_DEEPEST: Final = 40
_MOST_TERMS: Final = 500
"""Limits, so that the condition remains within those of SQLite."""


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `condition` is its meaning at the time of parsing; `str` prints it."""

    tree: Tree
    condition: Condition
    sort: tuple[SortKey, ...] = ()

    def __str__(self) -> str:
        return printed(self.tree, self.sort)

    @property
    def terms(self) -> tuple[Contains | OneOf, ...]:
        """The texts and values that matching orders may have, for highlighting: those of no negated part."""
        return tuple(_terms(self.condition))


def parse(line: str, context: QueryContext) -> Query:
    """Parse a query. Raises QueryError, and nothing else, for one that is invalid."""
    parser = _Parser(line)
    tree = parser.query()
    return Query(tree, meaning(tree, context), tuple(parser.sort))


def _terms(condition: Condition) -> list[Contains | OneOf]:
    match condition:
        case All(parts) | Some(parts):
            return [term for part in parts for term in _terms(part)]
        case Contains() | OneOf():
            return [condition]
        case _:
            return []


class _Parser:
    """Recursive descent over one line. `position` is where the next part starts."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.position = 0
        self.sort: list[SortKey] = []
        self.terms = 0

    def query(self) -> Tree:
        self._skip_blanks()
        if self._at_end():
            return Both()
        tree = self._either(0) or Both()
        if not self._at_end():
            raise QueryError("No parenthesis is open here.", self._column())
        return tree

    def _either(self, depth: int) -> Tree | None:
        """The terms up to the next closing parenthesis; None if there are only sort orders."""
        parts = [self._both(depth)]
        while self._take_keyword("or"):
            parts.append(self._both(depth))
        trees = [part for part in parts if part is not None]
        return either(trees) if trees else None

    def _both(self, depth: int) -> Tree | None:
        """The terms up to the next `or` or parenthesis; None if there are only sort orders."""
        start, sorts = self._column(), len(self.sort)
        parts: list[Tree] = []
        while not self._at_end() and self.line[self.position] != ")" and not self._keyword("or"):
            if self._keyword("and") and not parts:
                break
            self._take_keyword("and")
            part = self._negation(depth)
            if part is not None:
                parts.append(part)
        if not parts and len(self.sort) == sorts:
            raise QueryError("A term is missing.", self._column() if self._at_end() else start)
        return both(parts) if parts else None

    def _negation(self, depth: int) -> Tree | None:
        start, signs = self._column(), 0
        while (is_dash := self.line.startswith("-", self.position)) or self._keyword("not"):
            if is_dash:
                self.position += 1
            else:
                self._take_keyword("not")
            signs += 1
            if is_dash and self._at_term_end():
                raise QueryError('A term is missing after the dash; a dash as text is "-".', start)
        part = self._primary(depth)
        if signs and part is None:
            raise QueryError("A sort order has no opposite; write sort:-total.", start)
        self._check_depth(signs + depth, start)
        for _ in range(signs):
            part = Negation(part) if part is not None else None
        return part

    def _primary(self, depth: int) -> Tree | None:
        start = self._column()
        if self._at_end() or self.line[self.position] == ")" or self._keyword("or") or self._keyword("and"):
            raise QueryError("A term is missing.", start)
        self._check_depth(depth, start)
        if self.line[self.position] == "(":
            self.position += 1
            self._skip_blanks()
            tree = self._either(depth + 1)
            if self._at_end():
                raise QueryError("This parenthesis is not closed.", start)
            self.position += 1
            self._skip_blanks()
            return tree
        self._count(1, start)
        term = self._term()
        self._skip_blanks()
        return term

    def _term(self) -> Term | None:
        start = self._column()
        found = OPERATORS.match(self.line, self.position)
        if found is None or (found[2] == "=" and self._field_name(found[1]) not in FIELDS):
            if _COMPARISON.match(self.line, self.position):
                raise QueryError("A field is missing; write total>50 without spaces.", start)
            return Term("", "", (TermValue(self._text(_WORD), column=start),), start)
        name = self._field_name(found[1])
        if name not in FIELDS and name not in ("is", "why", "sort"):
            words = (*FIELDS, "is", "why", "sort", *ALIASES)
            suggestion = nearest(name, words)
            hint = "" if suggestion else f" Put text with a {found[2][0]!r} in quotes."
            raise QueryError(f"There is no field {found[1][:20]!r}.{hint}", start, suggestion)
        self.position = found.end()
        operator = {"=": ":="}.get(found[2], found[2] if found[2] in (":", ":=") else found[2].lstrip(":"))
        if name == "sort":
            self._sort_keys(operator, start)
            return None
        kind = FIELDS[name].kind if name in FIELDS else FieldKind.EXACT
        is_measured = kind in (FieldKind.NUMBER, FieldKind.DATE)
        if operator not in (":", ":=") and not is_measured:
            raise QueryError(f"{name} cannot be compared with < or >; use {name}:value.", start)
        values = self._values(f"{name}{operator}", has_ranges=is_measured and operator in (":", ":="))
        if operator not in (":", ":="):
            self._check_compared(name, operator, values)
        if name == "is" and (word := next((value for value in values if value.is_word), None)):
            raise QueryError(f"is: has no word {word.text!r}.", word.column)
        return Term(name, operator, values, start)

    @staticmethod
    def _field_name(typed: str) -> str:
        return ALIASES.get(typed.lower(), typed.lower())

    @staticmethod
    def _check_compared(name: str, operator: str, values: tuple[TermValue, ...]) -> None:
        if len(values) > 1:
            hint = f"; the decimal sign is a point: {values[0].text}.{values[1].text}" if len(values) == 2 else ""
            raise QueryError(f"{name}{operator} takes one value{hint}.", values[1].column)
        if values[0].is_word:
            raise QueryError(f"Write {name}:{values[0].text}.", values[0].column)

    def _values(self, before: str, *, has_ranges: bool) -> tuple[TermValue, ...]:
        values: list[TermValue] = []
        while True:
            column = self._column()
            if self._at_term_end():
                break
            if self.line[self.position] != ",":
                values.append(self._value(column, has_ranges=has_ranges))
            if self._at_end() or self.line[self.position] != ",":
                break
            self.position += 1
        if not values:
            raise QueryError(f"A value is missing after {before}", self._column())
        self._count(len(values), values[0].column)
        return tuple(values)

    def _value(self, column: int, *, has_ranges: bool) -> TermValue:
        is_quoted = self.line[self.position] == '"'
        text = self._text(_VALUE)
        if is_quoted:
            return TermValue(text, column=column)
        if text.lower() in (ABSENT_WORD, PRESENT_WORD):
            return TermValue(text.lower(), is_word=True, column=column)
        first, dots, last = text.partition("..")
        if not dots or not has_ranges:
            return TermValue(text, column=column)
        if not first and not last:
            raise QueryError("A range needs at least one end, such as 10.. or ..20.", column)
        return TermValue(first, last, column=column)

    def _sort_keys(self, operator: str, start: int) -> None:
        if operator != ":":
            raise QueryError("Write sort:total or sort:-total.", start)
        for value in self._values("sort:", has_ranges=False):
            typed = value.text.lower().removeprefix("-")
            name = SORT_ALIASES.get(typed, typed)
            if name not in SORT_FIELDS:
                known = (*SORT_FIELDS, *SORT_ALIASES)
                raise QueryError(f"Cannot sort by {typed[:20]!r}.", value.column, nearest(typed, known))
            self.sort.append(SortKey(name, value.text.startswith("-")))

    def _text(self, bare: re.Pattern[str]) -> str:
        """The quoted or bare text at the position."""
        if self.line[self.position] != '"':
            found = bare.match(self.line, self.position)
            if found is None:
                raise QueryError("A value is expected here.", self._column())
            self.position = found.end()
            return found[0]
        phrase = _PHRASE.match(self.line, self.position)
        if phrase is None:
            raise QueryError("This quote is not closed.", self._column())
        self.position = phrase.end()
        return phrase[1].replace('""', '"')

    def _keyword(self, word: str) -> re.Match[str] | None:
        found = _KEYWORD.match(self.line, self.position)
        return found if found is not None and found[1].lower() == word else None

    def _take_keyword(self, word: str) -> bool:
        found = self._keyword(word)
        if found is not None:
            self.position = found.end()
            self._skip_blanks()
        return found is not None

    def _count(self, terms: int, column: int) -> None:
        self.terms += terms
        if self.terms > _MOST_TERMS:
            raise QueryError(f"A query has at most {_MOST_TERMS} terms and values.", column)

    def _check_depth(self, depth: int, column: int) -> None:
        if depth > _DEEPEST:
            raise QueryError(f"A query has at most {_DEEPEST} levels.", column)

    def _skip_blanks(self) -> None:
        found = _BLANKS.match(self.line, self.position)
        self.position = found.end() if found is not None else self.position

    def _at_end(self) -> bool:
        return self.position >= len(self.line)

    def _at_term_end(self) -> bool:
        return self._at_end() or self.line[self.position].isspace() or self.line[self.position] == ")"

    def _column(self) -> int:
        return self.position + 1
