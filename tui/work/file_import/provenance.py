"""Where a staged order came from: its file, row and cells, and which values were derived."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from tui.api.codec import Document, Json
from tui.api.pointer import Pointer, position_of
from tui.orders.fields import entry_of
from tui.orders.paths import KEY, LISTS

if TYPE_CHECKING:
    from tui.orders.edits.edit import Edit


@dataclass(slots=True)
class Provenance:
    """The source of an order. `text`: for the user. `file` and `row` (from 1): only for an order of a table.

    Cells are found by the current pointer of a value; they follow an item that was moved.
    """

    text: str = ""
    file: str = ""
    row: int | None = None
    _cells: Mapping[str, Json] = field(default_factory=dict)
    _derived: Mapping[str, Json] = field(default_factory=dict)
    _by_key: tuple[dict[Pointer, tuple[int, str]], dict[Pointer, str]] | None = None

    def cell(self, pointer: Pointer, edit: "Edit") -> tuple[int, str] | None:
        """The row and column name that the value at a pointer was read from."""
        cells = self._keyed()[0]
        return cells.get(edit.to_keys(pointer)) if cells else None

    def place(self, pointer: Pointer, edit: "Edit") -> str:
        """The place of a value in the table, or where it would be: `row 8, column "Qty"`.

        Empty without a table, and if it is only the row that `text` has already.
        """
        entry = entry_of(pointer)
        if self.row is None or not pointer.tokens or (entry is not None and edit.base_pointer(entry) is None):
            return ""
        row, column = cell_near(self._keyed()[0], edit.to_keys(pointer))
        words = f"row {self.row if row is None else row}"
        if column is not None:
            return f'{words}, column "{column}"'
        # Whether its column is empty in this row or missing is not stored.
        derived = self.derived(pointer, edit)
        return f"{words}, {derived}" if derived else words if row not in (None, self.row) else ""

    def describe(self, pointer: Pointer, edit: "Edit") -> str:
        """Where a value came from: its column and row, and how it was derived; empty without a table."""
        if self.row is None:
            return ""
        cell, derived = self.cell(pointer, edit), self.derived(pointer, edit)
        found = (
            f'From column "{cell[1]}", row {cell[0]} of {self.file}.'
            if cell
            else f"From row {self.row} of {self.file}."
        )
        if derived is None:
            return found if cell else ""
        return (
            f"{found} {derived[:1].upper()}{derived[1:].rstrip('.')}."
            if cell
            else f"Not in {self.file}: {derived.rstrip('.')}."
        )

    def derived(self, pointer: Pointer, edit: "Edit") -> str | None:
        """How the value at a pointer was derived, if the source lacked it."""
        words = self._keyed()[1]
        return words.get(edit.to_keys(pointer)) if words else None

    def rebased(self, old: "Edit", new: "Edit") -> "Provenance":
        """The provenance for an edit with another base. Cells are kept where the value is the same."""
        cells, derived = self._keyed()
        if not cells and not derived:
            return self
        moved: dict[Pointer, Pointer] = {}
        for keyed in {*cells, *derived}:
            placed = old.to_positions(keyed)
            if placed is not None and placed.get(old.document) == placed.get(new.document):
                moved[keyed] = new.to_keys(placed)
        kept = {str(moved[key]): [row, column] for key, (row, column) in cells.items() if key in moved}
        words = {str(moved[key]): text for key, text in derived.items() if key in moved}
        return Provenance(self.text, self.file, self.row, cast(Document, kept), cast(Document, words))

    def _keyed(self) -> tuple[dict[Pointer, tuple[int, str]], dict[Pointer, str]]:
        """Parsed on demand, because a table of ten thousand rows has several hundred thousand cells."""
        if self._by_key is None:
            cells = {
                _keyed(Pointer.parse(place)): (int(cast(int, cell[0])), str(cell[1]))
                for place, cell in self._cells.items()
                if isinstance(cell, list) and len(cell) == 2
            }
            derived = {_keyed(Pointer.parse(place)): str(words) for place, words in self._derived.items()}
            self._by_key = (cells, derived)
        return self._by_key

    # Storage

    def dump(self) -> Document:
        kept: Document = {"source": self.text}
        if self.file:
            kept |= {"file": self.file, "row": self.row}
        if self._cells:
            kept["cells"] = dict(self._cells)
        if self._derived:
            kept["derived"] = dict(self._derived)
        return kept

    @classmethod
    def load(cls, meta: Mapping[str, Json]) -> "Provenance":
        row, cells, derived = meta.get("row"), meta.get("cells"), meta.get("derived")
        return cls(
            str(meta.get("source") or ""),
            str(meta.get("file") or ""),
            row if isinstance(row, int) else None,
            cells if isinstance(cells, dict) else {},
            derived if isinstance(derived, dict) else {},
        )


def cell_near(cells: Mapping[Pointer, tuple[int, str]], pointer: Pointer) -> tuple[int | None, str | None]:
    """Row and column of a value; only the row if it has no cell of its own; neither if the row is unknown.

    A missing value of an item is reported at the row of its siblings; a missing price where its amount should be.
    """
    while pointer not in cells:
        if not pointer.tokens:
            return None, None
        if below := {other: cell for other, cell in cells.items() if other.startswith(pointer)}:
            amount = below.get(pointer / "value")
            return amount if amount is not None else (min(row for row, _ in below.values()), None)
        pointer = pointer.parent
    return cells[pointer]


def cells_to_json(cells: Mapping[Pointer, tuple[int, str]]) -> Document:
    """Cells by the pointers of the document as it was read."""
    return {str(pointer): [row, column] for pointer, (row, column) in cells.items()}


def _keyed(pointer: Pointer) -> Pointer:
    """Replace list indexes by the item keys of an edit with this base."""
    for place in LISTS:
        if len(pointer) > len(place) and pointer.startswith(place):
            token = pointer.tokens[len(place)]
            if position_of(token) is not None:
                return Pointer((*place.tokens, f"{KEY}{token}", *pointer.tokens[len(place) + 1 :]))
    return pointer
