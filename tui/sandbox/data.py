"""The sandbox's data in one SQLite file: orders as JSON text, with columns for the queries."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import cast

from tui.api.codec import Document, Json, encode
from tui.sandbox.seed_orders import SeedRow
from tui.sandbox.times import read_instant

VERSION = 1
APPLICATION = 0x53434F53
"""The SQLite application_id of a sandbox's file: "SCOS"."""
FIRST_ID = 41_203_001
NEVER = -(1 << 62)
"""Added to the id if an order has no `order_updated_at`: it sorts first and no date filter finds it."""

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE integrations (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE logs (id INTEGER PRIMARY KEY, integration INTEGER NOT NULL, created INTEGER NOT NULL, body BLOB NOT NULL);
CREATE TABLE pending (id INTEGER PRIMARY KEY, due REAL NOT NULL, integration INTEGER NOT NULL, order_id TEXT NOT NULL,
  body BLOB NOT NULL);
CREATE TABLE orders (id INTEGER PRIMARY KEY, integration INTEGER NOT NULL, created INTEGER NOT NULL,
  updated INTEGER NOT NULL, number TEXT NOT NULL, order_id TEXT NOT NULL, status_key TEXT NOT NULL,
  number_key TEXT NOT NULL, order_id_key TEXT NOT NULL, body BLOB NOT NULL);
"""

# Each index covers one sort within a shop, with and without a status, without reading the orders.
_INDEXES = """
CREATE INDEX by_pk ON orders (integration, id, created, updated);
CREATE INDEX by_created ON orders (integration, created, id, updated, number);
CREATE INDEX by_updated ON orders (integration, updated, id, created, number);
CREATE INDEX by_number ON orders (integration, number, id, created, updated);
CREATE INDEX by_status_pk ON orders (integration, status_key, id, created, updated);
CREATE INDEX by_status_created ON orders (integration, status_key, created, id, updated, number);
CREATE INDEX by_status_updated ON orders (integration, status_key, updated, id, created, number);
CREATE INDEX by_status_number ON orders (integration, status_key, number, id, created, updated);
CREATE INDEX by_number_key ON orders (number_key);
CREATE INDEX by_order_id_key ON orders (order_id_key);
CREATE INDEX logs_by_created ON logs (created);
"""

_MAX_CHECKED_SIZE = 64 * 1024 * 1024
_PUT = "INSERT OR REPLACE INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class NotASandboxError(ValueError):
    """The file was not made by a sandbox. str() is the reason and the path."""


class DamagedSandboxError(ValueError):
    """The file was made by a sandbox and cannot be used. str() is the reason and the path."""


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """An order that exists or is being saved. `body` is None while a new order is not readable yet."""

    id: int
    integration: int
    order_id: str
    body: bytes | None


def storable(text: str) -> str:
    """Make a text storable in SQLite: lone surrogates are escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def fold_case(text: str) -> str:
    """Convert a text for comparison by filters, which ignore case."""
    return storable(text).casefold()


def row_of(id: int, document: Document) -> SeedRow:
    """The row of an order that a client wrote. Columns that cannot be read from it are empty."""
    details = document.get("order_details")
    details = details if isinstance(details, dict) else {}
    integration, status = details.get("integration"), details.get("status")
    shop = integration.get("id") if isinstance(integration, dict) else None
    code = status.get("code") if isinstance(status, dict) else None
    return SeedRow(
        id,
        shop_number(shop),
        str(document.get("order_id") or ""),
        str(document.get("order_number") or ""),
        str(code or ""),
        read_instant(details.get("order_created_at")) or 0,
        read_instant(details.get("order_updated_at")),
        encode(cast(Json, {"id": str(id), **{key: node for key, node in document.items() if key != "id"}})),
    )


def shop_number(value: Json) -> int:
    """The number of a shop as it is in an order; 0, which no shop has, if SQLite has no such number."""
    if not isinstance(value, int | Decimal) or not -(1 << 63) < value < 1 << 63:
        return 0
    return int(value)


class SandboxData:
    """A connection to the sandbox's file. Calls take milliseconds and are made from one thread at a time.

    `set_aside`: the new name of a file that could not be used, if this one was made instead of it.
    """

    set_aside: Path | None = None

    def __init__(self, path: Path | str) -> None:
        """Opens a file made by `create`. Raises ValueError for other files, other versions, and a damaged file."""
        if not is_sandbox_file(Path(path)):
            raise NotASandboxError(f"it is not a sandbox's file, and is left as it is: {path}")
        try:
            self.connection = _connect(path)
            version = self.connection.execute("PRAGMA user_version").fetchone()[0]
            if version != VERSION:
                raise sqlite3.DatabaseError(f"it has version {version}, not {VERSION}")
            _check(self.connection, Path(path))
            self.connection.execute("PRAGMA journal_mode = WAL")
            self.connection.execute("PRAGMA synchronous = NORMAL")
            self._shops = self._read_shops()
        except sqlite3.OperationalError as problem:
            raise ValueError(f"the sandbox's file cannot be used ({problem}): {path}") from None
        except (sqlite3.DatabaseError, ValueError) as problem:
            raise DamagedSandboxError(f"the sandbox's file is damaged ({problem}): {path}") from None

    @classmethod
    def create(cls, path: Path | str, rows: Iterable[SeedRow]) -> "SandboxData":
        """Create the file, replacing one that `create` made. It is filled under another name first and then moved.

        Raises ValueError if there is another file, which is left as it is.
        """
        if path == ":memory:":
            data = cls.__new__(cls)
            data.connection = _connect(path)
            _fill(data.connection, rows)
            data._shops = {}
            return data
        # A link may lead to a file of someone else.
        target = Path(path).resolve()
        if target.exists() and not is_sandbox_file(target):
            raise NotASandboxError(f"it is not a sandbox's file, and is left as it is: {path}")
        draft = target.with_name(target.name + ".sandbox-new")
        draft.unlink(missing_ok=True)
        connection = _connect(draft)
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        _fill(connection, rows)
        connection.close()
        for file in files_of(target)[1:]:
            file.unlink(missing_ok=True)
        draft.replace(target)
        return cls(target)

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction, which is rolled back on an exception."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self.connection
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def value(self, key: str) -> Json:
        """A stored value by key; None if there is none."""
        row = self.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else cast(Json, json.loads(row[0]))

    def set_value(self, key: str, value: Json) -> None:
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, encode(value).decode("ascii")))

    def next_id(self) -> int:
        """A new id. Ids are never reused, not even those of deleted orders."""
        number = self.value("next_id")
        number = number if isinstance(number, int) else FIRST_ID
        self.set_value("next_id", number + 1)
        return number

    def reserve_ids(self, id: int) -> None:
        """Reserve all ids up to this one."""
        number = self.value("next_id")
        self.set_value("next_id", max(number if isinstance(number, int) else FIRST_ID, id + 1))

    def put(self, rows: Iterable[SeedRow]) -> None:
        self.connection.executemany(_PUT, (_columns(row) for row in rows))

    def count(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM orders").fetchone()[0])

    def body(self, id: int) -> bytes | None:
        """The JSON text of a readable order."""
        row = self.connection.execute("SELECT body FROM orders WHERE id = ?", (id,)).fetchone()
        return None if row is None else bytes(row[0])

    def bodies(self, ids: list[int]) -> list[bytes]:
        marks = ",".join("?" * len(ids))
        found = dict(self.connection.execute(f"SELECT id, body FROM orders WHERE id IN ({marks})", ids))  # noqa: S608
        return [found[id] for id in ids]

    def get(self, id: int) -> StoredOrder | None:
        """The order with this id, saved or being saved."""
        row = self.connection.execute(
            "SELECT id, integration, order_id, body FROM orders WHERE id = ?1"
            " UNION ALL SELECT id, integration, order_id, NULL FROM pending WHERE id = ?1",
            (id,),
        ).fetchone()
        return None if row is None else StoredOrder(*row)

    def find(self, integration: int, order_id: str) -> StoredOrder | None:
        """The order with this upsert key, saved or being saved; the newest if there are several."""
        key = storable(order_id)
        row = self.connection.execute(
            "SELECT id, integration, order_id, body FROM orders"
            " WHERE order_id_key = ?1 AND order_id = ?2 AND integration = ?3"
            " UNION ALL SELECT id, integration, order_id, NULL FROM pending WHERE order_id = ?2 AND integration = ?3"
            " ORDER BY 1 DESC LIMIT 1",
            (key.casefold(), key, integration),
        ).fetchone()
        return None if row is None else StoredOrder(*row)

    def is_pending(self, id: int) -> bool:
        """Whether an accepted order is still being saved."""
        return self.connection.execute("SELECT 1 FROM pending WHERE id = ?", (id,)).fetchone() is not None

    def accept(self, rows: Iterable[SeedRow], due: float) -> None:
        """Accept orders that become readable at `due`."""
        self.connection.executemany(
            "INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?, ?)",
            ((row.id, due, row.integration, storable(row.order_id), row.body) for row in rows),
        )

    def take_due(self, now: float | None = None, id: int | None = None) -> list[tuple[int, bytes]]:
        """Remove and return the accepted orders that are due, or the one with this id."""
        where, value = ("due <= ?", now) if id is None else ("id = ?", id)
        ready = self.connection.execute(f"SELECT id, body FROM pending WHERE {where} ORDER BY id", (value,)).fetchall()  # noqa: S608
        self.connection.executemany("DELETE FROM pending WHERE id = ?", [(row[0],) for row in ready])
        return [(int(row[0]), bytes(row[1])) for row in ready]

    def next_due(self) -> float | None:
        due = self.connection.execute("SELECT min(due) FROM pending").fetchone()[0]
        return None if due is None else float(due)

    def delete(self, id: int) -> bool:
        """Delete a readable order. Returns whether there was one."""
        deleted = self.connection.execute("DELETE FROM orders WHERE id = ?", (id,)).rowcount > 0
        if deleted:
            self.connection.execute("DELETE FROM pending WHERE id = ?", (id,))
        return deleted

    @property
    def shops(self) -> dict[int, Document]:
        """The account's integrations by id."""
        return self._shops

    def set_shops(self, shops: Iterable[Document]) -> None:
        self.connection.execute("DELETE FROM integrations")
        self.connection.executemany(
            "INSERT INTO integrations VALUES (?, ?)", ((shop["id"], encode(cast(Json, shop))) for shop in shops)
        )
        self._shops = self._read_shops()

    def set_logs(self, logs: Iterable[tuple[int, int, Document]]) -> None:
        """`logs`: shop, microseconds, document."""
        self.connection.execute("DELETE FROM logs")
        self.connection.executemany(
            "INSERT INTO logs (integration, created, body) VALUES (?, ?, ?)",
            ((shop, created, encode(cast(Json, log))) for shop, created, log in logs),
        )

    def logs(self, integration: int | None, before: int | None, count: int) -> list[tuple[int, bytes]]:
        """The newest exception logs before a time, as microseconds and JSON text."""
        return self.connection.execute(
            "SELECT created, body FROM logs WHERE created < ?1 AND (?2 IS NULL OR integration = ?2)"
            " ORDER BY created DESC LIMIT ?3",
            (1 << 62 if before is None else before, integration, count),
        ).fetchall()

    def _read_shops(self) -> dict[int, Document]:
        rows = self.connection.execute("SELECT id, body FROM integrations ORDER BY id")
        return {id: json.loads(body) for id, body in rows}


def files_of(path: Path) -> list[Path]:
    """The file of a database and those that SQLite keeps beside it, which are there while it is in use."""
    return [path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm"))]


def is_sandbox_file(path: Path) -> bool:
    """Whether a file was made by a sandbox, damaged or not. The file is only read."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            header = file.read(100)
    except OSError:
        return False
    if not header.startswith(b"SQLite format 3\0"):
        return False
    application = int.from_bytes(header[68:72], "big")
    # Earlier versions did not mark their files.
    return application == APPLICATION or (application == 0 and _has_our_tables(path))


def _has_our_tables(path: Path) -> bool:
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except sqlite3.Error:
        return False
    return names >= {"meta", "integrations", "logs", "pending", "orders"}


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise sqlite3.DatabaseError if the file is damaged. A file of millions of orders would take too long."""
    if path.stat().st_size <= _MAX_CHECKED_SIZE:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found)


def _connect(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False, timeout=10)
    for pragma in ("page_size = 16384", "cache_size = -65536", "mmap_size = 1073741824", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _fill(connection: sqlite3.Connection, rows: Iterable[SeedRow]) -> None:
    connection.execute("BEGIN")
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.executemany(_PUT, (_columns(row) for row in rows))
    for statement in _INDEXES.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute(f"PRAGMA application_id = {APPLICATION}")
    connection.execute("COMMIT")


def _columns(row: SeedRow) -> tuple[int, int, int, int, str, str, str, str, str, bytes]:
    id, integration, order_id, number, status, created, updated, body = row
    if not (order_id + number + status).isascii():
        order_id, number, status = storable(order_id), storable(number), storable(status)
    return (
        id,
        integration,
        created,
        NEVER + id if updated is None else updated,
        number,
        order_id,
        status.casefold(),
        number.casefold(),
        order_id.casefold(),
        body,
    )
