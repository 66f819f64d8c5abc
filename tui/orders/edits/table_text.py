"""Orders as a table of text for an editor, one order a line with tabs between the cells, and its changes as values.

Lines that begin with `#` are comments. In a cell, a backslash begins an escape: `t` is a tab, `n` and `r` are line breaks,
a second backslash is a backslash, and `x20`, `u200e` and `U0001f600` are characters by their codes. Characters that a
terminal does not show, or acts on, and spaces at the ends of a cell are always written as escapes, so that an editor
neither shows nor removes them. An absent value, null and an empty text are empty cells; a cell is compared with its
first text, so that an unchanged one changes nothing. A backslash and `N` set null, a backslash and `-` remove the value.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from functools import cache
from typing import Final, TypeAlias

from tui.api.codec import Document, Json, as_list, encode
from tui.api.models import Kind
from tui.api.pointer import ABSENT, Absent, Pointer
from tui.api.wording import count_of
from tui.orders.countries import countries, states
from tui.orders.edits.bulk_change import settable
from tui.orders.edits.edit import same_or_absent
from tui.orders.fields import Field, exclusive_values, field_at
from tui.orders.paths import (
    ANY,
    EVERY_ITEM,
    ITEMS,
    NOTES,
    PAYMENT_STATUS,
    SHIP_TO,
    STATUS,
    TOTAL,
    WEIGHT,
    FieldPath,
    is_weight,
)
from tui.orders.summary import order_name, text_at
from tui.orders.value_parser import Choices, InvalidText, ParsedEntry, ValidValue, editing_kind, entry_text, parse_entry

USUAL_COLUMNS: Final = "name street house_number postcode city country phone email weight"
"""The columns offered at first."""

ParseWeight: TypeAlias = Callable[[str, Pointer, Json], ParsedEntry]
"""Reads the weight at a pointer of an order."""

_ID, _ORDER = "id", "order"
_NULL, _REMOVED = r"\N", r"\-"
_HEAD: Final = r"""# One order a line, with tabs between the cells. Save and close the editor to draft the changes; nothing is sent.
# The columns id and order must stay as they are. \N sets null, \- removes the value, \t is a tab, \n a line break.
"""

_SHORT: Final[Mapping[str, FieldPath]] = {
    **{
        name: (SHIP_TO / member).tokens
        for name, member in {
            "name": "name",
            "company": "company_name",
            "street": "address_line_1",
            "house_number": "house_number",
            "street2": "address_line_2",
            "po_box": "po_box",
            "postcode": "postal_code",
            "city": "city",
            "country": "country_code",
            "state": "state_province_code",
            "phone": "phone_number",
            "email": "email",
        }.items()
    },
    "weight": (WEIGHT / "value").tokens,
    "weight_unit": (WEIGHT / "unit").tokens,
    "total": (TOTAL / "value").tokens,
    "currency": (TOTAL / "currency").tokens,
    "status": STATUS.tokens,
    "payment": PAYMENT_STATUS.tokens,
    "note": NOTES.tokens,
    "item.price": (*EVERY_ITEM, "unit_price", "value"),
    "item.weight": (*EVERY_ITEM, "measurement", "weight", "value"),
    "item.weight_unit": (*EVERY_ITEM, "measurement", "weight", "unit"),
    "item.origin": (*EVERY_ITEM, "country_of_origin"),
}
"""Short names of columns; they are those of the query language where it has the field."""

_CELL: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))|([^\\]+)", re.DOTALL)
_ESCAPES: Final = {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}
_ESCAPED: Final = {character: f"\\{letter}" for letter, character in _ESCAPES.items()}
_MOST_NAMED: Final = 5
_LAST_CODE: Final = 0x10FFFF


class UnknownColumn(ValueError):
    """There is no such column; str() is a sentence for users."""


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column of the table. `item`: the number of the order item that it shows, from 1; 0 for the order itself."""

    name: str
    pointer: Pointer
    field: Field
    item: int = 0


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why a line cannot be used, as a sentence. `line`: its number in the text, from 1."""

    line: int
    text: str


@dataclass(slots=True)
class TableChanges:
    """What a text changes: values by the key of the order, problems by line, and what was left out of the text."""

    values: dict[str, list[tuple[Pointer, Json | Absent]]] = field(default_factory=dict)
    problems: list[LineProblem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@cache
def column_paths() -> dict[str, FieldPath]:
    """The fields that a column can show, by the column's name: those that can change on an existing order."""
    short = {path: name for name, path in _SHORT.items()}
    found = {}
    for known in settable():
        if known.kind not in (Kind.JSON, Kind.TAGS):
            in_item = known.path[: len(EVERY_ITEM)] == EVERY_ITEM
            long = ".".join(("item", *known.path[len(EVERY_ITEM) :]) if in_item else known.path)
            found[short.get(known.path, long)] = known.path
    return found


def columns_named(names: Sequence[str], documents: Sequence[Document]) -> list[TextColumn]:
    """The columns with these names, without duplicates. A column `item.sku` becomes `item1.sku`, `item2.sku`, ….

    Raises UnknownColumn.
    """
    most_items = max((len(as_list(ITEMS.get(document))) for document in documents), default=0)
    found: dict[str, TextColumn] = {}
    for name in names:
        path = column_paths().get(name)
        if path is None:
            nearest = (get_close_matches(name, column_paths(), 1) or ["name"])[0]
            raise UnknownColumn(f"{name!r} is not a column; did you mean {nearest!r}?")
        known = field_at(Pointer(path))
        if known is None:
            continue
        if ANY not in path:
            found[name] = TextColumn(name, Pointer(path), known)
            continue
        for number in range(1, most_items + 1):
            pointer = ITEMS / (number - 1) + Pointer(path[len(EVERY_ITEM) :])
            item_name = f"item{number}{name.removeprefix('item')}"
            found[item_name] = TextColumn(item_name, pointer, known, number)
    return list(found.values())


def to_text(orders: Mapping[str, Document], columns: Sequence[TextColumn]) -> str:
    """The table of these orders, by key, for an editor."""
    lines = ["\t".join([_ID, _ORDER, *(column.name for column in columns)])]
    lines += [
        "\t".join([key, escape(order_name(order)), *(_cell(column, order) for column in columns)])
        for key, order in orders.items()
    ]
    return _HEAD + "\n".join(lines) + "\n"


def read_text(
    text: str,
    orders: Mapping[str, Document],
    columns: Sequence[TextColumn],
    now: datetime,
    parse_weight: ParseWeight,
) -> TableChanges:
    """What an edited text of `to_text` changes in the same orders.

    Times without a zone are in the zone of `now`. `parse_weight` reads the weights, which may have a unit. Every line that
    cannot be used has a problem, and orders and columns that were removed from the text have a note.
    """
    changes = TableChanges()
    lines = [
        (number, line.removesuffix("\r"))
        for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1)
        if line.strip() and not line.startswith("#")
    ]
    if not lines:
        changes.notes.append("The text is empty; nothing was changed.")
        return changes
    (number, head), *rows = lines
    shown = _columns_of_head(number, head, columns, changes)
    seen: dict[str, int] = {}
    for number, line in rows if shown is not None else ():
        key, *cells = line.split("\t")
        problem = _problem_of_row(key.strip(), cells[0] if cells else "", orders, seen)
        if problem:
            changes.problems.append(LineProblem(number, problem))
            continue
        seen[key.strip()] = number
        _read_row(number, key.strip(), cells[1:], shown or [], orders, now, parse_weight, changes)
    if shown is not None:
        _note_removed(orders, columns, seen, shown, changes)
    return changes


def escape(text: str) -> str:
    """A text as a cell. Reading it back gives the same text."""
    inner = text.strip(" ")
    if inner == text and text.isprintable() and "\\" not in text:
        return text
    start = len(text) - len(text.lstrip(" ")) if inner else len(text)
    end = len(text) - start - len(inner)
    return r"\x20" * start + "".join(map(_escaped, inner)) + r"\x20" * end


def unescape(cell: str) -> str:
    """The text of a cell. Raises ValueError with a sentence for an unknown escape and for a control character."""
    parts = []
    for match in _CELL.finditer(cell):
        two, four, eight, letter, plain = match.groups()
        if plain is not None:
            hidden = next((char for char in plain if _is_hidden(char) and char != "\u200d"), None)
            if hidden is not None:
                raise ValueError(f"a character that is not shown must be written as {_escaped(hidden)}")
            parts.append(plain)
        elif code := two or four or eight:
            if int(code, 16) > _LAST_CODE:
                raise ValueError(rf"\U{code} is not a character")
            parts.append(chr(int(code, 16)))
        elif letter in _ESCAPES:
            parts.append(_ESCAPES[letter])
        else:
            raise ValueError(rf"\{letter} has no meaning; write \\ for a backslash")
    return "".join(parts)


def _is_hidden(char: str) -> bool:
    """Whether a character acts on a terminal or is not shown."""
    return unicodedata.category(char)[0] == "C" or unicodedata.category(char) in ("Zl", "Zp")


def _escaped(char: str) -> str:
    if char in _ESCAPED:
        return _ESCAPED[char]
    if not _is_hidden(char):
        return char
    code = ord(char)
    return rf"\x{code:02x}" if code < 0x100 else rf"\u{code:04x}" if code < 0x10000 else rf"\U{code:08x}"


def _kind(column: TextColumn, value: Json | Absent) -> str:
    return editing_kind(column.field.kind, value)


def _cell(column: TextColumn, order: Document) -> str:
    value = column.pointer.get(order)
    kind = _kind(column, value)
    if kind == "json" and not isinstance(value, Absent):
        return escape(encode(value).decode())
    return escape(entry_text(kind, value))


def _columns_of_head(
    number: int, head: str, columns: Sequence[TextColumn], changes: TableChanges
) -> list[TextColumn] | None:
    """The columns in the order of the head; None if they are not those of the table."""
    known = {column.name: column for column in columns}
    names = [name.strip() for name in head.rstrip().split("\t")]
    if names[:2] != [_ID, _ORDER]:
        changes.problems.append(LineProblem(number, "the first two columns must be id and order, with a tab between"))
        return None
    unknown = [name for name in names[2:] if name not in known]
    twice = [name for name in known if names.count(name) > 1]
    changes.problems += [
        LineProblem(number, f"{name!r} is not a column of this table; leave the first line as it was")
        for name in unknown
    ]
    changes.problems += [LineProblem(number, f"the column {name!r} occurs twice") for name in twice]
    return None if unknown or twice else [known[name] for name in names[2:]]


def _problem_of_row(key: str, name: str, orders: Mapping[str, Document], seen: Mapping[str, int]) -> str:
    """Why a row does not belong to an order; "" if it does."""
    if key not in orders:
        return f"{key[:40]!r} is not the id of an order of this table; the column id must stay as it is"
    if key in seen:
        return f"the order has a second line; the first is line {seen[key]}"
    wanted = escape(order_name(orders[key]))
    return "" if name.strip() == wanted else f"the column order must stay as it is: {wanted}"


def _read_row(
    number: int,
    key: str,
    cells: Sequence[str],
    columns: Sequence[TextColumn],
    orders: Mapping[str, Document],
    now: datetime,
    parse_weight: ParseWeight,
    changes: TableChanges,
) -> None:
    order = orders[key]
    changed = {
        column.pointer for column, cell in zip(columns, cells, strict=False) if cell.strip(" ") != _cell(column, order)
    }
    problems: list[str] = []
    values: list[tuple[Pointer, Json | Absent]] = []
    if any(cell.strip() for cell in cells[len(columns) :]):
        problems.append(f"the line has {count_of(len(cells) + 2, 'cell')}, and the table {len(columns) + 2}")
    for position, column in enumerate(columns):
        before = _cell(column, order)
        cell = cells[position].strip(" ") if position < len(cells) else ""
        if position >= len(cells) and before:
            problems.append(f"the value of {column.name} is missing; an empty cell needs its tab")
        elif cell != before:
            has_unit = column.pointer.parent / "unit" in changed
            parsed = _value(column, cell, order, now, None if has_unit else parse_weight)
            if isinstance(parsed, InvalidText):
                problems.append(f"{column.name}: {parsed.reason}")
                continue
            value, beside = (parsed.value, parsed.beside) if isinstance(parsed, ValidValue) else (parsed, ())
            if not same_or_absent(column.pointer.get(order), value):
                values += exclusive_values(column.pointer, value)
            values += beside
    values += list(_units(columns, dict(values), order))
    if problems:
        changes.problems += [LineProblem(number, problem) for problem in problems]
    elif values:
        changes.values[key] = values


def _value(
    column: TextColumn, cell: str, order: Document, now: datetime, parse_weight: ParseWeight | None
) -> Absent | ParsedEntry | None:
    """What a cell says. `parse_weight`: None if the unit is read from a column of its own."""
    if column.item and column.item > len(as_list(ITEMS.get(order))):
        return InvalidText(f"the order has no item {column.item}")
    if cell == _NULL:
        return None
    if cell == _REMOVED:
        return ABSENT
    try:
        text = unescape(cell)
    except ValueError as error:
        return InvalidText(str(error))
    kind = _kind(column, column.pointer.get(order))
    if kind == Kind.NUMBER and parse_weight is not None and is_weight(column.pointer) and text:
        return parse_weight(text, column.pointer, order)
    parsed = parse_entry(kind, text, choices=_choices(column, order), now=now)
    if isinstance(parsed, InvalidText):
        return parsed if cell else InvalidText(r"a value is needed; \- removes it, and \N sets null")
    return parsed


def _choices(column: TextColumn, order: Document) -> Choices:
    match column.field.kind:
        case Kind.COUNTRY:
            return countries()
        case Kind.STATE:
            return states(text_at(order, column.pointer.parent / "country_code"))
        case Kind.CHOICE:
            return tuple((choice, choice.replace("_", " ")) for choice in column.field.choices)
        case _:
            return ()


def _units(
    columns: Sequence[TextColumn], values: Mapping[Pointer, Json | Absent], order: Document
) -> Iterator[tuple[Pointer, Json | Absent]]:
    """The unit of each weight that has none: kilograms."""
    for column in columns:
        unit = column.pointer.parent / "unit"
        is_set = values.get(column.pointer, ABSENT) not in (ABSENT, None)
        if is_weight(column.pointer) and is_set and not values.get(unit, unit.get(order)):
            yield unit, "kg"


def _note_removed(
    orders: Mapping[str, Document],
    columns: Sequence[TextColumn],
    seen: Mapping[str, int],
    shown: Sequence[TextColumn],
    changes: TableChanges,
) -> None:
    removed = [order_name(order) for key, order in orders.items() if key not in seen]
    if removed and not changes.problems:
        changes.notes.append(f"{count_of(len(removed), 'order')} not in the text, not changed: {_named(removed)}.")
    without = [column.name for column in columns if column not in shown]
    if without:
        changes.notes.append(f"{count_of(len(without), 'column')} not in the text, not changed: {_named(without)}.")


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
