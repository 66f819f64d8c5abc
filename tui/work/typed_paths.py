"""Paths typed by users: completion as in a shell, expansion of `~`, and new files."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, count
from pathlib import Path
from typing import BinaryIO, Final

_MAX_SHOWN: Final = 6


def at_home(path: Path) -> Path:
    """Expand `~` in a path. Returns the path unchanged if there is no such user."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """Create a file that only its owner can read. It is flushed to disk at the end, or removed on an error.

    Raises FileExistsError if the file exists, and OSError.
    """
    path = at_home(path)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except ValueError:
        raise OSError(errno.EINVAL, "Not a valid path") from None
    with os.fdopen(handle, "wb") as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def completed(text: str) -> tuple[str, str]:
    """Complete a path while it is unambiguous. Returns it with the possible continuations, if there are several."""
    folder, prefix = os.path.split(text)
    try:
        names = sorted(
            entry.name + (os.sep if entry.is_dir() else "")
            for entry in os.scandir(at_home(Path(folder)) if folder else ".")
            if entry.name.startswith(prefix) and (prefix or not entry.name.startswith("."))
        )
    except OSError as error:
        return text, error.strerror or "cannot be read"
    except ValueError:
        return text, "no such file"
    if not names:
        return text, "no such file"
    certain = os.path.commonprefix(names)  # noqa: RUF071 - of names, letter by letter
    more = "" if len(names) <= _MAX_SHOWN else f" and {len(names) - _MAX_SHOWN} more"
    shown = "" if len(names) == 1 else " ".join(names[:_MAX_SHOWN]) + more
    return os.path.join(folder, certain), shown


def not_taken(folder: Path, name: str, ending: str) -> Path:
    """The path of a file that does not exist: with this name, or else with the first free number from 2 added."""
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(path for each in names if not os.path.exists(path := folder / f"{each}.{ending}"))
