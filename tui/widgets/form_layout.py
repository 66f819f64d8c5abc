"""The rows of the form of an order, and where each stands: which lines it takes, which row is nearest to a pointer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rich.cells import cell_len

from tui.api.codec import Json
from tui.api.pointer import ROOT, Absent, Pointer
from tui.widgets.text import safe, wrap

NOTE_INDENT = 6

_SHORTEST_LABEL, _LONGEST_LABEL = 8, 24
_PROBLEM_MARKS = frozenset({"!", "S", "#"})
_PROBLEM_TONES = frozenset({"error", "service", "conflict"})

Tone: TypeAlias = Literal["error", "service", "warning", "conflict", "info"]


@dataclass(frozen=True, slots=True)
class GroupRow:
    title: str
    pointer: Pointer
    changes: int = 0
    problems: int = 0
    hint: str = ""
    conflicts: int = 0


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field. `shown` and `was` are texts for people; `value` is what its editor begins with.

    `choices`: code and name. With kinds `text` and `word` they are suggestions.
    `reason`: why it is not `editable`. `road`: why a change of it goes another way than usual. `mark`: one of
    ``! S # ~ *`` or "".
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
    road: str = ""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A problem, conflict or hint under its field; it is broken into as many lines as it needs."""

    pointer: Pointer
    text: str
    tone: Tone = "info"
    mark: str = ""


SheetRow: TypeAlias = GroupRow | FieldRow | NoteRow


class FormLayout:
    """Rows laid out for a width. `lines` names, for each line, its row and which part of it the line shows."""

    def __init__(self, rows: Sequence[SheetRow] = (), width: int = 80) -> None:
        self.rows = tuple(rows)
        self.lines: list[tuple[int, int]] = []
        self.line_of_row: list[int] = []
        self.label_width = _SHORTEST_LABEL
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
        self.label_width = max(_SHORTEST_LABEL, min(longest, _LONGEST_LABEL, width // 4))

    def stands_as(self, other: "FormLayout") -> bool:
        """Whether every line shows the same place as in the other form; what is shown there may differ."""
        return (
            self.lines == other.lines
            and self.label_width == other.label_width
            and all(
                mine is its or (type(mine) is type(its) and mine.pointer == its.pointer)
                for mine, its in zip(self.rows, other.rows, strict=True)
            )
        )

    def note_line(self, row: int, part: int) -> str:
        """One line of a note, as safe text."""
        return self._notes[row][part]

    def row_at_line(self, line: int) -> SheetRow | None:
        return self.rows[self.lines[line][0]] if 0 <= line < len(self.lines) else None

    def row_of(self, pointer: Pointer) -> int | None:
        """The row of the field with this very pointer."""
        return self._row_of.get(pointer)

    def end_of(self, line: int) -> int:
        """The last line of what stands at a line: the row and the notes that are told under it."""
        last = line
        while (below := self.row_at_line(last + 1)) is not None and isinstance(below, NoteRow):
            last += 1
        return last

    def is_stop(self, line: int) -> bool:
        """Fields; and what else the cursor could not reach through one: lone notes, empty groups."""
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
        """Whether the row, or a note under it, tells of something to mend."""
        index, _ = self.lines[line]
        row = self.rows[index]
        if isinstance(row, NoteRow):
            return row.tone in _PROBLEM_TONES
        if isinstance(row, FieldRow) and row.mark in _PROBLEM_MARKS:
            return True
        for below in self.rows[index + 1 :]:
            if not isinstance(below, NoteRow):
                return False
            if below.tone in _PROBLEM_TONES and below.pointer == row.pointer:
                return True
        return False

    def nearest(self, pointer: Pointer) -> int | None:
        """The row of a pointer, of what is inside it, or of what holds it; None if only the order holds it."""
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

    def group_beside(self, line: int, by: int) -> int | None:
        """The row of the heading `by` groups away from the one this line is in."""
        groups = [index for index, row in enumerate(self.rows) if isinstance(row, GroupRow)]
        here = self.lines[line][0] if line < len(self.lines) else 0
        target = sum(index <= here for index in groups) - 1 + by
        return groups[target] if 0 <= target < len(groups) else None
