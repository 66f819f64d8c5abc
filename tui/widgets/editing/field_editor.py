"""The live editor of a field: text, several lines, choice with type-ahead. It draws itself into lines of the sheet."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from rich.cells import cell_len

from tui.api.codec import Json
from tui.api.pointer import Absent, Pointer
from tui.orders.value_parser import KINDS_OF_LINES, InvalidText, ParsedEntry, editing_kind, entry_text
from tui.widgets.editing.text_model import EDITING_KEYS, TextModel
from tui.widgets.lines import Piece
from tui.widgets.text import fit, safe, wrap

Reader: TypeAlias = Callable[[Pointer, str, str, tuple[tuple[str, str], ...]], ParsedEntry]
"""Reads an entry: the field's pointer, the kind it is edited as, the text, the choices."""

EDITOR_KEYS = EDITING_KEYS | {"up", "down", "pageup", "pagedown", "enter", "tab", "shift+tab", "escape", "ctrl+g"}

_CLOSED_KINDS = frozenset({"choice", "country", "state", "bool"})
_YES_NO = (("yes", ""), ("no", ""))
_CHOICES_SHOWN = 6
_INDENT = 6


class LiveEditor:
    """`kind` is what it edits as, which is not the field's own where the value read does not fit that."""

    def __init__(
        self,
        pointer: Pointer,
        kind: str,
        value: Json | Absent,
        choices: Sequence[tuple[str, str]],
        reader: Reader,
        *,
        multiline: bool = False,
        in_progress: str | None = None,
    ) -> None:
        self.pointer = pointer
        self.kind = editing_kind("lines" if multiline and kind == "text" else kind, value)
        self.choices = tuple(choices) or (_YES_NO if self.kind == "bool" else ())
        self.notice = ""
        self.reason = ""
        self._reader = reader
        self._closed = self.kind in _CLOSED_KINDS
        text = entry_text(self.kind, value)
        self.editing = TextModel(
            text if in_progress is None else in_progress, multiline=self.kind in KINDS_OF_LINES, unedited=text
        )
        self._matches = self.choices
        self._picked = -1
        self._chose = False
        self._scroll = 0
        if in_progress is None and self._closed:
            self.editing.select_whole()
            codes = [code for code, _ in self.choices]
            self._picked = codes.index(text) if text in codes else -1
        elif in_progress is not None:
            self._typed()

    @property
    def is_multiline(self) -> bool:
        return self.editing.multiline

    @property
    def text(self) -> str:
        """The text in progress, in the user's and the original's own characters."""
        return self.editing.text

    def take(self) -> ParsedEntry | None:
        """The value entered, why it cannot be taken, or None if nothing was edited."""
        if self._picked >= 0 and self._chose:
            code = self._matches[self._picked][0]
            if code == self.editing.text and not self.editing.is_changed:
                return None
            return self._reader(self.pointer, self.kind, code, self.choices)
        if not self.editing.is_changed:
            return None
        return self._read()

    def key(self, key: str, character: str | None, width: int) -> bool:
        """Do what a key does in this editor; tells whether it does anything. Leaving it is the sheet's business."""
        self.notice = ""
        before = self.editing.text
        if key in ("up", "down", "pageup", "pagedown"):
            by = {"up": -1, "down": 1, "pageup": -5, "pagedown": 5}[key]
            if self.is_multiline:
                self.editing.move_row(by, width - _INDENT - 1)
            elif self._matches:
                # Above the first choice is what was typed, as it was typed.
                above = -1 if self.editing.is_changed and self.editing.text.strip() else 0
                self._picked = max(above, min(self._picked + by, len(self._matches) - 1))
                self._chose = self._picked >= 0
                self._check()
            return True
        if not self.editing.key(key, character):
            return False
        if self.editing.text != before:
            self._typed()
        return True

    def fill(self, text: str) -> None:
        """Put a text in place of all."""
        self.notice = self.editing.fill(text)
        self._typed()

    def paste(self, text: str) -> None:
        self.notice = self.editing.paste(text)
        self._typed()

    # Drawing.

    def draw_box(self, width: int) -> Iterable[Piece]:
        """The editor's part of the field's own line."""
        if self.is_multiline:
            hint = {"tags": "one a line", "json": "JSON"}.get(self.kind, "several lines")
            yield fit(f"{hint}; Tab takes it", width), "dim"
            return
        inner = max(3, width - 2)
        stretch, self._scroll = self.editing.window(inner, self._scroll)
        before, caret, after = self.editing.draw(stretch, inner, caret=True)
        yield "[", "title"
        if self.editing.whole_selected:
            yield before, "caret"
            yield caret + after, "edit"
        else:
            yield before, "edit"
            yield caret, "caret"
            yield after, "edit"
        yield "]", "title"

    def caret_column(self, width: int) -> int:
        """Cells between the left edge of a box of this width and the caret, for input methods."""
        inner = max(3, width - 2)
        stretch, _ = self.editing.window(inner, self._scroll)
        return 1 + cell_len(self.editing.draw(stretch, inner, caret=True)[0])

    def height(self, width: int, room: int) -> int:
        """How many lines it needs under the field's own."""
        if self.is_multiline:
            lines = min(max(3, len(self.editing.stretches(width - _INDENT - 1)) + 1), max(3, room))
        else:
            lines = min(len(self.choices), _CHOICES_SHOWN, max(2, room))
        return lines + len(self._said(width))

    def draw_under(self, row: int, height: int, width: int) -> Iterable[Piece]:
        """One of the lines under the field's own."""
        said = self._said(width)
        height -= len(said)
        # Beside the text it is about: under several lines of it, but above the choices.
        place = row - height if self.is_multiline else row
        if 0 <= place < len(said):
            yield " " * _INDENT + said[place], "info" if self.notice else "error"
            return
        row -= 0 if self.is_multiline else len(said)
        if self.is_multiline:
            yield from self._draw_text(row, height, width)
        else:
            yield from self._draw_choice(row, height, width)

    def _draw_text(self, row: int, height: int, width: int) -> Iterable[Piece]:
        inner = width - _INDENT - 1
        stretches = self.editing.stretches(inner)
        caret_row = self.editing.caret_row(stretches)
        self._scroll = max(min(self._scroll, caret_row), caret_row - height + 1)
        index = self._scroll + row
        yield " " * (_INDENT - 2) + "│ ", "dim"
        if index < len(stretches):
            before, caret, after = self.editing.draw(stretches[index], inner, caret=index == caret_row)
            yield before, "edit"
            if caret:
                yield caret, "caret"
            yield after, "edit"

    def _draw_choice(self, row: int, height: int, width: int) -> Iterable[Piece]:
        first = max(0, min(self._picked - height // 2, len(self._matches) - height))
        index = first + row
        if index >= len(self._matches):
            none = row == 0 and not self._matches and not self.reason
            yield (" " * _INDENT + "not in the list: taken as typed" if none else ""), "dim"
            return
        code, name = self._matches[index]
        more = (
            f"  {len(self._matches) - index - 1} more" if row == height - 1 and index + 1 < len(self._matches) else ""
        )
        is_picked = index == self._picked
        yield " " * (_INDENT - 2) + ("> " if is_picked else "  "), "mark"
        yield fit(f"{safe(code)}  {safe(name)}".rstrip(), max(1, width - _INDENT - 12)), "caret" if is_picked else ""
        yield more, "dim"

    # Helpers.

    def _said(self, width: int) -> list[str]:
        text = self.notice or self.reason
        return wrap(safe(text), max(10, width - _INDENT - 1)) if text else []

    def _typed(self) -> None:
        """The text changed: match the choices again and check it."""
        self._match()
        self._check()

    def _check(self) -> None:
        entry = None if self._picked >= 0 else self._read()
        # Nothing yet is no mistake yet.
        self.reason = entry.reason if isinstance(entry, InvalidText) and self.editing.text.strip() else ""

    def _read(self) -> ParsedEntry:
        if unsendable := self.editing.unsendable:
            return InvalidText(f"{unsendable} stands for what cannot be shown, and is never sent: delete it")
        return self._reader(self.pointer, self.kind, self.editing.text, self.choices)

    def _match(self) -> None:
        if not self.choices:
            return
        word = self.editing.text.strip().casefold()
        ranked = [(_rank(word, code.casefold(), name.casefold()), code, name) for code, name in self.choices]
        ranked.sort(key=lambda found: found[0])
        self._matches = tuple((code, name) for rank, code, name in ranked if rank < _NO_MATCH)
        surely = bool(word) and bool(self._matches) and ranked[0][0] < _WITHIN
        self._picked = 0 if self._closed and surely else -1
        self._chose = self._picked == 0


_WITHIN = 3
_NO_MATCH = 4


def _rank(word: str, code: str, name: str) -> int:
    """How well a choice matches what was typed; a part of a country also by the end of its code."""
    if not word:
        return 1
    if word in (code, code.rpartition("-")[2]):
        return 0
    if code.startswith(word) or code.rpartition("-")[2].startswith(word):
        return 1
    if name.startswith(word) or f" {word}" in name:
        return 2
    return _WITHIN if word in name else _NO_MATCH
