"""The errors and values of the store that screens may import; they use the rest of the store only through `work`."""

from tui.store.batches import StagedState
from tui.store.db import StoreError
from tui.store.journal import Event, WriteKind, WriteState
from tui.store.journal_queries import JournalQueries, JournalRow, JournalSort, OrderNames

__all__ = [
    "Event",
    "JournalQueries",
    "JournalRow",
    "JournalSort",
    "OrderNames",
    "StagedState",
    "StoreError",
    "WriteKind",
    "WriteState",
]
