"""What the last run showed: its list, which the next start shows before the account is open, and how much was sent for it."""

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
_OUTPUT: Final = "last-output.json"
_PEN: Final = re.compile(r"[0-9;]{0,64}")


@dataclass(frozen=True, slots=True)
class ListSnapshot:
    """The lines of a screen of `width` columns, and when it was shown."""

    width: int
    at: datetime
    lines: list[Line]

    @property
    def time(self) -> str:
        """When it was shown, in local time."""
        return self.at.astimezone().strftime("%d %b %H:%M")


class LastScreen:
    """One file for each account, in the folder of the store; others cannot read it. It contains customers' data.

    `account`: what identifies it before it is open: the base URL and the public name of the credentials.
    """

    def __init__(self, folder: Path, account: Sequence[str]) -> None:
        name = hashlib.sha256("\n".join(account).encode()).hexdigest()[:16]
        self.path = folder / f"last-screen-{name}.json"

    def save(self, snapshot: ListSnapshot) -> None:
        """Replace the file. Raises OSError."""
        content = {"width": snapshot.width, "at": snapshot.at.isoformat(), "lines": snapshot.lines}
        _replace(self.path, content)

    def load(self, since: datetime) -> ListSnapshot | None:
        """The snapshot; None if there is none, if it is older than `since`, or if the file is not one that `save` wrote."""
        try:
            content = json.loads(self.path.read_bytes())
            lines = [[(str(text), str(pen)) for text, pen in line] for line in content["lines"]]
            snapshot = ListSnapshot(int(content["width"]), datetime.fromisoformat(content["at"]), lines)
        except (OSError, ValueError, TypeError, LookupError, RecursionError):
            return None
        is_plain = not any(_CONTROL.search(text) or not _PEN.fullmatch(pen) for line in lines for text, pen in line)
        return snapshot if is_plain and snapshot.at.tzinfo is not None and snapshot.at >= since else None

    def remove(self) -> None:
        """Remove the file, if there is one. Raises OSError."""
        self.path.unlink(missing_ok=True)


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
