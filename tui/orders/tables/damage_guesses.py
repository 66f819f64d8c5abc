"""Holds orders with values that a spreadsheet seems to have damaged, until they are fixed or confirmed."""

import re
from typing import Final

from tui.api.errors import Severity
from tui.api.pointer import Pointer
from tui.orders.checks.registry import find_damage
from tui.orders.parsed import GuessKind, Memory, ParsedOrder
from tui.orders.paths import BILL_TO, ITEMS, SHIP_TO
from tui.orders.tables.context import ImportContext

_DATE: Final = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?: 00:00:00)?")
"""A date as it is read from a cell of a spreadsheet."""
_NO_DATES: Final = frozenset({"name", "company_name", "address_line_1", "address_line_2", "city", "sku"})
"""Texts that are no dates."""


def hold_damaged(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order for each damaged value, unless it could not be read at all, or is text on purpose."""
    for damage in find_damage(order.document):
        pointer = damage.pointer
        if any(known.pointer == pointer and known.severity is Severity.ERROR for known in order.problems):
            continue
        if damage.code == "formula" and order.cells.get(pointer) in context.marked_as_text:
            continue
        kind = GuessKind.ADDRESS if pointer.tokens[0] in (SHIP_TO.name, BILL_TO.name) else GuessKind.ITEMS
        if damage.code == "html_entity" and kind is not GuessKind.ADDRESS:
            continue  # readable in the name of an item, and reported as a warning
        column = _column_of(order, pointer)
        text = f"{damage.detail} It is sent unchanged."
        from tui.orders.checks.fixes import fix_for  # 5 ms, and few files are damaged

        fix = fix_for(order.document, damage)
        original = "" if fix is None else f" It was probably {fix.text}."
        detail = f"{damage.detail}{original} Correct it, or send it unchanged."
        context.guess(order, pointer, kind, text, subject=column, title=damage.title, detail=detail, memory=Memory.FILE)
    _hold_dates(order, context)


def _column_of(order: ParsedOrder, pointer: Pointer) -> str:
    """The column of a value, or of the value of the billing address that it was copied from; "" if there is none."""
    origin = pointer
    if pointer not in order.cells and pointer.startswith(SHIP_TO):
        origin = Pointer((*BILL_TO.tokens, *pointer.tokens[len(SHIP_TO) :]))
    is_same = origin in order.cells and origin.get(order.document) == pointer.get(order.document)
    return order.cells[origin][1] if is_same else ""


def _hold_dates(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order with a text that a spreadsheet seems to have turned into a date, such as the street `5 mar`."""
    known = {problem.pointer for problem in order.problems}
    for pointer, (_, column) in [*order.cells.items()]:
        value = pointer.get(order.document) if pointer.name in _NO_DATES and pointer not in known else None
        if isinstance(value, str) and _DATE.fullmatch(value):
            kind = GuessKind.ITEMS if pointer.startswith(ITEMS) else GuessKind.ADDRESS
            text = f"{column} has dates. A spreadsheet seems to have changed them. They are sent unchanged."
            context.guess(order, pointer, kind, text, subject=column, title="a date?", memory=Memory.FILE)
