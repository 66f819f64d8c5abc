"""Finds the summary rows of orders: rows with the address and the totals of an order whose items have rows of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tui.orders.tables.cells import cell_text
from tui.orders.tables.table import Table, TableRow
from tui.orders.tables.values.amounts import parse_number

ITEM_IDENTIFIERS: Final = frozenset(["name", "sku", "ean", "description", "product_id", "variant_id", "item_id"])
"""The fields of which an item has at least one."""


@dataclass(frozen=True, slots=True)
class SummaryColumns:
    """The indexes of columns. `keys`: order id and number. `others`: the remaining fields of the order."""

    keys: tuple[int, ...]
    quantity: int | None
    identifiers: tuple[int, ...]
    others: tuple[int, ...]


def find_summary_rows(table: Table, columns: SummaryColumns, decimal: str) -> frozenset[int]:
    """The numbers of rows without an item of their own that sum up the order's other rows.

    Their quantity is the sum of those of the other rows, or missing beside values of the order.
    """
    if not columns.keys or columns.quantity is None or not columns.identifiers:
        return frozenset()
    candidates = {
        key: row
        for row in reversed(table.rows)
        if not any(_text(row.cells, index) for index in columns.identifiers) and (key := _key(row, columns))
    }
    if not candidates:
        return frozenset()
    quantities: dict[str, list[Decimal]] = {}
    for row in table.rows:
        if (key := _key(row, columns)) in candidates and candidates[key] is not row:
            quantity = _quantity(_text(row.cells, columns.quantity), decimal)
            quantities.setdefault(key, []).append(Decimal(1) if quantity is None else quantity)
    found = set()
    for key, counted in quantities.items():
        row = candidates[key]
        has_order_values = any(_text(row.cells, index) for index in columns.others)
        text = _text(row.cells, columns.quantity)
        is_sum = _quantity(text, decimal) == sum(counted) and (has_order_values or len(counted) > 1)
        if is_sum or (not text and has_order_values):
            found.add(row.number)
    return frozenset(found)


def _key(row: TableRow, columns: SummaryColumns) -> str:
    return next((text for index in columns.keys if (text := _text(row.cells, index))), "")


def _text(cells: Sequence[str], index: int) -> str:
    return cell_text(cells[index]) if index < len(cells) else ""


def _quantity(text: str, decimal: str) -> Decimal | None:
    number = parse_number(text, decimal) if text else None
    return None if number is None else Decimal(number)
