"""Opens the store's file. A damaged one is set aside, and what can be read of it is copied row by row into a new one."""

import os
import sqlite3
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.api.wording import count_of
from tui.store.db import (
    BUSY_SECONDS,
    Database,
    StoreDamaged,
    StoreError,
    backup_path,
    check_mark,
    files_of,
    is_our_database,
    make_private,
)

_MAX_CHECKED: Final = 64 * 1024 * 1024
"""The size in bytes up to which a file is checked at every start, and not only after damage was met."""
_LONGEST_GAP: Final = 200_000
"""How many missing rows are looked for one by one."""
_BACKUP_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """An open database. `notice`: what the user must know about data that was lost, or empty."""

    database: Database
    notice: str = ""


def open_file(
    path: Path, migrations: Sequence[str], *, in_use: bool, now: datetime, busy_seconds: float = BUSY_SECONDS
) -> OpenedFile:
    """Open or create the file. `in_use`: whether another process has it open, so that it cannot be replaced.

    Raises StoreError if it cannot be used; a file of another program is left as it is.
    """
    _remove_old_backups(path, now)
    mark = path.with_name(f"{path.name}.exists")
    was_there = mark.exists()
    is_gone = was_there and not any(_size(side) for side in files_of(path))
    try:
        _check(path, was_there=was_there)
        database = Database(path, migrations, busy_seconds=busy_seconds)
    except StoreDamaged as error:
        if in_use:
            raise StoreError(f"{error} Another copy of the app uses it: quit that one first.") from error
        if not (was_there or is_our_database(path)):
            raise StoreError(f"It is no database of this app: {path} cannot be used.") from error
        database, notice = _replace(path, migrations, now, busy_seconds)
    else:
        notice = (
            f"The stored data is gone, drafts and staged orders included: {path.name} was empty." if is_gone else ""
        )
    check_mark(path).unlink(missing_ok=True)
    make_private(mark)
    return OpenedFile(database, notice)


def _check(path: Path, *, was_there: bool) -> None:
    """Raise StoreDamaged if the file is damaged. A large one is checked only after damage was met."""
    if not _size(path) or (_size(path) > _MAX_CHECKED and not check_mark(path).exists()):
        return
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.OperationalError:
        return  # opening it says why
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise StoreDamaged(f"The file is damaged ({' '.join(found.split())}): {path}.")


def _replace(path: Path, migrations: Sequence[str], now: datetime, busy_seconds: float) -> tuple[Database, str]:
    """Set a damaged file aside and make a new one of what can be read of it."""
    aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%dT%H%M%S}")
    try:
        for file, new_name in zip(files_of(path), files_of(aside), strict=True):
            with suppress(FileNotFoundError):
                file.rename(new_name)
    except OSError as error:
        raise StoreError(f"{error.strerror}: the damaged file {path} cannot be set aside.") from error
    new = path.with_name(f"{path.name}.recovered")
    for file in files_of(new):
        file.unlink(missing_ok=True)
    version = min(max(_version(aside), 1), len(migrations))
    database = Database(new, migrations[:version])
    try:
        copied, lost = database.write(lambda connection: _salvage(aside, connection), durable=True)
        database.checkpoint()
    finally:
        database.close()
    new.rename(path)
    missing = f", {count_of(lost, 'row')} could not be read" if lost else ""
    notice = (
        f"The stored data was damaged: {count_of(copied, 'row')} recovered{missing}. Check drafts and batches; the damaged "
        f"file is kept as {aside.name}."
    )
    return Database(path, migrations, busy_seconds=busy_seconds), notice


def _version(path: Path) -> int:
    """The version in the header of a file, which SQLite may be unable to read."""
    with path.open("rb") as file:
        return int.from_bytes(file.read(64)[60:64], "big")


def _salvage(damaged: Path, new: sqlite3.Connection) -> tuple[int, int]:
    """Copy the readable rows into the tables of the same names. Returns how many were copied, and how many are missing."""
    new.execute("PRAGMA defer_foreign_keys=ON")
    copied = lost = 0
    with closing(sqlite3.connect(damaged)) as old:
        for (table,) in new.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
            rows = _Rows(old, table)
            columns = [name for name in _columns(new, table) if name in rows.columns]
            marks = ", ".join("?" * len(columns))
            command = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            for row in rows.read(columns) if columns else ():
                with suppress(sqlite3.IntegrityError):
                    copied += new.execute(command, row).rowcount
            lost += rows.missing
    return copied, lost + _restore_references(new)


class _Rows:
    """Reads the rows of a damaged table: from the start to the damage, from the end to it, then one by one."""

    def __init__(self, connection: sqlite3.Connection, table: str) -> None:
        self._connection = connection
        self._table = table
        self.missing = 0
        try:
            self.columns = _columns(connection, table)
            keys = connection.execute(f"PRAGMA table_info({table})").fetchall()
            # A table without row numbers is read in the order of its primary key.
            self._key = [row[1] for row in sorted(keys, key=lambda row: row[5]) if row[5]]
            self._has_number = not _is_without_rowid(connection, table)
        except sqlite3.DatabaseError:
            self.columns = []

    def read(self, columns: Sequence[str]) -> Iterator[tuple[object, ...]]:
        names = ", ".join(columns)
        if self._has_number:
            yield from self._by_number(names)
        else:
            seen: set[tuple[object, ...]] = set()
            for direction in ("ASC", "DESC"):
                order = ", ".join(f"{name} {direction}" for name in self._key)
                ended = yield from self._scan(f"SELECT {names} FROM {self._table} ORDER BY {order}", seen)
                if ended:
                    return
            self.missing += 1

    def _scan(self, query: str, seen: set[tuple[object, ...]]) -> Generator[tuple[object, ...], None, bool]:
        """Read until the damage; the value of the iterator is whether there was none."""
        try:
            for row in self._connection.execute(query):
                if row not in seen:
                    seen.add(row)
                    yield row
        except sqlite3.DatabaseError:
            return False
        return True

    def _by_number(self, names: str) -> Iterator[tuple[object, ...]]:
        select = f"SELECT rowid, {names} FROM {self._table}"
        first = last = None
        for direction in ("ASC", "DESC"):
            end = deque[tuple[int, ...]](maxlen=1)
            condition = f"WHERE rowid > {first}" if first is not None else ""
            try:
                for row in self._connection.execute(f"{select} {condition} ORDER BY rowid {direction}"):
                    end.append(row)
                    yield row[1:]
            except sqlite3.DatabaseError:
                number = end[0][0] if end else None
                first, last = (number or 0, last) if direction == "ASC" else (first, number)
            else:
                return
        if last is None or last - (first or 0) > _LONGEST_GAP:
            self.missing += 1
            return
        for number in range((first or 0) + 1, last):
            try:
                yield from (row[1:] for row in self._connection.execute(f"{select} WHERE rowid = {number}"))
            except sqlite3.DatabaseError:
                self.missing += 1


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def _is_without_rowid(connection: sqlite3.Connection, table: str) -> bool:
    row = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    return row is not None and "WITHOUT ROWID" in row[0].upper()


def _restore_references(connection: sqlite3.Connection) -> int:
    """Make up for rows that are referred to and were lost. Returns how many rows had to be removed for that.

    What was sent must stay known, so lost sessions and accounts are replaced by empty ones.
    """
    removed = 0
    while broken := connection.execute("PRAGMA foreign_key_check").fetchall():
        for table, number, parent, key in broken:
            column = next(row[3] for row in connection.execute(f"PRAGMA foreign_key_list({table})") if row[0] == key)
            if parent == "session":
                connection.execute(
                    f"INSERT OR IGNORE INTO session (id, pid, user, host, since) "
                    f"SELECT DISTINCT {column}, 0, '?', '?', '1970-01-01T00:00:00+00:00' FROM {table}"
                )
            elif parent == "account":
                connection.execute(
                    f"INSERT OR IGNORE INTO account (id, base_url, user_id) "
                    f"SELECT DISTINCT {column}, 'recovered', {column} FROM {table}"
                )
            elif number is not None:
                removed += connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (number,)).rowcount
            else:
                # A table without row numbers: all of its rows whose parent is missing.
                removed += connection.execute(
                    f"DELETE FROM {table} WHERE {column} NOT IN (SELECT rowid FROM {parent})"
                ).rowcount
    return removed


def _remove_old_backups(path: Path, now: datetime) -> None:
    """Remove copies that were made before a migration more than a week ago."""
    oldest = now.timestamp() - _BACKUP_DAYS * 86_400
    for backup in path.parent.glob(backup_path(path, 0).name.removesuffix("0") + "*"):
        with suppress(OSError):
            if backup.stat().st_mtime < oldest:
                backup.unlink()


def _size(path: Path) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
