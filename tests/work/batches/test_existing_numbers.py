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
