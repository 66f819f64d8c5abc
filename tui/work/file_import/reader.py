"""Reads orders from JSON, JSON lines, delimited text and spreadsheets. The format is detected from the content."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from tui.api.codec import LIMIT, Document
from tui.api.wording import count_of, word_for
from tui.orders.parsed import Derivation, GuessKind, How, ParsedFile, ParsedOrder
from tui.orders.paths import SHOP
from tui.orders.progress import OnProgress
from tui.orders.tables.context import ImportContext
from tui.orders.tables.csv_writer import to_csv
from tui.orders.tables.damage_guesses import hold_damaged
from tui.orders.tables.defaults import CONSTANT
from tui.orders.tables.heading_text import known_format
from tui.orders.tables.layout import (
    TableError,
    TableLayout,
    decode_text,
    detect_encoding,
    detect_layout,
    detect_number_and_date_format,
)
from tui.orders.tables.mapping import ColumnMapping, refine_by_rows, suggest_mapping
from tui.orders.tables.rows import to_orders
from tui.orders.tables.steps.doubtful_columns import refine_doubtful
from tui.orders.tables.steps.prices import refine_prices
from tui.orders.tables.steps.weights import refine_weights
from tui.orders.tables.table import Table, TableRow, parse_table, with_header
from tui.orders.tables.text.encodings import ENCODINGS, EncodingChoice, describe_guess
from tui.orders.tables.text.report_rows import HEADER_ROWS, header_index
from tui.work.file_import.json_reader import MAX_ORDERS_PER_FILE, ImportFileError, read_file, read_orders
from tui.work.gc_pause import gc_paused

_WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""What .xlsx, .ods and .xls files begin with."""


class ImportStopped(ImportFileError):
    """The caller stopped the import."""


@dataclass(frozen=True, slots=True)
class TableSource:
    """An opened table, with its bytes or text so that it can be read again with another layout.

    `sheets`: the sheet names of a workbook. `mapping`: a saved one for this header, or the one that the names suggest.
    """

    name: str
    data: bytes | str
    table: Table
    mapping: ColumnMapping
    sheets: tuple[str, ...] = ()
    saved_layout: TableLayout | None = None
    """The layout that was saved with the mapping."""

    @property
    def format_name(self) -> str:
        """The kind of export that the table is by its headings: `Etsy orders`; empty if it is unknown."""
        known = known_format(self.table.header)
        return known.name if known is not None else ""

    @property
    def is_remembered(self) -> bool:
        """Whether the mapping was saved by the user for tables with these columns."""
        return bool(self.mapping.name)


def read_source(
    source: Path | bytes,
    name: str,
    *,
    shop: int | None = None,
    mapping: ColumnMapping | None = None,
    known: Sequence[ColumnMapping] = (),
    accepted: Collection[GuessKind] = (),
    encoding: str = "",
    progress: OnProgress | None = None,
    now: datetime | None = None,
) -> ParsedFile:
    """Read the orders of a file in any format. Raises ImportFileError with a message for the user.

    `shop`: for orders without one. `mapping`: used for a table if it fits, else the first of `known` that fits, else
    the column names decide. `accepted`: the kinds of guesses that the user confirmed for this file. `encoding`: of its
    text, if the user named one. `now`: its zone is used for times without one.
    """
    known = known if mapping is None else (mapping,)
    opened = open_source(source, name, known=known, encoding=encoding, progress=progress, accepted=accepted)
    if isinstance(opened, ParsedFile):
        return opened if shop is None else _with_shop(opened, shop)
    if mapping is not None and not mapping.fits(opened.table.header):
        raise ImportFileError(f"{_mapping_name(mapping)} is for other columns than those of {name}. Nothing was added.")
    confirmed = replace(opened.mapping, accepted=opened.mapping.accepted | frozenset(accepted))
    return read_table(replace(opened, mapping=confirmed), shop=shop, progress=progress, now=now)


def _hold_damage(order: ParsedOrder, accepted: Collection[GuessKind]) -> ParsedOrder:
    """Hold an order of JSON for values that a spreadsheet seems to have damaged, unless the user confirmed them."""
    context = ImportContext(ColumnMapping((), (), accepted=frozenset(accepted)), datetime.now().astimezone())
    hold_damaged(order, context)
    return order


def open_source(
    source: Path | bytes | str,
    name: str,
    *,
    known: Sequence[ColumnMapping] = (),
    layout: TableLayout | None = None,
    encoding: str = "",
    progress: OnProgress | None = None,
    accepted: Collection[GuessKind] = (),
) -> ParsedFile | TableSource:
    """Read the orders of JSON, or open a table for mapping. Raises ImportFileError.

    `accepted`: the kinds of guesses about JSON that the user confirmed; the others hold its orders.
    `layout`: how to read a table, if the user changed it. `encoding`: only its encoding, if the user named it.
    """
    data = read_file(source) if isinstance(source, Path) else source
    if len(data) > LIMIT:
        raise ImportFileError(
            f"{name} has {len(data) // 2**20} MB; at most {LIMIT // 2**20} MB are read. Nothing was added."
        )
    try:
        if isinstance(data, bytes) and data.startswith(_WORKBOOK_MARKS):
            return _open_workbook(data, name, known, layout, progress)
        if not data.strip():
            raise ImportFileError(f"{name} is empty. Nothing was added.")
        choice = EncodingChoice(encoding or (layout.encoding if layout is not None else ""))
        if not choice.encoding:
            choice = EncodingChoice("utf-8") if isinstance(data, str) else detect_encoding(data)
        text = data.removeprefix("\ufeff") if isinstance(data, str) else decode_text(data, choice.encoding)
        if layout is None and text.lstrip()[:1] in ("{", "["):
            found = read_orders(text if choice.encoding.startswith("utf-16") else data)
            return replace(found, orders=tuple(_hold_damage(order, accepted) for order in found.orders))
        return _open_text(data, text, choice, name, known, layout, progress)
    except TableError as error:
        raise _not_taken(name, error) from None


def _not_taken(name: str, error: TableError) -> ImportFileError:
    return ImportFileError(f"{name}: {str(error)[:1].lower()}{str(error)[1:]} Nothing was added.")


def with_layout(source: TableSource, layout: TableLayout, known: Sequence[ColumnMapping] = ()) -> TableSource:
    """Read a table again with another layout. The mapping stays if the header is the same. Raises ImportFileError."""
    opened = open_source(source.data, source.name, known=known, layout=layout)
    if isinstance(opened, ParsedFile):
        raise ImportFileError(f"{source.name} is not a table.")
    if layout.encoding == source.table.layout.encoding:
        opened = replace(opened, table=replace(opened.table, encoding_guess=source.table.encoding_guess))
    if source.mapping.fits(opened.table.header):
        return replace(opened, mapping=replace(source.mapping.on(opened.table.header), layout=layout))
    return opened


def read_table(
    source: TableSource, *, shop: int | None = None, progress: OnProgress | None = None, now: datetime | None = None
) -> ParsedFile:
    """Convert a table to orders by its mapping. Raises ImportFileError if no column is mapped, or for too many orders."""
    mapping = source.mapping
    if not mapping.mapped:
        names = ", ".join(source.table.header[:6])
        words = f"No column of {source.name} has a name that is known ({names})."
        raise ImportFileError(f"{words} Map them to fields on the import screen. Nothing was added.")
    now = now or datetime.now().astimezone()
    try:
        with gc_paused(len(source.table.rows)):
            result = to_orders(
                source.table,
                mapping,
                now=now,
                shop=shop,
                progress=progress,
                max_orders=MAX_ORDERS_PER_FILE,
                part=_sheet_of(source),
            )
    except TableError as error:
        raise _not_taken(source.name, error) from None
    return _with_notes(source, result)


def preview(source: TableSource, rows: int, *, now: datetime, shop: int | None = None) -> ParsedFile:
    """Convert only the first rows."""
    table = replace(source.table, rows=source.table.rows[:rows])
    return _with_notes(
        source, to_orders(table, source.mapping, now=now, shop=shop, part=_sheet_of(source), whole=source.table)
    )


def refused_csv(intake: ParsedFile) -> bytes:
    """The refused rows as a table that can be fixed and read again: the cells, then row and reason."""
    width = max((len(one.cells) for one in intake.refused), default=0)
    names = [*intake.header, *(f"more {place}" for place in range(1, width - len(intake.header) + 1))]
    rows: list[list[str]] = [[*names, "row", "reason"]]
    for one in intake.refused:
        cells = [*one.cells, *[""] * (len(names) - len(one.cells))]
        rows.append([*cells, one.place.removeprefix("row "), one.reason])
    return to_csv(rows)


def _open_workbook(
    data: bytes, name: str, known: Sequence[ColumnMapping], layout: TableLayout | None, progress: OnProgress | None
) -> TableSource:
    from tui.work.file_import.workbook import read_workbook  # 5 ms, for spreadsheets only

    found = read_workbook(data, layout.sheet if layout is not None else "", progress)
    if layout is None:
        # A cover sheet or notes may come before the sheet with the orders.
        if len(found.sheets) > 1 and not _has_orders(found.rows):
            others = (read_workbook(data, one) for one in found.sheets if one != found.sheet)
            found = next((one for one in others if _has_orders(one.rows)), found)
        # Numeric cells have a decimal point; texts with a comma are still read.
        _, dates = detect_number_and_date_format([row.cells for row in found.rows])
        layout = TableLayout(dates=dates, header=_has_header(found.rows))
    table = with_header(found.rows, replace(layout, sheet=found.sheet))
    if found.hidden:
        are = word_for(found.hidden, "is", "are")
        table = replace(
            table, notes=(f"{count_of(found.hidden, 'row')} {are} hidden in the sheet, and {are} read too.",)
        )
    return _source(name, data, table, known, tuple(found.sheets))


def _has_orders(rows: Sequence[TableRow]) -> bool:
    """Whether these are rows below a header with several known column names."""
    index = header_index([row.cells for row in rows[:HEADER_ROWS]])
    return len(rows) > index + 1 and suggest_mapping(rows[index].cells).mapped > 1


def _open_text(
    data: bytes | str,
    text: str,
    choice: EncodingChoice,
    name: str,
    known: Sequence[ColumnMapping],
    layout: TableLayout | None,
    progress: OnProgress | None,
) -> TableSource:
    found = layout or _detected_layout(text, choice.encoding)
    source = _source(name, data, parse_table(text, found, progress), known)
    saved = source.saved_layout.encoding if source.saved_layout is not None else ""
    if choice.examples and saved not in ("", choice.encoding) and not saved.startswith("utf"):
        # The user chose this encoding for tables with these columns before.
        choice, text = EncodingChoice(saved), decode_text(data, saved) if isinstance(data, bytes) else text
        found = replace(found, encoding=saved)
        source = _source(name, data, parse_table(text, found, progress), known)
    guess = "" if saved == choice.encoding else describe_guess(choice)
    notes = []
    if isinstance(data, bytes) and not choice.encoding.startswith("utf-8"):
        notes.append(f"It was read as {ENCODINGS[choice.encoding]}.")
    if isinstance(data, bytes) and not choice.encoding.startswith("utf-16") and b"\0" in data:
        notes.append(
            f"{count_of(data.count(0), 'NUL character')} in it {word_for(data.count(0), 'is', 'are')} ignored."
        )
    return replace(source, table=replace(source.table, encoding_guess=guess, notes=tuple(notes)))


def _detected_layout(text: str, encoding: str) -> TableLayout:
    found = replace(detect_layout(text), encoding=encoding)
    first = parse_table(text[:20_000], replace(found, header=False))
    return replace(found, header=_has_header(first.rows))


def _has_header(rows: Sequence[TableRow]) -> bool:
    """Whether the first row is a header: it has a known name, or no numbers."""
    if not rows or header_index([row.cells for row in rows[:HEADER_ROWS]]):
        return True
    cells = [cell.strip() for cell in rows[0].cells if cell.strip()]
    if suggest_mapping(cells).mapped or len(cells) == 1:
        return True
    return not any(cell.replace(".", "").replace(",", "").isdigit() for cell in cells)


def _source(
    name: str, data: bytes | str, table: Table, known: Sequence[ColumnMapping], sheets: tuple[str, ...] = ()
) -> TableSource:
    mapping = next((one.on(table.header) for one in known if one.fits(table.header)), None)
    saved_layout = mapping.layout if mapping is not None else None
    if mapping is None:
        mapping = refine_by_rows(suggest_mapping(table.header), (row.cells for row in table.rows))
        mapping = refine_prices(refine_weights(refine_doubtful(mapping, table), table), table)
    mapping = replace(mapping, layout=table.layout)
    return TableSource(name, data, table, mapping, sheets, saved_layout)


def _with_notes(source: TableSource, found: ParsedFile) -> ParsedFile:
    notes = [*source.table.notes, *found.notes, *_not_data_notes(found)]
    if source.format_name:
        notes.append(f"This looks like a file of {source.format_name}.")
    if unmapped := source.mapping.unmapped:
        are = word_for(len(unmapped), "is", "are")
        notes.append(f"{count_of(len(unmapped), 'column')} {are} not used: {', '.join(unmapped)}.")
    return replace(found, notes=tuple(notes))


def _not_data_notes(found: ParsedFile) -> Iterator[str]:
    """A sentence about the rows that are not data, if there are any."""
    if count := len(found.not_data):
        shown = [f'row {entry.row} "{" ".join(filter(None, entry.cells))[:40]}"' for entry in found.not_data[:5]]
        more = f" and {count - 5} more" if count > 5 else ""
        words = word_for(count, "is not an order and was", "are not orders and were")
        yield f"{count_of(count, 'row')} {words} ignored: {', '.join(shown)}{more}."


def _sheet_of(source: TableSource) -> str:
    """The sheet that was read, as text, if the workbook has several."""
    return f" of sheet {source.table.layout.sheet}" if len(source.sheets) > 1 else ""


def _with_shop(intake: ParsedFile, shop: int) -> ParsedFile:
    """Set the shop of the orders that have none."""
    orders = []
    for one in intake.orders:
        details = one.document.get("order_details")
        if (details is None or isinstance(details, dict)) and not (details or {}).get("integration"):
            document: Document = {**one.document, "order_details": {**(details or {}), "integration": {"id": shop}}}
            derived = {**one.derived, SHOP: Derivation(How.GIVEN, CONSTANT)}
            orders.append(replace(one, document=document, derived=derived))
        else:
            orders.append(one)
    return replace(intake, orders=tuple(orders))


def _mapping_name(mapping: ColumnMapping) -> str:
    return f"The mapping {mapping.name}" if mapping.name else "This mapping"
