"""All requests that were sent from a batch, with their orders, without loading the documents."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from tui.api.codec import Json
from tui.store.db import Tables, unpack, unpack_text
from tui.store.journal import SentItem, WriteState
from tui.store.verifications import VerificationState


@dataclass(frozen=True, slots=True)
class SentOrder(SentItem):
    """One order of a request, and its names. `seen`: its verification state.

    `position` is the index in the request, which may also contain orders of other batches.
    """

    position: int
    number: str
    remote_id: str
    seen: VerificationState | None


@dataclass(frozen=True, slots=True)
class SentRequest:
    """A request, its user, and its last state. `status` and `problems` are those of the final response."""

    id: int
    at: datetime
    by: str
    state: WriteState
    ended_at: datetime
    status: int | None
    problems: Json
    orders: tuple[SentOrder, ...]


class SentRequests(Tables):
    """Read-only queries on the journal's tables."""

    def of_batch(self, batch: int) -> list[SentRequest]:
        """The requests that contained orders of a batch, also of orders removed since; the newest first."""

        def work(connection: sqlite3.Connection) -> list[SentRequest]:
            orders: dict[int, list[SentOrder]] = {}
            for row in connection.execute(_ORDERS, (batch,)):
                orders.setdefault(row["write"], []).append(_order(row))
            found = []
            for write in sorted(orders, reverse=True):
                row = connection.execute(_REQUEST, (write,)).fetchone()
                if row is not None:
                    found.append(_request(row, orders[write]))
            return found

        return self._database.read(work)


_ORDERS = """
    SELECT item.write, item.position, item.staged, item.version, item.order_id, item.integration,
           named.number, named.remote_id, follow.state AS seen
    FROM staged
    JOIN write_item item ON item.staged = staged.id
    LEFT JOIN write_order named ON named.write = item.write AND named.position = item.position
    LEFT JOIN follow ON follow.write = item.write AND follow.staged = item.staged
    WHERE staged.batch = ? ORDER BY item.write, item.position
"""
# Events after the response (verification) have no status and no problems of their own.
_REQUEST = """
    SELECT write.id, write.at, write.state, session.user, session.host,
           (SELECT max(at) FROM write_event WHERE write_event.write = write.id) AS ended_at,
           answer.status, answer.problems_json
    FROM write JOIN session ON session.id = write.session
    LEFT JOIN write_event answer ON answer.id = (
        SELECT max(id) FROM write_event
        WHERE write_event.write = write.id AND (status IS NOT NULL OR problems_json != '[]')
    )
    WHERE write.id = ?
"""


def _order(row: sqlite3.Row) -> SentOrder:
    seen = row["seen"]
    return SentOrder(
        position=row["position"],
        staged=row["staged"],
        version=row["version"],
        order_id=unpack_text(row["order_id"]),
        integration=unpack_text(row["integration"]),
        number="" if row["number"] is None else unpack_text(row["number"]),
        remote_id="" if row["remote_id"] is None else unpack_text(row["remote_id"]),
        seen=None if seen is None else VerificationState(seen),
    )


def _request(row: sqlite3.Row, orders: list[SentOrder]) -> SentRequest:
    return SentRequest(
        id=row["id"],
        at=datetime.fromisoformat(row["at"]),
        by=f"{row['user']}@{row['host']}",
        state=WriteState(row["state"]),
        ended_at=datetime.fromisoformat(row["ended_at"]),
        status=row["status"],
        problems=[] if row["problems_json"] is None else unpack(row["problems_json"]),
        orders=tuple(orders),
    )
