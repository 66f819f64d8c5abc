"""The settings of a shop decide what the checks report for its staged orders, and what holds them."""

from batch_harness import SHOP, Make, stage
from sandbox_harness import order

from tui.api.errors import Blocks
from tui.orders.checks.context import Level, ShopSettings
from tui.work.batches.staging import Staging
from tui.work.writes.send_state import SendState


async def test_settings_of_the_shop_decide_what_is_reported(make: Make) -> None:
    harness = await make()
    unpaid = {"payment_details__status__code": "unpaid", "shipping_details": {}}
    stage(
        harness.staging, order(order_id="A", **unpaid), order(order_id="B", **unpaid, order_details__integration__id=8)
    )
    checks = {"unpaid": Level.ERROR, "no_weight": Level.OFF}
    harness.account.shop_settings = {SHOP: ShopSettings(checks=checks)}
    staging = Staging(harness.account)
    found = [
        {finding.problem.code: finding.problem.blocks for finding in staging.findings(staged)}
        for staged in staging.orders
    ]
    assert found == [
        {"unpaid": Blocks.SHIP},
        {"unknown_shop": Blocks.SEND, "no_weight": Blocks.SHIP, "unpaid": Blocks.NOTHING},
    ]


async def test_what_only_blocks_shipping_is_sent(make: Make) -> None:
    harness = await make()
    stage(harness.staging, order(order_id="A", shipping_details={}))
    await harness.staging.refresh_remote()
    (staged,) = harness.staging.orders
    assert [finding.stops for finding in harness.staging.findings(staged)] == [False]
    assert harness.staging.send_state(staged) is SendState.READY
    await harness.send()
    await harness.account.verifier.until_done()
    assert harness.states() == {"A": SendState.VERIFIED}
