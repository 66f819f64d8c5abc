"""A proposed fix for a problem."""

from dataclasses import dataclass

from tui.api.codec import Json
from tui.api.pointer import Pointer


@dataclass(frozen=True, slots=True)
class Fix:
    """Values to set that would fix a problem. `text`: the proposal as the user sees it."""

    text: str
    values: tuple[tuple[Pointer, Json], ...]
