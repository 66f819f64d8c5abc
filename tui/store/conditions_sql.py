"""Conditions on the facts of an order as SQL over the tables of `tui.store.order_cache`."""

import json
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from tui.orders.query.conditions import (
    CODES,
    LISTS,
    NUMBERS,
    TEXTS,
    All,
    Between,
    Condition,
    Contains,
    Not,
    OneOf,
    Present,
    Some,
    SortKey,
)

Value: TypeAlias = str | float | int
Sql: TypeAlias = tuple[str, list[Value]]
"""An expression with its parameters. It is 0 or 1, never NULL."""

COLUMN = {name: f"c_{name}" for name in (*CODES, *NUMBERS)}
"""The columns of `entry` by field."""
TEXT_COLUMN = {name: f"t_{name}" for name in TEXTS}
"""The columns of `words` by field."""

_SHORTEST = 3
"""The index holds sequences of three characters. Shorter texts are looked for in each row."""
_MOST_SEQUENCES = 40
_MOST_TEXTS = 500
"""For more texts than this each row is read: the expression for the index would be too long."""


def where(condition: Condition, *, has_index: bool) -> Sql:
    """Return the expression of a condition. `has_index`: `words` is a full-text table, not an ordinary one.

    Raises KeyError for a field that does not exist.
    """
    match condition:
        case Contains(fields, text):
            return _contains([TEXT_COLUMN[field] for field in fields], text, has_index=has_index)
        case OneOf(field, values) if field in CODES:
            return f"ifnull({COLUMN[field]} IN (SELECT value FROM json_each(?)), 0)", [json.dumps(values)]
        case OneOf(field, values) if field not in LISTS:
            column = f"char(10) || {TEXT_COLUMN[field]} || char(10)"
            tests = f"EXISTS (SELECT 1 FROM json_each(?) one WHERE instr({column}, char(10) || one.value || char(10)))"
            return _in_words(tests, [json.dumps(values)], values, has_index=has_index)
        case OneOf(field, values):
            sql = "entry.id IN (SELECT entry FROM value WHERE field = ? AND value IN (SELECT value FROM json_each(?)))"
            return sql, [field, json.dumps(values)]
        case Between():
            return _between(condition)
        case Present(field) if field in LISTS:
            return "entry.id IN (SELECT entry FROM value WHERE field = ?)", [field]
        case Present(field) if field in COLUMN:
            return f"{COLUMN[field]} IS NOT NULL", []
        case Present(field):
            return f"entry.id IN (SELECT rowid FROM words WHERE {TEXT_COLUMN[field]} <> '')", []
        case Not(part):
            sql, parameters = where(part, has_index=has_index)
            return f"NOT {sql}", parameters
        case All(parts):
            return _joined(" AND ", "1", (where(part, has_index=has_index) for part in parts))
        case Some(parts):
            return _joined(" OR ", "0", (where(part, has_index=has_index) for part in parts))


def order_by(keys: Sequence[SortKey]) -> str:
    """Return the expression to sort by. Absent values come last, and the newest orders first among equals."""
    parts = []
    for key in keys:
        column = COLUMN.get(key.field)
        if column is None:
            column = f"(SELECT nullif({TEXT_COLUMN[key.field]}, '') FROM words WHERE rowid = entry.id)"
        parts.append(f"{column} {'DESC' if key.descending else 'ASC'} NULLS LAST")
    return ", ".join([*parts, f"{COLUMN['pk']} DESC NULLS LAST", "entry.id DESC"])


def _contains(columns: Sequence[str], text: str, *, has_index: bool) -> Sql:
    if not text:
        return "1", []
    tests = " OR ".join(f"instr({column}, ?)" for column in columns)
    values: list[Value] = [text] * len(columns)
    return _in_words(tests, values, [text], has_index=has_index)


def _in_words(tests: str, values: list[Value], texts: Sequence[str], *, has_index: bool) -> Sql:
    """The rows of `words` that pass tests with these values, which are for one of some texts."""
    if has_index and texts and len(texts) <= _MOST_TEXTS and min(map(len, texts)) >= _SHORTEST:
        # The index says which rows may contain a text; the tests decide.
        tests = f"words MATCH ? AND ({tests})"
        values = [" OR ".join(f"({_sequences(text)})" for text in texts), *values]
    return f"entry.id IN (SELECT rowid FROM words WHERE {tests})", values


def _sequences(text: str) -> str:
    """The expression for the rows that contain each sequence of three characters of a text."""
    ends = range(_SHORTEST, min(len(text), _MOST_SEQUENCES) + 1)
    found = dict.fromkeys(text[end - _SHORTEST : end].replace('"', '""') for end in ends)
    return " AND ".join(f'"{sequence}"' for sequence in found)


def _between(condition: Between) -> Sql:
    column = COLUMN[condition.field]
    tests = [f"{column} IS NOT NULL"]
    values: list[Value] = []
    if condition.low is not None:
        tests.append(f"{column} {'>' if condition.excludes_low else '>='} ?")
        values.append(condition.low)
    if condition.high is not None:
        tests.append(f"{column} {'<' if condition.excludes_high else '<='} ?")
        values.append(condition.high)
    return f"ifnull({' AND '.join(tests)}, 0)", values


def _joined(word: str, empty: str, parts: Iterable[Sql]) -> Sql:
    sqls: list[str] = []
    values: list[Value] = []
    for sql, own in parts:
        sqls.append(sql)
        values.extend(own)
    return (f"({word.join(sqls)})" if sqls else empty), values
