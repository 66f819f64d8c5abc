"""What the prices of a table mean: of a piece, of a line or of the order, by the heading or by arithmetic over the rows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import islice, product
from typing import Any, Final

from tui.api.codec import Json
from tui.api.pointer import Pointer
from tui.orders.checks.customs_territories import needs_customs
from tui.orders.money import amount_at, as_json_number, value_at
from tui.orders.names import normalized
from tui.orders.numbers import computable_text, countable
from tui.orders.parsed import Derivation, GuessKind, How, ParsedOrder
from tui.orders.paths import EVERY_ITEM, ITEMS, SHIP_TO, TOTAL, FieldPath
from tui.orders.patterns import late_pattern
from tui.orders.tables.context import ImportContext, set_value, warning
from tui.orders.tables.heading_text import without_cents
from tui.orders.tables.headings import NUMBER_PATH, ORDER_ID_PATH, item_groups
from tui.orders.tables.mapping import QUANTITY_PATH, ColumnMapping
from tui.orders.tables.table import SAMPLE_ROWS, Table
from tui.orders.tables.values.amounts import parse_money, parse_number

UNIT_PRICE_PATH: Final[FieldPath] = (*EVERY_ITEM, "unit_price", "value")
LINE_TOTAL_PATH: Final[FieldPath] = (*EVERY_ITEM, "total_price", "value")
ORDER_TOTAL_PATH: Final[FieldPath] = (*TOTAL.tokens, "value")
_EXTRA_PATHS: Final[dict[FieldPath, int]] = {
    ("payment_details", "estimated_shipping_price", "value"): 1,
    ("payment_details", "estimated_tax_price", "value"): 1,
    ("payment_details", "discount_granted", "value"): -1,
}
"""Amounts that an order total may include in addition to the lines, and their signs."""
SUMMED_PATHS: Final = frozenset(_EXTRA_PATHS)
"""The amounts of an order that some shops write per line."""

_BARE_PRICE: Final = late_pattern(
    r"(price|preis|prijs|prix|precio|prezzo|cena|pris|preco|item price|item cost|cost|value|product price)"
    r"( (incl|excl|brutto|netto|eur|usd|gbp|in eur)\b.*)?"
)
"""Names of columns that usually have the price of a piece, but may have that of a line."""
_BARE_TOTAL: Final = late_pattern(
    r"(total|total price|total amount|price total|gesamt|gesamtpreis|gesamtbetrag|summe|betrag|amount|totaal|totaalprijs|totaalbedrag"
    r"|bedrag|prix total|montant|montant total|total ttc|importe|importe total|precio total|importo|prezzo totale|totale|kwota"
    r"|wartosc|razem|suma|belopp|totalt|totalpris|summa|belob|i alt|valor|valor total|preco total|item total)"
)
"""Names of columns that may have the total of a line or of the order."""
_PER_LINE: Final = late_pattern(r"\b(item|line|lineitem|per item|artikel\w*|positions\w*|regel|ligne|linea|riga)\b")
_CENT: Final = Decimal("0.011")


@dataclass(slots=True)
class _Line:
    """The amounts of a row."""

    quantity: Decimal
    amounts: dict[FieldPath, Decimal] = field(default_factory=dict)


def refine_prices(mapping: ColumnMapping, table: Table) -> ColumnMapping:
    """Determine the meaning of price columns by arithmetic over the rows. What is not proven is marked as a guess."""
    if not {UNIT_PRICE_PATH, LINE_TOTAL_PATH, ORDER_TOTAL_PATH} & set(mapping.paths):
        return mapping
    orders = list(_lines_by_order(mapping, table))
    return _refine_price(_refine_total(mapping, orders), orders)


def _refine_total(mapping: ColumnMapping, orders: Sequence[Sequence[_Line]]) -> ColumnMapping:
    """Determine whether a column such as `Total price` has the totals of the lines or of the orders."""
    for path, other in ((LINE_TOTAL_PATH, ORDER_TOTAL_PATH), (ORDER_TOTAL_PATH, LINE_TOTAL_PATH)):
        if path not in mapping.paths or other in mapping.paths:
            continue
        column = mapping.paths.index(path)
        if mapping.paths.count(path) > 1 or not _BARE_TOTAL.fullmatch(_amount_name(normalized(mapping.header[column]))):
            continue
        is_line, is_order = _fits_line(orders, path), _fits_order(orders, path, UNIT_PRICE_PATH, is_unit=True)
        differs = any(len({line.amounts.get(path) for line in lines} - {None}) > 1 for lines in orders)
        if path == LINE_TOTAL_PATH and not is_line and is_order:
            return mapping.moved(column, other)
        if path == ORDER_TOTAL_PATH and differs and is_line:
            return mapping.moved(column, other)
        if not is_line and not is_order and (differs or path == LINE_TOTAL_PATH):
            return replace(mapping, guessed=mapping.guessed | {path})
    return mapping


def _refine_price(mapping: ColumnMapping, orders: Sequence[Sequence[_Line]]) -> ColumnMapping:
    """Determine whether a column such as `Price` has the prices of pieces or of lines."""
    if UNIT_PRICE_PATH not in mapping.paths or not any(line.quantity > 1 for lines in orders for line in lines):
        return mapping
    column = mapping.paths.index(UNIT_PRICE_PATH)
    group = item_groups(mapping.header).get(column)
    if not _BARE_PRICE.fullmatch(_amount_name(group.name if group is not None else normalized(mapping.header[column]))):
        return mapping
    if group is not None:
        return replace(mapping, guessed=mapping.guessed | {UNIT_PRICE_PATH})
    several = [lines for lines in orders if any(line.quantity > 1 for line in lines)]
    if LINE_TOTAL_PATH in mapping.paths and ORDER_TOTAL_PATH not in mapping.paths:
        if _fits_line(several, LINE_TOTAL_PATH):
            return mapping
        lines_of = [
            line for lines in several for line in lines if {UNIT_PRICE_PATH, LINE_TOTAL_PATH} <= set(line.amounts)
        ]
        if lines_of and all(line.amounts[UNIT_PRICE_PATH] == line.amounts[LINE_TOTAL_PATH] for line in lines_of):
            paths = (*mapping.paths[:column], None, *mapping.paths[column + 1 :])
            return replace(mapping, paths=paths)
    elif ORDER_TOTAL_PATH in mapping.paths:
        if _fits_order(several, ORDER_TOTAL_PATH, UNIT_PRICE_PATH, is_unit=True):
            return mapping
        if LINE_TOTAL_PATH not in mapping.paths and _fits_order(
            several, ORDER_TOTAL_PATH, UNIT_PRICE_PATH, is_unit=False
        ):
            return mapping.moved(column, LINE_TOTAL_PATH)
    return replace(mapping, guessed=mapping.guessed | {UNIT_PRICE_PATH})


def _amount_name(name: str) -> str:
    return without_cents(name) or name


def _fits_line(orders: Sequence[Sequence[_Line]], path: FieldPath) -> bool:
    """Whether an amount is unit price × quantity in every row that has both. False if no row has."""
    lines = [line for found in orders for line in found if {path, UNIT_PRICE_PATH} <= set(line.amounts)]
    return bool(lines) and all(
        abs(line.amounts[UNIT_PRICE_PATH] * line.quantity - line.amounts[path])
        <= _CENT * max(line.quantity, Decimal(1))
        for line in lines
    )


def _fits_order(orders: Sequence[Sequence[_Line]], total_path: FieldPath, path: FieldPath, *, is_unit: bool) -> bool:
    """Whether an amount is the sum of the lines and extras in every order. `is_unit`: the price is of a piece."""
    is_found = False
    for lines in orders:
        totals = {line.amounts[total_path] for line in lines if total_path in line.amounts}
        if not totals or any(path not in line.amounts for line in lines):
            continue
        if len(totals) > 1:
            return False
        is_found = True
        of_lines = sum((line.amounts[path] * (line.quantity if is_unit else 1) for line in lines), Decimal(0))
        tolerance = _CENT * (1 + sum((line.quantity for line in lines), Decimal(0)))
        choices = [_choices(lines, extra, sign) for extra, sign in _EXTRA_PATHS.items()]
        if not any(abs(of_lines + sum(extras) - min(totals)) <= tolerance for extras in product(*choices)):
            return False
    return is_found


def _choices(lines: Sequence[_Line], path: FieldPath, sign: int) -> list[Decimal]:
    """What an extra may add to a total: nothing, the first row's amount, or the sum of the rows."""
    amounts = [abs(line.amounts[path]) for line in lines if path in line.amounts]
    return (
        [Decimal(0), *dict.fromkeys((amounts[0] * sign, sum(amounts, Decimal(0)) * sign))] if amounts else [Decimal(0)]
    )


def _lines_by_order(mapping: ColumnMapping, table: Table) -> Iterator[list[_Line]]:
    decimal = table.layout.decimal
    keys = [index for index, path in enumerate(mapping.paths) if path in (ORDER_ID_PATH, NUMBER_PATH)]
    wanted = {UNIT_PRICE_PATH, LINE_TOTAL_PATH, ORDER_TOTAL_PATH, *_EXTRA_PATHS}
    columns = [(index, path) for index, path in enumerate(mapping.paths) if path in wanted and path is not None]
    in_cents = {index for index, _ in columns if without_cents(normalized(mapping.header[index]))}
    quantities = [index for index, path in enumerate(mapping.paths) if path == QUANTITY_PATH]
    orders: dict[tuple[str, ...], list[_Line]] = defaultdict(list)
    for row in islice(table.rows, SAMPLE_ROWS):
        cells = row.cells
        key = tuple(_cell(cells, index) for index in keys) if keys else (str(row.number),)
        quantity = parse_number(_cell(cells, quantities[0]), decimal) if quantities else None
        line = _Line(Decimal(quantity) if quantity is not None else Decimal(1))
        for index, path in columns:
            amount = parse_money(text, decimal) if (text := _cell(cells, index)) else None
            if amount is not None:
                line.amounts[path] = Decimal(amount.number) / (100 if index in in_cents else 1)
        orders[key].append(line)
    yield from orders.values()


def _cell(cells: Sequence[str], index: int) -> str:
    return cells[index].strip() if index < len(cells) else ""


def combine_line_amounts(
    order: ParsedOrder, context: ImportContext, amounts: Mapping[FieldPath, Sequence[tuple[int, Json]]]
) -> None:
    """Combine the shipping costs, taxes and discounts of an order's rows. `amounts`: the row and value of each."""
    for path, found in amounts.items():
        values = [amount for _, value in found if (amount := _as_amount(value)) is not None]
        pointer = Pointer(path)
        if len(found) < 2 or pointer not in order.cells:
            continue
        column = order.cells[pointer][1]
        if len(values) < len(found):
            detail = f"{column} is not a number in each row. The value of row {found[0][0]} was used."
            order.problems.append(warning(pointer, "conflict", detail))
            continue
        total = sum(values, Decimal(0))
        is_per_line = _PER_LINE.search(normalized(column)) or "quantity purchased" in map(
            normalized, context.mapping.header
        )
        if len(set(values)) == 1 and not is_per_line and not _makes_total(order, total, values[0]):
            continue
        if len(set(values)) > 1 and _makes_total(order, values[0], total):
            row = next(row for row, value in found if value != found[0][1])
            detail = f"Row {row} has another amount in {column}; that of row {found[0][0]} was used, which makes the order total."
            order.problems.append(warning(pointer, "conflict", detail))
        elif total != values[0]:
            is_text = isinstance(found[0][1], str)
            summed: Json = str(total) if is_text else as_json_number(total)
            set_value(order, pointer, summed, How.COMPUTED, f"sum of {column} in {len(found)} rows")


def _as_amount(value: Json) -> Decimal | None:
    """An amount as it was read: a number, or text in a field of the type text. None if it could not be read."""
    return computable_text(value)


def _makes_total(order: ParsedOrder, amount: Decimal, other: Decimal) -> bool:
    """Whether the order total is the sum of the lines and `amount`, but not of the lines and `other`."""
    total = amount_at(order.document.get("payment_details"), "total_price")
    lines = [_line_total(item) for item in _items(order)]
    known = [line for line in lines if line is not None]
    if total is None or len(known) != len(lines):
        return False
    return abs(sum(known, amount) - total) <= _CENT < abs(sum(known, other) - total)


def _line_total(item: Any) -> Decimal | None:
    total, unit = amount_at(item, "total_price"), amount_at(item, "unit_price")
    quantity = countable(value_at(item, ("quantity",)))
    if total is None and unit is not None and quantity is not None:
        return unit * quantity
    return total


def check_prices(order: ParsedOrder, context: ImportContext) -> None:
    """Say how a price is read that may be of a piece or a line: held where customs need its value, else as an info."""
    items = _items(order)
    for index, item in enumerate(items):
        unit, line, quantity = (
            amount_at(item, "unit_price"),
            amount_at(item, "total_price"),
            countable(item.get("quantity")),
        )
        if quantity is None:
            continue
        unit_pointer, line_pointer = (ITEMS / index / name / "value" for name in ("unit_price", "total_price"))
        if quantity > 1 and UNIT_PRICE_PATH in context.mapping.guessed and unit_pointer in order.cells:
            _say(order, context, unit_pointer, "the price of one piece")
        if LINE_TOTAL_PATH in context.mapping.guessed and line_pointer in order.cells:
            _say(order, context, line_pointer, "the total of a line")
        if unit is None or line is None or not {unit_pointer, line_pointer} <= set(order.cells):
            continue
        if abs(unit * quantity - line) > _CENT * max(quantity, 1):
            detail = f"{quantity} × {unit} is {unit * quantity}, but the total of the line is {line}."
            order.problems.append(warning(line_pointer, "line_total", detail, "line total differs"))
    if ORDER_TOTAL_PATH in context.mapping.guessed and TOTAL / "value" in order.cells:
        _say(order, context, TOTAL / "value", "the order total")


def _say(order: ParsedOrder, context: ImportContext, pointer: Pointer, reading: str) -> None:
    column = order.cells[pointer][1]
    text = f"{column} is read as {reading}."
    if _needs_customs(order):
        context.guess(order, pointer, GuessKind.PRICE, text, subject=column, title="price of what?")
    else:
        before = order.derived.get(pointer)
        order.derived[pointer] = Derivation(How.ASSUMED, f"{before.text}; {text}" if before is not None else text)


def _needs_customs(order: ParsedOrder) -> bool:
    country, postcode = (SHIP_TO / "country_code").get(order.document), (SHIP_TO / "postal_code").get(order.document)
    known = country if isinstance(country, str) and len(country) == 2 else ""
    return bool(known) and needs_customs(known.upper(), postcode if isinstance(postcode, str) else "")


def _items(order: ParsedOrder) -> list[dict[str, Any]]:
    found = ITEMS.get(order.document)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
