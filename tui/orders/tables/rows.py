"""Converts the rows of a table to orders: combines the rows of an order and fills in missing values. Nothing is dropped."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, cast

from tui.api.codec import Json
from tui.api.models import Kind
from tui.api.pointer import ABSENT, ROOT, Pointer
from tui.orders.fields import Field, field_at, label_of
from tui.orders.names import normalized
from tui.orders.parsed import Derivation, GuessKind, How, ParsedFile, ParsedOrder, RefusedEntry, UnusedCell
from tui.orders.paths import ANY, EVERY_ITEM, ORDERED_AT, FieldPath, is_item_path
from tui.orders.patterns import late_pattern
from tui.orders.progress import OnProgress, Progress
from tui.orders.tables.address_headings import address_heading, name_parts
from tui.orders.tables.cells import MAX_CELL_LENGTH, CellValue, cell_text, from_cents, read_cell
from tui.orders.tables.context import ImportContext, error, item_rows, warning
from tui.orders.tables.currencies import check_currencies, first_currency
from tui.orders.tables.damage_guesses import hold_damaged
from tui.orders.tables.defaults import fill_defaults
from tui.orders.tables.heading_text import is_order_time, without_cents
from tui.orders.tables.headings import NUMBER_PATH, ORDER_ID_PATH, SHIP, is_amount, item_groups, prefix_of
from tui.orders.tables.layout import TableError, TableLayout
from tui.orders.tables.mapping import SHOP_PATH, ColumnMapping
from tui.orders.tables.steps.cents import find_cents
from tui.orders.tables.steps.decimals import check_decimals, decimal_readings
from tui.orders.tables.steps.doubtful_columns import check_doubtful
from tui.orders.tables.steps.order_times import join_order_time
from tui.orders.tables.steps.packed_items import split_packed_items
from tui.orders.tables.steps.prices import SUMMED_PATHS, check_prices, combine_line_amounts
from tui.orders.tables.steps.quantities import check_quantities, find_quantity_columns
from tui.orders.tables.steps.recipients import (
    check_recipients,
    check_second_address,
    complete_billing,
    complete_contacts,
    complete_country,
    conflict_problem,
    recipient_of,
)
from tui.orders.tables.steps.service_points import complete_service_point
from tui.orders.tables.steps.shipping_needs import check_order_date, check_shipping_needs
from tui.orders.tables.steps.statuses import check_statuses
from tui.orders.tables.steps.weights import check_weights
from tui.orders.tables.table import Table, TableRow, column_letters, trimmed
from tui.orders.tables.text.mojibake import check_letters, confirm_encoding, record_repairs, repaired
from tui.orders.tables.text.report_rows import is_footer, is_header, is_line, is_remark, is_title
from tui.orders.tables.text.summary_rows import ITEM_IDENTIFIERS, SummaryColumns, find_summary_rows
from tui.orders.tables.unused import check_unused
from tui.orders.tables.values.dates import date_order
from tui.orders.tables.values.decimal_signs import DecimalReading, is_ambiguous
from tui.orders.tables.values.null_markers import CANDIDATES, NULL_MARKERS, is_null_marker, is_zero_empty

_NUMBERS: Final = (Kind.NUMBER, Kind.MONEY_TEXT, Kind.INTEGER)
_PROGRESS_INTERVAL = 500
_MAX_CACHED_CELLS = 20_000


def to_orders(
    table: Table,
    mapping: ColumnMapping,
    *,
    now: datetime,
    shop: int | None = None,
    progress: OnProgress | None = None,
    max_orders: int | None = None,
    part: str = "",
    whole: Table | None = None,
) -> ParsedFile:
    """Convert a table to orders. Times without a zone are in the zone of `now`. `part`: added to the place of each.

    `whole`: the table of the file, if `table` has only some of its rows: dates and numbers are read as in the whole one.

    Raises TableError if the table has more than `max_orders` orders.
    """
    return _OrderBuilder(table, whole or table, mapping, now, shop, max_orders, part).build(progress)


def _layout_of(table: Table, column: int, field: Field, reading: DecimalReading | None) -> TableLayout:
    """The layout for one column. Unless the table has an order of day and month, the column's own cells decide it.

    `reading`: how its ambiguous numbers are read, if it has some.
    """
    if reading is not None:
        return replace(table.layout, decimal=reading.sign)
    if field.kind is not Kind.DATETIME or table.layout.dates:
        return table.layout
    return replace(table.layout, dates=date_order(row.cells[column] for row in table.rows if column < len(row.cells)))


def _refused(row: TableRow, reason: str) -> RefusedEntry:
    return RefusedEntry(f"row {row.number}", reason, row.number, tuple(row.cells))


def _rows_text(rows: Sequence[int]) -> str:
    """The rows of an order: `row 2`, `rows 2-4`, or `rows 2…7` where others are between them."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    return f"rows {rows[0]}{'-' if rows[-1] - rows[0] == len(rows) - 1 else '…'}{rows[-1]}"


@dataclass(slots=True)
class _Column:
    index: int
    name: str
    field: Field
    tokens: FieldPath
    """Relative to the item for an item's field, else to the order."""
    is_item_field: bool
    layout: TableLayout
    """The table's layout, with the order of day and month in this column."""
    separator: str
    """The text before its value if another column of the field has one."""
    is_overriding: bool
    """Whether its value replaces that of the other columns of the field."""
    item: int
    """The number of its item, in a file with several items per row, else 0."""
    reading: DecimalReading | None
    """How its ambiguous numbers are read, if it has some."""
    prefix: str
    """What its values need before them, because only the heading says what they are: `c/o`."""
    is_in_cents: bool
    """Whether its heading says that its amounts are in cents."""


@dataclass(slots=True)
class _PartialOrder:
    """An order whose rows are still being read."""

    result: ParsedOrder
    keys: tuple[str, ...]
    """Its order id and its number, if its first row has them."""
    shop: str
    """The shop of its first row. Two shops may each have an order with the same id."""
    items: list[Json] = field(default_factory=list)
    first_texts: dict[FieldPath, str] = field(default_factory=dict)
    """The cell texts of the order's own fields, as first seen."""
    item_rows_by_text: dict[tuple[str, ...], int] = field(default_factory=dict)
    """The texts of rows with an item, and the numbers of the rows."""
    amounts: dict[FieldPath, list[tuple[int, Json]]] = field(default_factory=dict)
    """The row and value of the amounts that some shops write per line."""
    currency_signs: dict[Pointer, tuple[str, str]] = field(default_factory=dict)
    """Currencies written beside amounts, with the texts of their cells."""
    emptied: dict[Pointer, str] = field(default_factory=dict)
    """The texts of cells that stand for no value."""


class _OrderBuilder:
    """Collects the rows of a table into orders."""

    def __init__(
        self,
        table: Table,
        whole: Table,
        mapping: ColumnMapping,
        now: datetime,
        shop: int | None,
        max_orders: int | None,
        part: str,
    ) -> None:
        self._table = table
        self._part = part
        self._max_orders = max_orders
        needs_shop = shop is not None and mapping.constant(SHOP_PATH) is None
        self._mapping = mapping.with_constant(SHOP_PATH, shop) if needs_shop else mapping
        self._now = now
        self._context = ImportContext(self._mapping, now, table.encoding_guess)
        self._time_columns = frozenset(
            index
            for index in mapping.columns_of(ORDERED_AT.tokens)
            if len(mapping.columns_of(ORDERED_AT.tokens)) > 1 and is_order_time(mapping.header[index])
        )
        """The columns with a time that a step joins to the order date."""
        known_fields = {
            index: known
            for index, path in enumerate(mapping.paths)
            if path is not None and index not in self._time_columns and (known := field_at(Pointer(path))) is not None
        }
        numbers = [index for index, known in known_fields.items() if known.kind in _NUMBERS]
        readings = decimal_readings(whole, numbers, mapping)
        groups = item_groups(mapping.header)
        self._columns = [
            _Column(
                index,
                name,
                known,
                (
                    path[len(EVERY_ITEM) :]
                    if is_item_path(path)
                    else tuple("0" if token == ANY else token for token in path)
                ),
                is_item_path(path),
                _layout_of(whole, index, known, readings.get(index)),
                mapping.separator(path),
                name in mapping.overriding,
                groups[index].number if index in groups else 0,
                readings.get(index),
                prefix_of(name, path),
                is_amount(path) and bool(without_cents(normalized(name))),
            )
            for index, (name, path) in enumerate(zip(mapping.header, mapping.paths, strict=True))
            if path is not None and (known := known_fields.get(index)) is not None
        ]
        positions = [part.value if part is not None else 0 for part in name_parts(mapping.header)]
        # Countries come first, because other address fields depend on them; the parts of a name come in their order.
        self._order_columns = sorted(
            (column for column in self._columns if not column.is_item_field),
            key=lambda column: (column.tokens[-1] != "country_code", column.is_overriding, positions[column.index]),
        )
        self._item_columns = sorted(
            (column for column in self._columns if column.is_item_field), key=lambda column: column.is_overriding
        )
        numbers_of_items = sorted({column.item for column in self._item_columns})
        self._columns_by_item = [
            [column for column in self._item_columns if column.item == item] for item in numbers_of_items
        ]
        self._unclear_columns = [column for column in self._columns if column.reading is not None]
        self._comma_columns = frozenset(
            column.index for column in self._columns if column.field.kind in _NUMBERS and column.layout.decimal == ","
        )
        """The columns of numbers with a decimal comma, which the numbers of a spreadsheet get too."""
        self._zero_is_empty = [
            column
            for column in self._columns
            if is_zero_empty(column.field, name := normalized(column.name)) or _is_number_addition(name)
        ]
        used = {column.index for column in self._columns}
        self._ignored_columns = [index for index in range(len(mapping.paths)) if index not in used]
        self._key_columns = [
            column.index for path in (ORDER_ID_PATH, NUMBER_PATH) for column in self._columns if column.tokens == path
        ]
        self._shop_columns = [column.index for column in self._columns if column.tokens == SHOP_PATH]
        self._recipient = recipient_of(mapping.paths)
        self._pointers: dict[tuple[int, FieldPath], Pointer] = {}
        self._cell_cache: dict[tuple[int, str, str], CellValue] = {}
        self._orders: list[_PartialOrder] = []
        self._by_key: dict[str, list[_PartialOrder]] = {}
        self._refused: list[RefusedEntry] = []
        self._not_data: list[RefusedEntry] = []
        for row in table.above:
            titles = self._not_data if is_title(row.cells, len(table.header)) else self._refused
            titles.append(_refused(row, "is above the header"))
        self._refused_keys: dict[str, list[tuple[str, int]]] = {}
        """By key, the shops and numbers of refused rows."""
        self._rows_by_order: dict[int, list[TableRow]] = {}
        self._normalized_header = [normalized(name) for name in table.named]
        self._is_repairing = GuessKind.ENCODING in self._mapping.accepted
        self._damaged_texts: dict[tuple[int, str], str] = {}
        """By row and column, the texts before their letters were repaired."""
        self._second_table = 0
        """The row of the header of a second table, if there is one."""
        self._summary_rows = find_summary_rows(table, self._columns_of_summary(), table.layout.decimal)

    def build(self, progress: OnProgress | None) -> ParsedFile:
        total = len(self._table.rows)
        for count, row in enumerate(self._table.rows, 1):
            if not self._second_table and self._begins_second_table(row):
                self._second_table = row.number
            self._add_row(row)
            if progress is not None and (count % _PROGRESS_INTERVAL == 0 or count == total):
                progress(Progress(count, total))
        complete = []
        for partial in self._orders:
            refused = [
                number
                for key in partial.keys
                for shop, number in self._refused_keys.get(key, ())
                if _may_belong(partial, shop)
            ]
            if refused:
                # An order without one of its rows would be sent incomplete.
                reason = f"row {refused[0]} of the same order was refused"
                self._refused += [_refused(row, reason) for row in self._rows_by_order[id(partial)]]
                continue
            if partial.items:
                _set_value(partial.result.document, EVERY_ITEM[:-1], partial.items)
            complete.append(partial)
        orders = [partial.result for partial in complete]
        for step in _FILE_STEPS:
            step(orders, self._context)
        for count, partial in enumerate(complete, 1):
            self._finish(partial)
            if progress is not None and (count % _PROGRESS_INTERVAL == 0 or count == len(complete)):
                progress(Progress(count, len(complete), "completed"))
        self._refused.sort(key=lambda refused: refused.row or 0)
        return ParsedFile(
            tuple(orders),
            tuple(self._refused),
            header=self._table.header,
            unmapped=self._mapping.unmapped,
            ignored=sum(cell.column not in self._time_columns for order in orders for cell in order.unused),
            guesses=tuple(self._context.guesses),
            not_data=tuple(sorted(self._not_data, key=lambda entry: entry.row or 0)),
        )

    def _add_row(self, row: TableRow) -> None:
        cells = trimmed(row.cells)
        texts = [cell_text(cell) for cell in cells]
        for index in row.numbers:
            if index in self._comma_columns:
                texts[index] = texts[index].replace(".", ",")
        if self._is_repairing:
            texts = self._repaired(row.number, texts)
        self._context.marked_as_text.update(
            (row.number, self._table.header[index])
            for index, cell in enumerate(cells)
            if cell.startswith("'=") and index < len(self._table.header)
        )
        emptied = self._empty_null_markers(texts)
        keys = tuple(f"{index}:{texts[index]}" for index in self._key_columns if index < len(texts) and texts[index])
        shop = next((texts[index] for index in self._shop_columns if index < len(texts)), "")
        if reason := self._refusal_reason(cells, texts):
            self._refused.append(_refused(row, reason))
            if keys and not self._second_table:
                self._refused_keys.setdefault(keys[0], []).append((shop, row.number))
            return
        if reason := self._reason_for_no_data(texts):
            self._not_data.append(_refused(row, reason))
            return
        width = len(texts)
        self._record_unclear_numbers(row, texts)
        partial = self._find_order(keys[0], shop) if keys else self._continued_order(texts)
        if partial is None:
            if len(self._orders) == self._max_orders:
                raise TableError(
                    f"It has over {self._max_orders:,} orders; row {row.number:,} begins the next part. "
                    "Split it there, each part with the header."
                )
            partial = _PartialOrder(ParsedOrder({}), keys, shop)
            self._orders.append(partial)
            for key in keys:
                self._by_key.setdefault(key, []).append(partial)
        result = partial.result
        result.rows.append(row.number)
        self._rows_by_order.setdefault(id(partial), []).append(row)
        self._add_order_values(partial, row.number, texts)
        if row.number in self._summary_rows:
            self._add_summary(partial, row.number, texts)
            has_item = False
        else:
            has_item = self._add_items(partial, row.number, texts)
        self._record_emptied(partial, emptied, has_item)
        if has_item:
            first_row = partial.item_rows_by_text.setdefault(tuple(texts), row.number)
            if first_row != row.number:
                pointer, title = self._pointer(len(partial.items) - 1, ()), f"row {row.number} = row {first_row}"
                detail = f"Row {row.number} is the same as row {first_row}: this item is sent twice."
                result.problems.append(warning(pointer, "same_row", detail, title))
        if width < len(self._table.header) and len(row.cells) < len(self._table.header) and width <= 1:
            result.problems.append(warning(ROOT, "short_row", f"Row {row.number} has only {width} cell."))
        result.unused += (
            UnusedCell(row.number, index, texts[index])
            for index in self._ignored_columns
            if index < width and texts[index]
        )

    def _record_unclear_numbers(self, row: TableRow, texts: Sequence[str]) -> None:
        for column in self._unclear_columns:
            if (
                column.index not in row.numbers
                and column.index < len(texts)
                and is_ambiguous(text := texts[column.index])
                and column.reading is not None
            ):
                self._context.unclear_numbers.setdefault(row.number, {})[column.name] = (column.reading, text)

    def _empty_null_markers(self, texts: list[str]) -> list[tuple[_Column | None, str]]:
        """Empty the cells that stand for no value. Returns their columns, None for ignored ones, and their texts."""
        emptied: list[tuple[_Column | None, str]] = []
        for column in self._zero_is_empty:
            if column.index < len(texts) and (text := texts[column.index]) and _is_nothing(text):
                emptied.append((column, text))
                texts[column.index] = ""
        if CANDIDATES.isdisjoint(texts):
            return emptied
        for column in self._columns:
            if column.index < len(texts) and is_null_marker(texts[column.index], column.field):
                emptied.append((column, texts[column.index]))
                texts[column.index] = ""
        for index in self._ignored_columns:
            if index < len(texts) and texts[index] in NULL_MARKERS:
                emptied.append((None, texts[index]))
                texts[index] = ""
        return emptied

    def _record_emptied(
        self, partial: _PartialOrder, emptied: list[tuple[_Column | None, str]], has_item: bool
    ) -> None:
        partial.result.used += len(emptied)
        for column, text in emptied:
            if column is not None and (has_item or not column.is_item_field):
                item = len(partial.items) - 1 if column.is_item_field else -1
                partial.emptied.setdefault(self._pointer(item, column.tokens), text)

    def _refusal_reason(self, cells: Sequence[str], texts: list[str]) -> str:
        header = self._table.header
        if max(map(len, cells), default=0) > MAX_CELL_LENGTH:
            index, cell = next((index, cell) for index, cell in enumerate(cells) if len(cell) > MAX_CELL_LENGTH)
            name = header[index] if index < len(header) else column_letters(index)
            return (
                f"has a cell of {len(cell):,} characters in {name}; at most {MAX_CELL_LENGTH:,} are read "
                "(is a quote not closed?)"
            )
        if len(cells) > len(header):
            return f"has {len(cells)} cells, but the header has {len(header)}"
        if self._second_table:
            return f"is in a second table, whose header is row {self._second_table}; save it as a file of its own"
        return ""

    def _reason_for_no_data(self, texts: list[str]) -> str:
        """Why a row is no order and can be ignored; empty if it may be one."""
        if self._table.layout.header and self._repeats_header(texts):
            return "repeats the header"
        if is_line(texts):
            return "is a line"
        if self._may_be_order(texts):
            return ""
        if self._is_sum_of_column(texts):
            return "is a total, a count or a note"
        is_remark_below = len(self._table.header) >= _MIN_COLUMNS and is_remark(texts)
        return "is a total, a count or a note" if is_remark_below or is_footer(texts) else ""

    def _is_sum_of_column(self, texts: list[str]) -> bool:
        """Whether a row has only numbers of items, and its quantity is the sum of those above."""
        filled = {index for index, text in enumerate(texts) if text}
        columns = {column.index: column for column in self._item_columns}
        quantity = next((column for column in self._item_columns if column.tokens == ("quantity",)), None)
        if quantity is None or quantity.index not in filled or not filled <= columns.keys() or not self._orders:
            return False
        if any(columns[index].tokens[0] in ITEM_IDENTIFIERS for index in filled):
            return False
        items = [item for partial in self._orders for item in partial.items if isinstance(item, dict)]
        counts = [count for item in items if isinstance(count := item.get("quantity"), int)]
        return len(counts) > 1 and self._read(quantity, texts[quantity.index]).value == sum(counts)

    def _begins_second_table(self, row: TableRow) -> bool:
        texts = trimmed(row.cells)
        return self._table.layout.header and is_header(texts) and not self._repeats_header(texts)

    def _repeats_header(self, texts: Sequence[str]) -> bool:
        return 1 < len(texts) <= len(self._normalized_header) and all(
            normalized(text) == name for text, name in zip(texts, self._normalized_header, strict=False)
        )

    def _may_be_order(self, texts: list[str]) -> bool:
        """Whether a row has a key, and an item or an address."""
        if not any(index < len(texts) and texts[index] for index in self._key_columns):
            return False
        filled = [column for column in self._columns if column.index < len(texts) and texts[column.index]]
        if any(column.is_item_field and column.tokens[0] in ITEM_IDENTIFIERS for column in filled):
            return True
        return len({column.tokens[1] for column in filled if not column.is_item_field and column.tokens[0] == SHIP}) > 1

    def _columns_of_summary(self) -> SummaryColumns:
        """The columns by which the summary row of an order is recognised."""
        quantity = next((column.index for column in self._item_columns if column.tokens == ("quantity",)), None)
        return SummaryColumns(
            tuple(self._key_columns),
            quantity,
            tuple(column.index for column in self._item_columns if column.tokens[0] in ITEM_IDENTIFIERS),
            tuple(column.index for column in self._order_columns if column.index not in self._key_columns),
        )

    def _repaired(self, row: int, texts: list[str]) -> list[str]:
        """The texts with their damaged letters repaired, if the user confirmed repairs."""
        if all(map(str.isascii, texts)):
            return texts
        better = [repaired(text) for text in texts]
        for name, before, after in zip(self._table.header, texts, better, strict=False):
            if before != after:
                self._damaged_texts[row, name] = before
        return better

    def _find_order(self, key: str, shop: str) -> _PartialOrder | None:
        return next((order for order in reversed(self._by_key.get(key, ())) if _may_belong(order, shop)), None)

    def _continued_order(self, texts: list[str]) -> _PartialOrder | None:
        """The order of the row above, for a row with only item fields: merged cells, or cells left empty as repeated."""
        if not self._key_columns or not self._orders:
            return None
        has_order_value = any(column.index < len(texts) and texts[column.index] for column in self._order_columns)
        has_item = any(column.index < len(texts) and texts[column.index] for column in self._item_columns)
        return self._orders[-1] if has_item and not has_order_value else None

    def _add_order_values(self, partial: _PartialOrder, row: int, texts: list[str]) -> None:
        result, width = partial.result, len(texts)
        joined: dict[FieldPath, tuple[str, _Column, int]] = {}
        for column in self._order_columns:
            if column.index < width and (text := texts[column.index]):
                if column.prefix and _lacks(text, column.prefix):
                    text = f"{column.prefix} {text}"
                    reason = f"with {column.prefix!r} for the heading {column.name}"
                    result.derived.setdefault(self._pointer(-1, column.tokens), Derivation(How.COMPUTED, reason))
                before, first, count = joined.get(column.tokens, ("", column, 0))
                joined[column.tokens] = (
                    (f"{before}{column.separator}{text}", first, count + 1)
                    if count and not column.is_overriding
                    else (text, column, count + 1)
                )
        for tokens, (text, column, count) in joined.items():
            first_text = partial.first_texts.get(tokens)
            pointer = self._pointer(-1, tokens)
            if tokens in SUMMED_PATHS:
                partial.amounts.setdefault(tokens, []).append((row, self._read(column, text).value))
            if first_text is None:
                partial.first_texts[tokens] = text
                result.used += count
                address = result.document.get(tokens[0])
                country = address.get("country_code") if isinstance(address, dict) else ""
                read = self._read(column, text, country if isinstance(country, str) else "")
                self._record_cell(partial, pointer, column, row, text, read)
                _set_value(result.document, tokens, read.value)
                if read.unit:
                    _set_value(result.document, (*tokens[:-1], "unit"), read.unit)
            else:
                result.repeated += count
                if first_text != text and tokens not in SUMMED_PATHS:
                    first_row = result.cells[pointer][0]
                    detail = f"Row {row} has {_excerpt(text)} here; {_excerpt(first_text)} of row {first_row} was used."
                    result.problems.append(conflict_problem(pointer, detail, first_text, text, self._recipient))

    def _add_summary(self, partial: _PartialOrder, row: int, texts: list[str]) -> None:
        """Add the values of a row that sums up the items of its order: its line total is the order's total."""
        total = ("payment_details", *_LINE_TOTAL)
        for column in self._item_columns:
            if column.index >= len(texts) or not (text := texts[column.index]):
                continue
            if column.tokens != _LINE_TOTAL or total in partial.first_texts:
                partial.result.repeated += 1
                continue
            partial.first_texts[total] = text
            partial.result.used += 1
            read, pointer = self._read(column, text), self._pointer(-1, total)
            self._record_cell(partial, pointer, column, row, text, read)
            _set_value(partial.result.document, total, read.value)

    def _add_items(self, partial: _PartialOrder, row: int, texts: list[str]) -> bool:
        """Add the row's items: one, unless the file has several items per row. Returns False if the row has none."""
        if not self._item_columns and any(is_item_path(path) for path, _ in self._mapping.constants):
            partial.items.append({})
            return False
        is_one = len(self._columns_by_item) == 1
        count = len(partial.items)
        for columns in self._columns_by_item:
            if is_one or any(not _is_nothing(texts[one.index]) for one in columns if one.index < len(texts)):
                self._add_item(partial, row, texts, columns)
        return len(partial.items) > count

    def _add_item(self, partial: _PartialOrder, row: int, texts: list[str], columns: Sequence[_Column]) -> None:
        """Add the item of these columns, if they have one."""
        width, item, index = len(texts), cast(dict[str, Json], {}), len(partial.items)
        seen: dict[FieldPath, str] = {}
        for column in columns:
            if column.index >= width or not (text := texts[column.index]):
                continue
            if column.tokens in seen and not column.is_overriding:
                text = f"{seen[column.tokens]}{column.separator}{text}"
            seen[column.tokens] = text
            partial.result.used += 1
            read = self._read(column, text)
            self._record_cell(partial, self._pointer(index, column.tokens), column, row, text, read)
            _set_value(item, column.tokens, read.value)
            if read.unit:
                _set_value(item, (*column.tokens[:-1], "unit"), read.unit)
        if item:
            partial.items.append(item)

    def _read(self, column: _Column, text: str, country: str = "") -> CellValue:
        """Read a cell. Cached, because most columns repeat their values."""
        key = (column.index, text, country)
        read = self._cell_cache.get(key)
        if read is None:
            if len(self._cell_cache) >= _MAX_CACHED_CELLS:
                self._cell_cache.clear()
            read = read_cell(column.field, text, column.layout, self._now, country)
            if column.is_in_cents:
                read = from_cents(read, text, "kr" if "ore" in normalized(column.name).split(" ") else "")
            self._cell_cache[key] = read
        return read

    def _record_cell(
        self, partial: _PartialOrder, pointer: Pointer, column: _Column, row: int, text: str, read: CellValue
    ) -> None:
        partial.result.cells.setdefault(pointer, (row, column.name))
        if read.currency:
            partial.currency_signs[pointer] = (read.currency, text)
        if read.reason:
            detail = f"{_excerpt(text)} cannot be read: {read.reason}."
            partial.result.problems.append(error(pointer, "unread", detail, f"{label_of(pointer)}?"))
        elif read.value != text and not (isinstance(read.value, int | Decimal) and str(read.value) == text):
            partial.result.converted += 1
            if column.is_in_cents:
                partial.result.derived.setdefault(pointer, Derivation(How.COMPUTED, f"{_excerpt(text)} cents"))

    def _finish(self, partial: _PartialOrder) -> None:
        result = partial.result
        result.place = f"{_rows_text(result.rows)}{self._part}"
        for pointer, text in partial.emptied.items():
            if pointer.get(result.document) in (ABSENT, None):
                result.derived[pointer] = Derivation(How.EMPTIED, f"{text!r} in the file stands for no value")
            elif pointer.name in ("house_number", "address_line_2"):
                words = f"{text!r} of another column, which stands for no value"
                result.derived.setdefault(pointer, Derivation(How.EMPTIED, words))
        first_sign = first_currency(result, partial.currency_signs)
        if len(result.rows) > 1:
            combine_line_amounts(result, self._context, partial.amounts)
        fill_defaults(result.document, result.derived, self._mapping, self._now, first_sign)
        for step in _STEPS:
            step(result, self._context)
        record_repairs(result, self._damaged_texts, self._context)
        self._record_blank_cells(partial)
        if partial.currency_signs:
            check_currencies(result, self._context, partial.currency_signs)

    def _record_blank_cells(self, partial: _PartialOrder) -> None:
        """Record the empty cells of mapped columns, so that a problem of a missing value can point to its cell."""
        result = partial.result
        rows_of_items = item_rows(result)
        for column in self._columns:
            if column.field.rare:
                continue
            for item, row in rows_of_items.items() if column.is_item_field else ((-1, result.rows[0]),):
                pointer = self._pointer(item, column.tokens)
                if pointer in result.cells or pointer.get(result.document) not in (ABSENT, None):
                    continue
                if pointer.name == "value" or isinstance(pointer.parent.get(result.document), dict):
                    result.cells[pointer] = (row, column.name)

    def _pointer(self, item: int, tokens: FieldPath) -> Pointer:
        found = self._pointers.get((item, tokens))
        if found is None:
            head = () if item < 0 else (*EVERY_ITEM[:-1], str(item))
            found = self._pointers[item, tokens] = Pointer((*head, *tokens))
        return found


_FILE_STEPS: Final[tuple[Callable[[Sequence[ParsedOrder], ImportContext], None], ...]] = (
    split_packed_items,
    find_quantity_columns,
    find_cents,
)
"""The steps that see all orders of a file, before missing values are filled in."""

_STEPS: Final[tuple[Callable[[ParsedOrder, ImportContext], None], ...]] = (
    complete_contacts,
    complete_billing,
    complete_country,
    complete_service_point,
    check_recipients,
    check_second_address,
    check_statuses,
    check_shipping_needs,
    join_order_time,
    check_order_date,
    check_weights,
    check_prices,
    check_quantities,
    check_doubtful,
    check_decimals,
    check_unused,
    hold_damaged,
    confirm_encoding,
    check_letters,
)
"""The steps that complete an order after its missing values were filled in, in this order."""

_PERSON: Final = late_pattern(
    r"(c/o|c\.o\.|care of|att|attn|attention|z\. ?hd|zhd|zu h\w+|t\.a\.v|tav|fao|bei|chez|presso)\b", re.IGNORECASE
)
"""Words before the name of a person at an address."""
_FLAT: Final = late_pattern(r"[0-9]{1,4}\w?|[A-Za-z]\d{0,3}")
_MIN_COLUMNS: Final = 4
"""Columns of a table in which a row of one sentence is no order."""
_LINE_TOTAL: Final = ("total_price", "value")


def _is_nothing(text: str) -> bool:
    """Whether a cell is empty or zero, as those of an item that an order does not have."""
    return not text.strip("0.,")


def _is_number_addition(name: str) -> bool:
    heading = address_heading(name)
    return heading is not None and heading.is_addition and heading.member == "house_number"


def _lacks(text: str, prefix: str) -> bool:
    """Whether a text needs this prefix: it is a number or a code, or a name after `c/o` and `Att.`"""
    words = normalized(text)
    if words.startswith(normalized(prefix)):
        return False
    return _PERSON.match(text) is None if prefix in ("c/o", "Att.") else _FLAT.fullmatch(text) is not None


def _may_belong(partial: _PartialOrder, shop: str) -> bool:
    """Whether a row with the key of an order and this shop may belong to it."""
    return not shop or partial.shop in ("", shop)


def _set_value(document: dict[str, Json], tokens: FieldPath, value: Json) -> None:
    """Set a value in place. A `0` in the path is the only item of a list."""
    node: Any = document
    if len(tokens) == 1:
        node[tokens[0]] = value
        return
    for token, following in pairwise(tokens):
        if isinstance(node, list):
            node = node[0]
            continue
        new_node: Json = [{}] if following == "0" else {}
        node = node.setdefault(token, new_node)
    if isinstance(node, list):
        node = node[0]
    node[tokens[-1]] = value


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")
