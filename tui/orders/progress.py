"""Progress of a long task."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total`; `task` names the current step, if there are several.

    The rest is for sending orders. `until`: nothing is sent before this time.
    """

    done: int
    total: int
    task: str = ""
    accepted: int = 0
    requests: int = 0
    paused: bool = False
    until: datetime | None = None

    @property
    def left(self) -> int:
        return self.total - self.done


OnProgress: TypeAlias = Callable[[Progress], None]
"""Called repeatedly during a task; an exception that it raises ends the task."""
