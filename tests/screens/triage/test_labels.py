"""Labels in triage: asked for at the cursor, shown in the preview and the row, and not counted as work."""

from pathlib import Path

from app_harness import AppHarness, open_app

from tui.sandbox.faults import Fault, FaultRule, Faults
from tui.sandbox.shipments import kind_of

LABELLED = (("READY_TO_SEND", "Ready to send"),)


async def find(harness: AppHarness, line: str) -> None:
    await harness.press("slash")
    await harness.type(line)
    await harness.press("enter")


def order_with(harness: AppHarness, kind: tuple[tuple[str, str], ...]) -> str:
    """The id of an open order two days old whose shipments have these statuses."""
    local = harness.app.workspace.orders.local
    window = local.window(harness.app.screen._reader.parse("is:open -is:unknown created:<-3d").condition)
    return next(order.key for order in window if kind_of(int(order.key)) == kind)


async def test_a_label_is_asked_for_shown_and_no_work(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(100, 30), orders=600) as harness:
        await harness.until("all read")
        key = order_with(harness, LABELLED)
        await find(harness, f"id:{key}")
        await harness.until("label made")
        assert "(PostNL, Ready to send): no work left" in harness.text
        await harness.until("has a label: Ready to send")
        await find(harness, f"id:{key} is:labelled is:finished")
        await harness.until("1 of 600")
        await find(harness, f"id:{key} is:open")
        await harness.until("No order matches")


async def test_without_a_label_the_shop_is_named(tmp_path: Path) -> None:
    async with open_app(tmp_path, size=(120, 30), orders=600) as harness:
        await harness.until("all read")
        await find(harness, f"id:{order_with(harness, ())}")
        await harness.until("open, no label (asked ")


async def test_without_access_to_shipments_only_the_shop_is_named(tmp_path: Path) -> None:
    faults = Faults(rules=(FaultRule(Fault.ERROR, path="/shipments"),))
    async with open_app(tmp_path, size=(120, 30), orders=600, faults=faults) as harness:
        await harness.until("all read")
        await find(harness, f"id:{order_with(harness, LABELLED)}")
        await harness.until("open according to the shop")
        assert "label" not in harness.text
