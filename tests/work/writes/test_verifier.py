"""Following: until verified, differing or missing, with growing pauses, over restarts, with few reads."""

import asyncio
from itertools import pairwise

import pytest
from fake_service import Bench, order

from tui.api.client import Client
from tui.api.codec import Document
from tui.api.errors import Unreachable
from tui.store.batches import NewStaged, StagedState
from tui.store.journal import NewVerification, NewWrite, WriteKind, WriteState
from tui.store.verifications import Verification, VerificationState
from tui.work.writes.backoff import RetrySchedule, exponential
from tui.work.writes.outbox import Outgoing
from tui.work.writes.verifier import Verifier


def accept(bench: Bench, *orders: Document, fresh: bool = True, ids: bool = False) -> int:
    write = bench.store.writes.record(bench.account_id, NewWrite(WriteKind.UPSERT, "POST", "/orders", b"[]", None))
    follows = [
        NewVerification(
            str(one["order_id"]), "5", one, bench.time.now(), remote_id=str(n) if ids else None, created=fresh
        )
        for n, one in enumerate(orders, 1)
    ]
    bench.store.writes.step(write.id, WriteState.ACCEPTED, verifications=follows)
    return write.id


def ends(bench: Bench, write: int) -> list[VerificationState]:
    return [follow.state for follow in bench.store.verifications.of_write(write)]


def test_backoff_delays_grow_to_the_limit() -> None:
    pauses = exponential(60, first=1, factor=2, longest=10)
    assert pauses == (1, 2, 4, 8, 10, 10, 10, 10, 5)
    assert exponential(0.5) == (0.5,)
    assert exponential(0) == ()
    assert sum(RetrySchedule.of(30).lookups) == pytest.approx(30)


async def test_order_not_visible_yet_is_no_failure(bench: Bench) -> None:
    write = accept(bench, order("A", notes="x"))
    assert await bench.verifier.check_due() == []
    assert ends(bench, write) == [VerificationState.ACCEPTED]
    bench.service.add("A", notes="x")
    await bench.verifier.until_done()
    (follow,) = bench.store.verifications.of_write(write)
    assert (follow.state, follow.remote_id) == (VerificationState.VERIFIED, "1")


async def test_verification_backs_off_until_the_limit(bench: Bench) -> None:
    write = accept(bench, order("A"))
    times = [bench.time.now()]
    while bench.verifier.pending:
        await bench.verifier.check_due()
        (follow,) = bench.store.verifications.of_write(write)
        bench.time.now_ = max(follow.due, bench.time.now())
        times.append(bench.time.now())
    pauses = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert pauses[:-2] == sorted(pauses[:-2])
    assert 200 < sum(pauses) <= 240
    assert ends(bench, write) == [VerificationState.MISSING]
    assert len(bench.service.calls) == len(bench.schedule.verify)


async def test_new_order_with_other_values_differs_soon(bench: Bench) -> None:
    bench.service.add("A", notes="normalised")
    write = accept(bench, order("A", notes="x"))
    started = bench.time.now()
    await bench.verifier.until_done()
    (follow,) = bench.store.verifications.of_write(write)
    assert follow.state is VerificationState.DIFFERS
    assert follow.mismatches == [{"pointer": "/notes", "expected": "x", "actual": "normalised"}]
    assert (bench.time.now() - started).total_seconds() < 30


async def test_an_update_may_show_its_old_content_for_long(bench: Bench) -> None:
    number = bench.service.add("A", notes="old")
    write = accept(bench, order("A", notes="x"), fresh=False, ids=True)
    while (bench.time.now().minute) < 3:
        await bench.verifier.check_due()
        await bench.time.sleep(1)
    assert ends(bench, write) == [VerificationState.ACCEPTED]
    bench.service.orders[number]["notes"] = "x"
    await bench.verifier.until_done()
    assert ends(bench, write) == [VerificationState.VERIFIED]


async def test_failed_reads_do_not_count(bench: Bench) -> None:
    write = accept(bench, order("A"))
    bench.service.faults["list"] = [Unreachable("no network")] * 50
    following = asyncio.create_task(bench.verifier.until_done())
    for _ in range(5000):
        await asyncio.sleep(0)
        if not bench.service.faults["list"]:
            break
    assert bench.service.faults["list"] == []
    assert ends(bench, write) == [VerificationState.ACCEPTED]
    bench.service.add("A")
    await following
    assert ends(bench, write) == [VerificationState.VERIFIED]


async def test_many_orders_are_found_by_one_list_read(bench: Bench) -> None:
    old = bench.service.add("old", notes="x")
    for n in range(250):
        bench.service.add(f"other {n}")
    orders = [order(f"A{n}", notes="x") for n in range(40)]
    for one in orders:
        bench.service.add(str(one["order_id"]), notes="x")
    write = accept(bench, order("old", notes="x"), *orders)
    await bench.verifier.check_due()
    assert ends(bench, write) == [VerificationState.VERIFIED] * 41
    assert len(bench.service.calls) == 2
    assert bench.store.verifications.of_write(write)[0].remote_id == old


async def test_service_filter_is_not_trusted(bench: Bench) -> None:
    bench.service.add("a", notes="x")  # the service ignores case
    bench.service.add("A", shop=6, notes="x")
    write = accept(bench, order("A", notes="x"))
    await bench.verifier.check_due()
    assert ends(bench, write) == [VerificationState.ACCEPTED]


async def test_verification_resumes_after_a_restart(bench: Bench) -> None:
    write = accept(bench, order("A"))
    await bench.verifier.check_due()
    (before,) = bench.verifier.pending
    bench.restart()
    (after,) = bench.verifier.pending
    assert (after.attempts, after.due, after.since) == (before.attempts, before.due, before.since)
    bench.service.add("A")
    await bench.verifier.until_done()
    assert ends(bench, write) == [VerificationState.VERIFIED]


async def test_run_wakes_for_new_orders_and_reports_results(bench: Bench) -> None:
    ended: list[Verification] = []
    told = asyncio.Event()

    def on_change(follow: Verification) -> None:
        ended.append(follow)
        told.set()

    client: Client = bench.service.client
    follower = Verifier(
        client, bench.store, bench.account_id, now=bench.time.now, sleep=bench.time.sleep, on_change=on_change
    )
    running = asyncio.create_task(follower.run())
    for _ in range(5):
        await asyncio.sleep(0)
    bench.service.add("A")
    accept(bench, order("A"))
    follower.wake()
    await told.wait()
    assert [follow.state for follow in ended] == [VerificationState.VERIFIED]
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_new_orders_missing_from_the_list_are_not_read_singly(bench: Bench) -> None:
    bench.service.settle = 60
    bench.service.add("old")
    bench.service.add("older")
    batch = bench.store.batches.create(bench.account_id, "b").id
    orders = [order(f"A{n}") for n in range(30)]
    ids = bench.store.batches.stage(batch, [NewStaged(one) for one in orders])
    await bench.outbox.upsert([Outgoing(staged, 1, one) for staged, one in zip(ids, orders, strict=True)])
    bench.service.calls.clear()
    await bench.time.sleep(3)
    assert await bench.verifier.check_due() == []
    assert [method for method, _ in bench.service.calls] == ["list"]
    await bench.verifier.until_done()
    assert {staged.state for staged in bench.store.batches.staged(batch)} == {StagedState.VERIFIED}
    assert bench.service.sent("get") == []


@pytest.mark.parametrize(("count", "reads"), [(150, 1), (500, 3), (1000, 5)])
async def test_pages_are_read_while_they_cost_fewer_requests(bench: Bench, count: int, reads: int) -> None:
    """Of 500 orders the newest page has 200: the others were asked for one by one, 300 reads at each look."""
    for n in range(300):
        bench.service.add(f"old {n}")
    orders = [order(f"A{n}") for n in range(count)]
    for one in orders:
        bench.service.add(str(one["order_id"]))
    write = accept(bench, *orders)
    await bench.verifier.check_due()
    assert set(ends(bench, write)) == {VerificationState.VERIFIED}
    assert [method for method, _ in bench.service.calls] == ["list"] * reads


async def test_old_orders_are_read_singly(bench: Bench) -> None:
    old = [order(f"old {n}") for n in range(6)]
    for one in old:
        bench.service.add(str(one["order_id"]))
    for n in range(900):
        bench.service.add(f"other {n}")
    write = accept(bench, *old)
    await bench.verifier.check_due()
    assert set(ends(bench, write)) == {VerificationState.VERIFIED}
    assert len(bench.service.calls) == 1 + len(old)


async def test_many_unseen_orders_share_reads(bench: Bench) -> None:
    """Half of 500 new orders are there: those of the other half are known not to be from the same pages."""
    bench.service.add("old")
    batch = bench.store.batches.create(bench.account_id, "b").id
    orders = [order(f"A{n}") for n in range(500)]
    ids = bench.store.batches.stage(batch, [NewStaged(one) for one in orders])
    for start in range(0, 500, 100):
        bench.service.settle = 10 if (start // 100) % 2 else 0
        part = slice(start, start + 100)
        await bench.outbox.upsert([Outgoing(id, 1, one) for id, one in zip(ids[part], orders[part], strict=True)])
    bench.service.calls.clear()
    await bench.time.sleep(3)
    assert len(await bench.verifier.check_due()) == 300
    assert len(bench.service.calls) == 2
    bench.service.calls.clear()
    await bench.verifier.until_done()
    assert {staged.state for staged in bench.store.batches.staged(batch)} == {StagedState.VERIFIED}
    assert bench.service.sent("get") == []
