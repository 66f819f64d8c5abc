"""Journal entries: a write with its author, orders, changes, time and outcome; and their export."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

from tui.api.codec import CodecError, Document, Json, as_document, as_list, decode, encode
from tui.api.errors import Problem
from tui.api.pointer import Pointer
from tui.orders.edits.edit import Change, Edit
from tui.orders.edits.merge import merge
from tui.orders.edits.patch import expected_after_patch, with_get_names
from tui.orders.edits.upsert import to_upsert
from tui.store.journal import Event, Write, WriteKind, WriteState
from tui.store.journal_queries import OrderNames
from tui.store.store import Store
from tui.work.typed_paths import new_file
from tui.work.writes.lookup import LookupTarget, key_of
from tui.work.writes.send_state import NOT_WRITTEN, SendState, project
from tui.work.writes.serialization import changes_from_json, changes_to_json, edited_order, problems_from_json

PRUNED: Final = "journal.pruned"
"""The key under which the store keeps the last pruning: `{at, count, days}`."""

_AT_ONCE = 100


GROUPS: Final[Mapping[str, frozenset[SendState]]] = {
    "going": frozenset({SendState.SENDING, SendState.ACCEPTED}),
    "unknown": frozenset({SendState.UNKNOWN}),
    "done": frozenset({SendState.VERIFIED}),
    "differs": frozenset({SendState.DIFFERS}),
    "failed": NOT_WRITTEN,
    "deleted": frozenset({SendState.VERIFIED}),
}
"""The tabs of the journal: names, short enough to fit on a line of 80 columns together, and the states that they list.

Verified deletions are listed under *deleted*, all other verified writes under *done*.
"""

_DELETED: Final = "deleted"

_EXPORTED: Final = {
    WriteState.RECORDED: "waits to go",
    WriteState.SENT: "is being sent",
    WriteState.ANSWERED: "taken, is being read again",
    WriteState.ACCEPTED: "accepted, not seen yet",
    WriteState.UNKNOWN: "outcome unknown",
    WriteState.CONFIRMED: "confirmed",
    WriteState.VERIFIED: "seen as sent",
    WriteState.DIFFERS: "shows something else",
    WriteState.MISSING: "accepted and never seen",
    WriteState.REFUSED: "refused",
    WriteState.BUSY: "the service was busy",
    WriteState.NOT_SENT: "not sent",
    WriteState.NOT_APPLIED: "not applied",
    WriteState.GONE: "the order was gone",
}
"""The values of `outcome` in an export. They are public and never change."""

_REASONS: Final = {
    WriteState.RECORDED: "queued",
    WriteState.BUSY: "busy",
    WriteState.NOT_APPLIED: "not applied",
    WriteState.GONE: "order gone",
    WriteState.MISSING: "not found",
}
"""Details that the send state does not include."""


def group_of(state: WriteState, kind: WriteKind) -> str:
    """The tab of the journal that lists a write."""
    if _is_deletion(state, kind):
        return _DELETED
    return next(name for name, states in GROUPS.items() if project(state) in states)


def states_of(group: str) -> tuple[tuple[WriteState, ...], tuple[WriteKind, ...]]:
    """The states and kinds of the writes of a tab, as the store finds them."""
    if group == _DELETED:
        return (WriteState.CONFIRMED,), (WriteKind.DELETE,)
    states = tuple(state for state in WriteState if project(state) in GROUPS[group])
    return states, (WriteKind.PATCH, WriteKind.UPSERT) if SendState.VERIFIED in GROUPS[group] else tuple(WriteKind)


def description(state: WriteState, kind: WriteKind) -> str:
    """The label of a write's send state, with a detail if there is one: `not sent: busy`."""
    if _is_deletion(state, kind):
        return _DELETED
    reason = _REASONS.get(state)
    return f"{project(state).label}: {reason}" if reason else project(state).label


def _is_deletion(state: WriteState, kind: WriteKind) -> bool:
    return kind is WriteKind.DELETE and state is WriteState.CONFIRMED


@dataclass(frozen=True, slots=True)
class Part:
    """One order of a write: its names, its document before (None: it did not exist) and its changes.

    `sent` is the order of an upsert, or the body of a PATCH, as it was sent. `key` is the upsert key (order id, shop).
    """

    named: OrderNames
    before: Document | None
    sent: Document
    changes: tuple[Change, ...]
    key: tuple[str, str] = ("", "")

    @property
    def remote_id(self) -> str:
        return self.named.remote_id

    @property
    def target(self) -> LookupTarget:
        """How the order is looked up."""
        order_id, shop = self.key if any(self.key) else key_of(self.before or {})
        return LookupTarget(order_id, shop, self.remote_id or None)


@dataclass(frozen=True)
class JournalEntry:
    """A write with its steps, oldest first. `base_url` is the service that it was sent to."""

    write: Write
    base_url: str
    steps: tuple[Event, ...]
    named: tuple[OrderNames, ...]
    only: int | None = None
    """The position of the order that the entry is about; None for all orders."""

    @property
    def state(self) -> SendState:
        return project(self.write.state)

    @property
    def is_deletion(self) -> bool:
        """Whether this is a verified deletion."""
        return _is_deletion(self.write.state, self.write.new.kind)

    @property
    def description(self) -> str:
        return description(self.write.state, self.write.new.kind)

    @property
    def name(self) -> str:
        """The order, or how many of them."""
        return self.named[0].name if len(self.named) == 1 else f"{len(self.named)} orders"

    @property
    def problems(self) -> list[Problem]:
        """The problems of the last step."""
        return problems_from_json(self.write.last.problems)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The orders of the write, each with its changes."""
        parts = tuple(_parts(self.write, self.named))
        return parts if self.only is None else parts[self.only : self.only + 1]


def open_entry(store: Store, base_url: str, id: int) -> JournalEntry | None:
    """The entry of a write; None if it was pruned."""
    write = store.writes.get(id)
    if write is None:
        return None
    return JournalEntry(write, base_url, tuple(store.writes.events(id)), tuple(store.journal_queries.orders(id)))


def after(write: Write, part: Part) -> Document | None:
    """The document that a write was meant to produce; None for a deletion and for a new order."""
    if part.before is None or write.new.kind is WriteKind.DELETE:
        return None
    if write.new.kind is WriteKind.PATCH:
        return expected_after_patch(part.before, with_get_names(part.sent))
    # An upsert spells values differently from a GET, so its changes are applied to the order as read.
    spelt = to_upsert(part.before, keep_id="id" in part.sent)[0]
    return merge(Edit.diff(spelt, part.sent, ""), part.before).edit.document


def recorded_changes(changes: Json) -> list[Change]:
    """The recorded changes; for an upsert those of all its orders."""
    if isinstance(changes, dict):
        return [change for order_changes in changes.values() for change in changes_from_json(order_changes)]
    return changes_from_json(changes)


def _parts(write: Write, named: Sequence[OrderNames]) -> Iterator[Part]:
    new = write.new
    if new.order_id is not None:
        before, sent = as_document(new.base), as_document(_read(new.body))
        changes = changes_from_json(new.changes)
        if new.kind is WriteKind.DELETE:
            changes = list(Edit.diff(before, {}, "").changes())
        elif not changes and sent:
            changes = list(Edit.diff(before, expected_after_patch(before, with_get_names(sent)), "").changes())
        yield Part(named[0] if named else OrderNames(new.order_id, "", ""), before, sent, tuple(changes))
        return
    orders, bases = as_list(_read(new.body)), as_list(new.base)
    recorded = as_document(new.changes)
    for position, item in enumerate(new.items):
        base = bases[position] if position < len(bases) else None
        sent = as_document(orders[position] if position < len(orders) else None)
        before_order = base if isinstance(base, dict) else None
        changes = changes_from_json(recorded.get(item.staged))
        if not changes:
            was = {} if before_order is None else to_upsert(before_order, keep_id="id" in sent)[0]
            changes = list(Edit.diff(was, sent, "").changes())
        known = (
            named[position] if position < len(named) else OrderNames(edited_order(item.staged) or "", item.order_id, "")
        )
        yield Part(known, before_order, sent, tuple(changes), (item.order_id, item.integration))


# Export and pruning.


def entry_line(entry: JournalEntry) -> bytes:
    """An entry as one line of JSON, without a line break.

    Its keys: `id`, `at` (UTC, ISO 8601), `by` (user@host), `profile`, `base_url`, `job` (the bulk job that it belongs
    to, or null), `road` (patch, upsert, delete), `method`, `path`, `state`, `outcome` (in words), `body` (as it was
    sent; null for a deletion), `orders`: a list of `{id, order_id, order_number, before, changes, after}`, where
    `changes` is a list of `{pointer, was, now}` (a missing key: the field was absent) and `before` and `after` are the
    whole order, null where there was none or it is not known; `steps`: a list of `{at, state, status, problems,
    detail}`, and `problems`: those of the last step. Writes do not contain credentials, so neither do the lines.
    """
    write = entry.write
    orders: list[Json] = [
        {
            "id": part.named.remote_id or None,
            "order_id": part.named.order_id or None,
            "order_number": part.named.number or None,
            "before": part.before,
            "changes": changes_to_json(part.changes),
            "after": after(write, part),
        }
        for part in entry.parts
    ]
    steps: list[Json] = [
        {
            "at": step.at.isoformat(),
            "state": step.state,
            "status": step.status,
            "problems": step.problems,
            "detail": step.detail,
        }
        for step in entry.steps
    ]
    line: Document = {
        "id": write.id,
        "at": write.at.isoformat(),
        "by": write.by,
        "profile": write.profile,
        "base_url": entry.base_url,
        "job": write.new.job,
        "road": write.new.kind,
        "method": write.new.method,
        "path": write.new.path,
        "state": write.state,
        "outcome": _DELETED if entry.is_deletion else _EXPORTED[write.state],
        "body": _read(write.new.body),
        "orders": orders,
        "steps": steps,
        "problems": write.last.problems,
    }
    return encode(line)


async def export_lines(store: Store, base_url: str, ids: Sequence[int]) -> AsyncIterator[bytes]:
    """The entries of these writes as lines, in the given order; other tasks run between them."""
    for id in ids:
        entry = open_entry(store, base_url, id)
        if entry is not None:
            yield entry_line(entry)
        await asyncio.sleep(0)


async def export(store: Store, base_url: str, ids: Sequence[int], path: Path) -> int:
    """Write the entries of these writes into a new file that only its owner can read. Returns how many.

    Raises FileExistsError if the file exists, and OSError if it cannot be written; then no file is left.
    """
    with new_file(path) as file:
        count = 0
        async for line in export_lines(store, base_url, ids):
            file.write(line + b"\n")
            count += 1
        return count


async def prune_journal(store: Store, now: datetime, days: int) -> int:
    """Remove writes that ended more than `days` ago, in small steps, and record that. Returns how many."""
    removed: dict[int, int] = {}
    while found := store.writes.prune(now - timedelta(days=days), limit=_AT_ONCE):
        for account_id, count in found.items():
            removed[account_id] = removed.get(account_id, 0) + count
        await asyncio.sleep(0)
    for account_id, count in removed.items():
        store.screen_states.put(account_id, PRUNED, {"at": now.isoformat(), "count": count, "days": days})
    return sum(removed.values())


def at(change: Change) -> Pointer:
    """The pointer of a change, for its label. For a removed item, its index in the order as read."""
    tokens = tuple(token.removeprefix("~") if token[1:].isdigit() else token for token in change.pointer.tokens)
    return Pointer(tokens)


def _read(body: bytes) -> Json:
    try:
        return decode(body, limit=max(1, len(body))) if body else None
    except CodecError:
        return body.decode("utf-8", "backslashreplace")
