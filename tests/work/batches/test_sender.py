"""Sending batches to a sandbox: splitting, waiting, pausing, all kinds of faults; nothing is lost or sent twice."""

import asyncio
import dataclasses
import json
import os
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import httpx
import pytest
from batch_harness import SHOP, BatchHarness, Make, move_to_front, pointers, stage
from interception import Send, refusal
from sandbox_harness import order

from tui.api.codec import encode
from tui.api.query import OrderQuery
from tui.orders.paths import ITEMS
from tui.sandbox.faults import Faults
from tui.work.batches import sender as shipping
from tui.work.batches.send_queue import split_into_requests
from tui.work.batches.staging import BatchLocked
from tui.work.writes.send_state import SendState


async def many(harness: BatchHarness, count: int, prefix: str = "A", **changes: Any) -> list[str]:
    ids = stage(harness.staging, *(order(order_id=f"{prefix}{n}", **changes) for n in range(count)))
    assert await harness.staging.refresh_remote() is None
    return ids


async def test_refused_batch_is_split_until_nothing_is_refused(make: Make) -> None:
    harness = await make()
    ids = await many(harness, 40)
    harness.staging.editing.put(ids[3], ITEMS / 0 / "quantity", 0, "quantity")
    harness.staging.editing.release([ids[3]], force=True)

    async def answer_again(request: httpx.Request, real: Send) -> httpx.Response:
        # Only orders that pass the first check get the second one (Q2.4).
        sent = [order["order_id"] for order in json.loads(request.content)]
        if "A3" in sent or "A11" not in sent:
            return await real(request)
        return refusal((f"/data/attributes/[{sent.index('A11')}]/order_details/integration/id", "Not yours"))

    harness.interceptor.intercept("POST", answer_again)
    await harness.staging.send(harness.staging.plan(), continue_after_refusal=True)
    assert harness.staging.counts() == {SendState.REFUSED: 2, SendState.ACCEPTED: 38}
    assert pointers(harness.staging, ids[3]) == [str(ITEMS / 0 / "quantity")]
    assert pointers(harness.staging, ids[11]) == ["/order_details/integration/id"]
    assert harness.staging.notices[-1].text == ("3 requests, 2 of them refused: 38 accepted, 2 refused of 40 orders.")
    await harness.account.verifier.until_done()
    assert harness.staging.counts() == {SendState.REFUSED: 2, SendState.VERIFIED: 38}
    assert len(await harness.remote_orders()) == 38
    harness.staging.editing.put(ids[3], ITEMS / 0 / "quantity", 2, "quantity")
    await harness.staging.send(harness.staging.plan(), continue_after_refusal=True)
    assert harness.staging.counts()[SendState.ACCEPTED] == 1


async def test_without_permission_a_refusal_takes_one_request(make: Make) -> None:
    harness = await make()
    await many(harness, 3)
    harness.interceptor.refuse_next(("/data/attributes/[1]/order_id", "no"))
    await harness.staging.send(harness.staging.plan())
    assert harness.staging.counts() == {SendState.REFUSED: 1, SendState.READY: 2}
    assert len(harness.account.store.writes.all(harness.account.account_id)) == 1


async def test_refusal_of_a_reordered_batch_is_shown_on_the_right_orders(make: Make) -> None:
    harness = await make()
    ids = await many(harness, 8)
    plan = harness.staging.plan()
    changed = False

    async def refuse(request: httpx.Request, real: Send) -> httpx.Response:
        nonlocal changed
        if changed:
            return await real(request)
        changed = True
        move_to_front(harness, ids[7], ids[6], rank=-2)
        return refusal(("/data/attributes/[1]/order_id", "of 1"), ("/data/attributes/[4]/nowhere", "of 5"))

    harness.interceptor.intercept("POST", refuse)
    harness.staging.editing.remove_orders([ids[2]])  # after the review
    await harness.staging.send(plan, continue_after_refusal=True)
    # Orders 0 1 3 4 5 6 7 were sent, so the fifth of them is order 5.
    assert [
        id for id in ids if id in {order.id for order in harness.staging.orders} and pointers(harness.staging, id)
    ] == [
        ids[1],
        ids[5],
    ]
    staging = await harness.crash()
    assert [order.id for order in staging.orders][:2] == [ids[7], ids[6]]
    assert pointers(staging, ids[5]) == ["/nowhere"]
    assert harness.staging.counts() == {SendState.REFUSED: 2, SendState.ACCEPTED: 5}


_ITEM = "order_details/order_items/0"


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/data/attributes/[1]/order_details/integration", "/order_details/integration"),
        (f"/data/attributes/[1]/{_ITEM}/quantity", f"/{_ITEM}/quantity"),
        ("/data/attributes/[1]/order_details/order_items/[0]/quantity", f"/{_ITEM}/quantity"),
        (f"/data/attributes/1/{_ITEM}/hs_code", f"/{_ITEM}/hs_code"),
        ("/data/attributes/[1]/order_id", "/order_id"),
        ("/data/attributes/orders/[1]", ""),
        ("data/attributes/[1]/order_id", "/order_id"),
        ("[1]/order_id", "/order_id"),
        ("/1/order_id", "/order_id"),
        ("body/1/unknown_field", "/unknown_field"),
        ("/data/attributes/[1]/", ""),
        ("/data/attributes/[1]/shipping_address/nowhere/at/all", "/shipping_address/nowhere/at/all"),
        ("/data/attributes/[1]/payment_details/Union/total_price/value", "/payment_details/total_price/value"),
        ("/data/attributes/[9]/order_id", None),
        ("/data/attributes/", None),
        ("/data", None),
        ("", None),
    ],
)
async def test_every_pointer_dialect_maps_to_its_field_or_the_request(
    make: Make, pointer: str, expected: str | None
) -> None:
    harness = await make()
    ids = await many(harness, 2)
    harness.interceptor.refuse_next((pointer, "Something is wrong"))
    await harness.staging.send(harness.staging.plan())
    assert pointers(harness.staging, ids[0]) == []
    assert pointers(harness.staging, ids[1]) == ([] if expected is None else [expected])
    details = [problem.detail for problem in harness.staging.notices[-1].problems]
    assert details == (["Something is wrong"] if expected is None else [])


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"errors": [{"detail": "D", "source": {"pointer": "/data/attributes/[0]/order_id"}}]}, "D"),
        ({"errors": {"detail": "D", "status": "400", "code": "x"}}, "D"),
        ({"errors": [{"title": "T"}]}, "T"),
        ({"errors": [{"status": 400, "code": "missing", "title": "T", "detail": "D"}]}, "D"),
        ({"error": {"message": "D", "code": 400}}, "D"),
        ({"message": "D"}, "D"),
        ("D", "D"),
        (b"<html><h1>D</h1></html>", "D"),
        (b"D", "D"),
    ],
)
async def test_every_shape_of_a_refusal_is_shown_on_its_order(make: Make, body: Any, detail: str) -> None:
    harness = await make()
    (id,) = await many(harness, 1)

    async def refuse(request: httpx.Request, real: Send) -> httpx.Response:
        content = body if isinstance(body, bytes) else encode(body)
        kind = "application/json" if not isinstance(body, bytes) else "text/html"
        return httpx.Response(400, content=content, headers={"content-type": kind})

    harness.interceptor.intercept("POST", refuse)
    await harness.staging.send(harness.staging.plan(), continue_after_refusal=True)
    found = harness.staging.get(id)
    assert found is not None
    details = [finding.problem.detail for finding in harness.staging.findings(found) if finding.at is not None]
    details += [problem.detail for problem in harness.staging.notices[-1].problems]
    assert any(detail in text for text in details) or detail in harness.staging.notices[-1].text
    assert len(harness.account.store.writes.all(harness.account.account_id)) == 1, "a refused order is not sent again"


async def test_large_batch_is_split_by_size_and_halved_again(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipping, "split_into_requests", lambda orders: split_into_requests(orders, 100, 60_000))
    harness = await make()
    await many(harness, 12, order_details__notes="x" * 20_000)
    plan = harness.staging.plan()
    assert [len(request) for request in plan.requests] == [2] * 6

    async def small(request: httpx.Request, real: Send) -> httpx.Response:
        return await real(request) if len(request.content) < 30_000 else httpx.Response(413, content=b"too large")

    harness.interceptor.intercept("POST", small)
    await harness.staging.send(plan)
    assert harness.staging.counts() == {SendState.ACCEPTED: 12}


async def test_busy_orders_are_retried_with_backoff(make: Make) -> None:
    harness = await make()
    await many(harness, 2)
    times: list[float] = []

    async def busy(request: httpx.Request, real: Send) -> httpx.Response:
        times.append(harness.clock.passed)
        if harness.clock.passed < 120:
            detail = "This order is being processed by another request, please try again later."
            return refusal(("/data", detail))
        return await real(request)

    harness.interceptor.intercept("POST", busy)
    await harness.staging.send(harness.staging.plan())
    assert harness.staging.counts() == {SendState.ACCEPTED: 2}
    assert 120 < times[-1] < 300
    assert len(times) < 40


async def until(holds: Callable[[], object]) -> None:
    """Let other tasks run until a condition is true."""
    for _ in range(100_000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to hold")


async def send_held(harness: BatchHarness, **options: Any) -> tuple["asyncio.Task[None]", asyncio.Event]:
    """Start sending all that is ready, and hold back each POST until the event is set. Return once the first arrived."""
    arrived, release = asyncio.Event(), asyncio.Event()

    async def wait(request: httpx.Request, real: Send) -> httpx.Response:
        arrived.set()
        await release.wait()
        return await real(request)

    harness.interceptor.intercept("POST", wait)
    sending = asyncio.create_task(harness.staging.send(harness.staging.plan(), **options))
    await arrived.wait()
    return sending, release


async def test_pause_finishes_the_request_in_flight_and_starts_no_other(make: Make) -> None:
    harness = await make()
    await many(harness, 250)
    staging = harness.staging
    sending, release = await send_held(harness)
    progress = staging.sender.progress
    assert progress is not None
    assert (progress.total, progress.left, progress.requests, progress.paused) == (250, 250, 1, False)
    assert staging.sender.pause()
    assert not staging.sender.pause()
    release.set()
    await until(lambda: not staging.sender.waiting)
    assert staging.counts() == {SendState.ACCEPTED: 100, SendState.READY: 150}
    paused = staging.sender.progress
    assert paused is not None
    assert (paused.accepted, paused.left, paused.paused) == (100, 150, True)
    held = next(order.id for order in staging.orders if staging.send_state(order) is SendState.READY)
    staging.editing.hold([held])
    assert staging.sender.resume()
    await sending
    assert staging.counts() == {SendState.ACCEPTED: 249, SendState.HELD: 1}
    assert staging.sender.progress is None


async def test_cancel_keeps_what_was_sent(make: Make) -> None:
    harness = await make()
    await many(harness, 250)
    staging = harness.staging
    sending, release = await send_held(harness, continue_after_refusal=True)
    assert staging.sender.cancel() == 150
    release.set()
    await sending
    assert staging.counts() == {SendState.ACCEPTED: 100, SendState.READY: 150}
    assert "150 orders not sent" in staging.notices[0].text
    await harness.account.verifier.until_done()
    await staging.send(staging.plan())
    await harness.account.verifier.until_done()
    assert staging.counts() == {SendState.VERIFIED: 250}


async def test_cancel_ends_the_wait_for_a_busy_service(make: Make) -> None:
    harness = await make()
    await many(harness, 1)
    staging = harness.staging
    harness.sandbox.fault_injector.faults = Faults.parse(["busy=1"])
    never = asyncio.Event()
    context = harness.account.outbox._context

    async def sleep(seconds: float) -> object:
        return await (never.wait() if seconds >= 15 else harness.clock.sleep(seconds))

    harness.account.outbox._context = dataclasses.replace(context, sleep=sleep)
    sending = asyncio.create_task(staging.send(staging.plan()))
    await until(lambda: staging.sender.progress is not None and staging.sender.progress.until is not None)
    assert staging.sender.cancel() == 1
    await sending
    assert staging.counts() == {SendState.READY: 1}


async def test_opening_another_batch_waits_for_requests_in_flight(make: Make) -> None:
    harness = await make()
    await many(harness, 150)
    staging = harness.staging
    sending, release = await send_held(harness)
    with pytest.raises(BatchLocked, match="being sent"):
        staging.create("other")
    staging.sender.pause()
    with pytest.raises(BatchLocked, match="being sent"):
        staging.create("other")
    release.set()
    await until(lambda: not staging.sender.waiting)
    staging.create("other")
    await sending
    assert staging.orders == []
    staging.open_batch("staged orders")
    assert staging.counts() == {SendState.ACCEPTED: 100, SendState.READY: 50}


async def test_removing_the_batch_ends_a_paused_sending(make: Make) -> None:
    harness = await make()
    await many(harness, 150)
    staging = harness.staging
    sending, release = await send_held(harness)
    staging.sender.pause()
    release.set()
    await until(lambda: not staging.sender.waiting and staging.counts()[SendState.ACCEPTED] == 100)
    await harness.account.verifier.until_done()
    staging.remove("staged orders")
    await sending
    assert staging.sender.progress is None
    staging.put_back()
    staging.open_batch("staged orders")
    assert staging.counts() == {SendState.VERIFIED: 100, SendState.READY: 50}


async def test_second_plan_is_sent_after_the_first(make: Make) -> None:
    harness = await make()
    await many(harness, 3)
    staging = harness.staging
    first, release = await send_held(harness)
    await many(harness, 2, "B")
    plan = staging.plan()
    assert plan.count == 2
    second = asyncio.create_task(staging.send(plan))
    release.set()
    await asyncio.gather(first, second)
    assert staging.counts() == {SendState.ACCEPTED: 5}


@pytest.mark.parametrize("seed", range(2))
async def test_with_faults_of_every_kind_every_order_is_accounted_for_once(make: Make, seed: int) -> None:
    """More orders: SENDCLOUD_ORDERS_MANY=500 pytest tests/work -k faults_of_every_kind."""
    count = int(os.environ.get("SENDCLOUD_ORDERS_MANY", "60"))
    random = Random(seed)
    harness = await make(seed=seed)
    ids = await many(harness, count)
    bad = random.sample(ids, count // 10)
    for id in bad:
        harness.staging.editing.put(id, ITEMS / 0 / "quantity", 0, "quantity")
    harness.staging.editing.release(bad, force=True)
    harness.sandbox.fault_injector.faults = Faults.parse(
        ["lost=0.06", "error=0.06", "error_after=0.06", "html=0.04", "busy=0.04", "rate_limited=0.04"]
    )
    for _ in range(12):
        await harness.staging.refresh_remote()
        await harness.staging.send(harness.staging.plan(), continue_after_refusal=True)
        await harness.account.verifier.until_done()
        if random.random() < 0.5:
            await harness.crash()
        for outcome in await harness.account.outbox.recover():
            harness.staging.settle(outcome)
        missing = [
            order.id
            for order in harness.staging.orders
            if harness.staging.send_state(order) in (SendState.UNKNOWN, SendState.DIFFERS)
        ]
        await harness.staging.check_again(missing)
        await harness.account.verifier.until_done()
        if harness.staging.counts()[SendState.VERIFIED] == count - len(bad):
            break
    assert harness.staging.counts() == {SendState.VERIFIED: count - len(bad), SendState.REFUSED: len(bad)}
    harness.sandbox.fault_injector.faults = Faults()
    harness.clock.passed += 100
    names: list[str] = []
    cursor = None
    while True:
        page = await harness.account.client.list_orders(OrderQuery(integration=(SHOP,), page_size=200), cursor=cursor)
        names += [str(order["order_id"]) for order in page.orders]
        if (cursor := page.next) is None:
            break
    assert Counter(names).most_common(1)[0][1] == 1
    assert len(names) == count - len(bad)
