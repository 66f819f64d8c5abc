"""New orders whose number another order of the shop has."""

import pytest
from batch_harness import Make, stage
from sandbox_harness import order

from tui.orders.paths import ORDER_ID
from tui.work.batches.staged_order import PlannedAction
from tui.work.writes.send_state import SendState


@pytest.mark.parametrize("order_id", ["1001", "gid://shopify/Order/551"])
async def test_number_of_another_order_holds_a_new_one_until_it_updates_that_order(make: Make, order_id: str) -> None:
    harness = await make()
    stage(harness.staging, order(order_id="551", order_number="1001"))
    await harness.staging.refresh_remote()
    await harness.send()
    await harness.account.verifier.until_done()
    (id,) = stage(harness.staging, order(order_id=order_id, order_number="1001"))
    await harness.staging.refresh_remote()
    staged = harness.staging.get(id)
    assert staged is not None
    assert harness.staging.send_state(staged) is SendState.INVALID
    (finding,) = [one for one in harness.staging.findings(staged) if one.problem.code == "number_exists"]
    assert finding.problem.pointer == ORDER_ID
    fix = staged.proposed_fix(finding)
    assert fix is not None
    assert fix.text == "update order 551"
    harness.staging.editing.put(id, *fix.values[0], fix.text)
    await harness.staging.refresh_remote()
    staged = harness.staging.get(id)
    assert staged is not None
    assert staged.action in (PlannedAction.UPDATE, PlannedAction.SAME)
    assert not [one for one in harness.staging.findings(staged) if one.problem.code == "number_exists"]


async def test_other_numbers_and_other_shops_do_not_hold_an_order(make: Make) -> None:
    harness = await make()
    stage(harness.staging, order(order_id="551", order_number="1001"))
    await harness.staging.refresh_remote()
    await harness.send()
    await harness.account.verifier.until_done()
    ids = stage(
        harness.staging,
        order(order_id="100", order_number="100"),
        order(order_id="1001", order_number="1001", order_details__integration__id=8),
    )
    await harness.staging.refresh_remote()
    for id in ids:
        staged = harness.staging.get(id)
        assert staged is not None
        assert not [one for one in harness.staging.findings(staged) if one.problem.code == "number_exists"]


async def stage_many(make: Make, monkeypatch: pytest.MonkeyPatch, *, pages: int, single: int) -> list[set[str]]:
    """The codes of new orders, too many to look up one by one; the shop has the number of the last one."""
    monkeypatch.setattr("tui.work.writes.lookup._MANY", 1)
    monkeypatch.setattr("tui.work.writes.lookup._MAX_SINGLE", single)
    monkeypatch.setattr("tui.work.writes.lookup._MAX_LISTED_PAGES", pages)
    harness = await make()
    stage(harness.staging, order(order_id="551", order_number="1001"))
    await harness.staging.refresh_remote()
    await harness.send()
    await harness.account.verifier.until_done()
    ids = stage(
        harness.staging,
        order(order_id="gid-1", order_number="9000"),
        order(order_id="gid-2", order_number="9001"),
        order(order_id="gid-3", order_number="1001"),
    )
    await harness.staging.refresh_remote()
    found = [harness.staging.get(id) for id in ids]
    return [{one.problem.code for one in harness.staging.findings(staged)} for staged in found if staged is not None]


@pytest.mark.parametrize(("pages", "single"), [(50, 1), (0, 3)])
async def test_many_orders_are_looked_up_in_the_list_or_one_by_one(
    make: Make, monkeypatch: pytest.MonkeyPatch, pages: int, single: int
) -> None:
    codes = await stage_many(make, monkeypatch, pages=pages, single=single)
    assert ["number_exists" in found for found in codes] == [False, False, True]
    assert not any("number_unchecked" in found for found in codes)


async def test_orders_whose_numbers_were_not_looked_up_say_so(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = await stage_many(make, monkeypatch, pages=0, single=1)
    assert all("number_unchecked" in found for found in codes)
