"""Removes old writes from the journal when the settings ask for it, and keeps those that are still needed."""

import sqlite3
from collections import Counter
from datetime import datetime

_SETTLED_BEFORE = """
    SELECT id, account FROM write
    WHERE settled = 1
      AND NOT EXISTS (SELECT 1 FROM write_event WHERE write_event.write = write.id AND write_event.at >= :before)
      AND NOT EXISTS (SELECT 1 FROM follow WHERE follow.write = write.id AND follow.state = 'accepted')
      AND NOT EXISTS (
          SELECT 1 FROM write_item item
          JOIN staged ON staged.id = item.staged
          JOIN batch ON batch.id = staged.batch
          WHERE item.write = write.id
            AND coalesce(staged.removed_at, batch.removed_at, :before) >= :before
      )
    ORDER BY id LIMIT :limit
"""
_STAGED = "SELECT id, base FROM staged WHERE id IN (SELECT staged FROM write_item WHERE write = ?)"
_PARTS = ("write_item", "write_order", "write_event", "follow")


def prune(connection: sqlite3.Connection, before: datetime, limit: int) -> Counter[int]:
    """Remove writes with their events, items, verifications and documents. Returns how many of each account.

    Kept are open writes, writes whose orders are still being verified, and writes of staged orders that are still
    staged or were removed recently enough to be restored: they record what must not be sent again. A staged order that
    was removed earlier is deleted together with its last write. For use inside a transaction.
    """
    rows = connection.execute(_SETTLED_BEFORE, {"before": before.isoformat(), "limit": limit}).fetchall()
    for write, _ in rows:
        documents = [row[0] for row in connection.execute("SELECT expected FROM follow WHERE write = ?", (write,))]
        staged = connection.execute(_STAGED, (write,)).fetchall()
        for part in _PARTS:
            connection.execute(f"DELETE FROM {part} WHERE write = ?", (write,))  # noqa: S608 - names of this module
        connection.execute("DELETE FROM write WHERE id = ?", (write,))
        for id, base in staged:
            connection.execute("DELETE FROM staged WHERE id = ?", (id,))
            documents.append(base)
        connection.executemany("DELETE FROM document WHERE id = ?", [(document,) for document in documents])
    return Counter(account_id for _, account_id in rows)
