"""The open batch restores its orders when they are needed, and nothing is sent before all of them are restored."""

import asyncio

import pytest
from batch_harness import BatchHarness, Make, stage
from sandbox_harness import order

from tui.api.pointer import Pointer
from tui.store.batches import Batches
from tui.store.db import StoreError
from tui.work.batches import open_batch
from tui.work.batches.lazy_orders import ListedOrders
from tui.work.batches.staging import BatchLocked, Staging
from tui.work.writes.send_state import SendState

COUNT = 120
ORDER_ID = Pointer.of("order_id")


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat a batch of COUNT orders as a large one."""
    monkeypatch.setattr(open_batch, "CHECKED_AT_ONCE", 10)


async def reopened(make: Make, *names: str) -> tuple[BatchHarness, Staging, list[str]]:
    """A batch of orders with these ids, then COUNT others, as a new process opens it, and the ids of the staged orders."""
    harness = await make()
    ids = stage(harness.staging, *(order(order_id=name) for name in (*names, *(f"A{n}" for n in range(COUNT)))))
    await harness.staging.refresh_remote()
    return harness, await harness.crash(), ids


def damage(harness: BatchHarness, id: str) -> None:
    """Replace the stored document of an order by a part of one."""
    command = "UPDATE document SET body_json = '{' WHERE id = (SELECT base FROM staged WHERE id = ?)"
    harness.account.store.batches._database.write(lambda connection: connection.execute(command, (id,)))


def duplicates(staging: Staging) -> list[str]:
    return [id for id, order in staging.by_id.restored.items() if order.duplicate_problem is not None]


async def check_until(staging: Staging, count: int) -> None:
    """Check orders in the background until the states of so many are counted."""
    task = asyncio.create_task(staging.check_orders())
    while staging.counts().total() < count:  # noqa: ASYNC110 - a test polls from outside
        await asyncio.sleep(0)
    task.cancel()


async def test_opening_and_counting_read_no_order(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    harness, _, ids = await reopened(make)
    read: list[str] = []
    staged = Batches.staged

    def noted(self: Batches, wanted: list[str]) -> object:
        read.extend(wanted)
        return staged(self, wanted)

    monkeypatch.setattr(Batches, "staged", noted)
    staging = await harness.crash()
    assert (list(staging.by_id), len(staging.by_id), ids[3] in staging.by_id, "other" in staging.by_id) == (
        ids,
        COUNT,
        True,
        False,
    )
    assert (staging.counts().total(), staging.ready().total(), staging.unchecked) == (0, 0, COUNT)
    assert staging.may_need_refresh
    assert read == []
    listed = ListedOrders(ids[::-1], staging.by_id)
    assert [listed[0].id, *(order.id for order in listed[1:3])] == ids[:-4:-1]
    assert (staging.get("other"), read) == (None, ids[:-4:-1])
    assert staging.get(ids[-1]) is listed[0]


async def test_orders_are_restored_and_checked_beside_other_work(make: Make) -> None:
    _, staging, ids = await reopened(make, "A1")
    seen: list[int] = []

    async def look() -> None:
        while not staging.by_id.is_complete:
            seen.append(len(staging.by_id.restored))
            assert duplicates(staging) == []
            await asyncio.sleep(0)

    looking = asyncio.create_task(look())
    await check_until(staging, COUNT + 1)
    await looking
    assert len(set(seen)) > 2
    assert staging.unchecked == 0
    assert staging.counts() == {SendState.READY: COUNT, SendState.INVALID: 1}
    assert duplicates(staging) == [ids[2]]
    assert not staging.may_need_refresh


@pytest.mark.parametrize("all_orders", [True, False])
async def test_a_plan_leaves_out_duplicates_right_after_opening(make: Make, all_orders: bool) -> None:
    _, staging, ids = await reopened(make, "A1")
    plan = staging.plan(None if all_orders else [ids[2], ids[3]])
    assert dict(plan.skipped) == {ids[2]: "it has problems to fix; z sends it anyway"}
    assert plan.count == (COUNT if all_orders else 1)


async def test_changes_before_all_orders_are_restored(make: Make) -> None:
    harness, staging, ids = await reopened(make)
    staging.editing.put(ids[5], ORDER_ID, "A3", "order id")
    staging.editing.remove_orders([ids[0], ids[7]])
    assert not staging.by_id.is_complete
    assert list(staging.by_id) == [*ids[1:7], *ids[8:]]
    (added,) = stage(staging, order(order_id="A9"))
    assert not staging.by_id.is_complete
    await staging.restore_orders()
    assert sorted(duplicates(staging)) == sorted([ids[5], added])
    staging.editing.undo()
    staging.editing.undo()
    assert [order.id for order in staging.orders] == ids
    staging.editing.undo()
    assert duplicates(staging) == []
    assert [order.document["order_id"] for order in staging.orders] == [f"A{n}" for n in range(COUNT)]
    assert [order.id for order in (await harness.crash()).orders] == ids


async def test_a_list_of_the_batch_before_a_removal_can_still_be_drawn(make: Make) -> None:
    _, staging, ids = await reopened(make)
    before = ListedOrders(ids, staging.by_id)
    staging.editing.remove_orders(ids[:1])
    assert before[0].document["order_id"] == "A0"
    assert len([*before]) == COUNT
    assert duplicates(staging) == []
    assert (len(staging.by_id.restored), len(staging.orders)) == (0, COUNT - 1)


async def test_orders_are_looked_up_after_all_are_restored(make: Make) -> None:
    harness, staging, ids = await reopened(make)
    staging.editing.put(ids[-1], ORDER_ID, "new", "order id")
    staging = await harness.crash()
    assert staging.may_need_refresh
    assert await staging.refresh_remote() is None
    assert not staging.may_need_refresh
    last = staging.by_id[ids[-1]]
    assert last.snapshot is not None
    assert last.snapshot.key[1] == "new"


async def test_a_damaged_order_is_an_error_for_what_needs_it(make: Make) -> None:
    harness, _, ids = await reopened(make)
    damage(harness, ids[60])
    staging = await harness.crash()
    assert staging.counts().total() == 0
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be read"):
            staging.get(ids[60])
    for work in (staging.plan, lambda: staging.orders, lambda: staging.plan(ids[:2])):
        with pytest.raises(StoreError, match="cannot be read"):
            work()
    for waited in (staging.check_orders(), staging.check_orders(), staging.refresh_remote()):
        with pytest.raises(StoreError, match="cannot be read"):
            await waited
    assert staging.by_id[ids[61]].document["order_id"] == "A61"
    # The error stays visible as orders that are not checked.
    staging.send_state(staging.by_id[ids[61]])
    assert (staging.counts(), staging.unchecked) == ({SendState.READY: 1}, COUNT - 1)


async def test_an_order_that_is_gone_from_disk_is_an_error(make: Make) -> None:
    harness, staging, ids = await reopened(make)
    harness.account.store.batches._database.write(
        lambda connection: connection.execute("DELETE FROM staged WHERE id = ?", (ids[0],))
    )
    with pytest.raises(StoreError, match="There is no staged order"):
        staging.get(ids[0])
    assert staging.by_id[ids[1]].document["order_id"] == "A1"


async def test_a_batch_that_another_copy_took_is_read_again_as_a_whole(make: Make) -> None:
    harness, first, ids = await reopened(make)
    second = await harness.open()
    second.take_over()
    second.editing.put(ids[4], ORDER_ID, "changed", "order id")
    with pytest.raises(BatchLocked):
        first.editing.put(ids[3], ORDER_ID, "x", "order id")
    assert first.by_id.is_complete
    assert first.by_id[ids[4]].document["order_id"] == "changed"
    assert first.by_id[ids[3]].document["order_id"] == "A3"
