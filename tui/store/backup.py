"""Copies the store to a file and back, with SQLite's backup interface."""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from tui.store.db import StoreError, files_of, format_of, locked, make_private
from tui.store.schema import MIGRATIONS
from tui.store.sessions import running_sessions
from tui.store.store import FILE, Store


class StoreInUse(StoreError):
    """Another process has the store open."""


def back_up(folder: Path, target: Path) -> None:
    """Copy the store of a folder, which may be in use, to a new file that only the user can read.

    Raises StoreError if the file exists or cannot be written; then no file is left behind.
    """
    Store(folder).close()  # creates it, or brings it to this version's format
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        raise StoreError(f"{target} exists and is not replaced") from None
    except OSError as error:
        raise StoreError(f"{error.strerror}: {target} cannot be written.") from error
    try:
        _copy(folder / FILE, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def check_backup(source: Path) -> None:
    """Raise StoreError unless a file is an intact store, of this version's format or an older one."""
    if not source.is_file():
        raise StoreError(f"{source} is not a file")
    beside = Path(f"{source}-wal")
    if beside.exists() and beside.stat().st_size:
        raise StoreError(
            f"{source} is incomplete without {beside.name}, so it is no backup; make one with: backup FILE"
        )
    try:
        with closing(_unchanged(source)) as connection:
            version = format_of(connection)
            if not version:
                raise StoreError(f"{source} is not a backup of this app")
            if version > len(MIGRATIONS):
                raise StoreError(f"{source} was written by a newer version of this app. Update the app")
            if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                raise StoreError(f"{source} is damaged")
    except sqlite3.Error as error:
        raise StoreError(f"{source} is not an intact backup of this app: {error}") from error


def restore(folder: Path, source: Path, now: datetime) -> Path | None:
    """Replace the store of a folder by a backup. Returns where the store before is kept; None if there was none.

    The caches are removed, because the numbers of accounts may differ. Raises StoreInUse, StoreError.
    """
    check_backup(source)
    store, locks = folder / FILE, folder / "locks"
    new, kept = folder / f".{FILE}.{os.getpid()}", folder / f"{FILE}.before-restore-{now:%Y%m%d-%H%M%S}"
    had_one = store.exists()
    try:
        locks.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(locks / "guard"):
            if running_sessions(locks):
                raise StoreInUse("Another copy of the app is running. Quit it first")
            make_private(new)
            _copy(source, new)
            if had_one:
                make_private(kept)
                _copy(store, kept)
            for old in (*folder.glob("cache-*.sqlite3*"), *files_of(store)[1:]):
                old.unlink(missing_ok=True)
            new.replace(store)
            _sync(folder)
    except OSError as error:
        raise StoreError(f"{folder} cannot be used: {error.strerror}") from error
    finally:
        new.unlink(missing_ok=True)
    return kept if had_one else None


def _copy(source: Path, target: Path) -> None:
    """Fill an empty file with a database, which may be in use, and make it durable. Raises StoreError."""
    try:
        with closing(sqlite3.connect(source, timeout=10.0)) as read, closing(sqlite3.connect(target)) as written:
            read.backup(written)
            # The file is then complete without the ones that SQLite keeps beside a database.
            written.execute("PRAGMA journal_mode=DELETE")
        _sync(target)
        _sync(target.parent)
    except sqlite3.Error as error:
        raise StoreError(f"{source} cannot be copied to {target}: {error}") from error


def _unchanged(path: Path) -> sqlite3.Connection:
    """A connection that leaves no trace beside the file."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
