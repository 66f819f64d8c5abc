"""Moves the work that was kept under credentials to the account that they belong to, once that is known."""

import sqlite3

from tui.api.codec import Json
from tui.store.db import Database, pack, unpack

IDENTITY = "user"
"""The state of credentials that says whose they are; it stays with them."""

_WITH_ACCOUNT = """
    SELECT master.name FROM sqlite_master master JOIN pragma_table_info(master.name) part
    WHERE master.type = 'table' AND part.name = 'account' AND master.name != 'state'
"""


def join_account(database: Database, old: int, new: int) -> int:
    """Move all work of account `old` to `new`, durably. Returns how many drafts and marks stay behind.

    Those are of orders that have a draft or marks in both. Small values of the screens are merged: lists and tables are
    combined; of other values the one of `new` stays.
    """

    def move(connection: sqlite3.Connection) -> int:
        for table in _tables(connection):
            connection.execute(f"UPDATE OR IGNORE {table} SET account = ? WHERE account = ?", (new, old))
        _merge_states(connection, old, new)
        return _count(connection, old)

    return database.write(move, durable=True)


def work_of(database: Database, account_id: int) -> int:
    """How many drafts, batches, writes, marks and states an account has."""
    return database.read(lambda connection: _count(connection, account_id))


def _tables(connection: sqlite3.Connection) -> list[str]:
    """The tables whose rows belong to accounts, without that of the states."""
    return [row[0] for row in connection.execute(_WITH_ACCOUNT).fetchall()]


def _count(connection: sqlite3.Connection, account_id: int) -> int:
    counts = [f"(SELECT count(*) FROM {table} WHERE account = :account)" for table in _tables(connection)]
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
