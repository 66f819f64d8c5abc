"""The text in an editor: what is shown, what it stands for, a caret, and what keys do to them.

An editor is filled with the safe form of a text, and each shown piece keeps the characters it stands for. So what is
taken is the original where nobody edited and the user's own characters where somebody did; a substitute never
(design, decision 21).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from rich.cells import cell_len

from tui.api.wording import count_of
from tui.widgets.text import SUBSTITUTES, spans

PASTE_LIMIT = 64 * 1024
"""Characters that one paste may have."""

TEXT_LIMIT = 4 * PASTE_LIMIT
"""Characters that the text of an editor may have after a paste."""


class Glyph(NamedTuple):
    """A piece of the text as it is drawn, and the characters it stands for."""

    shown: str
    original: str
    typed: bool = False


@dataclass(slots=True)
class _TextLine:
    glyphs: list[Glyph]
    ending: str = ""


class Stretch(NamedTuple):
    """One line of the screen: glyphs `start` to `end` of a line of the text."""

    line: int
    start: int
    end: int


class TextModel:
    """One text being edited. `line` and `column` are the caret's place, in glyphs.

    `unedited` is the text that counts as unchanged, where the editor begins with another: one in progress.
    """

    def __init__(self, text: str, *, multiline: bool = False, unedited: str | None = None) -> None:
        self.multiline = multiline
        self._lines = _split(text, typed=False) if multiline else [_TextLine(_glyphs(text, typed=False))]
        self._unedited = text if unedited is None else unedited
        self.line = len(self._lines) - 1
        self.column = len(self._lines[-1].glyphs)
        self.whole_selected = False
        # Kept while nothing is edited: a long text is asked for often between two keys.
        self._text: str | None = None
        self._wrapped: tuple[int, list[Stretch]] | None = None

    @property
    def text(self) -> str:
        """What is taken: the original characters of what is left of them, and what was typed."""
        if self._text is None:
            self._text = "".join("".join(one.original for one in line.glyphs) + line.ending for line in self._lines)
        return self._text

    @property
    def shown(self) -> str:
        return "\n".join("".join(glyph.shown for glyph in line.glyphs) for line in self._lines)

    @property
    def is_changed(self) -> bool:
        return self.text != self._unedited

    @property
    def unsendable(self) -> str:
        """Substitutes that were typed or pasted as if they were text: they can only come from a screen like this."""
        found = (g.original for line in self._lines for g in line.glyphs if g.typed and g.original in SUBSTITUTES)
        return "".join(dict.fromkeys(found))

    @property
    def offset(self) -> int:
        """How many characters of its line stand before the caret."""
        return sum(len(glyph.original) for glyph in self._lines[self.line].glyphs[: self.column])

    @property
    def is_at_end(self) -> bool:
        """Whether the caret stands behind its line."""
        return self.column == len(self._lines[self.line].glyphs)

    def seek(self, offset: int) -> None:
        """Put the caret behind so many characters of its line, or before the piece that they would end in."""
        column = 0
        for glyph in self._lines[self.line].glyphs:
            offset -= len(glyph.original)
            if offset < 0:
                break
            column += 1
        self.column = column

    def fill(self, text: str) -> str:
        """Put a text that the user chose in place of all, and return what must be said about it, or ""."""
        self._delete_all()
        text, notice = self._fitting(text)
        self._insert(text)
        return notice

    def select_whole(self) -> None:
        """The next character typed replaces everything; any other key keeps it."""
        self.whole_selected = bool(self.text)

    def paste(self, text: str) -> str:
        """Insert a pasted text and return what must be said about it, or ""."""
        if len(text) > PASTE_LIMIT:
            return f"nothing was pasted: {len(text) // 1024} KB, and at most {PASTE_LIMIT // 1024} KB fit here"
        if len(text) + len(self.text) > TEXT_LIMIT:
            return f"nothing was pasted: the text would have more than {TEXT_LIMIT // 1024} KB"
        self._replace_whole()
        text, notice = self._fitting(text)
        self._insert(text)
        return notice

    def _fitting(self, text: str) -> tuple[str, str]:
        """A text from elsewhere as it can stand here, and what must be said about it."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notices = []
        if not self.multiline:
            lines = [line.strip() for line in text.replace("\t", " ").split("\n") if line.strip()]
            if len(lines) > 1:
                notices.append(f"{len(lines)} lines were joined to one")
            text = " ".join(lines) if "\n" in text else text.replace("\t", " ")
        text, count = _UNTYPED.subn("", text)
        if count:
            notices.append(f"{count_of(count, 'control character')} left out")
        return text, ", ".join(notices)

    def key(self, key: str, character: str | None) -> bool:
        """Do what the key does here. Tells whether it does anything here at all."""
        if character is not None and character.isprintable():
            self._replace_whole()
            self._insert(character)
            return True
        if key == "enter" and self.multiline:
            self._insert("\n")
            return True
        action = _KEYS.get(key)
        if action is None:
            return False
        if self.whole_selected and key in ("backspace", "delete", "ctrl+d"):
            action = TextModel._delete_all
        self.whole_selected = False
        action(self)
        return True

    # Drawing.

    def stretches(self, width: int) -> list[Stretch]:
        """The text in lines of at most `width` cells, broken at spaces where there are any."""
        if self._wrapped is None or self._wrapped[0] != width:
            found = [part for index, line in enumerate(self._lines) for part in _wrap(index, line.glyphs, width)]
            self._wrapped = width, found
        return self._wrapped[1]

    def caret_row(self, stretches: list[Stretch]) -> int:
        """The stretch that the caret stands on."""
        here = [row for row, part in enumerate(stretches) if part.line == self.line and part.start <= self.column]
        return here[-1] if here else 0

    def draw(self, stretch: Stretch, width: int, *, caret: bool) -> tuple[str, str, str]:
        """What stands before, on and after the caret; `width` cells in all, the caret at least one of them."""
        glyphs = self._lines[stretch.line].glyphs[stretch.start : stretch.end]
        column = self.column - stretch.start
        if not caret:
            text = "".join(glyph.shown for glyph in glyphs)
            return text + " " * (width - cell_len(text)), "", ""
        on = glyphs[column].shown if column < len(glyphs) else " "
        before = "".join(glyph.shown for glyph in glyphs[:column])
        after = "".join(glyph.shown for glyph in glyphs[column + 1 :])
        return before, on or " ", after + " " * (width - cell_len(before) - cell_len(on or " ") - cell_len(after))

    def window(self, width: int, start: int) -> tuple[Stretch, int]:
        """For one line that does not wrap: the part to draw around the caret, given where it began before."""
        glyphs = self._lines[self.line].glyphs
        start = min(start, self.column, len(glyphs))
        first, room = self.column, width - 2
        while first > start and (room := room - cell_len(glyphs[first - 1].shown)) >= 0:
            first -= 1
        start = end = first
        used = 0
        while end < len(glyphs) and (used := used + cell_len(glyphs[end].shown)) <= width - 1:
            end += 1
        return Stretch(self.line, start, end), start

    def move_row(self, by: int, width: int) -> bool:
        """Move the caret by lines of the screen. Tells whether there was one."""
        stretches = self.stretches(width)
        row = self.caret_row(stretches)
        target = max(0, min(row + by, len(stretches) - 1))
        if target == row:
            return False
        self.whole_selected = False
        offset = self.column - stretches[row].start
        part = stretches[target]
        is_last = target + 1 == len(stretches) or stretches[target + 1].line != part.line
        self.line = part.line
        self.column = min(part.start + offset, part.end if is_last else max(part.start, part.end - 1))
        return True

    # What keys do.

    def _edited(self) -> None:
        self._text = self._wrapped = None

    def _insert(self, text: str) -> None:
        self._edited()
        self.whole_selected = False
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

    def _replace_whole(self) -> None:
        if self.whole_selected:
            self._delete_all()

    def _delete_all(self) -> None:
        self._edited()
        self._lines = [_TextLine([])]
        self.line = self.column = 0
        self.whole_selected = False

    def _delete_left(self) -> None:
        self._edited()
        if self.column:
            self.column -= 1
            del self._lines[self.line].glyphs[self.column]
        elif self.line:
            self.line -= 1
            self.column = len(self._lines[self.line].glyphs)
            self._join()

    def _delete_right(self) -> None:
        self._edited()
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
        self._edited()
        self._word_left()
        del self._lines[self.line].glyphs[self.column : end]

    def _delete_to_start(self) -> None:
        self._edited()
        del self._lines[self.line].glyphs[: self.column]
        self.column = 0

    def _delete_to_end(self) -> None:
        self._edited()
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


_UNTYPED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
"""What nobody types and no field can mean: control characters, halves of characters."""


def _glyphs(text: str, *, typed: bool) -> list[Glyph]:
    """A glyph for each piece; in one line a line break is one glyph, drawn as its substitute."""
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


def _wrap(index: int, glyphs: list[Glyph], width: int) -> Iterator[Stretch]:
    start = at = 0
    space = -1
    for place, glyph in enumerate(glyphs):
        size = cell_len(glyph.shown)
        if at + size > max(2, width) - 1:
            end = space + 1 if space >= start else place
            yield Stretch(index, start, end)
            at = sum(cell_len(g.shown) for g in glyphs[end:place])
            start = end
        if glyph.shown == " ":
            space = place
        at += size
    yield Stretch(index, start, len(glyphs))
