"""Two copies of the app work on one batch, and one of them is killed at each of its steps.

The first copy owns the batch: it stages orders, edits them and sends them. The second one views the batch, takes it over
while the first one sends, edits and sends. Then the first one takes it back. Both are used in one event loop; each has
its own store, session, connection and journal entries. A kill ends the tasks of one copy, closes its connection and
frees its lock without removing the file, as the end of a process does; the other copy goes on.

The steps of a copy are before and after each commit, before each request, and after a request was carried out but not
answered. (The file operations within a commit are tried in test_every_step.py.)

SENDCLOUD_STEPS=all pytest tests/work/test_two_copies.py: every step, 265 runs in 67 seconds. Steps of each copy:

    killed      commit  request response     runs
    owner           89       12       12      113
    other          136        8        8      152

The complete run found that the other copy never looked up or verified what a killed copy had sent, until a restart.
"""

import asyncio
import os
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from copy import copy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from faulty_disk import Kind, Manner, PowerCut, Steps
from faulty_world import NOTES, World
from sandbox_harness import order

from tui.api.codec import Document, Json, as_list, decode, encode
from tui.orders.checks.sending import MAX_BYTES
from tui.store.db import Database
from tui.store.sessions import Sessions
from tui.work.batches.staged_order import StagedOrder
from tui.work.batches.staging import BatchLocked
from tui.work.file_import.json_reader import read_orders
from tui.work.writes.send_state import SendState

ALL = os.environ.get("SENDCLOUD_STEPS", "") == "all"
"""Kill at every step instead of a sample."""

SAMPLE = 5
"""The number of kills of each copy in a run of the suite."""

KINDS = (Kind.COMMIT, Kind.REQUEST, Kind.RESPONSE)
PATIENCE = 30
"""Seconds for a run; more is a deadlock."""

_acting: ContextVar["RunningCopy | None"] = ContextVar("the copy whose code runs", default=None)


class RunningCopy:
    """One copy of the app, from its start to its end or to the step at which it is killed."""

    def __init__(self, world: World, steps: Steps) -> None:
        self.world = copy(world)
        self.world.steps = steps
        self.steps = steps
        self.tasks: list[asyncio.Task[Any]] = []
        self.is_killed = False
        self.plans: list[int] = []
        """The number of orders that it would send, each time it viewed the batch of the other copy."""

    async def open(self) -> None:
        self.steps.is_running = False  # a kill while the file is opened is a case of test_every_step.py
        await self.world.open()
        self.steps.is_running = True

    def start(self, work: Callable[["RunningCopy"], Awaitable[None]]) -> "asyncio.Task[None]":
        token = _acting.set(self)
        try:
            return asyncio.create_task(self._guard(work))
        finally:
            _acting.reset(token)

    async def do(self, work: Callable[["RunningCopy"], Awaitable[None]]) -> None:
        """Let the copy do something, if it lives; it may be killed by that."""
        if not self.is_killed:
            await self.start(work)

    async def _guard(self, work: Callable[["RunningCopy"], Awaitable[None]]) -> None:
        with suppress(PowerCut):
            await work(self)
        if self.steps.is_cut:
            self.kill()

    def kill(self) -> None:
        """End the copy as the kernel ends a killed process."""
        if self.is_killed:
            return
        self.is_killed = True
        for task in self.tasks:
            if task is not asyncio.current_task():
                task.cancel()
        store = self.world.store
        assert store is not None
        store._database.close()
        _free(store.sessions)
        if self.world.local is not None:
            self.world.local.close()

    async def close(self) -> None:
        if not self.is_killed:
            await self.world.close()

    # What a user sees and does

    @property
    def orders(self) -> dict[str, StagedOrder]:
        found = {str(one.document["order_id"]): one for one in self.world.staging.orders}
        assert len(found) == len(self.world.staging.orders), "an order is staged twice"
        return found

    def add(self, *names: str) -> None:
        parsed = read_orders(encode([order(order_id=name, order_number=name) for name in names]).decode())
        with self.world.reporting("staged", sorted({*self.orders, *names})):
            self.world.staging.editing.add_parsed(parsed, "pasted text")

    def write_note(self, name: str, text: str) -> None:
        with self.world.reporting(f"note of {name}", text):
            self.world.staging.editing.put(self.orders[name].id, NOTES, text, "note")


def _free(sessions: Sessions) -> None:
    """Free the lock and leave its file."""
    os.close(sessions._lock)
    sessions._lock = -1


@contextmanager
def counted_commits(copies: list[RunningCopy]) -> Iterator[None]:
    """Count a step before and after each commit of a copy."""
    write = Database.write

    def counted(self: Database, work: Callable[[Any], Any], *, durable: bool = False) -> Any:
        owner = next((one for one in copies if one.world.store and one.world.store._database is self), None)
        if owner is None:
            return write(self, work)
        owner.steps.step_in_python(Kind.COMMIT, "before a commit")
        result = write(self, work)  # not durable: no power is cut, and syncing is slow
        owner.steps.step_in_python(Kind.COMMIT, "after a commit")
        return result

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "write", counted)
        yield


@contextmanager
def noted_tasks() -> Iterator[None]:
    """Note the tasks of each copy."""
    loop = asyncio.get_running_loop()

    def make(loop: asyncio.AbstractEventLoop, coroutine: Any, **more: Any) -> "asyncio.Task[Any]":
        task = asyncio.Task(coroutine, loop=loop, **more)
        if (owner := _acting.get()) is not None:
            owner.tasks.append(task)
        return task

    loop.set_task_factory(make)
    try:
        yield
    finally:
        loop.set_task_factory(None)


# The journey


async def stage_and_edit(owner: RunningCopy) -> None:
    owner.add(*"ABC")
    owner.write_note("A", "first copy")
    owner.world.staging.editing.hold([owner.orders["C"].id])
    await owner.world.staging.refresh_remote()


async def send(one: RunningCopy) -> None:
    """Send everything as a user does; stops once the other copy has the batch."""
    with suppress(BatchLocked):
        await one.world.send_batch()


async def view(viewer: RunningCopy) -> None:
    """Look at the batch of the other copy: nothing of it can be changed or sent."""
    world, staging = viewer.world, viewer.world.staging
    staging.reopen()
    if staging.owner is None:
        return
    before = {name: encode(one.document) for name, one in viewer.orders.items()}
    requests = world.carried_out.total()
    for name, one in viewer.orders.items():
        with pytest.raises(BatchLocked):
            staging.editing.put(one.id, NOTES, f"refused {name}", "note")
    with pytest.raises(BatchLocked):
        staging.editing.remove_orders([one.id for one in staging.orders])
    with pytest.raises(BatchLocked):
        staging.confirm_ownership()
    plan = staging.plan()
    with pytest.raises(BatchLocked) if plan.requests else nullcontext():
        await staging.send(plan)
    assert world.carried_out.total() == requests
    viewer.plans.append(plan.count)
    staging.reopen()
    assert {name: encode(one.document) for name, one in viewer.orders.items()} == before


async def take_over(one: RunningCopy) -> None:
    """Reading the batch again does not take it from a running copy; taking it over does.

    A killed copy's batch is free.
    """
    staging = one.world.staging
    staging.reopen()
    if staging.owner is not None:
        staging.reopen()
        assert staging.owner is not None
        staging.take_over()
    assert staging.owner is None


async def edit_and_send_as_second(second: RunningCopy) -> None:
    await take_over(second)
    if "B" in second.orders:
        second.write_note("B", "second copy")
    if "D" not in second.orders:
        second.add("D")
    second.world.staging.editing.release([one.id for one in second.orders.values() if one.held])
    await send(second)


async def edit_and_send_as_first(first: RunningCopy) -> None:
    (batch,) = first.world.staging.batches()
    assert batch.owner is not None
    if not batch.owner.mine:
        with pytest.raises(BatchLocked):
            first.add("refused")
        first.world.doing.clear()
        await take_over(first)
        assert "refused" not in first.orders
    first.add("E")
    first.write_note("E", "first copy again")
    await send(first)


async def take_over_and_finish(one: RunningCopy) -> None:
    """Without a restart: what the other copy left is looked up, verified and sent."""
    await take_over(one)
    one.world.staging.editing.release([each.id for each in one.orders.values() if each.held])
    await one.world.staging.check_again([])
    for _ in range(3):
        await send(one)


class Rehearsal:
    """Runs the journey with one kill at a time. Each run starts from the same prepared folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.world = World(folder / "prepared")
        self._runs = 0

    async def prepare(self) -> None:
        await self.world.open()
        await self.world.stop()
        await self.world.close()
        self.world.save()

    async def run(self, killed: int, steps: Steps) -> tuple[Steps, Steps]:
        """Kill copy 0 or 1 at a step. Returns the steps of both."""
        self._runs += 1
        folder = self._folder / f"{self._runs}"
        shutil.copytree(self._folder / "prepared", folder, ignore=shutil.ignore_patterns("*-shm"))
        self.world.restore(folder, Steps())
        each = [Steps(), Steps()]
        each[killed] = steps
        first, second = copies = [RunningCopy(self.world, one) for one in each]
        with counted_commits(copies), noted_tasks():
            await asyncio.wait_for(self._journey(first, second), PATIENCE)
            for one in copies:
                one.steps.is_running = False
            (left,) = [one for one in copies if one.is_killed] or [first]
            survivor = second if left is first else first
            assert left.is_killed is steps.is_reached
            assert first.is_killed or second.is_killed or second.plans == [2, 0], "it viewed the batch twice"
            await survivor.do(take_over_and_finish)
            self.check(survivor)
            sent = self.world.carried_out.total()
            await left.close()
            # The other copy is started again while the first one still runs, and then alone.
            again = RunningCopy(self.world, Steps())
            await again.open()
            await again.world.recover()
            await again.do(view)
            assert again.world.staging.owner is not None
            await survivor.close()
            again.world.staging.reopen()
            await again.do(take_over_and_finish)
            self.check(again)
            assert self.world.carried_out.total() == sent
            await again.close()
        shutil.rmtree(folder)
        return each[0], each[1]

    async def _journey(self, first: RunningCopy, second: RunningCopy) -> None:
        await first.open()
        await first.do(stage_and_edit)
        await second.open()
        await second.do(view)
        sent = self.world.carried_out.total()
        sending = asyncio.create_task(first.do(send))
        while not sending.done() and self.world.carried_out.total() == sent:  # noqa: ASYNC110 - a test polls
            await asyncio.sleep(0)
        await second.do(edit_and_send_as_second)
        await sending
        await first.do(edit_and_send_as_first)
        await second.do(view)

    def check(self, one: RunningCopy) -> None:
        """Nothing is lost, nothing was sent twice, and what is called done is done."""
        world = one.world
        world.staging.reopen()
        world.assert_consistent()
        world.assert_settled()
        staged, service = one.orders, world.by_order_id()
        world.assert_kept("staged", sorted(staged))
        for name, each in staged.items():
            world.assert_kept(f"note of {name}", NOTES.get(each.document))
            assert world.staging.send_state(each) is SendState.VERIFIED, (name, world.staging.send_state(each))
            assert NOTES.get(service[name]) == NOTES.get(each.document)
        assert set(service) - {f"o{n}" for n in range(5)} == set(staged)
        versions = self._versions()
        assert set(versions.values()) <= {1}, "a version was sent twice"

    def _versions(self) -> Counter[bytes]:
        """How often the service wrote each version of an order."""
        return Counter(
            encode(document)
            for (method, _, body), times in self.world.carried_out.items()
            for _ in range(times)
            if method == "POST"
            for document in _orders(decode(body))
        )


def _orders(body: Json) -> Iterator[Document]:
    for document in as_list(body):
        assert isinstance(document, dict)
        yield document


@pytest.mark.parametrize("killed", [0, 1], ids=["owner", "other"])
async def test_either_copy_can_be_killed_at_each_step(
    killed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.work.batches.send_queue.split_into_requests.__defaults__", (1, MAX_BYTES))
    rehearsal = Rehearsal(tmp_path)
    await rehearsal.prepare()
    counts = (await rehearsal.run(killed, Steps()))[killed].counts
    points = [(kind, at) for kind in KINDS for at in range(1, counts[kind] + 1)]
    assert len(points) > 50
    failed = list[Exception]()
    runs = points if ALL else Random(f"copy {killed}").sample(points, SAMPLE)
    for kind, at in runs:
        try:
            await rehearsal.run(killed, Steps(kind, at, Manner.CUT))
        except Exception as error:
            error.add_note(f"copy {killed} is killed at {kind} {at}")
            failed.append(error)
    print({str(kind): counts[kind] for kind in KINDS}, len(runs))
    if failed:
        raise ExceptionGroup(f"{len(failed)} of {len(runs)} runs", failed[:20])
    rehearsal.world.sandbox.close()
