"""What was done in a batch, in order, so that it can be taken back after a restart, too."""

from dataclasses import dataclass

from tui.api.codec import Json
from tui.store.drafts import ScreenStates

_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Action:
    """`kind`: edit, edits, added, removed, held, released; `about`: the orders.

    For held and released each with what it was before, for edits with the number of its step.
    """

    kind: str
    about: tuple[str, ...]


class Actions:
    """The last actions of a batch and those taken back, on disk after every change."""

    def __init__(self, state: ScreenStates, account_id: int, batch: int | None) -> None:
        self._state = state
        self._account_id = account_id
        self._key = f"staging.actions.{batch}"
        kept = state.get(account_id, self._key)
        self.done = _load(kept.get("done")) if isinstance(kept, dict) else []
        self.undone = _load(kept.get("undone")) if isinstance(kept, dict) else []

    def note(self, kind: str, about: list[str]) -> None:
        """Something new was done: what was taken back before cannot be done again."""
        self.done.append(Action(kind, tuple(about)))
        del self.done[:-_REMEMBERED]
        self.undone.clear()
        self.save()

    def forget(self) -> None:
        """What was noted last was not done after all."""
        self.done.pop()
        self.save()

    def moved(self, action: Action, *, back: bool) -> None:
        """This action was taken back, or done again, out of its turn."""
        source, target = (self.done, self.undone) if back else (self.undone, self.done)
        if action in source:
            del source[len(source) - 1 - source[::-1].index(action)]
        target.append(action)
        self.save()

    def save(self) -> None:
        kept: Json = {"done": _dump(self.done), "undone": _dump(self.undone)}
        self._state.put(self._account_id, self._key, kept, durable=True)


def _dump(actions: list[Action]) -> list[Json]:
    return [[action.kind, *action.about] for action in actions]


def _load(kept: Json) -> list[Action]:
    rows = kept if isinstance(kept, list) else []
    return [Action(str(row[0]), tuple(str(id) for id in row[1:])) for row in rows if isinstance(row, list) and row]
