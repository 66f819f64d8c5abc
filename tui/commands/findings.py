"""What a check of `doctor` says: a finding, which names its area, what it found, and what helps if it is a problem."""

import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tui.config.profiles import Profile


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """`remedy`: what the user can do; empty if nothing is wrong."""

    area: str
    text: str
    remedy: str = ""

    @property
    def is_problem(self) -> bool:
        return bool(self.remedy)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks look at. `now`: seconds since 1970. `profile`: None if no account is configured."""

    environment: Mapping[str, str]
    data: Path
    settings: Path
    now: float
    profile: Profile | None


Check: TypeAlias = Callable[[Surroundings], Iterable[DoctorFinding]]


def shown(path: Path) -> str:
    """A path without the name of the user."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) and path != home else str(path)


def quoted(path: Path) -> str:
    """The same for a shell."""
    text = shown(path)
    return f"~/{shlex.quote(text[2:])}" if text.startswith("~/") else shlex.quote(text)
