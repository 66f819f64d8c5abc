"""Moves the work that was kept under credentials to the account that they belong to, once that is known."""

import sqlite3

from tui.api.codec import Json
from tui.store.db import Database, pack, unpack

_MOVED = ("batch", "write", "follow")
"""Tables whose rows have a key without the account."""
_KEYED = ("edit", "private_mark")
"""Tables with one row for each order of an account. Where both accounts have one, both stay."""
IDENTITY = "user"
"""The state of credentials that says whose they are; it stays with them."""


def join_account(database: Database, old: int, new: int) -> int:
    """Move all work of account `old` to `new`, durably. Returns how many drafts and marks stay behind.

    Those are of orders that have a draft or marks in both. Small values of the screens are merged: lists and tables are
    combined; of other values the one of `new` stays.
    """

    def move(connection: sqlite3.Connection) -> int:
        for table in _MOVED:
            connection.execute(f"UPDATE {table} SET account = ? WHERE account = ?", (new, old))
        for table in _KEYED:
            connection.execute(f"UPDATE OR IGNORE {table} SET account = ? WHERE account = ?", (new, old))
        _merge_states(connection, old, new)
        return _count(connection, old)

    return database.write(move, durable=True)


def work_of(database: Database, account_id: int) -> int:
    """How many drafts, batches, writes, marks and states an account has."""
    return database.read(lambda connection: _count(connection, account_id))


def _count(connection: sqlite3.Connection, account_id: int) -> int:
    tables = (*_MOVED, *_KEYED)
    counts = [f"(SELECT count(*) FROM {table} WHERE account = :account)" for table in tables]
    counts.append("(SELECT count(*) FROM state WHERE account = :account AND key != :identity)")
    values = {"account": account_id, "identity": pack(IDENTITY)}
    return int(connection.execute(f"SELECT {' + '.join(counts)}", values).fetchone()[0])


def _merge_states(connection: sqlite3.Connection, old: int, new: int) -> None:
    query = "SELECT key, value_json FROM state WHERE account = ?"
    present = dict(connection.execute(query, (new,)).fetchall())
    for key, value in connection.execute(query, (old,)).fetchall():
        if key == pack(IDENTITY):
            continue
        merged = _merged(unpack(present[key]), unpack(value)) if key in present else unpack(value)
        connection.execute("REPLACE INTO state VALUES (?, ?, ?)", (new, key, pack(merged)))
        connection.execute("DELETE FROM state WHERE account = ? AND key = ?", (old, key))


def _merged(present: Json, other: Json) -> Json:
    if isinstance(present, dict) and isinstance(other, dict):
        return {**other, **present}
    if isinstance(present, list) and isinstance(other, list):
        return [*present, *(value for value in other if value not in present)]
    return present
