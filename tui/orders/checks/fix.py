"""A proposed fix for a problem."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tui.api.codec import Document, Json
from tui.api.errors import Problem
from tui.api.pointer import Pointer


@dataclass(frozen=True, slots=True)
class Fix:
    """Values to set that would fix a problem. `text`: the proposal as the user sees it.

    `source`: where the values come from, if not from the order itself: `as in 14 earlier orders`. It is a part of `text`.
    """

    text: str
    values: tuple[tuple[Pointer, Json], ...]
    source: str = ""


Propose: TypeAlias = Callable[[Document, Problem], Fix | None]
"""Proposes a fix for a problem of an order."""
