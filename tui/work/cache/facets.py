"""Facets: how many orders of a query have each value of a field, and the query that narrows to one value."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tui.orders.query.conditions import All, Condition
from tui.orders.query.deadlines import DEADLINE_CODES
from tui.orders.query.syntax import quote
from tui.work.account import Account
from tui.work.cache.deadlines import deadlines_of
from tui.work.cache.local_orders import LocalOrders

FACETS: Final = {
    "why": "problem",
    "shop": "shop",
    "country": "country",
    "status": "status",
    "payment": "payment",
    "carrier": "carrier_code",
    "sku": "sku",
    "tag": "tag",
    "day": "day",
    "currency": "currency",
    "origin": "origin",
    "stage": "stage",
}
"""The facets by name, with the field of the cache that each counts."""
_PLAIN: Final = re.compile(r"(?!(?:any|none)$)[\w-]+")
_CODES: Final = frozenset({"country", "currency", "origin"})
_PARTLY: Final = frozenset({"carrier", "sku", "tag", "status", "payment"})
"""Facets whose query would otherwise find more than the value: parts of it, or the shop's words."""
_TERMS: Final = {"day": "created", "stage": "is"}
"""Names of facets that differ from the field of a query."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value with its count. `name`: for users. `term`: the query that finds its orders."""

    name: str
    count: int
    term: str


def count_by(
    account: Account, orders: LocalOrders, condition: Condition, names: Sequence[str]
) -> dict[str, list[FacetValue]]:
    """Count the orders that match a condition by each of these facets, the most frequent values first.

    Raises KeyError for a facet that does not exist, and StoreError.
    """
    fields = {name: FACETS[name] for name in names}
    found = orders.cache.facets(condition, list(fields.values()))
    if "why" in fields:
        found["problem"] = [*found["problem"], *_deadlines(account, orders, condition)]
        found["problem"].sort(key=lambda entry: -entry[1])
    return {
        name: [_value(account, name, value, count) for value, count in found[field]] for name, field in fields.items()
    }


def _deadlines(account: Account, orders: LocalOrders, condition: Condition) -> Iterator[tuple[str, int]]:
    """The counts of the checks that depend on the time, which the cache does not have."""
    deadlines = deadlines_of(account)
    for code in DEADLINE_CODES:
        if count := orders.cache.count(All((condition, deadlines.found(code)))):
            yield code, count


def _value(account: Account, name: str, value: str, count: int) -> FacetValue:
    shown = value.upper() if name in _CODES else value
    if name == "shop" and (shop := account.shop(value)) is not None:
        shown = shop.name
    operator = ":=" if name in _PARTLY else ":"
    written = value if _PLAIN.fullmatch(value) else quote(value)
    return FacetValue(shown, count, f"{_TERMS.get(name, name)}{operator}{written}")
