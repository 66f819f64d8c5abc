"""Proposed fixes: values that would solve a problem, from the order itself or from what is known about earlier orders."""

import re
from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from tui.api.codec import Document, Json
from tui.api.errors import Problem
from tui.api.pointer import Pointer
from tui.api.wording import count_of
from tui.orders.addresses.formats import country_named, is_postcode, state_of_postcode
from tui.orders.addresses.house_number import split_street
from tui.orders.checks.address import (
    CITY,
    COUNTRY,
    EMAIL,
    NAME,
    NUMBER,
    POSTCODE,
    SECOND_LINE,
    STATE,
    STREET_LINE,
    is_addition,
    is_email,
    split_city,
    state_code,
)
from tui.orders.checks.context import NO_CONTEXT, CheckContext, Habit, SkuHistory
from tui.orders.checks.damage import repair
from tui.orders.checks.facts import CheckedItem, CheckedOrder, text_at_pointer, text_of
from tui.orders.checks.fix import Fix
from tui.orders.checks.postal_territories import country_of_postcode
from tui.orders.checks.registry import DAMAGE_CODES
from tui.orders.checks.weight import ITEM_WEIGHT
from tui.orders.countries import country_name
from tui.orders.money import as_json_number, missing_total
from tui.orders.numbers import computable_text
from tui.orders.paths import ITEMS, SHIP_TO, WEIGHT

Proposal: TypeAlias = Callable[[CheckedOrder, Problem, CheckContext], Fix | None]


def fix_for(document: Document, problem: Problem, context: CheckContext = NO_CONTEXT) -> Fix | None:
    """Propose a fix for any problem, if there is one. The key `m` uses this on every screen.

    It is the fix of the problem's check, or fills in a missing total, or repairs damage at the problem's pointer.
    """
    if problem.code in DAMAGE_CODES:
        return repair(document, problem.pointer, problem.code)
    propose = _PROPOSALS.get(problem.code)
    if propose is not None and (fix := propose(CheckedOrder.of(document, context.shop), problem, context)) is not None:
        return fix
    if not problem.pointer.get(document) and (total := missing_total(document, problem.pointer)) is not None:
        return Fix(total[0], ((total[1], total[2]),))
    if problem.pointer.name == "unit" and (unit := _kilograms(document, problem.pointer.parent)) is not None:
        return unit
    return repair(document, problem.pointer)


# The address.


def _number(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    split = split_street(order.street, order.country)
    if split is None:
        return None
    return Fix(f"{split[0]} │ {split[1]}", ((STREET_LINE, split[0]), (NUMBER, split[1])))


def _lines(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    if not order.second_line or is_addition(order.second_line):
        return None
    values = ((STREET_LINE, order.second_line), (SECOND_LINE, order.street))
    return Fix(f"street {order.second_line}, line 2 {order.street}".removesuffix(", line 2 "), values)


def _postcode(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    compact = re.sub(r"[\W_]", "", re.sub(r"^[A-Z]{1,3}[-–\s]+(?=\d)", "", order.postcode.upper()))
    places = range(1, len(compact))
    candidates = [compact, *(f"{compact[:at]}{mark}{compact[at:]}" for mark in " -" for at in places), f"0{compact}"]
    valid = next((text for text in candidates if is_postcode(order.country, text)), None)
    return None if valid is None else Fix(valid, ((POSTCODE, valid),))


def _country(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    code = country_named(order.country_text.strip())
    return Fix(f"{code}, {country_name(code)}", ((COUNTRY, code),)) if code else None


def _territory(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    code = country_of_postcode(order.country, order.postcode)
    return Fix(f"{code}, {country_name(code)}", ((COUNTRY, code),)) if code else None


def _state(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    code = state_code(order.country, order.state) if order.state else ""
    code = code or state_of_postcode(order.country, order.postcode)
    return Fix(f"{code}, by the postcode", ((STATE, code),)) if code else None


def _city(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    split = split_city(order)
    if split is None:
        return None
    values: list[tuple[Pointer, Json]] = [(CITY, split.city)]
    text = split.city
    if split.postcode and not order.postcode:
        values.append((POSTCODE, split.postcode))
        text += f", postcode {split.postcode}"
    elif split.postcode and _is_other_code(split.postcode, order.postcode):
        text += f"; the postcode stays {order.postcode}, not {split.postcode}"
    if split.state and not order.state:
        values.append((STATE, split.state))
        text += f", state {split.state}"
    return Fix(text, tuple(values))


def _email(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    match = re.search(EMAIL, order.name)
    name = " ".join(re.sub(r"[<(\[]?" + EMAIL + r"[>)\]]?", " ", order.name).split()).strip(" ,;-/")
    if match is None or not name:
        return None
    values: tuple[tuple[Pointer, Json], ...] = ((NAME, name),)
    if not text_of(order.address or {}, "email"):
        return Fix(f"{name}, e-mail {match[0]}", (*values, (SHIP_TO / "email", match[0])))
    return Fix(name, values)


def _is_other_code(code: str, other: str) -> bool:
    """Whether two postcodes differ in more than spaces, hyphens and case."""
    return re.sub(r"[\s-]", "", code).casefold() != re.sub(r"[\s-]", "", other).casefold()


# Items: from earlier orders of the same SKU.


def _hs_code(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    return _as_before(order, context, "hs_code", lambda history: history.hs_code)


def _origin(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    return _as_before(order, context, "country_of_origin", lambda history: history.origin) or _named_origin(order)


def _as_before(
    order: CheckedOrder, context: CheckContext, name: str, habit_of: Callable[[SkuHistory], Habit | None]
) -> Fix | None:
    """Fill in a member of all items that lack it and have a history."""
    known = [
        (item.index, habit)
        for item in order.items
        if not text_of(item.document, name) and (habit := _habit(item, context, habit_of)) is not None
    ]
    return _from_habits(known, tuple((ITEMS / index / name, habit.value) for index, habit in known))


def _habit(item: CheckedItem, context: CheckContext, habit_of: Callable[[SkuHistory], Habit | None]) -> Habit | None:
    history = context.history.get(text_of(item.document, "sku"))
    return None if history is None else habit_of(history)


def _from_habits(
    known: list[tuple[int, Habit]], values: tuple[tuple[Pointer, Json], ...], unit: str = ""
) -> Fix | None:
    if not known:
        return None
    shown = ", ".join(dict.fromkeys(f"{habit.value}{unit}" for _, habit in known))
    least = min((habit for _, habit in known), key=lambda habit: habit.count)
    items = f" ({count_of(len(known), 'item')})" if len(known) > 1 else ""
    some = f"{least.count} of " if least.count < least.of else ""
    source = f"as in {some}{count_of(least.of, 'earlier order')}"
    return Fix(f"{shown}{items}, {source}", values, source)


def _named_origin(order: CheckedOrder) -> Fix | None:
    """Country codes for origins that are written as names."""
    named = [(item.index, text_of(item.document, "country_of_origin")) for item in order.items]
    codes = {index: code for index, text in named if not country_name(text) and (code := country_named(text))}
    values = tuple((ITEMS / index / "country_of_origin", code) for index, code in codes.items())
    return Fix(", ".join(dict.fromkeys(codes.values())), values) if codes else None


def _weight(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    """The unit kg for weights that have none; else the weights of earlier orders."""
    places = [WEIGHT, *(ITEMS / item.index + ITEM_WEIGHT for item in order.items)]
    fixes = [fix for place in places if (fix := _kilograms(order.document, place)) is not None]
    if fixes:
        return Fix(fixes[0].text, tuple(value for fix in fixes for value in fix.values))
    known = [
        (item.index, habit)
        for item in order.items
        if item.grams is None and (habit := _habit(item, context, lambda history: history.grams)) is not None
    ]
    return _from_habits(known, tuple(_weights(known)), " g")


def _weights(known: list[tuple[int, Habit]]) -> Iterator[tuple[Pointer, Json]]:
    for index, habit in known:
        grams = computable_text(habit.value)
        if grams is not None:
            yield ITEMS / index + ITEM_WEIGHT, {"value": as_json_number(grams), "unit": "g"}


def _kilograms(document: Document, pointer: Pointer) -> Fix | None:
    """The unit kg for a weight that has a number and no unit."""
    weight = pointer.get(document)
    if pointer.name != "weight" or not isinstance(weight, dict) or weight.get("unit"):
        return None
    value = computable_text(weight.get("value"))
    return None if value is None else Fix(f"{value} kg", ((pointer / "unit", "kg"),))


def _email_format(order: CheckedOrder, problem: Problem, context: CheckContext) -> Fix | None:
    """A point for a comma in the domain: name@example,nl."""
    name, at, domain = text_at_pointer(order.document, problem.pointer).partition("@")
    fixed = f"{name}{at}{domain.replace(',', '.')}"
    return Fix(fixed, ((problem.pointer, fixed),)) if is_email(fixed) else None


_PROPOSALS: Final[dict[str, Proposal]] = {
    "street_number": _number,
    "no_house_number": _number,
    "swapped_lines": _lines,
    "no_street": _lines,
    "postcode": _postcode,
    "unknown_country": _country,
    "territory": _territory,
    "state": _state,
    "city_postcode": _city,
    "email_in_name": _email,
    "email_format": _email_format,
    "hs_code": _hs_code,
    "origin": _origin,
    "no_weight": _weight,
}
"""The proposals by code. No fix is known for other problems."""

FROM_HISTORY: Final = frozenset({"hs_code", "origin", "no_weight"})
"""The codes whose proposals use values of earlier orders."""
