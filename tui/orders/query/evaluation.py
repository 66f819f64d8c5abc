"""Evaluation of conditions in memory: the reference for the evaluation in SQL (`tui.store.conditions_sql`)."""

from collections.abc import Iterable, Sequence

from tui.orders.query.conditions import (
    All,
    Between,
    Condition,
    Contains,
    Facts,
    Not,
    OneOf,
    Present,
    Some,
    SortKey,
)

_NEWEST_FIRST = SortKey("pk", descending=True)


def fulfils(facts: Facts, condition: Condition) -> bool:
    """Whether an order matches a condition."""
    match condition:
        case Contains(fields, text):
            return any(text in facts.texts.get(field, "") for field in fields)
        case OneOf(field, values):
            return not set(values).isdisjoint(_values(facts, field))
        case Between(field):
            number = facts.numbers.get(field)
            return number is not None and _is_within(number, condition)
        case Present(field):
            return field in facts.numbers or bool(_values(facts, field))
        case Not(part):
            return not fulfils(facts, part)
        case All(parts):
            return all(fulfils(facts, part) for part in parts)
        case Some(parts):
            return any(fulfils(facts, part) for part in parts)


def sorted_facts(orders: Iterable[Facts], keys: Sequence[SortKey]) -> list[Facts]:
    """The orders sorted by the first key, then the others; the newest first among equals."""
    found = list(orders)
    for key in reversed((*keys, _NEWEST_FIRST)):
        values = [(value, facts) for facts in found if (value := _sort_value(facts, key.field)) is not None]
        without = [facts for facts in found if _sort_value(facts, key.field) is None]
        values.sort(key=lambda pair: pair[0], reverse=key.descending)
        found = [facts for _, facts in values] + without
    return found


def _values(facts: Facts, field: str) -> Sequence[str]:
    if field in facts.codes:
        return (facts.codes[field],)
    if field in facts.lists:
        return facts.lists[field]
    return facts.texts[field].split("\n") if field in facts.texts else ()


def _is_within(number: float, condition: Between) -> bool:
    low, high = condition.low, condition.high
    above = low is None or number > low or (number == low and not condition.excludes_low)
    return above and (high is None or number < high or (number == high and not condition.excludes_high))


def _sort_value(facts: Facts, field: str) -> tuple[float, str] | None:
    number = facts.numbers.get(field)
    if number is not None:
        return number, ""
    text = facts.codes.get(field) or facts.texts.get(field)
    return (0.0, text) if text else None
