"""What the weights and sizes of a table mean: their units, and whether a weight is of a piece, a line or a parcel."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import Final

from tui.api.pointer import Pointer
from tui.orders.money import as_json_number
from tui.orders.names import normalized
from tui.orders.numbers import computable, countable
from tui.orders.parsed import GuessKind, How, ParsedOrder
from tui.orders.paths import EVERY_ITEM, ITEMS, WEIGHT, FieldPath, is_item_path
from tui.orders.patterns import late_pattern
from tui.orders.tables.context import ImportContext, set_value
from tui.orders.tables.headings import NUMBER_PATH, ORDER_ID_PATH, SHIP
from tui.orders.tables.mapping import (
    ITEM_WEIGHT_PATH,
    ITEM_WEIGHT_UNIT_PATH,
    QUANTITY_PATH,
    SIZE_UNIT_PATH,
    WEIGHT_PATH,
    WEIGHT_UNIT_PATH,
    ColumnMapping,
)
from tui.orders.tables.steps.units import (
    in_kilograms,
    propose_size_unit,
    propose_weight_unit,
    stated_unit,
)
from tui.orders.tables.table import SAMPLE_ROWS, Table
from tui.orders.tables.values.amounts import parse_number

_MAX_ITEM: Final = Decimal(70)
_MAX_TOTAL_WEIGHT: Final = Decimal(1000)
"""In kilograms; a higher weight is implausible."""
_BARE: Final = late_pattern(r"(weight|gewicht|poids|peso|waga|vikt|vaegt|vaekt|vægt)( (kg|g|lbs?|oz|gram\w*))?")
_LINE: Final = late_pattern(
    r"\b(line|row|total|gesamt\w*|zeilen\w*|positions\w*|regel\w*|totaal\w*|ligne|linea|riga|linha|rad)\b"
)
_AMERICAN: Final = frozenset({"us", "usa", "united states", "united states of america"})
_ITEM_WEIGHT: Final = Pointer.of("measurement", "weight")
_SIZE: Final = Pointer.of("shipping_details", "measurement", "dimension")
_SIZE_PATHS: Final = tuple((*SIZE_UNIT_PATH[:-1], name) for name in ("length", "width", "height"))


@dataclass(slots=True)
class _Row:
    """What a row says about a weight."""

    weight: Decimal | None
    quantity: Decimal | None
    product: str


def refine_weights(mapping: ColumnMapping, table: Table) -> ColumnMapping:
    """Propose units by the size of the numbers, and mark a bare weight beside items as a guess unless the rows prove it."""
    if stated_unit(frozenset(map(normalized, mapping.header))):
        return mapping
    mapping = _refine_meaning(mapping, table)
    for value_paths, unit_path in (
        ((ITEM_WEIGHT_PATH,), ITEM_WEIGHT_UNIT_PATH),
        ((WEIGHT_PATH,), WEIGHT_UNIT_PATH),
        (_SIZE_PATHS, SIZE_UNIT_PATH),
    ):
        if unit_path not in mapping.guessed:
            continue
        columns = [column for column, path in enumerate(mapping.paths) if path in value_paths]
        numbers = [number for column in columns for number in _numbers(table, column)]
        if unit_path == SIZE_UNIT_PATH:
            unit = propose_size_unit(numbers)
        else:
            unit = propose_weight_unit(numbers, is_american=_is_american(mapping, table))
        mapping = replace(mapping.with_constant(unit_path, unit), guessed=mapping.guessed)
    return mapping


def check_weights(order: ParsedOrder, context: ImportContext) -> None:
    """Hold an order with a guessed unit or meaning of a weight, or with an implausible weight."""
    mapping, items = context.mapping, _items(order)
    item_pointers = [ITEMS / index + _ITEM_WEIGHT for index, item in enumerate(items) if "measurement" in item]
    item_pointers = [pointer for pointer in item_pointers if isinstance(pointer.get(order.document), dict)]
    has_total = isinstance(WEIGHT.get(order.document), dict)
    if item_pointers:
        _divide_line_weights(order, item_pointers)
        if ITEM_WEIGHT_UNIT_PATH in mapping.guessed:
            _confirm_unit(order, context, item_pointers, ITEM_WEIGHT_UNIT_PATH)
    if has_total and WEIGHT_UNIT_PATH in mapping.guessed:
        _confirm_unit(order, context, [WEIGHT], WEIGHT_UNIT_PATH)
    if SIZE_UNIT_PATH in mapping.guessed and isinstance(_SIZE.get(order.document), dict):
        _confirm_unit(order, context, [_SIZE], SIZE_UNIT_PATH)
    if item_pointers or has_total:
        _confirm_meaning(order, context, item_pointers, has_total)
        _check_plausible(order, context, item_pointers, has_total)


def _confirm_unit(
    order: ParsedOrder, context: ImportContext, pointers: Sequence[Pointer], unit_path: FieldPath
) -> None:
    """Hold the order at the first of these measures that has the unit of the mapping."""
    pointers = [pointer for pointer in pointers if (pointer / "unit") in order.derived]
    if not pointers:
        return
    column = next(
        (order.cells[pointer][1] for first in pointers for pointer in order.cells if pointer.startswith(first)), ""
    )
    unit = context.mapping.constant(unit_path)
    text = f"{column} has no unit. It is read as {unit}."
    for pointer in pointers if GuessKind.UNIT in context.mapping.accepted else pointers[:1]:
        order.derived.pop(pointer / "unit")
        context.guess(order, pointer / "unit", GuessKind.UNIT, text, subject=column, title=f"{unit}?")


def _divide_line_weights(order: ParsedOrder, pointers: Sequence[Pointer]) -> None:
    """Divide the weights of whole lines by the quantity, if the name of the column says that they are of lines."""
    for pointer in pointers:
        cell = order.cells.get(pointer / "value")
        if cell is None or not _LINE.search(normalized(cell[1])):
            continue
        weight = computable((pointer / "value").get(order.document))
        quantity = countable((ITEMS / int(pointer.tokens[2]) / "quantity").get(order.document))
        if weight is not None and quantity is not None and quantity > 1:
            share = round(weight / quantity, 4).normalize()
            set_value(order, pointer / "value", as_json_number(share), How.COMPUTED, "weight of the line ÷ quantity")


def _confirm_meaning(order: ParsedOrder, context: ImportContext, pointers: Sequence[Pointer], has_total: bool) -> None:
    """Hold an order of several pieces whose bare weight may be of a piece, a line or the parcel."""
    if _pieces(order) <= 1:
        return
    if has_total and WEIGHT_PATH in context.mapping.guessed and (cell := order.cells.get(WEIGHT / "value")):
        text = f"{cell[1]} may be the weight of a piece or of the parcel. It is read as the weight of the parcel."
        context.guess(order, WEIGHT / "value", GuessKind.WEIGHT, text, subject=cell[1], title="weight of what?")
    elif ITEM_WEIGHT_PATH in context.mapping.guessed:
        for pointer in pointers:
            quantity = (ITEMS / int(pointer.tokens[2]) / "quantity").get(order.document)
            if isinstance(quantity, int) and quantity > 1 and (cell := order.cells.get(pointer / "value")):
                text = f"{cell[1]} may be the weight of a piece or of a line. It is read as the weight of a piece."
                context.guess(
                    order, pointer / "value", GuessKind.WEIGHT, text, subject=cell[1], title="weight of what?"
                )


def _check_plausible(order: ParsedOrder, context: ImportContext, pointers: Sequence[Pointer], has_total: bool) -> None:
    total = Decimal(0)
    for pointer in pointers:
        weight = _kilograms(order, pointer)
        quantity = countable((ITEMS / int(pointer.tokens[2]) / "quantity").get(order.document))
        if weight is not None and quantity is not None:
            total += weight * quantity
        _check_thousands(order, context, pointer)
        if weight is not None and weight > _MAX_ITEM:
            _doubt(order, context, pointer / "value", f"over {_MAX_ITEM} kg for an item")
    if has_total:
        _check_thousands(order, context, WEIGHT)
    sent_weight = _kilograms(order, WEIGHT) if has_total else None
    if sent_weight is not None and sent_weight > _MAX_TOTAL_WEIGHT:
        _doubt(order, context, WEIGHT / "value", f"over {_MAX_TOTAL_WEIGHT} kg for a parcel")
    elif sent_weight is not None and total > sent_weight * 2 and len(pointers) > 0:
        _doubt(order, context, WEIGHT / "value", "less than half of the weight of its items")


def _check_thousands(order: ParsedOrder, context: ImportContext, pointer: Pointer) -> None:
    """Doubt grams with three decimals: `1.200` is usually 1,200."""
    value, unit = (pointer / "value").get(order.document), (pointer / "unit").get(order.document)
    is_read = (pointer / "value") in order.cells and (pointer / "value") not in order.derived
    if unit == "g" and is_read and isinstance(value, Decimal) and value.as_tuple().exponent == -3:
        _doubt(order, context, pointer / "value", f"{value} g; it may be {value * 1000:.0f} g")


def _doubt(order: ParsedOrder, context: ImportContext, pointer: Pointer, reason: str) -> None:
    column = order.cells[pointer][1] if pointer in order.cells else "The weight"
    context.guess(
        order, pointer, GuessKind.WEIGHT, f"{column} is {reason}.", subject=column, title="implausible weight"
    )


def _refine_meaning(mapping: ColumnMapping, table: Table) -> ColumnMapping:
    """Mark a bare weight beside the columns of items as a guess, unless the rows prove what it is."""
    path = next((path for path in (WEIGHT_PATH, ITEM_WEIGHT_PATH) if path in mapping.paths), None)
    if path is None or (WEIGHT_PATH in mapping.paths and ITEM_WEIGHT_PATH in mapping.paths):
        return mapping
    column = mapping.paths.index(path)
    has_items = any(other is not None and is_item_path(other) and other != path for other in mapping.paths)
    if not has_items or not _BARE.fullmatch(normalized(mapping.header[column])):
        return mapping
    orders = list(_rows_by_order(mapping, table, column))
    found = _proven(orders, is_item=path == ITEM_WEIGHT_PATH)
    if found == "piece" and path == WEIGHT_PATH:
        item_paths = {WEIGHT_PATH: ITEM_WEIGHT_PATH, WEIGHT_UNIT_PATH: ITEM_WEIGHT_UNIT_PATH}
        return replace(
            mapping,
            paths=tuple(None if other is None else item_paths.get(other, other) for other in mapping.paths),
            constants=tuple((item_paths.get(other, other), value) for other, value in mapping.constants),
            guessed=frozenset(item_paths.get(other, other) for other in mapping.guessed),
        )
    return mapping if found else replace(mapping, guessed=mapping.guessed | {path})


def _proven(orders: Sequence[Sequence[_Row]], *, is_item: bool) -> str:
    """What a weight is by the rows: `piece`, `parcel`, or "" if they do not prove it."""
    weights_by_product: dict[str, set[tuple[Decimal, Decimal]]] = defaultdict(set)
    for rows in orders:
        for row in rows:
            if row.product and row.weight is not None and row.quantity and (is_item or len(rows) == 1):
                weights_by_product[row.product].add((row.quantity, row.weight))
    several = [found for found in weights_by_product.values() if len({quantity for quantity, _ in found}) > 1]
    if several and all(len({weight for _, weight in found}) == 1 for found in several):
        return "piece"
    if is_item:
        return ""
    lines = [rows for rows in orders if len({row.product for row in rows}) > 1]
    if lines and all(rows[0].weight is not None and all(row.weight is None for row in rows[1:]) for rows in lines):
        return "parcel"
    repeated = [rows for rows in lines if len({row.weight for row in rows}) == 1 and rows[0].weight is not None]
    return "parcel" if len(repeated) == len(lines) >= 3 else ""


def _rows_by_order(mapping: ColumnMapping, table: Table, column: int) -> Iterator[list[_Row]]:
    decimal = table.layout.decimal
    keys = [index for index, path in enumerate(mapping.paths) if path in (ORDER_ID_PATH, NUMBER_PATH)]
    products = [
        index for index, path in enumerate(mapping.paths) if path in ((*EVERY_ITEM, "sku"), (*EVERY_ITEM, "name"))
    ]
    quantities = [index for index, path in enumerate(mapping.paths) if path == QUANTITY_PATH]
    orders: dict[tuple[str, ...], list[_Row]] = defaultdict(list)
    for row in islice(table.rows, SAMPLE_ROWS):
        key = tuple(_cell(row.cells, index) for index in keys) if keys else (str(row.number),)
        quantity = parse_number(_cell(row.cells, quantities[0]), decimal) if quantities else None
        orders[key].append(
            _Row(
                _number(_cell(row.cells, column), decimal),
                Decimal(quantity) if quantity is not None else None,
                "\n".join(_cell(row.cells, index) for index in products),
            )
        )
    yield from orders.values()


def _numbers(table: Table, column: int) -> list[Decimal]:
    """The numbers without a unit in a column."""
    found = (_number(_cell(row.cells, column), table.layout.decimal) for row in islice(table.rows, SAMPLE_ROWS))
    return [number for number in found if number is not None and number > 0]


def _is_american(mapping: ColumnMapping, table: Table) -> bool:
    path = (SHIP, "country_code")
    if path not in mapping.paths:
        return False
    column = mapping.paths.index(path)
    found = {normalized(_cell(row.cells, column)) for row in islice(table.rows, SAMPLE_ROWS)} - {""}
    return bool(found) and found <= _AMERICAN


def _number(text: str, decimal: str) -> Decimal | None:
    number = parse_number(text, decimal) if text[:1].isdigit() else None
    return Decimal(number) if number is not None else None


def _cell(cells: Sequence[str], index: int) -> str:
    return cells[index].strip() if index < len(cells) else ""


def _kilograms(order: ParsedOrder, pointer: Pointer) -> Decimal | None:
    weight, unit = computable((pointer / "value").get(order.document)), (pointer / "unit").get(order.document)
    return in_kilograms(weight, unit) if weight is not None and isinstance(unit, str) else None


def _pieces(order: ParsedOrder) -> int:
    quantities = [item.get("quantity") for item in _items(order)]
    return sum(quantity for quantity in quantities if isinstance(quantity, int))


def _items(order: ParsedOrder) -> list[dict[str, object]]:
    found = ITEMS.get(order.document)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []  # type: ignore[misc]
