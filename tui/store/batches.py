"""Batches of staged orders: stable ids that do not depend on the position, and one owner per batch at a time."""

import secrets
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Final, TypeVar

from tui.api.codec import Json
from tui.store.db import StoreError, pack, unpack, unpack_text
from tui.store.drafts import add_document
from tui.store.sessions import Owner, SharedTables


class NotOwner(StoreError):
    """Another running copy of the app owns the batch. Call `claim` with `take_over`, or use it read-only."""


class NameTaken(StoreError):
    """A batch with this name already exists."""


class StagedState(StrEnum):
    """The state of the newest version of a staged order."""

    DRAFT = "draft"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    VERIFIED = "verified"
    DIFFERS = "differs"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Batch:
    id: int
    name: str
    created_at: datetime
    owner: Owner | None


@dataclass(frozen=True, slots=True)
class NewStaged:
    """An order to stage: its base document, the edits to it, and metadata of the caller."""

    base: Json
    log: Json = None
    meta: Json = None
    released: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged(NewStaged):
    """A staged order as it is stored.

    `version` increases with every change of content; `state` always refers to the newest version. `remote_id` is the
    service's id of the order, known once any version was accepted.
    """

    id: str
    batch: int
    version: int
    state: StagedState
    remote_id: str | None
    updated_at: datetime


class Kept(Enum):
    """The type of KEEP, which leaves the stored value unchanged."""

    KEEP = "keep"


KEEP: Final = Kept.KEEP

_UNFINISHED = "a part of "
"""Prefix of `removed_at` for orders of an unfinished import. It sorts after any time."""

T = TypeVar("T")


class Batches(SharedTables):
    """Every change to the content of a batch requires its ownership (see `claim`). Removed orders can be restored."""

    def create(self, account_id: int, name: str) -> Batch:
        """Create an empty batch, owned by this process. Raises NameTaken."""
        at, me = self._now(), self._sessions.mine
        row = (account_id, pack(name), at.isoformat(), me, at.isoformat())
        command = "INSERT INTO batch (account, name_json, created_at, owner, owned_since) VALUES (?, ?, ?, ?, ?)"

        def work(connection: sqlite3.Connection) -> int | None:
            _check_name(connection, account_id, name)
            return connection.execute(command, row).lastrowid

        number = self._database.write(work, durable=True)
        return next(batch for batch in self.all(account_id) if batch.id == number)

    def all(self, account_id: int) -> list[Batch]:
        """The batches of an account in order of creation."""
        return self._load(f"{_BATCHES} AND removed_at IS NULL ORDER BY batch.id", account_id)

    def removed(self, account_id: int) -> list[Batch]:
        """The removed batches, the most recently removed first."""
        return self._load(f"{_BATCHES} AND removed_at IS NOT NULL ORDER BY removed_at DESC, batch.id DESC", account_id)

    def counts(self, account_id: int) -> dict[int, Counter[StagedState]]:
        """The number of orders in each state, by batch."""
        query = """
            SELECT batch, state, count(*) FROM staged JOIN batch ON batch.id = staged.batch
            WHERE account = ? AND staged.removed_at IS NULL GROUP BY batch, state
        """
        found: dict[int, Counter[StagedState]] = {}
        for batch, state, count in self._database.read(lambda c: c.execute(query, (account_id,)).fetchall()):
            found.setdefault(batch, Counter())[StagedState(state)] = count
        return found

    def rename(self, batch: int, name: str) -> None:
        """Rename a batch. Raises NameTaken."""

        def work(connection: sqlite3.Connection) -> None:
            account_id = connection.execute("SELECT account FROM batch WHERE id = ?", (batch,)).fetchone()[0]
            _check_name(connection, account_id, name, batch)
            connection.execute("UPDATE batch SET name_json = ? WHERE id = ?", (pack(name), batch))

        self._change(batch, work, durable=True)

    def remove(self, batch: int) -> None:
        """Remove a batch from the list. The journal keeps what was sent from it."""
        row = (self._now().isoformat(), batch)
        self._change(batch, lambda c: c.execute("UPDATE batch SET removed_at = ? WHERE id = ?", row), durable=True)

    def restore_batch(self, batch: int) -> None:
        """Restore a removed batch. Raises NameTaken if another batch has its name by now."""

        def work(connection: sqlite3.Connection) -> None:
            row = connection.execute("SELECT account, name_json FROM batch WHERE id = ?", (batch,)).fetchone()
            if row is None:
                raise StoreError(f"There is no batch {batch}")
            _check_name(connection, row[0], unpack_text(row[1]), batch)
            connection.execute("UPDATE batch SET removed_at = NULL WHERE id = ?", (batch,))

        self._database.write(work, durable=True)

    def claim(self, batch: int, *, take_over: bool = False) -> bool:
        """Become the owner.

        Returns False if another running copy of the app is the owner; `take_over` takes the batch from it.
        """
        row = (self._sessions.mine, self._now().isoformat(), batch)

        def work(connection: sqlite3.Connection) -> bool:
            owner = _owner_of(connection, batch)
            if owner == self._sessions.mine:
                return True
            if owner is not None and not take_over and self._sessions.alive(owner):
                return False
            connection.execute("UPDATE batch SET owner = ?, owned_since = ? WHERE id = ?", row)
            return True

        return self._database.write(work)

    def release(self, batch: int) -> None:
        """Give up the ownership; does nothing if this process is not the owner."""
        command = "UPDATE batch SET owner = NULL, owned_since = NULL WHERE id = ? AND owner = ?"
        self._database.write(lambda c: c.execute(command, (batch, self._sessions.mine)))

    def stage(self, batch: int, orders: Iterable[NewStaged], *, import_id: str = "") -> list[str]:
        """Add orders at the end, all or none; durable. Returns the new ids, in order.

        With `import_id` the orders stay hidden until `publish_import`.
        """
        at = self._now().isoformat()
        packed = [(pack(new.base), pack(new.log), pack(new.meta), new.released) for new in orders]
        removed = f"{_UNFINISHED}{import_id}" if import_id else None

        def work(connection: sqlite3.Connection) -> list[str]:
            ids = []
            last = connection.execute("SELECT max(rank) FROM staged WHERE batch = ?", (batch,)).fetchone()[0] or 0
            for rank, (base, log, meta, released) in enumerate(packed, last + 1):
                ids.append(secrets.token_hex(12))
                document = add_document(connection, base)
                row = (ids[-1], batch, rank, document, log, 1, StagedState.DRAFT, released, meta, removed, at)
                connection.execute(_STAGE, row)
            return ids

        return self._change(batch, work, durable=not import_id)

    def publish_import(self, batch: int, import_id: str, count: int) -> None:
        """Show all orders of an import; durable. Raises StoreError unless there are `count`."""

        def work(connection: sqlite3.Connection) -> None:
            command = "UPDATE staged SET removed_at = NULL WHERE batch = ? AND removed_at = ?"
            found = connection.execute(command, (batch, f"{_UNFINISHED}{import_id}")).rowcount
            if found != count:
                raise StoreError(f"Only {found:,} of {count:,} orders are stored")

        self._change(batch, work, durable=True)

    def delete_unfinished_imports(self, batch: int) -> int:
        """Delete the orders of imports that never finished, for example after a crash. Returns how many there were."""

        def work(connection: sqlite3.Connection) -> int:
            query = "SELECT id, base FROM staged WHERE batch = ? AND removed_at >= ?"
            found = connection.execute(query, (batch, _UNFINISHED)).fetchall()
            connection.executemany("DELETE FROM staged WHERE id = ?", [(row[0],) for row in found])
            connection.executemany("DELETE FROM document WHERE id = ?", [(row[1],) for row in found])
            return len(found)

        return self._change(batch, work)

    def save_log(self, staged: str, log: Json, *, meta: Json | Kept = KEEP, durable: bool = False) -> int:
        """Replace the edit log of a staged order, which makes a new version in state draft. Returns the version."""
        return self._content(staged, None, log, meta, durable)

    def save_logs(self, batch: int, rows: Iterable[tuple[str, Json, Json | Kept]]) -> dict[str, int]:
        """Like `save_log` for several orders of a batch (id, log, meta), in one transaction; durable."""
        at = self._now().isoformat()
        packed = [
            (pack(log), None if isinstance(meta, Kept) else pack(meta), StagedState.DRAFT, at, id, batch)
            for id, log, meta in rows
        ]
        command = """
            UPDATE staged SET log_json = ?, meta_json = coalesce(?, meta_json), state = ?, updated_at = ?,
                version = version + 1
            WHERE id = ? AND batch = ?
        """

        def work(connection: sqlite3.Connection) -> dict[str, int]:
            connection.executemany(command, packed)
            query = "SELECT id, version FROM staged WHERE batch = ?"
            return {row[0]: row[1] for row in connection.execute(query, (batch,))}

        return self._change(batch, work, durable=True)

    def rebase(
        self, staged: str, base: Json, log: Json, *, released: bool | Kept = KEEP, meta: Json | Kept = KEEP
    ) -> int:
        """Replace the base document and the edit log of a staged order; durable. Returns the new version.

        A release applies to one version only: `released` sets it for the new version in the same transaction.
        """
        return self._content(staged, pack(base), log, meta, True, released)

    def set_all(self, batch: int, rows: Iterable[tuple[str, StagedState, bool, Json]]) -> None:
        """Update several orders of a batch (id, state, released, meta) in one transaction; durable.

        Their content and versions do not change.
        """
        at = self._now().isoformat()
        packed = [(state, released, pack(meta), at, id) for id, state, released, meta in rows]
        command = "UPDATE staged SET state = ?, released = ?, meta_json = ?, updated_at = ? WHERE id = ?"
        self._change(batch, lambda c: c.executemany(command, packed), durable=True)

    def drop(self, staged: Sequence[str]) -> None:
        """Remove orders from the batch; `restore` brings them back to their positions."""
        self._mark(staged, self._now().isoformat())

    def restore(self, staged: Sequence[str]) -> None:
        self._mark(staged, None)

    def staged(self, ids: Iterable[str]) -> list[Staged]:
        """These staged orders, even if they were removed. Raises StoreError if there is none for an id."""
        query = f"{_STAGED} WHERE staged.id = ?"
        rows = self._database.read(lambda c: [(id, c.execute(query, (id,)).fetchone()) for id in ids])
        for id, row in rows:
            if row is None:
                raise StoreError(f"There is no staged order {id}")
        return [_staged(row) for _, row in rows]

    def ids(self, batch: int) -> list[str]:
        """The ids of the orders of a batch in their order, without removed ones."""
        query = "SELECT id FROM staged WHERE batch = ? AND removed_at IS NULL ORDER BY rank"
        return [row[0] for row in self._database.read(lambda c: c.execute(query, (batch,)).fetchall())]

    def get(self, staged: str) -> Staged | None:
        """A staged order, even if it was removed."""
        row = self._database.read(lambda c: c.execute(f"{_STAGED} WHERE staged.id = ?", (staged,)).fetchone())
        return None if row is None else _staged(row)

    def _content(
        self,
        staged: str,
        base: str | None,
        log: Json,
        meta: Json | Kept,
        durable: bool,
        released: bool | Kept = KEEP,
    ) -> int:
        at = self._now().isoformat()
        values: dict[str, str | int] = {"log_json": pack(log), "state": StagedState.DRAFT, "updated_at": at}
        if not isinstance(meta, Kept):
            values["meta_json"] = pack(meta)
        if not isinstance(released, Kept):
            values["released"] = released

        def work(connection: sqlite3.Connection) -> int:
            version, old = connection.execute("SELECT version, base FROM staged WHERE id = ?", (staged,)).fetchone()
            changed: dict[str, str | int] = {**values, "version": version + 1}
            if base is not None:
                changed["base"] = add_document(connection, base)
            _update(connection, staged, changed)
            if base is not None:
                connection.execute("DELETE FROM document WHERE id = ?", (old,))
            return int(version) + 1

        return self._change(self._batch_of(staged), work, durable=durable)

    def _mark(self, staged: Sequence[str], removed_at: str | None) -> None:
        def work(connection: sqlite3.Connection) -> None:
            rows = [(removed_at, order) for order in existing]
            connection.executemany("UPDATE staged SET removed_at = ? WHERE id = ?", rows)

        # Orders that were removed long ago may have been pruned with the journal; those cannot be restored.
        existing = self._existing(staged)
        if existing:
            self._change(self._batch_of(existing[0]), work, durable=True)

    def _existing(self, staged: Sequence[str]) -> list[str]:
        query = "SELECT 1 FROM staged WHERE id = ?"
        return self._database.read(lambda c: [id for id in staged if c.execute(query, (id,)).fetchone() is not None])

    def _batch_of(self, staged: str) -> int:
        query = "SELECT batch FROM staged WHERE id = ?"
        row = self._database.read(lambda c: c.execute(query, (staged,)).fetchone())
        if row is None:
            raise StoreError(f"There is no staged order {staged}")
        return int(row[0])

    def _change(self, batch: int, work: Callable[[sqlite3.Connection], T], *, durable: bool = False) -> T:
        """Run `work` if no other process has taken over the batch."""

        def guarded(connection: sqlite3.Connection) -> T:
            if _owner_of(connection, batch) != self._sessions.mine:
                raise NotOwner("This batch is locked by another copy of the app; take it over to change it")
            return work(connection)

        return self._database.write(guarded, durable=durable)

    def _load(self, query: str, account_id: int) -> list[Batch]:
        rows = self._database.read(lambda c: c.execute(query, (account_id,)).fetchall())
        return [Batch(row[0], unpack_text(row[1]), datetime.fromisoformat(row[2]), self._owner(row)) for row in rows]

    def _owner(self, row: sqlite3.Row) -> Owner | None:
        session = row["owner"]
        if session is None:
            return None
        since = datetime.fromisoformat(row["owned_since"])
        mine = session == self._sessions.mine
        return Owner(session, row["pid"], row["user"], row["host"], since, self._sessions.alive(session), mine)


_BATCHES = """
    SELECT batch.id, name_json, created_at, owner, pid, user, host, owned_since
    FROM batch LEFT JOIN session ON session.id = batch.owner WHERE account = ?
"""

_STAGE = """
    INSERT INTO staged (id, batch, rank, base, log_json, version, state, problems_json, released, meta_json,
                        removed_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, '[]', ?, ?, ?, ?)
"""

_STAGED = """
    SELECT staged.id, batch, body_json, log_json, version, state, remote_id, released, meta_json,
           updated_at
    FROM staged JOIN document ON document.id = staged.base
"""


def _staged(row: sqlite3.Row) -> Staged:
    return Staged(
        id=row["id"],
        batch=row["batch"],
        base=unpack(row["body_json"]),
        log=unpack(row["log_json"]),
        version=row["version"],
        state=StagedState(row["state"]),
        remote_id=None if row["remote_id"] is None else unpack_text(row["remote_id"]),
        released=bool(row["released"]),
        meta=unpack(row["meta_json"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
    )


def _check_name(connection: sqlite3.Connection, account_id: int, name: str, batch: int = 0) -> None:
    query = "SELECT 1 FROM batch WHERE account = ? AND name_json = ? AND id != ? AND removed_at IS NULL"
    if connection.execute(query, (account_id, pack(name), batch)).fetchone() is not None:
        raise NameTaken(f"A batch named {name!r} already exists")


def _owner_of(connection: sqlite3.Connection, batch: int) -> str | None:
    row = connection.execute("SELECT owner FROM batch WHERE id = ?", (batch,)).fetchone()
    if row is None:
        raise StoreError(f"There is no batch {batch}")
    owner: str | None = row[0]
    return owner


def _update(connection: sqlite3.Connection, staged: str, values: Mapping[str, str | int | None]) -> None:
    columns = ", ".join(f"{column} = ?" for column in values)
    # The column names are literals in this module.
    connection.execute(f"UPDATE staged SET {columns} WHERE id = ?", (*values.values(), staged))  # noqa: S608
