"""The rows of an order form and their layout: which lines each row uses, and which row is nearest to a pointer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rich.cells import cell_len

from tui.api.codec import Json
from tui.api.pointer import ROOT, Absent, Pointer
from tui.widgets.text import safe, wrap

NOTE_INDENT = 6

_MIN_LABEL_WIDTH, _MAX_LABEL_WIDTH = 8, 24
_PROBLEM_MARKS = frozenset({"!", "S", "#"})
_PROBLEM_STYLES = frozenset({"error", "service", "conflict"})

NoteStyle: TypeAlias = Literal["error", "service", "warning", "conflict", "info"]


@dataclass(frozen=True, slots=True)
class GroupRow:
    title: str
    pointer: Pointer
    changes: int = 0
    problems: int = 0
    hint: str = ""
    conflicts: int = 0


@dataclass(slots=True)  # not frozen, which takes twice as long: an order of 60 items has 1,000 of them
class FieldRow:
    """A field. `shown` and `was` are display texts; `value` is the initial value of its editor.

    `choices`: code and name; for the kinds `text` and `word` they are suggestions. `reason`: why the field is not
    `editable`. `full_order_reason`: why a change of it needs an upsert of the full order. `mark`: one of ``! S # ~ *`` or "".
    """

    pointer: Pointer
    label: str
    kind: str
    value: Json | Absent
    shown: str
    was: str | None = None
    mark: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    editable: bool = True
    reason: str = ""
    help: str = ""
    multiline: bool = False
    indent: int = 0
    full_order_reason: str = ""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A problem, conflict or hint below its field, wrapped into as many lines as needed."""

    pointer: Pointer
    text: str
    style: NoteStyle = "info"
    mark: str = ""


SheetRow: TypeAlias = GroupRow | FieldRow | NoteRow


class FormLayout:
    """Rows laid out for a width. `lines`: for each line, the index of its row and of the part of the row that it shows."""

    def __init__(self, rows: Sequence[SheetRow] = (), width: int = 80) -> None:
        self.rows = tuple(rows)
        self.lines: list[tuple[int, int]] = []
        self.line_of_row: list[int] = []
        self.label_width = _MIN_LABEL_WIDTH
        self._notes: dict[int, list[str]] = {}
        self._row_of = {row.pointer: index for index, row in enumerate(self.rows) if isinstance(row, FieldRow)}
        self.lay_out(width)

    def lay_out(self, width: int) -> None:
        longest = 0
        self.lines, self.line_of_row, self._notes = [], [], {}
        for index, row in enumerate(self.rows):
            self.line_of_row.append(len(self.lines))
            if isinstance(row, NoteRow):
                parts = wrap(safe(row.text), max(10, width - NOTE_INDENT - 1))
                self._notes[index] = parts
                self.lines.extend((index, part) for part in range(len(parts)))
                continue
            self.lines.append((index, 0))
            if isinstance(row, FieldRow):
                longest = max(longest, cell_len(row.label) + 2 * row.indent)
        self.label_width = max(_MIN_LABEL_WIDTH, min(longest, _MAX_LABEL_WIDTH, width * 3 // 10))

    def has_same_layout(self, other: "FormLayout") -> bool:
        """Whether every line belongs to the same pointer as in the other form. The contents may differ."""
        return (
            self.lines == other.lines
            and self.label_width == other.label_width
            and all(
                mine is their or (type(mine) is type(their) and mine.pointer == their.pointer)
                for mine, their in zip(self.rows, other.rows, strict=True)
            )
        )

    def note_line(self, row: int, part: int) -> str:
        """One line of a note, as safe text."""
        return self._notes[row][part]

    def row_at_line(self, line: int) -> SheetRow | None:
        return self.rows[self.lines[line][0]] if 0 <= line < len(self.lines) else None

    def row_of(self, pointer: Pointer) -> int | None:
        """The row of the field with exactly this pointer."""
        return self._row_of.get(pointer)

    def last_note_line(self, line: int) -> int:
        """The last line of the notes below the row at a line, or that line."""
        last = line
        while (below := self.row_at_line(last + 1)) is not None and isinstance(below, NoteRow):
            last += 1
        return last

    def is_selectable(self, line: int) -> bool:
        """Whether the cursor can be on a line: fields, notes without a field, empty groups."""
        index, part = self.lines[line]
        row = self.rows[index]
        match row:
            case FieldRow():
                return True
            case NoteRow():
                return part == 0 and row.pointer not in self._row_of
            case GroupRow():
                return index + 1 == len(self.rows) or isinstance(self.rows[index + 1], GroupRow)

    def has_problem(self, line: int) -> bool:
        """Whether the row at a line, or a note below it, is about a problem."""
        index, _ = self.lines[line]
        row = self.rows[index]
        if isinstance(row, NoteRow):
            return row.style in _PROBLEM_STYLES
        if isinstance(row, FieldRow) and row.mark in _PROBLEM_MARKS:
            return True
        for below in self.rows[index + 1 :]:
            if not isinstance(below, NoteRow):
                return False
            if below.style in _PROBLEM_STYLES and below.pointer == row.pointer:
                return True
        return False

    def nearest(self, pointer: Pointer) -> int | None:
        """The row of a pointer, or of one inside it, or of its nearest parent; None if only the order contains it."""
        found = self._row_of.get(pointer)
        if found is not None:
            return found
        for index, row in enumerate(self.rows):
            if isinstance(row, NoteRow) and row.pointer == pointer:
                return index
        if pointer == ROOT:
            return None
        inside = (i for i, row in enumerate(self.rows) if isinstance(row, FieldRow) and row.pointer.startswith(pointer))
        found = next(inside, None)
        if found is not None:
            return found
        for index, row in enumerate(self.rows):
            if isinstance(row, GroupRow) and row.pointer == pointer:
                return index
        return self.nearest(pointer.parent)
