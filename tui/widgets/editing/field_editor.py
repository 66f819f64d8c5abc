"""The live editor of a field: text, multiline text, or choice with type-ahead. It is drawn into lines of the sheet."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from rich.cells import cell_len

from tui.api.codec import Json
from tui.api.pointer import Absent, Pointer
from tui.orders.value_parser import KINDS_OF_LINES, InvalidText, ParsedEntry, ValidValue, editing_kind, entry_text
from tui.widgets.editing.text_model import EDITING_KEYS, TextModel
from tui.widgets.lines import Piece
from tui.widgets.text import fit, safe, wrap

Reader: TypeAlias = Callable[[Pointer, str, str, tuple[tuple[str, str], ...]], ParsedEntry]
"""Parses an entry: the field's pointer, the kind it is edited as, the text, the choices."""

EDITOR_KEYS = EDITING_KEYS | {"up", "down", "pageup", "pagedown", "enter", "tab", "shift+tab", "escape", "ctrl+g"}

_CLOSED_KINDS = frozenset({"choice", "country", "state", "bool"})
_YES_NO = (("yes", ""), ("no", ""))
_CHOICES_SHOWN = 6
_INDENT = 6


class LiveEditor:
    """The editor. `kind`: the kind that it edits; not the field's own if the value does not fit that."""

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
        self.note = ""
        """How the text was read, if that may surprise."""
        self._reader = reader
        self._is_closed = self.kind in _CLOSED_KINDS
        text = entry_text(self.kind, value)
        self.editing = TextModel(
            text if in_progress is None else in_progress, multiline=self.kind in KINDS_OF_LINES, unedited=text
        )
        self._matches = self.choices
        self._picked = -1
        self._chose = False
        self._scroll = 0
        if in_progress is None and self._is_closed:
            self.editing.select_all()
            codes = [code for code, _ in self.choices]
            self._picked = codes.index(text) if text in codes else -1
        elif in_progress is not None:
            self._text_changed()

    @property
    def is_multiline(self) -> bool:
        return self.editing.multiline

    @property
    def text(self) -> str:
        """The text in progress, with the original characters rather than the shown ones."""
        return self.editing.text

    def accept(self) -> ParsedEntry | None:
        """The entered value, or why it is invalid, or None if nothing was edited."""
        code = self._matches[self._picked][0] if self._picked >= 0 and self._chose else None
        if not self.editing.is_changed and code in (None, self.editing.text):
            return None
        return self._read() if code is None else self._reader(self.pointer, self.kind, code, self.choices)

    def key(self, key: str, character: str | None, width: int) -> bool:
        """Handle a key. Returns False if the editor does not use it. Closing the editor is the sheet's task."""
        self.notice = ""
        before = self.editing.text
        if key in ("up", "down", "pageup", "pagedown"):
            by = {"up": -1, "down": 1, "pageup": -5, "pagedown": 5}[key]
            if self.is_multiline:
                self.editing.move_row(by, width - _INDENT - 1)
            elif self._matches:
                # Above the first choice is the text as typed.
                above = -1 if self.editing.is_changed and self.editing.text.strip() else 0
                self._picked = max(above, min(self._picked + by, len(self._matches) - 1))
                self._chose = self._picked >= 0
                self._check()
            return True
        if not self.editing.key(key, character):
            return False
        if self.editing.text != before:
            self._text_changed()
        return True

    def fill(self, text: str) -> None:
        """Replace the text."""
        self.notice = self.editing.fill(text)
        self._text_changed()

    def paste(self, text: str) -> None:
        self.notice = self.editing.paste(text)
        self._text_changed()

    # Drawing.

    def draw_box(self, width: int) -> Iterable[Piece]:
        """The editor's part of the field's line."""
        if self.is_multiline:
            hint = {"tags": "one per line", "json": "JSON"}.get(self.kind, "several lines")
            yield fit(f"{hint}; Tab accepts", width), "dim"
            return
        inner = max(3, width - 2)
        visual_line, self._scroll = self.editing.window(inner, self._scroll)
        before, caret, after = self.editing.draw(visual_line, inner, caret=True)
        yield "[", "title"
        if self.editing.all_selected:
            yield before, "caret"
            yield caret + after, "edit"
        else:
            yield before, "edit"
            yield caret, "caret"
            yield after, "edit"
        yield "]", "title"

    def caret_column(self, width: int) -> int:
        """The caret's offset in a box of this width, in cells, for input methods."""
        inner = max(3, width - 2)
        visual_line, _ = self.editing.window(inner, self._scroll)
        return 1 + cell_len(self.editing.draw(visual_line, inner, caret=True)[0])

    def height(self, width: int, room: int) -> int:
        """How many extra lines the editor needs below the field's line."""
        if self.is_multiline:
            lines = min(max(3, len(self.editing.visual_lines(width - _INDENT - 1)) + 1), max(3, room))
        else:
            lines = min(len(self.choices), _CHOICES_SHOWN, max(2, room))
        return lines + len(self._notice_lines(width))

    def draw_under(self, row: int, height: int, width: int) -> Iterable[Piece]:
        """One of the extra lines below the field's line."""
        notice_lines = self._notice_lines(width)
        height -= len(notice_lines)
        # The notice is next to its text: below multiline text, but above choices.
        notice_row = row - height if self.is_multiline else row
        if 0 <= notice_row < len(notice_lines):
            return [(" " * _INDENT + notice_lines[notice_row], "error" if self.reason and not self.notice else "info")]
        if self.is_multiline:
            return self._draw_text(row, height, width)
        return self._draw_choice(row - len(notice_lines), height, width)

    def _draw_text(self, row: int, height: int, width: int) -> Iterable[Piece]:
        inner = width - _INDENT - 1
        visual_lines = self.editing.visual_lines(inner)
        caret_row = self.editing.caret_row(visual_lines)
        self._scroll = max(min(self._scroll, caret_row), caret_row - height + 1)
        index = self._scroll + row
        yield " " * (_INDENT - 2) + "│ ", "dim"
        if index < len(visual_lines):
            yield from self.editing.pieces(visual_lines[index], inner, caret=index == caret_row)

    def _draw_choice(self, row: int, height: int, width: int) -> Iterable[Piece]:
        first = max(0, min(self._picked - height // 2, len(self._matches) - height))
        index = first + row
        if index >= len(self._matches):
            none = row == 0 and not self._matches and not self.reason
            yield (" " * _INDENT + "not in the list: used as typed" if none else ""), "dim"
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

    def _notice_lines(self, width: int) -> list[str]:
        text = self.notice or self.reason or self.note
        return wrap(safe(text), max(10, width - _INDENT - 1)) if text else []

    def _text_changed(self) -> None:
        """Match the choices again and check the text."""
        self._match()
        self._check()

    def _check(self) -> None:
        entry = None if self._picked >= 0 else self._read()
        self.note = entry.note if isinstance(entry, ValidValue) else ""
        # An empty text is not an error yet.
        self.reason = entry.reason if isinstance(entry, InvalidText) and self.editing.text.strip() else ""

    def _read(self) -> ParsedEntry:
        if unsendable := self.editing.unsendable:
            return InvalidText(f"{unsendable} stands for a character that cannot be shown and is never sent: delete it")
        return self._reader(self.pointer, self.kind, self.editing.text, self.choices)

    def _match(self) -> None:
        if not self.choices:
            return
        word = self.editing.text.strip().casefold()
        ranked = [(_rank(word, code.casefold(), name.casefold()), code, name) for code, name in self.choices]
        ranked.sort(key=lambda found: found[0])
        self._matches = tuple((code, name) for rank, code, name in ranked if rank < _RANK_NO_MATCH)
        is_match = bool(word) and bool(self._matches) and ranked[0][0] < _RANK_WITHIN
        self._picked = 0 if self._is_closed and is_match else -1
        self._chose = self._picked == 0


_RANK_WITHIN = 3
_RANK_NO_MATCH = 4


def _rank(word: str, code: str, name: str) -> int:
    """How well a choice matches the text, lower is better. Subdivisions also match by the end of their code."""
    if not word:
        return 1
    if word in (code, code.rpartition("-")[2]):
        return 0
    if code.startswith(word) or code.rpartition("-")[2].startswith(word):
        return 1
    if name.startswith(word) or f" {word}" in name:
        return 2
    return _RANK_WITHIN if word in name else _RANK_NO_MATCH
