"""Writes as rows of the journal's table, read from the store when drawn."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from tui.api.wording import count_of
from tui.orders.fields import label_of
from tui.screens.common.table_rows import KeyedRows
from tui.screens.common.workspace import Workspace
from tui.widgets.table import CellText, Column, OrderTable, RenderedRow, StyledCell
from tui.work.journal.entries import (
    GROUPS,
    PRUNED,
    JournalEntry,
    at,
    description,
    group_of,
    open_entry,
    recorded_changes,
    states_of,
)
from tui.work.stored import JournalQueries, JournalRow, JournalSort, WriteKind
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
        Column("end", "outcome", 18 if wide else 20),
    )


def key_of_place(place: Place) -> str:
    return f"{place[0]}.{place[1]}"


@dataclass(slots=True)
class WriteRows(KeyedRows[Place]):
    """`by_order`: each row is about one order of its write."""

    queries: JournalQueries
    now: datetime
    zone: tzinfo
    several: bool
    by_order: bool
    what: dict[int, str]
    """The summary of each write, which never changes; cached by the screen."""
    _briefs: dict[Place, JournalRow] = field(default_factory=dict)

    def key_at(self, index: int) -> str:
        return key_of_place(self.elements[index])

    def brief_at(self, index: int) -> JournalRow | None:
        """The write of a row; None if it was removed."""
        row = self.elements[index]
        if row not in self._briefs:
            start = index - index % _CHUNK
            self._briefs |= self.queries.get(self.elements[start : start + _CHUNK])
        return self._briefs.get(row)

    def row_at(self, index: int) -> RenderedRow:
        brief = self.brief_at(index)
        if brief is None:
            return RenderedRow(self.key_at(index), ("", "removed"))
        mark, _, tone = LABELS[project(brief.state)]
        when = brief.at.astimezone(self.zone)
        same_day = when.date() == self.now.astimezone(self.zone).date()
        name = brief.first.name if self.by_order or brief.orders == 1 else f"{brief.orders} orders"
        time_text = f"{when:%H:%M:%S}" if same_day else f"{when:%d %b %H:%M}"
        # The list is in the order of writing, whatever the clock said.
        cells: list[CellText] = [f"{time_text[:10]} <" if brief.is_clock_back else time_text]
        if self.several:
            cells.append(f"{brief.by.partition('@')[0]} {brief.profile}".strip())
        cells += [name, brief.kind, self._what(brief), StyledCell(description(brief.state, brief.kind), tone)]
        return RenderedRow(self.key_at(index), tuple(cells), mark, tone)

    def _what(self, brief: JournalRow) -> str:
        if brief.kind is WriteKind.DELETE:
            return "whole order"
        text = self.what.get(brief.id)
        if text is None:
            changes = recorded_changes(self.queries.changes(brief.id))
            labels = list(dict.fromkeys(label_of(at(change)) for change in changes))
            if not labels:
                text = "full order" if brief.kind is WriteKind.UPSERT else ""
            else:
                text = labels[0] if len(labels) == 1 else f"{labels[0]} +{len(labels) - 1}"
            self.what[brief.id] = text
        return f"{brief.job}: {text}" if brief.job else text


class WriteList:
    """Reads rows from the store into a table. `total` counts all writes; `groups` those of each group."""

    def __init__(self, workspace: Workspace, table: OrderTable) -> None:
        self.sorting = JournalSort.TIME
        self.words = ""
        self.group: str | None = None
        self.is_wide = False
        self.rows: WriteRows | None = None
        self.total = 0
        self.groups: Counter[str] = Counter()
        self._workspace = workspace
        self._table = table
        self._kept: dict[int, str] = {}

    @property
    def is_narrowed(self) -> bool:
        """Whether some writes are not shown."""
        return bool(self.words) or self.group is not None

    def read(self) -> None:
        """Read the list again; the cursor stays on its write."""
        account = self._workspace.account
        queries = account.store.journal_queries
        states, kinds = (None, None) if self.group is None else states_of(self.group)
        has_several = len(queries.writers(account.account_id)) > 1
        places = queries.find(
            account.account_id, states=states, kinds=kinds, terms=self.words.split(), sort=self.sorting
        )
        by_order = self.sorting is JournalSort.ORDER
        now, zone = self._workspace.now(), account.zone
        self.rows = WriteRows(places, queries, now, zone, has_several, by_order, self._kept)
        self._table.set_columns(columns(self.is_wide, has_several))
        nothing = "No writes match." if self.is_narrowed and self.total else "No writes yet."
        self._table.set_empty(nothing)
        self._table.load(self.rows)
        self._table.set_footer(self._tail())

    def count(self) -> None:
        """Count the writes of each group."""
        account = self._workspace.account
        counts = account.store.journal_queries.count(account.account_id)
        self.total = counts.total()
        self.groups = Counter(dict.fromkeys(GROUPS, 0))
        for (state, kind), count in counts.items():
            self.groups[group_of(state, kind)] += count

    def _tail(self) -> str:
        """The line below the last write: how many older writes were removed."""
        account = self._workspace.account
        kept = account.store.screen_states.get(account.account_id, PRUNED)
        if not isinstance(kept, dict):
            return ""
        count, days, on = kept.get("count"), kept.get("days"), str(kept.get("at"))[:10]
        return f"{count_of(int(str(count)), 'write')} older than {days} days removed on {on}, as set in settings.toml."

    @property
    def place(self) -> Place | None:
        """The write under the cursor, and the order in it if each order has a row."""
        rows, cursor = self.rows, self._table.cursor
        return rows.elements[cursor] if rows is not None and cursor < len(rows) else None

    @property
    def brief(self) -> JournalRow | None:
        """The write under the cursor."""
        rows, cursor = self.rows, self._table.cursor
        return rows.brief_at(cursor) if rows is not None and cursor < len(rows) else None

    @property
    def is_one_order(self) -> bool:
        """Whether the row under the cursor is about one order."""
        brief = self.brief
        return brief is not None and (brief.orders == 1 or self.sorting is JournalSort.ORDER)

    @property
    def order_id(self) -> str | None:
        """The service's id of the order under the cursor, if the row is about one order."""
        brief = self.brief
        return brief.first.remote_id or None if brief is not None and self.is_one_order else None

    def open(self, id: int) -> JournalEntry | None:
        """A write with everything recorded about it; None if it was removed."""
        account = self._workspace.account
        return open_entry(account.store, account.client.base_url, id)

    def step_problem(self, by: int) -> bool:
        """Move the cursor to the next write that failed or is unresolved. Returns whether there is one."""
        rows, index = self.rows, self._table.cursor + by
        while rows is not None and 0 <= index < len(rows):
            brief = rows.brief_at(index)
            if brief is not None and group_of(brief.state, brief.kind) in ("unknown", "differs", "failed"):
                self._table.go(index)
                return True
            index += by
        return False
