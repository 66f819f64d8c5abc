"""The verifier: until verified, differing or missing, with growing pauses, across restarts, with few reads."""

import asyncio
from itertools import pairwise

import pytest
from fake_service import OutboxHarness, order

from tui.api.client import Client
from tui.api.codec import Document
from tui.api.errors import Unreachable
from tui.store.batches import NewStaged, StagedState
from tui.store.journal import NewVerification, NewWrite, WriteKind, WriteState
from tui.store.verifications import Verification, VerificationState
from tui.work.writes.backoff import RetrySchedule, exponential
from tui.work.writes.outbox import Outgoing
from tui.work.writes.verifier import Verifier


def accept(harness: OutboxHarness, *orders: Document, fresh: bool = True, ids: bool = False) -> int:
    write = harness.store.writes.record(harness.account_id, NewWrite(WriteKind.UPSERT, "POST", "/orders", b"[]", None))
    follows = [
        NewVerification(
            str(document["order_id"]),
            "5",
            document,
            harness.time.now(),
            remote_id=str(n) if ids else None,
            created=fresh,
        )
        for n, document in enumerate(orders, 1)
    ]
    harness.store.writes.step(write.id, WriteState.ACCEPTED, verifications=follows)
    return write.id


def ends(harness: OutboxHarness, write: int) -> list[VerificationState]:
    return [follow.state for follow in harness.store.verifications.of_write(write)]


def test_backoff_delays_grow_to_the_limit() -> None:
    pauses = exponential(60, first=1, factor=2, longest=10)
    assert pauses == (1, 2, 4, 8, 10, 10, 10, 10, 5)
    assert exponential(0.5) == (0.5,)
    assert exponential(0) == ()
    assert sum(RetrySchedule.of(30).lookups) == pytest.approx(30)


async def test_order_not_visible_yet_is_no_failure(harness: OutboxHarness) -> None:
    write = accept(harness, order("A", notes="x"))
    assert await harness.verifier.check_due() == []
    assert ends(harness, write) == [VerificationState.ACCEPTED]
    harness.service.add("A", notes="x")
    await harness.verifier.until_done()
    (follow,) = harness.store.verifications.of_write(write)
    assert (follow.state, follow.remote_id) == (VerificationState.VERIFIED, "1")


async def test_verification_backs_off_until_the_limit(harness: OutboxHarness) -> None:
    write = accept(harness, order("A"))
    times = [harness.time.now()]
    while harness.verifier.pending:
        await harness.verifier.check_due()
        (follow,) = harness.store.verifications.of_write(write)
        harness.time.now_ = max(follow.due, harness.time.now())
        times.append(harness.time.now())
    pauses = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert pauses[:-2] == sorted(pauses[:-2])
    assert 200 < sum(pauses) <= 240
    assert ends(harness, write) == [VerificationState.MISSING]
    assert len(harness.service.calls) == len(harness.schedule.verify)


async def test_new_order_with_other_values_differs_soon(harness: OutboxHarness) -> None:
    harness.service.add("A", notes="normalised")
    write = accept(harness, order("A", notes="x"))
    started = harness.time.now()
    await harness.verifier.until_done()
    (follow,) = harness.store.verifications.of_write(write)
    assert follow.state is VerificationState.DIFFERS
    assert follow.mismatches == [{"pointer": "/notes", "expected": "x", "actual": "normalised"}]
    assert (harness.time.now() - started).total_seconds() < 30


async def test_an_update_may_show_its_old_content_for_long(harness: OutboxHarness) -> None:
    number = harness.service.add("A", notes="old")
    write = accept(harness, order("A", notes="x"), fresh=False, ids=True)
    while (harness.time.now().minute) < 3:
        await harness.verifier.check_due()
        await harness.time.sleep(1)
    assert ends(harness, write) == [VerificationState.ACCEPTED]
    harness.service.orders[number]["notes"] = "x"
    await harness.verifier.until_done()
    assert ends(harness, write) == [VerificationState.VERIFIED]


async def test_failed_reads_do_not_count(harness: OutboxHarness) -> None:
    write = accept(harness, order("A"))
    harness.service.faults["list"] = [Unreachable("no network")] * 50
    following = asyncio.create_task(harness.verifier.until_done())
    for _ in range(5000):
        await asyncio.sleep(0)
        if not harness.service.faults["list"]:
            break
    assert harness.service.faults["list"] == []
    assert ends(harness, write) == [VerificationState.ACCEPTED]
    harness.service.add("A")
    await following
    assert ends(harness, write) == [VerificationState.VERIFIED]


async def test_many_orders_are_found_by_one_list_read(harness: OutboxHarness) -> None:
    old = harness.service.add("old", notes="x")
    for n in range(250):
        harness.service.add(f"other {n}")
    orders = [order(f"A{n}", notes="x") for n in range(40)]
    for saved in orders:
        harness.service.add(str(saved["order_id"]), notes="x")
    write = accept(harness, order("old", notes="x"), *orders)
    await harness.verifier.check_due()
    assert ends(harness, write) == [VerificationState.VERIFIED] * 41
    assert len(harness.service.calls) == 2
    assert harness.store.verifications.of_write(write)[0].remote_id == old


async def test_service_filter_is_not_trusted(harness: OutboxHarness) -> None:
    harness.service.add("a", notes="x")  # the service ignores case
    harness.service.add("A", shop=6, notes="x")
    write = accept(harness, order("A", notes="x"))
    await harness.verifier.check_due()
    assert ends(harness, write) == [VerificationState.ACCEPTED]


async def test_verification_resumes_after_a_restart(harness: OutboxHarness) -> None:
    write = accept(harness, order("A"))
    await harness.verifier.check_due()
    (before,) = harness.verifier.pending
    harness.restart()
    (after,) = harness.verifier.pending
    assert (after.attempts, after.due, after.since) == (before.attempts, before.due, before.since)
    harness.service.add("A")
    await harness.verifier.until_done()
    assert ends(harness, write) == [VerificationState.VERIFIED]


async def test_run_wakes_for_new_orders_and_reports_results(harness: OutboxHarness) -> None:
    ended: list[Verification] = []
    read: list[Document | None] = []
    notified = asyncio.Event()

    def on_change(follow: Verification, document: Document | None) -> None:
        ended.append(follow)
        read.append(document)
        notified.set()

    client: Client = harness.service.client
    follower = Verifier(
        client, harness.store, harness.account_id, now=harness.time.now, sleep=harness.time.sleep, on_change=on_change
    )
    running = asyncio.create_task(follower.run())
    for _ in range(5):
        await asyncio.sleep(0)
    harness.service.add("A")
    accept(harness, order("A"))
    follower.wake()
    await notified.wait()
    assert [follow.state for follow in ended] == [VerificationState.VERIFIED]
    assert [document and document["order_id"] for document in read] == ["A"]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_new_orders_missing_from_the_list_are_not_read_singly(harness: OutboxHarness) -> None:
    harness.service.settle = 60
    harness.service.add("old")
    harness.service.add("older")
    batch = harness.store.batches.create(harness.account_id, "b").id
    orders = [order(f"A{n}") for n in range(30)]
    ids = harness.store.batches.stage(batch, [NewStaged(order) for order in orders])
    await harness.outbox.upsert([Outgoing(staged, 1, order) for staged, order in zip(ids, orders, strict=True)])
    harness.service.calls.clear()
    await harness.time.sleep(3)
    assert await harness.verifier.check_due() == []
    assert [method for method, _ in harness.service.calls] == ["list"]
    await harness.verifier.until_done()
    assert {staged.state for staged in harness.store.batches.staged(harness.store.batches.ids(batch))} == {
        StagedState.VERIFIED
    }
    assert harness.service.sent("get") == []


@pytest.mark.parametrize(("count", "reads"), [(150, 1), (500, 3), (1000, 5)])
async def test_pages_are_read_while_they_cost_fewer_requests(harness: OutboxHarness, count: int, reads: int) -> None:
    """The newest page has 200 of 500 orders: the other 300 must not be read one by one at each check."""
    for n in range(300):
        harness.service.add(f"old {n}")
    orders = [order(f"A{n}") for n in range(count)]
    for saved in orders:
        harness.service.add(str(saved["order_id"]))
    write = accept(harness, *orders)
    await harness.verifier.check_due()
    assert set(ends(harness, write)) == {VerificationState.VERIFIED}
    assert [method for method, _ in harness.service.calls] == ["list"] * reads


async def test_old_orders_are_read_singly(harness: OutboxHarness) -> None:
    old = [order(f"old {n}") for n in range(6)]
    for removed in old:
        harness.service.add(str(removed["order_id"]))
    for n in range(900):
        harness.service.add(f"other {n}")
    write = accept(harness, *old)
    await harness.verifier.check_due()
    assert set(ends(harness, write)) == {VerificationState.VERIFIED}
    assert len(harness.service.calls) == 1 + len(old)


async def test_many_unseen_orders_share_reads(harness: OutboxHarness) -> None:
    """Half of 500 new orders exist: the same pages show that the other half does not."""
    harness.service.add("old")
    batch = harness.store.batches.create(harness.account_id, "b").id
    orders = [order(f"A{n}") for n in range(500)]
    ids = harness.store.batches.stage(batch, [NewStaged(order) for order in orders])
    for start in range(0, 500, 100):
        harness.service.settle = 10 if (start // 100) % 2 else 0
        part = slice(start, start + 100)
        await harness.outbox.upsert([Outgoing(id, 1, order) for id, order in zip(ids[part], orders[part], strict=True)])
    harness.service.calls.clear()
    await harness.time.sleep(3)
    assert len(await harness.verifier.check_due()) == 300
    assert len(harness.service.calls) == 2
    harness.service.calls.clear()
    await harness.verifier.until_done()
    assert {staged.state for staged in harness.store.batches.staged(harness.store.batches.ids(batch))} == {
        StagedState.VERIFIED
    }
    assert harness.service.sent("get") == []
