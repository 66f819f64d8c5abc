"""Writes as rows of the journal's table, read from the store when they are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from tui.orders.fields import label_of
from tui.store.journal import WriteKind
from tui.store.journal_queries import JournalQueries, JournalRow
from tui.widgets.table import CellText, Column, RenderedRow, StyledCell
from tui.work.journal.entries import at, description, recorded_changes
from tui.work.writes.send_state import LABELS, project

_CHUNK = 64

Place = tuple[int, int]
"""A write, and the position in it of the order that a row is about."""


def columns(wide: bool, several: bool) -> tuple[Column, ...]:
    """`several`: more than one person or profile wrote."""
    who = (Column("who", "who", 9),) if several else ()
    return (
        Column("when", "when", 12),
        *who,
        Column("order", "order", 10, 2),
        Column("kind", "sent as", 7),
        Column("what", "what", 18, 3),
        Column("end", "how it ended", 18 if wide else 20),
    )


def key_of_place(place: Place) -> str:
    return f"{place[0]}.{place[1]}"


@dataclass(slots=True)
class WriteRows:
    """`places` in order; `by_order`: each row is about one order of its write."""

    queries: JournalQueries
    places: Sequence[Place]
    now: datetime
    zone: tzinfo
    several: bool
    by_order: bool
    what: dict[int, str]
    """The few words of each write, which never change; kept by the screen."""
    _briefs: dict[Place, JournalRow] = field(default_factory=dict)
    _index: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self.places)

    def key_at(self, index: int) -> str:
        return key_of_place(self.places[index])

    def index_of(self, key: str) -> int | None:
        if self._index is None:
            self._index = {key_of_place(row): index for index, row in enumerate(self.places)}
        return self._index.get(key)

    def brief_at(self, index: int) -> JournalRow | None:
        """The write of a row; None if it was removed meanwhile."""
        row = self.places[index]
        if row not in self._briefs:
            start = index - index % _CHUNK
            self._briefs |= self.queries.get(self.places[start : start + _CHUNK])
        return self._briefs.get(row)

    def row_at(self, index: int) -> RenderedRow:
        brief = self.brief_at(index)
        if brief is None:
            return RenderedRow(self.key_at(index), ("", "removed"))
        mark, _, tone = LABELS[project(brief.state)]
        when = brief.at.astimezone(self.zone)
        same_day = when.date() == self.now.astimezone(self.zone).date()
        name = brief.first.name if self.by_order or brief.orders == 1 else f"{brief.orders} orders"
        cells: list[CellText] = [f"{when:%H:%M:%S}" if same_day else f"{when:%d %b %H:%M}"]
        if self.several:
            cells.append(f"{brief.by.partition('@')[0]} {brief.profile}".strip())
        cells += [name, brief.kind, self._what(brief), StyledCell(description(brief.state, brief.kind), tone)]
        return RenderedRow(self.key_at(index), tuple(cells), mark, tone)

    def _what(self, brief: JournalRow) -> str:
        if brief.kind is WriteKind.DELETE:
            return "the whole order"
        text = self.what.get(brief.id)
        if text is None:
            changes = recorded_changes(self.queries.changes(brief.id))
            labels = list(dict.fromkeys(label_of(at(change)) for change in changes))
            if not labels:
                text = "sent whole" if brief.kind is WriteKind.UPSERT else ""
            else:
                text = labels[0] if len(labels) == 1 else f"{labels[0]} +{len(labels) - 1}"
            self.what[brief.id] = text
        return f"{brief.job}: {text}" if brief.job else text
