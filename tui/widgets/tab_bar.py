"""The strip on top: numbered entries (shops, groups, states), one of them current."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rich.cells import cell_len
from textual import events
from textual.message import Message

from tui.widgets.lines import Piece
from tui.widgets.status_text import StatusText
from tui.widgets.text import fit, safe

_LONGEST_LABEL = 20


@dataclass(frozen=True, slots=True)
class TabLabel:
    """`counts` follow the label: `188`, `*2 !1`. A failing entry has a `!` at its number.

    An `empty` one is no more than its number where another would have no room in the line otherwise.
    """

    key: str
    label: str
    counts: str = ""
    failing: bool = False
    empty: bool = False


class TabBar(StatusText):
    """Entries are numbered from `first_number`; the number keys reach those up to 9."""

    class Selected(Message):
        def __init__(self, strip: "TabBar", key: str) -> None:
            super().__init__()
            self.strip = strip
            self.key = key

        @property
        def control(self) -> "TabBar":
            return self.strip

    def __init__(self, *, first_number: int = 0, id: str | None = None) -> None:
        super().__init__(id=id)
        self.first_number = first_number
        self._entries: tuple[TabLabel, ...] = ()
        self._current = 0
        self._first_shown = 0

    def set_labels(self, entries: Sequence[TabLabel], current: str | None = None) -> None:
        """Show these; the current one stays current by its key, or `current` becomes so. Nothing is posted."""
        key = current if current is not None else self.current
        self._entries = tuple(entries)
        keys = [entry.key for entry in self._entries]
        self._current = keys.index(key) if key in keys else 0
        self._say()

    @property
    def current(self) -> str | None:
        return self._entries[self._current].key if self._current < len(self._entries) else None

    def select(self, key: str) -> bool:
        """Make an entry current, as if its number was pressed."""
        for index, entry in enumerate(self._entries):
            if entry.key == key:
                return self._select(index)
        return False

    def select_number(self, number: int) -> bool:
        return self._select(number - self.first_number)

    def step(self, by: int) -> bool:
        """To the entry beside, around the ends."""
        return bool(self._entries) and self._select((self._current + by) % len(self._entries))

    def pieces(self, width: int) -> Iterable[Piece]:
        texts = self._texts(width - 2)
        lengths = [cell_len(text) for text in texts]
        first = min(self._first_shown, self._current)
        while first < self._current and sum(lengths[first : self._current + 1]) > width - 2:
            first += 1
        self._first_shown = first
        yield "<" if first else " ", "dim"
        left = width - 2
        for index in range(first, len(texts)):
            if lengths[index] > left:
                yield fit(texts[index], left), self._tone(index)
                yield ">", "dim"
                return
            yield texts[index], self._tone(index)
            left -= lengths[index]

    def on_click(self, event: events.Click) -> None:
        event.stop()
        at, texts = 1, self._texts(self.size.width - 2)
        for index in range(self._first_shown, len(self._entries)):
            at += cell_len(texts[index])
            if event.x < at:
                self._select(index)
                return

    def _select(self, index: int) -> bool:
        if not 0 <= index < len(self._entries):
            return False
        changed, self._current = index != self._current, index
        if changed:
            self._say()
            self.post_message(self.Selected(self, self._entries[index].key))
        return True

    def _say(self) -> None:
        self.say((self._entries, self._current))

    def _tone(self, index: int) -> str:
        if index == self._current:
            return "current"
        return "error" if self._entries[index].failing else ""

    def _texts(self, width: int) -> list[str]:
        """Each entry's text; of the empty ones only the numbers, if one that is not would have no room otherwise."""
        texts = [self._text(index) for index in range(len(self._entries))]
        ends = accumulate(map(cell_len, texts))
        if not any(end > width and not entry.empty for end, entry in zip(ends, self._entries, strict=True)):
            return texts
        return [
            f" {index + self.first_number} " if entry.empty and index != self._current else text
            for index, (entry, text) in enumerate(zip(self._entries, texts, strict=True))
        ]

    def _text(self, index: int) -> str:
        entry = self._entries[index]
        number = index + self.first_number
        head = str(number) if number < 10 else ""
        head += "!" if entry.failing else ""
        label = fit(entry.label, min(cell_len(safe(entry.label)), _LONGEST_LABEL))
        return " " + " ".join(part for part in (head, label, safe(entry.counts)) if part) + " "
