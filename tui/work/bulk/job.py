"""A bulk job: a bulk change, and each of its orders with the planned changes and the result."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from tui.api.budget import READS, WRITES
from tui.api.codec import Document, Json, as_document, as_list
from tui.orders.checks.sending import MAX_ORDERS
from tui.orders.edits.bulk_change import Applied, BulkChange
from tui.orders.edits.edit import Change
from tui.store.journal import WriteKind
from tui.work.writes.send_state import JOB_TEXTS, SendState, from_stored
from tui.work.writes.serialization import changes_from_json, changes_to_json

RETRYABLE: Final = frozenset(
    {
        SendState.DIFFERS,
        SendState.REFUSED,
        SendState.CONFLICT,
        SendState.NOT_SENT,
        SendState.UNCHANGED,
        SendState.INVALID,
        SendState.HELD,
    }
)
"""States of orders that can be retried."""


class JobStage(StrEnum):
    """The stage of a job. Only a running or paused job can be continued."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"


@dataclass(slots=True)
class JobOrder:
    """One order of a job.

    `message`: a message about its state. `changes`: the changes of the dry run. `planned`: it was ready when the job
    started. `after`: the newest write in the journal before this order was sent; its own `write` is the first later
    one. `applied` is not stored.
    """

    id: str
    name: str
    state: SendState = SendState.READY
    message: str = ""
    kind: WriteKind = WriteKind.PATCH
    changes: tuple[Change, ...] = ()
    planned: bool = False
    after: int | None = None
    write: int | None = None
    applied: Applied | None = field(default=None, repr=False)


@dataclass(slots=True)
class Job:
    """`recipe`: the change to apply.

    `kind`: how to send the orders that allow both kinds of write; `chosen`: the user selected it. `session`: the
    process that runs the job, or ran it. `note`: why the job was paused automatically.
    """

    id: str
    recipe: BulkChange
    created_at: datetime
    orders: dict[str, JobOrder] = field(repr=False)
    stage: JobStage = JobStage.PLANNED
    kind: WriteKind = WriteKind.PATCH
    chosen: bool = False
    session: str = ""
    note: str = ""
    selection: str = ""
    """How the orders were chosen, such as `all 64 of this filter`; empty for marked orders."""
    stored_counts: dict[SendState, int] = field(default_factory=dict, repr=False)
    """The counts of a job whose orders were not loaded."""

    @property
    def name(self) -> str:
        return self.recipe.name or self.recipe.summary or "nothing yet"

    @property
    def label(self) -> str:
        """The name in the journal: what the job does, and a part of its id to distinguish jobs of the same name."""
        return f"{self.name} ({self.id[:6]})"

    @property
    def counts(self) -> dict[SendState, int]:
        """The number of orders in each state, in the order of `SendState`."""
        if not self.orders:
            return self.stored_counts
        found = Counter(order.state for order in self.orders.values())
        return {state: found[state] for state in SendState if found[state]}

    @property
    def planned_count(self) -> int:
        """How many orders were ready when the job started."""
        return sum(order.planned for order in self.orders.values())

    @property
    def sent_count(self) -> int:
        """How many of them were sent, including those in flight."""
        return sum(order.planned and order.state is not SendState.READY for order in self.orders.values())

    @property
    def waiting(self) -> list[JobOrder]:
        return [order for order in self.orders.values() if order.state is SendState.READY]

    @property
    def progress(self) -> str:
        """`112 of 250 · 98 verified · 1 unknown · 3 refused`"""
        planned = Counter(order.state for order in self.orders.values() if order.planned)
        parts = [
            f"{planned[state]} {state.label}" for state in SendState if planned[state] and state is not SendState.READY
        ]
        return " · ".join([f"{self.sent_count} of {self.planned_count}", *parts])


@dataclass(frozen=True, slots=True)
class WriteCost:
    """The number of requests.

    `seconds`: the minimum time that the rate limits of the service require for them (Q6.1).
    """

    writes: int
    reads: int

    @property
    def seconds(self) -> float:
        return max(WRITES.seconds(self.writes), READS.seconds(self.reads))


@dataclass(frozen=True, slots=True)
class WriteCosts:
    """The cost of each kind of write, and how many orders can only be sent by upsert."""

    patch: WriteCost
    upsert: WriteCost
    only_upsert: int

    @property
    def proposed(self) -> WriteKind:
        """PATCH, which cannot lose values (Q2.6), unless an upsert saves a minute or more (Q6.4)."""
        return WriteKind.UPSERT if self.patch.seconds - self.upsert.seconds > _MIN_SAVING else WriteKind.PATCH

    def cost(self, kind: WriteKind) -> WriteCost:
        return self.patch if kind is WriteKind.PATCH else self.upsert


_MIN_SAVING: Final = 60.0
"""An upsert is proposed if it saves more than this many seconds."""

_READS_AN_ORDER: Final = 3
"""Reads of each order: before, during and after sending."""


def plan(orders: Iterable[JobOrder]) -> WriteCosts:
    """The cost of sending these orders as either kind; orders that allow only one kind are counted as that kind in
    both."""
    patched = upserted = either = 0
    for order in orders:
        applied = order.applied
        if applied is None or (not applied.no_patch and not applied.no_upsert and not applied.unknown_count):
            either += 1
        elif not applied.no_patch:
            patched += 1
        else:
            upserted += 1
    reads = _READS_AN_ORDER * (patched + upserted + either)
    return WriteCosts(
        WriteCost(patched + either + _requests(upserted), reads),
        WriteCost(patched + _requests(upserted + either), reads),
        upserted,
    )


def write_kind(applied: Applied, wanted: WriteKind) -> WriteKind:
    """The kind of write for one order: `wanted` if possible, but PATCH where an upsert might lose values."""
    if applied.no_patch:
        return WriteKind.UPSERT
    return WriteKind.PATCH if applied.no_upsert or applied.unknown_count else wanted


def _requests(orders: int) -> int:
    return -(-orders // MAX_ORDERS)


# Storage. A job is one value for its head and one for each order, so that a step is one small commit.


def dump_head(job: Job) -> Document:
    orders: list[Json] = [[order.id, order.name] for order in job.orders.values()]
    return {
        "version": 1,
        "id": job.id,
        "recipe": job.recipe.to_json(),
        "at": job.created_at.isoformat(),
        "stage": job.stage,
        "road": job.kind,
        "chosen": job.chosen,
        "session": job.session,
        "note": job.note,
        "whole": job.selection,
        "orders": orders,
        "counts": {JOB_TEXTS[state]: count for state, count in job.counts.items()},
    }


def load_head(stored: Json) -> Job | None:
    """A job without its orders; None if the value is not a job or was written by a later version."""
    if not isinstance(stored, dict) or stored.get("version") != 1:
        return None
    recipe = BulkChange.from_json(stored.get("recipe"))
    if recipe is None:
        return None
    counts: Counter[SendState] = Counter()
    for text, count in as_document(stored.get("counts")).items():
        counts[from_stored(text)] += int(str(count))
    return Job(
        str(stored["id"]),
        recipe,
        datetime.fromisoformat(str(stored["at"])),
        {},
        JobStage(str(stored["stage"])),
        WriteKind(str(stored["road"])),
        stored.get("chosen") is True,
        str(stored["session"]),
        str(stored["note"]),
        str(stored["whole"]),
        {state: counts[state] for state in SendState if counts[state]},
    )


def head_orders(stored: Json) -> list[JobOrder]:
    """The orders that a head names, in their initial state."""
    entries = [entry for entry in as_list(as_document(stored).get("orders")) if isinstance(entry, list)]
    return [JobOrder(str(id), str(name)) for id, name in entries]


def dump_order(order: JobOrder) -> Document:
    return {
        "state": JOB_TEXTS[order.state],
        "words": order.message,
        "road": order.kind,
        "changes": changes_to_json(order.changes),
        "planned": order.planned,
        "after": order.after,
        "write": order.write,
    }


def load_order(order: JobOrder, stored: Json) -> None:
    """Set the stored values of an order of a head."""
    if not isinstance(stored, dict):
        return
    order.state, order.message, order.kind = (
        from_stored(str(stored["state"])),
        str(stored["words"]),
        WriteKind(str(stored["road"])),
    )
    order.changes = tuple(changes_from_json(stored.get("changes")))
    after, write = stored.get("after"), stored.get("write")
    order.planned = stored.get("planned") is True
    order.after = after if isinstance(after, int) else None
    order.write = write if isinstance(write, int) else None
