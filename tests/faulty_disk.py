"""Makes a chosen file operation of this process fail: of SQLite, and of Python's own files.

SQLite's operations are counted in C callbacks around its own file system layer, so that the same code runs as in the
app. All operations of one folder are counted by kind. What would be on disk after a power cut is tracked beside it:
the state of each file at its last fsync, and any part of the later writes.
"""

import _sqlite3
import builtins
import ctypes
import errno
import io
import os
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any, NoReturn

import pytest

import tui.store.db as db


class Kind(StrEnum):
    """What can fail."""

    OPEN = "open"
    WRITE = "write"
    FSYNC = "fsync"
    RENAME = "rename"
    COMMIT = "commit"
    REQUEST = "request"
    RESPONSE = "response"


class Manner(StrEnum):
    """How it fails."""

    ERROR = "error"
    SHORT = "short"
    """Half of it is done, then an error."""
    LOST = "lost"
    """The connection ends: before the request is carried out, or instead of its response."""
    BUSY = "busy"
    """Another process locks the file."""
    LASTS = "lasts"
    """Every later step of this kind fails, too, until the restart: a full disk, no network."""
    CUT = "cut"
    """A power cut: nothing happens any more, and writes that were not synced are missing."""
    TORN = "torn"
    """A power cut after which a random part of the writes that were not synced is missing."""


CUTS = (Manner.CUT, Manner.TORN)
MANNERS = {
    Kind.OPEN: (Manner.ERROR, *CUTS),
    Kind.WRITE: (Manner.ERROR, Manner.SHORT, Manner.LASTS, *CUTS),
    Kind.FSYNC: (Manner.ERROR, *CUTS),
    Kind.RENAME: (Manner.ERROR, *CUTS),
    Kind.COMMIT: (Manner.ERROR, Manner.BUSY, *CUTS),
    Kind.REQUEST: (Manner.ERROR, Manner.LOST, Manner.LASTS, *CUTS),
    Kind.RESPONSE: (Manner.ERROR, Manner.SHORT, Manner.LOST, *CUTS),
}


class PowerCut(BaseException):
    """A BaseException, so that no `except Exception` of the app can catch it."""


class Steps:
    """Counts the steps of a run by kind, and tells at which of them what fails. `at` None: nothing fails."""

    def __init__(self, kind: Kind = Kind.OPEN, at: int | None = None, manner: Manner = Manner.ERROR) -> None:
        self.kind, self.at, self.manner = kind, at, manner
        self.counts: Counter[Kind] = Counter()
        self.is_running = False
        self.is_reached = False
        self.is_cut = False
        self.last = ""
        """What failed."""

    def step(self, kind: Kind, name: str) -> Manner | None:
        """Count a step. Returns how it fails; None if it does not."""
        if self.is_cut:
            return self.manner
        if not self.is_running:
            return None
        self.counts[kind] += 1
        if kind is not self.kind or self.at is None:
            return None
        count = self.counts[kind]
        if count != self.at and not (self.manner is Manner.LASTS and count > self.at):
            return None
        self.last = self.last or f"{kind} {count} of {name}: {self.manner}"
        self.is_reached = True
        self.is_cut = self.manner in CUTS
        return self.manner

    def step_in_python(self, kind: Kind, name: str) -> Manner | None:
        """As `step`, but raises the power cut."""
        manner = self.step(kind, name)
        if self.is_cut:
            raise PowerCut
        return manner


_Write = tuple[int, bytes] | int
"""Bytes at an offset, or the new length of a file."""


class Disk:
    """The files of one folder as they would be after a power cut."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._durable = {path: path.read_bytes() for path in _files(folder)}
        self._unsynced: defaultdict[Path, list[_Write]] = defaultdict(list)

    def holds(self, path: Path) -> bool:
        return path.is_relative_to(self.folder)

    def wrote(self, path: Path, write: _Write) -> None:
        self._unsynced[path].append(write)

    def synced(self, path: Path) -> None:
        self._durable[path] = _applied(self._durable.get(path, b""), self._unsynced.pop(path, []))

    def renamed(self, old: Path, new: Path) -> None:
        """Renaming is assumed to be durable at once, together with what was synced before."""
        if old in self._durable:
            self._durable[new] = self._durable.pop(old)
        self._unsynced[new] = self._unsynced.pop(old, [])

    def removed(self, path: Path) -> None:
        self._durable.pop(path, None)
        self._unsynced.pop(path, None)

    def copy_after_cut(self, folder: Path, random: Random | None) -> None:
        """Fill a new folder with the files after a power cut; `random` draws which unsynced writes are there."""
        folder.mkdir(mode=0o700)
        for path in {*self._durable, *self._unsynced}:
            kept = [write for write in self._unsynced.get(path, []) if random is not None and random.random() < 0.5]
            if path not in self._durable and not kept:
                continue
            target = folder / path.relative_to(self.folder)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.write_bytes(_applied(self._durable.get(path, b""), kept))
            target.chmod(0o600)

    def copy_after_kill(self, folder: Path) -> None:
        """Fill a new folder with the files as the next process would find them now."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("*-shm"))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("-shm")]


def _applied(content: bytes, writes: list[_Write]) -> bytes:
    found = bytearray(content)
    for write in writes:
        if isinstance(write, int):
            found[write:] = bytes(max(0, write - len(found)))
        else:
            offset, data = write
            found.extend(bytes(max(0, offset - len(found))))
            found[offset : offset + len(data)] = data
    return bytes(found)


# SQLite


_pointer, _int, _int64, _text = ctypes.c_void_p, ctypes.c_int, ctypes.c_int64, ctypes.c_char_p
_OPEN = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _pointer, _int, _pointer)
_DELETE = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int)
_CLOSE = ctypes.CFUNCTYPE(_int, _pointer)
_WRITE = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int, _int64)
_TRUNCATE = ctypes.CFUNCTYPE(_int, _pointer, _int64)
_SYNC = ctypes.CFUNCTYPE(_int, _pointer, _int)
_OK, _FULL, _CANNOT_OPEN = 0, 13, 14
_READ_FAILED, _WRITE_FAILED, _SYNC_FAILED, _DELETE_FAILED = (10 | number << 8 for number in (1, 3, 4, 10))


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", _int), ("file_size", _int), ("longest_path", _int), ("next", _pointer), ("name", _text),
        ("data", _pointer), ("open", _OPEN), ("delete", _DELETE), *((f"other{n}", _pointer) for n in range(16)),
    ]  # fmt: skip


class _Methods(ctypes.Structure):
    _fields_ = [
        ("version", _int), ("close", _CLOSE), ("read", _pointer), ("write", _WRITE), ("truncate", _TRUNCATE),
        ("sync", _SYNC), *((f"other{n}", _pointer) for n in range(13)),
    ]  # fmt: skip


class SqliteFiles:
    """SQLite's file system layer with callbacks around opening, writing and syncing.

    `disk` None: nothing is counted. Made once per process, because SQLite keeps it.
    """

    def __init__(self) -> None:
        self.disk: Disk | None = None
        self.steps = Steps()
        try:
            library = ctypes.CDLL(_sqlite3.__file__)
            library.sqlite3_vfs_find.restype = ctypes.POINTER(_Vfs)
            library.sqlite3_vfs_find.argtypes = [_text]
            library.sqlite3_vfs_register.argtypes = [ctypes.POINTER(_Vfs), _int]
        except AttributeError:
            pytest.skip("SQLite is a part of this Python, so its file operations cannot be reached")
        self._real = library.sqlite3_vfs_find(None).contents
        self._paths: dict[int, Path] = {}
        self._methods: dict[int, tuple[_Methods, _Methods]] = {}
        self._vfs = _Vfs.from_buffer_copy(self._real)
        self._vfs.next, self._vfs.name = None, b"counted"
        self._vfs.open, self._vfs.delete = _OPEN(self._open), _DELETE(self._delete)
        self._callbacks = _CLOSE(self._close), _WRITE(self._write), _TRUNCATE(self._truncate), _SYNC(self._sync)
        assert library.sqlite3_vfs_register(ctypes.byref(self._vfs), 1) == _OK

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        # The name is passed on as a pointer, because SQLite keeps options behind its end.
        path = None if name is None else _path_at(name)
        disk = self.disk
        counted = disk is not None and path is not None and disk.holds(path)
        if counted and path is not None and self.steps.step(Kind.OPEN, path.name):
            ctypes.cast(file, ctypes.POINTER(_pointer))[0] = None
            return _CANNOT_OPEN
        code = int(self._real.open(ctypes.addressof(self._real), name, file, flags, out))
        if counted and path is not None and code == _OK:
            slot = ctypes.cast(file, ctypes.POINTER(_pointer))
            if slot[0] not in self._methods:
                real = ctypes.cast(slot[0], ctypes.POINTER(_Methods)).contents
                ours = _Methods.from_buffer_copy(real)
                ours.close, ours.write, ours.truncate, ours.sync = self._callbacks
                self._methods[slot[0]] = real, ours
                self._methods[ctypes.addressof(ours)] = real, ours
            slot[0] = ctypes.addressof(self._methods[slot[0]][1])
            self._paths[file] = path
        return code

    def _real_of(self, file: int) -> _Methods:
        return self._methods[ctypes.cast(file, ctypes.POINTER(_pointer))[0]][0]

    def _delete(self, _vfs: int, name: int, sync: int) -> int:
        path = _path_at(name)
        if self.disk is not None and self.disk.holds(path):
            if self.steps.is_cut:
                return _DELETE_FAILED
            self.disk.removed(path)
        return int(self._real.delete(ctypes.addressof(self._real), name, sync))

    def _close(self, file: int) -> int:
        self._paths.pop(file, None)
        return int(self._real_of(file).close(file))

    def _write(self, file: int, data: int, size: int, offset: int) -> int:
        path, disk = self._paths.get(file), self.disk
        if path is None or disk is None or not disk.holds(path):
            return int(self._real_of(file).write(file, data, size, offset))
        manner = self.steps.step(Kind.WRITE, path.name)
        if manner is not None:
            if manner is Manner.SHORT:
                self._real_of(file).write(file, data, size // 2, offset)
                disk.wrote(path, (offset, ctypes.string_at(data, size // 2)))
            return _WRITE_FAILED if manner in CUTS or manner is Manner.ERROR else _FULL
        disk.wrote(path, (offset, ctypes.string_at(data, size)))
        return int(self._real_of(file).write(file, data, size, offset))

    def _truncate(self, file: int, size: int) -> int:
        path, disk = self._paths.get(file), self.disk
        if path is not None and disk is not None and disk.holds(path):
            if self.steps.is_cut:
                return _WRITE_FAILED
            disk.wrote(path, size)
        return int(self._real_of(file).truncate(file, size))

    def _sync(self, file: int, flags: int) -> int:
        path, disk = self._paths.get(file), self.disk
        if path is None or disk is None or not disk.holds(path):
            return int(self._real_of(file).sync(file, flags))
        if self.steps.step(Kind.FSYNC, path.name):
            return _SYNC_FAILED
        disk.synced(path)
        return _OK  # syncing in fact is slow, and no power is cut


def _path_at(name: int) -> Path:
    return Path(os.fsdecode(ctypes.string_at(name)))


# Python's files


class _CountedFile(io.FileIO):
    """A file whose writes are counted."""

    def __init__(self, handle: int, path: Path, disk: Disk, steps: Steps) -> None:
        super().__init__(handle, "wb")
        self._path, self._disk, self._steps = path, disk, steps

    def write(self, data: Any) -> int:
        data = bytes(data)
        manner, offset = self._steps.step_in_python(Kind.WRITE, self._path.name), self.tell()
        if manner is Manner.SHORT:
            data = data[: len(data) // 2]
        elif manner is not None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        self._disk.wrote(self._path, (offset, data))
        written = super().write(data)
        if manner is Manner.SHORT:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return written


class _PythonFiles:
    """Python's functions for files, counted and broken."""

    def __init__(self, disk: Disk, steps: Steps) -> None:
        self._disk, self._steps = disk, steps
        self._paths: dict[int, Path] = {}
        self._real_open, self._real_fdopen, self._real_fsync = os.open, os.fdopen, os.fsync
        self._real_replace, self._real_builtin = os.replace, builtins.open

    def patch(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(os, "open", self.open)
        patch.setattr(os, "fdopen", self.fdopen)
        patch.setattr(os, "fsync", self.fsync)
        patch.setattr(os, "replace", self.replace)
        patch.setattr(os, "rename", self.replace)
        patch.setattr(builtins, "open", self.open_file)

    def open(self, path: Any, *arguments: Any, **more: Any) -> int:
        if (counted := self._counted(path)) is None:
            handle = self._real_open(path, *arguments, **more)
            self._paths.pop(handle, None)
            return handle
        if self._steps.step_in_python(Kind.OPEN, counted.name):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        handle = self._real_open(path, *arguments, **more)
        self._paths[handle] = counted
        return handle

    def fdopen(self, handle: int, mode: str = "r", *arguments: Any, **more: Any) -> Any:
        path = self._paths.get(handle)
        if path is None or mode != "wb":
            return self._real_fdopen(handle, mode, *arguments, **more)
        return io.BufferedWriter(_CountedFile(handle, path, self._disk, self._steps))

    def open_file(self, file: Any, mode: str = "r", *arguments: Any, **more: Any) -> Any:
        if isinstance(file, int) and file in self._paths:
            return self.fdopen(file, mode, *arguments, **more)
        return self._real_builtin(file, mode, *arguments, **more)

    def fsync(self, handle: int) -> None:
        path = self._paths.get(handle)
        if path is None:
            self._real_fsync(handle)
            return
        if self._steps.step_in_python(Kind.FSYNC, path.name):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        self._disk.synced(path)

    def replace(self, old: Any, new: Any, **more: Any) -> None:
        counted = self._counted(new)
        if counted is not None:
            if self._steps.step_in_python(Kind.RENAME, counted.name):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            self._disk.renamed(Path(os.fsdecode(old)), counted)
        self._real_replace(old, new, **more)

    def _counted(self, path: Any) -> Path | None:
        found = None if isinstance(path, int) else Path(os.fsdecode(path))
        return found if found is not None and self._disk.holds(found) else None


# Commits


@contextmanager
def _counted_commits(steps: Steps, patch: pytest.MonkeyPatch) -> Iterator[None]:
    real = db._transaction

    @contextmanager
    def transaction(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
        with real(connection, begin):
            yield
            if begin != "BEGIN" and (manner := steps.step(Kind.COMMIT, "the store")) is not None:
                _fail_commit(manner)

    patch.setattr(db, "_transaction", transaction)
    yield


def _fail_commit(manner: Manner) -> NoReturn:
    error = sqlite3.OperationalError("database is locked" if manner is Manner.BUSY else "disk I/O error")
    error.sqlite_errorname = "SQLITE_BUSY" if manner is Manner.BUSY else "SQLITE_IOERR"
    raise error


_files_of_sqlite: list[SqliteFiles] = []


@contextmanager
def faulty_disk(folder: Path, steps: Steps) -> Iterator[Disk]:
    """Count the file operations of a folder, and let the chosen one fail. Skips the test where SQLite is out of reach."""
    if not _files_of_sqlite:
        _files_of_sqlite.append(SqliteFiles())
    (sqlite_files,) = _files_of_sqlite
    disk = Disk(folder)
    sqlite_files.disk, sqlite_files.steps = disk, steps
    try:
        with pytest.MonkeyPatch.context() as patch, _counted_commits(steps, patch):
            _PythonFiles(disk, steps).patch(patch)
            yield disk
    finally:
        sqlite_files.disk = None
