"""The fixed lines of a screen: title at the top, rules between panes, status and keys at the bottom."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.cells import cell_len
from textual import events

from tui.widgets.lines import Piece, fit_pieces
from tui.widgets.status_text import StatusText
from tui.widgets.text import fit, safe, wrap

_MOST_LINES: Final = 3
"""The height of a long notice."""


class TitleLine(StatusText):
    """The screen's name on the left, its state on the right. `tone`: the style of the name."""

    def __init__(self, left: str = "", right: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left, self._right = left, right
        self.tone = "title"

    def set(self, left: str, right: str = "") -> None:
        self._left, self._right = left, right
        self.set_content((left, right))

    def pieces(self, width: int) -> Iterable[Piece]:
        right = safe(self._right)
        available = min(
            cell_len(right), max(width // 2, width - cell_len(safe(self._left)) - 4) if self._left else width
        )
        yield " " + fit(self._left, max(0, width - available - 3)) + " ", self.tone
        yield fit(right, available), ""


class RuleLine(StatusText):
    """A rule with a title and a text at its right end."""

    def __init__(self, title: str = "", right: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title, self._right = title, right

    def set(self, title: str = "", right: str = "") -> None:
        self._title, self._right = title, right
        self.set_content((title, right))

    def pieces(self, width: int) -> Iterable[Piece]:
        title, right = safe(self._title), safe(self._right)
        max_length = max(width // 2, width - cell_len(title) - 9)
        end = f" {fit(right, min(cell_len(right), max_length))} ──" if right else ""
        available = max(0, width - cell_len(end) - 4)
        if not title:
            yield "─" * (width - cell_len(end)), "dim"
        else:
            shown = fit(title, min(cell_len(title), available))
            yield "── ", "dim"
            yield shown, "title"
            yield " " + "─" * (width - cell_len(shown) - cell_len(end) - 4), "dim"
        yield end, "dim"


class StatusLine(StatusText):
    """Short items separated by bars. An item may have a style. A single item that is too long, such as a notice, is wrapped."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._own_items: tuple[Piece, ...] = ()
        self._waiting = ""
        self._wrapped: tuple[Piece, ...] = ()

    @property
    def line_count(self) -> int:
        return max(1, len(self._wrapped))

    def set(self, items: Sequence[str | Piece]) -> None:
        self._own_items = tuple((item, "") if isinstance(item, str) else item for item in items if item)
        self.set_content(self._items)
        self._arrange()

    def set_waiting(self, text: str) -> None:
        """Show what is waited for in front of the items; empty for nothing."""
        if text != self._waiting:
            self._waiting = text
            self.set_content(self._items)
            self._arrange()

    @property
    def _items(self) -> tuple[Piece, ...]:
        return ((self._waiting, "warning"), *self._own_items) if self._waiting else self._own_items

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    def draw_line(self, index: int, width: int, is_cursor: bool) -> Iterable[Piece]:
        if self.line_count == 1:
            return self.pieces(width)
        text, style = self._wrapped[index]
        return ((f" {text}", style),)

    def _arrange(self) -> None:
        width = max(10, self.drawn_width - 2)
        text, style = self._items[0] if len(self._items) == 1 else ("", "")
        lines = wrap(safe(text), width)
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 1], fit(" ".join(lines[_MOST_LINES - 1 :]), width)]
        wrapped = tuple((line, style) for line in lines)
        if wrapped != self._wrapped:
            self._wrapped = wrapped
            self.styles.height = self.line_count
            self.repaint()

    def pieces(self, width: int) -> Iterable[Piece]:
        yield from fit_pieces(self._all(), width - 1)

    def _all(self) -> Iterable[Piece]:
        for index, (text, style) in enumerate(self._items):
            yield " │ " if index else " ", "dim"
            yield safe(text), style


class KeyLine(StatusText):
    """The keys of a screen, most useful first. The last one, which leads to the others, is shown even if not all fit."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys: tuple[tuple[str, str], ...] = ()

    def set(self, keys: Sequence[tuple[str, str]]) -> None:
        self._keys = tuple(keys)
        self.set_content(self._keys)

    def pieces(self, width: int) -> Iterable[Piece]:
        if not self._keys:
            return
        *keys, last = ((safe(key), safe(title)) for key, title in self._keys)
        left = width - 1 - _length(last)
        for key, title in keys:
            left -= _length((key, title)) + 2
            if left < 0:
                break
            yield f" {key} ", "title"
            yield f"{title} ", "dim"
        yield f" {last[0]} ", "title"
        yield last[1], "dim"


def _length(key: tuple[str, str]) -> int:
    return cell_len(key[0]) + cell_len(key[1]) + 1
