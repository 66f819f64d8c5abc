"""Checks of the weights. Each is named by its code; the registry says when it fires."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from tui.api.pointer import Pointer
from tui.api.wording import count_of
from tui.orders.checks.context import CheckContext
from tui.orders.checks.facts import CheckedOrder, Found, excerpt, found, item_pointers
from tui.orders.numbers import countable
from tui.orders.paths import ITEMS, WEIGHT

ITEM_WEIGHT: Final = Pointer.of("measurement", "weight")
_VALUE: Final = "value"


def no_weight(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.grams is not None:
        return
    without = [item.index for item in order.items if item.grams is None]
    if without:
        if len(without) == len(order.items):
            yield found(WEIGHT / _VALUE, which="")
        else:
            pointers = item_pointers(without, *ITEM_WEIGHT.tokens, _VALUE)
            yield Found(pointers, {"which": f", {count_of(len(without), 'item')}"})


def zero_weight(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    """The service refuses 0; absent is right (Q8.12)."""
    if order.grams is not None and order.grams <= 0:
        yield found(WEIGHT / _VALUE)
    for item in order.items:
        if item.grams is not None and item.grams <= 0:
            yield found(ITEMS / item.index + ITEM_WEIGHT / _VALUE)


def weight_sum(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.grams is None or order.grams <= 0 or not order.items:
        return
    items = Decimal(0)
    for item in order.items:
        quantity = countable(item.document.get("quantity"))
        if item.grams is None or quantity is None:
            return
        items += item.grams * quantity
    if order.grams < items:
        yield found(WEIGHT / _VALUE, total=_kg(order.grams), items=_kg(items))


def weight_implausible(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    shop = context.shop
    if order.grams is not None and _is_implausible(order.grams, shop.lightest, shop.heaviest_order):
        yield found(WEIGHT / _VALUE, weight=_kg(order.grams))
    for item in order.items:
        if item.grams is not None and _is_implausible(item.grams, shop.lightest, shop.heaviest_item):
            yield found(ITEMS / item.index + ITEM_WEIGHT / _VALUE, weight=_kg(item.grams))


def _is_implausible(grams: Decimal, lightest: Decimal, heaviest: Decimal) -> bool:
    """Whether a weight is positive and out of bounds, which are in kilograms."""
    kilograms = grams / 1000
    return 0 < kilograms < lightest or kilograms > heaviest


def _kg(grams: Decimal) -> str:
    return excerpt(f"{grams / 1000:.4f}".rstrip("0").rstrip("."), 12) + " kg"
