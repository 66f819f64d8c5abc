"""A long text as rows with undo. An edit changes single rows, so its cost does not depend on the length of the text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

ROW_LIMIT: Final = 1_000
"""Length of the rows that a line is cut into if it is twice as long. The row in the editor must stay short."""


class BufferPosition(NamedTuple):
    """A position in the text: row and column in characters, both from 0."""

    row: int
    column: int


class TextChange(NamedTuple):
    """Replaced rows: the first one, and how many there were and are."""

    row: int
    old: int
    new: int


@dataclass(slots=True)
class _Step:
    """One undo step. Typing of the same `kind` at the same position extends the step."""

    row: int
    old: list[str]
    new: list[str]
    before: BufferPosition
    after: BufferPosition
    kind: str


class TextBuffer:
    """The text. A row ends with a line feed, unless its long line continues in the next row.

    `version` increases with every change.
    """

    def __init__(self, text: str = "") -> None:
        self.rows = _rows_of(text)
        self.version = 0
        self._steps: list[_Step] = []
        self._done = 0
        self._numbers: list[int] | None = None
        self._is_cut = _has_cut_lines(self.rows)

    @property
    def text(self) -> str:
        return "".join(self.rows)

    def row_text(self, row: int) -> str:
        """A row without its line feed."""
        return self.rows[row].removesuffix("\n")

    def line_text(self, row: int) -> str:
        """The whole line that a row is part of."""
        first = last = row
        while first and self.continues(first - 1):
            first -= 1
        while self.continues(last):
            last += 1
        return "".join(self.rows[first : last + 1]).removesuffix("\n")

    def continues(self, row: int) -> bool:
        """Whether the line continues in the next row."""
        return row + 1 < len(self.rows) and not self.rows[row].endswith("\n")

    # Lines and rows.

    def line_number(self, row: int) -> int | None:
        """The number of the line that starts with this row, from 1; None if the row continues a line."""
        if not self._is_cut:
            return row + 1
        return None if row and self.continues(row - 1) else self._line_numbers()[row]

    def position_of(self, line: int, column: int) -> BufferPosition:
        """The position of a line and column, both from 1, or the nearest existing one."""
        row = max(0, min(line - 1, len(self.rows) - 1))
        if self._is_cut:
            numbers = self._line_numbers()
            row = next((index for index, number in enumerate(numbers) if number >= line), len(numbers) - 1)
        column = max(0, column - 1)
        while self.continues(row) and column >= len(self.rows[row]):
            column -= len(self.rows[row])
            row += 1
        return BufferPosition(row, min(column, len(self.row_text(row))))

    def line_and_column(self, position: BufferPosition) -> tuple[int, int]:
        """Line and column of a position, both from 1."""
        row, column = position.row, position.column
        while row and self.continues(row - 1):
            row -= 1
            column += len(self.rows[row])
        return self.line_number(row) or 1, column + 1

    # Changing.

    def replace(
        self,
        start: BufferPosition,
        end: BufferPosition,
        text: str,
        kind: str = "",
        before: BufferPosition | None = None,
    ) -> TextChange:
        """Replace the text between two positions. `kind`: typing of the same kind may extend the undo step.

        `before`: the position of the caret, for undo.
        """
        head, tail = self.rows[start.row][: start.column], self.rows[end.row][end.column :]
        if end.row + 1 < len(self.rows) and not tail:
            # Nothing is left of the last row, so the next one is joined.
            tail = self.rows[end.row + 1]
            end = BufferPosition(end.row + 1, 0)
        new = _rows_of(head + text + tail, is_last=end.row + 1 == len(self.rows))
        after = self._position_after(start, text, new)
        old = self.rows[start.row : end.row + 1]
        self._record(_Step(start.row, old, new, before or end, after, kind))
        return self._apply(start.row, len(old), new)

    def set_row(self, row: int, text: str, column: int, kind: str, before: BufferPosition) -> TextChange:
        """Replace the text of a row, without its line feed. `column`: where the caret is after the change."""
        ending = "\n" if self.rows[row].endswith("\n") else ""
        new = _rows_of(text + ending, is_last=row + 1 == len(self.rows))
        if not text and not ending and row + 1 < len(self.rows):
            new = []
        after = self._position_after(BufferPosition(row, 0), text[:column], new) if new else BufferPosition(row, 0)
        old = [self.rows[row]]
        self._record(_Step(row, old, new, before, after, kind))
        return self._apply(row, 1, new)

    def set_text(self, text: str, position: BufferPosition) -> TextChange:
        """Replace the whole text in one step. `position`: where the caret was."""
        old, new = list(self.rows), _rows_of(text)
        self._record(_Step(0, old, new, position, BufferPosition(0, 0), ""))
        return self._apply(0, len(old), new)

    @property
    def caret(self) -> BufferPosition:
        """The position of the caret after the last change."""
        return self._steps[self._done - 1].after if self._done else BufferPosition(0, 0)

    def undo(self) -> tuple[TextChange, BufferPosition] | None:
        """Undo the last step. Returns what changed and where the caret was; None if there is no step."""
        if not self._done:
            return None
        self._done -= 1
        step = self._steps[self._done]
        return self._apply(step.row, len(step.new), step.old), step.before

    def redo(self) -> tuple[TextChange, BufferPosition] | None:
        """Redo the step that was undone last."""
        if self._done == len(self._steps):
            return None
        step = self._steps[self._done]
        self._done += 1
        return self._apply(step.row, len(step.old), step.new), step.after

    def end_step(self) -> None:
        """Start a new step with the next change."""
        if self._done:
            self._steps[self._done - 1].kind = ""

    # Helpers.

    def _record(self, step: _Step) -> None:
        del self._steps[self._done :]
        last = self._steps[-1] if self._steps else None
        if (
            last is not None
            and step.kind
            and last.kind == step.kind
            and last.row == step.row
            and last.after == step.before
            and len(last.new) == len(step.old) == len(step.new) == 1
        ):
            last.new, last.after = step.new, step.after
        else:
            self._steps.append(step)
        self._done = len(self._steps)

    def _apply(self, row: int, old: int, new: list[str]) -> TextChange:
        self.rows[row : row + old] = new
        if not self.rows:
            self.rows = [""]
        self.version += 1
        self._numbers = None
        self._is_cut = self._is_cut or _has_cut_lines(new, is_last=row + len(new) == len(self.rows))
        return TextChange(row, old, len(new))

    def _position_after(self, start: BufferPosition, text: str, new: list[str]) -> BufferPosition:
        """The end of a text that was inserted at a position, given the rows made of it."""
        remaining = start.column + len(text)
        row = 0
        while row + 1 < len(new) and remaining >= len(new[row]):
            remaining -= len(new[row])
            row += 1
        return BufferPosition(start.row + row, remaining)

    def _line_numbers(self) -> list[int]:
        if self._numbers is None:
            number, numbers = 1, []
            for row in self.rows:
                numbers.append(number)
                number += row.endswith("\n")
            self._numbers = numbers
        return self._numbers


def _rows_of(text: str, *, is_last: bool = True) -> list[str]:
    """Split a text into rows. Unless it is the last text, there is no empty row after its last line feed."""
    lines = text.split("\n")
    rows = [line + "\n" for line in lines[:-1]]
    if lines[-1] or is_last:
        rows.append(lines[-1])
    if len(text) > 2 * ROW_LIMIT and any(len(row) > 2 * ROW_LIMIT for row in rows):
        rows = [part for row in rows for part in _cut(row)]
    return rows


def _cut(row: str) -> Iterable[str]:
    if len(row) <= 2 * ROW_LIMIT:
        return (row,)
    body = row.removesuffix("\n")
    parts = [body[start : start + ROW_LIMIT] for start in range(0, len(body), ROW_LIMIT)]
    parts[-1] += row[len(body) :]
    return parts


def _has_cut_lines(rows: list[str], *, is_last: bool = True) -> bool:
    return any(not row.endswith("\n") for row in (rows[:-1] if is_last else rows))
