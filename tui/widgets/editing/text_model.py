"""The text in an editor: shown and original characters, a caret, and editing keys.

An editor shows the safe form of a text, and each shown piece keeps the original characters. So the result has the
original characters where nothing was edited, the user's characters elsewhere, and never a substitute.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from rich.cells import cell_len

from tui.api.wording import count_of
from tui.widgets.text import SUBSTITUTES, spans

PASTE_LIMIT = 64 * 1024
"""Characters of one paste."""

TEXT_LIMIT = 4 * PASTE_LIMIT
"""Characters of an editor's text after a paste."""


class Glyph(NamedTuple):
    """A piece of text as shown, and its original characters."""

    shown: str
    original: str
    typed: bool = False


@dataclass(slots=True)
class _TextLine:
    glyphs: list[Glyph]
    ending: str = ""


class VisualLine(NamedTuple):
    """A line on the screen: glyphs `start` to `end` of a line of the text."""

    line: int
    start: int
    end: int


class TextModel:
    """A text that is being edited. `line` and `column`: the position of the caret, in glyphs.

    `unedited`: the text that counts as unchanged, if the editor starts with another one in progress.
    """

    def __init__(self, text: str, *, multiline: bool = False, unedited: str | None = None) -> None:
        self.multiline = multiline
        self._lines = _split(text, typed=False) if multiline else [_TextLine(_glyphs(text, typed=False))]
        self._unedited = text if unedited is None else unedited
        self.line = len(self._lines) - 1
        self.column = len(self._lines[-1].glyphs)
        self.all_selected = False
        # Cached until the next edit, because a long text is needed often between two keys.
        self._text: str | None = None
        self._wrapped: tuple[int, list[VisualLine]] | None = None

    @property
    def text(self) -> str:
        """The text with original characters, including what was typed."""
        if self._text is None:
            self._text = "".join("".join(glyph.original for glyph in line.glyphs) + line.ending for line in self._lines)
        return self._text

    @property
    def shown(self) -> str:
        return "\n".join("".join(glyph.shown for glyph in line.glyphs) for line in self._lines)

    @property
    def is_changed(self) -> bool:
        return self.text != self._unedited

    @property
    def unsendable(self) -> str:
        """Substitutes that were typed or pasted. They can only have been copied from a screen of this app."""
        found = (g.original for line in self._lines for g in line.glyphs if g.typed and g.original in SUBSTITUTES)
        return "".join(dict.fromkeys(found))

    @property
    def offset(self) -> int:
        """The number of characters before the caret in its line."""
        return sum(len(glyph.original) for glyph in self._lines[self.line].glyphs[: self.column])

    @property
    def is_at_end(self) -> bool:
        """Whether the caret is at the end of its line."""
        return self.column == len(self._lines[self.line].glyphs)

    def set_offset(self, offset: int) -> None:
        """Move the caret after `offset` characters of its line, or before the glyph that contains that offset."""
        column = 0
        for glyph in self._lines[self.line].glyphs:
            offset -= len(glyph.original)
            if offset < 0:
                break
            column += 1
        self.column = column

    def fill(self, text: str) -> str:
        """Replace the text, and return a notice about what was changed in it, or ""."""
        self._delete_all()
        text, notice = self._clean(text)
        self._insert(text)
        return notice

    def select_all(self) -> None:
        """Select the whole text. The next character typed replaces it, any other key keeps it."""
        self.all_selected = bool(self.text)

    def paste(self, text: str) -> str:
        """Insert a pasted text, and return a notice about what was changed in it, or ""."""
        if len(text) > PASTE_LIMIT:
            return f"nothing was pasted: {len(text) // 1024} KB, and at most {PASTE_LIMIT // 1024} KB fit here"
        if len(text) + len(self.text) > TEXT_LIMIT:
            return f"nothing was pasted: the text would have more than {TEXT_LIMIT // 1024} KB"
        self._delete_selection()
        text, notice = self._clean(text)
        self._insert(text)
        return notice

    def _clean(self, text: str) -> tuple[str, str]:
        """Adapt an external text to the editor, and return it with a notice about what was changed, or ""."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notices = []
        if not self.multiline:
            lines = [line.strip() for line in text.replace("\t", " ").split("\n") if line.strip()]
            if len(lines) > 1:
                notices.append(f"{len(lines)} lines were joined to one")
            text = " ".join(lines) if "\n" in text else text.replace("\t", " ")
        text, count = _CONTROL_CHARACTERS.subn("", text)
        if count:
            notices.append(f"{count_of(count, 'control character')} left out")
        return text, ", ".join(notices)

    def key(self, key: str, character: str | None) -> bool:
        """Handle a key. Returns False if the key has no function in the editor."""
        if character is not None and character.isprintable():
            self._delete_selection()
            self._insert(character)
            return True
        if key == "enter" and self.multiline:
            self._insert("\n")
            return True
        action = _KEYS.get(key)
        if action is None:
            return False
        if self.all_selected and key in ("backspace", "delete", "ctrl+d"):
            action = TextModel._delete_all
        self.all_selected = False
        action(self)
        return True

    # Drawing.

    def visual_lines(self, width: int) -> list[VisualLine]:
        """The text wrapped into lines of at most `width` cells, at spaces if possible."""
        if self._wrapped is None or self._wrapped[0] != width:
            found = [part for index, line in enumerate(self._lines) for part in _wrap(index, line.glyphs, width)]
            self._wrapped = width, found
        return self._wrapped[1]

    def caret_row(self, visual_lines: list[VisualLine]) -> int:
        """The index of the caret's line."""
        here = [row for row, part in enumerate(visual_lines) if part.line == self.line and part.start <= self.column]
        return here[-1] if here else 0

    def draw(self, visual_line: VisualLine, width: int, *, caret: bool) -> tuple[str, str, str]:
        """The text before, under and after the caret, `width` cells in total, the caret at least one cell."""
        glyphs = self._lines[visual_line.line].glyphs[visual_line.start : visual_line.end]
        column = self.column - visual_line.start
        if not caret:
            text = "".join(glyph.shown for glyph in glyphs)
            return text + " " * (width - cell_len(text)), "", ""
        under_caret = glyphs[column].shown if column < len(glyphs) else " "
        before = "".join(glyph.shown for glyph in glyphs[:column])
        after = "".join(glyph.shown for glyph in glyphs[column + 1 :])
        return (
            before,
            under_caret or " ",
            after + " " * (width - cell_len(before) - cell_len(under_caret or " ") - cell_len(after)),
        )

    def pieces(self, visual_line: VisualLine, width: int, *, caret: bool = True) -> tuple[tuple[str, str], ...]:
        """The text of `draw` with the styles of an editor."""
        before, under_caret, after = self.draw(visual_line, width, caret=caret)
        return (before, "edit"), (under_caret, "caret"), (after, "edit")

    def window(self, width: int, start: int) -> tuple[VisualLine, int]:
        """The part of a line to draw around the caret without wrapping, given the previous start."""
        glyphs = self._lines[self.line].glyphs
        start = min(start, self.column, len(glyphs))
        first, room = self.column, width - 2
        while first > start and (room := room - cell_len(glyphs[first - 1].shown)) >= 0:
            first -= 1
        start = end = first
        used = 0
        while end < len(glyphs) and (used := used + cell_len(glyphs[end].shown)) <= width - 1:
            end += 1
        return VisualLine(self.line, start, end), start

    def move_row(self, by: int, width: int) -> bool:
        """Move the caret by lines on the screen. Returns False if it cannot move."""
        visual_lines = self.visual_lines(width)
        row = self.caret_row(visual_lines)
        target = max(0, min(row + by, len(visual_lines) - 1))
        if target == row:
            return False
        self.all_selected = False
        offset = self.column - visual_lines[row].start
        part = visual_lines[target]
        is_last = target + 1 == len(visual_lines) or visual_lines[target + 1].line != part.line
        self.line = part.line
        self.column = min(part.start + offset, part.end if is_last else max(part.start, part.end - 1))
        return True

    # Editing keys.

    def _invalidate(self) -> None:
        self._text = self._wrapped = None

    def _insert(self, text: str) -> None:
        self._invalidate()
        self.all_selected = False
        new = _split(text, typed=True) if self.multiline else [_TextLine(_glyphs(text, typed=True))]
        line = self._lines[self.line]
        tail = line.glyphs[self.column :]
        first, last = new[0], new[-1]
        ending = line.ending
        line.glyphs[self.column :] = first.glyphs
        if len(new) == 1:
            self.column += len(first.glyphs)
            line.glyphs += tail
            return
        line.ending = first.ending
        self.column = len(last.glyphs)
        last.glyphs += tail
        last.ending = ending
        self._lines[self.line + 1 : self.line + 1] = new[1:]
        self.line += len(new) - 1

    def _delete_selection(self) -> None:
        if self.all_selected:
            self._delete_all()

    def _delete_all(self) -> None:
        self._invalidate()
        self._lines = [_TextLine([])]
        self.line = self.column = 0
        self.all_selected = False

    def _delete_left(self) -> None:
        self._invalidate()
        if self.column:
            self.column -= 1
            del self._lines[self.line].glyphs[self.column]
        elif self.line:
            self.line -= 1
            self.column = len(self._lines[self.line].glyphs)
            self._join()

    def _delete_right(self) -> None:
        self._invalidate()
        line = self._lines[self.line]
        if self.column < len(line.glyphs):
            del line.glyphs[self.column]
        elif self.line + 1 < len(self._lines):
            self._join()

    def _join(self) -> None:
        line, below = self._lines[self.line], self._lines.pop(self.line + 1)
        line.glyphs += below.glyphs
        line.ending = below.ending

    def _delete_word_left(self) -> None:
        end = self.column
        if not end:
            self._delete_left()
            return
        self._invalidate()
        self._word_left()
        del self._lines[self.line].glyphs[self.column : end]

    def _delete_to_start(self) -> None:
        self._invalidate()
        del self._lines[self.line].glyphs[: self.column]
        self.column = 0

    def _delete_to_end(self) -> None:
        self._invalidate()
        del self._lines[self.line].glyphs[self.column :]

    def _left(self) -> None:
        if self.column:
            self.column -= 1
        elif self.line:
            self.line -= 1
            self._end()

    def _right(self) -> None:
        if self.column < len(self._lines[self.line].glyphs):
            self.column += 1
        elif self.line + 1 < len(self._lines):
            self.line, self.column = self.line + 1, 0

    def _word_left(self) -> None:
        glyphs = self._lines[self.line].glyphs
        while self.column and glyphs[self.column - 1].shown.isspace():
            self.column -= 1
        while self.column and not glyphs[self.column - 1].shown.isspace():
            self.column -= 1

    def _word_right(self) -> None:
        glyphs = self._lines[self.line].glyphs
        while self.column < len(glyphs) and not glyphs[self.column].shown.isspace():
            self.column += 1
        while self.column < len(glyphs) and glyphs[self.column].shown.isspace():
            self.column += 1

    def _home(self) -> None:
        self.column = 0

    def _end(self) -> None:
        self.column = len(self._lines[self.line].glyphs)


_KEYS: Final[dict[str, Callable[[TextModel], None]]] = {
    "left": TextModel._left,
    "right": TextModel._right,
    "ctrl+left": TextModel._word_left,
    "ctrl+right": TextModel._word_right,
    "home": TextModel._home,
    "end": TextModel._end,
    "ctrl+e": TextModel._end,
    "backspace": TextModel._delete_left,
    "delete": TextModel._delete_right,
    "ctrl+d": TextModel._delete_right,
    "ctrl+w": TextModel._delete_word_left,
    "ctrl+u": TextModel._delete_to_start,
    "ctrl+k": TextModel._delete_to_end,
}
EDITING_KEYS = frozenset(_KEYS)


_CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
"""Characters that are never typed and no field needs: control characters and surrogates."""


def _glyphs(text: str, *, typed: bool) -> list[Glyph]:
    """Split a text into glyphs. In one-line text, a line break is one glyph, shown as its substitute."""
    return [Glyph(shown, original, typed) for shown, original in spans(text, newline="⏎")]


def _split(text: str, *, typed: bool) -> list[_TextLine]:
    lines = [_TextLine([])]
    for shown, original in spans(text, newline="\n"):
        if shown == "\n":
            lines[-1].ending = original
            lines.append(_TextLine([]))
        else:
            lines[-1].glyphs.append(Glyph(shown, original, typed))
    return lines


def _wrap(index: int, glyphs: list[Glyph], width: int) -> Iterator[VisualLine]:
    start = at = 0
    space = -1
    for position, glyph in enumerate(glyphs):
        size = cell_len(glyph.shown)
        if at + size > max(2, width) - 1:
            end = space + 1 if space >= start else position
            yield VisualLine(index, start, end)
            at = sum(cell_len(g.shown) for g in glyphs[end:position])
            start = end
        if glyph.shown == " ":
            space = position
        at += size
    yield VisualLine(index, start, len(glyphs))
