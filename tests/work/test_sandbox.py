"""The real client and transport with the sandbox and its faults: every order is written once and reported correctly."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from sandbox_client import sandbox_client
from sandbox_harness import NOW, order
from shared_clock import WireClock

from tui.api.codec import encode
from tui.api.pointer import Pointer
from tui.sandbox.app import Sandbox, SandboxSettings
from tui.sandbox.faults import Faults
from tui.store.batches import NewStaged, StagedState
from tui.store.journal import WriteState
from tui.store.store import Store
from tui.work.writes.outbox import Outbox, Outgoing
from tui.work.writes.outcomes import OrderGone, WriteAccepted, WriteDiffers, WriteRefused, WriteVerified
from tui.work.writes.verifier import Verifier


class SandboxOutbox:
    """A sandbox over ASGI, with the app's outbox and verifier; all use one clock."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.clock = WireClock()
        self.sandbox = Sandbox(
            SandboxSettings(orders=0, now=NOW, clock=self.clock, sleep=self.clock.sleep, **{"settle": 4.0, **settings})
        )
        self.client = sandbox_client(httpx.ASGITransport(self.sandbox.asgi), self.clock, random=Random(3))
        self.store = Store(folder, now=self.clock.now)
        self.account_id = self.store.account_id(self.client.base_url, "1")
        shared: Any = {"now": self.clock.now, "sleep": self.clock.sleep}
        self.verifier = Verifier(self.client, self.store, self.account_id, **shared)
        self.outbox = Outbox(self.client, self.store, self.account_id, **shared)
        self.batch = self.store.batches.create(self.account_id, "b").id

    def stage(self, *orders: dict[str, Any]) -> list[Outgoing]:
        ids = self.store.batches.stage(self.batch, [NewStaged(order) for order in orders])
        return [Outgoing(staged, 1, order) for staged, order in zip(ids, orders, strict=True)]

    def states(self) -> list[StagedState]:
        return [staged.state for staged in self.store.batches.staged(self.store.batches.ids(self.batch))]

    async def all_orders(self) -> list[str]:
        self.sandbox.fault_injector.faults = Faults()
        orders, cursor = [], None
        while True:
            page = await self.client.list_orders(cursor=cursor)
            orders += [str(order["order_id"]) for order in page.orders]
            if (cursor := page.next) is None:
                return sorted(orders)


Make = Callable[..., SandboxOutbox]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    harnesses: list[SandboxOutbox] = []

    def build(**settings: Any) -> SandboxOutbox:
        harnesses.append(SandboxOutbox(tmp_path / "data", **settings))
        return harnesses[-1]

    yield build
    for harness in harnesses:
        await harness.client.aclose()
        harness.store.close()
        harness.sandbox.close()


async def test_refused_fixed_accepted_verified(make: Make) -> None:
    harness = make()
    good, bad = harness.stage(order(order_id="A"), order(order_id="B", order_details__order_items__0__quantity=0))
    refused = await harness.outbox.upsert([good, bad])
    assert isinstance(refused, WriteRefused)
    ((staged, (problem, *_)),) = refused.by_staged.items()
    assert staged == bad.staged
    assert problem.pointer == Pointer.parse("/order_details/order_items/0/quantity")
    assert harness.states() == [StagedState.DRAFT, StagedState.REFUSED]
    harness.store.batches.rebase(bad.staged, order(order_id="B"), None)
    corrected = Outgoing(bad.staged, 2, order(order_id="B"))
    assert isinstance(await harness.outbox.upsert([good, corrected]), WriteAccepted)
    assert harness.states() == [StagedState.ACCEPTED] * 2
    await harness.verifier.until_done()
    assert harness.states() == [StagedState.VERIFIED] * 2


async def test_patch_is_confirmed_and_refusal_names_its_field(make: Make) -> None:
    harness = make(settle=0.0)
    await harness.outbox.upsert(harness.stage(order(order_id="A")))
    (read,) = (await harness.client.list_orders()).orders
    number = str(read["id"])
    body = {
        "customer_details": {"phone": "+3140"},
        "order_details": {"notes": None, "tags": ["x"], "order_items": [{"name": "Scented Candle", "quantity": 3}]},
    }
    assert isinstance(await harness.outbox.patch(number, encode(body), read), WriteVerified)
    refused = await harness.outbox.patch(number, b'{"shipping_address": {"city": ""}}', read)
    assert isinstance(refused, WriteRefused)
    assert [str(problem.pointer) for problem in refused.problems] == ["/shipping_address/city"]


async def test_update_is_verified_while_old_content_shows(make: Make) -> None:
    harness = make(settle=60.0)
    harness.sandbox.fault_injector.faults = Faults(settle=0.0)
    await harness.outbox.upsert(harness.stage(order(order_id="A")))
    await harness.verifier.until_done()
    (read,) = (await harness.client.list_orders()).orders
    harness.sandbox.fault_injector.faults = Faults()
    (new,) = harness.stage(order(order_id="A", order_details__notes="newer"))
    await harness.outbox.upsert([Outgoing(new.staged, 1, new.order, base=read)])
    started = harness.clock.passed
    await harness.verifier.until_done()
    assert harness.clock.passed - started >= 60
    assert harness.states() == [StagedState.VERIFIED] * 2


FAULTS = (
    "error=0.06",
    "error_after=0.06",
    "html=0.03",
    "html_after=0.05",
    "lost=0.05",
    "rate_limited=0.05",
    "busy=0.1",
)


@pytest.mark.parametrize("seed", range(2))
async def test_under_faults_every_order_exists_once_and_results_are_true(make: Make, seed: int) -> None:
    harness = make(seed=seed)
    harness.sandbox.fault_injector.faults = Faults.parse([*FAULTS, "slow=0.05"])
    outgoing = harness.stage(*(order(order_id=f"A{n}") for n in range(40)))
    for _ in range(20):
        left = [order for order in outgoing if not harness.store.writes.already_sent(order.staged, order.version)]
        await asyncio.gather(*(harness.outbox.upsert(left[place : place + 5]) for place in range(0, len(left), 5)))
        await harness.outbox.recover()
        await harness.verifier.until_done()
    assert await harness.all_orders() == sorted(f"A{n}" for n in range(40))
    assert harness.states() == [StagedState.VERIFIED] * 40

    harness.sandbox.fault_injector.faults = Faults.parse(FAULTS)
    orders = {str(order["id"]): order for order in (await harness.client.list_orders()).orders}
    patches: list[Coroutine[Any, Any, Any]] = [
        harness.outbox.patch(number, encode({"order_details": {"notes": f"to {number}"}}), order)
        for number, order in orders.items()
    ]
    outcomes = await asyncio.gather(*patches)
    harness.sandbox.fault_injector.faults = Faults()
    await harness.outbox.recover()
    await harness.verifier.until_done()
    for write in harness.store.writes.all(harness.account_id, limit=-1):
        if write.new.order_id is None:
            continue
        notes = Pointer.of("order_details", "notes").get(await harness.client.get_order(write.new.order_id))
        assert (notes == f"to {write.new.order_id}") is (write.state is WriteState.CONFIRMED)
        assert write.state in (WriteState.CONFIRMED, WriteState.NOT_APPLIED, WriteState.NOT_SENT)
    assert not any(isinstance(outcome, WriteDiffers | WriteRefused | OrderGone) for outcome in outcomes)
    assert not any(outcome.write.state is WriteState.BUSY for outcome in outcomes)
    # Otherwise no fault occurred, and the test proved nothing.
    steps = [step.state for outcome in outcomes for step in harness.store.writes.events(outcome.write.id)]
    assert WriteState.UNKNOWN in steps
