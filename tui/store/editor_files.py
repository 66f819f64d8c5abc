"""Files for external editors: private to the user. What an editor saved stays until it was taken."""

import fcntl
import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tui.api.codec import Document, Json, as_document
from tui.store.db import StoreError, pack, unpack
from tui.store.sessions import Sessions, is_locked

_MADE = re.compile(r"([0-9a-f]{16})-[0-9a-f]{16}")
"""The names of the subfolders: the session, and a random number."""
_ABOUT: Final = ".about.json"
"""The file that says what the other one is."""
_LOCK: Final = ".lock"
"""The file that is locked as long as an editor runs."""


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A file that an editor changed, and that was not taken. `about`: what `put` was given."""

    path: Path
    data: bytes = field(repr=False)
    about: Json


class EditorFiles:
    """Files below one folder, each in its own subfolder, since editors leave backups and locks beside the file.

    The constructor removes files of dead sessions, and `close` those of this one, except for files that an editor
    changed: see `left`. Raises StoreError on disk errors.
    """

    def __init__(self, folder: Path, sessions: Sessions) -> None:
        self._folder = folder
        self._sessions = sessions
        self._mine = sessions.mine
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.is_symlink():
                raise StoreError(f"It is a link, and files in it would be removed: {folder} cannot be used.")
            folder.chmod(0o700)
            for entry in self._of_dead_sessions():
                if _changed_file(entry) is None:
                    _remove(entry)
        except OSError as error:
            raise StoreError(f"{error.strerror}: {folder} cannot be cleared.") from error

    def put(self, name: str, data: bytes, about: Json = None) -> Path:
        """Create a file with these bytes, readable only by the user, in a folder with a random name.

        `about`: what the file is, for `left`.
        """
        folder = self._folder / f"{self._mine}-{secrets.token_hex(8)}"
        stored: Document = {"name": name, "sha256": _hash(data), "about": about}
        try:
            folder.mkdir(mode=0o700)
            for file_name, content in ((_ABOUT, pack(stored).encode()), (name, data)):
                with open(os.open(folder / file_name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            _remove(folder)
            raise StoreError(f"{error.strerror}: {folder} cannot be written.") from error
        return folder / name

    @contextmanager
    def in_editor(self, path: Path) -> Iterator[int]:
        """Mark a file as open in an editor that inherits the descriptor. It stays as it is until that editor has ended.

        The mark is a lock of the descriptor, so that it ends with the last process that has it.
        """
        try:
            descriptor = os.open(path.parent / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreError(f"{error.strerror}: {path.parent} cannot be written.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def left(self) -> list[LeftFile]:
        """The files of dead sessions that an editor changed and no longer has open."""
        try:
            return [found for entry in self._of_dead_sessions() if (found := _changed_file(entry)) is not None]
        except OSError as error:
            raise StoreError(f"{error.strerror}: {self._folder} cannot be read.") from error

    def remove(self, path: Path) -> None:
        """Remove a file made by `put`, and whatever an editor left beside it."""
        self._remove_folder(path.parent)

    def close(self) -> None:
        """Remove the files of this process, except for those that an editor changed."""
        try:
            folders = [entry for entry in self._folder.glob(f"{self._mine}-*") if _changed_file(entry) is None]
        except OSError as error:
            raise StoreError(f"{error.strerror}: {self._folder} cannot be cleared.") from error
        for folder in folders:
            self._remove_folder(folder)

    def _of_dead_sessions(self) -> list[Path]:
        """The subfolders of dead sessions, without those with a file that an editor has open.

        Anything with another name was not made here.
        """
        return sorted(
            entry
            for entry in self._folder.iterdir()
            if (made := _MADE.fullmatch(entry.name))
            and not self._sessions.alive(made[1])
            and not is_locked(entry / _LOCK)
        )

    def _remove_folder(self, folder: Path) -> None:
        try:
            _remove(folder)
        except OSError as error:
            raise StoreError(f"{error.strerror}: {folder} cannot be removed.") from error


def _changed_file(folder: Path) -> LeftFile | None:
    """The file in a subfolder, if an editor changed it. Raises OSError."""
    try:
        stored = as_document(unpack((folder / _ABOUT).read_text()))
        path = folder / str(stored.get("name"))
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, UnicodeDecodeError, StoreError):
        # The process ended while it made the folder, or another one has just removed it.
        return None
    return LeftFile(path, data, stored.get("about")) if _hash(data) != stored.get("sha256") else None


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _remove(entry: Path) -> None:
    """Remove a file or a tree; links are not followed. Another process may be doing the same."""
    with suppress(FileNotFoundError):
        if entry.is_dir() and not entry.is_symlink():
            for child in list(entry.iterdir()):
                _remove(child)
            entry.rmdir()
        else:
            entry.unlink()
