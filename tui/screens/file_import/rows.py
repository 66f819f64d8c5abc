"""A table to be imported as rows of the screen: its columns and where they go, what is the same for all, the preview."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from tui.api.codec import Json, pretty
from tui.api.errors import Problem, Severity
from tui.api.pointer import Pointer
from tui.keymap import Context, KeyOf
from tui.orders.checks.context import AccountShops
from tui.orders.checks.sending import check_order
from tui.orders.display import short_problem
from tui.orders.fields import field_at, full_label, label_of
from tui.orders.parsed import Guess, GuessKind, ParsedFile, ParsedOrder, with_hint
from tui.orders.paths import ITEMS, TOTAL, FieldPath
from tui.orders.summary import order_name, text_at
from tui.orders.tables.mapping import SHOP_PATH, ColumnMapping
from tui.orders.tables.table import column_letters
from tui.orders.tables.unused import Concern, concern_of
from tui.orders.value_parser import show_value
from tui.widgets.table import Column, RenderedRow, StyledCell
from tui.work.account import Shop
from tui.work.file_import.reader import TableSource

COLUMNS = (
    Column("column", "column", 20, 2),
    Column("field", "goes to", 24, 3),
    Column("cell", "first rows", 16, 2),
)
PREVIEW = (
    Column("row", "row", 7),
    Column("order", "order", 10, 1),
    Column("cc", "cc", 2),
    Column("name", "recipient", 12, 2),
    Column("items", "it", 2, align="right"),
    Column("total", "total", 9, align="right"),
    Column("problem", "problem", 18, 4),
)
CONSTANT = "for all:"
READ_AS_STATUS = "read as a status"
_ABOUT_SHIPPING = frozenset({GuessKind.STATUS, GuessKind.CANCELLED})
"""The target of a column without a field whose values hold orders back."""
NOT_USED = "not used"
_DOUBTFUL = "~"
"""The mark of an unused column that may be part of an order."""


def mapping_rows(
    source: TableSource, parsed: ParsedFile, problems: Collection[FieldPath], shops: Sequence[Shop]
) -> list[RenderedRow]:
    """The guesses to confirm, the columns with doubtful unused ones first, then the constants.

    A shop that is one of several and that the user did not choose is among the guesses.

    `parsed`: the preview. `problems`: paths where it has some. `shops`: those of the account, if known.
    """
    mapping = source.mapping
    rows = [_guess_row(f"g{index}", guess, source) for index, guess in enumerate(parsed.guesses)]
    columns = [_column_row(source, parsed, index, problems) for index in range(len(mapping.header))]
    rows += sorted(columns, key=lambda row: row.mark != _DOUBTFUL)
    constants = dict(mapping.constants)
    if SHOP_PATH not in constants and SHOP_PATH not in mapping.paths:
        constants = {SHOP_PATH: None, **constants}
    for path, value in constants.items():
        words = constant_words(path, value, shops)
        is_guess = is_guessed_shop(mapping, path, shops)
        cell = StyledCell(words, "warning") if value is None or is_guess else words
        mark = "!" if value is None else "?" if is_guess else "="
        row = RenderedRow(key_of(path), (CONSTANT, full_label(path), cell), mark)
        rows.insert(len(parsed.guesses) if is_guess else len(rows), row)
    return rows


def is_guessed_shop(mapping: ColumnMapping, path: FieldPath, shops: Sequence[Shop]) -> bool:
    """Whether this is the shop for all rows, and others are possible that the user was not asked about."""
    return path == SHOP_PATH and path in mapping.guessed and len(shops) > 1


def constant_words(path: FieldPath, value: Json, shops: Sequence[Shop]) -> str:
    """A value for all rows as text; a shop by its name, if that is known."""
    if value is None:
        return "· to be chosen ·"
    shop = next((shop.name for shop in shops if path == SHOP_PATH and shop.id == value), "")
    known = field_at(Pointer(path))
    return shop or show_value(known.kind if known else "json", value)


def holding_columns(parsed: ParsedFile) -> frozenset[str]:
    """The columns whose values say that an order is not to be shipped."""
    return frozenset(guess.subject for guess in parsed.guesses if guess.kind in _ABOUT_SHIPPING)


def _guess_row(key: str, guess: Guess, source: TableSource) -> RenderedRow:
    is_status, header = guess.kind in _ABOUT_SHIPPING, source.mapping.header
    values = " · ".join(cells_of(source, header.index(guess.subject))) if guess.subject in header else ""
    about = f"{guess.subject}: {values[:120]}" if values else guess.subject
    if source.mapping.accepts(guess):
        label = "confirmed: ship" if is_status else f"confirmed: {guess.kind}"
        return RenderedRow(key, (label, guess.text, about), "=")
    label = "ship anyway?" if is_status else f"confirm {guess.kind}?"
    return RenderedRow(key, (label, StyledCell(guess.text, "warning"), about), "?", "warning")


def guess_help(guess: Guess, mapping: ColumnMapping, key: KeyOf) -> str:
    """What a guess is about, and the effect of the key that confirms it."""
    column = f" (column {guess.subject})" if guess.subject not in guess.text else ""
    if mapping.accepts(guess):
        return f"Confirmed; {key('choose', Context.IMPORT)} takes that back: {guess.text}{column}"
    return f"{key('choose', Context.IMPORT)} confirms; orders are held until then: {guess.text}{column}"


def target_of(source: TableSource, parsed: ParsedFile, index: int) -> str:
    """What a column is used for."""
    mapping = source.mapping
    path = mapping.paths[index]
    if path is not None:
        return f"{full_label(path)}{_sharing(mapping, index, path)}"
    return READ_AS_STATUS if mapping.header[index] in holding_columns(parsed) else NOT_USED


def _column_row(source: TableSource, parsed: ParsedFile, index: int, problems: Collection[FieldPath]) -> RenderedRow:
    mapping = source.mapping
    name, path = mapping.header[index], mapping.paths[index]
    values = " · ".join(cells_of(source, index))[:120]
    mark, tone = " ", ""
    if path in problems and path is not None:
        mark, tone = "!", "error"
    elif path is None and values and name not in mapping.ignored | holding_columns(parsed):
        concern = concern_of(name, mapping.header)
        mark, tone = (" ", "") if concern is Concern.NOTHING else (_DOUBTFUL, "warning")
    target = target_of(source, parsed, index)
    field = StyledCell(target, tone or "dim") if target == NOT_USED else target
    return RenderedRow(f"c{index}", (f"{column_letters(index)} {name}", field, values), mark, tone)


def _sharing(mapping: ColumnMapping, index: int, path: FieldPath) -> str:
    """How a column shares its field with others."""
    if mapping.header[index] in mapping.overriding:
        return ", where filled"
    joined = [column for column in mapping.columns_of(path) if mapping.header[column] not in mapping.overriding]
    return ", joined" if joined[0] != index else ""


def cells_of(source: TableSource, index: int) -> list[str]:
    """The different filled cells of a column in the first rows."""
    cells = (row.cells[index] for row in source.table.rows[:20] if index < len(row.cells))
    return list(dict.fromkeys(cell.strip() for cell in cells if cell.strip()))


def key_of(path: FieldPath) -> str:
    """The key of the row of a value that is the same for all."""
    return f"k{Pointer(path)}"


def path_of_key(key: str) -> FieldPath:
    return Pointer.parse(key[1:]).tokens


def found_in(arrival: ParsedOrder, shops: AccountShops) -> list[Problem]:
    """What is wrong with an order as it would be staged: what could not be read first, errors before warnings."""
    unread = {problem.pointer for problem in arrival.problems}
    here = [problem for problem in check_order(arrival.document, shops) if problem.pointer not in unread]
    return sorted([*arrival.problems, *here], key=lambda problem: problem.rank)


def preview_rows(intake: ParsedFile, shops: AccountShops) -> list[RenderedRow]:
    """The first orders as they will be, and what of the rows is refused."""
    rows = [_order_row(str(place), one, found_in(one, shops)) for place, one in enumerate(intake.orders)]
    refused = [
        RenderedRow(
            f"r{place}", (str(one.row or ""), StyledCell("refused", "error"), "", "", "", "", one.reason), "!", "error"
        )
        for place, one in enumerate(intake.refused)
    ]
    return [*rows, *refused]


def _order_row(key: str, one: ParsedOrder, problems: list[Problem]) -> RenderedRow:
    document = one.document
    items = ITEMS.get(document)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    words = (
        f"{short_words(problems[0], one)}{f' +{len(problems) - 1}' if len(problems) > 1 else ''}" if problems else ""
    )
    mark = "!" if errors else "~" if problems else " "
    ship = Pointer.of("shipping_address")
    cells = (
        one.place.partition(" ")[2],
        order_name(document),
        text_at(document, ship / "country_code"),
        text_at(document, ship / "name"),
        str(len(items)) if isinstance(items, list) else "",
        _money((TOTAL / "value").get(document)),
        words,
    )
    return RenderedRow(key, cells, mark, "error" if errors else "warning" if problems else "")


def short_words(problem: Problem, one: ParsedOrder) -> str:
    """A problem in a few words with its cell, where it came from one."""
    return f"{short_problem(problem)}{_cell_words(problem, one)}"


def problem_words(problem: Problem, one: ParsedOrder, key: KeyOf) -> str:
    """A problem with its cell, where it came from one: `quantity: a number is needed (Qty, row 8)`."""
    label = label_of(problem.pointer) if problem.pointer.tokens else ""
    hint = with_hint(problem, f"{key('choose', Context.IMPORT)} on its line")
    return f"{label + ': ' if label else ''}{hint}{_cell_words(problem, one)}"


def _cell_words(problem: Problem, one: ParsedOrder) -> str:
    cell = one.cells.get(problem.pointer)
    return f" ({cell[1]}, row {cell[0]})" if cell is not None else ""


def order_text(one: ParsedOrder, problems: list[Problem], key: KeyOf) -> str:
    """All of an order for a pane: what is wrong with it, what was worked out, and the document."""
    lines = [
        f"{'!' if problem.severity is Severity.ERROR else '~'} {problem_words(problem, one, key)}"
        for problem in problems
    ]
    if one.derived:
        lines += ["", "Not in the file:"]
        lines += [
            f"  {label_of(pointer)}: {', '.join(filter(None, (_shown(pointer.get(one.document)), source.how)))}: {source.text}"
            for pointer, source in one.derived.items()
        ]
    return "\n".join([*lines, "", pretty(one.document)])


def problem_paths(intake: ParsedFile, mapping: ColumnMapping) -> set[FieldPath]:
    """The paths of the mapping's columns in whose cells something could not be read."""
    by_name = dict(zip(mapping.header, mapping.paths, strict=True))
    names = {cell[1] for one in intake.orders for problem in one.problems if (cell := one.cells.get(problem.pointer))}
    return {path for name in names if (path := by_name.get(name)) is not None}


def problem_of_column(intake: ParsedFile, name: str, key: KeyOf) -> str:
    """The first problem that the cells of the column with this name have; nothing if they have none."""
    for one in intake.orders:
        for problem in one.problems:
            cell = one.cells.get(problem.pointer)
            if cell is not None and cell[1] == name:
                return f"{one.place}: {problem_words(problem, one, key)}"
    return ""


def _shown(value: object) -> str:
    return show_value("text", value) if isinstance(value, str | int | Decimal) else ""


def _money(value: Json | object) -> str:
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else ""
