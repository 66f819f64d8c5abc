"""The state of the screens, and the edits of orders that are not sent yet."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
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

    def start(self, account_id: int, order_id: str, base: Json, read_at: datetime, log: Json = None) -> StoredEdit:
        """Store a new edit; durable. If the order already has one, it is returned unchanged."""
        key, body, steps, at = pack(order_id), pack(base), pack(log), self._now()

        def work(connection: sqlite3.Connection) -> sqlite3.Row | int:
            found = _find(connection, account_id, key)
            if found is not None:
                return found
            document = add_document(connection, body)
            row = (account_id, key, document, read_at.isoformat(), steps, at.isoformat())
            connection.execute("INSERT INTO edit VALUES (?, ?, ?, ?, ?, ?)", row)
            return document

        found = self._database.write(work, durable=True)
        return StoredEdit(order_id, base, read_at, log, found) if isinstance(found, int) else _edit(found)

    def save_log(self, account_id: int, edit: StoredEdit, log: Json, read_at: datetime) -> StoredEdit | None:
        """Replace the log of an edit and the time its base was read; durable. The base document is not touched.

        Returns None, and changes nothing, if the edit is no longer stored with this base.
        """
        row = (pack(log), read_at.isoformat(), account_id, pack(edit.order_id), edit.base_id, edit.read_at.isoformat())
        # The id alone is not enough: SQLite reuses the ids of deleted rows.
        command = """
            UPDATE edit SET log_json = ?, read_at = ? WHERE account = ? AND order_id = ? AND base = ? AND read_at = ?
        """
        is_saved = self._database.write(lambda c: c.execute(command, row).rowcount, durable=True)
        return replace(edit, log=log, read_at=read_at) if is_saved else None

    def rebase(self, account_id: int, order_id: str, base: Json, read_at: datetime, log: Json) -> StoredEdit:
        """Replace base document and log of an edit; durable. Raises StoreError if there is none."""
        key, body, steps = pack(order_id), pack(base), pack(log)

        def work(connection: sqlite3.Connection) -> int | None:
            found = connection.execute("SELECT base FROM edit WHERE account = ? AND order_id = ?", (account_id, key))
            row = found.fetchone()
            if row is None:
                return None
            document = add_document(connection, body)
            command = "UPDATE edit SET base = ?, read_at = ?, log_json = ? WHERE account = ? AND order_id = ?"
            connection.execute(command, (document, read_at.isoformat(), steps, account_id, key))
            connection.execute("DELETE FROM document WHERE id = ?", (row[0],))
            return document

        document = self._database.write(work, durable=True)
        if document is None:
            raise StoreError(f"The draft of order {order_id} no longer exists")
        return StoredEdit(order_id, base, read_at, log, document)

    def get(self, account_id: int, order_id: str) -> StoredEdit | None:
        row = self._database.read(lambda c: _find(c, account_id, pack(order_id)))
        return None if row is None else _edit(row)

    def all(self, account_id: int) -> list[StoredEdit]:
        """The edits of an account, the oldest first."""
        query = f"{_EDITS} WHERE account = ? ORDER BY edit.rowid"
        return [_edit(row) for row in self._database.read(lambda c: c.execute(query, (account_id,)).fetchall())]

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


def _edit(row: sqlite3.Row) -> StoredEdit:
    order_id, base, read_at, log, base_id = row
    return StoredEdit(
        unpack_text(order_id),
        unpack(base),
        datetime.fromisoformat(read_at),
        unpack(log),
        base_id,
    )
