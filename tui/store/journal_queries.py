"""Queries for the journal list.

Rows are read without documents, so that a list of ten thousand writes opens immediately.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from tui.api.codec import Json
from tui.store.db import Tables, pack, unpack, unpack_text
from tui.store.journal import SqlCondition, WriteKind, WriteState


class JournalSort(StrEnum):
    """The sort order of the list; ties are sorted newest first."""

    TIME = "time"
    ORDER = "order"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class OrderNames:
    """The names of an order as known when the write was recorded; empty if unknown."""

    remote_id: str
    order_id: str
    number: str

    @property
    def name(self) -> str:
        return self.number or self.order_id or (f"#{self.remote_id}" if self.remote_id else "?")


@dataclass(frozen=True, slots=True)
class JournalRow:
    """A write as shown in a list row. `orders` is the number of its orders, `first` the one that the row names.

    `is_clock_back`: its time is before that of the write before it, so the clock was set back in between.
    """

    id: int
    at: datetime
    by: str
    profile: str
    kind: WriteKind
    state: WriteState
    job: str | None
    orders: int
    first: OrderNames
    is_clock_back: bool = False


class JournalQueries(Tables):
    """Finds writes without loading their documents. A row is given as (write, position of an order in the write)."""

    def find(
        self,
        account_id: int,
        *,
        states: Iterable[WriteState] | None = None,
        kinds: Iterable[WriteKind] | None = None,
        order: str | None = None,
        key: tuple[str, str] | None = None,
        job: str | None = None,
        terms: Sequence[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        sort: JournalSort = JournalSort.TIME,
    ) -> list[tuple[int, int]]:
        """The rows of all matching writes, in order. Sorted by time or outcome, each write has one row, that of its
        first order.

        `order` is the service's id of an order, `key` its upsert key. Each of `terms` must occur in a name of an order, in
        the name of the job, or in the changes.
        """
        where = SqlCondition(account_id)
        if states is not None:
            where.one_of("state", states)
        if kinds is not None:
            where.one_of("road", kinds)
        if order is not None or key is not None:
            where.of_order(order, key)
        if job is not None:
            where.add("job = ?", pack(job))
        if since is not None:
            where.add("at >= ?", _stamp(since))
        if until is not None:
            where.add("at < ?", _stamp(until))
        for term in terms:
            where.add(_TERM, *[pack(term.lower())[1:-1]] * 5)
        if sort is JournalSort.ORDER:
            query = _BY_ORDER.format(where=where.text)
        elif sort is JournalSort.OUTCOME:
            query = f"SELECT id, 0 FROM write WHERE {where.text} ORDER BY {_RANK}, id DESC"  # noqa: S608
        else:
            query = f"SELECT id, 0 FROM write WHERE {where.text} ORDER BY id DESC"  # noqa: S608 - values are bound
        rows = self._database.read(lambda c: c.execute(query, where.values).fetchall())
        return [(row[0], row[1]) for row in rows]

    def get(self, keys: Sequence[tuple[int, int]]) -> dict[tuple[int, int], JournalRow]:
        """The data of these rows. Writes that have been removed are missing."""

        def work(connection: sqlite3.Connection) -> dict[tuple[int, int], JournalRow]:
            found = {}
            for key in keys:
                row = connection.execute(_ROW, (*key, key[0])).fetchone()
                if row is not None:
                    found[key] = _row(row)
            return found

        return self._database.read(work)

    def orders(self, write: int) -> list[OrderNames]:
        """The orders of a write, in the order in which they were sent."""
        query = "SELECT remote_id, order_id, number FROM write_order WHERE write = ? ORDER BY position"
        rows = self._database.read(lambda c: c.execute(query, (write,)).fetchall())
        return [OrderNames(*map(_text, row)) for row in rows]

    def writers(self, account_id: int) -> list[tuple[str, str]]:
        """All users who made writes, as user@host, with the profile used."""
        rows = self._database.read(lambda c: c.execute(_WRITERS, (account_id,)).fetchall())
        return [(f"{user}@{host}", unpack_text(profile)) for user, host, profile in rows]

    def changes(self, write: int) -> Json:
        """The recorded changes of a write; null if none were recorded or there is no such write."""
        query = "SELECT changes_json FROM write WHERE id = ?"
        row = self._database.read(lambda c: c.execute(query, (write,)).fetchone())
        return None if row is None else unpack(row[0])

    def count(self, account_id: int) -> Counter[tuple[WriteState, WriteKind]]:
        """The number of writes by state and kind."""
        query = "SELECT state, road, count(*) FROM write WHERE account = ? GROUP BY state, road"
        rows = self._database.read(lambda c: c.execute(query, (account_id,)).fetchall())
        return Counter({(WriteState(state), WriteKind(kind)): count for state, kind, count in rows})


_TERM = """(
    id IN (SELECT write FROM write_order WHERE instr(lower(number), ?) OR instr(lower(order_id), ?)
           OR instr(lower(remote_id), ?))
    OR instr(lower(job), ?) OR instr(lower(changes_json), ?)
)"""
_RANKS = (
    WriteState.UNKNOWN,
    WriteState.SENT,
    WriteState.RECORDED,
    WriteState.ANSWERED,
    WriteState.DIFFERS,
    WriteState.MISSING,
    WriteState.GONE,
    WriteState.REFUSED,
    WriteState.BUSY,
    WriteState.NOT_APPLIED,
    WriteState.NOT_SENT,
    WriteState.ACCEPTED,
)
_WHENS = " ".join(f"WHEN '{state}' THEN {rank}" for rank, state in enumerate(_RANKS))
_RANK = f"CASE state {_WHENS} ELSE 99 END, road"
_BY_ORDER = """
    SELECT write.id, coalesce(named.position, 0) FROM write LEFT JOIN write_order named ON named.write = write.id
    WHERE write.id IN (SELECT id FROM write WHERE {where})
    ORDER BY coalesce(named.number, named.order_id, named.remote_id), write.id DESC, named.position
"""
_WRITERS = """
    SELECT DISTINCT user, host, profile_json FROM session WHERE id IN (SELECT session FROM write WHERE account = ?)
"""
_ROW = """
    SELECT write.id, write.at, session.user, session.host, session.profile_json, write.road, write.state, write.job,
           (SELECT count(*) FROM write_order WHERE write_order.write = write.id) AS orders,
           named.remote_id, named.order_id, named.number,
           write.at < (SELECT earlier.at FROM write earlier WHERE earlier.id < write.id ORDER BY earlier.id DESC LIMIT 1)
           AS is_clock_back
    FROM write JOIN session ON session.id = write.session
    LEFT JOIN write_order named ON named.write = ? AND named.position = ?
    WHERE write.id = ?
"""


def _row(row: sqlite3.Row) -> JournalRow:
    return JournalRow(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        by=f"{row['user']}@{row['host']}",
        profile=unpack_text(row["profile_json"]),
        kind=WriteKind(row["road"]),
        state=WriteState(row["state"]),
        job=None if row["job"] is None else unpack_text(row["job"]),
        orders=row["orders"],
        first=OrderNames(*(_text(row[key]) for key in ("remote_id", "order_id", "number"))),
        is_clock_back=bool(row["is_clock_back"]),
    )


def _stamp(when: datetime) -> str:
    """A time as stored: UTC."""
    return when.astimezone(UTC).isoformat()


def _text(packed: str | None) -> str:
    return "" if packed is None else unpack_text(packed)
