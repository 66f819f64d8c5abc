"""The log of actions on a batch, stored so that they can be undone after a restart."""

from dataclasses import dataclass
from threading import Lock

from tui.api.codec import Json, as_document, as_list
from tui.store.drafts import ScreenStates

_MAX_ACTIONS = 200


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `kind`: edit, edits, added, removed, held, released. `about`: the orders.

    For held and released, each order has its flags from before; for edits, the number of its edit step.
    """

    kind: str
    about: tuple[str, ...]


class UndoLog:
    """The last actions of a batch and the undone ones, stored after every change."""

    def __init__(self, state: ScreenStates, account_id: int, batch: int | None) -> None:
        self._state = state
        self._account_id = account_id
        self._key = f"staging.actions.{batch}"
        stored = as_document(state.get(account_id, self._key))
        self.done, self.undone = _load(stored.get("done")), _load(stored.get("undone"))
        self._saving = Lock()

    def add(self, kind: str, about: list[str], *, saves: bool = True) -> None:
        """Add an action. Actions that were undone before can no longer be redone. Unless it `saves`, `save` follows."""
        self.done.append(Action(kind, tuple(about)))
        del self.done[:-_MAX_ACTIONS]
        self.undone.clear()
        if saves:
            self.save()

    def remove_last(self) -> None:
        """Remove the last action, because it failed."""
        self.done.pop()
        self.save()

    def move(self, action: Action, *, back: bool) -> None:
        """Record that an action was undone or redone out of order."""
        source, target = (self.done, self.undone) if back else (self.undone, self.done)
        if action in source:
            del source[len(source) - 1 - source[::-1].index(action)]
        target.append(action)
        self.save()

    def save(self) -> None:
        """Store the actions. May run in any thread: the last call stores the latest actions."""
        with self._saving:
            stored: Json = {"done": _dump(self.done), "undone": _dump(self.undone)}
            self._state.put(self._account_id, self._key, stored, durable=True)


def _dump(actions: list[Action]) -> list[Json]:
    return [[action.kind, *action.about] for action in actions]


def _load(stored: Json) -> list[Action]:
    return [Action(str(row[0]), tuple(map(str, row[1:]))) for row in map(as_list, as_list(stored)) if row]
