"""Converts the rows of a table to orders: combines the rows of an order and fills in missing values. Nothing is dropped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, cast

from tui.api.codec import Json
from tui.api.errors import Problem, ReportedBy, Severity
from tui.api.pointer import ABSENT, ROOT, Pointer
from tui.orders.fields import Field, field_at, label_of
from tui.orders.parsed import ParsedFile, ParsedOrder, RefusedEntry
from tui.orders.paths import ANY, EVERY_ITEM, FieldPath
from tui.orders.progress import OnProgress, Progress
from tui.orders.tables.cells import MAX_CELL_LENGTH, CellValue, cell_text, read_cell
from tui.orders.tables.defaults import fill_defaults
from tui.orders.tables.headings import NUMBER_PATH, ORDER_ID_PATH, is_known, normalized
from tui.orders.tables.layout import TableError, TableLayout, read_rows
from tui.orders.tables.mapping import SHOP_PATH, ColumnMapping

MAX_ROWS: Final = 50_000
"""Rows of one table."""
MAX_COLUMNS: Final = 500
_PROGRESS_INTERVAL = 500
_MAX_CACHED_CELLS = 20_000


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of cell texts. `number`: its row number in a spreadsheet, from 1."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """The table of a file: unique column names and the rows below the header."""

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    layout: TableLayout
    above: tuple[TableRow, ...] = ()
    """Rows above the header, such as titles."""
    named: tuple[str, ...] = ()
    """The header as written, with duplicate and empty names."""


def parse_table(text: str, layout: TableLayout, progress: OnProgress | None = None) -> Table:
    """Parse a table. Raises TableError if it has no rows, or too many."""
    rows: list[TableRow] = []
    guess = max(text.count("\n"), 1) if progress is not None else 0
    for number, cells in read_rows(text, layout):
        rows.append(TableRow(number, cells))
        if len(rows) > MAX_ROWS + 1:
            raise TableError(_too_many(text.count("\n")))
        if progress is not None and number % _PROGRESS_INTERVAL == 0:
            progress(Progress(number, guess))
    return with_header(rows, layout)


def with_header(rows: Sequence[TableRow], layout: TableLayout) -> Table:
    """Split rows into header and body. Raises TableError if nothing is left."""
    if not rows:
        raise TableError("It is empty.")
    if len(rows) > MAX_ROWS + 1:
        raise TableError(_too_many(len(rows)))
    index = _header_index(rows) if layout.header else 0
    above, rows = rows[:index], rows[index:]
    width = max(len(_trimmed(row.cells)) for row in (rows if not layout.header else rows[:1]))
    if layout.header:
        # A column without a name counts if a row has a cell in it.
        width = max(width, min(len(rows[0].cells), max(len(_trimmed(row.cells)) for row in rows)))
    if width > MAX_COLUMNS:
        raise TableError(f"It has {width} columns; at most {MAX_COLUMNS} are read. Is the delimiter right?")
    if not layout.header:
        return Table(tuple(f"column {column_letters(index)}" for index in range(width)), tuple(rows), layout)
    if len(rows) == 1:
        raise TableError("It has a header and no rows below it.")
    names = [cell_text(cell)[:200] for cell in rows[0].cells[:width]]
    return Table(_unique_names(names), tuple(rows[1:]), layout, tuple(above), tuple(names))


def _header_index(rows: Sequence[TableRow]) -> int:
    """The index of the header: below titles of one cell, if the row after them has known names."""
    for index, row in enumerate(rows[:10]):
        names = [cell for cell in row.cells if cell.strip()]
        if len(names) > 1:
            return index if index == 0 or any(is_known(name[:200]) for name in names) else 0
    return 0


def column_letters(column: int) -> str:
    """The letters of a column index in a spreadsheet: A, B, … Z, AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def to_orders(
    table: Table,
    mapping: ColumnMapping,
    *,
    now: datetime,
    shop: int | None = None,
    progress: OnProgress | None = None,
    max_orders: int | None = None,
    part: str = "",
) -> ParsedFile:
    """Convert a table to orders. Times without a zone are in the zone of `now`. `part`: added to the place of each.

    Raises TableError if the table has more than `max_orders` orders.
    """
    return _OrderBuilder(table, mapping, now, shop, max_orders, part).build(progress)


def _refused(row: TableRow, reason: str) -> RefusedEntry:
    return RefusedEntry(f"row {row.number}", reason, row.number, tuple(row.cells))


def _rows_text(rows: Sequence[int]) -> str:
    """The rows of an order: `row 2`, `rows 2-4`, or `rows 2…7` where others are between them."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    return f"rows {rows[0]}{'-' if rows[-1] - rows[0] == len(rows) - 1 else '…'}{rows[-1]}"


def _too_many(count: int) -> str:
    return f"It has about {count:,} rows; at most {MAX_ROWS:,} are imported at once. Split it into parts, each with the header."


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    length = len(cells)
    while length and not cells[length - 1].strip():
        length -= 1
    return cells[:length]


def _unique_names(names: list[str]) -> tuple[str, ...]:
    """Make column names unique: empty ones get their letter, a second `Name` becomes `Name (2)`."""
    found: list[str] = []
    seen: set[str] = set()
    for index, name in enumerate(names):
        base = own = name or f"column {column_letters(index)}"
        times = 1
        while own in seen:
            times += 1
            own = f"{base} ({times})"
        seen.add(own)
        found.append(own)
    return tuple(found)


@dataclass(slots=True)
class _Column:
    index: int
    name: str
    field: Field
    tokens: FieldPath
    """Relative to the item for an item's field, else to the order."""
    is_item_field: bool


@dataclass(slots=True)
class _PartialOrder:
    """An order whose rows are still being read."""

    result: ParsedOrder
    keys: tuple[str, ...]
    """Its order id and its number, if its first row has them."""
    shop: str
    """The shop of its first row. Two shops may each have an order of the same id."""
    items: list[Json] = field(default_factory=list)
    first_texts: dict[FieldPath, str] = field(default_factory=dict)
    """The cell texts of the order's own fields, as first seen."""
    item_rows_by_text: dict[tuple[str, ...], int] = field(default_factory=dict)
    """The texts of rows with an item, and the numbers of the rows."""
    item_rows: list[int] = field(default_factory=list)
    currency_signs: dict[Pointer, tuple[str, str]] = field(default_factory=dict)
    """Currencies written beside amounts, with the texts of their cells."""


class _OrderBuilder:
    """Collects the rows of a table into orders."""

    def __init__(
        self,
        table: Table,
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
        self._columns = [
            _Column(
                index,
                name,
                known,
                (
                    path[len(EVERY_ITEM) :]
                    if path[: len(EVERY_ITEM)] == EVERY_ITEM
                    else tuple("0" if token == ANY else token for token in path)
                ),
                path[: len(EVERY_ITEM)] == EVERY_ITEM,
            )
            for index, (name, path) in enumerate(zip(mapping.header, mapping.paths, strict=True))
            if path is not None and (known := field_at(Pointer(path))) is not None
        ]
        # Countries come first, because other address fields depend on them.
        self._order_columns = sorted(
            (column for column in self._columns if not column.is_item_field),
            key=lambda column: column.tokens[-1] != "country_code",
        )
        self._item_columns = [column for column in self._columns if column.is_item_field]
        used = {column.index for column in self._columns}
        self._ignored_columns = [index for index in range(len(mapping.paths)) if index not in used]
        self._key_columns = [
            column.index for path in (ORDER_ID_PATH, NUMBER_PATH) for column in self._columns if column.tokens == path
        ]
        self._shop_columns = [column.index for column in self._columns if column.tokens == SHOP_PATH]
        self._pointers: dict[tuple[int, FieldPath], Pointer] = {}
        self._cell_cache: dict[tuple[int, str, str], CellValue] = {}
        self._orders: list[_PartialOrder] = []
        self._by_key: dict[str, list[_PartialOrder]] = {}
        self._refused = [_refused(row, "is above the header") for row in table.above]
        self._refused_keys: dict[str, list[tuple[str, int]]] = {}
        """By key, the shops and numbers of refused rows."""
        self._rows_by_order: dict[int, list[TableRow]] = {}
        self._normalized_header = [normalized(name) for name in table.named]

    def build(self, progress: OnProgress | None) -> ParsedFile:
        total = len(self._table.rows)
        for count, row in enumerate(self._table.rows, 1):
            self._add_row(row)
            if progress is not None and (count % _PROGRESS_INTERVAL == 0 or count == total):
                progress(Progress(count, total))
        orders = []
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
            self._finish(partial)
            orders.append(partial.result)
        self._refused.sort(key=lambda refused: refused.row or 0)
        return ParsedFile(
            tuple(orders),
            tuple(self._refused),
            header=self._table.header,
            unmapped=self._mapping.unmapped,
            ignored=sum(order.ignored for order in orders),
        )

    def _add_row(self, row: TableRow) -> None:
        cells = _trimmed(row.cells)
        texts = [cell_text(cell) for cell in cells]
        keys = tuple(f"{index}:{texts[index]}" for index in self._key_columns if index < len(texts) and texts[index])
        shop = next((texts[index] for index in self._shop_columns if index < len(texts)), "")
        if reason := self._refusal_reason(cells, texts):
            self._refused.append(_refused(row, reason))
            if keys and reason != _REPEATED_HEADER:
                self._refused_keys.setdefault(keys[0], []).append((shop, row.number))
            return
        width = len(texts)
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
        if self._add_item(partial, row.number, texts):
            first_row = partial.item_rows_by_text.setdefault(tuple(texts), row.number)
            if first_row != row.number:
                pointer, title = self._pointer(len(partial.items) - 1, ()), f"row {row.number} = row {first_row}"
                detail = f"Row {row.number} is the same as row {first_row}: this item is sent twice."
                result.problems.append(_warning(pointer, "same_row", detail, title))
        if width < len(self._table.header) and len(row.cells) < len(self._table.header) and width <= 1:
            result.problems.append(_warning(ROOT, "short_row", f"Row {row.number} has only {width} cell."))
        result.ignored += sum(1 for index in self._ignored_columns if index < width and texts[index])

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
        if (
            self._table.layout.header
            and 1 < len(texts) <= len(self._normalized_header)
            and all(normalized(text) == name for text, name in zip(texts, self._normalized_header, strict=False))
        ):
            return _REPEATED_HEADER
        return ""

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
                before = joined.get(column.tokens)
                joined[column.tokens] = (
                    (text, column, 1) if before is None else (f"{before[0]} {text}", before[1], before[2] + 1)
                )
        for tokens, (text, column, count) in joined.items():
            first_text = partial.first_texts.get(tokens)
            pointer = self._pointer(-1, tokens)
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
                if first_text != text:
                    first_row = result.cells[pointer][0]
                    detail = f"Row {row} has {_excerpt(text)} here; {_excerpt(first_text)} of row {first_row} was used."
                    result.problems.append(_warning(pointer, "conflict", detail))

    def _add_item(self, partial: _PartialOrder, row: int, texts: list[str]) -> bool:
        """Add the row's item. Returns False if the row has none."""
        width, item, index = len(texts), cast(dict[str, Json], {}), len(partial.items)
        seen: dict[FieldPath, str] = {}
        for column in self._item_columns:
            if column.index >= width or not (text := texts[column.index]):
                continue
            if column.tokens in seen:
                text = f"{seen[column.tokens]} {text}"
            seen[column.tokens] = text
            partial.result.used += 1
            read = self._read(column, text)
            self._record_cell(partial, self._pointer(index, column.tokens), column, row, text, read)
            _set_value(item, column.tokens, read.value)
            if read.unit:
                _set_value(item, (*column.tokens[:-1], "unit"), read.unit)
        if item or (
            not self._item_columns and any(path[: len(EVERY_ITEM)] == EVERY_ITEM for path, _ in self._mapping.constants)
        ):
            partial.items.append(item)
            partial.item_rows.append(row)
        return bool(item)

    def _read(self, column: _Column, text: str, country: str = "") -> CellValue:
        """Read a cell. Cached, because most columns repeat their values."""
        key = (column.index, text, country)
        read = self._cell_cache.get(key)
        if read is None:
            if len(self._cell_cache) >= _MAX_CACHED_CELLS:
                self._cell_cache.clear()
            read = self._cell_cache[key] = read_cell(column.field, text, self._table.layout, self._now, country)
        return read

    def _record_cell(
        self, partial: _PartialOrder, pointer: Pointer, column: _Column, row: int, text: str, read: CellValue
    ) -> None:
        partial.result.cells.setdefault(pointer, (row, column.name))
        if read.currency:
            partial.currency_signs[pointer] = (read.currency, text)
        if read.reason:
            detail = f"{_excerpt(text)} cannot be read: {read.reason}."
            problem = Problem(detail, "unread", f"{label_of(pointer)}?", pointer=pointer, reported_by=ReportedBy.LOCAL)
            partial.result.problems.append(problem)
        elif read.value != text and not (isinstance(read.value, int | Decimal) and str(read.value) == text):
            partial.result.converted += 1

    def _finish(self, partial: _PartialOrder) -> None:
        result = partial.result
        result.place = f"{_rows_text(result.rows)}{self._part}"
        if partial.items:
            _set_value(result.document, EVERY_ITEM[:-1], partial.items)
        first_sign = next(iter(partial.currency_signs.values()), ("", ""))[0]
        fill_defaults(result.document, result.derived, self._mapping, self._now, first_sign)
        self._record_blank_cells(partial)
        for pointer, (sign, text) in partial.currency_signs.items():
            currency = (pointer.parent / "currency").get(result.document)
            # The currency column decides which country's dollar a $ is.
            if currency != sign and not ("$" in text and isinstance(currency, str) and currency.endswith("D")):
                detail = f"{_excerpt(text)} is in {sign}, but the currency here is {currency}."
                result.problems.append(_warning(pointer, "currency", detail))

    def _record_blank_cells(self, partial: _PartialOrder) -> None:
        """Record the empty cells of mapped columns, so that a problem of a missing value can point to its cell."""
        result = partial.result
        for column in self._columns:
            if column.field.rare:
                continue
            for item, row in enumerate(partial.item_rows) if column.is_item_field else ((-1, result.rows[0]),):
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


_REPEATED_HEADER: Final = "repeats the header"


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


def _warning(pointer: Pointer, code: str, detail: str, title: str = "") -> Problem:
    return Problem(detail, code, title, pointer=pointer, severity=Severity.WARNING, reported_by=ReportedBy.LOCAL)


def _excerpt(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")
