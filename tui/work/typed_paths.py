"""Paths as people type them: their rest, as a shell completes it, the home that `~` means, and new files there."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

_TOLD: Final = 6


def at_home(path: Path) -> Path:
    """The path with its `~` replaced, as far as there is such a user."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file that was not there, only for its owner, complete and on the platter in the end, or else not there again.

    Raises FileExistsError where there is one, and OSError.
    """
    path = at_home(path)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except ValueError:
        raise OSError(errno.EINVAL, "That is no path") from None
    with os.fdopen(handle, "wb") as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def completed(text: str) -> tuple[str, str]:
    """The path as far as it is certain, and in words what it can go on with, if that is not one thing."""
    folder, begun = os.path.split(text)
    try:
        names = sorted(
            entry.name + (os.sep if entry.is_dir() else "")
            for entry in os.scandir(at_home(Path(folder)) if folder else ".")
            if entry.name.startswith(begun) and (begun or not entry.name.startswith("."))
        )
    except OSError as error:
        return text, error.strerror or "cannot be read"
    except ValueError:
        return text, "no such file"
    if not names:
        return text, "no such file"
    certain = os.path.commonprefix(names)  # noqa: RUF071 - of names, letter by letter
    more = "" if len(names) <= _TOLD else f" and {len(names) - _TOLD} more"
    words = "" if len(names) == 1 else " ".join(names[:_TOLD]) + more
    return os.path.join(folder, certain), words
