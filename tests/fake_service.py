"""A small in-memory service with faults on demand, a clock that advances on sleep, and an outbox that uses them."""

import asyncio
import copy
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from tui.api.client import Client, Identifiers, Page
from tui.api.codec import Document, Json, decode
from tui.api.errors import NotFound, OutcomeUnknown
from tui.api.query import OrderQuery
from tui.store.journal import Write, WriteState
from tui.store.store import Store
from tui.work.writes.backoff import RetrySchedule
from tui.work.writes.lookup import key_of
from tui.work.writes.outbox import Outbox
from tui.work.writes.outcomes import WriteNotSent, WriteOutcome
from tui.work.writes.verifier import Verifier


class Time:
    """A clock with a sleep that advances it and lets other tasks run."""

    def __init__(self) -> None:
        self.now_ = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.now_

    async def sleep(self, seconds: float) -> None:
        self.now_ += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class LostAnswer(Exception):
    """The answer to a write is lost; `done` tells whether the write was carried out."""

    def __init__(self, *, done: bool) -> None:
        super().__init__()
        self.done = done


class Service:
    """Orders by id. Each call takes one entry of `faults[method]`: an exception, or None for success.

    Upserts are readable after `settle` seconds; `ignored` names top-level keys that a PATCH silently ignores.
    """

    def __init__(self, time: Time) -> None:
        self.time = time
        self.orders: dict[str, Document] = {}
        self.saving: list[tuple[datetime, str, Document]] = []
        self.settle = 0.0
        self.ignored: set[str] = set()
        self.faults: dict[str, list[Exception | None]] = defaultdict(list)
        self.calls: list[tuple[str, object]] = []
        self.received: dict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.open: asyncio.Event | None = None
        self.at_once = 0
        self.most_at_once = 0

    @property
    def client(self) -> Client:
        return cast(Client, self)

    def add(self, order_id: str, shop: int = 5, **values: Json) -> str:
        number = str(len(self.orders) + len(self.saving) + 1)
        self.orders[number] = order(order_id, shop, **values) | {"id": number}
        return number

    def sent(self, method: str) -> list[object]:
        return [argument for name, argument in self.calls if name == method]

    async def get_order(self, id: str) -> Document:
        await self._enter("get", id)
        self._raise("get")
        if id not in self.orders:
            raise not_found()
        return copy.deepcopy(self.orders[id])

    async def list_orders(self, query: OrderQuery | None = None, *, cursor: str | None = None) -> Page:
        query = query or OrderQuery()
        await self._enter("list", (query, cursor))
        self._raise("list")
        rows = [
            row
            for row in sorted(self.orders.values(), key=lambda row: -int(str(row["id"])))
            if (not query.integration or int(key_of(row)[1]) in query.integration)
            and (query.order_id is None or key_of(row)[0].casefold() == query.order_id.casefold())
        ]
        start = int(cursor or 0)
        following = start + query.page_size
        page = tuple(copy.deepcopy(rows[start:following]))
        return Page(page, str(following) if following < len(rows) else None)

    async def patch_order(self, id: str, body: bytes) -> Identifiers:
        await self._enter("patch", (id, body), write=True)
        fault = self._fault("patch")
        if fault is None or (isinstance(fault, LostAnswer) and fault.done):
            if id not in self.orders:
                raise not_found()
            changes = cast(Document, decode(body))
            self.orders[id] |= {key: value for key, value in changes.items() if key not in self.ignored}
        self._answer(fault)
        return Identifiers(id, "", "")

    async def delete_order(self, id: str) -> bool:
        await self._enter("delete", id, write=True)
        fault = self._fault("delete")
        existed = id in self.orders
        if fault is None or (isinstance(fault, LostAnswer) and fault.done):
            self.orders.pop(id, None)
        self._answer(fault)
        return existed

    async def upsert_orders(self, orders: bytes) -> list[Identifiers]:
        await self._enter("upsert", orders, write=True)
        fault = self._fault("upsert")
        identifiers = []
        if fault is None or (isinstance(fault, LostAnswer) and fault.done):
            for order in cast(list[Document], decode(orders)):
                number = self._number_of(order)
                identifiers.append(Identifiers(number, key_of(order)[0], ""))
                self.saving.append((self.time.now() + timedelta(seconds=self.settle), number, order | {"id": number}))
        self._answer(fault)
        return identifiers

    def _number_of(self, document: Document) -> str:
        known = [*self.orders.values(), *(saved for _, _, saved in self.saving)]
        for other in known:
            if key_of(other) == key_of(document):
                return str(other["id"])
        return str(max([0, *(int(str(other["id"])) for other in known)]) + 1)

    def finish_saving(self) -> None:
        """Make the orders visible that were accepted long enough ago."""
        now = self.time.now()
        for _, number, saved in [entry for entry in self.saving if entry[0] <= now]:
            self.orders[number] = saved
        self.saving = [entry for entry in self.saving if entry[0] > now]

    async def _enter(self, method: str, argument: object, *, write: bool = False) -> None:
        self.calls.append((method, argument))
        self.received[method].set()
        self.at_once += write
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.open is not None and write:
                await self.open.wait()
            await asyncio.sleep(0)
        finally:
            self.at_once -= write
        self.finish_saving()

    def _fault(self, method: str) -> Exception | None:
        return self.faults[method].pop(0) if self.faults[method] else None

    def _raise(self, method: str) -> None:
        if fault := self._fault(method):
            raise fault

    def _answer(self, fault: Exception | None) -> None:
        if isinstance(fault, LostAnswer):
            raise OutcomeUnknown("The answer was lost.", status=500, body=b"<html>")
        if fault is not None:
            raise fault


def service_with(count: int) -> Service:
    """Return a service with orders A0, A1 and so on."""
    service = Service(Time())
    for n in range(count):
        service.add(f"A{n}")
    return service


def order(order_id: str, shop: int = 5, **values: Json) -> Document:
    return {"order_id": order_id, "order_details": {"integration": {"id": shop}}, **values}


def is_not_applied(outcome: WriteOutcome) -> bool:
    """Return whether the answer to a write was lost and lookups showed that nothing was written."""
    return type(outcome) is WriteNotSent and outcome.write.state is WriteState.NOT_APPLIED


def not_found() -> NotFound:
    error = NotFound("There is no such order.", status=404)
    error.confirmed_by_service = True
    return error


class OutboxHarness:
    """The outbox and verifier of one process on a folder; `restart` ends it and starts another."""

    def __init__(self, folder: Path) -> None:
        self.time = Time()
        self.service = Service(self.time)
        self.schedule = RetrySchedule()
        self.steps: list[Write] = []
        self._folder = folder
        self._open()

    def _open(self) -> None:
        self.store = Store(self._folder, now=self.time.now)
        self.account_id = self.store.account_id("https://example.test", "1")
        shared = {"now": self.time.now, "sleep": self.time.sleep, "schedule": self.schedule}
        self.verifier = Verifier(self.service.client, self.store, self.account_id, **shared)  # type: ignore[arg-type]
        self.outbox = Outbox(
            self.service.client,
            self.store,
            self.account_id,
            on_change=self.steps.append,
            on_accepted=self.verifier.wake,
            **shared,  # type: ignore[arg-type]
        )

    def restart(self) -> None:
        self.store.close()
        self._open()

    def states(self, write: int) -> list[str]:
        return [event.state for event in self.store.writes.events(write)]
