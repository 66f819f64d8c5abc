"""Queries while not all orders are read: the service is asked for the terms that it can answer."""

from pathlib import Path
from typing import Any

from app_harness import AppHarness, open_app

from tui.sandbox.faults import Faults


async def paused(harness: AppHarness) -> None:
    """Stop reading after the first pages, so that most orders are not in the cache."""
    workspace = harness.app.workspace
    await harness.until(lambda: workspace.orders.local.cache.count() >= 200)
    await harness.press("ctrl+c")
    await harness.until("Reading stopped")
    await harness.until(lambda: not workspace.sync.state.is_reading)
    assert not workspace.sync.state.is_complete


async def query(harness: AppHarness, line: str) -> None:
    await harness.press("slash")
    await harness.type(line)
    await harness.press("enter")


def targets(harness: AppHarness) -> list[str]:
    log: Any = harness.app.workspace.account.log
    return [entry.target for entry in log.entries if "/orders?" in entry.target]


SLOW: dict[str, Any] = {"orders": 3000, "faults": Faults(latency=100), "size": (120, 30)}


async def test_old_orders_appear_before_they_are_read(tmp_path: Path) -> None:
    async with open_app(tmp_path, **SLOW) as harness:
        await paused(harness)
        await query(harness, "created<-26d")
        await harness.until("by the service")
        await harness.until("The service was asked for created<-26d: ")
        assert "order_created_at_max=" in targets(harness)[-1]
        await harness.until(
            lambda: harness.app.screen._reader.progress.startswith(f"{len(harness.app.workspace.orders.window)} of ")
        )
        assert len(harness.app.workspace.orders.window) > 50
        assert "so far" in harness.text


async def test_a_shop_is_asked_for_with_the_terms(tmp_path: Path) -> None:
    async with open_app(tmp_path, **SLOW) as harness:
        await paused(harness)
        await harness.press("3")
        await harness.until("by the service")
        assert "integration=" in targets(harness)[-1]
        before = len(targets(harness))
        await query(harness, "number:1")
        await query(harness, "city:a")
        assert len(targets(harness)) == before


async def test_the_service_is_not_asked_once_all_is_read(tmp_path: Path) -> None:
    async with open_app(tmp_path, orders=300) as harness:
        await harness.until("all read")
        before = targets(harness)
        await query(harness, "created<-20d")
        await harness.until("│ all read")
        assert targets(harness) == before
