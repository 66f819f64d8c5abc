"""Joins the time of an order that has a column of its own to the date of the order."""

import re
from typing import Final

from tui.api.pointer import ABSENT
from tui.orders.parsed import How, ParsedOrder, UnusedCell
from tui.orders.paths import ORDERED_AT
from tui.orders.tables.context import ImportContext, set_value, warning
from tui.orders.tables.heading_text import is_order_time
from tui.orders.tables.values.dates import Unread, parse_time

_DIGITS: Final = re.compile(r"\d{4}|\d{6}")
_MIDNIGHT: Final = "T00:00:00"


def join_order_time(order: ParsedOrder, context: ImportContext) -> None:
    """Add the time to the order date, with the zone's offset of that date; a warning where that is not possible."""
    for cell in order.unused:
        name = context.mapping.header[cell.column]
        if name in context.mapping.ignored or not is_order_time(name):
            continue
        context.understood.add((cell.row, cell.column))
        if cell.row == order.row:
            _join(order, context, cell, name)


def _join(order: ParsedOrder, context: ImportContext, cell: UnusedCell, name: str) -> None:
    placed = ORDERED_AT.get(order.document) if ORDERED_AT in order.cells else ABSENT
    if not isinstance(placed, str):
        found = parse_time(cell.text, context.mapping.layout.dates if context.mapping.layout else "", context.now)
    else:
        day = placed[:10].replace("-", "") if _DIGITS.fullmatch(cell.text) else placed[:10]
        found = parse_time(f"{day} {cell.text}", "", context.now)
    if isinstance(found, Unread):
        detail = f"{name} has {cell.text[:40]!r}, which is not used: it cannot be joined to the order date."
        order.problems.append(warning(ORDERED_AT, "order_time", detail, "time not used"))
    elif not isinstance(placed, str) or placed[10:].startswith(_MIDNIGHT):
        set_value(order, ORDERED_AT, found, How.COMPUTED, f"with the time of the column {name}")
    elif placed[:16] != found[:16]:
        detail = f"{name} has {cell.text[:40]!r}, but the order date has the time {placed[11:16]}, which is used."
        order.problems.append(warning(ORDERED_AT, "order_time", detail, "two times"))
