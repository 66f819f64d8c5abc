"""Warnings that many open orders of a shop have. The list shows them once for the shop, not on each of its orders."""

from dataclasses import dataclass
from typing import Final

from tui.orders.checks.registry import CHECKS, title_of
from tui.orders.query.conditions import All, Not, OneOf
from tui.store.order_cache import OrderCache
from tui.work.account import Account

SHARE: Final = 0.3
"""A warning is frequent if more than this share of a shop's open orders has it."""
LEAST_ORDERS: Final = 10
"""With fewer open orders than these a shop has no frequent warnings."""
_OPEN: Final = Not(OneOf("stage", ("finished",)))


@dataclass(frozen=True, slots=True)
class FrequentWarning:
    """A warning of a shop: the code of its check, and how many of the shop's open orders have it."""

    shop: int
    code: str
    count: int
    of: int

    def __str__(self) -> str:
        return f"{title_of(self.code)}: {self.count} of {self.of} open orders"


def frequent_warnings(account: Account, cache: OrderCache) -> tuple[FrequentWarning, ...]:
    """The frequent warnings of all shops, the most frequent first of each shop. Raises StoreError.

    `due` and `late` are never among them: they depend on the time and are not in the facts of orders.
    """
    found = []
    for shop, of in cache.facets(_OPEN, ["shop"])["shop"]:
        if of >= LEAST_ORDERS and shop.isdecimal():
            warnings = _warnings(account, int(shop))
            counts = cache.facets(All((_OPEN, OneOf("shop", (shop,)))), ["problem"])["problem"]
            found += [
                FrequentWarning(int(shop), code, count, of)
                for code, count in counts
                if count > of * SHARE and code in warnings
            ]
    return tuple(found)


def _warnings(account: Account, shop: int) -> frozenset[str]:
    """The codes of the checks that find warnings in this shop, not errors."""
    shops = account.known_shops
    levels = shops.settings.get(shop, shops.default).checks
    return frozenset(check.code for check in CHECKS if (levels.get(check.code) or check.severity) == "warning")
