"""The only user of the database file: a thread, its connection, transactions and migrations."""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from typing import Generic, TypeVar, cast

from tui.api.codec import CodecError, Json, decode, encode

T = TypeVar("T")

_APPLICATION = 0x53434F31
"""The SQLite application_id of our files: "SCO1"."""

BUSY_SECONDS = 10.0
"""How long a call waits for another process that is writing, unless its caller has less time."""

_REASONS = {
    "SQLITE_FULL": "The disk is full",
    "SQLITE_READONLY": "The file is read-only",
    "SQLITE_IOERR": "The disk failed",
    "SQLITE_CANTOPEN": "The file cannot be opened",
    "SQLITE_PERM": "The file may not be used",
}
"""What SQLite's errors mean, by the start of their names."""

_LOCK_PAUSE = 0.02
_DEEPEST = 400
"""The maximum nesting levels of a stored value: those accepted from the service, and those of our own wrappers."""


class StoreError(Exception):
    """The file cannot be used: str() is a sentence for users. The file is left unchanged."""


class NewerStore(StoreError):
    """The file was written by a newer version of the app."""


class StoreBusy(StoreError):
    """Another process locked the file for too long; the caller may retry."""


class StoreDamaged(StoreError):
    """The file is damaged. It is checked when it is opened the next time (`needs_check`)."""


class Database:
    """Runs functions on a connection in transactions, one after another, on a thread of its own.

    `read` and `write` block until there is a result. They may be called from any thread and from a signal handler,
    even from one that interrupted another call.
    """

    def __init__(
        self,
        path: Path | None,
        migrations: Sequence[str],
        *,
        secure_delete: bool = False,
        cache_size: int | None = None,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        """Open or create the file, or a database in memory; `migrations[n]` leads from version n to version n + 1.

        `secure_delete`: whether removed data is overwritten. `cache_size`: how much of the file SQLite keeps in memory, in
        KiB, instead of its default of 2000. `busy_seconds`: how long a call waits for another process
        that is writing; once one waited in vain, the following ones do not wait until one succeeds.
        """
        self.name = path or "the database in memory"
        self._busy_seconds = busy_seconds
        self._is_waiting = True
        self._path = path
        self._secure_delete = secure_delete
        self._cache_size = cache_size
        self._jobs: SimpleQueue[_Job[object] | None] = SimpleQueue()
        self._synchronous = ""
        self._lock = threading.RLock()
        self._closed = False
        self._thread = threading.Thread(target=self._serve, name=f"store {self.name}", daemon=True)
        self._thread.start()
        try:
            self._connection = self._run(lambda: self._connect(migrations))
        except BaseException:
            self._stop()
            raise

    def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` on one consistent state of the file and return its result."""
        return self._run(lambda: self._transact("BEGIN", work, self._synchronous))

    def write(self, work: Callable[[sqlite3.Connection], T], *, durable: bool = False) -> T:
        """Run `work` and commit, or roll back if it raises.

        Committed work survives the end of this process; with `durable` it also survives a power failure, together with
        everything committed before.
        """
        return self._run(lambda: self._transact("BEGIN IMMEDIATE", work, "FULL" if durable else "NORMAL"))

    def changes_of_others(self) -> int:
        """A number that changes when another process has committed something."""
        return self._run(lambda: _pragma(self._connection, "data_version"))

    def checkpoint(self) -> None:
        """Move the write-ahead log into the file and empty it, except for what other connections still read."""
        self._run(lambda: self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())

    def close(self) -> None:
        """Close the file after all waiting calls; later calls raise StoreError."""
        if not self._closed:
            self._run(self._connection.close)
            self._stop()

    def _stop(self) -> None:
        with self._lock:
            self._closed = True
            self._jobs.put(None)
        self._thread.join()

    def _run(self, work: Callable[[], T]) -> T:
        if threading.current_thread() is self._thread:
            raise RuntimeError("a transaction must not start another one")
        job = _Job(work)
        with self._lock:
            if self._closed:
                raise StoreError(f"{self.name} is closed")
            self._jobs.put(cast("_Job[object]", job))
        return job.result()

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run(self._as_store_error)

    def _as_store_error(self, error: BaseException) -> BaseException:
        """Convert SQLite's errors to StoreError; return others unchanged."""
        if not isinstance(error, sqlite3.Error):
            return error
        code = getattr(error, "sqlite_errorname", "")
        if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
            store_error: StoreError = StoreBusy(f"Another program is writing ({error}): {self.name} is in use.")
        elif code.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            if self._path is not None:
                request_check(self._path)
            store_error = StoreDamaged(f"The file is damaged ({error}), start again to repair it: {self.name}.")
        else:
            # The cause comes first: a long path may be cut.
            reason = next((text for start, text in _REASONS.items() if code.startswith(start)), "It failed")
            store_error = StoreError(f"{reason} ({error}): {self.name} cannot be used.")
        store_error.__cause__ = error
        return store_error

    def _transact(self, begin: str, work: Callable[[sqlite3.Connection], T], synchronous: str) -> T:
        connection = self._connection
        if synchronous != self._synchronous:
            connection.execute(f"PRAGMA synchronous={synchronous}")
            self._synchronous = synchronous
        try:
            with _transaction(connection, begin):
                result = work(connection)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith("SQLITE_BUSY"):
                self._wait_for_others(False)
            raise
        if begin != "BEGIN":
            self._wait_for_others(True)
        return result

    def _wait_for_others(self, is_waiting: bool) -> None:
        if is_waiting != self._is_waiting:
            self._is_waiting = is_waiting
            milliseconds = round(self._busy_seconds * 1000) if is_waiting else 0
            self._connection.execute(f"PRAGMA busy_timeout={milliseconds}")

    def _connect(self, migrations: Sequence[str]) -> sqlite3.Connection:
        if self._path is not None:
            make_private(self._path)
        connection = sqlite3.connect(
            self._path or ":memory:", timeout=self._busy_seconds, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA trusted_schema=OFF")
            # On macOS a plain fsync leaves data in the drive's cache.
            connection.execute("PRAGMA fullfsync=ON")
            if self._cache_size is not None:
                connection.execute(f"PRAGMA cache_size={-self._cache_size}")
            if self._secure_delete:
                connection.execute("PRAGMA secure_delete=ON")
            connection.create_function("name_in", -1, name_in, deterministic=True)
            self._migrate(connection, migrations)
        except BaseException:
            connection.close()
            raise
        return connection

    def _migrate(self, connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
        version = _pragma(connection, "user_version")
        application = _pragma(connection, "application_id")
        if application != _APPLICATION and (version or connection.execute("SELECT 1 FROM sqlite_master").fetchone()):
            raise StoreError(f"It is a database of another program: {self.name}")
        if version > len(migrations):
            raise NewerStore(
                f"{self.name} was written by a newer version of this app (format {version}, "
                f"this version reads up to {len(migrations)}). Update the app, or start it with another data folder."
            )
        connection.execute("PRAGMA journal_mode=WAL")
        if version == len(migrations):
            return
        if version and self._path is not None:
            self._back_up(connection, version)
        connection.execute("PRAGMA synchronous=FULL")
        with _transaction(connection, "BEGIN IMMEDIATE"):
            connection.execute(f"PRAGMA application_id={_APPLICATION}")
            for script in migrations[version:]:
                for statement in _statements(script):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version={len(migrations)}")

    def _back_up(self, connection: sqlite3.Connection, version: int) -> None:
        """Copy the file before a migration, next to it. Raises sqlite3.Error."""
        path = backup_path(Path(self.name), version)
        path.unlink(missing_ok=True)
        make_private(path)
        with closing(sqlite3.connect(path)) as backup:
            connection.backup(backup)


def files_of(path: Path) -> list[Path]:
    """The file of a database and those that SQLite keeps beside it, which are there while it is in use."""
    return [path, *(path.with_name(path.name + ending) for ending in ("-wal", "-shm"))]


def backup_path(path: Path, version: int) -> Path:
    """Where the copy of a database is that was made before a migration from this version."""
    return path.with_name(f"{path.name}.version-{version}")


def format_of(connection: sqlite3.Connection) -> int:
    """The version of a file's format; 0 if the app did not write it. Raises sqlite3.Error."""
    return _pragma(connection, "user_version") if _pragma(connection, "application_id") == _APPLICATION else 0


class Tables:
    """Access to some tables of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database


class _Job(Generic[T]):
    """A function to run on the store's thread, whose caller waits for the result."""

    __slots__ = ("_done", "_error", "_value", "_work")

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._done = threading.Lock()
        self._done.acquire()
        self._value: T | None = None
        self._error: BaseException | None = None

    def run(self, convert: Callable[[BaseException], BaseException]) -> None:
        try:
            self._value = self._work()
        except BaseException as error:
            self._error = convert(error)
        self._done.release()

    def result(self) -> T:
        self._done.acquire()
        if self._error is not None:
            try:
                raise self._error
            finally:
                self._error = None
        return cast(T, self._value)


def pack(value: Json) -> str:
    """Encode a value for storage: JSON in ASCII, so that any text is read back unchanged."""
    return encode(value).decode("ascii")


def unpack(text: str) -> Json:
    """Decode a value stored by `pack`. Raises StoreError for anything else."""
    try:
        return decode(text, limit=len(text), deepest=_DEEPEST)
    except CodecError as error:
        raise StoreError(f"A stored value cannot be read: {error}") from error


def unpack_text(text: str) -> str:
    """Decode a stored text. Raises StoreError for any other value."""
    value = unpack(text)
    if not isinstance(value, str):
        raise StoreError("A stored value is not text")
    return value


def name_in(stored: str | bytes | None, *tokens: str | int) -> str | None:
    """`name_at` for a stored value, available in SQL under this name. None if the value cannot be read."""
    return name_at(_decoded(stored or b""), *tokens)


def name_at(value: Json, *tokens: str | int) -> str | None:
    """The text or integer at this path of a value, packed as text; None if there is none."""
    node = value
    for token in tokens:
        if isinstance(node, dict) and isinstance(token, str):
            node = node.get(token)
        elif isinstance(node, list) and isinstance(token, int) and 0 <= token < len(node):
            node = node[token]
        else:
            return None
    if isinstance(node, int) and not isinstance(node, bool):
        return pack(str(node))
    return pack(node) if isinstance(node, str) and node else None


@lru_cache(maxsize=1)
def _decoded(stored: str | bytes) -> Json:
    # Each row is asked for several names in turn.
    try:
        return decode(stored, limit=len(stored), deepest=_DEEPEST)
    except CodecError:
        return None


def make_private(path: Path) -> None:
    """Make sure that the file exists and that only its owner can read it, unless it is a file that the app did not make."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        found = path.stat()
        is_ours = (found.st_size == 0 and not path.is_symlink()) or is_our_database(path)
        if found.st_mode & 0o077 and is_ours:
            path.chmod(0o600)
    except OSError as error:
        raise StoreError(f"{error.strerror}: {path} cannot be used.") from error


def is_our_database(path: Path) -> bool:
    """Whether a file has the header of one of our databases. It may be damaged. Raises OSError."""
    with path.open("rb") as file:
        header = file.read(72)
    return header.startswith(b"SQLite format 3\0") and int.from_bytes(header[68:72], "big") == _APPLICATION


def request_check(path: Path) -> None:
    """Have the file checked when it is opened the next time."""
    with suppress(OSError):
        check_mark(path).touch(mode=0o600)


def check_mark(path: Path) -> Path:
    """The empty file that says that a database has to be checked."""
    return path.with_name(f"{path.name}.check")


@contextmanager
def locked(path: Path, seconds: float = BUSY_SECONDS) -> Iterator[None]:
    """Wait for an exclusive lock on the file and hold it. Raises StoreBusy after so many seconds."""
    make_private(path)
    until = time.monotonic() + seconds
    with path.open("rb") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise StoreBusy(
                        f"Another copy of the app is starting or does not answer: {path} is locked."
                    ) from None
                time.sleep(_LOCK_PAUSE)
        yield


@contextmanager
def _transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    """Commit at the end of the block, or roll back if it raises."""
    connection.execute(begin)
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
