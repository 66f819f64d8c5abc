"""One change on many orders of a real sandbox: dry run, both kinds of write, pausing, crashes, and retries."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from sandbox_client import sandbox_client
from sandbox_harness import ORDER
from shared_clock import WireClock

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


class BulkHarness:
    """A sandbox and repeated runs of an app on it. `writes` are the writes that the sandbox received, by order."""

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
        self.accounts: list[Account] = []

    async def open(self) -> Account:
        transport = httpx.ASGITransport(self._seen, raise_app_exceptions=False)  # type: ignore[arg-type]
        clock = self.clock
        client = sandbox_client(transport, clock)
        store = Store(self.folder, now=clock.now)
        account = await open_account(client, store, "demo", now=clock.now, zone=UTC, sleep=clock.sleep)
        self.accounts.append(account)
        return account

    async def _seen(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] != "GET":
            name = scope["path"].rpartition("/")[2]
            self.writes.append(name)
            self.before_write(name)
        await self.sandbox.asgi(scope, receive, send)

    async def close(self) -> None:
        for account in self.accounts:
            account.store.close()
            await account.client.aclose()
        self.sandbox.close()


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[BulkHarness]:
    harness = BulkHarness(tmp_path, 12)
    yield harness
    await harness.close()


@pytest.fixture
async def account(harness: BulkHarness) -> Account:
    return await harness.open()


async def planned(jobs: Jobs, harness: BulkHarness, recipe: BulkChange = HOLD, kind: WriteKind | None = None) -> Job:
    job = jobs.make(recipe, [(id, f"NL-{id[-2:]}") for id in harness.ids])
    await jobs.dry_run(job, {})
    if kind is not None:
        jobs.choose(job, kind)
    return job


def states(job: Job) -> dict[str, int]:
    return {str(state): count for state, count in job.counts.items()}


async def test_the_dry_run_names_orders_that_were_marked_without_being_read(
    harness: BulkHarness, account: Account
) -> None:
    jobs = Jobs(account)
    job = jobs.make(HOLD, [(id, f"#{id}") for id in harness.ids])
    await jobs.dry_run(job, {})
    assert [order.name for order in job.orders.values()] == [f"NL-{n}" for n in range(12)]


async def status(account: Account, id: str) -> Any:
    return STATUS.get(await account.client.get_order(id))


def count_sent(account: Account) -> list[int]:
    """Record the number of orders in each upsert that is sent."""
    sent: list[int] = []
    real = account.draft_sender.send_as_upsert

    async def send_as_upsert(drafts: Sequence[Draft], **more: Any) -> Any:
        sent.append(len(drafts))
        return await real(drafts, **more)

    account.draft_sender.send_as_upsert = send_as_upsert  # type: ignore[method-assign]
    return sent


def withhold_answers(account: Account) -> None:
    """Let writes be carried out and recorded, but end the app before the job gets the answer."""
    for name in ("send", "send_as_upsert"):
        real = getattr(account.draft_sender, name)

        async def send(*what: Any, real: Any = real, **more: Any) -> None:
            await real(*what, **more)
            await asyncio.Event().wait()

        setattr(account.draft_sender, name, send)


# Before sending


async def test_dry_run_reports_changed_unchanged_and_impossible(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    await account.client.patch_order(
        harness.ids[0], {"order_details": {"status": {"code": "on_hold"}, "tags": ["hold"]}}
    )
    await account.client.delete_order(harness.ids[1])
    known = {harness.ids[2]: TAGS.put(await account.client.get_order(harness.ids[2]), "odd")}
    harness.writes.clear()
    job = jobs.make(HOLD, [(id, id) for id in harness.ids])
    await jobs.dry_run(job, known)  # type: ignore[arg-type]
    assert states(job) == {"ready": 9, "unchanged": 1, "invalid": 1, "conflict": 1}
    assert job.orders[harness.ids[2]].message == "its tags are not a list"
    assert [str(change.pointer) for change in job.orders[harness.ids[3]].changes] == [str(STATUS), str(TAGS)]
    assert harness.writes == []


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


async def test_change_that_a_patch_cannot_carry_is_planned_as_upsert(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness, COD)
    assert jobs.plan(job).only_upsert == 12
    assert jobs.plan(job).patch.writes == 1


# Sending


async def test_each_order_is_sent_once_and_verified(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness)
    assert jobs.leave_out(job, harness.ids[3])
    await jobs.run(job)
    assert states(job) == {"verified": 11, "held": 1}
    assert job.stage is JobStage.DONE
    assert sorted(harness.writes) == sorted(set(harness.ids) - {harness.ids[3]})
    assert await status(account, harness.ids[0]) == "on_hold"
    assert await status(account, harness.ids[3]) == "fulfilled"
    assert job.progress == "11 of 11 · 11 verified"
    again = await planned(jobs, harness)
    assert states(again) == {"ready": 1, "unchanged": 11}


async def test_full_orders_are_sent_together_and_verified(account: Account, harness: BulkHarness) -> None:
    sent = count_sent(account)
    jobs = Jobs(account)
    job = await planned(jobs, harness, kind=WriteKind.UPSERT)
    await jobs.run(job)
    assert sent == [12]
    assert harness.writes == ["orders"]
    await account.verifier.until_done()
    assert states(job) == {"verified": 12}
    assert await status(account, harness.ids[11]) == "on_hold"


def make_invalid(account: Account, harness: BulkHarness) -> None:
    """Send an invalid document for the fifth order."""
    real = account.outbox.upsert

    async def send_invalid(orders: Sequence[Outgoing], changes: Any = None, **more: Any) -> Any:
        bad = [ITEMS.put(order.order, []) if harness.ids[4] in order.staged else order.order for order in orders]
        bad = [
            Pointer.of("order_details", "status", "code").put(document, 7) if harness.ids[4] in out.staged else document
            for document, out in zip(bad, orders, strict=True)
        ]
        invalid = [Outgoing(o.staged, o.version, document, o.base) for o, document in zip(orders, bad, strict=True)]  # type: ignore[arg-type]
        return await real(invalid, changes, **more)

    account.outbox.upsert = send_invalid  # type: ignore[method-assign]


async def test_one_bad_order_does_not_hold_the_others(account: Account, harness: BulkHarness) -> None:
    sent = count_sent(account)
    jobs = Jobs(account)
    job = await planned(jobs, harness, kind=WriteKind.UPSERT)
    make_invalid(account, harness)
    await jobs.run(job)
    await account.verifier.until_done()
    assert sent == [12, 11]
    assert states(job) == {"verified": 11, "refused": 1}


async def test_existing_draft_of_the_user_is_kept(account: Account, harness: BulkHarness) -> None:
    draft = account.drafts.of(harness.ids[0], await account.client.get_order(harness.ids[0]), NOW)
    draft.edit.put(CITY, "Breda", "city")
    account.drafts.save(draft)
    jobs = Jobs(account)
    await jobs.run(await planned(jobs, harness))
    (left,) = account.drafts.all()
    assert [(change.pointer, change.now) for change in left.edit.changes()] == [(CITY, "Breda")]
    assert STATUS.get(left.edit.base) == "on_hold"


async def test_orders_changed_deleted_or_done_since_are_not_sent(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness)
    await account.client.patch_order(harness.ids[0], {"order_details": {"status": {"code": "shipped"}}})
    await account.client.delete_order(harness.ids[1])
    await account.client.patch_order(harness.ids[2], {"order_details": {"tags": ["theirs"]}})
    done = {"status": {"code": "on_hold"}, "tags": ["hold"]}
    await account.client.patch_order(harness.ids[3], {"order_details": done})
    harness.writes.clear()
    await jobs.run(job)
    assert states(job) == {"verified": 9, "conflict": 2, "unchanged": 1}
    assert job.orders[harness.ids[0]].message == "Order, status, status was fulfilled, is shipped"
    assert job.orders[harness.ids[1]].message == "the order no longer exists"
    assert not {harness.ids[0], harness.ids[1], harness.ids[3]} & set(harness.writes)
    assert TAGS.get(await account.client.get_order(harness.ids[2])) == ["theirs", "hold"]


async def test_unavailable_service_pauses_the_job(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness)
    harness.sandbox.fault_injector.faults = Faults.parse(["dropped=1:PATCH"])
    await jobs.run(job)
    assert SendState.NOT_SENT in job.counts
    assert job.stage is JobStage.PAUSED
    assert "3 orders in a row could not be sent" in job.note


async def test_job_whose_last_orders_failed_is_done(tmp_path: Path) -> None:
    harness = BulkHarness(tmp_path, 3)
    account = await harness.open()
    jobs = Jobs(account)
    job = await planned(jobs, harness)
    harness.sandbox.fault_injector.faults = Faults.parse(["dropped=1:PATCH"])
    await jobs.run(job)
    assert (states(job), job.stage) == ({"not sent": 3}, JobStage.DONE)
    await harness.close()


async def test_lost_answers_are_looked_up_without_resending(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness)
    harness.sandbox.fault_injector.faults = Faults.parse(["error_after=1:PATCH"])
    await jobs.run(job)
    assert states(job) == {"verified": 12}
    assert sorted(harness.writes) == harness.ids


@pytest.mark.parametrize("kind", [WriteKind.PATCH, WriteKind.UPSERT])
async def test_with_faults_every_result_matches_the_service(
    account: Account, harness: BulkHarness, kind: WriteKind
) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness, kind=kind)
    rules = ["dropped=0.3:PATCH", "error_after=0.3:PATCH", "html_after=0.3:POST", "rate_limited=0.1", "error=0.1:GET"]
    harness.sandbox.fault_injector.faults = Faults.parse(rules)
    for _ in range(20):
        await jobs.run(job)
        if job.stage is JobStage.DONE:
            break
    harness.sandbox.fault_injector.faults = Faults()
    await account.outbox.recover()
    await account.verifier.until_done()
    for id, order in job.orders.items():
        is_done = await status(account, id) == "on_hold"
        assert is_done == (order.state in (SendState.VERIFIED, SendState.UNCHANGED)), (id, order)
    await jobs.retry(job, {SendState.NOT_SENT, SendState.REFUSED})
    await jobs.run(job)
    await account.verifier.until_done()
    assert set(states(job)) <= {"verified", "unchanged"}
    assert TAGS.get(await account.client.get_order(harness.ids[0])) == ["fragile", "gift", "hold"]


# Between orders


async def test_pause_finishes_requests_in_flight_and_resumes(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness)

    def third(_: str) -> None:
        if len(harness.writes) == 3:
            jobs.pause(job)

    harness.before_write = third
    await jobs.run(job)
    assert job.stage is JobStage.PAUSED
    sent = len(harness.writes)
    assert 3 <= sent <= 6
    assert states(job) == {"ready": 12 - sent, "verified": sent}
    await jobs.run(job)
    assert states(job) == {"verified": 12}
    assert sorted(harness.writes) == harness.ids


async def test_cancelled_job_keeps_sent_orders_and_can_retry_the_rest(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness)
    harness.before_write = lambda _: jobs.cancel(job) if len(harness.writes) == 2 else None  # type: ignore[assignment,func-returns-value]
    await jobs.run(job)
    assert job.stage is JobStage.CANCELLED
    sent = set(harness.writes)
    assert job.counts[SendState.VERIFIED] == len(sent) < 7
    assert job.counts[SendState.NOT_SENT] == 12 - len(sent)
    harness.before_write = lambda _: None
    assert await jobs.retry(job, {SendState.NOT_SENT}) == 12 - len(sent)
    assert job.stage is JobStage.PLANNED
    await jobs.run(job)
    assert states(job) == {"verified": 12}
    assert sorted(harness.writes) == harness.ids


async def test_conflicting_orders_can_be_retried_on_current_data(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness)
    await account.client.patch_order(harness.ids[0], {"order_details": {"status": {"code": "shipped"}}})
    await jobs.run(job)
    assert await jobs.retry(job, {SendState.CONFLICT, SendState.VERIFIED}) == 1
    assert job.orders[harness.ids[0]].changes[0].was == "shipped"
    await jobs.run(job)
    assert await status(account, harness.ids[0]) == "on_hold"
    assert states(job) == {"verified": 12}


# Crashes and other processes


@pytest.mark.parametrize("kind", [WriteKind.PATCH, WriteKind.UPSERT])
@pytest.mark.parametrize("when", ["before the answer", "after it was recorded"])
async def test_after_a_crash_nothing_is_sent_twice(
    account: Account, harness: BulkHarness, kind: WriteKind, when: str
) -> None:
    if when == "after it was recorded":
        withhold_answers(account)
    jobs = Jobs(account)
    job = await planned(jobs, harness, kind=kind)
    stop = asyncio.Event()

    def crash(_: str) -> None:
        if len(harness.writes) >= (1 if kind is WriteKind.UPSERT else 4):
            stop.set()

    harness.before_write = crash
    running = asyncio.create_task(jobs.run(job))
    await stop.wait()
    if when == "after it was recorded":
        for _ in range(40):
            await asyncio.sleep(0)
    kill(account)
    await asyncio.wait([running])

    later = await harness.open()
    again = Jobs(later)
    (left,) = again.unfinished()
    assert left.stage is JobStage.RUNNING
    assert 0 < left.sent_count < 12 or kind is WriteKind.UPSERT
    await later.outbox.recover()
    await again.run(left)
    await later.verifier.until_done()
    assert states(left) == {"verified": 12}
    if kind is WriteKind.PATCH:
        assert sorted(harness.writes) == harness.ids
    else:
        assert harness.writes == ["orders"]
    assert again.unfinished() == []


async def test_crash_before_a_refusal_is_recorded_leaves_the_others_ready(
    account: Account, harness: BulkHarness
) -> None:
    withhold_answers(account)
    jobs = Jobs(account)
    job = await planned(jobs, harness, kind=WriteKind.UPSERT)
    make_invalid(account, harness)
    running = asyncio.create_task(jobs.run(job))
    refused = asyncio.Event()
    account.listeners.append(lambda news: refused.set() if news.state is WriteState.REFUSED else None)
    await refused.wait()
    kill(account)
    await asyncio.wait([running])

    later = await harness.open()
    again = Jobs(later)
    (left,) = again.unfinished()
    assert states(left) == {"ready": 11, "refused": 1}
    assert left.orders[harness.ids[4]].state is SendState.REFUSED
    await later.outbox.recover()
    await again.run(left)
    await later.verifier.until_done()
    assert states(left) == {"verified": 11, "refused": 1}
    assert harness.writes == ["orders", "orders"]


def kill(account: Account) -> None:
    """End the process: its tasks stop at once, as with SIGKILL, and its session ends."""
    for task in asyncio.all_tasks():
        if task is not asyncio.current_task() and task.get_name().startswith(("write ", "change ", "Task-")):
            task.cancel()
    account.store.close()


async def test_recorded_but_unsent_orders_wait_again(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness)

    async def dies(*_: Any, **more: Any) -> DraftSendStatus:
        raise asyncio.CancelledError

    account.draft_sender.send = dies  # type: ignore[method-assign]
    with pytest.raises(asyncio.CancelledError):
        await jobs.run(job)
    job.stage, job.session = JobStage.RUNNING, "a session that is dead"
    jobs._put(job)
    (left,) = Jobs(account).unfinished()
    assert states(left) == {"ready": 12}


async def test_only_one_process_runs_a_job(account: Account, harness: BulkHarness) -> None:
    own_jobs = Jobs(account)
    job = await planned(own_jobs, harness)
    other = await harness.open()
    theirs = Jobs(other)
    seen: list[str] = []

    def record(_: str) -> None:
        shown = theirs.get(job.id)
        assert shown is not None
        seen.append(f"{shown.stage} {theirs.is_elsewhere(shown)}")
        with pytest.raises(JobConflict):
            theirs._begin(shown)
        with pytest.raises(JobConflict):
            theirs.drop(shown)

    harness.before_write = record
    await own_jobs.run(job)
    assert set(seen) == {"running True"}
    assert theirs.unfinished() == []
    shown = theirs.get(job.id)
    assert shown is not None
    assert states(shown) == {"verified": 12}


async def test_finished_job_keeps_every_result(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness)
    await account.client.delete_order(harness.ids[5])
    await jobs.run(job)
    (head,) = Jobs(account).recent()
    assert (head.name, head.stage, head.counts) == ("hold", JobStage.DONE, job.counts)
    found = Jobs(account).get(job.id)
    assert found is not None
    assert found.progress == job.progress == "12 of 12 · 11 verified · 1 conflict"
    assert found.orders[harness.ids[0]].changes == job.orders[harness.ids[0]].changes


async def test_only_the_last_jobs_are_kept(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    first = await planned(jobs, harness)
    await jobs.run(first)
    await harness.clock.sleep(1)
    for _ in range(20):
        jobs.make(HOLD, [("1", "one")])
    assert len(jobs.recent()) == 20
    assert jobs.get(first.id) is None
    assert account.store.screen_states.all(account.account_id, f"bulk.order:{first.id}") == {}


async def test_read_only_account_sends_nothing(account: Account, harness: BulkHarness) -> None:
    jobs = Jobs(account)
    job = await planned(jobs, harness)
    account.client.read_only = True
    with pytest.raises(JobConflict, match="reading only"):
        await jobs.run(job)
    assert harness.writes == []


def test_changes_are_saved_by_name_and_the_last_one_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    account: Any = type("Bench", (), {"store": store, "account_id": store.account_id("https://x", "1")})
    recipes = SavedChanges(account)
    assert recipes.last is None
    recipes.save(HOLD)
    recipes.save(BulkChange("Cash", COD.assignments))
    recipes.save(BulkChange("hold", (), ("hold",)))
    recipes.used(COD)
    assert [item.name for item in SavedChanges(account).all()] == ["Cash", "hold"]
    assert SavedChanges(account).all()[1].assignments == ()
    assert SavedChanges(account).last == COD
    recipes.forget("hold")
    assert [item.name for item in recipes.all()] == ["Cash"]
    store.close()
