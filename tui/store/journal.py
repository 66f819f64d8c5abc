"""The append-only table of writes: outbox, journal, undo and recovery are views of it."""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tui.api.codec import Json
from tui.store.batches import StagedState
from tui.store.db import StoreError, name_at, name_in, pack, unpack, unpack_text
from tui.store.drafts import add_document
from tui.store.prune import prune
from tui.store.sessions import SharedTables


class WriteKind(StrEnum):
    """The kind of a write."""

    PATCH = "patch"
    UPSERT = "upsert"
    DELETE = "delete"


class WriteState(StrEnum):
    """The state of a write. Only the first four are open; the others are final or belong to the verifier."""

    RECORDED = "recorded"
    """Waiting in the queue; certainly not sent."""
    SENT = "sent"
    """About to be sent, or sent: whether it arrived is not known."""
    UNKNOWN = "unknown"
    """It may or may not have been carried out, and lookups were inconclusive so far."""
    ANSWERED = "answered"
    """A PATCH that the service accepted; its effect still has to be read."""

    NOT_SENT = "not sent"
    REFUSED = "refused"
    BUSY = "busy"
    GONE = "gone"
    NOT_APPLIED = "not applied"
    ACCEPTED = "accepted"
    """Accepted by the service, and verified until it reads back."""
    CONFIRMED = "confirmed"
    VERIFIED = "verified"
    DIFFERS = "differs"
    MISSING = "missing"

    @property
    def open(self) -> bool:
        return self in _OPEN


_OPEN = frozenset({WriteState.RECORDED, WriteState.SENT, WriteState.UNKNOWN, WriteState.ANSWERED})


@dataclass(frozen=True, slots=True)
class SentItem:
    """One order of an upsert: which version of which staged order, and its upsert key."""

    staged: str
    version: int
    order_id: str
    integration: str


@dataclass(frozen=True, slots=True)
class NewWrite:
    """A write to be sent. It belongs to one order of the service, or to the items of an upsert.

    `base` is the document as it was read before (for an upsert a list, with null for new orders), `body` the exact
    bytes. `job` is the name of the bulk change that it belongs to.
    """

    kind: WriteKind
    method: str
    path: str
    body: bytes
    base: Json
    changes: Json = None
    order_id: str | None = None
    items: tuple[SentItem, ...] = ()
    job: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A step of a write: the state reached, when, and the service's response (raw bytes)."""

    state: WriteState
    at: datetime
    status: int | None
    answer: bytes | None
    problems: Json
    detail: Json


@dataclass(frozen=True, slots=True)
class Write:
    """A write as recorded, and its last event. `by` is the user of this machine, as user@host."""

    id: int
    account_id: int
    session: str
    by: str
    at: datetime
    new: NewWrite
    last: Event
    profile: str = ""

    @property
    def state(self) -> WriteState:
        return self.last.state


@dataclass(frozen=True, slots=True)
class StagedUpdate:
    """The state of a staged order after an event of a write. Applied only if `version` is still the newest."""

    staged: str
    version: int
    state: StagedState
    remote_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewVerification:
    """An accepted order, to be read until it shows `expected`, given as GET would return it.

    `created`: the order did not exist before, so whatever is read first was made by this write.
    """

    order_id: str
    integration: str
    expected: Json
    due: datetime
    remote_id: str | None = None
    part_of_items: bool = False
    created: bool = False
    staged: str | None = None
    version: int | None = None


class Writes(SharedTables):
    """Records and reads writes. Everything recorded here survives a power failure."""

    def record(self, account_id: int, new: NewWrite) -> Write:
        """Record a write before it is sent; its state is RECORDED."""
        at = self._now()
        order_id = None if new.order_id is None else pack(new.order_id)
        row = (account_id, self._sessions.mine, at.isoformat(), new.kind, order_id, new.method, new.path)
        row_json = (pack(new.base), pack(new.changes), new.body, None if new.job is None else pack(new.job))
        names = list(_order_names(new))
        items = [
            (position, item.staged, item.version, pack(item.order_id), pack(item.integration))
            for position, item in enumerate(new.items)
        ]

        def work(connection: sqlite3.Connection) -> Write:
            write = connection.execute(_RECORD, (*row, *row_json)).lastrowid or 0
            rows = [(write, *item) for item in items]
            connection.executemany("INSERT INTO write_item VALUES (?, ?, ?, ?, ?, ?)", rows)
            named = [(write, *name) for name in names]
            connection.executemany("INSERT INTO write_order VALUES (?, ?, ?, ?, ?)", named)
            append_event(connection, self._sessions.mine, write, Event(WriteState.RECORDED, at, None, None, [], None))
            return _load(connection, "WHERE id = ?", (write,))[0]

        return self._database.write(work, durable=True)

    def step(
        self,
        write: int,
        state: WriteState,
        *,
        status: int | None = None,
        answer: bytes | None = None,
        problems: Sequence[Json] = (),
        detail: Json = None,
        staged: Iterable[StagedUpdate] = (),
        verifications: Iterable[NewVerification] = (),
    ) -> Write:
        """Record an event of a write, with its effects on staged orders and new verifications, in one transaction."""
        at, me = self._now(), self._sessions.mine
        event = Event(state, at, status, answer, list(problems), detail)
        updates, new_verifications = list(staged), list(verifications)

        def work(connection: sqlite3.Connection) -> Write:
            append_event(connection, me, write, event)
            for update in updates:
                update_staged(connection, update, at)
            for verification in new_verifications:
                _add_verification(connection, me, write, verification, at)
            return _load(connection, "WHERE id = ?", (write,))[0]

        return self._database.write(work, durable=True)

    def get(self, write: int) -> Write | None:
        found = self._database.read(lambda c: _load(c, "WHERE id = ?", (write,)))
        return found[0] if found else None

    def all(
        self,
        account_id: int,
        *,
        staged: str | None = None,
        states: Iterable[WriteState] | None = None,
        after: int | None = None,
        limit: int = 200,
    ) -> list[Write]:
        """Writes, the newest first, filtered by staged order, by states, or those after a write.

        A `limit` of -1 means none. `JournalQueries.find` has more filters.
        """
        where = SqlCondition(account_id)
        if staged is not None:
            where.add("id IN (SELECT write FROM write_item WHERE staged = ?)", staged)
        if states is not None:
            where.one_of("state", states)
        if after is not None:
            where.add("id > ?", after)
        clause, values = f"WHERE {where.text} ORDER BY id DESC LIMIT ?", [*where.values, limit]
        return self._database.read(lambda c: _load(c, clause, values))

    def open(self, account_id: int) -> list[Write]:
        """Open writes of any session, the oldest first."""
        clause = "WHERE account = ? AND settled = 0 ORDER BY id"
        return self._database.read(lambda c: _load(c, clause, (account_id,)))

    def adopt(self, account_id: int) -> list[Write]:
        """The open writes that this process has to resolve, after taking over those of dead processes."""
        me = self._sessions.mine

        def work(connection: sqlite3.Connection) -> list[Write]:
            adopted = []
            for write, holder, state in connection.execute(_HOLDERS, (account_id,)).fetchall():
                if holder == me:
                    adopted.append(write)
                elif not self._sessions.alive(holder):
                    adoption = Event(WriteState(state), self._now(), None, None, [], {"left_by": holder})
                    append_event(connection, me, write, adoption)
                    adopted.append(write)
            return [found for write in adopted for found in _load(connection, "WHERE id = ?", (write,))]

        return self._database.write(work, durable=True)

    def events(self, write: int) -> list[Event]:
        """All events of a write, in order."""
        query = "SELECT * FROM write_event WHERE write = ? ORDER BY id"
        return [_event(row) for row in self._database.read(lambda c: c.execute(query, (write,)).fetchall())]

    def prune(self, before: datetime, *, limit: int = 200) -> Counter[int]:
        """Remove writes completed before `before`, at most `limit`. Returns how many of each account.

        See tui.store.prune for what is kept. Call it again until it removes nothing.
        """
        return self._database.write(lambda c: prune(c, before, limit))

    def already_sent(self, staged: str, version: int) -> bool:
        """Whether this version is in flight or was accepted, so that it must not be sent again."""
        row = self._database.read(lambda c: c.execute(_ALREADY_SENT, (staged, version, staged, version)).fetchone())
        return row is not None


class SqlCondition:
    """The WHERE conditions of a query on `write` or `journal`, and their values."""

    def __init__(self, account_id: int) -> None:
        self._texts = ["account = ?"]
        self.values: list[str | int] = [account_id]

    @property
    def text(self) -> str:
        return " AND ".join(self._texts)

    def add(self, text: str, *values: str | int) -> None:
        self._texts.append(text)
        self.values.extend(values)

    def one_of(self, column: str, values: Iterable[str]) -> None:
        """Require one of these values. `column` is a literal in this package."""
        wanted = list(values)
        self.add(f"{column} IN ({', '.join('?' * len(wanted))})", *wanted)

    def of_order(self, remote_id: str | None, key: tuple[str, str] | None) -> None:
        """Require an order, by the service's id or by its upsert key (order id, integration)."""
        subqueries, values = [], []
        if remote_id is not None:
            subqueries.append("SELECT write FROM write_order WHERE remote_id = ?")
            values.append(pack(remote_id))
        if key is not None:
            subqueries.append("SELECT write FROM write_item WHERE order_id = ? AND integration = ?")
            values.extend(map(pack, key))
        self.add(f"id IN ({' UNION '.join(subqueries)})", *values)


def append_event(connection: sqlite3.Connection, session: str, write: int, event: Event) -> None:
    """Add an event to a write. For use inside a transaction."""
    row_now = (not event.state.open, event.state, write)
    settled = connection.execute("UPDATE write SET settled = ?, state = ? WHERE id = ?", row_now)
    if not settled.rowcount:
        raise StoreError(f"There is no write {write}")
    problems, detail = pack(event.problems), pack(event.detail)
    row = (write, session, event.at.isoformat(), event.state, event.status, event.answer, problems, detail)
    connection.execute(_APPEND, row)


def update_staged(connection: sqlite3.Connection, update: StagedUpdate, at: datetime) -> None:
    """Set the state of a staged order. For use inside a transaction."""
    when = at.isoformat()
    if update.remote_id is not None:
        connection.execute("UPDATE staged SET remote_id = ? WHERE id = ?", (pack(update.remote_id), update.staged))
    command = "UPDATE staged SET state = ?, updated_at = ? WHERE id = ? AND version = ?"
    connection.execute(command, (update.state, when, update.staged, update.version))


def set_remote_id(connection: sqlite3.Connection, write: int, staged: str, remote_id: str) -> None:
    """Set the service's id of an order of an upsert, once it is known. For use inside a transaction."""
    connection.execute(_NAME, (pack(remote_id), write, write, staged))


def _add_verification(
    connection: sqlite3.Connection, session: str, write: int, new: NewVerification, at: datetime
) -> None:
    if new.staged is not None:
        # The document expected of an older version of the same staged order is no longer valid.
        command = "UPDATE follow SET state = 'superseded' WHERE staged = ? AND state = 'accepted'"
        connection.execute(command, (new.staged,))
    expected = add_document(connection, pack(new.expected))
    remote_id = None if new.remote_id is None else pack(new.remote_id)
    if new.staged is not None and new.remote_id is not None:
        set_remote_id(connection, write, new.staged, new.remote_id)
    when = at.isoformat()
    row = (session, write, new.staged, new.version, remote_id, pack(new.order_id), pack(new.integration), expected)
    connection.execute(_FOLLOW, (*row, new.part_of_items, new.created, when, new.due.isoformat(), when, write))


_RECORD = """
    INSERT INTO write (account, session, at, road, order_id, method, path, base_json, changes_json, body, job)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_APPEND = """
    INSERT INTO write_event (write, session, at, state, status, answer, problems_json, detail_json)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_FOLLOW = """
    INSERT INTO follow (
        session, write, staged, version, remote_id, order_id, integration, expected,
        part_of_items, fresh, since, due, updated_at, account, state, tries, mismatches_json
    )
    SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, account, 'accepted', 0, '[]' FROM write WHERE id = ?
"""
_NAME = """
    UPDATE write_order SET remote_id = ?
    WHERE write = ? AND remote_id IS NULL
      AND position IN (SELECT position FROM write_item WHERE write = ? AND staged = ?)
"""
_JOURNAL = "SELECT * FROM journal"
_HOLDERS = "SELECT id, held_by, state FROM journal WHERE account = ? AND settled = 0 ORDER BY id"
_ALREADY_SENT = """
    SELECT 1 FROM write_item JOIN write ON write.id = write_item.write
    WHERE staged = ? AND version = ? AND settled = 0
    UNION ALL
    SELECT 1 FROM follow WHERE staged = ? AND version = ? AND state IN ('accepted', 'verified')
    LIMIT 1
"""
_ITEMS = "SELECT staged, version, order_id, integration FROM write_item WHERE write = ? ORDER BY position"


def _order_names(new: NewWrite) -> Iterator[tuple[int, str | None, str | None, str | None]]:
    """The orders of a write: position, service's id, shop's id and number (if known), packed."""
    if new.order_id is not None:
        yield 0, pack(new.order_id), name_at(new.base, "order_id"), name_at(new.base, "order_number")
    for position, item in enumerate(new.items):
        remote_id = (
            pack(match[1]) if (match := _EXISTING_ORDER.match(item.staged)) else name_at(new.base, position, "id")
        )
        number = name_at(new.base, position, "order_number") or name_in(new.body, position, "order_number")
        yield position, remote_id, pack(item.order_id), number


_EXISTING_ORDER = re.compile("edit:(.+):[^:]*")
"""The `staged` of an existing order that is changed by an upsert, which has no staged order."""


def _load(connection: sqlite3.Connection, clause: str, values: Sequence[str | int]) -> list[Write]:
    rows = connection.execute(f"{_JOURNAL} {clause}", values).fetchall()
    return [_write(row, connection.execute(_ITEMS, (row["id"],)).fetchall()) for row in rows]


def _write(row: sqlite3.Row, items: list[sqlite3.Row]) -> Write:
    new = NewWrite(
        kind=WriteKind(row["road"]),
        method=row["method"],
        path=row["path"],
        body=row["body"],
        base=unpack(row["base_json"]),
        changes=unpack(row["changes_json"]),
        order_id=None if row["order_id"] is None else unpack_text(row["order_id"]),
        items=tuple(SentItem(staged, version, unpack_text(o), unpack_text(i)) for staged, version, o, i in items),
        job=None if row["job"] is None else unpack_text(row["job"]),
    )
    last = _event(row, row["event_at"])
    by = f"{row['user']}@{row['host']}"
    return Write(
        row["id"],
        row["account"],
        row["session"],
        by,
        datetime.fromisoformat(row["at"]),
        new,
        last,
        unpack_text(row["profile_json"]),
    )


def _event(row: sqlite3.Row, at: str | None = None) -> Event:
    return Event(
        state=WriteState(row["state"]),
        at=datetime.fromisoformat(at or row["at"]),
        status=row["status"],
        answer=row["answer"],
        problems=unpack(row["problems_json"]),
        detail=unpack(row["detail_json"]),
    )
