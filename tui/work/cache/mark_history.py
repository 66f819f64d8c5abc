"""`MarkHistory`: the user's actions on private marks, which can be undone and redone while the app runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.work.cache.private_marks import PrivateMark


@dataclass(frozen=True, slots=True)
class MarkAction:
    """One action. `name`: what it did, for notices. `before` and `after`: the marks of its orders, by key.

    `chosen`: the orders that were marked in the list for it, and no longer are.
    """

    name: str
    before: Mapping[str, PrivateMark]
    after: Mapping[str, PrivateMark]
    chosen: frozenset[str] = frozenset()


@dataclass(slots=True)
class MarkHistory:
    """`saves`: how many drafts had been saved after the last action, undo or redo; more since then are later changes."""

    saves: int = 0
    _done: list[MarkAction] = field(default_factory=list)
    _undone: list[MarkAction] = field(default_factory=list)

    def add(self, action: MarkAction) -> None:
        """Add an action that was just done."""
        self._done.append(action)
        self._undone.clear()

    def next(self, *, is_undo: bool) -> MarkAction | None:
        """The action to undo, or to redo."""
        actions = self._done if is_undo else self._undone
        return actions[-1] if actions else None

    def step(self, *, is_undo: bool) -> None:
        """Note that `next` was undone, or redone."""
        taken, given = (self._done, self._undone) if is_undo else (self._undone, self._done)
        given.append(taken.pop())
