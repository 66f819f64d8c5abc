"""What the user noted about orders: done, flagged, snoozed, and a note. It stays on this machine and is never sent."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tui.store.db import Tables, pack, unpack_text


@dataclass(frozen=True, slots=True)
class PrivateMark:
    """The user's marks of one order.

    `version`: identifies the order's document when it was marked as done or snoozed, which a change of the order ends.
    """

    done_at: datetime | None = None
    flagged_at: datetime | None = None
    snoozed_until: datetime | None = None
    version: str = ""
    note: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Which of done, flagged and snoozed are set."""
        marks = {"done": self.done_at, "flagged": self.flagged_at, "snoozed": self.snoozed_until}
        return frozenset(name for name, at in marks.items() if at is not None)

    @property
    def is_put_off(self) -> bool:
        """Whether the order is done or snoozed, so that it needs no attention now."""
        return self.done_at is not None or self.snoozed_until is not None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is noted, so that nothing is stored."""
        return not (self.done_at or self.flagged_at or self.snoozed_until or self.note)


class PrivateMarks(Tables):
    """The marks of all accounts, by order. Raises StoreError."""

    def all(self, account_id: int) -> dict[str, PrivateMark]:
        """The marks of an account by the keys of the orders."""
        query = "SELECT * FROM private_mark WHERE account = ?"
        rows = self._database.read(lambda c: c.execute(query, (account_id,)).fetchall())
        return {unpack_text(row["key_json"]): _mark(row) for row in rows}

    def put(self, account_id: int, marks: Iterable[tuple[str, PrivateMark]]) -> None:
        """Store the marks of some orders; an empty one removes what was stored."""
        rows = [(account_id, pack(key), mark) for key, mark in marks]

        def work(connection: sqlite3.Connection) -> None:
            for account, key, mark in rows:
                connection.execute("DELETE FROM private_mark WHERE account = ? AND key_json = ?", (account, key))
                if not mark.is_empty:
                    connection.execute(_INSERT, (account, key, *_values(mark)))

        self._database.write(work, durable=True)


_INSERT = (
    "INSERT INTO private_mark (account, key_json, done_at, flagged_at, snoozed_until, version, note_json) "
    "VALUES (?, ?, ?, ?, ?, ?, ?)"
)


def _values(mark: PrivateMark) -> tuple[str | None, ...]:
    times = (mark.done_at, mark.flagged_at, mark.snoozed_until)
    return (*(at.isoformat() if at is not None else None for at in times), mark.version, pack(mark.note))


def _mark(row: sqlite3.Row) -> PrivateMark:
    done, flagged, snoozed = (
        datetime.fromisoformat(row[name]) if row[name] is not None else None
        for name in ("done_at", "flagged_at", "snoozed_until")
    )
    return PrivateMark(done, flagged, snoozed, row["version"], unpack_text(row["note_json"]))
