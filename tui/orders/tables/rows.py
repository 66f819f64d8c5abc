"""Rows of a table as orders: several rows of one order brought together, missing values worked out, nothing dropped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, cast

from tui.api.codec import Document, Json
from tui.api.errors import Origin, Problem, Severity
from tui.api.pointer import ABSENT, Pointer
from tui.orders.fields import Field, field_at, label_of
from tui.orders.paths import ANY, EVERY_ITEM, FieldPath
from tui.orders.progress import OnProgress, Progress
from tui.orders.tables.cells import MAX_CELL_LENGTH, CellValue, cell_text, read_cell
from tui.orders.tables.defaults import fill_defaults
from tui.orders.tables.headings import NUMBER_PATH, ORDER_ID_PATH, is_known, normalized
from tui.orders.tables.layout import TableError, TableLayout, read_rows
from tui.orders.tables.mapping import SHOP_PATH, ColumnMapping

MAX_ROWS: Final = 50_000
"""Rows that are taken from one table."""
MAX_COLUMNS: Final = 500
_TOLD_EVERY = 500
_MOST_READS = 20_000


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row's number, from 1, as a spreadsheet counts, and its cells as texts."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in a file: names of columns, each its own, and the rows below them."""

    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    layout: TableLayout
    above: tuple[TableRow, ...] = ()
    """Titles that stand over the header."""
    named: tuple[str, ...] = ()
    """The header as it was written, names twice and none included."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is no part of any order, and why."""

    row: TableRow
    reason: str


@dataclass(slots=True)
class TableOrder:
    """An order that was made of rows.

    `cells`: where each value came from, row and column. `problems`: what could not be read, at its place; the text
    stands there as it was. `derived`: what was worked out or set for all, and how. `taken`: cells that its values
    came from; `repeated`: cells of further rows for which the first row's were taken; `ignored`: cells of columns that
    go nowhere.
    """

    rows: list[int]
    document: Document
    cells: dict[Pointer, tuple[int, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    derived: dict[Pointer, str] = field(default_factory=dict)
    converted: int = 0
    taken: int = 0
    repeated: int = 0
    ignored: int = 0


@dataclass(frozen=True, slots=True)
class ParsedTable:
    """All that became of a table's rows."""

    orders: tuple[TableOrder, ...]
    refused: tuple[RefusedRow, ...]
    ignored: int
    """Cells that hold something, in columns that go nowhere."""


def parse_table(text: str, layout: TableLayout, progress: OnProgress | None = None) -> Table:
    """The table in a text. Raises TableError for one without rows, or with too many."""
    rows: list[TableRow] = []
    guess = max(text.count("\n"), 1) if progress is not None else 0
    for number, cells in read_rows(text, layout):
        rows.append(TableRow(number, cells))
        if len(rows) > MAX_ROWS + 1:
            raise TableError(_too_many(text.count("\n")))
        if progress is not None and number % _TOLD_EVERY == 0:
            progress(Progress(number, guess))
    return with_header(rows, layout)


def with_header(rows: Sequence[TableRow], layout: TableLayout) -> Table:
    """Rows with their header taken apart. Raises TableError where nothing is left."""
    if not rows:
        raise TableError("It is empty.")
    if len(rows) > MAX_ROWS + 1:
        raise TableError(_too_many(len(rows)))
    place = _header_place(rows) if layout.header else 0
    above, rows = rows[:place], rows[place:]
    width = max(len(_trimmed(row.cells)) for row in (rows if not layout.header else rows[:1]))
    if layout.header:
        # A column without a name counts where a row has something there.
        width = max(width, min(len(rows[0].cells), max(len(_trimmed(row.cells)) for row in rows)))
    if width > MAX_COLUMNS:
        raise TableError(f"It has {width} columns; at most {MAX_COLUMNS} are read. Is the delimiter right?")
    if not layout.header:
        return Table(tuple(f"column {column_letters(place)}" for place in range(width)), tuple(rows), layout)
    if len(rows) == 1:
        raise TableError("It has a header and no rows below it.")
    names = [cell_text(cell)[:200] for cell in rows[0].cells[:width]]
    return Table(_own_names(names), tuple(rows[1:]), layout, tuple(above), tuple(names))


def _header_place(rows: Sequence[TableRow]) -> int:
    """The header's place: below titles of one cell, where what follows has names that are known."""
    for place, row in enumerate(rows[:10]):
        names = [cell for cell in row.cells if cell.strip()]
        if len(names) > 1:
            return place if place == 0 or any(is_known(name[:200]) for name in names) else 0
    return 0


def column_letters(column: int) -> str:
    """A column as spreadsheets call it: A, B, … Z, AA; from 0."""
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
    most: int | None = None,
) -> ParsedTable:
    """The orders of a table. `now` has the zone that loose times are meant in.

    Raises TableError at the row that begins one more than `most` orders.
    """
    return _Reading(table, mapping, now, shop, most).done(progress)


def _too_many(count: int) -> str:
    return f"It has about {count:,} rows; at most {MAX_ROWS:,} go at once. Split it into parts, each with the header."


def _trimmed(cells: Sequence[str]) -> Sequence[str]:
    length = len(cells)
    while length and not cells[length - 1].strip():
        length -= 1
    return cells[:length]


def _own_names(names: list[str]) -> tuple[str, ...]:
    """Each column with a name of its own: empty ones by their letter, the second `Name` as `Name (2)`."""
    found: list[str] = []
    seen: set[str] = set()
    for place, name in enumerate(names):
        base = own = name or f"column {column_letters(place)}"
        times = 1
        while own in seen:
            times += 1
            own = f"{base} ({times})"
        seen.add(own)
        found.append(own)
    return tuple(found)


@dataclass(slots=True)
class _Column:
    place: int
    name: str
    known: Field
    tokens: FieldPath
    """Below the item for an item's field, else below the order."""
    of_item: bool


@dataclass(slots=True)
class _Order:
    made: TableOrder
    keys: tuple[str, ...]
    """Its order id and its number, as far as its first row has them."""
    shop: str
    """As its first row has it: two shops may have an order of the same id each."""
    items: list[Json] = field(default_factory=list)
    first: dict[FieldPath, str] = field(default_factory=dict)
    """The texts of its own fields, as first seen."""
    lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    """The rows that said an item, with their numbers."""
    item_rows: list[int] = field(default_factory=list)
    signs: dict[Pointer, tuple[str, str]] = field(default_factory=dict)
    """The currencies that stood beside amounts, with the texts of their cells."""


class _Reading:
    def __init__(self, table: Table, mapping: ColumnMapping, now: datetime, shop: int | None, most: int | None) -> None:
        self._table = table
        self._most = most
        self._mapping = (
            mapping
            if shop is None or mapping.constant(SHOP_PATH) is not None
            else mapping.with_constant(SHOP_PATH, shop)
        )
        self._now = now
        self._columns = [
            _Column(
                place,
                name,
                known,
                (
                    path[len(EVERY_ITEM) :]
                    if path[: len(EVERY_ITEM)] == EVERY_ITEM
                    else tuple("0" if one == ANY else one for one in path)
                ),
                path[: len(EVERY_ITEM)] == EVERY_ITEM,
            )
            for place, (name, path) in enumerate(zip(mapping.header, mapping.paths, strict=True))
            if path is not None and (known := field_at(Pointer(path))) is not None
        ]
        # Countries come first, for what else of an address depends on them.
        self._own = sorted(
            (one for one in self._columns if not one.of_item), key=lambda one: one.tokens[-1] != "country_code"
        )
        self._items = [one for one in self._columns if one.of_item]
        taken = {one.place for one in self._columns}
        self._nowhere = [place for place in range(len(mapping.paths)) if place not in taken]
        self._keys = [one.place for path in (ORDER_ID_PATH, NUMBER_PATH) for one in self._columns if one.tokens == path]
        self._shops = [one.place for one in self._columns if one.tokens == SHOP_PATH]
        self._pointers: dict[tuple[int, FieldPath], Pointer] = {}
        self._reads: dict[tuple[int, str, str], CellValue] = {}
        self._orders: list[_Order] = []
        self._by_key: dict[str, list[_Order]] = {}
        self._refused = [RefusedRow(row, "stands above the header") for row in table.above]
        self._spoilt: dict[str, list[tuple[str, int]]] = {}
        """By key, the shops and numbers of rows that were refused."""
        self._taken: dict[int, list[TableRow]] = {}
        self._names = [normalized(name) for name in table.named]

    def done(self, progress: OnProgress | None) -> ParsedTable:
        total = len(self._table.rows)
        for count, row in enumerate(self._table.rows, 1):
            self._take(row)
            if progress is not None and (count % _TOLD_EVERY == 0 or count == total):
                progress(Progress(count, total))
        found = []
        for order in self._orders:
            lacks = [row for key in order.keys for shop, row in self._spoilt.get(key, ()) if _is_of(order, shop)]
            if lacks:
                # An order that lacks a row would be sent incomplete.
                reason = f"row {lacks[0]} of the same order was refused"
                self._refused += [RefusedRow(row, reason) for row in self._taken[id(order)]]
                continue
            self._finish(order)
            found.append(order.made)
        self._refused.sort(key=lambda one: one.row.number)
        return ParsedTable(tuple(found), tuple(self._refused), sum(made.ignored for made in found))

    def _take(self, row: TableRow) -> None:
        cells = _trimmed(row.cells)
        texts = [cell_text(cell) for cell in cells]
        keys = tuple(f"{place}:{texts[place]}" for place in self._keys if place < len(texts) and texts[place])
        shop = next((texts[place] for place in self._shops if place < len(texts)), "")
        if reason := self._refusal(cells, texts):
            self._refused.append(RefusedRow(row, reason))
            if keys and not reason.startswith(_AGAIN):
                self._spoilt.setdefault(keys[0], []).append((shop, row.number))
            return
        width = len(texts)
        order = self._known(keys[0], shop) if keys else self._continued(texts)
        if order is None:
            if len(self._orders) == self._most:
                raise TableError(
                    f"It has over {self._most:,} orders; row {row.number:,} begins the next part. "
                    "Split it there, each part with the header."
                )
            order = _Order(TableOrder([], {}), keys, shop)
            self._orders.append(order)
            for key in keys:
                self._by_key.setdefault(key, []).append(order)
        order.made.rows.append(row.number)
        self._taken.setdefault(id(order), []).append(row)
        self._put_own(order, row.number, texts)
        if self._put_item(order, row.number, texts):
            before = order.lines.setdefault(tuple(texts), row.number)
            if before != row.number:
                place, words = self._pointer(len(order.items) - 1, ()), f"row {row.number} = row {before}"
                detail = f"Row {row.number} is the same as row {before}: this item goes twice."
                order.made.problems.append(_doubt(place, "same_row", detail, words))
        if width < len(self._table.header) and len(row.cells) < len(self._table.header) and width <= 1:
            order.made.problems.append(_doubt(_ROOT, "short_row", f"Row {row.number} has only {width} cell."))
        order.made.ignored += sum(1 for place in self._nowhere if place < width and texts[place])

    def _refusal(self, cells: Sequence[str], texts: list[str]) -> str:
        header = self._table.header
        if max(map(len, cells), default=0) > MAX_CELL_LENGTH:
            place, cell = next((place, cell) for place, cell in enumerate(cells) if len(cell) > MAX_CELL_LENGTH)
            name = header[place] if place < len(header) else column_letters(place)
            return f"has a cell of {len(cell):,} characters in {name}; at most {MAX_CELL_LENGTH:,} are read (a quote left open?)"
        if len(cells) > len(header):
            return f"has {len(cells)} cells where the header has {len(header)}"
        if (
            self._table.layout.header
            and 1 < len(texts) <= len(self._names)
            and all(normalized(text) == name for text, name in zip(texts, self._names, strict=False))
        ):
            return f"{_AGAIN} once more"
        return ""

    def _known(self, key: str, shop: str) -> _Order | None:
        return next((order for order in reversed(self._by_key.get(key, ())) if _is_of(order, shop)), None)

    def _continued(self, texts: list[str]) -> "_Order | None":
        """The order above, for a row that only has item fields: cells were merged, or left empty as the same."""
        if not self._keys or not self._orders:
            return None
        own = any(one.place < len(texts) and texts[one.place] for one in self._own)
        has_item = any(one.place < len(texts) and texts[one.place] for one in self._items)
        return self._orders[-1] if has_item and not own else None

    def _put_own(self, order: _Order, row: int, texts: list[str]) -> None:
        made, width = order.made, len(texts)
        joined: dict[FieldPath, tuple[str, _Column, int]] = {}
        for one in self._own:
            if one.place < width and (text := texts[one.place]):
                before = joined.get(one.tokens)
                joined[one.tokens] = (
                    (text, one, 1) if before is None else (f"{before[0]} {text}", before[1], before[2] + 1)
                )
        for tokens, (text, one, count) in joined.items():
            known = order.first.get(tokens)
            pointer = self._pointer(-1, tokens)
            if known is None:
                order.first[tokens] = text
                made.taken += count
                country = made.document.get(tokens[0])
                code = country.get("country_code") if isinstance(country, dict) else ""
                read = self._read(one, text, code if isinstance(code, str) else "")
                self._note(order, pointer, one, row, text, read)
                _put(made.document, tokens, read.value)
                if read.unit:
                    _put(made.document, (*tokens[:-1], "unit"), read.unit)
            else:
                made.repeated += count
                if known != text:
                    where = made.cells[pointer][0]
                    detail = f"Row {row} says {_short(text)} here; {_short(known)} of row {where} was taken."
                    made.problems.append(_doubt(pointer, "conflict", detail))

    def _put_item(self, order: _Order, row: int, texts: list[str]) -> bool:
        """Add the row's item, if it says one; whether it did."""
        width, item, position = len(texts), cast(dict[str, Json], {}), len(order.items)
        seen: dict[FieldPath, str] = {}
        for one in self._items:
            if one.place >= width or not (text := texts[one.place]):
                continue
            if one.tokens in seen:
                text = f"{seen[one.tokens]} {text}"
            seen[one.tokens] = text
            order.made.taken += 1
            read = self._read(one, text)
            self._note(order, self._pointer(position, one.tokens), one, row, text, read)
            _put(item, one.tokens, read.value)
            if read.unit:
                _put(item, (*one.tokens[:-1], "unit"), read.unit)
        if item or (
            not self._items and any(path[: len(EVERY_ITEM)] == EVERY_ITEM for path, _ in self._mapping.constants)
        ):
            order.items.append(item)
            order.item_rows.append(row)
        return bool(item)

    def _read(self, one: _Column, text: str, country: str = "") -> CellValue:
        """What a cell says; most columns say the same again and again."""
        key = (one.place, text, country)
        read = self._reads.get(key)
        if read is None:
            if len(self._reads) >= _MOST_READS:
                self._reads.clear()
            read = self._reads[key] = read_cell(one.known, text, self._table.layout, self._now, country)
        return read

    def _note(self, order: _Order, pointer: Pointer, one: _Column, row: int, text: str, read: CellValue) -> None:
        order.made.cells.setdefault(pointer, (row, one.name))
        if read.currency:
            order.signs[pointer] = (read.currency, text)
        if read.reason:
            detail = f"{_short(text)} cannot be read: {read.reason}."
            problem = Problem(detail, "unread", f"{label_of(pointer)}?", pointer=pointer, origin=Origin.LOCAL)
            order.made.problems.append(problem)
        elif read.value != text and not (isinstance(read.value, int | Decimal) and str(read.value) == text):
            order.made.converted += 1

    def _finish(self, order: _Order) -> None:
        made = order.made
        if order.items:
            _put(made.document, EVERY_ITEM[:-1], order.items)
        sign = next(iter(order.signs.values()), ("", ""))[0]
        fill_defaults(made.document, made.derived, self._mapping, self._now, sign)
        self._note_blanks(order)
        for pointer, (sign, text) in order.signs.items():
            beside = (pointer.parent / "currency").get(made.document)
            # The dollar of which country it is tells the column.
            if beside != sign and not ("$" in text and isinstance(beside, str) and beside.endswith("D")):
                detail = f"{_short(text)} is in {sign}, and the currency here is {beside}."
                made.problems.append(_doubt(pointer, "currency", detail))

    def _note_blanks(self, order: _Order) -> None:
        """Of what most orders have and this one lacks, the empty cell where it should stand."""
        for one in self._columns:
            if one.known.rare:
                continue
            for item, row in enumerate(order.item_rows) if one.of_item else ((-1, order.made.rows[0]),):
                pointer = self._pointer(item, one.tokens)
                if pointer in order.made.cells or pointer.get(order.made.document) not in (ABSENT, None):
                    continue
                if pointer.name == "value" or isinstance(pointer.parent.get(order.made.document), dict):
                    order.made.cells[pointer] = (row, one.name)

    def _pointer(self, item: int, tokens: FieldPath) -> Pointer:
        found = self._pointers.get((item, tokens))
        if found is None:
            head = () if item < 0 else (*EVERY_ITEM[:-1], str(item))
            found = self._pointers[item, tokens] = Pointer((*head, *tokens))
        return found


_ROOT: Final = Pointer(())
_AGAIN: Final = "is the header"


def _is_of(order: _Order, shop: str) -> bool:
    """Whether a row of the same key and this shop may be one of the order."""
    return not shop or order.shop in ("", shop)


def _put(document: dict[str, Json], tokens: FieldPath, value: Json) -> None:
    """Set a value in place; a `0` in the path is the only entry of a list."""
    node: Any = document
    if len(tokens) == 1:
        node[tokens[0]] = value
        return
    for token, following in pairwise(tokens):
        if isinstance(node, list):
            node = node[0]
            continue
        fresh: Json = [{}] if following == "0" else {}
        node = node.setdefault(token, fresh)
    if isinstance(node, list):
        node = node[0]
    node[tokens[-1]] = value


def _doubt(pointer: Pointer, code: str, detail: str, title: str = "") -> Problem:
    return Problem(detail, code, title, pointer=pointer, severity=Severity.WARNING, origin=Origin.LOCAL)


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")
