"""Files for external editors: private to the user, and removed with the process that made them."""

import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from tui.store.db import StoreError
from tui.store.sessions import Sessions

_MADE = re.compile(r"([0-9a-f]{16})-[0-9a-f]{16}")
"""The names of the subfolders: the session, and a random number."""


class EditorFiles:
    """Files below one folder, each in its own subfolder, since editors leave backups and locks beside the file.

    The constructor removes files of dead sessions; `close` removes those of this one. Raises StoreError on disk
    errors.
    """

    def __init__(self, folder: Path, sessions: Sessions) -> None:
        self._folder = folder
        self._mine = sessions.mine
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.is_symlink():
                raise StoreError(f"It is a link, and files in it would be removed: {folder} cannot be used.")
            folder.chmod(0o700)
            for entry in folder.iterdir():
                # Anything with another name was not made here.
                if (made := _MADE.fullmatch(entry.name)) and not sessions.alive(made[1]):
                    _remove(entry)
        except OSError as error:
            raise StoreError(f"{error.strerror}: {folder} cannot be cleared.") from error

    def put(self, name: str, data: bytes) -> Path:
        """Create a file with these bytes, readable only by the user, in a folder with a random name."""
        folder = self._folder / f"{self._mine}-{secrets.token_hex(8)}"
        try:
            folder.mkdir(mode=0o700)
            with open(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
        except OSError as error:
            _remove(folder)
            raise StoreError(f"{error.strerror}: {folder} cannot be written.") from error
        return folder / name

    def remove(self, path: Path) -> None:
        """Remove a file made by `put`, and whatever an editor left beside it."""
        self._remove_folder(path.parent)

    def close(self) -> None:
        """Remove all files of this process."""
        try:
            folders = list(self._folder.glob(f"{self._mine}-*"))
        except OSError as error:
            raise StoreError(f"{error.strerror}: {self._folder} cannot be cleared.") from error
        for folder in folders:
            self._remove_folder(folder)

    def _remove_folder(self, folder: Path) -> None:
        try:
            _remove(folder)
        except OSError as error:
            raise StoreError(f"{error.strerror}: {folder} cannot be removed.") from error


def _remove(entry: Path) -> None:
    """Remove a file or a tree; links are not followed. Another process may be doing the same."""
    with suppress(FileNotFoundError):
        if entry.is_dir() and not entry.is_symlink():
            for child in list(entry.iterdir()):
                _remove(child)
            entry.rmdir()
        else:
            entry.unlink()
