"""The state of the screens, and the edits of orders that are not sent yet."""

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from tui.api.codec import Json
from tui.store.db import Database, StoreError, Tables, pack, unpack, unpack_text


class ScreenStates(Tables):
    """Small values by account and key: cursor positions, unsaved input."""

    def put(self, account_id: int, key: str, value: Json, *, durable: bool = False) -> None:
        row = (account_id, pack(key), pack(value))
        self._database.write(lambda c: c.execute("REPLACE INTO state VALUES (?, ?, ?)", row), durable=durable)

    def get(self, account_id: int, key: str, default: Json = None) -> Json:
        query = "SELECT value_json FROM state WHERE account = ? AND key = ?"
        row = self._database.read(lambda c: c.execute(query, (account_id, pack(key))).fetchone())
        return default if row is None else unpack(row[0])

    def swap(self, account_id: int, key: str, old: Json, new: Json) -> bool:
        """Replace a value if it still equals `old`; durable. Returns whether it did, so that one of two processes wins."""
        row = (pack(new), account_id, pack(key), pack(old))
        command = "UPDATE state SET value_json = ? WHERE account = ? AND key = ? AND value_json = ?"
        return bool(self._database.write(lambda c: c.execute(command, row).rowcount, durable=True))

    def delete(self, account_id: int, key: str, *, durable: bool = False) -> None:
        command = "DELETE FROM state WHERE account = ? AND key = ?"
        self._database.write(lambda c: c.execute(command, (account_id, pack(key))), durable=durable)

    def all(self, account_id: int, prefix: str = "") -> dict[str, Json]:
        """The values whose keys start with `prefix`, by key."""
        query = f"SELECT key, value_json {_FROM_KEYS}"
        rows = self._database.read(lambda c: c.execute(query, (account_id, *_range(prefix))).fetchall())
        return {unpack_text(key): unpack(value) for key, value in rows}

    def keys(self, account_id: int, prefix: str = "") -> list[str]:
        """The keys that start with `prefix`, in order, without loading the values."""
        query = f"SELECT key {_FROM_KEYS}"
        rows = self._database.read(lambda c: c.execute(query, (account_id, *_range(prefix))).fetchall())
        return [unpack_text(row[0]) for row in rows]


_FROM_KEYS = "FROM state WHERE account = ? AND key >= ? AND key < ? ORDER BY key"


def _range(prefix: str) -> tuple[str, str]:
    # Packed keys are ASCII, so this end sorts after all keys with the prefix, and the index is used.
    start = pack(prefix)[:-1]
    return start, f"{start}\u0080"


@dataclass(frozen=True, slots=True)
class StoredEdit:
    """The edit of one order: its base document, when that was read, and the edit log (opaque to the store).

    `base_id`: the row of the base document.
    """

    order_id: str
    base: Json
    read_at: datetime
    log: Json
    base_id: int


class StoredEdits:
    """At most one edit per order of an account. `order_id` is the service's id (tui.api.query.order_key)."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self.unreadable = 0
        """How many edits `all` left out, because their stored values are damaged."""

    def replace(
        self, account_id: int, order_id: str, old: StoredEdit | None, base: Json, read_at: datetime, log: Json
    ) -> StoredEdit | None:
        """Store an edit in place of `old`; durable. The base document is written only if it is another object.

        Returns None, and changes nothing, if another process has stored a different edit since `old` was stored.
        """
        key, steps = pack(order_id), pack(log)

        def work(connection: sqlite3.Connection) -> int | None:
            found = _find(connection, account_id, key)
            if found is not None and (old is None or not _is_same(found, old)):
                return None
            if found is not None and old is not None and old.base is base:
                command = "UPDATE edit SET log_json = ?, read_at = ? WHERE account = ? AND order_id = ?"
                connection.execute(command, (steps, read_at.isoformat(), account_id, key))
                return old.base_id
            document = add_document(connection, pack(base))
            if found is None:
                row = (account_id, key, document, read_at.isoformat(), steps, self._now().isoformat())
                connection.execute("INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?)", row)
            else:
                command = "UPDATE edit SET base = ?, read_at = ?, log_json = ? WHERE account = ? AND order_id = ?"
                connection.execute(command, (document, read_at.isoformat(), steps, account_id, key))
                connection.execute("DELETE FROM document WHERE id = ?", (found["base"],))
            return document

        document = self._database.write(work, durable=True)
        return None if document is None else StoredEdit(order_id, base, read_at, log, document)

    def get(self, account_id: int, order_id: str) -> StoredEdit | None:
        row = self._database.read(lambda c: _find(c, account_id, pack(order_id)))
        return None if row is None else _edit(row)

    def all(self, account_id: int) -> list[StoredEdit]:
        """The edits of an account, the oldest first. Those that cannot be read are left out, see `unreadable`."""
        query = f"{_EDITS} WHERE account = ? ORDER BY edit.rowid"
        rows = self._database.read(lambda c: c.execute(query, (account_id,)).fetchall())
        edits: list[StoredEdit] = []
        for row in rows:
            with suppress(StoreError, ValueError):
                edits.append(_edit(row))
        self.unreadable = len(rows) - len(edits)
        return edits

    def drop(self, account_id: int, order_id: str) -> None:
        """Delete an edit; durable. Does nothing if there is none."""
        key = (account_id, pack(order_id))

        def work(connection: sqlite3.Connection) -> None:
            row = connection.execute("SELECT base FROM edit WHERE account = ? AND order_id = ?", key).fetchone()
            if row is not None:
                connection.execute("DELETE FROM edit WHERE account = ? AND order_id = ?", key)
                connection.execute("DELETE FROM document WHERE id = ?", (row[0],))

        self._database.write(work, durable=True)


def add_document(connection: sqlite3.Connection, body: str) -> int:
    """Store a packed document and return its id. For use inside a transaction."""
    return int(connection.execute("INSERT INTO document (body_json) VALUES (?)", (body,)).lastrowid or 0)


_EDITS = """
    SELECT order_id, body_json, read_at, log_json, base
    FROM edit JOIN document ON document.id = edit.base
"""


def _find(connection: sqlite3.Connection, account_id: int, key: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = connection.execute(
        f"{_EDITS} WHERE account = ? AND order_id = ?", (account_id, key)
    ).fetchone()
    return row


def _is_same(row: sqlite3.Row, edit: StoredEdit) -> bool:
    # The id of the base alone is not enough: SQLite reuses the ids of deleted rows.
    stored = (row["base"], row["read_at"], row["log_json"])
    return stored == (edit.base_id, edit.read_at.isoformat(), pack(edit.log))


def _edit(row: sqlite3.Row) -> StoredEdit:
    order_id, base, read_at, log, base_id = row
    return StoredEdit(
        unpack_text(order_id),
        unpack(base),
        datetime.fromisoformat(read_at),
        unpack(log),
        base_id,
    )
