"""The same change over many orders of a real sandbox: dry run, both roads, pausing, crashes, and trying again."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sandbox_harness import ORDER
from shared_clock import WireClock

from tui.api.auth import BasicAuth
from tui.api.client import Client
from tui.api.pointer import Pointer
from tui.orders.edits.bulk_change import BulkChange, FieldAssignment
from tui.orders.paths import ITEMS, STATUS, TAGS
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.faults import Faults
from tui.store.journal import WriteKind, WriteState
from tui.store.store import Store
from tui.work.account import Account, open_account
from tui.work.bulk.job import Job, JobOrder, JobStage, plan
from tui.work.bulk.runner import JobConflict, Jobs
from tui.work.bulk.saved_changes import SavedChanges
from tui.work.drafts.drafts import Draft
from tui.work.drafts.sender import DraftSendStatus
from tui.work.writes.outbox import Outgoing
from tui.work.writes.send_state import SendState

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
CITY = Pointer.of("shipping_address", "city")
HOLD = BulkChange("hold", (FieldAssignment(STATUS.tokens, "on_hold"),), ("hold",))
COD = BulkChange("cash", (FieldAssignment(("payment_details", "is_cash_on_delivery"), True),))


def planted(count: int) -> tuple[bytes, ...]:
    return tuple(
        json.dumps({**ORDER, "id": str(700000 + n), "order_id": f"o{n}", "order_number": f"NL-{n}"}).encode()
        for n in range(count)
    )


class Place:
    """A sandbox, and the lives of an app on it. `writes` are those that came to the sandbox, by order."""

    def __init__(self, folder: Path, count: int) -> None:
        self.clock = WireClock(NOW)
        self.sandbox = Sandbox(
            SandboxSettings(
                orders=0, settle=0.0, now=NOW, clock=self.clock, sleep=self.clock.sleep, plant=planted(count)
            )
        )
        self.ids = [str(700000 + n) for n in range(count)]
        self.folder = folder
        self.writes: list[str] = []
        self.before_write: Callable[[str], None] = lambda _: None
        self.benches: list[Account] = []

    async def open(self) -> Account:
        transport = httpx.ASGITransport(self._seen, raise_app_exceptions=False)  # type: ignore[arg-type]
        clock = self.clock
        client = Client(
            "http://127.0.0.1/api/v3", BasicAuth("demo", "demo"), transport=transport, clock=clock, sleep=clock.sleep
        )
        store = Store(self.folder, now=clock.now)
        bench = await open_account(client, store, "demo", now=clock.now, zone=UTC, sleep=clock.sleep)
        self.benches.append(bench)
        return bench

    async def _seen(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] != "GET":
            name = scope["path"].rpartition("/")[2]
            self.writes.append(name)
            self.before_write(name)
        await self.sandbox.asgi(scope, receive, send)

    async def close(self) -> None:
        for bench in self.benches:
            bench.store.close()
            await bench.client.aclose()
        self.sandbox.close()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    made = Place(tmp_path, 12)
    yield made
    await made.close()


@pytest.fixture
async def bench(place: Place) -> Account:
    return await place.open()


async def planned(jobs: Jobs, place: Place, recipe: BulkChange = HOLD, kind: WriteKind | None = None) -> Job:
    job = jobs.make(recipe, [(id, f"NL-{id[-2:]}") for id in place.ids])
    await jobs.dry_run(job, {})
    if kind is not None:
        jobs.choose(job, kind)
    return job


def states(job: Job) -> dict[str, int]:
    return {str(state): count for state, count in job.counts.items()}


async def status(bench: Account, id: str) -> Any:
    return STATUS.get(await bench.client.get_order(id))


def count_sent(bench: Account) -> list[int]:
    """How many orders each upsert of a job has, as they are sent."""
    sent: list[int] = []
    real = bench.draft_sender.send_as_upsert

    async def send_as_upsert(drafts: Sequence[Draft], **more: Any) -> Any:
        sent.append(len(drafts))
        return await real(drafts, **more)

    bench.draft_sender.send_as_upsert = send_as_upsert  # type: ignore[method-assign]
    return sent


def withhold_answers(bench: Account) -> None:
    """The write is done and recorded, and the app ends before the job gets the answer."""
    for name in ("send", "send_as_upsert"):
        real = getattr(bench.draft_sender, name)

        async def send(*what: Any, real: Any = real, **more: Any) -> None:
            await real(*what, **more)
            await asyncio.Event().wait()

        setattr(bench.draft_sender, name, send)


# Before the sending.


async def test_dry_run_reports_changed_unchanged_and_impossible(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    await bench.client.patch_order(place.ids[0], {"order_details": {"status": {"code": "on_hold"}, "tags": ["hold"]}})
    await bench.client.delete_order(place.ids[1])
    known = {place.ids[2]: TAGS.put(await bench.client.get_order(place.ids[2]), "odd")}
    place.writes.clear()
    job = jobs.make(HOLD, [(id, id) for id in place.ids])
    await jobs.dry_run(job, known)  # type: ignore[arg-type]
    assert states(job) == {"ready": 9, "unchanged": 1, "invalid": 1, "conflict": 1}
    assert job.orders[place.ids[2]].words == "its tags are not a list"
    assert [str(change.pointer) for change in job.orders[place.ids[3]].changes] == [str(STATUS), str(TAGS)]
    assert place.writes == []


@pytest.mark.parametrize(
    ("count", "patch", "upsert", "proposed"),
    [
        (1, (1, 3), (1, 3), WriteKind.PATCH),
        (90, (90, 270), (1, 270), WriteKind.PATCH),
        (250, (250, 750), (3, 750), WriteKind.UPSERT),
        (500, (500, 1500), (5, 1500), WriteKind.UPSERT),
    ],
)
def test_cost_of_both_write_kinds(
    count: int, patch: tuple[int, int], upsert: tuple[int, int], proposed: WriteKind
) -> None:
    found = plan(JobOrder(str(n), "") for n in range(count))
    assert (found.patch.writes, found.patch.reads) == patch
    assert (found.upsert.writes, found.upsert.reads) == upsert
    assert found.proposed is proposed


def test_five_hundred_patches_take_more_than_five_minutes() -> None:
    found = plan(JobOrder(str(n), "") for n in range(500))
    assert 300 < found.patch.seconds < 400
    assert found.upsert.seconds < 120


async def test_change_that_a_patch_cannot_carry_is_planned_as_upsert(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place, COD)
    assert jobs.plan(job).only_upsert == 12
    assert jobs.plan(job).patch.writes == 1


# The sending.


async def test_each_order_is_sent_once_and_verified(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place)
    assert jobs.leave_out(job, place.ids[3])
    await jobs.run(job)
    assert states(job) == {"verified": 11, "held": 1}
    assert job.stage is JobStage.DONE
    assert sorted(place.writes) == sorted(set(place.ids) - {place.ids[3]})
    assert await status(bench, place.ids[0]) == "on_hold"
    assert await status(bench, place.ids[3]) == "fulfilled"
    assert job.progress == "11 of 11 · 11 verified"
    again = await planned(jobs, place)
    assert states(again) == {"ready": 1, "unchanged": 11}


async def test_full_orders_are_sent_together_and_verified(bench: Account, place: Place) -> None:
    sent = count_sent(bench)
    jobs = Jobs(bench)
    job = await planned(jobs, place, kind=WriteKind.UPSERT)
    await jobs.run(job)
    assert sent == [12]
    assert place.writes == ["orders"]
    await bench.verifier.until_done()
    assert states(job) == {"verified": 12}
    assert await status(bench, place.ids[11]) == "on_hold"


def spoil(bench: Account, place: Place) -> None:
    """What goes of the fifth order is nothing that the service takes."""
    real = bench.outbox.upsert

    async def spoiled(orders: Sequence[Outgoing], changes: Any = None, **more: Any) -> Any:
        bad = [ITEMS.put(one.order, []) if place.ids[4] in one.staged else one.order for one in orders]
        bad = [
            Pointer.of("order_details", "status", "code").put(one, 7) if place.ids[4] in out.staged else one
            for one, out in zip(bad, orders, strict=True)
        ]
        spoilt = [Outgoing(o.staged, o.version, one, o.base) for o, one in zip(orders, bad, strict=True)]  # type: ignore[arg-type]
        return await real(spoilt, changes, **more)

    bench.outbox.upsert = spoiled  # type: ignore[method-assign]


async def test_one_bad_order_does_not_hold_the_others(bench: Account, place: Place) -> None:
    sent = count_sent(bench)
    jobs = Jobs(bench)
    job = await planned(jobs, place, kind=WriteKind.UPSERT)
    spoil(bench, place)
    await jobs.run(job)
    await bench.verifier.until_done()
    assert sent == [12, 11]
    assert states(job) == {"verified": 11, "refused": 1}


async def test_existing_draft_of_the_user_is_kept(bench: Account, place: Place) -> None:
    draft = bench.drafts.of(place.ids[0], await bench.client.get_order(place.ids[0]), NOW)
    draft.edit.put(CITY, "Breda", "city")
    bench.drafts.save(draft)
    jobs = Jobs(bench)
    await jobs.run(await planned(jobs, place))
    (left,) = bench.drafts.all()
    assert [(change.pointer, change.now) for change in left.edit.changes()] == [(CITY, "Breda")]
    assert STATUS.get(left.edit.base) == "on_hold"


async def test_orders_changed_deleted_or_done_since_are_not_sent(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place)
    await bench.client.patch_order(place.ids[0], {"order_details": {"status": {"code": "shipped"}}})
    await bench.client.delete_order(place.ids[1])
    await bench.client.patch_order(place.ids[2], {"order_details": {"tags": ["theirs"]}})
    done = {"status": {"code": "on_hold"}, "tags": ["hold"]}
    await bench.client.patch_order(place.ids[3], {"order_details": done})
    place.writes.clear()
    await jobs.run(job)
    assert states(job) == {"verified": 9, "conflict": 2, "unchanged": 1}
    assert job.orders[place.ids[0]].words == "Order, status, status was fulfilled, is shipped"
    assert job.orders[place.ids[1]].words == "it is not there any more"
    assert not {place.ids[0], place.ids[1], place.ids[3]} & set(place.writes)
    assert TAGS.get(await bench.client.get_order(place.ids[2])) == ["theirs", "hold"]


async def test_unavailable_service_pauses_the_job(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place)
    place.sandbox.fault_injector.faults = Faults.parse(["dropped=1:PATCH"])
    await jobs.run(job)
    assert SendState.NOT_SENT in job.counts
    assert job.stage is JobStage.PAUSED
    assert "3 orders in a row could not be sent" in job.note


async def test_job_whose_last_orders_failed_is_done(tmp_path: Path) -> None:
    place = Place(tmp_path, 3)
    bench = await place.open()
    jobs = Jobs(bench)
    job = await planned(jobs, place)
    place.sandbox.fault_injector.faults = Faults.parse(["dropped=1:PATCH"])
    await jobs.run(job)
    assert (states(job), job.stage) == ({"not sent": 3}, JobStage.DONE)
    await place.close()


async def test_lost_answers_are_looked_up_without_resending(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place)
    place.sandbox.fault_injector.faults = Faults.parse(["error_after=1:PATCH"])
    await jobs.run(job)
    assert states(job) == {"verified": 12}
    assert sorted(place.writes) == place.ids


@pytest.mark.parametrize("kind", [WriteKind.PATCH, WriteKind.UPSERT])
async def test_with_faults_every_result_matches_the_service(bench: Account, place: Place, kind: WriteKind) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place, kind=kind)
    rules = ["dropped=0.3:PATCH", "error_after=0.3:PATCH", "html_after=0.3:POST", "rate_limited=0.1", "error=0.1:GET"]
    place.sandbox.fault_injector.faults = Faults.parse(rules)
    for _ in range(20):
        await jobs.run(job)
        if job.stage is JobStage.DONE:
            break
    place.sandbox.fault_injector.faults = Faults()
    await bench.outbox.recover()
    await bench.verifier.until_done()
    for id, order in job.orders.items():
        is_done = await status(bench, id) == "on_hold"
        assert is_done == (order.state in (SendState.VERIFIED, SendState.UNCHANGED)), (id, order)
    await jobs.retry(job, {SendState.NOT_SENT, SendState.REFUSED})
    await jobs.run(job)
    await bench.verifier.until_done()
    assert set(states(job)) <= {"verified", "unchanged"}
    assert TAGS.get(await bench.client.get_order(place.ids[0])) == ["fragile", "gift", "hold"]


# Between orders.


async def test_pause_finishes_requests_in_flight_and_resumes(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place)

    def third(_: str) -> None:
        if len(place.writes) == 3:
            jobs.pause(job)

    place.before_write = third
    await jobs.run(job)
    assert job.stage is JobStage.PAUSED
    sent = len(place.writes)
    assert 3 <= sent <= 6
    assert states(job) == {"ready": 12 - sent, "verified": sent}
    await jobs.run(job)
    assert states(job) == {"verified": 12}
    assert sorted(place.writes) == place.ids


async def test_cancelled_job_keeps_sent_orders_and_can_retry_the_rest(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place)
    place.before_write = lambda _: jobs.cancel(job) if len(place.writes) == 2 else None  # type: ignore[assignment,func-returns-value]
    await jobs.run(job)
    assert job.stage is JobStage.CANCELLED
    sent = set(place.writes)
    assert job.counts[SendState.VERIFIED] == len(sent) < 7
    assert job.counts[SendState.NOT_SENT] == 12 - len(sent)
    place.before_write = lambda _: None
    assert await jobs.retry(job, {SendState.NOT_SENT}) == 12 - len(sent)
    assert job.stage is JobStage.PLANNED
    await jobs.run(job)
    assert states(job) == {"verified": 12}
    assert sorted(place.writes) == place.ids


async def test_conflicting_orders_can_be_retried_on_current_data(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place)
    await bench.client.patch_order(place.ids[0], {"order_details": {"status": {"code": "shipped"}}})
    await jobs.run(job)
    assert await jobs.retry(job, {SendState.CONFLICT, SendState.VERIFIED}) == 1
    assert job.orders[place.ids[0]].changes[0].was == "shipped"
    await jobs.run(job)
    assert await status(bench, place.ids[0]) == "on_hold"
    assert states(job) == {"verified": 12}


# A crash, and other copies.


@pytest.mark.parametrize("kind", [WriteKind.PATCH, WriteKind.UPSERT])
@pytest.mark.parametrize("when", ["before the answer", "after it was recorded"])
async def test_after_a_crash_nothing_is_sent_twice(bench: Account, place: Place, kind: WriteKind, when: str) -> None:
    if when == "after it was recorded":
        withhold_answers(bench)
    jobs = Jobs(bench)
    job = await planned(jobs, place, kind=kind)
    stop = asyncio.Event()

    def crash(_: str) -> None:
        if len(place.writes) >= (1 if kind is WriteKind.UPSERT else 4):
            stop.set()

    place.before_write = crash
    running = asyncio.create_task(jobs.run(job))
    await stop.wait()
    if when == "after it was recorded":
        for _ in range(40):
            await asyncio.sleep(0)
    kill(bench)
    await asyncio.wait([running])

    later = await place.open()
    again = Jobs(later)
    (left,) = again.left()
    assert left.stage is JobStage.RUNNING
    assert 0 < left.gone < 12 or kind is WriteKind.UPSERT
    await later.outbox.recover()
    await again.run(left)
    await later.verifier.until_done()
    assert states(left) == {"verified": 12}
    if kind is WriteKind.PATCH:
        assert sorted(place.writes) == place.ids
    else:
        assert place.writes == ["orders"]
    assert again.left() == []


async def test_crash_before_a_refusal_is_recorded_leaves_the_others_ready(bench: Account, place: Place) -> None:
    withhold_answers(bench)
    jobs = Jobs(bench)
    job = await planned(jobs, place, kind=WriteKind.UPSERT)
    spoil(bench, place)
    running = asyncio.create_task(jobs.run(job))
    refused = asyncio.Event()
    bench.listeners.append(lambda news: refused.set() if news.state is WriteState.REFUSED else None)
    await refused.wait()
    kill(bench)
    await asyncio.wait([running])

    later = await place.open()
    again = Jobs(later)
    (left,) = again.left()
    assert states(left) == {"ready": 11, "refused": 1}
    assert left.orders[place.ids[4]].state is SendState.REFUSED
    await later.outbox.recover()
    await again.run(left)
    await later.verifier.until_done()
    assert states(left) == {"verified": 11, "refused": 1}
    assert place.writes == ["orders", "orders"]


def kill(bench: Account) -> None:
    """End the process: its tasks stop where they are, as with SIGKILL, and its session is dead."""
    for task in asyncio.all_tasks():
        if task is not asyncio.current_task() and task.get_name().startswith(("write ", "change ", "Task-")):
            task.cancel()
    bench.store.close()


async def test_recorded_but_unsent_orders_wait_again(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place)

    async def dies(*_: Any, **more: Any) -> DraftSendStatus:
        raise asyncio.CancelledError

    bench.draft_sender.send = dies  # type: ignore[method-assign]
    with pytest.raises(asyncio.CancelledError):
        await jobs.run(job)
    job.stage, job.session = JobStage.RUNNING, "a session that is dead"
    jobs._put(job)
    (left,) = Jobs(bench).left()
    assert states(left) == {"ready": 12}


async def test_only_one_process_runs_a_job(bench: Account, place: Place) -> None:
    mine = Jobs(bench)
    job = await planned(mine, place)
    other = await place.open()
    theirs = Jobs(other)
    seen: list[str] = []

    def look(_: str) -> None:
        shown = theirs.get(job.id)
        assert shown is not None
        seen.append(f"{shown.stage} {theirs.is_elsewhere(shown)}")
        with pytest.raises(JobConflict):
            theirs._begin(shown)
        with pytest.raises(JobConflict):
            theirs.drop(shown)

    place.before_write = look
    await mine.run(job)
    assert set(seen) == {"running True"}
    assert theirs.left() == []
    shown = theirs.get(job.id)
    assert shown is not None
    assert states(shown) == {"verified": 12}


async def test_finished_job_keeps_every_result(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place)
    await bench.client.delete_order(place.ids[5])
    await jobs.run(job)
    (head,) = Jobs(bench).recent()
    assert (head.name, head.stage, head.counts) == ("hold", JobStage.DONE, job.counts)
    found = Jobs(bench).get(job.id)
    assert found is not None
    assert found.progress == job.progress == "12 of 12 · 11 verified · 1 conflict"
    assert found.orders[place.ids[0]].changes == job.orders[place.ids[0]].changes


async def test_only_the_last_jobs_are_kept(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    first = await planned(jobs, place)
    await jobs.run(first)
    await place.clock.sleep(1)
    for _ in range(20):
        jobs.make(HOLD, [("1", "one")])
    assert len(jobs.recent()) == 20
    assert jobs.get(first.id) is None
    assert bench.store.screen_states.all(bench.account_id, f"bulk.order:{first.id}") == {}


async def test_read_only_account_sends_nothing(bench: Account, place: Place) -> None:
    jobs = Jobs(bench)
    job = await planned(jobs, place)
    bench.client.read_only = True
    with pytest.raises(JobConflict, match="reading only"):
        await jobs.run(job)
    assert place.writes == []


def test_changes_are_saved_by_name_and_the_last_one_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    bench: Any = type("Bench", (), {"store": store, "account_id": store.account_id("https://x", "1")})
    recipes = SavedChanges(bench)
    assert recipes.last is None
    recipes.save(HOLD)
    recipes.save(BulkChange("Cash", COD.assignments))
    recipes.save(BulkChange("hold", (), ("hold",)))
    recipes.used(COD)
    assert [one.name for one in SavedChanges(bench).all()] == ["Cash", "hold"]
    assert SavedChanges(bench).all()[1].assignments == ()
    assert SavedChanges(bench).last == COD
    recipes.forget("hold")
    assert [one.name for one in recipes.all()] == ["Cash"]
    store.close()
