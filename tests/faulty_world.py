"""The app's work layer, a sandbox, a network and a disk on one clock, so that any step of a run can fail.

A world is prepared once, and restored for every run: the service, the clock, and the folder of the app.
"""

import asyncio
import copy
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from fake_transport import BrokenStream
from faulty_disk import Disk, Kind, Manner, PowerCut, Steps
from sandbox_client import sandbox_client
from sandbox_harness import NOW, ORDER
from shared_clock import WireClock
from starlette.types import Message, Receive, Scope, Send

from tui.api.client import Client
from tui.api.errors import ApiError
from tui.api.pointer import Pointer
from tui.orders.edits.bulk_change import BulkChange, FieldAssignment
from tui.orders.paths import STATUS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.faults import Faults
from tui.store.db import StoreError
from tui.store.journal import Write, WriteState
from tui.store.store import Store
from tui.work.account import Account, Shop, open_account, open_remembered
from tui.work.batches.staging import BatchLocked, Staging
from tui.work.bulk.job import RETRYABLE, JobStage
from tui.work.bulk.runner import JobConflict, Jobs
from tui.work.cache.local_orders import LocalOrders
from tui.work.cache.opening import open_orders
from tui.work.cache.order_knowledge import OrderKnowledge
from tui.work.cache.sync import OrderSync
from tui.work.writes.send_state import SendState

SHOP = 7
IDS = tuple(str(700000 + n) for n in range(5))
CITY = Pointer.of("shipping_address", "city")
NAME = Pointer.of("shipping_address", "name")
NOTES = Pointer.of("order_details", "notes")
HOLD = BulkChange("hold", (FieldAssignment(STATUS.tokens, "on_hold"),), ("hold",))
REPORTED = (StoreError, BatchLocked, JobConflict, ApiError, OSError)
"""The errors that the app reports to its user."""

_NOT_CARRIED_OUT = (WriteState.NOT_SENT, WriteState.NOT_APPLIED, WriteState.REFUSED, WriteState.GONE, WriteState.BUSY)
_DONE = (WriteState.CONFIRMED, WriteState.VERIFIED)


def planted() -> tuple[bytes, ...]:
    return tuple(
        json.dumps({**ORDER, "id": id, "order_id": f"o{id[-1]}", "order_number": f"NL-{id[-1]}"}).encode() for id in IDS
    )


class Wire(httpx.AsyncBaseTransport):
    """The network: counts requests and responses, and lets the chosen ones fail."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._transport = httpx.ASGITransport(world.sandbox.asgi)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        steps, path = self._world.steps, request.url.path.removeprefix("/api/v3")
        name, body = f"{request.method} {path}", await request.aread()
        _SENDING.set((request.method, path, body))
        match steps.step_in_python(Kind.REQUEST, name):
            case Manner.ERROR | Manner.LASTS:
                raise httpx.ConnectError("refused")
            case Manner.LOST:
                raise httpx.ReadError("reset")
        answer = await self._transport.handle_async_request(request)
        content = await answer.aread()
        match steps.step_in_python(Kind.RESPONSE, name):
            case Manner.ERROR:
                page = httpx.ByteStream(b"<html>Bad gateway</html>")
                return httpx.Response(502, headers={"content-type": "text/html"}, stream=page)
            case Manner.SHORT:
                broken = BrokenStream(content[: len(content) // 2], httpx.RemoteProtocolError("cut"))
                return httpx.Response(answer.status_code, headers={"content-type": "application/json"}, stream=broken)
            case Manner.LOST:
                raise httpx.ReadError("reset")
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(content))


_SENDING: ContextVar[tuple[str, str, bytes]] = ContextVar("the request being sent")


def _count_carried_out(world: "World") -> None:
    """Count the writes that the service carries out, inside the layer of its faults."""
    gate = world.sandbox.asgi
    carry_out = gate.app

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["method"] != "GET" and message["status"] < 400:
                world.carried_out[_SENDING.get()] += 1
            await send(message)

        await carry_out(scope, receive, answer)

    gate.app = counted


class World:
    """`batch`: the name of the batch to open. `kept`: what was reported to the user as done, by name. `doing`: what was about to be done.

    `carried_out`: how often the service carried out each write, by method, path and body. `has_history`: the folder is
    of an earlier version, and its journal is not compared with this service.
    """

    def __init__(self, folder: Path, *, has_history: bool = False, **settings: Any) -> None:
        self.clock = WireClock()
        self.has_history = has_history
        self.batch: str | None = None
        self.sandbox = Sandbox(
            SandboxSettings(
                **{"orders": 0, "settle": 2.0, "plant": planted(), **settings},
                now=NOW,
                clock=self.clock,
                sleep=self.clock.sleep,
            )
        )
        self.folder = folder
        self.steps = Steps()
        self.random = Random(0)
        self.carried_out: Counter[tuple[str, str, bytes]] = Counter()
        self.kept: dict[str, Any] = {}
        self.doing: dict[str, Any] = {}
        _count_carried_out(self)
        self._service, self._passed = b"", 0.0
        self._earlier: tuple[Any, ...] = ()
        self.store: Store | None = None
        self.local: LocalOrders | None = None

    # Runs

    def save(self) -> None:
        """Keep the state of the service and the clock, to which `restore` returns."""
        self._service, self._passed = self.sandbox.data.connection.serialize(), self.clock.passed
        self._earlier = self.carried_out.copy(), copy.copy(self.kept)

    def restore(self, folder: Path, steps: Steps) -> None:
        """Return to the saved state with this folder."""
        self.sandbox.data.connection.deserialize(self._service)
        self.sandbox.fault_injector.faults = Faults()
        self.clock.passed = self._passed
        self.folder, self.steps = folder, steps
        self.carried_out, self.kept, self.doing = self._earlier[0].copy(), copy.copy(self._earlier[1]), {}

    async def open(self) -> None:
        """Open the folder as a new process does."""
        asyncio.get_running_loop().set_exception_handler(_log_unexpected)
        self.client: Client = sandbox_client(Wire(self), self.clock, random=Random(3))
        self.store = store = Store(self.folder, now=self.clock.now)
        times: Any = {"now": self.clock.now, "zone": ZoneInfo("Europe/Amsterdam"), "sleep": self._sleep}
        account = open_remembered(self.client, store, "demo", **times)
        self.account: Account = account or await open_account(self.client, store, "demo", **times)
        self.account.shops = [Shop(SHOP, "Own", "api", "", {})]
        self.staging, self.jobs = Staging(self.account, self.batch), Jobs(self.account)
        self.local = open_orders(self.account, OrderKnowledge(self.account))
        self.sync = OrderSync(self.client, self.local, now=self.clock.now, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        if self.steps.is_cut:
            raise PowerCut
        await self.clock.sleep(seconds)

    async def stop(self) -> None:
        """End all tasks, as the end of the process does; the files stay open until `close`."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self.steps.is_running = False
        if self.store is not None and not self.steps.is_cut:
            with suppress(StoreError):
                self.store._database.read(lambda _: None)  # what a cancelled task still asked for is done

    async def close(self) -> None:
        """Close the files."""
        with suppress(StoreError, OSError):
            if self.local is not None:
                self.local.close()
        with suppress(StoreError, OSError):
            if self.store is not None:
                self.store.close()
        self.store = self.local = None
        await self.client.aclose()

    async def end(self, disk: Disk, folder: Path) -> None:
        """End the process, by a power cut if there was one. What is left for the next one is in this new folder."""
        await self.stop()
        if self.steps.is_cut:
            disk.copy_after_cut(folder, self.random if self.steps.manner is Manner.TORN else None)
        else:
            disk.copy_after_kill(folder)
        await self.close()
        self.was_cut, self.folder, self.steps = self.steps.is_cut, folder, Steps()

    # What was reported

    @contextmanager
    def reporting(self, name: str, value: Any) -> Iterator[None]:
        """Note what is about to be done, and that it is done at the end of the block without an error."""
        self.doing[name] = value
        yield
        if self.steps.is_cut:
            raise PowerCut
        self.kept[name] = self.doing.pop(name)

    def assert_kept(self, name: str, actual: Any) -> None:
        """What was reported as done is there, or what was about to be done next."""
        expected = [values[name] for values in (self.kept, self.doing) if name in values]
        assert name not in self.kept or actual in expected, f"{name} is {actual!r}, not {expected!r}"

    # The service

    def on_service(self, id: str) -> Any:
        """The order as the service has it now; None if it has none."""
        self.sandbox._save_due_orders()
        body = self.sandbox.data.body(int(id))
        return None if body is None else json.loads(body)

    def service_orders(self) -> list[Any]:
        """All orders of the service, those included that are not readable yet."""
        self.clock.passed += 100
        self.sandbox._save_due_orders()
        rows = self.sandbox.data.connection.execute("SELECT body FROM orders ORDER BY id").fetchall()
        return [json.loads(row[0]) for row in rows]

    def by_order_id(self) -> dict[str, Any]:
        orders = self.service_orders()
        found = {str(order["order_id"]): order for order in orders}
        assert len(found) == len(orders), "an order exists twice"
        return found

    # The user

    async def recover(self) -> None:
        """Resolve writes in flight as the app does at its start."""
        if self.has_history:
            return
        for outcome in await self.account.outbox.recover():
            if not self.account.draft_sender.settle_any(outcome):
                self.staging.settle(outcome)
        self.account.draft_sender.catch_up()
        await self.account.verifier.until_done()

    async def send_drafts(self) -> None:
        for draft in self.account.drafts.all():
            if not self.account.draft_sender.is_unsettled(draft.order_id):
                await self.account.draft_sender.read_again(draft)
                await self.account.draft_sender.send(draft, draft.sending.body)
        await self.account.verifier.until_done()

    async def send_batch(self) -> None:
        staging = self.staging

        def of(*states: SendState) -> list[str]:
            return [order.id for order in staging.orders if staging.send_state(order) in states]

        await staging.refresh_remote()
        staging.editing.release(of(SendState.CONFLICT))
        await staging.send(staging.plan(), continue_after_refusal=True)
        await self.account.verifier.until_done()
        await staging.check_again(of(SendState.UNKNOWN, SendState.DIFFERS))

    async def finish_jobs(self) -> None:
        for job in self.jobs.unfinished():
            await self.jobs.run(job)
        for head in self.jobs.recent():
            job = self.jobs.get(head.id)
            if job is None:
                continue
            if job.stage in (JobStage.PAUSED, JobStage.RUNNING):
                await self.jobs.run(job)
            if job.stage is JobStage.DONE and await self.jobs.retry(job, RETRYABLE - {SendState.UNCHANGED}):
                await self.jobs.run(job)
        await self.account.verifier.until_done()

    # What must always be true

    def writes(self) -> list[Write]:
        assert self.store is not None
        return self.store.writes.all(self.account.account_id, limit=-1)

    def assert_consistent(self) -> None:
        """The file is sound, and the journal says of each write what the service did.

        A write that the service carried out is in the journal, and each entry was carried out once at most. None that
        was is reported as not written, and none that was not as done.
        """
        assert self.store is not None
        (found,) = self.store._database.read(lambda c: c.execute("PRAGMA integrity_check").fetchall())
        assert found[0] == "ok"
        assert not self.store._database.read(lambda c: c.execute("PRAGMA foreign_key_check").fetchall())
        if self.has_history:
            return
        entries: Counter[tuple[str, str, bytes]] = Counter()
        done: Counter[tuple[str, str, bytes]] = Counter()
        for write in self.writes():
            key = (write.new.method, write.new.path, write.new.body)
            entries[key] += write.state not in _NOT_CARRIED_OUT
            done[key] += write.state in _DONE and not _was_there_already(write)
        for key, count in self.carried_out.items():
            assert count <= entries[key], f"{key} was carried out {count} times, for {entries[key]} entries"
        for key, count in done.items():
            assert self.carried_out[key] >= count, f"{key} is reported as done and was not carried out"

    def assert_settled(self) -> None:
        """Every write has a result, and no order waits for one."""
        if self.has_history:
            return
        assert not self.account.draft_sender.unsettled
        assert self.account.outbox.unfinished == ()
        left = [write for write in self.writes() if write.state.open or write.state is WriteState.ACCEPTED]
        assert not left, [(write.new.path, write.state) for write in left]


def _log_unexpected(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log errors of tasks that nobody awaits any more, except for those that were made."""
    if not isinstance(context.get("exception"), (PowerCut, *REPORTED)):
        loop.default_exception_handler(context)


def _was_there_already(write: Write) -> bool:
    """Whether the service said that a deleted order did not exist (any more)."""
    return write.new.method == "DELETE" and write.last.status in (404, 410)
