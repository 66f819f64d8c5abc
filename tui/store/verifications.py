"""Accepted orders that are not verified yet, stored so that verification continues after a restart."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tui.api.codec import Json
from tui.store.batches import StagedState
from tui.store.db import StoreError, pack, unpack, unpack_text
from tui.store.journal import (
    Event,
    NewVerification,
    StagedUpdate,
    WriteKind,
    WriteState,
    append_event,
    set_remote_id,
    update_staged,
)
from tui.store.sessions import SharedTables


class VerificationState(StrEnum):
    """The state of a verification; it continues while ACCEPTED."""

    ACCEPTED = "accepted"
    VERIFIED = "verified"
    DIFFERS = "differs"
    MISSING = "missing"
    SUPERSEDED = "superseded"
    """A newer version of the same staged order was accepted and is verified instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification(NewVerification):
    """The verification of an accepted order as it is stored: its write, the number of attempts, and the result."""

    id: int
    account_id: int
    write: int
    state: VerificationState
    attempts: int
    since: datetime
    mismatches: Json
    updated_at: datetime


class Verifications(SharedTables):
    """Reads and completes verifications. Rows are added together with the event that accepted the order."""

    def adopt(self, account_id: int) -> list[Verification]:
        """The open verifications of this process, after taking over those of dead processes."""
        me = self._sessions.mine

        def work(connection: sqlite3.Connection) -> list[Verification]:
            query = "SELECT DISTINCT session FROM follow WHERE account = ? AND state = 'accepted'"
            for (session,) in connection.execute(query, (account_id,)).fetchall():
                if not self._sessions.alive(session):
                    command = "UPDATE follow SET session = ? WHERE account = ? AND state = 'accepted' AND session = ?"
                    connection.execute(command, (me, account_id, session))
            return _load(connection, "WHERE account = ? AND state = 'accepted' AND session = ?", (account_id, me))

        return self._database.write(work)

    def open(self, account_id: int) -> list[Verification]:
        """The open verifications of this process."""
        clause = "WHERE account = ? AND state = 'accepted' AND session = ?"
        return self._database.read(lambda c: _load(c, clause, (account_id, self._sessions.mine)))

    def of_write(self, write: int) -> list[Verification]:
        return self._database.read(lambda c: _load(c, "WHERE write = ?", (write,)))

    def of_staged(self, staged: str) -> list[Verification]:
        return self._database.read(lambda c: _load(c, "WHERE staged = ?", (staged,)))

    def record_attempt(self, follow: int, *, attempts: int, due: datetime, remote_id: str | None = None) -> None:
        """Record an inconclusive attempt and when the next one is due."""
        key = None if remote_id is None else pack(remote_id)
        row = (attempts, due.isoformat(), key, self._now().isoformat(), follow)
        command = (
            "UPDATE follow SET tries = ?, due = ?, remote_id = coalesce(?, remote_id), updated_at = ? WHERE id = ?"
        )
        self._database.write(lambda c: c.execute(command, row))

    def settle(
        self, follow: int, state: VerificationState, *, mismatches: Sequence[Json] = (), remote_id: str | None = None
    ) -> Verification:
        """Complete a verification and update its staged order, and the write if this was its last one; durable.

        A verification that was superseded in the meantime stays superseded.
        """
        at = self._now()

        def work(connection: sqlite3.Connection) -> Verification:
            known = _get(connection, follow)
            if known.state is VerificationState.SUPERSEDED:
                return known
            key = pack(remote_id) if remote_id is not None else None
            row = (state, pack(list(mismatches)), key, at.isoformat(), follow)
            connection.execute(_SETTLE, row)
            if known.staged is not None and remote_id is not None:
                set_remote_id(connection, known.write, known.staged, remote_id)
            if known.staged is not None and known.version is not None:
                update = StagedUpdate(known.staged, known.version, StagedState(state), remote_id)
                update_staged(connection, update, at)
            self._complete_write(connection, known.write, at)
            return _get(connection, follow)

        return self._database.write(work, durable=True)

    def resume(self, follow: int) -> None:
        """Reopen a verification that ended without success."""
        at = self._now()

        def work(connection: sqlite3.Connection) -> None:
            known = _get(connection, follow)
            command = "UPDATE follow SET state = 'accepted', tries = 0, since = ?, due = ?, session = ? WHERE id = ?"
            connection.execute(command, (at.isoformat(), at.isoformat(), self._sessions.mine, follow))
            if known.staged is not None and known.version is not None:
                update_staged(connection, StagedUpdate(known.staged, known.version, StagedState.ACCEPTED), at)

        self._database.write(work, durable=True)

    def _complete_write(self, connection: sqlite3.Connection, write: int, at: datetime) -> None:
        rows = connection.execute("SELECT DISTINCT state FROM follow WHERE write = ?", (write,)).fetchall()
        states = {VerificationState(row[0]) for row in rows}
        if VerificationState.ACCEPTED in states:
            return
        kind = connection.execute("SELECT road FROM write WHERE id = ?", (write,)).fetchone()[0]
        if VerificationState.MISSING in states:
            end = WriteState.MISSING
        elif VerificationState.DIFFERS in states:
            end = WriteState.DIFFERS
        elif WriteKind(kind) is WriteKind.PATCH:
            end = WriteState.CONFIRMED
        else:
            end = WriteState.VERIFIED
        append_event(connection, self._sessions.mine, write, Event(end, at, None, None, [], None))


_SELECT = "SELECT follow.*, body_json FROM follow JOIN document ON document.id = follow.expected"
_SETTLE = """
    UPDATE follow SET state = ?, mismatches_json = ?, remote_id = coalesce(?, remote_id), updated_at = ? WHERE id = ?
"""


def _get(connection: sqlite3.Connection, follow: int) -> Verification:
    found = _load(connection, "WHERE follow.id = ?", (follow,))
    if not found:
        raise StoreError(f"There is no verification {follow}")
    return found[0]


def _load(connection: sqlite3.Connection, clause: str, values: Sequence[str | int]) -> list[Verification]:
    rows = connection.execute(f"{_SELECT} {clause} ORDER BY follow.id", values).fetchall()
    return [_verification(row) for row in rows]


def _verification(row: sqlite3.Row) -> Verification:
    return Verification(
        id=row["id"],
        account_id=row["account"],
        write=row["write"],
        staged=row["staged"],
        version=row["version"],
        remote_id=None if row["remote_id"] is None else unpack_text(row["remote_id"]),
        order_id=unpack_text(row["order_id"]),
        integration=unpack_text(row["integration"]),
        expected=unpack(row["body_json"]),
        part_of_items=bool(row["part_of_items"]),
        created=bool(row["fresh"]),
        state=VerificationState(row["state"]),
        attempts=row["tries"],
        since=datetime.fromisoformat(row["since"]),
        due=datetime.fromisoformat(row["due"]),
        mismatches=unpack(row["mismatches_json"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
    )
