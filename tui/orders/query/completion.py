"""Completion of a query at the cursor: names of fields, words of `is:`, codes of checks, and values seen."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from tui.orders.query.folding import fold_value
from tui.orders.query.meaning import QueryContext
from tui.orders.query.syntax import ABSENT_WORD, OPERATORS, PRESENT_WORD, TermValue
from tui.orders.query.times import DATE_WORDS
from tui.orders.query.vocabulary import ALIASES, FIELDS, IS_WORDS, SORT_FIELDS, WHY_WORDS, FieldKind

Counts: TypeAlias = Callable[[str], Mapping[str, int]]
"""Returns the values of a field that were seen, with the number of orders; for `is` and `why`, of words and codes."""

_IN_CAPITALS: Final = frozenset({"country", "state", "currency", "origin"})
_SHORTEST_IN_HELP: Final = 3
_SPECIAL_FIELDS: Final = {"is": "state of the order", "why": "problem of the order", "sort": "sort order"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that completes what was typed, quoted where needed, with an explanation and the number of orders if known."""

    text: str
    help: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """The candidates for the part of the line from `start` to `end` (offsets), the best first."""

    start: int
    end: int
    candidates: tuple[Candidate, ...]


def complete(line: str, cursor: int, context: QueryContext, counts: Counts, *, limit: int = 50) -> Completion:
    """Complete the field name or the value before the cursor (an offset). The line may be invalid."""
    start = _part_start(line[:cursor], " \t()")
    while line.startswith("-", start) and start < cursor:
        start += 1
    typed = line[start:cursor]
    found = OPERATORS.match(typed)
    if found is None:
        return Completion(start, cursor, _matching(typed, _names(), limit))
    name = ALIASES.get(found[1].lower(), found[1].lower())
    start += found.end() + _part_start(typed[found.end() :], ",")
    if name == "sort" and line.startswith("-", start) and start < cursor:
        start += 1
    return Completion(
        start, cursor, _matching(line[start:cursor].strip('"'), _values(name, found[2], context, counts), limit)
    )


def _part_start(text: str, separators: str) -> int:
    """Where the last part of a text starts: after the last separator that is not in quotes."""
    start, in_quotes = 0, False
    for index, char in enumerate(text):
        if char == '"':
            in_quotes = not in_quotes
        elif char in separators and not in_quotes:
            start = index + 1
    return start


def _matching(typed: str, candidates: Iterable[Candidate], limit: int) -> tuple[Candidate, ...]:
    word = fold_value(typed)
    ranked = []
    for number, candidate in enumerate(candidates):
        text = fold_value(candidate.text.strip('"'))
        if word in text or (len(word) >= _SHORTEST_IN_HELP and word in fold_value(candidate.help)):
            ranked.append((not text.startswith(word), word not in text, -(candidate.count or 0), number, candidate))
    return tuple(rank[-1] for rank in sorted(ranked, key=lambda rank: rank[:-1])[:limit])


def _names() -> Iterator[Candidate]:
    yield from (Candidate(f"{name}:", text) for name, text in _SPECIAL_FIELDS.items())
    yield from (Candidate(f"{field.name}:", field.help) for field in FIELDS.values())


def _values(name: str, operator: str, context: QueryContext, counts: Counts) -> Iterator[Candidate]:
    if name == "sort":
        yield from map(Candidate, SORT_FIELDS)
    elif name in ("is", "why", "shop"):
        seen = counts(name)
        words = {
            "is": IS_WORDS,
            "why": {**context.titles, **WHY_WORDS},
            "shop": context.shops,
        }[name]
        for word, text in words.items():
            value, help_ = (text, word) if name == "shop" else (word, text)
            yield Candidate(str(TermValue(value, is_word=name != "shop")), help_, seen.get(word))
    elif name in FIELDS:
        kind = FIELDS[name].kind
        if kind is FieldKind.DATE:
            yield from map(Candidate, DATE_WORDS)
            yield Candidate("-3d", "the day three days ago")
            yield (
                Candidate("-6h", "six hours ago")
                if operator.lstrip(":=")
                else Candidate("-6h..", "since six hours ago")
            )
        elif kind is not FieldKind.NUMBER:
            for value, count in counts(name).items():
                text = value.upper() if name in _IN_CAPITALS else value
                yield Candidate(str(TermValue(text)), "", count)
    if name in FIELDS:
        yield from (Candidate(ABSENT_WORD, "no value"), Candidate(PRESENT_WORD, "a value"))
