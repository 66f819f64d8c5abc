"""The rest of a path that was begun to be typed, as a shell completes it."""

import os
from pathlib import Path
from typing import Final

_TOLD: Final = 6


def completed(text: str) -> tuple[str, str]:
    """The path as far as it is certain, and in words what it can go on with, if that is not one thing."""
    folder, begun = os.path.split(text)
    try:
        names = sorted(
            entry.name + (os.sep if entry.is_dir() else "")
            for entry in os.scandir(Path(folder).expanduser() if folder else ".")
            if entry.name.startswith(begun) and (begun or not entry.name.startswith("."))
        )
    except OSError as error:
        return text, error.strerror or "cannot be read"
    except (RuntimeError, ValueError):
        # There is no such user, or it is no path at all.
        return text, "no such file"
    if not names:
        return text, "no such file"
    certain = os.path.commonprefix(names)  # noqa: RUF071 - of names, letter by letter
    more = "" if len(names) <= _TOLD else f" and {len(names) - _TOLD} more"
    words = "" if len(names) == 1 else " ".join(names[:_TOLD]) + more
    return os.path.join(folder, certain), words
