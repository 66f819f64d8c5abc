"""Files for the editors of others: the user's alone, and gone with the process that made them, however that ended."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from tui.store.db import StoreError
from tui.store.sessions import Sessions


class EditorFiles:
    """Files below one folder, each in a folder of its own, since editors leave copies and locks beside what they edit.

    What sessions that are dead have left is removed when this is made; what this one has left, by `close`.
    Raises StoreError where the disk does not let us.
    """

    def __init__(self, folder: Path, sessions: Sessions) -> None:
        self._folder = folder
        self._mine = sessions.mine
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)
            for entry in folder.iterdir():
                if not sessions.alive(entry.name.partition("-")[0]):
                    _remove(entry)
        except OSError as error:
            raise StoreError(f"{folder} cannot be cleared: {error.strerror}") from error

    def put(self, name: str, data: bytes) -> Path:
        """A new file with these bytes, which only the user can read, in a folder with a random name."""
        place = self._folder / f"{self._mine}-{secrets.token_hex(8)}"
        try:
            place.mkdir(mode=0o700)
            with open(os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
        except OSError as error:
            _remove(place)
            raise StoreError(f"{place} cannot be written: {error.strerror}") from error
        return place / name

    def remove(self, path: Path) -> None:
        """Take a file of `put` away, and all that an editor left beside it."""
        self._take_away(path.parent)

    def close(self) -> None:
        """Take away what this process has left."""
        try:
            places = list(self._folder.glob(f"{self._mine}-*"))
        except OSError as error:
            raise StoreError(f"{self._folder} cannot be cleared: {error.strerror}") from error
        for place in places:
            self._take_away(place)

    def _take_away(self, place: Path) -> None:
        try:
            _remove(place)
        except OSError as error:
            raise StoreError(f"{place} cannot be removed: {error.strerror}") from error


def _remove(entry: Path) -> None:
    """Whatever stands there, with what is below it; links are not followed. Another process may be doing the same."""
    with suppress(FileNotFoundError):
        if entry.is_dir() and not entry.is_symlink():
            for below in list(entry.iterdir()):
                _remove(below)
            entry.rmdir()
        else:
            entry.unlink()
