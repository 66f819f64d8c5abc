"""The batches of an account: which there are, who has each, and how far their orders are."""

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
    """Nothing was changed; the sentence says why: an order is in flight, or another process owns the batch."""


@dataclass(frozen=True, slots=True)
class BatchInfo:
    """A batch as a list shows it. `owner` is None, or a process that may have ended: then the batch is free."""

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
        """Whether another running copy has it."""
        return self.owner is not None and self.owner.alive and not self.owner.mine


def owner_words(owner: Owner | None) -> str:
    """Who has a batch, for people; without an owner known, another copy."""
    return f"{owner.user}@{owner.host}, process {owner.pid}" if owner is not None else "another copy"


class BatchCatalog:
    """What can be done with whole batches. Names are unique among the visible batches."""

    def __init__(self, store: Store, account_id: int) -> None:
        self._store = store
        self._batches = store.batches
        self._account_id = account_id

    def all(self) -> list[BatchInfo]:
        """The visible batches, newest first."""
        counts = self._batches.counts(self._account_id)
        found = [
            BatchInfo(one.id, one.name, one.created_at, one.owner, counts.get(one.id, Counter()))
            for one in self._batches.all(self._account_id)
        ]
        return found[::-1]

    def find(self, name: str) -> Batch | None:
        return next((batch for batch in self._batches.all(self._account_id) if batch.name == name), None)

    def get(self, id: int | None) -> Batch | None:
        return next((batch for batch in self._batches.all(self._account_id) if batch.id == id), None)

    def last_used(self) -> Batch | None:
        """The batch that was opened last, else the newest."""
        batches = self._batches.all(self._account_id)
        kept = self._store.screen_states.get(self._account_id, _LAST)
        return next((batch for batch in batches if batch.id == kept), batches[-1] if batches else None)

    def used(self, id: int) -> None:
        """Open this one the next time."""
        self._store.screen_states.put(self._account_id, _LAST, id)

    def create(self, name: str) -> Batch:
        """A new batch, which is ours. Raises BatchLocked."""
        return self._named(lambda: self._batches.create(self._account_id, proper_name(name)))

    def rename(self, name: str, new: str) -> None:
        """Raises BatchLocked."""
        batch = self._ours(name)
        new = proper_name(new)
        if new != name:
            self._named(lambda: self._batches.rename(batch.id, new))

    def remove(self, name: str) -> int:
        """Put a batch out of sight; its id. What was sent of it stays sent. Raises BatchLocked."""
        batch = self._ours(name)
        counts = self._batches.counts(self._account_id).get(batch.id, Counter())
        if away := counts[StagedState.SENT] + counts[StagedState.UNKNOWN]:
            words = count_of(away, "order of it is", "orders of it are")
            raise BatchLocked(f"{words} in flight; it can be removed when the result is known.")
        self._named(lambda: self._batches.remove(batch.id))
        return batch.id

    def put_back(self) -> str | None:
        """Bring back the batch that was removed last; its name, or None if there is none. Raises BatchLocked."""
        removed = self._batches.removed(self._account_id)
        if not removed:
            return None
        self._named(lambda: self._batches.restore_batch(removed[0].id))
        return removed[0].name

    def _ours(self, name: str) -> Batch:
        batch = self.find(name)
        if batch is None:
            raise BatchLocked(f"There is no batch {name!r} any more.")
        if not self._batches.claim(batch.id):
            raise BatchLocked(f"The batch {name!r} is locked by {owner_words(batch.owner)}.")
        return batch

    def _named(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except (NameTaken, NotOwner) as error:
            raise BatchLocked(f"{error}.") from error


_LAST = "staging.batch"


def proper_name(name: str) -> str:
    """A name as it is kept. Raises BatchLocked where it is empty or too long."""
    name = " ".join(name.split())
    if not name:
        raise BatchLocked("A batch needs a name.")
    if len(name) > LONGEST_NAME:
        raise BatchLocked(f"A batch's name has at most {LONGEST_NAME} characters; this has {len(name)}.")
    return name
