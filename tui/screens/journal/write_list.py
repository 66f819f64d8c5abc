"""`WriteList`: the writes that the journal shows, by group, words and sorting, and the one under the cursor."""

from collections import Counter

from tui.screens.common.workspace import Workspace
from tui.screens.journal.rows import Place, WriteRows, columns
from tui.store.journal_queries import JournalRow, JournalSort
from tui.widgets.table import OrderTable
from tui.work.journal.entries import GROUPS, PRUNED, JournalEntry, group_of, open_entry, states_of


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
        """Find again what is in the list; the cursor stays on its write."""
        account = self._workspace.account
        queries = account.store.journal_queries
        states, kinds = (None, None) if self.group is None else states_of(self.group)
        has_several = len(queries.writers(account.account_id)) > 1
        places = queries.find(
            account.account_id, states=states, kinds=kinds, terms=self.words.split(), sort=self.sorting
        )
        by_order = self.sorting is JournalSort.ORDER
        now, zone = self._workspace.now(), account.zone
        self.rows = WriteRows(queries, places, now, zone, has_several, by_order, self._kept)
        self._table.set_columns(columns(self.is_wide, has_several))
        nothing = "No write is like this." if self.is_narrowed and self.total else "Nothing was written yet."
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
        """What stands below the last write: how many older ones were removed."""
        account = self._workspace.account
        kept = account.store.screen_states.get(account.account_id, PRUNED)
        if not isinstance(kept, dict):
            return ""
        count, days, on = kept.get("count"), kept.get("days"), str(kept.get("at"))[:10]
        return f"{count} writes older than {days} days were removed on {on}, as settings.toml says."

    @property
    def place(self) -> Place | None:
        """The row under the cursor: a write, and the order in it if there is a row for each order."""
        rows, cursor = self.rows, self._table.cursor
        return rows.places[cursor] if rows is not None and cursor < len(rows) else None

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
        """The service's id of the order of the row under the cursor, if it is about one."""
        brief = self.brief
        return brief.first.remote_id or None if brief is not None and self.is_one_order else None

    def open(self, id: int) -> JournalEntry | None:
        """A write with all that was recorded of it; None if it was removed."""
        account = self._workspace.account
        return open_entry(account.store, account.client.base_url, id)

    def step_problem(self, by: int) -> bool:
        """Put the cursor on the next write that did not end as it should; whether there is one."""
        rows, index = self.rows, self._table.cursor + by
        while rows is not None and 0 <= index < len(rows):
            brief = rows.brief_at(index)
            if brief is not None and group_of(brief.state, brief.kind) in ("unknown", "differs", "failed"):
                self._table.go(index)
                return True
            index += by
        return False
