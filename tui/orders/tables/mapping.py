"""Maps the columns of a table to fields: suggested by the column names, editable, and saved by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tui.api.codec import Document, Json
from tui.orders.names import normalized
from tui.orders.parsed import Guess, GuessKind, Memory
from tui.orders.paths import CURRENCY, EVERY_ITEM, ORDERED_AT, PAYMENT_STATUS, SHIP_TO, SHOP, STATUS, WEIGHT, FieldPath
from tui.orders.tables import heading_words as words
from tui.orders.tables.address_headings import Party, second_address
from tui.orders.tables.heading_text import currency_in, is_currency_certain, is_order_time, unit_in
from tui.orders.tables.headings import (
    DESCRIPTION_WORDS,
    NUMBER_PATH,
    ORDER_ID_PATH,
    WEAK_NAMES,
    guess_fields,
    is_amount,
    item_groups,
    mappable,
)
from tui.orders.tables.layout import TableLayout
from tui.orders.tables.steps.units import stated_unit

VERSION: Final = 1
"""Version of the JSON form. Later versions are not read."""

CURRENCY_PATH: Final[FieldPath] = CURRENCY.tokens
STATUS_PATH: Final[FieldPath] = STATUS.tokens
PAYMENT_STATUS_PATH: Final[FieldPath] = PAYMENT_STATUS.tokens
SHOP_PATH: Final[FieldPath] = SHOP.tokens
ORDERED_AT_PATH: Final[FieldPath] = ORDERED_AT.tokens
WEIGHT_PATH: Final[FieldPath] = (*WEIGHT.tokens, "value")
WEIGHT_UNIT_PATH: Final[FieldPath] = (*WEIGHT.tokens, "unit")
ITEM_WEIGHT_PATH: Final[FieldPath] = (*EVERY_ITEM, *WEIGHT_PATH[1:])
ITEM_WEIGHT_UNIT_PATH: Final[FieldPath] = (*EVERY_ITEM, *WEIGHT_UNIT_PATH[1:])
QUANTITY_PATH: Final[FieldPath] = (*EVERY_ITEM, "quantity")
ITEM_NAME_PATH: Final[FieldPath] = (*EVERY_ITEM, "name")
ITEM_DESCRIPTION_PATH: Final[FieldPath] = (*EVERY_ITEM, "description")
SHIP_STREET_PATH: Final[FieldPath] = (SHIP_TO / "address_line_1").tokens
SIZE_UNIT_PATH: Final[FieldPath] = ("shipping_details", "measurement", "dimension", "unit")

_FLATS: Final = frozenset(words.FLAT_NUMBERS.split("|"))
USUAL_CONSTANTS: Final[dict[FieldPath, Json]] = {
    STATUS_PATH: "unfulfilled",
    PAYMENT_STATUS_PATH: "paid",
    CURRENCY_PATH: "EUR",
}
"""Default constants for fields that every order needs and most files lack."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Maps columns to fields. `paths` has the field path of each column of `header`, or None for an ignored column.

    Columns with the same path are joined by a space, or by that of `separators`. `constants`: values for fields that a row leaves empty.
    `fills_defaults`: whether missing values are derived from others. `accepted`: the kinds of guesses that the user
    confirmed. `overriding`: the names of columns whose value, where they are filled, replaces that of the other columns of
    their field. `confirmed`: guesses that the user confirmed one by one; those for one file only are not stored. `ignored`:
    the names of the columns that the user left out. `guessed`: the units, and the columns of
    weights and prices, whose meaning is a guess; the shop, if the user did not choose it.
    """

    header: tuple[str, ...]
    paths: tuple[FieldPath | None, ...]
    name: str = ""
    constants: tuple[tuple[FieldPath, Json], ...] = ()
    fills_defaults: bool = True
    accepted: frozenset[GuessKind] = frozenset()
    ignored: frozenset[str] = frozenset()
    separators: tuple[tuple[FieldPath, str], ...] = ()
    overriding: frozenset[str] = frozenset()
    layout: TableLayout | None = field(default=None, compare=False)
    guessed: frozenset[FieldPath] = frozenset()
    confirmed: frozenset[Guess] = field(default=frozenset(), compare=False)

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The columns that are ignored."""
        return tuple(name for name, path in zip(self.header, self.paths, strict=True) if path is None)

    @property
    def mapped(self) -> int:
        return sum(path is not None for path in self.paths)

    def columns_of(self, path: FieldPath | None) -> list[int]:
        """The indexes of the columns that are mapped to a field; with None, of those that are not."""
        return [column for column, field_path in enumerate(self.paths) if field_path == path]

    def constant(self, path: FieldPath) -> Json:
        return dict(self.constants).get(path)

    def separator(self, path: FieldPath) -> str:
        """The text between the values of columns that share a field."""
        return dict(self.separators).get(path, " ")

    def with_separator(self, path: FieldPath, separator: str) -> "ColumnMapping":
        """A copy that joins the columns of a field by this text."""
        others = tuple(pair for pair in self.separators if pair[0] != path)
        return replace(self, separators=others if separator == " " else (*others, (path, separator)))

    def with_overriding(self, column: int) -> "ColumnMapping":
        """A copy in which the value of this column, where it is filled, replaces that of the other columns of its field."""
        return replace(self, overriding=self.overriding | {self.header[column]})

    def accepts(self, guess: Guess) -> bool:
        """Whether the user confirmed this guess, or all of its kind."""
        return guess.kind in self.accepted or guess in self.confirmed

    def with_accepted(self, guess: Guess, *, is_accepted: bool) -> "ColumnMapping":
        """A copy in which a guess is confirmed, or not, within the scope of its confirmation."""
        if is_accepted and guess.memory is not Memory.KIND:
            return replace(self, confirmed=self.confirmed | {guess})
        accepted = self.accepted | {guess.kind} if is_accepted else self.accepted - {guess.kind}
        return replace(self, accepted=accepted, confirmed=self.confirmed - {guess})

    def with_path(self, column: int, path: FieldPath | None) -> "ColumnMapping":
        """A copy that maps a column to a field, or to none.

        For a measure, the constant of its unit is set, too: the unit in the column's name, else the one so far.
        """
        old_path = self.paths[column]
        name = {self.header[column]}
        mapping = replace(
            self,
            paths=(*self.paths[:column], path, *self.paths[column + 1 :]),
            ignored=self.ignored | name if path is None else self.ignored - name,
            overriding=self.overriding - name,
        )
        old_unit, new_unit = unit_path(old_path), unit_path(path)
        if new_unit is not None and new_unit not in mapping.paths and mapping.constant(new_unit) is None:
            default_unit = "kg" if new_unit[-2] == "weight" else "cm" if new_unit[-2] == "dimension" else None
            known_unit = self.constant(old_unit) if old_unit is not None and old_unit[-2] == new_unit[-2] else None
            named_unit = unit_in(self.header[column])
            mapping = mapping.with_constant(new_unit, named_unit or known_unit or default_unit)
            if default_unit and not named_unit and (known_unit is None or old_unit in self.guessed):
                mapping = replace(mapping, guessed=mapping.guessed | {new_unit})
        if old_unit is not None and all(unit_path(field_path) != old_unit for field_path in mapping.paths):
            mapping = mapping.with_constant(old_unit, None)
        # The user chose what the column means.
        return replace(mapping, guessed=mapping.guessed - {old_path, path})

    def moved(self, column: int, path: FieldPath | None) -> "ColumnMapping":
        """A copy with another field for a column whose rows show what it is."""
        return replace(
            self,
            paths=(*self.paths[:column], path, *self.paths[column + 1 :]),
            constants=tuple(pair for pair in self.constants if pair[0] != path),
            guessed=self.guessed - {self.paths[column]},
        )

    def with_constant(self, path: FieldPath, value: Json) -> "ColumnMapping":
        """A copy with this value for rows that leave the field empty; None removes the constant."""
        constants = {other_path: other_value for other_path, other_value in self.constants if other_path != path}
        if value is not None:
            constants[path] = value
        return replace(self, constants=tuple(constants.items()), guessed=self.guessed - {path})

    def with_assumed(self, path: FieldPath, value: Json) -> "ColumnMapping":
        """A copy with this constant, which the user did not choose."""
        mapping = self.with_constant(path, value)
        return replace(mapping, guessed=mapping.guessed | {path})

    def fits(self, header: Sequence[str]) -> bool:
        """Whether the mapping has exactly these columns, in any order."""
        return sorted(map(normalized, self.header)) == sorted(map(normalized, header))

    def on(self, header: Sequence[str]) -> "ColumnMapping":
        """This mapping for a header with the same columns in another order."""
        paths_by_name: dict[str, list[FieldPath | None]] = {}
        for name, path in zip(self.header, self.paths, strict=True):
            paths_by_name.setdefault(normalized(name), []).append(path)
        paths = tuple(
            paths_by_name[normalized(name)].pop(0) if paths_by_name.get(normalized(name)) else None for name in header
        )
        return replace(self, header=tuple(header), paths=paths)

    def to_json(self) -> Json:
        """The mapping as JSON, for storage."""
        paths: list[Json] = [None if path is None else [*path] for path in self.paths]
        constants: list[Json] = [{"path": [*path], "value": value} for path, value in self.constants]
        return {
            "version": VERSION,
            "name": self.name,
            "header": [*self.header],
            "paths": paths,
            "constants": constants,
            "derives": self.fills_defaults,
            "separators": [{"path": [*path], "text": separator} for path, separator in self.separators],
            "overriding": [str(name) for name in sorted(self.overriding)],
            "ignored": [str(name) for name in sorted(self.ignored)],
            "accepted": [str(kind) for kind in sorted(self.accepted)],
            "confirmed": [
                {"kind": str(guess.kind), "subject": guess.subject, "text": guess.text}
                for guess in sorted(self.confirmed, key=lambda guess: (guess.kind, guess.subject, guess.text))
                if guess.memory is not Memory.FILE
            ],
            "guessed": [[*path] for path in sorted(self.guessed)],
            "layout": self.layout.to_json() if self.layout is not None else None,
        }

    @classmethod
    def from_json(cls, value: Json) -> "ColumnMapping | None":
        """Read the result of `to_json`; None if it is something else or of a later version."""
        if not isinstance(value, dict) or value.get("version") != VERSION:
            return None
        header, paths = _list(value.get("header")), _list(value.get("paths"))
        if len(header) != len(paths) or not header:
            return None
        known = {stored.path for stored in mappable()}
        stored_paths = [_path(path) for path in paths]
        constants = [
            (path, stored.get("value"))
            for stored in _list(value.get("constants"))
            if isinstance(stored, dict) and (path := _path(stored.get("path"))) in known and path is not None
        ]
        name = value.get("name")
        return cls(
            tuple(str(stored) for stored in header),
            tuple(path if path in known else None for path in stored_paths),
            name if isinstance(name, str) else "",
            tuple(constants),
            value.get("derives") is not False,
            frozenset(kind for kind in GuessKind if kind in _list(value.get("accepted"))),
            _ignored(value),
            tuple(
                (path, str(stored.get("text")))
                for stored in _list(value.get("separators"))
                if isinstance(stored, dict) and (path := _path(stored.get("path"))) in known and path is not None
            ),
            layout=TableLayout.from_json(value.get("layout")),
            guessed=frozenset(
                path for stored in _list(value.get("guessed")) if (path := _path(stored)) in known and path
            ),
            overriding=frozenset(str(name) for name in _list(value.get("overriding"))),
            confirmed=frozenset(
                Guess(GuessKind(kind), str(stored.get("subject")), str(stored.get("text")), Memory.GUESS)
                for stored in _list(value.get("confirmed"))
                if isinstance(stored, dict) and (kind := stored.get("kind")) in [*GuessKind] and isinstance(kind, str)
            ),
        )


def _ignored(value: Document) -> frozenset[str]:
    """The ignored columns of a stored mapping. Earlier versions did not store them: then all columns without a field."""
    if "ignored" in value:
        return frozenset(str(name) for name in _list(value["ignored"]))
    pairs = zip(_list(value.get("header")), _list(value.get("paths")), strict=True)
    return frozenset(str(name) for name, path in pairs if path is None)


def unit_path(path: FieldPath | None) -> FieldPath | None:
    """The path of a measure's unit; None if the path is not a measure's, or is the unit itself."""
    if path is None or path[-1] in ("unit", "currency"):
        return None
    unit = (*path[:-1], "unit")
    return unit if any(known.path == unit for known in mappable()) else None


def suggest_mapping(header: Sequence[str], *, shop: int | None = None) -> ColumnMapping:
    """Suggest a mapping by the column names, with default constants for fields that no column has."""
    candidates = guess_fields(header)
    paths: list[FieldPath | None] = [None] * len(header)
    units: dict[FieldPath, str] = {}
    mapped: set[FieldPath] = set()
    groups = item_groups(tuple(header))
    taken: dict[tuple[FieldPath, int], Party | None] = {}
    """The party of which the parts of a value are joined; None if it has no parts."""
    ranked = sorted(
        (guess.rank, column) for column, column_candidates in enumerate(candidates) for guess in column_candidates
    )
    for rank, column in ranked:
        if paths[column] is not None:
            continue
        item = groups[column].number if column in groups else 0
        for guess in candidates[column]:
            key = (guess.path, item)
            if guess.rank == rank and (
                key not in taken or guess.is_addition or (guess.is_part and taken[key] is guess.party)
            ):
                paths[column] = guess.path
                taken[key] = guess.party if guess.is_part else taken.get(key)
                mapped.add(guess.path)
                if guess.unit:
                    units[guess.path] = guess.unit
                break
    if NUMBER_PATH not in mapped and ORDER_ID_PATH not in mapped and "id" in map(normalized, header):
        column = [normalized(name) for name in header].index("id")
        paths[column] = paths[column] or ORDER_ID_PATH
    if ITEM_NAME_PATH not in mapped:
        _use_description(header, paths, mapped)
    if ORDERED_AT.tokens in mapped:
        paths = [
            ORDERED_AT.tokens if path is None and is_order_time(name) else path
            for name, path in zip(header, paths, strict=True)
        ]
    guessed: set[FieldPath] = set()
    if ITEM_NAME_PATH in mapped and normalized(header[paths.index(ITEM_NAME_PATH)]) in WEAK_NAMES:
        guessed.add(ITEM_NAME_PATH)
    if any(not group.is_stated and group.number > 1 for group in groups.values()):
        guessed.add(ITEM_NAME_PATH)
    if second_address(tuple(header)):
        guessed.add(SHIP_STREET_PATH)
    stated = stated_unit(frozenset(map(normalized, header)))
    constants = {path: value for path, value in USUAL_CONSTANTS.items() if path not in mapped}
    constants |= {(*path[:-1], "unit"): unit for path, unit in units.items() if path[-1] == "value"}
    if any(path is not None and path[-2:-1] == ("dimension",) for path in paths):
        size_unit = next((unit for path, unit in units.items() if path[-2:-1] == ("dimension",)), "")
        constants |= {SIZE_UNIT_PATH: size_unit or "cm"} if SIZE_UNIT_PATH not in mapped else {}
        guessed |= {SIZE_UNIT_PATH} if SIZE_UNIT_PATH not in mapped and not size_unit else set()
    for unit in (WEIGHT_UNIT_PATH, ITEM_WEIGHT_UNIT_PATH):
        if (*unit[:-1], "value") in mapped and unit not in mapped and unit not in constants:
            constants[unit] = stated or "kg"
            guessed |= set() if stated else {unit}
    if CURRENCY_PATH not in mapped and (currency := _currency_of(header, paths)):
        constants[CURRENCY_PATH] = currency
        guessed |= set() if is_currency_certain(header) else {CURRENCY_PATH}
    separators = tuple((path, "/") for name, path in zip(header, paths, strict=True) if path and _is_flat(name, path))[
        :1
    ]
    mapping = ColumnMapping(
        tuple(header),
        tuple(paths),
        constants=tuple(constants.items()),
        guessed=frozenset(guessed),
        separators=separators,
    )
    return mapping if shop is None else mapping.with_constant(SHOP_PATH, shop)


def _is_flat(name: str, path: FieldPath) -> bool:
    """Whether a column has the numbers of flats, which follow the house number after a slash."""
    return path == (SHIP_TO / "house_number").tokens and normalized(name) in _FLATS


def _use_description(header: Sequence[str], paths: list[FieldPath | None], mapped: set[FieldPath]) -> None:
    """Use the description of an item as its name, if no column has the name."""
    for column, path in enumerate(paths):
        if path == ITEM_DESCRIPTION_PATH and not DESCRIPTION_WORDS.isdisjoint(normalized(header[column]).split(" ")):
            paths[column] = ITEM_NAME_PATH
            mapped.add(ITEM_NAME_PATH)
            if column not in item_groups(tuple(header)):
                return


def _currency_of(header: Sequence[str], paths: list[FieldPath | None]) -> str:
    """The currency in the headings of amounts, or "". Columns of amounts in another currency lose their fields."""
    currency = ""
    for column, path in enumerate(paths):
        if path is not None and is_amount(path) and (found := currency_in(header[column])):
            currency = currency or found
            if found != currency:
                paths[column] = None
    return currency


def refine_by_rows(mapping: ColumnMapping, rows: Iterable[Sequence[str]]) -> ColumnMapping:
    """Improve a mapping by the rows: a weight that differs between the rows of an order is the item's weight."""
    if WEIGHT_PATH not in mapping.paths or ITEM_WEIGHT_PATH in mapping.paths:
        return mapping
    weight_column = mapping.paths.index(WEIGHT_PATH)
    keys = [
        column
        for path in (ORDER_ID_PATH, NUMBER_PATH)
        for column, field_path in enumerate(mapping.paths)
        if field_path == path
    ]
    weight_by_order: dict[str, str] = {}
    for cells in rows:
        key = next(
            (f"{column}:{cells[column]}" for column in keys if column < len(cells) and cells[column].strip()), ""
        )
        weight = cells[weight_column].strip() if weight_column < len(cells) else ""
        if key and weight and weight_by_order.setdefault(key, weight) != weight:
            break
    else:
        return mapping
    item_paths = {WEIGHT_PATH: ITEM_WEIGHT_PATH, WEIGHT_UNIT_PATH: ITEM_WEIGHT_UNIT_PATH}
    paths = tuple(None if path is None else item_paths.get(path, path) for path in mapping.paths)
    return replace(
        mapping,
        paths=paths,
        constants=tuple((item_paths.get(path, path), value) for path, value in mapping.constants),
        guessed=frozenset(item_paths.get(path, path) for path in mapping.guessed),
    )


def _path(value: Json) -> FieldPath | None:
    if not isinstance(value, list) or not all(isinstance(token, str) for token in value):
        return None
    return tuple(str(token) for token in value)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
