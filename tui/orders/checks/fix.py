"""A proposed fix for a problem."""

from dataclasses import dataclass

from tui.api.codec import Json
from tui.api.pointer import Pointer


@dataclass(frozen=True, slots=True)
class Fix:
    """Values to set that would fix a problem. `text`: the proposal as the user sees it.

    `seen_in`: how many earlier orders had a value, by its pointer; empty if the values are not from earlier orders.
    """

    text: str
    values: tuple[tuple[Pointer, Json], ...]
    seen_in: tuple[tuple[Pointer, int], ...] = ()
