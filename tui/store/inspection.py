"""Looks at the files of the store without changing them, for `doctor`."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tui.store.db import format_of
from tui.store.schema import MIGRATIONS
from tui.store.store import FILE

SQLITE_VERSION = sqlite3.sqlite_version


@dataclass(frozen=True, slots=True)
class StoreFile:
    """The database. `format`: its version, 0 if it is not ours; `newest_format`: the one this version writes.

    `problem`: why it is not intact; empty if it is.
    """

    path: Path
    size: int
    format: int
    problem: str
    newest_format: int = len(MIGRATIONS)


@dataclass(frozen=True, slots=True)
class CacheFile:
    """The cache of an account. `read_at`: when an order was last read, in seconds since 1970; None if it is empty."""

    path: Path
    orders: int
    read_at: float | None
    problem: str = ""


def inspect_store(folder: Path) -> StoreFile | None:
    """The state of the database in a folder; None if there is none. Raises OSError."""
    path = folder / FILE
    if not path.exists():
        return None
    version, problem = 0, ""
    try:
        with closing(_read_only(path)) as connection:
            version = format_of(connection)
            found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
            problem = "" if found == "ok" else found
    except sqlite3.Error as error:
        problem = str(error)
    return StoreFile(path, path.stat().st_size, version, problem)


def inspect_caches(folder: Path) -> Iterator[CacheFile]:
    """The state of each cache in a folder."""
    for path in sorted(folder.glob("cache-*.sqlite3")):
        try:
            with closing(_read_only(path)) as connection:
                count, read_at = connection.execute("SELECT count(*), max(read_at) FROM entry").fetchone()
            yield CacheFile(path, int(count), read_at)
        except sqlite3.Error as error:
            yield CacheFile(path, 0, None, str(error))


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5.0)
