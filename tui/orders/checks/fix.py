"""A proposed fix for a problem."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tui.api.codec import Document, Json
from tui.api.errors import Problem
from tui.api.pointer import Pointer
from tui.api.wording import count_of
from tui.orders.fields import label_of


@dataclass(frozen=True, slots=True)
class Fix:
    """Values to set that would fix a problem. `text`: the proposal as the user sees it.

    `source`: where the values come from, if not from the order itself: `as in 14 earlier orders`. It is a part of `text`.
    """

    text: str
    values: tuple[tuple[Pointer, Json], ...]
    source: str = ""

    @property
    def words(self) -> str:
        """The fix with the field that it sets: `Ship to, postcode: 01067`."""
        if not self.values:
            return self.text
        more = f" and {count_of(len(self.values) - 1, 'other field')}" if len(self.values) > 1 else ""
        return f"{label_of(self.values[0][0])}{more}: {self.text}"


Propose: TypeAlias = Callable[[Document, Problem], Fix | None]
"""Proposes a fix for a problem of an order."""
