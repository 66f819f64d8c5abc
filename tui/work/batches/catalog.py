"""The batches of an account: their names, owners and counts."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tui.api.wording import count_of
from tui.store.batches import Batch, NameTaken, NotOwner, StagedState
from tui.store.sessions import Owner
from tui.store.store import Store

LONGEST_NAME = 60

T = TypeVar("T")


class BatchLocked(Exception):
    """Nothing was changed, because of a write in flight or another copy of the app. The message says which."""


@dataclass(frozen=True, slots=True)
class BatchInfo:
    """A batch in the list of batches. If the process of `owner` has ended, the batch is free."""

    id: int
    name: str
    created_at: datetime
    owner: Owner | None
    counts: Counter[StagedState]

    @property
    def count(self) -> int:
        return self.counts.total()

    @property
    def is_elsewhere(self) -> bool:
        """Whether another running copy of the app owns it."""
        return self.owner is not None and self.owner.alive and not self.owner.mine


def owner_text(owner: Owner | None) -> str:
    """The owner of a batch as text; `another copy` if unknown."""
    return f"{owner.user}@{owner.host}, process {owner.pid}" if owner is not None else "another copy"


class BatchCatalog:
    """Operations on whole batches. Names are unique among the batches that are not removed."""

    def __init__(self, store: Store, account_id: int) -> None:
        self._store = store
        self._batches = store.batches
        self._account_id = account_id

    def all(self) -> list[BatchInfo]:
        """The batches that are not removed, newest first."""
        counts = self._batches.counts(self._account_id)
        found = [
            BatchInfo(batch.id, batch.name, batch.created_at, batch.owner, counts.get(batch.id, Counter()))
            for batch in self._batches.all(self._account_id)
        ]
        return found[::-1]

    def find(self, name: str) -> Batch | None:
        return next((batch for batch in self._batches.all(self._account_id) if batch.name == name), None)

    def get(self, id: int | None) -> Batch | None:
        return next((batch for batch in self._batches.all(self._account_id) if batch.id == id), None)

    def last_used(self) -> Batch | None:
        """The batch that was opened last, else the newest."""
        batches = self._batches.all(self._account_id)
        last = self._store.screen_states.get(self._account_id, _LAST)
        return next((batch for batch in batches if batch.id == last), batches[-1] if batches else None)

    def mark_used(self, id: int) -> None:
        """Open this batch at the next start."""
        self._store.screen_states.put(self._account_id, _LAST, id)

    def create(self, name: str) -> Batch:
        """Create a batch owned by this process. Raises BatchLocked."""
        return self._or_locked(lambda: self._batches.create(self._account_id, checked_name(name)))

    def rename(self, name: str, new: str) -> None:
        """Rename a batch. Raises BatchLocked."""
        batch = self._own(name)
        new = checked_name(new)
        if new != name:
            self._or_locked(lambda: self._batches.rename(batch.id, new))

    def remove(self, name: str) -> int:
        """Hide a batch and return its id. Orders that were sent are not affected. Raises BatchLocked."""
        batch = self._own(name)
        counts = self._batches.counts(self._account_id).get(batch.id, Counter())
        if in_flight := counts[StagedState.SENT] + counts[StagedState.UNKNOWN]:
            subject = count_of(in_flight, "order of this batch is", "orders of this batch are")
            raise BatchLocked(f"{subject} in flight. The batch can be removed when the result is known.")
        self._or_locked(lambda: self._batches.remove(batch.id))
        return batch.id

    def put_back(self) -> str | None:
        """Restore the batch that was removed last. Returns its name, or None if there is none. Raises BatchLocked."""
        removed = self._batches.removed(self._account_id)
        if not removed:
            return None
        self._or_locked(lambda: self._batches.restore_batch(removed[0].id))
        return removed[0].name

    def _own(self, name: str) -> Batch:
        batch = self.find(name)
        if batch is None:
            raise BatchLocked(f"The batch {name!r} no longer exists.")
        if not self._batches.claim(batch.id):
            raise BatchLocked(f"The batch {name!r} is locked by {owner_text(batch.owner)}.")
        return batch

    def _or_locked(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (NameTaken, NotOwner) as error:
            raise BatchLocked(f"{error}.") from error


_LAST = "staging.batch"


def checked_name(name: str) -> str:
    """Normalise the spaces of a name. Raises BatchLocked if it is empty or too long."""
    name = " ".join(name.split())
    if not name:
        raise BatchLocked("A batch needs a name.")
    if len(name) > LONGEST_NAME:
        raise BatchLocked(f"A batch's name has at most {LONGEST_NAME} characters; this has {len(name)}.")
    return name
