"""Numbers whose only sign may separate thousands or decimals: decided by the file, or held until that is confirmed."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import product
from typing import Final

from tui.api.pointer import ROOT
from tui.orders.parsed import Derivation, GuessKind, How, Memory, ParsedOrder
from tui.orders.paths import FieldPath
from tui.orders.tables.context import ImportContext
from tui.orders.tables.mapping import QUANTITY_PATH, ColumnMapping, unit_path
from tui.orders.tables.steps.prices import LINE_TOTAL_PATH, ORDER_TOTAL_PATH, UNIT_PRICE_PATH
from tui.orders.tables.table import Table
from tui.orders.tables.values.decimal_signs import DecimalReading, describe, is_ambiguous, possible_values, sign_in

_CENT: Final = Decimal("0.011")
_TOTALS: Final = (LINE_TOTAL_PATH, ORDER_TOTAL_PATH)


def _products(paths: Sequence[FieldPath | None]) -> list[tuple[int, int, int]]:
    """The columns of quantity, unit price and total, of which the first × the second is the third."""
    if QUANTITY_PATH not in paths or UNIT_PRICE_PATH not in paths:
        return []
    quantity, unit = paths.index(QUANTITY_PATH), paths.index(UNIT_PRICE_PATH)
    return [(quantity, unit, paths.index(total)) for total in _TOTALS if total in paths]


def decimal_readings(table: Table, columns: Iterable[int], mapping: ColumnMapping) -> dict[int, DecimalReading]:
    """How the columns with ambiguous numbers are read. `columns`: those with numbers."""
    columns = [*columns]
    texts = {column: _texts(table, column) for column in columns}
    ambiguous = [column for column in columns if any(is_ambiguous(text) for text in texts[column])]
    if not ambiguous:
        return {}
    shown = {column: dict(_evidence(reversed(texts[column]))) for column in columns}
    in_file = {sign: example for column in columns for sign, example in shown[column].items()}
    is_unclear = any(len(shown[column]) != 1 for column in ambiguous)
    computed = _by_arithmetic(table, _products(mapping.paths)) if is_unclear else {}
    readings = {}
    for column in ambiguous:
        by_size = _by_size(mapping, column, texts[column])
        for found in (shown[column], computed.get(column, {}), by_size, {} if shown[column] else in_file):
            if len(found) == 1:
                ((sign, example),) = found.items()
                readings[column] = DecimalReading(sign, example)
                break
        else:
            readings[column] = DecimalReading(table.layout.decimal)
    return readings


def _texts(table: Table, column: int) -> list[str]:
    """The different texts of a column, without the numbers of a spreadsheet: their decimal sign is known."""
    cells = (row.cells[column] for row in table.rows if column < len(row.cells) and column not in row.numbers)
    return [*dict.fromkeys(cells)]


def _evidence(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The decimal signs that numbers show, with an example."""
    for text in texts:
        sign, is_unclear = sign_in(text)
        if sign and not is_unclear:
            yield sign, f"as in {text.strip()!r}"


def _by_size(mapping: ColumnMapping, column: int, texts: Iterable[str]) -> dict[str, str]:
    """The decimal sign of weights in kilograms or pounds: thousands of them are implausible."""
    path = mapping.paths[column]
    unit = unit_path(path) if path is not None and path[-2] == "weight" else None
    if unit is None or unit in mapping.guessed or mapping.constant(unit) not in ("kg", "lbs") or unit in mapping.paths:
        return {}
    return {sign_in(text)[0]: "because a thousand of them is implausible" for text in texts if is_ambiguous(text)}


def _by_arithmetic(table: Table, products: Iterable[tuple[int, int, int]]) -> dict[int, dict[str, str]]:
    """By column, the decimal signs with which a product is right, and an example."""
    found: dict[int, dict[str, str]] = {}
    for columns in products:
        for row in table.rows:
            cells = [row.cells[column] if column < len(row.cells) else "" for column in columns]
            if not any(map(is_ambiguous, cells)):
                continue
            values = (
                possible_values(cell, ("." if column in row.numbers else ""))
                for column, cell in zip(columns, cells, strict=True)
            )
            right = [
                choice
                for choice in product(*values)
                if abs(choice[0][1] * choice[1][1] - choice[2][1]) <= _CENT * max(choice[0][1], Decimal(1))
            ]
            for place, column in enumerate(columns):
                signs = {choice[place][0] for choice in right}
                if len(signs) == 1 and (sign := signs.pop()):
                    example = f"because of {' × '.join(cell.strip() for cell in cells[:2])} = {cells[2].strip()}"
                    found.setdefault(column, {}).setdefault(sign, example)
    return found


def check_decimals(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order with a number that may be wrong by a factor of 1000; an info if the file decides it."""
    for row in order.rows if context.unclear_numbers else ():
        for column, (reading, text) in context.unclear_numbers.get(row, {}).items():
            pointer = next((pointer for pointer, cell in order.cells.items() if cell == (row, column)), ROOT)
            name, way = describe(reading, text)
            if reading.reason:
                words = f"the {name} in {text.strip()!r} is {way}, {reading.reason}"
                order.derived.setdefault(pointer, Derivation(How.DECIDED, words))
                continue
            sentence = f"The {name} before three digits in {column} is read as {way}."
            context.guess(
                order,
                pointer,
                _kind_of(pointer.tokens),
                sentence,
                subject=column,
                title="decimal sign?",
                memory=Memory.GUESS,
            )


def _kind_of(path: FieldPath) -> GuessKind:
    if path[-1:] == ("quantity",):
        return GuessKind.ITEMS
    return GuessKind.WEIGHT if "measurement" in path else GuessKind.PRICE
