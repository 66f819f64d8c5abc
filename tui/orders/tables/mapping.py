"""Which column of a table is which field: found by the names of the columns, changed by hand, kept by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tui.api.codec import Json
from tui.orders.paths import CURRENCY, EVERY_ITEM, ORDERED_AT, PAYMENT_STATUS, SHOP, STATUS, WEIGHT, FieldPath
from tui.orders.tables.headings import NUMBER_PATH, ORDER_ID_PATH, guess_fields, mappable, normalized, unit_in
from tui.orders.tables.layout import TableLayout

VERSION: Final = 1
"""Of a mapping as JSON. One of a later version is not read."""

CURRENCY_PATH: Final[FieldPath] = CURRENCY.tokens
STATUS_PATH: Final[FieldPath] = STATUS.tokens
PAYMENT_STATUS_PATH: Final[FieldPath] = PAYMENT_STATUS.tokens
SHOP_PATH: Final[FieldPath] = SHOP.tokens
ORDERED_AT_PATH: Final[FieldPath] = ORDERED_AT.tokens
WEIGHT_PATH: Final[FieldPath] = (*WEIGHT.tokens, "value")
WEIGHT_UNIT_PATH: Final[FieldPath] = (*WEIGHT.tokens, "unit")
ITEM_WEIGHT_PATH: Final[FieldPath] = (*EVERY_ITEM, *WEIGHT_PATH[1:])
ITEM_WEIGHT_UNIT_PATH: Final[FieldPath] = (*EVERY_ITEM, *WEIGHT_UNIT_PATH[1:])
_SIZE_UNIT: Final[FieldPath] = ("shipping_details", "measurement", "dimension", "unit")

USUAL_CONSTANTS: Final[dict[FieldPath, Json]] = {
    STATUS_PATH: "unfulfilled",
    PAYMENT_STATUS_PATH: "paid",
    CURRENCY_PATH: "EUR",
}
"""What every order needs and most files lack; each can be changed."""


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Columns to fields. `paths` has a place for each column of `header`: its field's path, or None for no field.

    Several columns with the same path make one value together, apart by a space. `constants`: what a field is where the
    row says nothing. `derives`: whether what is missing is worked out from what there is.
    """

    header: tuple[str, ...]
    paths: tuple[FieldPath | None, ...]
    name: str = ""
    constants: tuple[tuple[FieldPath, Json], ...] = ()
    derives: bool = True
    layout: TableLayout | None = field(default=None, compare=False)

    @property
    def unmapped(self) -> tuple[str, ...]:
        """The columns that go nowhere."""
        return tuple(name for name, path in zip(self.header, self.paths, strict=True) if path is None)

    @property
    def mapped(self) -> int:
        return sum(path is not None for path in self.paths)

    def constant(self, path: FieldPath) -> Json:
        return dict(self.constants).get(path)

    def with_path(self, column: int, path: FieldPath | None) -> "ColumnMapping":
        """With this column going to that field, or nowhere. A measure's unit goes along: the name's, or the one so far."""
        before = self.paths[column]
        changed = replace(self, paths=(*self.paths[:column], path, *self.paths[column + 1 :]))
        old, new = unit_path(before), unit_path(path)
        if new is not None and new not in changed.paths and changed.constant(new) is None:
            usual = "kg" if new[-2] == "weight" else "cm" if new[-2] == "dimension" else None
            so_far = self.constant(old) if old is not None and old[-2] == new[-2] else None
            changed = changed.with_constant(new, unit_in(self.header[column]) or so_far or usual)
        if old is not None and all(unit_path(one) != old for one in changed.paths):
            changed = changed.with_constant(old, None)
        return changed

    def with_constant(self, path: FieldPath, value: Json) -> "ColumnMapping":
        """With this value for all rows that say nothing; None takes it away."""
        kept = {one: other for one, other in self.constants if one != path}
        if value is not None:
            kept[path] = value
        return replace(self, constants=tuple(kept.items()))

    def fits(self, header: Sequence[str]) -> bool:
        """Whether it is for tables with these columns, in any order."""
        return sorted(map(normalized, self.header)) == sorted(map(normalized, header))

    def on(self, header: Sequence[str]) -> "ColumnMapping":
        """This mapping for a header that it fits, whose columns may stand in another order."""
        left: dict[str, list[FieldPath | None]] = {}
        for name, path in zip(self.header, self.paths, strict=True):
            left.setdefault(normalized(name), []).append(path)
        paths = tuple(left[normalized(name)].pop(0) if left.get(normalized(name)) else None for name in header)
        return replace(self, header=tuple(header), paths=paths)

    def to_json(self) -> Json:
        """As JSON, to be kept by name."""
        paths: list[Json] = [None if path is None else [*path] for path in self.paths]
        constants: list[Json] = [{"path": [*path], "value": value} for path, value in self.constants]
        return {
            "version": VERSION,
            "name": self.name,
            "header": [*self.header],
            "paths": paths,
            "constants": constants,
            "derives": self.derives,
            "layout": self.layout.to_json() if self.layout is not None else None,
        }

    @classmethod
    def from_json(cls, value: Json) -> "ColumnMapping | None":
        """Read what `to_json` wrote; None for what is no mapping, or one of a later version."""
        if not isinstance(value, dict) or value.get("version") != VERSION:
            return None
        header, paths = _list(value.get("header")), _list(value.get("paths"))
        if len(header) != len(paths) or not header:
            return None
        known = {one.path for one in mappable()}
        read = [_path(path) for path in paths]
        constants = [
            (path, one.get("value"))
            for one in _list(value.get("constants"))
            if isinstance(one, dict) and (path := _path(one.get("path"))) in known and path is not None
        ]
        name = value.get("name")
        return cls(
            tuple(str(one) for one in header),
            tuple(path if path in known else None for path in read),
            name if isinstance(name, str) else "",
            tuple(constants),
            value.get("derives") is not False,
            TableLayout.from_json(value.get("layout")),
        )


def unit_path(path: FieldPath | None) -> FieldPath | None:
    """Where the unit of this measure is told; None for what is no measure, or is the unit itself."""
    if path is None or path[-1] in ("unit", "currency"):
        return None
    unit = (*path[:-1], "unit")
    return unit if any(known.path == unit for known in mappable()) else None


def suggest_mapping(header: Sequence[str], *, shop: int | None = None) -> ColumnMapping:
    """The mapping that the names of the columns suggest, with the usual constants for what no column gives."""
    found = guess_fields(header)
    paths: list[FieldPath | None] = [None] * len(header)
    units: dict[FieldPath, str] = {}
    taken: dict[FieldPath, bool] = {}
    offers = sorted((guess.rank, column) for column, many in enumerate(found) for guess in many)
    for rank, column in offers:
        if paths[column] is not None:
            continue
        for guess in found[column]:
            if guess.rank == rank and (guess.path not in taken or guess.more or (guess.part and taken[guess.path])):
                paths[column] = guess.path
                taken[guess.path] = guess.part or taken.get(guess.path, False)
                if guess.unit:
                    units[guess.path] = guess.unit
                break
    if NUMBER_PATH not in taken and ORDER_ID_PATH not in taken and "id" in map(normalized, header):
        place = [normalized(name) for name in header].index("id")
        paths[place] = paths[place] or ORDER_ID_PATH
    constants = {path: value for path, value in USUAL_CONSTANTS.items() if path not in taken}
    constants |= {(*path[:-1], "unit"): unit for path, unit in units.items() if path[-1] == "value"}
    if any(path is not None and path[-2:-1] == ("dimension",) for path in paths):
        size = next((unit for path, unit in units.items() if path[-2:-1] == ("dimension",)), "cm")
        constants |= {_SIZE_UNIT: size} if _SIZE_UNIT not in taken else {}
    for unit in (WEIGHT_UNIT_PATH, ITEM_WEIGHT_UNIT_PATH):
        if (*unit[:-1], "value") in taken and unit not in taken:
            constants.setdefault(unit, "kg")
    mapping = ColumnMapping(tuple(header), tuple(paths), constants=tuple(constants.items()))
    return mapping if shop is None else mapping.with_constant(SHOP_PATH, shop)


def refine_by_rows(mapping: ColumnMapping, rows: Iterable[Sequence[str]]) -> ColumnMapping:
    """The mapping with what a look at the rows tells: a weight that differs within an order is that of the items."""
    if WEIGHT_PATH not in mapping.paths or ITEM_WEIGHT_PATH in mapping.paths:
        return mapping
    place = mapping.paths.index(WEIGHT_PATH)
    keys = [column for path in (ORDER_ID_PATH, NUMBER_PATH) for column, one in enumerate(mapping.paths) if one == path]
    seen: dict[str, str] = {}
    for cells in rows:
        key = next(
            (f"{column}:{cells[column]}" for column in keys if column < len(cells) and cells[column].strip()), ""
        )
        weight = cells[place].strip() if place < len(cells) else ""
        if key and weight and seen.setdefault(key, weight) != weight:
            break
    else:
        return mapping
    turned = {WEIGHT_PATH: ITEM_WEIGHT_PATH, WEIGHT_UNIT_PATH: ITEM_WEIGHT_UNIT_PATH}
    paths = tuple(None if path is None else turned.get(path, path) for path in mapping.paths)
    return replace(
        mapping, paths=paths, constants=tuple((turned.get(path, path), value) for path, value in mapping.constants)
    )


def _path(value: Json) -> FieldPath | None:
    if not isinstance(value, list) or not all(isinstance(token, str) for token in value):
        return None
    return tuple(str(token) for token in value)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
