"""The table of orders that the user edited and that could not be used yet. It is stored until it is used or discarded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui.api.codec import Document, as_document, as_list
from tui.orders.edits.table_text import TextColumn, columns_named
from tui.store.store import Store

KEY: Final = "triage.table.text"
"""The key under which the table is stored."""


@dataclass(frozen=True, slots=True)
class EditedTable:
    """A table as it came from the editor. `orders`: the orders that it was made of, by key, as they were then.

    `names`: the names of its columns, as the user entered them. `notes`: what must be said about it, as sentences.
    """

    text: str
    names: Sequence[str]
    orders: Mapping[str, Document]
    notes: Sequence[str] = ()

    @property
    def columns(self) -> list[TextColumn]:
        """The columns of the table. Raises UnknownColumn."""
        return columns_named(self.names, list(self.orders.values()))


def members_of(table: EditedTable) -> Document:
    """What is stored of a table besides its text."""
    return {"names": [*table.names], "orders": {**table.orders}, "notes": [*table.notes]}


class UnusedTable:
    """Where the edited table of an account is stored. All methods raise StoreError."""

    def __init__(self, store: Store, account_id: int) -> None:
        self._states = store.screen_states
        self._account_id = account_id

    def get(self) -> EditedTable | None:
        stored = as_document(self._states.get(self._account_id, KEY))
        text, names, notes = stored.get("text"), as_list(stored.get("names")), as_list(stored.get("notes"))
        if not isinstance(text, str):
            return None
        orders = {key: as_document(order) for key, order in as_document(stored.get("orders")).items()}
        return EditedTable(text, [str(name) for name in names], orders, [str(note) for note in notes])

    def put(self, table: EditedTable) -> None:
        """Store a table; durable."""
        self._states.put(self._account_id, KEY, {**members_of(table), "text": table.text}, durable=True)

    def forget(self) -> None:
        """Remove the table; durable."""
        self._states.delete(self._account_id, KEY, durable=True)
