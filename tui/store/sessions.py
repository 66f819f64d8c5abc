"""Sessions: each process holds a file lock while it runs, so that others can take over its work when it ended."""

import fcntl
import getpass
import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tui.store.db import Database, StoreError, Tables, locked, make_private, pack


@dataclass(frozen=True, slots=True)
class Owner:
    """The process of a session, and since when it owns the object in question."""

    session: str
    pid: int
    user: str
    host: str
    since: datetime
    alive: bool
    mine: bool


class Sessions:
    """This process's session, and whether others are alive. The lock is held from construction to `close`.

    `profile` is the name of the profile in the settings, shown in the journal.
    """

    def __init__(self, database: Database, folder: Path, now: datetime, profile: str = "") -> None:
        self._folder = folder
        self.mine = secrets.token_hex(8)
        # Another process must not find the new lock file unlocked and remove it.
        with locked(folder / "guard"):
            self._remove_stale_locks()
            path = self._path(self.mine)
            make_private(path)
            self._lock = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
        row = (self.mine, os.getpid(), _user(), socket.gethostname(), now.isoformat(), pack(profile))
        try:
            database.write(lambda c: c.execute(_BEGIN, row))
        except StoreError:
            self.close()
            raise

    def alive(self, session: str) -> bool:
        """Whether the process of that session is still running."""
        return session == self.mine or is_locked(self._path(session))

    @property
    def is_alone(self) -> bool:
        """Whether no other process has this folder open."""
        return running_sessions(self._folder) <= {self.mine}

    def close(self) -> None:
        """Release the lock; from then on this session counts as dead."""
        if self._lock >= 0:
            self._path(self.mine).unlink(missing_ok=True)
            os.close(self._lock)
            self._lock = -1

    def _remove_stale_locks(self) -> None:
        for path in self._folder.glob("*.lock"):
            if not self.alive(path.stem):
                path.unlink(missing_ok=True)

    def _path(self, session: str) -> Path:
        return self._folder / f"{session}.lock"


def running_sessions(folder: Path) -> set[str]:
    """The sessions of the running processes that use this folder of locks. Raises OSError."""
    return {path.stem for path in folder.glob("*.lock") if is_locked(path)}


def is_locked(path: Path) -> bool:
    """Whether a process has a file locked; False if there is no such file. Raises OSError."""
    try:
        probe = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        fcntl.flock(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(probe)
    return False


class SharedTables(Tables):
    """Access to tables whose rows belong to sessions and have times."""

    def __init__(self, database: Database, sessions: Sessions, now: Callable[[], datetime]) -> None:
        super().__init__(database)
        self._sessions = sessions
        self._now = now


_BEGIN = "INSERT INTO session (id, pid, user, host, since, profile_json) VALUES (?, ?, ?, ?, ?, ?)"


def _user() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
    return name.encode("ascii", "backslashreplace").decode("ascii")
