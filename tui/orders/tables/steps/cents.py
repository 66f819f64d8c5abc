"""Finds amounts in cents whose headings do not say so: a hundred times what the other amounts of the file make."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from tui.api.pointer import ROOT, Pointer
from tui.orders.money import as_json_number
from tui.orders.parsed import GuessKind, How, Memory, ParsedOrder
from tui.orders.paths import CURRENCY, ITEMS, TOTAL
from tui.orders.tables.context import ImportContext, set_value
from tui.orders.tables.steps.prices import LINE_TOTAL_PATH, SUMMED_PATHS, UNIT_PRICE_PATH

_UNIT: Final = UNIT_PRICE_PATH[len(ITEMS.tokens) + 1 :]
_LINE: Final = LINE_TOTAL_PATH[len(ITEMS.tokens) + 1 :]
_TOTAL: Final = TOTAL / "value"
_SHIPPING: Final = ("payment_details", "estimated_shipping_price", "value")
_WITH_CENTS: Final = frozenset({"EUR", "GBP", "USD", "CHF"})
_LEAST: Final = 100
"""No shipping costs of whole euros are as much as this."""

Pair = tuple[Decimal, Decimal]
"""Two amounts that should be equal, or one of them a hundred times the other."""


def find_cents(orders: Sequence[ParsedOrder], context: ImportContext) -> None:
    """Convert the amounts that are in cents by arithmetic over the whole file, and hold their orders until confirmed."""
    is_unit, is_line = _hundredfolds(pair for order in orders for pair in _units_and_lines(order))
    if is_unit:
        _convert(orders, context, (_UNIT,), "the totals of the lines are a hundredth of quantity × price")
    elif is_line:
        _convert(orders, context, (_LINE,), "they are a hundred times quantity × price")
    for extras in ((), tuple(SUMMED_PATHS)):
        sums = (pair for order in orders if (pair := _sum_and_total(order, extras)) is not None)
        is_sum, is_total = _hundredfolds(sums)
        if is_sum:
            reason = "the totals of the orders are a hundredth of the sums of the lines"
            _convert(orders, context, (_UNIT, _LINE, *extras), reason)
            return
        if is_total:
            _convert(orders, context, (_TOTAL.tokens,), "they are a hundred times the sums of the lines")
            return
    if any(_amount(order, ROOT, _SHIPPING) for order in orders) and all(map(_may_be_cents, _amounts(orders))):
        reason = "no amount has decimals, and even the shipping costs are 100 or more"
        _convert(orders, context, (_UNIT, _LINE, _TOTAL.tokens, *SUMMED_PATHS), reason)


def _amounts(orders: Sequence[ParsedOrder]) -> Iterator[Decimal]:
    """All amounts that are not zero, of orders in currencies with cents."""
    for order in orders:
        if CURRENCY in order.cells and CURRENCY.get(order.document) not in _WITH_CENTS:
            yield Decimal(1)
        bases = [(ITEMS / index, path) for index in range(_count(order)) for path in (_UNIT, _LINE)]
        for base, path in [*bases, *((ROOT, path) for path in (_TOTAL.tokens, *SUMMED_PATHS))]:
            if amount := _amount(order, base, path):
                yield amount


def _may_be_cents(amount: Decimal) -> bool:
    return amount.as_tuple().exponent == 0 and abs(amount) >= _LEAST


def _hundredfolds(pairs: Iterable[Pair]) -> tuple[bool, bool]:
    """Whether the first amount of each pair is a hundred times the second one, and whether the second one is a hundred
    times the first one. Pairs of zeros are left out; both are false if there is no other.

    In most files the first pair is neither, so that no other one is computed.
    """
    is_known, is_first, is_second = False, True, True
    for first, second in pairs:
        if first or second:
            is_known = True
            is_first, is_second = is_first and first == second * 100, is_second and second == first * 100
            if not is_first and not is_second:
                break
    return is_known and is_first, is_known and is_second


def _units_and_lines(order: ParsedOrder) -> Iterator[Pair]:
    """Quantity × unit price, and the total, of each line that has them."""
    for index in range(_count(order)):
        line = _amount(order, ITEMS / index, _LINE)
        if line is not None and (unit := _amount(order, ITEMS / index, _UNIT)) is not None:
            yield unit * _quantity(order, index), line


def _sum_and_total(order: ParsedOrder, extras: Sequence[tuple[str, ...]]) -> Pair | None:
    """The sum of the lines with the extras, and the total; None if one is not known."""
    total, found = _amount(order, ROOT, _TOTAL.tokens), Decimal(0)
    if total is None or not _count(order):
        return None
    for index in range(_count(order)):
        line, unit = _amount(order, ITEMS / index, _LINE), _amount(order, ITEMS / index, _UNIT)
        if line is None and unit is None:
            return None
        found += line if line is not None else (unit or 0) * _quantity(order, index)
    for path in extras:
        amount = _amount(order, ROOT, path) or Decimal(0)
        found += -abs(amount) if "discount_granted" in path else amount
    return found, total


def _convert(orders: Sequence[ParsedOrder], context: ImportContext, paths: Sequence[tuple[str, ...]], why: str) -> None:
    for order in orders:
        for path in paths:
            is_of_item = path in (_UNIT, _LINE)
            bases = [ITEMS / index for index in range(_count(order))] if is_of_item else [ROOT]
            for base in bases:
                pointer, amount = Pointer((*base.tokens, *path)), _amount(order, base, path)
                if amount is None:
                    continue
                column = order.cells[pointer][1]
                is_text = isinstance(pointer.get(order.document), str)
                value = f"{amount / 100:.2f}" if is_text else as_json_number(amount / 100)
                set_value(order, pointer, value, How.COMPUTED, f"{amount} cents")
                text = f"{column} is read as cents, because {why}."
                context.guess(
                    order, pointer, GuessKind.PRICE, text, subject=column, title="cents?", memory=Memory.GUESS
                )


def _count(order: ParsedOrder) -> int:
    items = ITEMS.get(order.document)
    return len(items) if isinstance(items, list) else 0


def _quantity(order: ParsedOrder, index: int) -> int:
    quantity = (ITEMS / index / "quantity").get(order.document)
    return quantity if isinstance(quantity, int) else 1


def _amount(order: ParsedOrder, base: Pointer, path: tuple[str, ...]) -> Decimal | None:
    """The amount at a pointer, if it came from a cell and could be read."""
    pointer = Pointer((*base.tokens, *path))
    value = pointer.get(order.document) if pointer in order.cells else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        return None
    text = str(value)
    return Decimal(text) if text.replace(".", "", 1).removeprefix("-").isdecimal() else None
