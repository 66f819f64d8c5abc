"""What a parsed query means: from its parts to conditions on the facts of an order."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Final

from tui.orders.query.conditions import All, Between, Condition, Contains, Not, OneOf, Present, Some
from tui.orders.query.deadlines import DEADLINE_CODES, Deadlines
from tui.orders.query.facts import compact, country_code
from tui.orders.query.folding import digits, fold_value
from tui.orders.query.syntax import ABSENT_WORD, Both, Either, Negation, QueryError, Term, TermValue, Tree
from tui.orders.query.times import DATE_WORDS, Period, period
from tui.orders.query.vocabulary import (
    FIELDS,
    FLAG_WORDS,
    IS_WORDS,
    KEY_WORDS,
    SEVERITIES,
    STAGES,
    WHY_WORDS,
    WORD_TEXTS,
    FieldKind,
    nearest,
)

_SHORTEST_NUMBER: Final = 4
"""Zeros before fewer digits of a phone number than these are kept."""


@dataclass(frozen=True, slots=True)
class QueryContext:
    """What a query refers to.

    `now`: with a zone. `zone`: the profile's, in which days begin. `shops`: names by id. `titles`: of the checks, by code.
    `keys`: for words of `KEY_WORDS`, the keys of the orders (tui.api.query.order_key). `levels`: see `Deadlines`.
    """

    now: datetime
    zone: tzinfo
    shops: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, Collection[str]] = field(default_factory=dict)
    levels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def deadlines(self) -> Deadlines:
        """The conditions that depend on the time."""
        return Deadlines(self.now, self.zone, self.levels)


def meaning(tree: Tree, context: QueryContext) -> Condition:
    """The condition that orders must match. Raises QueryError for values that their field cannot have."""
    match tree:
        case Both(parts):
            return All(tuple(meaning(part, context) for part in parts))
        case Either(parts):
            return Some(tuple(meaning(part, context) for part in parts))
        case Negation(part):
            return Not(meaning(part, context))
        case Term("", values=(value,)):
            return _word(value)
        case Term("is"):
            return _some([_is_word(value, context) for value in tree.values])
        case Term("why"):
            return _some([_why(value, tree.operator == ":=", context) for value in tree.values])
        case Term(name) if FIELDS[name].kind is FieldKind.NUMBER:
            return _some([_number(name, tree.operator, value) for value in tree.values])
        case Term(name) if FIELDS[name].kind is FieldKind.DATE:
            return _some([_date(name, tree.operator, value, context) for value in tree.values])
        case Term():
            return _some([_text(tree, value, context) for value in tree.values])


def _some(parts: list[Condition]) -> Condition:
    if len(parts) == 1:
        return parts[0]
    choices = [part for part in parts if isinstance(part, OneOf)]
    if len(choices) == len(parts) and len({part.field for part in choices}) == 1:
        return OneOf(choices[0].field, tuple(value for part in choices for value in part.values))
    return Some(tuple(parts))


def _word(value: TermValue) -> Condition:
    return _some([Contains(WORD_TEXTS, _folded(value)), *_phone_digits(value.text)])


def _folded(value: TermValue) -> str:
    folded = fold_value(value.text)
    if not folded:
        raise QueryError("The text to search for is missing.", value.column)
    return folded


def _phone_digits(text: str) -> list[Condition]:
    """The condition on the digits of phone numbers, if the text may be one."""
    number = digits(text)
    if not number or re.search(r"[^\d\s+()./-]", text):
        return []
    shortened = number.lstrip("0")
    return [Contains(("phone_digits",), shortened if len(shortened) >= _SHORTEST_NUMBER else number)]


def _is_word(value: TermValue, context: QueryContext) -> Condition:
    word = value.text.lower()
    if word in STAGES:
        return OneOf("stage", STAGES[word])
    if word in SEVERITIES:
        return has_severity(word, context.deadlines)
    if word in FLAG_WORDS:
        return OneOf("flag", (word,))
    if word in KEY_WORDS:
        return OneOf("key", tuple(sorted(map(fold_value, context.keys.get(word, ())))))
    if word == "late":
        return context.deadlines.is_late
    if word == "due":
        return context.deadlines.is_due
    raise QueryError(f"is: has no word {value.text[:20]!r}.", value.column, nearest(word, tuple(IS_WORDS)))


def has_severity(word: str, deadlines: Deadlines) -> Condition:
    """The orders with an `error`, with a `warning` and no error, or with either (`problem`)."""
    kept = OneOf("severity", SEVERITIES[word])
    errors, warnings = deadlines.with_severity("error"), deadlines.with_severity("warning")
    match word:
        case "error":
            return _some([kept, *errors])
        case "problem":
            return _some([kept, *errors, *warnings])
        case _:
            return All((_some([kept, *warnings]), Not(has_severity("error", deadlines))))


def _why(value: TermValue, is_exact: bool, context: QueryContext) -> Condition:
    word = _folded(value)
    if value.is_word:
        found_any = Some((Present("problem"), *map(context.deadlines.found, DEADLINE_CODES)))
        return Not(found_any) if word == ABSENT_WORD else found_any
    if word in context.titles:
        return _has_problem((word,), context)
    if word in ("error", "stop", "warning"):
        return has_severity("warning" if word == "warning" else "error", context.deadlines)
    found = tuple(
        code for code, title in context.titles.items() if not is_exact and (word in code or word in fold_value(title))
    )
    if not found:
        known = (*context.titles, *WHY_WORDS)
        raise QueryError(f"No check has the code or the word {value.text[:20]!r}.", value.column, nearest(word, known))
    return _has_problem(found, context)


def _has_problem(codes: tuple[str, ...], context: QueryContext) -> Condition:
    """The orders with a problem that one of these checks finds."""
    kept = tuple(code for code in codes if code not in DEADLINE_CODES)
    timed = [context.deadlines.found(code) for code in codes if code in DEADLINE_CODES]
    return _some([*([OneOf("problem", kept)] if kept else []), *timed])


def _number(name: str, operator: str, value: TermValue) -> Condition:
    if value.is_word:
        # An order without items has zero of them, and no total.
        present: Condition = Not(Between(name, 0, 0)) if name in ("items", "quantity") else Present(name)
        return Not(present) if value.text == ABSENT_WORD else present
    if value.end is not None:
        return Between(name, _float(name, value.text, value), _float(name, value.end, value))
    number = _float(name, value.text, value)
    match operator:
        case ">" | ">=":
            return Between(name, low=number, excludes_low=operator == ">")
        case "<" | "<=":
            return Between(name, high=number, excludes_high=operator == "<")
        case _:
            return Between(name, number, number)


def _float(name: str, text: str, value: TermValue) -> float | None:
    """A number; a weight in kg, which may have a unit."""
    if not text and value.end is not None:
        return None
    units = "|kg|g" if name == "weight" else ""
    number = re.fullmatch(rf"([+-]?\d{{1,15}}(?:\.\d{{1,15}})?)({units})", text, re.ASCII | re.IGNORECASE)
    if number is None:
        wanted = "2.5kg or 400g" if units else "2 or 2.5, without a unit"
        raise QueryError(f"{text[:20]!r} is not a {'weight' if units else 'number'}; write {wanted}.", value.column)
    return float(number[1]) / (1000 if number[2].lower() == "g" else 1)


def _date(name: str, operator: str, value: TermValue, context: QueryContext) -> Condition:
    if value.is_word:
        return Not(Present(name)) if value.text == ABSENT_WORD else Present(name)
    first = _period(value.text, value, context)
    last = first if value.end is None else _period(value.end, value, context)
    if operator in (":", ":=") and value.end is None and first is not None and first.end is None:
        raise QueryError(f"{value.text} is an instant, not a day.", value.column, f"{name}>={value.text}")
    low = None if first is None else first.start
    high, excludes_high = (None, False) if last is None else _end(last)
    match operator:
        case ">":
            return Between(name, low=high, excludes_low=not excludes_high)
        case ">=":
            return Between(name, low=low)
        case "<":
            return Between(name, high=low, excludes_high=True)
        case "<=":
            return Between(name, high=high, excludes_high=excludes_high)
        case _:
            return Between(name, low, high, excludes_high=excludes_high)


def _period(text: str, value: TermValue, context: QueryContext) -> Period | None:
    if not text and value.end is not None:
        return None
    try:
        return period(text, context.now, context.zone)
    except ValueError as error:
        raise QueryError(f"{error}.", value.column, nearest(text, DATE_WORDS)) from None


def _end(last: Period) -> tuple[float, bool]:
    """The end of a period, and whether it is excluded."""
    return (last.start, False) if last.end is None else (last.end, True)


def _text(term: Term, value: TermValue, context: QueryContext) -> Condition:
    name, is_exact = term.name, term.operator == ":="
    has_message = name in ("status", "payment") and not is_exact
    if value.is_word:
        present: Condition = Present(name)
        if has_message:
            present = Some((present, Present(f"{name}_text")))
        return Not(present) if value.text == ABSENT_WORD else present
    folded = _folded(value)
    match name:
        case "shop":
            return OneOf("shop", _shops(folded, value, context))
        case "country" | "origin":
            return OneOf(name, (country_code(value.text),))
        case "status" | "payment" if has_message:
            return Some((OneOf(name, (folded,)), OneOf(f"{name}_text", (folded,))))
        case "postcode" | "hs":
            folded = compact(folded) or folded
    if name == "phone" and is_exact and (number := digits(value.text)):
        return Some((OneOf("phone", (folded,)), OneOf("phone_digits", (number,))))
    if is_exact or FIELDS[name].kind is FieldKind.EXACT:
        return OneOf(name, (folded,))
    return _some([Contains((name,), folded), *(_phone_digits(value.text) if name == "phone" else ())])


def _shops(folded: str, value: TermValue, context: QueryContext) -> tuple[str, ...]:
    if folded.isdigit() or folded in context.shops:
        return (folded,)
    found = tuple(shop for shop, name in context.shops.items() if fold_value(name) == folded)
    if not found:
        known = {fold_value(name): name for name in context.shops.values()}
        suggestion = known.get(nearest(folded, tuple(known)), "")
        raise QueryError(f"No shop is called {value.text[:40]!r}.", value.column, suggestion)
    return found
