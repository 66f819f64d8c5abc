"""`OrderCache`: the local copy of an account's orders, with the index that queries need. All of it can be read again.

The file is separate from the store: it is large, it is replaced when it is damaged, and reading from it does not wait
for writes to the store.
"""

import json
import sqlite3
import zlib
from array import array
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final, cast

from tui.api.codec import CodecError, Document, Json, as_document, decode, encode
from tui.orders.label import Label
from tui.orders.query.conditions import CODES, EVERY_ORDER, LISTS, NUMBERS, TEXTS, Condition, Facts, SortKey
from tui.store.conditions_sql import COLUMN, TEXT_COLUMN, order_by, where
from tui.store.db import (
    Database,
    StoreBusy,
    StoreError,
    check_mark,
    files_of,
    is_our_database,
    pack,
    unpack,
    unpack_text,
)

FORMAT: Final = 1
"""Part of the file's name. A file of another format is not opened; its orders are read from the service again."""

_FULL_TEXT_SINCE = (3, 34)
"""The first SQLite version with an index of sequences of three characters."""
_KEPT_DOCUMENTS: Final = 32
_DEEPEST = 400
_LABEL_TEXTS = ("status", "carrier", "tracking", "note")
_MOMENT: Final = 0.001
_READERS_CACHE: Final = 256
"""KiB. What queries read is larger than any cache of SQLite, and in that of the system."""


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """An order to store, as it was read. `checked`: the version of the code and settings that made the facts.

    `is_own`: if the order changed, only this app changed it.
    """

    key: str
    document: Document
    facts: Facts
    checked: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class CachedOrder:
    """An order of the cache. `id` is its row, `read_at` and `gone_at` are seconds since 1970.

    `gone_at`: when the service no longer had it. `label`: what the service answered last about its labels.
    """

    id: int
    key: str
    document: Document
    read_at: float
    gone_at: float | None = None
    label: Label | None = None


class OrderCache:
    """The orders of one account. All methods are synchronous and thread-safe; reads do not wait for `put`.

    Times are seconds since 1970. Every method raises StoreError if the file cannot be used.
    """

    def __init__(self, path: Path | None) -> None:
        """Open or create the file; None keeps the orders in memory only. A damaged file is replaced by an empty one, but
        not one that cannot be read at the moment."""
        self.path = path
        self.has_index = _has_full_text()
        if path is not None and check_mark(path).exists():
            # Damage was met since it was opened the last time.
            remove_file(path)
            check_mark(path).unlink(missing_ok=True)
        try:
            self._writer = self._open()
        except StoreBusy:
            raise
        except StoreError as error:
            if path is None or not _is_ours(path) or _is_passing(error):
                raise
            remove_file(path)
            self._writer = self._open()
        # Connections of their own, so that the rows of the screen do not wait for queries, nor these for what is stored.
        self._reader, self._rows, self._counter = (
            (self._open(_READERS_CACHE), self._open(_READERS_CACHE), self._open(_READERS_CACHE))
            if path is not None
            else (self._writer,) * 3
        )

    def close(self) -> None:
        """Close the file. Closing twice is harmless."""
        for database in (self._counter, self._rows, self._reader, self._writer):
            database.close()

    # Writing

    def put(self, orders: Sequence[ReadOrder], read_at: float, sweep: int | None = None) -> int:
        """Store these orders as read last. Returns how many are new or differ from what was stored.

        `sweep`: the number of the complete read to which they belong.
        """
        return self._writer.write(lambda connection: sum(_put(connection, order, read_at, sweep) for order in orders))

    def put_unchanged(
        self, orders: Sequence[tuple[str, Document]], checked: str, read_at: float, sweep: int | None = None
    ) -> set[str]:
        """Note that orders were read again that are the same as stored, with facts of this version. Returns their keys.

        The facts of the others have to be computed; then `put` stores them.
        """
        return self._writer.write(
            lambda connection: {
                key for key, document in orders if _put_unchanged(connection, key, document, checked, read_at, sweep)
            }
        )

    def describe(self, orders: Sequence[ReadOrder]) -> None:
        """Replace the facts of stored orders, and nothing else."""
        read_at = {order.key: cached.read_at for order in orders if (cached := self.get(order.key)) is not None}
        self._writer.write(
            lambda connection: [
                _put(connection, order, read_at[order.key], None) for order in orders if order.key in read_at
            ]
        )

    def mark_outdated(self, condition: Condition) -> None:
        """Note that the facts of the orders that fulfil a condition have to be made again; see `outdated`."""
        test, values = where(condition, has_index=self.has_index)
        self._writer.write(lambda c: c.execute(f"UPDATE entry SET checked = '' WHERE {test}", values))

    def mark_gone(self, keys: Iterable[str], at: float) -> None:
        """Note that the service no longer has these orders. They are kept, but no query finds them."""
        rows = [(at, pack(key)) for key in keys]
        self._writer.write(lambda c: c.executemany("UPDATE entry SET gone_at = ? WHERE key_json = ?", rows))

    def put_label(self, key: str, label: Label) -> None:
        """Store what the service answered about the labels of a stored order; see `describe` for its facts."""
        row = (label.asked_at, label.is_made, pack(_label_json(label)), pack(key))
        sql = "INSERT OR REPLACE INTO label (entry, asked_at, is_made, answer_json) SELECT id, ?, ?, ? FROM entry WHERE key_json = ?"
        self._writer.write(lambda c: c.execute(sql, row))

    def purge(self, before: float) -> int:
        """Remove the orders that were last read before a time, from the file and its index. Returns how many."""

        def work(connection: sqlite3.Connection) -> int:
            removed = _delete(connection, "read_at < ?", [(before,)])
            if removed and self.has_index:
                # Merges the index into a new one; removed words stay in the old one until then.
                connection.execute("INSERT INTO words (words) VALUES ('optimize')")
            return removed

        removed = self._writer.write(work)
        if removed:
            self._writer.checkpoint()
        return removed

    # Reading

    def find(
        self,
        condition: Condition = EVERY_ORDER,
        sort: Sequence[SortKey] = (),
        *,
        limit: int | None = None,
    ) -> "array[int]":
        """The rows of the orders that match a condition, sorted, the newest first among equals."""
        test, values = where(condition, has_index=self.has_index)
        sql = f"SELECT entry.id FROM entry WHERE gone_at IS NULL AND {test} ORDER BY {order_by(sort)} LIMIT ?"
        parameters = [*values, -1 if limit is None else limit]

        def work(connection: sqlite3.Connection) -> "array[int]":
            rows = connection.execute(sql, parameters)
            # Tuples, since there may be hundreds of thousands.
            rows.row_factory = None
            return array("q", (id for (id,) in rows))

        return self._reader.read(work)

    def count(self, condition: Condition = EVERY_ORDER) -> int:
        """How many orders match a condition."""
        test, values = where(condition, has_index=self.has_index)
        sql = f"SELECT count(*) FROM entry WHERE gone_at IS NULL AND {test}"
        return int(self._reader.read(lambda c: c.execute(sql, values).fetchone()[0]))

    def counts(self, conditions: Sequence[Condition]) -> list[int]:
        """How many orders match each condition, in one pass over all orders."""
        tests = [where(condition, has_index=self.has_index) for condition in conditions]
        columns, values = ", ".join(f"total({test})" for test, _ in tests), [value for _, own in tests for value in own]
        sql = f"SELECT {columns} FROM entry WHERE gone_at IS NULL"
        return [*map(int, self._counter.read(lambda c: c.execute(sql, values).fetchone()))] if conditions else []

    def facets(self, condition: Condition, fields: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        """For each field of `CODES` or `LISTS`, its values among the orders that match a condition, with counts.

        The most frequent values come first. Raises KeyError for another field.
        """
        test, values = where(condition, has_index=self.has_index)

        def work(connection: sqlite3.Connection) -> dict[str, list[tuple[str, int]]]:
            connection.execute("CREATE TEMP TABLE IF NOT EXISTS found (id INTEGER PRIMARY KEY)")
            connection.execute("DELETE FROM found")
            connection.execute(f"INSERT INTO found SELECT id FROM entry WHERE gone_at IS NULL AND {test}", values)
            return {field: [(row[0], row[1]) for row in connection.execute(*_counts(field))] for field in fields}

        return self._reader.read(work)

    def rows(self, ids: Sequence[int]) -> dict[int, CachedOrder]:
        """The orders of some rows, by row. Rows that no longer exist are left out."""
        sql = f"{_SELECT} WHERE entry.id IN (SELECT value FROM json_each(?))"
        parameter = pack(list(ids))
        found = self._rows.read(lambda c: c.execute(sql, (parameter,)).fetchall())
        return {order.id: order for order in map(_cached, found)}

    def get(self, key: str) -> CachedOrder | None:
        """The order with this key (tui.api.query.order_key), even if the service no longer has it."""
        row = self._rows.read(lambda c: c.execute(f"{_SELECT} WHERE key_json = ?", (pack(key),)).fetchone())
        return None if row is None else _cached(row)

    def keys(self, ids: Sequence[int]) -> list[str]:
        """The keys of some rows, in their order. Rows that no longer exist are left out."""
        sql = "SELECT key_json FROM json_each(?) wanted JOIN entry ON entry.id = wanted.value ORDER BY wanted.key"
        parameter = pack(list(ids))
        return [unpack_text(row[0]) for row in self._rows.read(lambda c: c.execute(sql, (parameter,)).fetchall())]

    def labels(self, keys: Sequence[str]) -> dict[str, Label]:
        """What the service answered about the labels of orders, by their keys; those that were not asked for are left out."""
        sql = (
            "SELECT key_json, asked_at, is_made, answer_json FROM json_each(?) wanted "
            "JOIN entry ON entry.key_json = wanted.value JOIN label ON label.entry = entry.id"
        )
        parameter = json.dumps([pack(key) for key in keys])
        found = self._rows.read(lambda c: c.execute(sql, (parameter,)).fetchall())
        return {unpack_text(row["key_json"]): label for row in found if (label := _label(row)) is not None}

    def to_ask(self, condition: Condition, before: float, limit: int) -> list[str]:
        """The keys of orders that match a condition and whose labels were never asked for, or longest ago before a time."""
        test, values = where(condition, has_index=self.has_index)
        sql = (
            "SELECT key_json FROM entry LEFT JOIN label ON label.entry = entry.id "
            f"WHERE gone_at IS NULL AND {test} AND ifnull(asked_at, 0) < ? "
            f"ORDER BY ifnull(asked_at, 0), {COLUMN['pk']} DESC LIMIT ?"
        )
        rows = self._reader.read(lambda c: c.execute(sql, [*values, before, limit]).fetchall())
        return [unpack_text(row[0]) for row in rows]

    def row_of(self, key: str) -> int | None:
        """The row of an order."""
        found = self._rows.read(lambda c: c.execute("SELECT id FROM entry WHERE key_json = ?", (pack(key),)).fetchone())
        return None if found is None else int(found[0])

    def rows_of(self, keys: Sequence[str]) -> "array[int]":
        """The rows of some orders, in any order. Orders that are not in the cache are left out."""
        sql = "SELECT id FROM entry WHERE key_json IN (SELECT value FROM json_each(?))"
        parameter = pack([pack(key) for key in keys])
        return self._rows.read(lambda c: array("q", (row[0] for row in c.execute(sql, (parameter,)))))

    def changed_by_others_at(self, keys: Sequence[str]) -> dict[str, float]:
        """When others than this app last changed some orders, by key. Orders that are not in the cache are left out."""
        sql = "SELECT key_json, coalesce(changed_by_others_at, changed_at) FROM entry WHERE key_json IN (SELECT value FROM json_each(?))"
        parameter = pack([pack(key) for key in keys])
        found = self._rows.read(lambda c: c.execute(sql, (parameter,)).fetchall())
        return {unpack_text(row[0]): row[1] for row in found}

    def outdated(self, checked: str, limit: int) -> list[CachedOrder]:
        """Some orders whose facts were made by another version of the code or settings."""
        sql = f"{_SELECT} WHERE checked <> ? LIMIT ?"
        return [_cached(row) for row in self._reader.read(lambda c: c.execute(sql, (checked, limit)).fetchall())]

    def new_since(self, at: float) -> list[str]:
        """The keys of the orders that were read for the first time after a time."""
        return self._keys_where("first_read_at > ?", (at,))

    def changed_since(self, at: float) -> list[str]:
        """The keys of the orders that were known at a time and that others than this app changed after it."""
        return self._keys_where("coalesce(changed_by_others_at, changed_at) > ? AND first_read_at <= ?", (at, at))

    def missing_from(self, sweep: int, low: int, high: int) -> list[str]:
        """The keys of the orders whose id is within a range and that a complete read did not find."""
        return self._keys_where(f"sweep <> ? AND {COLUMN['pk']} BETWEEN ? AND ?", (sweep, low, high))

    def _keys_where(self, test: str, values: tuple[float, ...]) -> list[str]:
        sql = f"SELECT key_json FROM entry WHERE gone_at IS NULL AND {test} ORDER BY {COLUMN['pk']}"
        return [unpack_text(row[0]) for row in self._reader.read(lambda c: c.execute(sql, values).fetchall())]

    # State of the synchronisation

    def state(self, key: str) -> Json:
        """A value stored by `put_state`; None if there is none."""
        row = self._reader.read(lambda c: c.execute("SELECT value_json FROM state WHERE key = ?", (key,)).fetchone())
        return None if row is None else unpack(row[0])

    def put_state(self, key: str, value: Json) -> None:
        """Store a value that belongs to this cache and is lost with it."""
        row = (key, pack(value))
        self._writer.write(lambda c: c.execute("INSERT OR REPLACE INTO state (key, value_json) VALUES (?, ?)", row))

    def _open(self, cache_size: int | None = None) -> Database:
        migrations = (_schema(self.has_index), _LABELS, _CHANGES)
        return Database(self.path, migrations, secure_delete=True, cache_size=cache_size)


def remove_file(path: Path) -> None:
    """Remove a cache with the files that SQLite keeps beside it. Anything else is renamed. Raises StoreError."""
    try:
        if path.exists() and path.stat().st_size and not is_our_database(path):
            path.rename(path.with_name(f"{path.name}.damaged"))
        for file in files_of(path):
            file.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{error.strerror}: {path} cannot be removed.") from error


def _is_passing(error: StoreError) -> bool:
    """Whether a file could not be opened for a reason that says nothing about it: too many open files, a failing disk."""
    cause = error.__cause__
    if isinstance(cause, OSError):
        return not isinstance(cause, PermissionError)
    return getattr(cause, "sqlite_errorname", "").startswith(("SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_FULL"))


def _is_ours(path: Path) -> bool:
    """Whether a damaged file may be replaced: only a database, and only under the name that this module gives."""
    return path.name.startswith("cache-") and path.suffix == ".sqlite3"


def cache_path(folder: Path, account_id: int) -> Path:
    """The file of an account's cache in the user's data folder."""
    return folder / f"cache-{account_id}-{FORMAT}.sqlite3"


def remove_cache(folder: Path, account_id: int) -> None:
    """Remove the cache of an account, in any format, with the files that SQLite keeps beside it. Raises StoreError."""
    try:
        for path in folder.glob(f"cache-{account_id}-*.sqlite3*"):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(f"{error.filename} cannot be removed: {error.strerror}") from error


def _has_full_text() -> bool:
    if sqlite3.sqlite_version_info < _FULL_TEXT_SINCE:
        return False
    with closing(sqlite3.connect(":memory:")) as connection:
        options = {row[0] for row in connection.execute("PRAGMA compile_options")}
    return "ENABLE_FTS5" in options


_SELECT: Final = (
    "SELECT entry.id, entry.key_json, body.document, entry.read_at, entry.gone_at, asked_at, is_made, answer_json "
    "FROM entry JOIN body ON body.entry = entry.id LEFT JOIN label ON label.entry = entry.id"
)

_LABELS: Final = """
    -- Answers about the labels of orders. Their facts are made from the last one.
    CREATE TABLE label (
        entry INTEGER PRIMARY KEY,
        asked_at REAL NOT NULL,
        is_made INTEGER,
        answer_json TEXT NOT NULL
    );
"""


_CHANGES: Final = """
    -- Null: at changed_at.
    ALTER TABLE entry ADD COLUMN changed_by_others_at REAL;
"""


def _schema(has_index: bool) -> str:
    codes = ", ".join(f"{COLUMN[name]} TEXT" for name in CODES)
    numbers = ", ".join(f"{COLUMN[name]} REAL" for name in NUMBERS)
    texts = ", ".join(TEXT_COLUMN.values())
    words = (
        f"CREATE VIRTUAL TABLE words USING fts5({texts}, tokenize='trigram', detail=none)"
        if has_index
        else f"CREATE TABLE words (rowid INTEGER PRIMARY KEY, {texts})"
    )
    return f"""
        CREATE TABLE entry (
            id INTEGER PRIMARY KEY,
            key_json TEXT NOT NULL UNIQUE,
            read_at REAL NOT NULL,
            first_read_at REAL NOT NULL,
            changed_at REAL NOT NULL,
            gone_at REAL,
            sweep INTEGER NOT NULL,
            checked TEXT NOT NULL,
            {codes},
            {numbers}
        );
        CREATE INDEX entry_newest ON entry ({COLUMN["pk"]} DESC, id DESC) WHERE gone_at IS NULL;
        CREATE INDEX entry_key ON entry ({COLUMN["key"]});
        -- Apart from the columns that queries read, since documents are large.
        CREATE TABLE body (entry INTEGER PRIMARY KEY, document BLOB NOT NULL);
        CREATE TABLE value (
            field TEXT NOT NULL,
            value TEXT NOT NULL,
            entry INTEGER NOT NULL,
            PRIMARY KEY (field, value, entry)
        ) WITHOUT ROWID;
        CREATE INDEX value_of_entry ON value (entry);
        CREATE TABLE state (key TEXT PRIMARY KEY, value_json TEXT NOT NULL) WITHOUT ROWID;
        {words};
    """


_COLUMNS: Final = (*CODES, *NUMBERS)
_UPDATE: Final = (
    "UPDATE entry SET read_at = ?, changed_at = ?, changed_by_others_at = ?, gone_at = NULL, sweep = coalesce(?, sweep), checked = ?, "
    + ", ".join(f"{COLUMN[name]} = ?" for name in _COLUMNS)
    + " WHERE id = ?"
)
_KEPT: Final = (
    "SELECT id, document, checked, changed_at, coalesce(changed_by_others_at, changed_at) AS changed_by_others_at "
    "FROM entry JOIN body ON entry = id WHERE key_json = ?"
)
_INSERT_WORDS: Final = (
    f"INSERT INTO words (rowid, {', '.join(TEXT_COLUMN.values())}) VALUES (?{', ?' * len(TEXT_COLUMN)})"
)


def _put(connection: sqlite3.Connection, order: ReadOrder, read_at: float, sweep: int | None) -> bool:
    body = _packed(order.document)
    key = pack(order.key)
    kept = connection.execute(_KEPT, (key,)).fetchone()
    is_same = kept is not None and kept["document"] == body
    if kept is None:
        added = connection.execute(
            "INSERT INTO entry (key_json, read_at, first_read_at, changed_at, sweep, checked) VALUES (?, ?, ?, ?, 0, '')",
            (key, read_at, read_at, read_at),
        )
        id = cast(int, added.lastrowid)
    else:
        id = int(kept["id"])
        _delete_facts(connection, id)
    facts = order.facts
    changed_at = read_at if kept is None else kept["changed_at"]
    by_others_at = read_at if kept is None else kept["changed_by_others_at"]
    if kept is not None and not is_same:
        # Later than the last change, even if the clock says otherwise, so that it identifies the document.
        changed_at = max(read_at, changed_at + _MOMENT)
        by_others_at = by_others_at if order.is_own else changed_at
    connection.execute(
        _UPDATE,
        (
            read_at,
            changed_at,
            by_others_at,
            sweep,
            order.checked,
            *(facts.codes.get(name) for name in CODES),
            *(facts.numbers.get(name) for name in NUMBERS),
            id,
        ),
    )
    connection.execute("INSERT OR REPLACE INTO body (entry, document) VALUES (?, ?)", (id, body))
    connection.execute(_INSERT_WORDS, (id, *(facts.texts.get(name, "") for name in TEXTS)))
    connection.executemany(
        "INSERT OR IGNORE INTO value (field, value, entry) VALUES (?, ?, ?)",
        [(field, value, id) for field in LISTS for value in facts.lists.get(field, ())],
    )
    return not is_same


def _put_unchanged(
    connection: sqlite3.Connection, key: str, document: Document, checked: str, read_at: float, sweep: int | None
) -> bool:
    """Update when an order was read, and return True, if nothing else changed."""
    kept = connection.execute(_KEPT, (pack(key),)).fetchone()
    if kept is None or kept["checked"] != checked or kept["document"] != _packed(document):
        return False
    connection.execute(
        "UPDATE entry SET read_at = ?, gone_at = NULL, sweep = coalesce(?, sweep) WHERE id = ?",
        (read_at, sweep, kept["id"]),
    )
    return True


def _packed(document: Document) -> bytes:
    return zlib.compress(encode(document), 1)


def _delete_facts(connection: sqlite3.Connection, id: int) -> None:
    connection.execute("DELETE FROM words WHERE rowid = ?", (id,))
    connection.execute("DELETE FROM value WHERE entry = ?", (id,))


def _delete(connection: sqlite3.Connection, test: str, parameters: Iterable[tuple[str | float, ...]]) -> int:
    removed = 0
    for values in parameters:
        for (id,) in connection.execute(f"SELECT id FROM entry WHERE {test}", values).fetchall():
            _delete_facts(connection, id)
            connection.execute("DELETE FROM body WHERE entry = ?", (id,))
            connection.execute("DELETE FROM label WHERE entry = ?", (id,))
            connection.execute("DELETE FROM entry WHERE id = ?", (id,))
            removed += 1
    return removed


def _counts(field: str) -> tuple[str, tuple[str, ...]]:
    if field in CODES:
        column = COLUMN[field]
        sql = f"SELECT {column}, count(*) FROM found JOIN entry USING (id) WHERE {column} IS NOT NULL GROUP BY {column}"
        return f"{sql} ORDER BY count(*) DESC, {column}", ()
    if field not in LISTS:
        raise KeyError(field)
    sql = "SELECT value, count(*) FROM value JOIN found ON found.id = entry WHERE field = ? GROUP BY value"
    return f"{sql} ORDER BY count(*) DESC, value", (field,)


def _cached(row: sqlite3.Row) -> CachedOrder:
    document = _document(row["document"])
    return CachedOrder(row["id"], unpack_text(row["key_json"]), document, row["read_at"], row["gone_at"], _label(row))


def _label(row: sqlite3.Row) -> Label | None:
    if row["asked_at"] is None:
        return None
    answer = as_document(unpack(row["answer_json"]))
    made_at = answer.get("made_at")
    return Label(
        row["asked_at"],
        None if row["is_made"] is None else bool(row["is_made"]),
        made_at=float(made_at) if isinstance(made_at, int | Decimal) else None,
        **{name: str(answer.get(name) or "") for name in _LABEL_TEXTS},
    )


def _label_json(label: Label) -> Document:
    texts: Document = {name: getattr(label, name) for name in _LABEL_TEXTS}
    return texts | {"made_at": None if label.made_at is None else int(label.made_at)}


@lru_cache(maxsize=_KEPT_DOCUMENTS)
def _document(body: bytes) -> Document:
    """The document of a row; the same object if it was read a moment ago, so that what was found in it is known."""
    try:
        text = zlib.decompress(body)
        document = decode(text, limit=len(text), deepest=_DEEPEST)
    except (CodecError, zlib.error) as error:
        raise StoreError(f"A cached order cannot be read: {error}") from error
    if not isinstance(document, dict):
        raise StoreError("A cached order is not a JSON object")
    return document
