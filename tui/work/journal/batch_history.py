"""The history of a batch: its requests with the state of each order and version; and its export."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from tui.api.codec import Document, Json, as_list, decode, encode
from tui.api.errors import Problem
from tui.api.pointer import Scope
from tui.orders.fields import label_of
from tui.orders.tables.csv_writer import to_csv
from tui.store.journal import WriteKind, WriteState
from tui.store.sent_requests import SentOrder, SentRequest
from tui.store.store import Store
from tui.work.journal.entries import description
from tui.work.typed_paths import new_file
from tui.work.writes.send_state import LABELS, SendState, StateLabel, project
from tui.work.writes.serialization import problems_from_json, problems_to_json

_FAILED: Final = frozenset({WriteState.BUSY, WriteState.NOT_SENT, WriteState.NOT_APPLIED, WriteState.UNKNOWN})
_SUPERSEDED: Final = "superseded"


@dataclass(frozen=True, slots=True)
class HistoryOrder(SentOrder):
    """An order of a request, with its outcome. `problems` are those that the service reported for that version.

    `outcome` is the public value in the export: verified, differs, missing, accepted, superseded (by a newer version),
    refused, not written (others of the request were refused), busy, not sent, not applied, unknown, or going.
    """

    outcome: str
    state: SendState
    problems: tuple[Problem, ...]

    @property
    def name(self) -> str:
        return self.number or self.order_id or "?"

    @property
    def shown(self) -> StateLabel:
        """How its state is shown; a version that was superseded by a newer one is not shown as pending."""
        return StateLabel(" ", _SUPERSEDED, "dim") if self.outcome == _SUPERSEDED else LABELS[self.state]

    @property
    def was_written(self) -> bool:
        """Whether the service accepted it."""
        return self.state in (SendState.ACCEPTED, SendState.VERIFIED, SendState.DIFFERS)


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """A request of the batch. `problems` are those that belong to no single order."""

    id: int
    at: datetime
    ended_at: datetime
    by: str
    description: str
    status: int | None
    orders: tuple[HistoryOrder, ...]
    problems: tuple[Problem, ...]

    @property
    def counts(self) -> Counter[str]:
        """How many orders are in which state, by label."""
        return Counter(order.shown.label for order in self.orders)


def history_of(store: Store, batch: int | None) -> list[HistoryRequest]:
    """Every request of a batch, newest first."""
    return [] if batch is None else [_request(request) for request in store.sent_requests.of_batch(batch)]


def _request(request: SentRequest) -> HistoryRequest:
    all_problems = problems_from_json(request.problems)
    alone = len(request.orders) == 1
    orders = tuple(_order(request, order, all_problems, alone=alone) for order in request.orders)
    named = {problem for order in orders for problem in order.problems}
    return HistoryRequest(
        request.id,
        request.at,
        request.ended_at,
        request.by,
        description(request.state, WriteKind.UPSERT),
        request.status,
        orders,
        tuple(problem for problem in all_problems if problem not in named),
    )


def _order(request: SentRequest, order: SentOrder, all_problems: Sequence[Problem], *, alone: bool) -> HistoryOrder:
    problems = tuple(
        problem
        for problem in all_problems
        if (problem.scope is Scope.ORDER and problem.order == order.position)
        or (alone and problem.scope in (Scope.THIS, Scope.BATCH))
    )
    state = project(order.seen or request.state)
    if order.seen is not None:
        outcome = order.seen.value
    elif request.state is WriteState.REFUSED:
        state = SendState.REFUSED if problems else SendState.NOT_SENT
        outcome = "refused" if problems else "not written"
    else:
        outcome = request.state.value if request.state in _FAILED else "going"
    return HistoryOrder(**asdict(order), outcome=outcome, state=state, problems=problems)


def sent_documents(store: Store, request: HistoryRequest) -> list[Document | None]:
    """The orders of a request as they were sent, in the order of its `orders`; None for those no longer stored."""
    write = store.writes.get(request.id)
    body = decode(write.new.body, limit=max(1, len(write.new.body))) if write is not None else None
    sent = as_list(body)
    found: list[Document | None] = []
    for order in request.orders:
        document = sent[order.position] if order.position < len(sent) else None
        found.append(document if isinstance(document, dict) else None)
    return found


def order_line(request: HistoryRequest, order: HistoryOrder, sent: Json) -> Document:
    """One order of a request as a line of the export."""
    return {
        "request": request.id,
        "at": request.at.isoformat(),
        "ended_at": request.ended_at.isoformat(),
        "by": request.by,
        "status": request.status,
        "order_id": order.order_id,
        "integration": order.integration,
        "order_number": order.number,
        "id": order.remote_id or None,
        "version": order.version,
        "outcome": order.outcome,
        "problems": problems_to_json(order.problems),
        "of_the_request": problems_to_json(request.problems),
        "sent": sent,
    }


async def history_lines(store: Store, requests: Sequence[HistoryRequest]) -> AsyncIterator[Document]:
    """Every order of every request, in the order sent; other tasks run between the requests."""
    for request in sorted(requests, key=lambda request: request.id):
        for order, sent in zip(request.orders, sent_documents(store, request), strict=True):
            yield order_line(request, order, sent)
        await asyncio.sleep(0)


async def export_history(store: Store, requests: Sequence[HistoryRequest], path: Path) -> int:
    """Write the history into a new file that only its owner can read. Returns how many orders it has.

    The format is JSON lines, or CSV for a file name with that ending. Raises FileExistsError if the file exists, and
    OSError if it cannot be written; then no file is left.
    """
    count = 0
    with new_file(path) as file:
        if path.suffix.lower() == ".csv":
            rows = [_cells(request, order) for request in reversed(requests) for order in request.orders]
            file.write(to_csv([_COLUMNS, *rows]))
            return len(rows)
        async for line in history_lines(store, requests):
            file.write(encode(line) + b"\n")
            count += 1
    return count


_COLUMNS: Final[Sequence[Json]] = (
    "request",
    "sent_at",
    "ended_at",
    "by",
    "status",
    "order_id",
    "integration",
    "order_number",
    "id",
    "version",
    "outcome",
    "problems",
)


def _cells(request: HistoryRequest, order: HistoryOrder) -> Sequence[Json]:
    problems = "; ".join(f"{label_of(problem.pointer)}: {problem.detail}" for problem in order.problems)
    return (
        request.id,
        request.at.isoformat(),
        request.ended_at.isoformat(),
        request.by,
        request.status,
        order.order_id,
        order.integration,
        order.number,
        order.remote_id,
        order.version,
        order.outcome,
        problems,
    )
