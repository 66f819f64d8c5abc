"""`CheckContext`: what the checks know in addition to the order. It is plain data, filled by `tui.work`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from tui.api.codec import Document
from tui.api.query import id_number, id_text
from tui.orders.paths import SHOP

if TYPE_CHECKING:  # the words of statuses take some milliseconds
    from tui.orders.order_state import OrderState

Key = TypeVar("Key")
Value = TypeVar("Value")


def _empty() -> Mapping[Key, Value]:
    return MappingProxyType({})


class Level(StrEnum):
    """A shop's setting for a check: switched off, or another severity."""

    OFF = "off"
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """The settings of one shop.

    `sender_country`, `sender_postcode`: where the goods are sent from. The default stands for any country of the EU.
    `handling_days`: working days between the order and the handover. `cut_off`: orders after this time of day count as
    orders of the next working day, and parcels are handed over at this time. `days_off`: dates without handover, in
    addition to `weekend` (0 is Monday). `zone`: of these days and times. Weights are in kilograms.
    """

    sender_country: str = "NL"
    sender_postcode: str = ""
    handling_days: int = 1
    cut_off: time = time(16)
    days_off: frozenset[date] = frozenset()
    weekend: frozenset[int] = frozenset({5, 6})
    zone: tzinfo = UTC
    heaviest_order: Decimal = Decimal(70)
    heaviest_item: Decimal = Decimal(30)
    lightest: Decimal = Decimal("0.001")
    checks: Mapping[str, Level] = field(default_factory=_empty)


@dataclass(frozen=True, slots=True)
class Habit:
    """A value that earlier orders had, and how many of them; `of`: how many had any value."""

    value: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class SkuHistory:
    """The values that earlier orders of a SKU had; None where they had none, or disagreed (`tui.work.cache.sku_history`).

    `grams`: the weight of one piece, as a decimal number.
    """

    grams: Habit | None = None
    hs_code: Habit | None = None
    origin: Habit | None = None


@dataclass(frozen=True, slots=True)
class RelatedOrder:
    """Another open order to the same recipient and address. `option`: its shipping option; `ready`: has no errors."""

    name: str
    shop: str
    option: str = ""
    ready: bool = True


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What the checks of one shop's orders know. The default knows nothing, and checks that need more find nothing.

    `now`: an aware time. `shops`: the account's integrations. `shop_type`, `learned`: see `order_state`. `history`: by
    SKU. `duplicates` (names of orders) and `related`: by the key of an order (`tui.api.query.order_key`).
    `phone_options`: the shipping options that require a phone number (SQ7.5).
    """

    now: datetime | None = None
    shop: ShopSettings = ShopSettings()
    shops: frozenset[int] | None = None
    shop_type: str | None = None
    learned: "Mapping[str, OrderState]" = field(default_factory=_empty)
    history: Mapping[str, SkuHistory] = field(default_factory=_empty)
    duplicates: Mapping[str, tuple[str, ...]] = field(default_factory=_empty)
    related: Mapping[str, tuple[RelatedOrder, ...]] = field(default_factory=_empty)
    phone_options: frozenset[str] = frozenset()


NO_CONTEXT: Final = CheckContext()
"""Knows nothing but the order."""


@dataclass(frozen=True, slots=True)
class AccountShops:
    """What is known about the account's shops: their ids, None if unknown, and the settings of some, by id.

    `default`: the settings of the others. `phone_options`: see `CheckContext`.
    """

    ids: frozenset[int] | None = None
    settings: Mapping[int, ShopSettings] = field(default_factory=_empty)
    default: ShopSettings = ShopSettings()
    phone_options: frozenset[str] = frozenset()

    def context(self, order: Document) -> CheckContext:
        """The context of an order of one of the shops, without a clock and without knowledge of other orders."""
        return CheckContext(
            shop=self.of(id_number(id_text(SHOP.get(order)))), shops=self.ids, phone_options=self.phone_options
        )

    def of(self, shop: int | None) -> ShopSettings:
        """The settings of a shop by its id."""
        settings = self.settings.get(shop) if shop is not None else None
        return settings or self.default


NO_SHOPS: Final = AccountShops()
"""No shop is known."""
