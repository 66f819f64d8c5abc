"""Checks of the weights. Each is named by its code in the registry."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from tui.api.pointer import Pointer
from tui.api.wording import count_of
from tui.orders.checks.context import CheckContext
from tui.orders.checks.facts import CheckedOrder, Found, found, item_pointers
from tui.orders.paths import ITEMS, WEIGHT
from tui.orders.summary import kilograms

ITEM_WEIGHT: Final = Pointer.of("measurement", "weight")
_VALUE: Final = "value"


def no_weight(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.grams is not None:
        return
    without = [item.index for item in order.items if item.grams is None]
    if without:
        pointers = item_pointers(without, *ITEM_WEIGHT.tokens, _VALUE)
        if len(without) == len(order.items):
            yield Found((WEIGHT / _VALUE, *pointers), {"which": ""})
        else:
            yield Found(pointers, {"which": f", {count_of(len(without), 'item')}"})


def zero_weight(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    for pointer, grams in _weights(order):
        if grams <= 0:
            yield found(pointer / _VALUE)


def weight_sum(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    if order.grams is None or order.grams <= 0:
        return
    items = kilograms({**order.document, "shipping_details": None})
    if items is not None and order.grams < items * 1000:
        yield found(WEIGHT / _VALUE, parcel=_kg(order.grams), items=_kg(items * 1000))


def weight_implausible(order: CheckedOrder, context: CheckContext) -> Iterator[Found]:
    lightest = context.shop.lightest * 1000
    heaviest_order, heaviest_item = context.shop.heaviest_order * 1000, context.shop.heaviest_item * 1000
    for pointer, grams in _weights(order):
        if 0 < grams < lightest or grams > (heaviest_order if pointer is WEIGHT else heaviest_item):
            yield found(pointer / _VALUE, weight=_kg(grams))


def _weights(order: CheckedOrder) -> Iterator[tuple[Pointer, Decimal]]:
    if order.grams is not None:
        yield WEIGHT, order.grams
    for item in order.items:
        if item.grams is not None:
            yield ITEMS / item.index + ITEM_WEIGHT, item.grams


def _kg(grams: Decimal) -> str:
    return f"{grams / 1000:.4f}".rstrip("0").rstrip(".") + " kg"
