"""Saved bulk changes: by name, and the last one."""

from tui.orders.edits.bulk_change import BulkChange
from tui.work.account import Account

_NAMED, _LAST = "bulk.recipe:", "bulk.last"


class SavedChanges:
    """The saved bulk changes of one account."""

    def __init__(self, account: Account) -> None:
        self._state = account.store.screen_states
        self._account_id = account.account_id

    def all(self) -> list[BulkChange]:
        """The changes with a name, by name."""
        found = map(BulkChange.from_json, self._state.all(self._account_id, _NAMED).values())
        return sorted(
            (change for change in found if change is not None), key=lambda change: (change.name.casefold(), change.name)
        )

    def save(self, recipe: BulkChange) -> None:
        """Save a change under its name. It replaces one of the same name."""
        self._state.put(self._account_id, _NAMED + recipe.name, recipe.to_json(), durable=True)

    def forget(self, name: str) -> None:
        self._state.delete(self._account_id, _NAMED + name, durable=True)

    @property
    def last(self) -> BulkChange | None:
        """The change that was used last, with or without a name."""
        return BulkChange.from_json(self._state.get(self._account_id, _LAST))

    def used(self, recipe: BulkChange) -> None:
        """Store a change as the last one."""
        self._state.put(self._account_id, _LAST, recipe.to_json())
