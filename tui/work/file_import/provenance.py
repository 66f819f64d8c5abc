"""Where a staged order came from: its file, row and cells, and what was derived, whatever was made of it since."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from tui.api.codec import Document, Json
from tui.api.pointer import Pointer, position_of
from tui.orders.edits.edit import KEY, Edit
from tui.orders.fields import entry_of
from tui.orders.paths import LISTS


@dataclass(slots=True)
class Provenance:
    """`words` for people; `file` and `row` (from 1) where it came out of a table. Without a table all is empty.

    Cells are found by the pointer of a value as it is now: they follow an item that was moved.
    """

    words: str = ""
    file: str = ""
    row: int | None = None
    _cells: Mapping[str, Json] = field(default_factory=dict)
    _derived: Mapping[str, Json] = field(default_factory=dict)
    _by_key: tuple[dict[Pointer, tuple[int, str]], dict[Pointer, str]] | None = None

    def cell(self, pointer: Pointer, edit: Edit) -> tuple[int, str] | None:
        """The row and the name of the column that the value at a pointer was read from."""
        cells = self._keyed()[0]
        return cells.get(edit.to_keys(pointer)) if cells else None

    def place(self, pointer: Pointer, edit: Edit) -> str:
        """Where in the table a value stands, or would stand, in words: `row 8, column "Qty"`.

        Empty without a table, and where it is no more than the row that `words` tells.
        """
        entry = entry_of(pointer)
        if self.row is None or not pointer.tokens or (entry is not None and edit.base_pointer(entry) is None):
            return ""
        row, column = cell_near(self._keyed()[0], edit.to_keys(pointer))
        words = f"row {self.row if row is None else row}"
        if column is not None:
            return f'{words}, column "{column}"'
        # Whether its column is empty here or is missing is not kept.
        derived = self.derived(pointer, edit)
        return f"{words}, {derived}" if derived else words if row not in (None, self.row) else ""

    def derived(self, pointer: Pointer, edit: Edit) -> str | None:
        """How the value at a pointer was derived, as the source itself lacked it."""
        words = self._keyed()[1]
        return words.get(edit.to_keys(pointer)) if words else None

    def rebased(self, old: Edit, new: Edit) -> "Provenance":
        """The same for an edit with another base: places are taken along where the same value stands."""
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
        return Provenance(self.words, self.file, self.row, cast(Document, kept), cast(Document, words))

    def _keyed(self) -> tuple[dict[Pointer, tuple[int, str]], dict[Pointer, str]]:
        """Read only when asked for: a table of ten thousand rows has some hundred thousand cells."""
        if self._by_key is None:
            cells = {
                _keyed(Pointer.parse(place)): (int(cast(int, cell[0])), str(cell[1]))
                for place, cell in self._cells.items()
                if isinstance(cell, list) and len(cell) == 2
            }
            derived = {_keyed(Pointer.parse(place)): str(words) for place, words in self._derived.items()}
            self._by_key = (cells, derived)
        return self._by_key

    # To disk and back.

    def dump(self) -> Document:
        kept: Document = {"source": self.words}
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
    """Row and column of a value; the row alone where it has no cell of its own, none where nothing tells the row.

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
    """Cells by the pointers of a document as it came."""
    return {str(pointer): [row, column] for pointer, (row, column) in cells.items()}


def _keyed(pointer: Pointer) -> Pointer:
    """With the keys that entries of lists have in an edit of this base."""
    for place in LISTS:
        if len(pointer) > len(place) and pointer.startswith(place):
            token = pointer.tokens[len(place)]
            if position_of(token) is not None:
                return Pointer((*place.tokens, f"{KEY}{token}", *pointer.tokens[len(place) + 1 :]))
    return pointer
