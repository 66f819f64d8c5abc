"""The lines around a screen: title on top, rules between panes, status and keys at the bottom."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from tui.widgets.lines import Piece, within
from tui.widgets.status_text import StatusText
from tui.widgets.text import fit, safe


class TitleLine(StatusText):
    """Where one is on the left, how things stand on the right."""

    def __init__(self, left: str = "", right: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left, self._right = left, right

    def set(self, left: str, right: str = "") -> None:
        self._left, self._right = left, right
        self.say((left, right))

    def pieces(self, width: int) -> Iterable[Piece]:
        right = safe(self._right)
        room = min(cell_len(right), max(width // 2, width - cell_len(safe(self._left)) - 4) if self._left else width)
        yield " " + fit(self._left, max(0, width - room - 3)) + " ", "title"
        yield fit(right, room), ""


class RuleLine(StatusText):
    """A rule with a title in it and a word at its end."""

    def __init__(self, title: str = "", right: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title, self._right = title, right

    def set(self, title: str = "", right: str = "") -> None:
        self._title, self._right = title, right
        self.say((title, right))

    def pieces(self, width: int) -> Iterable[Piece]:
        title, right = safe(self._title), safe(self._right)
        most = max(width // 2, width - cell_len(title) - 9)
        end = f" {fit(right, min(cell_len(right), most))} ──" if right else ""
        room = max(0, width - cell_len(end) - 4)
        if not title:
            yield "─" * (width - cell_len(end)), "dim"
        else:
            shown = fit(title, min(cell_len(title), room))
            yield "── ", "dim"
            yield shown, "title"
            yield " " + "─" * (width - cell_len(shown) - cell_len(end) - 4), "dim"
        yield end, "dim"


class StatusLine(StatusText):
    """Short facts with bars between them; a fact may have a tone."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._facts: tuple[Piece, ...] = ()

    def set(self, facts: Sequence[str | Piece]) -> None:
        self._facts = tuple((fact, "") if isinstance(fact, str) else fact for fact in facts if fact)
        self.say(self._facts)

    def pieces(self, width: int) -> Iterable[Piece]:
        yield from within(self._all(), width - 1)

    def _all(self) -> Iterable[Piece]:
        for index, (text, tone) in enumerate(self._facts):
            yield " │ " if index else " ", "dim"
            yield safe(text), tone


class KeyLine(StatusText):
    """The keys that work here, most useful first. Where they do not all fit, the last one stays: the way to the rest."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._keys: tuple[tuple[str, str], ...] = ()

    def set(self, keys: Sequence[tuple[str, str]]) -> None:
        self._keys = tuple(keys)
        self.say(self._keys)

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
