"""Simulates a power cut at one exact step of a scenario: before or after a commit, or around a request.

Nothing happens after the cut: tasks that still run are stopped at their next step. The folder and the sandbox are then
in the state that the next process would find.
"""

import asyncio
import inspect
import os
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import httpx
import pytest
from batch_harness import BatchHarness

from tui.api.codec import Document, decode
from tui.sandbox.app import Sandbox
from tui.sandbox.faults import Faults
from tui.store.db import Database
from tui.work.writes.lookup import key_of

EVERY = int(os.environ.get("SENDCLOUD_KILLS", "0")) >= 100
"""Include the steps at which disk and service are the same as at the step before: after a commit, and around a read."""

T = TypeVar("T")
Scenario = Callable[["CutPoint"], Awaitable[None]]
Check = Callable[["CutPoint"], Awaitable[None]]


class PowerCut(BaseException):
    """A BaseException, so that no `except Exception` of the app can catch it."""


class CutPoint:
    """Counts the steps of a scenario and cuts it off at step `at` (from 1), or at the first step of that name.

    `reported`: what was reported as done to the scenario, in order; it must hold after the cut. `steps`: names of the steps.
    `at_cut` is called at that step instead of the cut, for an action of another process.
    """

    def __init__(self, harness: BatchHarness, at: int | str, at_cut: Callable[[], None] | None = None) -> None:
        self.harness = harness
        self.reported: list[tuple[Any, ...]] = []
        self.steps: list[str] = []
        self._at = at
        self._at_cut = at_cut
        self._running = False
        self._cut_off = False
        self._gone = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self.reached = False
        self.posted: list[bytes] = []
        """The body of each POST that was sent, in order, in this run and the later ones."""
        self.reads: Counter[int] = Counter()
        """The number of reads, by the number of POSTs before them."""
        self.refused: set[int] = set()
        """The numbers of the POSTs whose answer said that nothing was written."""
        self.written: Counter[tuple[str, str]] = Counter()
        """How often the service wrote each order, by its key."""
        self.typing = ""
        """The text that the scenario is about to enter."""
        harness.wire = self._wire
        self._watch()

    def begin(self) -> None:
        """Discard the records of the preparation, which may have been cut off itself."""
        self._watch()
        self.written.clear()
        self.posted.clear()
        self.refused.clear()
        self.reads.clear()

    async def run(self, scenario: Scenario) -> None:
        """Run the scenario until the cut, or to its end."""
        self._running = True
        running = asyncio.ensure_future(scenario(self))
        cut_off_task = asyncio.ensure_future(self._gone.wait())
        await asyncio.wait({running, cut_off_task}, return_when=asyncio.FIRST_COMPLETED)
        cut_off_task.cancel()
        if not self._cut_off:
            await running
            self._running = False
            return
        # Tasks that still run stop at their next step; the loop must not keep them.
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        self._running = False

    def step(self, name: str) -> None:
        if not self._running:
            return
        if self._cut_off:
            raise PowerCut
        self.steps.append(name)
        if self.reached or self._at not in (len(self.steps), name):
            return
        self.reached = True
        if self._at_cut is not None:
            self._running = False
            self._at_cut()
            self._running = True
            return
        self._cut_off = True
        self._loop.call_soon_threadsafe(self._gone.set)  # some commits run in other threads
        raise PowerCut

    def _wire(self, transport: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        return _Wire(transport, self)

    def _watch(self) -> None:
        sandbox = self.harness.sandbox

        def count_steps(orders: list[Document], known: Any) -> Any:
            self.written.update(key_of(order) for order in orders)
            return Sandbox._accept(sandbox, orders, known)

        sandbox._accept = count_steps  # type: ignore[method-assign]


class _Wire(httpx.AsyncBaseTransport):
    def __init__(self, transport: httpx.AsyncBaseTransport, cut: CutPoint) -> None:
        self._transport = transport
        self._cut = cut

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = f"{request.method} {request.url.path.removeprefix('/api/v3')}"
        counts = EVERY or request.method != "GET"
        if counts:
            self._cut.step(f"before {name}")
        if request.method == "POST":
            self._cut.posted.append(await request.aread())
        else:
            self._cut.reads[len(self._cut.posted)] += 1
        number = len(self._cut.posted) - 1
        try:
            answer = await self._transport.handle_async_request(request)
            if request.method == "POST" and 400 <= answer.status_code < 500:
                self._cut.refused.add(number)
            return answer
        finally:
            if counts:
                self._cut.step(f"before the answer to {name}")


def empty_sandbox(harness: BatchHarness) -> None:
    """Empty the sandbox and remove its faults, which is faster than creating a new one."""
    with harness.sandbox.data.writing() as connection:
        connection.execute("DELETE FROM pending")
        connection.execute("DELETE FROM orders")
    harness.sandbox.fault_injector.faults = Faults()


@contextmanager
def count_steps(cut: CutPoint) -> Iterator[None]:
    """Count a step before and after each commit of any store."""
    write = Database.write

    def stepped(self: Database, work: Callable[[sqlite3.Connection], T], *, durable: bool = False) -> T:
        name = _caller()
        cut.step(f"before the commit of {name}")
        # `durable` is left out: only the process ends here, and syncing is slow.
        result = write(self, work)
        if EVERY:
            cut.step(f"after the commit of {name}")
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "write", stepped)
        yield


def _caller() -> str:
    """Return the caller of the commit as file.function, for the name of the step."""
    frame = inspect.currentframe()
    while frame is not None and "/tui/work/" not in frame.f_code.co_filename:
        frame = frame.f_back
    return "the store" if frame is None else f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"


def bodies(body: bytes) -> list[Document]:
    """Return the orders of a POST."""
    return cast("list[Document]", decode(body))
