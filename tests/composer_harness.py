"""Steps in the composer by keys: open it, add a file of orders, review what is staged."""

import json
from pathlib import Path
from typing import Any

from app_harness import AppHarness

from tui.screens.composer.screen import ComposerScreen
from tui.screens.review.screen import ReviewScreen


def composer(harness: AppHarness) -> ComposerScreen:
    screen = harness.app.screen
    assert isinstance(screen, ComposerScreen)
    return screen


async def enter_composer(harness: AppHarness) -> ComposerScreen:
    await harness.until("all read")
    await harness.press("B")
    await harness.until(lambda: isinstance(harness.app.screen, ComposerScreen))
    return composer(harness)


async def add_file(harness: AppHarness, folder: Path, *orders: Any) -> None:
    path = folder / "orders.json"
    path.write_text(json.dumps(list(orders)))
    await harness.press("a", "f")
    await harness.type(str(path))
    await harness.press("enter")
    await harness.until("added from orders.json")
    await harness.until(lambda: not harness.app.workspace.staging.is_refreshing)


def send_states(harness: AppHarness) -> list[str]:
    return [str(harness.app.workspace.staging.send_state(order)) for order in harness.app.workspace.staging.orders]


def row(harness: AppHarness, name: str) -> str:
    """Return the line of an order in the list: cursor, mark, state, name."""
    return next((line for line in harness.lines if line[4:].startswith(f"{name} ")), "")


async def review(harness: AppHarness) -> None:
    await harness.press("w")
    await harness.until(lambda: isinstance(harness.app.screen, ReviewScreen))
