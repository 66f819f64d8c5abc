"""The tab bar at the top: numbered tabs (shops, groups, states), one of them current."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual import events

from tui.widgets.lines import Piece
from tui.widgets.messages import WidgetMessage
from tui.widgets.status_text import StatusText
from tui.widgets.text import fit, safe

_MAX_LABEL_LENGTH = 20
_LEAST_CUT = 9
"""The least width in cells of a tab whose label is cut."""


@dataclass(frozen=True, slots=True)
class TabLabel:
    """A tab. `counts` follow the label: `188`, `*2 !1`. A `failing` tab has a `!` at its number.

    An `empty` tab loses its label, and keeps its number, if the tabs would not fit otherwise.
    """

    key: str
    label: str
    counts: str = ""
    failing: bool = False
    empty: bool = False


class TabBar(StatusText):
    """Tabs are numbered from `first_number`. The number keys select those up to 9.

    Views, if there are any, are before the tabs, with their letters instead of numbers.
    """

    @dataclass(eq=False)
    class Selected(WidgetMessage["TabBar"]):
        key: str

    @dataclass(eq=False)
    class ViewClicked(WidgetMessage["TabBar"]):
        letter: str

    def __init__(self, *, first_number: int = 0, id: str | None = None) -> None:
        super().__init__(id=id)
        self.first_number = first_number
        self._labels: tuple[TabLabel, ...] = ()
        self._views: tuple[TabLabel, ...] = ()
        self._view: str | None = None
        self._current = 0
        self._first_shown = 0

    def set_labels(self, labels: Sequence[TabLabel], current: str | None = None) -> None:
        """Replace the tabs. The current one stays current by its key, unless `current` is given. Posts no message."""
        key = current if current is not None else self.current
        self._labels = tuple(labels)
        keys = [label.key for label in self._labels]
        self._current = keys.index(key) if key in keys else 0
        self._update_content()

    def set_views(self, views: Sequence[TabLabel], current: str | None) -> None:
        """Replace the views; their keys are letters. As many as fit into half of the bar are shown."""
        self._views, self._view = tuple(views), current
        self._update_content()

    @property
    def tabs(self) -> Sequence[tuple[str, str]]:
        """The number of each tab, if a key selects it, and its label with its counts, for the help."""
        return [
            (str(number) if number < 10 else "", f"{label.label} {label.counts}".strip())
            for number, label in enumerate(self._labels, self.first_number)
        ]

    @property
    def current(self) -> str | None:
        return self._labels[self._current].key if self._current < len(self._labels) else None

    def select(self, key: str) -> bool:
        """Select a tab by key, as if its number was pressed."""
        for index, label in enumerate(self._labels):
            if label.key == key:
                return self._select(index)
        return False

    def select_number(self, number: int) -> bool:
        return self._select(number - self.first_number)

    def step(self, by: int) -> bool:
        """Select the next or previous tab, wrapping around at the ends."""
        return bool(self._labels) and self._select((self._current + by) % len(self._labels))

    def pieces(self, width: int) -> Iterable[Piece]:
        views = self._shown_views(width)
        if views:
            yield from ((text, "current" if view.key == self._view else "") for view, text in views)
            yield "│", "dim"
            width -= _length(views) + 1
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
                # Two letters of a label name nothing; the number is enough then.
                number = index + self.first_number
                text = texts[index] if left >= _LEAST_CUT else f" {number}" if number < 10 and left > 1 else ""
                yield fit(text, left), self._style(index)
                yield ">", "dim"
                return
            yield texts[index], self._style(index)
            left -= lengths[index]

    def _shown_views(self, width: int) -> list[tuple[TabLabel, str]]:
        """The first views that fit, and the current one, with their texts."""
        shown: list[tuple[TabLabel, str]] = []
        for view in sorted(self._views, key=lambda view: view.key != self._view):
            entry = (
                view,
                f" {view.key} {fit(view.label, min(cell_len(safe(view.label)), _MAX_LABEL_LENGTH))} {view.counts} ",
            )
            if _length([*shown, entry]) <= width // 2:
                shown.append(entry)
            elif view.key != self._view:
                break
        return sorted(shown, key=lambda entry: self._views.index(entry[0]))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        position, views = 0, self._shown_views(self.size.width)
        for view, text in views:
            position += cell_len(text)
            if event.x < position:
                self.post_message(self.ViewClicked(self, view.key))
                return
        position += 2 if views else 1
        texts = self._texts(self.size.width - position - 1)
        for index in range(self._first_shown, len(self._labels)):
            position += cell_len(texts[index])
            if event.x < position:
                self._select(index)
                return

    def _select(self, index: int) -> bool:
        if not 0 <= index < len(self._labels):
            return False
        changed, self._current = index != self._current, index
        if changed:
            self._update_content()
            self.post_message(self.Selected(self, self._labels[index].key))
        return True

    def _update_content(self) -> None:
        self.set_content((self._labels, self._current, self._views, self._view))

    def _style(self, index: int) -> str:
        if index == self._current:
            return "current"
        return "error" if self._labels[index].failing else ""

    def _texts(self, width: int) -> list[str]:
        """The text of each tab. Empty tabs lose their labels, the last one first, until the others fit."""
        texts = [self._text(index) for index in range(len(self._labels))]
        for index in reversed(range(len(texts))):
            if sum(map(cell_len, texts)) <= width:
                break
            if self._labels[index].empty and index != self._current and index + self.first_number < 10:
                texts[index] = f" {index + self.first_number} "
        return texts

    def _text(self, index: int) -> str:
        tab = self._labels[index]
        number = index + self.first_number
        head = str(number) if number < 10 else ""
        head += "!" if tab.failing else ""
        label = fit(tab.label, min(cell_len(safe(tab.label)), _MAX_LABEL_LENGTH))
        return " " + " ".join(part for part in (head, label, safe(tab.counts)) if part) + " "


def _length(views: Sequence[tuple[TabLabel, str]]) -> int:
    return sum(cell_len(text) for _, text in views)
