"""What the last run showed: its screen, which the next start shows before the account is open, and how much was sent."""

import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

Line: TypeAlias = list[tuple[str, str]]
"""Texts with their pens: SGR parameters such as `1;31`, "" for the terminal's default."""

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e]")
"""Characters that act on a terminal; what `save` is given has none."""
_SCREEN: Final = "last-screen-"
_OUTPUT: Final = "last-output.json"
_PEN: Final = re.compile(r"[0-9;]{0,64}")


@dataclass(frozen=True, slots=True)
class ScreenSnapshot:
    """The lines of a screen of `width` columns. `at`: when it was shown; `until`: when it must not be shown any more.

    `start`: what identifies the command that opened its account, "" if another account was opened in between.
    """

    width: int
    at: datetime
    until: datetime
    start: str
    lines: list[Line]

    def waiting_line(self, words: str) -> str:
        """What the line below a screen of the last run says, with when that was shown in local time."""
        return f" {words} · the screen as of {self.at.astimezone():%d %b %H:%M}; keys wait until it is open"


class LastScreen:
    """One file for each account, in the folder of the store; others cannot read it. It contains customers' data.

    `account`: what identifies it before it is open: the base URL and the public name of the credentials.
    """

    def __init__(self, folder: Path, account: Sequence[str]) -> None:
        name = hashlib.sha256("\n".join(account).encode()).hexdigest()[:16]
        self.path = folder / f"{_SCREEN}{name}.json"

    def save(self, snapshot: ScreenSnapshot) -> None:
        """Replace the file. Raises OSError."""
        times = {"at": snapshot.at.isoformat(), "until": snapshot.until.isoformat()}
        _replace(self.path, {"width": snapshot.width, **times, "start": snapshot.start, "lines": snapshot.lines})

    def load(self, now: datetime) -> ScreenSnapshot | None:
        """The snapshot; None if there is none, if it is too old, or if the file is not one that `save` wrote."""
        return _load(self.path, now)

    def remove(self) -> None:
        """Remove the file, if there is one. Raises OSError."""
        self.path.unlink(missing_ok=True)


def load_started(folder: Path, start: str, now: datetime) -> ScreenSnapshot | None:
    """The snapshot of the account that a command opened the last time; None if there is none."""
    found = (_load(path, now) for path in folder.glob(f"{_SCREEN}*.json"))
    mine = [snapshot for snapshot in found if snapshot is not None and snapshot.start == start]
    return max(mine, key=lambda snapshot: snapshot.at, default=None)


def _load(path: Path, now: datetime) -> ScreenSnapshot | None:
    try:
        content = json.loads(path.read_bytes())
        lines = [[(str(text), str(pen)) for text, pen in line] for line in content["lines"]]
        at, until = (datetime.fromisoformat(content[name]) for name in ("at", "until"))
        snapshot = ScreenSnapshot(int(content["width"]), at, until, str(content["start"]), lines)
        is_valid = at <= now < until
    except (OSError, ValueError, TypeError, LookupError, RecursionError):
        return None
    is_plain = not any(_CONTROL.search(text) or not _PEN.fullmatch(pen) for line in lines for text, pen in line)
    return snapshot if is_plain and is_valid else None


@dataclass(frozen=True, slots=True)
class LastOutput:
    """How much the last run sent to the terminal, without any of it: one file for all accounts.

    `size`: in bytes. `cells`: those that were sent; `drawn`: those that Textual has drawn.
    """

    keys: int
    frames: int
    size: int
    cells: int
    drawn: int

    def save(self, folder: Path) -> None:
        """Replace the file. Raises OSError."""
        _replace(folder / _OUTPUT, asdict(self))

    @classmethod
    def load(cls, folder: Path) -> "LastOutput | None":
        """What `save` kept; None if there is nothing, or something else."""
        try:
            content = json.loads((folder / _OUTPUT).read_bytes())
            return cls(**{name: int(content[name]) for name in cls.__slots__})
        except (OSError, ValueError, TypeError, LookupError, RecursionError, OverflowError):
            return None


def _replace(path: Path, content: dict[str, Any]) -> None:
    """Replace a file, not through a link; others cannot read it. Raises OSError."""
    new = path.with_suffix(".new")
    with open(
        os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w", encoding="utf-8"
    ) as file:
        json.dump(content, file, ensure_ascii=False)
    os.replace(new, path)
