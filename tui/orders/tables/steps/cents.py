"""Finds amounts in cents whose headings do not say so: a hundred times what the other amounts of the file make."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

from tui.api.pointer import Pointer
from tui.orders.money import as_json_number
from tui.orders.parsed import GuessKind, How, Memory, ParsedOrder
from tui.orders.paths import ITEMS, TOTAL
from tui.orders.tables.context import ImportContext, set_value
from tui.orders.tables.steps.prices import LINE_TOTAL_PATH, SUMMED_PATHS, UNIT_PRICE_PATH

_UNIT: Final = UNIT_PRICE_PATH[len(ITEMS.tokens) + 1 :]
_LINE: Final = LINE_TOTAL_PATH[len(ITEMS.tokens) + 1 :]
_TOTAL: Final = TOTAL / "value"

Pair = tuple[Decimal, Decimal]
"""Two amounts that should be equal, or one of them a hundred times the other."""


def find_cents(orders: Sequence[ParsedOrder], context: ImportContext) -> None:
    """Convert the amounts that are in cents by arithmetic over the whole file, and hold their orders until confirmed."""
    unit_and_line = [pair for order in orders for pair in _units_and_lines(order)]
    if _is_hundredfold(unit_and_line):
        _convert(orders, context, (_UNIT,), "the totals of the lines are a hundredth of quantity × price")
    elif _is_hundredfold((line, unit) for unit, line in unit_and_line):
        _convert(orders, context, (_LINE,), "they are a hundred times quantity × price")
    for extras in ((), tuple(SUMMED_PATHS)):
        sums = [pair for order in orders if (pair := _sum_and_total(order, extras)) is not None]
        if _is_hundredfold(sums):
            reason = "the totals of the orders are a hundredth of the sums of the lines"
            _convert(orders, context, (_UNIT, _LINE, *extras), reason)
            return
        if _is_hundredfold((total, lines) for lines, total in sums):
            _convert(orders, context, (_TOTAL.tokens,), "they are a hundred times the sums of the lines")
            return


def _is_hundredfold(pairs: Iterable[Pair]) -> bool:
    known = [(more, less) for more, less in pairs if more or less]
    return bool(known) and all(more == less * 100 for more, less in known)


def _units_and_lines(order: ParsedOrder) -> Iterator[Pair]:
    """Quantity × unit price, and the total, of each line that has them."""
    for index in range(_count(order)):
        unit, line = _amount(order, ITEMS / index, _UNIT), _amount(order, ITEMS / index, _LINE)
        if unit is not None and line is not None:
            yield unit * _quantity(order, index), line


def _sum_and_total(order: ParsedOrder, extras: Sequence[tuple[str, ...]]) -> Pair | None:
    """The sum of the lines with the extras, and the total; None if one is not known."""
    total, found = _amount(order, Pointer(()), _TOTAL.tokens), Decimal(0)
    if total is None or not _count(order):
        return None
    for index in range(_count(order)):
        line, unit = _amount(order, ITEMS / index, _LINE), _amount(order, ITEMS / index, _UNIT)
        if line is None and unit is None:
            return None
        found += line if line is not None else (unit or 0) * _quantity(order, index)
    for path in extras:
        amount = _amount(order, Pointer(()), path) or Decimal(0)
        found += -abs(amount) if "discount_granted" in path else amount
    return found, total


def _convert(orders: Sequence[ParsedOrder], context: ImportContext, paths: Sequence[tuple[str, ...]], why: str) -> None:
    for order in orders:
        for path in paths:
            is_of_item = path in (_UNIT, _LINE)
            bases = [ITEMS / index for index in range(_count(order))] if is_of_item else [Pointer(())]
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
